// SPDX-License-Identifier: LGPL-2.1-or-later
/* The SIGSTRUCT of a handle. */
#include <string.h>

#include "enclave.h"
#include "message.h"
#include "rights.h"

static_assert(AVOW_SIGSTRUCT_BYTES == sizeof(struct avow_sigstruct), "SIGSTRUCT");
static_assert(AVOW_SIGNED_BYTES == 2 * SIGSTRUCT_PART_BYTES, "SIGSTRUCT");
static_assert(AVOW_SIGNATURE_BYTES == SGX_MODULUS_BYTES, "SIGSTRUCT");

int avow_enclave_set_signing(struct avow_enclave *e, const struct avow_signing *signing)
{
	if (signing->reserved1 || !avow_all_zero((const u8 *)signing->reserved2, sizeof(signing->reserved2)))
		return avow_fail(-EINVAL, "reserved fields of the signing are not zero");
	e->signing = *signing;
	return 0;
}

/* Of what was added so far; without the signature. */
static int fill_body(const struct avow_enclave *e, struct avow_sigstruct *sig)
{
	const struct avow_signing *s = &e->signing;
	u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	int err = avow_enclave_mrenclave(e, mrenclave);

	if (err)
		return err;
	avow_sigstruct_fill(sig, &e->secs, mrenclave);
	sig->date = s->date;
	sig->isvprodid = s->isv_prod_id;
	sig->isvsvn = s->isv_svn;
	sig->attributemask &= ~s->attributes_any;
	sig->xfrmmask &= ~s->xfrm_any;
	sig->miscmask &= ~s->miscselect_any;
	memcpy(sig->isvfamilyid, s->isv_family_id, sizeof(sig->isvfamilyid));
	memcpy(sig->isvextprodid, s->isv_ext_prod_id, sizeof(sig->isvextprodid));
	return 0;
}

int avow_enclave_sign(struct avow_enclave *e, EVP_PKEY *key)
{
	struct avow_sigstruct sig;
	int err = fill_body(e, &sig);

	if (!err)
		err = avow_sigstruct_sign(&sig, key);
	if (err)
		return err;
	e->sig = sig;
	e->is_signed = true;
	return 0;
}

int avow_enclave_begin_signature(struct avow_enclave *e, u8 message[AVOW_SIGNED_BYTES])
{
	struct avow_sigstruct sig;
	int err = fill_body(e, &sig);

	if (err)
		return err;
	e->sig = sig;
	e->is_signed = false;
	avow_sigstruct_message(&sig, message);
	return 0;
}

int avow_enclave_finish_signature(struct avow_enclave *e, EVP_PKEY *key, const u8 signature[AVOW_SIGNATURE_BYTES])
{
	int err = avow_sigstruct_finish(&e->sig, key, signature);

	if (!err)
		e->is_signed = true;
	return err;
}

int avow_enclave_get_sigstruct(const struct avow_enclave *e, u8 sigstruct[AVOW_SIGSTRUCT_BYTES])
{
	if (!e->is_signed)
		return avow_fail(-EINVAL, "the enclave is not signed");
	memcpy(sigstruct, &e->sig, sizeof(e->sig));
	return 0;
}

int avow_enclave_set_sigstruct(struct avow_enclave *e, const u8 sigstruct[AVOW_SIGSTRUCT_BYTES])
{
	memcpy(&e->sig, sigstruct, sizeof(e->sig));
	e->is_signed = true;
	return 0;
}
