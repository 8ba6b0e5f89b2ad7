#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What Linux 6.1 says when vmalloc() has no memory, and then a trace of its own.
echo "KTAP version 1"
echo "1..1"
for line in "x: vmalloc error: size 32768, vm_struct allocation failed" "CPU: 0 PID: 1 Comm: x" \
	"Hardware name: QEMU" "Call Trace:" "Mem-Info:" "pages RAM" "pages reserved" \
	"Call Trace: of something else"; do
	echo "<4>$line" >/dev/kmsg
done
echo "ok 1 done"
