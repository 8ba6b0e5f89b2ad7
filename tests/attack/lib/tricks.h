/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several attacks on mappings and declarations do; what goes wrong is "could not try". */
#ifndef TRICKS_H
#define TRICKS_H

#include <pthread.h>

#include "attack.h"

/* A policy under which what was ever mapped writable never becomes executable. */
#define NO_CODE_THAT_WAS_WRITTEN	"deny map prot has x, history has w\ndefault allow\n"

#define CODE_AT	16	/* where in a page a RET is put; the source has none there */

/* As EAUG makes it. */
#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define TRIMMED		((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)

/* A free range, far from where the kernel would put a mapping by itself. */
u64 elsewhere(u64 pages);

/* mmap() of the enclave's file anywhere, over what is there; -1 and errno. offset: of the file. */
int map_file_at(struct scene *s, u64 at, u64 pages, int prot, int flags, u64 offset);

/*
 * Of a slot that holds no page and is mapped RWX: has EAUG add one, gives it every right from
 * inside, and goes on when code that was written there has run.
 */
void attempt_fresh_code(struct scene *s, u64 offset);

/* A page of a memory file, mapped RW and shared: for what works on it, and not on an enclave's. */
void *memory_file_page(int *memory);

/* An enclave that is ready, with a RW page at s->play and nothing in the slot behind it. */
void scene_page_and_hole(struct scene *s);

/* A descriptor sent to ourselves by SCM_RIGHTS: in flight from send to receive. */
struct flight {
	int pair[2];
};
void flight_send(struct flight *f, int fd);
int flight_receive(struct flight *f);

/*
 * A page of memory that stalls who reads it, until its bytes are given: userfaultfd. The
 * reader is a thread of this process.
 */
struct stall {
	int uffd;
	void *page;
};
void stall_new(struct stall *stall);
/* Until somebody is stalled. */
void stall_wait(const struct stall *stall);
void stall_end(const struct stall *stall, const void *bytes, size_t size);

/* An ioctl() by a thread, whose argument is stalled. */
struct stalled_call {
	struct stall stall;
	pthread_t thread;
	int fd;
	unsigned long cmd;
	int ret;
};
/* Until it is stalled. */
void stalled_begin(struct stalled_call *call, int fd, unsigned long cmd);
/* Gives it this argument; it must succeed. */
void stalled_end(struct stalled_call *call, const void *argument, size_t size);

/*
 * The attack goes on in a new program, this one once more: there attack() is called again, and
 * attack_goes_on() says so. The scene's descriptor and addresses go along, and nothing else.
 */
_Noreturn void attack_by_execve(struct scene *s);
bool attack_goes_on(struct scene *s);

#endif
