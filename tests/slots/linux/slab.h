/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kmod/slots.c needs of the kernel, for user space: memory that runs out at will. */
#ifndef TESTS_SLOTS_SLAB_H
#define TESTS_SLOTS_SLAB_H

#include <stdlib.h>

#define GFP_KERNEL	0
#define SLAB_ACCOUNT	0

#define min(a, b)	((a) < (b) ? (a) : (b))

struct kmem_cache {
	size_t size;
	unsigned long used;	/* objects */
	long left;		/* how many more there are; negative: without end */
};

extern struct kmem_cache test_cache;

static inline struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
						   unsigned long flags, void *ctor)
{
	(void)name, (void)align, (void)flags, (void)ctor;
	test_cache.size = size;
	return &test_cache;
}

static inline void kmem_cache_destroy(struct kmem_cache *cache)
{
	(void)cache;
}

static inline void *kmem_cache_alloc(struct kmem_cache *cache, int flags)
{
	(void)flags;
	if (!cache->left)
		return NULL;
	cache->left -= cache->left > 0;
	cache->used++;
	return malloc(cache->size);
}

static inline void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	cache->used--;
	free(object);
}

#endif
