// SPDX-License-Identifier: LGPL-2.1-or-later
/* R36: EREPORT. What it says, who can verify it, which operands it takes. */
#include <string.h>
#include <sys/mman.h>

#include "who.h"

static const struct who everything = {
	.attributes = ATTR_MODE64BIT | ATTR_DEBUG | ATTR_KSS,
	.miscselect = MISC_EXINFO,
	.prodid = 0x1234,
	.svn = 7,
	.configsvn = 9,
	.configid = 0xc1,
	.familyid = 0xfa,
	.extprodid = 0xe8,
};

static void pattern(u8 data[64], u8 first)
{
	u8 i;

	for (i = 0; i < 64; i++)
		data[i] = (u8)(first + 3 * i);
}

static bool filled(const u8 *bytes, size_t n, u8 with)
{
	while (n--)
		if (bytes[n] != with)
			return false;
	return true;
}

/* Every field, against what was asked for at CREATE and INIT. */
static void fields(void)
{
	struct avow_targetinfo target;
	struct avow_report report;
	u8 data[64], mrenclave[32], mrsigner[32];
	struct scene s;

	scene_who(&s, &everything);
	who_mrenclave(&s, mrenclave);
	who_mrsigner(&s, mrsigner);
	target = who_target(&s);
	pattern(data, 5);
	EXPECT_LEAF(ereport(&s, &target, data, &report), 0);
	EXPECT_EQ(report.cpusvn[0], 1);
	EXPECT(filled(report.cpusvn + 1, 15, 0));
	EXPECT_EQ(report.miscselect, MISC_EXINFO);
	EXPECT_EQ(report.attributes, everything.attributes | ATTR_INIT);
	EXPECT_EQ(report.xfrm, XFRM_X87_SSE);
	EXPECT(!memcmp(report.mrenclave, mrenclave, 32));
	EXPECT(!memcmp(report.mrsigner, mrsigner, 32));
	EXPECT(filled(report.configid, sizeof(report.configid), 0xc1));
	EXPECT_EQ(report.isvprodid, 0x1234);
	EXPECT_EQ(report.isvsvn, 7);
	EXPECT_EQ(report.configsvn, 9);
	EXPECT(filled(report.isvfamilyid, 16, 0xfa));
	EXPECT(filled(report.isvextprodid, 16, 0xe8));
	EXPECT(!memcmp(report.reportdata, data, 64));
	EXPECT(filled(report.reserved1, sizeof(report.reserved1), 0));
	EXPECT(filled(report.reserved2, sizeof(report.reserved2), 0));
	EXPECT(filled(report.reserved3, sizeof(report.reserved3), 0));
	EXPECT(filled(report.reserved4, sizeof(report.reserved4), 0));
	EXPECT(!filled(report.keyid, 32, 0));
}

/* The report key of an enclave for the KEYID of a report, as the enclave gets it. */
static void report_key(struct scene *s, const struct avow_report *report, u8 key[16])
{
	struct avow_keyrequest request = { .keyname = KEY_REPORT };

	memcpy(request.keyid, report->keyid, sizeof(request.keyid));
	EXPECT_LEAF(egetkey(s, &request, key), 0);
}

static bool verifies(const u8 key[16], const struct avow_report *report)
{
	u8 mac[16];

	report_mac(key, report, mac);
	return !memcmp(mac, report->mac, 16);
}

/* Local attestation: from one enclave to another, which verifies it and nobody else. */
static void attested(void)
{
	static const struct who prover = { .svn = 1 }, target = { .other_code = true },
				bystander = { .attributes = ATTR_MODE64BIT };
	struct avow_targetinfo info;
	struct scene from, to, other;
	struct avow_report report, changed;
	u8 data[64], key[16];
	size_t i;

	scene_who(&from, &prover);
	scene_who(&to, &target);
	scene_who(&other, &bystander);
	info = who_target(&to);
	pattern(data, 9);
	EXPECT_LEAF(ereport(&from, &info, data, &report), 0);

	report_key(&to, &report, key);
	EXPECT(verifies(key, &report));
	for (i = 0; i < REPORT_MAC_BYTES; i++) {	/* each byte counts */
		changed = report;
		((u8 *)&changed)[i] ^= 0x10;
		EXPECT(!verifies(key, &changed));
	}
	report_key(&from, &report, key);		/* not by whoever made it */
	EXPECT(!verifies(key, &report));
	report_key(&other, &report, key);		/* the same code, not DEBUG */
	EXPECT(!verifies(key, &report));
}

/* An enclave's report to itself, as runtimes make at their start. */
static void self_report(void)
{
	static const struct who who = { .prodid = 3 };
	struct avow_targetinfo info;
	struct avow_report report;
	u8 data[64], key[16];
	struct scene s;

	scene_who(&s, &who);
	info = who_target(&s);
	pattern(data, 1);
	EXPECT_LEAF(ereport(&s, &info, data, &report), 0);
	report_key(&s, &report, key);
	EXPECT(verifies(key, &report));
	/* The signer is not part of a target: an enclave of other identity, same code. */
	report.isvprodid++;
	EXPECT(!verifies(key, &report));
}

/* A target that differs in one field is another target. */
static void another_target(void)
{
	static const size_t at[] = {
		offsetof(struct avow_targetinfo, measurement),
		offsetof(struct avow_targetinfo, measurement) + 31,
		offsetof(struct avow_targetinfo, attributes),
		offsetof(struct avow_targetinfo, xfrm),
		offsetof(struct avow_targetinfo, configsvn),
		offsetof(struct avow_targetinfo, miscselect),
		offsetof(struct avow_targetinfo, configid),
		offsetof(struct avow_targetinfo, configid) + 63,
	};
	struct avow_targetinfo info, wrong;
	struct avow_report report;
	u8 data[64], key[16];
	struct scene s;
	size_t i;

	scene_who(&s, &everything);
	info = who_target(&s);
	pattern(data, 77);
	EXPECT_LEAF(ereport(&s, &info, data, &report), 0);
	report_key(&s, &report, key);
	EXPECT(verifies(key, &report));
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		wrong = info;
		((u8 *)&wrong)[at[i]] ^= 1;
		EXPECT_LEAF(ereport(&s, &wrong, data, &report), 0);
		if (verifies(key, &report))
			FAIL("byte %zu of TARGETINFO does not count", at[i]);
	}
}

/* What TARGETINFO reserves is #GP, and no report is written. */
static void reserved(void)
{
	static const size_t at[] = {
		offsetof(struct avow_targetinfo, cetattributes),
		offsetof(struct avow_targetinfo, reserved1),
		offsetof(struct avow_targetinfo, reserved2),
		offsetof(struct avow_targetinfo, reserved2) + 7,
		offsetof(struct avow_targetinfo, reserved3),
		offsetof(struct avow_targetinfo, reserved3) + 383,
	};
	struct avow_targetinfo info, wrong;
	struct avow_report before, report;
	u8 data[64];
	struct scene s;
	size_t i;

	scene_who(&s, &everything);
	info = who_target(&s);
	pattern(data, 0);
	EXPECT_LEAF(ereport(&s, &info, data, &before), 0);
	data[0] ^= 1;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		wrong = info;
		((u8 *)&wrong)[at[i]] = 0x80;
		EXPECT_INSIDE(ereport(&s, &wrong, data, &report).exit, VECTOR_GP, 0, 0);
		EXPECT(!memcmp(&before, &report, sizeof(report)));
	}
}

struct operands {
	u64 target, data, out;
};

static struct exit with(struct scene *s, struct operands o)
{
	return inside_leaf(s, ENCLU_EREPORT, o.target, 0, o.data, o.out).exit;
}

static void ready(struct scene *s, struct operands *good)
{
	struct avow_targetinfo info;
	struct avow_report report;
	u8 data[64] = { 0 };

	scene_who(s, &everything);
	info = who_target(s);
	EXPECT_LEAF(ereport(s, &info, data, &report), 0);
	*good = (struct operands){ operand_in(s), operand_data(s), operand_out(s) };
}

/* One operand at a time is not where it must be. */
static void operands_gp(void)
{
	u64 ordinary = (u64)source_anon(1, PROT_READ | PROT_WRITE);
	struct operands good, o;
	struct scene s;
	u64 outside[3];
	int i;

	ready(&s, &good);
	outside[0] = ordinary;
	outside[1] = s.e.base - PAGE;
	outside[2] = s.e.base + s.e.size;
	for (i = 0; i < 3; i++) {
		o = good, o.target = outside[i];
		EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
		o = good, o.data = outside[i];
		EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
		o = good, o.out = outside[i];
		EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
	}
	o = good, o.target += 256;
	EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
	o = good, o.target += 1;
	EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
	o = good, o.data += 64;
	EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
	o = good, o.out += 256;
	EXPECT_INSIDE(with(&s, o), VECTOR_GP, 0, 0);
	o = good, o.data += 128;	/* aligned as it must be */
	EXPECT_INSIDE_OK(with(&s, o));
	EXPECT_INSIDE_OK(with(&s, good));
}

/* One operand at a time in a page that gives no access: #PF there. */
static void operands_pf(void)
{
	struct operands good, o;
	struct scene s;
	u64 bad[3];
	int i;

	ready(&s, &good);
	bad[0] = scene_at(&s, PAGE);				/* a TCS */
	bad[1] = scene_at(&s, s.e.size - PAGE);			/* not mapped */
	bad[2] = s.image.segments[2].pages.offset + s.e.base;	/* mapped, and then not */
	scene_unmap(&s, bad[2] - s.e.base, 1);
	REQUIRE(s.e.size - PAGE >= s.play + 2 * PAGE);
	for (i = 0; i < 3; i++) {
		o = good, o.target = bad[i] + 512;
		EXPECT_INSIDE(with(&s, o), VECTOR_PF, ANY_ERROR, bad[i]);
		o = good, o.data = bad[i] + 512;
		EXPECT_INSIDE(with(&s, o), VECTOR_PF, ANY_ERROR, bad[i]);
		o = good, o.out = bad[i] + 512;
		EXPECT_INSIDE(with(&s, o), VECTOR_PF, ANY_ERROR, bad[i]);
	}
	EXPECT_INSIDE_OK(with(&s, good));
}

/* Rights: an operand that is read needs R of the EPCM, the report W of EPCM and mapping. */
static void operands_rights(void)
{
	struct operands good, o;
	struct scene s;

	ready(&s, &good);
	o = good, o.out = s.image.segments[3].pages.offset + s.e.base;	/* code */
	EXPECT_INSIDE(with(&s, o), VECTOR_PF, ANY_ERROR, o.out);
	REQUIRE_OK(raw_protect(&s, s.play + PAGE, 1, PROT_READ));
	EXPECT_INSIDE(with(&s, good), VECTOR_PF, ANY_ERROR, good.out);
	REQUIRE_OK(raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE));
	EXPECT_INSIDE_OK(with(&s, good));
	REQUIRE_OK(raw_restrict(&s, s.play + PAGE, 1, AVOW_R));
	EXPECT_INSIDE(with(&s, good), VECTOR_PF, ANY_ERROR, good.out);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, 0));
	EXPECT_INSIDE(with(&s, good), VECTOR_PF, ANY_ERROR, good.target);
	EXPECT_EQ(*(volatile u8 *)good.target, 0xff);	/* R10.4: right after an outside access */
	EXPECT_INSIDE(with(&s, good), VECTOR_PF, ANY_ERROR, good.target);
}

TESTS(
	{ "R36.1 a report says what SECS and SIGSTRUCT say", fields, BOTH },
	{ "R36.1 R37.1 the target verifies it, and nobody else", attested, BOTH },
	{ "R36.1 a report to oneself", self_report, ONCE },
	{ "R36.1 every field of TARGETINFO counts", another_target, ONCE },
	{ "R36.2 what TARGETINFO reserves", reserved, ONCE },
	{ "R36.2 operands misaligned or outside", operands_gp, BOTH },
	{ "R36.2 R10.4 operands in pages that give no access", operands_pf, BOTH },
	{ "R36.2 R10.4 operands without the right", operands_rights, BOTH },
)
