// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R10.5: the neighbours that get an entry when a page is accessed, told by the faults that
 * their own first accesses make, or not; and that no entry which was made so is more than
 * R10.3 allows, then and after each change.
 */
#include <signal.h>
#include <sys/mman.h>

#include "inside.h"
#include "thread.h"
#include "watch.h"

#define AROUND		16ULL	/* pages, aligned */
#define RW		(AVOW_R | AVOW_W)
#define AUGMENTED	(avow_secinfo_reg(RW) | SECINFO_PENDING)

/* Offset of the first page of a stretch of AROUND, aligned, that the image leaves free. */
static u64 aligned(const struct scene *s)
{
	return (s->play + AROUND * PAGE - 1) & ~(AROUND * PAGE - 1);
}

/* Pages added there, of these rights, in an enclave that is initialised and mapped RW. */
static u64 ready(struct scene *s, u32 epcm, u32 intent)
{
	u64 first;

	scene_image(s, 3 * AROUND);
	first = aligned(s);
	scene_add_intent(s, first, AROUND, epcm, intent);
	scene_init(s);
	scene_map(s, first, AROUND, PROT_READ | PROT_WRITE);
	return first;
}

/* Nothing there yet but a mapping RW. */
static u64 mapped_early(struct scene *s)
{
	u64 first;

	scene_image(s, 3 * AROUND);
	first = aligned(s);
	scene_unmap(s, first, AROUND);
	REQUIRE_OK(raw_map(s, first, AROUND, PROT_READ | PROT_WRITE));
	return first;
}

/* Does a read of the page find no entry? */
static bool faults(const struct scene *s, u64 offset)
{
	volatile u8 *at = (volatile u8 *)scene_at(s, offset);
	long before;

	thread_faults();		/* so that what it needs is there */
	before = thread_faults();
	(void)*at;
	return thread_faults() != before;
}

static void all_come_along(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW), i;

	EXPECT(faults(&s, first + 5 * PAGE));
	for (i = 0; i < AROUND; i++)
		EXPECT(!faults(&s, first + i * PAGE));
	/* As whole as by an access of their own. */
	EXPECT_EQ(probe_write(scene_at(&s, first + 6 * PAGE), 1).signo, 0);
	EXPECT_EQ(probe_read(scene_at(&s, first + 7 * PAGE)).value, source_byte(7, 0));
}

/* Not of another mapping, whose rights are others. */
static void none_of_another_mapping(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW);

	REQUIRE_OK(raw_protect(&s, first + 8 * PAGE, 8, PROT_READ));
	EXPECT(faults(&s, first + 7 * PAGE));
	EXPECT(!faults(&s, first));
	EXPECT(faults(&s, first + 8 * PAGE));
	EXPECT_EQ(probe_write(scene_at(&s, first + 8 * PAGE), 1).signo, SIGSEGV);
}

/* Not where the EPCM grants less than the mapping allows. */
static void none_of_lesser_rights(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW);

	REQUIRE_OK(raw_restrict(&s, first + PAGE, 1, AVOW_R));
	EXPECT(faults(&s, first));
	EXPECT(!faults(&s, first + 2 * PAGE));
	EXPECT_EQ(probe_write(scene_at(&s, first + PAGE), 1).signo, SIGSEGV);
	EXPECT(!faults(&s, first + 15 * PAGE));
	EXPECT_EQ(probe_read(scene_at(&s, first + PAGE)).signo, 0);
}

/* Not beyond an intent that was given under the mapping: an access to it is SIGBUS. */
static void none_beyond_the_intent(void)
{
	struct scene s;
	u64 first = mapped_early(&s);

	scene_add(&s, first, 1, RW);
	scene_add_intent(&s, first + PAGE, 1, RW, AVOW_R);
	scene_init(&s);
	EXPECT(faults(&s, first));
	EXPECT_EQ(probe_read(scene_at(&s, first + PAGE)).signo, SIGBUS);
	EXPECT_EQ(probe_write(scene_at(&s, first + PAGE), 1).signo, SIGBUS);
}

/* A hole stays one, and what is PENDING or a TCS gets no entry. */
static void none_of_what_is_not_there(void)
{
	struct scene s;
	u64 first, used;

	scene_image(&s, 3 * AROUND);
	first = aligned(&s);
	scene_add(&s, first, 1, RW);
	REQUIRE_OK(avow_declare_range(s.e.fd, first + PAGE, 2 * PAGE, RW));
	scene_init(&s);
	scene_map(&s, first, 3, PROT_READ | PROT_WRITE);
	/* Inside, where no abort page serves. */
	EXPECT_INSIDE(inside_read(&s, scene_at(&s, first + PAGE)), VECTOR_PF,
		      PF_PRESENT | PF_USER | PF_SGX, scene_at(&s, first + PAGE));
	used = epc_used(&s);
	EXPECT(faults(&s, first));
	EXPECT_EQ(epc_used(&s), used);
	EXPECT_EQ(scene_run(&s, first + 2 * PAGE).state & AVOW_RUN_PRESENT, 0);
	EXPECT_INSIDE(inside_read(&s, scene_at(&s, first + PAGE)), VECTOR_PF,
		      PF_PRESENT | PF_USER | PF_SGX, scene_at(&s, first + PAGE));
	EXPECT_LEAF(inside_eaccept(&s, first + PAGE, AUGMENTED), 0);
	EXPECT_INSIDE_OK(inside_write(&s, scene_at(&s, first + PAGE), 1));
}

/* R16.2: a page that was added under the mapping was not accessed, and is not by its neighbour. */
static void none_without_history(void)
{
	struct scene s;
	u64 first = mapped_early(&s);

	scene_add(&s, first, 2, RW);
	scene_init(&s);
	EXPECT(faults(&s, first));
	EXPECT_EQ(scene_run(&s, first).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
	EXPECT_EQ(scene_run(&s, first + PAGE).state & AVOW_RUN_EVER_W, 0);
	EXPECT(faults(&s, first + PAGE));
	EXPECT_EQ(scene_run(&s, first + PAGE).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
}

/* What came along goes with each change, as what was accessed does. */
static void lowered(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW);

	EXPECT(faults(&s, first));
	REQUIRE_OK(avow_lower_range(s.e.fd, first + PAGE, PAGE, AVOW_R));
	EXPECT_EQ(probe_write(scene_at(&s, first + PAGE), 1).signo, SIGBUS);
	EXPECT_EQ(probe_write(scene_at(&s, first + 2 * PAGE), 1).signo, 0);
}

static void restricted(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW);

	EXPECT(faults(&s, first));
	REQUIRE_OK(raw_restrict(&s, first + PAGE, 1, AVOW_R));
	EXPECT_EQ(probe_write(scene_at(&s, first + PAGE), 1).signo, SIGSEGV);
	EXPECT_EQ(probe_read(scene_at(&s, first + PAGE)).signo, 0);
	REQUIRE_OK(raw_modify(&s, first + 2 * PAGE, 1, PT_TRIM));
	EXPECT_EQ(probe_read(scene_at(&s, first + 2 * PAGE)).value, 0xff);
}

static void child_reads(void *arg)
{
	struct scene *s = arg;
	u64 first = aligned(s);

	EXPECT(faults(s, first));
	EXPECT(!faults(s, first + PAGE));
	REQUIRE_OK(raw_restrict(s, first + PAGE, 1, AVOW_R));
	EXPECT_EQ(probe_write(scene_at(s, first + PAGE), 1).signo, SIGSEGV);
}

/* In every address space. */
static void in_a_child(void)
{
	struct scene s;
	u64 first = ready(&s, RW, RW);

	in_child(child_reads, &s);
	EXPECT_EQ(probe_write(scene_at(&s, first + PAGE), 1).signo, SIGSEGV);
	EXPECT_EQ(probe_write(scene_at(&s, first), 1).signo, 0);
}

TESTS(
	{ "R10.5 neighbours that may have the mapping's rights come along", all_come_along, BOTH },
	{ "R10.5 none of another mapping", none_of_another_mapping, BOTH },
	{ "R10.5 R10.2 none where the EPCM grants less", none_of_lesser_rights, BOTH },
	{ "R10.5 R10.1 none beyond its intent", none_beyond_the_intent, COMPAT },
	{ "R10.5 none where there is no page or a PENDING one", none_of_what_is_not_there, BOTH },
	{ "R10.5 R16.2 none that was not accessed under this mapping", none_without_history, COMPAT },
	{ "R10.5 R10.3 R2.2 LOWER_INTENT takes what came along", lowered, BOTH },
	{ "R10.5 R10.3 R13.2 RESTRICT_PERMISSIONS and MODIFY_TYPES take what came along", restricted, BOTH },
	{ "R10.5 R10.3 in every address space", in_a_child, BOTH },
)
