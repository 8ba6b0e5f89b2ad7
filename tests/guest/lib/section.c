// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/rseq.h>
#include <sys/syscall.h>

#include "section.h"

#define SIZE	32	/* of the area, and what it is aligned to */

static struct rseq area __attribute__((aligned(SIZE)));
static struct rseq_cs section __attribute__((aligned(SIZE)));

/* There can be but one area. What is before the other place is the signature, whatever it is. */
void section_register(u64 start, u64 end, u64 elsewhere)
{
	char *library = (char *)__builtin_thread_pointer() + __rseq_offset;
	u32 signature;

	section.start_ip = start;
	section.post_commit_offset = end - start;
	section.abort_ip = elsewhere;
	memcpy(&signature, (const void *)(elsewhere - sizeof(signature)), sizeof(signature));
	if (__rseq_size)
		REQUIRE(!syscall(SYS_rseq, library, SIZE, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
	REQUIRE(!syscall(SYS_rseq, &area, SIZE, 0, signature));
}

void section_arm(void)
{
	*(volatile u64 *)&area.rseq_cs = (u64)&section;
}
