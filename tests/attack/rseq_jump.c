// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * By rseq() the host names a loop of the enclave as a section that is not to be preempted, and
 * another place in the enclave as where to go on if it was; and has it preempted. The kernel
 * would set RIP to that place. R35.3. The hole is rseq_inside.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "attack.h"
#include "section.h"
#include "thread.h"

#define LOOP		10	/* in the page: where the loop begins */
#define LOOP_SIZE	7
#define ELSEWHERE	64	/* in the page: where nobody ever goes */
#define ROUNDS		400	/* a quarter of which must be preemptions */
#define MOMENT		2000	/* microseconds */

static volatile u32 stop, reached;

/* A page of the enclave: MOV of an address to RAX, the loop until that is not zero, RET; another. */
static const u8 *code(void)
{
	static const u8 move[] = { 0x48, 0xb8 };
	static const u8 loop[LOOP_SIZE] = { 0xf3, 0x90, 0x83, 0x38, 0x00, 0x74, 0xf9 };
	static const u8 mark[] = { 0xc7, 0x00, 0x01, 0x00, 0x00, 0x00, 0xc3 };
	const u64 addresses[] = { (u64)&stop, (u64)&reached };
	u8 *at = source_anon(1, PROT_READ | PROT_WRITE);

	memcpy(at, move, sizeof(move));
	memcpy(at + 2, &addresses[0], sizeof(u64));
	memcpy(at + LOOP, loop, sizeof(loop));
	at[LOOP + LOOP_SIZE] = 0xc3;
	memcpy(at + ELSEWHERE, move, sizeof(move));
	memcpy(at + ELSEWHERE + 2, &addresses[1], sizeof(u64));
	memcpy(at + ELSEWHERE + 10, mark, sizeof(mark));
	REQUIRE(!mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	return at;
}

/* The enclave with that page at s->play. */
static void scene_looping(struct scene *s)
{
	struct avow_pages p = {
		.src = code(),
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_X),
		.flags = SGX_PAGE_MEASURE,
	};

	scene_image(s, 1);
	p.offset = s->play;
	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
	scene_init(s);
	scene_map(s, s->play, 1, PROT_READ | PROT_EXEC);
}

/* Awake for a moment again and again, it takes the processor from the thread inside. */
static void *preempts(void *unused)
{
	int i;

	for (i = 0; i < ROUNDS && !reached; i++) {
		/* The kernel forgets it where it finds the thread elsewhere. */
		section_arm();
		usleep(MOMENT);
	}
	stop = 1;
	return unused;
}

static long preemptions(void)
{
	return thread_usage().ru_nivcsw;
}

void attack(void)
{
	struct op op = { .id = OP_EXEC };
	pthread_t other;
	struct scene s;
	long before;

	scene_looping(&s);
	op.addr = scene_at(&s, s.play);
	section_register(op.addr + LOOP, op.addr + LOOP + LOOP_SIZE, op.addr + ELSEWHERE);
	REQUIRE(thread_stay_on(0));
	before = preemptions();
	REQUIRE(!pthread_create(&other, NULL, preempts, NULL));
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	if (reached)
		got_through("the thread inside went on where the host wanted it to");
	if (test_failed() || preemptions() - before < ROUNDS / 4)
		could_not_try("left the enclave after %ld preemptions", preemptions() - before);
	stopped("preempted inside: it went on where it was");
}
