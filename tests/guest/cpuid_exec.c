// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R38.1 by avow exec: what CPUID shows, to whom, and that nothing else is changed. The
 * program that is run is this one, in one of the roles of cpuid/roles.c.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cpuid/looks.h"
#include "cpuid/roles.h"
#include "command.h"
#include "module.h"
#include "scene.h"

#define NOTICE		"avow: CPUID shows Avow's SGX"
#define SELF		"/tests/cpuid_exec"
#define BY		"avow exec -- "
#define COPY		"/tmp/cpuid_exec_copy"
#define SCRIPT		"/tmp/cpuid_exec_script"
#define LIBRARY		"/lib/avow/libavow-cpuid.so"

#define EBX_SGX		(1u << 2)	/* leaf 7 */
#define ECX_SGX_LC	(1u << 30)

static struct output out;

static unsigned int count_text(const char *text)
{
	unsigned int count = 0;

	for (const char *at = out.text; (at = strstr(at, text)); at++)
		count++;
	return count;
}

struct registers {
	u32 eax, ebx, ecx, edx;
};

/* The nth answer to this leaf in the output. */
static struct registers leaf(u32 leaf, u32 subleaf, unsigned int nth)
{
	struct registers r = { 0 };
	const char *at = out.text;
	char want[32];

	snprintf(want, sizeof(want), "%x.%x: ", leaf, subleaf);
	while (at && (at = strstr(at, want)) && nth--)
		at++;
	if (!at || sscanf(at + strlen(want), "%8x %8x %8x %8x", &r.eax, &r.ebx, &r.ecx, &r.edx) != 4) {
		FAIL("no leaf %sin: %s", want, out.text);
		test_stop();
	}
	return r;
}

static bool shows_sgx(unsigned int nth)
{
	struct registers r = leaf(7, 0, nth);

	return r.ebx & EBX_SGX;
}

static void an_sgx2_machine(void)
{
	struct registers r;
	struct avow_info info;
	struct scene s;
	u64 base, size;

	scene_open(&s);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	run(&out, true, BY SELF " leaves 0 0 7 0 12 0 12 1 12 2 12 3");
	EXPECT_EQ(out.status, 0);
	EXPECT(leaf(0, 0, 0).eax >= 0x12);
	EXPECT(leaf(7, 0, 0).ebx & EBX_SGX);
	EXPECT(leaf(7, 0, 0).ecx & ECX_SGX_LC);
	r = leaf(0x12, 0, 0);
	EXPECT_EQ(r.eax & 3, 3);	/* SGX1 and SGX2 */
	EXPECT(r.edx >> 8 & 0xff);	/* enclaves may have a size */
	r = leaf(0x12, 1, 0);
	EXPECT(r.eax & 4);		/* MODE64BIT */
	EXPECT_EQ(r.ecx & 3, 3);	/* x87 and SSE */
	r = leaf(0x12, 2, 0);
	base = (u64)(r.ebx & 0xfffff) << 32 | (r.eax & ~0xfffu);
	size = (u64)(r.edx & 0xfffff) << 32 | (r.ecx & ~0xfffu);
	EXPECT_EQ(r.eax & 0xf, 1);
	EXPECT(base && size && size <= info.epc_size);
	r = leaf(0x12, 3, 0);
	EXPECT_EQ(r.eax | r.ebx | r.ecx | r.edx, 0);
}

/* All but the three leaves is the CPU's own answer. */
static void all_else_is_native(void)
{
	static const u32 leaves[][2] = {
		{ 0, 0 }, { 1, 0 }, { 2, 0 }, { 7, 0 }, { 7, 1 }, { 0xd, 0 }, { 0xd, 2 },
		{ 0x80000000, 0 }, { 0x80000001, 0 }, { 0x80000002, 0 }, { 0x80000008, 0 },
		{ 0x40000000, 0 },
	};
	char arguments[256] = "";
	struct registers native[16] = { 0 }, seen;
	size_t used = 0, i;

	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		used += (size_t)snprintf(arguments + used, sizeof(arguments) - used, " %x %x", leaves[i][0],
					 leaves[i][1]);
	run(&out, true, SELF " leaves%s", arguments);
	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		native[i] = leaf(leaves[i][0], leaves[i][1], 0);
	EXPECT(!(native[3].ebx & EBX_SGX));
	native[3].ebx |= EBX_SGX;
	native[3].ecx |= ECX_SGX_LC;
	if (native[0].eax < 0x12)
		native[0].eax = 0x12;
	run(&out, true, BY SELF " leaves%s", arguments);
	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		seen = leaf(leaves[i][0], leaves[i][1], 0);
		if (memcmp(&seen, &native[i], sizeof(seen)))
			FAIL("leaf %x.%x differs: %08x %08x %08x %08x", leaves[i][0], leaves[i][1], seen.eax,
			     seen.ebx, seen.ecx, seen.edx);
	}
}

static void children_too(void)
{
	run(&out, true, BY SELF " children");
	EXPECT_EQ(out.status, 0);
	EXPECT_EQ(count_text("7.0: "), 4);
	EXPECT(shows_sgx(0));
	EXPECT(shows_sgx(1));
	EXPECT(shows_sgx(2));
	/* An empty environment is the documented way out. */
	EXPECT(!shows_sgx(3));
	EXPECT_EQ(count_text("avow: "), 1);
	EXPECT_EQ(count_text(NOTICE), 1);
}

static void libraries_loaded_later(void)
{
	run(&out, true, BY SELF " library %s", data_path(LOOKS_LIBRARY));
	EXPECT_EQ(out.status, 0);
	EXPECT_EQ(count_text("7.0: "), 2);
	EXPECT(shows_sgx(0));
	EXPECT(shows_sgx(1));
	run(&out, true, SELF " library %s", data_path(LOOKS_LIBRARY));
	EXPECT(!shows_sgx(0));
}

static void not_without_unwind_information(void)
{
	run(&out, true, BY SELF " bare");
	EXPECT_EQ(out.status, 0);
	EXPECT(!shows_sgx(0));
	EXPECT_TEXT(&out, "in functions without unwind information");
}

static void ud2_stays_ud2(void)
{
	run(&out, true, BY SELF " ud2");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "file: signal 4\n");
	EXPECT_TEXT(&out, "anonymous: signal 4\n");
	EXPECT(!shows_sgx(0));
}

/* How many places an object has that were replaced. */
static unsigned int replaced_in(const char *object)
{
	unsigned int count;
	char want[256];
	const char *at;

	snprintf(want, sizeof(want), "object %s: ", object);
	at = strstr(out.text, want);
	if (!at || sscanf(at + strlen(want), "%u", &count) != 1) {
		FAIL("no \"%s\" in: %s", want, out.text);
		test_stop();
	}
	return count;
}

static void expect_values(void)
{
	EXPECT_EQ(out.status, 0);
	EXPECT_EQ(count_text("changed: "), 0);
	EXPECT_TEXT(&out, "bare site: 0f a2\n");
	EXPECT_TEXT(&out, "table: 0f a2\n");
	EXPECT_TEXT(&out, "values: a20f a210 a20fa20f\n");
}

static void only_cpuid_is_changed(void)
{
	run(&out, true, SELF " text %s", data_path(LOOKS_LIBRARY));
	expect_values();
	EXPECT_TEXT(&out, "\nsite: 0f a2\n");
	EXPECT_EQ(replaced_in("/proc/self/exe"), 0);
	EXPECT_EQ(replaced_in("/lib64/ld-linux-x86-64.so.2"), 0);
	run(&out, true, BY SELF " text %s", data_path(LOOKS_LIBRARY));
	expect_values();
	EXPECT_TEXT(&out, "\nsite: 0f 0b\n");
	EXPECT_EQ(replaced_in("/proc/self/exe"), 1);
	EXPECT_EQ(replaced_in(data_path(LOOKS_LIBRARY)), 1);
	EXPECT(replaced_in("/lib64/ld-linux-x86-64.so.2") > 10);
}

static void status_and_streams(void)
{
	run(&out, true, BY SELF " exit 42");
	EXPECT_EQ(out.status, 42);
	run(&out, true, BY SELF " kill 15");
	EXPECT_EQ(out.status, 128 + SIGTERM);
	run(&out, true, "{ " BY SELF " leaves 7 0 2>/dev/null; }");
	EXPECT(shows_sgx(0));
	EXPECT_EQ(count_text("avow"), 0);
	run(&out, true, "avow exec --verbose " SELF " leaves 7 0");
	EXPECT(shows_sgx(0));
	EXPECT_TEXT(&out, "avow: cpuid: the program: 1 replaced; may be CPUID, left alone: ");
	run(&out, true, "{ PATH=/tests " BY "cpuid_exec leaves 7 0; }");
	EXPECT(shows_sgx(0));
}

static void make_executable(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	REQUIRE(file);
	fputs(text, file);
	REQUIRE(!fclose(file) && !chmod(path, 0755));
}

static void expect_refused(const char *command, const char *want)
{
	run(&out, true, "%s", command);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, want);
	EXPECT_EQ(count_text("avow: "), 1);
}

static void programs_that_cannot_be_covered(void)
{
	expect_refused(BY "busybox true", "statically linked");
	expect_refused(BY "/nowhere/at/all", "/nowhere/at/all: No such file or directory");
	expect_refused(BY "nowhere-at-all", "nowhere-at-all: no such program in PATH");
	expect_refused(BY "/tmp", "/tmp: not a program");
	run(&out, true, "cp " SELF " " COPY);
	REQUIRE(!chown(COPY, 65534, 65534) && !chmod(COPY, 04755));
	expect_refused(BY COPY " exit 0", "setuid");
	make_executable(SCRIPT, "echo by no interpreter\n");
	expect_refused(BY SCRIPT, "neither a program nor a script");
	make_executable(SCRIPT, "#!/bin/sh\necho by a static one\n");
	expect_refused(BY SCRIPT, "statically linked");
	make_executable(SCRIPT, "#!" SELF " leaves\n");
	run(&out, true, BY SCRIPT);
	EXPECT_TEXT(&out, NOTICE);
	unlink(COPY);
	unlink(SCRIPT);
}

static void wrong_usage(void)
{
	run(&out, true, "avow exec");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "no program to run");
	run(&out, true, "avow exec --frobnicate " SELF);
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "--frobnicate");
}

/* One line, and the program as it would be without. */
static void expect_unpatched(const char *why)
{
	run(&out, true, "LD_AUDIT=" LIBRARY " " SELF " text %s", data_path(LOOKS_LIBRARY));
	expect_values();
	EXPECT_TEXT(&out, "\nsite: 0f a2\n");
	EXPECT_EQ(replaced_in("/proc/self/exe"), 0);
	EXPECT_EQ(count_text("avow: cpuid: "), 1);
	EXPECT_TEXT(&out, why);
}

static void nobody_answers(void)
{
	static const char device[] = "/dev/sgx_enclave";

	REQUIRE_OK(module_unload());
	expect_refused(BY SELF " exit 0", "is avow.ko loaded?");
	expect_unpatched("is avow.ko loaded?");
	/* A device that is another one. */
	REQUIRE(!mknod(device, S_IFCHR | 0600, makedev(1, 3)));
	expect_refused(BY SELF " exit 0", "not Avow");
	expect_unpatched("not Avow");
	REQUIRE(!unlink(device));
	REQUIRE_OK(module_load(""));
	run(&out, true, BY SELF " leaves 7 0");
	EXPECT(shows_sgx(0));
}

/* Without the module the program would die of the next CPUID. */
static void holds_the_module(void)
{
	FILE *sleeper = popen(BY SELF " sleep 2>&1", "re");
	char line[512];
	pid_t pid = 0;

	REQUIRE(sleeper);
	while (!pid && fgets(line, sizeof(line), sleeper))
		sscanf(line, "sleeping %d", &pid);
	REQUIRE(pid > 0);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	EXPECT(!kill(pid, SIGTERM));
	pclose(sleeper);
	EXPECT_OK(module_unload());
	REQUIRE_OK(module_load(""));
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "R38.1 CPUID shows an SGX2 machine with the module's memory", an_sgx2_machine, ONCE },
		{ "R38.1 all other leaves and bits are the CPU's", all_else_is_native, ONCE },
		{ "R38.1 children are covered, unless their environment is empty", children_too, ONCE },
		{ "R38.1 libraries that are loaded later are covered", libraries_loaded_later, ONCE },
		{ "R38.1 functions without unwind information are not", not_without_unwind_information, ONCE },
		{ "R38.1 any other UD2 is SIGILL, and memory without a file untouched", ud2_stays_ud2, ONCE },
		{ "R38.1 no byte is changed that is not CPUID", only_cpuid_is_changed, ONCE },
		{ "R38.1 avow exec: exit status, signals, streams, --verbose, PATH", status_and_streams, ONCE },
		{ "R38.1 avow exec refuses what it cannot cover", programs_that_cannot_be_covered, ONCE },
		{ "R38.1 avow exec: wrong usage is exit status 2", wrong_usage, ONCE },
		{ "R38.1 nothing is changed when the module does not answer", nobody_answers, ONCE },
		{ "R38.1 the module stays while such a program runs", holds_the_module, ONCE },
	};

	if (argc > 1)
		return play_role(argv);
	return test_main(tests, sizeof(tests) / sizeof(tests[0]));
}
