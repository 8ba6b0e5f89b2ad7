// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R36, R37: what keys and reports are for. Enclaves in processes of their own seal and
 * unseal, report and verify; all of it inside, where the keys stay.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "../enclave/seal.h"
#include "module.h"
#include "who.h"

#define SECRET	"/tmp/avow-sealing-secret"

static const u8 text[SEALED_TEXT] = "what an enclave knows and its host does not";

/* What the processes of a case share. */
struct shared {
	struct sealed sealed;
	struct avow_targetinfo target;
	struct avow_report report;
};

/* One process with an enclave. */
struct party {
	struct shared *shared;
	struct who who;
	u64 want;
	struct turn *ready, *made;	/* attestation */
};

static struct shared *share(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(shared != MAP_FAILED);
	return shared;
}

static u64 ask(struct scene *s, struct op op)
{
	EXPECT_INSIDE_OK(enter(s, 0, &op));
	return op.value;
}

static void seals(void *arg)
{
	struct party *p = arg;
	struct scene s;

	scene_who(&s, &p->who);
	REQUIRE(ask(&s, (struct op){ .id = OP_SEAL, .addr = (u64)&p->shared->sealed,
				     .from = (u64)text }) == 1);
	EXPECT(memcmp(p->shared->sealed.text, text, sizeof(text)));
}

static void unseals(void *arg)
{
	static const u8 none[SEALED_TEXT];
	struct party *p = arg;
	u8 out[SEALED_TEXT] = { 0 };
	struct scene s;

	scene_who(&s, &p->who);
	EXPECT_EQ(ask(&s, (struct op){ .id = OP_UNSEAL, .addr = (u64)&p->shared->sealed,
				       .from = (u64)out }), p->want);
	EXPECT(!memcmp(out, p->want ? text : none, sizeof(text)));
}

static void seal_by(struct shared *shared, struct who who, u64 policy)
{
	struct party p = { .shared = shared, .who = who };

	memset(&shared->sealed, 0, sizeof(shared->sealed));
	shared->sealed.policy = policy;
	shared->sealed.keyid[0] = (u8)(policy + 1);
	in_child(seals, &p);
}

static void unseal_by(struct shared *shared, struct who who, bool want)
{
	struct party p = { .shared = shared, .who = who, .want = want };

	in_child(unseals, &p);
}

static const struct who same, other_code = { .other_code = true }, other_signer = { .other_signer = true },
	later = { .svn = 1 };

/* The enclave is gone when another one, in another process, unseals. */
static void loaded_again(void)
{
	struct shared *shared = share();

	seal_by(shared, same, KEYPOLICY_MRENCLAVE);
	unseal_by(shared, same, true);
	unseal_by(shared, other_code, false);
	unseal_by(shared, other_signer, true);
	unseal_by(shared, later, true);

	seal_by(shared, same, KEYPOLICY_MRSIGNER);
	unseal_by(shared, same, true);
	unseal_by(shared, other_code, true);
	unseal_by(shared, other_signer, false);
	unseal_by(shared, later, true);

	seal_by(shared, same, KEYPOLICY_MRENCLAVE | KEYPOLICY_MRSIGNER);
	unseal_by(shared, same, true);
	unseal_by(shared, other_code, false);
	unseal_by(shared, other_signer, false);
}

/* What was sealed is unsealed as it was, or not at all. */
static void tampered(void)
{
	struct shared *shared = share();

	seal_by(shared, same, KEYPOLICY_MRENCLAVE);
	shared->sealed.text[5] ^= 1;
	unseal_by(shared, same, false);
	shared->sealed.text[5] ^= 1;
	shared->sealed.keyid[31] ^= 0x80;
	unseal_by(shared, same, false);
	shared->sealed.keyid[31] ^= 0x80;
	shared->sealed.policy = KEYPOLICY_MRSIGNER;
	unseal_by(shared, same, false);
	shared->sealed.policy = KEYPOLICY_MRENCLAVE;
	unseal_by(shared, same, true);
}

static void reload(const char *parameters)
{
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

/* Over unloading and loading, as over a reboot: with the same secret, and only with it. */
static void loaded_after_reload(void)
{
	struct shared *shared = share();
	int fd = open(SECRET, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && write(fd, "0123456789abcdef0123456789abcdef", 32) == 32);
	close(fd);
	reload("seal_secret=" SECRET);
	seal_by(shared, same, KEYPOLICY_MRENCLAVE);
	reload("seal_secret=" SECRET);
	unseal_by(shared, same, true);
	unseal_by(shared, other_code, false);
	seal_by(shared, same, KEYPOLICY_MRSIGNER);
	reload("");
	unseal_by(shared, same, false);
	reload("seal_secret=" SECRET);
	unseal_by(shared, other_code, true);
	unseal_by(shared, other_signer, false);
	reload("");
	unlink(SECRET);
}

/* ---- local attestation ---- */

static void verifies(void *arg)
{
	struct party *p = arg;
	struct shared *shared = p->shared;
	u8 signer[32], enclave[32];
	struct scene s;

	scene_who(&s, &p->who);
	shared->target = who_target(&s);
	turn_give(p->ready);
	turn_wait(p->made);
	EXPECT_EQ(ask(&s, (struct op){ .id = OP_VERIFY, .from = (u64)&shared->report }), p->want);
	shared->report.reportdata[63] ^= 1;
	EXPECT_EQ(ask(&s, (struct op){ .id = OP_VERIFY, .from = (u64)&shared->report }), 0);
	shared->report.reportdata[63] ^= 1;
	/* It tells who made it: the same signer, and another enclave. */
	who_mrsigner(&s, signer);
	who_mrenclave(&s, enclave);
	EXPECT(!memcmp(shared->report.mrsigner, signer, 32));
	EXPECT(memcmp(shared->report.mrenclave, enclave, 32));
	EXPECT(!memcmp(shared->report.reportdata, text, sizeof(text)));
}

static void reports(void *arg)
{
	struct party *p = arg;
	struct scene s;

	scene_who(&s, &p->who);
	turn_wait(p->ready);
	EXPECT_LEAF(ereport(&s, &p->shared->target, text, &p->shared->report), 0);
	turn_give(p->made);
}

/* Not the target: it cannot verify what was made for another. */
static void listens(void *arg)
{
	struct party *p = arg;
	struct scene s;

	scene_who(&s, &p->who);
	EXPECT_EQ(ask(&s, (struct op){ .id = OP_VERIFY, .from = (u64)&p->shared->report }), p->want);
}

static void attested(void)
{
	struct shared *shared = share();
	struct turn ready, made;
	struct party target = { .shared = shared, .want = 1, .ready = &ready, .made = &made };
	struct party reporter = { .shared = shared, .who = other_code, .ready = &ready, .made = &made };
	struct party another = { .shared = shared, .who = other_code };
	struct party again = { .shared = shared, .want = 1 };
	pid_t verifier;

	turn_init(&ready);
	turn_init(&made);
	verifier = fork_child(verifies, &target);
	in_child(reports, &reporter);
	expect_child(verifier);
	in_child(listens, &another);
	in_child(listens, &again);	/* the same enclave, loaded again */
}

/* The enclave's AES-CMAC is AES-CMAC: a report that another one computed. */
static void same_cmac(void)
{
	struct avow_keyrequest request = { .keyname = KEY_REPORT };
	struct shared *shared = share();
	struct avow_targetinfo target;
	u8 key[16], mac[16];
	struct scene s;

	scene_who(&s, &same);
	target = who_target(&s);
	EXPECT_LEAF(ereport(&s, &target, text, &shared->report), 0);
	memcpy(request.keyid, shared->report.keyid, sizeof(request.keyid));
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	report_mac(key, &shared->report, mac);
	EXPECT(!memcmp(mac, shared->report.mac, 16));
	EXPECT_EQ(ask(&s, (struct op){ .id = OP_VERIFY, .from = (u64)&shared->report }), 1);
}

TESTS(
	{ "R37.1 sealed by an enclave, and unsealed when it is loaded again", loaded_again, BOTH },
	{ "R37.1 sealed data that was changed", tampered, ONCE },
	{ "R37.1 R40.3 sealed, and unsealed after the module was loaded again", loaded_after_reload, ONCE },
	{ "R36.1 R37.1 local attestation between two enclaves in two processes", attested, BOTH },
	{ "R36.1 a report verified inside and outside", same_cmac, ONCE },
)
