// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Against a policy that takes no code from a noexec mount: the file was mapped when its mount
 * was none, and is mounted noexec while its page is copied. Whoever asks at the mmap(), or
 * before the copy, does not see that. R7.2: the hook is asked after the copy, and the policy
 * looks at the mount as it is then. The hole is load_unasked.
 */
#include <sys/mman.h>
#include <sys/mount.h>

#include "borrowed.h"
#include "served.h"

static void adds(void *arg)
{
	u8 *src = served_map(1);
	struct scene s;

	(void)arg;
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran code from a noexec file system");
}

static void remounts(void *arg)
{
	(void)arg;
	REQUIRE(!mount(NULL, SERVED_DIRECTORY, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
}

void attack(void)
{
	struct served f;

	attack_policy("deny load intent has x, mount has noexec\ndefault allow\n");
	served_mount(&f, borrowed_evil(PROT_READ), 1, 0);
	served_attack(&f, adds, remounts, NULL);
}
