// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Any bytes as what measure, sign, show and run read from files, on the way that these go:
 *
 *	an ELF file	built without a device, measured, signed, and its SIGSTRUCT shown
 *	a SIGSTRUCT	taken apart, verified, shown
 *	a key		read as a private and as a public one, and signed with
 *
 * Which of them is told by the first byte. What is signed must verify,
 * and not verify with any bit changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../cmd/build.h"
#include "../../cmd/cmd.h"
#include "../../cmd/sigstruct_file.h"
#include "fuzz.h"
#include "key.h"

#define MEASURED_MAX	(64u << 10)	/* bytes of an enclave: to measure more is only slow */

static unsigned int complaints;

/* The commands' own prints. */
void complain(const char *format, ...)
{
	char text[8192];
	va_list arguments;

	va_start(arguments, format);
	MUST(vsnprintf(text, sizeof(text), format, arguments) > 0);
	va_end(arguments);
	complaints++;
}

/* One file without a name for all runs. */
static const char *written(const uint8_t *bytes, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("signing_fuzz", 0);
	MUST(fd >= 0 && !ftruncate(fd, 0));
	MUST(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static void show(const struct signature *s)
{
	struct json_object *object = json_object_new_object();

	signature_json(object, s);
	MUST(json_object_to_json_string(object));
	json_object_put(object);
}

/* A bit of it, another one each time, is changed: no signature then. */
static void must_not_bear_a_change(struct signature *s)
{
	static unsigned int next;
	unsigned int bit = next++ * 7919 % (8 * AVOW_SIGSTRUCT_BYTES);

	s->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	signature_judge(s);
	MUST(*s->wrong);
	s->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

/* ---- ELF files ---- */

static uint64_t bytes_of(const struct avow_image *image)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < avow_image_nr_segments(image); i++)
		sum += avow_image_segment((struct avow_image *)image, i)->pages.length;
	return sum;
}

static void sign(struct build *b)
{
	static EVP_PKEY *key;
	struct signature s;
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];

	if (!key)
		key = fuzz_key();
	MUST(!avow_enclave_mrenclave(b->e, mrenclave));
	MUST(!avow_enclave_sign(b->e, key));
	MUST(!avow_enclave_get_sigstruct(b->e, s.bytes));
	signature_judge(&s);
	MUST(!*s.wrong && !memcmp(s.fields.mrenclave, mrenclave, sizeof(mrenclave)));
	show(&s);
	must_not_bear_a_change(&s);
}

static void fuzz_elf(const char *path)
{
	struct build b;
	int err;

	build_init(&b, "fuzz");
	b.file = path;
	build_listen(&b);
	complaints = 0;
	err = build_read(&b);
	MUST(!err == !complaints && (!err || complaints == 1));
	if (!err && bytes_of(b.image) <= MEASURED_MAX) {
		char *wrong = build_wrong_tcs(&b);

		/* In order and without a hole in the file's rights, so that nothing is refused. */
		MUST(!build_offline(&b));
		sign(&b);
		free(wrong);
	}
	build_free(&b);
}

/* ---- SIGSTRUCTs and keys ---- */

static void fuzz_sigstruct(const char *path, size_t size)
{
	struct signature s;
	int err = bytes_read(path, s.bytes, sizeof(s.bytes));

	MUST(!err == (size == sizeof(s.bytes)) && (!err || err == -EMSGSIZE));
	if (err)
		return;
	signature_judge(&s);
	show(&s);
	if (!*s.wrong)
		must_not_bear_a_change(&s);
}

/* A key that can be read is one that signs, or that OpenSSL will not sign with: then by EIO. */
static void fuzz_key_file(const char *path)
{
	const struct avow_params params = { .size = 0x10000 };
	struct evp_pkey_st *private, *public;
	__u8 signer[2][AVOW_MRSIGNER_BYTES];
	struct avow_enclave *e;
	int err = avow_key_read(&private, path), err_public = avow_key_read_public(&public, path);

	MUST((!err == !!private) && (!err_public == !!public));
	MUST((!err || err == -EINVAL) && (!err_public || err_public == -EINVAL));
	if (public)
		MUST(!avow_mrsigner(public, signer[0]));
	if (private) {
		MUST(public && !avow_mrsigner(private, signer[1]) && !memcmp(signer[0], signer[1], sizeof(signer[0])));
		MUST(!avow_enclave_new_offline(&e) && !avow_enclave_create(e, &params));
		err = avow_enclave_sign(e, private);
		MUST(!err || err == -EIO || err == -ENOMEM);
		avow_enclave_free(e);
	}
	avow_key_free(private);
	avow_key_free(public);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *path = written(bytes, size);

	switch (size ? bytes[0] : 0) {
	case 6:		/* HEADER's first byte */
		fuzz_sigstruct(path, size);
		break;
	case '-':	/* PEM */
	case 0x30:	/* DER: a SEQUENCE */
		fuzz_key_file(path);
		break;
	default:
		fuzz_elf(path);
	}
	return 0;
}
