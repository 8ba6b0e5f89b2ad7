// SPDX-License-Identifier: GPL-2.0-only
/* Debug access: ptrace and /proc/PID/mem, as EDBGRD and EDBGWR allow (R17). */
#include <linux/mm.h>

#include "encl.h"
#include "kernel_compat.h"

static int refuse_debug(struct avow_encl *encl, avow_verdict v, u64 addr, int write,
			avow_slot slot)
{
	const struct refused what = {
		.op = AVOW_OP_DEBUG_ACCESS,
		.start = addr & PAGE_MASK,
		.end = (addr & PAGE_MASK) + PAGE_SIZE,
		.requested = write ? AVOW_W : AVOW_R,
		.declared = slot_intent(slot),
		.slot = slot,
	};

	return refuse(encl, v, &what);
}

/* Of a TCS only FLAGS may be written. */
static bool tcs_writable(u32 offset, u32 len)
{
	return AVOW_HOLE(debug_tcs_field) || (offset >= offsetof(struct avow_tcs, flags) &&
	       offset + len <= offsetof(struct avow_tcs, ossa));
}

/* Within one page. Caller holds encl->lock. */
static int access_page(struct avow_encl *encl, unsigned long index, u32 offset, void *buf,
		       u32 len, int write)
{
	avow_slot slot = stash_get(encl, index);
	bool debug = encl->secs->attributes & ATTR_DEBUG;
	avow_verdict v = avow_bound_debug(slot, debug, write, encl->strict);
	struct page *page = xa_load(&encl->pages, index);

	if (!v && write && slot_type(slot) == PT_TCS && !tcs_writable(offset, len))
		v = AVOW_REFUSE(AVOW_RULE(17, 1), EIO);
	if (v)
		return refuse_debug(encl, v, encl_addr(encl, index), write, slot);
	if (write)
		memcpy(page_address(page) + offset, buf, len);
	else
		memcpy(buf, page_address(page) + offset, len);
	return 0;
}

int debug_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write)
{
	struct avow_encl *encl = vma->vm_private_data;
	unsigned long index;
	int done, part, ret;

	compat_assert_mmap_locked(vma->vm_mm);
	for (done = 0; done < len; done += part) {
		u32 offset = offset_in_page(addr + done);

		part = min_t(int, len - done, PAGE_SIZE - offset);
		if (!encl_index(encl, addr + done, &index))
			return done ?: -EFAULT;
		down_write(&encl->lock);
		ret = access_page(encl, index, offset, buf + done, part, write);
		up_write(&encl->lock);
		if (ret)
			return done ?: ret;
	}
	return done;
}
