// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include <libavow.h>

#include "cmd.h"
#include "record.h"
#include "refusals.h"

int refusals_read(const struct process *p, const struct held_enclave *e, struct refusals *all)
{
	__u64 seq = 0;
	int nr = avow_read_refusals(e->fd, &seq, all->kept, AVOW_REFUSALS_KEPT, &all->lost);

	if (nr < 0) {
		complain("process %d, descriptor %d: %s", (int)p->pid, e->numbers[0], strerror(-nr));
		return -1;
	}
	all->nr = (__u32)nr;
	return 0;
}

struct avow_told refusal_told(const struct held_enclave *e, const struct avow_refusal *r, const char *path,
			      struct lines *lines)
{
	return (struct avow_told){
		.refusal = r,
		.base = e->info.base,
		.size = e->info.size,
		.path = path,
		.line = r->policy ? lines_text(lines, r->policy) : NULL,
	};
}
