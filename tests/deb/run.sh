#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The packages in the directory DEBS, installed in a small Debian system and removed; KTAP. What
# has to be fast is done natively, in the system's directory; then a virtual machine boots it, and
# its init is systemd. For ./dev, as root, which sets BASE to that system (root.sh), KREL to its kernel,
# MACHINE to a file with the command that boots, an item a line, and WORK to a directory with
# room for a copy of it.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)

# In mounts of its own, which end with it however it ends.
if [ -z "${OWN_MOUNTS-}" ]; then
	OWN_MOUNTS=yes exec unshare --mount --propagation private "$0"
fi

# shellcheck source=tests/command.sh
. "$here/../command.sh"
# shellcheck disable=SC2153
mapfile -t machine <"$MACHINE"
# shellcheck disable=SC2153
root=$WORK/root

end() {
	! mountpoint -q "$root/proc" || umount --lazy "$root/proc"
	rm -rf --one-file-system "$work" "$root"
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
	rm -rf --one-file-system "$root"
	cp -a "$BASE" "$root"
	mount -t proc proc "$root/proc"
	cp "$here"/{snapshot.sh,inside.sh,enclave.S,enclave.lds} "$DEBS"/*.deb "$root/root"
	cp -r "$here"/../../examples/{example.mk,hello} "$root/root"
	rm "$root"/root/*-dbgsym_*.deb
	# A key that the machine's owner has enrolled, and who may use enclaves.
	inside sh -ec 'openssl req -new -x509 -nodes -days 36500 -subj "/CN=owner of this machine" -newkey rsa:2048 \
			-keyout /var/lib/dkms/mok.key -outform DER -out /var/lib/dkms/mok.pub
		chmod 600 /var/lib/dkms/mok.key
		usermod -aG sgx alice'
	inside /root/snapshot.sh
	cp "$work/out" "$root/root/before"
}

# A program by libavow(3) and pkg-config alone, and two enclaves for it; an enclave in C and its host.
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
		echo "struct page; struct of_ours { struct page *page; int n; } it;" | cc -g -c -o untyped.o -xc -
		cp untyped.o typed.o
		sh /usr/src/avow-*/dkms/add-btf typed.o "$1"
		openssl genrsa -3 -out key.pem 3072
		make -s -C hello CFLAGS="-O2 -Wall -Wextra -Werror"
		chmod 755 /root && chmod 644 key.pem hello/key.pem' - "$KREL"
}

settings() {
	inside sh -ec 'cp /usr/share/avow/policies/wx.policy /etc/avow/policy
		head -c 32 /dev/zero >/etc/avow/seal-secret
		chmod 644 /etc/avow/seal-secret'
}

# What it prints is checks: each is one here, as it comes.
machine() {
	local line word
	umount "$root/proc"
	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			word=${line%%ok *}ok
			count=$((count + 1))
			echo "$word $count ${line#"$word "}"
			;;
		"# "*) echo "$line" ;;
		esac
		echo "$line" >>"$work/inside"
	done < <("${machine[@]}" --checks --timeout 1500 --kernel-arg systemd.getty_auto=no --root "$root" \
		run /bin/sh /root/inside.sh </dev/null 2>"$WORK/inside.err" && echo good)
	tail -n 2 "$work/inside" >"$work/out"
	cp "$WORK/inside.err" "$work/err"
	check "all of it was done, and the machine ended well" [ "$(tail -n 2 "$work/inside")" = $'end\ngood' ]
	mount -t proc proc "$root/proc"
}

left_nothing() {
	inside /root/snapshot.sh && mv "$work/out" "$work/after" && : >"$work/err" &&
		diff "$root/root/before" "$work/after" >"$work/out"
}

echo "KTAP version 1"
begin
check "the packages install" inside sh -c 'dpkg -i /root/*.deb'
check "as they were built" silent dpkg --verify avow-dkms avow-tools libavow1 libavow-dev
check "DKMS has built the module" said "avow/.*$KREL.*: installed" dkms status
check "and signed it with the machine's key" said "^owner of this machine\$" modinfo -k "$KREL" -F signer avow
check "a program and enclaves build with them" programs
settings
machine
check "purge, where systemd does not run" inside dpkg --purge avow-dkms avow-tools libavow-dev libavow1
check "leaves nothing" left_nothing
echo "1..$count"
