# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev test and ./dev kselftest: sourced by ./dev.

TIMEOUT_DEFAULT=60
# What else each machine of tests/guest gets, behind its tests.
AFTER_TESTS=()
# How else avow.ko is built for them.
GUEST_FLAGS=()

# shellcheck source=tests/vm/kselftest.sh
. "$TOP/tests/vm/kselftest.sh"
# shellcheck source=tests/attack/suite.sh
. "$TOP/tests/attack/suite.sh"

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

# The seconds that a guest test may take, with those of its races added if they were chosen.
test_timeout() {
	local name seconds races
	while read -r name seconds races; do
		[ "$name" != "$1" ] || break
	done < <(grep -v '^#' tests/guest/timeouts; echo "$1 $TIMEOUT_DEFAULT")
	printf '%s\n' $((seconds + ${races:-0} * ${RACE_SECONDS:-0}))
}

# Tests that change the kernel's code while others run it, which QEMU before 8.1 gets wrong
# in more than one thread: docs/TESTING.md has the evidence.
needs_one_thread() {
	grep -qxF "$1" tests/guest/one-thread
}

# Tests for which a kernel must be built: tests/guest/debug-only.
needs_debug() {
	grep -qxF "$1" tests/guest/debug-only
}

# What a kernel can find by itself is to be found.
add_checks() {
	MACHINE+=(--checks)
	[ "$KERNEL" != debug ] || MACHINE+=(--detect)
}

# boot_tests TITLE OPTION... -- NAME...: one boot for these tests of tests/guest.
boot_tests() {
	local title=$1 name
	local -a options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ $# -gt 0 ] || return 0
	machine_command
	add_module
	MACHINE+=(--title "$title" "${REPORT[@]}" "${options[@]}")
	add_checks
	add_avow
	[ -z "$RACE_SECONDS" ] || MACHINE+=(--env "AVOW_RACE_SECONDS=$RACE_SECONDS" --output)
	MACHINE+=(--extra "$B/$KREL-denier/denier.ko=/lib/denier.ko"
		--extra "$B/$KREL-shadow/shadow.ko=/lib/shadow.ko"
		--extra "$B/$KREL-untyped/avow.ko=/lib/avow-untyped.ko"
		--program "trace-cmd=$(command -v trace-cmd)")
	[ ! -d "$B/guest/data" ] || MACHINE+=(--data "$B/guest/data")
	for name; do
		MACHINE+=(--test "$name=$B/guest/bin/$name=$(test_timeout "$name")")
	done
	MACHINE+=("${AFTER_TESTS[@]}")
	say "booting Linux $KREL for $# tests${options:+ (${options[*]})}"
	"${MACHINE[@]}" suite </dev/null || true
}

build_for_guest() {
	build_module "${GUEST_FLAGS[@]}" || { suite_fail "guest: avow.ko does not build"; return 1; }
	build_helpers || { suite_fail "guest: the tests' modules do not build"; return 1; }
	build_guest || { suite_fail "guest: the tests do not build"; return 1; }
}

# guest_tests [NAME...]: one boot for all of them but those that need one of their own.
guest_tests() {
	local source name
	local -a wanted=("$@") many=() one=()
	if [ "${#wanted[@]}" -eq 0 ]; then
		# By the sources: a program whose source is gone may still be there.
		for source in tests/guest/*.c; do
			[ -e "$source" ] || { suite_fail "guest: there are no tests"; return 0; }
			name=${source##*/}
			wanted+=("${name%.c}")
		done
	fi
	for name in "${wanted[@]}"; do
		[ -x "$B/guest/bin/$name" ] || die "no test '$name' in tests/guest"
		if [ "$KERNEL" != debug ] && needs_debug "$name"; then
			[ $# -eq 0 ] || die "$name needs what only KERNEL=debug has: ./dev test --debug $name"
			say "$name is not run here: it needs KERNEL=debug (./dev test --debug)"
		elif needs_one_thread "$name"; then
			one+=("$name")
		else
			many+=("$name")
		fi
	done
	boot_tests guest -- "${many[@]}"
	boot_tests guest --one-thread -- "${one[@]}"
}

# local_tests TITLE COMMAND...: tests of this machine, which print KTAP or TAP.
local_tests() {
	local title=$1
	shift
	say "running the tests: $title"
	CMOCKA_MESSAGE_OUTPUT=TAP "$B/vm/avow-vm" --title "$title" "${REPORT[@]}" local "$@" \
		</dev/null || true
}

# self_module NAME FLAG...: a module of tests/vm/self, which is called avow.ko.
self_module() {
	local name=$1 directory=$B/vm/$1-$KREL
	shift
	mkdir -p "$directory"
	cp -u "tests/vm/self/$name"/* "$directory"
	quietly "building the module $name" make -C "$KDIR" M="$directory" "$@" modules
}

# The virtual machine's own tests.
machine_tests() {
	local faulty=""
	self_module leaky || { suite_fail "vm: the leaky module does not build"; return 0; }
	if [ "$KERNEL" = debug ]; then
		self_module faulty "${DEBUG_MODULE[@]}" ||
			{ suite_fail "vm: the faulty module does not build"; return 0; }
		faulty=$B/vm/faulty-$KREL/avow.ko
	fi
	machine_command
	printf '%s\n' "${MACHINE[@]}" >"$B/vm/machine-$KREL"
	local_tests vm env MACHINE="$B/vm/machine-$KREL" LEAKY="$B/vm/leaky-$KREL/avow.ko" \
		FAULTY="$faulty" tests/vm/self.sh
}

# What needs no virtual machine, or boots its own.
other_tests() {
	quietly "building the unit tests" make "$JOBS" ktap-test ||
		suite_fail "ktap: its tests do not build"
	local_tests repo env KREL="$KREL" KDIR="$KDIR" tests/repo/run.sh
	local_tests ktap make -s --no-print-directory vm-test
	local_tests fetch tests/vm/fetch_test.sh
	local_tests core make -s --no-print-directory core-test KREL="$KREL" KDIR="$KDIR"
	local_tests exec make -s --no-print-directory exec-test
	local_tests lib make -s --no-print-directory lib-test
	local_tests cli make -s --no-print-directory cli-test
	local_tests policy make -s --no-print-directory policy-test
	local_tests locking make -s --no-print-directory spin-test
	local_tests bench make -s --no-print-directory bench-test
	machine_tests
	local_tests bench-guest tests/bench/boot.sh
	attack_tests
	kselftest_run no
	kselftest_run yes
}

# Everything, in two halves at a time: a test in the virtual machine seldom keeps more than
# one processor busy. What both use is built before.
all_tests() {
	local half=""
	if build_for_guest; then
		guest_tests &
		half=$!
	fi
	other_tests
	[ -z "$half" ] || wait "$half" || suite_fail "guest: its half of the tests ended early"
}

run_suite() {
	local strict=$1
	shift
	suite_begin "$strict"
	need_machine "${PACKAGES_TEST[@]}"
	if [ $# -eq 0 ]; then
		all_tests
	elif build_for_guest; then
		guest_tests "$@"
	fi
	suite_end
}

run_kselftest_alone() {
	suite_begin no
	need_machine
	kselftest_run "$1"
	suite_end
}
