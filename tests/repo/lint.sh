#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every checker there is; exit status 1 if one of them finds something. KREL and
# KDIR, the kernel to check the module for and its headers, are set by ./dev.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

build=$PWD/build/lint-$KREL
log=$build/log
status=0
mkdir -p "$build"

# lint NAME COMMAND...: the command prints its findings, and nothing else.
lint() {
	local name=$1 result=0
	shift
	"$@" >"$log" 2>&1 || result=$?
	if [ "$result" -ne 0 ] || [ -s "$log" ]; then
		echo "lint: $name:"
		sed "s|$build/||g; s/^/  /" "$log"
		status=1
	else
		echo "lint: $name: clean"
	fi
}

# Warnings about our own files, out of the many about the kernel's headers.
own_warnings() {
	grep -E "^$build/[^:]*:[0-9]+:.*(warning|error):" "$1" || true
}

module() {	# module ARGUMENT...: compile with more checks than usual
	local all=$build/make.log
	find "$build" -name '*.o' -delete
	if ! make -C "$KDIR" M="$build" "$@" modules >"$all" 2>&1; then
		tail -n 30 "$all"
		return 1
	fi
	own_warnings "$all"
}

tracked() {	# tracked PATTERN...: files that are there
	git ls-files -z -- "$@" | while IFS= read -r -d '' file; do
		[ ! -f "$file" ] || printf '%s\0' "$file"
	done
}

shell_scripts() {
	tracked . | while IFS= read -r -d '' file; do
		if head -n 1 "$file" | tr -d '\0' | grep -qE '^#!.*\b(ba|da)?sh$|^# shellcheck shell='; then
			printf '%s\0' "$file"
		fi
	done
}

run_shellcheck() {
	shell_scripts | xargs -0r shellcheck -x
}

# Headers of the system and the kernel are not read: cppcheck knows the C library
# by itself. What is suppressed: its mistaken ideas of mmap() (a descriptor of -1,
# memory to be freed); and in the module, of variables that a macro of the kernel's
# sets.
CPPCHECK=(cppcheck -q "--enable=warning,performance" --std=c11 --library=posix
	--inline-suppr --error-exitcode=1 -j"$(nproc)" -Iinclude -Iinclude/uapi -Icore
	-Ienv/user -Ilib -Ipolicy -Itests/policy -Itests/guest/lib -Itests/attack/lib -Iexec
	--suppress=unknownMacro)

run_cppcheck() {
	tracked '*.c' ':!bpf' ':!kmod' | xargs -0r "${CPPCHECK[@]}" --suppress=invalidFunctionArg \
		--suppress=leakReturnValNotUsed '--suppress=memleak:tests/guest/*' '--suppress=memleak:tests/attack/*'
}

run_cppcheck_module() {
	tracked 'kmod/*.c' | xargs -0r "${CPPCHECK[@]}" --suppress=uninitvar
}

run_groff() {
	tracked man | xargs -0r groff -ww -mandoc -Tutf8 -z
}

run_mandoc() {
	tracked man | xargs -0r mandoc -Tlint -Wwarning
}

# Of the kernel's own style. It does not know types of ours without being told, nor what a list of X()
# is; and what is for the kernel's tree only is left out: that code is for one version of it.
run_checkpatch() {
	printf '%s\n' avow_verdict avow_slot >"$build/types"
	tracked kmod core include/uapi | xargs -0r perl "$1" --no-tree --no-summary --terse -q -f \
		--show-types --max-line-length=100 --typedefsfile "$build/types" --ignore \
		SPDX_LICENSE_TAG,FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON,COMPLEX_MACRO,BRACKET_SPACE
}

run_clang_format() {
	tracked '*.[ch]' | xargs -0r clang-format --dry-run --Werror
}

tests/vm/mirror.sh "$build" Kbuild core env include kmod
lint "sparse and W=1 on the module" module C=2 W=1
lint "sparse and W=1 on the test build" module C=2 W=1 AVOW_HOLES=1
lint "shellcheck" run_shellcheck
lint "cppcheck on the module" run_cppcheck_module
lint "cppcheck" run_cppcheck
lint "groff on the manual pages" run_groff
lint "mandoc on the manual pages" run_mandoc
lint "licences" tests/repo/spdx.sh
lint "links and options in documents" tests/repo/links.sh
checkpatch=$KDIR/scripts/checkpatch.pl
if [ -r "$checkpatch" ]; then
	lint "checkpatch" run_checkpatch "$checkpatch"
else
	echo "lint: checkpatch: not run, the kernel's headers do not have it"
fi
if [ -e .clang-format ]; then
	lint "clang-format" run_clang_format
fi
exit "$status"
