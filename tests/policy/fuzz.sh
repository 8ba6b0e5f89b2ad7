#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A short run of the fuzzer, the same each time; ./dev fuzz policy does longer ones.
set -euo pipefail

# shellcheck source=tests/policy/tap.sh
. "$(dirname -- "$0")/tap.sh"

if O=$FUZZ tests/fuzz/run.sh policy --runs 30000 --seed 1 >"$work/out" 2>&1 &&
	grep -q '^Done 30000 runs' "$work/out"; then
	report ok "R44.2 30000 runs of the fuzzer"
else
	report 'not ok' "R44.2 30000 runs of the fuzzer" "$(tail -n 40 "$work/out")"
fi
plan
