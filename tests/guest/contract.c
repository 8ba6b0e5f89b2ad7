// SPDX-License-Identifier: LGPL-2.1-or-later
/* R28: the contract; R29: arguments of Avow's own ioctls. */
#include <sys/ioctl.h>

#include "module.h"
#include "watch.h"

static u32 contract_of(struct scene *s)
{
	struct avow_info info;

	REQUIRE_OK(avow_get_info(s->e.fd, &info));
	return info.contract;
}

static void open_plain(struct scene *s)
{
	contract = AVOW_COMPAT;
	scene_open(s);
}

static void chosen(void)
{
	struct scene s;

	open_plain(&s);
	EXPECT_EQ(contract_of(&s), AVOW_COMPAT);
	EXPECT_OK(avow_set_contract(s.e.fd, AVOW_COMPAT));
	EXPECT_EQ(contract_of(&s), AVOW_COMPAT);
	EXPECT_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	EXPECT_EQ(contract_of(&s), AVOW_STRICT);
	EXPECT_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
}

static void never_left(void)
{
	struct scene s;

	open_plain(&s);
	REQUIRE_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, AVOW_COMPAT), EPERM, 2803);
	EXPECT_EQ(contract_of(&s), AVOW_STRICT);
}

static void unknown(void)
{
	struct avow_contract arg = { .contract = AVOW_STRICT, .reserved = 1 };
	struct scene s;

	open_plain(&s);
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, 2), EINVAL, 2801);
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, ~0U), EINVAL, 2801);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, AVOW_IOC_SET_CONTRACT, &arg), EINVAL, 2901);
	EXPECT_EQ(contract_of(&s), AVOW_COMPAT);
}

static void fixed_by_page(void)
{
	const struct avow_params params = { .size = 16 * PAGE };
	struct scene s;

	open_plain(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	EXPECT_OK(avow_set_contract(s.e.fd, AVOW_COMPAT));	/* CREATE does not fix it */
	scene_add(&s, 0, 1, AVOW_R);
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, AVOW_STRICT), EINVAL, 2801);
	scene_init(&s);
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, AVOW_STRICT), EINVAL, 2801);
}

static void fixed_by_declaration(void)
{
	const struct avow_params params = { .size = 16 * PAGE };
	struct scene s;

	open_plain(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, PAGE, AVOW_R));
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, AVOW_STRICT), EINVAL, 2801);
}

/* Between CREATE and the first page strict can be chosen, and rules from then on. */
static void chosen_late(void)
{
	const struct avow_params params = { .size = 16 * PAGE };
	struct scene s;

	open_plain(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	scene_unmap(&s, 0, 1);
	EXPECT_ERRNO(raw_map(&s, 0, 1, 1), EACCES);
}

/* The module parameter sets the default, which nobody can ask their way out of. */
static void default_strict(void)
{
	struct scene s;

	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load("contract=strict"));
	open_plain(&s);
	EXPECT_EQ(contract_of(&s), AVOW_STRICT);
	REFUSED_PLAINLY(&s, avow_set_contract(s.e.fd, AVOW_COMPAT), EPERM, 2803);
	EXPECT_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	scene_close(&s);
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load("contract=compat"));
	open_plain(&s);
	EXPECT_EQ(contract_of(&s), AVOW_COMPAT);
	scene_close(&s);
	REQUIRE_OK(module_unload());
	EXPECT_ERRNO(module_load("contract=lax"), EINVAL);
	EXPECT(!module_loaded());
	EXPECT(access(AVOW_DEVICE, F_OK));
	REQUIRE_OK(module_load(""));
	open_plain(&s);
	EXPECT_EQ(contract_of(&s), AVOW_COMPAT);
}

/* The ranges of DECLARE_DYNAMIC and LOWER_INTENT. */
static void ranges(void)
{
	static const struct { u64 offset, length; } bad[] = {
		{ 1, PAGE }, { 0, 0 }, { 0, 100 }, { 16 * PAGE, PAGE }, { 0, 17 * PAGE },
		{ 8 * PAGE, 9 * PAGE }, { ~0ULL - PAGE + 1, 2 * PAGE }, { PAGE, ~0ULL - PAGE + 1 },
	};
	struct scene s;
	size_t i;

	scene_create(&s, 16);
	scene_add(&s, 4 * PAGE, 1, AVOW_RWX);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		REFUSED_PLAINLY(&s, avow_declare_range(s.e.fd, bad[i].offset, bad[i].length, AVOW_R),
				EINVAL, 2902);
		REFUSED_PLAINLY(&s, avow_lower_range(s.e.fd, bad[i].offset, bad[i].length, AVOW_R),
				EINVAL, 2902);
	}
	scene_init(&s);
}

static void reserved(void)
{
	struct avow_declare_dynamic declare = { .length = PAGE, .intent = AVOW_R, .reserved = 1 };
	struct avow_lower_intent lower = { .offset = 4 * PAGE, .length = PAGE, .intent = AVOW_R };
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 4 * PAGE, 1, AVOW_RWX);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, AVOW_IOC_DECLARE_DYNAMIC, &declare), EINVAL, 2901);
	lower.reserved = 1;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, AVOW_IOC_LOWER_INTENT, &lower), EINVAL, 2901);
	lower.reserved = 0;
	lower.count = 1;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, AVOW_IOC_LOWER_INTENT, &lower), EINVAL, 2901);
	lower.count = 0;
	EXPECT_OK(ioctl(s.e.fd, AVOW_IOC_LOWER_INTENT, &lower));
	scene_init(&s);
}

static void before_create(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED_PLAINLY(&s, avow_lower_range(s.e.fd, 0, PAGE, AVOW_R), EINVAL, 2902);
}

TESTS(
	{ "R28.1 the contract is chosen", chosen, ONCE },
	{ "R28.3 strict is never left", never_left, ONCE },
	{ "R28.1 R29.1 an unknown contract", unknown, ONCE },
	{ "R28.1 fixed by the first page", fixed_by_page, ONCE },
	{ "R28.1 fixed by the first declaration", fixed_by_declaration, ONCE },
	{ "R28.1 R9.2 chosen after CREATE", chosen_late, ONCE },
	{ "R28.2 R28.3 the module's default", default_strict, ONCE },
	{ "R29.2 R22.3 ranges", ranges, BOTH },
	{ "R29.1 reserved and out-fields", reserved, BOTH },
	{ "R29.2 before CREATE", before_create, BOTH },
)
