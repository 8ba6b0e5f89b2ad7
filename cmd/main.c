// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow: asks /dev/sgx_enclave what it knows. Exit status: 0, 1 for a failure, 2 for wrong usage. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "color.h"

static const struct verb {
	const char *name;
	const char *synopsis;	/* what follows the name */
	const char *summary;
	const char *help;
	int (*run)(const struct arguments *args);
	int (*run_raw)(int argc, char **argv);	/* instead: it reads its own options */
	bool wants_pid, has_colors, has_html;
} verbs[] = {
	{
		.name = "why",
		.synopsis = "PID",
		.summary = "what was refused to a process' enclaves, by which rule, and what to do",
		.help = "The kernel keeps the last 64 refusals of each enclave. This prints them for every\n"
			"enclave of which process PID holds a descriptor, the oldest first.\n",
		.run = cmd_why,
		.wants_pid = true,
	},
	{
		.name = "maps",
		.synopsis = "PID",
		.summary = "the pages of a process' enclaves: intent, EPCM, mapping, history, source",
		.help = "One line for each run of pages of which all of this is the same. MAPPING is what PID\n"
			"maps them as now, and HISTORY what any process ever did: W, X or both. Holes are left\n"
			"out. With --html nothing is printed.\n",
		.run = cmd_maps,
		.wants_pid = true,
		.has_html = true,
		.has_colors = true,
	},
	{ .name = "log", .synopsis = "", .summary = "refusals of all processes; -f: as they happen", .run_raw = cmd_log },
	{
		.name = "info",
		.synopsis = "",
		.summary = "the device: version, features, enclave memory",
		.help = "What /dev/sgx_enclave says of itself, to an enclave that is opened for the question\n"
			"and closed at once.\n",
		.run = cmd_info,
	},
	{
		.name = "doctor",
		.synopsis = "",
		.summary = "what keeps enclaves from running here, and what mends it",
		.help = "Looks at kernel, module, devices, memory, limits and filters of this process, and at what\n"
			"policies need; says of each what is wrong, and the command that mends it. Some is seen by\n"
			"root alone.\n\n"
			"Exit status: 0: all is well; 1: something is wrong; 2: wrong usage.\n",
		.run = cmd_doctor,
		.has_colors = true,
	},
	{ .name = "policy", .synopsis = "VERB", .summary = "policies: check, try a request", .run_raw = cmd_policy },
	{ .name = "measure", .synopsis = "FILE", .summary = "MRENCLAVE of an ELF file", .run_raw = cmd_measure },
	{ .name = "sign", .synopsis = "FILE", .summary = "a SIGSTRUCT for an ELF file, by a key here or elsewhere", .run_raw = cmd_sign },
	{ .name = "show", .synopsis = "FILE", .summary = "segments, intents and signer of a file; what a policy would say", .run_raw = cmd_show },
	{ .name = "run", .synopsis = "FILE", .summary = "load an enclave, enter it, tell what came back", .run_raw = cmd_run },
	{ .name = "bench", .synopsis = "", .summary = "what enclaves cost on this machine", .run_raw = cmd_bench },
	{ .name = "exec", .synopsis = "PROG", .summary = "run a program to which CPUID shows SGX", .run_raw = cmd_exec },
};

#define NR_VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static void usage(FILE *to)
{
	size_t i;

	fputs("Usage: avow VERB [OPTION...]\n\n", to);
	for (i = 0; i < NR_VERBS; i++)
		fprintf(to, "  %-7s %-4s %s\n", verbs[i].name, verbs[i].synopsis, verbs[i].summary);
	fputs("\navow VERB --help says more. Exit status: 0; 1 for a failure; 2 for wrong usage.\n", to);
}

static void verb_usage(FILE *to, const struct verb *verb)
{
	fprintf(to, "Usage: avow %s [--json]%s%s%s%s\n\n%s\n", verb->name,
		verb->has_colors ? " [--color=WHEN]" : "", verb->has_html ? " [--html FILE]" : "", *verb->synopsis ? " " : "", verb->synopsis,
		verb->help);
	fputs("  --json         as JSON, for programs\n", to);
	if (verb->has_colors)
		fputs("  --color=WHEN   always, never, or auto: on a terminal, unless NO_COLOR is set\n", to);
	if (verb->has_html)
		fputs("  --html FILE    as a page for a browser, with what was refused: a picture to zoom and search\n", to);
	fputs("  --help         this text\n", to);
}

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

bool parse_number(const char *text, long minimum, long maximum, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	return !errno && end != text && !*end && *value >= minimum && *value <= maximum;
}

static bool parse_pid(const char *text, pid_t *pid)
{
	long value;

	if (!parse_number(text, 1, INT_MAX, &value))
		return false;
	*pid = (pid_t)value;
	return true;
}

static int wrong(const struct verb *verb, const char *what, const char *object)
{
	complain("%s: %s%s%s; see avow %s --help", verb->name, what, *object ? " " : "", object,
		 verb->name);
	return EXIT_USAGE;
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "color", required_argument, NULL, 'c' },
		{ "html", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	struct arguments args = { 0 };
	int option;

	color_choice(NULL, &args.color);
	opterr = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			args.json = true;
			break;
		case 'h':
			verb_usage(stdout, verb);
			return EXIT_SUCCESS;
		case 'c':
			if (!verb->has_colors)
				return wrong(verb, "unknown option", "--color");
			if (!color_choice(optarg, &args.color))
				return wrong(verb, "--color is always, never or auto, not", optarg);
			break;
		case 'm':
			if (!verb->has_html)
				return wrong(verb, "unknown option", "--html");
			args.html = optarg;
			break;
		default:
			return wrong(verb, "unknown option", argv[optind - 1]);
		}
	}
	if (args.html && args.json)
		return wrong(verb, "either --json or --html", "");
	if (verb->wants_pid) {
		if (optind == argc)
			return wrong(verb, "which process? A PID is missing", "");
		if (!parse_pid(argv[optind], &args.pid))
			return wrong(verb, "not a process number:", argv[optind]);
		optind++;
	}
	if (optind < argc)
		return wrong(verb, "unexpected argument", argv[optind]);
	return verb->run(&args);
}

/* Standard output that could not be written is a failure too. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	complain("standard output: %s", strerror(errno));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return finish(EXIT_SUCCESS);
	}
	verb = find_verb(argv[1]);
	if (!verb) {
		complain("unknown verb '%s'; see avow --help", argv[1]);
		return EXIT_USAGE;
	}
	return finish(verb->run_raw ? verb->run_raw(argc - 1, argv + 1) : run_verb(verb, argc - 1, argv + 1));
}
