#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# short.sh TARGET RUNS RULES: a short run of a fuzzer built into FUZZ, the same each time, as a
# test of TAP; ./dev fuzz does longer ones.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name="$3 $2 runs of the fuzzer $1"
echo 1..1
if O=$FUZZ "$(dirname -- "$0")/run.sh" "$1" --runs "$2" --seed 1 >"$work/out" 2>&1 &&
	grep -q "^Done $2 runs" "$work/out"; then
	echo "ok 1 - $name"
else
	echo "not ok 1 - $name"
	tail -n 40 "$work/out" | sed 's/^/# /'
	exit 1
fi
