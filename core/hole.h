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
	X(lower_raises, "R2.1: LOWER_INTENT adds rights")				\
	X(removed_intent, "R2.3: a removed page's slot forgets its intent")		\
	X(augment_undeclared, "R3.2: a hole of a strict enclave is augmented")		\
	X(declare_over, "R3.3: a declared slot is declared anew")			\
	X(declare_after_init, "R3.3: a hole is declared after INIT")			\
	X(add_over_declared, "R3.4: ADD_PAGES in a declared slot")			\
	X(augment_intent, "R3.4: a page augmented in a declared slot has RWX")		\
	X(mmap_intent, "R8.1: mmap() beyond the intent")				\
	X(mprotect_intent, "R8.2: mprotect() and pkey_mprotect() beyond the intent")	\
	X(hole_mapping, "R9.2: a hole of a strict enclave is mapped")			\
	X(access_intent, "R10.1: an access through a mapping beyond the intent")	\
	X(entry_intent, "R10.3: a page-table entry beyond the intent")			\
	X(lower_entries, "R10.3: LOWER_INTENT leaves page-table entries")		\
	X(fault_unlocked, "R10.3: the lock is let go before the entry is made")		\
	X(mremap_moves, "R11.1: mremap() moves an enclave mapping")			\
	X(mremap_entries, "R11.1: page-table entries move along with mremap()")		\
	X(outside_mapping, "R11.2: mmap() and mprotect() outside the range")		\
	X(private_mapping, "R11.3: MAP_PRIVATE, with copies on write")			\
	X(offset_kept, "R11.4: mmap() keeps the file offset that it was given")		\
	X(moved_access, "R11.4: the page of a mapping's offset, not of its address")	\
	X(outside_access, "R11.4: an access outside the range finds a page")		\
	X(implied_exec, "R12: mmap() and mprotect() with READ_IMPLIES_EXEC")		\
	X(history_told, "R14.1: the hook is not told a page's history")			\
	X(debug_write, "R17.2: a debugger writes to a page without W")			\
	X(ioctls_at_once, "R20.1: ioctls that change an enclave run at once")		\
	X(shmem_anchor, "R20.4: the descriptor counts as a memory file")		\
	X(create_again, "R21.1: CREATE of an enclave that is created")			\
	X(add_after_init, "R22.1: ADD_PAGES after INIT")				\
	X(range_end, "R22.3: a range ends behind the enclave")				\
	X(range_sum, "R22.3: offset and length are summed up without a look")		\
	X(contract_late, "R28.1: the contract is chosen after the first page")		\
	X(strict_left, "R28.3: from strict to compat")

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
