// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <bpf/bpf.h>

#include "bpf_words.h"

const char *bpf_hint(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return " (it takes root: CAP_BPF and CAP_PERFMON)";
	case ENOENT:
	case ESRCH:
		return "; is avow.ko loaded, and built with BTF?";
	default:
		return "";
	}
}

unsigned long long bpf_skipped(int program)
{
	struct bpf_prog_info info = { 0 };
	unsigned int size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.recursion_misses;
}
