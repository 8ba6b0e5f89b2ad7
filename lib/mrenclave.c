// SPDX-License-Identifier: LGPL-2.1-or-later
/* MRENCLAVE: SHA-256 over the records of core/measure.c. */
#include "enclave.h"
#include "message.h"

#define EEXTEND_BYTES	256

/* SHA-256 fails of nothing else. */
static int no_digest(void)
{
	return avow_fail(-ENOMEM, "no memory for the measurement");
}

static int update(EVP_MD_CTX *ctx, const void *data, size_t length)
{
	return EVP_DigestUpdate(ctx, data, length) == 1 ? 0 : no_digest();
}

int avow_measure_begin(EVP_MD_CTX **ctx, const struct avow_secs *secs)
{
	u8 record[64];

	*ctx = EVP_MD_CTX_new();
	if (!*ctx)
		return no_digest();
	avow_measure_ecreate(record, secs->ssa_frame_size, secs->size);
	if (EVP_DigestInit_ex(*ctx, EVP_sha256(), NULL) == 1 && !update(*ctx, record, sizeof(record)))
		return 0;
	EVP_MD_CTX_free(*ctx);
	*ctx = NULL;
	return no_digest();
}

int avow_measure_page(EVP_MD_CTX *ctx, u64 offset, u64 secinfo, const void *data)
{
	struct avow_secinfo info = { .flags = secinfo };
	u8 record[64];
	unsigned int at;
	int err;

	avow_measure_eadd(record, offset, &info);
	err = update(ctx, record, sizeof(record));
	for (at = 0; data && !err && at < SGX_PAGE_SIZE; at += EEXTEND_BYTES) {
		avow_measure_eextend(record, offset + at);
		err = update(ctx, record, sizeof(record));
		if (!err)
			err = update(ctx, (const u8 *)data + at, EEXTEND_BYTES);
	}
	return err;
}

int avow_measure_digest(const EVP_MD_CTX *ctx, u8 mrenclave[32])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	int ok;

	if (!copy)
		return no_digest();
	ok = EVP_MD_CTX_copy_ex(copy, ctx) == 1 && EVP_DigestFinal_ex(copy, mrenclave, NULL) == 1;
	EVP_MD_CTX_free(copy);
	return ok ? 0 : no_digest();
}

int avow_enclave_mrenclave(const struct avow_enclave *e, u8 mrenclave[AVOW_MRENCLAVE_BYTES])
{
	if (!e->measure)
		return avow_fail(-EINVAL, "there is nothing to measure before the enclave is created");
	return avow_measure_digest(e->measure, mrenclave);
}
