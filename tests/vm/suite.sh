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
# shellcheck source=tests/deb/deb.sh
. "$TOP/tests/deb/deb.sh"

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
	[ "$KERNEL" != debug ] || MACHINE+=(--detect --kernel-arg "$DEBUG_SLABS")
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
	[ -z "$CASE" ] || MACHINE+=(--env "AVOW_CASE=$CASE" --output)
	MACHINE+=(--extra "$B/$KREL-denier/denier.ko=/lib/denier.ko"
		--extra "$B/$KREL-shadow/shadow.ko=/lib/shadow.ko"
		--extra "$B/$KREL-untyped/avow.ko=/lib/avow-untyped.ko"
		--program "trace-cmd=$(command -v trace-cmd)")
	[ "$KERNEL" != debug ] || MACHINE+=(--extra "$B/$KREL-failing/failing.ko=/lib/failing.ko")
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

# guest_names: all tests of tests/guest. By the sources: a program whose source is gone may
# still be there.
guest_names() {
	(cd tests/guest && printf '%s\n' *.c) | sed 's/\.c$//'
}

# guest_tests NAME...: one boot for all of them but those that need one of their own.
guest_tests() {
	local name
	local -a many=() one=()
	for name; do
		[ -x "$B/guest/bin/$name" ] || die "no test '$name' in tests/guest"
		if needs_one_thread "$name"; then
			one+=("$name")
		else
			many+=("$name")
		fi
	done
	boot_tests guest -- "${many[@]}"
	boot_tests guest --one-thread -- "${one[@]}"
}

# guest_part all | of PREFIX | but PREFIX: of all tests, those whose name begins so, or the others.
guest_part() {
	local name
	local -a chosen=()
	while read -r name; do
		case $1 in
		of) [[ $name == "$2"* ]] || continue ;;
		but) [[ $name != "$2"* ]] || continue ;;
		esac
		if [ "$KERNEL" != debug ] && needs_debug "$name"; then
			say "$name is not run here: it needs KERNEL=debug (./dev test --debug)"
		else
			chosen+=("$name")
		fi
	done < <(guest_names)
	[ "${#chosen[@]}" -gt 0 ] || { suite_fail "guest: there are no tests: $*"; return 0; }
	guest_tests "${chosen[@]}"
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

# What a kernel costs that looks for mistakes says nothing of one that does not.
bench_tests() {
	if [ "$KERNEL" = debug ]; then
		say "bench-guest is not run here: its targets are for Debian's kernels"
		return
	fi
	local_tests bench-guest tests/bench/boot.sh
}

# Measurement and signature beside the kernel's selftests'.
oracle_tests() {
	kselftest_build || { suite_fail "oracle: the kernel's selftests do not build"; return 0; }
	local_tests oracle make -s --no-print-directory oracle-test SELFTESTS="$SOURCE"
}

# What needs no virtual machine. In one part: several of them build what others need, too.
local_part() {
	local_tests repo env KREL="$KREL" KDIR="$KDIR" tests/repo/run.sh
	local_tests ktap make -s --no-print-directory vm-test
	local_tests known-leaks make -s --no-print-directory known-leaks-test
	local_tests fetch tests/vm/fetch_test.sh
	local_tests core make -s --no-print-directory core-test KREL="$KREL" KDIR="$KDIR"
	local_tests exec make -s --no-print-directory exec-test
	local_tests lib make -s --no-print-directory lib-test
	oracle_tests
	local_tests cli make -s --no-print-directory cli-test
	local_tests completion make -s --no-print-directory completion-test
	local_tests man make -s --no-print-directory man-test
	local_tests html make -s --no-print-directory html-test
	local_tests policy make -s --no-print-directory policy-test
	local_tests slots make -s --no-print-directory slots-test
	local_tests bench make -s --no-print-directory bench-test
}

locking_tests() {
	local_tests locking make -s --no-print-directory spin-test
}

docs_tests() {
	local_tests docs tests/docs/workflow.sh
	local_tests readme tests/docs/readme.sh
}

# Everything, in parts of which each can run beside each other, the longest first: a name, and the
# command.
PARTS=("policy guest_part of policy_" "guest guest_part but policy_" "attack attack_tests"
	"local local_part" "vm machine_tests" "locking locking_tests" "bench bench_tests"
	"docs docs_tests" "deb deb_part" "kselftest kselftest_run no"
	"kselftest-cpuid kselftest_run yes")

# parts_named NAME...: their lines.
parts_named() {
	local name part
	for name; do
		for part in "${PARTS[@]}"; do
			[ "${part%% *}" != "$name" ] || break
			part=""
		done
		[ -n "$part" ] || wrong "no part '$name'" test
		printf '%s\n' "$part"
	done
}

# take_parts FILE: runs the first part of the file, which then is not there any more, until
# there is none.
take_parts() {
	local -a part
	# shellcheck disable=SC2016	# for that shell
	while read -ra part < <(flock "$1.lock" sh -c 'head -n 1 "$1" && sed -i 1d "$1"' - "$1"); do
		"${part[@]:1}"
	done
	echo >>"$1.done"
}

# parts_run PART...: lines of PARTS. Two at a time: a test in the virtual machine seldom keeps
# more than one processor busy. What several of them use is built before; so is what packages must
# be installed for.
parts_run() {
	local list=$TOTALS.parts
	printf '%s\n' "$@" >"$list"
	! grep -q '^deb ' "$list" || need_packages "${PACKAGES_DEB[@]}" "${PACKAGES_DEB_CHECK[@]}"
	! grep -q ' guest_part ' "$list" || build_for_guest || sed -i '/ guest_part /d' "$list"
	quietly "building what several tests use" make "$JOBS" ktap-test cmd demo ||
		suite_fail "ktap, completion, man, docs: what they use does not build"
	! grep -qE '^(local|kselftest)' "$list" || kselftest_build ||
		say "the kernel's selftests do not build"
	take_parts "$list" &
	take_parts "$list" &
	wait
	[ "$(wc -l <"$list.done")" -eq 2 ] || suite_fail "half of the tests ended early"
}

# chosen_tests NAME...: of tests/guest.
chosen_tests() {
	local name
	for name; do
		[ "$KERNEL" = debug ] || ! needs_debug "$name" ||
			die "$name needs what only KERNEL=debug has: ./dev test --debug $name"
	done
	guest_tests "$@"
}

# run_suite STRICT PARTS [NAME...]: PARTS: the parts to run, blanks between; nothing and no NAME: all.
run_suite() {
	local strict=$1
	local lines
	local -a names parts=("${PARTS[@]}")
	read -ra names <<<"$2"
	if [ "${#names[@]}" -gt 0 ]; then
		lines=$(parts_named "${names[@]}") || exit
		mapfile -t parts <<<"$lines"
	fi
	shift 2
	suite_begin "$strict"
	need_machine "${PACKAGES_TEST[@]}"
	if [ $# -eq 0 ]; then
		parts_run "${parts[@]}"
	elif build_for_guest; then
		chosen_tests "$@"
	fi
	suite_end
}

run_kselftest_alone() {
	suite_begin no
	need_machine
	kselftest_run "$1"
	suite_end
}
