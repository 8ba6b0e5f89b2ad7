// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * vmsplice() with SPLICE_F_GIFT hands a page to a pipe; tee() makes a second reference. The page is
 * then sealed against all access, and its bytes are read from the pipe. R17.3: enclave
 * pages cannot be handed over. The hole is page_entries.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "attack.h"

void attack(void)
{
	struct iovec there = { .iov_len = PAGE };
	struct scene s;
	int first[2], second[2];
	u8 bytes[2] = { 0 };

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	there.iov_base = (void *)scene_at(&s, s.play);
	REQUIRE(!pipe(first) && !pipe(second));
	REQUIRE(!probe_write(scene_at(&s, s.play) + 1, 0x11).signo);

	ATTEMPT_UNRECORDED(vmsplice(first[1], &there, 1, SPLICE_F_GIFT), EFAULT);
	REQUIRE(tee(first[0], second[1], PAGE, 0) == (ssize_t)PAGE);
	/* What is written from now on nobody outside is to see. */
	REQUIRE(!inside_write(&s, scene_at(&s, s.play) + 1, 0x5a).ret);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, 0));
	REQUIRE(read(second[0], bytes, 2) == 2);
	if (bytes[1] != 0x5a)
		could_not_try("the pipe has %#x", bytes[1]);
	got_through("read from a pipe what was written to a page before it was sealed");
}
