# SPDX-License-Identifier: LGPL-2.1-or-later
# Adds up what gcov tells of several runs (-b -c), and prints what no run reached in kmod/ and
# core/: functions, lines, and of the lines that were reached the branches that were not.

FNR == 1 { file = ""; line = ""; called = "" }

/^ *-: *0:Source:/ {
	file = $0
	sub(/^[^:]*:[^:]*:Source:/, "", file)
	if (file !~ /^(kmod|core)\/.*\.[chS]$/)
		file = ""
	next
}

file == "" { next }

# Told before its first line.
/^function / {
	key = file SUBSEP $2
	functions[key] = 1
	calls[key] += $4
	next
}

/^branch / {
	if (line == "")
		next
	key = file SUBSEP line SUBSEP $2
	branches[key] = 1
	taken[key] += $3 == "taken" ? $4 : 0
	next
}

/^call / { next }

{
	split($0, part, ":")
	count = part[1]
	line = part[2] + 0
	gsub(/[ *]/, "", count)
	if (count == "-" || line == 0) {
		line = ""
		next
	}
	key = file SUBSEP line
	text = $0
	sub(/^[^:]*:[^:]*:/, "", text)
	source[key] = text
	lines[key] = 1
	reached[key] += count ~ /^[0-9]/ ? count : 0
}

END {
	for (key in lines) {
		split(key, at, SUBSEP)
		all[at[1]]++
		got[at[1]] += reached[key] > 0
	}
	for (key in branches) {
		split(key, at, SUBSEP)
		ball[at[1]]++
		bgot[at[1]] += taken[key] > 0
	}
	sort = "sort -t: -k1,1 -k2,2n"
	for (file in all) {
		printf "%s: %d of %d lines, %d of %d branches\n", file, got[file], all[file],
			bgot[file], ball[file] | "sort"
		la += all[file]; lg += got[file]; ba += ball[file]; bg += bgot[file]
	}
	close("sort")
	printf "all: %d of %d lines, %d of %d branches\n", lg, la, bg, ba
	print "\nfunctions that were not called:"
	for (key in functions) {
		split(key, at, SUBSEP)
		if (!calls[key])
			printf "%s: %s()\n", at[1], at[2] | "sort"
	}
	close("sort")
	print "\nlines that were not reached:"
	for (key in lines) {
		split(key, at, SUBSEP)
		if (!reached[key])
			printf "%s:%d: %s\n", at[1], at[2], source[key] | sort
	}
	close(sort)
	print "\nlines that were reached, with branches that were not taken:"
	for (key in branches) {
		split(key, at, SUBSEP)
		place = at[1] SUBSEP at[2]
		if (!taken[key] && reached[place])
			untaken[place] = untaken[place] " " at[3]
	}
	for (place in untaken) {
		split(place, at, SUBSEP)
		printf "%s:%d:%s not taken: %s\n", at[1], at[2], untaken[place], source[place] | sort
	}
	close(sort)
}
