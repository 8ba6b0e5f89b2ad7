/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is freed at once, with what it belongs to. */
#ifndef AVOW_POLICY_ARENA_H
#define AVOW_POLICY_ARENA_H

#include <stddef.h>

struct arena_block;

/* All zero is an empty one. */
struct avow_policy_arena {
	struct arena_block *newest;
};

/* Zeroed and aligned for anything; NULL if there is no memory. */
void *avow_policy_arena_take(struct avow_policy_arena *arena, size_t size);
/* With a NUL behind. */
char *avow_policy_arena_copy(struct avow_policy_arena *arena, const char *text, size_t length);
void avow_policy_arena_free(struct avow_policy_arena *arena);

#endif
