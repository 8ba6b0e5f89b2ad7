// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The stack for signals lies in a page that the EPCM lets nobody write, and a signal comes: the
 * kernel writes a frame there, with every register in it. R10.2. The hole is entry_epcm.
 */
#include <signal.h>
#include <sys/wait.h>

#include "granted.h"

static void never(int signo)
{
	_exit(signo);
}

static void gets_signal(void *arg)
{
	const stack_t stack = { .ss_sp = arg, .ss_size = PAGE };
	const struct sigaction act = { .sa_handler = never, .sa_flags = SA_ONSTACK };

	signal(SIGSEGV, SIG_DFL);
	REQUIRE(!sigaltstack(&stack, NULL));
	REQUIRE(!sigaction(SIGUSR1, &act, NULL));
	raise(SIGUSR1);
}

void attack(void)
{
	static u8 before[PAGE];
	struct scene s;
	u64 page = granted_word(&s) & ~(PAGE - 1), i;
	int status;
	pid_t pid;

	for (i = 0; i < PAGE; i++)
		before[i] = ((volatile u8 *)page)[i];
	attempt_begin(&s);
	pid = fork_child(gets_signal, (void *)page);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	for (i = 0; i < PAGE; i++)
		if (((volatile u8 *)page)[i] != before[i])
			got_through("the kernel wrote a signal's frame to a page that the EPCM lets nobody write");
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		could_not_try("the signal: %#x, and nothing was written", (unsigned int)status);
	attempt_end(&s, "a signal", -EFAULT);
}
