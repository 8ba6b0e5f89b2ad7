// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "cmd.h"
#include "enclave.h"
#include "record.h"
#include "refusals.h"

int refusals_read(const struct process *p, const struct held_enclave *e, struct refusals *all)
{
	u64 seq = 0, lost = 0;
	int nr = avow_read_refusals(e->fd, &seq, all->kept, AVOW_REFUSALS_KEPT, &lost);

	if (nr < 0) {
		complain("process %d, descriptor %d: %s", (int)p->pid, e->numbers[0], strerror(-nr));
		return -1;
	}
	all->nr = (unsigned int)nr;
	all->lost = lost;
	return 0;
}

struct told refusal_told(const struct held_enclave *e, const struct avow_refusal *r, struct lines *lines)
{
	return (struct told){
		.refusal = r,
		.base = e->info.base,
		.size = e->info.size,
		.path = source_path_of(e->fd, r->source),
		.line = r->policy ? lines_text(lines, r->policy) : NULL,
		.now = boottime(),
	};
}
