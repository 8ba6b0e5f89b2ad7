// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy lets code come from one file that is mapped executable. It is mapped shared,
 * by a descriptor that may write, so that another mapping of it may change it at any time. R7.2: the class
 * says so. The hole is source_shared.
 */
#include <sys/mman.h>

#include "borrowed.h"

void attack(void)
{
	int fd = borrowed_policy();
	u8 *src = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	u8 *other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct scene s;

	REQUIRE(src != MAP_FAILED && other != MAP_FAILED);
	other[1] = BORROWED_BYTE;
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran what a writable mapping had put into the file");
}
