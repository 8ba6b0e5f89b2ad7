// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * EAUG has added a page RW. The enclave accepts it as RWX: it would get X without EMODPE. R34:
 * EACCEPT compares, and RAX is 19. The hole is accept_wider.
 */
#include <sys/mman.h>

#include "attack.h"

#define AUGMENTED(rwx)	(avow_secinfo_reg(rwx) | SECINFO_PENDING)

void attack(void)
{
	struct scene s;
	u64 at;

	scene_image(&s, 1);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_RWX));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	at = scene_at(&s, s.play);
	REQUIRE(probe_read(at).value == 0xff);

	ATTEMPT_LEAF(inside_eaccept(&s, s.play, AUGMENTED(AVOW_RWX)));
	attempt_write(&s, at, 0xc3);
	attempt_exec(&s, at);
	got_through("a page that EAUG added RW was accepted RWX");
}
