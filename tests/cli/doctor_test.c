// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R1.5, R40.1, R41.2, R43: what avow doctor finds, for every fault that it knows, those among
 * them that no test can make: each is one change of a machine of which all is well.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <asm/sgx.h>

#include <libavow.h>

#include "doctor.h"

static struct facts f;		/* well, but for what a row changes */

static struct node_facts good_node(const char *path, long minor)
{
	struct node_facts n = {
		.path = path, .kind = NODE_DEVICE, .minor = minor, .registered = minor, .misc = true, .mode = 0660,
		.group = "sgx", .in_group = true, .member = true, .mount = "/dev", .owner = OWNER_AVOW,
		.info = { .abi_version = AVOW_ABI_VERSION, .epc_size = 1ULL << 30, .version = "0.1" },
	};

	return n;
}

static void all_well(void)
{
	memset(&f, 0, sizeof(f));
	f.kernel = (struct kernel_facts){
		.release = "6.1.0-1-amd64", .machine = "x86_64", .vdso = true, .vdso_enter = true, .btf = true, .bpffs = true,
		.ftrace = 1, .bpf_jit = 1, .modules_disabled = 0, .cpu_xsave = true,
	};
	f.module = (struct module_facts){ .loaded = true, .types = true, .contract = "compat", .policy = "optional" };
	f.enclave = good_node("/dev/sgx_enclave", 125);
	f.provision = good_node("/dev/sgx_provision", 126);
	f.process = (struct process_facts){ .user = "guest", .root = true, .max_map_count = 65530, .limit_as = ULLONG_MAX,
					    .limit_files = 1024, .ptrace_scope = UNKNOWN };
	f.policy = (struct policy_facts){ .known = true, .attached = true };
}

static void not_loaded(void)
{
	f.module = (struct module_facts){ .loaded = false };
	f.enclave = (struct node_facts){ .path = "/dev/sgx_enclave", .registered = UNKNOWN };
	f.provision = (struct node_facts){ .path = "/dev/sgx_provision", .registered = UNKNOWN };
	f.policy = (struct policy_facts){ .known = false, .why = "avow.ko is not loaded" };
}

static void denied(int err)
{
	f.enclave.err = err;
	f.enclave.owner = OWNER_UNKNOWN;
}

static void intree(void)
{
	not_loaded();
	f.enclave = good_node("/dev/sgx_enclave", 125);
	f.enclave.owner = OWNER_INTREE;
}

/* Changes, of one fault each. */
#define CHANGE(name, ...)	static void name(void) { __VA_ARGS__; }
CHANGE(nothing, )
CHANGE(arm, strcpy(f.kernel.machine, "aarch64"))
CHANGE(no_vdso, f.kernel.vdso = f.kernel.vdso_enter = false)
CHANGE(no_enter, f.kernel.vdso_enter = false)
CHANGE(sgx_cpu, not_loaded(); f.kernel.cpu_sgx = true)
CHANGE(sgx_cpu_in_use, intree(); f.kernel.cpu_sgx = true)
CHANGE(no_xsave, f.kernel.cpu_xsave = false)
CHANGE(modules_off, not_loaded(); f.kernel.modules_disabled = 1)
CHANGE(modules_off_later, f.kernel.modules_disabled = 1)
CHANGE(ftrace_off, not_loaded(); f.kernel.ftrace = 0)
CHANGE(signed_only, not_loaded(); f.kernel.signed_only = true)
CHANGE(test_build, f.module.test_build = true)
CHANGE(broken_load, f.enclave.kind = NODE_MISSING; f.enclave.registered = UNKNOWN)
CHANGE(missing, f.enclave.kind = NODE_MISSING)
CHANGE(a_file, not_loaded(); f.enclave.kind = NODE_NO_DEVICE)
CHANGE(other_minor, f.enclave.minor = 3)
CHANGE(other_major, f.enclave.misc = false)
CHANGE(stale, denied(ENXIO))
CHANGE(stale_too, denied(ENODEV))
CHANGE(nodev, denied(EACCES); f.enclave.nodev = true; strcpy(f.enclave.mount, "/it's here"))
CHANGE(root_denied, denied(EACCES))
CHANGE(old_session, denied(EACCES); f.process.root = false; f.enclave.in_group = false)
CHANGE(no_member, denied(EACCES); f.process.root = false; f.enclave.in_group = f.enclave.member = false)
CHANGE(owner_only, denied(EACCES); f.process.root = false; f.enclave.mode = 0600)
CHANGE(root_group, denied(EACCES); f.process.root = false; f.enclave.root_group = true; strcpy(f.enclave.group, "root"))
CHANGE(cgroup_denies, denied(EPERM))
CHANGE(no_memory, denied(ENOMEM))
CHANGE(other_device, f.enclave.owner = OWNER_OTHER)
CHANGE(not_asked, f.enclave.owner = OWNER_UNKNOWN; f.enclave.ask_err = EIO)
CHANGE(not_asked_by_filter, f.enclave.owner = OWNER_UNKNOWN; f.enclave.ask_err = EPERM; f.process.seccomp = 2)
CHANGE(other_interface, f.enclave.info.abi_version = 7)
CHANGE(noexec, f.enclave.noexec = true)
CHANGE(no_provision, f.provision.err = EACCES)
CHANGE(provision_missing, f.provision.kind = NODE_MISSING)
CHANGE(epc_full, f.enclave.info.epc_used = (1ULL << 30) - (4 << 20) + 1)
CHANGE(epc_nearly_full, f.enclave.info.epc_used = (1ULL << 30) - (4 << 20))
CHANGE(cgroup_full, f.process.limited = true; f.process.memory_limit = 64 << 20;
       f.process.memory_used = 63 << 20; strcpy(f.process.memory_file, "/sys/fs/cgroup/a b/memory.max"))
CHANGE(cgroup_v1_full, cgroup_full(); f.process.memory_v1 = true)
CHANGE(cgroup_roomy, cgroup_full(); f.process.memory_used = 60 << 20)
CHANGE(small_as, f.process.limit_as = (8ULL << 30) - 1)
CHANGE(few_files, f.process.limit_files = 63)
CHANGE(few_maps, f.process.max_map_count = 65529)
CHANGE(enough, f.process.limit_as = 8ULL << 30; f.process.limit_files = 64)
CHANGE(filter, f.process.seccomp = 2)
CHANGE(filter_getfd, f.process.seccomp = 2; f.process.probes[PROBE_GETFD] = EPERM)
CHANGE(filter_kcmp, f.process.seccomp = 2; f.process.killed = 31; f.process.killer = PROBE_KCMP)
CHANGE(filter_exec, f.process.seccomp = 2; f.process.probes[PROBE_EXEC] = EPERM)
CHANGE(no_kcmp, f.process.probes[PROBE_KCMP] = ENOSYS)
CHANGE(no_exec, f.process.probes[PROBE_EXEC] = EACCES)
CHANGE(yama_3, f.process.ptrace_scope = 3)
CHANGE(yama_1, f.process.ptrace_scope = 1)
CHANGE(yama_1_guest, f.process.ptrace_scope = 1; f.process.root = false)
CHANGE(no_btf, f.kernel.btf = false; f.policy.known = false)
CHANGE(no_types, f.module.types = false; f.policy.known = false)
CHANGE(no_bpffs, f.kernel.bpffs = false; f.policy.known = false)
CHANGE(no_bpffs_required, no_bpffs(); strcpy(f.module.policy, "required"))
CHANGE(no_jit, f.kernel.bpf_jit = 0)
CHANGE(jit_unknown, f.kernel.bpf_jit = UNKNOWN)
CHANGE(confidential, f.kernel.confidential = true)
CHANGE(required, strcpy(f.module.policy, "required"))
CHANGE(required_loaded, required(); f.policy.serial = 7; strcpy(f.policy.file, "/etc/avow/site.policy"))
CHANGE(detached, required_loaded(); f.policy.attached = false; strcpy(f.policy.file, "/etc/a b"))
CHANGE(unfinished, f.policy.unfinished = true)
CHANGE(not_root, f.policy.known = false; f.process.root = false)
CHANGE(policy_spared, f.policy = (struct policy_facts){ .spared = true })
CHANGE(policy_unknown, f.policy.known = false; strcpy(f.policy.why, "cannot look for the module's hooks"))

static const struct row {
	void (*change)(void);
	const char *check;
	enum health health;
	const char *says, *mend;	/* are in it; mend is not looked at where nothing is wrong */
} rows[] = {
	{ nothing, "kernel", HEALTH_WELL, "Linux 6.1.0-1-amd64", NULL },
	{ arm, "kernel", HEALTH_WRONG, "is for aarch64", "x86_64" },
	{ no_vdso, "kernel", HEALTH_WRONG, "has no vDSO", "update-grub" },
	{ no_enter, "kernel", HEALTH_WRONG, "no __vdso_sgx_enter_enclave", "apt install linux-image-amd64" },
	{ nothing, "processor", HEALTH_WELL, "no SGX of its own", NULL },
	{ sgx_cpu, "processor", HEALTH_WRONG, "avow.ko does not load here (R40.1)", "--firmware-setup" },
	{ sgx_cpu_in_use, "processor", HEALTH_WELL, "it has SGX", NULL },
	{ no_xsave, "processor", HEALTH_WRONG, "no XSAVE", "-cpu max" },
	{ nothing, "module", HEALTH_WELL, "contract=compat policy=optional", NULL },
	{ not_loaded, "module", HEALTH_WRONG, "is not loaded", "modprobe avow" },
	{ a_file, "module", HEALTH_WRONG, "is not loaded", "rm /dev/sgx_enclave && modprobe avow" },
	{ modules_off, "module", HEALTH_WRONG, "takes no more modules", "modules_disabled" },
	{ modules_off_later, "module", HEALTH_WELL, "loaded", NULL },
	{ ftrace_off, "module", HEALTH_WRONG, "while ftrace is off", "sysctl -w kernel.ftrace_enabled=1 && modprobe avow" },
	{ signed_only, "module", HEALTH_WRONG, "signed modules only", "mokutil --import" },
	{ test_build, "module", HEALTH_WRONG, "test build", "rmmod avow && modprobe avow" },
	{ intree, "module", HEALTH_WELL, "must not be beside", NULL },
	{ nothing, "device", HEALTH_WELL, "/dev/sgx_enclave is Avow's, version 0.1", NULL },
	{ intree, "device", HEALTH_NOTE, "the kernel's own SGX driver", NULL },
	{ not_loaded, "device", HEALTH_WRONG, "no such device", "modprobe avow" },
	{ broken_load, "device", HEALTH_WRONG, "no such device", "dmesg" },
	{ missing, "device", HEALTH_WRONG, "is missing", "mknod -m 660 /dev/sgx_enclave c 10 125 #" },
	{ a_file, "device", HEALTH_WRONG, "is no device", "rm -r /dev/sgx_enclave && modprobe avow" },
	{ other_minor, "device", HEALTH_WRONG, "stale node", "rm /dev/sgx_enclave && mknod -m 660 /dev/sgx_enclave c 10 125" },
	{ other_major, "device", HEALTH_WRONG, "stale node", "c 10 125" },
	{ stale, "device", HEALTH_WRONG, "stale node", "rm /dev/sgx_enclave && modprobe avow" },
	{ stale_too, "device", HEALTH_WRONG, "stale node", "rm /dev/sgx_enclave && modprobe avow" },
	{ nodev, "device", HEALTH_WRONG, "mounted nodev", "mount -o remount,dev '/it'\\''s here'" },
	{ root_denied, "device", HEALTH_WRONG, "cannot be opened by root", "journalctl" },
	{ old_session, "device", HEALTH_WRONG, "guest became a member", "newgrp sgx" },
	{ no_member, "device", HEALTH_WRONG, "guest is not in it", "usermod -aG sgx guest" },
	{ owner_only, "device", HEALTH_WRONG, "for its owner only (mode 600, group sgx)", "chmod 660 /dev/sgx_enclave" },
	{ root_group, "device", HEALTH_WRONG, "for its owner only", "chgrp sgx /dev/sgx_enclave" },
	{ cgroup_denies, "device", HEALTH_WRONG, "control group of this process may not", "DeviceAllow=" },
	{ no_memory, "device", HEALTH_WRONG, "Cannot allocate memory", "dmesg" },
	{ other_device, "device", HEALTH_WRONG, "some other device", "rm /dev/sgx_enclave" },
	{ not_asked, "device", HEALTH_WRONG, "cannot be asked: Input/output error", "dmesg" },
	{ not_asked_by_filter, "device", HEALTH_WRONG, "has a filter", "SystemCallFilter=ioctl" },
	{ other_interface, "device", HEALTH_WRONG, "interface 7", "avow-dkms" },
	{ nothing, "noexec", HEALTH_WELL, "not mounted noexec", NULL },
	{ noexec, "noexec", HEALTH_WRONG, "mmap() of enclave code is EPERM", "mount -o remount,exec /dev" },
	{ nothing, "provision", HEALTH_WELL, "can be opened", NULL },
	{ no_provision, "provision", HEALTH_NOTE, "PROVISIONKEY (R27)", NULL },
	{ provision_missing, "provision", HEALTH_WRONG, "is missing", "mknod -m 600 /dev/sgx_provision c 10 126" },
	{ epc_nearly_full, "epc", HEALTH_WELL, "of 1 GiB", NULL },
	{ epc_full, "epc", HEALTH_WRONG, "ENOMEM (R40.4)", "epc_size=4G" },
	{ nothing, "cgroup", HEALTH_WELL, "no limit", NULL },
	{ cgroup_roomy, "cgroup", HEALTH_WELL, "60 MiB in use of 64 MiB", NULL },
	{ cgroup_full, "cgroup", HEALTH_WRONG, "63 MiB", "echo max >'/sys/fs/cgroup/a b/memory.max'" },
	{ cgroup_v1_full, "cgroup", HEALTH_WRONG, "63 MiB", "echo -1 >" },
	{ enough, "limits", HEALTH_WELL, "not limited too much", NULL },
	{ small_as, "limits", HEALTH_WRONG, "RLIMIT_AS", "--as=unlimited" },
	{ few_files, "limits", HEALTH_WRONG, "RLIMIT_NOFILE is 63", "--nofile=" },
	{ few_maps, "limits", HEALTH_WRONG, "vm.max_map_count is 65529", "sysctl -w vm.max_map_count=65530" },
	{ nothing, "seccomp", HEALTH_WELL, "no filter", NULL },
	{ filter, "seccomp", HEALTH_WELL, "what Avow needs passes", NULL },
	{ filter_getfd, "seccomp", HEALTH_WRONG, "pidfd_getfd() is denied (Operation not permitted) by a filter", "pidfd_open pidfd_getfd" },
	{ filter_kcmp, "seccomp", HEALTH_WRONG, "kcmp() is denied (SIGSYS)", "SystemCallFilter=kcmp" },
	{ filter_exec, "seccomp", HEALTH_WRONG, "mprotect(PROT_EXEC) is denied", "MemoryDenyWriteExecute=no" },
	{ no_kcmp, "seccomp", HEALTH_WRONG, "kcmp() is denied (Function not implemented);", "linux-image-amd64" },
	{ no_exec, "seccomp", HEALTH_WRONG, "(Permission denied);", "setsebool" },
	{ nothing, "ptrace", HEALTH_WELL, "can be looked into", NULL },
	{ yama_1, "ptrace", HEALTH_WELL, "can be looked into", NULL },
	{ yama_1_guest, "ptrace", HEALTH_NOTE, "ptrace_scope is 1", NULL },
	{ yama_3, "ptrace", HEALTH_WRONG, "nobody can look", "ptrace_scope" },
	{ nothing, "bpf", HEALTH_WELL, "all that policies need", NULL },
	{ jit_unknown, "bpf", HEALTH_WELL, "all that policies need", NULL },
	{ no_btf, "bpf", HEALTH_WRONG, "this kernel does not tell its types", "linux-image-amd64" },
	{ no_types, "bpf", HEALTH_WRONG, "built without its types", "KREL=6.1.0-1-amd64" },
	{ no_bpffs, "bpf", HEALTH_WRONG, "no bpf file system", "mount -t bpf bpf /sys/fs/bpf" },
	{ no_jit, "bpf", HEALTH_WRONG, "compiler is off", "sysctl -w net.core.bpf_jit_enable=1" },
	{ confidential, "bpf", HEALTH_WRONG, "confidentiality", "lockdown=integrity" },
	{ nothing, "policy", HEALTH_NOTE, "none is in force", NULL },
	{ no_bpffs, "policy", HEALTH_NOTE, "none is in force", NULL },
	{ no_bpffs_required, "policy", HEALTH_WRONG, "every request is EACCES", "avow policy load FILE" },
	{ required, "policy", HEALTH_WRONG, "policy=required", "avow policy load FILE" },
	{ required_loaded, "policy", HEALTH_WELL, "number 7 is in force, from /etc/avow/site.policy", NULL },
	{ detached, "policy", HEALTH_WRONG, "not asked at all three hooks", "avow policy load '/etc/a b'" },
	{ unfinished, "policy", HEALTH_WRONG, "was not finished", "avow policy load FILE" },
	{ not_root, "policy", HEALTH_NOTE, "run as root", NULL },
	{ policy_spared, "policy", HEALTH_NOTE, "not looked for", NULL },
	{ policy_unknown, "policy", HEALTH_WRONG, "cannot look for the module's hooks", "avow policy show" },
};

static const struct finding *find(const struct findings *all, const struct row *row)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (!strcmp(all->all[i].check, row->check) && strstr(all->all[i].says, row->says))
			return &all->all[i];
	return NULL;
}

/* That is said, no more than that is wrong, and whatever is wrong has its command. */
static void every_fault(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *found;
		struct findings all;

		all_well();
		rows[i].change();
		all = judge(&f);
		found = find(&all, &rows[i]);
		if (!found || found->health != rows[i].health ||
		    (rows[i].health == HEALTH_WRONG && !(found->mend && strstr(found->mend, rows[i].mend))))
			fail_msg("row %zu: %s: %s: %s", i, rows[i].check, rows[i].says, found ? found->mend : "not said");
		for (j = 0; j < all.nr; j++)
			assert_true((all.all[j].health == HEALTH_WRONG) == (all.all[j].mend != NULL));
		if (rows[i].health == HEALTH_WRONG)
			assert_false(findings_well(&all));
		findings_free(&all);
	}
}

/* Nothing is wrong where nothing was changed, and with the kernel's own driver. */
static void well(void **state)
{
	static void (*const changes[])(void) = { nothing, intree, sgx_cpu_in_use, not_root, filter, enough, no_provision };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct findings all;

		all_well();
		changes[i]();
		all = judge(&f);
		assert_true(findings_well(&all));
		findings_free(&all);
	}
}

/* A user's or mount's name reaches no terminal as it is. */
static void names_are_tamed(void **state)
{
	struct findings all;
	size_t i;

	(void)state;
	all_well();
	no_member();
	strcpy(f.process.user, "a\033[2Jb; rm -rf $HOME");
	all = judge(&f);
	for (i = 0; i < all.nr; i++) {
		assert_null(strchr(all.all[i].says, 033));
		if (all.all[i].mend)
			assert_null(strchr(all.all[i].mend, 033));
		if (!strcmp(all.all[i].check, "device"))
			assert_non_null(strstr(all.all[i].mend, "'a?[2Jb; rm -rf $HOME'"));
	}
	findings_free(&all);
}

/* ---- whose device: an ioctl() that answers as each of them does ---- */

static int info_errno, create_errno;

int __wrap_ioctl(int fd, unsigned long request, void *arg);
int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	(void)fd;
	if (request == SGX_IOC_ENCLAVE_CREATE)
		assert_null(arg);
	else
		assert_int_equal(request, AVOW_IOC_INFO);
	errno = request == AVOW_IOC_INFO ? info_errno : create_errno;
	return errno ? -1 : 0;
}

static enum owner ask(int info, int create, int *err)
{
	struct node_facts n = { .path = "" };

	info_errno = info;
	create_errno = create;
	ask_owner(&n, 0);
	*err = n.ask_err;
	return n.owner;
}

static void whose_device(void **state)
{
	int err;

	(void)state;
	assert_int_equal(ask(0, EFAULT, &err), OWNER_AVOW);
	assert_int_equal(ask(ENOTTY, EFAULT, &err), OWNER_INTREE);
	assert_int_equal(ask(ENOTTY, ENOTTY, &err), OWNER_OTHER);
	assert_int_equal(err, 0);
	assert_int_equal(ask(EPERM, EFAULT, &err), OWNER_UNKNOWN);
	assert_int_equal(err, EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault),
		cmocka_unit_test(well),
		cmocka_unit_test(names_are_tamed),
		cmocka_unit_test(whose_device),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
