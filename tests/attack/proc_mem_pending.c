// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page that the enclave asked for is zero when it accepts it. Before that, while it is
 * PENDING, a debugger puts bytes into it. R17.1: neither the enclave nor a debugger reaches
 * a page that is PENDING. The hole is debug_pending.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "attack.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT | ATTR_DEBUG };
	struct scene s;
	u8 byte = 0x5a;
	u64 at;
	int mem;

	scene_image_with(&s, 1, &params);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	REQUIRE(probe_read(at).value == 0xff);	/* augments it */
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(mem >= 0);

	ATTEMPT(&s, pwrite(mem, &byte, 1, (off_t)at));
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	if (inside_read(&s, at).value != byte)
		could_not_try("the write succeeded, and the page is zero");
	got_through("the enclave accepted a page with a debugger's bytes");
}
