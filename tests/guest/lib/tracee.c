// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "tracee.h"

struct shared *share(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(shared != MAP_FAILED);
	return shared;
}

void tracee_enters(void *arg)
{
	struct tracee *t = arg;

	t->shared->exit = enter(t->s, 0, &t->shared->op);
	t->shared->done = true;
}

void tracee_enters_traced(void *arg)
{
	REQUIRE(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	tracee_enters(arg);
}

void wait_inside(const struct op *op)
{
	while (!op->inside)
		usleep(1000);
}
