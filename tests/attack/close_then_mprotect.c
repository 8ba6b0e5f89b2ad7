// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last descriptor of the enclave is closed, or so it seems: it travels through a socket,
 * where nobody can use it. The mapping stays. R8.2: a mapping is held to the intent without a
 * descriptor, too. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct flight flight;
	struct scene s;
	int ret;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!probe_read(scene_at(&s, s.play)).signo);
	attempt_begin(&s);
	flight_send(&flight, s.e.fd);
	REQUIRE(!close(s.e.fd));

	ret = raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC) ? -errno : 0;
	s.e.fd = flight_receive(&flight);
	attempt_end(&s, "mprotect() without a descriptor", ret);
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
