// SPDX-License-Identifier: LGPL-2.1-or-later
/* What policy is in force, as far as this process may know. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "loader.h"

void look_at_policy(struct policy_facts *p)
{
	struct avow_loader_state state;
	struct avow_loader_why why = { "" };
	int i;

	memset(p, 0, sizeof(*p));
	if (avow_loader_show(&state, &why)) {
		snprintf(p->why, sizeof(p->why), "%s", why.text);
		return;
	}
	p->known = true;
	p->serial = state.serial;
	p->unfinished = state.unfinished;
	p->others = state.nr_others;
	p->attached = true;
	for (i = 0; i < AVOW_HOOKS; i++)
		p->attached = p->attached && state.attached[i];
	snprintf(p->file, sizeof(p->file), "%.*s", (int)sizeof(state.load.file), state.load.file);
}
