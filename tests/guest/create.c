// SPDX-License-Identifier: LGPL-2.1-or-later
/* R21: CREATE, one bad argument at a time. */
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "watch.h"

static const struct avow_params plain = { .size = 64 * PAGE };

/* A SECS that would do, not yet given to CREATE. */
static void prepare(struct scene *s)
{
	scene_open(s);
	REQUIRE_OK(avow_enclave_prepare(&s->e, &plain));
}

static int create(struct scene *s, const struct avow_secs *secs)
{
	struct sgx_enclave_create arg = { .src = (u64)secs };

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_CREATE, &arg);
}

static void works(void)
{
	struct scene s;
	u64 used;

	prepare(&s);
	used = epc_used(&s);
	EXPECT_OK(create(&s, &s.e.secs));
	EXPECT_EQ(epc_used(&s), used + PAGE);	/* the SECS' own page */
	scene_add(&s, 0, 1, AVOW_R);
	scene_init(&s);
}

static void twice(void)
{
	struct scene s;

	prepare(&s);
	REQUIRE_OK(create(&s, &s.e.secs));
	REFUSED_PLAINLY(&s, create(&s, &s.e.secs), EINVAL, 2101);
	scene_init(&s);
	REFUSED_PLAINLY(&s, create(&s, &s.e.secs), EINVAL, 2101);
}

static void unreadable(void)
{
	struct scene s;
	u8 *pages;

	prepare(&s);
	REFUSED_PLAINLY(&s, create(&s, NULL), EFAULT, 2102);
	pages = source_anon(2, PROT_READ | PROT_WRITE);
	REQUIRE(!mprotect(pages + PAGE, PAGE, PROT_NONE));
	memcpy(pages + 1, &s.e.secs, PAGE - 1);
	REFUSED_PLAINLY(&s, create(&s, (struct avow_secs *)(pages + 1)), EFAULT, 2102);
	EXPECT_OK(create(&s, &s.e.secs));
}

/* One change to a good SECS is refused, and the good one then taken. */
static void refused(void (*change)(struct avow_secs *secs, u64 value), u64 value, int err, u32 rule)
{
	struct scene s;
	struct avow_secs secs;

	prepare(&s);
	secs = s.e.secs;
	change(&secs, value);
	REFUSED_PLAINLY(&s, create(&s, &secs), err, rule);
	EXPECT_OK(create(&s, &s.e.secs));
	scene_init(&s);
	scene_close(&s);
}

static void set_size(struct avow_secs *secs, u64 value)
{
	secs->size = value;
	secs->base = 0;	/* a multiple of any size */
}

static void sizes(void)
{
	refused(set_size, 0, EINVAL, 2103);
	refused(set_size, 3 * PAGE, EINVAL, 2103);
	refused(set_size, 64 * PAGE + 1, EINVAL, 2103);
	refused(set_size, ~0ULL, EINVAL, 2103);
	refused(set_size, 1, EIO, 2104);
	refused(set_size, PAGE, EIO, 2104);
	refused(set_size, 1ULL << 47, EIO, 2104);
	refused(set_size, 1ULL << 63, EIO, 2104);
}

static void set_base(struct avow_secs *secs, u64 value)
{
	secs->base = value;
}

static void bases(void)
{
	refused(set_base, 64 * PAGE + PAGE, EIO, 2104);
	refused(set_base, 1, EIO, 2104);
	refused(set_base, 1ULL << 63, EIO, 2104);
	refused(set_base, 1ULL << 47, EIO, 2104);
	refused(set_base, 0xffffc00000000000, EIO, 2104);	/* canonical, but the kernel's */
}

static void set_byte(struct avow_secs *secs, u64 at)
{
	((u8 *)secs)[at] = 1;
}

/* Each reserved byte's neighbourhood: first, last and one in the middle of each field. */
static void reserved(void)
{
	static const u16 at[] = {
		24, 35, 47,				/* reserved1 */
		96, 110, 127,				/* reserved2 */
		160, 175, 191,				/* reserved3 */
		offsetof(struct avow_secs, reserved4), 300, 1000, 4095,
	};
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		refused(set_byte, at[i], EIO, 2104);
}

static void set_attribute(struct avow_secs *secs, u64 value)
{
	secs->attributes |= value;
}

static void attributes(void)
{
	int bit;

	for (bit = 0; bit < 64; bit++)
		if (!(1ULL << bit & (ATTR_KNOWN & ~ATTR_INIT)))
			refused(set_attribute, 1ULL << bit, EIO, 2104);
}

static void clear_attribute(struct avow_secs *secs, u64 value)
{
	secs->attributes &= ~value;
}

static void mode64(void)
{
	refused(clear_attribute, ATTR_MODE64BIT, EIO, 2104);
}

static void set_frame(struct avow_secs *secs, u64 value)
{
	secs->ssa_frame_size = (u32)value;
}

static void frame_size(void)
{
	refused(set_frame, 0, EIO, 2104);
}

static void set_xfrm(struct avow_secs *secs, u64 value)
{
	secs->xfrm = value;
}

static void xfrm(void)
{
	refused(set_xfrm, 0, EIO, 2104);
	refused(set_xfrm, 1, EIO, 2104);
	refused(set_xfrm, 2, EIO, 2104);
	refused(set_xfrm, XFRM_X87_SSE | 1ULL << 62, EIO, 2104);
	refused(set_xfrm, XFRM_X87_SSE | 1ULL << 40, EIO, 2104);
}

static void set_misc(struct avow_secs *secs, u64 value)
{
	secs->miscselect = (u32)value;
}

static void miscselect(void)
{
	int bit;

	for (bit = 1; bit < 32; bit++)
		refused(set_misc, 1ULL << bit, EIO, 2104);
}

static void set_config_id(struct avow_secs *secs, u64 at)
{
	secs->config_id[at] = 1;
}

static void set_config_svn(struct avow_secs *secs, u64 value)
{
	secs->config_svn = (u16)value;
}

static void kss(void)
{
	struct avow_params params = plain;
	struct scene s;

	refused(set_config_id, 0, EIO, 2104);
	refused(set_config_id, 63, EIO, 2104);
	refused(set_config_svn, 1, EIO, 2104);
	scene_open(&s);
	params.attributes = ATTR_MODE64BIT | ATTR_KSS;
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	s.e.secs.config_id[63] = 1;
	s.e.secs.config_svn = 7;
	EXPECT_OK(create(&s, &s.e.secs));
	scene_init(&s);
}

/* Shapes that must work: the smallest, a large one, base 0, EXINFO, a deep frame. */
static void shapes(void)
{
	static const struct avow_params good[] = {
		{ .size = 2 * PAGE },
		{ .size = 1ULL << 40 },
		{ .size = 64 * PAGE, .miscselect = MISC_EXINFO },
		{ .size = 64 * PAGE, .ssa_frame_size = 4 },
		{ .size = 64 * PAGE, .attributes = ATTR_MODE64BIT },
		{ .size = 64 * PAGE, .attributes = ATTR_MODE64BIT | ATTR_KSS | ATTR_DEBUG },
	};
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		scene_open(&s);
		EXPECT_OK(avow_enclave_create(&s.e, &good[i]));
		scene_add(&s, good[i].size - PAGE, 1, AVOW_R);
		scene_init(&s);
		scene_close(&s);
	}
	prepare(&s);
	s.e.secs.base = 0;
	EXPECT_OK(create(&s, &s.e.secs));
}

TESTS(
	{ "R21 CREATE works, and takes a page", works, BOTH },
	{ "R21.1 created already", twice, BOTH },
	{ "R21.2 SECS unreadable", unreadable, BOTH },
	{ "R21.3 R21.4 SIZE", sizes, BOTH },
	{ "R21.4 BASEADDR", bases, BOTH },
	{ "R21.4 reserved bytes", reserved, BOTH },
	{ "R21.4 attribute bits", attributes, BOTH },
	{ "R21.4 not MODE64BIT", mode64, BOTH },
	{ "R21.4 SSAFRAMESIZE", frame_size, BOTH },
	{ "R21.4 XFRM", xfrm, BOTH },
	{ "R21.4 MISCSELECT", miscselect, BOTH },
	{ "R21.4 CONFIGID and CONFIGSVN without KSS", kss, BOTH },
	{ "R21 shapes of enclaves", shapes, BOTH },
)
