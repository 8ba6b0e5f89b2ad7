# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev deb: sourced by ./dev.

PACKAGES_DEB=(build-essential debhelper dh-dkms git bpftool clang libbpf-dev libjson-c-dev libssl-dev
	libzydis-dev)
PACKAGES_DEB_CHECK=(lintian)
PACKAGES_DEB_TEST=(mmdebstrap)

# deb_build OUT
deb_build() {
	local out=$1 work=$B/deb-build/one
	need_packages "${PACKAGES_DEB[@]}"
	say "building the packages"
	rm -rf "$B/deb-build"
	quietly "building the packages" tests/deb/build.sh "$work/avow" || return 1
	mkdir -p "$out"
	rm -f "$out"/*avow*_*.{deb,changes,buildinfo}
	mv "$work"/*.{deb,changes,buildinfo} "$out"
}

# deb_check OUT [DIRECTORY]: KTAP.
deb_check() {
	need_packages "${PACKAGES_DEB_CHECK[@]}"
	local_tests packages tests/deb/check.sh "$@"
}

# A part of ./dev test: what takes no Debian system.
deb_part() {
	if deb_build "$B/deb"; then
		deb_check "$B/deb"
	else
		suite_fail "packages: they do not build"
	fi
}

# The system that they are installed in, made once for each kernel and list of packages.
deb_base() {
	local name
	name=$KREL-$(sha256sum tests/deb/root.sh | cut -c 1-12)
	DEB_BASE=$CACHE/debian/$name
	[ ! -d "$DEB_BASE" ] || return 0
	need_packages "${PACKAGES_DEB_TEST[@]}"
	need_space "$CACHE" 2000000 "a Debian system"
	say "making a small Debian system to install them in"
	mkdir -p "$CACHE/debian"
	need_root "a Debian system in a directory"
	quietly "making a Debian system" "${AS_ROOT[@]}" tests/deb/root.sh "$KREL" "$KIMAGE" "$DEB_BASE.new.$$" ||
		{ as_root rm -rf "$DEB_BASE.new.$$"; return 1; }
	as_root mv -T "$DEB_BASE.new.$$" "$DEB_BASE"
}

# deb_test OUT: KTAP.
deb_test() {
	deb_base || { suite_fail "deb: no Debian system to install them in"; return 0; }
	need_space "$B" 1000000 "a copy of a Debian system"
	machine_command
	printf '%s\n' "${MACHINE[@]}" >"$B/deb-build/machine"
	need_root "a Debian system in a directory"
	local_tests deb "${AS_ROOT[@]}" env DEBS="$1" BASE="$DEB_BASE" KREL="$KREL" MACHINE="$B/deb-build/machine" \
		WORK="$B/deb-build" tests/deb/run.sh
}

# deb_tests_alone OUT CHECK TEST: what of them is "yes".
deb_tests_alone() {
	suite_begin no
	need_machine
	[ "$2" = no ] || deb_check "$1" "$B/deb-build/another/place"
	[ "$3" = no ] || deb_test "$1"
	suite_end
}
