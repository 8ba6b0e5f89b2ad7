#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# libraries.sh DIR: every object of this machine's libraries, once by avow exec's way to
# find CPUID (DIR/sites), once disassembled by objdump, which does it in another way.
# What avow exec would replace and objdump has no CPUID for is a failure; what only
# objdump has is listed. KTAP on standard output.
set -euo pipefail

dir=$1
libraries=$(dirname "$(realpath "$(gcc -print-file-name=libc.so.6)")")
# Of larger objects only the surroundings of each place are disassembled, from a place
# before it that is not a function's start.
whole_max=$((24 << 20))
before=4093
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cpuid_lines() {	# the addresses of objdump's lines that are CPUID
	awk '$2 == "cpuid" { sub(":", "", $1); print $1 }'
}

disassembled() {	# disassembled FILE: the addresses of CPUID in it
	local address
	if [ "$(stat -c %s "$1")" -le "$whole_max" ]; then
		objdump -d --no-show-raw-insn "$1" | cpuid_lines
		return
	fi
	while read -r address; do
		objdump -d --no-show-raw-insn --start-address=$((0x$address - before)) \
			--stop-address=$((0x$address + 2)) "$1" | cpuid_lines
	done <"$work/sites"
}

result() {	# result STATUS NUMBER NAME
	if [ "$1" -eq 0 ]; then echo "ok $2 $3"; else echo "not ok $2 $3"; fi
}

echo 1..2
# Links to a file, hard ones too, are the same object.
find "$libraries" -type f -printf '%i %p\n' | sort -u -k1,1n | cut -d' ' -f2- |
	tr '\n' '\0' | xargs -0 "$dir/sites" >"$work/all"

false_sites=0
while read -r _ _ _ _ _ _ _ file; do
	awk -v file="$file" '$1 == "object" { mine = $8 == file } $1 == "site" && mine { print $2 }' \
		"$work/all" | sort >"$work/sites"
	disassembled "$file" | sort -u >"$work/objdump"
	comm -13 "$work/objdump" "$work/sites" >"$work/false"
	false_sites=$((false_sites + $(wc -l <"$work/false")))
	sed "s|^|# no CPUID: $file |" "$work/false"
	comm -23 "$work/objdump" "$work/sites" | sed "s|^|# not replaced: $file |"
done < <(awk '$1 == "object" && ($2 || $4)' "$work/all")

awk '$1 == "object" { n++; c += $2; o += $3; f += $4; d += $5; r += $6 }
	END { printf "# %d objects: %d CPUID instructions; left alone: %d within other instructions, " \
		"%d outside of known functions, %d in functions given up, %d not reached\n", n, c, o, f, d, r }' \
	"$work/all"
result "$false_sites" 1 "what is replaced is CPUID to objdump, too"
# The loader asks CPUID in every glibc.
awk '$1 == "object" && $8 ~ /\/ld-linux-x86-64\.so\.2$/ && $2 > 10 { found = 1 } END { exit !found }' \
	"$work/all" && loader=0 || loader=1
result "$loader" 2 "CPUID is found where it is known to be"
[ "$false_sites" -eq 0 ] && [ "$loader" -eq 0 ]
