// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define BLOCK_SIZE	4096
#define ALIGN		16

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	_Alignas(ALIGN) char bytes[];
};

static struct arena_block *new_block(struct avow_policy_arena *arena, size_t size)
{
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size = size;
	block->older = arena->newest;
	arena->newest = block;
	return block;
}

void *avow_policy_arena_take(struct avow_policy_arena *arena, size_t size)
{
	struct arena_block *block = arena->newest;
	void *taken;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!block || block->size - block->used < size)
		block = new_block(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
	if (!block)
		return NULL;
	taken = block->bytes + block->used;
	block->used += size;
	return taken;
}

char *avow_policy_arena_copy(struct avow_policy_arena *arena, const char *text, size_t length)
{
	char *copy = avow_policy_arena_take(arena, length + 1);

	if (copy && length)
		memcpy(copy, text, length);
	return copy;
}

void avow_policy_arena_free(struct avow_policy_arena *arena)
{
	struct arena_block *block = arena->newest, *older;

	for (; block; block = older) {
		older = block->older;
		free(block);
	}
	arena->newest = NULL;
}
