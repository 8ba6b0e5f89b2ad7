// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <linux/slab.h>

#include "slots.h"

#define BITS		6
#define CHILDREN	(1U << BITS)

/*
 * A child is a word for all slots that it stands for, or a node with as many children.
 * `all` is what no slot below lacks, `any` what some slot has, as struct slot_test counts.
 * Both may be on the side of caution, which `stale` tells: `all` too little, `any` too much.
 */
struct slot_node {
	u64 child[CHILDREN];
	u64 all, any;
	bool stale;
};

static struct kmem_cache *cache;

int slots_init(void)
{
	cache = kmem_cache_create("avow_slots", sizeof(struct slot_node), 0, SLAB_ACCOUNT, NULL);
	return cache ? 0 : -ENOMEM;
}

void slots_exit(void)
{
	kmem_cache_destroy(cache);
}

/* ---- children ---- */

/* No bit of a word, see core/slot.h. */
#define IS_NODE		(1ULL << 63)

static bool is_node(u64 child)
{
	return child & IS_NODE;
}

static struct slot_node *node_of(u64 child)
{
	return (struct slot_node *)(unsigned long)(child << 1);
}

static u64 child_of(const struct slot_node *node)
{
	return (u64)(unsigned long)node >> 1 | IS_NODE;
}

static u64 child_all(u64 child)
{
	return is_node(child) ? node_of(child)->all : slot_all(child);
}

static u64 child_any(u64 child)
{
	return is_node(child) ? node_of(child)->any : slot_any(child);
}

static bool passes(u64 child, const struct slot_test *test)
{
	return !(test->need & ~child_all(child)) && !(test->forbid & child_any(child));
}

/* The last slot of the child for 1 << shift slots that has this one. */
static unsigned long last_of(unsigned long index, unsigned int shift)
{
	return index | ((1UL << shift) - 1);
}

static u64 *child_at(struct slot_node *node, unsigned long index, unsigned int shift)
{
	return &node->child[index >> shift & (CHILDREN - 1)];
}

/* ---- nodes ---- */

static struct slot_node *node_new(avow_slot slot)
{
	struct slot_node *node = kmem_cache_alloc(cache, GFP_KERNEL);
	unsigned int i;

	if (!node)
		return NULL;
	for (i = 0; i < CHILDREN; i++)
		node->child[i] = slot;
	node->all = slot_all(slot);
	node->any = slot_any(slot);
	node->stale = false;
	return node;
}

static void child_free(u64 child)
{
	struct slot_node *node = node_of(child);
	unsigned int i;

	if (!is_node(child))
		return;
	for (i = 0; i < CHILDREN; i++)
		child_free(node->child[i]);
	kmem_cache_free(cache, node);
	cond_resched();
}

/* Exact sums for the node and those below. A node of equal words becomes a word. */
static void sum(u64 *child)
{
	struct slot_node *node = node_of(*child);
	u64 first, differ = 0;
	unsigned int i;

	if (!is_node(*child) || !node->stale)
		return;
	node->all = ~0ULL;
	node->any = 0;
	for (i = 0; i < CHILDREN; i++) {
		sum(&node->child[i]);
		node->all &= child_all(node->child[i]);
		node->any |= child_any(node->child[i]);
		differ |= node->child[i] ^ node->child[0];
	}
	node->stale = false;
	first = node->child[0];
	if (differ || is_node(first))
		return;
	kmem_cache_free(cache, node);
	*child = first;
}

/* One below has become this, which the sums are made to allow for. */
static void account(struct slot_node *node, u64 child)
{
	node->all &= child_all(child);
	node->any |= child_any(child);
	node->stale = true;
}

/* ---- the tree ---- */

void slots_prepare(struct slot_tree *tree, unsigned long nr)
{
	tree->root = SLOT_HOLE;
	for (tree->shift = 0; (nr - 1) >> tree->shift; tree->shift += BITS)
		;
}

void slots_free(struct slot_tree *tree)
{
	child_free(tree->root);
	tree->root = SLOT_HOLE;
}

static avow_slot walk(const struct slot_tree *tree, unsigned long index, unsigned int *shift)
{
	u64 child = tree->root;

	*shift = tree->shift;
	while (is_node(child)) {
		*shift -= BITS;
		child = *child_at(node_of(child), index, *shift);
	}
	return child;
}

avow_slot slots_get(const struct slot_tree *tree, unsigned long index)
{
	unsigned int shift;

	return walk(tree, index, &shift);
}

avow_slot slots_stretch(const struct slot_tree *tree, unsigned long index, unsigned long *last)
{
	unsigned int shift;
	avow_slot slot = walk(tree, index, &shift);

	*last = last_of(index, shift);
	return slot;
}

/* first..last are slots of this child. */
static unsigned long find(u64 *child, unsigned int shift, unsigned long first, unsigned long last,
			  const struct slot_test *test)
{
	unsigned long end, found;

	if (passes(*child, test))
		return last + 1;
	sum(child);
	if (passes(*child, test))
		return last + 1;
	if (!is_node(*child))
		return first;
	for (shift -= BITS; first <= last; first = end + 1) {
		end = min(last, last_of(first, shift));
		found = find(child_at(node_of(*child), first, shift), shift, first, end, test);
		if (found <= end)
			return found;
	}
	return last + 1;
}

unsigned long slots_find(struct slot_tree *tree, unsigned long first, unsigned long last,
			 const struct slot_test *test)
{
	unsigned int shift;
	avow_slot slot = walk(tree, first, &shift);

	/* Mostly one word is all that there is to be asked. */
	if (last <= last_of(first, shift))
		return slot_passes(slot, test) ? last + 1 : first;
	return find(&tree->root, tree->shift, first, last, test);
}

/* Makes nodes, so that none of the words is both for slots before this one and for it. */
static int split(struct slot_tree *tree, unsigned long index)
{
	unsigned int shift = tree->shift;
	u64 *child = &tree->root;

	while (index & ((1UL << shift) - 1)) {
		if (!is_node(*child)) {
			struct slot_node *node = node_new(*child);

			if (!node)
				return -ENOMEM;
			*child = child_of(node);
		}
		shift -= BITS;
		child = child_at(node_of(*child), index, shift);
	}
	return 0;
}

static int split_range(struct slot_tree *tree, unsigned long first, unsigned long last)
{
	int ret = split(tree, first);

	/* Behind the last slot of the tree there is nothing to be split off. */
	if (!ret && (last + 1) >> tree->shift == 0)
		ret = split(tree, last + 1);
	return ret;
}

/* Pages mostly come one after the other: a node is summed up when its last child is set. */
static void put(u64 *child, unsigned int shift, unsigned long first, unsigned long last,
		avow_slot slot)
{
	unsigned long from = first, end;

	if (!is_node(*child) || last - first == (1UL << shift) - 1) {
		child_free(*child);
		*child = slot;
		return;
	}
	for (shift -= BITS; from <= last; from = end + 1) {
		end = min(last, last_of(from, shift));
		put(child_at(node_of(*child), from, shift), shift, from, end, slot);
	}
	account(node_of(*child), slot);
	if (last_of(last, shift) == last_of(last, shift + BITS))
		sum(child);
}

int slots_set(struct slot_tree *tree, unsigned long first, unsigned long last, avow_slot slot)
{
	unsigned int shift;
	int ret;

	/* The usual case that changes nothing: one word that is so already. */
	if (walk(tree, first, &shift) == slot && last <= last_of(first, shift))
		return 0;
	ret = split_range(tree, first, last);
	if (!ret)
		put(&tree->root, tree->shift, first, last, slot);
	return ret;
}

static void mark(u64 *child, unsigned int shift, unsigned long first, unsigned long last,
		 const struct slot_test *has)
{
	unsigned long end;

	if (passes(*child, has))
		return;
	if (!is_node(*child)) {
		*child |= has->need;
		return;
	}
	for (shift -= BITS; first <= last; first = end + 1) {
		end = min(last, last_of(first, shift));
		mark(child_at(node_of(*child), first, shift), shift, first, end, has);
	}
	node_of(*child)->stale = true;
	sum(child);
	cond_resched();
}

int slots_mark(struct slot_tree *tree, unsigned long first, unsigned long last, avow_slot history)
{
	const struct slot_test has = { .need = history };
	int ret = split_range(tree, first, last);

	if (!ret)
		mark(&tree->root, tree->shift, first, last, &has);
	return ret;
}
