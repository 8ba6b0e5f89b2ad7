// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One page is added by two processes at once: for reading and writing by one, which waits for
 * its bytes, and for reading alone by the other, which everybody then sees. When the first
 * comes, it takes its place. R20.1: one ioctl at a time (ioctls_at_once); behind that R22.6:
 * a page is there already (page_replaced).
 */
#include <sys/mman.h>

#include "served.h"

static void adds_writable(void *arg)
{
	struct scene *s = arg;
	u8 *src = served_map(1);

	ATTEMPT_UNRECORDED(raw_add(s, src, s->play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W),
				   SGX_PAGE_MEASURE, NULL), EBUSY);
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!probe_read(scene_at(s, s->play)).signo);
	got_through("a page that was added R can be written to");
}

static void adds_readable(void *arg)
{
	struct scene *s = arg;

	ATTEMPT_UNRECORDED(raw_add(s, source_code(1), s->play, PAGE, avow_secinfo_reg(AVOW_R),
				   SGX_PAGE_MEASURE, NULL), EBUSY);
	REQUIRE(scene_run(s, s->play).intent == AVOW_R);
}

void attack(void)
{
	struct served f;
	struct scene s;

	scene_image(&s, 1);
	served_mount(&f, source_anon(1, PROT_READ), 1, 0);
	served_attack(&f, adds_writable, adds_readable, &s);
}
