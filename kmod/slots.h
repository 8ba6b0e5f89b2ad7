/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A word (core/slot.h) for each slot of a range, in a tree whose nodes know what all of
 * their slots have and what any has, so that a question about a range is answered without
 * a look at each of its runs. An aligned stretch of equal slots takes one word. The caller
 * sees to it that nobody else uses the tree meanwhile.
 */
#ifndef AVOW_SLOTS_H
#define AVOW_SLOTS_H

#include "slot.h"

struct slot_tree {
	u64 root;		/* a word or a node, see slots.c; zero is all holes */
	unsigned int shift;	/* the root is for 1 << shift slots */
};

int slots_init(void);		/* once, for all trees */
void slots_exit(void);

/* All holes. There are so many slots, and nobody asks for others. */
void slots_prepare(struct slot_tree *tree, unsigned long nr);
void slots_free(struct slot_tree *tree);

avow_slot slots_get(const struct slot_tree *tree, unsigned long index);
/* The word of the slots from index to *last, behind which there may be more of them. */
avow_slot slots_stretch(const struct slot_tree *tree, unsigned long index, unsigned long *last);
/* The first slot that does not pass; last + 1: all do. */
unsigned long slots_find(struct slot_tree *tree, unsigned long first, unsigned long last,
			 const struct slot_test *test);
/* Sets the word of first..last. -ENOMEM: nothing changed. */
int slots_set(struct slot_tree *tree, unsigned long first, unsigned long last, avow_slot slot);
/* Adds history to each slot of first..last that has a page. -ENOMEM: nothing changed. */
int slots_mark(struct slot_tree *tree, unsigned long first, unsigned long last, avow_slot history);

#endif
