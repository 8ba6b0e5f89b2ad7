// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of verbs that read their own. */
#include <getopt.h>
#include <stdlib.h>

#include "cmd.h"

int read_options(int argc, char **argv, const struct options *o, void *context)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, o->letters, o->options, NULL)) != -1) {
		switch (option) {
		case 'h':
			o->usage(stdout);
			return EXIT_SUCCESS;
		case '?':
		case ':':
			complain("%s: %s %s; see avow %s --help", argv[0],
				 option == ':' ? "a value is missing behind" : "unknown option", argv[optind - 1], argv[0]);
			return EXIT_USAGE;
		default:
			if (!o->take(context, option, optarg))
				return EXIT_USAGE;
		}
	}
	return -1;
}

bool one_operand(int argc, char **argv, const char *what, const char **operand)
{
	if (optind == argc)
		complain("%s: %s is missing; see avow %s --help", argv[0], what, argv[0]);
	else if (optind + 1 < argc)
		complain("%s: unexpected argument %s; see avow %s --help", argv[0], argv[optind + 1], argv[0]);
	else
		*operand = argv[optind];
	return optind + 1 == argc;
}
