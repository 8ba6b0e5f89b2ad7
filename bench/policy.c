// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a policy costs: adding a page and mprotect() of an enclave's page, where each asks
 * it, and mprotect() of other memory, which does not. With the module alone, with one policy
 * after the other, without a policy again, and without the module.
 */
#include <stdio.h>
#include <sys/mman.h>

#include "bench.h"
#include "policy_case.h"

#define RX		(AVOW_R | AVOW_X)
#define PAGES		512	/* of an enclave; more than any measurement adds */
#define USERS		49	/* two rules for each of them */
#define FIRST_USER	1001U	/* nobody is; this program is root */

/* ---- adding pages ---- */

struct adding {
	struct scene s;
	const u8 *src;
	u64 next;		/* offset of the next page */
	u64 secinfo, flags;
	u64 added;		/* bytes of them that the kernel took */
};

static void add_page(void *arg)
{
	struct adding *a = arg;

	a->added += add_bytes(&a->s, a->src, a->next, PAGE, a->secinfo, a->flags);
	a->next += PAGE;
}

/* A new enclave each time, so that all are as full at the same run. */
static void measure_adding(const char *name, const u8 *src, u32 rights, u64 flags)
{
	struct adding a = { .src = src, .secinfo = avow_secinfo_reg(rights), .flags = flags };

	scene_create(&a.s, PAGES);
	measure(name, RUNS, &(struct task){ .run = add_page, .arg = &a });
	REQUIRE(a.next && a.added == a.next);
	scene_close(&a.s);
}

/* ---- mprotect() ---- */

static void measure_enclave_mprotect(const char *name)
{
	struct scene s;

	scene_create(&s, 2);
	scene_add(&s, 0, 1, AVOW_R | AVOW_W);
	scene_map(&s, 0, 1, PROT_READ | PROT_WRITE);
	/* As task_protect() does it, which does not look at what comes of it. */
	REQUIRE_OK(raw_protect(&s, 0, 1, PROT_READ));
	REQUIRE_OK(raw_protect(&s, 0, 1, PROT_READ | PROT_WRITE));
	measure(name, RUNS, &(struct task){ .run = task_protect, .arg = (void *)scene_at(&s, 0) });
	scene_close(&s);
}

/* ---- policies ---- */

static const u8 *code;		/* a file's, mapped executable */
static void *unrelated;		/* a page that is no enclave's */

static void measure_unrelated(const char *state)
{
	measure(name_of("policy", "unrelated", state), RUNS,
		&(struct task){ .run = task_protect, .arg = unrelated });
}

static void measure_state(const char *state)
{
	measure_adding(name_of("policy", "add_code", state), code, RX, SGX_PAGE_MEASURE);
	measure_adding(name_of("policy", "add_data", state), code, AVOW_R, 0);
	measure_enclave_mprotect(name_of("policy", "mprotect", state));
	measure_unrelated(state);
}

static void need_policy(const char *path)
{
	static struct output out;

	run(&out, false, "avow policy load %s", path);
	if (out.status)
		FAIL("%s", out.text);
	REQUIRE(!out.status);
}

/* A hundred rules, of which the last answers, whatever is asked. */
static void need_hundred(void)
{
	static char text[2 * USERS * 32 + 64];
	size_t used = 0;
	u32 user;

	for (user = FIRST_USER; user < FIRST_USER + USERS; user++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "deny load user is %u\ndeny map user is %u\n", user, user);
	snprintf(text + used, sizeof(text) - used, "deny init user is %u\ndefault allow\n", FIRST_USER);
	policy_put("%s", text);
}

static void run_all(void)
{
	make_file("/tmp/bench-code");
	code = map_file("/tmp/bench-code", PROT_READ | PROT_EXEC);
	unrelated = task_page(PROT_READ | PROT_WRITE);

	need_module(bench_avow);
	measure_state("none");
	policy_put("default allow\n");
	measure_state("allow");
	need_policy(data_path("files.policy"));
	measure_state("files");
	need_hundred();
	measure_state("hundred");
	policy_drop();
	measure_state("dropped");
	need_no_module("avow");
	/* Last: what was mapped above changed the tree of mappings, which mprotect() walks. */
	measure_unrelated("absent");
}

const struct family policy = { .name = "policy", .run = run_all };
