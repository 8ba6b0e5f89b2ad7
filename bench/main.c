// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program that runs in the guest: raw numbers to standard output, the rest to standard error. */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>

#include "bench.h"

#define QUICK	20

static const struct family *const families[] = {
	&transitions, &adding, &metadata, &faults, &others, &policy, &checks, &threads,
};

const char *bench_avow, *bench_floor, *bench_intree;
bool bench_quick;

static const struct argp_option keys[] = {
	{ "avow", 'a', "FILE", 0, "avow.ko", 0 },
	{ "floor", 'f', "FILE", 0, "floor.ko", 0 },
	{ "intree", 'i', "FILE", 0, "intree.ko", 0 },
	{ "only", 'o', "FAMILY", 0, "of the measurements, this one", 0 },
	{ "quick", 'q', NULL, 0, "few repetitions", 0 },
	{ 0 },
};

static unsigned int divisor = 1;
static const char *only;

static error_t parse(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'a': bench_avow = argument; break;
	case 'f': bench_floor = argument; break;
	case 'i': bench_intree = argument; break;
	case 'o': only = argument; break;
	case 'q':
		divisor = QUICK;
		bench_quick = true;
		break;
	case ARGP_KEY_END:
		if (!bench_avow || !bench_floor || !bench_intree)
			argp_error(state, "--avow, --floor and --intree are needed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Addresses decide how many page tables a process has, so they are to be the same. */
static void need_fixed_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE)
		return;
	REQUIRE(personality((unsigned long)now | ADDR_NO_RANDOMIZE) >= 0);
	execv("/proc/self/exe", argv);
	REQUIRE(!"execv");
}

static void run_family(void *arg)
{
	const struct family *family = arg;

	if (!family->processors)
		measure_check();
	family->run();
	if (!family->processors)
		measure_check();
	measure_end();
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		keys, parse, NULL, "Measure in guest instructions.", NULL, NULL, NULL,
	};
	const long here = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	need_fixed_addresses(argv);
	/* The kernel makes huge pages of memory when there is time, and fork() costs another number then. */
	REQUIRE(!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	measure_begin(dup(STDOUT_FILENO), divisor);
	REQUIRE(dup2(STDERR_FILENO, STDOUT_FILENO) >= 0);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (only && strcmp(only, families[i]->name))
			continue;
		if ((families[i]->processors ? families[i]->processors : 1) != here)
			continue;
		fprintf(stderr, "avow: measuring: %s\n", families[i]->name);
		in_child(run_family, (void *)families[i]);
		if (test_failed())
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
