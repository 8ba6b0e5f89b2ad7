// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * userfaultfd lets a process answer the faults of a mapping by itself: it would put pages of
 * its own where the enclave's are to come. R10. The kernel registers memory files and
 * anonymous memory alone: of those it takes the same call.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tricks.h"

static int answer_faults(int fd, u64 at)
{
	struct uffdio_register range = {
		.range = { .start = at, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return ioctl(fd, UFFDIO_REGISTER, &range);
}

static void try_on_memory_file(int fd)
{
	int memory;

	if (answer_faults(fd, (u64)memory_file_page(&memory)))
		could_not_try("a memory file is refused, too: %s", strerror(errno));
}

void attack(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct scene s;
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	REQUIRE(fd >= 0);
	REQUIRE_OK(ioctl(fd, UFFDIO_API, &api));
	try_on_memory_file(fd);
	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);

	ATTEMPT_UNRECORDED(answer_faults(fd, scene_at(&s, s.play)), EINVAL);
	got_through("answers the faults of an enclave");
}
