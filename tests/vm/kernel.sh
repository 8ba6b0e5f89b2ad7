# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# Kernels, for ./dev: sourced after packages.sh. A stock kernel's image package is
# unpacked into a cache and never installed; the one of KERNEL=debug is built (debug.sh):
#
#   CACHE/current-FLAVOUR	the release in use
#   CACHE/kernel/RELEASE/	boot/, lib/modules/, and by us:
#	wanted			what KERNEL_MODULES was then
#	modules			what a machine loads, in this order
#	vmlinux.btf		the kernel's types, which those of avow.ko are added to
#	sums			checksums of the files that are used
#   CACHE/headers/RELEASE/	headers that could not be installed
#
# A directory appears there by rename, complete or not at all.

CACHE=${AVOW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/avow}

# shellcheck source=tests/vm/debug.sh
. "${BASH_SOURCE[0]%/*}/debug.sh"

# What every machine may need: the link to the host, shared directories, a disk in
# memory, cryptography that avow.ko uses, a file system with fs-verity and both its digests,
# and one that a program serves.
KERNEL_MODULES=(virtio_pci virtio_console 9p 9pnet_virtio overlay brd cmac ext4 sha512_generic fuse)

kernel_meta() {
	case $1 in
	6.1) echo linux-image-amd64 ;;
	6.1-cloud) echo linux-image-cloud-amd64 ;;
	6.12) echo linux-image-6.12-amd64 ;;
	debug) echo "$DEBUG_SOURCE" ;;
	*) die "KERNEL='$1' is unknown; there is 6.1, 6.1-cloud, 6.12 and debug" ;;
	esac
}

# The release that the meta package stands for now, or nothing.
kernel_resolve() {
	apt-cache show --no-all-versions "$(kernel_meta "$1")" 2>/dev/null |
		sed -n 's/^Depends:.*\<linux-image-\([0-9][^ ,]*\).*/\1/p' | head -n 1
}

kernel_complete() {
	local directory=$CACHE/kernel/$1
	[ "$(cat "$directory/wanted" 2>/dev/null)" = "${KERNEL_MODULES[*]}" ] &&
		[ -s "$directory/vmlinux.btf" ] && [ -s "$directory/sums" ] && (cd "$directory" && sha256sum -c --status sums 2>/dev/null)
}

# Where the headers of a release are, or nothing.
headers_dir() {
	local directory
	for directory in "/usr/src/linux-headers-$1" "$CACHE/headers/$1/usr/src/linux-headers-$1"; do
		if [ -r "$directory/Makefile" ] && [ -r "$directory/Module.symvers" ] &&
			[ -x "$directory/scripts/mod/modpost" ]; then
			printf '%s\n' "$directory"
			return 0
		fi
	done
	return 1
}

package_field() {
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n "s/^$2: //p" | head -n 1
}

# need_space DIRECTORY KIB WHAT: gives up before the disk is full.
need_space() {
	local available
	available=$(df --output=avail -k "$1" | tail -n 1)
	[ "$available" -ge "$2" ] ||
		die "no space for $3: $(($2 / 1024)) MiB are needed in $1, $((available / 1024)) MiB are free"
}

# download PACKAGE DIRECTORY: one verified .deb; fails where it cannot be had.
download() {
	local package=$1 directory=$2 sum attempt
	local -a files
	for attempt in 1 2; do
		sum=$(package_field "$package" SHA256)
		[ -n "$sum" ] || return 1
		say "downloading $package ($(($(package_field "$package" Size) / 1048576)) MiB)"
		rm -f "$directory"/*.deb
		(cd "$directory" && apt-get "${APT_OPTIONS[@]}" download "$package" </dev/null \
			>"$directory/apt.log" 2>&1) || {
			sed 's/^/  | /' "$directory/apt.log" | tail -n 5 >&2
			return 1
		}
		files=("$directory"/*.deb)
		if [ -f "${files[0]}" ] && echo "$sum  ${files[0]}" | sha256sum -c --status; then
			return 0
		fi
		say "the download of $package is damaged (attempt $attempt)"
	done
	return 1
}

# unpack PACKAGE TEMPORARY DIRECTORY: downloads and unpacks, checks the space before.
unpack() {
	local package=$1 temporary=$2 directory=$3 installed size
	installed=$(package_field "$package" Installed-Size)
	size=$(package_field "$package" Size)
	need_space "$temporary" $((${installed:-0} + ${size:-0} / 1024 + 65536)) "$package"
	download "$package" "$temporary" || return 1
	dpkg-deb -x "$temporary"/*.deb "$directory" || die "cannot unpack $package"
	rm -f "$temporary"/*.deb
}

# The modules to load, in order, plain (6.12 has them compressed).
kernel_list_modules() {
	local directory=$1 release=$2 module
	while :; do
		depmod -b "$directory" "$release" || die "depmod fails for $release"
		for module in "${KERNEL_MODULES[@]}"; do
			# The cloud kernel has no 9p; what can be done without it still can.
			modprobe -d "$directory" -S "$release" --show-depends "$module" 2>/dev/null || true
		done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$directory/modules"
		grep -q '\.xz$' "$directory/modules" || break
		grep '\.xz$' "$directory/modules" | xargs xz -d ||
			die "cannot unpack the modules of $release"
	done
	sed -i "s|^$directory/||" "$directory/modules"
}

# cache_place DIRECTORY KIND RELEASE: in place of what may be there.
cache_place() {
	mkdir -p "$CACHE/$2"
	rm -rf "${CACHE:?}/$2/$3"
	mv "$1" "$CACHE/$2/$3"
}

cache_current() {	# cache_current KERNEL RELEASE
	printf '%s\n' "$2" >"$CACHE/current-$1.new"
	mv "$CACHE/current-$1.new" "$CACHE/current-$1"
}

# Writes down what of an unpacked image is used.
kernel_note() {
	local directory=$1 release=$2
	kernel_list_modules "$directory" "$release"
	"${BASH_SOURCE[0]%/*}/../../dkms/kernel-btf" "$directory/boot/vmlinuz-$release" "$directory/vmlinux.btf" ||
		die "linux-image-$release has no BTF"
	(cd "$directory" && xargs sha256sum "boot/vmlinuz-$release" vmlinux.btf <modules >sums) ||
		die "linux-image-$release is not as expected"
	printf '%s\n' "${KERNEL_MODULES[*]}" >"$directory/wanted"
}

# A whole image of which other modules are wanted now.
kernel_renote() {
	local directory=$CACHE/kernel/$1
	[ -e "$directory/wanted" ] &&
		{ [ "$(cat "$directory/wanted")" != "${KERNEL_MODULES[*]}" ] ||
			[ ! -e "$directory/vmlinux.btf" ]; } &&
		(cd "$directory" && sha256sum -c --status sums 2>/dev/null) &&
		kernel_note "$directory" "$1"
}

kernel_unpack() {
	local release=$1 temporary
	temporary=$(mktemp -d "$CACHE/tmp.XXXXXX")
	TEMPORARY+=("$temporary")
	mkdir "$temporary/kernel"
	unpack "linux-image-$release" "$temporary" "$temporary/kernel" || return 1
	# Packages of merged-/usr releases have the modules there.
	if [ ! -e "$temporary/kernel/lib" ]; then
		ln -s usr/lib "$temporary/kernel/lib"
	fi
	kernel_note "$temporary/kernel" "$release"
	cache_place "$temporary/kernel" kernel "$release"
	rm -rf "$temporary"
}

# For headers that insist on installing a kernel image: unpack them instead.
headers_unpack() {
	local release=$1 temporary package
	local -a packages
	temporary=$(mktemp -d "$CACHE/tmp.XXXXXX")
	TEMPORARY+=("$temporary")
	mkdir "$temporary/headers"
	mapfile -t packages < <(package_field "linux-headers-$release" Depends | tr ',' '\n' |
		sed -n 's/^ *\(linux-headers-[^ ]*\|linux-kbuild-[^ ]*\).*/\1/p')
	for package in "linux-headers-$release" "${packages[@]}"; do
		unpack "$package" "$temporary" "$temporary/headers" || return 1
	done
	# The one absolute path in them.
	sed -i "s|/usr/src|$CACHE/headers/$release/usr/src|" \
		"$temporary/headers/usr/src/linux-headers-$release/Makefile"
	cache_place "$temporary/headers" headers "$release"
	rm -rf "$temporary"
}

headers_need() {
	local release=$1 package=linux-headers-$1
	headers_dir "$release" >/dev/null && return 0
	[ -n "$(package_field "$package" Package)" ] || return 1
	if apt-get -s --no-install-recommends install "$package" 2>/dev/null |
		grep -q '^Inst linux-image'; then
		headers_unpack "$release" || return 1
	else
		say "installing $package"
		apt_get install -y --no-install-recommends "$package" || return 1
	fi
	headers_dir "$release" >/dev/null
}

# What has to be fetched; alone in the cache.
kernel_fetch() {
	local kernel=$1 release attempt
	for attempt in 1 2; do
		release=$(kernel_resolve "$kernel")
		if [ -n "$release" ]; then
			if headers_need "$release" &&
				{ kernel_complete "$release" || kernel_renote "$release" ||
					kernel_unpack "$release"; }; then
				cache_current "$kernel" "$release"
				return 0
			fi
			say "Linux $release cannot be had with its headers"
		fi
		[ "$attempt" = 1 ] || break
		apt_update || break
	done
	die "no kernel for KERNEL=$kernel: apt has no $(kernel_meta "$kernel") with its headers, or" \
		"there is no network; nothing usable is cached in $CACHE"
}

# One that is built already has all that it can have: which modules are wanted is no reason to
# build it again.
kernel_get_debug() {
	local release
	release=$(cat "$CACHE/current-debug" 2>/dev/null) || release=
	if debug_current "$release" && headers_dir "$release" >/dev/null && kernel_renote "$release"; then
		return 0
	fi
	debug_build
}

kernel_get() {
	if [ "$1" = debug ]; then
		kernel_get_debug
	else
		kernel_fetch "$1"
	fi
}

# Alone in the cache, so that two ./dev cannot spoil it for each other.
cache_lock() {
	exec 9>"$CACHE/lock"
	if ! flock -n 9; then
		say "waiting for another ./dev that fills $CACHE"
		flock -w 1800 9 || die "$CACHE is still locked after half an hour"
	fi
	# What is left of one that was killed.
	rm -rf "${CACHE:?}"/tmp.*
}

cache_unlock() {
	exec 9>&-
}

kernel_usable() {
	[ -s "$CACHE/current-$1" ] || return 1
	KREL=$(cat "$CACHE/current-$1")
	if [ "$1" = debug ] && ! debug_current "$KREL"; then
		say "the cached Linux $KREL was built of another source or configuration: making it anew"
		return 1
	fi
	if ! kernel_complete "$KREL"; then
		say "the cached Linux $KREL is incomplete, damaged or of an older kind: making it anew"
		return 1
	fi
	if ! KDIR=$(headers_dir "$KREL"); then
		say "the headers of Linux $KREL are not installed"
		return 1
	fi
}

# kernel_need KERNEL: sets KREL (the release), KDIR (its headers), KIMAGE
# (where its image is unpacked).
kernel_need() {
	kernel_meta "$1" >/dev/null
	mkdir -p "$CACHE" || die "cannot make the cache directory $CACHE"
	[ "$1" != debug ] || need_packages "$DEBUG_SOURCE" "$DEBUG_COMPILER"
	if ! kernel_usable "$1"; then
		need_packages binutils ca-certificates kmod lz4 xz-utils zstd
		cache_lock
		# The lock's former holder may have fetched it.
		kernel_usable "$1" 2>/dev/null || kernel_get "$1"
		kernel_usable "$1" || die "the kernel in $CACHE is not usable"
		cache_unlock
	fi
	KIMAGE=$CACHE/kernel/$KREL
}
