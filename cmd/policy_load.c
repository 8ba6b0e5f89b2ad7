// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy load: a policy into the kernel. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "loader.h"
#include "policy_read.h"
#include "policy_verbs.h"

/* What failed, and what is in force in spite of it. */
static int failed(const struct avow_loader_why *why)
{
	struct avow_loader_state state;
	struct avow_loader_why ignored;

	complain("policy load: %s", why->text);
	if (!avow_loader_show(&state, &ignored) && state.serial)
		complain("policy load: policy %u, of %s, is still in force", state.serial, state.load.file);
	else
		complain("policy load: no policy is in force");
	return EXIT_FAILURE;
}

static int load(struct avow_loader *loader, char *path)
{
	struct avow_policy_resolver resolver = avow_loader_resolver(loader);
	char *full = realpath(path, NULL);
	struct avow_loader_why why;
	struct policy_read read;
	int status = EXIT_FAILURE;

	if (policy_read(&read, path, &resolver)) {
		policy_tell(&read, true);
		if (avow_loader_load(loader, read.policy, read.text, full ? full : path, &why)) {
			status = failed(&why);
		} else {
			printf("policy %u is in force: %s\n", read.policy->serial, printable(path));
			status = EXIT_SUCCESS;
		}
	} else {
		policy_tell(&read, true);
		complain("policy load: nothing was loaded");
	}
	policy_read_free(&read);
	free(full);
	return status;
}

int policy_load(const struct policy_arguments *args)
{
	struct avow_loader *loader;
	struct avow_loader_why why;
	int status;

	if (avow_loader_open(&loader, true, &why)) {
		complain("policy load: %s", why.text);
		return EXIT_FAILURE;
	}
	status = load(loader, args->argv[0]);
	avow_loader_close(loader);
	return status;
}
