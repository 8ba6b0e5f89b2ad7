// SPDX-License-Identifier: LGPL-2.1-or-later
/* What verbs that read their own options say where these are wrong. */
#include <getopt.h>

#include "cmd.h"

int wrong_option(char **argv, int option)
{
	complain("%s: %s %s; see avow %s --help", argv[0], option == ':' ? "a value is missing behind" : "unknown option",
		 argv[optind - 1], argv[0]);
	return EXIT_USAGE;
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
