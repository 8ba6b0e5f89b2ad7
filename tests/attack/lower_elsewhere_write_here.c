// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Two processes have the page in their page tables. One of them gives up W for good; the
 * entry of the other is not in its reach. R16.1 with R10.3: entries are dropped in every
 * address space, so that R10.1 refuses here, too. The hole is lower_entries.
 */
#include <sys/mman.h>

#include "attack.h"

static void lower(void *arg)
{
	struct scene *s = arg;

	REQUIRE(!probe_write(scene_at(s, s->play) + 16, 0x22).signo);
	REQUIRE_OK(avow_lower_range(s->e.fd, s->play, PAGE, AVOW_R));
}

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!probe_write(scene_at(&s, s.play) + 16, 0x11).signo);
	attack_in_child(lower, &s);

	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page whose intent another process had lowered to R");
}
