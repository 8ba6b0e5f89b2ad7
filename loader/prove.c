// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R43.3: is the policy asked at each hook? That a program is attached does not tell: the
 * kernel looks the hook up by its name, over all modules. So three requests are made that
 * the candidate denies to this process, and each refusal must name the candidate.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "enclave.h"
#include "private.h"
#include "proof.h"

#define PAGE	SGX_PAGE_SIZE

/* The last refusal of the enclave. */
static bool last_refusal(const struct avow_enclave *e, struct avow_refusal *last)
{
	struct avow_refusal all[AVOW_REFUSALS_KEPT];
	u64 seq = 0;
	int nr = avow_read_refusals(e->fd, &seq, all, AVOW_REFUSALS_KEPT, NULL);

	if (nr <= 0)
		return false;
	*last = all[nr - 1];
	return true;
}

/* err: what the request came to. */
static int expect(const struct avow_enclave *e, enum avow_loader_hook hook, int err, u32 rule, u32 policy,
		  struct avow_loader_why *why)
{
	const char *name = avow_loader_hook_names[hook];
	struct avow_refusal r;

	if (!err)
		return avow_loader_fail(why, -EPROTO, "a request that must be denied was allowed: the policy is not asked at "
					"security_enclave_%s. Does another module have a function of that name?", name);
	if (!last_refusal(e, &r) || r.rule / 100 != rule / 100)
		return avow_loader_fail(why, err, "cannot prove that the policy is asked at security_enclave_%s: %s", name,
					strerror(-err));
	if (r.policy != policy)
		return avow_loader_fail(why, -EPROTO, "another program answers first at security_enclave_%s (%s by policy %u, "
					"rule %u); avow policy show tells which are attached", name, strerror((int)r.err),
					avow_policy_serial(r.policy), avow_policy_rule(r.policy));
	return 0;
}

static int prove_load(struct avow_enclave *e, u32 policy, struct avow_loader_why *why)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct avow_pages pages = {
		.src = page,
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R),
	};
	int err;

	if (page == MAP_FAILED)
		return avow_loader_fail(why, -errno, "no memory");
	err = avow_enclave_add(e, &pages, NULL);
	munmap(page, PAGE);
	return expect(e, AVOW_HOOK_LOAD, err, AVOW_RULE(7, 2), policy, why);
}

/* A slot that is only declared can be mapped in both contracts. */
static int prove_map(struct avow_enclave *e, u32 policy, struct avow_loader_why *why)
{
	int err = avow_declare_range(e->fd, PAGE, PAGE, AVOW_R);

	if (err)
		return avow_loader_fail(why, err, "cannot prove that the policy is asked: DECLARE_DYNAMIC: %s", strerror(-err));
	return expect(e, AVOW_HOOK_MAP, avow_enclave_map(e, PAGE, PAGE, PROT_READ), AVOW_RULE(14, 1), policy, why);
}

static int prove_init(struct avow_enclave *e, u32 policy, struct avow_loader_why *why)
{
	_Static_assert(sizeof(proof_sigstruct) == sizeof(e->sig), "a whole SIGSTRUCT");
	memcpy(&e->sig, proof_sigstruct, sizeof(e->sig));
	return expect(e, AVOW_HOOK_INIT, avow_enclave_init(e), AVOW_RULE(15, 0), policy, why);
}

int avow_prove(u32 policy, struct avow_loader_why *why)
{
	const struct avow_params params = { .size = PROOF_SIZE, .attributes = ATTR_MODE64BIT };
	struct avow_enclave e;
	int err;

	err = avow_enclave_open(&e, NULL);
	if (err)
		return avow_loader_fail(why, err, "%s: %s", AVOW_DEVICE, strerror(-err));
	err = avow_enclave_create(&e, &params);
	if (err)
		avow_loader_fail(why, err, "cannot make an enclave to prove that the policy is asked: %s", strerror(-err));
	if (!err)
		err = prove_load(&e, policy, why);
	if (!err)
		err = prove_map(&e, policy, why);
	if (!err)
		err = prove_init(&e, policy, why);
	avow_enclave_close(&e);
	return err;
}
