// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules, one function for each question; decide.h. */
#include <errno.h>

#include "decide.h"

unsigned int m_broken_rule;

/* 1 and 1: the rule holds, and is not the one to get wrong. */
static bool holds(unsigned int rule)
{
	return rule != m_broken_rule;
}

static struct m_verdict refuse(int err, unsigned int rule)
{
	return (struct m_verdict){ err, rule };
}

static bool beyond(unsigned int rights, unsigned int bound)
{
	return rights & ~bound;
}

static bool w_without_r(unsigned int rights)
{
	return (rights & MW) && !(rights & MR);
}

/* ---- ADD_PAGES ---- */

#define FLAG_MEASURE	1ULL
#define FLAG_INTENT	(1ULL << 32)
#define INTENT_SHIFT	33
#define INTENT_BITS	(7ULL << INTENT_SHIFT)

bool m_range_ok(__u64 size, __u64 offset, __u64 length)
{
	return offset % M_PAGE == 0 && length % M_PAGE == 0 && length > 0 && offset < size &&
	       length <= size - offset;
}

static unsigned int intent_of(__u64 flags)
{
	return (unsigned int)(flags >> INTENT_SHIFT) & MRWX;
}

unsigned int m_explicit_intent(__u64 flags)
{
	return flags & FLAG_INTENT ? intent_of(flags) : 0;
}

unsigned int m_asked_intent(__u64 secinfo, __u64 flags)
{
	return flags & FLAG_INTENT ? intent_of(flags) : (unsigned int)secinfo & MRWX;
}

struct m_verdict m_add_flags(__u64 flags)
{
	if ((flags & ~(FLAG_MEASURE | FLAG_INTENT | INTENT_BITS)) && holds(104))
		return refuse(EINVAL, 104);
	if (!(flags & FLAG_INTENT) && (flags & INTENT_BITS) && holds(104))
		return refuse(EINVAL, 104);
	if (w_without_r(intent_of(flags)) && holds(103))
		return refuse(EINVAL, 103);
	return M_ALLOWED;
}

struct m_verdict m_add_secinfo(__u64 secinfo, bool reserved, __u64 flags)
{
	unsigned int type = (unsigned int)(secinfo >> M_TYPE_SHIFT) & 0xff;
	__u64 known = MRWX | 0xffULL << M_TYPE_SHIFT;

	if ((type != M_TCS && type != M_REG) || w_without_r((unsigned int)secinfo) ||
	    (secinfo & ~known) || reserved)
		return refuse(EINVAL, 2205);
	if (type != M_TCS)
		return M_ALLOWED;
	if (secinfo & MRWX)
		return refuse(EINVAL, 102);
	if ((flags & FLAG_INTENT) && intent_of(flags) != (MR | MW) && holds(102))
		return refuse(EINVAL, 102);
	return M_ALLOWED;
}

unsigned int m_declared_intent(__u64 secinfo, __u64 flags)
{
	if (((secinfo >> M_TYPE_SHIFT) & 0xff) == M_TCS)
		return MR | MW;
	if ((flags & FLAG_INTENT) && holds(101))
		return intent_of(flags);
	return (unsigned int)secinfo & MRWX;
}

struct m_verdict m_add_slot(const struct m_slot *slot)
{
	if (slot->present && holds(2206))
		return refuse(EBUSY, 2206);
	if (slot->has_intent && holds(304))
		return refuse(EBUSY, 304);
	return M_ALLOWED;
}

struct m_slot m_added(__u64 secinfo, __u64 flags)
{
	unsigned int type = (unsigned int)(secinfo >> M_TYPE_SHIFT) & 0xff;

	return (struct m_slot){
		.has_intent = true,
		.intent = (__u8)m_declared_intent(secinfo, flags),
		.explicit = flags & FLAG_INTENT,
		.present = true,
		.type = (__u8)type,
		.epcm = (__u8)(type == M_TCS ? 0 : secinfo & MRWX),
		.measured = flags & FLAG_MEASURE,
	};
}

struct m_verdict m_source(int contract, unsigned int intent, const struct m_source *source)
{
	if (!source->mapped && holds(501))
		return refuse(EFAULT, 501);
	if (contract == M_COMPAT && !source->may_exec && holds(601))
		return refuse(EACCES, 601);
	if (!source->readable && holds(502))
		return refuse(EFAULT, 502);
	if (source->device && holds(503))
		return refuse(EFAULT, 503);
	if (contract == M_STRICT && (intent & MX) && !source->executable && holds(602))
		return refuse(EACCES, 602);
	return M_ALLOWED;
}

unsigned int m_source_class(const struct m_source *source)
{
	enum { NONE, FILE_EXEC, FILE_NOEXEC, FILE_WRITTEN, FILE_SHARED_W, SHMEM, ANON, OTHER };

	if (!source->mapped)
		return NONE;
	if (source->device)
		return OTHER;
	if (!source->file)
		return ANON;
	/* A private copy is not what is in the file, whatever file it is. */
	if (source->written)
		return FILE_WRITTEN;
	if (source->nameless)
		return SHMEM;
	if (source->shared && source->may_write)
		return FILE_SHARED_W;
	return source->executable ? FILE_EXEC : FILE_NOEXEC;
}

/* ---- intents ---- */

bool m_intent_ok(unsigned int intent)
{
	return !beyond(intent, MRWX) && !w_without_r(intent);
}

struct m_verdict m_declare_slot(const struct m_slot *slot)
{
	if ((slot->has_intent || slot->present) && holds(303))
		return refuse(EBUSY, 303);
	return M_ALLOWED;
}

struct m_verdict m_lower_slot(const struct m_slot *slot, unsigned int intent)
{
	if (!slot->has_intent)
		return refuse(EFAULT, 205);
	if (beyond(intent, slot->intent) && holds(201))
		return refuse(EACCES, 201);
	return M_ALLOWED;
}

void m_lower(struct m_slot *slot, unsigned int intent)
{
	if (slot->intent != intent)
		slot->lowered = true;
	slot->intent = (__u8)intent;
}

void m_after_removal(int contract, struct m_slot *slot)
{
	struct m_slot old = *slot;

	*slot = (struct m_slot){ 0 };
	if (contract == M_COMPAT && !(old.explicit && holds(206)))
		return;
	if (contract == M_STRICT && !holds(203))
		return;
	slot->has_intent = true;
	slot->intent = old.intent;
	slot->explicit = old.explicit;
	slot->declared = old.declared;
	slot->augmented = old.augmented;
	slot->lowered = old.lowered;
	slot->kept = true;
}

bool m_augmentable(int contract, const struct m_slot *slot)
{
	if (slot->present)
		return false;
	return slot->has_intent || contract == M_COMPAT || !holds(302);
}

void m_augment(struct m_slot *slot)
{
	if (!slot->has_intent || !holds(304)) {
		slot->has_intent = true;
		slot->intent = holds(301) ? MRWX : MR | MW;
	}
	slot->kept = false;
	slot->present = true;
	slot->augmented = true;
	slot->type = M_REG;
	slot->epcm = MR | MW;
	slot->pending = true;
}

struct m_verdict m_contract_choice(unsigned int wanted, bool reserved, int contract, bool begun)
{
	if (reserved)
		return refuse(EINVAL, 2901);
	if (wanted > M_STRICT || begun)
		return refuse(EINVAL, 2801);
	if (wanted == M_COMPAT && contract == M_STRICT)
		return refuse(EPERM, 2803);
	return M_ALLOWED;
}

/* ---- what else is asked for ---- */

struct m_verdict m_list_args(bool created, __u64 size, __u64 offset, __u64 length, __u32 nr, bool reserved)
{
	if (!created)
		return refuse(EINVAL, 2902);
	if (reserved)
		return refuse(EINVAL, 2901);
	if (!m_range_ok(size, offset, length))
		return refuse(EINVAL, 2902);
	return nr ? M_ALLOWED : refuse(EINVAL, 2904);
}

struct m_verdict m_read_args(__u32 nr, bool reserved)
{
	if (reserved)
		return refuse(EINVAL, 2901);
	return nr ? M_ALLOWED : refuse(EINVAL, 2904);
}

struct m_verdict m_load(bool cpu_has_sgx, bool device_exists)
{
	if (cpu_has_sgx)
		return refuse(ENODEV, 4001);
	return device_exists ? refuse(EEXIST, 4001) : M_ALLOWED;
}

struct m_verdict m_debug_slot(int contract, const struct m_slot *slot, bool debug, bool write)
{
	if ((!debug && holds(1701)) || !slot->present)
		return refuse(EFAULT, 1701);
	if (slot->pending || slot->modified)
		return refuse(EIO, 1701);
	if (contract == M_STRICT && write && !(slot->intent & MW) && holds(1702))
		return refuse(EFAULT, 1702);
	return M_ALLOWED;
}

/* ---- mappings ---- */

struct m_verdict m_map_slot(int contract, const struct m_slot *slot, enum m_door door,
			    unsigned int prot)
{
	if (!prot)
		return M_ALLOWED;
	if (!slot->has_intent) {
		if (contract == M_STRICT && holds(902))
			return refuse(EACCES, 902);
		return contract == M_STRICT || holds(901) ? M_ALLOWED : refuse(EACCES, 901);
	}
	if (beyond(prot, slot->intent) && holds(800 + door))
		return refuse(EACCES, 800 + door);
	return M_ALLOWED;
}

/* ---- access ---- */

unsigned int m_granted(const struct m_slot *slot)
{
	if (!slot->present || slot->type != M_REG || slot->pending || slot->modified)
		return 0;
	return slot->epcm;
}

unsigned int m_counts_as(unsigned int mapped, unsigned int access)
{
	return access & mapped ? access : mapped & (~mapped + 1);
}

enum m_access m_access(const struct m_slot *slot, unsigned int mapped, unsigned int access,
		       bool inside, unsigned int *rule)
{
	unsigned int granted = m_granted(slot);
	bool fetch_beyond = access == MX && !(mapped & MX);

	*rule = 0;
	if (beyond(mapped, slot->intent) && holds(1001)) {
		*rule = 1001;
		return M_BUS;
	}
	if (fetch_beyond)
		return M_SEGV;
	if ((granted & m_counts_as(mapped, access)) || !holds(1002))
		return M_WORKS;
	if (!granted && !inside && access != MX && holds(1004))
		return M_ABORT;
	*rule = 1002;
	/* An entry that can be executed can be read: x86 has no other. */
	return access == MR && (granted & mapped & MX) ? M_MAYBE : M_EPCM;
}

/* ---- EPCM ---- */

struct m_verdict m_restrict_slot(const struct m_slot *slot, __u64 *result)
{
	if (!slot->present)
		return refuse(EFAULT, 2405);
	if (slot->type != M_REG && holds(2406))
		return refuse(EINVAL, 2406);
	if ((slot->pending || slot->modified) && holds(2407)) {
		*result = M_NOT_MODIFIABLE;
		return refuse(EFAULT, 2407);
	}
	return M_ALLOWED;
}

void m_restrict(struct m_slot *slot, unsigned int rights)
{
	slot->epcm = holds(1302) ? slot->epcm & (__u8)rights : (__u8)rights;
	slot->pr = true;
}

struct m_verdict m_modify_slot(const struct m_slot *slot, unsigned int type, __u64 *result)
{
	if (!slot->present)
		return refuse(EFAULT, 2504);
	if (!((slot->type == M_REG && (type == M_TCS || type == M_TRIM)) ||
	      (slot->type == M_TCS && type == M_TRIM)))
		return refuse(EINVAL, 2504);
	if (type == M_TCS && beyond(MR | MW, slot->intent) && holds(1303))
		return refuse(EPERM, 1303);
	if ((slot->pending || slot->modified) && holds(2506)) {
		*result = M_NOT_MODIFIABLE;
		return refuse(EFAULT, 2506);
	}
	return M_ALLOWED;
}

void m_modify(struct m_slot *slot, unsigned int type)
{
	if (type == M_TCS && holds(1303))
		m_lower(slot, MR | MW);
	slot->type = (__u8)type;
	slot->epcm = 0;
	slot->modified = true;
	slot->pr = false;
}

struct m_verdict m_remove_slot(const struct m_slot *slot)
{
	if (!slot->present)
		return refuse(EFAULT, 2602);
	if ((slot->type != M_TRIM || slot->modified) && holds(2603))
		return refuse(EPERM, 2603);
	return M_ALLOWED;
}

static unsigned int type_of(__u64 secinfo)
{
	return (unsigned int)(secinfo >> M_TYPE_SHIFT) & 0xff;
}

static bool flags_known(__u64 secinfo)
{
	return !(secinfo & ~(MRWX | M_PENDING | M_MODIFIED | M_PR | 0xffULL << M_TYPE_SHIFT));
}

bool m_eaccept_secinfo(__u64 secinfo)
{
	bool pending = secinfo & M_PENDING, modified = secinfo & M_MODIFIED;

	if (!flags_known(secinfo) || w_without_r((unsigned int)secinfo))
		return false;
	switch (type_of(secinfo)) {
	case M_REG:
		return !modified;
	case M_TCS:
	case M_TRIM:
		return !pending && modified;
	default:
		return false;
	}
}

bool m_emodpe_secinfo(__u64 secinfo)
{
	return flags_known(secinfo);
}

bool m_eacceptcopy_secinfo(__u64 secinfo)
{
	return flags_known(secinfo) && !w_without_r((unsigned int)secinfo) &&
	       type_of(secinfo) == M_REG && !(secinfo & (M_PENDING | M_MODIFIED));
}

enum m_leaf m_eaccept(struct m_slot *slot, __u64 secinfo)
{
	if (slot->type != M_REG && slot->type != M_TCS && slot->type != M_TRIM)
		return M_PF;
	if (slot->pending != !!(secinfo & M_PENDING) ||
	    slot->modified != !!(secinfo & M_MODIFIED) ||
	    slot->epcm != (secinfo & MRWX) || slot->type != type_of(secinfo))
		return M_CODE;
	slot->pending = false;
	slot->modified = false;
	slot->pr = slot->pr && !holds(3401);
	return M_DONE;
}

enum m_leaf m_emodpe(struct m_slot *slot, __u64 secinfo)
{
	if ((slot->type != M_REG || slot->pending || slot->modified) && holds(3402))
		return M_PF;
	if (w_without_r((slot->epcm & MR) | (secinfo & MRWX)))
		return M_GP;
	slot->epcm |= secinfo & MRWX;
	if (!holds(1301))
		slot->intent |= secinfo & MRWX;
	return M_DONE;
}

enum m_leaf m_eacceptcopy(struct m_slot *to, const struct m_slot *from, __u64 secinfo)
{
	if (to->type != M_REG)
		return M_PF;
	/* As EAUG leaves it. */
	if ((!to->pending || to->modified || to->epcm != (MR | MW)) && holds(3403))
		return M_CODE;
	if (!(m_granted(from) & MR))
		return M_PF;
	to->epcm = secinfo & MRWX;
	to->pending = false;
	return M_DONE;
}
