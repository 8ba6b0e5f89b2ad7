// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file that the policy trusts is mapped, and then truncated: the mapping is as before,
 * and reading it is SIGBUS. R5.2: no page is added for it, of whatever bytes. The hole is
 * source_failed.
 */
#include <sys/mman.h>

#include "borrowed.h"

void attack(void)
{
	int fd = borrowed_policy();
	u8 *src = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	struct scene s;

	REQUIRE(src != MAP_FAILED && *src == source_byte(0, 0));
	REQUIRE(!ftruncate(fd, 0));
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_read(&s, "added code in the name of a file that has none");
}
