// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The heap: blocks one behind the other from its start to what is committed, each with its size before it, so
 * that neighbours are found and merged; first fit. Pages are EACCEPTed when the last block needs them.
 */
#include <errno.h>

#include "pages.h"
#include "thread.h"

#define PAGE	4096UL
#define ALIGN	16UL
#define USED	1UL

/* Before what malloc() returns. */
struct block {
	size_t bytes;		/* of all of it, a multiple of ALIGN; USED in bit 0 */
	size_t before;		/* bytes of the block before it, 0 for the first */
};

_Static_assert(sizeof(struct block) == ALIGN, "what malloc() returns is aligned");

static struct avow_lock lock;
static size_t committed;	/* bytes of the heap that have pages; all are in blocks */
static struct block *last;	/* NULL: there is none */

static char *start(void)
{
	return avow_base + avow_ranges.heap;
}

static size_t size(const struct block *b)
{
	return b->bytes & ~USED;
}

static struct block *head(void *p)
{
	return (struct block *)p - 1;
}

static struct block *next(struct block *b)
{
	return b == last ? NULL : (struct block *)((char *)b + size(b));
}

/* After b's size has changed. */
static void tell_next(struct block *b)
{
	struct block *n = next(b);

	if (n)
		n->before = size(b);
}

/* Takes its next, which is free, into b. */
static void merge_next(struct block *b)
{
	struct block *n = next(b);

	if (n == last)
		last = b;
	b->bytes += n->bytes;
	tell_next(b);
}

/* Makes the rest of b a free block, if it is large enough to be one. */
static void split(struct block *b, size_t bytes)
{
	struct block *rest = (struct block *)((char *)b + bytes);

	if (size(b) - bytes < 2 * sizeof(*b))
		return;
	rest->bytes = size(b) - bytes;
	rest->before = bytes;
	b->bytes = bytes | (b->bytes & USED);
	if (b == last)
		last = rest;
	tell_next(rest);
	if (next(rest) && !(next(rest)->bytes & USED))
		merge_next(rest);
}

/* What an earlier call accepted, before it failed, is still zero. */
static bool commit(size_t bytes)
{
	char *end = start() + committed + bytes;
	char *at;
	int err;

	for (at = start() + committed; at < end; at += PAGE) {
		err = avow_accept(at, PAGE);
		if (err && err != -EEXIST)
			return false;
	}
	committed += bytes;
	return true;
}

/* A free block at the end, of at least so many bytes. */
static struct block *grow(size_t bytes)
{
	bool is_free = last && !(last->bytes & USED);
	size_t more = (bytes - (is_free ? size(last) : 0) + PAGE - 1) & ~(PAGE - 1);
	struct block *b = (struct block *)(start() + committed);

	if (more > avow_ranges.heap_bytes - committed || !commit(more))
		return NULL;
	if (is_free) {
		last->bytes += more;
		return last;
	}
	b->bytes = more;
	b->before = last ? size(last) : 0;
	last = b;
	return b;
}

static struct block *find(size_t bytes)
{
	struct block *b;

	for (b = last ? (struct block *)start() : NULL; b; b = next(b))
		if (!(b->bytes & USED) && size(b) >= bytes)
			return b;
	return grow(bytes);
}

/* With a block's head; 0: more than there can ever be. */
static size_t whole(size_t bytes)
{
	return bytes > avow_ranges.heap_bytes ? 0 : ((bytes + ALIGN - 1) & ~(ALIGN - 1)) + sizeof(struct block);
}

void *malloc(size_t bytes)
{
	struct block *b = NULL;

	bytes = whole(bytes);
	if (!bytes)
		return NULL;
	avow_lock(&lock);
	b = find(bytes);
	if (b) {
		split(b, bytes);
		b->bytes |= USED;
	}
	avow_unlock(&lock);
	return b ? b + 1 : NULL;
}

void free(void *p)
{
	struct block *b, *before;

	if (!p)
		return;
	b = head(p);
	avow_lock(&lock);
	if (!(b->bytes & USED))		/* freed twice: nothing of the heap can be relied on */
		avow_abort();
	b->bytes &= ~USED;
	if (next(b) && !(next(b)->bytes & USED))
		merge_next(b);
	before = (struct block *)((char *)b - b->before);
	if (b->before && !(before->bytes & USED))
		merge_next(before);
	avow_unlock(&lock);
}

void *calloc(size_t nr, size_t bytes)
{
	size_t all;
	void *p;

	if (__builtin_mul_overflow(nr, bytes, &all))
		return NULL;
	p = malloc(all);
	return p ? memset(p, 0, all) : NULL;
}

/* Within its block; or with what is free behind it. */
static bool in_place(struct block *b, size_t bytes)
{
	if (size(b) < bytes && next(b) && !(next(b)->bytes & USED) && size(b) + size(next(b)) >= bytes)
		merge_next(b);
	if (size(b) < bytes)
		return false;
	split(b, bytes);
	return true;
}

void *realloc(void *p, size_t bytes)
{
	struct block *b;
	size_t has;
	bool done;
	void *to;

	if (!p)
		return malloc(bytes);
	if (!whole(bytes))
		return NULL;
	b = head(p);
	avow_lock(&lock);
	done = in_place(b, whole(bytes));
	has = size(b) - sizeof(*b);
	avow_unlock(&lock);
	if (done)
		return p;
	to = malloc(bytes);
	if (to) {
		memcpy(to, p, has);
		free(p);
	}
	return to;
}
