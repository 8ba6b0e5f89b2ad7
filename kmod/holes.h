/* SPDX-License-Identifier: GPL-2.0-only */
/* The test build whose checks can be turned off: core/hole.h. */
#ifndef AVOW_HOLES_H
#define AVOW_HOLES_H

#ifdef AVOW_HOLES
/* Says in the kernel's log that this build protects nothing, and taints the kernel. */
void holes_announce(void);
#else
static inline void holes_announce(void) {}
#endif

#endif
