// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES has seen that a slot is free and waits for the page's bytes; meanwhile the slot is
 * declared, for reading. Then the page comes, with W (R3.4). R20.1: one ioctl at a time, so
 * that what was seen stays true. The hole is ioctls_at_once.
 */
#include <sys/mman.h>

#include "served.h"

static void adds(void *arg)
{
	struct scene *s = arg;
	u8 *src = served_map(1);

	REQUIRE_OK(raw_add(s, src, s->play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W),
			   SGX_PAGE_MEASURE, NULL));
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!probe_read(scene_at(s, s->play)).signo);
	got_through("a page that can be written to is in a slot that was declared R");
}

static void declares(void *arg)
{
	struct scene *s = arg;

	ATTEMPT_UNRECORDED(avow_declare_range(s->e.fd, s->play, PAGE, AVOW_R), EBUSY);
}

void attack(void)
{
	struct served f;
	struct scene s;

	scene_image(&s, 1);
	served_mount(&f, source_anon(1, PROT_READ), 1, 0);
	served_attack(&f, adds, declares, &s);
}
