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
top=$(cd -- "$here/../.." && pwd)
dir=$1
list=$here/$2
shift 2
only=" $* "
copy=$dir/tree
missed=0
count=0
last=

# The checkout's files as they are now. What did not change keeps its time, so that
# one break rebuilds one file; what was built in the copy stays.
refresh() {
	local file
	mkdir -p "$copy"
	(cd "$top" && git ls-files -z --cached --others --exclude-standard) |
		while IFS= read -r -d '' file; do
			[ -f "$top/$file" ] || continue
			cmp -s "$top/$file" "$copy/$file" && continue
			mkdir -p "$(dirname -- "$copy/$file")"
			cp -- "$top/$file" "$copy/$file"
		done
}

mend() {
	[ -z "$last" ] || cp -- "$top/$last" "$copy/$last"
	last=
}

# The cases that failed, in one line; where none is named, what else went wrong.
noticed_by() {	# noticed_by TEST LOG
	local test=$1 log=$2
	if grep -q "^ *not ok: " "$log"; then
		sed -n "s/^ *not ok: //p" "$log" | sed 's/ *$//; s/ \[[a-z]*\]$//' | awk '!seen[$0]++' |
			awk -v test="$test" 'NR <= 2 { printf "%s%s", (NR == 1 ? test ": " : "; "), $0 }
				END { if (NR > 2) printf "; and %d more", NR - 2 }'
	else
		sed -n "s/^fail guest \($test\|machine\|leaks\|leaks-unloaded\|unload\): /\1: /p" "$log" |
			head -n 1
	fi
}

row() {		# row RULE WHAT RESULT
	echo "| $1 | $2 | $3 |"
}

try() {		# try RULE FILE SED TEST WHAT
	local rule=$1 file=$2 expression=$3 test=$4 what=$5 by log=$dir/log
	count=$((count + 1))
	mend
	last=$file
	sed -i -e "$expression" "$copy/$file"
	if cmp -s "$top/$file" "$copy/$file"; then
		by='**does not apply**'
	elif "$copy/dev" test "$test" >"$log" 2>&1 </dev/null; then
		by='**nothing**'
	elif grep -q '^fail guest: ' "$log"; then
		by='**does not build**'
		cat "$log" >&2
	else
		by=$(noticed_by "$test" "$log")
		by=${by:-**something else**}
	fi
	[[ $by != \** ]] || missed=$((missed + 1))
	row "$rule" "$what" "$by"
}

mkdir -p "$dir"
refresh
row Rule Break "Noticed by (tests/guest)"
row --- --- ---
while IFS=$'\t' read -r rule file expression test what; do
	[[ $rule != \#* ]] || continue
	[[ $only = "  " || $only = *" $rule "* ]] || continue
	try "$rule" "$file" "$expression" "$test" "$what"
done <"$list"
mend
echo "$count breaks, $missed not noticed" >&2
[ "$missed" -eq 0 ] && [ "$count" -gt 0 ]
