#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# holes.sh NORMAL TEST: two builds of avow.ko. The normal one has nothing of what turns checks
# off; the test build has it, and says what it is. Prints what is wrong, exit status 1.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

normal=$1
test=$2
wrong=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

complain() {
	echo "$1"
	wrong=1
}

all_holes() {
	sed -n 's/^\tX(\([a-z_0-9]*\),.*/\1/p' core/hole.h
}

# Symbols, parameters and texts that have to do with holes.
traces() {	# traces MODULE
	nm "$1" | grep -E ' (avow_)?holes?(_|$)' || true
	/sbin/modinfo "$1" | grep -E 'hole|test_build' || true
	objcopy --strip-debug "$1" "$work/stripped.ko"
	# BTF and the symbols have texts of their own.
	strings -a -n 3 "$work/stripped.ko" >"$work/strings"
	grep -E 'avow_hole|AVOW_HOLE|test build|TEST BUILD' "$work/strings" || true
	grep -xFf <(all_holes) "$work/strings" || true
}

[ -z "$(traces "$normal")" ] || complain "the normal build has: $(traces "$normal")"
found=$(traces "$test")
for trace in 'avow_hole_open' '^parm: *hole:TEST BUILD' '^test_build: ' 'THIS IS A TEST BUILD'; do
	grep -q -- "$trace" <<<"$found" || complain "the test build lacks: $trace"
done
while read -r hole; do
	grep -qx "$hole" <<<"$found" || complain "the test build does not know $hole"
done < <(all_holes)
exit "$wrong"
