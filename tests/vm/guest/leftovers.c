// SPDX-License-Identifier: LGPL-2.1-or-later
/* After the last enclave is gone and avow.ko is unloaded, nothing is left. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init.h"

#define SLABS	"/sys/kernel/slab"

/*
 * Memory that may be missing for reasons of the system's own (page tables,
 * slabs of cached names, per-CPU lists). An enclave that leaks is far larger:
 * the suite uses several, and one leaked EPC of the tests exceeds this.
 */
#define ALLOWED_LOSS_KIB	(48 * 1024)
#define AT_REST_KIB		1024

static void tell(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

/* What was freed goes back, out of KASAN's quarantine, too, where there is one. */
static void shrink_slabs(void)
{
	DIR *directory = opendir(SLABS);
	struct dirent *entry;
	char path[512];

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), SLABS "/%s/shrink", entry->d_name);
		if (entry->d_name[0] != '.')
			tell(path, "1\n");
	}
	if (directory)
		closedir(directory);
}

/* A line of /proc/meminfo, in KiB. */
static long account(const char *meminfo, const char *name)
{
	const char *at = meminfo ? strstr(meminfo, name) : NULL;

	return at ? strtol(at + strlen(name), NULL, 10) : -1;
}

/* Free memory with the caches emptied, in KiB. */
static long free_now(void)
{
	char *info;
	long kib;

	sync();
	tell("/proc/sys/vm/drop_caches", "3\n");
	shrink_slabs();
	info = file_read("/proc/meminfo", NULL);
	kib = account(info, "MemFree:");
	free(info);
	return kib;
}

/* The same when it has come to rest: on a busy machine much is freed late, after boot, too. */
static long free_memory(void)
{
	long before, now = free_now();
	int i = 0;

	do {
		usleep(100000);
		before = now;
		now = free_now();
	} while (labs(now - before) > AT_REST_KIB && ++i < 50);
	return now;
}

/* What is missing and is not the module's: where nothing of the kind is kept, 0. */
static long kept_by_kernel(void)
{
	return detectors_wanted() ? depot_kib() : 0;
}

void baseline_take(struct baseline *before)
{
	before->depot_kib = kept_by_kernel();
	before->free_kib = free_memory();
	before->meminfo = file_read("/proc/meminfo", NULL);
}

/*
 * By the kernel's own accounts. What is in none of them was taken page by page: by an enclave,
 * or by the kernel for itself.
 */
static void tell_where(const struct baseline *before, long kept, char *why, size_t size)
{
	static const char *const accounts[] = {
		"AnonPages:", "Cached:", "Shmem:", "SReclaimable:", "SUnreclaim:", "KernelStack:",
		"PageTables:", "VmallocUsed:", "Percpu:",
	};
	char *now = file_read("/proc/meminfo", NULL);
	size_t i, used = strlen(why);

	for (i = 0; i < sizeof(accounts) / sizeof(accounts[0]) && used < size; i++)
		used += (size_t)snprintf(why + used, size - used, ", %s %+ld", accounts[i],
					 account(now, accounts[i]) -
					 account(before->meminfo, accounts[i]));
	snprintf(why + used, size - used, ", stacks kept by the kernel %+ld", kept);
	free(now);
}

/* The first entry of a directory whose name starts with prefix, or "". */
static void find_entry(const char *path, const char *prefix, char *found, size_t size)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	*found = '\0';
	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)))
			snprintf(found, size, "%s/%s", path, entry->d_name);
	if (directory)
		closedir(directory);
}

bool leftovers(const struct baseline *before, char *why, size_t size)
{
	static const struct {
		const char *directory, *prefix;
	} places[] = {
		{ "/dev", "sgx" },
		{ "/dev", "avow" },
		{ SLABS, "avow" },
		{ "/sys/module", "avow" },
		{ "/sys/kernel/debug", "avow" },
		{ "/sys/kernel/tracing/events", "avow" },
		{ "/sys/class/misc", "sgx" },
	};
	char found[512];
	long now, kept;

	if (avow_loaded()) {
		snprintf(why, size, "avow is still in /proc/modules");
		return true;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		find_entry(places[i].directory, places[i].prefix, found, sizeof(found));
		if (*found) {
			snprintf(why, size, "%s is still there", found);
			return true;
		}
	}
	kept = kept_by_kernel() - before->depot_kib;
	now = free_memory();
	if (now + kept + ALLOWED_LOSS_KIB < before->free_kib) {
		snprintf(why, size, "%ld KiB of memory were free before, %ld KiB are now",
			 before->free_kib, now);
		tell_where(before, kept, why, size);
		return true;
	}
	return false;
}
