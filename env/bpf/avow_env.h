/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* core/'s world when it is compiled for BPF: no libc, only kernel headers. */
#ifndef AVOW_ENV_H
#define AVOW_ENV_H

#include <linux/types.h>
#include <asm/errno.h>
#include <asm/sgx.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef _Bool bool;

#define true 1
#define false 0
#ifndef NULL
#define NULL ((void *)0)
#endif
#define offsetof(type, member) __builtin_offsetof(type, member)
#define static_assert _Static_assert

/*
 * What a program calls, in core/ compiled into its object or linked to it: verified with
 * the program that calls it, whose pointers are known to be maps' values, and not alone.
 */
#define AVOW_CALLED_BY_BPF	__attribute__((visibility("hidden")))

/*
 * Calls turn(0, context), turn(1, context) ... nr times at most, until it returns 1 and
 * not 0: bpf_loop(), which is verified once whatever nr is. Its number is BPF_FUNC_loop
 * of <linux/bpf.h>, which does not go together with a vmlinux.h. The index has 64 bits, so
 * that what a turn compares is the register that it uses, and not a shortened copy.
 */
#define avow_repeat(nr, turn, context)					\
	((long (*)(u32, long (*)(u64, void *), void *, u64))181)((nr), (turn), (context), 0)

#endif
