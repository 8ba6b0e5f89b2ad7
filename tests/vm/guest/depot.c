// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's depot of stacks, where KASAN and SLUB's debugging keep who allocated and freed
 * what: it takes pages of the page allocator's, for each stack that it has not seen, and gives
 * none back. Nobody accounts for them, so its own count is read, by a probe.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

#define TRACING		"/sys/kernel/tracing"
#define INSTANCE	TRACING "/instances/init"	/* what tests trace is not touched */
#define EVENT		"depot_probe"
#define COUNT		"count="
/* Linux 6.1, lib/stackdepot.c: depot_index counts pools of 1 << STACK_ALLOC_ORDER pages. */
#define PROBE		"p:init/" EVENT " __x64_sys_getppid " COUNT "@depot_index:s32\n"
#define POOL_KIB	16

/* Not by fopen(), which looks for the end: these files have none. */
static void must_append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || !write_all(fd, text, strlen(text)))
		lost("cannot ask the kernel for its depot of stacks: %s: %m", path);
	close(fd);
}

/* Of the one event in the instance's buffer. */
static long traced_count(void)
{
	char *trace = file_read(INSTANCE "/trace", NULL);
	char *at = trace ? strstr(trace, " " COUNT) : NULL;
	long count;

	if (!at)
		lost("the kernel does not tell of its depot of stacks");
	count = strtol(at + strlen(" " COUNT), NULL, 10);
	free(trace);
	return count;
}

long depot_kib(void)
{
	long count;

	must_append(TRACING "/kprobe_events", PROBE);
	if (mkdir(INSTANCE, 0700))
		lost("cannot make %s", INSTANCE);
	must_append(INSTANCE "/events/init/" EVENT "/enable", "1\n");
	syscall(SYS_getppid);
	must_append(INSTANCE "/events/init/" EVENT "/enable", "0\n");
	count = traced_count();
	if (rmdir(INSTANCE))
		lost("cannot remove %s", INSTANCE);
	must_append(TRACING "/kprobe_events", "-:init/" EVENT "\n");
	return count * POOL_KIB;
}
