#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# core.sh DIR LIST PROGRAM...: applies each break of LIST to a copy of core/ under DIR, builds the
# tests of tests/core against it, and demands that one of the programs fails. Prints a Markdown
# table; exits 1 if a break goes unnoticed, does not apply, or does not build.
#
# A LIST whose breaks are of functions must have one of each that core/ exports.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../../core" && pwd)
dir=$1
copy=$dir/core
list=$2
shift 2
programs=("$@")
# shellcheck source=tests/mutations/breaks.sh
. "$here/breaks.sh"

# A break may leave a parameter unused or overrun an array: it is not the compiler or a
# sanitizer that should notice it.
build() {	# build CORE O: the tests' own objects are built once, against the whole core/
	make -s -C "$here/../core" CORE="$1" O="$2" OBJ="$dir/tests" SANITIZE= CFLAGS='-O1 -w' all
}

# The self-test only runs the tables once more.
noticed() {	# noticed FILE
	local program
	rm -rf "$dir/broken"
	cp -a "$dir/whole" "$dir/broken"
	# make rebuilds what is newer; it does not know whom a header of the copy concerns.
	[[ $1 != *.h ]] || rm -f "$dir/broken/core"/*.o "$dir/broken"/test_*
	if ! build "$copy" "$dir/broken" >"$dir/log" 2>&1; then
		does_not_build
		return
	fi
	for program in "${programs[@]}"; do
		failures "$program" "$dir/broken/test_$program"
	done | { grep -v ': selftest_runs_every_row$' || true; } | few 3 ,
}

# What core/ exports and the list has no break of.
forgotten() {
	nm -g --defined-only "$dir"/whole/core/*.o | awk '$2 == "T" { print $3 }' | sort |
		comm -23 - <(cut -f1 "$list" | sort -u)
}

mkdir -p "$dir"
build "$top" "$dir/whole" >&2
rm -rf "$copy"
cp -a "$top" "$copy"
first=Rule
if grep -q '^avow_' "$list"; then
	first=Function
	for name in $(forgotten); do
		missed=$((missed + 1))
		row "$name" "" "**no break of it**"
	done
fi
header "$first" tests/core
try_list "$list"
