#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kmod.sh DIR LIST [RULE...]: applies each break of LIST (those of the named rules only)
# to a copy of the checkout under DIR, builds the broken module there, and demands that
# the guest test that LIST names fails with it in the virtual machine. Prints a Markdown
# table; exits 1 if a break goes unnoticed, does not apply, or does not build.
#
# KERNEL in the environment chooses the kernel, as for ./dev.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/mutations/breaks.sh
. "$here/breaks.sh"

# The cases that failed, in one line; where none is named, what else went wrong.
cases() {	# cases TEST LOG
	local test=$1 log=$2
	if grep -q "^ *not ok: " "$log"; then
		printf '%s: ' "$test"
		sed -n "s/^ *not ok: //p" "$log" | sed 's/ *$//; s/ \[[a-z]*\]$//' | awk '!seen[$0]++' | few 2 ';'
	else
		sed -n "s/^fail guest \($test\|machine\|leaks\|leaks-unloaded\|unload\): /\1: /p" "$log" |
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
		echo "${by:-**something else**}"
	fi
}

of_checkout "$1"
list=$here/$2
shift 2
header Rule tests/guest
try_list "$list" "$@"
