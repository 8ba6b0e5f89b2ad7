// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "granted.h"

u64 granted_word(struct scene *s)
{
	u64 at, i;

	scene_ready(s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(s, s->play) + 64;
	for (i = 0; i < 4; i++)
		REQUIRE(!probe_write(at + i, GRANTED_BYTE).signo);
	REQUIRE_OK(raw_restrict(s, s->play, 1, AVOW_R));
	return at;
}

static int ends(void *arg)
{
	(void)arg;
	return 0;
}

void granted_thread(u64 word, int flags)
{
	static u8 stack[65536] __attribute__((aligned(16)));
	int status;
	pid_t pid;

	/* A process of its own that shares the memory, so that its end can be waited for. */
	pid = clone(ends, stack + sizeof(stack), CLONE_VM | SIGCHLD | flags, NULL, (void *)word, NULL,
		    (void *)word);
	REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid);
}
