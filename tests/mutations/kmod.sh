#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kmod.sh DIR LIST [RULE...]: applies each break of LIST (those of the named rules only)
# to a copy of the checkout under DIR, builds all that the virtual machine gets there, and demands that
# the guest test that LIST names fails with it in the virtual machine. Prints a Markdown
# table; exits 1 if a break goes unnoticed, does not apply, or does not build, or if the test
# only ran into its time limit, which a busy machine can do to any test.
#
# KERNEL in the environment chooses the kernel, as for ./dev.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/mutations/breaks.sh
. "$here/breaks.sh"

# What a limit of time has ended, of the test or of the machine.
late='^fail guest [^ ]*: \(timed out after\|the time for the whole run is over\)'

# The cases that failed, in one line; where none is named, what else went wrong, but for the time.
cases() {	# cases TEST LOG
	local test=$1 log=$2
	if grep -q "^ *not ok: " "$log"; then
		printf '%s: ' "$test"
		sed -n "s/^ *not ok: //p" "$log" | sed 's/ *$//; s/ \[[a-z]*\]$//' | awk '!seen[$0]++' | few 2 ';'
	else
		grep -v "$late" "$log" |
			sed -n "s/^fail guest \($test\|machine\|leaks\|leaks-unloaded\|unload\): /\1: /p" |
			head -n 1
	fi
}

noticed() {	# noticed FILE TEST
	local log=$dir/log by
	if "$copy/dev" test "$2" >"$log" 2>&1 </dev/null; then
		return
	elif grep -q '^fail guest: ' "$log"; then
		does_not_build
	else
		by=$(cases "$2" "$log")
		if [ -z "$by" ] && grep -q "$late" "$log"; then
			by='**timed out**'
		fi
		echo "${by:-**something else**}"
	fi
}

of_checkout "$1"
list=$here/$2
shift 2
header Rule tests/guest
try_list "$list" "$@"
