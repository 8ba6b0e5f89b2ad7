// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel and the module are like. */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <libavow.h>

#include "doctor.h"

#define MODULE		"/sys/module/avow"

static void look_at_cpu(struct kernel_facts *k)
{
	unsigned int a, b, c, d;

	/* By CPUID, as the module does: /proc/cpuinfo hides what the firmware has disabled. */
	k->cpu_sgx = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SGX);
	k->cpu_xsave = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_XSAVE);
}

static void look_at_bpf(struct kernel_facts *k)
{
	struct statfs fs;

	k->btf = !access("/sys/kernel/btf/vmlinux", R_OK);
	k->bpffs = !statfs("/sys/fs/bpf", &fs) && fs.f_type == BPF_FS_MAGIC;
	k->bpf_jit = number_in("/proc/sys/net/core/bpf_jit_enable");
}

static void look_at_locks(struct kernel_facts *k)
{
	char lockdown[64], enforce[8];

	line_in("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	line_in("/sys/module/module/parameters/sig_enforce", enforce, sizeof(enforce));
	k->confidential = strstr(lockdown, "[confidentiality]");
	k->signed_only = k->confidential || strstr(lockdown, "[integrity]") || *enforce == 'Y';
	k->modules_disabled = number_in("/proc/sys/kernel/modules_disabled");
}

void look_at_kernel(struct kernel_facts *k)
{
	struct utsname name;

	memset(k, 0, sizeof(*k));
	if (!uname(&name)) {
		snprintf(k->release, sizeof(k->release), "%s", name.release);
		snprintf(k->machine, sizeof(k->machine), "%s", name.machine);
	}
	k->vdso = getauxval(AT_SYSINFO_EHDR);
	k->vdso_enter = !avow_can_enter();
	k->ftrace = number_in("/proc/sys/kernel/ftrace_enabled");
	look_at_bpf(k);
	look_at_locks(k);
	look_at_cpu(k);
}

void look_at_module(struct module_facts *m)
{
	memset(m, 0, sizeof(*m));
	m->loaded = !access(MODULE "/initstate", F_OK);
	m->types = !access("/sys/kernel/btf/avow", F_OK);
	m->test_build = !access(MODULE "/parameters/hole", F_OK);
	line_in(MODULE "/parameters/contract", m->contract, sizeof(m->contract));
	line_in(MODULE "/parameters/policy", m->policy, sizeof(m->policy));
}
