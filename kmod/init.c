// SPDX-License-Identifier: GPL-2.0-only
/* INIT: is this the enclave that its author signed? (R15, R23) */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "encl.h"

/* MRENCLAVE as it would be now; the running measurement goes on unchanged. */
static int measurement_now(struct avow_encl *encl, u8 mrenclave[32])
{
	struct crypto_shash *tfm = encl->mrenclave->tfm;
	struct shash_desc *copy;
	void *state;
	int ret;

	encl_assert_busy(encl);
	state = kmalloc(crypto_shash_statesize(tfm), GFP_KERNEL);
	copy = kmalloc(sizeof(*copy) + crypto_shash_descsize(tfm), GFP_KERNEL);
	if (!state || !copy) {
		ret = -ENOMEM;
		goto out;
	}
	copy->tfm = tfm;
	ret = crypto_shash_export(encl->mrenclave, state) ?:
	      crypto_shash_import(copy, state) ?:
	      crypto_shash_final(copy, mrenclave);
out:
	kfree(copy);
	kfree(state);
	return ret;
}

static bool code_is_measured(struct avow_encl *encl)
{
	unsigned long index, end, last = (encl->size >> SGX_PAGE_SHIFT) - 1;
	bool measured = true;
	avow_slot slot;

	down_write(&encl->lock);
	for (index = 0; measured && index <= last; index = end + 1) {
		slot = stash_run(encl, index, last, &end);
		if (slot_present(slot) && (slot_intent(slot) & AVOW_X))
			measured = slot & SLOT_MEASURED;
		cond_resched();
	}
	up_write(&encl->lock);
	return measured;
}

/* What the driver looks at before it lets the processor look. */
static avow_verdict check_before_einit(struct avow_encl *encl, const struct avow_sigstruct *sig)
{
	avow_verdict v = avow_sigstruct_vendor(sig);

	if (!v)
		v = avow_sigstruct_allowed(encl->secs->attributes, encl->allowed);
	if (!v)
		v = avow_sigstruct_supported(sig, &avow_machine);
	return v;
}

/* What EINIT checks. 0 with *verdict and *policy (see hook_verdict()), or a negative errno when it could not be found out. */
static int einit(struct avow_encl *encl, struct file *file, const struct avow_sigstruct *sig,
		 struct enclave_identity *id, avow_verdict *verdict, u32 *policy)
{
	int ret;

	*verdict = avow_sigstruct_layout(sig);
	if (*verdict)
		return 0;
	ret = signature_verify(sig, id->mrsigner, verdict);
	if (ret || *verdict)
		return ret;
	ret = measurement_now(encl, id->mrenclave);
	if (ret)
		return ret;
	*verdict = avow_sigstruct_measurement(sig, id->mrenclave);
	if (!*verdict)
		*verdict = avow_sigstruct_match(sig, encl->secs);
	if (*verdict)
		return 0;
	id->attributes = encl->secs->attributes;
	id->isvprodid = sig->isvprodid;
	id->isvsvn = sig->isvsvn;
	id->code_measured = code_is_measured(encl);
	*verdict = hook_verdict(hook_ask(security_enclave_init(file, id)), AVOW_RULE(15, 0), policy);
	return 0;
}

static void commit(struct avow_encl *encl, const struct avow_sigstruct *sig,
		   const struct enclave_identity *id)
{
	struct avow_secs *secs = encl->secs;

	down_write(&encl->lock);
	memcpy(secs->mrenclave, id->mrenclave, sizeof(secs->mrenclave));
	memcpy(secs->mrsigner, id->mrsigner, sizeof(secs->mrsigner));
	secs->isv_prod_id = id->isvprodid;
	secs->isv_svn = id->isvsvn;
	memcpy(encl->identity.isvfamilyid, sig->isvfamilyid, sizeof(sig->isvfamilyid));
	memcpy(encl->identity.isvextprodid, sig->isvextprodid, sizeof(sig->isvextprodid));
	secs->attributes |= ATTR_INIT;
	set_bit(ENCL_INITIALIZED, &encl->flags);
	up_write(&encl->lock);
}

static int initialize(struct avow_encl *encl, struct file *file,
		      const struct avow_sigstruct *sig)
{
	struct refused what = { .op = AVOW_OP_INIT };
	struct enclave_identity id = {};
	avow_verdict v;
	int ret = 0;

	v = check_before_einit(encl, sig);
	if (!v)
		ret = einit(encl, file, sig, &id, &v, &what.policy);
	if (v)
		return refuse(encl, v, &what);
	if (ret)
		return ret;
	if (what.policy)
		audit(encl, AVOW_RULE(15, 0), &what);
	commit(encl, sig, &id);
	return 0;
}

int ioc_init(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct sgx_enclave_init *user = arg;
	struct avow_sigstruct *sig;
	int ret;

	sig = kmalloc(sizeof(*sig), GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	if (copy_from_user(sig, u64_to_user_ptr(user->sigstruct), sizeof(*sig)))
		ret = -EFAULT;
	else
		ret = initialize(encl, file, sig);
	kfree(sig);
	return ret;
}
