# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For tests of commands, KTAP on standard output: what a command printed is in $work/out and
# $work/err, and is shown where a check fails. The plan comes last, with $count.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

check() {	# check NAME COMMAND...
	local name=$1 word=ok
	shift
	"$@" || word='not ok'
	count=$((count + 1))
	echo "$word $count $name"
	[ "$word" = ok ] || sed 's/^/# /' "$work/out" "$work/err" | tail -n 50
}
