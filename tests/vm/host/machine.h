/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual machine: what it is made of, and the one that runs. */
#ifndef AVOW_VM_MACHINE_H
#define AVOW_VM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "archive.h"

struct list {
	char **items;
	size_t count;
};
void list_add(struct list *list, char *item);

struct test {
	char *name, *program;
	unsigned int seconds;
};

/* With a lower limit CPUID leaf 0x12 would read as another leaf. */
#define CPU_DEFAULT	"max,level=0x20"

/* Filled from the command line, constant afterwards. */
struct options {
	const char *mode;		/* suite, run, shell, local */
	const char *kernel, *release, *init, *busybox;
	const char *module;		/* avow.ko, or NULL: a machine without it */
	struct list load;		/* kernel modules in the order of loading */
	struct list kernel_args, module_args, shares;
	struct list data;		/* directories whose files go to GUEST_DATA */
	struct list extra;		/* HOST=GUEST: more files for the machine */
	struct list programs;		/* NAME=PROGRAM, to GUEST_TESTS */
	struct list by;			/* a program and its arguments before the one to run */
	struct list libraries;		/* loaded later: packed with what they need */
	struct list tests;		/* NAME=PROGRAM[=SECONDS] */
	struct list env;		/* NAME=VALUE, of tests */
	struct list expect;		/* TEST=TABLE */
	unsigned int memory, cpus, timeout;	/* MiB; 0: chosen; seconds, 0: none */
	const char *root;		/* the file system that the program sees, or NULL */
	bool boot;			/* root has an init, which is to run */
	bool no_9p, verbose, strict_skips, checks, icount;
	bool output;			/* show what tests print, though they pass */
	const char *cpu;		/* the model and its features, for QEMU */
	bool detect;			/* the kernel is made to catch mistakes: ask what it found */
	unsigned int slow;		/* how many times longer everything may take */
	bool one_thread;		/* QEMU emulates all processors in one thread, by turns */
	const char *totals;		/* file to append "passed failed skipped" to */
	const char *title;		/* what is before each test's name */
	char **argv;			/* run, local: the program and its arguments */
};

struct machine {
	pid_t pid;
	int console;		/* our end of ttyS0 */
	int results;		/* of ttyS1 */
	int link;		/* of the virtio port */
};

/* image.c: everything init needs, and the job. */
int build_image(const struct options *options, uint64_t *size);

/*
 * machine.c: starts QEMU. It dies with this process, however this process
 * ends; SIGINT, SIGTERM and SIGHUP end both with 128+N.
 */
void machine_start(struct machine *machine, const struct options *options, int image,
		   uint64_t image_size);
/* Ends it if it still runs; QEMU's exit status, 128+N for a signal. */
int machine_end(struct machine *machine, bool wait);
/* Called before this process is ended by a signal; must be async-signal-safe. */
extern void (*on_signal)(void);

/* The modes: the exit status of the whole program. */
int suite_run(const struct options *options);
int program_run(const struct options *options);
int local_run(const struct options *options);

#endif
