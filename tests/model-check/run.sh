#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh [--large]: has spin search the models exhaustively, as runs.list says; prints TAP. A
# search passes if it was complete and found nothing, a break if it was found. What was built
# and the trails of what was found are in O.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
O=${O:-$here/../../build/model-check}
MEMORY=4096		# MiB that a search may take,
LARGE_MEMORY=6144	# and a larger one
large=no
[ "${1-}" != --large ] || large=yes
count=0
failures=0
declare -A files options

report() {	# report ok|'not ok' NAME [WHY]
	count=$((count + 1))
	[ "$1" = ok ] || failures=$((failures + 1))
	printf '%s %d - %s\n' "$1" "$count" "$2"
	[ -z "${3-}" ] || printf '# %s\n' "${3//$'\n'/$'\n'# }"
}

# search DIR FILE OPTION...: what pan says is in DIR/out.
search() {
	local dir=$1 file=$2
	shift 2
	rm -rf -- "$dir"
	mkdir -p -- "$dir"
	(
		cd -- "$dir"
		spin -a "$@" "$here/$file" >build 2>&1 &&
			gcc "$optimise" -w -DCOLLAPSE -DSAFETY -DNOFAIR -DMEMLIM="$memory" -o pan pan.c >>build 2>&1
	) || { cat "$dir/build" >"$dir/out"; return; }
	(cd -- "$dir" && nice ./pan -m100000 -n >out 2>&1) || true
}

complete() {	# complete OUT: nothing left out?
	grep -q '^Full statespace search' "$1" && ! grep -qE 'too small|out of memory|-DMEMLIM|aborting|Warning' "$1"
}

# said OUT: what pan said, without how far it was.
said() {
	grep -v '^Depth=' "$1" | head -n 30 || true
}

figures() {	# figures OUT
	awk '/states, stored/ { s = $1 } /total actual memory/ { m = $1 } /depth reached/ { d = $6 + 0 }
		END { printf "%d states, depth %d, %d MiB", s, d, m }' "$1"
}

run_search() {	# run_search NAME WHAT
	local dir=$O/$1
	# shellcheck disable=SC2086 # several words
	search "$dir" "${files[$1]}" ${options[$1]}
	if complete "$dir/out" && grep -q 'errors: 0$' "$dir/out"; then
		report ok "$1: $2" "$(figures "$dir/out")"
	else
		report 'not ok' "$1: $2" "$(said "$dir/out")"
	fi
}

run_break() {	# run_break NAME BREAK FOUND WHAT
	local dir=$O/$2
	# shellcheck disable=SC2086 # several words
	search "$dir" "${files[$1]}" ${options[$1]} "-D$2"
	if grep -q "^pan:1: $3" "$dir/out"; then
		report ok "$2: $4" "found after $(figures "$dir/out")"
	else
		report 'not ok' "$2: $4" "not found: $3"$'\n'"$(said "$dir/out")"
	fi
}

mkdir -p -- "$O"
while IFS=$'\t' read -r kind name third fourth what; do
	# To compile pan well takes longer than most searches.
	optimise=-O0 memory=$MEMORY
	[ "$kind" != large ] || optimise=-O2 memory=$LARGE_MEMORY
	case $kind in
	search | large)
		[ "$kind" = search ] || [ "$large" = yes ] || continue
		files[$name]=$third
		options[$name]=$fourth
		run_search "$name" "$what"
		;;
	break) run_break "$name" "$third" "$fourth" "$what" ;;
	esac
done <"$here/runs.list"
echo "1..$count"
[ "$failures" -eq 0 ]
