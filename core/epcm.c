// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * What the leaves do to a slot: R13, R24 to R26, R34. The order of checks is
 * that of the operation sections in the Intel SDM, volume 3D.
 */
#include "core.h"
#include "rights.h"

#define EPCM_IN_TRANSIT		(SLOT_PENDING | SLOT_MODIFIED)

/* SECINFO.FLAGS bits 6, 7 and from 16 on. */
#define SECINFO_RESERVED	(~(SECINFO_RWX | SECINFO_PENDING | SECINFO_MODIFIED | \
				   SECINFO_PR | SECINFO_PT_MASK))

/* What tells of the intent, not of the page, and so outlives it. */
#define SLOT_OF_INTENT		(SLOT_EXPLICIT | SLOT_LOWERED)

static bool secinfo_permissions_ok(u64 flags)
{
	return !(flags & SECINFO_RESERVED) && avow_rights_readable(flags);
}

static bool reg_at_rest(avow_slot slot)
{
	return slot_present(slot) && slot_type(slot) == PT_REG && !(slot & EPCM_IN_TRANSIT);
}

avow_slot avow_epcm_eadd(u64 secinfo_flags, u32 intent, bool is_explicit, bool measured)
{
	u32 type = avow_secinfo_type(secinfo_flags);
	avow_slot slot = SLOT_PRESENT;

	if (is_explicit)
		slot |= SLOT_EXPLICIT;
	if (measured)
		slot |= SLOT_MEASURED;
	slot = slot_with_type(slot, type);
	if (type == PT_REG)
		slot = slot_with_epcm(slot, secinfo_flags & SECINFO_RWX);
	return slot_with_intent(slot, intent);
}

avow_slot avow_epcm_eaug(avow_slot slot)
{
	bool all = slot == SLOT_HOLE || AVOW_HOLE(augment_intent);
	u32 intent = all ? AVOW_RWX : slot_intent(slot);

	slot &= SLOT_OF_INTENT;
	slot |= SLOT_PRESENT | SLOT_PENDING | SLOT_DYNAMIC;
	slot = slot_with_type(slot, PT_REG);
	slot = slot_with_epcm(slot, AVOW_R | AVOW_W);
	return slot_with_intent(slot, intent);
}

avow_verdict avow_epcm_emodpr(avow_slot *slot, u32 rwx, u64 *result)
{
	*result = 0;
	if (!slot_present(*slot))
		return AVOW_REFUSE(AVOW_RULE(24, 5), EFAULT);
	if (slot_type(*slot) != PT_REG)
		return AVOW_REFUSE(AVOW_RULE(24, 6), EINVAL);
	if (*slot & EPCM_IN_TRANSIT) {
		*result = SGX_ERR_PAGE_NOT_MODIFIABLE;
		return AVOW_REFUSE(AVOW_RULE(24, 7), EFAULT);
	}
	if (!AVOW_HOLE(restrict_widens))
		rwx &= slot_epcm(*slot);
	*slot = slot_with_epcm(*slot, rwx) | SLOT_PR;
	return AVOW_OK;
}

/* R25.4: the transitions that there are. */
static bool type_may_become(u32 from, u32 to)
{
	if (from == PT_REG)
		return to == PT_TCS || to == PT_TRIM;
	return from == PT_TCS && to == PT_TRIM;
}

avow_verdict avow_epcm_emodt(avow_slot *slot, u32 type, u64 *result)
{
	avow_slot new = *slot;

	*result = 0;
	if (!slot_present(new))
		return AVOW_REFUSE(AVOW_RULE(25, 4), EFAULT);
	if (!type_may_become(slot_type(new), type))
		return AVOW_REFUSE(AVOW_RULE(25, 4), EINVAL);
	if (type == PT_TCS && ((AVOW_R | AVOW_W) & ~slot_intent(new)) && !AVOW_HOLE(tcs_intent))
		return AVOW_REFUSE(AVOW_RULE(13, 3), EPERM);
	if (new & EPCM_IN_TRANSIT) {
		*result = SGX_ERR_PAGE_NOT_MODIFIABLE;
		return AVOW_REFUSE(AVOW_RULE(25, 6), EFAULT);
	}

	if (type == PT_TCS)
		new = slot_lowered(new, AVOW_R | AVOW_W);
	new = slot_with_type(slot_with_epcm(new, 0), type);
	*slot = (new & ~SLOT_PR) | SLOT_MODIFIED;
	return AVOW_OK;
}

avow_verdict avow_epcm_may_remove(avow_slot slot)
{
	if (!slot_present(slot))
		return AVOW_REFUSE(AVOW_RULE(26, 2), EFAULT);
	if ((slot_type(slot) != PT_TRIM || (slot & SLOT_MODIFIED)) && !AVOW_HOLE(remove_accepted))
		return AVOW_REFUSE(AVOW_RULE(26, 3), EPERM);
	return AVOW_OK;
}

/* The combinations of type and state that can be accepted at all. */
static bool eaccept_combination_ok(u64 flags)
{
	u32 type = avow_secinfo_type(flags);

	if (type == PT_REG)
		return !(flags & SECINFO_MODIFIED);
	if (type == PT_TCS || type == PT_TRIM)
		return (flags & SECINFO_MODIFIED) && !(flags & SECINFO_PENDING);
	return false;
}

/* PR is not compared. */
static bool eaccept_matches(avow_slot slot, u64 flags)
{
	return (slot_epcm(slot) == (flags & SECINFO_RWX) || AVOW_HOLE(accept_wider)) &&
	       slot_type(slot) == avow_secinfo_type(flags) &&
	       !(slot & SLOT_PENDING) == !(flags & SECINFO_PENDING) &&
	       !(slot & SLOT_MODIFIED) == !(flags & SECINFO_MODIFIED);
}

enum avow_epcm_result avow_epcm_eaccept(avow_slot *slot, u64 secinfo_flags, u64 *code)
{
	u32 type = slot_type(*slot);

	*code = 0;
	if (!secinfo_permissions_ok(secinfo_flags) || !eaccept_combination_ok(secinfo_flags))
		return AVOW_EPCM_GP;
	if (!slot_present(*slot))
		return AVOW_EPCM_PF;
	if (type != PT_REG && type != PT_TCS && type != PT_TRIM)
		return AVOW_EPCM_PF;
	if (!eaccept_matches(*slot, secinfo_flags)) {
		*code = SGX_ERR_PAGE_ATTRIBUTES_MISMATCH;
		return AVOW_EPCM_CODE;
	}
	*slot &= ~(SLOT_PENDING | SLOT_MODIFIED | SLOT_PR);
	if (AVOW_HOLE(accept_wider))
		*slot = slot_with_epcm(*slot, secinfo_flags & SECINFO_RWX);
	return AVOW_EPCM_OK;
}

enum avow_epcm_result avow_epcm_emodpe(avow_slot *slot, u64 secinfo_flags)
{
	u32 asked = secinfo_flags & SECINFO_RWX;

	if (secinfo_flags & SECINFO_RESERVED)
		return AVOW_EPCM_GP;
	if (!reg_at_rest(*slot))
		return AVOW_EPCM_PF;
	if (!avow_rights_readable(asked | (slot_epcm(*slot) & AVOW_R)))
		return AVOW_EPCM_GP;
	*slot = slot_with_epcm(*slot, slot_epcm(*slot) | asked);
	return AVOW_EPCM_OK;
}

static bool eacceptcopy_operand_ok(u64 flags)
{
	return secinfo_permissions_ok(flags) && avow_secinfo_type(flags) == PT_REG &&
	       !(flags & (SECINFO_PENDING | SECINFO_MODIFIED));
}

/* As EAUG left it. */
static bool eacceptcopy_target_ok(avow_slot slot)
{
	return (slot & EPCM_IN_TRANSIT) == SLOT_PENDING &&
	       slot_epcm(slot) == (AVOW_R | AVOW_W);
}

enum avow_epcm_result avow_epcm_eacceptcopy(avow_slot *slot, avow_slot src,
					     u64 secinfo_flags, u64 *code)
{
	*code = 0;
	if (!eacceptcopy_operand_ok(secinfo_flags))
		return AVOW_EPCM_GP;
	if (!slot_present(*slot) || slot_type(*slot) != PT_REG)
		return AVOW_EPCM_PF;
	if (!eacceptcopy_target_ok(*slot)) {
		*code = SGX_ERR_PAGE_ATTRIBUTES_MISMATCH;
		return AVOW_EPCM_CODE;
	}
	if (!reg_at_rest(src) || !(slot_epcm(src) & AVOW_R))
		return AVOW_EPCM_PF_SOURCE;
	*slot = slot_with_epcm(*slot, secinfo_flags & SECINFO_RWX) & ~SLOT_PENDING;
	return AVOW_EPCM_OK;
}
