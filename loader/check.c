// SPDX-License-Identifier: LGPL-2.1-or-later
/* What has to be there before a policy can be: module, its types, bpffs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "private.h"

const char *const avow_loader_hook_names[AVOW_HOOKS] = { "load", "map", "init" };

int avow_loader_fail(struct avow_loader_why *why, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return err;
}

int avow_loader_check(struct avow_loader_why *why)
{
	struct statfs fs;

	avow_bpf_listen();
	if (access("/sys/module/avow", F_OK))
		return avow_loader_fail(why, -ENODEV, "avow.ko is not loaded; load it first (modprobe avow)");
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		return avow_loader_fail(why, -ENOTSUP, "this kernel does not tell its types, which BPF programs need "
					"(CONFIG_DEBUG_INFO_BTF); Debian's kernels do");
	if (access("/sys/kernel/btf/avow", F_OK))
		return avow_loader_fail(why, -ENOTSUP, "avow.ko was built without its types, so nothing can be attached to "
					"it; build it with BTF= for this kernel (see the Makefile)");
	if (statfs(AVOW_LOADER_BPFFS, &fs) || fs.f_type != BPF_FS_MAGIC)
		return avow_loader_fail(why, -ENOTSUP, "no bpf file system on " AVOW_LOADER_BPFFS ", where a policy is kept; "
					"mount one (mount -t bpf bpf " AVOW_LOADER_BPFFS ")");
	return 0;
}
