/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What avow bench measures on: an enclave that leaves at once, one that is not ready, and memory. */
#ifndef AVOW_CMD_BENCH_SCENE_H
#define AVOW_CMD_BENCH_SCENE_H

#include <libavow.h>

#define BENCH_PAGE	4096ULL
#define BENCH_ROW	256ULL	/* pages that are touched, one after the other */
#define BENCH_ADD	32ULL	/* pages of one ADD_PAGES */

struct bench_scene {
	struct avow_enclave *ready, *growing;
	__u64 next;		/* offset in growing that no page is at yet */
	char *anonymous;	/* BENCH_ROW pages */
	unsigned char *from, *to;	/* BENCH_ADD pages each */
};

/* 0, or a negative errno after a message. bench_end() in any case. */
int bench_begin(struct bench_scene *s, const char *device);
void bench_end(struct bench_scene *s);

/* Each does something n times; 0, or a negative errno. */
int bench_enter(struct bench_scene *s, unsigned long n);
int bench_getpid(struct bench_scene *s, unsigned long n);
/* n * BENCH_ADD pages in ADD_PAGES that are measured, and not. Not more than BENCH_ADDS_MAX in all. */
int bench_add(struct bench_scene *s, unsigned long n);
int bench_add_measured(struct bench_scene *s, unsigned long n);
int bench_copy(struct bench_scene *s, unsigned long n);
#define BENCH_ADDS_MAX	480
/* One page that nobody has touched, to R and back to RW: the check and the mapping, no TLB. */
int bench_protect(struct bench_scene *s, unsigned long n);
int bench_protect_anonymous(struct bench_scene *s, unsigned long n);
/* First touches of BENCH_ROW pages, for n = 1. What makes them first is not to be timed. */
int bench_touch(struct bench_scene *s, unsigned long n);
int bench_touch_anonymous(struct bench_scene *s, unsigned long n);
int bench_untouch(struct bench_scene *s);
int bench_untouch_anonymous(struct bench_scene *s);

#endif
