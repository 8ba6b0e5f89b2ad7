// SPDX-License-Identifier: LGPL-2.1-or-later
/* Entering an enclave through the vDSO. */
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "call_offsets.h"
#include "enclave.h"
#include "message.h"

#define VDSO_NAME	"__vdso_sgx_enter_enclave"

/* In enter_call.S: calls enter with call's registers and writes them back. */
int avow_enter_call(vdso_sgx_enter_enclave_t enter, struct avow_call *call);

static_assert(AVOW_EENTER == ENCLU_EENTER && AVOW_ERESUME == ENCLU_ERESUME && AVOW_EEXIT == ENCLU_EEXIT, "ENCLU");
static_assert(offsetof(struct avow_call, rdi) == CALL_RDI && offsetof(struct avow_call, rsi) == CALL_RSI &&
	      offsetof(struct avow_call, rdx) == CALL_RDX && offsetof(struct avow_call, r8) == CALL_R8 &&
	      offsetof(struct avow_call, r9) == CALL_R9 && offsetof(struct avow_call, function) == CALL_FUNCTION &&
	      offsetof(struct avow_call, run) == CALL_RUN, "call_offsets.h");

struct vdso {
	const char *base;	/* what addresses in it are relative to */
	const Elf64_Sym *symbols;
	const char *strings;
	size_t nr;
};

/* The number of symbols, of which a GNU hash table tells only the chains. */
static size_t gnu_hash_symbols(const u32 *table)
{
	const u32 nr_buckets = table[0], first = table[1], bloom_words = table[2];
	const u32 *buckets = table + 4 + 2 * (size_t)bloom_words;
	const u32 *chain = buckets + nr_buckets;
	u32 last = 0, i;

	for (i = 0; i < nr_buckets; i++)
		if (buckets[i] > last)
			last = buckets[i];
	if (last < first)
		return first;
	while (!(chain[last - first] & 1))
		last++;
	return last + 1;
}

static void vdso_dynamic(struct vdso *v, const Elf64_Dyn *dyn)
{
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const char *at = v->base + dyn->d_un.d_ptr;

		switch (dyn->d_tag) {
		case DT_SYMTAB:
			v->symbols = (const Elf64_Sym *)at;
			break;
		case DT_STRTAB:
			v->strings = at;
			break;
		case DT_HASH:
			v->nr = ((const u32 *)at)[1];
			break;
		case DT_GNU_HASH:
			if (!v->nr)
				v->nr = gnu_hash_symbols((const u32 *)at);
			break;
		}
	}
}

static const void *vdso_symbol(const char *name)
{
	const char *image = (const char *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
	const Elf64_Phdr *program;
	const Elf64_Dyn *dynamic = NULL;
	struct vdso v = { NULL };
	size_t i;

	if (!image)
		return NULL;
	program = (const Elf64_Phdr *)(image + header->e_phoff);
	for (i = 0; i < header->e_phnum; i++) {
		if (program[i].p_type == PT_LOAD && !v.base)
			v.base = image + program[i].p_offset - program[i].p_vaddr;
		else if (program[i].p_type == PT_DYNAMIC)
			dynamic = (const Elf64_Dyn *)(image + program[i].p_offset);
	}
	if (!v.base || !dynamic)
		return NULL;
	vdso_dynamic(&v, dynamic);
	if (!v.symbols || !v.strings)
		return NULL;
	for (i = 0; i < v.nr; i++)
		if (v.symbols[i].st_shndx != SHN_UNDEF &&
		    !strcmp(v.strings + v.symbols[i].st_name, name))
			return v.base + v.symbols[i].st_value;
	return NULL;
}

vdso_sgx_enter_enclave_t avow_vdso_enter(void)
{
	return (vdso_sgx_enter_enclave_t)vdso_symbol(VDSO_NAME);
}

int avow_can_enter(void)
{
	return avow_vdso_enter() ? 0 : -ENOSYS;
}

int avow_enclave_enter(const struct avow_enclave *e, u64 tcs_offset, struct avow_call *call)
{
	static vdso_sgx_enter_enclave_t known;	/* the same for every thread, so races are harmless */
	vdso_sgx_enter_enclave_t enter = __atomic_load_n(&known, __ATOMIC_RELAXED);
	int ret = avow_enclave_online(e, "EENTER");

	if (ret)
		return ret;
	if (!enter) {
		enter = avow_vdso_enter();
		if (!enter)
			return avow_fail(-ENOSYS, "the kernel's vDSO has no %s()", VDSO_NAME);
		__atomic_store_n(&known, enter, __ATOMIC_RELAXED);
	}
	if (!call->function)
		call->function = ENCLU_EENTER;
	call->run.tcs = e->base + tcs_offset;
	ret = avow_enter_call(enter, call);
	if (ret || call->run.user_handler)
		return ret;
	return call->run.function == ENCLU_EEXIT ? 0 : -EFAULT;
}
