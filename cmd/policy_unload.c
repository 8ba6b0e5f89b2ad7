// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy unload: no policy any more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "loader.h"
#include "policy_verbs.h"

/* What it means for those who use enclaves. */
static void tell_rest(void)
{
	struct avow_loader_state state;
	struct avow_loader_why why;

	if (avow_loader_show(&state, &why))
		return;
	if (state.nr_others)
		printf("programs of others still answer at the hooks: %u; see avow policy show\n", state.nr_others);
	else if (!strcmp(state.parameter, "required"))
		puts("the module has policy=required: all is denied until a policy is loaded");
	else
		puts("the module has policy=optional: the rules of the intent model alone hold now");
}

int policy_unload(const struct policy_arguments *args)
{
	struct avow_loader *loader;
	struct avow_loader_why why;
	int err;

	(void)args;
	err = avow_loader_open(&loader, false, &why);
	if (!err)
		err = avow_loader_unload(loader, &why);
	if (err)
		complain("policy unload: %s", why.text);
	else
		tell_rest();
	avow_loader_close(loader);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
