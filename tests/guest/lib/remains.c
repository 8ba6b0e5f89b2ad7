// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "remains.h"
#include "scene.h"

#define HOOKED	"/sys/kernel/tracing/enabled_functions"
#define PROBES	"/sys/kernel/debug/kprobes/list"
#define SYMBOLS	"/proc/kallsyms"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
/*
 * Pages. A kernel that is made to catch mistakes keeps stacks, for good, and what was freed, for
 * a while, and a record of all it allocates; 162 were seen within twenty pairs of
 * tests/guest/killed.c. What is lost for good kmemleak tells there.
 */
#define KEPT_FOR_REPORTS	1024

static FILE *open_list(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		FAIL("%s: %s", path, strerror(errno));
	return file;
}

/* Reads on to the next line that has one of the words in it. */
static bool next_with(FILE *file, const char *const *words, char *line, int size)
{
	const char *const *word;

	while (fgets(line, size, file)) {
		line[strcspn(line, "\n")] = '\0';
		for (word = words; *word; word++)
			if (strstr(line, *word))
				return true;
	}
	return false;
}

static unsigned int lines_with(const char *path, const char *what)
{
	const char *const words[] = { what, NULL };
	FILE *file = open_list(path);
	unsigned int nr = 0;
	char line[1024];

	if (!file)
		return 0;
	while (next_with(file, words, line, sizeof(line)))
		nr++;
	fclose(file);
	return nr;
}

/* Once through the file for all words: it may have a line for each of the kernel's functions. */
static void expect_no_line(const char *path, const char *const *words)
{
	FILE *file = open_list(path);
	char line[1024];

	if (!file)
		return;
	while (next_with(file, words, line, sizeof(line)))
		FAIL("%s has %s", path, line);
	fclose(file);
}

static bool has_entry(const char *path, const char *prefix)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool found = false;

	REQUIRE(directory);
	while ((entry = readdir(directory)))
		found |= !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(directory);
	return found;
}

void remains_none(void)
{
	static const char *const functions[] = {
		"fixup_vdso_exception", "syscall_user_dispatch", "arch_do_signal_or_restart",
		"avow", NULL,
	};
	static const char *const symbols[] = { "[avow]", NULL };
	static const struct {
		const char *path, *prefix;
	} places[] = {
		{ "/dev", "sgx" }, { "/sys/class/misc", "sgx" }, { "/sys/module", "avow" },
		{ "/sys/kernel/slab", "avow" }, { "/sys/kernel/debug", "avow" },
		{ "/sys/kernel/tracing/events", "avow" },
	};
	size_t i;

	EXPECT(!module_loaded());
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (has_entry(places[i].path, places[i].prefix))
			FAIL("%s has an entry %s*", places[i].path, places[i].prefix);
	expect_no_line(HOOKED, functions);
	expect_no_line(PROBES, functions);
	expect_no_line(SYMBOLS, symbols);
}

/* The sum of the numbers that follow a word at the beginning of a line. */
static u64 sum_of(const char *path, const char *word)
{
	FILE *file = fopen(path, "re");
	char line[1024], *at;
	u64 sum = 0;

	REQUIRE(file);
	while (fgets(line, sizeof(line), file)) {
		at = line + strspn(line, " ");
		if (!strncmp(at, word, strlen(word)))
			sum += strtoull(at + strlen(word), NULL, 10);
	}
	fclose(file);
	return sum;
}

/* Free pages are also those that each processor keeps for itself. */
static u64 free_pages(void)
{
	FILE *drop = fopen("/proc/sys/vm/drop_caches", "w");

	REQUIRE(drop);
	fputs("3\n", drop);
	REQUIRE(!fclose(drop));
	return sum_of("/proc/zoneinfo", "nr_free_pages ") + sum_of("/proc/zoneinfo", "count: ");
}

struct remains remains_take(void)
{
	struct remains r = {
		.hooked = lines_with(HOOKED, ""),
		.trampolines = lines_with(SYMBOLS, "[__builtin__ftrace]"),
		.probes = lines_with(PROBES, ""),
		.free = free_pages(),
	};

	return r;
}

/* Some memory is freed a moment later, as after an RCU period: so look again for a while. */
void remains_expect(const struct remains *before, u64 pages)
{
	struct remains now;
	int i;

	if (!access(KMEMLEAK, F_OK))
		pages += KEPT_FOR_REPORTS;
	for (i = 0; i < 20; i++) {
		now = remains_take();
		if (now.free + pages >= before->free)
			break;
		usleep(100000);
	}
	EXPECT_EQ(now.hooked, before->hooked);
	EXPECT_EQ(now.trampolines, before->trampolines);
	EXPECT_EQ(now.probes, before->probes);
	printf("# %lld pages of memory fewer than before\n", (long long)(before->free - now.free));
	if (now.free + pages < before->free)
		FAIL("%llu pages were free, %llu are", (unsigned long long)before->free,
		     (unsigned long long)now.free);
}
