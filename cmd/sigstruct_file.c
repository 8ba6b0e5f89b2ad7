// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "number.h"
#include "sgx_arch.h"
#include "sigstruct_file.h"

const struct bit_word attribute_words[] = {
	{ ATTR_INIT, "init" },
	{ ATTR_DEBUG, "debug" },
	{ ATTR_MODE64BIT, "mode64bit" },
	{ ATTR_PROVISIONKEY, "provisionkey" },
	{ ATTR_EINITTOKENKEY, "einittokenkey" },
	{ ATTR_KSS, "kss" },
	{ 0, NULL },
};

static int read_exactly(int fd, char *bytes, size_t size)
{
	size_t used = 0;
	ssize_t got;
	char more;

	while (used < size) {
		got = read(fd, bytes + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EMSGSIZE;
		used += (size_t)got;
	}
	got = read(fd, &more, 1);
	return got < 0 ? -errno : got ? -EMSGSIZE : 0;
}

int bytes_read(const char *name, void *bytes, size_t size)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;

	if (fd < 0)
		return -errno;
	err = read_exactly(fd, bytes, size);
	close(fd);
	return err;
}

char *sigstruct_name(const char *file)
{
	char *name;

	if (asprintf(&name, "%s.sig", file) >= 0)
		return name;
	complain("out of memory");
	exit(EXIT_FAILURE);
}

static void on_message(void *context, int err, const char *text)
{
	struct signature *s = context;

	(void)err;
	snprintf(s->wrong, sizeof(s->wrong), "%s", text);
}

void signature_judge(struct signature *s)
{
	avow_message_fn fn;
	void *context;

	s->wrong[0] = '\0';
	avow_sigstruct_read(s->bytes, &s->fields);
	avow_set_message_handler(on_message, s, &fn, &context);
	if (avow_sigstruct_verify(s->bytes) && !s->wrong[0])
		snprintf(s->wrong, sizeof(s->wrong), "it could not be verified");
	avow_set_message_handler(fn, context, NULL, NULL);
}

/* ---- in words ---- */

/* "20261231" of 0x20261231; zero is no date. */
static const char *date_word(__u32 date, char text[16])
{
	snprintf(text, 16, "%08x", date);
	return text;
}

static void print_masked(const char *name, unsigned long long value, unsigned long long mask, unsigned long long all,
			 const char *words)
{
	printf("%-11s 0x%llx%s%s%s", name, value, *words ? " (" : "", words, *words ? ")" : "");
	if (mask == all)
		puts(", exactly");
	else
		printf(", in the bits 0x%llx\n", mask);
}

static bool any(const __u8 bytes[16])
{
	static const __u8 zero[16];

	return memcmp(bytes, zero, sizeof(zero));
}

void signature_print(const struct signature *s)
{
	const struct avow_sigstruct_fields *f = &s->fields;
	char hex[HEX32_SIZE], words[128], date[16];

	printf("mrenclave   %s\n", hex_word(f->mrenclave, sizeof(f->mrenclave), hex));
	printf("mrsigner    %s\n", hex_word(f->mrsigner, sizeof(f->mrsigner), hex));
	printf("product     %u, svn %u\n", f->isv_prod_id, f->isv_svn);
	if (any(f->isv_family_id) || any(f->isv_ext_prod_id)) {
		printf("family      %s\n", hex_word(f->isv_family_id, sizeof(f->isv_family_id), hex));
		printf("ext-product %s\n", hex_word(f->isv_ext_prod_id, sizeof(f->isv_ext_prod_id), hex));
	}
	if (f->date)
		printf("date        %s\n", date_word(f->date, date));
	if (f->vendor)
		printf("vendor      0x%x\n", f->vendor);
	print_masked("attributes", f->attributes, f->attributes_mask, ~0ULL,
		     bits_words(attribute_words, f->attributes, words, sizeof(words)));
	print_masked("xfrm", f->xfrm, f->xfrm_mask, ~0ULL, "");
	print_masked("miscselect", f->miscselect, f->miscselect_mask, ~0U, "");
	printf("signature   %s\n", *s->wrong ? s->wrong : "good");
}

void signature_json(struct json_object *to, const struct signature *s)
{
	const struct avow_sigstruct_fields *f = &s->fields;
	char hex[HEX32_SIZE], date[16];

	json_text(to, "mrenclave", hex_word(f->mrenclave, sizeof(f->mrenclave), hex));
	json_text(to, "mrsigner", hex_word(f->mrsigner, sizeof(f->mrsigner), hex));
	json_number(to, "product", f->isv_prod_id);
	json_number(to, "svn", f->isv_svn);
	json_text(to, "family", hex_word(f->isv_family_id, sizeof(f->isv_family_id), hex));
	json_text(to, "ext_product", hex_word(f->isv_ext_prod_id, sizeof(f->isv_ext_prod_id), hex));
	json_text(to, "date", f->date ? date_word(f->date, date) : NULL);
	json_address(to, "vendor", f->vendor);
	json_address(to, "attributes", f->attributes);
	json_address(to, "attributes_mask", f->attributes_mask);
	json_bits(to, "attribute_words", attribute_words, f->attributes);
	json_address(to, "xfrm", f->xfrm);
	json_address(to, "xfrm_mask", f->xfrm_mask);
	json_address(to, "miscselect", f->miscselect);
	json_address(to, "miscselect_mask", f->miscselect_mask);
	json_object_object_add(to, "good", json_object_new_boolean(!*s->wrong));
	json_text(to, "wrong", *s->wrong ? s->wrong : NULL);
}
