// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * When a thread dies, the kernel writes a zero to the address that set_tid_address() named,
 * if it can. It is in a page that the EPCM lets nobody write. R10.2. The hole is entry_epcm.
 */
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "granted.h"

static u8 stack[65536] __attribute__((aligned(16)));

static int dies(void *arg)
{
	(void)arg;
	return 0;
}

static int cleared(u64 at)
{
	errno = EFAULT;
	return *(volatile u32 *)at ? -1 : 0;
}

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);
	pid_t pid;
	int status;

	attempt_begin(&s);
	/* A process of its own that shares the memory, so that its end can be waited for. */
	pid = clone(dies, stack + sizeof(stack), CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, NULL,
		    NULL, NULL, (void *)at);
	REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid);

	attempt_end(&s, "a thread's death", cleared(at));
	got_through("a dying thread's kernel wrote to a page that the EPCM lets nobody write");
}
