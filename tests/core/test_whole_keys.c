// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * EGETKEY and EREPORT without their cryptography: keys.c against tests/model/keys.c.
 *
 * What decides (name, policy, attributes, versions) takes all combinations, as far as
 * numbers that are compared stand to each other in different ways. What only goes into a key or
 * a report (names, identities, masks) is copied: each bit of it alone, for every kind of key.
 */
#include "whole.h"
#include "../model/arch.h"

_Static_assert(sizeof(struct avow_keyrequest) == M_KEYREQUEST_SIZE &&
	       sizeof(struct avow_targetinfo) == M_TARGETINFO_SIZE &&
	       sizeof(struct avow_report) == M_REPORT_SIZE, "the same bytes for both");

static struct avow_secs secs;
static struct avow_identity identity;
static struct avow_keyrequest request;
static struct avow_targetinfo target;

/* Nothing in the material but what the model knows of: it is compared as a whole. */
static bool same_material(const struct avow_key_material *got, const struct m_key *want)
{
	struct avow_key_material m = {
		.keyname = want->name, .keypolicy = want->policy, .isvprodid = want->isvprodid,
		.isvsvn = want->isvsvn, .configsvn = want->configsvn, .miscselect = want->miscselect,
		.miscmask = want->miscmask, .attributes = want->attributes, .xfrm = want->xfrm,
		.attributemask = want->attributemask, .xfrmmask = want->xfrmmask,
	};

	memcpy(m.mrenclave, want->mrenclave, 32);
	memcpy(m.mrsigner, want->mrsigner, 32);
	memcpy(m.keyid, want->keyid, 32);
	memcpy(m.configid, want->configid, 64);
	memcpy(m.cpusvn, want->cpusvn, 16);
	memcpy(m.isvfamilyid, want->isvfamilyid, 16);
	memcpy(m.isvextprodid, want->isvextprodid, 16);
	return !memcmp(&m, got, sizeof(m));
}

static void compare_key(u32 a, u32 b)
{
	static const enum avow_epcm_result results[] = {
		[M_DONE] = AVOW_EPCM_OK, [M_GP] = AVOW_EPCM_GP, [M_CODE] = AVOW_EPCM_CODE,
	};
	struct avow_key_material material;
	struct m_key key;
	__u64 want_code;
	u64 code = 99;
	enum m_leaf want = m_getkey((u8 *)&secs, (u8 *)&identity, (u8 *)&request, &key, &want_code);

	memset(&material, 0xaa, sizeof(material));
	if (avow_key_derive(&secs, &identity, &request, &material, &code) != results[want] || code != want_code)
		fail_msg("key %u of %#x %#x: code %llu, and not %llu", request.keyname, a, b, code, want_code);
	if (want == M_DONE && !same_material(&material, &key))
		fail_msg("key %u of %#x %#x depends on something else", request.keyname, a, b);
	compared++;
}

static void fill(void *at, size_t size, u8 seed)
{
	u8 *bytes = at;

	while (size--)
		bytes[size] = (u8)(seed += 29);
}

/* Each byte is another, so that none is taken for another. */
static void everything_set(void)
{
	fill(&secs, sizeof(secs), 1);
	fill(&identity, sizeof(identity), 2);
	fill(&request, sizeof(request), 3);
	request.reserved1 = request.cetattributesmask = 0;
	memset(request.reserved2, 0, sizeof(request.reserved2));
	memset(request.cpusvn, 0, sizeof(request.cpusvn));
	secs.isv_svn = secs.config_svn = 100;
}

static const u16 names[] = { 0, 1, 2, 3, 4, 5, 0x100, 0xffff };
static const u16 svns[] = { 0, 99, 100, 101, 0xffff };
static const u8 cpusvns[][2] = { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 1, 1 }, { 15, 1 }, { 15, 0x80 } };

static void versions(u32 policy, u32 attributes)
{
	u32 svn, config, cpu;

	for (svn = 0; svn < 5; svn++)
		for (config = 0; config < 5; config++)
			for (cpu = 0; cpu < 6; cpu++) {
				request.isvsvn = svns[svn];
				request.configsvn = svns[config];
				request.cpusvn[cpusvns[cpu][0]] = cpusvns[cpu][1];
				compare_key(policy, attributes);
				request.cpusvn[cpusvns[cpu][0]] = 0;
			}
}

static void decisions(void **state)
{
	u32 name, policy, n;

	(void)state;
	everything_set();
	for (name = 0; name < 8; name++)
		/* All that are known, then one bit more. */
		for (policy = 0; policy < 64 + 10; policy++)
			/* INIT, DEBUG; PROVISIONKEY, EINITTOKENKEY; KSS. */
			for (n = 0; n < 32; n++) {
				request.keyname = names[name];
				request.keypolicy = policy < 64 ? (u16)policy : (u16)(1 << (policy - 64 + 6));
				secs.attributes = 4 | (n & 3) | (n & 12) << 2 | (n & 16) << 3;
				versions(policy, n);
			}
	whole_domain("avow_key_derive: decisions", 8 * 74 * 32 * 150);
}

/* Every byte of a request in every value. */
static void bytes_of_a_request(void **state)
{
	u32 name, at, value;

	(void)state;
	for (name = 0; name < 5; name++) {
		everything_set();
		secs.attributes = 0xb7;
		request.keyname = names[name];
		request.keypolicy = 0x3f;
		request.isvsvn = request.configsvn = 100;
		for (at = 0; at < M_KEYREQUEST_SIZE; at++) {
			u8 was = ((u8 *)&request)[at];

			for (value = 0; value < 256; value++) {
				((u8 *)&request)[at] = (u8)value;
				compare_key(at, value);
			}
			((u8 *)&request)[at] = was;
		}
	}
	whole_domain("avow_key_derive: requests", 5 * M_KEYREQUEST_SIZE * 256);
}

/* Every bit of SECS and identity, for each key with each policy that decides about it. */
static void bits_of_an_enclave(void **state)
{
	u32 name, policy, bit;

	(void)state;
	for (name = 0; name < 5; name++)
		for (policy = 0; policy < 64; policy++) {
			everything_set();
			secs.attributes = 0xb7;
			request.keyname = names[name];
			request.keypolicy = (u16)policy;
			request.isvsvn = request.configsvn = 0;
			for (bit = 0; bit < 272 * 8; bit++) {
				((u8 *)&secs)[bit / 8] ^= 1U << bit % 8;
				compare_key(policy, bit);
				((u8 *)&secs)[bit / 8] ^= 1U << bit % 8;
			}
			for (bit = 0; bit < 32 * 8; bit++) {
				((u8 *)&identity)[bit / 8] ^= 1U << bit % 8;
				compare_key(policy, bit);
				((u8 *)&identity)[bit / 8] ^= 1U << bit % 8;
			}
		}
	whole_domain("avow_key_derive: enclaves", 5 * 64 * (272 + 32) * 8);
}

static void compare_report_key(const u8 *keyid, u32 bit)
{
	struct avow_key_material material;
	struct m_key key;

	memset(&material, 0xaa, sizeof(material));
	avow_key_report(&target, keyid, &material);
	m_report_key((u8 *)&target, keyid, &key);
	expect(same_material(&material, &key), "bit %u", bit);
	compared++;
}

static void report_keys(void **state)
{
	u8 keyid[32], cpusvn[16];
	u32 bit;

	(void)state;
	fill(&target, sizeof(target), 4);
	fill(keyid, sizeof(keyid), 5);
	for (bit = 0; bit < M_TARGETINFO_SIZE * 8; bit++) {
		((u8 *)&target)[bit / 8] ^= 1U << bit % 8;
		compare_report_key(keyid, bit);
		((u8 *)&target)[bit / 8] ^= 1U << bit % 8;
	}
	for (bit = 0; bit < 32 * 8; bit++) {
		keyid[bit / 8] ^= 1U << bit % 8;
		compare_report_key(keyid, bit);
		keyid[bit / 8] ^= 1U << bit % 8;
	}
	avow_key_cpusvn(cpusvn);
	for (bit = 0; bit < 16; bit++)
		assert_int_equal(cpusvn[bit], !bit);
	whole_domain("avow_key_report", (M_TARGETINFO_SIZE + 32) * 8);
}

static void compare_report(const u8 *data, u32 at)
{
	u8 got[M_REPORT_SIZE], want[M_REPORT_SIZE];
	bool filled = m_report((u8 *)&secs, (u8 *)&identity, (u8 *)&target, data, want);

	memset(got, 0xaa, sizeof(got));
	expect(avow_report_fill(&secs, &identity, &target, data, (struct avow_report *)got) == filled,
	       "byte %u", at);
	expect(!filled || !memcmp(got, want, sizeof(got)), "byte %u", at);
	compared++;
}

/* Every bit of what is told, and every value of each byte of the target, most of which is reserved. */
static void reports(void **state)
{
	static u8 data[64];
	u32 at, n;

	(void)state;
	everything_set();
	fill(data, sizeof(data), 6);
	memset(&target, 0, sizeof(target));
	for (at = 0; at < M_TARGETINFO_SIZE; at++) {
		for (n = 0; n < 256; n++) {
			((u8 *)&target)[at] = (u8)n;
			compare_report(data, at);
		}
		((u8 *)&target)[at] = 0;
	}
	for (n = 0; n < (272 + 32 + 64) * 8; n++) {
		u8 *byte = n / 8 < 272 ? (u8 *)&secs + n / 8 : n / 8 < 272 + 32 ? (u8 *)&identity + n / 8 - 272 :
			   data + n / 8 - 272 - 32;

		*byte ^= 1U << n % 8;
		compare_report(data, n);
		*byte ^= 1U << n % 8;
	}
	whole_domain("avow_report_fill", M_TARGETINFO_SIZE * 256 + (272 + 32 + 64) * 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(decisions, whole_begin),
		cmocka_unit_test_setup(bytes_of_a_request, whole_begin),
		cmocka_unit_test_setup(bits_of_an_enclave, whole_begin),
		cmocka_unit_test_setup(report_keys, whole_begin),
		cmocka_unit_test_setup(reports, whole_begin),
	};

	return cmocka_run_group_tests_name("whole_keys", tests, NULL, NULL);
}
