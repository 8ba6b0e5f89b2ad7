/* SPDX-License-Identifier: GPL-2.0-only */
/* What floor.ko and its user agree on. */
#ifndef FLOOR_H
#define FLOOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define FLOOR_MAGIC	0x666c6f6f72ULL	/* in RAX at the UD2 to skip */

#define FLOOR_DEVICE	"avow-bench-floor"

/* What is done with each page, besides copying it. */
#define FLOOR_ALLOC	1	/* it is copied into a new page, charged as an enclave's is */
#define FLOOR_EADD	2	/* the record of EADD is hashed */
#define FLOOR_EEXTEND	4	/* and those of EEXTEND, with the page */

struct floor_add {
	__u64 src;		/* of so many pages */
	__u32 pages;
	__u32 what;
};

/* Pages are freed when the file is closed. */
#define FLOOR_ADD	_IOW('B', 0, struct floor_add)

#ifdef __KERNEL__
int trap_init(void);
void trap_exit(void);
int add_init(void);
void add_exit(void);
#endif

#endif
