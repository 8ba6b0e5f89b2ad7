// SPDX-License-Identifier: LGPL-2.1-or-later
/* R10.4: from outside, a page that the EPCM grants to nobody is ones, and stays as it is. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define PF_EPCM		(PF_SGX | PF_PRESENT | PF_USER)

/* A PENDING page at s->play, mapped RWX, and one with bytes behind it. */
static u64 scene_pending(struct scene *s)
{
	u64 at;

	scene_image(s, 4);
	REQUIRE_OK(avow_declare_range(s->e.fd, s->play, PAGE, AVOW_RWX));
	scene_add_intent(s, s->play + PAGE, 1, AVOW_R | AVOW_W, AVOW_RWX);
	scene_init(s);
	scene_map(s, s->play, 2, PROT_READ | PROT_WRITE | PROT_EXEC);
	at = scene_at(s, s->play);
	EXPECT_EQ(probe_read(at).signo, 0);
	REQUIRE(scene_run(s, s->play).state & AVOW_RUN_PENDING);
	return at;
}

static bool all_ones(const volatile u8 *at)
{
	u64 i;

	for (i = 0; i < PAGE; i++)
		if (at[i] != 0xff)
			return false;
	return true;
}

/* Everything of it reads as ones, before and after a write; nobody is told. */
static void ones(void)
{
	struct scene s;
	u64 at = scene_pending(&s);

	REFUSED_ACCESS(&s, probe_read(at + 5), 0, .rule = 0);
	EXPECT(all_ones((const volatile u8 *)at));
	REFUSED_ACCESS(&s, probe_write(at + 5, 0x12), 0, .rule = 0);
	EXPECT_DROPPED(at + 5, 0x13);
	EXPECT(all_ones((const volatile u8 *)at));
	EXPECT(all_ones((const volatile u8 *)scene_at(&s, 0)));		/* a TCS */
	EXPECT_DROPPED(scene_at(&s, 8), 1);
	EXPECT(all_ones((const volatile u8 *)scene_at(&s, 0)));
	EXPECT_INSIDE_OK(inside_nothing(&s));				/* which it did not harm */
}

/* What was written while it was pending is not in it when it is accepted, nor are ones. */
static void accepted(void)
{
	struct scene s;
	u64 at = scene_pending(&s);
	u64 i;

	for (i = 0; i < PAGE; i += 512)
		EXPECT_EQ(probe_write(at + i, 0x77).signo, 0);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	for (i = 0; i < PAGE; i += 512)
		EXPECT_EQ(probe_read(at + i).value, 0);
	EXPECT_EQ(inside_read(&s, at).value, 0);
	EXPECT_INSIDE_OK(inside_write(&s, at, 0x31));
	EXPECT_EQ(probe_read(at).value, 0x31);
	EXPECT_EQ(probe_write(at, 0x32).signo, 0);
	EXPECT_EQ(inside_read(&s, at).value, 0x32);
}

/* An entry that served the outside serves nobody inside. */
static void not_inside(void)
{
	struct scene s;
	u64 at = scene_pending(&s), tcs = scene_at(&s, PAGE);
	int i;

	for (i = 0; i < 20; i++) {
		EXPECT_EQ(probe_read(at).value, 0xff);
		EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_EPCM, at);
		EXPECT_EQ(probe_write(at, 1).signo, 0);
		EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_EPCM, at);
		EXPECT_EQ(probe_write(at, 1).signo, 0);
		EXPECT_INSIDE(inside_write(&s, at, 2), VECTOR_PF, PF_EPCM | PF_WRITE, at);
		EXPECT_EQ(probe_read(tcs).value, 0xff);
		EXPECT_INSIDE(inside_read(&s, tcs), VECTOR_PF, PF_EPCM, tcs);
		EXPECT_EQ(probe_write(tcs + 8, 1).signo, 0);
		EXPECT_INSIDE(inside_write(&s, tcs, 2), VECTOR_PF, PF_EPCM | PF_WRITE, tcs);
	}
	EXPECT(scene_run(&s, s.play).state & AVOW_RUN_PENDING);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_INSIDE_OK(inside_read(&s, at));
}

/* The kernel reads and writes there for the process as the process would. */
static void by_the_kernel(void)
{
	struct scene s;
	u64 at = scene_pending(&s);
	u8 bytes[64];
	int fds[2];
	u64 i;

	REQUIRE(!pipe(fds));
	EXPECT_EQ(write(fds[1], (const void *)at, sizeof(bytes)), sizeof(bytes));
	REQUIRE(read(fds[0], bytes, sizeof(bytes)) == sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		EXPECT_EQ(bytes[i], 0xff);
	memset(bytes, 0x44, sizeof(bytes));
	REQUIRE(write(fds[1], bytes, sizeof(bytes)) == sizeof(bytes));
	EXPECT_EQ(read(fds[0], (void *)at, sizeof(bytes)), sizeof(bytes));
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(inside_read(&s, at).value, 0);
}

/* Ones are no code: a fetch is SIGSEGV, with an entry for reading there and without. */
static void fetched(void)
{
	struct scene s;
	u64 at = scene_pending(&s);
	int i;

	for (i = 0; i < 3; i++) {
		struct fault f = probe_exec(at);

		EXPECT_EQ(f.signo, SIGSEGV);
		EXPECT_EQ(f.trapno, VECTOR_PF);
		EXPECT_EQ(f.addr, at);
		EXPECT_EQ(probe_read(at).value, 0xff);
	}
}

/* It does not go beyond its page, nor stay when the page has rights again. */
static void neighbours(void)
{
	struct scene s;
	u64 at = scene_pending(&s), next = at + PAGE;

	EXPECT_EQ(probe_read(at).value, 0xff);
	EXPECT_EQ(probe_write(at + PAGE - 1, 9).signo, 0);
	EXPECT_EQ(probe_read(next + 1).value, source_byte(0, 1));
	REQUIRE_OK(raw_restrict(&s, s.play + PAGE, 1, 0));
	EXPECT_EQ(probe_read(next + 1).value, 0xff);
	EXPECT_EQ(probe_write(next + 1, 9).signo, 0);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play + PAGE, AVOW_R | AVOW_W).exit);
	EXPECT_EQ(probe_read(next + 1).value, source_byte(0, 1));
	EXPECT_EQ(inside_read(&s, next + 1).value, source_byte(0, 1));
}

static void child_looks(void *arg)
{
	u64 at = (u64)arg;
	int i;

	for (i = 0; i < 60; i++)
		EXPECT_DROPPED(at, (u8)i);
}

/* Two processes do not see what the other drops; when both are gone nothing is left. */
static void by_a_child(void)
{
	struct scene s;
	u64 at = scene_pending(&s);
	pid_t pid = fork_child(child_looks, (void *)at);
	int i;

	for (i = 0; i < 60; i++)
		EXPECT_DROPPED(at, (u8)(0x80 | i));
	expect_child(pid);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(inside_read(&s, at).value, 0);
}

TESTS(
	{ "R10.4 reads give ones, writes are dropped, nobody is told", ones, BOTH },
	{ "R10.4 R34.1 accepted after outside accesses", accepted, BOTH },
	{ "R10.4 R10.2 an inside access right after an outside one", not_inside, BOTH },
	{ "R10.4 the kernel's own accesses", by_the_kernel, BOTH },
	{ "R10.4 a fetch is SIGSEGV", fetched, BOTH },
	{ "R10.4 R10.3 its neighbours, and rights that come back", neighbours, BOTH },
	{ "R10.4 two processes", by_a_child, BOTH },
)
