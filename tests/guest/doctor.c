// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R40.1, R40.4, R41.2, R43: avow doctor, with each fault planted that a machine survives. Where
 * what it says to do can be done here, it is done, as it is printed, and must have helped. The
 * other faults are in tests/cli/doctor_test.c.
 */
#include <grp.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "group.h"
#include "module.h"
#include "policy_case.h"

#define PTRACE_SCOPE	"/proc/sys/kernel/yama/ptrace_scope"
#define NOBODY		65534
#define UNTYPED		"/lib/avow-untyped.ko"

static struct output out;
static char mend[1024];		/* of the last expect_wrong() */

/* The object of one finding: from "check":"X" to the next one. */
static bool finding(const char *check, const char *says, char *text, size_t size)
{
	char head[64], *at = out.text, *stop;

	snprintf(head, sizeof(head), "\"check\":\"%s\"", check);
	while ((at = strstr(at, head))) {
		stop = strstr(at + 1, "\"check\":");
		snprintf(text, size, "%.*s", stop ? (int)(stop - at) : (int)strlen(at), at);
		if (strstr(text, says))
			return true;
		at++;
	}
	FAIL("no finding \"%s\" with \"%s\" in: %s", check, says, out.text);
	return false;
}

static void keep_mend(const char *text)
{
	const char *key = "\"mend\":\"", *at = strstr(text, key), *end;

	*mend = '\0';
	if (!at)
		return;
	at += strlen(key);
	end = strstr(at, "\" }");
	if (end)
		snprintf(mend, sizeof(mend), "%.*s", (int)(end - at), at);
}

/* The command says that this is wrong, and what to do, in which these words are. */
static void expect_wrong(const char *check, const char *says, const char *with)
{
	static char text[4096];

	run(&out, false, "avow doctor --json");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "\"well\":false");
	if (!finding(check, says, text, sizeof(text)))
		return;
	EXPECT(strstr(text, "\"result\":\"wrong\""));
	keep_mend(text);
	if (!strstr(mend, with))
		FAIL("\"%s\" is not in the command: %s", with, text);
}

static void expect_told(const char *check, const char *result, const char *says)
{
	static char text[4096];
	char want[32];

	run(&out, false, "avow doctor --json");
	snprintf(want, sizeof(want), "\"result\":\"%s\"", result);
	if (finding(check, says, text, sizeof(text)) && !strstr(text, want))
		FAIL("not \"%s\": %s", result, text);
}

static void expect_well(void)
{
	run(&out, false, "avow doctor --json");
	if (out.status)
		FAIL("something is wrong: %s", out.text);
	EXPECT_TEXT(&out, "\"well\":true");
}

/* What was said helps. */
static void do_mend(void)
{
	const char *ko = getenv("AVOW_KO");
	static struct output said;

	/* modprobe: what the tests' machine has of it knows no avow.ko. */
	run(&said, true, "modprobe() { shift; insmod %s \"$@\"; }; {\n%s\n}", ko ? ko : "/lib/avow.ko", mend);
	if (said.status)
		FAIL("%s: status %d: %s", mend, said.status, said.text);
	expect_well();
}

/* Mounts of this process' own. */
static void own_mounts(void)
{
	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* And a /dev without anything. */
static void own_dev(void)
{
	own_mounts();
	REQUIRE(!mount("tmpfs", "/dev", "tmpfs", 0, "mode=755"));
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	REQUIRE(file && fputs(text, file) >= 0);
	if (fclose(file))
		FAIL("%s: %s", path, strerror(errno));
}

static void again(const char *parameters)
{
	if (module_loaded())
		REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

/* ---- cases ---- */

static void all_well(void)
{
	expect_well();
	expect_told("kernel", "ok", "its vDSO enters enclaves");
	expect_told("device", "ok", "/dev/sgx_enclave is Avow's, version ");
	expect_told("policy", "note", "none is in force");
	run(&out, true, "avow doctor");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "\nAll is well.\n");
	EXPECT(!strstr(out.text, "mend:") && !strchr(out.text, 033));
}

static void usage(void)
{
	run(&out, false, "avow doctor 1");
	EXPECT_EQ(out.status, 2);
	run(&out, false, "avow doctor --frobnicate");
	EXPECT_EQ(out.status, 2);
	run(&out, false, "avow doctor --help");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "Usage: avow doctor [--json] [--color=WHEN]");
}

static void not_loaded(void)
{
	REQUIRE_OK(module_unload());
	expect_wrong("device", "/dev/sgx_enclave: no such device", "modprobe avow");
	expect_wrong("module", "avow.ko is not loaded", "modprobe avow");
	run(&out, false, "avow doctor --color=always");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "\033[1;31mWRONG\033[m");
	run(&out, false, "NO_COLOR=1 avow doctor");
	EXPECT(!strchr(out.text, 033));
	do_mend();
}

static void ftrace_off(void)
{
	REQUIRE_OK(module_unload());
	put("/proc/sys/kernel/ftrace_enabled", "0");
	EXPECT(module_load("") == -1);
	expect_wrong("module", "cannot be while ftrace is off", "sysctl -w kernel.ftrace_enabled=1 && modprobe avow");
	do_mend();
}

static void stale_node(void)
{
	REQUIRE_OK(module_unload());
	REQUIRE(!mknod(AVOW_DEVICE, S_IFCHR | 0600, makedev(10, 254)));
	expect_wrong("device", "is a stale node", "rm /dev/sgx_enclave && modprobe avow");
	do_mend();
}

static void file_in_its_place(void)
{
	REQUIRE_OK(module_unload());
	put(AVOW_DEVICE, "no device");
	expect_wrong("module", "avow.ko is not loaded", "rm /dev/sgx_enclave && modprobe avow");
	expect_wrong("device", "is no device", "rm -r /dev/sgx_enclave && modprobe avow");
	do_mend();
}

static void other_node(void)
{
	struct stat st;

	own_dev();
	REQUIRE(!mknod(AVOW_DEVICE, S_IFCHR | 0600, makedev(1, 3)));
	expect_wrong("device", "is a stale node", "rm /dev/sgx_enclave && mknod");
	run(&out, true, "{ %s\n}", mend);
	EXPECT_EQ(out.status, 0);
	EXPECT(!stat(AVOW_DEVICE, &st) && (st.st_mode & 0777) == 0660);
	expect_wrong("provision", "/dev/sgx_provision is missing", "mknod -m 600 /dev/sgx_provision c 10 ");
	do_mend();
}

/* As in a container, or without devtmpfs. */
static void node_missing(void)
{
	own_dev();
	expect_wrong("device", "is missing, though the kernel has this device", "mknod -m 660 /dev/sgx_enclave c 10 ");
	run(&out, true, "{ %s\n}", mend);
	EXPECT_EQ(out.status, 0);
	expect_wrong("provision", "/dev/sgx_provision is missing", "mknod -m 600 /dev/sgx_provision c 10 ");
	do_mend();
}

static void mounted_noexec(void)
{
	struct scene s;

	own_mounts();
	REQUIRE(!mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
	scene_open(&s);
	EXPECT(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, s.e.fd, 0) == MAP_FAILED && errno == EPERM);
	scene_close(&s);
	expect_wrong("noexec", "/dev is mounted noexec: mmap() of enclave code is EPERM", "mount -o remount,exec /dev");
	do_mend();
}

/* The directory's name is one that a shell would take apart. */
static void mounted_elsewhere_noexec(void)
{
	const char *where = "/tmp/it's a $HOME";

	own_mounts();
	mkdir(where, 0755);
	REQUIRE(!mount("tmpfs", where, "tmpfs", 0, NULL));
	put("/tmp/it's a $HOME/node", "");
	REQUIRE(!mount(AVOW_DEVICE, "/tmp/it's a $HOME/node", NULL, MS_BIND, NULL));
	REQUIRE(!mount("/tmp/it's a $HOME/node", AVOW_DEVICE, NULL, MS_BIND, NULL));
	REQUIRE(!mount(NULL, AVOW_DEVICE, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
	expect_wrong("noexec", "/dev/sgx_enclave is mounted noexec", "mount -o remount,exec /dev/sgx_enclave");
	do_mend();
}

static void mounted_nodev(void)
{
	own_mounts();
	REQUIRE(!mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
	expect_wrong("device", "which is mounted nodev", "mount -o remount,dev /dev");
	do_mend();
}

static void become_nobody(bool in_group)
{
	gid_t group = 777;

	REQUIRE(!setgroups(in_group, &group) && !setgid(NOBODY) && !setuid(NOBODY));
}

static void for_root_only(void *arg)
{
	(void)arg;
	become_nobody(false);
	expect_wrong("device", "is for its owner only (mode 600, group root)",
		     "groupadd -rf sgx && chgrp sgx /dev/sgx_enclave && chmod 660 /dev/sgx_enclave && usermod -aG sgx guest");
}

static void not_in_group(void *arg)
{
	(void)arg;
	become_nobody(false);
	expect_wrong("device", "is for the group sgx, and guest is not in it", "usermod -aG sgx guest");
}

static void member_since(void *arg)
{
	(void)arg;
	become_nobody(false);
	expect_wrong("device", "guest became a member after this session began", "newgrp sgx");
}

static void in_the_group(void *arg)
{
	(void)arg;
	become_nobody(true);
	expect_told("device", "ok", "/dev/sgx_enclave is Avow's");
	expect_told("provision", "note", "cannot be opened");
	expect_told("policy", "note", "run as root to see");
	expect_well();
}

static void permissions(void)
{
	own_mounts();
	REQUIRE(!mount("tmpfs", "/etc", "tmpfs", 0, "mode=755"));
	put("/etc/passwd", "root:x:0:0::/:/bin/sh\nguest:x:65534:65534::/:/bin/sh\n");
	put("/etc/group", "root:x:0:\nsgx:x:777:\n");
	REQUIRE(!chmod(AVOW_DEVICE, 0600));
	in_child(for_root_only, NULL);
	REQUIRE(!chown(AVOW_DEVICE, 0, 777) && !chmod(AVOW_DEVICE, 0660));
	in_child(not_in_group, NULL);
	put("/etc/group", "root:x:0:\nsgx:x:777:guest\n");
	in_child(member_since, NULL);
	in_child(in_the_group, NULL);
	REQUIRE(!chown(AVOW_DEVICE, 0, 0) && !chmod(AVOW_DEVICE, 0600));
}

static long bpf_call(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* A program that allows no device to a control group. */
static void deny_devices(void)
{
	struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = 2, .insns = (u64)nothing, .license = (u64)"GPL",
	};
	union bpf_attr attach = { .attach_type = BPF_CGROUP_DEVICE };
	int group = open("/sys/fs/cgroup/avow-test", O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	REQUIRE(group >= 0);
	attach.target_fd = (u32)group;
	attach.attach_bpf_fd = (u32)bpf_call(BPF_PROG_LOAD, &load);
	REQUIRE((int)attach.attach_bpf_fd >= 0);
	REQUIRE(!bpf_call(BPF_PROG_ATTACH, &attach));
}

static void in_group_without_devices(void *arg)
{
	(void)arg;
	group_enter();
	expect_wrong("device", "the control group of this process may not open it",
		     "systemctl set-property UNIT DeviceAllow='/dev/sgx_enclave rw'");
}

static void device_list(void)
{
	group_make();
	deny_devices();
	in_child(in_group_without_devices, NULL);
	group_remove();
}

/* Something of the group's own, and a limit not far above what is in use. */
static void in_full_group(void *arg)
{
	const size_t size = 64 << 20;
	char limit[32];
	char *memory;

	(void)arg;
	group_enter();
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	REQUIRE(memory != MAP_FAILED);
	expect_told("cgroup", "ok", "no limit of memory");
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)group_read("memory.current") + (256 << 20));
	group_write("memory.max", limit);
	expect_told("cgroup", "ok", "/sys/fs/cgroup/avow-test/memory.max");
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)group_read("memory.current") + (4 << 20));
	group_write("memory.max", limit);
	expect_wrong("cgroup", "enclave memory is charged to it", "echo max >/sys/fs/cgroup/avow-test/memory.max");
	do_mend();
}

static void memory_limit(void)
{
	group_make();
	in_child(in_full_group, NULL);
	group_remove();
}

static void limit(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit l;

	REQUIRE(!getrlimit(resource, &l));
	l.rlim_cur = value;
	REQUIRE(!setrlimit(resource, &l));
}

static void limits(void)
{
	limit(RLIMIT_AS, 4ULL << 30);
	limit(RLIMIT_NOFILE, 32);
	expect_wrong("limits", "RLIMIT_AS is 4 GiB", "prlimit --pid $$ --as=unlimited");
	expect_wrong("limits", "RLIMIT_NOFILE is 32", "prlimit --pid $$ --nofile=1024:");
	limit(RLIMIT_AS, RLIM_INFINITY);
	limit(RLIMIT_NOFILE, 1024);
	put("/proc/sys/vm/max_map_count", "5000");
	expect_wrong("limits", "vm.max_map_count is 5000", "sysctl -w vm.max_map_count=65530");
	do_mend();
}

/* One system call, if its third argument has these bits or they are none, has this outcome. */
static void filter(u32 nr, u32 bits, u32 outcome)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16 + 2 * 8),
		BPF_JUMP(bits ? BPF_JMP | BPF_JSET | BPF_K : BPF_JMP | BPF_JGE | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, outcome),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	REQUIRE(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	REQUIRE(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void filtered(void)
{
	expect_told("seccomp", "ok", "no filter of system calls");
	filter(SYS_syslog, 0, SECCOMP_RET_ERRNO | EPERM);
	expect_told("seccomp", "ok", "there is a filter of system calls, and what Avow needs passes");
	filter(SYS_pidfd_getfd, 0, SECCOMP_RET_ERRNO | EPERM);
	expect_wrong("seccomp", "pidfd_getfd() is denied (Operation not permitted) by a filter",
		     "SystemCallFilter=pidfd_open pidfd_getfd");
	filter(SYS_kcmp, 0, SECCOMP_RET_KILL_PROCESS);
	expect_wrong("seccomp", "kcmp() is denied (SIGSYS) by a filter", "SystemCallFilter=kcmp");
}

/* As MemoryDenyWriteExecute= of a service. */
static void filtered_exec(void)
{
	filter(SYS_mprotect, PROT_EXEC, SECCOMP_RET_ERRNO | EPERM);
	expect_wrong("seccomp", "mprotect(PROT_EXEC) is denied", "MemoryDenyWriteExecute=no");
}

static void filtered_ioctl(void)
{
	filter(SYS_ioctl, 0, SECCOMP_RET_ERRNO | EPERM);
	expect_wrong("device", "cannot be asked: Operation not permitted; this process has a filter",
		     "SystemCallFilter=ioctl");
}

static void ask_as_guest(void *arg)
{
	(void)arg;
	become_nobody(false);
	expect_told("ptrace", "note", "kernel.yama.ptrace_scope is 1");
}

static void yama(void)
{
	if (access(PTRACE_SCOPE, F_OK))
		test_skip("this kernel has no Yama");
	put(PTRACE_SCOPE, "1");
	in_child(ask_as_guest, NULL);
	expect_told("ptrace", "ok", "can be looked into");
	put(PTRACE_SCOPE, "0");
}

static void memory_full(void)
{
	struct scene s;
	u64 i;

	again("epc_size=6M");
	expect_well();
	scene_create(&s, 1024);
	for (i = 0; i < 600; i += 200)
		scene_add(&s, i * PAGE, 200, AVOW_R);
	expect_wrong("epc", "in use of 6 MiB; more is ENOMEM", "epc_size=4G");
	scene_close(&s);
	do_mend();
	again("");
}

static void no_types(void)
{
	char *ko = strdup(getenv("AVOW_KO") ? getenv("AVOW_KO") : "/lib/avow.ko");

	REQUIRE_OK(module_unload());
	setenv("AVOW_KO", UNTYPED, 1);
	REQUIRE_OK(module_load(""));
	expect_wrong("bpf", "avow.ko was built without its types", "apt install pahole");
	setenv("AVOW_KO", ko, 1);
	again("");
	expect_well();
}

static void no_bpffs(void)
{
	own_mounts();
	REQUIRE(!umount2("/sys/fs/bpf", MNT_DETACH));
	expect_wrong("bpf", "no bpf file system on /sys/fs/bpf", "mount -t bpf bpf /sys/fs/bpf");
	do_mend();
}

static void no_compiler(void)
{
	put("/proc/sys/net/core/bpf_jit_enable", "0");
	expect_wrong("bpf", "BPF's compiler is off", "sysctl -w net.core.bpf_jit_enable=1");
	do_mend();
}

static void policy_required(void)
{
	struct scene s;

	again("policy=required");
	scene_create(&s, 16);
	EXPECT_ERRNO(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL), EACCES);
	scene_close(&s);
	expect_wrong("policy", "none is in force, and avow.ko was loaded with policy=required", "avow policy load FILE");
	policy_put("default allow\n");
	expect_told("policy", "ok", "is in force, from " POLICY_FILE);
	expect_well();
	REQUIRE(!unlink("/sys/fs/bpf/avow/live/map"));
	expect_wrong("policy", "is in force, but not asked at all three hooks", "avow policy load " POLICY_FILE);
	do_mend();
	policy_drop();
	again("");
}

static void unfinished_load(void)
{
	REQUIRE(!mkdir("/sys/fs/bpf/avow", 0700) || errno == EEXIST);
	REQUIRE(!mkdir("/sys/fs/bpf/avow/next", 0700));
	expect_wrong("policy", "a load of one was not finished", "avow policy load FILE");
	REQUIRE(!rmdir("/sys/fs/bpf/avow/next"));
	expect_well();
}

TESTS(
	{ "R40.1 nothing is wrong with the machine of the tests", all_well, ONCE },
	{ "R40.1 wrong usage is exit status 2", usage, ONCE },
	{ "R40.1 avow.ko is not loaded", not_loaded, ONCE },
	{ "R40.1 not loaded, and ftrace is off", ftrace_off, ONCE },
	{ "R40.1 not loaded, and a stale node", stale_node, ONCE },
	{ "R40.1 not loaded, and a file of its name", file_in_its_place, ONCE },
	{ "R40.1 the node is another device's", other_node, ONCE },
	{ "R40.1 the node is missing", node_missing, ONCE },
	{ "R8.2 /dev is mounted noexec", mounted_noexec, ONCE },
	{ "R8.2 the node is a noexec mount of its own", mounted_elsewhere_noexec, ONCE },
	{ "R40.1 /dev is mounted nodev", mounted_nodev, ONCE },
	{ "R40.1 permissions and groups of the node", permissions, ONCE },
	{ "R40.1 a control group that may open no device", device_list, ONCE },
	{ "R40.4 a control group whose memory is full", memory_limit, ONCE },
	{ "R40.4 enclave memory is full", memory_full, ONCE },
	{ "R40.1 limits", limits, ONCE },
	{ "R18.4 filters of system calls", filtered, ONCE },
	{ "R8.2 nothing becomes executable", filtered_exec, ONCE },
	{ "R1.5 the device cannot be asked", filtered_ioctl, ONCE },
	{ "R18.4 ptrace_scope", yama, ONCE },
	{ "R43 avow.ko without types", no_types, ONCE },
	{ "R43 no bpf file system", no_bpffs, ONCE },
	{ "R43 BPF's compiler is off", no_compiler, ONCE },
	{ "R41.2 policy=required without a policy, and a policy that is not asked", policy_required, ONCE },
	{ "R43 a load that was not finished", unfinished_load, ONCE },
)
