// SPDX-License-Identifier: LGPL-2.1-or-later
/* R8, R9: a mapping stays within the intent of every page of its range. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "watch.h"

static int mapping_of(u32 rwx)
{
	return (int)rwx;	/* AVOW_R, AVOW_W, AVOW_X are PROT_READ, PROT_WRITE, PROT_EXEC */
}

/* Every intent against every request, by mmap. */
static void mmap_all(void)
{
	struct scene s;
	u32 intent, prot;

	for (intent = 0; intent <= AVOW_RWX; intent++) {
		if ((intent & AVOW_W) && !(intent & AVOW_R))
			continue;
		scene_ready(&s, 1, AVOW_RWX, intent);
		scene_unmap(&s, s.play, 1);
		for (prot = 0; prot <= AVOW_RWX; prot++) {
			if (prot & ~intent) {
				REFUSED(&s, raw_map(&s, s.play, 1, mapping_of(prot)), EACCES,
					.rule = 801, .op = AVOW_OP_MMAP, .start = s.play,
					.end = s.play + PAGE, .requested = prot, .declared = intent,
					.source_class = AVOW_SRC_ANON);
			} else {
				EXPECT_OK(raw_map(&s, s.play, 1, mapping_of(prot)));
				scene_unmap(&s, s.play, 1);
			}
		}
		scene_close(&s);
	}
}

static void protect_all(int (*protect)(struct scene *s, u64 offset, u64 pages, int prot))
{
	struct scene s;
	u32 intent, prot;

	for (intent = 0; intent <= AVOW_RWX; intent++) {
		if ((intent & AVOW_W) && !(intent & AVOW_R))
			continue;
		scene_ready(&s, 1, AVOW_RWX, intent);
		scene_map(&s, s.play, 1, PROT_NONE);
		for (prot = 0; prot <= AVOW_RWX; prot++) {
			if (prot & ~intent) {
				REFUSED(&s, protect(&s, s.play, 1, mapping_of(prot)), EACCES,
					.rule = 802, .op = AVOW_OP_MPROTECT, .start = s.play,
					.end = s.play + PAGE, .requested = prot, .declared = intent,
					.source_class = AVOW_SRC_ANON);
			} else {
				EXPECT_OK(protect(&s, s.play, 1, mapping_of(prot)));
				EXPECT_OK(protect(&s, s.play, 1, PROT_NONE));
			}
		}
		scene_close(&s);
	}
}

static void mprotect_all(void)
{
	protect_all(raw_protect);
}

static int pkey_protect(struct scene *s, u64 offset, u64 pages, int prot)
{
	/* Key 0 is every program's; without keys in the CPU -1 asks for the same as mprotect(). */
	static int key = -2;
	void *at = (void *)scene_at(s, offset);

	if (key == -2)
		key = syscall(SYS_pkey_mprotect, at, 0, PROT_NONE, 0) ? -1 : 0;
	return (int)syscall(SYS_pkey_mprotect, at, pages * PAGE, prot, key);
}

static void pkey_mprotect_all(void)
{
	protect_all(pkey_protect);
}

/* One narrow page in the middle refuses the whole mapping, and is the one that is named. */
static void one_page_of_many(void)
{
	struct scene s;

	scene_image(&s, 8);
	scene_add(&s, s.play, 2, AVOW_RWX);
	scene_add(&s, s.play + 2 * PAGE, 2, AVOW_R);
	scene_add(&s, s.play + 4 * PAGE, 1, AVOW_R | AVOW_X);
	scene_init(&s);
	scene_unmap(&s, s.play, 5);
	REFUSED(&s, raw_map(&s, s.play, 5, PROT_READ | PROT_EXEC), EACCES, .rule = 801,
		.op = AVOW_OP_MMAP, .start = s.play + 2 * PAGE, .end = s.play + 4 * PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	/* The last page of the range alone. */
	REFUSED(&s, raw_map(&s, s.play, 3, PROT_READ | PROT_WRITE), EACCES, .rule = 801,
		.op = AVOW_OP_MMAP, .start = s.play + 2 * PAGE, .end = s.play + 3 * PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	scene_map(&s, s.play, 5, PROT_READ);
	REFUSED(&s, raw_protect(&s, s.play, 5, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play + 2 * PAGE, .end = s.play + 4 * PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	EXPECT_OK(raw_protect(&s, s.play, 2, PROT_READ | PROT_EXEC));
}

/* mprotect() goes VMA by VMA, as mprotect(2) says: those before the refused one have changed. */
static void mprotect_by_vma(void)
{
	struct scene s;

	scene_image(&s, 4);
	scene_add(&s, s.play, 1, AVOW_RWX);
	scene_add(&s, s.play + PAGE, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_NONE);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(&s, s.play, 2, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 1).signo, 0);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + PAGE)).signo, 0);
	EXPECT(probe_write(scene_at(&s, s.play + PAGE), 1).signo != 0);
}

/* Before INIT, with pages there already, the bound holds as well. */
static void before_init(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	scene_unmap(&s, 0, 1);
	REFUSED(&s, raw_map(&s, 0, 1, PROT_READ | PROT_WRITE), EACCES, .rule = 801, .op = AVOW_OP_MMAP,
		.start = 0, .end = PAGE, .requested = AVOW_R | AVOW_W, .declared = AVOW_R,
		.source_class = AVOW_SRC_ANON);
	EXPECT_OK(raw_map(&s, 0, 1, PROT_READ));
	scene_init(&s);
}

/* PROT_NONE passes over anything: pages of no intent, holes, the whole range. */
static void nothing_passes(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 1, AVOW_R, 0);
	scene_init(&s);
	scene_unmap(&s, 0, 16);
	EXPECT_OK(raw_map(&s, 0, 16, PROT_NONE));
	EXPECT_OK(raw_protect(&s, 0, 16, PROT_NONE));
}

/* PROT_EXEC alone is X: a page without X in its intent is not mapped so. */
static void exec_only(void)
{
	struct scene s;

	scene_image(&s, 4);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_add(&s, s.play + PAGE, 1, AVOW_X);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_NONE);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_EXEC), EACCES, .rule = 802, .op = AVOW_OP_MPROTECT,
		.start = s.play, .end = s.play + PAGE, .requested = AVOW_X,
		.declared = AVOW_R | AVOW_W, .source_class = AVOW_SRC_ANON);
	EXPECT_OK(avow_enclave_map(&s.e, s.play + PAGE, PAGE, PROT_EXEC));
	REFUSED(&s, raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play + PAGE, .end = s.play + 2 * PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_X, .source_class = AVOW_SRC_ANON);
}

static void tcs(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	REFUSED(&s, raw_protect(&s, 0, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = 0, .end = PAGE, .requested = AVOW_R | AVOW_X,
		.declared = AVOW_R | AVOW_W, .source_class = scene_run(&s, 0).source_class);
	EXPECT_OK(raw_protect(&s, 0, 1, PROT_READ | PROT_WRITE));
}

static void holes_compat(void)
{
	struct scene s;

	scene_image(&s, 4);
	scene_init(&s);
	scene_unmap(&s, s.play, 2);
	EXPECT_OK(raw_map(&s, s.play, 2, PROT_READ | PROT_WRITE | PROT_EXEC));
	EXPECT_OK(raw_protect(&s, s.play, 2, PROT_READ));
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC));
}

static void holes_strict(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 0, 2, AVOW_RWX);
	scene_unmap(&s, 0, 16);
	REFUSED(&s, raw_map(&s, 0, 4, PROT_READ), EACCES, .rule = 902, .op = AVOW_OP_MMAP,
		.start = 2 * PAGE, .end = 4 * PAGE, .requested = AVOW_R);
	EXPECT_OK(raw_map(&s, 0, 4, PROT_NONE));
	REFUSED(&s, raw_protect(&s, 0, 4, PROT_READ), EACCES, .rule = 902, .op = AVOW_OP_MPROTECT,
		.start = 2 * PAGE, .end = 4 * PAGE, .requested = AVOW_R);
	scene_init(&s);
	REFUSED(&s, raw_protect(&s, 0, 4, PROT_READ), EACCES, .rule = 902, .op = AVOW_OP_MPROTECT,
		.start = 2 * PAGE, .end = 4 * PAGE, .requested = AVOW_R);
	EXPECT_OK(raw_protect(&s, 0, 2, PROT_READ));
}

/* In a strict enclave before CREATE there is no range yet, and so no hole. */
static void before_create(void)
{
	struct avow_params params = { .size = 16 * PAGE };
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	EXPECT_OK(avow_enclave_map(&s.e, 0, 16 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
}

/*
 * The device's node on a file system without exec: the kernel gives no PROT_EXEC at
 * all, as to any file there, and asks nobody.
 */
static void node_without_exec(void)
{
	char dir[] = "/tmp/bound-XXXXXX", node[64];
	const struct avow_params params = { .size = 16 * PAGE };
	struct scene s = { 0 };
	struct stat st;

	REQUIRE(mkdtemp(dir) && !stat(AVOW_DEVICE, &st));
	REQUIRE(!mount("none", dir, "tmpfs", MS_NOEXEC, NULL));
	snprintf(node, sizeof(node), "%s/enclave", dir);
	REQUIRE(!mknod(node, S_IFCHR | 0600, st.st_rdev));
	REQUIRE_OK(avow_enclave_open(&s.e, node));
	if (strict())
		REQUIRE_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	scene_add(&s, 0, 1, AVOW_RWX);
	scene_init(&s);
	scene_unmap(&s, 0, 1);
	REFUSED_UNRECORDED(&s, raw_map(&s, 0, 1, PROT_READ | PROT_EXEC), EPERM);
	REQUIRE_OK(raw_map(&s, 0, 1, PROT_READ));
	REFUSED_UNRECORDED(&s, raw_protect(&s, 0, 1, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_OK(raw_protect(&s, 0, 1, PROT_READ | PROT_WRITE));
	scene_close(&s);
	REQUIRE(!umount(dir));
}

/* A descriptor that was opened for reading only maps nothing writable. */
static void read_only_descriptor(void)
{
	const struct avow_params params = { .size = 16 * PAGE };
	struct scene s = { 0 };

	s.e.fd = open(AVOW_DEVICE, O_RDONLY | O_CLOEXEC);
	REQUIRE(s.e.fd >= 0);
	if (strict())
		REQUIRE_OK(avow_set_contract(s.e.fd, AVOW_STRICT));
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	scene_add(&s, 0, 1, AVOW_RWX);
	scene_init(&s);
	scene_unmap(&s, 0, 1);
	REFUSED_UNRECORDED(&s, raw_map(&s, 0, 1, PROT_READ | PROT_WRITE), EACCES);
	REQUIRE_OK(raw_map(&s, 0, 1, PROT_READ | PROT_EXEC));
	REFUSED_UNRECORDED(&s, raw_protect(&s, 0, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_EQ(probe_write(scene_at(&s, 0), 1).signo, SIGSEGV);
}

TESTS(
	{ "R8.1 R8.3 mmap: each intent against each request", mmap_all, BOTH },
	{ "R8.2 R8.3 mprotect: each intent against each request", mprotect_all, BOTH },
	{ "R8.2 R8.3 pkey_mprotect: each intent against each request", pkey_mprotect_all, BOTH },
	{ "R8.1 R8.2 one narrow page refuses the range", one_page_of_many, BOTH },
	{ "R8.2 mprotect goes mapping by mapping", mprotect_by_vma, BOTH },
	{ "R8.1 the bound holds before INIT", before_init, BOTH },
	{ "R8.3 PROT_NONE always passes", nothing_passes, BOTH },
	{ "R8.2 PROT_EXEC alone", exec_only, BOTH },
	{ "R8.2 R1.2 a TCS is never executable", tcs, BOTH },
	{ "R8 a device node on a noexec mount", node_without_exec, BOTH },
	{ "R8 a descriptor for reading only", read_only_descriptor, BOTH },
	{ "R9.1 a hole restricts nothing", holes_compat, COMPAT },
	{ "R9.2 a hole allows PROT_NONE only", holes_strict, STRICT },
	{ "R9.2 before CREATE there is no hole", before_create, BOTH },
)
