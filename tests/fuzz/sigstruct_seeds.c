// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sigstruct_seeds DIR: inputs for sigstruct_fuzz with right signatures, made by lib/sign.c
 * for enclaves of several kinds, and for each clause of R23 one that it refuses.
 */
#include <string.h>

#include "enclave.h"
#include "fuzz.h"
#include "key.h"
#include "sigstruct.h"

static const char *directory;
static unsigned int number;

static void keep(const struct sigstruct_input *in)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sigstruct-%02u", directory, number++);
	file = fopen(path, "w");
	MUST(file && fwrite(in, sizeof(*in), 1, file) == 1 && !fclose(file));
}

static void sign(struct sigstruct_input *in, EVP_PKEY *key)
{
	MUST(!avow_sigstruct_sign(&in->sig, key));
	keep(in);
}

/* An enclave of these attributes on a machine that has them all. */
static void begin(struct sigstruct_input *in, u64 attributes)
{
	static struct avow_secs secs;
	u32 i;

	memset(in, 0, sizeof(*in));
	for (i = 0; i < 32; i++)
		in->mrenclave[i] = (u8)(i * 37 + 5);
	secs.attributes = in->attributes = attributes;
	secs.xfrm = in->xfrm = 7;
	secs.miscselect = in->miscselect = 1;
	in->machine_attributes = in->allowed = ATTR_KNOWN & ~ATTR_INIT;
	in->machine_xfrm = 0xe7;
	in->machine_miscselect = 1;
	avow_sigstruct_fill(&in->sig, &secs, in->mrenclave);
}

static void refused(struct sigstruct_input *in, EVP_PKEY *key)
{
	static const u8 first[] = { 0x06, 1 };

	begin(in, ATTR_MODE64BIT);
	in->sig.vendor = 0x8087;
	sign(in, key);
	begin(in, ATTR_MODE64BIT | ATTR_PROVISIONKEY);
	in->allowed = ATTR_MODE64BIT;
	sign(in, key);
	begin(in, ATTR_MODE64BIT);
	in->machine_xfrm = 3;
	sign(in, key);
	begin(in, ATTR_MODE64BIT);
	memcpy(in->sig.header1, first, sizeof(first));
	sign(in, key);
	begin(in, ATTR_MODE64BIT);
	sign(in, key);
	in->sig.q2[0] ^= 1;
	keep(in);
	in->sig.q2[0] ^= 1;
	in->mrenclave[31] ^= 0x80;
	keep(in);
	begin(in, ATTR_MODE64BIT | ATTR_DEBUG);
	sign(in, key);
	in->attributes = ATTR_MODE64BIT;
	keep(in);
	/* Numbers that are small: Q1 and Q2 are right, and the hash is not. */
	memset(in->sig.modulus, 0, sizeof(in->sig.modulus));
	memset(in->sig.signature, 0, sizeof(in->sig.signature));
	memset(in->sig.q1, 0, sizeof(in->sig.q1));
	memset(in->sig.q2, 0, sizeof(in->sig.q2));
	in->sig.modulus[0] = 11;
	in->sig.signature[0] = 7;
	in->sig.q1[0] = 4;
	in->sig.q2[0] = 3;
	keep(in);
}

int main(int argc, char **argv)
{
	static struct sigstruct_input in;
	EVP_PKEY *key = fuzz_key();

	MUST(argc == 2);
	directory = argv[1];
	begin(&in, ATTR_MODE64BIT);
	sign(&in, key);
	begin(&in, ATTR_MODE64BIT | ATTR_DEBUG | ATTR_PROVISIONKEY);
	in.sig.vendor = 0x8086;
	in.sig.attributemask = ~ATTR_DEBUG;
	sign(&in, key);
	begin(&in, ATTR_MODE64BIT | ATTR_KSS);
	memset(in.sig.isvfamilyid, 1, sizeof(in.sig.isvfamilyid));
	memset(in.sig.isvextprodid, 2, sizeof(in.sig.isvextprodid));
	sign(&in, key);
	begin(&in, ATTR_MODE64BIT);
	in.sig.attributemask = in.sig.xfrmmask = in.sig.miscmask = 0;
	sign(&in, key);
	refused(&in, key);
	EVP_PKEY_free(key);
	return EXIT_SUCCESS;
}
