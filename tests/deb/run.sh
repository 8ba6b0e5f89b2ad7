#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The packages in the directory DEBS, installed in a small Debian system and removed; KTAP. What
# has to be fast is done natively, in the system's directory; then a virtual machine boots it, and
# its init is systemd. For ./dev, as root, which sets BASE to that system (root.sh), KREL to its kernel,
# MACHINE to a file with the command that boots, an item a line, and WORK to a directory with
# room for a copy of it.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)

# shellcheck source=tests/command.sh
. "$here/../command.sh"
# shellcheck disable=SC2153
mapfile -t machine <"$MACHINE"
# shellcheck disable=SC2153
root=$WORK/root

# Nothing under the root is removed while something is mounted there.
end() {
	! mountpoint -q "$root/proc" || umount "$root/proc"
	rm -rf "$work" "$root"
}
trap end EXIT

inside() {	# inside COMMAND...: in the system's directory
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@" </dev/null >"$work/out" 2>"$work/err"
}

said() {	# said TEXT COMMAND...
	local text=$1
	shift
	inside "$@" && grep -q -- "$text" "$work/out"
}

silent() {
	inside "$@" && [ ! -s "$work/out" ]
}

begin() {
	rm -rf "$root"
	cp -a "$BASE" "$root"
	mount -t proc proc "$root/proc"
	cp "$here"/{snapshot.sh,inside.sh,enclave.S,enclave.lds} "$DEBS"/*.deb "$root/root"
	rm "$root"/root/*-dbgsym_*.deb
	inside /root/snapshot.sh
	cp "$work/out" "$root/root/before"
}

# A program by libavow(3) and pkg-config alone, and two enclaves for it.
programs() {
	# shellcheck disable=SC2016	# for that shell
	inside sh -ec 'cd /root
		zcat /usr/share/man/man3/libavow.3.gz | sed "1,/^\.Sh EXAMPLES/d" | sed "/^\.Ed/,\$d" |
			sed -n "/^#include/,\$p" | sed "s/\\\\e/\\\\/g; s/\"enclave.elf\"/argv[1]/; s/main(void)/main(int argc, char **argv)/" >load.c
		grep -q avow_explain_last load.c
		cc -Wall -Wno-unused-parameter -Werror -o load load.c $(pkg-config --cflags --libs libavow)
		enclave="cc -nostdlib -no-pie -Wl,-T,enclave.lds -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--build-id=none"
		$enclave -o enclave.elf enclave.S
		$enclave -DWX -Wl,--no-warn-rwx-segments -o wx.elf enclave.S
		openssl genrsa -3 -out key.pem 3072
		chmod 755 /root && chmod 644 key.pem'
}

settings() {
	inside sh -ec 'usermod -aG sgx alice
		cp /usr/share/avow/policies/wx.policy /etc/avow/policy
		head -c 32 /dev/zero >/etc/avow/seal-secret
		chmod 644 /etc/avow/seal-secret'
}

# What it prints is checks: each is one here.
machine() {
	local word name
	umount "$root/proc"
	"${machine[@]}" --checks --timeout 600 --kernel-arg systemd.getty_auto=no --root "$root" run /bin/sh /root/inside.sh \
		</dev/null >"$work/inside" 2>"$work/err" || echo "not ok the virtual machine ends well" >>"$work/inside"
	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			word=${line%%ok *}ok
			count=$((count + 1))
			echo "$word $count ${line#"$word "}"
			;;
		"# "*) echo "$line" ;;
		esac
	done <"$work/inside"
	cp "$work/inside" "$work/out"
	check "all of it was done" grep -qx end "$work/inside"
	mount -t proc proc "$root/proc"
}

left_nothing() {
	inside /root/snapshot.sh && diff "$root/root/before" "$work/out" >"$work/err"
}

echo "KTAP version 1"
begin
check "the packages install" inside sh -c 'dpkg -i /root/*.deb'
check "as they were built" silent dpkg --verify avow-dkms avow-tools libavow1 libavow-dev
check "DKMS has built the module" said "avow/.*$KREL.*: installed" dkms status
check "and signed it" said . modinfo -k "$KREL" -F signer avow
check "a program and enclaves build with them" programs
settings
machine
check "purge, where systemd does not run" inside dpkg --purge avow-dkms avow-tools libavow-dev libavow1
check "leaves nothing" left_nothing
echo "1..$count"
