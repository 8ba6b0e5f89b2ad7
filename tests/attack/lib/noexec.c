// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "noexec.h"

int noexec_file(char dir[NOEXEC_DIRECTORY], char path[64])
{
	strcpy(dir, "/tmp/noexec-XXXXXX");
	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(mkdtemp(dir) && !mount("none", dir, "tmpfs", MS_NOEXEC, NULL));
	REQUIRE(!chmod(dir, 0755));	/* for who is not root */
	return source_file(dir, 1, path);
}

void noexec_run(struct scene *s, const u8 *src)
{
	ATTEMPT(s, raw_add(s, src, s->play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL));
	scene_map(s, s->play, 1, PROT_READ | PROT_EXEC);
	attempt_exec(s, scene_at(s, s->play));
	got_through("ran code from a noexec file system");
}
