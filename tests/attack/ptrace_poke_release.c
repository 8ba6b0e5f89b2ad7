// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A debugger attaches to a process and pokes into its enclave, which is not a DEBUG one. The
 * page's intent has W, so that only the enclave's kind speaks against it. R17.1. The hole
 * is debug_release.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "attack.h"

static void wait_to_be_poked(void *arg)
{
	(void)arg;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
}

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT };
	struct scene s;
	int status;
	pid_t pid;
	u64 at;

	scene_image_with(&s, 1, &params);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play) + 16;
	pid = fork_child(wait_to_be_poked, NULL);
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));

	ATTEMPT(&s, ptrace(PTRACE_POKEDATA, pid, at, 0x5a5a5a5a5a5a5a5aL));
	if (probe_read(at).value != 0x5a)
		could_not_try("the poke succeeded, and the byte is as it was");
	got_through("a debugger wrote to an enclave that is not to be debugged");
}
