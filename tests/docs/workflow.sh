#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs what docs/ci/github.yml runs, for a small project; KTAP on standard output.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)

# shellcheck source=tests/command.sh
. "$top/tests/command.sh"

# The command of the step of this name; it is all of what follows "run:", without comments.
step() {
	awk -v name="$1" '
		/^ *- / { on = ($0 ~ "- name: " name "$"); next }
		on { sub(/ +# yours.*/, ""); sub(/^ *run:( [|>])? */, ""); sub(/^ +/, ""); print }
	' "$top/docs/ci/github.yml" | tr '\n' ' '
}

# workflow STATUS: its last two steps, where the program ends with this; status is the job's.
workflow() {
	status=0
	echo "$1" >"$work/project/status"
	(cd "$work/project" && eval "$(step Build)" && eval "$(step Test)") \
		</dev/null >"$work/out" 2>"$work/err" || status=$?
}

export RUNNER_TEMP=$work
ln -s "$top" "$work/avow"
mkdir "$work/project"
cp "$top/tests/docs/sgx-tests.c" "$work/project"
printf 'sgx-tests: sgx-tests.c\n\tcc -Wall -Werror -o $@ $<\n' >"$work/project/Makefile"

echo "KTAP version 1"
workflow 0
check "the workflow's job succeeds" [ "$status" -eq 0 ]
check "its program finds SGX by CPUID" grep -q '^CPUID has SGX$' "$work/out"
check "and the device, which refuses nonsense as SGX does" grep -q '^ECREATE: Bad address$' "$work/err"
workflow 3
check "what fails there fails the job" [ "$status" -eq 3 ]
echo "1..$count"
