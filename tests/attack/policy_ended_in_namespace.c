// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * As root of a user namespace, with a mount namespace too: unmount the file system that holds
 * the policy, mount another, take the links by number and detach them. R43.4: bpf() and the
 * mount that came along are for root of the machine.
 */
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "attack.h"
#include "policy_case.h"

#define NOBODY	65534
#define LINKS	64	/* more than there are */

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void detach_all(void)
{
	u32 id;

	for (id = 1; id <= LINKS; id++) {
		union bpf_attr get = { .link_id = id }, detach = { 0 };
		long fd = bpf(BPF_LINK_GET_FD_BY_ID, &get);

		if (fd < 0)
			continue;
		detach.link_detach.link_fd = (u32)fd;
		bpf(BPF_LINK_DETACH, &detach);
	}
}

static int add_code(struct scene *s)
{
	return raw_add(s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL);
}

void attack(void)
{
	struct scene s;

	attack_policy("deny load intent has x\ndefault allow\n");
	scene_create(&s, 2);
	EXPECT_DENIED(add_code(&s));
	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	umount2("/sys/fs/bpf", MNT_DETACH);
	mount("none", "/sys/fs/bpf", "bpf", 0, NULL);
	detach_all();

	ATTEMPT_UNRECORDED(add_code(&s), EACCES);
	got_through("a user has ended the policy");
}
