// SPDX-License-Identifier: LGPL-2.1-or-later
/* R7, R14, R15: what a hook's denial does, with answers given by tests/denier. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inside.h"
#include "module.h"
#include "policy.h"
#include "tracing.h"
#include "watch.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define ANSWERS		"/sys/module/denier/parameters/"

static void denier_need(void)
{
	if (access(ANSWERS, F_OK))
		REQUIRE_OK(module_load_file("/lib/denier.ko", ""));
}

/* A case that fails leaves its answer behind: each begins with none. */
static void answer(const char *hook, int value)
{
	static const char *const hooks[] = { "load", "map", "init" };
	char path[64], text[16];
	size_t i;
	int fd;

	denier_need();
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), ANSWERS "%s", hooks[i]);
		snprintf(text, sizeof(text), "%d", strcmp(hook, hooks[i]) ? 0 : value);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		REQUIRE(fd >= 0);
		REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
		close(fd);
	}
}

static void load(void)
{
	struct scene s;
	u64 count = 77;

	answer("", 0);
	scene_image(&s, 8);
	answer("load", -EPERM);
	REFUSED(&s, raw_add(&s, source_code(2), s.play, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_X),
			    SGX_PAGE_MEASURE, &count), EPERM, .rule = 702, .op = AVOW_OP_ADD_PAGES,
		.start = s.play, .end = s.play + PAGE, .requested = AVOW_R | AVOW_X,
		.declared = AVOW_R | AVOW_X, .source_class = AVOW_SRC_ANON);
	EXPECT_EQ(count, 0);
	EXPECT_HOLE(&s, s.play);
	answer("load", -EACCES);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL),
			EACCES, 702);
	answer("", 0);
	/* The measurement is what it was, as INIT proves, and the page can be added after all. */
	scene_add(&s, s.play, 1, AVOW_R | AVOW_X);
	scene_init(&s);
}

/* What is none is a denial too: no such rule or serial number, no errno of user space's. */
static void no_answers(void)
{
	static const int answers[] = { 1, 3, 4096, AVOW_ANSWER(0, 1, AVOW_ACTION_ALLOW),
				       AVOW_ANSWER(1, 0, AVOW_ACTION_ALLOW), AVOW_ANSWER(1, 1, AVOW_ACTION_NONE),
				       AVOW_ANSWER(1, AVOW_RULES_MAX + 1, AVOW_ACTION_ALLOW), -512, -4096, -2000000000 };
	struct scene s;
	size_t i;

	answer("", 0);
	scene_create(&s, 16);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		answer("load", answers[i]);
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0,
					    NULL), EPERM, 4104);
	}
	answer("", 0);
}

/* A policy's answers at each hook: what they do, and which rule is told. */
static void actions(void)
{
	struct scene s;
	u64 seq;

	answer("", 0);
	scene_image(&s, 2);
	answer("load", AVOW_ANSWER(7, 3, AVOW_ACTION_DENY));
	REFUSED(&s, raw_add(&s, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, NULL),
		EACCES, .rule = 702, .policy = AVOW_POLICY_RULE(7, 3), .asked = true,
		.source_class = AVOW_SRC_ANON);
	answer("load", AVOW_ANSWER(7, 3, AVOW_ACTION_ALLOW));
	scene_add(&s, s.play, 1, AVOW_R);
	answer("init", AVOW_ANSWER(AVOW_SERIAL_MAX, AVOW_RULES_MAX, AVOW_ACTION_DENY));
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	REFUSED(&s, avow_enclave_init(&s.e) < 0 ? -1 : 0, EACCES, .rule = 1500,
		.op = AVOW_OP_INIT, .policy = AVOW_POLICY_RULE(AVOW_SERIAL_MAX, AVOW_RULES_MAX));
	answer("", 0);
	scene_init(&s);
	scene_unmap(&s, s.play, 1);
	answer("map", AVOW_ANSWER(1, 1, AVOW_ACTION_DENY));
	REFUSED(&s, raw_map(&s, s.play, 1, PROT_READ), EACCES, .rule = 1401,
		.op = AVOW_OP_MMAP, .start = s.play, .end = s.play + PAGE, .requested = AVOW_R,
		.declared = AVOW_R, .source_class = AVOW_SRC_ANON, .policy = AVOW_POLICY_RULE(1, 1));
	seq = refusal_next(s.e.fd);
	answer("map", AVOW_ANSWER(1, 1, AVOW_ACTION_ALLOW));
	EXPECT_OK(raw_map(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(refusal_next(s.e.fd), seq);
	answer("", 0);
}

/* Allowed and told, by the tracepoint alone. */
static void audited(void)
{
	struct scene s;
	static char trace[16384];
	u64 seq;

	answer("", 0);
	scene_image(&s, 2);
	seq = refusal_next(s.e.fd);
	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	answer("load", AVOW_ANSWER(7, 3, AVOW_ACTION_AUDIT));
	scene_add(&s, s.play, 1, AVOW_R);
	answer("map", AVOW_ANSWER(7, 4, AVOW_ACTION_AUDIT));
	scene_unmap(&s, s.play, 1);
	EXPECT_OK(raw_map(&s, s.play, 1, PROT_READ));
	answer("init", AVOW_ANSWER(7, 5, AVOW_ACTION_AUDIT));
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	EXPECT_OK(avow_enclave_init(&s.e));
	answer("", 0);
	tracing_write("events/avow/avow_refusal/enable", "0");
	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 3);
	EXPECT_EQ(tracing_count(trace, "rule=R7.2 op=ADD_PAGES "), 1);
	EXPECT_EQ(tracing_count(trace, "rule=R14.1 op=mmap "), 1);
	EXPECT_EQ(tracing_count(trace, "rule=R15.0 op=INIT "), 1);
	EXPECT_EQ(tracing_count(trace, "policy=7:3 "), 1);
	EXPECT_EQ(tracing_count(trace, "policy=7:4 "), 1);
	EXPECT_EQ(tracing_count(trace, "policy=7:5 "), 1);
	EXPECT_EQ(tracing_count(trace, "errno=0 signal=0 "), 3);
	EXPECT_EQ(refusal_next(s.e.fd), seq);
	/* What was audited is initialised. */
	EXPECT_ERRNO(avow_enclave_init(&s.e), EINVAL);
}

/* A hole of compat that is mapped before its page is added: the page's history begins with an access. */
static void first_access(void)
{
	struct scene s;

	answer("", 0);
	scene_image(&s, 2);
	scene_unmap(&s, s.play, 1);
	REQUIRE_OK(raw_map(&s, s.play, 1, PROT_READ | PROT_WRITE));
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_init(&s);
	answer("map", AVOW_ANSWER(2, 5, AVOW_ACTION_DENY));
	REFUSED_ACCESS(&s, probe_read(scene_at(&s, s.play)), SIGBUS, .rule = 1402, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_R | AVOW_W,
		       .declared = AVOW_R | AVOW_W, .policy = AVOW_POLICY_RULE(2, 5),
		       .source_class = AVOW_SRC_ANON);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_EVER_W, 0);
	answer("", 0);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).signo, 0);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
	/* What adds nothing is not asked about again. */
	answer("map", -EPERM);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 1).signo, 0);
	answer("", 0);
}

/*
 * A slot of strict that is declared and mapped, then augmented by EACCEPT: what EAUG adds
 * has no history, and gets it by the first access that reaches it.
 */
static void augmented(void)
{
	struct scene s;
	u64 at;

	answer("", 0);
	scene_image(&s, 2);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, 2 * PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play, 2, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	answer("map", AVOW_ANSWER(2, 5, AVOW_ACTION_DENY));
	/* By EACCEPT and by an access alike: a PENDING page is nobody's to reach. */
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_INSIDE(inside_read(&s, at + PAGE), VECTOR_PF, PF_PRESENT | PF_USER | PF_SGX, at + PAGE);
	EXPECT_LEAF(inside_eaccept(&s, s.play + PAGE, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), 0);
	REFUSED_ACCESS(&s, probe_read(at), SIGBUS, .rule = 1402, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_R | AVOW_W,
		       .declared = AVOW_R | AVOW_W, .policy = AVOW_POLICY_RULE(2, 5));
	EXPECT_INSIDE(inside_write(&s, at + PAGE, 1), VECTOR_PF, ANY_ERROR, at + PAGE);
	EXPECT_EQ(scene_run(&s, s.play + PAGE).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), 0);
	answer("", 0);
	EXPECT_INSIDE_OK(inside_write(&s, at + PAGE, 1));
	EXPECT_EQ(scene_run(&s, s.play + PAGE).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_EVER_W, 0);
	/* What adds nothing is not asked about again. */
	answer("map", -EPERM);
	EXPECT_INSIDE_OK(inside_write(&s, at + PAGE, 2));
	answer("", 0);
}

/* EACCEPTCOPY writes to a page that no access has come to yet. */
static void first_copy(void)
{
	struct leaf_result r;
	struct scene s;
	u64 to;

	answer("", 0);
	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_R);
	to = s.play + PAGE;
	REQUIRE_OK(avow_declare_range(s.e.fd, to, PAGE, AVOW_RWX));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	scene_map(&s, to, 1, PROT_READ | PROT_WRITE);
	answer("map", -EPERM);
	r = inside_eacceptcopy(&s, to, s.play, AVOW_R | AVOW_W);
	answer("", 0);
	EXPECT_INSIDE(r.exit, VECTOR_PF, PF_USER | PF_WRITE, scene_at(&s, to));
	EXPECT_EQ(scene_run(&s, to).state & (AVOW_RUN_EVER_W | AVOW_RUN_PENDING), AVOW_RUN_PENDING);
	EXPECT_LEAF(inside_eacceptcopy(&s, to, s.play, AVOW_R | AVOW_W), 0);
	EXPECT_EQ(scene_run(&s, to).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
}

static void map(void)
{
	struct scene s;

	answer("", 0);
	scene_ready(&s, 2, AVOW_RWX, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ);
	scene_unmap(&s, s.play + PAGE, 1);
	answer("map", -EPERM);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EPERM, .rule = 1401,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_RWX, .source_class = AVOW_SRC_ANON);
	REFUSED(&s, raw_map(&s, s.play + PAGE, 1, PROT_READ), EPERM, .rule = 1401,
		.op = AVOW_OP_MMAP, .start = s.play + PAGE, .end = s.play + 2 * PAGE,
		.requested = AVOW_R, .declared = AVOW_RWX, .source_class = AVOW_SRC_ANON);
	answer("", 0);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
}

static void init(void)
{
	struct scene s;

	answer("", 0);
	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	answer("init", -EACCES);
	REFUSED_PLAINLY(&s, avow_enclave_init(&s.e) < 0 ? -1 : 0, EACCES, 1500);
	answer("", 0);
	EXPECT_OK(avow_enclave_init(&s.e));
}

TESTS(
	{ "R7.2, R41.1 a page that the hook denies is not added", load, BOTH },
	{ "R41.4 an answer that is none is a denial", no_answers, BOTH },
	{ "R41.3 a policy's answers, and the rule that is told", actions, BOTH },
	{ "R41.3 what a policy audits is allowed, told and not kept", audited, COMPAT },
	{ "R14.2 a page added under a mapping is asked about at its first access", first_access, COMPAT },
	{ "R14.2 R3.4 a page that EAUG added is asked about at its first access", augmented, BOTH },
	{ "R14.2 R34.3 EACCEPTCOPY to a page added under a mapping is asked about", first_copy, BOTH },
	{ "R14.1 a mapping that the hook denies is not made", map, BOTH },
	{ "R15 an enclave that the hook denies is not initialised", init, BOTH },
)
