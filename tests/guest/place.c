// SPDX-License-Identifier: LGPL-2.1-or-later
/* R11: a page is reachable at its own linear address only. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "inside.h"
#include "watch.h"

/* A free range, far from where the kernel or the C library would put a mapping of their own. */
static void *elsewhere(u64 pages)
{
	void *at = mmap((void *)0x200000000000, pages * PAGE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	u64 addr;

	REQUIRE(at != MAP_FAILED);
	addr = (u64)at;
	REQUIRE(!munmap(at, pages * PAGE));
	return (void *)addr;
}

static int move(struct scene *s, u64 pages, int flags, void *to)
{
	void *at = mremap((void *)scene_at(s, s->play), pages * PAGE, pages * PAGE,
			  MREMAP_MAYMOVE | flags, to);

	return at == MAP_FAILED ? -1 : 0;
}

static void moved_scene(struct scene *s)
{
	scene_ready(s, 2, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(s, s->play, 2, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(scene_at(s, s->play), 0x42).signo, 0);
}

static void mremap_fixed(void)
{
	struct scene s;

	moved_scene(&s);
	REFUSED(&s, move(&s, 2, MREMAP_FIXED, elsewhere(2)), EINVAL, .rule = 1101,
		.op = AVOW_OP_MREMAP, .start = (u64)elsewhere(2) - s.e.base,
		.end = (u64)elsewhere(2) - s.e.base + 2 * PAGE, .requested = AVOW_R | AVOW_W);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, 0x42);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 0x43).signo, 0);
}

static void mremap_one_page(void)
{
	struct scene s;

	moved_scene(&s);
	REFUSED(&s, move(&s, 1, MREMAP_FIXED, elsewhere(1)), EINVAL, .rule = 1101,
		.op = AVOW_OP_MREMAP, .start = (u64)elsewhere(1) - s.e.base,
		.end = (u64)elsewhere(1) - s.e.base + PAGE, .requested = AVOW_R | AVOW_W);
}

/* To another place within the enclave, where another page belongs. */
static void mremap_within(void)
{
	struct scene s;
	void *to;

	moved_scene(&s);
	to = (void *)scene_at(&s, s.play + PAGE);
	scene_unmap(&s, s.play + PAGE, 1);
	REFUSED(&s, move(&s, 1, MREMAP_FIXED, to), EINVAL, .rule = 1101, .op = AVOW_OP_MREMAP,
		.start = s.play + PAGE, .end = s.play + 2 * PAGE, .requested = AVOW_R | AVOW_W);
	EXPECT_EQ(probe_read((u64)to).signo, SIGSEGV);
}

static void mremap_dontunmap(void)
{
	struct scene s;

	moved_scene(&s);
	/* The kernel refuses it by itself for what is VM_PFNMAP, and so does grow() below. */
	REFUSED_UNRECORDED(&s, move(&s, 2, MREMAP_DONTUNMAP, NULL), EINVAL);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, 0x42);
}

/* Duplication of a shared mapping by an old size of 0. */
static void mremap_duplicate(void)
{
	struct scene s;
	void *at;

	moved_scene(&s);
	at = mremap((void *)scene_at(&s, s.play), 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere(1));
	EXPECT(at == MAP_FAILED);
	EXPECT(errno == EINVAL || errno == EFAULT);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, 0x42);
}

static int grow(struct scene *s, int flags)
{
	void *at = mremap((void *)scene_at(s, s->play), PAGE, 2 * PAGE, flags);

	return at == MAP_FAILED ? -1 : 0;
}

static void mremap_grow(void)
{
	struct scene s;

	moved_scene(&s);
	scene_unmap(&s, s.play + PAGE, 1);
	REFUSED_UNRECORDED(&s, grow(&s, 0), EFAULT);
	REFUSED_UNRECORDED(&s, grow(&s, MREMAP_MAYMOVE), EFAULT);
}

static void mremap_shrink(void)
{
	struct scene s;
	void *at;

	moved_scene(&s);
	at = mremap((void *)scene_at(&s, s.play), 2 * PAGE, PAGE, 0);
	EXPECT_EQ((u64)at, scene_at(&s, s.play));
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, 0x42);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + PAGE)).signo, SIGSEGV);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + PAGE)).value, source_byte(1, 0));
}

struct racer {
	u64 at;
	volatile bool stop;
	volatile u64 tries, reached;
};

/* Reads the place where the mapping is about to come, all the time. */
static void *touch(void *arg)
{
	struct racer *r = arg;

	while (!r->stop) {
		r->reached += probe_read(r->at).signo == 0;
		r->tries++;
	}
	return NULL;
}

static void mremap_race(void)
{
	struct racer r = { 0 };
	pthread_t thread;
	struct scene s;
	int i;

	moved_scene(&s);
	r.at = (u64)elsewhere(2);
	REQUIRE(!pthread_create(&thread, NULL, touch, &r));
	while (!r.tries)
		sched_yield();
	for (i = 0; i < 300; i++) {
		probe_read(scene_at(&s, s.play));	/* so that there is an entry to be moved */
		if (move(&s, 2, MREMAP_FIXED, (void *)r.at) != -1 || errno != EINVAL)
			FAIL("mremap: %s", strerror(errno));
	}
	r.stop = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(r.reached, 0);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, 0x42);
}

static void remap_file(void)
{
	struct scene s;
	u64 at;

	moved_scene(&s);
	at = scene_at(&s, s.play);
	EXPECT_EQ(probe_read(at + PAGE).value, source_byte(1, 0));
	/* Page 1 of the mapping, to show what page 0 shows. Emulated by a new mmap() of the kernel's. */
	syscall(SYS_remap_file_pages, at, PAGE, 0, at / PAGE + 1, 0);
	EXPECT_EQ(probe_read(at).value, 0x42);
	EXPECT_EQ(probe_read(at + PAGE).value, source_byte(1, 0));
}

static int map_at(struct scene *s, u64 addr, u64 pages, int prot, int flags)
{
	void *at = mmap((void *)addr, pages * PAGE, prot, flags, s->e.fd, 0);

	return at == MAP_FAILED ? -1 : 0;
}

static void outside_after_init(void)
{
	struct scene s;
	u64 end;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	end = s.e.base + s.e.size;
	REFUSED(&s, map_at(&s, (u64)elsewhere(1), 1, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE), EACCES,
		.rule = 1102, .op = AVOW_OP_MMAP, .start = (u64)elsewhere(1) - s.e.base,
		.end = (u64)elsewhere(1) - s.e.base + PAGE, .requested = AVOW_R);
	/* An address that the kernel chooses is outside as well. */
	REFUSED(&s, map_at(&s, 0, 1, PROT_READ, MAP_SHARED), EACCES,
		.rule = 1102, .op = AVOW_OP_MMAP, .requested = AVOW_R, .loose = LOOSE_RANGE);
	/* PROT_NONE passes R8, not this. */
	REFUSED(&s, map_at(&s, 0, 1, PROT_NONE, MAP_SHARED), EACCES,
		.rule = 1102, .op = AVOW_OP_MMAP, .loose = LOOSE_RANGE);
	/* One page over the end, and one before the beginning. */
	scene_unmap(&s, s.e.size - PAGE, 1);
	munmap((void *)end, PAGE);
	REFUSED(&s, map_at(&s, end - PAGE, 2, PROT_NONE, MAP_SHARED | MAP_FIXED_NOREPLACE), EACCES,
		.rule = 1102, .op = AVOW_OP_MMAP, .start = s.e.size - PAGE, .end = s.e.size + PAGE);
	scene_unmap(&s, 0, 1);
	munmap((void *)(s.e.base - PAGE), PAGE);
	REFUSED(&s, map_at(&s, s.e.base - PAGE, 2, PROT_NONE, MAP_SHARED | MAP_FIXED_NOREPLACE), EACCES,
		.rule = 1102, .op = AVOW_OP_MMAP, .start = 0 - PAGE, .end = PAGE);
}

/* Mapped at a wrong address while that was still possible. */
static void wrong_before_init(void)
{
	struct scene s;
	u64 wrong;

	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_RWX);
	wrong = (u64)mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s.e.fd, 0);
	REQUIRE((void *)wrong != MAP_FAILED);
	REFUSED_ACCESS(&s, probe_read(wrong), SIGBUS, .rule = 1104, .op = AVOW_OP_FAULT,
		       .start = wrong - s.e.base, .end = wrong - s.e.base + PAGE, .requested = AVOW_R);
	scene_init(&s);
	REFUSED_ACCESS(&s, probe_read(wrong), SIGBUS, .rule = 1104, .op = AVOW_OP_FAULT,
		       .start = wrong - s.e.base, .end = wrong - s.e.base + PAGE, .requested = AVOW_R);
	REFUSED_ACCESS(&s, probe_write(wrong + PAGE, 1), SIGBUS, .rule = 1104, .op = AVOW_OP_FAULT,
		       .start = wrong - s.e.base + PAGE, .end = wrong - s.e.base + 2 * PAGE,
		       .requested = AVOW_W);
	REFUSED(&s, mprotect((void *)wrong, PAGE, PROT_READ), EACCES, .rule = 1102,
		.op = AVOW_OP_MPROTECT, .start = wrong - s.e.base, .end = wrong - s.e.base + PAGE,
		.requested = AVOW_R);
}

/* Mapped over the whole range and beyond, before CREATE: only the range has pages. */
static void wider_than_the_range(void)
{
	struct avow_params params = { .size = 16 * PAGE };
	struct sgx_enclave_create create;
	struct scene s;
	u64 end;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	end = s.e.base + s.e.size;
	munmap((void *)end, PAGE);
	REQUIRE(mmap((void *)(end - PAGE), 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, s.e.fd, 0) !=
		MAP_FAILED);
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	scene_add(&s, 15 * PAGE, 1, AVOW_R);
	scene_init(&s);
	EXPECT_EQ(probe_read(end - PAGE).value, source_byte(0, 0));
	EXPECT_EQ(probe_read(end).signo, SIGBUS);
}

/* The offset given to mmap() chooses nothing: the address does. */
static void offset_means_nothing(void)
{
	struct scene s;
	void *at;

	scene_ready(&s, 2, AVOW_R, AVOW_R);
	at = mmap((void *)scene_at(&s, s.play), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, s.e.fd,
		  (off_t)(s.play + PAGE));
	REQUIRE(at != MAP_FAILED);
	EXPECT_EQ(probe_read((u64)at + 1).value, source_byte(0, 1));
}

/* Refused when an address is chosen, where the kernel does not tell the rights. */
static void private(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_unmap(&s, s.play, 1);
	REFUSED(&s, map_at(&s, scene_at(&s, s.play), 1, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE),
		EINVAL, .rule = 1103, .op = AVOW_OP_MMAP, .start = s.play, .end = s.play + PAGE);
	REFUSED(&s, map_at(&s, scene_at(&s, s.play), 1, PROT_NONE, MAP_PRIVATE), EINVAL, .rule = 1103,
		.op = AVOW_OP_MMAP, .start = s.play, .end = s.play + PAGE);
	REFUSED(&s, map_at(&s, 0, 1, PROT_READ, MAP_PRIVATE), EINVAL, .rule = 1103,
		.op = AVOW_OP_MMAP, .loose = LOOSE_RANGE);
}

/* Split, merged and unmapped in pieces, each page stays where it is. */
static void split(void)
{
	struct scene s;
	u64 i;

	scene_ready(&s, 6, AVOW_RWX, AVOW_RWX);
	scene_map(&s, s.play, 6, PROT_READ);
	REQUIRE_OK(raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE));
	REQUIRE_OK(raw_protect(&s, s.play + 3 * PAGE, 1, PROT_NONE));
	scene_unmap(&s, s.play + 4 * PAGE, 1);
	REQUIRE_OK(raw_protect(&s, s.play, 4, PROT_READ));
	scene_map(&s, s.play + 4 * PAGE, 1, PROT_READ);
	for (i = 0; i < 6; i++)
		EXPECT_EQ(probe_read(scene_at(&s, s.play + i * PAGE + 1)).value, source_byte(i, 1));
}

TESTS(
	{ "R11.1 mremap to another address", mremap_fixed, BOTH },
	{ "R11.1 mremap of a part of a mapping", mremap_one_page, BOTH },
	{ "R11.1 mremap to another page of the enclave", mremap_within, BOTH },
	{ "R11.1 mremap with MREMAP_DONTUNMAP", mremap_dontunmap, BOTH },
	{ "R11.1 mremap that duplicates", mremap_duplicate, BOTH },
	{ "R11.1 mremap that grows", mremap_grow, BOTH },
	{ "R11.1 mremap that shrinks in place is munmap", mremap_shrink, BOTH },
	{ "R11.1 nothing at the new address, at any moment", mremap_race, BOTH },
	{ "R11 remap_file_pages moves no page", remap_file, BOTH },
	{ "R11.2 a mapping outside of the range after INIT", outside_after_init, BOTH },
	{ "R11.4 R11.2 a mapping made before INIT outside of the range", wrong_before_init, BOTH },
	{ "R11.4 a mapping wider than the range", wider_than_the_range, BOTH },
	{ "R11.4 the file offset means nothing", offset_means_nothing, BOTH },
	{ "R11.3 MAP_PRIVATE", private, BOTH },
	{ "R11 mappings split and joined", split, BOTH },
)
