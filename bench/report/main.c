// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes tables of raw numbers; ./dev bench is its user. Exit status: 0, also where a
 * target is missed; 1 if two runs differ by more than the bound; 2 for bad input.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "curves.h"
#include "table.h"

#define TIMED	"thousandths"	/* bench/threads.c */

static const struct argp_option keys[] = {
	{ "comparisons", 'c', "FILE", 0, "what is compared with what", 0 },
	{ "json", 'j', "FILE", 0, "the table as a list of objects", 0 },
	{ "markdown", 'm', "FILE", 0, "the table in Markdown", 0 },
	{ "against", 'a', "RAW", 0, "another run, which has to agree", 0 },
	{ "curves", 'u', "FILE", 0, "what is plotted", 0 },
	{ "plots", 'd', "DIRECTORY", 0, "the numbers of the plots, and no table", 0 },
	{ "partial", 'p', NULL, 0, "not all was measured: leave out the rest", 0 },
	{ "bound", 'b', "PERCENT", 0, "by how much medians of the two may differ", 0 },
	{ 0 },
};

static struct {
	const char *comparisons, *json, *markdown, *against, *raw, *curves, *plots;
	double bound;
	bool partial;
} options;

static error_t parse(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'c': options.comparisons = argument; break;
	case 'j': options.json = argument; break;
	case 'm': options.markdown = argument; break;
	case 'a': options.against = argument; break;
	case 'u': options.curves = argument; break;
	case 'd': options.plots = argument; break;
	case 'p': options.partial = true; break;
	case 'b': options.bound = strtod(argument, NULL); break;
	case ARGP_KEY_ARG:
		if (options.raw)
			return ARGP_ERR_UNKNOWN;
		options.raw = argument;
		break;
	case ARGP_KEY_END:
		if (!options.raw || !options.comparisons || (options.against && options.bound <= 0) ||
		    !options.curves != !options.plots)
			argp_usage(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void write_file(const char *path, const struct table *table,
		       void (*put)(const struct table *table, FILE *to))
{
	FILE *file = fopen(path, "we");

	if (!file)
		report_fail("%s: %s", path, strerror(errno));
	put(table, file);
	if (ferror(file) | fclose(file))
		report_fail("%s: cannot be written", path);
}

/*
 * Does every median agree with the other run's? Prints those that do not. What was measured
 * once is no median, and what is of time is as the machine happened to be.
 */
static int agree(const struct raw *one, const struct raw *other)
{
	double worst = 0;
	size_t compared = 0, i;
	int status = 0;

	for (i = 0; i < one->nr; i++) {
		const struct numbers *n = &one->all[i], *m = raw_find(other, n->name);
		double a, b, percent;

		if (n->nr == 1 || !strcmp(n->unit, TIMED))
			continue;
		if (!m)
			report_fail("%s: %s was not measured", options.against, n->name);
		compared++;
		a = (double)numbers_median(n);
		b = (double)numbers_median(m);
		percent = 100.0 * (a > b ? a - b : b - a) / b;
		if (percent > worst)
			worst = percent;
		if (percent <= options.bound)
			continue;
		printf("%s: %.0f in one boot, %.0f in the other: %.2f%% apart\n", n->name, b, a, percent);
		status = 1;
	}
	printf("\nTwo boots: %zu medians, at most %.3f%% apart; the bound is %g%%.\n", compared, worst,
	       options.bound);
	return status;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		keys, parse, "RAW", "Make tables of raw numbers.", NULL, NULL, NULL,
	};
	struct raw raw, other;
	struct table table;
	int status = 0;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	raw_read(&raw, options.raw);
	table_read(&table, options.comparisons, &raw, options.partial);
	if (options.plots)
		curves_write(options.curves, &raw, options.plots);
	else
		table_print(&table, stdout);
	if (options.json)
		write_file(options.json, &table, table_json);
	if (options.markdown)
		write_file(options.markdown, &table, table_markdown);
	if (options.against) {
		raw_read(&other, options.against);
		status = agree(&raw, &other);
		raw_free(&other);
	}
	table_free(&table);
	raw_free(&raw);
	return status;
}
