// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the tests: answers the module's security hooks in a policy's place, by probes
 * that return from the hook at once. Parameters load, map and init are the answers,
 * 0 to leave a hook alone; they can be changed in /sys/module/denier/parameters.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>

static int load, map, init;
module_param(load, int, 0644);
module_param(map, int, 0644);
module_param(init, int, 0644);

/* A function that does nothing but return; what a probe put into RAX is its answer. */
void denier_return(void);
asm(".pushsection .text\n"
    ".type denier_return, @function\n"
    "denier_return:\n"
    ASM_RET
    ".size denier_return, . - denier_return\n"
    ".popsection\n");

static int answer(struct pt_regs *regs, int value)
{
	if (!value)
		return 0;
	regs->ax = value;
	regs->ip = (unsigned long)denier_return;
	return 1;	/* the hook itself does not run */
}

static int on_load(struct kprobe *probe, struct pt_regs *regs)
{
	return answer(regs, load);
}

static int on_map(struct kprobe *probe, struct pt_regs *regs)
{
	return answer(regs, map);
}

static int on_init(struct kprobe *probe, struct pt_regs *regs)
{
	return answer(regs, init);
}

static struct kprobe probes[] = {
	{ .symbol_name = "security_enclave_load", .pre_handler = on_load },
	{ .symbol_name = "security_enclave_map", .pre_handler = on_map },
	{ .symbol_name = "security_enclave_init", .pre_handler = on_init },
};

static int __init denier_init(void)
{
	struct kprobe *all[] = { &probes[0], &probes[1], &probes[2] };

	return register_kprobes(all, ARRAY_SIZE(all));
}

static void __exit denier_exit(void)
{
	struct kprobe *all[] = { &probes[0], &probes[1], &probes[2] };

	unregister_kprobes(all, ARRAY_SIZE(all));
}

module_init(denier_init);
module_exit(denier_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("answers avow's security hooks, for tests");
