// SPDX-License-Identifier: LGPL-2.1-or-later
/* R7, R14, R15: when the hooks are asked, seen by probes on them. */
#include <stdio.h>
#include <sys/mman.h>

#include "tracing.h"
#include "watch.h"

static const char *const hooks[] = { "load", "map", "init" };

static void stop(void)
{
	char text[64];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "events/kprobes/hook_%s/enable", hooks[i]);
		tracing_append(text, "0");
		snprintf(text, sizeof(text), "-:hook_%s\n", hooks[i]);
		tracing_append("kprobe_events", text);
	}
}

/* A case that fails leaves its probes to the next one, which takes them away. */
static void start(void)
{
	char text[128];
	size_t i;

	stop();
	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "p:hook_%s security_enclave_%s\n",
			 hooks[i], hooks[i]);
		REQUIRE_OK(tracing_append("kprobe_events", text));
		snprintf(text, sizeof(text), "events/kprobes/hook_%s/enable", hooks[i]);
		tracing_write(text, "1");
	}
	tracing_clear();
}

struct asked {
	unsigned int load, map, init;
};

static struct asked asked(void)
{
	static char trace[65536];
	struct asked a;

	tracing_read(trace, sizeof(trace));
	tracing_clear();
	a.load = tracing_count(trace, " hook_load:");
	a.map = tracing_count(trace, " hook_map:");
	a.init = tracing_count(trace, " hook_init:");
	return a;
}

static void load(void)
{
	struct scene s;

	start();
	scene_create(&s, 16);
	scene_add(&s, 0, 3, AVOW_R);
	EXPECT_EQ(asked().load, 3);
	scene_add(&s, 3 * PAGE, 2, AVOW_R | AVOW_X);
	EXPECT_EQ(asked().load, 2);
	/* Not for what is refused before: no source, a page there already. */
	EXPECT_ERRNO(raw_add(&s, NULL, 8 * PAGE, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL), EFAULT);
	EXPECT_ERRNO(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL), EBUSY);
	EXPECT_EQ(asked().load, 0);
	stop();
}

static void map(void)
{
	struct scene s;

	start();
	scene_image(&s, 8);
	scene_add(&s, s.play, 2, AVOW_R);
	scene_add(&s, s.play + 2 * PAGE, 2, AVOW_RWX);
	scene_add(&s, s.play + 4 * PAGE, 1, AVOW_R);
	scene_init(&s);
	asked();
	scene_map(&s, s.play, 5, PROT_READ);
	EXPECT_EQ(asked().map, 1);	/* three runs, of which none was mapped W or X */
	REQUIRE_OK(raw_protect(&s, s.play + 2 * PAGE, 2, PROT_READ | PROT_WRITE));
	EXPECT_EQ(asked().map, 1);
	REQUIRE_OK(raw_protect(&s, s.play, 5, PROT_READ));
	EXPECT_EQ(asked().map, 3);
	/* mprotect comes once for each mapping; one that goes over all three has to be parted. */
	scene_map(&s, s.play, 5, PROT_READ);
	EXPECT_EQ(asked().map, 3);
	/* After R8: it is not asked for what the intent refuses already. */
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_EQ(asked().map, 0);
	stop();
}

static void init(void)
{
	struct scene s;

	start();
	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	s.e.sig.enclavehash[0] ^= 1;
	REQUIRE_OK(avow_sigstruct_sign(&s.e.sig, scene_key()));
	EXPECT_ERRNO(avow_enclave_init(&s.e), EPERM);
	EXPECT_EQ(asked().init, 0);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	EXPECT_OK(avow_enclave_init(&s.e));
	EXPECT_EQ(asked().init, 1);
	stop();
}

TESTS(
	{ "R7.1 security_enclave_load is asked for every page", load, BOTH },
	{ "R14.1 security_enclave_map is asked for every stretch of one history, after the bound", map, BOTH },
	{ "R15 security_enclave_init is asked when all else is right", init, BOTH },
)
