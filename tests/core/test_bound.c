// SPDX-License-Identifier: LGPL-2.1-or-later
/* Properties of the bound rule, over every slot and every question. */
#include "model.h"

static const bool both[] = { false, true };

static void pte_is_within_all_three(void **state)
{
	struct model m;
	unsigned int n, v;

	(void)state;
	for_each_model(n, m)
		for (v = 0; v < 8; v++) {
			u32 pte = avow_bound_pte(model_slot(&m), v);

			expect(subset(pte, m.hole ? 0 : m.intent), "slot %u, V %u", n, v);
			expect(subset(pte, v), "slot %u, V %u", n, v);
			expect(subset(pte, model_granted(&m)), "slot %u, V %u", n, v);
			/* And nothing is withheld. */
			expect(pte == (v & model_granted(&m) & (m.hole ? 0 : m.intent)),
			       "slot %u, V %u", n, v);
		}
}

static enum avow_access expected_access(const struct model *m, const struct avow_access_ask *ask,
					u32 *rule)
{
	bool too_wide = !m->hole && !subset(ask->mapping, m->intent);
	bool no_page = m->hole || !m->present;

	*rule = 0;
	if (too_wide || (no_page && !ask->initialized)) {
		*rule = 1001;
		return AVOW_ACCESS_SIGBUS;
	}
	if (m->hole && ask->strict) {
		*rule = 302;
		return AVOW_ACCESS_SIGBUS;
	}
	if (no_page)
		return AVOW_ACCESS_EAUG;
	if (subset(ask->access, model_granted(m)))
		return AVOW_ACCESS_MAP;
	*rule = 1002;
	return AVOW_ACCESS_EPCM;
}

static void check_access(const struct model *m, unsigned int n, const struct avow_access_ask *ask)
{
	avow_verdict verdict = 12345;
	enum avow_access answer = avow_bound_access(ask, &verdict);
	u32 rule;

	expect(answer == expected_access(m, ask, &rule), "slot %u, V %u, access %u, answer %d", n,
	       ask->mapping, ask->access, answer);
	expect(avow_rule(verdict) == rule, "slot %u, V %u, access %u, rule %u", n, ask->mapping,
	       ask->access, avow_rule(verdict));
	expect(avow_errno(verdict) == (rule ? -EFAULT : 0), "slot %u", n);
	expect((answer == AVOW_ACCESS_MAP) ==
	       (answer != AVOW_ACCESS_SIGBUS && answer != AVOW_ACCESS_EAUG &&
		subset(ask->access, avow_bound_pte(ask->slot, ask->mapping))), "slot %u", n);
}

static void access_is_decided_as_written(void **state)
{
	struct model m;
	unsigned int n, v, bit, s, i;

	(void)state;
	for_each_model(n, m)
		for (v = 1; v < 8; v++)
			for (bit = 1; bit < 8; bit <<= 1)
				for (s = 0; s < 2; s++)
					for (i = 0; i < 2 && (bit & v); i++) {
						struct avow_access_ask ask = {
							.slot = model_slot(&m),
							.mapping = v,
							.access = bit,
							.strict = both[s],
							.initialized = both[i],
						};

						check_access(&m, n, &ask);
					}
}

static void map_is_within_the_intent(void **state)
{
	struct model m;
	unsigned int n, v, s;

	(void)state;
	for_each_model(n, m)
		for (v = 0; v < 8; v++)
			for (s = 0; s < 2; s++) {
				avow_slot slot = model_slot(&m);
				bool ok = !v || (m.hole ? !s : subset(v, m.intent));
				avow_verdict mmap = avow_bound_map(slot, v, s, AVOW_OP_MMAP);
				avow_verdict mprotect = avow_bound_map(slot, v, s,
							       AVOW_OP_MPROTECT);

				expect(!mmap == ok && !mprotect == ok, "slot %u, V %u", n, v);
				if (ok)
					continue;
				expect(avow_errno(mmap) == -EACCES, "slot %u, V %u", n, v);
				expect(avow_errno(mprotect) == -EACCES, "slot %u, V %u", n, v);
				expect(avow_rule(mmap) == (m.hole ? 902 : 801), "slot %u", n);
				expect(avow_rule(mprotect) == (m.hole ? 902 : 802), "slot %u", n);
			}
}

/* What passes a test without being looked at is what the rule itself allows. */
static void tests_are_as_the_rules(void **state)
{
	struct model m;
	unsigned int n, v, s;

	(void)state;
	for_each_model(n, m)
		for (v = 0; v < 8; v++) {
			const avow_slot slot = model_slot(&m);
			struct slot_test test;
			/* No slot has what belongs to a page without the page: test_life. */
			bool is = slot_present(slot) || !(slot & SLOT_OF_PRESENT);

			avow_bound_granted_test(v, &test);
			expect(!is || slot_passes(slot, &test) ==
			       (!slot_present(slot) || !(v & ~slot_granted(slot))),
			       "slot %u, V %u", n, v);
			for (s = 0; s < 2; s++) {
				avow_bound_map_test(v, s, &test);
				expect(slot_passes(slot, &test) ==
				       !avow_bound_map(slot, v, s, AVOW_OP_MMAP), "slot %u, V %u", n, v);
			}
		}
}

/* R10.5: along comes only what a first access would map as it is, and nothing would be asked for. */
static void along_is_as_accessed(void **state)
{
	struct model m;
	unsigned int n, v;

	(void)state;
	for_each_model(n, m)
		for (v = 1; v < 8; v++) {
			const avow_slot slot = model_slot(&m);
			struct avow_access_ask ask = {
				.slot = slot, .mapping = v, .access = v, .initialized = true,
			};
			avow_verdict verdict;
			bool whole = avow_bound_access(&ask, &verdict) == AVOW_ACCESS_MAP;
			bool told = !(v & AVOW_W && !(slot & SLOT_EVER_W)) &&
				    !(v & AVOW_X && !(slot & SLOT_EVER_X));

			expect(avow_bound_along(slot, v) == (whole && told), "slot %u, V %u", n, v);
		}
}

/* The doors agree: what mmap refuses, no access reaches; what it allows, SIGBUS does not stop. */
static void map_and_access_agree(void **state)
{
	struct model m;
	unsigned int n, v, s;

	(void)state;
	for_each_model(n, m)
		for (v = 1; v < 8; v++)
			for (s = 0; s < 2; s++) {
				avow_slot slot = model_slot(&m);
				struct avow_access_ask ask = {
					.slot = slot, .mapping = v, .access = v & -v,
					.strict = s, .initialized = true,
				};
				avow_verdict verdict;
				bool may_map = !avow_bound_map(slot, v, s, AVOW_OP_MMAP);
				bool sigbus = avow_bound_access(&ask, &verdict) ==
					      AVOW_ACCESS_SIGBUS;

				expect(may_map == !sigbus, "slot %u, V %u, strict %u", n, v, s);
			}
}

/* A lower intent lets nothing through that the higher did not. */
static void lowering_is_monotone(void **state)
{
	struct model m;
	unsigned int n, v, lower;

	(void)state;
	for_each_model(n, m)
		for (lower = 0; lower < 8; lower++) {
			avow_slot before = model_slot(&m), after;

			expect(!avow_intent_may_lower(before, lower) ==
			       (!m.hole && subset(lower, m.intent)), "slot %u to %u", n, lower);
			if (avow_intent_may_lower(before, lower))
				continue;
			after = avow_intent_lower(before, lower);
			expect(slot_intent(after) == lower, "slot %u to %u", n, lower);
			expect(after & SLOT_EXPLICIT, "slot %u to %u", n, lower);
			for (v = 0; v < 8; v++) {
				expect(subset(avow_bound_pte(after, v), avow_bound_pte(before, v)),
				       "slot %u to %u, V %u", n, lower, v);
				if (!avow_bound_map(after, v, true, AVOW_OP_MMAP))
					expect(!avow_bound_map(before, v, true, AVOW_OP_MMAP),
					       "slot %u to %u, V %u", n, lower, v);
			}
		}
}

static void check_range(const struct avow_bound_range *r)
{
	bool inside = r->base <= r->start && r->start <= r->end && r->end <= r->base + r->size;
	avow_verdict verdict = avow_bound_range(r);
	u32 rule = 0;

	if (r->read_implies_exec)
		rule = 1200;
	else if (r->initialized && !inside)
		rule = 1102;
	expect(avow_rule(verdict) == rule, "%#llx-%#llx in %#llx+%#llx", r->start, r->end, r->base,
	       r->size);
	expect(avow_errno(verdict) == (rule ? -EACCES : 0), "%#llx-%#llx", r->start, r->end);
}

static void range_around_every_edge(void **state)
{
	static const u64 bases[] = { 0, 0x4000, (1ULL << 47) - 0x4000 };
	unsigned int b, start, end, rest;

	(void)state;
	for (b = 0; b < 3; b++)
		for (start = 0; start < 12; start++)
			for (end = 0; end < 12; end++)
				for (rest = 0; rest < 4; rest++) {
					struct avow_bound_range r = {
						.base = bases[b], .size = 0x4000,
						.start = bases[b] / 2 + start * 0x1000,
						.end = bases[b] + end * 0x1000,
						.initialized = rest & 1,
						.read_implies_exec = rest & 2,
					};

					check_range(&r);
					r.start = bases[b] + start * 0x1000;
					check_range(&r);
				}
}

static void debug_access(void **state)
{
	struct model m;
	unsigned int n, rest;

	(void)state;
	for_each_model(n, m)
		for (rest = 0; rest < 8; rest++) {
			bool debug = rest & 1, write = rest & 2, strict = rest & 4;
			avow_verdict v = avow_bound_debug(model_slot(&m), debug, write, strict);
			u32 rule = 0;
			int err = EFAULT;

			if (!debug || m.hole || !m.present) {
				rule = 1701;
			} else if (m.pending || m.modified) {
				rule = 1701;
				err = EIO;
			} else if (write && strict && !(m.intent & 2)) {
				rule = 1702;
			}
			expect(v == (rule ? AVOW_REFUSE(rule, err) : AVOW_OK), "slot %u, %u", n,
			       rest);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pte_is_within_all_three),
		cmocka_unit_test(access_is_decided_as_written),
		cmocka_unit_test(map_is_within_the_intent),
		cmocka_unit_test(tests_are_as_the_rules),
		cmocka_unit_test(along_is_as_accessed),
		cmocka_unit_test(map_and_access_agree),
		cmocka_unit_test(lowering_is_monotone),
		cmocka_unit_test(range_around_every_edge),
		cmocka_unit_test(debug_access),
	};

	return cmocka_run_group_tests_name("bound", tests, NULL, NULL);
}
