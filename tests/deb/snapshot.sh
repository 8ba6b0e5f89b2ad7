#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a system has: each file, with owner, mode and link, the contents of /etc, users and groups. But
# for what programs keep for themselves: logs, caches, dpkg's records, depmod's tables, the backups
# that are made of /etc/group and the like, what systemd notes at each boot; and but for large trees of
# other packages, which take long to look at in a virtual machine.
set -eu
export LC_ALL=C
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root \
	-o -path /var/log -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/systemd \
	-o -path '/lib/modules/*/modules.*' -o -path '/usr/lib/modules/*/modules.*' -o -path /etc/machine-id \
	-o -path '/usr/src/linux-*' -o -path /usr/lib/gcc -o -path /usr/share/zoneinfo -o -path /usr/share/locale \
	-o -path /usr/share/i18n -o -path '/usr/share/perl*' -o -path '/usr/lib/*/perl*' \
	-o -path '/etc/*-' -o -path '*/.updated' \) -prune -o -printf '%y %m %U:%G %p %l\n' | sort
find /etc -type f ! -name '*-' ! -name machine-id ! -name .updated -exec sha256sum {} + | sort -k 2
getent passwd
getent group
