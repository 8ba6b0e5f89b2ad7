// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Against a policy that takes no code from a noexec mount: the file was mapped when its mount
 * was none, and is mounted noexec while its second page is copied. Whoever asks at the
 * mmap(), or once for a call, does not see that. R7.2: the hook is asked for each page, after its
 * copy, and the policy looks at the mount as it is then. The hole is load_asked_once.
 */
#include <sys/mman.h>
#include <sys/mount.h>

#include "borrowed.h"
#include "served.h"

static void adds(void *arg)
{
	u8 *src = served_map(2);
	struct scene s;

	(void)arg;
	scene_image(&s, 2);

	ATTEMPT(&s, borrowed_add_behind(&s, src));
	borrowed_run(&s, "ran code from a noexec file system");
}

static void remounts(void *arg)
{
	(void)arg;
	REQUIRE(!mount(NULL, SERVED_DIRECTORY, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
}

void attack(void)
{
	u8 *bytes = source_anon(2, PROT_READ | PROT_WRITE);
	struct served f;

	bytes[PAGE] = 0xc3;
	bytes[PAGE + 1] = BORROWED_BYTE;
	attack_policy("deny load intent has x, mount has noexec\ndefault allow\n");
	served_mount(&f, bytes, 2, 1);
	served_attack(&f, adds, remounts, NULL);
}
