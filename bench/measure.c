// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "bench.h"

#define WARM_UP		8
#define RUNS_AT_LEAST	11
#define RUNS_MAX	4096

static FILE *raw;
static unsigned int divide = 1;

static char buffer[4 << 20];

/*
 * Lines wait in memory until the family is done: sending them makes interrupts, which
 * would be counted with what is measured next.
 */
void measure_begin(int fd, unsigned int divisor)
{
	memset(buffer, 0, sizeof(buffer));	/* so that a fork copies as much each time */
	raw = fdopen(fd, "w");
	REQUIRE(raw && !setvbuf(raw, buffer, _IOFBF, sizeof(buffer)));
	divide = divisor;
}

static inline u64 count(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

static u64 samples[RUNS_MAX];

static __attribute__((noinline)) void take(unsigned int runs, const struct task *task)
{
	unsigned int i;
	u64 start;

	for (i = 0; i < runs; i++) {
		if (task->before)
			task->before(task->arg);
		start = count();
		task->run(task->arg);
		samples[i] = count() - start;
	}
}

static void nothing(void *arg)
{
	(void)arg;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static u64 median(unsigned int runs)
{
	qsort(samples, runs, sizeof(*samples), by_value);
	return samples[runs / 2];
}

/* What counting and calling cost by themselves. */
static u64 overhead(void)
{
	static const struct task empty = { .run = nothing };
	static u64 known;

	if (!known) {
		take(WARM_UP, &empty);
		take(RUNS_AT_LEAST, &empty);
		known = median(RUNS_AT_LEAST);
	}
	return known;
}

#define TURNS	1000

/* MOV, and DEC and JNZ for each turn. */
static void loop(void *arg)
{
	(void)arg;
	__asm__ volatile("mov %0, %%ecx\n\t"
			 "1: dec %%ecx\n\t"
			 "jnz 1b" : : "i"(TURNS) : "rcx", "cc");
}

void measure_check(void)
{
	static const struct task task = { .run = loop };
	const u64 want = 1 + 2 * TURNS, empty = overhead();
	u64 got;

	take(RUNS_AT_LEAST, &task);
	got = median(RUNS_AT_LEAST) - empty;
	if (got == want)
		return;
	FAIL("a loop of %llu instructions counts %lld: not a machine that counts instructions",
	     (unsigned long long)want, (long long)got);
	test_stop();
}

static unsigned int runs_of(unsigned int runs)
{
	if (runs <= RUNS_FEW)
		return divide > 1 ? 1 : runs;
	runs /= divide;
	return runs < RUNS_AT_LEAST ? RUNS_AT_LEAST : runs;
}

u64 measure(const char *name, unsigned int runs, const struct task *task)
{
	const u64 empty = overhead();
	unsigned int i, nr = runs_of(runs);
	u64 least = UINT64_MAX;

	REQUIRE(nr <= RUNS_MAX);
	take(runs <= RUNS_FEW ? runs / RUNS_FEW : WARM_UP, task);
	take(nr, task);
	for (i = 0; i < nr; i++) {
		REQUIRE(samples[i] > empty);
		tell(name, samples[i] - empty, "instructions");
		if (samples[i] - empty < least)
			least = samples[i] - empty;
	}
	return least;
}

void tell(const char *name, u64 value, const char *unit)
{
	REQUIRE(fprintf(raw, "%s %llu %s\n", name, (unsigned long long)value, unit) > 0);
}

const char *name_of(const char *family, const char *thing, const char *state)
{
	static char name[128];

	snprintf(name, sizeof(name), "%s.%s.%s", family, thing, state);
	return name;
}

void measure_end(void)
{
	REQUIRE(!fflush(raw));
}

int need_device(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	return fd;
}

void need_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE_OK((int)syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

void need_no_module(const char *name)
{
	REQUIRE_OK((int)syscall(SYS_delete_module, name, O_NONBLOCK));
}
