// SPDX-License-Identifier: LGPL-2.1-or-later
/* R25, R26: MODIFY_TYPES and REMOVE_PAGES, one bad argument at a time. */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define TRIMMED		((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)

static const struct { u64 offset, length; } bad_ranges[] = {
	{ 1, PAGE }, { 0, 1 }, { 0, 0 }, { 16 * PAGE, PAGE }, { 0, 17 * PAGE },
	{ ~0ULL - PAGE + 1, 2 * PAGE }, { PAGE, ~0ULL - PAGE + 1 },
};
#define NR_BAD_RANGES	(sizeof(bad_ranges) / sizeof(bad_ranges[0]))

static int modify_with(struct scene *s, u64 offset, u64 length, u64 type, u64 result, u64 count)
{
	struct sgx_enclave_modify_types arg = {
		.offset = offset,
		.length = length,
		.page_type = type,
		.result = result,
		.count = count,
	};

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg);
}

static int remove_with(struct scene *s, u64 offset, u64 length, u64 count)
{
	struct sgx_enclave_remove_pages arg = { .offset = offset, .length = length, .count = count };

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg);
}

static void modify_state(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED_PLAINLY(&s, raw_modify(&s, 0, 1, PT_TRIM), EINVAL, 2501);
	scene_close(&s);
	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	REFUSED_PLAINLY(&s, raw_modify(&s, 0, 1, PT_TRIM), EINVAL, 2501);
	scene_init(&s);
	EXPECT_OK(raw_modify(&s, 0, 1, PT_TRIM));
}

static void modify_arguments(void)
{
	struct scene s;
	size_t i;
	u64 type;

	scene_create(&s, 16);
	scene_add(&s, 0, 16, AVOW_RWX);
	scene_init(&s);
	for (i = 0; i < NR_BAD_RANGES; i++)
		REFUSED_PLAINLY(&s, modify_with(&s, bad_ranges[i].offset, bad_ranges[i].length, PT_TRIM, 0, 0),
				EINVAL, 2502);
	for (type = 0; type < 600; type++)
		if (type != PT_TCS && type != PT_TRIM)
			REFUSED_PLAINLY(&s, modify_with(&s, 0, PAGE, type, 0, 0), EINVAL, 2503);
	REFUSED_PLAINLY(&s, modify_with(&s, 0, PAGE, 1ULL << 32 | PT_TRIM, 0, 0), EINVAL, 2503);
	REFUSED_PLAINLY(&s, modify_with(&s, 0, PAGE, PT_TRIM, 1, 0), EINVAL, 2503);
	REFUSED_PLAINLY(&s, modify_with(&s, 0, PAGE, PT_TRIM, 0, 1), EINVAL, 2503);
}

static void modify_pages(void)
{
	struct sgx_enclave_modify_types arg = { .page_type = PT_TRIM };
	struct scene s;

	scene_image(&s, 8);
	scene_add(&s, s.play, 2, AVOW_RWX);
	scene_init(&s);
	REFUSED_PLAINLY(&s, raw_modify(&s, s.play + 2 * PAGE, 1, PT_TRIM), EFAULT, 2504);
	REFUSED_PLAINLY(&s, raw_modify(&s, 0, 1, PT_TCS), EINVAL, 2504);	/* TCS to TCS */
	arg.offset = s.play;
	arg.length = 3 * PAGE;
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg), EFAULT);
	EXPECT_EQ(arg.count, 2 * PAGE);
	REFUSED_PLAINLY(&s, raw_modify(&s, s.play, 1, PT_TRIM), EINVAL, 2504);	/* TRIM to TRIM */
	REFUSED_PLAINLY(&s, raw_modify(&s, s.play, 1, PT_TCS), EINVAL, 2504);	/* TRIM to TCS */
	EXPECT_OK(raw_modify(&s, 3 * PAGE, 1, PT_TRIM));			/* TCS to TRIM */
	EXPECT_EQ(scene_run(&s, 3 * PAGE).type, PT_TRIM);
}

static void modify_in_transit(void)
{
	struct sgx_enclave_modify_types arg = { .length = PAGE, .page_type = PT_TRIM };
	struct scene s;

	scene_image(&s, 8);
	scene_add(&s, s.play, 1, AVOW_RWX);
	scene_init(&s);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TCS));
	arg.offset = s.play;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg), EFAULT, 2506);
	EXPECT_EQ(arg.result, SGX_ERR_PAGE_NOT_MODIFIABLE);
	EXPECT_EQ(arg.count, 0);
}

static void remove_arguments(void)
{
	struct scene s;
	size_t i;

	scene_open(&s);
	REFUSED_PLAINLY(&s, raw_remove(&s, 0, 1), EINVAL, 2601);
	scene_close(&s);
	scene_create(&s, 16);
	scene_add(&s, 0, 16, AVOW_RWX);
	REFUSED_PLAINLY(&s, raw_remove(&s, 0, 1), EINVAL, 2601);
	scene_init(&s);
	for (i = 0; i < NR_BAD_RANGES; i++)
		REFUSED_PLAINLY(&s, remove_with(&s, bad_ranges[i].offset, bad_ranges[i].length, 0),
				EINVAL, 2601);
	REFUSED_PLAINLY(&s, remove_with(&s, 0, PAGE, 1), EINVAL, 2601);
}

static void remove_pages(void)
{
	struct sgx_enclave_remove_pages arg;
	struct scene s;
	u64 used;

	scene_image(&s, 8);
	scene_add(&s, s.play, 4, AVOW_RWX);
	scene_init(&s);
	scene_map(&s, s.play, 4, PROT_READ);
	REFUSED_PLAINLY(&s, raw_remove(&s, s.play + 4 * PAGE, 1), EFAULT, 2602);
	REFUSED(&s, raw_remove(&s, s.play, 1), EPERM, .rule = 2603, .op = AVOW_OP_REMOVE_PAGES,
		.start = s.play, .end = s.play + PAGE, .source_class = AVOW_SRC_ANON,
		.declared = AVOW_RWX);
	REFUSED(&s, raw_remove(&s, 0, 1), EPERM, .rule = 2603, .op = AVOW_OP_REMOVE_PAGES,
		.start = 0, .end = PAGE, .declared = AVOW_R | AVOW_W,
		.source_class = scene_run(&s, 0).source_class);
	REQUIRE_OK(raw_modify(&s, s.play, 3, PT_TRIM));
	REFUSED(&s, raw_remove(&s, s.play, 1), EPERM, .rule = 2603, .op = AVOW_OP_REMOVE_PAGES,
		.start = s.play, .end = s.play + PAGE, .source_class = AVOW_SRC_ANON,
		.declared = AVOW_RWX);
	EXPECT_LEAF(inside_eaccept(&s, s.play, TRIMMED), 0);
	EXPECT_LEAF(inside_eaccept(&s, s.play + PAGE, TRIMMED), 0);
	used = epc_used(&s);
	arg = (struct sgx_enclave_remove_pages){ .offset = s.play, .length = 4 * PAGE };
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg), EPERM);
	EXPECT_EQ(arg.count, 2 * PAGE);
	EXPECT_EQ(epc_used(&s), used - 2 * PAGE);
	EXPECT_EQ(scene_run(&s, s.play + PAGE).state & AVOW_RUN_PRESENT, 0);
	EXPECT_EQ(scene_run(&s, s.play + 2 * PAGE).type, PT_TRIM);
	EXPECT_EQ(scene_run(&s, s.play + 3 * PAGE).type, PT_REG);
}

/* A TCS that is trimmed and removed cannot be entered any more. */
static void remove_tcs(void)
{
	struct op op = { .id = OP_NOTHING };
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(enter(&s, 3 * PAGE, &op));
	REQUIRE_OK(raw_modify(&s, 3 * PAGE, 1, PT_TRIM));
	EXPECT_NO_ENTRY(enter(&s, 3 * PAGE, &op), VECTOR_PF, ANY_ERROR, scene_at(&s, 3 * PAGE));
	EXPECT_LEAF(inside_eaccept(&s, 3 * PAGE, TRIMMED), 0);
	REQUIRE_OK(raw_remove(&s, 3 * PAGE, 1));
	EXPECT_NO_ENTRY(enter(&s, 3 * PAGE, &op), VECTOR_PF, ANY_ERROR, scene_at(&s, 3 * PAGE));
	EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &op));
}

/* A REG page becomes a TCS, is accepted and entered: the way a runtime adds threads. */
static void made_tcs(void)
{
	struct avow_tcs tcs;
	struct op op = { .id = OP_COPY };
	struct op count = { .id = OP_COUNT };
	struct scene s;
	u64 at, flags = (u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	tcs = *image_tcs(&s, 3);
	op.addr = at;
	op.from = (u64)&tcs;
	op.value = PAGE;
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TCS));
	EXPECT_NO_ENTRY(enter(&s, s.play, &count), VECTOR_PF, ANY_ERROR, at);	/* MODIFIED */
	EXPECT_LEAF(inside_eaccept(&s, s.play, flags), 0);
	EXPECT_INSIDE_OK(enter(&s, s.play, &count));
	EXPECT_EQ(count.value, 1);
}

TESTS(
	{ "R25.1 not initialised", modify_state, BOTH },
	{ "R25.2 R25.3 bad arguments of MODIFY_TYPES", modify_arguments, BOTH },
	{ "R25.4 no page, or no such transition; count", modify_pages, BOTH },
	{ "R25.6 a page in transit", modify_in_transit, BOTH },
	{ "R26.1 bad arguments of REMOVE_PAGES", remove_arguments, BOTH },
	{ "R26.2 R26.3 no page, not TRIM, not accepted; count", remove_pages, BOTH },
	{ "R26 R30 a removed TCS", remove_tcs, BOTH },
	{ "R25 R34.1 a page made a TCS", made_tcs, BOTH },
)
