// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R43: what is done to a policy in force. Its loader is killed, the file system that holds
 * it is unmounted, another program is attached before or after it, another module has
 * functions of the hooks' names, and somebody without the privilege tries.
 *
 * The policy of all cases denies one kind of page, RWX, and nothing else.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "loader.h"
#include "module.h"
#include "policy_case.h"
#include "watch.h"

#define LIVE		AVOW_LOADER_DIRECTORY "/live/"
#define NEXT		AVOW_LOADER_DIRECTORY "/next/"
#define TEXT		"deny load intent is rwx\ndefault allow\n"
#define KILLS		8

static const u32 zero;
static struct output out;

/* ---- what every case asks ---- */

static int denied_kind(void)
{
	return policy_load_page(source_code(1), AVOW_RWX);
}

static int allowed_kind(void)
{
	return policy_load_page(source_code(1), AVOW_R);
}

#define EXPECT_ENFORCED()	(EXPECT_ERRNO(denied_kind(), EACCES), EXPECT_OK(allowed_kind()))
#define EXPECT_FREE()		(EXPECT_OK(denied_kind()), EXPECT_OK(allowed_kind()))

/* What was pinned is let go of a little later. */
static void wait_until_free(void)
{
	int tries;

	for (tries = 100; denied_kind() && tries; tries--)
		usleep(100000);
	EXPECT_FREE();
}

static void begin(void)
{
	policy_put(TEXT);
	EXPECT_ENFORCED();
}

/* All is as a load leaves it, and the test would see if it were not. */
static void mend_and_end(void)
{
	begin();
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 0);
	if (strstr(out.text, "others") || strstr(out.text, "another build"))
		FAIL("something is left: %s", out.text);
	EXPECT_ERRNO(access(NEXT, F_OK), ENOENT);
	policy_drop();
	EXPECT_FREE();
}

/* Who may answers at the same time all the time: is the kind ever allowed? */
static struct {
	_Atomic bool stop;
	_Atomic u64 allowed, denied;
} *watched;

static void keep_asking(void *arg)
{
	(void)arg;
	while (!watched->stop)
		if (denied_kind())
			watched->denied++;
		else
			watched->allowed++;
}

static pid_t watch_out(void)
{
	watched = mmap(NULL, sizeof(*watched), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(watched != MAP_FAILED);
	return fork_child(keep_asking, NULL);
}

static void expect_always_denied(pid_t pid)
{
	watched->stop = true;
	expect_child(pid);
	printf("# meanwhile %llu requests were denied, %llu allowed\n", watched->denied, watched->allowed);
	EXPECT(watched->denied);
	EXPECT_EQ(watched->allowed, 0);
}

/* ---- the loader is killed ---- */

static int map_of(const char *path)
{
	int fd = bpf_obj_get(path);

	REQUIRE(fd >= 0);
	return fd;
}

static void set_build(const char *path, const struct avow_bpf_build *build)
{
	int fd = map_of(path);

	REQUIRE_OK(bpf_map_update_elem(fd, &zero, build, BPF_ANY));
	close(fd);
}

/* As if another build of avow had loaded it: the next load attaches programs of its own. */
static void of_another_build(const char *path)
{
	static const struct avow_bpf_build none;

	set_build(path, &none);
}

static pid_t start_loader(void)
{
	static const char *const argv[] = { "avow", "policy", "load", POLICY_FILE, NULL };
	pid_t pid;
	int null;

	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* True: it was killed, and had not ended. */
static bool kill_loader(pid_t pid)
{
	int status;

	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	return WIFSIGNALED(status);
}

static u64 now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000 + (u64)t.tv_nsec / 1000;
}

static void killed_at_random(void)
{
	unsigned int i, killed = 0;
	u64 usual;
	pid_t asking;

	begin();
	asking = watch_out();
	usual = now_us();
	begin();
	usual = now_us() - usual;
	for (i = 0; i < KILLS; i++) {
		pid_t pid;

		if (i % 2)
			of_another_build(LIVE "build");
		pid = start_loader();
		usleep((useconds_t)((u64)random() % usual));
		killed += kill_loader(pid);
	}
	printf("# a load takes %llu ms; of %d, %u were killed before they ended\n", usual / 1000, KILLS, killed);
	EXPECT(killed);
	expect_always_denied(asking);
	EXPECT_ENFORCED();
	mend_and_end();
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	REQUIRE(!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT));
	return info.si_pid == pid;
}

/*
 * Kills a loader as soon as it has made this; false if it was too late. On a busy machine it
 * may have made it, and taken it away, between two looks. Sleeping leaves the processor
 * to the loader.
 */
static bool kill_when_made(const char *path)
{
	u64 end = now_us() + 240000000;	/* where all is slow, one load takes ten seconds */
	pid_t pid = start_loader();

	while (access(path, F_OK) && !has_ended(pid)) {
		REQUIRE(now_us() < end);
		usleep(100);
	}
	return kill_loader(pid);
}

static void kill_at_step(const char *path)
{
	int tries = 10;

	do
		of_another_build(LIVE "build");
	while (!kill_when_made(path) && --tries);
	EXPECT(tries);
}

static void killed_at_each_step(void)
{
	static const char *const steps[] = {
		NEXT, NEXT "policies", NEXT "load", NEXT "map", NEXT "init",
	};
	pid_t asking;
	size_t i;

	begin();
	asking = watch_out();
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		kill_at_step(steps[i]);
		EXPECT_ENFORCED();
	}
	expect_always_denied(asking);
	mend_and_end();
}

/* A loader's programs are all attached and have a policy, but it did not get further. */
static void leave_unfinished(void)
{
	u32 slot = AVOW_SLOT_LIVE, id;
	int live, next, policy, tries = 10;

	do {
		of_another_build(LIVE "build");
		kill_when_made(NEXT "init");
	} while (access(NEXT "init", F_OK) && --tries);
	REQUIRE(tries);
	live = map_of(LIVE "policies");
	next = map_of(NEXT "policies");
	REQUIRE_OK(bpf_map_lookup_elem(live, &slot, &id));
	policy = bpf_map_get_fd_by_id(id);
	REQUIRE(policy >= 0);
	REQUIRE_OK(bpf_map_update_elem(next, &slot, &policy, BPF_ANY));
	close(policy);
	close(next);
	close(live);
}

/* The programs that it replaces are of this build, and the ones that it left of another. */
static void unfinished_of_another_build(void)
{
	struct avow_bpf_build build;
	int fd;

	begin();
	leave_unfinished();
	fd = map_of(NEXT "build");
	REQUIRE_OK(bpf_map_lookup_elem(fd, &zero, &build));
	close(fd);
	set_build(LIVE "build", &build);
	of_another_build(NEXT "build");
	mend_and_end();
}

/* The first load of all is killed when its policy answers already: it can be seen and unloaded. */
static void unfinished_first(void)
{
	static const char *const names[] = { "load", "map", "init", "policies", "proving", "build" };
	char path[64];
	size_t i;

	begin();
	leave_unfinished();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), LIVE "%s", names[i]);
		REQUIRE_OK(unlink(path));
	}
	REQUIRE_OK(rmdir(LIVE));
	EXPECT_ENFORCED();
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "others load program");
	EXPECT_TEXT(&out, "a load was not finished");
	run(&out, false, "avow policy unload");
	EXPECT_EQ(out.status, 0);
	EXPECT_FREE();
	mend_and_end();
}

/* A program is gone, as after an unload that was killed. */
static void half_unloaded(void)
{
	begin();
	REQUIRE_OK(unlink(LIVE "load"));
	wait_until_free();
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "load NOT ATTACHED");
	EXPECT_TEXT(&out, "not asked at all of the module's hooks; load it anew");
	mend_and_end();
}

/* ---- bpffs is unmounted ---- */

static void mount_bpffs(void)
{
	REQUIRE_OK(mount("bpf", AVOW_LOADER_BPFFS, "bpf", 0, NULL));
}

/* The pins are gone, and with them the policy. The module says so at the next request. */
static void unmounted(void)
{
	static char log[65536];

	begin();
	kernel_log(log, sizeof(log));
	REQUIRE_OK(umount2(AVOW_LOADER_BPFFS, 0));
	wait_until_free();
	kernel_log(log, sizeof(log));
	EXPECT(strstr(log, "nobody answers any more at the hooks"));
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "no bpf file system on /sys/fs/bpf, where a policy is kept");
	mount_bpffs();
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "policy none: what nobody answers is allowed");
	/* Once, and not at every request. */
	kernel_log(log, sizeof(log));
	EXPECT_FREE();
	kernel_log(log, sizeof(log));
	EXPECT(!strstr(log, "nobody answers"));
	mend_and_end();
}

/* Whoever has something of it open keeps it, and the policy, but nobody reaches the pins. */
static void unmounted_lazily(void)
{
	int held;

	begin();
	held = open(AVOW_LOADER_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(held >= 0);
	EXPECT_ERRNO(umount2(AVOW_LOADER_BPFFS, 0), EBUSY);
	EXPECT_ENFORCED();
	REQUIRE_OK(umount2(AVOW_LOADER_BPFFS, MNT_DETACH));
	EXPECT_ENFORCED();
	mount_bpffs();
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "others load program");
	/* A new policy is asked before what is left of the old one. */
	policy_put("default deny\n");
	EXPECT_ERRNO(allowed_kind(), EACCES);
	policy_drop();
	EXPECT_ENFORCED();
	close(held);
	wait_until_free();
	mend_and_end();
}

static void reload(const char *parameters)
{
	policy_drop();
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

/* Another page of refusals: by nobody. */
static void expect_all_denied(void)
{
	struct scene s;

	scene_create(&s, 4);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL), EACCES, 4102);
	scene_close(&s);
}

static void unmounted_required(void)
{
	reload("policy=required");
	begin();
	REQUIRE_OK(umount2(AVOW_LOADER_BPFFS, 0));
	/* The policy allowed this kind. */
	while (!allowed_kind())
		usleep(100000);
	expect_all_denied();
	EXPECT_ERRNO(denied_kind(), EACCES);
	mount_bpffs();
	expect_all_denied();
	begin();
}

static void optional_again(void)
{
	reload("");
	EXPECT_FREE();
}

/* ---- another program at the hook ---- */

static int module_types(void)
{
	char name[32];
	u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { .name = (u64)name, .name_len = sizeof(name) };
		u32 size = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf && !strcmp(name, "avow"))
			return fd;
		close(fd);
	}
	FAIL("no types of the module");
	test_stop();
}

static u32 load_hook_type(void)
{
	struct btf *base = btf__load_vmlinux_btf();
	struct btf *btf = btf__load_module_btf("avow", base);
	int id = btf ? btf__find_by_name_kind(btf, "security_enclave_load", BTF_KIND_FUNC) : -1;

	REQUIRE(id > 0);
	btf__free(btf);
	btf__free(base);
	return (u32)id;
}

/* A program that answers everything in the same way; attached as long as the descriptor. */
static int attach_answer(int answer)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = answer },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_MODIFY_RETURN,
		    .attach_btf_id = load_hook_type());
	int program, link;

	opts.attach_btf_obj_fd = (u32)module_types();
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "other_answer", "GPL", insns, 2, &opts);
	REQUIRE_OK(program);
	link = bpf_raw_tracepoint_open(NULL, program);
	REQUIRE_OK(link);
	close(program);
	close((int)opts.attach_btf_obj_fd);
	return link;
}

/* Closing a link detaches it a moment later. */
static void detach(int link)
{
	close(link);
	usleep(200000);
}

static void expect_shown(void)
{
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "others load program");
	EXPECT_TEXT(&out, "other_answer");
}

/* The last one that was attached is asked first, and the first answer counts. */
static void attached_after(void)
{
	int link;

	begin();
	link = attach_answer(0);
	EXPECT_ENFORCED();
	expect_shown();
	policy_put(TEXT);
	detach(link);

	link = attach_answer(AVOW_ANSWER(AVOW_SERIAL_MAX, 7, AVOW_ACTION_ALLOW));
	EXPECT_FREE();
	expect_shown();
	/* So the loader cannot prove that its policy is asked, and says so. */
	EXPECT_EQ(policy_try(&out, TEXT), 1);
	EXPECT_TEXT(&out, "a request that must be denied was allowed");
	EXPECT_TEXT(&out, "is still in force");
	detach(link);
	EXPECT_ENFORCED();

	link = attach_answer(-EPERM);
	EXPECT_ERRNO(allowed_kind(), EPERM);
	expect_shown();
	EXPECT_EQ(policy_try(&out, TEXT), 1);
	EXPECT_TEXT(&out, "another program answers first at security_enclave_load");
	EXPECT_TEXT(&out, "is still in force");
	detach(link);
	EXPECT_ENFORCED();
	mend_and_end();
}

static void attached_before(void)
{
	int link = attach_answer(AVOW_ANSWER(AVOW_SERIAL_MAX, 7, AVOW_ACTION_ALLOW));

	begin();
	expect_shown();
	policy_drop();
	EXPECT_TEXT(&out, "other_answer");
	detach(link);
	link = attach_answer(-EPERM);
	begin();
	expect_shown();
	policy_drop();
	EXPECT_ERRNO(allowed_kind(), EPERM);
	detach(link);
	mend_and_end();
}

/* ---- another module has the hooks' names ---- */

static void shadow_load(void)
{
	REQUIRE_OK(module_load_file("/lib/shadow.ko", ""));
}

static void shadow_unload(void)
{
	REQUIRE_OK(syscall(SYS_delete_module, "shadow", O_NONBLOCK));
}

/* What is attached in another's place, as on Linux 6.1, fails loudly; else it is in force. */
static void load_beside_shadow(bool in_force_before)
{
	int status = policy_try(&out, TEXT);

	printf("# loaded beside a module with functions of the hooks' names: %s\n", out.text);
	if (!status) {
		EXPECT_ENFORCED();
		return;
	}
	EXPECT_EQ(status, 1);
	EXPECT(!kernel_tells_hooks_apart());
	EXPECT_TEXT(&out, "Does another module have a function of that name?");
	if (in_force_before) {
		EXPECT_TEXT(&out, "is still in force");
		EXPECT_ENFORCED();
	} else {
		EXPECT_TEXT(&out, "no policy is in force");
		EXPECT_FREE();
	}
}

static void shadowed(void)
{
	policy_drop();
	shadow_load();
	load_beside_shadow(false);
	shadow_unload();
	mend_and_end();
}

static void shadowed_before_the_module(void)
{
	policy_drop();
	REQUIRE_OK(module_unload());
	shadow_load();
	REQUIRE_OK(module_load(""));
	load_beside_shadow(false);
	policy_drop();
	shadow_unload();
	mend_and_end();
}

static void shadowed_in_force(void)
{
	begin();
	shadow_load();
	EXPECT_ENFORCED();
	/* The same programs get the new policy. */
	begin();
	/* New programs would be attached. */
	of_another_build(LIVE "build");
	load_beside_shadow(true);
	shadow_unload();
	mend_and_end();
}

/* ---- those without the privilege ---- */

static void try_all(const char *why)
{
	run(&out, false, "avow policy load " POLICY_FILE);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, why);
	run(&out, false, "avow policy unload");
	EXPECT_EQ(out.status, 1);
	EXPECT(bpf_link_get_fd_by_id(1) == -1 && errno == EPERM);
}

static void nobody(void *arg)
{
	(void)arg;
	REQUIRE(!setgid(65534) && !setuid(65534));
	try_all("policies are root's");
	EXPECT_ERRNO(unlink(LIVE "load"), EACCES);
	EXPECT(bpf_obj_get(LIVE "policies") < 0);
	EXPECT_ERRNO(umount2(AVOW_LOADER_BPFFS, MNT_DETACH), EPERM);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Root of a user namespace is nobody outside of it. */
static void root_of_a_namespace(void *arg)
{
	(void)arg;
	REQUIRE(!setgid(65534) && !setuid(65534));
	REQUIRE(!prctl(PR_SET_DUMPABLE, 1));	/* /proc/self is ours again */
	REQUIRE_OK(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_text("/proc/self/uid_map", "0 65534 1");
	EXPECT_EQ(getuid(), 0);
	try_all("policies are root's");
}

static void no_privilege(void)
{
	u32 serial = policy_put(TEXT), shown = 0;
	const char *at;

	in_child(nobody, NULL);
	in_child(root_of_a_namespace, NULL);
	EXPECT_ENFORCED();
	run(&out, false, "avow policy show");
	at = strstr(out.text, "policy ");
	REQUIRE(at);
	sscanf(at, "policy %u", &shown);
	EXPECT_EQ(shown, serial);
	mend_and_end();
}

TESTS(
	{ "R43.1 R43.2 loaders are killed at random moments", killed_at_random, ONCE },
	{ "R43.1 R43.2 loaders are killed at each step", killed_at_each_step, ONCE },
	{ "R43.2 R43.3 what a loader of another build left is mended", unfinished_of_another_build, ONCE },
	{ "R43.4 what the first loader left is shown, and unloaded", unfinished_first, ONCE },
	{ "R43.1 a policy without one of its programs is told of, and mended", half_unloaded, ONCE },
	{ "R43.5 bpffs is unmounted: the policy ends, and the module says so", unmounted, ONCE },
	{ "R43.5 bpffs is unmounted lazily: the policy lasts as long as that is in use", unmounted_lazily, ONCE },
	{ "R41.2 R43.5 bpffs is unmounted with policy=required: all is denied", unmounted_required, ONCE },
	{ "R41.2 policy=optional again", optional_again, ONCE },
	{ "R41 R43.3 another program is attached after the policy's", attached_after, ONCE },
	{ "R41 R43.3 another program was attached before the policy's", attached_before, ONCE },
	{ "R43.3 another module has the hooks' names", shadowed, ONCE },
	{ "R43.3 another module had the hooks' names before", shadowed_before_the_module, ONCE },
	{ "R43.3 another module gets the hooks' names while a policy is in force", shadowed_in_force, ONCE },
	{ "R43.4 without the privilege a policy is neither loaded, unloaded nor replaced", no_privilege, ONCE },
)
