# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For tests in shell, KTAP on standard output. Where a check fails, what it printed is shown, and what a
# command before it left in $work/out and $work/err. The plan comes last, with $count.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

check() {	# check NAME COMMAND...
	local name=$1 word=ok
	shift
	"$@" >"$work/log" 2>&1 || word='not ok'
	count=$((count + 1))
	echo "$word $count $name"
	[ "$word" = ok ] || cat "$work"/{out,err,log} 2>/dev/null | awk '{ print "# " $0 }' | tail -n 50
}
