// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "failing.h"
#include "module.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define MAKE_FAIL	"/proc/thread-self/make-it-fail"
#define SLAB_TIMES	"/sys/kernel/debug/failslab/times"
#define PAGE_TIMES	"/sys/kernel/debug/fail_page_alloc/times"
#define SLABS		"/sys/kernel/slab"
#define ARMING		"/sys/module/failing/parameters/"

/*
 * How many in a row are "all from there on": more than any call makes, and an end to a page
 * fault, which is repeated until it has its page.
 */
#define IN_A_ROW	"100"

static int nth = -1, on = -1, slab_times = -1, page_times = -1;

bool failing_possible(void)
{
	return !access(FAIL_NTH, W_OK);
}

static int set(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ret = fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : -1;

	if (fd >= 0)
		close(fd);
	return ret;
}

/*
 * Only a boot parameter can say which caches may fail, slub_debug= (DEBUG_SLABS of
 * tests/vm/debug.sh). That it did is looked at here: all but what kmemleak and debugobjects
 * need for themselves, since nobody is told of its lack, and they would have to give up.
 */
static bool is_of_a_detector(const char *cache)
{
	return !strncmp(cache, "kmemleak_", strlen("kmemleak_")) ||
	       !strcmp(cache, "debug_objects_cache");
}

static bool may_fail(const char *cache)
{
	char path[512], answer;
	int fd;

	snprintf(path, sizeof(path), SLABS "/%s/failslab", cache);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && read(fd, &answer, 1) == 1);
	close(fd);
	return answer == '1';
}

static void check_caches(void)
{
	unsigned int detectors = 0;
	DIR *caches = opendir(SLABS);
	struct dirent *cache;

	REQUIRE(caches);
	while ((cache = readdir(caches))) {
		if (cache->d_name[0] == '.')
			continue;
		detectors += is_of_a_detector(cache->d_name);
		if (may_fail(cache->d_name) == is_of_a_detector(cache->d_name))
			FAIL("allocations of %s must%s fail", cache->d_name,
			     is_of_a_detector(cache->d_name) ? " not" : "");
	}
	closedir(caches);
	REQUIRE(detectors && !test_failed());
}

static int open_knob(const char *file)
{
	int fd = open(file, O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

void failing_begin(void)
{
	static const struct { const char *file, *text; } knobs[] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/cache-filter", "Y" },
		{ "failslab/verbose", "0" },
		{ "failslab/task-filter", "Y" },
		{ "failslab/probability", "100" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "fail_page_alloc/task-filter", "Y" },
		{ "fail_page_alloc/probability", "100" },
		{ "fail_usercopy/verbose", "0" },
	};
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", knobs[i].file);
		if (set(path, knobs[i].text))
			FAIL("cannot set %s to %s", path, knobs[i].text);
	}
	check_caches();
	nth = open_knob(FAIL_NTH);
	on = open_knob(MAKE_FAIL);
	slab_times = open_knob(SLAB_TIMES);
	page_times = open_knob(PAGE_TIMES);
}

/* Not pwrite(), which files of debugfs refuse. */
static void turn(int fd, const char *text)
{
	REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void turn_budgets(void)
{
	turn(slab_times, IN_A_ROW);
	turn(page_times, IN_A_ROW);
}

/* As long as fail-nth counts, it alone decides; after that make-it-fail does. */
void failing_arm(unsigned int n, enum failing how)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	turn_budgets();
	if (how == FAIL_ON)
		turn(on, "1");
	turn(nth, text);
}

void failing_arm_loading(unsigned int n, enum failing how)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	turn_budgets();
	if (access(ARMING, F_OK))
		REQUIRE_OK(module_load_file("/lib/failing.ko", ""));
	REQUIRE(!set(ARMING "on", how == FAIL_ON ? "Y" : "N") && !set(ARMING "nth", text));
}

/* These calls copy from and to user memory, which can be what fails. */
bool failing_disarm(void)
{
	char text[16] = "";
	ssize_t got = pread(nth, text, sizeof(text) - 1, 0);

	while (pwrite(nth, "0", 1, 0) != 1)
		;
	turn(on, "0");
	/* The number was taken before it was copied: a copy that failed says that it was not used. */
	return got > 0 && text[0] == '0';
}
