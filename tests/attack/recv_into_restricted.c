// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * As read_into_restricted, by the scattered buffers of recvmsg(): the first is ordinary
 * memory, so that the call begins well. R10.2. The hole is entry_epcm.
 */
#include <sys/socket.h>

#include "granted.h"

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);
	u8 before[4];
	struct iovec parts[] = {
		{ .iov_base = before, .iov_len = sizeof(before) },
		{ .iov_base = (void *)at, .iov_len = 1 },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	int fds[2];

	REQUIRE(!socketpair(AF_UNIX, SOCK_DGRAM, 0, fds));
	REQUIRE(send(fds[1], "abcd\x5a", 5, 0) == 5);

	ATTEMPT(&s, recvmsg(fds[0], &message, 0));
	if (probe_read(at).value != 0x5a)
		could_not_try("the call succeeded, and the byte is as it was");
	got_through("a socket wrote to a page that the EPCM lets nobody write");
}
