// SPDX-License-Identifier: LGPL-2.1-or-later
/* Properties of the leaves, over every slot and every operand. */
#include "model.h"

/* Operands of ENCLU: R/W/X, PENDING, MODIFIED, PR in every combination; all types; stray bits. */
static const u64 stray[] = { 0, 1 << 6, 1 << 7, 1 << 16, 1ULL << 40, 1ULL << 63 };
static const unsigned int types[] = { 0, 1, 2, 3, 4, 5, 0x82, 0xff };

#define CASES(a)	(sizeof(a) / sizeof((a)[0]))
#define OPERANDS	(64 * CASES(types) + 8 * (CASES(stray) - 1))

static u64 operand_nth(unsigned int n)
{
	if (n < 64 * CASES(types))
		return (n & 63) | (u64)types[n >> 6] << 8;
	n -= 64 * CASES(types);
	return (n & 7) | REG << 8 | stray[1 + (n >> 3)];
}

struct operand {
	bool reserved, pending, modified, w_without_r;
	unsigned int rwx, type;
};

static struct operand operand_read(u64 flags)
{
	return (struct operand){
		.reserved = flags & 0xffffffffffff00c0,
		.rwx = flags & 7,
		.pending = flags >> 3 & 1,
		.modified = flags >> 4 & 1,
		.type = flags >> 8 & 0xff,
		.w_without_r = (flags & 3) == 2,
	};
}

static bool model_page(const struct model *m)
{
	return !m->hole && m->present;
}

static bool model_at_rest(const struct model *m)
{
	return model_page(m) && m->type == REG && !m->pending && !m->modified;
}

static enum avow_epcm_result expected_eaccept(const struct model *m, const struct operand *o)
{
	bool reg = o->type == REG && !o->modified;
	bool other = (o->type == TCS || o->type == TRIM) && o->modified && !o->pending;

	if (o->reserved || o->w_without_r || (!reg && !other))
		return AVOW_EPCM_GP;
	if (!model_page(m) || (m->type != REG && m->type != TCS && m->type != TRIM))
		return AVOW_EPCM_PF;
	if (o->rwx != m->epcm || o->type != m->type || o->pending != m->pending ||
	    o->modified != m->modified)
		return AVOW_EPCM_CODE;
	return AVOW_EPCM_OK;
}

static void eaccept(void **state)
{
	struct model m;
	unsigned int n, i;

	(void)state;
	for_each_model(n, m)
		for (i = 0; i < OPERANDS; i++) {
			struct operand o = operand_read(operand_nth(i));
			struct model after = m;
			avow_slot slot = model_slot(&m);
			u64 code = 99;
			enum avow_epcm_result want = expected_eaccept(&m, &o);

			expect(avow_epcm_eaccept(&slot, operand_nth(i), &code) == want,
			       "slot %u, SECINFO %#llx", n, operand_nth(i));
			expect(code == (want == AVOW_EPCM_CODE ? 19 : 0), "slot %u", n);
			if (want == AVOW_EPCM_OK)
				after.pending = after.modified = after.pr = false;
			expect(slot == model_slot(&after), "slot %u, SECINFO %#llx", n,
			       operand_nth(i));
		}
}

static void emodpe(void **state)
{
	struct model m;
	unsigned int n, i;

	(void)state;
	for_each_model(n, m)
		for (i = 0; i < OPERANDS; i++) {
			struct operand o = operand_read(operand_nth(i));
			struct model after = m;
			avow_slot slot = model_slot(&m);
			enum avow_epcm_result want = AVOW_EPCM_OK;

			if (o.reserved)
				want = AVOW_EPCM_GP;
			else if (!model_at_rest(&m))
				want = AVOW_EPCM_PF;
			else if (o.w_without_r && !(m.epcm & 1))
				want = AVOW_EPCM_GP;
			else
				after.epcm |= o.rwx;
			expect(avow_epcm_emodpe(&slot, operand_nth(i)) == want,
			       "slot %u, SECINFO %#llx", n, operand_nth(i));
			expect(slot == model_slot(&after), "slot %u, SECINFO %#llx", n,
			       operand_nth(i));
		}
}

static enum avow_epcm_result expected_copy(const struct model *m, const struct model *src,
					   const struct operand *o)
{
	if (o->reserved || o->w_without_r || o->type != REG || o->pending || o->modified)
		return AVOW_EPCM_GP;
	if (!model_page(m) || m->type != REG)
		return AVOW_EPCM_PF;
	if (!m->pending || m->modified || m->epcm != 3)
		return AVOW_EPCM_CODE;
	return model_at_rest(src) && (src->epcm & 1) ? AVOW_EPCM_OK : AVOW_EPCM_PF_SOURCE;
}

static void check_copy(const struct model *m, const struct model *src, u64 flags, unsigned int n)
{
	struct operand o = operand_read(flags);
	enum avow_epcm_result want = expected_copy(m, src, &o);
	struct model after = *m;
	avow_slot slot = model_slot(m);
	u64 code = 99;

	expect(avow_epcm_eacceptcopy(&slot, model_slot(src), flags, &code) == want,
	       "slot %u, SECINFO %#llx", n, flags);
	expect(code == (want == AVOW_EPCM_CODE ? 19 : 0), "slot %u", n);
	if (want == AVOW_EPCM_OK) {
		after.epcm = o.rwx;
		after.pending = false;
	}
	expect(slot == model_slot(&after), "slot %u, SECINFO %#llx", n, flags);
}

static void eacceptcopy(void **state)
{
	static const struct model good_target = {
		.present = true, .pending = true, .intent = 7, .epcm = 3, .type = REG,
	};
	static const struct model good_source = { .present = true, .epcm = 1, .type = REG };
	struct model m;
	unsigned int n, i;

	(void)state;
	for_each_model(n, m)
		for (i = 0; i < OPERANDS; i++) {
			check_copy(&m, &good_source, operand_nth(i), n);
			check_copy(&good_target, &m, operand_nth(i), n);
		}
}

static void emodpr(void **state)
{
	struct model m;
	unsigned int n, rwx;

	(void)state;
	for_each_model(n, m)
		for (rwx = 0; rwx < 8; rwx++) {
			struct model after = m;
			avow_slot slot = model_slot(&m);
			avow_verdict want = AVOW_OK;
			u64 result = 99, code = 0;

			if (!model_page(&m)) {
				want = AVOW_REFUSE(2405, EFAULT);
			} else if (m.type != REG) {
				want = AVOW_REFUSE(2406, EINVAL);
			} else if (m.pending || m.modified) {
				want = AVOW_REFUSE(2407, EFAULT);
				code = 20;
			} else {
				after.epcm &= rwx;
				after.pr = true;
			}
			expect(avow_epcm_emodpr(&slot, rwx, &result) == want, "slot %u to %u", n,
			       rwx);
			expect(result == code, "slot %u to %u", n, rwx);
			expect(slot == model_slot(&after), "slot %u to %u", n, rwx);
		}
}

static avow_verdict expected_emodt(const struct model *m, unsigned int type)
{
	bool legal = (m->type == REG && (type == TCS || type == TRIM)) ||
		     (m->type == TCS && type == TRIM);

	if (!model_page(m))
		return AVOW_REFUSE(2504, EFAULT);
	if (!legal)
		return AVOW_REFUSE(2504, EINVAL);
	if (type == TCS && !subset(3, m->intent))
		return AVOW_REFUSE(1303, EPERM);
	if (m->pending || m->modified)
		return AVOW_REFUSE(2506, EFAULT);
	return AVOW_OK;
}

static void emodt(void **state)
{
	struct model m;
	unsigned int n, type;

	(void)state;
	for_each_model(n, m)
		for (type = 0; type < 8; type++) {
			struct model after = m;
			avow_slot slot = model_slot(&m), lowered = 0;
			avow_verdict want = expected_emodt(&m, type);
			u64 result = 99;

			expect(avow_epcm_emodt(&slot, type, &result) == want, "slot %u to %u", n,
			       type);
			expect(result == (avow_rule(want) == 2506 ? 20 : 0), "slot %u to %u", n,
			       type);
			if (!want) {
				after.epcm = 0;
				after.type = type;
				after.modified = true;
				after.pr = false;
			}
			if (!want && type == TCS && m.intent == 7) {
				after.intent = 3;
				lowered = 1ULL << 18;
			}
			expect(slot == (model_slot(&after) | lowered), "slot %u to %u", n, type);
		}
}

static void removal(void **state)
{
	struct model m;
	unsigned int n;

	(void)state;
	for_each_model(n, m) {
		avow_verdict want = AVOW_OK;
		avow_slot slot = model_slot(&m);

		if (!model_page(&m))
			want = AVOW_REFUSE(2602, EFAULT);
		else if (m.type != TRIM || m.modified)
			want = AVOW_REFUSE(2603, EPERM);
		expect(avow_epcm_may_remove(slot) == want, "slot %u", n);
		expect(avow_intent_after_removal(slot, false) == 0, "slot %u", n);
		if (!m.hole)
			expect(avow_intent_after_removal(slot | SLOT_EXPLICIT, false) ==
			       avow_intent_after_removal(slot | SLOT_EXPLICIT, true), "slot %u", n);
		expect(avow_intent_after_removal(slot, true) ==
		       (m.hole ? 0 : 1ULL << 57 | 1ULL << 19 | m.intent), "slot %u", n);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(eaccept),
		cmocka_unit_test(emodpe),
		cmocka_unit_test(eacceptcopy),
		cmocka_unit_test(emodpr),
		cmocka_unit_test(emodt),
		cmocka_unit_test(removal),
	};

	return cmocka_run_group_tests_name("epcm", tests, NULL, NULL);
}
