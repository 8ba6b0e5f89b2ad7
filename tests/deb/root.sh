#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# root.sh KREL KIMAGE ROOT: a small Debian system in the directory ROOT, with systemd, what the
# packages of Avow depend on, the headers of the kernel KREL and, of KIMAGE, its image. Packages
# come from where apt has them from. Run as root.
set -euo pipefail
krel=$1 kimage=$2 root=$3

INCLUDE=(systemd-sysv udev kmod dkms openssl "linux-headers-$krel" libc6-dev pkg-config
	# Depends of avow-dkms, avow-tools, libavow1 and libavow-dev
	binutils lz4 pahole xz-utils zstd libbpf1 libjson-c5 libzydis4.0 libssl3 libssl-dev)

# Files of apt's that name the suite, Debian's own or a mirror's: others call theirs otherwise.
sources() {
	grep -lsE "(^|[[:space:]])${VERSION_CODENAME}[[:space:]](.*[[:space:]])?main([[:space:]]|\$)|^Suites:(.*[[:space:]])?${VERSION_CODENAME}([[:space:]]|\$)" \
		/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources
}

. /etc/os-release
rm -rf "$root"
mapfile -t files < <(sources)
[ "${#files[@]}" -gt 0 ] || { echo "root.sh: apt has no sources of ${VERSION_CODENAME}" >&2; exit 1; }
mmdebstrap --quiet --mode=root --variant=minbase --aptopt='Acquire::Languages "none"' \
	--include="$(IFS=,; echo "${INCLUDE[*]}")" "${VERSION_CODENAME}" "$root" "${files[@]}"

# The modules that the machine loads, and what avow.ko needs; depmod knows the others as built in or
# missing.
mkdir -p "$root/lib/modules/$krel"
(cd "$kimage/lib/modules/$krel" && cp -t "$root/lib/modules/$krel" modules.order modules.builtin modules.builtin.modinfo)
cp "$kimage/boot/vmlinuz-$krel" "$root/boot"
while read -r module; do
	(cd "$kimage" && cp --parents -t "$root" "$module")
done <"$kimage/modules"
chroot "$root" depmod "$krel"

# Two users for the test.
chroot "$root" useradd --create-home alice
chroot "$root" useradd --create-home bob
