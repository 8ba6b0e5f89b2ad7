#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Does each file of core/ compile without a warning in all three worlds, need no symbol
# from outside, and export only names that begin with avow_? The tables compile there
# too. TAP; builds into $O. KDIR: the kernel headers, otherwise the newest installed.
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../.." && pwd)
O=$(mkdir -p "${O:-$top/build/core-test}/symbols" && cd "${O:-$top/build/core-test}/symbols" && pwd)
count=0

includes=(-I"$top/core" -I"$top/include/uapi" -I"$top/tests/cases")
warnings=(-Wall -Wextra -Werror)
# The compiler must not make a call to memset() or memcpy() out of a loop.
no_calls_gcc=-fno-tree-loop-distribute-patterns
no_calls_clang=-fno-builtin
# What the kernel's compiler flags bring in.
kernel_symbols='^(__fentry__|__x86_return_thunk|__stack_chk_fail)$'

report() {	# report ok|'not ok' NAME [WHY]
	count=$((count + 1))
	echo "$1 $count - $2"
	[ -z "${3:-}" ] || printf '# %s\n' "${3//$'\n'/$'\n'# }"
}

# Prints what is wrong with the symbols of an object.
faults() {	# faults OBJECT [ALLOWED]
	local undefined exported
	undefined=$(nm -u "$1" | awk '{ print $2 }' | grep -vE "${2:-^$}" | xargs || true)
	exported=$(nm -g --defined-only "$1" | awk '{ print $3 }')
	[ -z "$undefined" ] || echo "needs $undefined"
	[ -n "$exported" ] || echo "defines nothing"
	grep -v '^avow_\|^__pfx_avow_' <<<"$exported" | sed 's/^/exports /' || true
}

check() {	# check WORLD FILE COMMAND...: compiles with COMMAND -c -o OBJECT FILE
	local world=$1 file=$2 name object wrong
	shift 2
	name=$(basename "$file" .c)
	object=$O/$name.$world.o
	if ! wrong=$("$@" -c -o "$object" "$file" 2>&1); then
		report 'not ok' "$world: $name compiles" "$wrong"
		return
	fi
	# The tables' own program calls core/.
	if [ "$name" = selftest ]; then
		report ok "$world: the tables compile"
		return
	fi
	wrong=$(faults "$object")
	if [ -n "$wrong" ]; then
		report 'not ok' "$world: $name stands alone" "$wrong"
	else
		report ok "$world: $name stands alone"
	fi
}

user_and_bpf() {
	local file
	for file in "${files[@]}"; do
		check user-O2 "$file" gcc -std=c11 -O2 "${warnings[@]}" "$no_calls_gcc" \
			-I"$top/env/user" "${includes[@]}"
		check user-O3 "$file" gcc -std=c11 -O3 "${warnings[@]}" "$no_calls_gcc" \
			-I"$top/env/user" "${includes[@]}"
		check user-clang "$file" clang -std=c11 -O2 "${warnings[@]}" "$no_calls_clang" \
			-I"$top/env/user" "${includes[@]}"
		check bpf "$file" clang -target bpf -O2 -g "${warnings[@]}" "$no_calls_clang" \
			-I"$top/env/bpf" "${includes[@]}" -I"/usr/include/$(uname -m)-linux-gnu"
	done
}

kernel_headers() {
	local dir
	if [ -n "${KDIR:-}" ]; then
		echo "$KDIR"
		return
	fi
	# shellcheck disable=SC2012
	for dir in $(ls -d /usr/src/linux-headers-*/ /lib/modules/*/build/ 2>/dev/null | sort -rV); do
		if [ -e "$dir/include/generated/autoconf.h" ]; then
			echo "$dir"
			return
		fi
	done
}

# The kernel's own makefiles compile, in a directory of links.
kernel() {
	local dir=$O/kernel headers file name wrong output="" status=0
	headers=$(kernel_headers)
	mkdir -p "$dir"
	rm -f "$dir"/*.o "$dir"/*.c
	ln -s "${files[@]}" "$dir"
	{
		echo 'obj-m := avow_core.o'
		echo 'avow_core-y :=' "$(basename -a "${files[@]/%.c/.o}" | tr '\n' ' ')"
		echo "ccflags-y := -Werror $no_calls_gcc -I$top/env/kernel -I$top/include" \
			"-I$top/core -I$top/tests/cases"
		# What a kernel adds that looks for mistakes is not what core/ needs.
		printf '%s := n\n' KASAN_SANITIZE UBSAN_SANITIZE KCSAN_SANITIZE KCOV_INSTRUMENT GCOV_PROFILE
	} >"$dir/Kbuild"
	if [ -z "$headers" ]; then
		output='no kernel headers are installed (linux-headers-amd64), and KDIR is not set'
	else
		# Our O= would be the kernel's too.
		output=$(env -u O -u MAKEFLAGS -u MAKELEVEL make -C "$headers" M="$dir" avow_core.o 2>&1) ||
			status=$?
	fi
	for file in "${files[@]}"; do
		name=$(basename "$file" .c)
		if [ ! -e "$dir/$name.o" ] || [ "$status" -ne 0 ]; then
			report 'not ok' "kernel: $name compiles" "$output"
			output=
		elif [ "$name" = selftest ]; then
			report ok "kernel: the tables compile"
		else
			wrong=$(faults "$dir/$name.o" "$kernel_symbols")
			report "$([ -z "$wrong" ] && echo ok || echo 'not ok')" \
				"kernel: $name stands alone" "$wrong"
		fi
	done
}

# The check itself must see a call that the compiler made.
notices() {
	local wrong
	echo 'void avow_x(char *p, long n); void avow_x(char *p, long n) { while (n--) p[n] = 0; }' |
		gcc -O2 -ftree-loop-distribute-patterns -x c -c -o "$O/bad.o" -
	wrong=$(faults "$O/bad.o")
	if [ "$wrong" = 'needs memset' ]; then
		report ok "a call to memset is noticed"
	else
		report 'not ok' "a call to memset is noticed" "$wrong"
	fi
}

files=("$top"/core/*.c "$here/selftest.c")
echo "1..$((${#files[@]} * 5 + 1))"
user_and_bpf
kernel
notices
