// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/* The argument checks of each ioctl, in the order of SPEC.md, which is ABI. */
#include "core.h"
#include "rights.h"

#define USER_SPACE_END		(1ULL << 47)
#define ENCLAVE_SIZE_MAX	(1ULL << 46)
#define ENCLAVE_SIZE_MIN	(2 * SGX_PAGE_SIZE)

#define REFUSE(rule, clause, err)	AVOW_REFUSE(AVOW_RULE(rule, clause), err)

static bool page_aligned(u64 n)
{
	return !(n & (SGX_PAGE_SIZE - 1));
}

/* Without a sum, which could overflow. */
static bool within(u64 size, u64 offset, u64 length)
{
	if (AVOW_HOLE(range_end))
		return true;
	if (AVOW_HOLE(range_sum))
		return offset + length <= size;
	return offset < size && length <= size - offset;
}

avow_verdict avow_args_range(const struct avow_encl_facts *encl, u64 offset, u64 length, u32 rule)
{
	if (!page_aligned(offset) || !page_aligned(length) || !length)
		return AVOW_REFUSE(rule, EINVAL);
	if (!encl->created || !within(encl->size, offset, length))
		return AVOW_REFUSE(rule, EINVAL);
	return AVOW_OK;
}

/* ---- CREATE ---- */

avow_verdict avow_args_create_state(const struct avow_encl_facts *encl)
{
	return encl->created && !AVOW_HOLE(create_again) ? REFUSE(21, 1, EINVAL) : AVOW_OK;
}

static bool secs_reserved_ok(const struct avow_secs *secs)
{
	return avow_all_zero(secs->reserved1, sizeof(secs->reserved1)) &&
	       avow_all_zero(secs->reserved2, sizeof(secs->reserved2)) &&
	       avow_all_zero(secs->reserved3, sizeof(secs->reserved3)) &&
	       avow_all_zero(secs->reserved4, sizeof(secs->reserved4));
}

/* SIZE is a power of two. Base 0 is legal. */
static bool secs_range_ok(const struct avow_secs *secs)
{
	if (secs->size < ENCLAVE_SIZE_MIN || secs->size > ENCLAVE_SIZE_MAX)
		return false;
	return !(secs->base & (secs->size - 1)) && secs->base <= USER_SPACE_END - secs->size;
}

static bool secs_features_ok(const struct avow_secs *secs, const struct avow_machine *machine)
{
	/* INIT is EINIT's to set. */
	if (secs->attributes & (~machine->attributes | ATTR_INIT))
		return false;
	if (!(secs->attributes & ATTR_MODE64BIT))
		return false;
	if ((secs->xfrm & XFRM_X87_SSE) != XFRM_X87_SSE || (secs->xfrm & ~machine->xfrm))
		return false;
	return !(secs->miscselect & ~machine->miscselect);
}

static bool secs_kss_ok(const struct avow_secs *secs)
{
	if (secs->attributes & ATTR_KSS)
		return true;
	return !secs->config_svn && avow_all_zero(secs->config_id, sizeof(secs->config_id));
}

static bool secs_frame_ok(const struct avow_secs *secs, const struct avow_machine *machine)
{
	u64 need = (u64)machine->xsave_size + sizeof(struct avow_ssa_gprs);

	if (secs->miscselect & MISC_EXINFO)
		need += sizeof(struct avow_ssa_exinfo);
	return secs->ssa_frame_size * SGX_PAGE_SIZE >= need;
}

avow_verdict avow_args_create(const struct avow_secs *secs, const struct avow_machine *machine)
{
	if (!secs->size || (secs->size & (secs->size - 1)))
		return REFUSE(21, 3, EINVAL);
	if (!secs_reserved_ok(secs) || !secs_range_ok(secs) ||
	    !secs_features_ok(secs, machine) || !secs_kss_ok(secs) ||
	    !secs_frame_ok(secs, machine))
		return REFUSE(21, 4, EIO);
	return AVOW_OK;
}

/* ---- ADD_PAGES ---- */

avow_verdict avow_args_add_state(const struct avow_encl_facts *encl)
{
	if (!encl->created || (encl->initialized && !AVOW_HOLE(add_after_init)))
		return REFUSE(22, 1, EINVAL);
	return AVOW_OK;
}

avow_verdict avow_args_add(const struct avow_encl_facts *encl,
			   const struct sgx_enclave_add_pages *arg)
{
	avow_verdict verdict;

	if (!page_aligned(arg->src))
		return REFUSE(22, 2, EINVAL);
	verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(22, 3));
	return verdict ? verdict : avow_add_flags_check(arg->flags);
}

avow_verdict avow_args_secinfo(const struct avow_secinfo *secinfo)
{
	u32 type = avow_secinfo_type(secinfo->flags);

	if (type != PT_REG && type != PT_TCS)
		return REFUSE(22, 5, EINVAL);
	if (!avow_rights_readable(secinfo->flags))
		return REFUSE(22, 5, EINVAL);
	/* A page is born neither PENDING nor MODIFIED nor PR. */
	if (secinfo->flags & ~(SECINFO_RWX | SECINFO_PT_MASK))
		return REFUSE(22, 5, EINVAL);
	if (!avow_all_zero(secinfo->reserved, sizeof(secinfo->reserved)))
		return REFUSE(22, 5, EINVAL);
	if (type == PT_TCS && (secinfo->flags & SECINFO_RWX))
		return REFUSE(1, 2, EINVAL);
	return AVOW_OK;
}

avow_verdict avow_args_tcs(const struct avow_tcs *tcs)
{
	if ((tcs->state || tcs->flags || tcs->cssa || tcs->aep) && !AVOW_HOLE(tcs_contents))
		return REFUSE(22, 9, EIO);
	if (!page_aligned(tcs->ossa) || !page_aligned(tcs->ofsbase) || !page_aligned(tcs->ogsbase))
		return REFUSE(22, 9, EIO);
	if (!avow_all_zero(tcs->reserved, sizeof(tcs->reserved)))
		return REFUSE(22, 9, EIO);
	return AVOW_OK;
}

/* ---- INIT ---- */

avow_verdict avow_args_init_state(const struct avow_encl_facts *encl)
{
	return !encl->created || encl->initialized ? REFUSE(23, 1, EINVAL) : AVOW_OK;
}

/* ---- the SGX2 ioctls ---- */

avow_verdict avow_args_sgx2_state(const struct avow_encl_facts *encl, u32 rule)
{
	return encl->initialized ? AVOW_OK : AVOW_REFUSE(rule, EINVAL);
}

avow_verdict avow_args_restrict(const struct avow_encl_facts *encl,
				const struct sgx_enclave_restrict_permissions *arg)
{
	avow_verdict verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(24, 2));

	if (verdict)
		return verdict;
	if (!avow_rights_wellformed(arg->permissions))
		return REFUSE(24, 3, EINVAL);
	if (arg->result || arg->count)
		return REFUSE(24, 4, EINVAL);
	return AVOW_OK;
}

avow_verdict avow_args_modify_types(const struct avow_encl_facts *encl,
				    const struct sgx_enclave_modify_types *arg)
{
	avow_verdict verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(25, 2));

	if (verdict)
		return verdict;
	if (arg->page_type != PT_TCS && arg->page_type != PT_TRIM)
		return REFUSE(25, 3, EINVAL);
	if (arg->result || arg->count)
		return REFUSE(25, 3, EINVAL);
	return AVOW_OK;
}

avow_verdict avow_args_remove(const struct avow_encl_facts *encl,
			      const struct sgx_enclave_remove_pages *arg)
{
	avow_verdict verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(26, 1));

	if (verdict)
		return verdict;
	return arg->count ? REFUSE(26, 1, EINVAL) : AVOW_OK;
}

/* ---- Avow's own ---- */

avow_verdict avow_args_declare(const struct avow_encl_facts *encl,
			       const struct avow_declare_dynamic *arg)
{
	avow_verdict verdict;

	if (!encl->created || (encl->initialized && !AVOW_HOLE(declare_after_init)))
		return REFUSE(3, 3, EINVAL);
	if (arg->reserved)
		return REFUSE(29, 1, EINVAL);
	verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(29, 2));
	if (verdict)
		return verdict;
	return avow_rights_wellformed(arg->intent) ? AVOW_OK : REFUSE(3, 3, EINVAL);
}

avow_verdict avow_args_lower(const struct avow_encl_facts *encl,
			     const struct avow_lower_intent *arg)
{
	avow_verdict verdict;

	if (!encl->created)
		return REFUSE(29, 2, EINVAL);
	if (arg->reserved || arg->count)
		return REFUSE(29, 1, EINVAL);
	verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(29, 2));
	if (verdict)
		return verdict;
	return avow_rights_wellformed(arg->intent) ? AVOW_OK : REFUSE(2, 5, EINVAL);
}

avow_verdict avow_args_list(const struct avow_encl_facts *encl, const struct avow_list *arg)
{
	avow_verdict verdict;

	if (!encl->created)
		return REFUSE(29, 2, EINVAL);
	if (arg->reserved)
		return REFUSE(29, 1, EINVAL);
	verdict = avow_args_range(encl, arg->offset, arg->length, AVOW_RULE(29, 2));
	if (verdict)
		return verdict;
	return arg->nr ? AVOW_OK : REFUSE(29, 4, EINVAL);
}

avow_verdict avow_args_source(const struct avow_source *arg)
{
	return arg->reserved ? REFUSE(29, 1, EINVAL) : AVOW_OK;
}

avow_verdict avow_args_refusals(const struct avow_refusals *arg)
{
	if (arg->reserved)
		return REFUSE(29, 1, EINVAL);
	return arg->nr ? AVOW_OK : REFUSE(29, 4, EINVAL);
}

/* ---- loading the module ---- */

avow_verdict avow_args_load(bool cpu_has_sgx, bool device_exists)
{
	if (cpu_has_sgx)
		return REFUSE(40, 1, ENODEV);
	if (device_exists)
		return REFUSE(40, 1, EEXIST);
	return AVOW_OK;
}
