// SPDX-License-Identifier: LGPL-2.1-or-later
/* R24: RESTRICT_PERMISSIONS, one bad argument at a time. */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

static int restrict_with(struct scene *s, u64 offset, u64 length, u64 rights, u64 result, u64 count)
{
	struct sgx_enclave_restrict_permissions arg = {
		.offset = offset,
		.length = length,
		.permissions = rights,
		.result = result,
		.count = count,
	};

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg);
}

static void state(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED_PLAINLY(&s, raw_restrict(&s, 0, 1, AVOW_R), EINVAL, 2401);
	scene_close(&s);
	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_RWX);
	REFUSED_PLAINLY(&s, raw_restrict(&s, 0, 1, AVOW_R), EINVAL, 2401);
	scene_init(&s);
	EXPECT_OK(raw_restrict(&s, 0, 1, AVOW_R));
}

static void arguments(void)
{
	static const struct { u64 offset, length; } bad[] = {
		{ 1, PAGE }, { 0, 1 }, { 0, 0 }, { 16 * PAGE, PAGE }, { 0, 17 * PAGE },
		{ ~0ULL - PAGE + 1, 2 * PAGE }, { PAGE, ~0ULL - PAGE + 1 },
	};
	struct scene s;
	size_t i;
	int bit;

	scene_create(&s, 16);
	scene_add(&s, 0, 16, AVOW_RWX);
	scene_init(&s);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED_PLAINLY(&s, restrict_with(&s, bad[i].offset, bad[i].length, AVOW_R, 0, 0),
				EINVAL, 2402);
	for (bit = 3; bit < 64; bit++)
		REFUSED_PLAINLY(&s, restrict_with(&s, 0, PAGE, AVOW_R | 1ULL << bit, 0, 0), EINVAL, 2403);
	REFUSED_PLAINLY(&s, restrict_with(&s, 0, PAGE, AVOW_W, 0, 0), EINVAL, 2403);
	REFUSED_PLAINLY(&s, restrict_with(&s, 0, PAGE, AVOW_W | AVOW_X, 0, 0), EINVAL, 2403);
	REFUSED_PLAINLY(&s, restrict_with(&s, 0, PAGE, AVOW_R, 1, 0), EINVAL, 2404);
	REFUSED_PLAINLY(&s, restrict_with(&s, 0, PAGE, AVOW_R, 0, 1), EINVAL, 2404);
}

static void pages(void)
{
	struct sgx_enclave_restrict_permissions arg = { .permissions = AVOW_R };
	struct scene s;

	scene_image(&s, 8);
	scene_add(&s, s.play, 2, AVOW_RWX);
	scene_add(&s, s.play + 3 * PAGE, 1, AVOW_RWX);
	scene_init(&s);
	REFUSED_PLAINLY(&s, raw_restrict(&s, s.play + 2 * PAGE, 1, AVOW_R), EFAULT, 2405);
	REFUSED_PLAINLY(&s, raw_restrict(&s, 0, 1, AVOW_R), EINVAL, 2406);	/* a TCS */
	/* What was done before the hole is told and stays. */
	arg.offset = s.play;
	arg.length = 4 * PAGE;
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg), EFAULT);
	EXPECT_EQ(arg.count, 2 * PAGE);
	EXPECT_EQ(arg.result, 0);
	EXPECT_EQ(scene_run(&s, s.play + PAGE).epcm, AVOW_R);
	EXPECT_EQ(scene_run(&s, s.play + 3 * PAGE).epcm, AVOW_RWX);
}

static void in_transit(void)
{
	struct sgx_enclave_restrict_permissions arg = { .length = PAGE, .permissions = AVOW_R };
	struct scene s;

	scene_image(&s, 8);
	scene_add(&s, s.play, 1, AVOW_RWX);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play + PAGE, PAGE, AVOW_RWX));
	scene_init(&s);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	REFUSED_PLAINLY(&s, raw_restrict(&s, s.play, 1, AVOW_R), EINVAL, 2406);
	/* Augmented and not yet accepted. */
	scene_map(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + PAGE)).value, 0xff);
	arg.offset = s.play + PAGE;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg), EFAULT, 2407);
	EXPECT_EQ(arg.result, SGX_ERR_PAGE_NOT_MODIFIABLE);
	EXPECT_EQ(arg.count, 0);
}

TESTS(
	{ "R24.1 not initialised", state, BOTH },
	{ "R24.2 R24.3 R24.4 bad arguments", arguments, BOTH },
	{ "R24.5 R24.6 no page, or no REG page; count", pages, BOTH },
	{ "R24.7 a page in transit", in_transit, BOTH },
)
