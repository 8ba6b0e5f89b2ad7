/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * What the decision tables have in common. A table T is an array T_cases of struct
 * T_case; case_T() puts one row to the function under test and writes into struct
 * case_seen what was wanted and what came. all.h lists the tables.
 *
 * Like core/, the tables compile for the kernel, for user space and for BPF.
 */
#ifndef AVOW_CASE_H
#define AVOW_CASE_H

#include "core.h"
#include "rights.h"
#include "policy.h"

#define CASE_COUNT(cases)	((u32)(sizeof(cases) / sizeof((cases)[0])))
#define CASE_TABLE		static const __attribute__((unused))
#define CASE_FUNCTION		static inline __attribute__((unused))

/* rule: the AVOW_RULE() that the row is about. err: the errno of a refusal by it, 0: accepted. */
#define CASE_HEAD		const char *name; u32 rule; u32 err

#define R_		AVOW_R
#define RW_		(AVOW_R | AVOW_W)
#define RX_		(AVOW_R | AVOW_X)
#define W_		AVOW_W
#define X_		AVOW_X
#define WX_		(AVOW_W | AVOW_X)
#define RWX_		AVOW_RWX

/* A slot with a page, and one with an intent only. */
#define CASE_PAGE(intent, epcm, type, flags)					\
	(SLOT_USED | SLOT_PRESENT | (u64)(intent) << SLOT_INTENT_SHIFT |	\
	 (u64)(epcm) << SLOT_EPCM_SHIFT | (u64)(type) << SLOT_TYPE_SHIFT | (flags))
#define CASE_INTENT(intent, flags)	(SLOT_USED | (u64)(intent) << SLOT_INTENT_SHIFT | (flags))
#define CASE_REG(intent, epcm)		CASE_PAGE(intent, epcm, PT_REG, 0)
#define CASE_AUGMENTED(intent)		\
	CASE_PAGE(intent, RW_, PT_REG, SLOT_PENDING | SLOT_DYNAMIC)
#define CASE_SOURCE(class, id)	((u64)(class) << SLOT_CLASS_SHIFT | (u64)(id) << SLOT_SOURCE_SHIFT)

/* SECINFO.FLAGS */
#define CASE_SECINFO(type, rest)	((u64)(type) << SECINFO_PT_SHIFT | (rest))

#define CASE_ITEMS	4

struct case_seen {
	const char *name;
	u32 rule;
	bool refuses;		/* the row expects a refusal */
	u32 items;
	struct {
		const char *what;
		u64 want, got;
	} item[CASE_ITEMS];
};

CASE_FUNCTION void case_begin(struct case_seen *seen, const char *name, u32 rule, bool refuses)
{
	seen->name = name;
	seen->rule = rule;
	seen->refuses = refuses;
	seen->items = 0;
}

CASE_FUNCTION void case_note(struct case_seen *seen, const char *what, u64 want, u64 got)
{
	u32 i = seen->items++;

	if (i >= CASE_ITEMS)
		return;
	seen->item[i].what = what;
	seen->item[i].want = want;
	seen->item[i].got = got;
}

/* Begin with a function that answers by verdict. */
CASE_FUNCTION void case_verdict(struct case_seen *seen, const char *name, u32 rule, u32 err,
				avow_verdict got)
{
	case_begin(seen, name, rule, err);
	case_note(seen, "verdict", err ? AVOW_REFUSE(rule, err) : AVOW_OK, got);
}

CASE_FUNCTION bool case_passed(const struct case_seen *seen)
{
	u32 i;

	if (!seen->items || seen->items > CASE_ITEMS)
		return false;
	for (i = 0; i < CASE_ITEMS && i < seen->items; i++)
		if (seen->item[i].want != seen->item[i].got)
			return false;
	return true;
}

/*
 * Structures that are too big for a row: the function under test gets a good one in
 * which the row's patches change some fields. bytes 0: no patch; beyond 8: zeros.
 */
struct case_patch {
	u32 at;
	u8 bytes;
	u64 value;
};

#define PATCH(type, field, val)	\
	{ .at = offsetof(struct type, field), .bytes = sizeof(((struct type *)0)->field),	\
	  .value = (val) }
#define PATCH_BYTE(type, field, index, val)	\
	{ .at = offsetof(struct type, field) + (index), .bytes = 1, .value = (val) }

struct case_scratch {
	struct avow_secs secs;
	struct avow_tcs tcs;
	struct avow_sigstruct sig;
	struct avow_rsa3_work work;
	struct avow_keyrequest request;
	struct avow_targetinfo target;
	struct avow_report report[2];
	struct avow_key_material material, expected;
	u8 bytes[SGX_MODULUS_BYTES];
	struct avow_policy policy;
};

CASE_FUNCTION void case_zero(void *at, u32 n)
{
	u8 *p = at;
	u32 i;

	for (i = 0; i < n; i++)
		p[i] = 0;
}

CASE_FUNCTION void case_apply(void *to, const struct case_patch *patch, u32 n)
{
	u8 *p = to;
	u32 i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < patch[i].bytes; j++)
			p[patch[i].at + j] = j < 8 ? (u8)(patch[i].value >> (8 * j)) : 0;
}

/* The machine that all tables assume. */
CASE_FUNCTION void case_machine(struct avow_machine *machine)
{
	machine->xfrm = 7;
	machine->attributes = ATTR_DEBUG | ATTR_MODE64BIT | ATTR_PROVISIONKEY |
			      ATTR_EINITTOKENKEY | ATTR_KSS;
	machine->miscselect = MISC_EXINFO;
	machine->xsave_size = 832;
}

#endif
