// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A slot is declared for reading, and then once more for everything. R3.3: a slot that has an
 * intent gets no other. The hole is declare_over.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R));

	ATTEMPT(&s, avow_declare_range(s.e.fd, s.play, PAGE, AVOW_RWX));
	scene_init(&s);
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	attempt_fresh_code(&s, s.play);
	got_through("wrote and ran code in a slot that was declared R");
}
