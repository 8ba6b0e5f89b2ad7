// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/* The one bound rule behind every door: R8 to R12, R17. */
#include "core.h"

avow_verdict avow_bound_map(avow_slot slot, u32 prot, bool strict, u32 op)
{
	u32 rwx = prot & AVOW_RWX;

	if (!rwx)
		return AVOW_OK;
	if (slot == SLOT_HOLE)
		return strict && !AVOW_HOLE(hole_mapping) ?
		       AVOW_REFUSE(AVOW_RULE(9, 2), EACCES) : AVOW_OK;
	if (!(rwx & ~slot_intent(slot)))
		return AVOW_OK;
	if (op == AVOW_OP_MPROTECT)
		return AVOW_HOLE(mprotect_intent) ? AVOW_OK : AVOW_REFUSE(AVOW_RULE(8, 2), EACCES);
	return AVOW_HOLE(mmap_intent) ? AVOW_OK : AVOW_REFUSE(AVOW_RULE(8, 1), EACCES);
}

void avow_bound_map_test(u32 prot, bool strict, struct slot_test *test)
{
	u32 rwx = prot & AVOW_RWX;

	*test = (struct slot_test){
		.need = (u64)rwx << SLOT_INTENT_SHIFT,
		.forbid = rwx && strict ? SLOT_IS_HOLE : 0,
	};
}

void avow_bound_granted_test(u32 prot, struct slot_test *test)
{
	*test = (struct slot_test){ .need = 0 };
	if (!(prot & AVOW_RWX))
		return;
	*test = (struct slot_test){
		.need = (u64)(prot & AVOW_RWX) << SLOT_EPCM_SHIFT | (u64)PT_REG << SLOT_TYPE_SHIFT,
		.forbid = SLOT_PENDING | SLOT_MODIFIED | (7ULL & ~PT_REG) << SLOT_TYPE_SHIFT,
	};
}

avow_verdict avow_bound_range(const struct avow_bound_range *r)
{
	if (r->read_implies_exec && !AVOW_HOLE(implied_exec))
		return AVOW_REFUSE(AVOW_RULE(12, 0), EACCES);

	if (!r->initialized || AVOW_HOLE(outside_mapping))
		return AVOW_OK;
	if (r->start < r->base || r->end < r->start || r->end - r->base > r->size)
		return AVOW_REFUSE(AVOW_RULE(11, 2), EACCES);
	return AVOW_OK;
}

u32 avow_bound_pte(avow_slot slot, u32 mapping)
{
	u32 intent = AVOW_HOLE(entry_intent) ? AVOW_RWX : slot_intent(slot);
	u32 granted = AVOW_HOLE(entry_epcm) ? AVOW_RWX : slot_granted(slot);

	return mapping & granted & intent;
}

bool avow_bound_along(avow_slot slot, u32 mapping)
{
	return slot_present(slot) && avow_bound_pte(slot, mapping) == mapping &&
	       !(slot_history(mapping) & ~slot);
}

/* Of a slot that may be accessed: is a page to be added first? */
static enum avow_access access_without_page(const struct avow_access_ask *ask,
					    avow_verdict *verdict)
{
	if (!ask->initialized)
		*verdict = AVOW_REFUSE(AVOW_RULE(10, 1), EFAULT);
	else if (ask->slot == SLOT_HOLE && ask->strict && !AVOW_HOLE(augment_undeclared))
		*verdict = AVOW_REFUSE(AVOW_RULE(3, 2), EFAULT);
	return *verdict ? AVOW_ACCESS_SIGBUS : AVOW_ACCESS_EAUG;
}

enum avow_access avow_bound_access(const struct avow_access_ask *ask, avow_verdict *verdict)
{
	avow_slot slot = ask->slot;

	*verdict = AVOW_OK;
	if (slot != SLOT_HOLE && (ask->mapping & ~slot_intent(slot)) && !AVOW_HOLE(access_intent)) {
		*verdict = AVOW_REFUSE(AVOW_RULE(10, 1), EFAULT);
		return AVOW_ACCESS_SIGBUS;
	}
	if (!slot_present(slot))
		return access_without_page(ask, verdict);
	if (ask->access & ~avow_bound_pte(slot, ask->mapping)) {
		*verdict = AVOW_REFUSE(AVOW_RULE(10, 2), EFAULT);
		return AVOW_ACCESS_EPCM;
	}
	return AVOW_ACCESS_MAP;
}

avow_verdict avow_bound_debug(avow_slot slot, bool debug_enclave, bool write, bool strict)
{
	if ((!debug_enclave && !AVOW_HOLE(debug_release)) || !slot_present(slot))
		return AVOW_REFUSE(AVOW_RULE(17, 1), EFAULT);
	/* SGX_PAGE_NOT_DEBUGGABLE of EDBGRD and EDBGWR. */
	if ((slot & (SLOT_PENDING | SLOT_MODIFIED)) && !AVOW_HOLE(debug_pending))
		return AVOW_REFUSE(AVOW_RULE(17, 1), EIO);
	if (strict && write && !(slot_intent(slot) & AVOW_W) && !AVOW_HOLE(debug_write))
		return AVOW_REFUSE(AVOW_RULE(17, 2), EFAULT);
	return AVOW_OK;
}
