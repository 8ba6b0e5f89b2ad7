// SPDX-License-Identifier: LGPL-2.1-or-later
/* R20: what every ioctl has in common. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "watch.h"

/* When an ioctl looks at its argument at all: the state comes first. */
enum state { OPENED, CREATED, INITIALIZED, ANY };

static const struct command {
	unsigned long cmd;
	enum state when;
	bool changes;		/* the enclave, and so excludes others (R20.1) */
} commands[] = {
	{ SGX_IOC_ENCLAVE_CREATE, OPENED, true },
	{ SGX_IOC_ENCLAVE_ADD_PAGES, CREATED, true },
	{ SGX_IOC_ENCLAVE_INIT, CREATED, true },
	{ SGX_IOC_ENCLAVE_PROVISION, ANY, true },
	{ SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, INITIALIZED, true },
	{ SGX_IOC_ENCLAVE_MODIFY_TYPES, INITIALIZED, true },
	{ SGX_IOC_ENCLAVE_REMOVE_PAGES, INITIALIZED, true },
	{ AVOW_IOC_INFO, ANY, false },
	{ AVOW_IOC_SET_CONTRACT, ANY, true },
	{ AVOW_IOC_DECLARE_DYNAMIC, ANY, true },
	{ AVOW_IOC_LOWER_INTENT, ANY, true },
	{ AVOW_IOC_LIST, ANY, false },
	{ AVOW_IOC_SOURCE, ANY, false },
	{ AVOW_IOC_REFUSALS, ANY, false },
};
#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void scene_in(struct scene *s, enum state state)
{
	if (state == OPENED) {
		scene_open(s);
		return;
	}
	scene_create(s, 16);
	scene_add(s, 0, 1, AVOW_R);
	if (state == INITIALIZED)
		scene_init(s);
}

static void unknown(void)
{
	struct scene s;
	unsigned int nr, dir;
	size_t i;
	u8 zeros[256] = { 0 };

	scene_create(&s, 16);
	/* Any number in our type that is none of them, in all directions and some sizes. */
	for (nr = 0; nr < 256; nr++) {
		for (dir = 0; dir < 4; dir++) {
			unsigned long cmd = _IOC(dir, 0xA4, nr, 8);
			bool known = false;

			for (i = 0; i < NR_COMMANDS; i++)
				known |= commands[i].cmd == cmd;
			if (!known)
				EXPECT_ERRNO(ioctl(s.e.fd, cmd, zeros), ENOTTY);
		}
	}
	EXPECT_ERRNO(ioctl(s.e.fd, 0, zeros), ENOTTY);
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_VEPC_REMOVE_ALL, zeros), ENOTTY);
	EXPECT_EQ(refusal_next(s.e.fd), 1);
	scene_init(&s);
}

/* An argument that cannot be read, in each state. */
static void expect_efault(void *argument, const struct command *c)
{
	enum state state;
	struct scene s;

	for (state = OPENED; state <= INITIALIZED; state++) {
		if (c->when != ANY && c->when != state)
			continue;
		scene_in(&s, state);
		REFUSED_PLAINLY(&s, ioctl(s.e.fd, c->cmd, argument), EFAULT, 2003);
		scene_close(&s);
	}
}

static void unreadable(void)
{
	void *nowhere = source_anon(1, PROT_NONE);
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		expect_efault(nowhere, &commands[i]);
		expect_efault((void *)0xffffffff81000000, &commands[i]);
	}
}

/* An argument of which the first half only is there. */
static void half_readable(void)
{
	u8 *pages = source_anon(2, PROT_READ | PROT_WRITE);
	size_t i;

	REQUIRE(!mprotect(pages + PAGE, PAGE, PROT_NONE));
	memset(pages, 0, PAGE);
	for (i = 0; i < NR_COMMANDS; i++)
		expect_efault(pages + PAGE - _IOC_SIZE(commands[i].cmd) / 2, &commands[i]);
}

/* What is to be written to must be writable: nothing is done for an answer that is lost. */
static void unwritable(void)
{
	struct avow_info *info = (void *)source_anon(1, PROT_READ);
	struct scene s;

	scene_create(&s, 16);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, AVOW_IOC_INFO, info), EFAULT, 2003);
	scene_init(&s);
}

struct busy {
	struct scene s;
	u8 *src;
	u64 pages;
	volatile bool started, done;
};

static void *add_many(void *arg)
{
	struct busy *b = arg;
	const struct avow_pages p = {
		.src = b->src,
		.length = b->pages * PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R),
		.flags = SGX_PAGE_MEASURE,
	};

	int err;

	b->started = true;
	do {
		err = avow_enclave_add(&b->s.e, &p, NULL);
	} while (err == -EBUSY);	/* the other thread was quicker */
	REQUIRE_OK(err);
	b->done = true;
	return NULL;
}

/* While pages are added, whatever changes the enclave is EBUSY, and what reads is not. */
static void busy(void)
{
	struct avow_refusal refusal;
	struct avow_info info;
	struct avow_run *runs;
	struct busy b = { .pages = 2048 };
	pthread_t thread;
	unsigned int saw_busy = 0, read_meanwhile = 0;
	size_t nr;
	u64 seq;

	scene_create(&b.s, 4096);
	b.src = source_anon(b.pages, PROT_READ | PROT_EXEC);
	REQUIRE(!pthread_create(&thread, NULL, add_many, &b));
	while (!b.started)
		sched_yield();
	while (!b.done) {
		if (avow_lower_range(b.s.e.fd, 4000 * PAGE, PAGE, AVOW_R) == -EBUSY) {
			saw_busy++;
			if (avow_enclave_init(&b.s.e) != -EBUSY) {
				/* Right only if the last page was added between the two calls. */
				EXPECT(avow_lower_range(b.s.e.fd, 4000 * PAGE, PAGE, AVOW_R) != -EBUSY);
				break;
			}
			seq = 0;
			EXPECT_OK(avow_get_info(b.s.e.fd, &info));
			EXPECT_OK(avow_list_runs(b.s.e.fd, 0, 16 * PAGE, &runs, &nr));
			free(runs);
			EXPECT_OK(avow_read_refusals(b.s.e.fd, &seq, &refusal, 1, NULL));
			read_meanwhile += !b.done;
		}
	}
	pthread_join(thread, NULL);
	EXPECT(saw_busy > 0);
	EXPECT(read_meanwhile > 0);
	scene_init(&b.s);
}

/* Each of them, while pages are added. */
static void busy_each(void)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		struct busy b = { .pages = 2048 };
		pthread_t thread;
		bool saw = false;
		u8 zeros[256] = { 0 };

		if (!commands[i].changes)
			continue;
		scene_create(&b.s, 4096);
		b.src = source_anon(b.pages, PROT_READ | PROT_EXEC);
		REQUIRE(!pthread_create(&thread, NULL, add_many, &b));
		while (!b.done && !saw)
			saw = ioctl(b.s.e.fd, commands[i].cmd, zeros) == -1 && errno == EBUSY;
		pthread_join(thread, NULL);
		if (!saw)
			FAIL("command %#lx was never EBUSY", commands[i].cmd);
		scene_close(&b.s);
		munmap(b.src, b.pages * PAGE);
	}
}

/* The kernel must not look for seals in front of the device's inode, nor write there. */
static void no_memory_file(void)
{
	struct scene s;

	scene_create(&s, 4);
	REFUSED_UNRECORDED(&s, fcntl(s.e.fd, F_GET_SEALS), EINVAL);
	REFUSED_UNRECORDED(&s, fcntl(s.e.fd, F_ADD_SEALS, F_SEAL_WRITE), EINVAL);
}

/* None of the descriptor's file operations but ioctl() and mmap(). */
static void no_contents(void)
{
	struct scene s;
	char byte = 0;

	scene_create(&s, 4);
	REFUSED_UNRECORDED(&s, pread(s.e.fd, &byte, 1, 0), EINVAL);
	REFUSED_UNRECORDED(&s, pwrite(s.e.fd, &byte, 1, 0), EINVAL);
	REFUSED_UNRECORDED(&s, ftruncate(s.e.fd, 0), EINVAL);
	REFUSED_UNRECORDED(&s, fallocate(s.e.fd, 0, 0, PAGE), ENODEV);
}

TESTS(
	{ "R20.2 unknown commands", unknown, BOTH },
	{ "R20.3 an unreadable argument", unreadable, BOTH },
	{ "R20.3 an argument of which half is readable", half_readable, BOTH },
	{ "R20.3 an unwritable answer", unwritable, BOTH },
	{ "R20.1 EBUSY while another ioctl changes the enclave", busy, BOTH },
	{ "R20.1 EBUSY for each ioctl that changes the enclave", busy_each, ONCE },
	{ "R20.4 the descriptor is no memory file: it has no seals", no_memory_file, BOTH },
	{ "R20.4 the descriptor has no contents", no_contents, BOTH },
)
