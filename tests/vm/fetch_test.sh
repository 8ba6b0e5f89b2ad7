#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tests of how a kernel is fetched (kernel.sh), KTAP on standard output: against
# an archive that is made here and can be offline, stale or damaged. apt-get,
# apt-cache and df are scripts that act as it; the rest is real.
# shellcheck disable=SC2317 # functions are called by name
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# --- the archive ---

# pack PACKAGE DEPENDS: makes a .deb of $work/root.
pack() {
	mkdir -p "$work/root/DEBIAN"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' \
		"$1" >"$work/root/DEBIAN/control"
	dpkg-deb -Zgzip -b "$work/root" "$work/pool/$1.deb" >/dev/null
	rm -rf "$work/root"
	list "$1" "$2" "$(stat -c %s "$work/pool/$1.deb")" \
		"$(sha256sum "$work/pool/$1.deb" | cut -d ' ' -f 1)"
}

list() {	# list PACKAGE DEPENDS SIZE SUM
	printf 'Package: %s\nDepends: %s\nInstalled-Size: 10\nSize: %s\nSHA256: %s\n' "$@" \
		>"$work/lists/$1"
}

# A kernel's image as far as kernel.sh looks into it: types, in an ELF file, compressed,
# and its size behind it; where that is stands in the header.
image() {
	local elf=$work/vmlinux payload=$work/payload
	echo "types of some kernel" >"$work/types"
	as -o "$elf.o" </dev/null
	objcopy --add-section .BTF="$work/types" "$elf.o" "$elf"
	xz -c --check=crc32 "$elf" >"$payload"
	word "$(stat -c %s "$elf")" >>"$payload"
	{
		head -c 497 /dev/zero
		printf '\001'
		head -c 86 /dev/zero
		word 0
		word "$(stat -c %s "$payload")"
		head -c 432 /dev/zero
		cat "$payload"
		head -c 100000 /dev/urandom
	}
}

word() {	# word NUMBER: four bytes, little-endian
	local shift
	for shift in 0 8 16 24; do
		printf '%b' "\\x$(printf '%02x' $(($1 >> shift & 255)))"
	done
}

# headers RELEASE DIRECTORY: as far as kernel.sh looks into them.
headers() {
	mkdir -p "$2/scripts/mod"
	echo "include /usr/src/linux-headers-$1-common/Makefile" >"$2/Makefile"
	echo symbols >"$2/Module.symvers"
	printf '#!/bin/sh\n' >"$2/scripts/mod/modpost"
	chmod +x "$2/scripts/mod/modpost"
}

# unpacked RELEASE DIRECTORY: its image, as it is in a package.
unpacked() {
	mkdir -p "$2/boot" "$2/lib/modules/$1/kernel"
	image >"$2/boot/vmlinuz-$1"
	touch "$2/lib/modules/$1"/modules.{order,builtin,builtin.modinfo}
}

add_kernel() {	# add_kernel RELEASE: its image and its headers
	unpacked "$1" "$work/root"
	pack "linux-image-$1" ""
	headers "$1" "$work/root/usr/src/linux-headers-$1"
	pack "linux-headers-$1" "linux-headers-$1-common (= 1), linux-image-$1, gcc"
	mkdir -p "$work/root/usr/src/linux-headers-$1-common"
	touch "$work/root/usr/src/linux-headers-$1-common/Makefile"
	pack "linux-headers-$1-common" ""
	list linux-image-amd64 "linux-image-$1 (= 1)" 1 0
}

make_tools() {
	mkdir "$work/bin"
	cat >"$work/bin/apt-cache" <<-'END'
		#!/bin/sh
		[ "$1 $2" = "show --no-all-versions" ] || exit 100
		cat "$WORK/lists/$3" 2>/dev/null
	END
	cat >"$work/bin/apt-get" <<-'END'
		#!/bin/bash
		while [[ $1 == -* ]]; do
			[ "$1" = -s ] && simulate=yes
			[ "$1" != -o ] || shift
			shift
		done
		[ -n "${simulate:-}" ] && { echo "Inst linux-image-x"; exit 0; }
		echo "$*" >>"$WORK/log"
		[ ! -e "$WORK/offline" ] || { echo "E: no network" >&2; exit 100; }
		case $1 in
		update) [ ! -e "$WORK/next" ] || { bash "$WORK/next"; rm "$WORK/next"; } ;;
		download)
			[ -e "$WORK/pool/$2.deb" ] || { echo "E: 404 $2" >&2; exit 100; }
			cp "$WORK/pool/$2.deb" .
			if [ -s "$WORK/damage" ]; then
				truncate -s 1000 "$2.deb"
				sed -i 1d "$WORK/damage"
			fi
			;;
		*) exit 100 ;;
		esac
	END
	cat >"$work/bin/df" <<-'END'
		#!/bin/sh
		if [ -e "$WORK/full" ]; then printf 'Avail\n1000\n'; else exec /bin/df "$@"; fi
	END
	chmod +x "$work/bin"/*
}

# --- what is tested ---

# need [KERNEL]: as ./dev does it; what it says in $work/out, its result in $status.
need() {
	need_into "$work/out" "$@"
}

# scripts COMMAND ARGUMENT...: in a shell that has what ./dev sources.
scripts() {
	# shellcheck disable=SC2016
	env PATH="$work/bin:$PATH" WORK="$work" AVOW_CACHE="$work/cache" bash -euc '
		TEMPORARY=()
		. "$0/packages.sh"
		. "$0/kernel.sh"
		as_root() { "$@"; }
		trap "rm -rf \"\${TEMPORARY[@]}\"" EXIT
		'"$1" "$here" "${@:2}"
}

# shellcheck disable=SC2016
need_into() {	# need_into OUTPUT [KERNEL]
	status=0
	scripts '
		debug_build() { die "it would be built now"; }
		[ "$1" != debug ] || need_packages() { :; }
		kernel_need "$1"
		echo "ready $KREL"
		test -s "$KIMAGE/boot/vmlinuz-$KREL" && test -r "$KDIR/Makefile"
	' "${2:-6.1}" >"$1" 2>&1 || status=$?
}

# built KEY: a kernel of KERNEL=debug in the cache, from when fewer modules were wanted; sets
# release. Without a key, made of what is here now.
# shellcheck disable=SC2016
built() {
	local directory
	release=6.1.0-avow-debug-${1:-$(scripts debug_key 2>/dev/null)}
	directory=$work/cache/kernel/$release
	unpacked "$release" "$directory"
	headers "$release" "$work/cache/headers/$release/usr/src/linux-headers-$release"
	scripts 'KERNEL_MODULES=(ext4); kernel_note "$1" "$2"; cache_current debug "$2"' \
		"$directory" "$release"
}

reset() {	# a new archive with one kernel, and an empty cache
	rm -rf "$work/pool" "$work/lists" "$work/cache" "$work/offline" "$work/damage" "$work/full" \
		"$work/next"
	mkdir "$work/pool" "$work/lists"
	: >"$work/log"
	add_kernel 6.1.0-90-amd64
}

check() {	# check NAME COMMAND...
	local name=$1 word=ok
	shift
	"$@" >/dev/null 2>&1 || word='not ok'
	count=$((count + 1))
	echo "$word $count $name"
	[ "$word" = ok ] || sed 's/^/# /' "$work/out" "$work/log"
}

ready() {
	[ "$status" -eq 0 ] && grep -qx "ready $1" "$work/out"
}

refused() {	# refused TEXT: exit status 2, said so, and nothing half done
	[ "$status" -eq 2 ] && grep -q -- "$1" "$work/out" && clean && [ ! -e "$work/cache/kernel" ]
}

clean() {
	[ -z "$(find "$work/cache" -maxdepth 1 -name 'tmp.*')" ]
}

downloads() {
	grep -c "^download linux-image" "$work/log"
}

headers_relocated() {
	grep -qx "include $work/cache/headers/$1/usr/src/linux-headers-$1-common/Makefile" \
		"$work/cache/headers/$1/usr/src/linux-headers-$1/Makefile"
}

make_tools
echo "KTAP version 1"

reset
need
check "a kernel is fetched" ready 6.1.0-90-amd64
check "nothing temporary is left" clean
check "headers that want a kernel installed are unpacked" headers_relocated 6.1.0-90-amd64
: >"$work/log"
touch "$work/offline"
need
check "the next time it is there" ready 6.1.0-90-amd64
check "and apt is not touched" test ! -s "$work/log"

rm "$work/offline"
truncate -s 5000 "$work/cache/kernel/6.1.0-90-amd64/boot/vmlinuz-6.1.0-90-amd64"
need
check "a damaged cache is fetched again" ready 6.1.0-90-amd64
check "a damaged cache is spoken of" grep -q "incomplete, damaged" "$work/out"

reset
rm "$work/pool"/*.deb
{
	declare -f pack list image word headers unpacked add_kernel
	printf 'work=%q\nadd_kernel 6.1.0-91-amd64\n' "$work"
} >"$work/next"
need
check "stale lists are updated, once" ready 6.1.0-91-amd64
check "an update is made only then" [ "$(grep -c '^update' "$work/log")" = 1 ]

reset
rm -r "$work/lists"
mkdir "$work/lists"
{
	declare -f pack list image word headers unpacked add_kernel
	printf 'work=%q\nadd_kernel 6.1.0-92-amd64\n' "$work"
} >"$work/next"
need
check "lists that were never read are read" ready 6.1.0-92-amd64

reset
printf '1\n' >"$work/damage"
need
check "a damaged download is made again" ready 6.1.0-90-amd64
check "a damaged download is spoken of" grep -q "is damaged" "$work/out"

reset
printf '1\n%.0s' {1..20} >"$work/damage"
need
check "an archive that only gives damage is given up" refused "no kernel for KERNEL=6.1"

reset
touch "$work/offline"
need
check "no network and nothing cached is said" refused "there is no network; nothing usable is cached"

reset
rm "$work/lists"/linux-headers-*
need
check "a kernel without headers is refused" refused "cannot be had with its headers"

reset
touch "$work/full"
need
check "a full disk is noticed before" refused "no space for linux-headers"
check "a full disk: nothing is downloaded" test ! -s "$work/log"

reset
mkdir -p "$work/cache/tmp.killed"
need_into "$work/first" & first=$!
need
wait "$first"
check "two at once: one succeeds" grep -qx "ready 6.1.0-90-amd64" "$work/first"
check "two at once: the other, too" ready 6.1.0-90-amd64
check "two at once fetch it once" [ "$(downloads)" = 1 ]
check "what a killed one left is removed" clean

reset
built
need debug
check "a kernel that was built is kept where other modules are wanted" ready "$release"
need debug
check "that is noted" test -z "$(grep "making it anew" "$work/out")"
echo x >>"$work/cache/kernel/$release/boot/vmlinuz-$release"
need debug
check "a damaged one is built again" grep -q "it would be built now" "$work/out"

reset
built 0123456789ab
need debug
check "one of another configuration is built again" grep -q "it would be built now" "$work/out"

echo "1..$count"
