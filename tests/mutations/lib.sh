#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lib.sh DIR LIST [RULE...]: applies each break of LIST (those of the named rules only) to a copy of the
# checkout under DIR, and demands that the test that LIST names notices: lib, the programs of tests/lib, pkcs11, the script
# there, or a script of tests/cli, verbs or progress. Prints a Markdown table; exits 1 if a break goes unnoticed, does not
# apply, or does not build.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/mutations/breaks.sh
. "$here/breaks.sh"

# Neither the compiler nor a sanitizer should notice: see core.sh.
build() {	# build lib|pkcs11|verbs|progress
	case $1 in
	lib | pkcs11) make -s -C "$copy/tests/lib" O="$dir/lib" SANITIZE= CFLAGS='-O1 -w' programs "$dir/lib/pkcs11_sign" ;;
	*) make -s -C "$copy/tests/cli" O="$dir/cli" SANITIZED='-O1 -w' command ;;
	esac
}

script() {	# script PATH ARGUMENT...: what it says has failed
	local name status=0
	name=$(basename -- "$1")
	"$@" >"$dir/out" 2>/dev/null || status=$?
	sed -n "s/^not ok [0-9]* /$name: /p" "$dir/out"
	[ "$status" -eq 0 ] || grep -q '^not ok' "$dir/out" || echo "$name (status $status)"
}

run() {		# run lib|pkcs11|verbs|progress
	local program
	case $1 in
	lib)
		for program in "$dir"/lib/*_test; do
			failures "$(basename -- "$program")" "$program"
		done ;;
	pkcs11) script "$copy/tests/lib/pkcs11.sh" "$dir/lib/pkcs11_sign" "$dir/pkcs11" ;;
	*) script "$copy/tests/cli/$1.sh" "$dir/cli/cmd/bin/avow" "$dir/cli/oracle/elf/rodata.elf" ;;
	esac
}

noticed() {	# noticed FILE TEST
	if ! build "$2" >"$dir/log" 2>&1; then
		does_not_build
		return
	fi
	run "$2" | few 3 ';'
}

of_checkout "$1"
list=$here/$2
shift 2
for tests in lib pkcs11 verbs progress; do
	build "$tests" >&2
	[ -z "$(run "$tests")" ] || { echo "lib.sh: what is whole does not pass: $tests" >&2; exit 1; }
done
header Rule "tests/lib, tests/cli"
try_list "$list" "$@"
