/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* core/'s world when it is compiled for the kernel. */
#ifndef AVOW_ENV_H
#define AVOW_ENV_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/build_bug.h>
#include <uapi/asm/sgx.h>

#endif
