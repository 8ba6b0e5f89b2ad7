// SPDX-License-Identifier: LGPL-2.1-or-later
/* R1: every added page has an intent, given or derived. */
#include <string.h>

#include "watch.h"

#define MEASURED	(AVOW_RUN_PRESENT | AVOW_RUN_MEASURED)

/* Each set of rights without W-and-not-R, as SECINFO has it, is the intent. */
static void derived(void)
{
	struct scene s;
	u64 page = 0;
	u32 rwx;

	scene_create(&s, 16);
	for (rwx = 0; rwx <= AVOW_RWX; rwx++) {
		if ((rwx & AVOW_W) && !(rwx & AVOW_R))
			continue;
		scene_add(&s, page * PAGE, 1, rwx);
		EXPECT_SLOT(&s, page * PAGE, rwx, rwx, MEASURED);
		page++;
	}
	EXPECT_HOLE(&s, page * PAGE);
	scene_init(&s);
}

/* All 6 by 6 pairs: either may exceed the other. */
static void independent(void)
{
	struct scene s;
	u64 page = 0;
	u32 rwx, intent;

	scene_create(&s, 64);
	for (rwx = 0; rwx <= AVOW_RWX; rwx++) {
		for (intent = 0; intent <= AVOW_RWX; intent++) {
			if (((rwx & AVOW_W) && !(rwx & AVOW_R)) ||
			    ((intent & AVOW_W) && !(intent & AVOW_R)))
				continue;
			scene_add_intent(&s, page * PAGE, 1, rwx, intent);
			EXPECT_SLOT(&s, page * PAGE, intent, rwx, MEASURED | AVOW_RUN_EXPLICIT);
			page++;
		}
	}
	EXPECT_EQ(page, 36);
	scene_init(&s);
}

static const void *tcs_page(void)
{
	static struct avow_tcs tcs __attribute__((aligned(4096)));

	tcs.nssa = 1;
	return &tcs;
}

static void tcs_intent(void)
{
	struct avow_pages p = {
		.src = tcs_page(),
		.length = PAGE,
		.secinfo = AVOW_SECINFO_TCS,
	};
	struct scene s;

	scene_create(&s, 16);
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	EXPECT_SLOT(&s, 0, AVOW_R | AVOW_W, 0, AVOW_RUN_PRESENT);
	EXPECT_EQ(scene_run(&s, 0).type, PT_TCS);
	p.offset = PAGE;
	p.flags = avow_page_intent(AVOW_R | AVOW_W);
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	EXPECT_SLOT(&s, PAGE, AVOW_R | AVOW_W, 0, AVOW_RUN_PRESENT | AVOW_RUN_EXPLICIT);
	scene_init(&s);
}

static void tcs_refused(void)
{
	struct scene s;
	u32 rwx;

	scene_create(&s, 16);
	for (rwx = 1; rwx <= AVOW_RWX; rwx++)
		REFUSED_PLAINLY(&s, raw_add(&s, tcs_page(), 0, PAGE, AVOW_SECINFO_TCS | rwx, 0, NULL),
				EINVAL, rwx & AVOW_W && !(rwx & AVOW_R) ? 2205 : 102);
	for (rwx = 0; rwx <= AVOW_RWX; rwx++) {
		if (rwx == (AVOW_R | AVOW_W))
			continue;
		REFUSED_PLAINLY(&s, raw_add(&s, tcs_page(), 0, PAGE, AVOW_SECINFO_TCS,
					    avow_page_intent(rwx), NULL),
				EINVAL, rwx & AVOW_W && !(rwx & AVOW_R) ? 103 : 102);
	}
	scene_init(&s);
}

static void write_without_read(void)
{
	struct scene s;

	scene_create(&s, 16);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R),
				    avow_page_intent(AVOW_W), NULL), EINVAL, 103);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R),
				    avow_page_intent(AVOW_W | AVOW_X), NULL), EINVAL, 103);
	scene_init(&s);
}

/* Every single bit that is not one of the five known ones. */
static void unknown_flags(void)
{
	struct avow_info info;
	struct scene s;
	int bit;

	scene_create(&s, 16);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.add_flags, SGX_PAGE_MEASURE | AVOW_PAGE_INTENT | AVOW_PAGE_INTENT_R |
				  AVOW_PAGE_INTENT_W | AVOW_PAGE_INTENT_X);
	for (bit = 0; bit < 64; bit++) {
		if (info.add_flags & 1ULL << bit)
			continue;
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R),
					    1ULL << bit, NULL), EINVAL, 104);
	}
	scene_init(&s);
}

static void intent_bits_alone(void)
{
	struct scene s;
	u64 rwx;

	scene_create(&s, 16);
	for (rwx = 1; rwx <= AVOW_RWX; rwx++)
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R),
					    rwx << AVOW_PAGE_INTENT_SHIFT, NULL), EINVAL, 104);
	scene_init(&s);
}

static void info_in_every_state(void)
{
	struct avow_params params = { .size = 4 * PAGE, .attributes = ATTR_MODE64BIT };
	struct avow_info info;
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.abi_version, AVOW_ABI_VERSION);
	EXPECT_EQ(info.contract, contract);
	EXPECT_EQ(info.features, AVOW_FEATURE_INTENT | AVOW_FEATURE_STRICT | AVOW_FEATURE_DYNAMIC |
				 AVOW_FEATURE_LOWER | AVOW_FEATURE_LIST | AVOW_FEATURE_REFUSALS |
				 AVOW_FEATURE_SGX2 | AVOW_FEATURE_CPUID | AVOW_FEATURE_SOFTWARE);
	EXPECT_EQ(info.base, 0);
	EXPECT_EQ(info.size, 0);
	EXPECT_EQ(info.state, 0);
	EXPECT_EQ(info.reserved, 0);
	EXPECT(info.version[0] && memchr(info.version, 0, sizeof(info.version)));
	EXPECT(info.epc_size >= info.epc_used && info.epc_size % PAGE == 0);

	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.state, AVOW_STATE_CREATED);
	EXPECT_EQ(info.base, s.e.base);
	EXPECT_EQ(info.size, 4 * PAGE);

	scene_add(&s, 0, 1, AVOW_R);
	scene_init(&s);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.state, AVOW_STATE_CREATED | AVOW_STATE_INITIALIZED);
	EXPECT_EQ(info.contract, contract);
}

static void info_of_debug(void)
{
	struct avow_info info;
	struct scene s;

	scene_create(&s, 4);	/* DEBUG is the scene's default */
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.state, AVOW_STATE_CREATED | AVOW_STATE_DEBUG);
}

TESTS(
	{ "R1.1 without explicit intent SECINFO's rights are the intent", derived, BOTH },
	{ "R1.1 explicit intent and SECINFO are independent", independent, BOTH },
	{ "R1.2 a TCS has intent RW, given or not", tcs_intent, BOTH },
	{ "R1.2 a TCS takes no rights in SECINFO and no other intent", tcs_refused, BOTH },
	{ "R1.3 explicit intent with W and without R", write_without_read, BOTH },
	{ "R1.4 unknown flag bits", unknown_flags, BOTH },
	{ "R1.4 intent bits without AVOW_PAGE_INTENT", intent_bits_alone, BOTH },
	{ "R1.5 INFO tells extensions and state, in every state", info_in_every_state, BOTH },
	{ "R1.5 INFO tells of DEBUG", info_of_debug, BOTH },
)
