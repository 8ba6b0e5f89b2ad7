/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R21 to R26, R29, R3.3, R2.5, R40.1: ranges, states and arguments of ioctls in core/args.c */
#ifndef AVOW_CASES_ARGS_H
#define AVOW_CASES_ARGS_H

#include "case.h"

/* An enclave of 16 pages. */
#define FRESH		{ 0 }
#define CREATED		{ .base = 0x100000, .size = 0x10000, .created = true }
#define INITIALIZED	{ .base = 0x100000, .size = 0x10000, .created = true, .initialized = true }

/* ---- avow_args_range ---- */

struct args_range_case {
	CASE_HEAD;
	struct avow_encl_facts encl;
	u64 offset, length;
};

CASE_TABLE struct args_range_case args_range_cases[] = {
	{ .name = "first page", .rule = AVOW_RULE(22, 3), .encl = CREATED, .length = 0x1000 },
	{ .name = "last page", .rule = AVOW_RULE(26, 1), .encl = INITIALIZED,
	  .offset = 0xf000, .length = 0x1000 },
	{ .name = "all pages", .rule = AVOW_RULE(29, 2), .encl = CREATED, .length = 0x10000 },
	{ .name = "greatest enclave at address 0", .rule = AVOW_RULE(29, 2),
	  .encl = { .size = 1ULL << 46, .created = true },
	  .offset = 0x1000, .length = (1ULL << 46) - 0x1000 },
	{ .name = "length 0", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED },
	{ .name = "length 0 in the middle", .rule = AVOW_RULE(29, 2), .err = EINVAL,
	  .encl = CREATED, .offset = 0x1000 },
	{ .name = "length 1", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED,
	  .length = 1 },
	{ .name = "length 0xfff", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED,
	  .length = 0xfff },
	{ .name = "length 0x1800", .rule = AVOW_RULE(29, 2), .err = EINVAL, .encl = CREATED,
	  .length = 0x1800 },
	{ .name = "offset 1", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED,
	  .offset = 1, .length = 0x1000 },
	{ .name = "offset 0x800", .rule = AVOW_RULE(24, 2), .err = EINVAL, .encl = INITIALIZED,
	  .offset = 0x800, .length = 0x1000 },
	{ .name = "a page past the end", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED,
	  .length = 0x11000 },
	{ .name = "last page and one more", .rule = AVOW_RULE(25, 2), .err = EINVAL,
	  .encl = INITIALIZED, .offset = 0xf000, .length = 0x2000 },
	{ .name = "offset at the end", .rule = AVOW_RULE(26, 1), .err = EINVAL,
	  .encl = INITIALIZED, .offset = 0x10000, .length = 0x1000 },
	{ .name = "offset past the end", .rule = AVOW_RULE(29, 2), .err = EINVAL, .encl = CREATED,
	  .offset = 0x11000, .length = 0x1000 },
	{ .name = "sum overflows to 0", .rule = AVOW_RULE(22, 3), .err = EINVAL, .encl = CREATED,
	  .offset = 0xfffffffffffff000, .length = 0x1000 },
	{ .name = "sum overflows into the range", .rule = AVOW_RULE(29, 2), .err = EINVAL,
	  .encl = CREATED, .offset = 0x2000, .length = 0xfffffffffffff000 },
	{ .name = "before CREATE", .rule = AVOW_RULE(29, 2), .err = EINVAL, .encl = FRESH,
	  .length = 0x1000 },
};

CASE_FUNCTION void case_args_range(const struct args_range_case *c,
				   struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_args_range(&c->encl, c->offset, c->length, c->rule));
}

/* ---- the states that ioctls want: avow_args_*_state ---- */

enum case_state_of { STATE_CREATE, STATE_ADD, STATE_INIT, STATE_SGX2 };

struct args_state_case {
	CASE_HEAD;
	enum case_state_of of;
	struct avow_encl_facts encl;
};

CASE_TABLE struct args_state_case args_state_cases[] = {
	{ .name = "CREATE", .rule = AVOW_RULE(21, 1), .of = STATE_CREATE, .encl = FRESH },
	{ .name = "CREATE again", .rule = AVOW_RULE(21, 1), .err = EINVAL, .of = STATE_CREATE,
	  .encl = CREATED },
	{ .name = "CREATE after INIT", .rule = AVOW_RULE(21, 1), .err = EINVAL,
	  .of = STATE_CREATE, .encl = INITIALIZED },
	{ .name = "ADD_PAGES", .rule = AVOW_RULE(22, 1), .of = STATE_ADD, .encl = CREATED },
	{ .name = "ADD_PAGES before CREATE", .rule = AVOW_RULE(22, 1), .err = EINVAL,
	  .of = STATE_ADD, .encl = FRESH },
	{ .name = "ADD_PAGES after INIT", .rule = AVOW_RULE(22, 1), .err = EINVAL,
	  .of = STATE_ADD, .encl = INITIALIZED },
	{ .name = "INIT", .rule = AVOW_RULE(23, 1), .of = STATE_INIT, .encl = CREATED },
	{ .name = "INIT before CREATE", .rule = AVOW_RULE(23, 1), .err = EINVAL,
	  .of = STATE_INIT, .encl = FRESH },
	{ .name = "INIT again", .rule = AVOW_RULE(23, 1), .err = EINVAL,
	  .of = STATE_INIT, .encl = INITIALIZED },
	{ .name = "RESTRICT_PERMISSIONS", .rule = AVOW_RULE(24, 1), .of = STATE_SGX2,
	  .encl = INITIALIZED },
	{ .name = "RESTRICT_PERMISSIONS before INIT", .rule = AVOW_RULE(24, 1), .err = EINVAL,
	  .of = STATE_SGX2, .encl = CREATED },
	{ .name = "RESTRICT_PERMISSIONS before CREATE", .rule = AVOW_RULE(24, 1), .err = EINVAL,
	  .of = STATE_SGX2, .encl = FRESH },
	{ .name = "MODIFY_TYPES", .rule = AVOW_RULE(25, 1), .of = STATE_SGX2,
	  .encl = INITIALIZED },
	{ .name = "MODIFY_TYPES before INIT", .rule = AVOW_RULE(25, 1), .err = EINVAL,
	  .of = STATE_SGX2, .encl = CREATED },
	{ .name = "REMOVE_PAGES", .rule = AVOW_RULE(26, 1), .of = STATE_SGX2,
	  .encl = INITIALIZED },
	{ .name = "REMOVE_PAGES before INIT", .rule = AVOW_RULE(26, 1), .err = EINVAL,
	  .of = STATE_SGX2, .encl = CREATED },
};

CASE_FUNCTION avow_verdict case_state(const struct args_state_case *c)
{
	switch (c->of) {
	case STATE_CREATE:
		return avow_args_create_state(&c->encl);
	case STATE_ADD:
		return avow_args_add_state(&c->encl);
	case STATE_INIT:
		return avow_args_init_state(&c->encl);
	case STATE_SGX2:
		return avow_args_sgx2_state(&c->encl, c->rule);
	}
	return ~0U;
}

CASE_FUNCTION void case_args_state(const struct args_state_case *c,
				   struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, case_state(c));
}

/* ---- avow_args_add ---- */

struct args_add_case {
	CASE_HEAD;
	struct sgx_enclave_add_pages arg;
};

#define PAGE	.src = 0x7000, .length = 0x1000

CASE_TABLE struct args_add_case args_add_cases[] = {
	{ .name = "aligned source", .rule = AVOW_RULE(22, 2), .arg = { PAGE } },
	{ .name = "source at 0", .rule = AVOW_RULE(22, 2), .arg = { .length = 0x10000 } },
	{ .name = "source 1", .rule = AVOW_RULE(22, 2), .err = EINVAL,
	  .arg = { .src = 1, .length = 0x1000 } },
	{ .name = "source 0x7800", .rule = AVOW_RULE(22, 2), .err = EINVAL,
	  .arg = { .src = 0x7800, .length = 0x1000 } },
	{ .name = "the source comes first", .rule = AVOW_RULE(22, 2), .err = EINVAL,
	  .arg = { .src = 0x10, .offset = 1, .flags = ~0ULL } },
	{ .name = "last page", .rule = AVOW_RULE(22, 3), .arg = { PAGE, .offset = 0xf000 } },
	{ .name = "count is not looked at", .rule = AVOW_RULE(22, 3),
	  .arg = { PAGE, .count = 77 } },
	{ .name = "past the end", .rule = AVOW_RULE(22, 3), .err = EINVAL,
	  .arg = { PAGE, .offset = 0x10000 } },
	{ .name = "the range comes before the flags", .rule = AVOW_RULE(22, 3), .err = EINVAL,
	  .arg = { .flags = ~0ULL } },
	{ .name = "known flags", .rule = AVOW_RULE(1, 4),
	  .arg = { PAGE, .flags = SGX_PAGE_MEASURE | AVOW_PAGE_INTENT | AVOW_PAGE_INTENT_R |
				  AVOW_PAGE_INTENT_W | AVOW_PAGE_INTENT_X } },
	{ .name = "unknown flag", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .arg = { PAGE, .flags = 1 << 1 } },
	{ .name = "intent bits without INTENT", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .arg = { PAGE, .flags = AVOW_PAGE_INTENT_R } },
	{ .name = "explicit X", .rule = AVOW_RULE(1, 3),
	  .arg = { PAGE, .flags = AVOW_PAGE_INTENT | AVOW_PAGE_INTENT_X } },
	{ .name = "explicit W", .rule = AVOW_RULE(1, 3), .err = EINVAL,
	  .arg = { PAGE, .flags = AVOW_PAGE_INTENT | AVOW_PAGE_INTENT_W } },
};

CASE_FUNCTION void case_args_add(const struct args_add_case *c,
				 struct case_seen *seen, struct case_scratch *scratch)
{
	const struct avow_encl_facts encl = CREATED;

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_add(&encl, &c->arg));
}

#undef PAGE

/* ---- avow_args_secinfo ---- */

struct args_secinfo_case {
	CASE_HEAD;
	struct avow_secinfo secinfo;
};

#define FLAGS(type, rest)	.secinfo = { .flags = CASE_SECINFO(type, rest) }

CASE_TABLE struct args_secinfo_case args_secinfo_cases[] = {
	{ .name = "REG, nothing", .rule = AVOW_RULE(22, 5), FLAGS(PT_REG, 0) },
	{ .name = "REG, R", .rule = AVOW_RULE(22, 5), FLAGS(PT_REG, R_) },
	{ .name = "REG, X", .rule = AVOW_RULE(22, 5), FLAGS(PT_REG, X_) },
	{ .name = "REG, RWX", .rule = AVOW_RULE(22, 5), FLAGS(PT_REG, RWX_) },
	{ .name = "SECS", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_SECS, R_) },
	{ .name = "VA", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_VA, R_) },
	{ .name = "TRIM", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_TRIM, R_) },
	{ .name = "type 0x82", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(0x82, R_) },
	{ .name = "W", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, W_) },
	{ .name = "WX", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, WX_) },
	{ .name = "PENDING", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 3) },
	{ .name = "MODIFIED", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 4) },
	{ .name = "PR", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 5) },
	{ .name = "bit 6", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 6) },
	{ .name = "bit 7", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 7) },
	{ .name = "bit 16", .rule = AVOW_RULE(22, 5), .err = EINVAL, FLAGS(PT_REG, R_ | 1 << 16) },
	{ .name = "bit 63", .rule = AVOW_RULE(22, 5), .err = EINVAL,
	  FLAGS(PT_REG, R_ | 1ULL << 63) },
	{ .name = "first reserved byte", .rule = AVOW_RULE(22, 5), .err = EINVAL,
	  .secinfo = { .flags = CASE_SECINFO(PT_REG, R_), .reserved = { [0] = 1 } } },
	{ .name = "last reserved byte", .rule = AVOW_RULE(22, 5), .err = EINVAL,
	  .secinfo = { .flags = CASE_SECINFO(PT_REG, R_), .reserved = { [55] = 0x80 } } },
	{ .name = "TCS", .rule = AVOW_RULE(1, 2), FLAGS(PT_TCS, 0) },
	{ .name = "TCS, R", .rule = AVOW_RULE(1, 2), .err = EINVAL, FLAGS(PT_TCS, R_) },
	{ .name = "TCS, RW", .rule = AVOW_RULE(1, 2), .err = EINVAL, FLAGS(PT_TCS, RW_) },
	{ .name = "TCS, X", .rule = AVOW_RULE(1, 2), .err = EINVAL, FLAGS(PT_TCS, X_) },
	{ .name = "TCS, W: without R comes first", .rule = AVOW_RULE(22, 5), .err = EINVAL,
	  FLAGS(PT_TCS, W_) },
};

CASE_FUNCTION void case_args_secinfo(const struct args_secinfo_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_secinfo(&c->secinfo));
}

#undef FLAGS

/* ---- avow_args_restrict, avow_args_modify_types, avow_args_remove ---- */

struct args_restrict_case {
	CASE_HEAD;
	struct sgx_enclave_restrict_permissions arg;
};

CASE_TABLE struct args_restrict_case args_restrict_cases[] = {
	{ .name = "all pages", .rule = AVOW_RULE(24, 2), .arg = { .length = 0x10000 } },
	{ .name = "length 0", .rule = AVOW_RULE(24, 2), .err = EINVAL },
	{ .name = "past the end", .rule = AVOW_RULE(24, 2), .err = EINVAL,
	  .arg = { .offset = 0xf000, .length = 0x2000 } },
	{ .name = "the range comes first", .rule = AVOW_RULE(24, 2), .err = EINVAL,
	  .arg = { .offset = 1, .length = 0x1000, .permissions = 8, .result = 1 } },
	{ .name = "to RX", .rule = AVOW_RULE(24, 3),
	  .arg = { .length = 0x1000, .permissions = RX_ } },
	{ .name = "to RWX", .rule = AVOW_RULE(24, 3),
	  .arg = { .length = 0x1000, .permissions = RWX_ } },
	{ .name = "bit 3", .rule = AVOW_RULE(24, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .permissions = R_ | 8 } },
	{ .name = "bit 63", .rule = AVOW_RULE(24, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .permissions = R_ | 1ULL << 63 } },
	{ .name = "W", .rule = AVOW_RULE(24, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .permissions = W_ } },
	{ .name = "permissions come before the out-fields", .rule = AVOW_RULE(24, 3),
	  .err = EINVAL, .arg = { .length = 0x1000, .permissions = WX_, .count = 1 } },
	{ .name = "out-fields zero", .rule = AVOW_RULE(24, 4),
	  .arg = { .length = 0x1000, .permissions = R_ } },
	{ .name = "result", .rule = AVOW_RULE(24, 4), .err = EINVAL,
	  .arg = { .length = 0x1000, .permissions = R_, .result = 1 } },
	{ .name = "count", .rule = AVOW_RULE(24, 4), .err = EINVAL,
	  .arg = { .length = 0x1000, .permissions = R_, .count = 1ULL << 63 } },
};

CASE_FUNCTION void case_args_restrict(const struct args_restrict_case *c,
				      struct case_seen *seen, struct case_scratch *scratch)
{
	const struct avow_encl_facts encl = INITIALIZED;

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_restrict(&encl, &c->arg));
}

struct args_modify_types_case {
	CASE_HEAD;
	struct sgx_enclave_modify_types arg;
};

CASE_TABLE struct args_modify_types_case args_modify_types_cases[] = {
	{ .name = "last page", .rule = AVOW_RULE(25, 2),
	  .arg = { .offset = 0xf000, .length = 0x1000, .page_type = PT_TRIM } },
	{ .name = "length 0x800", .rule = AVOW_RULE(25, 2), .err = EINVAL,
	  .arg = { .length = 0x800, .page_type = PT_TRIM } },
	{ .name = "the range comes first", .rule = AVOW_RULE(25, 2), .err = EINVAL,
	  .arg = { .page_type = 999, .result = 1, .count = 1 } },
	{ .name = "TCS", .rule = AVOW_RULE(25, 3),
	  .arg = { .length = 0x1000, .page_type = PT_TCS } },
	{ .name = "TRIM", .rule = AVOW_RULE(25, 3),
	  .arg = { .length = 0x1000, .page_type = PT_TRIM } },
	{ .name = "SECS", .rule = AVOW_RULE(25, 3), .err = EINVAL, .arg = { .length = 0x1000 } },
	{ .name = "REG", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = PT_REG } },
	{ .name = "VA", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = PT_VA } },
	{ .name = "256 + TCS", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = 256 + PT_TCS } },
	{ .name = "2^32 + TRIM", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = (1ULL << 32) + PT_TRIM } },
	{ .name = "result", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = PT_TRIM, .result = 20 } },
	{ .name = "count", .rule = AVOW_RULE(25, 3), .err = EINVAL,
	  .arg = { .length = 0x1000, .page_type = PT_TRIM, .count = 0x1000 } },
};

CASE_FUNCTION void case_args_modify_types(const struct args_modify_types_case *c,
					  struct case_seen *seen, struct case_scratch *scratch)
{
	const struct avow_encl_facts encl = INITIALIZED;

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_modify_types(&encl, &c->arg));
}

struct args_remove_case {
	CASE_HEAD;
	struct sgx_enclave_remove_pages arg;
};

CASE_TABLE struct args_remove_case args_remove_cases[] = {
	{ .name = "all pages", .rule = AVOW_RULE(26, 1), .arg = { .length = 0x10000 } },
	{ .name = "offset 1", .rule = AVOW_RULE(26, 1), .err = EINVAL,
	  .arg = { .offset = 1, .length = 0x1000 } },
	{ .name = "past the end", .rule = AVOW_RULE(26, 1), .err = EINVAL,
	  .arg = { .offset = 0x10000, .length = 0x1000 } },
	{ .name = "count", .rule = AVOW_RULE(26, 1), .err = EINVAL,
	  .arg = { .length = 0x1000, .count = 1 } },
};

CASE_FUNCTION void case_args_remove(const struct args_remove_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	const struct avow_encl_facts encl = INITIALIZED;

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_remove(&encl, &c->arg));
}

/* ---- Avow's ioctls ---- */

struct args_declare_case {
	CASE_HEAD;
	struct avow_encl_facts encl;
	struct avow_declare_dynamic arg;
};

CASE_TABLE struct args_declare_case args_declare_cases[] = {
	{ .name = "between CREATE and INIT", .rule = AVOW_RULE(3, 3), .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = RW_ } },
	{ .name = "nothing", .rule = AVOW_RULE(3, 3), .encl = CREATED,
	  .arg = { .length = 0x10000, .intent = 0 } },
	{ .name = "before CREATE", .rule = AVOW_RULE(3, 3), .err = EINVAL, .encl = FRESH,
	  .arg = { .length = 0x1000, .intent = RW_ } },
	{ .name = "after INIT", .rule = AVOW_RULE(3, 3), .err = EINVAL, .encl = INITIALIZED,
	  .arg = { .length = 0x1000, .intent = RW_ } },
	{ .name = "the state comes first", .rule = AVOW_RULE(3, 3), .err = EINVAL,
	  .encl = INITIALIZED, .arg = { .intent = W_, .reserved = 1 } },
	{ .name = "reserved zero", .rule = AVOW_RULE(29, 1), .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = RWX_ } },
	{ .name = "reserved comes before the range", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .encl = CREATED, .arg = { .intent = W_, .reserved = 1 } },
	{ .name = "last page", .rule = AVOW_RULE(29, 2), .encl = CREATED,
	  .arg = { .offset = 0xf000, .length = 0x1000, .intent = X_ } },
	{ .name = "the range comes before the intent", .rule = AVOW_RULE(29, 2), .err = EINVAL,
	  .encl = CREATED, .arg = { .offset = 0x10000, .length = 0x1000, .intent = W_ } },
	{ .name = "W", .rule = AVOW_RULE(3, 3), .err = EINVAL, .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = W_ } },
	{ .name = "bit 3", .rule = AVOW_RULE(3, 3), .err = EINVAL, .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = R_ | 8 } },
};

CASE_FUNCTION void case_args_declare(const struct args_declare_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_declare(&c->encl, &c->arg));
}

struct args_lower_case {
	CASE_HEAD;
	struct avow_encl_facts encl;
	struct avow_lower_intent arg;
};

CASE_TABLE struct args_lower_case args_lower_cases[] = {
	{ .name = "before INIT", .rule = AVOW_RULE(29, 2), .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = R_ } },
	{ .name = "after INIT", .rule = AVOW_RULE(29, 2), .encl = INITIALIZED,
	  .arg = { .offset = 0xf000, .length = 0x1000 } },
	{ .name = "before CREATE", .rule = AVOW_RULE(29, 2), .err = EINVAL, .encl = FRESH,
	  .arg = { .length = 0x1000, .intent = R_, .reserved = 1 } },
	{ .name = "all zero that must be", .rule = AVOW_RULE(29, 1), .encl = INITIALIZED,
	  .arg = { .length = 0x1000, .intent = RX_ } },
	{ .name = "reserved comes before the range", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .encl = CREATED, .arg = { .reserved = 0x80000000 } },
	{ .name = "count", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .encl = CREATED, .arg = { .length = 0x1000, .intent = R_, .count = 1ULL << 32 } },
	{ .name = "the range comes before the intent", .rule = AVOW_RULE(29, 2), .err = EINVAL,
	  .encl = CREATED, .arg = { .length = 0x11000, .intent = W_ } },
	{ .name = "X alone", .rule = AVOW_RULE(2, 5), .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = X_ } },
	{ .name = "W", .rule = AVOW_RULE(2, 5), .err = EINVAL, .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = W_ } },
	{ .name = "bit 31", .rule = AVOW_RULE(2, 5), .err = EINVAL, .encl = CREATED,
	  .arg = { .length = 0x1000, .intent = 1U << 31 } },
};

CASE_FUNCTION void case_args_lower(const struct args_lower_case *c,
				   struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_lower(&c->encl, &c->arg));
}

struct args_list_case {
	CASE_HEAD;
	struct avow_encl_facts encl;
	struct avow_list arg;
};

CASE_TABLE struct args_list_case args_list_cases[] = {
	{ .name = "all pages", .rule = AVOW_RULE(29, 2), .encl = CREATED,
	  .arg = { .length = 0x10000, .nr = 1 } },
	{ .name = "before CREATE", .rule = AVOW_RULE(29, 2), .err = EINVAL, .encl = FRESH,
	  .arg = { .length = 0x1000, .nr = 1, .reserved = 1 } },
	{ .name = "reserved comes before the range", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .encl = CREATED, .arg = { .reserved = 1 } },
	{ .name = "the range comes before the array", .rule = AVOW_RULE(29, 2), .err = EINVAL,
	  .encl = INITIALIZED, .arg = { .offset = 1, .length = 0x1000 } },
	{ .name = "room for one", .rule = AVOW_RULE(29, 4), .encl = INITIALIZED,
	  .arg = { .length = 0x1000, .nr = 1 } },
	{ .name = "room for none", .rule = AVOW_RULE(29, 4), .err = EINVAL, .encl = INITIALIZED,
	  .arg = { .length = 0x1000, .nr = 0 } },
};

CASE_FUNCTION void case_args_list(const struct args_list_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_list(&c->encl, &c->arg));
}

struct args_source_case {
	CASE_HEAD;
	struct avow_source arg;
};

CASE_TABLE struct args_source_case args_source_cases[] = {
	{ .name = "no buffer", .rule = AVOW_RULE(29, 1), .arg = { .id = 1 } },
	{ .name = "out-fields are not looked at", .rule = AVOW_RULE(29, 1),
	  .arg = { .id = 1, .source_class = 9, .dev = 9, .ino = 9, .path = 9, .path_size = 9 } },
	{ .name = "reserved", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .arg = { .id = 1, .reserved = 1 } },
};

CASE_FUNCTION void case_args_source(const struct args_source_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_source(&c->arg));
}

struct args_refusals_case {
	CASE_HEAD;
	struct avow_refusals arg;
};

CASE_TABLE struct args_refusals_case args_refusals_cases[] = {
	{ .name = "room for one", .rule = AVOW_RULE(29, 4), .arg = { .nr = 1 } },
	{ .name = "room for many, any number", .rule = AVOW_RULE(29, 1),
	  .arg = { .nr = ~0U, .seq = ~0ULL, .lost = 1 } },
	{ .name = "reserved comes before the array", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .arg = { .nr = 0, .reserved = 1 } },
	{ .name = "room for none", .rule = AVOW_RULE(29, 4), .err = EINVAL, .arg = { .nr = 0 } },
};

CASE_FUNCTION void case_args_refusals(const struct args_refusals_case *c,
				      struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_args_refusals(&c->arg));
}

/* ---- avow_args_load ---- */

struct args_load_case {
	CASE_HEAD;
	bool cpu_has_sgx, device_exists;
};

CASE_TABLE struct args_load_case args_load_cases[] = {
	{ .name = "neither", .rule = AVOW_RULE(40, 1) },
	{ .name = "a CPU with SGX", .rule = AVOW_RULE(40, 1), .err = ENODEV, .cpu_has_sgx = true },
	{ .name = "the device is there", .rule = AVOW_RULE(40, 1), .err = EEXIST,
	  .device_exists = true },
	{ .name = "both", .rule = AVOW_RULE(40, 1), .err = ENODEV,
	  .cpu_has_sgx = true, .device_exists = true },
};

CASE_FUNCTION void case_args_load(const struct args_load_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_args_load(c->cpu_has_sgx, c->device_exists));
}

#undef FRESH
#undef CREATED
#undef INITIALIZED

#endif
