#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exports.sh LIBRARY WORK: the shared library exports the functions of <libavow.h>, with their
# version, and nothing else; and what make install puts somewhere can be used there, and is
# wholly taken away.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."

library=$1
work=$2
version=$(sed -n 's/^#define AVOW_VERSION "\(.*\)"/\1/p' kmod/version.h)
count=0
status=0
rm -rf "$work"
mkdir -p "$work"

check() {	# check NAME COMMAND...
	local name=$1 word=ok
	shift
	count=$((count + 1))
	"$@" >"$work/log" 2>&1 || word='not ok'
	echo "$word $count $name"
	[ "$word" = ok ] || { status=1; sed 's/^/# /' "$work/log" | tail -n 20; }
}

declared() {
	tr '\n' ' ' <include/libavow.h | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/| |g; s/static inline[^{]*{[^}]*}/ /g' |
		grep -oE '\bavow_[a-z0-9_]+ ?\(' | tr -d '( ' | sort -u
}

exported() {
	nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sort
}

the_functions_of_the_header() {
	[ "$(declared | wc -l)" -gt 50 ] && diff <(declared | sed 's/$/@@LIBAVOW_1/') <(exported)
}

has_its_name() {
	readelf -d "$library" | grep -q 'SONAME.*\[libavow\.so\.1\]' &&
		! readelf -d "$library" | grep -q TEXTREL
}

# What must not be in a library: output, an end of the program, its own idea of a signal.
keeps_quiet() {
	! nm -D --undefined-only "$library" | awk '{ print $2 }' |
		grep -E '^(v?f?printf|puts|fputs|putchar|fputc|perror|exit|_exit|abort|sigaction|signal|stdout|stderr)(@|$)'
}

# Each function is told of in the manual.
in_the_manual() {
	local name status=0
	for name in $(declared); do
		grep -qw -- "$name" man/libavow.3 || { echo "libavow(3) does not know $name"; status=1; }
	done
	return "$status"
}

# And of those inside an enclave; static inline ones and macros, too.
enclave_manual() {
	local name status=0
	while read -r name; do
		grep -qw -- "$name" man/libavow-enclave.3 || { echo "libavow-enclave(3) does not know $name"; status=1; }
	done < <(grep -oE '^#define AVOW_[A-Z_]+\b|\b(avow_[a-z_]+|[mc]alloc|realloc|free|mem[a-z]+|strlen)\(' include/avow_enclave.h |
		sed 's/^#define //; s/($//' | grep -vE '^AVOW_(ENCLAVE_H|LAYOUT_*|RIGHT_.|SEAL_.*|.*_BYTES)$' | sort -u)
	return "$status"
}

# man(1) says what it minds on standard error.
manuals_render() {
	local page said status=0
	for page in man/*.[1-9]; do
		said=$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null) || status=1
		[ -z "$said" ] || { printf '%s: %s\n' "$page" "$said"; status=1; }
	done
	return "$status"
}

install_to() {	# install_to TARGET...
	make -s --no-print-directory O="$work/build" DESTDIR="$work/root" PREFIX=/opt/avow "$@"
}

installed() {
	local file
	install_to install install-system install-module-sources || return 1
	for file in bin/avow lib/avow/libavow-cpuid.so lib/libavow.so lib/libavow.so.1 lib/libavow.a \
		lib/pkgconfig/libavow.pc include/avow.h include/libavow.h share/man/man1/avow.1 \
		lib/libavow-enclave.a lib/avow-enclave.lds lib/pkgconfig/libavow-enclave.pc include/avow_enclave.h \
		share/man/man3/libavow.3 share/man/man3/libavow-enclave.3 share/man/man5/avow.policy.5 share/avow/policies/wx.policy \
		share/bash-completion/completions/avow share/zsh/site-functions/_avow \
		share/fish/vendor_completions.d/avow.fish lib/systemd/system/avow-policy.service \
		lib/udev/rules.d/60-avow.rules lib/modules-load.d/avow.conf lib/sysusers.d/avow.conf \
		lib/tmpfiles.d/avow.conf; do
		[ -s "$work/root/opt/avow/$file" ] || { echo "$file is not installed"; return 1; }
	done
	"$work/root/opt/avow/bin/avow" --help | grep -q Usage &&
		grep -qx 'ExecStart=/opt/avow/bin/avow policy load .*' "$work/root/opt/avow/lib/systemd/system/avow-policy.service" &&
		"$work/root/opt/avow/bin/avow" policy check "$work/root/etc/avow/policy.example"
}

# Each source that the module is made of, and each header that these name.
module_sources() {
	local root=$work/root/usr/src/avow-$version object file
	while read -r object; do
		[ -s "$root/${object%.o}.c" ] || [ -s "$root/${object%.o}.S" ] || { echo "no source of $object"; return 1; }
	done < <(sed -n '/^avow-y/,/[^\\]$/p' Kbuild | grep -oE '[a-z0-9_/]+\.o')
	while read -r file; do
		[ -n "$(find "$root" -path "*/$file")" ] || { echo "no $file"; return 1; }
	done < <(cd "$root" && grep -hoE '^#include "[a-z0-9_./]+"' -r . | cut -d '"' -f 2 | sort -u)
	grep -qx "PACKAGE_VERSION=\"$version\"" "$root/dkms.conf" && ! grep @ "$root/dkms.conf"
}

flags() {	# flags OPTION...: of libavow, or of package
	PKG_CONFIG_PATH=$work/root/opt/avow/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/root \
		pkg-config "$@" "${package:-libavow}"
}

# C and C++, by pkg-config alone, with the shared library and with the static one.
usable() {
	local -a shared static
	read -ra shared < <(flags --cflags --libs)
	read -ra static < <(flags --cflags --libs --static)
	g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -o "$work/cxx" tests/lib/cxx_test.cc "${shared[@]}" &&
		LD_LIBRARY_PATH=$work/root/opt/avow/lib "$work/cxx" &&
		readelf -d "$work/cxx" | grep -q 'NEEDED.*\[libavow\.so\.1\]' &&
		g++ -std=c++11 -o "$work/cxx-static" tests/lib/cxx_test.cc -Wl,-Bstatic -lavow -Wl,-Bdynamic "${static[@]}" &&
		"$work/cxx-static" && [ "$(flags --modversion)" = "$version" ] || return 1
	! readelf -d "$work/cxx-static" | grep -q libavow || { echo "static is shared"; return 1; }
	# The header alone, as the strictest C would have it.
	echo '#include <libavow.h>' |
		gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only "${shared[0]}" -xc -
}

example() {	# example NUMBER: of the listings of libavow-enclave(3)
	awk -v wanted="$1" '/^\.Bd/ { on = ++number == wanted; next } /^\.Ed/ { on = 0 } on' man/libavow-enclave.3 |
		sed 's/\\e/\\/g'
}

# Whether the file's segments, note and relocations are what the runtime takes.
is_enclave() {
	readelf -lrnW "$1" >"$work/elf"
	[ "$(grep -c '^  LOAD' "$work/elf")" -eq 4 ] && grep -q '^  Avow ' "$work/elf" &&
		! grep '^[0-9a-f]\{16\} ' "$work/elf" | grep -v R_X86_64_RELATIVE && ! grep -qE 'DYNAMIC|INTERP|RWE' "$work/elf"
}

# The enclave of the manual and its host, by pkg-config alone; and what is refused when it is linked.
enclaves() {
	local package=libavow-enclave
	local -a inside libs outside
	read -ra inside < <(flags --cflags)
	read -ra libs < <(flags --libs)
	libs=("${libs[@]/-Wl,-T,\/opt/-Wl,-T,$work/root/opt}")
	package=libavow
	read -ra outside < <(flags --cflags --libs)
	example 1 >"$work/enclave.c"
	example 3 >"$work/host.c"
	gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror "${inside[@]}" -o "$work/enclave.elf" "$work/enclave.c" "${libs[@]}" &&
		is_enclave "$work/enclave.elf" &&
		gcc -std=c11 -Wall -Wextra -Werror -o "$work/host" "$work/host.c" "${outside[@]}" || return 1
	refused_inside 'puts' 'int puts(const char *); static long f(void *a) { return puts(a); }' || return 1
	refused_inside '_Thread_local' 'static _Thread_local long t; static long f(void *a) { return t += (long)a; }' || return 1
	refused_inside 'constructors' 'static long n; __attribute__((constructor)) static void c(void) { n++; }
		static long f(void *a) { return n + (long)a; }' || return 1
	refused_inside 'AVOW_THREADS is 1 to 32' '#define AVOW_THREADS 33
		static long f(void *a) { return (long)a; }' || return 1
	refused_inside 'multiples of 4096' '#define AVOW_HEAP 5000
		static long f(void *a) { return (long)a; }' || return 1
	refused_inside 'at most AVOW_ARG_MAX' 'static long f(void *a) { return (long)a; }' 'AVOW_ECALL(f, char[4097])'
}

refused_inside() {	# refused_inside WORDS CODE [ECALL]
	printf '%s\n#include <avow_enclave.h>\nAVOW_ECALLS([0] = %s);\n' "$2" "${3:-AVOW_ECALL_PLAIN(f)}" >"$work/bad.c"
	if gcc -std=c11 "${inside[@]}" -o "$work/bad.elf" "$work/bad.c" "${libs[@]}" 2>"$work/bad.log" ||
		! grep -q -- "$1" "$work/bad.log"; then
		echo "not refused: $1"
		cat "$work/bad.log"
		return 1
	fi
}

uninstalled() {
	install_to uninstall || return 1
	[ -z "$(find "$work/root" ! -type d)" ] || { find "$work/root" ! -type d; return 1; }
}

echo 1..11
check "exports the functions of libavow.h, and nothing else" the_functions_of_the_header
check "has its name, and no relocations in text" has_its_name
check "neither prints nor exits" keeps_quiet
check "libavow(3) has each function" in_the_manual
check "libavow-enclave(3) has each function" enclave_manual
check "the manuals render without a warning" manuals_render
check "make install DESTDIR= PREFIX=" installed
check "make install-module-sources: all that avow.ko is made of" module_sources
check "what is installed builds programs in C and C++" usable
check "what is installed builds enclaves, and refuses what cannot run inside" enclaves
check "make uninstall takes all of it away" uninstalled
exit "$status"
