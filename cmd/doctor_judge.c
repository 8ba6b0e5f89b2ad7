// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is wrong, and the command that mends it: of the facts alone. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavow.h>

#include "cmd.h"
#include "doctor.h"
#include "words.h"

#define ROOM_MIN	(4ULL << 20)	/* less memory than this is of no use to an enclave */
#define AS_MIN		(8ULL << 30)	/* ranges that runtimes reserve go up to here */
#define FILES_MIN	64ULL		/* an enclave is a descriptor */
#define MAPS_DEFAULT	65530L		/* Linux' own */
#define GROUP		"sgx"		/* what distributions call it */

static char *format(const char *text, va_list args)
{
	char *made;

	if (!text)
		return NULL;
	if (vasprintf(&made, text, args) < 0) {
		complain("out of memory");
		exit(EXIT_FAILURE);
	}
	return printable(made);
}

static void add(struct findings *to, enum health health, const char *check, char *says)
{
	to->all = reallocarray(to->all, to->nr + 1, sizeof(*to->all));
	if (!to->all) {
		complain("out of memory");
		exit(EXIT_FAILURE);
	}
	to->all[to->nr++] = (struct finding){ check, health, says, NULL };
}

#define DEFINE_ADD(name, health)							\
	static void name(struct findings *to, const char *check, const char *text, ...)	\
		__attribute__((format(printf, 3, 4)));					\
	static void name(struct findings *to, const char *check, const char *text, ...)	\
	{										\
		va_list args;								\
											\
		va_start(args, text);							\
		add(to, health, check, format(text, args));				\
		va_end(args);								\
	}

DEFINE_ADD(well, HEALTH_WELL)
DEFINE_ADD(note, HEALTH_NOTE)
DEFINE_ADD(wrong, HEALTH_WRONG)

/* Of the finding that was added last. */
static void mend(struct findings *to, const char *text, ...) __attribute__((format(printf, 2, 3)));
static void mend(struct findings *to, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	to->all[to->nr - 1].mend = format(text, args);
	va_end(args);
}

/* A word for a shell; "made" is the caller's buffer, four times as long as the text. */
static const char *quote(const char *text, char *made)
{
	char *to = made;

	if (*text && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")] == '\0')
		return text;
	*to++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			to += sprintf(to, "'\\'");
		*to++ = *text;
	}
	*to++ = '\'';
	*to = '\0';
	return made;
}

#define QUOTED	(4 * PATH_MAX + 3)

/* ---- the kernel ---- */

static void judge_kernel(const struct facts *f, struct findings *to)
{
	const struct kernel_facts *k = &f->kernel;

	if (strcmp(k->machine, "x86_64")) {
		wrong(to, "kernel", "Linux %s is for %s; enclaves are of x86_64", k->release, k->machine);
		mend(to, "# use a machine, or a virtual one, of x86_64");
	} else if (!k->vdso) {
		wrong(to, "kernel", "this process has no vDSO, through which enclaves are entered");
		mend(to, "sed -i 's/vdso=0//' /etc/default/grub && update-grub && systemctl reboot");
	} else if (!k->vdso_enter) {
		wrong(to, "kernel", "the vDSO of Linux %s has no __vdso_sgx_enter_enclave, by which enclaves are entered "
		      "(CONFIG_X86_SGX)", k->release);
		mend(to, "apt install linux-image-amd64 && systemctl reboot");
	} else {
		well(to, "kernel", "Linux %s; its vDSO enters enclaves", k->release);
	}
}

static bool is_intree(const struct facts *f)
{
	return f->enclave.owner == OWNER_INTREE;
}

static void judge_processor(const struct facts *f, struct findings *to)
{
	const struct kernel_facts *k = &f->kernel;

	if (k->cpu_sgx && !f->module.loaded && f->enclave.kind == NODE_MISSING) {
		wrong(to, "processor", "it has SGX, so avow.ko does not load here (R40.1), and the kernel's own driver is "
		      "not at work either");
		mend(to, "systemctl reboot --firmware-setup # and enable SGX there");
	} else if (!k->cpu_xsave) {
		wrong(to, "processor", "it has no XSAVE, which asynchronous exits need");
		mend(to, "# of a virtual machine: choose another CPU model, as qemu-system-x86_64 -cpu max");
	} else {
		well(to, "processor", "%s", k->cpu_sgx ? "it has SGX" : "no SGX of its own, and what Avow needs");
	}
}

/* What would keep the module from being loaded. Asked where it is not. */
static bool judge_loading(const struct kernel_facts *k, struct findings *to)
{
	if (k->modules_disabled == 1) {
		wrong(to, "module", "avow.ko is not loaded, and this kernel takes no more modules until it is rebooted "
		      "(kernel.modules_disabled)");
		mend(to, "sed -i /modules_disabled/d /etc/sysctl.conf /etc/sysctl.d/*.conf && systemctl reboot");
	} else if (k->ftrace == 0) {
		wrong(to, "module", "avow.ko is not loaded, and cannot be while ftrace is off (kernel.ftrace_enabled)");
		mend(to, "sysctl -w kernel.ftrace_enabled=1 && modprobe avow");
	} else if (k->signed_only) {
		wrong(to, "module", "avow.ko is not loaded, and this kernel takes signed modules only (Secure Boot, "
		      "lockdown, or module.sig_enforce)");
		mend(to, "mokutil --import /var/lib/dkms/mok.pub && systemctl reboot # and enrol the key there");
	} else {
		return false;
	}
	return true;
}

static bool is_stale(const struct facts *f)
{
	return f->enclave.kind != NODE_MISSING && !is_intree(f);
}

static void judge_module(const struct facts *f, struct findings *to)
{
	const struct module_facts *m = &f->module;

	if (is_intree(f)) {
		well(to, "module", "avow.ko is not loaded, and must not be beside the kernel's own driver (R40.1)");
	} else if (!m->loaded) {
		if (judge_loading(&f->kernel, to))
			return;
		wrong(to, "module", "avow.ko is not loaded");
		mend(to, is_stale(f) ? "rm %s && modprobe avow" : "modprobe avow", f->enclave.path);
	} else if (m->test_build) {
		wrong(to, "module", "this avow.ko is the test build, whose checks can be turned off");
		mend(to, "rmmod avow && modprobe avow # the normal build");
	} else {
		well(to, "module", "loaded; contract=%s policy=%s", m->contract, m->policy);
	}
}

/* ---- the devices ---- */

/* The kernel's own node is at another number, or is none. */
static bool judge_presence(const struct facts *f, const struct node_facts *n, struct findings *to)
{
	if (n->kind == NODE_MISSING && n->registered == UNKNOWN) {
		wrong(to, "device", "%s: no such device", n->path);
		mend(to, f->module.loaded ? "dmesg | grep avow # says why its devices are not there" : "modprobe avow");
	} else if (n->kind == NODE_MISSING) {
		wrong(to, "device", "%s is missing, though the kernel has this device: a container, or a /dev that is not "
		      "a devtmpfs", n->path);
		mend(to, "mknod -m 660 %s c 10 %ld # of a container, from outside: docker run --device %s", n->path,
		     n->registered, n->path);
	} else if (n->kind == NODE_NO_DEVICE) {
		wrong(to, "device", "%s is no device; avow.ko does not load where something has this name (R40.1)", n->path);
		mend(to, "rm -r %s && modprobe avow", n->path);
	} else if (n->registered != UNKNOWN && (!n->misc || n->minor != n->registered)) {
		wrong(to, "device", "%s is a stale node: the kernel has this device at 10:%ld", n->path, n->registered);
		mend(to, "rm %s && mknod -m 660 %s c 10 %ld", n->path, n->path, n->registered);
	} else if (n->err == ENXIO || n->err == ENODEV) {
		wrong(to, "device", "%s is a stale node: there is no such device (%s)", n->path, strerror(n->err));
		mend(to, "rm %s && modprobe avow", n->path);
	} else {
		return true;
	}
	return false;
}

static void judge_denied(const struct facts *f, const struct node_facts *n, struct findings *to)
{
	bool for_group = (n->mode & 060) == 060 && !n->root_group;
	char user[QUOTED], group[QUOTED];

	quote(f->process.user, user);
	if (n->nodev) {
		wrong(to, "device", "%s is on %s, which is mounted nodev: no device there can be opened", n->path, n->mount);
		mend(to, "mount -o remount,dev %s", quote(n->mount, user));
	} else if (f->process.root) {
		wrong(to, "device", "%s cannot be opened by root (%s): a security module denies it", n->path, strerror(n->err));
		mend(to, "journalctl -k -g 'avc|apparmor' # says which, and for which profile");
	} else if (for_group && n->member && !n->in_group) {
		wrong(to, "device", "%s is for the group %s, of which %s became a member after this session began", n->path,
		      n->group, f->process.user);
		mend(to, "newgrp %s # or log in anew", quote(n->group, group));
	} else if (for_group && !n->in_group) {
		wrong(to, "device", "%s is for the group %s, and %s is not in it", n->path, n->group, f->process.user);
		mend(to, "usermod -aG %s %s # then log in anew", quote(n->group, group), quote(f->process.user, user));
	} else {
		wrong(to, "device", "%s is for its owner only (mode %03o, group %s)", n->path, (unsigned int)n->mode, n->group);
		mend(to, "groupadd -rf " GROUP " && chgrp " GROUP " %s && chmod 660 %s && usermod -aG " GROUP " %s # then log in anew",
		     n->path, n->path, quote(f->process.user, user));
	}
}

static bool judge_opening(const struct facts *f, const struct node_facts *n, struct findings *to)
{
	if (!n->err)
		return true;
	if (n->err == EACCES) {
		judge_denied(f, n, to);
	} else if (n->err == EPERM) {
		wrong(to, "device", "%s: the control group of this process may not open it (its list of devices)", n->path);
		mend(to, "systemctl set-property UNIT DeviceAllow='%s rw' # of a container: docker run --device %s", n->path,
		     n->path);
	} else {
		wrong(to, "device", "%s: %s", n->path, strerror(n->err));
		mend(to, "dmesg | grep -i -e avow -e sgx");
	}
	return false;
}

static void judge_owner(const struct facts *f, const struct node_facts *n, struct findings *to)
{
	if (n->owner == OWNER_INTREE) {
		note(to, "device", "%s is the kernel's own SGX driver: enclaves run, but there are no explicit intents, "
		     "policies, or refusals to ask for", n->path);
	} else if (n->owner == OWNER_OTHER) {
		wrong(to, "device", "%s is some other device: it knows no SGX", n->path);
		mend(to, "rm %s && rmmod avow; modprobe avow", n->path);
	} else if (n->owner == OWNER_UNKNOWN) {
		wrong(to, "device", "%s cannot be asked: %s%s", n->path, strerror(n->ask_err),
		      f->process.seccomp > 0 ? "; this process has a filter of system calls" : "");
		mend(to, "%s", f->process.seccomp > 0 ? "systemctl edit UNIT # SystemCallFilter=ioctl; of a container: docker "
		     "run --security-opt seccomp=PROFILE" : "dmesg | grep avow");
	} else if (n->info.abi_version != AVOW_ABI_VERSION) {
		wrong(to, "device", "avow.ko %s has interface %u, this command %u", n->info.version, n->info.abi_version,
		      AVOW_ABI_VERSION);
		mend(to, "apt install avow-dkms avow-tools && rmmod avow && modprobe avow");
	} else {
		well(to, "device", "%s is Avow's, version %s", n->path, n->info.version);
	}
}

static void judge_device(const struct facts *f, struct findings *to)
{
	const struct node_facts *n = &f->enclave;

	if (judge_presence(f, n, to) && judge_opening(f, n, to))
		judge_owner(f, n, to);
}

static void judge_noexec(const struct facts *f, struct findings *to)
{
	const struct node_facts *n = &f->enclave;
	char quoted[QUOTED];

	if (n->kind != NODE_DEVICE)
		return;
	if (!n->noexec) {
		well(to, "noexec", "code of enclaves can be mapped: %s is not mounted noexec", n->mount);
		return;
	}
	wrong(to, "noexec", "%s is mounted noexec: mmap() of enclave code is EPERM", n->mount);
	mend(to, "mount -o remount,exec %s", quote(n->mount, quoted));
}

/* Only enclaves that ask for PROVISIONKEY need it, so who may not open it has no fault. */
static void judge_provision(const struct facts *f, struct findings *to)
{
	const struct node_facts *n = &f->provision;

	if (f->enclave.owner == OWNER_UNKNOWN)
		return;
	if (n->kind != NODE_DEVICE && n->registered != UNKNOWN) {
		wrong(to, "provision", "%s is missing, though the kernel has this device", n->path);
		mend(to, "mknod -m 600 %s c 10 %ld", n->path, n->registered);
	} else if (n->kind != NODE_DEVICE || n->err) {
		note(to, "provision", "%s cannot be opened: no enclave of this process may have PROVISIONKEY (R27)", n->path);
	} else {
		well(to, "provision", "%s can be opened: enclaves may have PROVISIONKEY", n->path);
	}
}

/* ---- memory ---- */

static void judge_epc(const struct facts *f, struct findings *to)
{
	const struct avow_info *info = &f->enclave.info;
	char size[SIZE_SIZE], used[SIZE_SIZE];
	bool full = info->epc_size < info->epc_used + ROOM_MIN;

	if (f->enclave.owner != OWNER_AVOW)
		return;
	size_word(info->epc_size, size);
	size_word(info->epc_used, used);
	(full ? wrong : well)(to, "epc", "enclave memory of the machine: %s in use of %s%s", used, size,
			      full ? "; more is ENOMEM (R40.4)" : "");
	if (full)
		mend(to, "rmmod avow && modprobe avow epc_size=4G # or end processes that have enclaves");
}

static void judge_cgroup(const struct facts *f, struct findings *to)
{
	const struct process_facts *p = &f->process;
	char limit[SIZE_SIZE], used[SIZE_SIZE], quoted[QUOTED];

	if (!p->limited) {
		well(to, "cgroup", "no limit of memory");
		return;
	}
	size_word(p->memory_limit, limit);
	size_word(p->memory_used, used);
	if (memory_room(p) >= ROOM_MIN) {
		well(to, "cgroup", "memory, to which that of enclaves is charged: %s in use of %s (%s)", used, limit,
		     p->memory_file);
		return;
	}
	wrong(to, "cgroup", "%s of memory in use, and the limit is %s (%s): enclave memory is charged to it, so adding pages is "
	      "ENOMEM, or this process is killed", used, limit, p->memory_file);
	mend(to, "echo %s >%s", p->memory_v1 ? "-1" : "max", quote(p->memory_file, quoted));
}

static void judge_limits(const struct facts *f, struct findings *to)
{
	const struct process_facts *p = &f->process;
	size_t before = to->nr;
	char as[SIZE_SIZE];

	if (p->limit_as < AS_MIN) {
		wrong(to, "limits", "RLIMIT_AS is %s: what reserves an enclave's range gets ENOMEM (ranges go up to 8 GiB)",
		      size_word(p->limit_as, as));
		mend(to, "prlimit --pid $$ --as=unlimited:unlimited");
	}
	if (p->limit_files < FILES_MIN) {
		wrong(to, "limits", "RLIMIT_NOFILE is %llu; each enclave is a descriptor", p->limit_files);
		mend(to, "prlimit --pid $$ --nofile=1024:");
	}
	if (p->max_map_count != UNKNOWN && p->max_map_count < MAPS_DEFAULT) {
		wrong(to, "limits", "vm.max_map_count is %ld, less than Linux' own %ld: each stretch of an enclave that is mapped "
		      "with other rights is a mapping", p->max_map_count, MAPS_DEFAULT);
		mend(to, "sysctl -w vm.max_map_count=%ld", MAPS_DEFAULT);
	}
	if (to->nr == before)
		well(to, "limits", "address space, descriptors and mappings are not limited too much");
}

/* ---- what else this process is denied ---- */

static const struct {
	const char *call, *needed_by, *group;
} probed[NR_PROBES] = {
	[PROBE_GETFD] = { "pidfd_getfd()", "avow maps, why and log look into processes", "pidfd_open pidfd_getfd" },
	[PROBE_KCMP] = { "kcmp()", "avow maps, why and log tell descriptors of one enclave", "kcmp" },
	[PROBE_EXEC] = { "mprotect(PROT_EXEC)", "loaders make code of enclaves executable", NULL },
};

static void wrong_probe(const struct facts *f, enum probe i, const char *how, struct findings *to)
{
	bool filter = f->process.seccomp > 0;

	wrong(to, "seccomp", "%s is denied (%s)%s; by it %s", probed[i].call, how,
	      filter ? " by a filter of system calls" : "", probed[i].needed_by);
	if (!filter && i == PROBE_EXEC)
		mend(to, "systemctl edit UNIT # MemoryDenyWriteExecute=no; with SELinux: setsebool -P "
		     "selinuxuser_execmod on");
	else if (!filter)
		mend(to, "apt install linux-image-amd64 && systemctl reboot");
	else if (probed[i].group)
		mend(to, "systemctl edit UNIT # SystemCallFilter=%s; of a container: docker run --security-opt seccomp=PROFILE",
		     probed[i].group);
	else
		mend(to, "systemctl edit UNIT # MemoryDenyWriteExecute=no; of a container: docker run --security-opt "
		     "seccomp=PROFILE");
}

static void judge_seccomp(const struct facts *f, struct findings *to)
{
	const struct process_facts *p = &f->process;
	size_t before = to->nr;
	char signal[AVOW_WORD_SIZE];
	int i;

	for (i = 0; i < NR_PROBES; i++)
		if (p->probes[i])
			wrong_probe(f, (enum probe)i, strerror(p->probes[i]), to);
	if (p->killed)
		wrong_probe(f, p->killer, avow_signal_word(p->killed, signal), to);
	if (to->nr == before)
		well(to, "seccomp", "%s", p->seccomp > 0 ? "there is a filter of system calls, and what Avow needs passes" :
		     "no filter of system calls");
}

static void judge_ptrace(const struct facts *f, struct findings *to)
{
	const struct process_facts *p = &f->process;

	if (p->ptrace_scope >= 3) {
		wrong(to, "ptrace", "kernel.yama.ptrace_scope is 3: nobody can look into the enclaves of others (avow maps, why, "
		      "log) until the machine is rebooted");
		mend(to, "sed -i /ptrace_scope/d /etc/sysctl.conf /etc/sysctl.d/*.conf && systemctl reboot");
	} else if (p->ptrace_scope >= 1 && !p->root) {
		note(to, "ptrace", "kernel.yama.ptrace_scope is %ld: avow maps, why and log take root for other processes",
		     p->ptrace_scope);
	} else {
		well(to, "ptrace", "processes can be looked into by those who may trace them");
	}
}

/* ---- policies ---- */

/* What a policy needs, whether there is one or not. */
static void judge_bpf(const struct facts *f, struct findings *to)
{
	const struct kernel_facts *k = &f->kernel;
	size_t before = to->nr;

	if (!k->btf) {
		wrong(to, "bpf", "this kernel does not tell its types (CONFIG_DEBUG_INFO_BTF), so no policy can be loaded");
		mend(to, "apt install linux-image-amd64 && systemctl reboot");
	}
	if (!f->module.types) {
		wrong(to, "bpf", "avow.ko was built without its types, so no policy can be attached to it");
		mend(to, "apt install pahole && dpkg-reconfigure avow-dkms && rmmod avow && modprobe avow # from the "
		     "source: make module KREL=%s BTF=/sys/kernel/btf/vmlinux", k->release);
	}
	if (!k->bpffs) {
		wrong(to, "bpf", "no bpf file system on /sys/fs/bpf, where a policy is kept");
		mend(to, "mount -t bpf bpf /sys/fs/bpf");
	}
	if (k->bpf_jit == 0) {
		wrong(to, "bpf", "BPF's compiler is off (net.core.bpf_jit_enable), and programs at the module's hooks need it");
		mend(to, "sysctl -w net.core.bpf_jit_enable=1");
	}
	if (k->confidential) {
		wrong(to, "bpf", "lockdown=confidentiality: policies cannot read what they judge");
		mend(to, "sed -i s/lockdown=confidentiality/lockdown=integrity/ /etc/default/grub && update-grub && "
		     "systemctl reboot");
	}
	if (to->nr == before)
		well(to, "bpf", "all that policies need: types of kernel and module, bpf file system, compiler");
}

static void judge_no_policy(const struct facts *f, struct findings *to)
{
	if (!strcmp(f->module.policy, "required")) {
		wrong(to, "policy", "none is in force, and avow.ko was loaded with policy=required: every request is EACCES "
		      "(R41.2)");
		mend(to, "avow policy load FILE # or: rmmod avow && modprobe avow policy=optional");
	} else {
		note(to, "policy", "none is in force: what the intents allow is allowed");
	}
}

static void judge_policy(const struct facts *f, struct findings *to)
{
	const struct policy_facts *p = &f->policy;
	char quoted[QUOTED];
	const char *file = *p->file ? quote(p->file, quoted) : "FILE";

	if (p->spared) {
		note(to, "policy", "not looked for: that takes more memory than this control group has left");
	} else if (!p->known && !f->process.root) {
		note(to, "policy", "run as root to see whether one is in force");
	} else if (!p->known) {
		wrong(to, "policy", "cannot be asked for: %s", p->why);
		mend(to, "avow policy show");
	} else if (p->serial && !p->attached) {
		wrong(to, "policy", "number %u (%s) is in force, but not asked at all three hooks", p->serial, p->file);
		mend(to, "avow policy load %s", file);
	} else if (p->serial) {
		well(to, "policy", "number %u is in force, from %s%s", p->serial, p->file,
		     p->others ? "; programs of others answer, too (avow policy show)" : "");
	} else if (p->unfinished) {
		wrong(to, "policy", "none is in force, and a load of one was not finished");
		mend(to, "avow policy load FILE # or: avow policy unload");
	} else {
		judge_no_policy(f, to);
	}
}

struct findings judge(const struct facts *facts)
{
	static void (*const always[])(const struct facts *f, struct findings *to) = {
		judge_kernel, judge_processor, judge_module, judge_device, judge_noexec, judge_provision, judge_epc,
		judge_cgroup, judge_limits, judge_seccomp, judge_ptrace,
	};
	struct findings findings = { NULL, 0 };
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		always[i](facts, &findings);
	if (facts->module.loaded) {
		judge_bpf(facts, &findings);
		/* What hinders every policy has been told. */
		if (facts->policy.known || (facts->kernel.btf && facts->module.types && facts->kernel.bpffs))
			judge_policy(facts, &findings);
		else
			judge_no_policy(facts, &findings);
	}
	return findings;
}

bool findings_well(const struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->nr; i++)
		if (findings->all[i].health == HEALTH_WRONG)
			return false;
	return true;
}

void findings_free(struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->nr; i++) {
		free(findings->all[i].says);
		free(findings->all[i].mend);
	}
	free(findings->all);
	*findings = (struct findings){ NULL, 0 };
}
