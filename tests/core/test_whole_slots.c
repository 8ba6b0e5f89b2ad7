// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Every decision about a slot, for every slot there can be a word of: intent.c, bound.c,
 * epcm.c and source.c against tests/model.
 *
 * What is compared is the verdict with its rule, or what a leaf answers, and the word afterwards.
 */
#include <stdlib.h>

#include "whole.h"

/* The word afterwards: the model's slot, and its source or none. */
static void expect_word(u64 got, const struct m_slot *want, u32 source, u32 n)
{
	u64 word = word_of(want, source);

	if (got != word)
		fail_msg("slot %#x: became %#llx, and not %#llx", n, got, word);
}

static void expect_same(u32 got, u32 want, u32 n, const char *what, u32 a, u32 b)
{
	if (got != want)
		fail_msg("slot %#x, %s %#x %#x: %#x, and not %#x", n, what, a, b, got, want);
	compared++;
}

/* ---- bound.c ---- */

static void mappings(void **state)
{
	struct m_slot s;
	u32 n, prot, strict;

	(void)state;
	for_each_slot(n, s)
		for (prot = 0; prot < 8; prot++)
			for (strict = 0; strict < 2; strict++) {
				u64 word = word_of(&s, 0);

				expect_same(avow_bound_map(word, prot, strict, AVOW_OP_MMAP),
					    verdict_of(m_map_slot(strict, &s, M_MMAP, prot)), n,
					    "mmap", prot, strict);
				expect_same(avow_bound_map(word, prot, strict, AVOW_OP_MPROTECT),
					    verdict_of(m_map_slot(strict, &s, M_MPROTECT, prot)), n,
					    "mprotect", prot, strict);
			}
	/* What a protection has beyond R/W/X: one bit each. */
	for (n = 3; n < 32; n++)
		for (prot = 0; prot < 8; prot++) {
			s = slot_nth(1);
			expect_same(avow_bound_map(word_of(&s, 0), prot | 1U << n, true, AVOW_OP_MMAP),
				    verdict_of(m_map_slot(M_STRICT, &s, M_MMAP, prot)), 1, "mmap", prot, n);
		}
	whole_domain("avow_bound_map", SLOTS * 8ULL * 2 * 2 + 29 * 8);
}

/* What an access that Linux lets through comes to, and the rule. */
static enum avow_access access_of(const struct avow_access_ask *ask, const struct m_slot *s,
				  u32 *rule)
{
	enum m_access how;

	*rule = 1001;
	if (s->has_intent && (ask->mapping & ~s->intent))
		return AVOW_ACCESS_SIGBUS;
	if (!s->present) {
		if (!ask->initialized)
			return AVOW_ACCESS_SIGBUS;
		*rule = m_augmentable(ask->strict, s) ? 0 : 302;
		return *rule ? AVOW_ACCESS_SIGBUS : AVOW_ACCESS_EAUG;
	}
	how = m_access(s, ask->mapping, ask->access, true, rule);
	return how == M_WORKS ? AVOW_ACCESS_MAP : how == M_BUS ? AVOW_ACCESS_SIGBUS : AVOW_ACCESS_EPCM;
}

static void one_access(const struct m_slot *s, u32 n, u32 v, u32 access)
{
	struct avow_access_ask ask = { .slot = word_of(s, 0), .mapping = v, .access = access };
	u32 rest, rule;

	for (rest = 0; rest < 4; rest++) {
		avow_verdict verdict = 12345;

		ask.strict = rest & 1;
		ask.initialized = rest & 2;
		expect_same(avow_bound_access(&ask, &verdict), access_of(&ask, s, &rule), n, "access",
			    v, access | rest << 4);
		if (verdict != (rule ? rule << 12 | EFAULT : 0))
			fail_msg("slot %#x, V %u, access %u: verdict %#x", n, v, access, verdict);
	}
}

static void accesses(void **state)
{
	struct m_slot s;
	u32 n, v, access;

	(void)state;
	for_each_slot(n, s)
		for (v = 1; v < 8; v++)
			for (access = 1; access < 8; access <<= 1)
				if (access & v)
					one_access(&s, n, v, access);
	/* A right of a mapping that has it: 12 of them. */
	whole_domain("avow_bound_access", SLOTS * 12ULL * 4);
}

static void entries(void **state)
{
	struct m_slot s;
	u32 n, v;

	(void)state;
	for_each_slot(n, s)
		for (v = 0; v < 8; v++)
			expect_same(avow_bound_pte(word_of(&s, 0), v),
				    v & m_granted(&s) & (s.has_intent ? s.intent : 0), n, "V", v, 0);
	whole_domain("avow_bound_pte", SLOTS * 8ULL);
}

/* No slot has what belongs to a page without the page (lives). */
static bool can_be(const struct m_slot *s)
{
	return s->present || !(s->epcm || s->type || s->pending || s->modified || s->pr ||
			       s->ever_w || s->ever_x);
}

/* The tests by which runs are passed over: as the rule for each slot. */
static void passing(void **state)
{
	struct slot_test test;
	struct m_slot s;
	u32 n, v, strict, skipped = 0;

	(void)state;
	for_each_slot(n, s)
		for (v = 0; v < 8; v++) {
			for (strict = 0; strict < 2; strict++) {
				avow_bound_map_test(v, strict, &test);
				expect_same(slot_passes(word_of(&s, 0), &test),
					    !m_map_slot(strict, &s, M_MMAP, v).err, n, "map test", v,
					    strict);
			}
			if (!can_be(&s)) {
				skipped++;
				continue;
			}
			avow_bound_granted_test(v, &test);
			expect_same(slot_passes(word_of(&s, 0), &test),
				    !s.present || !(v & ~m_granted(&s)), n, "granted test", v, 0);
		}
	whole_domain("avow_bound_map_test, avow_bound_granted_test", SLOTS * 8ULL * 3 - skipped);
}

/* R10.5: what a first access would map as it is, and remember nothing by. */
static void along(void **state)
{
	struct m_slot s;
	u32 n, v;

	(void)state;
	for_each_slot(n, s)
		for (v = 1; v < 8; v++) {
			bool whole = s.present && !(v & ~m_granted(&s)) && !(v & ~s.intent);
			bool told = (s.ever_w || !(v & AVOW_W)) && (s.ever_x || !(v & AVOW_X));

			expect_same(avow_bound_along(word_of(&s, 0), v), whole && told, n, "V", v, 0);
		}
	whole_domain("avow_bound_along", SLOTS * 7ULL);
}

static void debugging(void **state)
{
	struct m_slot s;
	u32 n, rest;

	(void)state;
	for_each_slot(n, s)
		for (rest = 0; rest < 8; rest++)
			expect_same(avow_bound_debug(word_of(&s, 0), rest & 1, rest & 2, rest & 4),
				    verdict_of(m_debug_slot(!!(rest & 4), &s, rest & 1, rest & 2)), n,
				    "debug", rest, 0);
	whole_domain("avow_bound_debug", SLOTS * 8ULL);
}

/* ---- intent.c ---- */

static void lowering(void **state)
{
	struct m_slot s, after;
	u32 n, intent, i;

	(void)state;
	for_each_slot(n, s)
		for (intent = 0; intent < 8; intent++) {
			expect_same(avow_intent_may_lower(word_of(&s, 0), intent),
				    verdict_of(m_lower_slot(&s, intent)), n, "intent", intent, 0);
			for (i = 0; i < 2 && s.has_intent; i++) {
				s.source_class = whole_sources[i].class;
				after = s;
				m_lower(&after, intent);
				after.explicit = true;		/* R2.6 */
				expect_word(avow_intent_lower(word_of(&s, whole_sources[i].id), intent),
					    &after, whole_sources[i].id, n);
				compared++;
			}
			s.source_class = 0;
		}
	whole_domain("avow_intent_may_lower, avow_intent_lower", SLOTS * 8ULL + (SLOTS - 1) * 8ULL * 2);
}

static void adding(void **state)
{
	struct m_slot s;
	u32 n;

	(void)state;
	for_each_slot(n, s) {
		expect_same(avow_intent_may_add(word_of(&s, 0)), verdict_of(m_add_slot(&s)), n, "add", 0, 0);
		expect_same(avow_intent_may_declare(word_of(&s, 0)), verdict_of(m_declare_slot(&s)), n,
			    "declare", 0, 0);
	}
	for (n = 0; n < 8; n++) {
		s = (struct m_slot){ .has_intent = true, .intent = (u8)n, .explicit = true, .declared = true };
		expect_word(avow_intent_declare(n), &s, 0, n);
		compared++;
	}
	whole_domain("avow_intent_may_add, avow_intent_may_declare, avow_intent_declare", SLOTS * 2ULL + 8);
}

static void removal(void **state)
{
	struct m_slot s, after;
	u32 n, strict, i;

	(void)state;
	for_each_slot(n, s) {
		expect_same(avow_epcm_may_remove(word_of(&s, 0)), verdict_of(m_remove_slot(&s)), n, "remove",
			    0, 0);
		for (strict = 0; strict < 2 && s.has_intent; strict++)
			for (i = 0; i < 2; i++) {
				s.source_class = whole_sources[i].class;
				after = s;
				m_after_removal((int)strict, &after);
				expect_word(avow_intent_after_removal(word_of(&s, whole_sources[i].id), strict),
					    &after, 0, n);
				compared++;
			}
	}
	assert_int_equal(avow_intent_after_removal(0, false) | avow_intent_after_removal(0, true), 0);
	whole_domain("avow_epcm_may_remove, avow_intent_after_removal", SLOTS + (SLOTS - 1) * 4ULL);
}

/* A bit that nobody knows, or all of them, or none: the number is that of ADD_PAGES' known bits. */
static u64 unknown_flags(u32 n)
{
	static const u64 known = 1 | 15ULL << 32;
	u32 bit;

	if (n == 0)
		return 0;
	if (n == 60)
		return ~known;
	for (bit = 0; n; bit++)
		if (!(known >> bit & 1))
			n--;
	return 1ULL << (bit - 1);
}

static u64 known_flags(u32 n)
{
	return (n & 1) | (u64)(n >> 1) << 32;
}

static void declarations(void **state)
{
	u32 unknown, known, kind;

	(void)state;
	for (unknown = 0; unknown <= 60; unknown++)
		for (known = 0; known < 32; known++)
			/* A TCS; a REG page of each R/W/X. */
			for (kind = 0; kind < 9; kind++) {
				u64 flags = unknown_flags(unknown) | known_flags(known);
				u64 secinfo = kind == 8 ? M_TCS << 8 : M_REG << 8 | kind;
				struct m_verdict want = m_add_flags(flags);
				bool is_explicit = false;
				u32 intent = 99;

				if (!want.err && kind == 8)
					want = m_add_secinfo(secinfo, false, flags);
				expect_same(avow_intent_declared(flags, secinfo, &intent, &is_explicit),
					    verdict_of(want), kind, "flags", unknown, known);
				expect(want.err || (intent == m_declared_intent(secinfo, flags) &&
						    is_explicit == (flags >> 32 & 1)), "flags %#llx", flags);
			}
	whole_domain("avow_intent_declared", 61 * 32 * 9);
}

static void shapes(void **state)
{
	u32 n, bit;

	(void)state;
	for (n = 0; n < 1U << 16; n++)
		expect_same(avow_rights_wellformed(n), m_intent_ok(n), n, "intent", 0, 0);
	for (bit = 16; bit < 64; bit++)
		for (n = 0; n < 8; n++)
			expect_same(avow_rights_wellformed(1ULL << bit | n), false, n, "bit", bit, 0);
	whole_domain("avow_rights_wellformed", (1 << 16) + 48 * 8);
}

static void contracts(void **state)
{
	static const u32 numbers[] = { 0, 1, 2, 3, 0x100, 0x10000, 0x80000000, 0x80000001, 0xffffffff };
	u32 wanted, reserved, rest;

	(void)state;
	for (wanted = 0; wanted < 9; wanted++)
		for (reserved = 0; reserved < 9; reserved++)
			for (rest = 0; rest < 4; rest++)
				expect_same(avow_contract_may_set(numbers[wanted], numbers[reserved], rest & 1,
								  rest & 2),
					    verdict_of(m_contract_choice(numbers[wanted], numbers[reserved],
									 rest & 1, rest & 2)),
					    rest, "contract", wanted, reserved);
	whole_domain("avow_contract_may_set", 9 * 9 * 4);
}

/* ---- source.c ---- */

static void sources(void **state)
{
	u32 n, intent, strict;

	(void)state;
	for (n = 0; n < 1024; n++) {
		const struct avow_source_facts facts = {
			.contains = n & 1, .readable = n & 2, .special = n & 4, .mayexec = n & 8,
			.exec = n & 16, .file = n & 32, .shmem = n & 64, .shared = n & 128,
			.maywrite = n & 256, .written = n & 512,
		};
		const struct m_source source = {
			.mapped = n & 1, .readable = n & 2, .device = n & 4, .may_exec = n & 8,
			.executable = n & 16, .file = n & 32, .nameless = n & 64, .shared = n & 128,
			.may_write = n & 256, .written = n & 512,
		};

		for (intent = 0; intent < 8; intent++)
			for (strict = 0; strict < 2; strict++)
				expect_same(avow_source_check(&facts, intent, strict),
					    verdict_of(m_source((int)strict, intent, &source)), n, "source",
					    intent, strict);
		expect_same(avow_source_class(&facts), m_source_class(&source), n, "class", 0, 0);
	}
	whole_domain("avow_source_check, avow_source_class", 1024 * 17);
}

/* ---- epcm.c: the host's half ---- */

static void added(void **state)
{
	u32 kind, rest;

	(void)state;
	for (kind = 0; kind < 9; kind++)
		for (rest = 0; rest < 64; rest++) {
			/* MEASURE; INTENT; R, W, X of it. */
			u64 secinfo = kind == 8 ? M_TCS << 8 : M_REG << 8 | kind;
			u64 flags = known_flags(rest & 31);
			struct m_slot want = m_added(secinfo, flags);

			/* Whatever the intent is, and not only what can be declared. */
			if (rest & 32)
				want.intent = (u8)(rest >> 2 & 7);
			expect_word(avow_epcm_eadd(secinfo, want.intent, rest & 2, rest & 1), &want, 0, rest);
			compared++;
		}
	whole_domain("avow_epcm_eadd", 9 * 64);
}

/* EAUG's domain: slots without a page, and nothing of one left (lives shows that there are no others). */
static void augmented(void **state)
{
	u32 intent, flags;
	struct m_slot s = { 0 };
	u64 got = avow_epcm_eaug(0);

	(void)state;
	m_augment(&s);
	expect_word(got, &s, 0, SLOTS - 1);
	compared++;
	for (intent = 0; intent < 8; intent++)
		for (flags = 0; flags < 16; flags++) {
			s = (struct m_slot){
				.has_intent = true, .intent = (u8)intent, .declared = flags & 1,
				.explicit = flags & 2, .lowered = flags & 4, .kept = flags & 8,
			};
			got = avow_epcm_eaug(word_of(&s, 0));
			m_augment(&s);
			expect_word(got, &s, 0, intent | flags << 16);
			compared++;
		}
	whole_domain("avow_epcm_eaug", 1 + 8 * 16);
}

static struct m_verdict model_restrict(struct m_slot *s, u32 rights, __u64 *result)
{
	struct m_verdict verdict = m_restrict_slot(s, result);

	if (!verdict.err)
		m_restrict(s, rights);
	return verdict;
}

static struct m_verdict model_modify(struct m_slot *s, u32 type, __u64 *result)
{
	struct m_verdict verdict = m_modify_slot(s, type, result);

	if (!verdict.err)
		m_modify(s, type);
	return verdict;
}

/* What both make of a slot with an operand, for each kind of source. */
static void one_change(avow_verdict (*core)(avow_slot *slot, u32 operand, u64 *result),
		       struct m_verdict (*model)(struct m_slot *s, u32 operand, __u64 *result),
		       const struct m_slot *before, u32 n, const char *what, u32 operand)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		struct m_slot s = *before;
		__u64 want_result = 0;
		u64 word, result = 99;
		struct m_verdict want;

		s.source_class = whole_sources[i].class;
		word = word_of(&s, whole_sources[i].id);
		want = model(&s, operand, &want_result);
		expect_same(core(&word, operand, &result), verdict_of(want), n, what, operand, i);
		expect(result == want_result, "slot %#x: result %llu", n, result);
		expect_word(word, &s, whole_sources[i].id, n);
	}
}

static void restricting(void **state)
{
	struct m_slot s;
	u32 n, rights;

	(void)state;
	for_each_slot(n, s)
		for (rights = 0; rights < 8; rights++)
			one_change(avow_epcm_emodpr, model_restrict, &s, n, "rights", rights);
	whole_domain("avow_epcm_emodpr", SLOTS * 8ULL * 2);
}

static void modifying(void **state)
{
	static const u32 types[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 0x81, 0xff };
	struct m_slot s;
	u32 n, t;

	(void)state;
	for_each_slot(n, s)
		for (t = 0; t < 11; t++)
			one_change(avow_epcm_emodt, model_modify, &s, n, "type", types[t]);
	whole_domain("avow_epcm_emodt", SLOTS * 11ULL * 2);
}

/* ---- epcm.c: the enclave's half ---- */

/* What the model says of a leaf, as core/ says it. */
static enum avow_epcm_result result_of(enum m_leaf leaf)
{
	switch (leaf) {
	case M_DONE:
		return AVOW_EPCM_OK;
	case M_GP:
		return AVOW_EPCM_GP;
	case M_PF:
		return AVOW_EPCM_PF;
	default:
		return AVOW_EPCM_CODE;
	}
}

/* R34: the operand first, then whether there is a page. */
static enum m_leaf model_leaf(u32 leaf, struct m_slot *s, const struct m_slot *from, u64 secinfo)
{
	if (leaf == 5 ? !m_eaccept_secinfo(secinfo) : leaf == 6 ? !m_emodpe_secinfo(secinfo) :
	    !m_eacceptcopy_secinfo(secinfo))
		return M_GP;
	if (!s->present)
		return M_PF;
	return leaf == 5 ? m_eaccept(s, secinfo) : leaf == 6 ? m_emodpe(s, secinfo) :
	       m_eacceptcopy(s, from, secinfo);
}

static const struct m_slot readable = { .has_intent = true, .intent = MR, .present = true, .type = M_REG,
					.epcm = MR };

/* The same of core/. *code is set where the answer is one. */
static enum avow_epcm_result core_leaf(u32 leaf, u64 *word, u64 secinfo, u64 *code)
{
	switch (leaf) {
	case 5:
		return avow_epcm_eaccept(word, secinfo, code);
	case 6:
		return avow_epcm_emodpe(word, secinfo);
	default:
		return avow_epcm_eacceptcopy(word, word_of(&readable, 0), secinfo, code);
	}
}

static void one_leaf(u32 leaf, const struct m_slot *before, u32 n, u64 secinfo)
{
	struct m_slot after = *before;
	u64 word = word_of(before, 0), code = 0;
	enum avow_epcm_result want = result_of(model_leaf(leaf, &after, &readable, secinfo));

	expect_same(core_leaf(leaf, &word, secinfo, &code), want, n, "leaf, SECINFO", leaf, (u32)secinfo);
	expect(code == (want == AVOW_EPCM_CODE ? M_MISMATCH : 0), "slot %#x: code %llu", n, code);
	expect_word(word, &after, 0, n);
}

/* The word's number with these of EPCM, type, PRESENT, PENDING, MODIFIED, PR, and intent RW. */
static u32 page_number(u32 n)
{
	return 3 | n << 3;
}

/*
 * What a leaf looks at is EPCM, type and state, and SECINFO.FLAGS: all of both, FLAGS' bits
 * from 16 on one by one. That it does not look at the rest of a word is in leaves_on_all().
 */
static void leaves(void **state)
{
	u32 n, flags, bit, leaf;

	(void)state;
	for (leaf = 5; leaf <= 7; leaf++)
		for (n = 0; n < 1024; n++) {
			struct m_slot s = slot_nth(page_number(n));

			/* Reserved bits of the low half are as good as each other: bits 6 and 7. */
			for (flags = 0; flags < 1U << 16; flags++)
				if (!(flags & 0xc0) || n % 64 == 16)
					one_leaf(leaf, &s, n, flags);
			for (bit = 16; bit < 64; bit++)
				one_leaf(leaf, &s, n, 1ULL << bit | 2 << 8 | MR);
		}
	whole_domain("avow_epcm_eaccept, avow_epcm_emodpe, avow_epcm_eacceptcopy: operands",
		     3ULL * (1024 * (1 << 14) + 16 * 3 * (1 << 14) + 1024 * 48));
}

/* An operand that the page matches, and one that it does not. */
static void leaves_on_all(void **state)
{
	struct m_slot s;
	u32 n, leaf;

	(void)state;
	for_each_slot(n, s) {
		u64 same = (u64)s.type << 8 | s.epcm | s.pending << 3 | s.modified << 4;

		for (leaf = 5; leaf <= 7; leaf++) {
			one_leaf(leaf, &s, n, same);
			one_leaf(leaf, &s, n, same ^ MR);
			one_leaf(leaf, &s, n, 2 << 8 | MR | MW | MX);
		}
	}
	whole_domain("avow_epcm_eaccept, avow_epcm_emodpe, avow_epcm_eacceptcopy: slots", SLOTS * 9ULL);
}

/* EACCEPTCOPY: every slot to copy from, to a page as EAUG leaves it and to one that is not. */
static void copying(void **state)
{
	struct m_slot from;
	u32 n, i;

	(void)state;
	for_each_slot(n, from)
		for (i = 0; i < 2; i++) {
			struct m_slot to = slot_nth(7);
			enum avow_epcm_result want;
			u64 word, code = 99;

			to.kept = false;
			m_augment(&to);
			to.pending = !i;
			word = word_of(&to, 0);
			want = result_of(model_leaf(7, &to, &from, 2 << 8 | MR | MX));
			/* The target is looked at first, and here it is no #PF. */
			if (want == AVOW_EPCM_PF)
				want = AVOW_EPCM_PF_SOURCE;
			expect_same(avow_epcm_eacceptcopy(&word, word_of(&from, 0), 2 << 8 | MR | MX, &code), want,
				    n, "copy", i, 0);
			expect_word(word, &to, 0, n);
		}
	whole_domain("avow_epcm_eacceptcopy: sources", SLOTS * 2ULL);
}

/* ---- whole lives ---- */

/*
 * Both are led through every sequence of operations of any length, by closure: from each
 * word that was reached, every operation, and the word of the model must be the word of
 * core/. What is reached has nothing of a page where there is none, which is what the
 * domain of avow_epcm_eaug() takes for granted.
 */
static bool reached[SLOTS];
static u32 waiting[SLOTS], nr_waiting, nr_reached;

static u32 number_of(u64 word)
{
	return word ? (u32)(word & ((1 << 20) - 1)) : SLOTS - 1;
}

static void reach(u64 word, const struct m_slot *s, u32 from)
{
	u32 n = number_of(word);

	expect_word(word, s, 0, from);
	expect(s->present || !(s->epcm | s->type | s->pending | s->modified | s->pr | s->ever_w | s->ever_x |
			       s->measured), "slot %#x", n);
	compared++;
	if (reached[n])
		return;
	reached[n] = true;
	waiting[nr_waiting++] = n;
	nr_reached++;
}

static void life_of_intent(const struct m_slot *s, u32 n, int contract)
{
	struct m_slot after = *s;
	u64 word = word_of(s, 0), result;
	u32 x;

	for (x = 0; x < 8; x++) {
		after = *s;
		if (m_intent_ok(x) && !m_lower_slot(s, x).err) {
			m_lower(&after, x);
			after.explicit = true;
			reach(avow_intent_lower(word, x), &after, n);
		}
		after = *s;
		if (m_intent_ok(x) && !avow_epcm_emodpr(&word, x, &result)) {
			m_restrict(&after, x);
			reach(word, &after, n);
		}
		word = word_of(s, 0);
		after = *s;
		if (!avow_epcm_emodt(&word, x, &result)) {
			m_modify(&after, x);
			reach(word, &after, n);
		}
		word = word_of(s, 0);
		if (s->present && !m_map_slot(contract, s, M_MMAP, x).err) {
			after = *s;
			after.ever_w |= !!(x & MW);
			after.ever_x |= !!(x & MX);
			reach(word | slot_history(x), &after, n);
		}
	}
	after = *s;
	if (!avow_epcm_may_remove(word)) {
		m_after_removal(contract, &after);
		reach(avow_intent_after_removal(word, contract), &after, n);
	}
	after = *s;
	if (m_augmentable(contract, s)) {
		m_augment(&after);
		reach(avow_epcm_eaug(word), &after, n);
	}
}

static void life_of_page(const struct m_slot *s, u32 n)
{
	u32 leaf, flags;
	u64 code;

	for (leaf = 5; leaf <= 7; leaf++)
		for (flags = 0; flags < 64 * 5; flags++) {
			u64 secinfo = (flags & 63) | (u64)(flags >> 6) << 8, word = word_of(s, 0);
			struct m_slot after = *s;

			core_leaf(leaf, &word, secinfo, &code);
			model_leaf(leaf, &after, &readable, secinfo);
			reach(word, &after, n);
		}
}

/* Every hole, declaration and page that an ioctl can make. */
static void beginnings(void)
{
	u32 known, kind;

	reach(0, &(struct m_slot){ 0 }, 0);
	for (kind = 0; kind < 8; kind++)
		if (m_intent_ok(kind))
			reach(avow_intent_declare(kind), &(struct m_slot){ .has_intent = true, .intent = (u8)kind,
									   .explicit = true, .declared = true }, kind);
	for (known = 0; known < 32; known++)
		for (kind = 0; kind < 9; kind++) {
			u64 flags = known_flags(known), secinfo = kind == 8 ? M_TCS << 8 : M_REG << 8 | kind;
			struct m_slot s = m_added(secinfo, flags);

			if (m_add_flags(flags).err || m_add_secinfo(secinfo, false, flags).err)
				continue;
			reach(avow_epcm_eadd(secinfo, s.intent, s.explicit, s.measured), &s, kind);
		}
}

static void live(int contract, u32 slots, u64 steps)
{
	memset(reached, 0, sizeof(reached));
	nr_waiting = nr_reached = 0;
	beginnings();
	while (nr_waiting) {
		u32 n = waiting[--nr_waiting];
		struct m_slot s = slot_nth(n);

		life_of_intent(&s, n, contract);
		life_of_page(&s, n);
	}
	assert_int_equal(nr_reached, slots);
	whole_domain(contract ? "steps of lives in strict" : "steps of lives in compat", steps);
}

static void lives(void **state)
{
	(void)state;
	live(M_COMPAT, 1946, 1892569);
	live(M_STRICT, 2110, 2051832);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(mappings, whole_begin),
		cmocka_unit_test_setup(accesses, whole_begin),
		cmocka_unit_test_setup(entries, whole_begin),
		cmocka_unit_test_setup(passing, whole_begin),
		cmocka_unit_test_setup(along, whole_begin),
		cmocka_unit_test_setup(debugging, whole_begin),
		cmocka_unit_test_setup(lowering, whole_begin),
		cmocka_unit_test_setup(adding, whole_begin),
		cmocka_unit_test_setup(removal, whole_begin),
		cmocka_unit_test_setup(declarations, whole_begin),
		cmocka_unit_test_setup(shapes, whole_begin),
		cmocka_unit_test_setup(contracts, whole_begin),
		cmocka_unit_test_setup(sources, whole_begin),
		cmocka_unit_test_setup(added, whole_begin),
		cmocka_unit_test_setup(augmented, whole_begin),
		cmocka_unit_test_setup(restricting, whole_begin),
		cmocka_unit_test_setup(modifying, whole_begin),
		cmocka_unit_test_setup(leaves, whole_begin),
		cmocka_unit_test_setup(leaves_on_all, whole_begin),
		cmocka_unit_test_setup(copying, whole_begin),
		cmocka_unit_test_setup(lives, whole_begin),
	};

	return cmocka_run_group_tests_name("whole_slots", tests, NULL, NULL);
}
