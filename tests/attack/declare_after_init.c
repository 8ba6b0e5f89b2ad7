// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * In `strict` a hole stays a hole, unless it was declared. So it is declared when the enclave
 * runs already, and its measurement and its policy were looked at. R3.3: only before INIT. The
 * hole is declare_after_init.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);

	ATTEMPT(&s, avow_declare_range(s.e.fd, s.play, PAGE, AVOW_RWX));
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	attempt_fresh_code(&s, s.play);
	got_through("wrote and ran code in a slot that was a hole at INIT");
}
