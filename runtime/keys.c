// SPDX-License-Identifier: LGPL-2.1-or-later
/* EGETKEY and EREPORT: who this enclave is, and what only it can know. */
#include <immintrin.h>

#include "sgx_arch.h"

#include "aes.h"
#include "thread.h"

#define HEADER	offsetof(struct sealed, v)

/* What sealing puts before the text. */
struct sealed {
	u16 policy;
	u16 isvsvn;		/* of the sealer, whose key it is */
	u32 reserved;
	u8 cpusvn[16];
	u8 keyid[32];		/* the last byte is 0; 1 and 2 in requests: two keys */
	u8 v[16];
};

static_assert(sizeof(struct sealed) == AVOW_SEAL_BYTES, "AVOW_SEAL_BYTES");
static_assert(KEYPOLICY_MRENCLAVE == AVOW_SEAL_ENCLAVE && KEYPOLICY_MRSIGNER == AVOW_SEAL_SIGNER, "policy");
static_assert(sizeof(struct avow_targetinfo) == AVOW_TARGETINFO_BYTES, "TARGETINFO");
static_assert(sizeof(struct avow_report) == AVOW_REPORT_BYTES, "REPORT");

/* RDRAND may have nothing for a moment; ten times is not a moment (Intel's guide). */
__attribute__((target("rdrnd"))) static bool draw(unsigned long long *word)
{
	int i;

	for (i = 0; i < 10; i++)
		if (_rdrand64_step(word))
			return true;
	return false;
}

bool avow_random(void *to, size_t bytes)
{
	unsigned long long word;
	u8 *at = to;
	size_t now;

	for (; bytes; at += now, bytes -= now) {
		if (!draw(&word))
			return false;
		now = bytes < sizeof(word) ? bytes : sizeof(word);
		memcpy(at, &word, now);
	}
	return true;
}

void avow_cmac(const u8 key[16], const void *data, size_t bytes, u8 mac[16])
{
	struct avow_aes aes;

	avow_aes_init(&aes, key);
	avow_aes_cmac(&aes, data, bytes, mac);
	avow_wipe(&aes, sizeof(aes));
}

/* EGETKEY; what is in the request is a matter of who calls. */
static int get_key(const struct avow_keyrequest *from, struct avow_aes *aes)
{
	struct avow_keyrequest request __attribute__((aligned(512))) = *from;
	u8 key[16] __attribute__((aligned(16)));
	long result;

	__asm__ volatile("" : : "r"(&request), "r"(key) : "memory");
	result = avow_leaf(ENCLU_EGETKEY, (u64)&request, (u64)key, 0);
	__asm__ volatile("" : : : "memory");
	if (!result)
		avow_aes_init(aes, key);
	avow_wipe(key, sizeof(key));
	return result ? -EFAULT : 0;
}

/* ---- reports ---- */

static int report_to(const struct avow_targetinfo *to, const u8 data[64], struct avow_report *out)
{
	struct avow_targetinfo target __attribute__((aligned(512))) = *to;
	struct avow_report report __attribute__((aligned(512)));
	u8 words[64] __attribute__((aligned(128)));

	memcpy(words, data, sizeof(words));
	__asm__ volatile("" : : "r"(&target), "r"(words), "r"(&report) : "memory");
	if (avow_leaf(ENCLU_EREPORT, (u64)&target, (u64)words, (u64)&report) < 0)
		return -EFAULT;
	__asm__ volatile("" : : : "memory");
	*out = report;
	return 0;
}

/* To nobody: what it says of this enclave. */
static int own_report(struct avow_report *report)
{
	static const u8 nothing[64];
	const struct avow_targetinfo nobody = { .attributes = 0 };

	return report_to(&nobody, nothing, report);
}

static void tell(const struct avow_report *report, struct avow_peer *peer)
{
	memcpy(peer->mrenclave, report->mrenclave, sizeof(peer->mrenclave));
	memcpy(peer->mrsigner, report->mrsigner, sizeof(peer->mrsigner));
	memcpy(peer->data, report->reportdata, sizeof(peer->data));
	peer->attributes = report->attributes;
	peer->isv_prod_id = report->isvprodid;
	peer->isv_svn = report->isvsvn;
}

int avow_self(struct avow_peer *self)
{
	struct avow_report report;
	int err = own_report(&report);

	if (!err)
		tell(&report, self);
	return err;
}

int avow_target(u8 target[AVOW_TARGETINFO_BYTES])
{
	struct avow_targetinfo t = { .attributes = 0 };
	struct avow_report report;
	int err = own_report(&report);

	if (err)
		return err;
	memcpy(t.measurement, report.mrenclave, sizeof(t.measurement));
	memcpy(t.configid, report.configid, sizeof(t.configid));
	t.attributes = report.attributes;
	t.xfrm = report.xfrm;
	t.configsvn = report.configsvn;
	t.miscselect = report.miscselect;
	memcpy(target, &t, sizeof(t));
	return 0;
}

int avow_report(const u8 target[AVOW_TARGETINFO_BYTES], const u8 data[64], u8 report[AVOW_REPORT_BYTES])
{
	struct avow_targetinfo t;
	struct avow_report r;
	int err;

	memcpy(&t, target, sizeof(t));
	err = report_to(&t, data, &r);
	if (!err)
		memcpy(report, &r, sizeof(r));
	return err;
}

int avow_verify(const u8 report[AVOW_REPORT_BYTES], struct avow_peer *peer)
{
	struct avow_keyrequest request = { .keyname = KEY_REPORT };
	struct avow_report r;
	struct avow_aes aes;
	u8 mac[16];
	int err;

	memcpy(&r, report, sizeof(r));
	memcpy(request.keyid, r.keyid, sizeof(request.keyid));
	err = get_key(&request, &aes);
	if (err)
		return err;
	avow_aes_cmac(&aes, &r, REPORT_MAC_BYTES, mac);
	avow_wipe(&aes, sizeof(aes));
	if (!avow_equal(mac, r.mac, sizeof(mac)))
		return -EBADMSG;
	tell(&r, peer);
	return 0;
}

/* ---- sealing ---- */

/* The two keys of a sealed text. */
static int seal_keys(const struct sealed *s, struct avow_siv *siv)
{
	struct avow_keyrequest request = {
		.keyname = KEY_SEAL,
		.keypolicy = s->policy,
		.isvsvn = s->isvsvn,
		.attributemask = ATTR_INIT | ATTR_DEBUG,
	};
	int err;

	memcpy(request.cpusvn, s->cpusvn, sizeof(request.cpusvn));
	memcpy(request.keyid, s->keyid, sizeof(request.keyid));
	request.keyid[31] = 1;
	err = get_key(&request, &siv->mac);
	request.keyid[31] = 2;
	return err ? err : get_key(&request, &siv->text);
}

static void mac(const struct avow_siv *siv, const struct sealed *s, const void *with, size_t with_bytes,
		const void *text, size_t bytes, u8 v[16])
{
	const struct avow_siv_with both[AVOW_SIV_WITH] = { { s, HEADER }, { with, with_bytes } };

	avow_siv_mac(siv, both, text, bytes, v);
}

int avow_seal(unsigned int policy, const void *with, size_t with_bytes, const void *text, size_t bytes, void *sealed)
{
	struct sealed s = { .policy = (u16)policy };
	struct avow_report self;
	struct avow_siv siv;
	int err;

	if (!policy || policy & ~(AVOW_SEAL_ENCLAVE | AVOW_SEAL_SIGNER))
		return -EINVAL;
	if (!avow_random(s.keyid, sizeof(s.keyid) - 1))
		return -EIO;
	err = own_report(&self);
	if (err)
		return err;
	s.isvsvn = self.isvsvn;
	memcpy(s.cpusvn, self.cpusvn, sizeof(s.cpusvn));
	err = seal_keys(&s, &siv);
	if (!err) {
		mac(&siv, &s, with, with_bytes, text, bytes, s.v);
		avow_siv_crypt(&siv, s.v, text, (u8 *)sealed + sizeof(s), bytes);
		memcpy(sealed, &s, sizeof(s));
	}
	avow_wipe(&siv, sizeof(siv));
	return err;
}

int avow_unseal(const void *with, size_t with_bytes, const void *sealed, size_t sealed_bytes, void *text)
{
	size_t bytes = sealed_bytes - sizeof(struct sealed);
	struct sealed s;
	struct avow_siv siv;
	u8 v[16];
	int err;

	if (sealed_bytes < sizeof(s))
		return -EBADMSG;
	memcpy(&s, sealed, sizeof(s));
	err = seal_keys(&s, &siv) ? -EBADMSG : 0;
	if (!err) {
		avow_siv_crypt(&siv, s.v, (const u8 *)sealed + sizeof(s), text, bytes);
		mac(&siv, &s, with, with_bytes, text, bytes, v);
		err = avow_equal(v, s.v, sizeof(v)) ? 0 : -EBADMSG;
	}
	avow_wipe(&siv, sizeof(siv));
	if (err)
		avow_wipe(text, bytes);
	return err;
}
