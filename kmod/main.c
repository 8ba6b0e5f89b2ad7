// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading. */
#include <linux/module.h>
#include <linux/namei.h>
#include <asm/fpu/xcr.h>

#include "encl.h"
#include "holes.h"
#include "hooks.h"
#include "inside.h"
#include "keys.h"
#include "version.h"

static char *contract = "compat";
module_param(contract, charp, 0444);
MODULE_PARM_DESC(contract, "what a new enclave is held to: compat (default) or strict; an enclave can ask for strict, never for less");

static char *policy = "optional";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "where no policy answers: optional (default) allows, required denies");

struct avow_machine avow_machine;
bool avow_strict_default;
bool avow_policy_required;

/* x87, SSE, AVX, AVX-512: what an asynchronous exit saves. */
#define XFRM_OFFERED	0xe7ULL

/* Bytes of the standard XSAVE format for these features: SDM volume 1, 13.4. */
u32 avow_xsave_size(u64 xfrm)
{
	u32 size = 576, eax, ebx, ecx, edx, i;

	for (i = 2; i < 63; i++) {
		if (!(xfrm & BIT_ULL(i)))
			continue;
		cpuid_count(0xd, i, &eax, &ebx, &ecx, &edx);
		size = max(size, ebx + eax);
	}
	return size;
}

static int parse_contract(void)
{
	if (!strcmp(contract, "strict"))
		avow_strict_default = true;
	else if (strcmp(contract, "compat")) {
		pr_err("parameter contract: \"%s\" is neither compat nor strict\n", contract);
		return -EINVAL;
	}
	return 0;
}

static int parse_policy(void)
{
	if (!strcmp(policy, "required"))
		avow_policy_required = true;
	else if (strcmp(policy, "optional")) {
		pr_err("parameter policy: \"%s\" is neither optional nor required\n", policy);
		return -EINVAL;
	}
	return 0;
}

static bool cpu_has_sgx(void)
{
	u32 eax, ebx, ecx, edx;

	if (boot_cpu_data.cpuid_level < 7)
		return false;
	cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
	return ebx & BIT(2);
}

static bool device_exists(void)
{
	struct path path;

	if (kern_path("/dev/sgx_enclave", 0, &path))
		return false;
	path_put(&path);
	return true;
}

/* R40.1: never beside the real thing, nor in its place. */
static int check_machine(void)
{
	bool sgx = cpu_has_sgx();
	avow_verdict v = avow_args_load(sgx, device_exists());

	if (v && sgx)
		pr_err("R40.1: this CPU has SGX. Use the kernel's own driver (enable SGX in the firmware); avow is for machines without it.\n");
	else if (v)
		pr_err("R40.1: /dev/sgx_enclave exists already. Unload the driver that owns it, or remove the stale node, then load avow again.\n");
	if (v)
		return avow_errno(v);
	if (!boot_cpu_has(X86_FEATURE_XSAVE)) {
		pr_err("this CPU has no XSAVE, which asynchronous exits need; choose a CPU model that has it\n");
		return -ENODEV;
	}
	return 0;
}

static void describe_machine(void)
{
	avow_machine.xfrm = xgetbv(XCR_XFEATURE_ENABLED_MASK) & XFRM_OFFERED;
	avow_machine.attributes = ATTR_DEBUG | ATTR_MODE64BIT | ATTR_PROVISIONKEY |
				  ATTR_EINITTOKENKEY | ATTR_KSS;
	avow_machine.miscselect = MISC_EXINFO;
}

static int __init avow_init(void)
{
	int ret;

	ret = check_machine();
	if (!ret)
		ret = parse_contract() ?: parse_policy();
	if (!ret)
		ret = epc_parse_size();
	if (ret)
		return ret;
	holes_announce();
	describe_machine();
	ret = abort_init();
	if (ret)
		return ret;
	ret = slots_init();
	if (ret)
		goto err_abort;
	ret = keys_init();
	if (ret)
		goto err_slots;
	ret = inside_init();
	if (ret)
		goto err_keys;
	ret = step_init();
	if (ret)
		goto err_inside;
	ret = hooks_install();
	if (ret)
		goto err_step;
	ret = devices_register();
	if (ret)
		goto err_hooks;
	pr_info("SGX in software: pages are held to their declared intent; there is no isolation from the kernel, no encryption, no attestation\n");
	pr_info("contract %s, policy %s, EPC %llu MiB\n", contract, policy, epc_limit() >> 20);
	return 0;

err_hooks:
	hooks_remove();
err_step:
	step_exit();
err_inside:
	inside_exit();
err_keys:
	keys_exit();
err_slots:
	slots_exit();
err_abort:
	abort_exit();
	return ret;
}

static void __exit avow_exit(void)
{
	devices_unregister();
	hooks_remove();
	step_exit();
	inside_exit();
	keys_exit();
	slots_exit();
	abort_exit();
	WARN_ON(epc_pages_used());
}

module_init(avow_init);
module_exit(avow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("SGX enclaves in software, every page bound to its declared intent");
MODULE_VERSION(AVOW_VERSION);
