/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Measuring in guest instructions. The virtual machine counts one nanosecond and one
 * tick of the TSC for each instruction (QEMU's -icount shift=0), so the TSC is the
 * count. Each file of bench/ is one family of measurements; main.c lists them.
 *
 * A number goes to the raw output as a line "FAMILY.NAME VALUE UNIT", once for each run of
 * what is measured; bench/report makes the tables.
 */
#ifndef BENCH_H
#define BENCH_H

#include "scene.h"

/* What is measured: run(arg) is counted, before(arg), where set, is not. */
struct task {
	void (*before)(void *arg);
	void (*run)(void *arg);
	void *arg;
};

/* How often a task is run. --quick divides this. */
#define RUNS		400
#define RUNS_LONG	120	/* for what takes a hundred thousand instructions and more */
#define RUNS_FEW	3	/* for what takes hundreds of millions; --quick leaves one */

struct family {
	const char *name;
	void (*run)(void);	/* in a process of its own */
	long processors;	/* that it needs; 0: one, whose instructions are counted */
};

extern const struct family transitions, others, policy, checks, adding, metadata, faults, threads;

/* Kernel modules in the guest, as given to the program: avow.ko, floor.ko and intree.ko. */
extern const char *bench_avow, *bench_floor, *bench_intree;
/* --quick: what takes minutes is left out, too. */
extern bool bench_quick;

/*
 * Runs a task again and again, and tells its numbers; name: of the raw lines. The least of them: what
 * more there is has to do with the state of the kernel's trees and caches.
 */
u64 measure(const char *name, unsigned int runs, const struct task *task);
/* A number that was found otherwise. */
void tell(const char *name, u64 value, const char *unit);
/* A name of parts, with a dot between them; valid until the next call. */
const char *name_of(const char *family, const char *thing, const char *state);
/*
 * Ends the process as a failure unless a loop of known length comes out exactly. Called
 * before and after every family that counts instructions.
 */
void measure_check(void);
/* Where raw lines go, and what --quick divides RUNS by; main.c sets it up. */
void measure_begin(int fd, unsigned int divisor);
/* Sends the lines of the family. */
void measure_end(void);

/* A device of one of the modules, by its name in /dev. */
int need_device(const char *name);
/* Loads a kernel module, or unloads it by its name; a failure ends the process. */
void need_module(const char *path);
void need_no_module(const char *name);

static inline long raw_syscall(long number)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(number) : "rcx", "r11", "memory");
	return ret;
}

/* ADD_PAGES and nothing else, as the kernel answers it: how many bytes were added. */
u64 add_bytes(const struct scene *s, const void *src, u64 offset, u64 length, u64 secinfo, u64 flags);

/* tasks.c: what more than one family measures. */
void task_getpid(void *arg);
/* UD2, and another invalid opcode; each is skipped by the handler of handle_by_skipping(). */
void task_ud2(void *arg);
void task_invalid(void *arg);
/* Reads *arg, where the handler skips what faults. */
void task_read(void *arg);
void handle_by_skipping(int signo);
/* mprotect() of a page to read-only, and to readable and writable again. */
void task_protect(void *page);
/* A page between two that are not accessible, so that no mapping is merged with it. */
void *task_page(int prot);

#endif
