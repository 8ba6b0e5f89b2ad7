# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev test and ./dev kselftest: sourced by ./dev.

TIMEOUT_DEFAULT=60

# Results of all parts are added up in here, a line "passed failed skipped" each.
suite_begin() {
	local directory
	directory=$(mktemp -d)
	TEMPORARY+=("$directory")
	TOTALS=$directory/totals
	: >"$TOTALS"
	REPORT=(--totals "$TOTALS")
	[ "$1" = no ] || REPORT+=(--strict-skips)
}

# The last line of all output, and the exit status.
suite_end() {
	awk '{ p += $1; f += $2; s += $3 }
		END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }' \
		"$TOTALS"
}

# A failure of a whole part, as building it.
suite_fail() {
	printf 'fail %s\n' "$*"
	echo '0 1 0' >>"$TOTALS"
}

# The seconds that a guest test may take.
test_timeout() {
	local seconds=""
	[ ! -r tests/guest/timeouts ] ||
		seconds=$(awk -v name="$1" '$1 == name { print $2 }' tests/guest/timeouts)
	printf '%s\n' "${seconds:-$TIMEOUT_DEFAULT}"
}

# guest_tests [NAME...]: one boot for all of them.
guest_tests() {
	local program name
	local -a wanted=("$@")
	build_module || { suite_fail "guest: avow.ko does not build"; return 0; }
	build_guest || { suite_fail "guest: the tests do not build"; return 0; }
	if [ "${#wanted[@]}" -eq 0 ]; then
		for program in "$B"/guest/bin/*; do
			[ -e "$program" ] || { suite_fail "guest: there are no tests"; return 0; }
			wanted+=("${program##*/}")
		done
	fi
	machine_command
	add_module
	MACHINE+=(--checks --title guest "${REPORT[@]}")
	[ ! -d "$B/guest/data" ] || MACHINE+=(--data "$B/guest/data")
	for name in "${wanted[@]}"; do
		[ -x "$B/guest/bin/$name" ] || die "no test '$name' in tests/guest"
		MACHINE+=(--test "$name=$B/guest/bin/$name=$(test_timeout "$name")")
	done
	say "booting Linux $KREL for ${#wanted[@]} tests"
	"${MACHINE[@]}" suite </dev/null || true
}

run_suite() {
	local strict=$1
	shift
	suite_begin "$strict"
	need_machine "${PACKAGES_TEST[@]}"
	guest_tests "$@"
	suite_end
}
