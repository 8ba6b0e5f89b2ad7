// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints where a kernel has the members of its in-tree driver's structures, as a C header
 * for bench/intree: from that kernel's own types, since no header of Debian's has them.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "layout: %s: %s\n", what, why);
	exit(2);
}

static const struct btf_type *structure(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	if (id < 0)
		fail(name, "not in the kernel's types");
	return btf__type_by_id(btf, (unsigned int)id);
}

static void print_size(const struct btf *btf, const char *name, const char *define)
{
	printf("#define %s\t%u\n", define, structure(btf, name)->size);
}

/* In bytes from the start of the structure. */
static void print_member(const struct btf *btf, const char *name, const char *member,
			 const char *define)
{
	const struct btf_type *type = structure(btf, name);
	const struct btf_member *m = btf_members(type);
	unsigned int i, bits;

	for (i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), member))
			continue;
		bits = btf_member_bit_offset(type, i);
		if (bits % 8)
			fail(member, "does not begin with a byte");
		printf("#define %s\t%u\n", define, bits / 8);
		return;
	}
	fail(member, "no such member");
}

int main(int argc, char **argv)
{
	struct btf *btf = argc == 2 ? btf__parse(argv[1], NULL) : NULL;

	if (argc != 2)
		fail("usage", "layout FILE, of a kernel's types");
	if (!btf)
		fail(argv[1], strerror(errno));
	printf("/* Made of the kernel's types by bench/layout. */\n");
	print_size(btf, "sgx_encl", "ENCL_SIZE");
	print_member(btf, "sgx_encl", "base", "ENCL_BASE");
	print_member(btf, "sgx_encl", "size", "ENCL_LENGTH");
	print_member(btf, "sgx_encl", "lock", "ENCL_LOCK");
	print_member(btf, "sgx_encl", "page_array", "ENCL_PAGES");
	print_size(btf, "sgx_encl_page", "PAGE_RECORD_SIZE");
	print_member(btf, "sgx_encl_page", "vm_max_prot_bits", "PAGE_RECORD_BITS");
	btf__free(btf);
	return 0;
}
