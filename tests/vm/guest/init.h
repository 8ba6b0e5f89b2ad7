/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the virtual machine's init. */
#ifndef AVOW_VM_INIT_H
#define AVOW_VM_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* main.c: report and stop the machine; the only way out of init. */
void lost(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void power_off(unsigned int value) __attribute__((noreturn));
/* Who is told when init is lost, besides the console. */
extern void (*lost_listener)(const char *reason);

/* files.c: NULL where the file is missing; the caller frees. */
char *file_read(const char *path, size_t *length);
char *file_line(const char *path);
char **file_list(const char *path, size_t *count);
bool write_all(int fd, const void *data, size_t length);
void make_directories(const char *path);

/* mounts.c */
void mount_system(const char *root);
void mount_shares(void);
/* The directory to chroot into: "" or where the root that the job names is mounted. */
const char *mount_root(void);
/* Goes on as the init of that root. */
void become_init(const char *root) __attribute__((noreturn));

/* modules.c */
void load_kernel_modules(void);
bool avow_offered(void);		/* is there an avow.ko in this machine */
bool avow_loaded(void);
bool avow_load(char *why, size_t size);	/* does nothing where it is loaded */
bool avow_unload(char *why, size_t size);

/* leftovers.c: what avow.ko must not leave behind. */
struct baseline {
	long free_kib, depot_kib;
	char *meminfo;
};
void baseline_take(struct baseline *before);
bool leftovers(const struct baseline *before, char *why, size_t size);

/* depot.c: memory that the kernel of KERNEL=debug keeps for its reports, for good. */
long depot_kib(void);

/* detectors.c: what a kernel that is made to catch mistakes has found. */
bool detectors_wanted(void);
/* Both must be there and on. */
void detectors_begin(void);
/* What kmemleak has to say, or ""; the caller frees. */
char *detectors_leaks(void);
/* lockdep switches itself off at its first report, and when its tables are full. */
bool detectors_lockdep(void);

/* known_leaks.c: takes what the kernel has lost by itself out of kmemleak's report. */
void known_leaks_leave_out(char *report);

/* process.c */
struct child {
	pid_t pid;
	int in, out, err;	/* our ends; in is -1 where there is none */
};
struct command {
	const char *file;
	char **argv, **env;
	const char *cwd, *root;	/* root: chroot into it before cwd, or "" */
	bool terminal;		/* on a pseudo terminal: in == out, no err */
	bool input;		/* false: standard input is /dev/null */
};
int child_start(const struct command *command, struct child *child);
bool child_running(const struct child *child, int *status);
void kill_everybody(void);

/* The three modes; each gives the value for power_off(). */
unsigned int suite_main(void);
unsigned int run_main(bool terminal);

#endif
