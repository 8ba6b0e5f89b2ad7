// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * As root of a user namespace, with a mount namespace too: unmount the file system that holds
 * the policy, mount another, take the links by number and detach them. R43.4: bpf() and the
 * mount that came along are for root of the machine. As such it has read the numbers before.
 */
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "attack.h"
#include "policy_case.h"

#define NOBODY	65534
#define LINKS	64	/* more than there are */

/* Of all links that there are: numbers are given anew with each load, and not from 1 on. */
static u32 links[LINKS];
static unsigned int nr_links;

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static long take_link(u32 id)
{
	union bpf_attr get = { .link_id = id };

	return bpf(BPF_LINK_GET_FD_BY_ID, &get);
}

/* As root of the machine, who can take each of them. */
static void find_links(void)
{
	union bpf_attr next = { 0 };
	long fd;

	while (!bpf(BPF_LINK_GET_NEXT_ID, &next)) {
		REQUIRE(nr_links < LINKS);
		fd = take_link(next.next_id);
		REQUIRE(fd >= 0 && !close((int)fd));
		links[nr_links++] = next.next_id;
		next.start_id = next.next_id;
	}
	REQUIRE(errno == ENOENT && nr_links);
}

/* Of the links, those that it can take. */
static unsigned int detach_all(void)
{
	union bpf_attr detach;
	unsigned int i, taken = 0;
	long fd;

	for (i = 0; i < nr_links; i++) {
		fd = take_link(links[i]);
		if (fd < 0)
			continue;
		taken++;
		detach = (union bpf_attr){ .link_detach.link_fd = (u32)fd };
		bpf(BPF_LINK_DETACH, &detach);
	}
	return taken;
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
	find_links();
	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	umount2("/sys/fs/bpf", MNT_DETACH);
	mount("none", "/sys/fs/bpf", "bpf", 0, NULL);
	if (detach_all())
		got_through("a user has taken a link of the policy");

	ATTEMPT_UNRECORDED(add_code(&s), EACCES);
	got_through("a user has ended the policy");
}
