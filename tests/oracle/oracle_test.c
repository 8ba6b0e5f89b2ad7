// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * oracle_test KEY FILE...: R22.8, R23.6 to R23.8 by an oracle that is not ours: the kernel's own selftests
 * measure and sign each of these ELF files, with a heap behind it, and lists of pages, and <libavow.h>
 * does, with the same key: the 1808 bytes of SIGSTRUCT are the same, and the openssl command verifies
 * the signature. KEY is the selftests' own.
 */
#include "../lib/told.h"

#include <stdlib.h>
#include <unistd.h>

#include "oracle.h"

#define PAGE		4096ULL
#define LISTS		40
#define ENCLAVEHASH	960	/* offsets in SIGSTRUCT, from SDM's table */

static char work[] = "/tmp/oracle-XXXXXX";
static char command[3 * 64 + 4096];
static struct evp_pkey_st *key;
static unsigned char pages[64 * 4096] __attribute__((aligned(4096)));

/* As the selftests sign: MODE64BIT, x87 and SSE, no field of a mask set. */
static struct avow_enclave *created(uint64_t size)
{
	const struct avow_params params = { .size = size, .attributes = 4, .xfrm = 3 };
	const struct avow_signing signing = { .attributes_any = ~0ULL, .xfrm_any = ~0ULL, .miscselect_any = ~0U };
	struct avow_enclave *e;

	ALLOWED(avow_enclave_new_offline(&e));
	ALLOWED(avow_enclave_create(e, &params));
	ALLOWED(avow_enclave_set_signing(e, &signing));
	return e;
}

static void add(struct avow_enclave *e, const struct oracle_segment *s)
{
	const struct avow_pages one = {
		.src = s->src,
		.offset = s->offset,
		.length = s->size,
		.secinfo = s->flags,
		.flags = s->measure ? SGX_PAGE_MEASURE : 0,
	};

	ALLOWED(avow_enclave_add(e, &one, NULL));
}

static void keep(const char *name, const unsigned char *bytes, size_t size)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* What SDM says is signed, and the signature the other way round. */
static void openssl_verifies(const unsigned char *sig)
{
	unsigned char message[256], signature[384];
	int i;

	memcpy(message, sig, 128);
	memcpy(message + 128, sig + 900, 128);
	for (i = 0; i < 384; i++)
		signature[i] = sig[516 + 383 - i];
	keep("message", message, sizeof(message));
	keep("signature", signature, sizeof(signature));
	assert_int_equal(system("openssl dgst -sha256 -verify public.pem -signature signature message >verified"), 0);
}

/* What came of it must be the oracle's, and bear to be taken apart. */
static void compare(struct avow_enclave *e, const struct oracle *o)
{
	unsigned char sig[AVOW_SIGSTRUCT_BYTES], mrenclave[AVOW_MRENCLAVE_BYTES];
	struct avow_sigstruct_fields fields;

	ALLOWED(avow_enclave_mrenclave(e, mrenclave));
	assert_memory_equal(mrenclave, o->sigstruct + ENCLAVEHASH, sizeof(mrenclave));
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_get_sigstruct(e, sig));
	assert_memory_equal(sig, o->sigstruct, sizeof(sig));
	ALLOWED(avow_sigstruct_verify(o->sigstruct));
	ALLOWED(avow_sigstruct_read(o->sigstruct, &fields));
	assert_memory_equal(fields.mrenclave, mrenclave, sizeof(mrenclave));
	openssl_verifies(sig);
}

/* The heap of this file: each has another. */
static size_t heap_of(const char *path)
{
	size_t sum = 0;

	while (*path)
		sum = sum * 31 + (unsigned char)*path++;
	return (1 + sum % 40) * PAGE;
}

/* By the file's own segments, as both loaders find them. */
static void file_is_signed_alike(void **state)
{
	const char *path = *state;
	struct avow_image *image;
	struct avow_enclave *e;
	struct oracle o;

	assert_true(oracle_of_file(&o, path, heap_of(path)));
	ALLOWED(avow_image_new(&image, path));
	e = created(o.size);
	ALLOWED(avow_enclave_add_image(e, image));
	add(e, &o.segments[o.nr - 1]);
	compare(e, &o);
	avow_enclave_free(e);
	avow_image_free(image);
	oracle_free(&o);
}

/* Lists by chance, the same each time: measured and not, TCSs anywhere, holes, in any order. */
static void lists_are_signed_alike(void **state)
{
	unsigned int seed = 1, list, i;

	(void)state;
	for (i = 0; i < sizeof(pages); i++)
		pages[i] = (unsigned char)rand_r(&seed);
	for (list = 0; list < LISTS; list++) {
		struct oracle o = { .nr = 1 + (unsigned int)rand_r(&seed) % 24 };
		struct avow_enclave *e;

		for (i = 0; i < o.nr; i++) {
			static const uint32_t kinds[] = { 0x100, 0x201, 0x203, 0x205, 0x207, 0x200 };
			unsigned int slot = (i * 7 + list) % 24, nr = 1 + (unsigned int)rand_r(&seed) % 8;

			o.segments[i] = (struct oracle_segment){
				.src = pages + PAGE * ((unsigned int)rand_r(&seed) % 56),
				.offset = slot * 10 * PAGE + PAGE * ((unsigned int)rand_r(&seed) % 2),
				.size = nr * PAGE,
				.flags = kinds[(unsigned int)rand_r(&seed) % 6],
				.measure = rand_r(&seed) % 3,
			};
		}
		assert_true(oracle_of_list(&o));
		e = created(o.size);
		for (i = 0; i < o.nr; i++)
			add(e, &o.segments[i]);
		compare(e, &o);
		avow_enclave_free(e);
	}
}

/* Could they differ at all? A bit of a page, a right, a place, a page less. */
static void the_oracle_tells_them_apart(void **state)
{
	unsigned char mrenclave[4][AVOW_MRENCLAVE_BYTES];
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct oracle o = { .nr = 1, .segments[0] = { pages, PAGE, 2 * PAGE, 0x203, true } };
		struct avow_enclave *e;

		assert_true(oracle_of_list(&o));
		e = created(o.size);
		pages[8191] ^= i == 0;
		o.segments[0].flags ^= i == 1 ? 4 : 0;
		o.segments[0].offset -= i == 2 ? PAGE : 0;
		o.segments[0].size -= i == 3 ? PAGE : 0;
		add(e, &o.segments[0]);
		pages[8191] ^= i == 0;
		ALLOWED(avow_enclave_mrenclave(e, mrenclave[i]));
		assert_memory_not_equal(mrenclave[i], o.sigstruct + ENCLAVEHASH, sizeof(mrenclave[i]));
		avow_enclave_free(e);
	}
}

static int setup(void **state)
{
	(void)state;
	listen_to_library();
	return !mkdtemp(work) || chdir(work) || system(command) ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	avow_key_free(key);
	return unlink("public.pem") | unlink("message") | unlink("signature") | unlink("verified") | unlink("log") | rmdir(work);
}

int main(int argc, char **argv)
{
	struct CMUnitTest *tests = calloc((size_t)argc + 2, sizeof(*tests));
	char path[4096];
	int nr = 0, i;

	if (argc < 3 || !tests || !realpath(argv[1], path) || avow_key_read(&key, path))
		return 2;
	snprintf(command, sizeof(command), "openssl rsa -in '%s' -pubout -out public.pem 2>log", path);
	for (i = 2; i < argc; i++)
		tests[nr++] = (struct CMUnitTest){
			.name = strrchr(argv[i], '/') + 1, .test_func = file_is_signed_alike, .initial_state = realpath(argv[i], NULL),
		};
	tests[nr++] = (struct CMUnitTest)cmocka_unit_test(lists_are_signed_alike);
	tests[nr++] = (struct CMUnitTest)cmocka_unit_test(the_oracle_tells_them_apart);
	i = _cmocka_run_group_tests("oracle", tests, (size_t)nr, setup, teardown);
	while (nr--)
		free(tests[nr].initial_state);
	free(tests);
	return i;
}
