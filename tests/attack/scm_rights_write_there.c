// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy: what was ever mapped writable must not become executable. Here the page is
 * mapped writable and gets its code; a process that shares nothing with this one but the
 * descriptor, which it got by SCM_RIGHTS, maps it executable. R14.1 with R16.2: history goes
 * with the page. The hole is history_told.
 */
#include <sys/mman.h>

#include "tricks.h"

struct sent {
	struct scene s;
	struct flight flight;
};

static void receiver(void *arg)
{
	struct sent *sent = arg;
	struct scene *s = &sent->s;

	REQUIRE(!munmap((void *)s->e.base, s->e.size));
	REQUIRE(!close(s->e.fd));
	s->e.fd = flight_receive(&sent->flight);

	ATTEMPT(s, raw_map(s, s->play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(s, scene_at(s, s->play) + CODE_AT);
	got_through("ran what another process had written");
}

void attack(void)
{
	struct sent sent;
	struct scene *s = &sent.s;

	attack_policy(NO_CODE_THAT_WAS_WRITTEN);
	scene_ready(s, 1, AVOW_RWX, AVOW_RWX);
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!probe_write(scene_at(s, s->play) + CODE_AT, 0xc3).signo);
	flight_send(&sent.flight, s->e.fd);
	attack_in_child(receiver, &sent);
}
