// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy lets code come from one file. The file is mapped privately, and its page
 * changed in memory: the mapping is still of that file, and the bytes are not. R7.2: the
 * class says that the page was written to. The hole is source_written.
 */
#include <sys/mman.h>

#include "borrowed.h"

void attack(void)
{
	int fd = borrowed_policy();
	u8 *src = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	struct scene s;

	REQUIRE(src != MAP_FAILED);
	src[1] = BORROWED_BYTE;
	REQUIRE(!mprotect(src, PAGE, PROT_READ | PROT_EXEC));
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran bytes that are not the file's, as the file's");
}
