// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The host trims a page of the enclave's, and removes it before the enclave has agreed; then
 * there is a hole, which the next access fills with a page of zeros. R26.3: a page goes
 * when the enclave has accepted it. The hole is remove_accepted.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));

	ATTEMPT(&s, raw_remove(&s, s.play, 1));
	if (scene_run(&s, s.play).state & AVOW_RUN_PRESENT)
		could_not_try("it is still there");
	got_through("removed a page that the enclave had not given up");
}
