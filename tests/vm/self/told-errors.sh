#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What Linux 6.1 says of errors that it tells whoever asked, each with a trace; where OTHER is in
# the environment, a trace of something else behind them.
say() {
	for line in "$@" "CPU: 0 PID: 1 Comm: x" "Hardware name: QEMU" "Call Trace:" \
		" <TASK>" " dump_stack_lvl+0x34/0x48" " do_syscall_64+0x5b/0xc0" " </TASK>"; do
		echo "<4>$line" >/dev/kmsg
	done
}

echo "KTAP version 1"
echo "1..1"
say "x: vmalloc error: size 32768, vm_struct allocation failed"
say "kmem_cache_create_usercopy(avow_page) failed with error -12"
say "FAULT_FLAG_ALLOW_RETRY missing 800"
[ -z "${OTHER-}" ] || say "another thing"
echo "ok 1 done"
