/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* core/'s world when it is compiled for the kernel. */
#ifndef AVOW_ENV_H
#define AVOW_ENV_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/build_bug.h>
#include <uapi/asm/sgx.h>

/* Only BPF needs to be told. */
#define AVOW_CALLED_BY_BPF

/* Calls turn(0, context), turn(1, context) ... nr times at most, until it returns 1 and not 0. */
#define avow_repeat(nr, turn, context)					\
	do {								\
		u64 nr_ = (nr), i_;					\
									\
		for (i_ = 0; i_ < nr_ && !turn(i_, (context)); i_++)	\
			;						\
	} while (0)

#endif
