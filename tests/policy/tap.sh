# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Results in TAP, for the scripts beside it: sourced. AVOW is the command that is tested.

TOP=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
: "${AVOW:=$TOP/build/cmd/bin/avow}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
cd -- "$TOP"

report() {	# report ok|'not ok' NAME [WHY]
	count=$((count + 1))
	printf '%s %d - %s\n' "$1" "$count" "$2"
	[ -z "${3:-}" ] || printf '# %s\n' "${3//$'\n'/$'\n'# }"
}

plan() {
	echo "1..$count"
}

# run STATUS NAME ARGUMENT...: runs avow policy; out and err are what it says. Reports if
# the exit status is another one, and then fails.
run() {
	local wanted=$1 name=$2 status=0
	shift 2
	"$AVOW" policy "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	out=$(<"$work/out")
	err=$(<"$work/err")
	[ "$status" -eq "$wanted" ] && return 0
	report 'not ok' "$name" "avow policy $*: exit status $status and not $wanted"$'\n'"$out$err"
	return 1
}

# same NAME WHAT WANTED: reports whether they are the same.
same() {
	if [ "$2" = "$3" ]; then
		report ok "$1"
	else
		report 'not ok' "$1" "$2"$'\nand not\n'"$3"
	fi
}
