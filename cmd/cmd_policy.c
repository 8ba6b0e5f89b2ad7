// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy: a table of verbs of its own. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "policy_verbs.h"

static const struct policy_verb {
	const char *name;
	const char *synopsis;	/* what follows the name and the options */
	const char *summary;
	const char *help;
	int operands_min, operands_max;
	bool no_json;
	int (*run)(const struct policy_arguments *args);
	int (*run_raw)(int argc, char **argv);	/* instead: it reads its own options; argv[0] is the verb */
} verbs[] = {
	{
		.name = "check",
		.synopsis = "FILE",
		.summary = "is it a policy? Its errors, with line and column",
		.help = "Reads a policy and what it includes, and tells every error with its place and what\n"
			"could stand there. Names that this machine does not know, as paths and users, are\n"
			"warnings here. See avow.policy(5).\n",
		.operands_min = 1,
		.operands_max = 1,
		.run = policy_check,
	},
	{
		.name = "test",
		.synopsis = "FILE EVENT [FACT=VALUE...]",
		.summary = "what would happen to this request, and by which line",
		.help = "EVENT is load, map or init. The facts of the request are given in the words of the\n"
			"language, those of a load as intent=rx source=file-exec file=/usr/lib/x.so; what is not\n"
			"given is unknown and matches no condition that asks for it. Files are compared by\n"
			"their paths and need not exist. Neither root nor the module is needed.\n\n"
			"Exit status: 0 if it would be allowed, 1 if denied, 2 for wrong usage.\n",
		.operands_min = 2,
		.operands_max = INT_MAX,
		.run = policy_test,
	},
	{
		.name = "load",
		.synopsis = "FILE",
		.summary = "put a policy in force, in the place of the one that is",
		.help = "Compiles the policy, attaches programs to the module's three hooks if there are none of\n"
			"this avow, makes a request at each hook that must be denied, and then puts the policy in\n"
			"force, at one moment. What fails leaves the policy that was in force as it was. The policy\n"
			"stays when this command has ended. Needs root (CAP_SYS_ADMIN), the module with its types\n"
			"(BTF), and the bpf file system on /sys/fs/bpf.\n",
		.operands_min = 1,
		.operands_max = 1,
		.no_json = true,
		.run = policy_load,
	},
	{
		.name = "show",
		.synopsis = "",
		.summary = "the policy in force, and whether it is asked",
		.help = "The policy in force with its lines, when and from which file it was loaded, whether its\n"
			"programs are attached to all three hooks, programs of others that are, and the module's\n"
			"parameter policy. Needs the privilege that loading needs.\n\n"
			"Exit status: 1 also if a policy is in force that is not asked at each hook.\n",
		.run = policy_show,
	},
	{
		.name = "unload",
		.synopsis = "",
		.summary = "take the policy out of force",
		.help = "Detaches the programs. With the module's parameter policy=required everything is denied\n"
			"from then on, with policy=optional what the intent model allows. Needs the privilege that\n"
			"loading needs.\n",
		.no_json = true,
		.run = policy_unload,
	},
	{
		.name = "learn",
		.synopsis = "[-o FILE] PROGRAM [ARG...]",
		.summary = "run a program and write the policy that it needs",
		.run_raw = policy_learn,
	},
};

#define NR_VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static void usage(FILE *to)
{
	size_t i;

	fputs("Usage: avow policy VERB [OPTION...]\n\n", to);
	for (i = 0; i < NR_VERBS; i++)
		fprintf(to, "  %-6s %-26s %s\n", verbs[i].name, verbs[i].synopsis, verbs[i].summary);
	fputs("\navow policy VERB --help says more.\n", to);
}

static void verb_usage(FILE *to, const struct policy_verb *verb)
{
	fprintf(to, "Usage: avow policy %s%s%s%s\n\n%s\n", verb->name, verb->no_json ? "" : " [--json]",
		*verb->synopsis ? " " : "", verb->synopsis, verb->help);
	if (!verb->no_json)
		fputs("  --json   as JSON, for programs\n", to);
	fputs("  --help   this text\n", to);
}

static const struct policy_verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int wrong(const struct policy_verb *verb, const char *what, const char *object)
{
	complain("policy %s: %s%s%s; see avow policy %s --help", verb->name, what, *object ? " " : "",
		 object, verb->name);
	return EXIT_USAGE;
}

static int run_verb(const struct policy_verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct policy_arguments args = { 0 };
	int option;

	opterr = 0;
	optind = 0;	/* start again, after the options of policy itself */
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			verb_usage(stdout, verb);
			return EXIT_SUCCESS;
		}
		if (option != 'j' || verb->no_json)
			return wrong(verb, "unknown option", argv[optind - 1]);
		args.json = true;
	}
	args.argc = argc - optind;
	args.argv = argv + optind;
	if (args.argc < verb->operands_min)
		return wrong(verb, "something is missing, it takes", verb->synopsis);
	if (args.argc > verb->operands_max)
		return wrong(verb, "unexpected argument", args.argv[verb->operands_max]);
	return verb->run(&args);
}

int cmd_policy(int argc, char **argv)
{
	const struct policy_verb *verb;

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return EXIT_SUCCESS;
	}
	verb = find_verb(argv[1]);
	if (!verb) {
		complain("policy: unknown verb '%s'; see avow policy --help", argv[1]);
		return EXIT_USAGE;
	}
	return verb->run_raw ? verb->run_raw(argc - 1, argv + 1) : run_verb(verb, argc - 1, argv + 1);
}
