// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Linux skips a BPF program that is active on this processor already, and what is skipped has
 * not denied. So two processes on one processor ask all the time for what the policy denies:
 * where one loses the processor in the middle of the program, the other is not asked. R7.1:
 * who asks keeps the processor until it is answered, so that R7.2 denies all. The hole is
 * hook_preempted. The kernel is told to take processors away anywhere, as with preempt=full.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "borrowed.h"
#include "thread.h"

#define PREEMPT	"/sys/kernel/debug/sched/preempt"

struct outcome {
	const u8 *src;
	volatile unsigned long rounds[2], round_that_got_through;
};

/* The kernel's list of ways, with the present one in parentheses. A kernel that is built full has none. */
static void present_way(char way[16])
{
	FILE *file = fopen(PREEMPT, "re");

	*way = '\0';
	if (!file)
		return;
	REQUIRE(fscanf(file, "%*[^(](%15[^)])", way) == 1);
	fclose(file);
}

static void preempt(const char *way)
{
	int fd;

	if (!*way)
		return;
	fd = open(PREEMPT, O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, way, strlen(way)) == (ssize_t)strlen(way));
	close(fd);
}

static void asks(struct outcome *out, int number)
{
	struct scene s;

	REQUIRE(thread_stay_on(0));
	scene_image(&s, 1);
	while (time_left() && !out->round_that_got_through) {
		out->rounds[number]++;
		if (!borrowed_add(&s, out->src))
			out->round_that_got_through = out->rounds[number];
	}
}

static void first(void *arg)
{
	asks(arg, 0);
}

static void second(void *arg)
{
	asks(arg, 1);
}

void attack(void)
{
	struct outcome *out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t one, other;
	struct scene s;
	char way[16];

	REQUIRE(out != MAP_FAILED);
	out->src = borrowed_evil(PROT_READ | PROT_EXEC);
	attack_policy("deny load intent is rx, source is anonymous\ndefault allow\n");
	present_way(way);
	preempt(*way ? "full" : "");
	one = fork_child(first, out);
	other = fork_child(second, out);
	expect_child(one);
	expect_child(other);
	preempt(way);
	if (out->round_that_got_through)
		got_through("added what the policy denies, in round %lu", out->round_that_got_through);
	REQUIRE(out->rounds[0] && out->rounds[1]);
	scene_image(&s, 1);
	ATTEMPT(&s, borrowed_add(&s, out->src));
	could_not_try("the policy does not deny it");
}
