#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev bench --quick, in a virtual machine; KTAP on standard output.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

# shellcheck source=tests/command.sh
. tests/command.sh

# The columns met of the lines of the table that begin so: there are that many, all "yes".
met() {		# met NUMBER PATTERN
	[ "$(grep -cE "^($2).* 1\.01  yes " "$work/out")" -eq "$1" ]
}

status=0
./dev bench --quick --json "$work/json" </dev/null >"$work/out" 2>"$work/err" || status=$?

echo "KTAP version 1"
check "everything is measured, loops of known length exactly" [ "$status" -eq 0 ]
check "there is a JSON file" test -s "$work/json"
check "the raw numbers are kept beside it" grep -q '^transitions\.enclu [1-9]' "$work/json.raw"
check "who has no enclave does not pay: getpid(), mprotect(), page fault, signal" \
	met 12 'getpid\(\)|mprotect\(\)|anonymous page fault|kill\(\).*(idle|inside|with a policy)'
check "the in-tree driver's check is measured beside, and is not cheaper" \
	[ "$(grep -cE '^(mprotect|mmap)\(\) check, 1 (page|GiB), one run / in-tree .* yes ' "$work/out")" -eq 4 ]
check "what processors do at once is measured, in proportion" \
	[ "$(grep -cE ', (2|4|8) processors, .* thousandths ' "$work/out")" -eq 15 ]
check "nor does he where there is a policy: unrelated mprotect()" met 4 'unrelated mprotect\(\)'
echo "1..$count"
