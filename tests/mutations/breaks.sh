# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For scripts that break a copy of sources, one break of a list after the other, and demand that a test
# notices. A list has a break a line, with tabs between: rule, file, sed expression, in some lists the test that
# must notice, and what the break means. The script sets
#
#	top	what the files of the list are in
#	copy	and the copy of it that is broken
#	dir	a directory for its own files
#
# or has of_checkout do so, and has a function noticed FILE TEST, which builds the broken copy, runs the tests, and says in one line who
# noticed; or nothing, or `**does not build**`.
# shellcheck disable=SC2154 # top and copy are the script's

missed=0
count=0
last=

mend() {
	[ -z "$last" ] || cp -- "$top/$last" "$copy/$last"
	last=
}

# A checkout's files as they are now. What did not change keeps its time, so that
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

# of_checkout DIR: what is broken is a copy of the checkout, in DIR.
of_checkout() {
	top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
	dir=$1
	copy=$dir/tree
	mkdir -p "$dir"
	refresh
}

# The failed tests of a program of cmocka, with a name before each.
failures() {	# failures NAME PROGRAM
	local output status=0
	output=$(CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$2" 2>/dev/null) || status=$?
	sed -n "s/^not ok [0-9]* - \([^#]*\).*/$1: \1/p" <<<"$output"
	[ "$status" -eq 0 ] || grep -q '^not ok' <<<"$output" || echo "$1 (status $status)"
}

# few MOST BETWEEN: so many of the lines, in one line, and how many more.
few() {
	awk -v most="$1" -v between="$2" 'NR <= most { printf "%s%s", (NR == 1 ? "" : between " "), $0 }
		END { if (NR > most) printf "%s and %d more", between, NR - most }'
}

# For noticed, where the build is in $dir/log.
does_not_build() {
	echo '**does not build**'
	cat "$dir/log" >&2
}

row() {		# row RULE WHAT RESULT
	echo "| $1 | $2 | $3 |"
}

header() {	# header FIRST WHERE
	row "$1" Break "Noticed by ($2)"
	row --- --- ---
}

try() {		# try RULE FILE SED TEST WHAT
	local rule=$1 file=$2 expression=$3 test=$4 what=$5 by
	count=$((count + 1))
	mend
	last=$file
	sed -i -e "$expression" "$copy/$file"
	if cmp -s "$top/$file" "$copy/$file"; then
		by='**does not apply**'
	else
		by=$(noticed "$file" "$test")
		by=${by:-**nothing**}
	fi
	[[ $by != \** ]] || missed=$((missed + 1))
	row "$rule" "$what" "$by"
}

# try_list LIST [RULE...]: all breaks, or those of these rules. Exit status 1 if a break goes unnoticed,
# does not apply, or does not build.
try_list() {
	local list=$1 fields
	shift
	while IFS=$'\t' read -ra fields; do
		[[ ${fields[0]} != \#* ]] || continue
		[[ $# -eq 0 || " $* " = *" ${fields[0]} "* ]] || continue
		try "${fields[0]}" "${fields[1]}" "${fields[2]}" "${fields[3]}" "${fields[-1]}"
	done <"$list"
	mend
	echo "$count breaks, $missed not noticed" >&2
	[ "$missed" -eq 0 ] && [ "$count" -gt 0 ]
}
