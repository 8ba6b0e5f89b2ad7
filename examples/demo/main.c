// SPDX-License-Identifier: LGPL-2.1-or-later
/* demo [--color=auto|always|never]: exit status 0 if all came out as the rules say. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo.h"
#include "words.h"

#define EXIT_USAGE	2

/* https://no-color.org: set and not empty. */
static bool colours_wanted(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "color", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *when = "auto";
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'c')
			exit(EXIT_USAGE);
		when = optarg;
	}
	if (optind < argc || (strcmp(when, "auto") && strcmp(when, "always") && strcmp(when, "never"))) {
		fprintf(stderr, "usage: demo [--color=auto|always|never]\n");
		exit(EXIT_USAGE);
	}
	tell_colours(!strcmp(when, "always") || (!strcmp(when, "auto") && colours_wanted()));
}

static void ask_device(struct avow_info *info)
{
	struct avow_enclave *e;
	int err = avow_enclave_new(&e, NULL);

	if (err)
		give_up(AVOW_DEVICE, -err);
	err = avow_get_info(avow_enclave_fd(e), info);
	if (err)
		give_up(AVOW_DEVICE, -err);
	avow_enclave_free(e);
}

static void tell_programs(enum avow_contract_id contract)
{
	story_says_nothing(contract);
	story_says_code(contract);
	story_says_data(contract);
}

int main(int argc, char **argv)
{
	struct avow_info info;

	parse(argc, argv);
	ask_device(&info);
	tell_title(&info);
	story_enter(info.contract);
	tell_programs(info.contract);
	story_intent(info.contract);
	if (info.contract == AVOW_COMPAT) {
		tell_quiet(true);
		tell_programs(AVOW_STRICT);
		tell_quiet(false);
		puts("\nContract strict gives the three programs the same answers: they just ran there, too.");
	}
	return tell_end();
}
