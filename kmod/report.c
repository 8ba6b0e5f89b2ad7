// SPDX-License-Identifier: GPL-2.0-only
/* ENCLU[EREPORT] and ENCLU[EGETKEY] (R36, R37). */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "inside.h"
#include "keys.h"

static bool read_operand(void *to, u64 addr, size_t size, struct trap *trap)
{
	if (copy_from_user(to, (void __user *)addr, size))
		return raise_pf(trap, addr, PF_EPCM);
	return true;
}

static bool write_operand(u64 addr, const void *from, size_t size, struct trap *trap)
{
	if (copy_to_user((void __user *)addr, from, size))
		return raise_pf(trap, addr, PF_EPCM | X86_PF_WRITE);
	return true;
}

/* Room for the structures of one instruction. */
struct report_work {
	struct avow_targetinfo target;
	struct avow_report report;
	u8 reportdata[64];
};

static bool make_report(struct avow_thread *thread, struct pt_regs *regs,
			struct report_work *work, struct trap *trap)
{
	if (!read_operand(&work->target, regs->bx, sizeof(work->target), trap) ||
	    !read_operand(work->reportdata, regs->cx, sizeof(work->reportdata), trap))
		return false;
	if (!avow_report_fill(thread->encl->secs, &thread->encl->identity, &work->target,
			      work->reportdata, &work->report))
		return raise_gp(trap);
	/* Only memory can have failed: as where there is no page, the instruction can be repeated. */
	if (keys_sign_report(&work->target, &work->report))
		return raise_pf(trap, regs->dx, PF_NO_PAGE);
	return write_operand(regs->dx, &work->report, sizeof(work->report), trap);
}

bool enclave_report(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	struct report_work *work;
	bool ok;

	if (!leaf_operand(thread, regs->bx, 512, trap) ||
	    !leaf_operand(thread, regs->cx, 128, trap) ||
	    !leaf_operand(thread, regs->dx, 512, trap))
		return false;
	work = kzalloc(sizeof(*work), GFP_KERNEL);
	if (!work)
		return raise_pf(trap, regs->dx, PF_NO_PAGE);
	ok = make_report(thread, regs, work, trap);
	kfree_sensitive(work);
	if (ok)
		regs->ip += ENCLU_SIZE;
	return ok;
}

struct key_work {
	struct avow_keyrequest request;
	struct avow_key_material material;
	u8 key[SGX_KEY_BYTES];
};

static bool make_key(struct avow_thread *thread, struct pt_regs *regs, struct key_work *work,
		     u64 *code, struct trap *trap)
{
	struct avow_encl *encl = thread->encl;

	if (!read_operand(&work->request, regs->bx, sizeof(work->request), trap))
		return false;
	switch (avow_key_derive(encl->secs, &encl->identity, &work->request, &work->material,
				code)) {
	case AVOW_EPCM_OK:
		break;
	case AVOW_EPCM_CODE:
		return true;
	default:
		return raise_gp(trap);
	}
	if (keys_make(&work->material, work->key))
		return raise_pf(trap, regs->cx, PF_NO_PAGE);
	return write_operand(regs->cx, work->key, sizeof(work->key), trap);
}

bool enclave_getkey(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	struct key_work *work;
	u64 code = 0;
	bool ok;

	if (!leaf_operand(thread, regs->bx, 512, trap) ||
	    !leaf_operand(thread, regs->cx, 16, trap))
		return false;
	work = kzalloc(sizeof(*work), GFP_KERNEL);
	if (!work)
		return raise_pf(trap, regs->cx, PF_NO_PAGE);
	ok = make_key(thread, regs, work, &code, trap);
	kfree_sensitive(work);
	if (!ok)
		return false;
	regs->flags &= ~FLAGS_STATUS;
	if (code)
		regs->flags |= X86_EFLAGS_ZF;
	regs->ax = code;
	regs->ip += ENCLU_SIZE;
	return true;
}
