// SPDX-License-Identifier: LGPL-2.1-or-later
/* R40.4, R21.5, R22.7: enclave memory, its limit, and who pays for it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "inside.h"
#include "group.h"
#include "module.h"
#include "watch.h"

#define DATA	avow_secinfo_reg(AVOW_R)

static void reload(const char *parameters)
{
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

/* Each page is counted once, and is back when it is gone. */
static void counted(void)
{
	struct scene s, other;
	u64 before;

	scene_open(&other);
	before = epc_used(&other);
	scene_create(&s, 64);
	EXPECT_EQ(epc_used(&other), before + PAGE);
	scene_add(&s, 0, 10, AVOW_R);
	EXPECT_EQ(epc_used(&other), before + 11 * PAGE);
	scene_init(&s);
	EXPECT_EQ(epc_used(&other), before + 11 * PAGE);
	scene_close(&s);
	EXPECT_EQ(epc_used(&other), before);
}

static void dies(void *arg)
{
	struct scene s;

	(void)arg;
	scene_ready(&s, 4, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 4, PROT_READ);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).signo, 0);
}

static void back_after_death(void)
{
	struct scene s;
	u64 before;

	scene_open(&s);
	before = epc_used(&s);
	in_child(dies, NULL);
	EXPECT_EQ(epc_used(&s), before);
}

/* A mapping keeps the pages when the file is closed. */
static void kept_by_mapping(void)
{
	struct scene s, other;
	u64 before;

	scene_open(&other);
	before = epc_used(&other);
	scene_ready(&s, 1, AVOW_R, AVOW_R);
	close(s.e.fd);
	s.e.fd = -1;
	EXPECT(epc_used(&other) > before);
	scene_close(&s);
	EXPECT_EQ(epc_used(&other), before);
}

static void limit(void)
{
	struct avow_info info;
	struct scene s, other;
	u64 count = ~0ULL;

	reload("epc_size=256K");		/* 64 pages */
	scene_create(&s, 128);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	EXPECT_EQ(info.epc_size, 64 * PAGE);
	EXPECT_EQ(info.epc_used, PAGE);
	EXPECT_ERRNO(raw_add(&s, source_anon(128, PROT_READ | PROT_EXEC), 0, 128 * PAGE, DATA, 0, &count),
		     ENOMEM);
	EXPECT_EQ(count, 63 * PAGE);
	EXPECT_HOLE(&s, 63 * PAGE);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 64 * PAGE, PAGE, DATA, 0, NULL), ENOMEM, 2207);
	EXPECT_EQ(epc_used(&s), 64 * PAGE);
	/* Nor is there a page for another enclave's SECS. */
	scene_open(&other);
	{
		const struct avow_params params = { .size = 16 * PAGE };

		REQUIRE_OK(avow_enclave_prepare(&other.e, &params));
	}
	{
		struct sgx_enclave_create arg = { .src = (u64)&other.e.secs };

		REFUSED_PLAINLY(&other, ioctl(other.e.fd, SGX_IOC_ENCLAVE_CREATE, &arg), ENOMEM, 2105);
		/* Seen before the lack of room: a SIZE that is wrong; after it: what ECREATE finds. */
		other.e.secs.size += PAGE;
		REFUSED_PLAINLY(&other, ioctl(other.e.fd, SGX_IOC_ENCLAVE_CREATE, &arg), EINVAL, 2103);
		other.e.secs.size -= PAGE;
		other.e.secs.xfrm = 0;
		REFUSED_PLAINLY(&other, ioctl(other.e.fd, SGX_IOC_ENCLAVE_CREATE, &arg), ENOMEM, 2105);
		other.e.secs.xfrm = XFRM_X87_SSE;
		scene_close(&s);
		EXPECT_OK(ioctl(other.e.fd, SGX_IOC_ENCLAVE_CREATE, &arg));
	}
	scene_close(&other);
	reload("");
}

/* EAUG beyond the limit: SIGBUS, and the page is not there. */
static void limit_of_eaug(void)
{
	struct scene s;
	u64 room, at;
	struct avow_info info;

	reload("epc_size=1M");
	scene_image(&s, 300);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	room = (info.epc_size - info.epc_used) / PAGE;
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, 300 * PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play, 300, PROT_READ | PROT_WRITE);
	for (at = 0; at < room; at++)
		EXPECT_EQ(probe_read(scene_at(&s, s.play + at * PAGE)).value, 0xff);	/* PENDING */
	EXPECT_EQ(epc_used(&s), info.epc_size);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + room * PAGE)).signo, SIGBUS);
	EXPECT_EQ(scene_run(&s, s.play + room * PAGE).state & AVOW_RUN_PRESENT, 0);
	EXPECT_EQ(epc_used(&s), info.epc_size);
	scene_close(&s);
	reload("");
}

static void parameters(void)
{
	static const struct { const char *text; u64 size; } good[] = {
		{ "epc_size=4096", 4096 }, { "epc_size=64K", 65536 }, { "epc_size=32M", 32ULL << 20 },
		{ "epc_size=1G", 1ULL << 30 },
	};
	static const char *const bad[] = {
		"epc_size=", "epc_size=0", "epc_size=lots", "epc_size=12Q", "epc_size=100",
	};
	struct avow_info info;
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		reload(good[i].text);
		scene_open(&s);
		REQUIRE_OK(avow_get_info(s.e.fd, &info));
		EXPECT_EQ(info.epc_size, good[i].size);
		scene_close(&s);
	}
	REQUIRE_OK(module_unload());
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_ERRNO(module_load(bad[i]), EINVAL);
	REQUIRE_OK(module_load(""));
	scene_open(&s);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	{
		u64 ram = (u64)sysconf(_SC_PHYS_PAGES) * PAGE;

		EXPECT(info.epc_size > ram / 5 && info.epc_size < ram / 3);
	}
}

#define LIMITED_PAGES	16384ULL	/* 64 MiB */
static void in_group(void *arg)
{
	enum { PAGES = 2048 };		/* 8 MiB */
	u8 *src = source_anon(1, PROT_READ | PROT_EXEC);
	struct scene s;
	u64 before, charged, i;

	(void)arg;
	group_write("cgroup.procs", "0");
	scene_create(&s, PAGES);
	before = group_read("memory.current");
	for (i = 0; i < PAGES; i++)
		REQUIRE_OK(raw_add(&s, src, i * PAGE, PAGE, DATA, 0, NULL));
	charged = group_read("memory.current") - before;
	/* The pages themselves, and not much beyond them. */
	EXPECT(charged >= PAGES * PAGE - 64 * PAGE);
	EXPECT(charged < PAGES * PAGE + PAGES * PAGE / 8);
	scene_close(&s);
	usleep(100000);
	EXPECT(group_read("memory.current") < before + PAGES * PAGE / 4);
}

static void charged(void)
{
	group_make();
	in_child(in_group, NULL);
	group_remove();
}

struct filler {
	struct scene s;
	u8 *src;
	u64 added;
	int err;
};

/*
 * Once its group is full, this process must not need a page of its own any more: it
 * leaves what it found in memory that it has already, and is gone.
 */
static void fills_group(void *arg)
{
	struct filler *f = arg;
	u64 count;

	group_enter();
	for (f->added = 0; f->added < LIMITED_PAGES; f->added++) {
		f->err = test_errno(raw_add(&f->s, f->src, f->added * PAGE, PAGE, DATA, 0, &count));
		if (f->err)
			_exit(0);
	}
	_exit(0);
}

/* The group's limit is half of what is asked for: ENOMEM, and nobody is killed. */
static void limited(void)
{
	struct filler *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 used;

	REQUIRE(f != MAP_FAILED);
	group_make();
	group_write("memory.max", "33554432");
	scene_create(&f->s, LIMITED_PAGES);
	used = epc_used(&f->s);
	f->src = source_anon(1, PROT_READ | PROT_EXEC);
	in_child(fills_group, f);
	EXPECT_EQ(f->err, ENOMEM);
	EXPECT(f->added > LIMITED_PAGES / 4 && f->added <= LIMITED_PAGES / 2);
	EXPECT_EQ(epc_used(&f->s), used + f->added * PAGE);
	EXPECT_HOLE(&f->s, f->added * PAGE);
	EXPECT_EQ(scene_run(&f->s, (f->added - 1) * PAGE).length, PAGE);
	/* Who is in another group may go on. */
	EXPECT_OK(raw_add(&f->s, f->src, f->added * PAGE, PAGE, DATA, 0, NULL));
	scene_close(&f->s);
	group_remove();
}

TESTS(
	{ "R40.4 pages are counted", counted, BOTH },
	{ "R40.4 pages are back after a process' death", back_after_death, BOTH },
	{ "R40.4 pages are kept by a mapping", kept_by_mapping, BOTH },
	{ "R40.4 R22.7 R21.5 the limit", limit, BOTH },
	{ "R40.4 EAUG beyond the limit", limit_of_eaug, BOTH },
	{ "R40.4 the parameter epc_size", parameters, ONCE },
	{ "R40.4 pages are charged to the memory cgroup", charged, BOTH },
	{ "R40.4 R22.7 the cgroup's limit", limited, BOTH },
)
