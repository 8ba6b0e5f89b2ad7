// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A policy is three links pinned in bpffs. A user makes a user namespace, in which it is
 * root, and a mount namespace, and removes the pins as that root: the policy would end. R43.4: the
 * directory is root's of the machine.
 */
#include <sched.h>

#include "attack.h"

#define PIN	"/sys/fs/bpf/avow/live/load"

void attack(void)
{
	attack_policy("deny load intent has x\ndefault allow\n");
	REQUIRE(!access(PIN, F_OK));
	REQUIRE(!setgid(65534) && !setuid(65534));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));

	ATTEMPT_UNRECORDED(unlink(PIN), EACCES);
	got_through("a user has ended the policy");
}
