// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Pages of enclaves that are made up, for run.sh: DIRECTORY/small.html, whose names are hostile;
 * large.html, 64 GiB of a million runs; none.html, a process with an
 * enclave before CREATE; and picture.html, for docs/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "record.h"

#define BASE	0x7f0000000000ULL
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Would be a script, or end the one that the data are in; is no UTF-8; reverses its end. */
#define HOSTILE	"/tmp/</script><script>document.title='taken'</script>&lt;<!--\xff\\\"'\xe2\x80\xaegnp.so"

static struct mapped_run run_of(unsigned long long first, unsigned long long pages, unsigned int intent, bool mapped,
				unsigned int rights, unsigned int state, unsigned int class)
{
	return (struct mapped_run){
		.run = {
			.offset = first * 4096, .length = pages * 4096, .intent = (__u8)intent, .epcm = (__u8)intent,
			.type = 2, .state = AVOW_RUN_PRESENT | state, .source_class = (__u8)class,
		},
		.mapped = mapped,
		.rights = rights,
	};
}

static struct page *begin(const char *directory, const char *name, const struct process *p)
{
	struct page *page;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	page = page_begin(path, p);
	if (!page)
		exit(EXIT_FAILURE);
	return page;
}

static void end(struct page *page)
{
	if (page_end(page, true))
		exit(EXIT_FAILURE);
}

static void refuse(struct page *page, const struct held_enclave *e, int pid, const char *comm, unsigned long long seq,
		   unsigned long long first, char *path)
{
	struct avow_refusal refusal = {
		.seq = seq, .time = boottime(), .start = BASE + first * 4096, .end = BASE + (first + 1) * 4096, .rule = 802,
		.err = 13, .op = AVOW_OP_MPROTECT, .pid = (__u32)pid, .tgid = (__u32)pid, .requested = AVOW_R | AVOW_X, .declared = path ? AVOW_R : AVOW_R | AVOW_W,
		.source_class = path ? AVOW_SRC_FILE_EXEC : AVOW_SRC_ANON,
	};
	const struct avow_told told = { .refusal = &refusal, .base = e->info.base, .size = e->info.size, .path = path };

	memcpy(refusal.comm, comm, strlen(comm));
	page_refusal(page, &told);
}

static void small(const char *directory)
{
	int numbers[] = { 3, 5 };
	struct held_enclave e = { .numbers = numbers, .nr_numbers = 2, .info = { .base = BASE, .size = 64 * 4096,
				  .state = AVOW_STATE_CREATED | AVOW_STATE_INITIALIZED, .contract = AVOW_STRICT } };
	struct mapping lone = { 0x1000, 0x3000, AVOW_R };
	struct process p = { .pid = 60, .comm = "<i>&x", .lone = &lone, .nr_lone = 1 };
	struct mapped_run runs[] = {
		run_of(0, 2, AVOW_R | AVOW_W, true, AVOW_R | AVOW_W, AVOW_RUN_MEASURED | AVOW_RUN_EVER_W, AVOW_SRC_FILE_EXEC),
		run_of(2, 6, AVOW_R | AVOW_X, true, AVOW_R | AVOW_X, AVOW_RUN_MEASURED | AVOW_RUN_EVER_X, AVOW_SRC_FILE_EXEC),
		run_of(8, 4, AVOW_R, true, AVOW_R, AVOW_RUN_MEASURED, AVOW_SRC_FILE_EXEC),
		run_of(12, 8, AVOW_R | AVOW_W, true, AVOW_R | AVOW_W, AVOW_RUN_EVER_W, AVOW_SRC_ANON),
		run_of(20, 2, AVOW_RWX, true, AVOW_R | AVOW_W, AVOW_RUN_EXPLICIT | AVOW_RUN_EVER_W | AVOW_RUN_EVER_X, AVOW_SRC_ANON),
		run_of(22, 2, AVOW_R, true, AVOW_R | AVOW_W, AVOW_RUN_LOWERED | AVOW_RUN_EVER_W, AVOW_SRC_ANON),
		run_of(40, 16, AVOW_R | AVOW_W, false, 0, AVOW_RUN_DYNAMIC, AVOW_SRC_NONE),
	};
	char library[] = "/usr/lib/enclave.so", *paths[COUNT(runs)] = { library, library, (char *)HOSTILE };
	struct page *page = begin(directory, "small.html", &p);

	runs[0].run.type = 1;
	runs[6].run.state &= ~AVOW_RUN_PRESENT;
	page_enclave(page, &e, runs, paths, COUNT(runs));
	refuse(page, &e, p.pid, "<b>loader</b>", 1, 9, (char *)HOSTILE);
	refuse(page, &e, p.pid, "x", 2, 21, NULL);
	refuse(page, &e, p.pid, "x", 3, 9999, NULL);
	page_enclave_end(page, 4);
	end(page);
}

/* Runs of 8 pages, every other one a hole of 8 behind; and one page among them that stands out. */
#define RUNS	1000000u
#define ODD	777777u

static void large(const char *directory)
{
	int number = 3;
	struct held_enclave e = { .numbers = &number, .nr_numbers = 1,
				  .info = { .base = BASE, .size = 64ULL << 30, .state = AVOW_STATE_CREATED } };
	struct process p = { .pid = 61, .comm = "large" };
	struct mapped_run *runs = calloc(RUNS, sizeof(*runs));
	char **paths = calloc(RUNS, sizeof(*paths));
	struct page *page = begin(directory, "large.html", &p);
	size_t i;

	if (!runs || !paths)
		exit(EXIT_FAILURE);
	for (i = 0; i < RUNS; i++)
		runs[i] = run_of(16 * i, i == ODD ? 1 : 8, i == ODD ? AVOW_RWX : i % 2 ? AVOW_R : AVOW_R | AVOW_W, i % 3,
				 i % 3 ? AVOW_R : 0, 0, AVOW_SRC_ANON);
	page_enclave(page, &e, runs, paths, RUNS);
	page_enclave_end(page, 0);
	end(page);
	free(runs);
	free(paths);
}

/* A runtime with a library, a heap and a JIT. */
static void picture(const char *directory)
{
	int number = 4;
	struct held_enclave e = { .numbers = &number, .nr_numbers = 1, .info = { .base = BASE, .size = 1024 * 4096,
				  .state = AVOW_STATE_CREATED | AVOW_STATE_INITIALIZED, .contract = AVOW_STRICT } };
	struct process p = { .pid = 812, .comm = "keystore" };
	struct mapped_run runs[] = {
		run_of(0, 8, AVOW_R | AVOW_W, true, AVOW_R | AVOW_W, AVOW_RUN_MEASURED | AVOW_RUN_EVER_W, AVOW_SRC_FILE_EXEC),
		run_of(8, 40, AVOW_R, true, AVOW_R, AVOW_RUN_MEASURED, AVOW_SRC_FILE_EXEC),
		run_of(48, 180, AVOW_R | AVOW_X, true, AVOW_R | AVOW_X, AVOW_RUN_MEASURED | AVOW_RUN_EVER_X, AVOW_SRC_FILE_EXEC),
		run_of(228, 60, AVOW_R | AVOW_W, true, AVOW_R | AVOW_W, AVOW_RUN_MEASURED | AVOW_RUN_EVER_W, AVOW_SRC_FILE_EXEC),
		run_of(300, 110, AVOW_R | AVOW_X, true, AVOW_R | AVOW_X, AVOW_RUN_MEASURED | AVOW_RUN_EVER_X, AVOW_SRC_FILE_EXEC),
		run_of(410, 40, AVOW_R, true, AVOW_R, AVOW_RUN_MEASURED | AVOW_RUN_LOWERED | AVOW_RUN_EVER_W, AVOW_SRC_FILE_EXEC),
		run_of(470, 260, AVOW_R | AVOW_W, true, AVOW_R | AVOW_W, AVOW_RUN_EVER_W, AVOW_SRC_ANON),
		run_of(760, 48, AVOW_RWX, true, AVOW_R | AVOW_X, AVOW_RUN_EXPLICIT | AVOW_RUN_EVER_W | AVOW_RUN_EVER_X, AVOW_SRC_ANON),
		run_of(808, 16, AVOW_RWX, true, AVOW_R | AVOW_W, AVOW_RUN_EXPLICIT | AVOW_RUN_EVER_W, AVOW_SRC_ANON),
		run_of(850, 150, AVOW_R | AVOW_W, false, 0, AVOW_RUN_DYNAMIC, AVOW_SRC_NONE),
	};
	char own[] = "/usr/lib/keystore/keystore.signed.so", library[] = "/usr/lib/keystore/libjit.so";
	char *paths[COUNT(runs)] = { own, own, own, own, library, library };
	struct page *page = begin(directory, "picture.html", &p);

	runs[0].run.type = 1;
	runs[9].run.state &= ~AVOW_RUN_PRESENT;
	page_enclave(page, &e, runs, paths, COUNT(runs));
	refuse(page, &e, p.pid, "keystore", 1, 430, library);
	refuse(page, &e, p.pid, "jit-thread", 2, 612, NULL);
	page_enclave_end(page, 0);
	end(page);
}

static void none(const char *directory)
{
	int number = 3;
	struct held_enclave e = { .numbers = &number, .nr_numbers = 1 };
	struct process p = { .pid = 62, .comm = "none" };
	struct page *page = begin(directory, "none.html", &p);

	page_enclave(page, &e, NULL, NULL, 0);
	page_enclave_end(page, 0);
	end(page);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return EXIT_FAILURE;
	small(argv[1]);
	large(argv[1]);
	none(argv[1]);
	picture(argv[1]);
	return EXIT_SUCCESS;
}
