// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's secret and what is made of it: keys for EGETKEY, MACs for EREPORT. The
 * secret is random and lives until the module is unloaded, unless a file gives it: then
 * what was sealed can be unsealed after a reboot.
 */
#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/random.h>

#include "keys.h"

static char *seal_secret;
module_param(seal_secret, charp, 0400);
MODULE_PARM_DESC(seal_secret, "file with at least 32 secret bytes that all keys are derived from (default: random, until unloading)");
MODULE_SOFTDEP("pre: cmac");

#define SECRET_MIN	32
#define SECRET_MAX	PAGE_SIZE

static struct crypto_shash *root;	/* keyed with the secret */
static u8 report_keyid[32];		/* of this loading */

static int set_root(const void *secret, size_t size)
{
	u8 digest[SHA256_DIGEST_SIZE];
	int ret;

	sha256(secret, size, digest);
	ret = crypto_shash_setkey(root, digest, SGX_KEY_BYTES);
	memzero_explicit(digest, sizeof(digest));
	return ret;
}

/* Up to SECRET_MAX bytes of the file; a negative errno. */
static ssize_t read_secret(void *secret)
{
	struct file *file = filp_open(seal_secret, O_RDONLY, 0);
	loff_t pos = 0;
	ssize_t size;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (S_ISREG(file_inode(file)->i_mode))
		size = kernel_read(file, secret, SECRET_MAX, &pos);
	else
		size = -EINVAL;
	fput(file);
	return size;
}

static int set_root_from_file(void)
{
	void *secret = (void *)get_zeroed_page(GFP_KERNEL);
	ssize_t size;
	int ret;

	if (!secret)
		return -ENOMEM;
	size = read_secret(secret);
	if (size < 0) {
		pr_err("parameter seal_secret: cannot read %s (%zd)\n", seal_secret, size);
		ret = size;
	} else if (size < SECRET_MIN) {
		pr_err("parameter seal_secret: %s has %zd bytes, at least %d are needed\n",
		       seal_secret, size, SECRET_MIN);
		ret = -EINVAL;
	} else {
		ret = set_root(secret, size);
	}
	memzero_explicit(secret, SECRET_MAX);
	free_page((unsigned long)secret);
	return ret;
}

static int set_root_random(void)
{
	u8 secret[SECRET_MIN];
	int ret;

	get_random_bytes(secret, sizeof(secret));
	ret = set_root(secret, sizeof(secret));
	memzero_explicit(secret, sizeof(secret));
	return ret;
}

int keys_init(void)
{
	int ret;

	root = crypto_alloc_shash("cmac(aes)", 0, 0);
	if (IS_ERR(root)) {
		pr_err("no cmac(aes) in this kernel (%ld); load its module cmac first\n",
		       PTR_ERR(root));
		return PTR_ERR(root);
	}
	ret = seal_secret ? set_root_from_file() : set_root_random();
	if (ret)
		crypto_free_shash(root);
	get_random_bytes(report_keyid, sizeof(report_keyid));
	return ret;
}

void keys_exit(void)
{
	crypto_free_shash(root);
}

int keys_make(const struct avow_key_material *material, u8 key[SGX_KEY_BYTES])
{
	return crypto_shash_tfm_digest(root, (const u8 *)material, sizeof(*material), key);
}

static int mac_with(const u8 key[SGX_KEY_BYTES], const void *data, size_t size, u8 *mac)
{
	struct crypto_shash *tfm = crypto_alloc_shash("cmac(aes)", 0, 0);
	int ret;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	ret = crypto_shash_setkey(tfm, key, SGX_KEY_BYTES) ?:
	      crypto_shash_tfm_digest(tfm, data, size, mac);
	crypto_free_shash(tfm);
	return ret;
}

int keys_sign_report(const struct avow_targetinfo *target, struct avow_report *report)
{
	struct avow_key_material material;
	u8 key[SGX_KEY_BYTES];
	int ret;

	memcpy(report->keyid, report_keyid, sizeof(report->keyid));
	avow_key_report(target, report->keyid, &material);
	ret = keys_make(&material, key) ?:
	      mac_with(key, report, REPORT_MAC_BYTES, report->mac);
	memzero_explicit(key, sizeof(key));
	return ret;
}
