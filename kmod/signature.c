// SPDX-License-Identifier: GPL-2.0-only
/*
 * SIGSTRUCT's signature: RSA-3072, exponent 3, PKCS#1 v1.5 over SHA-256, verified by
 * the kernel's crypto; Q1 and Q2, which only the hardware looks at, by core/rsa3.c.
 */
#include <crypto/akcipher.h>
#include <crypto/sha2.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "encl.h"

int sha256_of(const void *data, size_t size, u8 digest[32])
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha256", 0, 0);
	int ret;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	ret = crypto_shash_tfm_digest(tfm, data, size, digest);
	crypto_free_shash(tfm);
	return ret;
}

static int digest_signed_parts(const struct avow_sigstruct *sig, u8 digest[SHA256_DIGEST_SIZE])
{
	const u8 *bytes = (const u8 *)sig;
	u8 signed_parts[2 * SIGSTRUCT_PART_BYTES];

	memcpy(signed_parts, bytes + SIGSTRUCT_PART1, SIGSTRUCT_PART_BYTES);
	memcpy(signed_parts + SIGSTRUCT_PART_BYTES, bytes + SIGSTRUCT_PART2, SIGSTRUCT_PART_BYTES);
	return sha256_of(signed_parts, sizeof(signed_parts), digest);
}

static void copy_reversed(u8 *to, const u8 *from, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = from[size - 1 - i];
}

/* RSAPublicKey in DER (RFC 8017, A.1.1): a 3072-bit modulus without a sign bit's byte saved, e = 3. */
#define DER_HEAD	{ 0x30, 0x82, 0x01, 0x88, 0x02, 0x82, 0x01, 0x81, 0x00 }
#define DER_TAIL	{ 0x02, 0x01, 0x03 }
#define DER_HEAD_SIZE	9
#define DER_TAIL_SIZE	3
#define DER_SIZE	(DER_HEAD_SIZE + SGX_MODULUS_BYTES + DER_TAIL_SIZE)

static void der_key(u8 der[DER_SIZE], const struct avow_sigstruct *sig)
{
	static const u8 head[DER_HEAD_SIZE] = DER_HEAD, tail[DER_TAIL_SIZE] = DER_TAIL;

	memcpy(der, head, sizeof(head));
	copy_reversed(der + sizeof(head), sig->modulus, SGX_MODULUS_BYTES);
	memcpy(der + sizeof(head) + SGX_MODULUS_BYTES, tail, sizeof(tail));
}

/* Memory for one verification: the crypto API wants it out of the stack. */
struct verification {
	u8 der[DER_SIZE];
	u8 signature_and_digest[SGX_MODULUS_BYTES + SHA256_DIGEST_SIZE];
	u8 cube[SGX_MODULUS_BYTES];
	struct avow_rsa3_work work;
};

static int run_akcipher(struct crypto_akcipher *tfm, struct verification *ver)
{
	struct akcipher_request *req;
	struct scatterlist sg;
	DECLARE_CRYPTO_WAIT(wait);
	int ret;

	ret = crypto_akcipher_set_pub_key(tfm, ver->der, sizeof(ver->der));
	if (ret)
		return ret;
	req = akcipher_request_alloc(tfm, GFP_KERNEL);
	if (!req)
		return -ENOMEM;
	sg_init_one(&sg, ver->signature_and_digest, sizeof(ver->signature_and_digest));
	akcipher_request_set_crypt(req, &sg, NULL, SGX_MODULUS_BYTES, SHA256_DIGEST_SIZE);
	akcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done, &wait);
	ret = crypto_wait_req(crypto_akcipher_verify(req), &wait);
	akcipher_request_free(req);
	return ret;
}

static int verify_rsa(const struct avow_sigstruct *sig, struct verification *ver)
{
	struct crypto_akcipher *tfm;
	int ret;

	der_key(ver->der, sig);
	copy_reversed(ver->signature_and_digest, sig->signature, SGX_MODULUS_BYTES);
	ret = digest_signed_parts(sig, ver->signature_and_digest + SGX_MODULUS_BYTES);
	if (ret)
		return ret;
	tfm = crypto_alloc_akcipher("pkcs1pad(rsa,sha256)", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	ret = run_akcipher(tfm, ver);
	crypto_free_akcipher(tfm);
	return ret;
}

/*
 * R23.7. 0 with *verdict, which refuses what does not verify; a negative errno when
 * it could not be found out.
 */
int signature_verify(const struct avow_sigstruct *sig, u8 mrsigner[32], avow_verdict *verdict)
{
	struct verification *ver = kmalloc(sizeof(*ver), GFP_KERNEL);
	int ret;

	if (!ver)
		return -ENOMEM;
	ret = sha256_of(sig->modulus, SGX_MODULUS_BYTES, mrsigner);
	if (ret)
		goto out;
	*verdict = avow_rsa3_check(sig, &ver->work, ver->cube);
	if (*verdict)
		goto out;
	ret = verify_rsa(sig, ver);
	if (AVOW_HOLE(init_signature))
		ret = 0;
	if (ret && ret != -ENOMEM && ret != -ENOENT) {
		*verdict = AVOW_REFUSE(AVOW_RULE(23, 7), EPERM);
		ret = 0;
	}
out:
	kfree(ver);
	return ret;
}
