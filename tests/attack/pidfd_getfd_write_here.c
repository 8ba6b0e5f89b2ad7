// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Another process takes the descriptor out of this one by pidfd_getfd(), and maps the page
 * as it likes: it has neither opened the device nor declared anything. R8.1: intent is the
 * page's, whoever maps it (mmap_intent); behind that R10.1 and R10.3 (access_intent,
 * entry_intent).
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "attack.h"

static void thief(void *arg)
{
	struct scene *s = arg;
	int victim = (int)syscall(SYS_pidfd_open, getppid(), 0), number = s->e.fd;

	REQUIRE(victim >= 0);
	REQUIRE(!munmap((void *)s->e.base, s->e.size));
	REQUIRE(!close(number));
	s->e.fd = (int)syscall(SYS_pidfd_getfd, victim, number, 0);
	REQUIRE(s->e.fd >= 0);

	ATTEMPT(s, raw_map(s, s->play, 1, PROT_READ | PROT_WRITE));
	attempt_write(s, scene_at(s, s->play) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	attack_in_child(thief, &s);
}
