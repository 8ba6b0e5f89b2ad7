// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R43.2: programs of another build of avow are replaced by new ones, attached before the
 * old ones go; and what a loader leaves that dies on this way. What has to be there: the
 * module's types.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <bpf/bpf.h>

#include "loader.h"
#include "module.h"
#include "policy_case.h"

#define LIVE		AVOW_LOADER_DIRECTORY "/live"
#define NEXT		AVOW_LOADER_DIRECTORY "/next"
#define ASIDE		AVOW_LOADER_DIRECTORY "/aside"
#define NO_CODE		"deny load intent has x\ndefault allow\n"
#define NO_DATA		"deny load intent lacks x\ndefault allow\n"
#define UNTYPED		"/lib/avow-untyped.ko"

static const u32 zero;
static struct output out;

static int code(void)
{
	return policy_load_page(source_code(1), AVOW_R | AVOW_X);
}

static int data(void)
{
	return policy_load_page(source_code(1), AVOW_R);
}

#define EXPECT_NO_CODE()	(EXPECT_DENIED(code()), EXPECT_OK(data()))
#define EXPECT_NO_DATA()	(EXPECT_DENIED(data()), EXPECT_OK(code()))
#define EXPECT_FREE()		(EXPECT_OK(data()), EXPECT_OK(code()))

/* ---- the programs in force ---- */

struct links {
	u32 id[3];
};

static struct links links(void)
{
	static const char *const pins[] = { LIVE "/load", LIVE "/map", LIVE "/init" };
	struct links links;
	size_t i;

	for (i = 0; i < 3; i++) {
		struct bpf_link_info info = { 0 };
		u32 size = sizeof(info);
		int fd = bpf_obj_get(pins[i]);

		REQUIRE(fd >= 0);
		REQUIRE(!bpf_obj_get_info_by_fd(fd, &info, &size));
		close(fd);
		links.id[i] = info.id;
	}
	return links;
}

static void expect_same(struct links a, struct links b)
{
	EXPECT(!memcmp(&a, &b, sizeof(a)));
}

/* The kernel detaches what nobody holds any more, a moment later. */
static void expect_gone(struct links links)
{
	size_t i;
	int fd, n;

	for (i = 0; i < 3; i++) {
		for (n = 0; n < 50 && (fd = bpf_link_get_fd_by_id(links.id[i])) >= 0; n++) {
			close(fd);
			usleep(100000);
		}
		EXPECT(n < 50 && errno == ENOENT);
	}
}

/* As if another avow had loaded what is in force. */
static void of_another_build(void)
{
	struct avow_bpf_build build;
	int map = bpf_obj_get(LIVE "/build");

	REQUIRE(map >= 0 && !bpf_map_lookup_elem(map, &zero, &build));
	build.digest[31] ^= 1;
	REQUIRE(!bpf_map_update_elem(map, &zero, &build, BPF_ANY));
	close(map);
}

static bool there(const char *path)
{
	return !access(path, F_OK);
}

static void kept_as(const char *from, const char *to)
{
	REQUIRE(!rename(from, to));
}

/* Each case begins with the module that is built for this kernel, and no policy. */
static void begin(void)
{
	if (module_loaded() && !there("/sys/kernel/btf/avow"))
		REQUIRE_OK(module_unload());
	if (!module_loaded())
		REQUIRE_OK(module_load(""));
	policy_drop();
	EXPECT_FREE();
}

/* ---- somebody who asks all the time ---- */

struct asker {
	atomic_bool stop;
	atomic_uint none;	/* rounds in which nobody answered */
	atomic_uint before, after;
};

/* Data is denied by the policy that goes, code by the one that comes. */
static void ask(void *arg)
{
	struct asker *asker = arg;

	while (!asker->stop) {
		if (data() < 0)
			asker->before++;
		else if (code() < 0)
			asker->after++;
		else
			asker->none++;
	}
}

static void until(const atomic_uint *count)
{
	int i;

	for (i = 0; i < 600 && !*count; i++)
		usleep(50000);
	REQUIRE(*count);
}

static void replaced_while_asked(void)
{
	struct asker *asker = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	REQUIRE(asker != MAP_FAILED);
	pid = fork_child(ask, asker);
	until(&asker->before);
	policy_put(NO_CODE);
	until(&asker->after);
	asker->stop = true;
	expect_child(pid);
	EXPECT_EQ(asker->none, 0);
	printf("# asked: %u times the old policy, %u times the new one\n", asker->before, asker->after);
}

/* ---- another build ---- */

static void same_build(void)
{
	struct links first;

	begin();
	policy_put(NO_CODE);
	first = links();
	EXPECT_NO_CODE();
	policy_put(NO_DATA);
	EXPECT_NO_DATA();
	expect_same(first, links());
}

static void another_build(void)
{
	struct links old, new;
	size_t i;

	begin();
	policy_put(NO_DATA);
	old = links();
	of_another_build();
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "by another build of avow");
	EXPECT_NO_DATA();
	replaced_while_asked();
	EXPECT_NO_CODE();
	new = links();
	for (i = 0; i < 3; i++)
		EXPECT(new.id[i] != old.id[i]);
	expect_gone(old);
	EXPECT(!there(NEXT));
	/* It is this build now, whose programs stay. */
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 0);
	EXPECT(!strstr(out.text, "another build"));
	policy_put(NO_DATA);
	EXPECT_NO_DATA();
	expect_same(new, links());
}

/* What is wrong with the new one is found before anything of the old one goes. */
static void another_build_stays(void)
{
	struct links old;

	begin();
	policy_put(NO_CODE);
	old = links();
	of_another_build();
	EXPECT_EQ(policy_try(&out, "deny load intent has q\ndefault allow\n"), 1);
	EXPECT_NO_CODE();
	/* Remains that cannot be taken away. */
	REQUIRE(!mkdir(NEXT, 0700) && !mkdir(NEXT "/not-of-avow", 0700));
	EXPECT_EQ(policy_try(&out, NO_DATA), 1);
	EXPECT_TEXT(&out, NEXT ": Directory not empty");
	EXPECT_TEXT(&out, "is still in force");
	EXPECT_NO_CODE();
	expect_same(old, links());
	REQUIRE(!rmdir(NEXT "/not-of-avow"));
	policy_put(NO_DATA);
	EXPECT_NO_DATA();
	expect_gone(old);
}

/* A map that an older avow kept in another shape is made anew. */
static void another_shape(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int map;

	begin();
	policy_put(NO_CODE);
	of_another_build();
	REQUIRE(!unlink(AVOW_LOADER_DIRECTORY "/lines"));
	map = bpf_map_create(BPF_MAP_TYPE_HASH, "lines", 4, 16, 8, &opts);
	REQUIRE(map >= 0 && !bpf_obj_pin(map, AVOW_LOADER_DIRECTORY "/lines"));
	close(map);
	policy_put(NO_DATA);
	EXPECT_NO_DATA();
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, ":1: deny load intent lacks x");
}

/* ---- a loader that died on the way ---- */

/* Before the first policy was called live: it is in force, and the next load goes on from it. */
static void died_at_the_first(void)
{
	struct links first;

	begin();
	policy_put(NO_CODE);
	first = links();
	kept_as(LIVE, NEXT);
	EXPECT_NO_CODE();
	run(&out, false, "avow policy show");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "a load was not finished");
	policy_put(NO_DATA);
	EXPECT_NO_DATA();
	expect_same(first, links());
	EXPECT(!there(NEXT));
	kept_as(LIVE, NEXT);
	run(&out, false, "avow policy unload");
	EXPECT_EQ(out.status, 0);
	EXPECT(!there(NEXT) && !there(LIVE));
	EXPECT_FREE();
}

/* After the new programs had their policy, before the old ones went: the new one answers. */
static void died_with_both(void)
{
	struct links old, new;

	begin();
	policy_put(NO_CODE);
	old = links();
	kept_as(LIVE, ASIDE);
	policy_put(NO_DATA);
	new = links();
	kept_as(LIVE, NEXT);
	kept_as(ASIDE, LIVE);
	EXPECT_NO_DATA();
	run(&out, false, "avow policy show");
	EXPECT_TEXT(&out, "a load was not finished, and its programs may answer");
	policy_put(NO_CODE);
	EXPECT_NO_CODE();
	expect_same(old, links());
	expect_gone(new);
	EXPECT(!there(NEXT));
}

/* ---- the module's types ---- */

static void without_types(void)
{
	static const char *const verbs[] = { "load " POLICY_FILE, "unload", "show" };
	size_t i;

	begin();
	policy_put(NO_CODE);
	policy_drop();
	REQUIRE_OK(module_unload());
	REQUIRE(!setenv("AVOW_KO", UNTYPED, 1));
	REQUIRE_OK(module_load(""));
	EXPECT(!there("/sys/kernel/btf/avow"));
	for (i = 0; i < 3; i++) {
		run(&out, false, "avow policy %s", verbs[i]);
		EXPECT_EQ(out.status, 1);
		EXPECT_TEXT(&out, "avow.ko was built without its types, so nothing can be attached to it; "
				  "build it with BTF= for this kernel");
	}
	/* All else works, and what must not be unanswered is denied. */
	EXPECT_FREE();
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load("policy=required"));
	EXPECT_DENIED(data());
	REQUIRE_OK(module_unload());
	REQUIRE(!unsetenv("AVOW_KO"));
	begin();
	policy_put(NO_CODE);
	EXPECT_NO_CODE();
}

static void over(void)
{
	begin();
}

TESTS(
	{ "R43.2 programs of this build stay", same_build, ONCE },
	{ "R43.2 programs of another build are replaced, and never does nobody answer", another_build, ONCE },
	{ "R43.3 programs of another build stay where a load fails", another_build_stays, ONCE },
	{ "R43.2 what another build kept in another shape", another_shape, ONCE },
	{ "R43.1 a loader that died before its first policy was live", died_at_the_first, ONCE },
	{ "R43.2 a loader that died with two sets attached", died_with_both, ONCE },
	{ "R41.2 a module without types takes no policy, and that is told", without_types, ONCE },
	{ "R43.4 unloaded", over, ONCE },
)
