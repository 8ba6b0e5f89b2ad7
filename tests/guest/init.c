// SPDX-License-Identifier: LGPL-2.1-or-later
/* R23: INIT, one thing wrong at a time. R27: what PROVISION allows. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "watch.h"

/* The record of a refused INIT: there is no address to it. */
#define REFUSED_INIT(scene, err, rule_)						\
	REFUSED(scene, avow_enclave_init(&(scene)->e), err, .rule = rule_, .op = AVOW_OP_INIT)

static void scene_signed_with(struct scene *s, const struct avow_params *params)
{
	scene_open(s);
	REQUIRE_OK(avow_enclave_create(&s->e, params));
	scene_add(s, 0, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
}

static void scene_signed(struct scene *s)
{
	const struct avow_params params = { .size = 16 * PAGE };

	scene_signed_with(s, &params);
}

static void sign_again(struct scene *s)
{
	REQUIRE_OK(avow_sigstruct_sign(&s->e.sig, scene_key()));
}

/* The right one is still taken. */
static void right_one(struct scene *s)
{
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
	EXPECT_OK(avow_enclave_init(&s->e));
	scene_close(s);
}

static void state(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED_PLAINLY(&s, avow_enclave_init(&s.e), EINVAL, 2301);
	scene_close(&s);
	scene_signed(&s);
	REQUIRE_OK(avow_enclave_init(&s.e));
	REFUSED_PLAINLY(&s, avow_enclave_init(&s.e), EINVAL, 2301);
}

static void unreadable(void)
{
	struct sgx_enclave_init arg = { .sigstruct = 8 };
	struct scene s;
	u8 *pages = source_anon(2, PROT_READ | PROT_WRITE);

	scene_signed(&s);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_INIT, &arg), EFAULT, 2302);
	REQUIRE(!mprotect(pages + PAGE, PAGE, PROT_NONE));
	memcpy(pages + PAGE - 1000, &s.e.sig, 1000);
	arg.sigstruct = (u64)(pages + PAGE - 1000);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_INIT, &arg), EFAULT, 2302);
	right_one(&s);
}

static void vendor(void)
{
	static const u32 bad[] = { 1, 0x8087, 0x80860000, 0xffffffff };
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		scene_signed(&s);
		s.e.sig.vendor = bad[i];
		sign_again(&s);
		REFUSED_PLAINLY(&s, avow_enclave_init(&s.e), EINVAL, 2303);
		right_one(&s);
	}
	scene_signed(&s);
	s.e.sig.vendor = 0x8086;
	sign_again(&s);
	EXPECT_OK(avow_enclave_init(&s.e));
}

static int provision(struct scene *s, int fd)
{
	struct sgx_enclave_provision arg = { .fd = (u64)fd };

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg);
}

static void provision_key(void)
{
	const struct avow_params params = {
		.size = 16 * PAGE,
		.attributes = ATTR_MODE64BIT | ATTR_PROVISIONKEY,
	};
	struct scene s;
	int fd;

	scene_signed_with(&s, &params);
	REFUSED_INIT(&s, EACCES, 2304);
	fd = open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	EXPECT_OK(provision(&s, fd));
	close(fd);
	right_one(&s);
}

static void token_key(void)
{
	const struct avow_params params = {
		.size = 16 * PAGE,
		.attributes = ATTR_MODE64BIT | ATTR_EINITTOKENKEY,
	};
	struct scene s;

	scene_signed_with(&s, &params);
	REFUSED_INIT(&s, EACCES, 2304);
	REQUIRE_OK(provision(&s, open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC)));
	REFUSED_INIT(&s, EACCES, 2304);
}

static void provision_wrong(void)
{
	struct scene s;
	int fds[2];

	scene_signed(&s);
	REQUIRE(!pipe(fds));
	REFUSED_PLAINLY(&s, provision(&s, -1), EINVAL, 2701);
	REFUSED_PLAINLY(&s, provision(&s, 999), EINVAL, 2701);
	REFUSED_PLAINLY(&s, provision(&s, fds[0]), EINVAL, 2701);
	REFUSED_PLAINLY(&s, provision(&s, s.e.fd), EINVAL, 2701);
	REFUSED_PLAINLY(&s, provision(&s, open("/dev/null", O_RDONLY)), EINVAL, 2701);
	right_one(&s);
}

/* What SIGSTRUCT demands and no machine has. */
static void unsupported(void)
{
	struct scene s;

	scene_signed(&s);
	s.e.sig.attributes |= 1ULL << 40;
	sign_again(&s);
	REFUSED_INIT(&s, EINVAL, 2305);
	right_one(&s);

	scene_signed(&s);
	s.e.sig.xfrm |= 1ULL << 62;
	sign_again(&s);
	REFUSED_INIT(&s, EINVAL, 2305);
	right_one(&s);

	scene_signed(&s);
	s.e.sig.miscselect |= 1U << 31;
	sign_again(&s);
	REFUSED_INIT(&s, EINVAL, 2305);
	right_one(&s);
}

/* One byte of the body, changed before the signature is made. */
static void refused_byte(size_t at, u32 rule)
{
	struct scene s;

	scene_signed(&s);
	((u8 *)&s.e.sig)[at] ^= 1;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, rule);
	right_one(&s);
}

static void layout(void)
{
	static const u16 at[] = {
		0, 4, 9, 15,						/* HEADER1 */
		24, 28, 32, 36,						/* HEADER2 */
		offsetof(struct avow_sigstruct, reserved1), 127,
		offsetof(struct avow_sigstruct, reserved2),
		offsetof(struct avow_sigstruct, reserved3),
		offsetof(struct avow_sigstruct, reserved3) + 15,
		offsetof(struct avow_sigstruct, reserved4),
		offsetof(struct avow_sigstruct, reserved4) + 11,
	};
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		refused_byte(at[i], 2306);
	scene_signed(&s);
	s.e.sig.exponent = 65537;
	REFUSED_INIT(&s, EPERM, 2306);
	right_one(&s);
}

/* One bit, changed after the signature is made. */
static void refused_later(size_t at)
{
	struct scene s;

	scene_signed(&s);
	((u8 *)&s.e.sig)[at] ^= 4;
	REFUSED_INIT(&s, EPERM, 2307);
	right_one(&s);
}

static void signature(void)
{
	static const u16 at[] = {
		offsetof(struct avow_sigstruct, date),			/* first part that is signed */
		offsetof(struct avow_sigstruct, swdefined),
		offsetof(struct avow_sigstruct, isvprodid),		/* second part */
		offsetof(struct avow_sigstruct, isvsvn),
		offsetof(struct avow_sigstruct, enclavehash) + 31,
		offsetof(struct avow_sigstruct, attributemask),
		offsetof(struct avow_sigstruct, modulus) + 1,
		offsetof(struct avow_sigstruct, modulus) + 383,
		offsetof(struct avow_sigstruct, signature),
		offsetof(struct avow_sigstruct, signature) + 200,
		offsetof(struct avow_sigstruct, q1),
		offsetof(struct avow_sigstruct, q1) + 383,
		offsetof(struct avow_sigstruct, q2),
		offsetof(struct avow_sigstruct, q2) + 100,
	};
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		refused_later(at[i]);

	scene_signed(&s);
	memset(s.e.sig.signature, 0, sizeof(s.e.sig.signature));
	memset(s.e.sig.q1, 0, sizeof(s.e.sig.q1));
	memset(s.e.sig.q2, 0, sizeof(s.e.sig.q2));
	REFUSED_INIT(&s, EPERM, 2307);
	memset(s.e.sig.modulus, 0, sizeof(s.e.sig.modulus));
	REFUSED_INIT(&s, EPERM, 2307);
	right_one(&s);
}

static void measurement(void)
{
	struct scene s;

	scene_signed(&s);
	s.e.sig.enclavehash[31] ^= 0x80;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2308);
	/* A page more than what was signed. */
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	scene_add(&s, PAGE, 1, AVOW_R);
	REFUSED_INIT(&s, EPERM, 2308);
	right_one(&s);
}

/* What is measured: offset, SECINFO, contents, and whether contents are; and the SECS' shape. */
static void what_is_measured(void)
{
	const struct avow_params params[] = {
		{ .size = 16 * PAGE },
		{ .size = 32 * PAGE },
		{ .size = 16 * PAGE, .ssa_frame_size = 2 },
	};
	struct {
		u64 offset, secinfo, flags;
		const u8 *src;
	} page[] = {
		{ 0, avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, source_code(2) },
		{ PAGE, avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, source_code(2) },
		{ 0, avow_secinfo_reg(AVOW_R | AVOW_W), SGX_PAGE_MEASURE, source_code(2) },
		{ 0, avow_secinfo_reg(AVOW_R), 0, source_code(2) },
		{ 0, avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, source_code(2) + PAGE },
	};
	struct avow_sigstruct first = { 0 };
	struct scene s;
	size_t i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 5; j++) {
			scene_open(&s);
			REQUIRE_OK(avow_enclave_create(&s.e, &params[i]));
			REQUIRE_OK(raw_add(&s, page[j].src, page[j].offset, PAGE, page[j].secinfo,
					   page[j].flags, NULL));
			REQUIRE_OK(avow_measure_page(s.e.measure, page[j].offset, page[j].secinfo,
						     page[j].flags ? page[j].src : NULL));
			REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
			if (!i && !j) {
				first = s.e.sig;
			} else {
				struct avow_sigstruct own = s.e.sig;

				s.e.sig = first;
				EXPECT_ERRNO(avow_enclave_init(&s.e), EPERM);
				s.e.sig = own;
			}
			EXPECT_OK(avow_enclave_init(&s.e));
			scene_close(&s);
		}
	}
}

/* The explicit intent is no part of the measurement: MRENCLAVE is the architecture's. */
static void intent_not_measured(void)
{
	struct scene s;
	struct avow_sigstruct first;

	scene_signed(&s);
	first = s.e.sig;
	scene_close(&s);
	scene_create(&s, 16);
	scene_add_intent(&s, 0, 1, AVOW_R, AVOW_RWX);
	s.e.sig = first;
	EXPECT_OK(avow_enclave_init(&s.e));
}

static void masks(void)
{
	struct scene s;

	scene_signed(&s);
	s.e.sig.attributes &= ~ATTR_DEBUG;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	s.e.sig.attributemask &= ~ATTR_DEBUG;
	sign_again(&s);
	EXPECT_OK(avow_enclave_init(&s.e));
	scene_close(&s);

	scene_signed(&s);
	s.e.sig.miscselect = MISC_EXINFO;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	s.e.sig.miscmask = 0;
	sign_again(&s);
	EXPECT_OK(avow_enclave_init(&s.e));
	scene_close(&s);

	scene_signed(&s);
	s.e.sig.xfrm = 1;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	right_one(&s);
}

static void kss(void)
{
	const struct avow_params params = {
		.size = 16 * PAGE,
		.attributes = ATTR_MODE64BIT | ATTR_KSS,
	};
	struct scene s;

	scene_signed(&s);
	s.e.sig.isvfamilyid[3] = 1;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	right_one(&s);
	scene_signed(&s);
	s.e.sig.isvextprodid[15] = 1;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	right_one(&s);
	scene_signed_with(&s, &params);
	s.e.sig.isvfamilyid[3] = 1;
	s.e.sig.isvextprodid[15] = 1;
	sign_again(&s);
	EXPECT_OK(avow_enclave_init(&s.e));
}

/* Several things wrong: the first of the rule is told. */
static void order(void)
{
	const struct avow_params params = {
		.size = 16 * PAGE,
		.attributes = ATTR_MODE64BIT | ATTR_PROVISIONKEY,
	};
	struct scene s;

	scene_signed_with(&s, &params);
	s.e.sig.vendor = 5;
	s.e.sig.xfrm |= 1ULL << 62;
	s.e.sig.header1[0] = 0;
	REFUSED_PLAINLY(&s, avow_enclave_init(&s.e), EINVAL, 2303);
	s.e.sig.vendor = 0;
	REFUSED_INIT(&s, EACCES, 2304);
	REQUIRE_OK(provision(&s, open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC)));
	REFUSED_INIT(&s, EINVAL, 2305);
	s.e.sig.xfrm = s.e.secs.xfrm;
	REFUSED_INIT(&s, EPERM, 2306);
	s.e.sig.header1[0] = 0xe100000006;
	s.e.sig.enclavehash[0] ^= 1;
	s.e.sig.miscselect = MISC_EXINFO;
	REFUSED_INIT(&s, EPERM, 2307);
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2308);
	s.e.sig.enclavehash[0] ^= 1;
	sign_again(&s);
	REFUSED_INIT(&s, EPERM, 2309);
	right_one(&s);
}

static void other_key(void)
{
	EVP_PKEY *key;
	struct scene s;

	REQUIRE_OK(avow_key_read(&key, data_path("other.pem")));
	scene_signed(&s);
	REQUIRE_OK(avow_sigstruct_sign(&s.e.sig, key));
	EXPECT_OK(avow_enclave_init(&s.e));
	scene_close(&s);
	/* A signature of one key under the modulus of another. */
	scene_signed(&s);
	{
		struct avow_sigstruct mine = s.e.sig;

		REQUIRE_OK(avow_sigstruct_sign(&s.e.sig, key));
		memcpy(s.e.sig.modulus, mine.modulus, sizeof(mine.modulus));
	}
	REFUSED_INIT(&s, EPERM, 2307);
	right_one(&s);
}

TESTS(
	{ "R23.1 not created, or initialised", state, BOTH },
	{ "R23.2 SIGSTRUCT unreadable", unreadable, BOTH },
	{ "R23.3 VENDOR", vendor, BOTH },
	{ "R23.4 R27 PROVISIONKEY needs /dev/sgx_provision", provision_key, BOTH },
	{ "R23.4 EINITTOKENKEY", token_key, BOTH },
	{ "R27.1 a descriptor of something else", provision_wrong, BOTH },
	{ "R23.5 demands that no machine meets", unsupported, BOTH },
	{ "R23.6 headers, reserved fields, exponent", layout, BOTH },
	{ "R23.7 the signature, and Q1 and Q2", signature, BOTH },
	{ "R23.7 any key will do, but its own", other_key, BOTH },
	{ "R23.8 ENCLAVEHASH", measurement, BOTH },
	{ "R23.8 what the measurement is of", what_is_measured, ONCE },
	{ "R23.8 R1.1 explicit intent is not measured", intent_not_measured, BOTH },
	{ "R23.9 attributes, XFRM and MISCSELECT under their masks", masks, BOTH },
	{ "R23.9 KSS fields without KSS", kss, BOTH },
	{ "R23 the order of errors", order, BOTH },
)
