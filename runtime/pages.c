// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages at run time: EACCEPT, EMODPE. */
#include "sgx_arch.h"

#include "pages.h"
#include "thread.h"

void *avow_code(size_t *bytes)
{
	*bytes = avow_ranges.code_bytes;
	return avow_base + avow_ranges.code;
}

static int leaf(u64 number, u64 flags, u64 at)
{
	/* An operand is in memory when the leaf reads it, and aligned. */
	struct avow_secinfo secinfo __attribute__((aligned(64))) = { .flags = (u64)PT_REG << SECINFO_PT_SHIFT | flags };
	long result;

	__asm__ volatile("" : : "r"(&secinfo) : "memory");
	result = avow_leaf(number, (u64)&secinfo, at, 0);
	if (result < 0)
		return -EFAULT;
	/* EMODPE leaves RAX alone. */
	return number == ENCLU_EACCEPT && result ? -EEXIST : 0;
}

static int for_pages(void *p, size_t bytes, u64 number, u64 flags)
{
	u64 at = (u64)p, end = at + bytes;
	int err = 0;

	if ((at | bytes) % SGX_PAGE_SIZE || !bytes || !avow_inside(p, bytes))
		return -EINVAL;
	for (; at < end && !err; at += SGX_PAGE_SIZE)
		err = leaf(number, flags, at);
	return err;
}

int avow_accept(void *p, size_t bytes)
{
	return for_pages(p, bytes, ENCLU_EACCEPT, SECINFO_R | SECINFO_W | SECINFO_PENDING);
}

int avow_extend(void *p, size_t bytes, unsigned int rights)
{
	return rights & ~(unsigned int)SECINFO_RWX ? -EINVAL : for_pages(p, bytes, ENCLU_EMODPE, rights);
}
