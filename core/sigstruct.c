// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/* What EINIT wants of SIGSTRUCT beside its signature: R23. */
#include "core.h"
#include "rights.h"

#define VENDOR_INTEL	0x8086

static const u64 header1[2] = SIGSTRUCT_HEADER1;
static const u64 header2[2] = SIGSTRUCT_HEADER2;

avow_verdict avow_sigstruct_vendor(const struct avow_sigstruct *sig)
{
	if (sig->vendor && sig->vendor != VENDOR_INTEL)
		return AVOW_REFUSE(AVOW_RULE(23, 3), EINVAL);
	return AVOW_OK;
}

avow_verdict avow_sigstruct_allowed(u64 secs_attributes, u64 allowed)
{
	if ((secs_attributes & ~allowed) && !AVOW_HOLE(init_allowed))
		return AVOW_REFUSE(AVOW_RULE(23, 4), EACCES);
	return AVOW_OK;
}

avow_verdict avow_sigstruct_supported(const struct avow_sigstruct *sig,
				      const struct avow_machine *machine)
{
	if ((sig->attributes & sig->attributemask & ~machine->attributes) ||
	    (sig->miscselect & sig->miscmask & ~machine->miscselect) ||
	    (sig->xfrm & sig->xfrmmask & ~machine->xfrm))
		return AVOW_REFUSE(AVOW_RULE(23, 5), EINVAL);
	return AVOW_OK;
}

static bool headers_ok(const struct avow_sigstruct *sig)
{
	return sig->header1[0] == header1[0] && sig->header1[1] == header1[1] &&
	       sig->header2[0] == header2[0] && sig->header2[1] == header2[1];
}

static bool reserved_ok(const struct avow_sigstruct *sig)
{
	return avow_all_zero(sig->reserved1, sizeof(sig->reserved1)) &&
	       avow_all_zero(sig->reserved2, sizeof(sig->reserved2)) &&
	       avow_all_zero(sig->reserved3, sizeof(sig->reserved3)) &&
	       avow_all_zero(sig->reserved4, sizeof(sig->reserved4));
}

avow_verdict avow_sigstruct_layout(const struct avow_sigstruct *sig)
{
	if ((!headers_ok(sig) || !reserved_ok(sig) || sig->exponent != 3) && !AVOW_HOLE(init_layout))
		return AVOW_REFUSE(AVOW_RULE(23, 6), EPERM);
	return AVOW_OK;
}

avow_verdict avow_sigstruct_measurement(const struct avow_sigstruct *sig, const u8 mrenclave[32])
{
	u32 i;

	for (i = 0; i < 32; i++)
		if (sig->enclavehash[i] != mrenclave[i] && !AVOW_HOLE(init_measurement))
			return AVOW_REFUSE(AVOW_RULE(23, 8), EPERM);
	return AVOW_OK;
}

static bool kss_ok(const struct avow_sigstruct *sig, const struct avow_secs *secs)
{
	if (secs->attributes & ATTR_KSS)
		return true;
	return avow_all_zero(sig->isvfamilyid, sizeof(sig->isvfamilyid)) &&
	       avow_all_zero(sig->isvextprodid, sizeof(sig->isvextprodid));
}

avow_verdict avow_sigstruct_match(const struct avow_sigstruct *sig, const struct avow_secs *secs)
{
	/* The SECS has INIT only after EINIT. */
	u64 attributemask = sig->attributemask & ~ATTR_INIT;

	if (AVOW_HOLE(init_masks))
		return AVOW_OK;
	if (((sig->attributes ^ secs->attributes) & attributemask) ||
	    ((sig->xfrm ^ secs->xfrm) & sig->xfrmmask) ||
	    ((sig->miscselect ^ secs->miscselect) & sig->miscmask) || !kss_ok(sig, secs))
		return AVOW_REFUSE(AVOW_RULE(23, 9), EPERM);
	return AVOW_OK;
}
