// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/* Where an intent comes from and how it moves: R1, R2, R3, R28. */
#include "core.h"
#include "rights.h"

avow_verdict avow_intent_declared(u64 add_flags, u64 secinfo_flags, u32 *intent, bool *is_explicit)
{
	bool tcs = avow_secinfo_type(secinfo_flags) == PT_TCS;
	avow_verdict verdict = avow_add_flags_check(add_flags);
	u32 given = avow_add_flags_intent(add_flags);

	if (verdict)
		return verdict;

	if (!(add_flags & AVOW_PAGE_INTENT)) {
		*intent = tcs ? AVOW_R | AVOW_W : (u32)(secinfo_flags & SECINFO_RWX);
		*is_explicit = false;
		return AVOW_OK;
	}

	if (tcs && given != (AVOW_R | AVOW_W))
		return AVOW_REFUSE(AVOW_RULE(1, 2), EINVAL);
	*intent = given;
	*is_explicit = true;
	return AVOW_OK;
}

avow_verdict avow_intent_may_lower(avow_slot slot, u32 intent)
{
	if (slot == SLOT_HOLE)
		return AVOW_REFUSE(AVOW_RULE(2, 5), EFAULT);
	if ((intent & ~slot_intent(slot)) && !AVOW_HOLE(lower_raises))
		return AVOW_REFUSE(AVOW_RULE(2, 1), EACCES);
	return AVOW_OK;
}

avow_slot avow_intent_lower(avow_slot slot, u32 intent)
{
	return slot_lowered(slot, intent) | SLOT_EXPLICIT;
}

avow_verdict avow_intent_may_declare(avow_slot slot)
{
	if (slot != SLOT_HOLE && !AVOW_HOLE(declare_over))
		return AVOW_REFUSE(AVOW_RULE(3, 3), EBUSY);
	return AVOW_OK;
}

avow_verdict avow_intent_may_add(avow_slot slot)
{
	if (slot_present(slot))
		return AVOW_REFUSE(AVOW_RULE(22, 6), EBUSY);
	if (slot != SLOT_HOLE && !AVOW_HOLE(add_over_declared))
		return AVOW_REFUSE(AVOW_RULE(3, 4), EBUSY);
	return AVOW_OK;
}

avow_slot avow_intent_declare(u32 intent)
{
	return slot_with_intent(SLOT_DYNAMIC | SLOT_EXPLICIT, intent);
}

avow_slot avow_intent_after_removal(avow_slot slot, bool strict)
{
	avow_slot left = slot & (SLOT_EXPLICIT | SLOT_LOWERED | SLOT_DYNAMIC);

	/* No program of the in-tree driver's gives an intent explicitly. */
	if (slot == SLOT_HOLE || (!strict && !(slot & SLOT_EXPLICIT)) || AVOW_HOLE(removed_intent))
		return SLOT_HOLE;
	return slot_with_intent(left | SLOT_KEPT, slot_intent(slot));
}

avow_verdict avow_contract_may_set(u32 wanted, u32 reserved, bool strict_now, bool has_slots)
{
	if (reserved)
		return AVOW_REFUSE(AVOW_RULE(29, 1), EINVAL);
	if (wanted != AVOW_COMPAT && wanted != AVOW_STRICT)
		return AVOW_REFUSE(AVOW_RULE(28, 1), EINVAL);
	if (has_slots && !AVOW_HOLE(contract_late))
		return AVOW_REFUSE(AVOW_RULE(28, 1), EINVAL);
	if (strict_now && wanted != AVOW_STRICT && !AVOW_HOLE(strict_left))
		return AVOW_REFUSE(AVOW_RULE(28, 3), EPERM);
	return AVOW_OK;
}
