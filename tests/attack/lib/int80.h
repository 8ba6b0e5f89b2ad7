/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system calls of 32-bit programs, made by a 64-bit one. */
#ifndef INT80_H
#define INT80_H

#include "sgx_arch.h"

/* 0 or more, or a negative errno. nr: in the 32-bit table. */
static inline int int80(int nr, u64 a, u64 b, u64 c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"((long)nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

#endif
