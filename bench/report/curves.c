// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "curves.h"

#define FIELDS	5

/* The plot that is being written. */
struct plot {
	char *fields[FIELDS];	/* "plot", name, title, axes; of a line of its own */
	char *line;
	char path[4096];
	FILE *file;		/* NULL: none, or left out */
	char series[256];
	unsigned int nr;	/* of series */
};

static unsigned int split(char *line, char *fields[FIELDS])
{
	unsigned int nr = 0;

	line[strcspn(line, "\n")] = '\0';
	while (nr < FIELDS && line)
		fields[nr++] = strsep(&line, "\t");
	return line ? FIELDS + 1 : nr;
}

static void plot_end(struct plot *plot)
{
	if (plot->file) {
		if (ferror(plot->file) | fclose(plot->file))
			report_fail("%s: cannot be written", plot->path);
		printf("%s\t%u\t%s\t%s\t%s\n", plot->fields[1], plot->nr, plot->fields[3],
		       plot->fields[4], plot->fields[2]);
	}
	free(plot->line);
	*plot = (struct plot){ 0 };
}

static void plot_begin(struct plot *plot, const char *line, const char *directory)
{
	plot_end(plot);
	plot->line = strdup(line);
	if (!plot->line)
		report_fail("out of memory");
	split(plot->line, plot->fields);
	snprintf(plot->path, sizeof(plot->path), "%s/%s.dat", directory, plot->fields[1]);
	plot->file = fopen(plot->path, "we");
	if (!plot->file)
		report_fail("%s: %s", plot->path, strerror(errno));
}

static void plot_leave_out(struct plot *plot)
{
	fclose(plot->file);
	unlink(plot->path);
	plot->file = NULL;
}

static void point(struct plot *plot, const struct raw *raw, char *fields[FIELDS], bool divided)
{
	const struct numbers *value = raw_find(raw, fields[2]);
	const struct numbers *by = divided ? raw_find(raw, fields[4]) : NULL;
	double y;

	if (!plot->file)
		return;
	if (!value || (divided && !by)) {
		plot_leave_out(plot);
		return;
	}
	y = (double)numbers_median(value);
	if (divided)
		y /= strtod(fields[3], NULL) * (double)numbers_median(by);
	if (strcmp(plot->series, fields[0])) {
		fprintf(plot->file, "%s\"%s\"\n", plot->nr++ ? "\n\n" : "", fields[0]);
		snprintf(plot->series, sizeof(plot->series), "%s", fields[0]);
	}
	fprintf(plot->file, "%s %.10g\n", fields[1], y);
}

void curves_write(const char *path, const struct raw *raw, const char *directory)
{
	FILE *file = fopen(path, "re");
	struct plot plot = { 0 };
	char *line = NULL, *fields[FIELDS];
	size_t size = 0, number = 0;
	unsigned int nr;

	if (!file)
		report_fail("%s: %s", path, strerror(errno));
	while (number++, getline(&line, &size, file) > 0) {
		if (*line == '#' || *line == '\n')
			continue;
		if (!strncmp(line, "plot\t", 5)) {
			plot_begin(&plot, line, directory);
			if (!plot.fields[4])
				report_fail("%s:%zu: not plot NAME TITLE AXIS-X AXIS-Y", path, number);
			continue;
		}
		nr = split(line, fields);
		if ((nr != 3 && nr != 5) || !plot.line)
			report_fail("%s:%zu: not SERIES X VALUE [TIMES BASELINE]", path, number);
		point(&plot, raw, fields, nr == 5);
	}
	plot_end(&plot);
	free(line);
	fclose(file);
}
