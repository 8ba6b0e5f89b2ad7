/* SPDX-License-Identifier: GPL-2.0-only */
/* What floor.ko and its user agree on. */
#ifndef FLOOR_H
#define FLOOR_H

#define FLOOR_MAGIC	0x666c6f6f72ULL	/* in RAX at the UD2 to skip */

#endif
