/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * Holes: in a test build of the module (AVOW_HOLES=1) one check at a time can be turned
 * off, to prove that an attack of tests/attack would get through without it. A site says
 * AVOW_HOLE(name) where the check is decided. In every other build that is false, so that
 * the compiler removes it.
 */
#ifndef AVOW_HOLE_H
#define AVOW_HOLE_H

/*
 * X(name, what it opens), one a line, in the order of the rules. Each has a site, and an
 * attack in tests/attack/list that needs it.
 */
#define AVOW_HOLES_ALL(X)								\
	X(removed_intent, "R2.3: a removed page's slot forgets its intent")		\
	X(augment_undeclared, "R3.2: a hole of a strict enclave is augmented")		\
	X(mmap_intent, "R8.1: mmap() beyond the intent")				\
	X(mprotect_intent, "R8.2: mprotect() and pkey_mprotect() beyond the intent")	\
	X(access_intent, "R10.1: an access through a mapping beyond the intent")	\
	X(entry_intent, "R10.3: a page-table entry beyond the intent")			\
	X(mremap_moves, "R11.1: mremap() moves an enclave mapping")			\
	X(mremap_entries, "R11.1: page-table entries move along with mremap()")		\
	X(implied_exec, "R12: mmap() and mprotect() with READ_IMPLIES_EXEC")		\
	X(history_told, "R14.1: the hook is not told a page's history")			\
	X(debug_write, "R17.2: a debugger writes to a page without W")

#ifdef AVOW_HOLES

#include <linux/compiler.h>
#include <linux/types.h>

#define AVOW_HOLE_ENUM(name, what)	AVOW_HOLE_##name,
enum avow_hole {
	AVOW_HOLES_ALL(AVOW_HOLE_ENUM)
	AVOW_HOLES_NR
};

/* Written by the module's parameter `hole` alone (kmod/holes.c). */
extern bool avow_hole_open[AVOW_HOLES_NR];

#define AVOW_HOLE(name)		READ_ONCE(avow_hole_open[AVOW_HOLE_##name])

#else

#define AVOW_HOLE(name)		false

#endif

#endif
