// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The signer demands, by the attribute mask, that the enclave is not a DEBUG one. The
 * loader creates it as one, to read its secrets. R23.9. The hole is init_masks.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "victim.h"

void attack(void)
{
	struct scene s;
	u8 byte;
	int mem;

	scene_image(&s, 1);
	scene_add_intent(&s, s.play, 1, AVOW_R, 0);
	REQUIRE(s.e.secs.attributes & ATTR_DEBUG);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	s.e.sig.attributes &= ~ATTR_DEBUG;
	REQUIRE(s.e.sig.attributemask & ATTR_DEBUG);
	REQUIRE_OK(avow_sigstruct_sign(&s.e.sig, scene_key()));

	VICTIM_INIT(&s);
	scene_map(&s, s.play, 1, PROT_NONE);
	mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	REQUIRE(pread(mem, &byte, 1, (off_t)scene_at(&s, s.play)) == 1);
	if (byte != source_byte(0, 0))
		could_not_try("read %#x", byte);
	got_through("read the secret of an enclave that its signer does not let be debugged");
}
