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
	quietly "building the packages" tests/deb/build.sh "$work/avow"
	mkdir -p "$out"
	rm -f "$out"/*avow*_*.{deb,changes,buildinfo}
	mv "$work"/*.{deb,changes,buildinfo} "$out"
}

# They have to be the same, wherever, whenever and by whomever they are built.
DEB_AGAIN=(env TZ=Pacific/Kiritimati LC_ALL=C LANG=C HOME=/nonexistent sh -c 'umask 077 && exec "$@"' -)

# deb_same OUT: prints what differs.
deb_same() {
	local file status=0
	for file in "$1"/*.deb; do
		cmp "$file" "$B/deb-build/another/place/${file##*/}" || status=1
	done
	return "$status"
}

# deb_check OUT
deb_check() {
	need_packages "${PACKAGES_DEB_CHECK[@]}"
	say "lintian"
	lintian --allow-root --display-info --pedantic --fail-on error,warning,info,pedantic \
		"$1"/*.changes </dev/null
	say "building them again, elsewhere"
	quietly "building the packages again" "${DEB_AGAIN[@]}" tests/deb/build.sh "$B/deb-build/another/place/avow-again"
	deb_same "$1" || { say "two builds are not the same"; return 1; }
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

deb_test_alone() {
	# shellcheck source=tests/vm/suite.sh
	. "$TOP/tests/vm/suite.sh"
	suite_begin no
	need_machine
	deb_test "$1"
	suite_end
}
