#!/usr/bin/busybox sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# In the guest, as the last test of ./dev coverage: brings what gcov has counted to the host.
# The directory it goes to is in the file /tests/gather.to. Not by /bin/sh: that would be the
# host's then, for all other tests, too (cpuid_exec wants a static one).
echo "KTAP version 1"
echo "1..1"
# Unloading is to be counted, too. What is counted outlives the module.
rmmod avow || exit 1
to=$(cat /tests/gather.to)/boot-$(cat /proc/sys/kernel/random/boot_id)
cd /sys/kernel/debug/gcov || exit 1
find . -name '*.gcda' | while read -r file; do
	mkdir -p "$to/${file%/*}" && cat "$file" >"$to/$file" || exit 1
done && [ -n "$(find "$to" -name main.gcda)" ] && echo "ok 1 gathered"
