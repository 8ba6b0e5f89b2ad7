// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * userfaultfd lets a process answer the faults of a mapping by itself: it would put pages of
 * its own where the enclave's are to come. R10. The kernel registers memory files and
 * anonymous memory alone.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "attack.h"

void attack(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.len = PAGE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct scene s;
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	REQUIRE(fd >= 0);
	REQUIRE_OK(ioctl(fd, UFFDIO_API, &api));
	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	range.range.start = scene_at(&s, s.play);

	ATTEMPT_UNRECORDED(ioctl(fd, UFFDIO_REGISTER, &range), EINVAL);
	got_through("answers the faults of an enclave");
}
