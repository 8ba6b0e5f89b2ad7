# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel's own SGX selftests, unmodified, out of Debian's source package:
# sourced by ./dev after suite.sh.

# What they include is a small part of a large archive.
KSELFTEST_PARTS=(scripts 'tools/include' 'arch/x86/include' 'tools/testing/selftests/sgx'
	'tools/testing/selftests/*.h' 'tools/testing/selftests/lib.mk'
	'tools/testing/selftests/x86/check_cc.sh'
	'tools/testing/selftests/x86/trivial_64bit_program.c')
# More than the 900 s that the slowest test gives itself would allow a hang.
KSELFTEST_SECONDS=600

# kselftest_source PACKAGE: sets SOURCE, an unpacked part of the kernel's source.
kselftest_source() {
	local package=$1 archive=/usr/src/$1.tar.xz version temporary
	need_packages "$package" xz-utils
	version=$(dpkg-query -W -f='${Version}' "$package")
	SOURCE=$CACHE/source/$version
	[ ! -e "$SOURCE/complete" ] || return 0
	[ -r "$archive" ] || die "$package is installed but $archive is not there"
	cache_lock
	mkdir -p "$CACHE/source"
	need_space "$CACHE" 65536 "the selftests' source"
	temporary=$(mktemp -d "$CACHE/tmp.XXXXXX")
	TEMPORARY+=("$temporary")
	say "unpacking the selftests from $archive"
	tar -C "$temporary" -xJf "$archive" --strip-components=1 --wildcards \
		"${KSELFTEST_PARTS[@]/#/$package/}" || die "cannot unpack $archive"
	touch "$temporary/complete"
	rm -rf "$SOURCE"
	mv "$temporary" "$SOURCE"
	cache_unlock
}

# Sets KSELFTEST: where test_sgx and test_encl.elf are.
kselftest_build() {
	local series=${KERNEL%-cloud}
	[ "$KERNEL" != debug ] || series=6.1
	kselftest_source "linux-source-$series"
	KSELFTEST=$B/kselftest/${SOURCE##*/}
	mkdir -p "$KSELFTEST"
	quietly "building the kernel's selftests" \
		make -C "$SOURCE/tools/testing/selftests/sgx" OUTPUT="$KSELFTEST"
}

# On KERNEL=debug: for an enclave as large as the enclave memory that CPUID tells of, a test gives
# itself 30 s.
KSELFTEST_DEBUG_EPC=64M

# kselftest_run CPUID: yes or no, by "avow exec"?
kselftest_run() {
	local title=kselftest
	[ "$1" = no ] || title=kselftest-cpuid
	build_module || { suite_fail "$title avow.ko: it does not build"; return 0; }
	kselftest_build || { suite_fail "$title test_sgx: it does not build"; return 0; }
	machine_command
	add_module
	[ "$KERNEL" != debug ] || MACHINE+=(--module-arg "epc_size=$KSELFTEST_DEBUG_EPC")
	if [ "$1" = yes ]; then
		build_command || { suite_fail "$title avow: it does not build"; return 0; }
		add_cpuid
	fi
	add_checks
	MACHINE+=(--title "$title" "${REPORT[@]}"
		--test "test_sgx=$KSELFTEST/test_sgx=$KSELFTEST_SECONDS"
		--extra "$KSELFTEST/test_encl.elf=/tests/test_encl.elf"
		--expect "test_sgx=$TOP/tests/vm/$title.expected")
	say "booting Linux $KREL for the kernel's selftests ($title)"
	"${MACHINE[@]}" suite </dev/null || true
}
