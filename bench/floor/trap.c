// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that an exception of a program costs. A UD2 with
 * FLOOR_MAGIC in RAX is skipped, by a notifier, which is the first that the kernel asks
 * about an exception; it looks at a register only, not at memory.
 */
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <asm/trapnr.h>

#include "floor.h"

#define UD2_SIZE	2

static int on_exception(struct notifier_block *block, unsigned long event, void *data)
{
	struct die_args *args = data;

	if (event != DIE_TRAP || args->trapnr != X86_TRAP_UD || !user_mode(args->regs) ||
	    args->regs->ax != FLOOR_MAGIC)
		return NOTIFY_DONE;
	args->regs->ip += UD2_SIZE;
	return NOTIFY_STOP;
}

static struct notifier_block block = { .notifier_call = on_exception };

int trap_init(void)
{
	return register_die_notifier(&block);
}

void trap_exit(void)
{
	unregister_die_notifier(&block);
}
