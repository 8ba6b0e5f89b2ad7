// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Two pages are added in one call. The policy in force allows the first; while the copy of
 * the second waits for its file's server, the policy is replaced by one that denies both. A
 * verdict that is kept for the call would be the old policy's. R7.2: it is asked for every
 * page, after its copy. The hole is load_asked_once.
 */
#include <sys/mman.h>

#include "served.h"

static void adds(void *arg)
{
	u8 *src = served_map(2);
	struct scene s;

	(void)arg;
	scene_image(&s, 2);

	ATTEMPT(&s, raw_add(&s, src, s.play, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_X),
			    SGX_PAGE_MEASURE, NULL));
	scene_map(&s, s.play + PAGE, 1, PROT_READ | PROT_EXEC);
	REQUIRE(!probe_read(scene_at(&s, s.play + PAGE)).signo);
	got_through("code that the policy in force denies is in the enclave");
}

static void replaces(void *arg)
{
	(void)arg;
	attack_policy("deny load intent has x\ndefault allow\n");
}

void attack(void)
{
	struct served f;

	attack_policy("deny load intent is rwx\ndefault allow\n");
	served_mount(&f, source_anon(2, PROT_READ), 2, 1);
	served_attack(&f, adds, replaces, NULL);
}
