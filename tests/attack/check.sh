#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Do the attacks, their list, the holes and the table agree? Prints what does not; exit
# status 1 if there is something.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

list=tests/attack/list
table=docs/ATTACKS.md
wrong=0

complain() {
	echo "$1"
	wrong=1
}

column() {	# column N: of the list
	grep -v '^#' "$list" | cut -f "$1"
}

all_holes() {
	sed -n 's/^\tX(\([a-z_0-9]*\),.*/\1/p' core/hole.h
}

rows() {	# rows: names and rules, as the table has them
	sed -n 's/^| \([a-z0-9_]*\) | \(R[^|]*\) |.*/\1 \2/p' "$table"
}

# In the list, once; with a program; five columns.
diff <(column 1 | sort) <(cd tests/attack && printf '%s\n' *.c | sed 's/\.c$//' | sort) ||
	complain "$list and tests/attack/*.c differ"
[ -z "$(column 1 | sort | uniq -d)" ] || complain "$list has a name twice"
[ -z "$(grep -v '^#' "$list" | awk -F '\t' 'NF != 5')" ] || complain "$list has a line without five columns"

# What it names is there, and all that is there is named.
for rule in $(column 2); do
	grep -qwF -- "$rule" SPEC.md || complain "$list: SPEC.md has no $rule"
done
diff <(column 4 | grep -v '^none: ' | tr ',' '\n' | sort -u) <(all_holes | sort) ||
	complain "the holes that attacks need and those of core/hole.h differ"
diff <(grep -rhoE 'AVOW_HOLE\([a-z_0-9]+\)' core kmod --include='*.[ch]' --exclude=hole.h | sed 's/.*(//; s/)//' | sort -u) \
	<(all_holes | sort) || complain "the sites and the holes of core/hole.h differ"

# The table is of this list, and nothing in it failed.
diff <(rows) <(grep -v '^#' "$list" | cut -f 1,2 | tr '\t' ' ') ||
	complain "$table is not of $list: ./dev attack --table"
tried=$(column 1 | wc -l)
none=$(column 4 | grep -c '^none: ')
grep -q "^$tried tried, $tried stopped, $((tried - none)) proven able to succeed; $none stopped by what is no check" "$table" ||
	complain "$table: the counts are not $tried, $tried, $((tried - none)) and $none"
! grep -n '| *|\|\*\*nothing\*\*\|: *|' "$table" || complain "$table: something is missing"
exit "$wrong"
