// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mapping that grows like a stack: the one of a writable page, which by a mere access would
 * come to lie over the read-only page below it, unasked. R10.1. The kernel lets no mapping of a
 * file grow, nor mprotect() take a range as far as one that does.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	const struct avow_params params = { .size = 4 * PAGE, .base = elsewhere(4) };
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	scene_add_intent(&s, 0, 1, AVOW_R | AVOW_W, AVOW_R);
	scene_add(&s, PAGE, 1, AVOW_R | AVOW_W);
	scene_map(&s, PAGE, 1, PROT_READ);
	if (!mprotect((void *)scene_at(&s, PAGE), PAGE, PROT_READ | PROT_WRITE | PROT_GROWSDOWN) ||
	    !mprotect((void *)scene_at(&s, PAGE), PAGE, PROT_READ | PROT_WRITE | PROT_GROWSUP))
		could_not_try("mprotect() has taken it for one that grows");

	ATTEMPT_UNRECORDED(map_file_at(&s, scene_at(&s, PAGE), 1, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_GROWSDOWN, 0), EINVAL);
	attempt_write(&s, scene_at(&s, 0) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
