// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R43.2: policies are replaced while processes load enclaves as fast as they can. All
 * policies deny code, each by another line, so that a page of code that is added was
 * judged by none of them. AVOW_RACE_SECONDS: how long (20).
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "policy_case.h"
#include "policy.h"
#include "watch.h"

#define PROCESSES	2

/* Of one process; and what was in force when. */
struct shared {
	struct tally {
		atomic_ulong judged;
		atomic_uint last_serial;
		atomic_ulong changes;
	} tallies[PROCESSES];
	atomic_uint newest;	/* that may be in force already */
	atomic_uint oldest;	/* that may be in force still */
	atomic_bool stopped;
};

static struct shared *shared;

static void judge(struct scene *s, struct tally *tally)
{
	u32 oldest = atomic_load(&shared->oldest), serial, rule;
	struct avow_refusal r;

	if (!raw_add(s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL)) {
		FAIL("a page of code was added: no policy judged it");
		return;
	}
	EXPECT_EQ(errno, EACCES);
	REQUIRE(refusal_last(s->e.fd, &r));
	serial = avow_policy_serial(r.policy);
	rule = avow_policy_rule(r.policy);
	/* Even serials deny by their first rule, odd ones by their second. */
	EXPECT_EQ(rule, serial % 2 + 1);
	EXPECT(serial >= oldest && serial <= atomic_load(&shared->newest));
	EXPECT(serial >= atomic_load(&tally->last_serial));
	if (atomic_exchange(&tally->last_serial, serial) != serial)
		atomic_fetch_add(&tally->changes, 1);
	atomic_fetch_add(&tally->judged, 1);
}

static void load_enclaves(void *arg)
{
	struct tally *tally = arg;
	struct scene s;
	int i;

	while (!atomic_load(&shared->stopped) && !test_failed()) {
		scene_create(&s, 4);
		for (i = 0; i < 32; i++)
			judge(&s, tally);
		/* What is not denied is added under every policy. */
		EXPECT_OK(raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
		scene_close(&s);
	}
}

/* A policy that denies by the rule that its serial number says. */
static void put(u32 serial)
{
	u32 got;

	atomic_store(&shared->newest, serial);
	got = policy_put("%sdeny load intent has x\ndefault allow\n", serial % 2 ? "deny load source is other\n" : "");
	EXPECT_EQ(got, serial);
	atomic_store(&shared->oldest, serial);
}

static unsigned int seconds(void)
{
	const char *text = getenv("AVOW_RACE_SECONDS");

	return text ? (unsigned int)atoi(text) : 20;
}

static void replaced(void)
{
	pid_t pids[PROCESSES];
	u32 serial;
	time_t end;
	int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(shared != MAP_FAILED);
	serial = policy_put("default allow\n") + 1;
	put(serial);
	for (i = 0; i < PROCESSES; i++)
		pids[i] = fork_child(load_enclaves, &shared->tallies[i]);
	for (end = time(NULL) + (time_t)seconds(); time(NULL) < end && !test_failed();)
		put(++serial);
	atomic_store(&shared->stopped, true);
	for (i = 0; i < PROCESSES; i++) {
		expect_child(pids[i]);
		printf("# process %d: %lu pages judged, by %lu policies\n", i, atomic_load(&shared->tallies[i].judged),
		       atomic_load(&shared->tallies[i].changes));
		EXPECT(atomic_load(&shared->tallies[i].changes) >= 2);
	}
}

static void over(void)
{
	policy_drop();
}

TESTS(
	{ "R43.2 while it is replaced each page is judged by one policy or the other", replaced, ONCE },
	{ "R43.4 unloaded", over, ONCE },
)
