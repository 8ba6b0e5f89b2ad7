// SPDX-License-Identifier: LGPL-2.1-or-later
/* R37, R27: EGETKEY. What a key depends on, who gets which, and for how long. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "module.h"
#include "who.h"

#define KSS		(ATTR_MODE64BIT | ATTR_DEBUG | ATTR_KSS)
#define ZF		0x40

/* The key that an enclave gets for a request, on success. */
static void key_of(struct scene *s, const struct avow_keyrequest *request, u8 key[16])
{
	EXPECT_LEAF(egetkey(s, request, key), 0);
}

static void enclave_key(const struct who *who, const struct avow_keyrequest *request, u8 key[16])
{
	struct scene s;

	scene_who(&s, who);
	key_of(&s, request, key);
	scene_close(&s);
}

enum { SAME, OTHER };

/* Two enclaves, one request: is the key the same? */
static const struct comparison {
	const char *name;
	struct who a, b;
	struct avow_keyrequest request;
	int key;
} enclaves[] = {
#define SEAL(policy, ...)	{ .keyname = KEY_SEAL, .keypolicy = (policy), __VA_ARGS__ }
#define ENCLAVE			KEYPOLICY_MRENCLAVE
#define SIGNER			KEYPOLICY_MRSIGNER
	{ "another instance, MRENCLAVE", { 0 }, { 0 }, SEAL(ENCLAVE), SAME },
	{ "other code, MRENCLAVE", { 0 }, { .other_code = true }, SEAL(ENCLAVE), OTHER },
	{ "other code, MRSIGNER", { 0 }, { .other_code = true }, SEAL(SIGNER), SAME },
	{ "other code, both", { 0 }, { .other_code = true }, SEAL(SIGNER | ENCLAVE), OTHER },
	{ "other signer, MRSIGNER", { 0 }, { .other_signer = true }, SEAL(SIGNER), OTHER },
	{ "other signer, MRENCLAVE", { 0 }, { .other_signer = true }, SEAL(ENCLAVE), SAME },
	{ "product, MRSIGNER", { 0 }, { .prodid = 1 }, SEAL(SIGNER), OTHER },
	{ "product, MRENCLAVE", { 0 }, { .prodid = 1 }, SEAL(ENCLAVE), OTHER },
	{ "product, NOISVPRODID", { .attributes = KSS }, { .attributes = KSS, .prodid = 1 },
	  SEAL(SIGNER | KEYPOLICY_NOISVPRODID), SAME },
	{ "a later version, the old one's key", { .svn = 2 }, { .svn = 5 },
	  SEAL(SIGNER, .isvsvn = 2), SAME },
	{ "DEBUG, whatever the mask", { .attributes = ATTR_MODE64BIT },
	  { .attributes = ATTR_MODE64BIT | ATTR_DEBUG }, SEAL(SIGNER), OTHER },
	{ "KSS, not in the mask", { 0 }, { .attributes = KSS }, SEAL(SIGNER), SAME },
	{ "KSS, in the mask", { 0 }, { .attributes = KSS }, SEAL(SIGNER, .attributemask = ~0ULL), OTHER },
	{ "MISCSELECT, not in the mask", { 0 }, { .miscselect = MISC_EXINFO }, SEAL(SIGNER), SAME },
	{ "MISCSELECT, in the mask", { 0 }, { .miscselect = MISC_EXINFO },
	  SEAL(SIGNER, .miscmask = ~0U), OTHER },
	{ "CONFIGID, not asked for", { .attributes = KSS }, { .attributes = KSS, .configid = 1 },
	  SEAL(SIGNER), SAME },
	{ "CONFIGID", { .attributes = KSS }, { .attributes = KSS, .configid = 1 },
	  SEAL(SIGNER | KEYPOLICY_CONFIGID), OTHER },
	{ "CONFIGSVN of the enclave", { .attributes = KSS, .configsvn = 4 },
	  { .attributes = KSS, .configsvn = 9 }, SEAL(SIGNER | KEYPOLICY_CONFIGID, .configsvn = 4), SAME },
	{ "family, not asked for", { .attributes = KSS }, { .attributes = KSS, .familyid = 1 },
	  SEAL(SIGNER), SAME },
	{ "family", { .attributes = KSS }, { .attributes = KSS, .familyid = 1 },
	  SEAL(SIGNER | KEYPOLICY_ISVFAMILYID), OTHER },
	{ "extended product, not asked for", { .attributes = KSS }, { .attributes = KSS, .extprodid = 1 },
	  SEAL(SIGNER), SAME },
	{ "extended product", { .attributes = KSS }, { .attributes = KSS, .extprodid = 1 },
	  SEAL(SIGNER | KEYPOLICY_ISVEXTPRODID), OTHER },
	{ "report key, other code", { 0 }, { .other_code = true }, { .keyname = KEY_REPORT }, OTHER },
	{ "report key, other signer", { 0 }, { .other_signer = true }, { .keyname = KEY_REPORT }, SAME },
	{ "report key, product and version", { 0 }, { .prodid = 1, .svn = 1 },
	  { .keyname = KEY_REPORT }, SAME },
	{ "report key, MISCSELECT", { 0 }, { .miscselect = MISC_EXINFO },
	  { .keyname = KEY_REPORT }, OTHER },
	{ "report key, CONFIGID", { .attributes = KSS }, { .attributes = KSS, .configid = 1 },
	  { .keyname = KEY_REPORT }, OTHER },
};

static void by_enclave(void)
{
	u8 a[16], b[16];
	size_t i;

	for (i = 0; i < sizeof(enclaves) / sizeof(enclaves[0]); i++) {
		const struct comparison *c = &enclaves[i];

		enclave_key(&c->a, &c->request, a);
		enclave_key(&c->b, &c->request, b);
		if (!memcmp(a, b, 16) != (c->key == SAME))
			FAIL("%s: the keys are %s", c->name, c->key == SAME ? "not the same" : "the same");
	}
}

/* One enclave with everything, and two requests that differ in one thing. */
static const struct who everything = {
	.attributes = KSS, .miscselect = MISC_EXINFO, .prodid = 5, .svn = 7, .configsvn = 9,
	.configid = 1, .familyid = 2, .extprodid = 3,
};

static const struct request_pair {
	const char *name;
	struct avow_keyrequest a, b;
	int key;
} requests[] = {
	{ "policies", SEAL(ENCLAVE), SEAL(SIGNER), OTHER },
	{ "policy of none", SEAL(0), SEAL(SIGNER), OTHER },
	{ "NOISVPRODID", SEAL(SIGNER), SEAL(SIGNER | KEYPOLICY_NOISVPRODID), OTHER },
	{ "ISVSVN", SEAL(SIGNER, .isvsvn = 7), SEAL(SIGNER, .isvsvn = 6), OTHER },
	{ "CPUSVN", SEAL(SIGNER), SEAL(SIGNER, .cpusvn = { 1 }), OTHER },
	{ "KEYID, first byte", SEAL(SIGNER), SEAL(SIGNER, .keyid = { 1 }), OTHER },
	{ "KEYID, last byte", SEAL(SIGNER), SEAL(SIGNER, .keyid = { [31] = 0x80 }), OTHER },
	{ "CONFIGSVN", SEAL(SIGNER | KEYPOLICY_CONFIGID, .configsvn = 9),
	  SEAL(SIGNER | KEYPOLICY_CONFIGID, .configsvn = 8), OTHER },
	{ "CONFIGSVN without its policy", SEAL(SIGNER, .configsvn = 9), SEAL(SIGNER), SAME },
	{ "attribute mask", SEAL(SIGNER), SEAL(SIGNER, .attributemask = ATTR_KSS), OTHER },
	{ "XFRM mask", SEAL(SIGNER), SEAL(SIGNER, .xfrmmask = ~0ULL), OTHER },
	{ "MISCSELECT mask", SEAL(SIGNER), SEAL(SIGNER, .miscmask = 1), OTHER },
	{ "the same twice", SEAL(SIGNER | ENCLAVE, .isvsvn = 7), SEAL(SIGNER | ENCLAVE, .isvsvn = 7),
	  SAME },
	{ "names", SEAL(ENCLAVE), { .keyname = KEY_REPORT }, OTHER },
	{ "report key, KEYID", { .keyname = KEY_REPORT }, { .keyname = KEY_REPORT, .keyid = { 1 } },
	  OTHER },
	{ "report key, nothing but KEYID", { .keyname = KEY_REPORT },
	  { .keyname = KEY_REPORT, .keypolicy = SIGNER, .isvsvn = 0xffff, .cpusvn = { 0xff },
	    .attributemask = ~0ULL, .xfrmmask = ~0ULL, .miscmask = ~0U, .configsvn = 0xffff }, SAME },
};

static void by_request(void)
{
	struct scene s;
	u8 a[16], b[16];
	size_t i;

	scene_who(&s, &everything);
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		const struct request_pair *r = &requests[i];

		key_of(&s, &r->a, a);
		key_of(&s, &r->b, b);
		if (!memcmp(a, b, 16) != (r->key == SAME))
			FAIL("%s: the keys are %s", r->name, r->key == SAME ? "not the same" : "the same");
	}
}

/* A request that is answered by a code: RAX and ZF, and no key. */
static void expect_code(struct scene *s, struct avow_keyrequest request, u64 code)
{
	static const u8 none[16];
	u8 key[16];

	EXPECT_LEAF(egetkey(s, &request, key), code);
	EXPECT(!memcmp(key, none, 16));
}

static void codes(void)
{
	static const u16 names[] = { 5, 6, 0x100, 0x104, 0xffff };
	struct who plain = { .svn = 7 };
	struct avow_keyrequest r;
	struct scene s;
	size_t i;

	scene_who(&s, &plain);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_code(&s, (struct avow_keyrequest){ .keyname = names[i] }, SGX_ERR_INVALID_KEYNAME);
	expect_code(&s, (struct avow_keyrequest){ .keyname = KEY_EINITTOKEN }, SGX_ERR_INVALID_ATTRIBUTE);
	expect_code(&s, (struct avow_keyrequest){ .keyname = KEY_PROVISION }, SGX_ERR_INVALID_ATTRIBUTE);
	expect_code(&s, (struct avow_keyrequest){ .keyname = KEY_PROVISION_SEAL },
		    SGX_ERR_INVALID_ATTRIBUTE);
	expect_code(&s, (struct avow_keyrequest)SEAL(SIGNER, .isvsvn = 8), SGX_ERR_INVALID_ISVSVN);
	expect_code(&s, (struct avow_keyrequest)SEAL(SIGNER, .isvsvn = 0xffff), SGX_ERR_INVALID_ISVSVN);
	expect_code(&s, (struct avow_keyrequest)SEAL(SIGNER, .cpusvn = { 2 }), SGX_ERR_INVALID_CPUSVN);
	for (i = 1; i < 16; i++) {
		r = (struct avow_keyrequest)SEAL(SIGNER);
		r.cpusvn[i] = 1;
		expect_code(&s, r, SGX_ERR_INVALID_CPUSVN);
	}
	scene_close(&s);

	scene_who(&s, &everything);
	expect_code(&s, (struct avow_keyrequest)SEAL(SIGNER | KEYPOLICY_CONFIGID, .configsvn = 10),
		    SGX_ERR_INVALID_ISVSVN);
}

/* The status flags are cleared, but for ZF of a code; all else is as it was. */
static void flags(void)
{
	struct avow_keyrequest r = SEAL(SIGNER);
	struct leaf_result ok, bad;
	struct op op = { .id = OP_LEAF, .rax = ENCLU_EGETKEY };
	struct scene s;

	scene_who(&s, &everything);
	put_inside(&s, operand_in(&s), &r, sizeof(r));
	op.rbx = operand_in(&s);
	op.rcx = operand_out(&s);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.flags & 0x8d5, 0);		/* CF PF AF ZF SF OF */
	ok = inside_leaf(&s, ENCLU_EGETKEY, op.rbx, 0, op.rcx, 0);
	EXPECT(!ok.zf);
	r.keyname = 9;
	put_inside(&s, operand_in(&s), &r, sizeof(r));
	op.rax = ENCLU_EGETKEY;
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.flags & 0x8d5, ZF);
	bad = inside_leaf(&s, ENCLU_EGETKEY, op.rbx, 0, op.rcx, 0);
	EXPECT(bad.zf);
}

static void expect_gp(struct scene *s, struct avow_keyrequest request)
{
	u8 key[16];

	EXPECT_INSIDE(egetkey(s, &request, key).exit, VECTOR_GP, 0, 0);
}

static void malformed(void)
{
	struct who plain = { 0 };
	struct avow_keyrequest r;
	struct scene s;
	size_t i;
	u8 key[16];

	scene_who(&s, &everything);
	expect_gp(&s, (struct avow_keyrequest)SEAL(SIGNER, .reserved1 = 1));
	expect_gp(&s, (struct avow_keyrequest)SEAL(SIGNER, .cetattributesmask = 1));
	for (i = 0; i < sizeof(r.reserved2); i += 31) {
		r = (struct avow_keyrequest)SEAL(SIGNER);
		r.reserved2[i] = 1;
		expect_gp(&s, r);
	}
	r = (struct avow_keyrequest)SEAL(SIGNER);
	r.reserved2[sizeof(r.reserved2) - 1] = 0x80;
	expect_gp(&s, r);
	for (i = 6; i < 16; i++)
		expect_gp(&s, (struct avow_keyrequest)SEAL((u16)(SIGNER | 1U << i)));
	/* A malformed request for a key that there is not is malformed. */
	expect_gp(&s, (struct avow_keyrequest){ .keyname = 99, .reserved1 = 1 });
	scene_close(&s);

	scene_who(&s, &plain);		/* without KSS */
	for (i = 2; i < 6; i++)
		expect_gp(&s, (struct avow_keyrequest)SEAL((u16)(SIGNER | 1U << i)));
	expect_gp(&s, (struct avow_keyrequest)SEAL(SIGNER, .configsvn = 1));
	r = (struct avow_keyrequest)SEAL(SIGNER);
	key_of(&s, &r, key);
}

static struct exit with(struct scene *s, u64 request, u64 out)
{
	return inside_leaf(s, ENCLU_EGETKEY, request, 0, out, 0).exit;
}

static void operands(void)
{
	struct avow_keyrequest r = SEAL(SIGNER);
	u64 ordinary = (u64)source_anon(1, PROT_READ | PROT_WRITE), request, out;
	struct scene s;
	u64 outside[3], bad[2];
	int i;

	scene_who(&s, &everything);
	request = operand_in(&s);
	out = operand_out(&s);
	put_inside(&s, request, &r, sizeof(r));
	outside[0] = ordinary;
	outside[1] = s.e.base - PAGE;
	outside[2] = s.e.base + s.e.size;
	for (i = 0; i < 3; i++) {
		EXPECT_INSIDE(with(&s, outside[i], out), VECTOR_GP, 0, 0);
		EXPECT_INSIDE(with(&s, request, outside[i]), VECTOR_GP, 0, 0);
	}
	EXPECT_INSIDE(with(&s, request + 256, out), VECTOR_GP, 0, 0);
	EXPECT_INSIDE(with(&s, request + 8, out), VECTOR_GP, 0, 0);
	EXPECT_INSIDE(with(&s, request, out + 8), VECTOR_GP, 0, 0);
	EXPECT_INSIDE(with(&s, request, out + 1), VECTOR_GP, 0, 0);
	EXPECT_INSIDE_OK(with(&s, request, out + PAGE - 16));
	bad[0] = scene_at(&s, PAGE);			/* a TCS */
	bad[1] = scene_at(&s, s.e.size - PAGE);		/* not mapped */
	for (i = 0; i < 2; i++) {
		EXPECT_INSIDE(with(&s, bad[i] + 512, out), VECTOR_PF, ANY_ERROR, bad[i]);
		EXPECT_INSIDE(with(&s, request, bad[i] + 512), VECTOR_PF, ANY_ERROR, bad[i]);
	}
	REQUIRE_OK(raw_restrict(&s, s.play + PAGE, 1, AVOW_R));
	EXPECT_INSIDE(with(&s, request, out), VECTOR_PF, ANY_ERROR, out);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, 0));
	EXPECT_INSIDE(with(&s, request, out), VECTOR_PF, ANY_ERROR, request);
}

/* Keys for provisioning go to enclaves that /dev/sgx_provision let have the attribute. */
static void provisioning(void)
{
	const struct who may = {
		.attributes = ATTR_MODE64BIT | ATTR_DEBUG | ATTR_PROVISIONKEY, .svn = 3, .provision = true,
	};
	const struct who may_other_code = {
		.attributes = may.attributes, .svn = 3, .provision = true, .other_code = true,
	};
	const struct who may_other_signer = {
		.attributes = may.attributes, .svn = 3, .provision = true, .other_signer = true,
	};
	const struct who leave_only = { .provision = true };
	struct avow_keyrequest provision = { .keyname = KEY_PROVISION }, seal = SEAL(SIGNER),
			       provision_seal = { .keyname = KEY_PROVISION_SEAL };
	u8 a[16], b[16], c[16], other[16];
	struct scene s;

	scene_who(&s, &may);
	key_of(&s, &provision, a);
	key_of(&s, &provision_seal, b);
	key_of(&s, &seal, c);
	EXPECT(memcmp(a, b, 16) && memcmp(b, c, 16) && memcmp(a, c, 16));
	provision.keyid[3] = provision_seal.keyid[3] = 1;	/* which they do not depend on */
	key_of(&s, &provision, other);
	EXPECT(!memcmp(a, other, 16));
	key_of(&s, &provision_seal, other);
	EXPECT(!memcmp(b, other, 16));
	provision.isvsvn = 4;
	expect_code(&s, provision, SGX_ERR_INVALID_ISVSVN);
	provision.isvsvn = 3;
	key_of(&s, &provision, other);
	EXPECT(memcmp(a, other, 16));
	provision.isvsvn = 0;
	provision.cpusvn[15] = 1;
	expect_code(&s, provision, SGX_ERR_INVALID_CPUSVN);
	provision.cpusvn[15] = 0;
	scene_close(&s);

	enclave_key(&may_other_code, &provision, other);
	EXPECT(!memcmp(a, other, 16));
	enclave_key(&may_other_signer, &provision, other);
	EXPECT(memcmp(a, other, 16));

	/* Leave alone gives no key: the attribute does. */
	scene_who(&s, &leave_only);
	expect_code(&s, provision, SGX_ERR_INVALID_ATTRIBUTE);
}

/* ---- how long a key lives ---- */

#define FILE_A	"/tmp/seal-a"
#define FILE_B	"/tmp/seal-b"

static void secret_file(const char *path, u8 fill, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t i;

	REQUIRE(fd >= 0);
	for (i = 0; i < bytes; i++)
		REQUIRE(write(fd, &fill, 1) == 1);
	close(fd);
}

static void key_after_loading(const char *parameters, u8 key[16])
{
	static const struct who who = { .prodid = 9, .svn = 2 };
	const struct avow_keyrequest r = SEAL(SIGNER | ENCLAVE, .isvsvn = 2);

	if (module_loaded())
		REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
	enclave_key(&who, &r, key);
}

static void sealed(void)
{
	u8 a[16], again[16], b[16], none[16];

	secret_file(FILE_A, 0x11, 32);
	secret_file(FILE_B, 0x11, 33);
	key_after_loading("seal_secret=" FILE_A, a);
	key_after_loading("seal_secret=" FILE_A, again);
	EXPECT(!memcmp(a, again, 16));
	key_after_loading("seal_secret=" FILE_B, b);
	EXPECT(memcmp(a, b, 16));
	key_after_loading("", none);
	EXPECT(memcmp(a, none, 16) && memcmp(b, none, 16));
	key_after_loading("", again);
	EXPECT(memcmp(none, again, 16));
	key_after_loading("seal_secret=" FILE_A " contract=strict", again);
	EXPECT(!memcmp(a, again, 16));
	key_after_loading("", again);
}

/* A secret that is none: the module does not load, and says why. */
static void no_secret(void)
{
	char log[16384];

	REQUIRE_OK(module_unload());
	kernel_log(log, sizeof(log));
	secret_file(FILE_A, 0x22, 31);
	EXPECT_ERRNO(module_load("seal_secret=" FILE_A), EINVAL);
	EXPECT_ERRNO(module_load("seal_secret=/tmp/seal-nowhere"), ENOENT);
	kernel_log(log, sizeof(log));
	EXPECT(strstr(log, FILE_A));
	EXPECT(strstr(log, "/tmp/seal-nowhere"));
	EXPECT(!module_loaded());
	REQUIRE_OK(module_load(""));
}

TESTS(
	{ "R37.1 what of an enclave a key depends on", by_enclave, ONCE },
	{ "R37.1 what of a request a key depends on", by_request, BOTH },
	{ "R37.3 requests that are answered by a code", codes, BOTH },
	{ "R37.3 flags", flags, ONCE },
	{ "R37.2 malformed requests", malformed, ONCE },
	{ "R37.2 R10.4 operands", operands, BOTH },
	{ "R37.3 R27 provisioning keys", provisioning, ONCE },
	{ "R37.1 keys that outlive the module, and those that do not", sealed, ONCE },
	{ "R37.1 a file without a secret", no_secret, ONCE },
)
