#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# table.sh LIST RESULTS: docs/ATTACKS.md, from the list of attacks and what ./dev attack
# printed when it ran all of them.
set -euo pipefail

cat <<END
# Attacks

What was tried to get around the rules of SPEC.md, and how it ended. Each is a program in tests/attack. "Stopped" is what it was told by avow.ko: how its
last step failed, and the rule that the refusal on record names. "Gets through without" names the checks (core/hole.h) that are turned off in a test build of
the module: then the same program gets through, and proves it by what it wrote or ran. Where there are several, each of them alone stops it.

END
awk -F '\t' '
	# The results: "   | # stopped: WHAT: HOW", then "   | ok N stopped: RULES NAME [CONTRACT]".
	NR == FNR {
		sub(/^ *\| /, "")
		if (sub(/^# stopped: /, ""))
			told = $0
		if ($0 !~ /^ok /)
			next
		contract = $0
		sub(/.*\[/, "", contract)
		sub(/\].*/, "", contract)
		name = $0
		sub(/ \[.*/, "", name)
		sub(/.* /, "", name)
		if ($0 ~ /^ok [0-9]+ stopped: /) {
			sub(/.*: /, "", told)
			how[name, contract] = told
		} else if ($0 ~ /^ok [0-9]+ gets through with /) {
			through[name, contract] = 1
		}
		next
	}
	/^#/ { next }
	{
		first = $3 == "strict" ? "strict" : "compat"
		last = $3 == "compat" ? "compat" : "strict"
		stopped = how[$1, first]
		if (how[$1, last] != stopped)
			stopped = "compat: " stopped "; strict: " how[$1, last]
		tried++
		if (how[$1, first] && how[$1, last])
			counted++
		else
			stopped = "**nothing**"
		if ($3 != "both")
			stopped = $3 ": " stopped
		holes = $4
		if ($4 ~ /^none: /) {
			none++
		} else if (through[$1, first] && through[$1, last]) {
			proven++
			gsub(/,/, ", ", holes)
		} else {
			holes = "**nothing**"
		}
		rows = rows sprintf("| %s | %s | %s | %s | %s |\n", $1, $2, $5, stopped, holes)
	}
	END {
		print "`./dev attack` tries all; `./dev attack --table` writes this file."
		print ""
		printf "%d tried, %d stopped, %d proven able to succeed; ", tried, counted, proven
		printf "%d stopped by what is no check of Avow\047s", none
		print " that could be turned off: Linux, before Avow is asked, or that each open of the device is another enclave."
		print ""
		print "| Attack | Rule | What is tried | Stopped | Gets through without |"
		print "| --- | --- | --- | --- | --- |"
		printf "%s", rows
	}
' "$2" "$1"
