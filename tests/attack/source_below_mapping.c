// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The address to copy from lies below a mapping, where there is nothing: whoever looks for
 * "the first mapping that ends behind the address" finds the next one, which is a file that the
 * policy trusts. R5.1: the mapping must contain the address (source_contains). Nor is
 * there a page to be had (R5.2, source_failed).
 */
#include <sys/mman.h>

#include "borrowed.h"

/* Far from where the kernel puts mappings of its own choice: nothing gets into the gap. */
#define GAP	((void *)0x10000000)

void attack(void)
{
	int fd = borrowed_policy();
	u8 *gap = mmap(GAP, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		       -1, 0);
	struct scene s;

	REQUIRE(gap != MAP_FAILED);
	REQUIRE(mmap(gap + PAGE, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) ==
		gap + PAGE);
	REQUIRE(!munmap(gap, PAGE));
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, gap));
	borrowed_read(&s, "added a page from where nothing is mapped, in the next mapping's name");
}
