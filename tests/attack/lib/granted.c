// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/mman.h>

#include "granted.h"

u64 granted_word(struct scene *s)
{
	u64 at, i;

	scene_ready(s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(s, s->play) + 64;
	for (i = 0; i < 4; i++)
		REQUIRE(!probe_write(at + i, GRANTED_BYTE).signo);
	REQUIRE_OK(raw_restrict(s, s->play, 1, AVOW_R));
	return at;
}
