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

#endif
