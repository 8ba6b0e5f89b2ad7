// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A read-only mapping of an enclave is also a link in /proc/self/map_files, to what is mapped.
 * It is opened for writing, and what is opened mapped writable at the page's address. R22.1. Each
 * open of the device is another enclave, which is empty.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s, again;
	char name[96];
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play);
	again = s;
	snprintf(name, sizeof(name), "/proc/self/map_files/%llx-%llx", (unsigned long long)at,
		 (unsigned long long)(at + PAGE));
	again.e.fd = open(name, O_RDWR | O_CLOEXEC);
	REQUIRE(again.e.fd >= 0);
	scene_unmap(&s, s.play, 1);
	scene_map(&again, s.play, 1, PROT_READ | PROT_WRITE);
	if (!probe_write(at + 16, 0x5a).signo)
		got_through("wrote to a page that was declared R");

	ATTEMPT(&again, raw_add(&again, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R), 0,
				NULL));
	got_through("added a page by another descriptor");
}
