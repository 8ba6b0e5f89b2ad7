// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Argument checks: args.c and the range rules of bound.c against tests/model.
 *
 * Numbers are too many; how they stand to each other is not. Each range is taken from a
 * small enclave, in pages and between them, on all sides of its end, and at the ends of what
 * 64 bits hold, where sums overflow; in all combinations with the other fields. Every
 * range is judged once more page by page (all_inside()).
 */
#include "whole.h"
#include "../model/model.h"

#define REACH	10	/* pages from the beginning on */
#define ARRAY(a)	(sizeof(a) / sizeof((a)[0]))

static const u64 far[] = { 1ULL << 31, 1ULL << 32, 1ULL << 47, 1ULL << 63, -8192ULL, -4096ULL, -4095ULL, -1ULL };

#define EDGES	(REACH * 3 + 8)

/* 0, 1, 4095; 4096, 4097, 8191; ... and what is far. */
static u64 edge(u32 n)
{
	static const u64 within[] = { 0, 1, 4095 };

	return n < REACH * 3 ? n / 3 * 4096ULL + within[n % 3] : far[n - REACH * 3];
}

/* Not created; created with 2, 4, 8 pages; the same initialised. */
enum { CREATED = 1, INITIALIZED = 4, STATES = 7 };

static const u64 base = 0x7f0000000000ULL;

static void state_nth(u32 n, struct avow_encl_facts *facts, struct m_model *m)
{
	u64 size = n ? 4096ULL << ((n - 1) % 3 + 1) : 0;

	*facts = (struct avow_encl_facts){ .base = n ? base : 0, .size = size, .created = n,
					   .initialized = n >= INITIALIZED };
	m->size = size;
	m->created = n;
	m->initialized = n >= INITIALIZED;
}

static struct m_model model;

static void expect_verdict(u32 got, u32 want, const char *what, u64 a, u64 b, u64 c)
{
	if (got != want)
		fail_msg("%s %#llx %#llx %#llx: %#x, and not %#x", what, a, b, c, got, want);
	compared++;
}

/* The verdict of a call of the model: 0 where it came to its first page, of which it says `page`. */
static u32 of_args(struct m_outcome out, u32 page)
{
	return out.err && out.rule != page ? out.rule << 12 | (u32)out.err : 0;
}

/* Page by page, as one would look at an array; size and arguments are small or far off. */
static bool all_inside(u64 size, u64 offset, u64 length)
{
	u64 at;

	if (offset & 4095 || length & 4095 || !length)
		return false;
	for (at = 0; at != length; at += 4096)
		if (offset + at < offset || offset + at >= size)
			return false;
	return true;
}

static void ranges(void **state)
{
	static const u32 rules[] = { 2203, 2402, 2502, 2601, 2902 };
	struct avow_encl_facts facts;
	u32 s, o, l, r;

	(void)state;
	for (s = 0; s < STATES; s++) {
		state_nth(s, &facts, &model);
		for (o = 0; o < EDGES; o++)
			for (l = 0; l < EDGES; l++)
				for (r = 0; r < 5; r++) {
					bool good = m_range_ok(facts.size, edge(o), edge(l));

					assert_int_equal(good, all_inside(facts.size, edge(o), edge(l)));
					expect_verdict(avow_args_range(&facts, edge(o), edge(l), rules[r]),
						       good ? 0 : rules[r] << 12 | EINVAL, "range", s, edge(o), edge(l));
				}
	}
	whole_domain("avow_args_range", STATES * EDGES * EDGES * 5);
}

static void states(void **state)
{
	static const u32 sgx2[] = { 2401, 2501, 2601 };
	struct avow_encl_facts facts;
	struct m_outcome out;
	u32 s, r;

	(void)state;
	for (s = 0; s < STATES; s++) {
		state_nth(s, &facts, &model);
		expect_verdict(avow_args_create_state(&facts), s ? 2101 << 12 | EINVAL : 0, "CREATE", s, 0, 0);
		out = m_add(&model, &(struct m_add){ .src = 1 }, NULL);
		expect_verdict(avow_args_add_state(&facts), of_args(out, 2202), "ADD_PAGES", s, 0, 0);
		expect_verdict(avow_args_init_state(&facts), of_args(m_init(&model, SIG_VENDOR), 2303), "INIT", s,
			       0, 0);
		for (r = 0; r < 3; r++)
			expect_verdict(avow_args_sgx2_state(&facts, sgx2[r]), s >= INITIALIZED ? 0 : sgx2[r] << 12 | EINVAL,
				       "SGX2", s, r, 0);
	}
	for (s = 0; s < 4; s++)
		expect_verdict(avow_args_load(s & 1, s & 2), verdict_of(m_load(s & 1, s & 2)), "load", s, 0, 0);
	whole_domain("avow_args_*_state, avow_args_load", STATES * 6 + 4);
}

/* Every range, in the states from one to before another. */
typedef void with_range(const struct avow_encl_facts *facts, u64 offset, u64 length);

static void each_range(u32 from, u32 states_end, with_range *fn)
{
	struct avow_encl_facts facts;
	u32 s, o, l;

	for (s = from; s < states_end; s++)
		for (o = 0; o < EDGES; o++)
			for (l = 0; l < EDGES; l++) {
				state_nth(s, &facts, &model);
				fn(&facts, edge(o), edge(l));
			}
}

/* MEASURE, INTENT, its R, W and X; one bit more. */
static const u64 strange[] = { 0, 1ULL << 1, 1ULL << 31, 1ULL << 36, 1ULL << 63 };
static const u64 src[] = { 0, 1, 4095, 4096, 0x7fff00000800, -4096ULL, -1ULL };

static void add_pages(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	struct sgx_enclave_add_pages arg = { .offset = offset, .length = length };
	struct m_add add = { .range = { .offset = offset, .length = length } };
	u32 i, flags, more;

	for (i = 0; i < ARRAY(src); i++)
		for (flags = 0; flags < 32; flags++)
			for (more = 0; more < 5; more++) {
				struct m_outcome out;

				add.src = arg.src = src[i];
				add.flags = arg.flags = (flags & 1) | (u64)(flags >> 1) << 32 | strange[more];
				/* What comes next is SECINFO, and cannot be read here. */
				out = m_add(&model, &add, NULL);
				expect_verdict(avow_args_add(facts, &arg), of_args(out, 0), "ADD_PAGES", offset,
					       length, arg.flags);
			}
}

static void adding(void **state)
{
	(void)state;
	/* Its state is asked for before. */
	each_range(CREATED, INITIALIZED, add_pages);
	whole_domain("avow_args_add", 3 * EDGES * EDGES * 7 * 32 * 5);
}

static const u64 outs[] = { 0, 1, 1ULL << 63 };

/* All small numbers, and each bit alone. */
#define NUMBERS	(16 + 60)
static u64 number(u32 n)
{
	return n < 16 ? n : 1ULL << (n - 16 + 4);
}

static void restrict_permissions(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	struct m_range range = { .offset = offset, .length = length };
	u32 n, rest;

	for (n = 0; n < NUMBERS; n++)
		for (rest = 0; rest < 9; rest++) {
			struct sgx_enclave_restrict_permissions arg = {
				.offset = offset, .length = length, .permissions = number(n),
				.result = outs[rest % 3], .count = outs[rest / 3],
			};

			range.result = arg.result;
			range.count = arg.count;
			expect_verdict(avow_args_restrict(facts, &arg),
				       of_args(m_restrict_range(&model, &range, number(n)), 2405), "RESTRICT",
				       offset, length, number(n));
		}
}

static void modify_types(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	struct m_range range = { .offset = offset, .length = length };
	u32 n, rest;

	for (n = 0; n < NUMBERS + 2; n++)
		for (rest = 0; rest < 9; rest++) {
			/* TCS and TRIM with a bit beyond a byte are none. */
			u64 type = n < NUMBERS ? number(n) : 0x100 | (n == NUMBERS ? M_TCS : M_TRIM);
			struct sgx_enclave_modify_types arg = {
				.offset = offset, .length = length, .page_type = type,
				.result = outs[rest % 3], .count = outs[rest / 3],
			};

			range.result = arg.result;
			range.count = arg.count;
			expect_verdict(avow_args_modify_types(facts, &arg),
				       of_args(m_modify_range(&model, &range, type), 2504), "MODIFY_TYPES", offset,
				       length, type);
		}
}

static void remove_pages(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	struct m_range range = { .offset = offset, .length = length };
	u32 i;

	for (i = 0; i < 3; i++) {
		struct sgx_enclave_remove_pages arg = { .offset = offset, .length = length, .count = outs[i] };

		range.count = outs[i];
		expect_verdict(avow_args_remove(facts, &arg), of_args(m_remove_range(&model, &range), 2602),
			       "REMOVE", offset, length, outs[i]);
	}
}

static void sgx2(void **state)
{
	(void)state;
	each_range(INITIALIZED, STATES, restrict_permissions);
	whole_domain("avow_args_restrict", 3 * EDGES * EDGES * NUMBERS * 9);
	each_range(INITIALIZED, STATES, modify_types);
	whole_domain("avow_args_modify_types", 3 * EDGES * EDGES * (NUMBERS + 2) * 9);
	each_range(INITIALIZED, STATES, remove_pages);
	whole_domain("avow_args_remove", 3 * EDGES * EDGES * 3);
}

/* Of 32 bits. */
#define NUMBERS32	(16 + 28)
static const u32 reserved[] = { 0, 1, 1U << 31 };

static void declare(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	u32 n, i;

	for (n = 0; n < NUMBERS32; n++)
		for (i = 0; i < 3; i++) {
			struct avow_declare_dynamic arg = { .offset = offset, .length = length,
							    .intent = (u32)number(n), .reserved = reserved[i] };
			struct m_range range = { .offset = offset, .length = length, .reserved = reserved[i] };

			expect_verdict(avow_args_declare(facts, &arg),
				       of_args(m_declare_range(&model, &range, arg.intent), 0), "DECLARE", offset,
				       length, number(n));
			memset(model.slots, 0, sizeof(model.slots[0]) * 8);
		}
}

static void lower(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	u32 n, rest;

	for (n = 0; n < NUMBERS32; n++)
		for (rest = 0; rest < 9; rest++) {
			struct avow_lower_intent arg = {
				.offset = offset, .length = length, .intent = (u32)number(n),
				.reserved = reserved[rest % 3], .count = outs[rest / 3],
			};
			struct m_range range = { .offset = offset, .length = length, .count = arg.count,
						 .reserved = arg.reserved };
			struct m_outcome out = m_lower_range(&model, &range, arg.intent);

			/* A hole has no intent: that is of the slots, and another errno. */
			expect_verdict(avow_args_lower(facts, &arg), of_args(out, out.err == EFAULT ? 205 : 0),
				       "LOWER", offset, length, number(n));
		}
}

static void list(const struct avow_encl_facts *facts, u64 offset, u64 length)
{
	static const u32 capacities[] = { 0, 1, 2, 0x80000000, 0xffffffff };
	u32 i, n;

	for (n = 0; n < 5; n++)
		for (i = 0; i < 3; i++) {
			struct avow_list arg = { .offset = offset, .length = length, .nr = capacities[n],
						 .reserved = reserved[i] };

			expect_verdict(avow_args_list(facts, &arg),
				       verdict_of(m_list_args(model.created, model.size, offset, length,
							      capacities[n], reserved[i])),
				       "LIST", offset, length, capacities[n]);
		}
}

static void own(void **state)
{
	u32 i, n;

	(void)state;
	each_range(0, STATES, declare);
	whole_domain("avow_args_declare", STATES * EDGES * EDGES * NUMBERS32 * 3);
	each_range(0, STATES, lower);
	whole_domain("avow_args_lower", STATES * EDGES * EDGES * NUMBERS32 * 9);
	each_range(0, STATES, list);
	whole_domain("avow_args_list", STATES * EDGES * EDGES * 5 * 3);
	for (i = 0; i <= 32; i++) {
		u32 bit = i ? 1U << (i - 1) : 0;

		expect_verdict(avow_args_source(&(struct avow_source){ .reserved = bit }),
			       verdict_of(m_read_args(1, bit)), "SOURCE", bit, 0, 0);
		for (n = 0; n <= 32; n++) {
			struct avow_refusals arg = { .reserved = bit, .nr = n ? 1U << (n - 1) : 0 };

			expect_verdict(avow_args_refusals(&arg), verdict_of(m_read_args(arg.nr, bit)), "REFUSALS",
				       bit, n, 0);
		}
	}
	whole_domain("avow_args_source, avow_args_refusals", 33 + 33 * 33);
}

/* ---- R11.2, R12 ---- */

/* Is each page of the mapping one of the enclave's? Backwards there is no mapping. */
static bool mapping_inside(u64 encl, u64 size, u64 start, u64 end)
{
	u64 at;

	if (end < start)
		return false;
	for (at = start; at < end; at += 4096)
		if (at < encl || at - encl >= size)
			return false;
	/* An empty one lies where it begins. */
	return start != end || (start >= encl && start - encl <= size);
}

static void map_ranges(void **state)
{
	static const u64 bases[] = { 0, 0x4000, 0x7ffffffe0000ULL };
	u32 b, size, start, end, rest;

	(void)state;
	for (b = 0; b < 3; b++)
		for (size = 2; size <= 4; size *= 2)
			for (start = 0; start < 16; start++)
				for (end = 0; end < 16; end++)
					for (rest = 0; rest < 4; rest++) {
						u64 from = bases[b] ? bases[b] - 0x4000 : 0;
						struct avow_bound_range r = {
							.base = bases[b], .size = size * 4096ULL,
							.start = from + start * 4096ULL, .end = from + end * 4096ULL,
							.initialized = rest & 1, .read_implies_exec = rest & 2,
						};
						u32 want = 0;

						if (rest & 2)
							want = 1200 << 12 | EACCES;
						else if ((rest & 1) && !mapping_inside(r.base, r.size, r.start, r.end))
							want = 1102 << 12 | EACCES;
						expect_verdict(avow_bound_range(&r), want, "mapping", r.base, r.start,
							       r.end);
					}
	whole_domain("avow_bound_range", 3 * 2 * 16 * 16 * 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ranges, whole_begin),
		cmocka_unit_test_setup(states, whole_begin),
		cmocka_unit_test_setup(adding, whole_begin),
		cmocka_unit_test_setup(sgx2, whole_begin),
		cmocka_unit_test_setup(own, whole_begin),
		cmocka_unit_test_setup(map_ranges, whole_begin),
	};

	return cmocka_run_group_tests_name("whole_args", tests, NULL, NULL);
}
