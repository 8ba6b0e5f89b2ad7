#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh DIR NAME...: runs DIR/test_NAME, or NAME.sh of the directory SCRIPTS (this one
# if unset), one after the other; prints KTAP with what each prints as its subtests. Exits 1
# if one fails.
set -uo pipefail

here=${SCRIPTS:-$(cd -- "$(dirname -- "$0")" && pwd)}
dir=$1
shift
number=0
failures=0

command_of() {	# command_of NAME
	if [ -e "$here/$1.sh" ]; then
		echo "$here/$1.sh"
	else
		echo "$dir/test_$1"
	fi
}

# What is neither plan nor result is a comment, as cmocka's messages.
as_subtests() {
	sed -E -e '/^(1\.\.[0-9]|ok |not ok |#)/!s/^/# /' -e 's/^/  /'
}

# A result for each test of the plan, none of them a failure?
complete() {	# complete TEXT
	local plan results
	plan=$(sed -n 's/^  1\.\.\([0-9]*\)$/\1/p' <<<"$1")
	results=$(grep -c '^  ok ' <<<"$1")
	[ -n "$plan" ] && [ "$plan" -gt 0 ] && [ "$plan" -eq "$results" ]
}

echo 'KTAP version 1'
echo "1..$#"
for name in "$@"; do
	number=$((number + 1))
	output=$(O=$dir CMOCKA_MESSAGE_OUTPUT=TAP "$(command_of "$name")" 2>&1 | as_subtests)
	status=$?
	printf '%s\n' "$output"
	if [ "$status" -eq 0 ] && complete "$output"; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		failures=$((failures + 1))
	fi
done
[ "$failures" -eq 0 ]
