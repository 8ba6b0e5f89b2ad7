// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory to copy pages from: a page or a few of each kind that the rules tell apart. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "world.h"

#define RET	0xc3

struct sources {
	struct m_page *pages;
	struct source_file *files;
};

static u8 tag_of(int n)
{
	return (u8)(0x10 + n);
}

static u8 *address(int n)
{
	return (u8 *)(SOURCES + (u64)n * PAGE);
}

static void fill(u8 *to, int n, bool tcs)
{
	memset(to, 0, PAGE);
	if (tcs) {
		struct avow_tcs *t = (struct avow_tcs *)to;

		t->nssa = 1;
		t->fslimit = t->gslimit = 0xffffffff;
		t->reserved[7] = n == SRC_TCS_BAD;
		return;
	}
	to[0] = RET;
	to[TAG_AT] = tag_of(n);
}

static void describe(struct m_page *page, int n, int prot, u8 class)
{
	const u8 *bytes = address(n);

	*page = (struct m_page){
		.source = { .mapped = true, .readable = prot & PROT_READ,
			    .executable = prot & PROT_EXEC, .may_exec = true, .rights = (u8)prot },
		.source_class = class,
	};
	if (!page->source.readable)
		return;
	page->code = bytes[0];
	page->tag = bytes[TAG_AT];
	page->no_tcs = n == SRC_TCS_BAD;
}

static void anonymous(struct m_page *pages, int n, int nr, int prot)
{
	int i;

	for (i = n; i < n + nr; i++) {
		REQUIRE(mmap(address(i), PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
		fill(address(i), i, i >= SRC_TCS_CODE && i <= SRC_TCS_BAD);
		REQUIRE(!mprotect(address(i), PAGE, prot));
		describe(&pages[i], i, prot, AVOW_SRC_ANON);
	}
}

static int filled(int fd, int n, int nr)
{
	u8 bytes[PAGE];
	int i;

	REQUIRE(fd >= 0);
	for (i = n; i < n + nr; i++) {
		fill(bytes, i, false);
		REQUIRE(write(fd, bytes, PAGE) == (ssize_t)PAGE);
	}
	return fd;
}

static int temporary(const char *dir)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/source-XXXXXX", dir);
	fd = mkstemp(path);
	REQUIRE(fd >= 0);
	unlink(path);
	return fd;
}

static struct source_file identity(const struct stat *st)
{
	return (struct source_file){ st->st_dev, st->st_ino };
}

static void file(struct sources *s, int fd, int n, int nr, int prot, int flags, u8 class)
{
	void *at = mmap(address(n), (size_t)nr * PAGE, prot, flags | MAP_FIXED, filled(fd, n, nr), 0);
	struct stat st;
	int i;

	REQUIRE(at != MAP_FAILED && !fstat(fd, &st));
	s->files[n + 1] = identity(&st);
	close(fd);
	for (i = n; i < n + nr; i++) {
		describe(&s->pages[i], i, prot, class);
		s->pages[i].file = (u8)(n + 1);
	}
}

static void without_exec(struct sources *s)
{
	char dir[] = "/tmp/fuzz-noexec-XXXXXX";

	REQUIRE(mkdtemp(dir));
	REQUIRE(!mount("none", dir, "tmpfs", MS_NOEXEC, NULL));
	file(s, temporary(dir), SRC_NOEXEC, 1, PROT_READ, MAP_PRIVATE, AVOW_SRC_FILE_NOEXEC);
	s->pages[SRC_NOEXEC].source.may_exec = false;
	umount2(dir, MNT_DETACH);
	rmdir(dir);
}

static void nameless(struct sources *s)
{
	file(s, memfd_create("fuzz", MFD_CLOEXEC), SRC_MEMFD, 1, PROT_READ | PROT_WRITE, MAP_SHARED,
	     AVOW_SRC_SHMEM);
	REQUIRE(mmap(address(SRC_SHARED), PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
	fill(address(SRC_SHARED), SRC_SHARED, false);
	describe(&s->pages[SRC_SHARED], SRC_SHARED, PROT_READ | PROT_WRITE, AVOW_SRC_SHMEM);
	s->pages[SRC_SHARED].file = SRC_SHARED + 1;
}

/* The enclave's own file, and the one that the image is read from. */
static void others(struct sources *s)
{
	struct stat st;

	s->pages[SRC_ENCLAVE].source = (struct m_source){ .mapped = true, .readable = true,
							  .executable = true, .may_exec = true,
							  .device = true, .rights = MR | MX };
	s->pages[SRC_ENCLAVE].source_class = AVOW_SRC_OTHER;
	s->pages[SRC_ENCLAVE].file = SRC_ENCLAVE + 1;
	REQUIRE(!stat("/dev/sgx_enclave", &st));
	s->files[SRC_ENCLAVE + 1] = identity(&st);
	REQUIRE(!stat(data_path("enclave.elf"), &st));
	s->files[IMAGE_FILE] = identity(&st);
}

void sources_map(struct m_page pages[NR_SOURCES], struct source_file files[NR_FILES])
{
	struct sources s = { pages, files };

	memset(pages, 0, NR_SOURCES * sizeof(*pages));
	memset(files, 0, NR_FILES * sizeof(*files));
	anonymous(pages, SRC_CODE, 4, PROT_READ | PROT_EXEC);
	anonymous(pages, SRC_DATA, 2, PROT_READ | PROT_WRITE);
	anonymous(pages, SRC_READ, 1, PROT_READ);
	anonymous(pages, SRC_NONE, 1, PROT_NONE);
	anonymous(pages, SRC_TCS_CODE, 1, PROT_READ | PROT_EXEC);
	anonymous(pages, SRC_TCS_DATA, 2, PROT_READ | PROT_WRITE);
	file(&s, temporary("/tmp"), SRC_FILE_CODE, 2, PROT_READ | PROT_EXEC, MAP_PRIVATE,
	     AVOW_SRC_FILE_EXEC);
	file(&s, temporary("/tmp"), SRC_FILE_WRITTEN, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE,
	     AVOW_SRC_FILE_WRITTEN);
	address(SRC_FILE_WRITTEN)[TAG_AT + 1] = 1;
	file(&s, temporary("/tmp"), SRC_FILE_SHARED, 1, PROT_READ | PROT_WRITE, MAP_SHARED,
	     AVOW_SRC_FILE_SHARED_W);
	file(&s, temporary("/tmp"), SRC_FILE_READ, 1, PROT_READ, MAP_PRIVATE,
	     AVOW_SRC_FILE_NOEXEC);
	nameless(&s);
	without_exec(&s);
	others(&s);
}

void sources_map_enclave(int fd)
{
	void *at = mmap(address(SRC_ENCLAVE), PAGE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED,
			fd, 0);

	REQUIRE(at != MAP_FAILED);
}
