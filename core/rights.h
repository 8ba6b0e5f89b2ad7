/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* Small questions about R/W/X sets, flags and bytes that several files of core/ ask. */
#ifndef AVOW_RIGHTS_H
#define AVOW_RIGHTS_H

#include "core.h"

/* No W without R: page tables cannot say it, and SGX does not want it. */
static inline bool avow_rights_readable(u64 rwx)
{
	return !(rwx & AVOW_W) || (rwx & AVOW_R);
}

/* What an intent, or the rights of RESTRICT_PERMISSIONS, may be. */
static inline bool avow_rights_wellformed(u64 rwx)
{
	return !(rwx & ~(u64)AVOW_RWX) && avow_rights_readable(rwx);
}

#define AVOW_ADD_INTENT_BITS	(AVOW_PAGE_INTENT_R | AVOW_PAGE_INTENT_W | AVOW_PAGE_INTENT_X)
#define AVOW_ADD_KNOWN_BITS	((u64)SGX_PAGE_MEASURE | AVOW_PAGE_INTENT | AVOW_ADD_INTENT_BITS)

static inline u32 avow_add_flags_intent(u64 flags)
{
	return (flags >> AVOW_PAGE_INTENT_SHIFT) & AVOW_RWX;
}

/* R1.4, R1.3 */
static inline avow_verdict avow_add_flags_check(u64 flags)
{
	if (flags & ~AVOW_ADD_KNOWN_BITS)
		return AVOW_REFUSE(AVOW_RULE(1, 4), EINVAL);
	if (!(flags & AVOW_PAGE_INTENT) && (flags & AVOW_ADD_INTENT_BITS))
		return AVOW_REFUSE(AVOW_RULE(1, 4), EINVAL);
	if (!avow_rights_readable(avow_add_flags_intent(flags)))
		return AVOW_REFUSE(AVOW_RULE(1, 3), EINVAL);
	return AVOW_OK;
}

static inline u32 avow_secinfo_type(u64 flags)
{
	return (flags & SECINFO_PT_MASK) >> SECINFO_PT_SHIFT;
}

static inline bool avow_all_zero(const u8 *bytes, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

#endif
