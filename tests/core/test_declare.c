// SPDX-License-Identifier: LGPL-2.1-or-later
/* Properties of declarations: every flag word of ADD_PAGES, every source, every contract. */
#include "model.h"

#define INTENT_EINVAL(clause)	AVOW_REFUSE(AVOW_RULE(1, clause), EINVAL)

/* flags in the order of the bits: MEASURE, INTENT, R, W, X; then one that nobody knows. */
static u64 flag_word(unsigned int n)
{
	static const unsigned int bit[] = { 0, 32, 33, 34, 35 };
	static const unsigned int unknown[] = { 1, 7, 31, 36, 62, 63 };
	unsigned int i;
	u64 flags = 0;

	for (i = 0; i < 5; i++)
		if (n >> i & 1)
			flags |= 1ULL << bit[i];
	if (n >> 5)
		flags |= 1ULL << unknown[(n >> 5) - 1];
	return flags;
}

static avow_verdict expected_declaration(unsigned int n, unsigned int type, unsigned int rwx,
					 unsigned int *intent)
{
	unsigned int asked = n >> 2 & 7;
	bool given = n & 2;

	if (n >> 5 || (asked && !given))
		return INTENT_EINVAL(4);
	if (asked == 2 || asked == 6)
		return INTENT_EINVAL(3);
	if (type == TCS && given && asked != 3)
		return INTENT_EINVAL(2);
	*intent = given ? asked : type == TCS ? 3 : rwx;
	return AVOW_OK;
}

static void every_declaration(void **state)
{
	unsigned int n, type, rwx;

	(void)state;
	for (n = 0; n < 7 << 5; n++)
		for (type = TCS; type <= REG; type++)
			for (rwx = 0; rwx < (type == TCS ? 1 : 8); rwx++) {
				unsigned int want = 99;
				u32 intent = 99;
				bool is_explicit = false;
				avow_verdict verdict = avow_intent_declared(flag_word(n),
						type << 8 | rwx, &intent, &is_explicit);

				expect(verdict == expected_declaration(n, type, rwx, &want),
				       "flags %#llx, type %u, %u", flag_word(n), type, rwx);
				expect(intent == want, "flags %#llx, type %u, %u", flag_word(n),
				       type, rwx);
				expect(is_explicit == (!verdict && (n & 2)), "flags %#llx",
				       flag_word(n));
			}
}

static void wellformed(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < 256; n++)
		expect(avow_rights_wellformed(n) == (n < 8 && n != 2 && n != 6), "%u", n);
	for (n = 3; n < 64; n++)
		expect(!avow_rights_wellformed(1ULL << n | 1), "bit %u", n);
}

static void every_contract(void **state)
{
	unsigned int wanted, rest;

	(void)state;
	for (wanted = 0; wanted < 4; wanted++)
		for (rest = 0; rest < 8; rest++) {
			bool reserved = rest & 1, strict = rest & 2, slots = rest & 4;
			avow_verdict want = AVOW_OK;

			if (reserved)
				want = AVOW_REFUSE(2901, EINVAL);
			else if (wanted > 1 || slots)
				want = AVOW_REFUSE(2801, EINVAL);
			else if (strict && wanted == 0)
				want = AVOW_REFUSE(2803, EPERM);
			expect(avow_contract_may_set(wanted, reserved, strict, slots) == want,
			       "contract %u, %u", wanted, rest);
		}
}

static struct avow_source_facts facts_nth(unsigned int n)
{
	return (struct avow_source_facts){
		.contains = n & 1, .readable = n & 2, .special = n & 4, .mayexec = n & 8,
		.exec = n & 16, .file = n & 32, .shmem = n & 64, .shared = n & 128,
		.maywrite = n & 256, .written = n & 512,
	};
}

static void every_source(void **state)
{
	unsigned int n, intent, strict;

	(void)state;
	for (n = 0; n < 1024; n++)
		for (intent = 0; intent < 8; intent++)
			for (strict = 0; strict < 2; strict++) {
				struct avow_source_facts src = facts_nth(n);
				avow_verdict want = AVOW_OK;

				if (!(n & 1))
					want = AVOW_REFUSE(501, EFAULT);
				else if (!strict && !(n & 8))
					want = AVOW_REFUSE(601, EACCES);
				else if (!(n & 2))
					want = AVOW_REFUSE(502, EFAULT);
				else if (n & 4)
					want = AVOW_REFUSE(503, EFAULT);
				else if (strict && (intent & 4) && !(n & 16))
					want = AVOW_REFUSE(602, EACCES);
				expect(avow_source_check(&src, intent, strict) == want,
				       "facts %#x, intent %u, strict %u", n, intent, strict);
			}
}

/* What each class promises to a policy. */
static void classes_promise(void **state)
{
	unsigned int n, seen = 0;

	(void)state;
	for (n = 0; n < 1024; n++) {
		struct avow_source_facts s = facts_nth(n);
		u32 class = avow_source_class(&s);
		bool memory = s.contains && !s.special;
		bool file = memory && s.file && !s.written;

		expect(class <= AVOW_SRC_OTHER, "facts %#x", n);
		seen |= 1U << class;
		expect((class == AVOW_SRC_NONE) == !s.contains, "facts %#x", n);
		expect((class == AVOW_SRC_OTHER) == (s.contains && s.special), "facts %#x", n);
		expect((class == AVOW_SRC_ANON) == (memory && !s.file), "facts %#x", n);
		expect((class == AVOW_SRC_FILE_WRITTEN) == (memory && s.file && s.written),
		       "facts %#x", n);
		expect((class == AVOW_SRC_SHMEM) == (file && s.shmem), "facts %#x", n);
		expect((class == AVOW_SRC_FILE_SHARED_W) ==
		       (file && !s.shmem && s.shared && s.maywrite), "facts %#x", n);
		if (class == AVOW_SRC_FILE_EXEC)
			expect(s.exec && !s.written && !(s.shared && s.maywrite), "facts %#x", n);
		if (class == AVOW_SRC_FILE_NOEXEC)
			expect(!s.exec && !s.written && !(s.shared && s.maywrite), "facts %#x", n);
	}
	assert_int_equal(seen, 0xff);
}

/* A class, a source and a history survive in the word whatever else is set. */
static void the_word_keeps_its_fields(void **state)
{
	static const u32 ids[] = { 0, 1, 0x80000000, 0xffffffff };
	struct model m;
	unsigned int n, class, id;

	(void)state;
	for_each_model(n, m)
		for (class = 0; class < 8; class++)
			for (id = 0; id < 4; id++) {
				avow_slot slot = slot_with_source(model_slot(&m), class, ids[id]);

				expect(slot_class(slot) == class, "slot %u", n);
				expect(slot_source(slot) == ids[id], "slot %u", n);
				expect(slot >> 63 == 0, "slot %u", n);
				expect(slot_with_source(slot, 0, 0) == model_slot(&m), "slot %u",
				       n);
				if (m.hole)
					continue;
				expect(slot_intent(slot) == m.intent, "slot %u", n);
				expect(slot_epcm(slot) == m.epcm, "slot %u", n);
				expect(slot_type(slot) == m.type, "slot %u", n);
				expect(slot_present(slot) == m.present, "slot %u", n);
				expect(slot_granted(slot) == model_granted(&m), "slot %u", n);
			}
	for (n = 0; n < 8; n++) {
		expect(!(slot_history(n) & SLOT_EVER_W) == !(n & 2), "V %u", n);
		expect(!(slot_history(n) & SLOT_EVER_X) == !(n & 4), "V %u", n);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_declaration),
		cmocka_unit_test(wellformed),
		cmocka_unit_test(every_contract),
		cmocka_unit_test(every_source),
		cmocka_unit_test(classes_promise),
		cmocka_unit_test(the_word_keeps_its_fields),
	};

	return cmocka_run_group_tests_name("declare", tests, NULL, NULL);
}
