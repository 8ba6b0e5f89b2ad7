// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/core_names.h>

#include "who.h"

#define OPERAND_PAGES	2

static void create(struct scene *s, const struct who *who)
{
	struct avow_params params = {
		.attributes = who->attributes,
		.xfrm = who->xfrm,
		.miscselect = who->miscselect,
	};
	struct sgx_enclave_create arg = { .src = (u64)&s->e.secs };
	const struct avow_pages *last = &s->image.segments[s->image.nr - 1].pages;

	s->play = last->offset + last->length;
	for (params.size = s->image.size; params.size < s->play + OPERAND_PAGES * PAGE;
	     params.size *= 2)
		;
	REQUIRE_OK(avow_enclave_prepare(&s->e, &params));
	memset(s->e.secs.config_id, who->configid, sizeof(s->e.secs.config_id));
	s->e.secs.config_svn = who->configsvn;
	REQUIRE_OK(ioctl(s->e.fd, SGX_IOC_ENCLAVE_CREATE, &arg));
}

static void add_operands(struct scene *s, bool other_code)
{
	u8 *bytes = source_anon(OPERAND_PAGES, PROT_READ | PROT_WRITE);
	const struct avow_pages p = {
		.src = bytes,
		.offset = s->play,
		.length = OPERAND_PAGES * PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_W),
		.flags = SGX_PAGE_MEASURE,
	};

	bytes[100] ^= other_code;
	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
	munmap(bytes, OPERAND_PAGES * PAGE);
}

static void sign(struct scene *s, const struct who *who)
{
	struct avow_sigstruct *sig = &s->e.sig;
	u8 mrenclave[32];
	EVP_PKEY *key;

	who_mrenclave(s, mrenclave);
	avow_sigstruct_fill(sig, &s->e.secs, mrenclave);
	sig->isvprodid = who->prodid;
	sig->isvsvn = who->svn;
	memset(sig->isvfamilyid, who->familyid, sizeof(sig->isvfamilyid));
	memset(sig->isvextprodid, who->extprodid, sizeof(sig->isvextprodid));
	REQUIRE_OK(avow_key_read(&key, data_path(who->other_signer ? "other.pem" : "key.pem")));
	REQUIRE_OK(avow_sigstruct_sign(sig, key));
	avow_key_free(key);
}

void allow_provision(struct scene *s)
{
	struct sgx_enclave_provision arg;
	int fd = open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	arg.fd = (u64)fd;
	REQUIRE_OK(ioctl(s->e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg));
	close(fd);
}

void scene_who(struct scene *s, const struct who *who)
{
	scene_open(s);
	REQUIRE_OK(avow_image_open(&s->image, data_path("enclave.elf")));
	create(s, who);
	REQUIRE_OK(avow_enclave_add_image(&s->e, &s->image));
	add_operands(s, who->other_code);
	sign(s, who);
	if (who->provision)
		allow_provision(s);
	REQUIRE_OK(avow_enclave_init(&s->e));
	REQUIRE_OK(avow_enclave_map_image(&s->e, &s->image));
	scene_map(s, s->play, OPERAND_PAGES, PROT_READ | PROT_WRITE);
}

void who_mrenclave(const struct scene *s, u8 mrenclave[32])
{
	REQUIRE_OK(avow_measure_digest(s->e.measure, mrenclave));
}

void who_mrsigner(const struct scene *s, u8 mrsigner[32])
{
	const struct avow_sigstruct *sig = &s->e.sig;

	REQUIRE(EVP_Digest(sig->modulus, sizeof(sig->modulus), mrsigner, NULL, EVP_sha256(), NULL));
}

struct avow_targetinfo who_target(const struct scene *s)
{
	struct avow_targetinfo t = {
		.attributes = s->e.secs.attributes | ATTR_INIT,
		.xfrm = s->e.secs.xfrm,
		.configsvn = s->e.secs.config_svn,
		.miscselect = s->e.secs.miscselect,
	};

	who_mrenclave(s, t.measurement);
	memcpy(t.configid, s->e.secs.config_id, sizeof(t.configid));
	return t;
}

void put_inside(struct scene *s, u64 to, const void *from, u64 bytes)
{
	struct op op = { .id = OP_COPY, .addr = to, .from = (u64)from, .value = bytes };

	EXPECT_INSIDE_OK(enter_once(s, 0, &op));
}

void get_inside(struct scene *s, void *to, u64 from, u64 bytes)
{
	struct op op = { .id = OP_COPY, .addr = (u64)to, .from = from, .value = bytes };

	EXPECT_INSIDE_OK(enter_once(s, 0, &op));
}

struct leaf_result ereport(struct scene *s, const struct avow_targetinfo *target,
			   const u8 data[64], struct avow_report *report)
{
	struct leaf_result r;

	put_inside(s, operand_in(s), target, sizeof(*target));
	put_inside(s, operand_data(s), data, 64);
	r = inside_leaf(s, ENCLU_EREPORT, operand_in(s), 0, operand_data(s), operand_out(s));
	get_inside(s, report, operand_out(s), sizeof(*report));
	return r;
}

struct leaf_result egetkey(struct scene *s, const struct avow_keyrequest *request, u8 key[16])
{
	struct leaf_result r;

	memset(key, 0, 16);
	put_inside(s, operand_in(s), request, sizeof(*request));
	put_inside(s, operand_out(s) + 16, key, 16);
	r = inside_leaf(s, ENCLU_EGETKEY, operand_in(s), 0, operand_out(s) + 16, 0);
	get_inside(s, key, operand_out(s) + 16, 16);
	return r;
}

void report_mac(const u8 key[16], const struct avow_report *report, u8 mac[16])
{
	char cipher[] = "AES-128-CBC";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(cmac);
	size_t length = 0;

	REQUIRE(ctx);
	REQUIRE(EVP_MAC_init(ctx, key, 16, params));
	REQUIRE(EVP_MAC_update(ctx, (const u8 *)report, REPORT_MAC_BYTES));
	REQUIRE(EVP_MAC_final(ctx, mac, &length, 16) && length == 16);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(cmac);
}
