// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * In a kernel that is preempted everywhere, a program at a hook that is interrupted by
 * another task is skipped for that task: nobody answers, which allows. Two tasks on one
 * processor ask all the time for what the policy denies. R14.1 (R41): while the hook is asked nobody else
 * runs there. The hole is hook_preempted.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "attack.h"

#define DEBUGFS		"/sys/kernel/debug"
#define PREEMPTION	DEBUGFS "/sched/preempt"
#define SECONDS		10

struct tries {
	struct scene s;
	volatile bool stop;
	volatile unsigned long denied, allowed;
};

/* "none (voluntary) full": the one in force. */
static void read_preemption(char mode[32])
{
	char text[128] = "", *from;
	int fd = open(PREEMPTION, O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	from = strchr(text, '(');
	REQUIRE(from && strcspn(from + 1, ")") < 32);
	from[1 + strcspn(from + 1, ")")] = '\0';
	strcpy(mode, from + 1);
}

static void set_preemption(const char *mode)
{
	int fd = open(PREEMPTION, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, mode, strlen(mode)) == (ssize_t)strlen(mode));
	close(fd);
}

static void asks(void *arg)
{
	struct tries *t = arg;
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	REQUIRE(!sched_setaffinity(0, sizeof(first), &first));
	while (!t->stop)
		if (raw_protect(&t->s, t->s.play, 1, PROT_READ | PROT_EXEC))
			t->denied++;
		else
			t->allowed++;
}

/* Many rules that do not match: the program takes its time. */
static void load(void)
{
	static char text[16384];
	size_t used = 0, i;

	for (i = 0; i < 200; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "allow map prot is rwx, user is %zu\n", 1000 + i);
	snprintf(text + used, sizeof(text) - used, "deny map prot is rx\ndefault allow\n");
	attack_policy(text);
}

void attack(void)
{
	struct tries *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char mode[32];
	pid_t pid[2];
	int i;

	REQUIRE(t != MAP_FAILED);
	REQUIRE(!unshare(CLONE_NEWNS));
	if (access(PREEMPTION, F_OK))
		REQUIRE(!mount("none", DEBUGFS, "debugfs", 0, NULL));
	scene_ready(&t->s, 1, AVOW_R | AVOW_X, AVOW_R | AVOW_X);
	scene_map(&t->s, t->s.play, 1, PROT_READ);
	load();
	read_preemption(mode);
	set_preemption("full");
	attempt_begin(&t->s);
	for (i = 0; i < 2; i++)
		pid[i] = fork_child(asks, t);
	for (i = 0; i < SECONDS && !t->allowed; i++)
		sleep(1);
	t->stop = true;
	set_preemption(mode);
	for (i = 0; i < 2; i++)
		expect_child(pid[i]);

	if (t->allowed)
		got_through("%lu of %lu requests that the policy denies were allowed", t->allowed,
			    t->allowed + t->denied);
	stopped_throughout(&t->s, t->denied);
}
