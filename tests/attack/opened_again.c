// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The descriptor is opened anew by its name in /proc, as one gets a file's other rights: it
 * would be a second way to the same enclave, without what the first knows. R22.1. Each open
 * of the device is another enclave, which is empty.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s, again;
	char name[64];

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	again = s;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", s.e.fd);
	again.e.fd = open(name, O_RDWR | O_CLOEXEC);
	REQUIRE(again.e.fd >= 0);
	scene_map(&again, s.play, 1, PROT_READ | PROT_WRITE);
	if (!probe_write(scene_at(&again, s.play) + 16, 0x5a).signo)
		got_through("wrote to a page that was declared R");

	ATTEMPT(&again, raw_add(&again, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R), 0,
				NULL));
	got_through("added a page by another descriptor");
}
