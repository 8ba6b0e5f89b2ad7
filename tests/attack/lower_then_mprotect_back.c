// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mapping that was writable is made readable, the intent is lowered, and the mapping gets
 * back what it had when it was made. R8.2: mprotect() is held to the intent of now
 * (mprotect_intent); behind that R10.1 and R10.3 (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	REQUIRE(!probe_write(at + 16, 0x11).signo);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	REQUIRE(!probe_read(at).signo);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote to a page whose intent was lowered to R");
}
