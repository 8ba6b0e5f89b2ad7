#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# core.sh DIR LIST PROGRAM...: applies each break of LIST to a copy of core/ under DIR, builds the
# tests of tests/core against it, and demands that one of the programs fails. Prints a Markdown
# table; exits 1 if a break goes unnoticed, does not apply, or does not build.
#
# A LIST whose breaks are of functions must have one of each that core/ exports.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../.." && pwd)
dir=$1
list=$2
shift 2
programs=("$@")
missed=0
count=0

# A break may leave a parameter unused or overrun an array: it is not the compiler or a
# sanitizer that should notice it.
build() {	# build CORE O: the tests' own objects are built once, against the whole core/
	make -s -C "$top/tests/core" CORE="$1" O="$2" OBJ="$dir/tests" SANITIZE= CFLAGS='-O1 -w' all
}

# The failed tests of a program, with its name before each.
failures() {	# failures PROGRAM
	local output status=0
	output=$(CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$dir/broken/test_$1" 2>/dev/null) || status=$?
	sed -n "s/^not ok [0-9]* - \([^#]*\).*/$1: \1/p" <<<"$output"
	[ "$status" -eq 0 ] || grep -q '^not ok' <<<"$output" || echo "$1 (status $status)"
}

# What noticed the break, in one line; nothing if nothing did. The self-test only runs
# the tables once more.
noticed_by() {
	local program
	for program in "${programs[@]}"; do
		failures "$program"
	done | { grep -v ': selftest_runs_every_row$' || true; } |
		awk 'NR <= 3 { printf "%s%s", (NR == 1 ? "" : ", "), $0 }
			END { if (NR > 3) printf ", and %d more", NR - 3 }'
}

row() {		# row RULE WHAT RESULT
	echo "| $1 | $2 | $3 |"
}

try() {		# try RULE FILE SED WHAT
	local rule=$1 file=$2 expression=$3 what=$4 by
	count=$((count + 1))
	rm -rf "$dir/core" "$dir/broken"
	cp -a "$top/core" "$dir/core"
	cp -a "$dir/whole" "$dir/broken"
	# make rebuilds what is newer; it does not know whom a header of the copy concerns.
	[[ $file != *.h ]] || rm -f "$dir/broken/core"/*.o "$dir/broken"/test_*
	sed -i -e "$expression" "$dir/core/$file"
	if cmp -s "$top/core/$file" "$dir/core/$file"; then
		by='**does not apply**'
	elif ! build "$dir/core" "$dir/broken" >"$dir/log" 2>&1; then
		by='**does not build**'
		cat "$dir/log" >&2
	else
		by=$(noticed_by)
		by=${by:-**nothing**}
	fi
	[[ $by != \** ]] || missed=$((missed + 1))
	row "$rule" "$what" "$by"
}

# What core/ exports and the list has no break of.
forgotten() {
	nm -g --defined-only "$dir"/whole/core/*.o | awk '$2 == "T" { print $3 }' | sort |
		comm -23 - <(cut -f1 "$list" | sort -u)
}

mkdir -p "$dir"
build "$top/core" "$dir/whole" >&2
first=Rule
if grep -q '^avow_' "$list"; then
	first=Function
	for name in $(forgotten); do
		missed=$((missed + 1))
		row "$name" "" "**no break of it**"
	done
fi
row "$first" Break "Noticed by (tests/core)"
row --- --- ---
while IFS=$'\t' read -r rule file expression what; do
	[[ $rule != \#* ]] || continue
	try "$rule" "$file" "$expression" "$what"
done <"$list"
echo "$count breaks, $missed not noticed" >&2
[ "$missed" -eq 0 ] && [ "$count" -gt 0 ]
