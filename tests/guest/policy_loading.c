// SPDX-License-Identifier: LGPL-2.1-or-later
/* R41.2, R43: what is in force when loaders come and go, fail, or are killed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "module.h"
#include "policy.h"
#include "policy_case.h"
#include "watch.h"

#define NO_CODE		"deny load intent has x\ndefault allow\n"
#define NO_DATA		"deny load intent lacks x\ndefault allow\n"
#define RX		(AVOW_R | AVOW_X)

static struct output out;

static int code(void)
{
	return policy_load_page(source_code(1), RX);
}

static int data(void)
{
	return policy_load_page(source_code(1), AVOW_R);
}

static void loaded(void)
{
	u32 serial, next;

	policy_drop();
	serial = policy_put(NO_CODE);
	EXPECT_ERRNO(code(), EACCES);
	EXPECT_OK(data());
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, POLICY_FILE);
	EXPECT_TEXT(&out, ":1: deny load intent has x");
	EXPECT_TEXT(&out, "hooks load attached map attached init attached module policy=optional");
	run(&out, false, "avow policy show --json");
	EXPECT_TEXT(&out, "\"attached\":{ \"load\":true, \"map\":true, \"init\":true }");
	/* Its number is not given again, though nothing is in force in between. */
	policy_drop();
	EXPECT_OK(code());
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "policy none");
	next = policy_put(NO_DATA);
	EXPECT_EQ(next, serial + 1);
	EXPECT_ERRNO(data(), EACCES);
	EXPECT_OK(code());
}

/* A text that is none leaves the policy as it is. */
static void bad_text(void)
{
	policy_put(NO_CODE);
	EXPECT_EQ(policy_try(&out, "deny load intent has q\ndefault allow\n"), 1);
	EXPECT_TEXT(&out, "nothing was loaded");
	EXPECT_EQ(policy_try(&out, "allow load file is /nowhere/at/all\ndefault allow\n"), 1);
	EXPECT_ERRNO(code(), EACCES);
	EXPECT_OK(data());
}

static void as_nobody(void *arg)
{
	static const char *const verbs[] = { "load " POLICY_FILE, "unload", "show" };
	size_t i;

	(void)arg;
	REQUIRE(!setresuid(65534, 65534, 65534));
	for (i = 0; i < 3; i++) {
		run(&out, false, "avow policy %s", verbs[i]);
		EXPECT_EQ(out.status, 1);
		EXPECT_TEXT(&out, "avow: policy");
	}
	EXPECT(access("/sys/fs/bpf/avow/live", F_OK));
}

static void privilege(void)
{
	policy_put(NO_CODE);
	in_child(as_nobody, NULL);
	EXPECT_ERRNO(code(), EACCES);
}

static void held(void)
{
	policy_put(NO_CODE);
	EXPECT_ERRNO(module_unload(), EWOULDBLOCK);
	EXPECT_ERRNO(code(), EACCES);
}

/* One that is killed after so many milliseconds, on its way from one policy to another. */
static void killed_after(unsigned int milliseconds)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("avow", "avow", "policy", "load", "/tmp/kill.policy", NULL);
		_exit(127);
	}
	usleep(milliseconds * 1000);
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
}

static void write_policy(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	REQUIRE(file && fputs(text, file) >= 0 && !fclose(file));
}

/* The old policy or the new one, never none: each denies what the other allows. */
static void loader_killed(void)
{
	unsigned int after;
	bool denied_code, denied_data;

	write_policy("/tmp/kill.policy", NO_DATA);
	for (after = 200; after < 3400; after += 400) {
		policy_put(NO_CODE);
		killed_after(after);
		denied_code = code() < 0;
		denied_data = data() < 0;
		if (denied_code == denied_data)
			FAIL("killed after %u ms: %s", after, denied_code ? "both answer" : "nobody answers");
	}
	policy_put(NO_DATA);
	EXPECT_ERRNO(data(), EACCES);
	/* From nothing: nothing, or the new one; and the next one gets along with what is left. */
	for (after = 1000; after < 12000; after += 2500) {
		policy_drop();
		killed_after(after);
		EXPECT_OK(code());
	}
	policy_put(NO_CODE);
	EXPECT_ERRNO(code(), EACCES);
}

/* ---- others at the hook ---- */

static int avow_btf(u32 *hook)
{
	struct btf *base = btf__load_vmlinux_btf(), *btf;
	char name[32];
	u32 id = 0;
	int fd = -1;

	REQUIRE(base);
	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { .name = (u64)name, .name_len = sizeof(name) };
		u32 size = sizeof(info);

		fd = bpf_btf_get_fd_by_id(id);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(name, "avow"))
			break;
	}
	btf = btf__load_from_kernel_by_id_split(id, base);
	REQUIRE(btf);
	*hook = (u32)btf__find_by_name_kind(btf, "security_enclave_load", BTF_KIND_FUNC);
	btf__free(btf);
	btf__free(base);
	return fd;
}

/* A program that gives one answer; its link, which is detached when it is closed. */
static int attach_other(int answer)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = answer },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_MODIFY_RETURN);
	int fd, link;

	opts.attach_btf_obj_fd = (u32)avow_btf(&opts.attach_btf_id);
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "other", "GPL", program, 2, &opts);
	REQUIRE(fd >= 0);
	link = bpf_raw_tracepoint_open(NULL, fd);
	REQUIRE(link >= 0);
	close(fd);
	return link;
}

/* Attached later it is asked first: root's own doing, and show tells. */
static void second_program(void)
{
	int link;

	policy_put(NO_CODE);
	link = attach_other(0);
	EXPECT_ERRNO(code(), EACCES);
	EXPECT_OK(data());
	policy_put(NO_DATA);
	EXPECT_ERRNO(data(), EACCES);
	close(link);
	link = attach_other(AVOW_ANSWER(9, 9, AVOW_ACTION_ALLOW));
	EXPECT_OK(data());
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "others load program ");
	EXPECT_TEXT(&out, ", other");
	/* It would answer in the policy's place, so a load says that it does. */
	EXPECT_EQ(policy_try(&out, NO_CODE), 1);
	EXPECT_TEXT(&out, "security_enclave_load");
	EXPECT_TEXT(&out, "is still in force");
	close(link);
	EXPECT_ERRNO(data(), EACCES);
	EXPECT_OK(code());
}

/* ---- another module with functions of the same names ---- */

static int shadow_load(void)
{
	return module_load_file("/lib/shadow.ko", "");
}

static int shadow_unload(void)
{
	return (int)syscall(SYS_delete_module, "shadow", O_NONBLOCK);
}

/* Either the policy is in force or the load has failed and says why. */
static void load_in_shadow(void)
{
	if (policy_try(&out, NO_CODE)) {
		printf("# loud: %s\n", out.text);
		EXPECT_TEXT(&out, "Does another module have a function of that name?");
		EXPECT(!kernel_tells_hooks_apart());
		EXPECT_OK(code());
	} else {
		printf("# enforced\n");
		EXPECT_ERRNO(code(), EACCES);
	}
	policy_drop();
}

static void shadowed(void)
{
	policy_put(NO_CODE);
	REQUIRE_OK(shadow_load());
	EXPECT_ERRNO(code(), EACCES);
	/* Attached already: it is replaced as ever. */
	policy_put(NO_DATA);
	EXPECT_ERRNO(data(), EACCES);
	policy_drop();
	load_in_shadow();
	REQUIRE_OK(shadow_unload());
	/* The other order. */
	REQUIRE_OK(module_unload());
	REQUIRE_OK(shadow_load());
	REQUIRE_OK(module_load(""));
	load_in_shadow();
	REQUIRE_OK(shadow_unload());
	/* It has gone. */
	policy_put(NO_CODE);
	EXPECT_ERRNO(code(), EACCES);
	EXPECT_OK(data());
}

/* ---- what has to be there ---- */

static void reload(const char *parameters)
{
	policy_drop();
	if (module_loaded())
		REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

static void required(void)
{
	struct scene s;

	reload("policy=required");
	scene_create(&s, 4);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL), EACCES, 4102);
	scene_unmap(&s, 0, 1);
	REFUSED_PLAINLY(&s, raw_map(&s, 0, 1, PROT_READ), EACCES, 4102);
	scene_close(&s);
	policy_put(NO_CODE);
	EXPECT_ERRNO(code(), EACCES);
	EXPECT_OK(data());
	run(&out, false, "avow policy unload");
	EXPECT_TEXT(&out, "all is denied until a policy is loaded");
	EXPECT_ERRNO(data(), EACCES);
	reload("policy=optional");
	EXPECT_OK(code());
}

static void parameter(void)
{
	policy_drop();
	REQUIRE_OK(module_unload());
	EXPECT_ERRNO(module_load("policy=perhaps"), EINVAL);
	run(&out, false, "avow policy load " POLICY_FILE);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "avow.ko is not loaded");
	REQUIRE_OK(module_load(""));
}

/* The file system goes, and with it what it holds. */
static void unmounted(void)
{
	int tries;

	reload("policy=required");
	policy_put(NO_CODE);
	EXPECT_OK(data());
	REQUIRE(!umount("/sys/fs/bpf"));
	/* What was pinned is let go of a moment later. */
	for (tries = 100; !data() && tries; tries--)
		usleep(100000);
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "mount -t bpf bpf /sys/fs/bpf");
	EXPECT_ERRNO(data(), EACCES);
	run(&out, false, "avow policy load " POLICY_FILE);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "mount -t bpf bpf /sys/fs/bpf");
	REQUIRE(!mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL));
	policy_put(NO_CODE);
	EXPECT_OK(data());
	EXPECT_ERRNO(code(), EACCES);
	reload("");
}

static void over(void)
{
	policy_drop();
	EXPECT_OK(code());
}

TESTS(
	{ "R43.1 a policy outlives its loader, and is shown", loaded, ONCE },
	{ "R44.2 a text that is none changes nothing", bad_text, ONCE },
	{ "R43.4 loading, unloading and showing is root's", privilege, ONCE },
	{ "R40.2 a policy holds the module", held, ONCE },
	{ "R43.1 a loader that is killed leaves the old policy or the new one", loader_killed, ONCE },
	{ "R43.3 a second program at a hook", second_program, ONCE },
	{ "R43.3 a module with hooks of the same names", shadowed, ONCE },
	{ "R41.2 policy=required: what nobody answers is denied", required, ONCE },
	{ "R41.2 a parameter that is none, and no module", parameter, ONCE },
	{ "R43.1 without the bpf file system nothing is in force, and that is told", unmounted, ONCE },
	{ "R43.4 unloaded", over, ONCE },
)
