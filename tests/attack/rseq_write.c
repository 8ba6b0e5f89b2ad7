// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread tells the kernel where it wants to be told its processor's number, by rseq(): in a
 * page that the EPCM lets nobody write. The kernel writes there whenever it returns to the
 * thread. R10.2. The hole is entry_epcm.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "granted.h"

#define SIZE	32	/* of the area, and what it is aligned to */

/* The library has told the kernel of one already, and there can be but one. */
static void registers(void *arg)
{
	char *library = (char *)__builtin_thread_pointer() + __rseq_offset;

	signal(SIGSEGV, SIG_DFL);
	if (__rseq_size)
		REQUIRE(!syscall(SYS_rseq, library, SIZE, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
	if (syscall(SYS_rseq, arg, SIZE, 0, RSEQ_SIG))
		_exit(errno);
	syscall(SYS_rseq, arg, SIZE, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
	_exit(0);
}

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s) & ~(u64)(SIZE - 1);
	u32 before = *(volatile u32 *)(at + offsetof(struct rseq, cpu_id_start));
	int status;
	pid_t pid;

	REQUIRE(before == 0x01010101 * GRANTED_BYTE);
	attempt_begin(&s);
	pid = fork_child(registers, (void *)at);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (*(volatile u32 *)(at + offsetof(struct rseq, cpu_id_start)) != before)
		got_through("the kernel wrote a processor's number to a page that the EPCM lets nobody write");
	/* Told by the call, or at the return to the thread. */
	if (status != EFAULT << 8 && status != SIGSEGV)
		could_not_try("rseq(): %#x, and nothing was written", (unsigned int)status);
	attempt_end(&s, "rseq()", -EFAULT);
}
