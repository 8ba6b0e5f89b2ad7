#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tests of the virtual machine itself, KTAP on standard output: what goes wrong
# in a guest must come out as a failure. For ./dev test, which sets MACHINE to a
# file with the command that boots, an item a line, LEAKY to a module that does not clean
# up, and with KERNEL=debug FAULTY to one that makes mistakes. With arguments only these parts,
# the functions below.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
# shellcheck disable=SC2153
mapfile -t machine <"$MACHINE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
status=0

result() {	# result ok|'not ok' NAME
	count=$((count + 1))
	echo "$1 $count $2"
	[ "$1" = ok ] || sed 's/^/# /' "$work/out" "$work/err" | tail -n 40
}

check() {	# check NAME COMMAND...: the command says whether it is as it should be
	local name=$1
	shift
	if "$@"; then
		result ok "$name"
	else
		result 'not ok' "$name"
	fi
}

says() {	# says TEXT: a line of the output starts so
	grep -q "^$1" "$work/out"
}

# suite TEST[:SECONDS]... [-- OPTION...]: boots and runs these tests of self/.
suite() {
	local -a tests=()
	local name seconds
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		name=${1%:*}
		seconds=${1#"$name"}
		seconds=${seconds#:}
		tests+=(--test "$name=$here/self/$name.sh=${seconds:-60}")
		shift
	done
	status=0
	"${machine[@]}" --checks --timeout 300 "${tests[@]}" "${@:2}" suite \
		</dev/null >"$work/out" 2>"$work/err" || status=$?
}

run() {		# run ARGUMENT...: boots and runs a program
	status=0
	"${machine[@]}" --timeout 120 "$@" >"$work/out" 2>"$work/err" || status=$?
}

programs() {
	suite good skip partial not-ok no-plan short empty silent status killed hang:3 loud forged daemon
	check "a run with failures fails" [ "$status" -eq 1 ]
	check "good passes" says 'pass guest good: 2 cases$'
	check "skip is visible" says 'skip guest skip'
	check "a skipped case is visible" says 'skip guest partial, second: no such feature'
	check "not ok fails whatever the exit status" says 'fail guest not-ok: 1 of 2 failed'
	check "a missing plan fails" says 'fail guest no-plan: no plan'
	check "a missing result fails" says 'fail guest short: 2 results of 3 planned'
	check "a plan of no tests fails" says 'fail guest empty: no tests'
	check "silence fails" says 'fail guest silent: no plan'
	check "an exit status fails whatever was printed" says 'fail guest status: exit status 1'
	check "a signal fails" says 'fail guest killed: killed by signal 11'
	check "a hanging test fails" says 'fail guest hang: timed out after [0-9]* s'
	check "endless output fails" says 'fail guest loud: printed more'
	check "a test cannot speak for the suite" says 'pass guest forged: 1 case$'
	check "a daemon does not hold the suite up" says 'pass guest daemon: 1 case$'
	check "the machine itself is not blamed" test -z "$(grep '^fail guest machine' "$work/out")"
}

machines() {
	local began=$SECONDS boot
	suite good
	boot=$((SECONDS - began))
	check "a run of good tests passes" [ "$status" -eq 0 ]
	suite good panic good
	check "a panic fails" [ "$status" -eq 1 ]
	check "a panic: the test is named" says 'fail guest panic: the machine ended while it ran'
	check "a panic: what follows is not run" says 'fail guest good: not run'
	check "a panic: the console is quoted" says 'fail guest machine: the kernel complains'
	suite warning good
	check "a warning on the console fails" [ "$status" -eq 1 ]
	check "a warning: the tests are not blamed" says 'pass guest warning'
	suite reboot
	check "an early power-off fails" [ "$status" -eq 1 ]
	suite good -- --module "$LEAKY" --module-arg bug=1
	check "an oops fails" [ "$status" -eq 1 ]
	check "an oops ends the machine" \
		grep -q '^  | .*Kernel panic - not syncing: Fatal exception' "$work/err"
	# Long enough to boot and begin, on a busy machine, too; measured, so that --slow is in it already.
	suite "hang:$((6 * boot + 100))" -- --slow 1 --timeout $((3 * boot + 10))
	check "a run that takes too long fails" [ "$status" -eq 1 ]
	check "a run that takes too long: the test is named" \
		says 'fail guest machine: the time for the whole run is over in hang'
	suite skip -- --strict-skips
	check "a skip fails where skips are not allowed" [ "$status" -eq 1 ]
	suite told good -- --env "TOLD=a word" --output
	check "tests have what is added to their environment" says 'pass guest told: 1 case$'
	check "what a test prints is shown, though it passes" says ' *| # it was told: a word$'
	suite good
	check "it is not shown otherwise" test -z "$(grep '^ *|' "$work/out")"
}

no_complaint() {
	suite told-errors
	check "errors that are told, with a trace, are no complaint" [ "$status" -eq 0 ]
	suite told-errors -- --env OTHER=yes
	check "a trace behind them is one" says 'fail guest machine: .*Call Trace'
}

leftovers() {
	suite good -- --module "$LEAKY" --module-arg cache=0
	check "a module that cleans up passes" says 'pass guest unload'
	suite good -- --module "$LEAKY" --module-arg cache=1
	check "a slab cache left behind fails" says 'fail guest unload: /sys/kernel/slab/avow_left'
	suite good -- --module "$LEAKY" --module-arg pages=32000
	check "memory left behind fails" says 'fail guest unload: .* KiB of memory'
}

passed_through() {
	cmp -s "$work/in" "$work/out" && [ "$(cat "$work/err")" = "to standard error" ]
}

# noticed FAULT TEXT: a module that makes this mistake; the run fails, and shows the report. What
# is asked at the end (--detect) takes minutes, and is not what tells of these.
noticed() {
	suite good -- --module "$FAULTY" --module-arg "fault=$1"
	check "$1: the run fails" [ "$status" -eq 1 ]
	check "$1: and says why" says "fail guest machine: the kernel complains.*$2"
	check "$1: and shows where" grep -q "^  | .*$1" "$work/err"
}

# lost FAULT CHECK: the same for what kmemleak finds.
lost() {
	suite good -- --detect --module "$FAULTY" --module-arg "fault=$1"
	check "$1 fails" says "fail guest $2: memory that nothing points to"
	check "$1: and says what" grep -q 'unreferenced object .*(size 1024)' "$work/out"
}

# What only the kernel of KERNEL=debug notices; FAULTY is a module that makes mistakes.
detectors() {
	suite good -- --detect --module "$FAULTY"
	check "no mistake, no report" [ "$status" -eq 0 ]
	check "leaks are looked for while it is loaded" says 'pass guest leaks$'
	check "and when it is unloaded" says 'pass guest leaks-unloaded$'
	check "lockdep is on at the end" says 'pass guest lockdep$'
	noticed use_after_free 'BUG: KASAN: use-after-free'
	noticed out_of_bounds 'BUG: KASAN: slab-out-of-bounds'
	noticed stack_out_of_bounds 'BUG: KASAN: stack-out-of-bounds'
	noticed lock_inversion 'WARNING: possible circular locking'
	noticed sleep_in_atomic 'BUG: sleeping function called from invalid context'
	noticed lock_without_init 'INFO: trying to register non-static key'
	noticed rcu_without_lock 'WARNING: suspicious RCU usage'
	noticed shift_too_far 'UBSAN: shift-out-of-bounds'
	noticed refcount_from_zero 'refcount_t: addition on 0'
	noticed list_twice 'kernel BUG at lib/list_debug.c'
	check "list_twice: and says of what" grep -q '^  | list_add double add' "$work/err"
	noticed page_twice 'page dumped because'
	noticed timer_freed 'ODEBUG: free active'
	lost leak leaks
	lost leak_at_exit leaks-unloaded
	suite good -- --detect --module "$FAULTY" --module-arg fault=stacks
	check "the kernel's depot of stacks is not taken for what was left" [ "$status" -eq 0 ]
}

streams() {
	head -c 2000000 /dev/urandom >"$work/in"
	# shellcheck disable=SC2016
	run run sh -c 'cat; echo "to standard error" >&2; exit 7' <"$work/in"
	check "streams pass through, binary and apart" passed_through
	check "the exit status comes back" [ "$status" -eq 7 ]
	# shellcheck disable=SC2016
	run run sh -c 'echo "$0|$1|$PWD"; kill -9 $$' "a  b" '*' </dev/null
	check "arguments and directory are the same" [ "$(cat "$work/out")" = "a  b|*|$PWD" ]
	check "a signal comes back as 128+N" [ "$status" -eq 137 ]
	run run "$here/self/panic.sh" </dev/null
	check "a panic comes back as 125" [ "$status" -eq 125 ]
	run --timeout 3 run sleep 1000 </dev/null
	check "--timeout comes back as 124" [ "$status" -eq 124 ]
	run run "$work/nothing" </dev/null
	check "a missing program is an error at once" [ "$status" -eq 125 ]
}

# A program that is run alone, but with the checks of a suite.
checked() {
	run --checks --timeout 600 run true </dev/null
	check "checks of a good program pass" [ "$status" -eq 0 ]
	run --checks --timeout 600 run "$here/self/warning.sh" </dev/null
	check "a warning while a program runs comes back as 125" [ "$status" -eq 125 ]
	check "and is shown" grep -q "kernel complains: .*this is a test of the console" "$work/err"
	run run "$here/self/warning.sh" </dev/null
	check "without the checks it is only told" [ "$status $(grep -c 'kernel complains' "$work/err")" = "0 1" ]
	run --checks --timeout 600 --module "$LEAKY" --module-arg cache=1 run true </dev/null
	check "what a module leaves behind a program comes back as 125" [ "$status" -eq 125 ]
	check "and is named" grep -q "after the program: /sys/kernel/slab/avow_left" "$work/err"
	[ -n "${FAULTY:-}" ] || return 0
	run --checks --detect --timeout 900 --module "$FAULTY" --module-arg fault=leak run true </dev/null
	check "a leak behind a program comes back as 125" [ "$status" -eq 125 ]
	check "and is said" grep -q "memory that nothing points to is left behind" "$work/err"
}

shared() {
	mkdir -p "$work/share/sub"
	echo "from the host" >"$work/share/file"
	printf '#!/bin/sh\ncat "%s/share/file"\necho "from the guest" >"%s/share/sub/new"\n' \
		"$work" "$work" >"$work/script"
	chmod +x "$work/script"
	run --share "$work/share" run "$work/script" </dev/null
	check "a shared directory is read" [ "$(cat "$work/out")" = "from the host" ]
	if printf '%s\n' "${machine[@]}" | grep -qx -e --no-9p; then
		check "without 9p the guest has a copy" test ! -e "$work/share/sub/new"
		return
	fi
	check "a shared directory is written" grep -q "from the guest" "$work/share/sub/new"
	run --host-root run sh -c "cat '$work/share/file' && echo x >'$work/share/file' &&
		cat '$work/share/file' && test -c /dev/null && test -d /proc/1" </dev/null
	check "the host's root is there and takes writes" \
		[ "$status $(tr '\n' , <"$work/out")" = "0 from the host,x," ]
	check "the host's root is unchanged" grep -q "from the host" "$work/share/file"
}

counted() {
	run --icount --cpus 1 run sh -c 'grep -c ^processor /proc/cpuinfo' </dev/null
	check "a machine that counts instructions runs a program" [ "$status $(cat "$work/out")" = "0 1" ]
	run --icount run true </dev/null
	check "instructions are counted on one processor only" [ "$status" -eq 125 ]
	check "and it says so" grep -q "needs --cpus 1" "$work/err"
}

interrupted() {
	local pid
	"${machine[@]}" run sleep 1000 </dev/null >"$work/out" 2>"$work/err" &
	pid=$!
	sleep 4
	children=$(pgrep -P "$pid" || true)
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	check "a signal ends the machine" [ "$status" -eq 143 ]
	# shellcheck disable=SC2086
	check "and leaves no process" test -n "$children" -a -z "$(ps -o pid= -p $children || true)"
}

parts=(programs machines no_complaint leftovers)
[ -z "${FAULTY:-}" ] || parts+=(detectors)
parts+=(streams checked shared counted interrupted)
[ $# -eq 0 ] || parts=("$@")
echo "KTAP version 1"
for part in "${parts[@]}"; do
	"$part"
done
echo "1..$count"
