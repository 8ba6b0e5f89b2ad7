/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations of which every allocation fails, and every copy from and to the user: one after the
 * other, each once alone, and once with all that come after it. Each time the operation fails as
 * it may and has changed nothing, or is whole; in the end it works.
 */
#ifndef POINTS_H
#define POINTS_H

#include "failing.h"
#include "scene.h"

/* Far apart, so that each has page tables and runs of its own. */
#define PLACES		25U
#define STRIDE		512ULL
#define MOST_POINTS	500U

/* What run() can answer besides an errno. */
#define SIGNAL(number)	(1000 + (number))
#define VECTOR(number)	(2000 + (number))
#define CODE(rax)	(3000 + (int)(rax))
#define MOVED		4000

struct operation {
	/* Everything that it needs; the scene is new. */
	void (*begin)(struct scene *s);
	/* At a place; after the first success the next place has its turn. May be NULL. */
	void (*prepare)(struct scene *s, unsigned int at);
	/* 0, an errno, SIGNAL() or VECTOR(). */
	int (*run)(struct scene *s, unsigned int at);
	/* After success: what is not the scene's. May be NULL. */
	void (*after)(struct scene *s, unsigned int at);
	/* At the end of the scene: is the enclave what it would be without failures? May be NULL. */
	void (*end)(struct scene *s);
	unsigned int rounds;	/* how often it is to get through; 0: 3 */
	unsigned int places;	/* that it has; 0: PLACES */
	bool anew;		/* a new scene for each place */
	bool still;		/* it leaves its place as it was, and has but one */
	bool one_only;		/* not FAIL_ON: the kernel itself does not stand it */
	int also;		/* what it may answer besides ENOMEM and EFAULT */
	u32 may_change;		/* AVOW_RUN_* bits that a failure may leave (R16.3) */
	bool any_source;	/* each place has a source of its own */
	u32 told;		/* records that it makes when it is through */
	/* What a failure may leave done of it, where it can be repeated then. May be NULL. */
	void (*part)(struct scene *s, unsigned int at);
};

static inline u64 place(struct scene *s, unsigned int at)
{
	return s->play + at * STRIDE * PAGE;
}

/*
 * Slots that one word of kmod/slots.c stands for while they are equal: to change one of them a
 * node is allocated.
 */
#define BLOCK	64ULL
#define IN	7ULL	/* a slot of it, neither its first nor its last */

/* The first slot of the i-th block of a place. */
static inline u64 block(struct scene *s, unsigned int at, u64 i)
{
	return (place(s, at) / PAGE + BLOCK - 1) / BLOCK * BLOCK * PAGE + i * BLOCK * PAGE;
}

/*
 * A range of several runs. A failure comes anywhere in it, each on a place of its own: what the
 * answer counts is done, the rest is as it was, and a call for the rest then does that.
 */
struct ranged {
	void (*begin)(struct scene *s);
	void (*prepare)(struct scene *s, unsigned int at);	/* may be NULL */
	/* 0 or an errno; *done in bytes. */
	int (*run)(struct scene *s, u64 offset, u64 length, u64 *done);
	u64 first, pages;	/* of the range, from the place's first block on */
	bool frees;		/* the pages that it does */
};

#define RANGES	12U	/* places */

/* The operation, both ways; begins and ends it. */
void every_point(const struct operation *op);
void every_point_of_range(const struct ranged *op);

/* Before the cases: their processes share what is counted. */
void points_share(void);
/* The same for what goes through its points by itself, and counts them. */
void points_begin(void);
void points_end(unsigned int points);
extern const char *const how_names[];

/* The last case: each operation that began has ended. */
void points_all(void);

#endif
