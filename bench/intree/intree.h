/* SPDX-License-Identifier: GPL-2.0-only */
/* What intree.ko and its user agree on. */
#ifndef INTREE_H
#define INTREE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define INTREE_DEVICE	"avow-bench-intree"

struct intree_fill {
	__u64 base, size;	/* of the enclave; every slot of it gets a page */
	__u32 shared;		/* not zero: one record for all pages, to save memory */
	__u32 reserved;
};

/* Once for each open file. */
#define INTREE_FILL	_IOW('B', 0, struct intree_fill)

#endif
