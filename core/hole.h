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
	X(secinfo_twice, "R1.1: what is judged and what is declared are read twice")	\
	X(lower_raises, "R2.1: LOWER_INTENT adds rights")				\
	X(removed_intent, "R2.3: a removed page's slot forgets its intent")		\
	X(augment_undeclared, "R3.2: a hole of a strict enclave is augmented")		\
	X(declare_over, "R3.3: a declared slot is declared anew")			\
	X(declare_after_init, "R3.3: a hole is declared after INIT")			\
	X(add_over_declared, "R3.4: ADD_PAGES in a declared slot")			\
	X(augment_intent, "R3.4: a page augmented in a declared slot has RWX")		\
	X(source_hold, "R4.1: the bytes are copied later than they are judged")		\
	X(source_each, "R4.1: a request's first mapping is judged for all")		\
	X(measured_again, "R4.2: what is measured is read from the process once more")	\
	X(source_contains, "R5.1: an address below a mapping counts as in it")		\
	X(source_failed, "R5.2: a page that cannot be read is added all the same")	\
	X(source_readable, "R5.2: a source without read access")			\
	X(source_forced, "R5.2: the copy is made with a debugger's force")		\
	X(source_special, "R5.3: enclave memory as a source")				\
	X(source_mayexec, "R6.1: a source on a noexec mount")				\
	X(source_exec, "R6.2: a source that is not executable")				\
	X(source_written, "R7.1: a changed copy of a file is taken for it")		\
	X(source_shared, "R7.1: a file that is mapped writable counts as code")		\
	X(source_shmem, "R7.1: a memfd is taken for a file")				\
	X(load_asked_once, "R7.1: a call's first page is asked for alone")		\
	X(hook_preempted, "R7.1: another task may run while a hook is asked")		\
	X(mmap_intent, "R8.1: mmap() beyond the intent")				\
	X(mprotect_intent, "R8.2: mprotect() and pkey_mprotect() beyond the intent")	\
	X(hole_mapping, "R9.2: a hole of a strict enclave is mapped")			\
	X(access_intent, "R10.1: an access through a mapping beyond the intent")	\
	X(entry_intent, "R10.3: a page-table entry beyond the intent")			\
	X(entry_epcm, "R10.3: a page-table entry beyond the EPCM")			\
	X(change_entries, "R10.3: RESTRICT and MODIFY_TYPES leave page-table entries")	\
	X(accept_entries, "R10.3: EACCEPT leaves page-table entries")			\
	X(lower_entries, "R10.3: LOWER_INTENT leaves page-table entries")		\
	X(close_ends, "R10.3: close() lets go of pages that are mapped")			\
	X(fault_unlocked, "R10.3: the lock is let go before the entry is made")		\
	X(mremap_moves, "R11.1: mremap() moves an enclave mapping")			\
	X(mremap_grows, "R11.1: a mapping is one that mremap() may lengthen")		\
	X(mremap_entries, "R11.1: page-table entries move along with mremap()")		\
	X(outside_mapping, "R11.2: mmap() and mprotect() outside the range")		\
	X(private_mapping, "R11.3: MAP_PRIVATE, with copies on write")			\
	X(offset_kept, "R11.4: mmap() keeps the file offset that it was given")		\
	X(moved_access, "R11.4: the page of a mapping's offset, not of its address")	\
	X(outside_access, "R11.4: an access outside the range finds a page")		\
	X(implied_exec, "R12: mmap() and mprotect() with READ_IMPLIES_EXEC")		\
	X(restrict_widens, "R13.2: RESTRICT_PERMISSIONS gives what it is to take")	\
	X(tcs_intent, "R13.3: a page without W in its intent becomes a TCS")		\
	X(history_told, "R14.1: the hook is not told a page's history")			\
	X(leaf_history, "R16.2: what the module writes for a thread is no history")	\
	X(debug_release, "R17.1: debug access to an enclave without DEBUG")		\
	X(debug_pending, "R17.1: debug access to a page that is PENDING")		\
	X(debug_tcs_field, "R17.1: a debugger writes to any field of a TCS")		\
	X(debug_write, "R17.2: a debugger writes to a page without W")			\
	X(page_entries, "R17.3: entries are of pages that get_user_pages() can take")	\
	X(refusal_room, "R18.5: what there is no room to record is allowed")		\
	X(ioctls_at_once, "R20.1: ioctls that change an enclave run at once")		\
	X(shmem_anchor, "R20.4: the descriptor counts as a memory file")		\
	X(create_again, "R21.1: CREATE of an enclave that is created")			\
	X(add_after_init, "R22.1: ADD_PAGES after INIT")				\
	X(range_end, "R22.3: a range ends behind the enclave")				\
	X(range_sum, "R22.3: offset and length are summed up without a look")		\
	X(page_replaced, "R22.6: a page takes the place of another")			\
	X(tcs_contents, "R22.9: a TCS is added whatever its state")			\
	X(init_allowed, "R23.4: INIT with attributes that were not allowed")		\
	X(init_layout, "R23.6: INIT with a malformed SIGSTRUCT")			\
	X(init_signature, "R23.7: INIT with a wrong signature")				\
	X(init_measurement, "R23.8: INIT with another enclave's measurement")		\
	X(init_masks, "R23.9: INIT with attributes that the signer excluded")		\
	X(remove_accepted, "R26.3: REMOVE_PAGES of a page that was not given up")	\
	X(provision_other, "R27.1: any descriptor serves for PROVISION")		\
	X(contract_late, "R28.1: the contract is chosen after the first page")		\
	X(strict_left, "R28.3: from strict to compat")					\
	X(enter_type, "R30: a page that is no TCS is entered")				\
	X(enter_state, "R30: a TCS is entered that was not accepted")			\
	X(enter_before_init, "R30: an enclave is entered before INIT")			\
	X(ssa_intent, "R30: an SSA frame in a page whose intent lacks W")		\
	X(resume_bases, "R33: ERESUME with bases of the kernel's")			\
	X(resume_xsave, "R33: ERESUME with a malformed XSAVE header")			\
	X(accept_wider, "R34: EACCEPT gives the rights that it names")			\
	X(tcs_accepted, "R34: EACCEPT of a TCS whatever its state")			\
	X(rseq_inside, "R35.3: rseq() stays in force inside")				\
	X(report_target, "R36.1: the key of a report is not its target's own")		\
	X(key_signer, "R37.1: keys do not depend on the signer")			\
	X(key_attribute, "R37.3: keys without the attribute that they need")		\
	X(key_svn, "R37.3: keys of a later version")					\
	X(epc_charged, "R40.4: enclave memory is not charged to the cgroup")

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
