// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * As source_written_copy, but the process that adds the page has never written to it, nor
 * has its mapping ever been writable since it lives: its parent did, before the fork, and they share the
 * copy. R7.2. The hole is source_written.
 */
#include <sys/mman.h>

#include "borrowed.h"

static void adds(void *arg)
{
	struct scene s;

	scene_image(&s, 1);
	ATTEMPT(&s, borrowed_add(&s, arg));
	borrowed_run(&s, "ran bytes that are not the file's, as the file's");
}

void attack(void)
{
	int fd = borrowed_policy();
	u8 *src = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	REQUIRE(src != MAP_FAILED);
	src[1] = BORROWED_BYTE;
	REQUIRE(!mprotect(src, PAGE, PROT_READ | PROT_EXEC));
	attack_in_child(adds, src);
	could_not_try("the child did nothing");
}
