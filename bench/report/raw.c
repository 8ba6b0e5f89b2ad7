// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

void report_fail(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "report: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(2);
}

/* Room for one more element, which is zero. */
static void *one_more(void *array, size_t nr, size_t size)
{
	array = realloc(array, (nr + 1) * size);
	if (!array)
		report_fail("out of memory");
	memset((char *)array + nr * size, 0, size);
	return array;
}

static char *copy(const char *text)
{
	char *result = strdup(text);

	if (!result)
		report_fail("out of memory");
	return result;
}

static struct numbers *numbers_of(struct raw *raw, const char *name, const char *unit)
{
	struct numbers *n = (struct numbers *)raw_find(raw, name);

	if (n)
		return n;
	raw->all = one_more(raw->all, raw->nr, sizeof(*raw->all));
	n = &raw->all[raw->nr++];
	n->name = copy(name);
	n->unit = copy(unit);
	return n;
}

static void add_value(struct numbers *n, uint64_t value)
{
	n->values = one_more(n->values, n->nr, sizeof(*n->values));
	n->values[n->nr++] = value;
}

static void add_about(struct raw *raw, const char *what, const char *text)
{
	raw->about = one_more(raw->about, raw->nr_about, sizeof(*raw->about));
	raw->about[raw->nr_about].what = copy(what);
	raw->about[raw->nr_about++].text = copy(text);
}

static void take_line(struct raw *raw, char *line, const char *path, size_t number)
{
	char name[128], text[256], unit[64], *end;
	struct numbers *n;
	uint64_t value;

	if (line[strlen(line) - 1] != '\n')
		report_fail("%s:%zu: the last line is not whole", path, number);
	if (*line == '#') {
		if (sscanf(line, "# %127[^:]: %255[^\n]", name, text) == 2)
			add_about(raw, name, text);
		return;
	}
	if (sscanf(line, "%127s %255s %63s", name, text, unit) != 3)
		report_fail("%s:%zu: not NAME VALUE UNIT: %s", path, number, line);
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || !value)
		report_fail("%s:%zu: %s is not a positive number: %s", path, number, name, text);
	n = numbers_of(raw, name, unit);
	if (strcmp(n->unit, unit))
		report_fail("%s:%zu: %s is in %s and in %s", path, number, name, n->unit, unit);
	add_value(n, value);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void raw_read(struct raw *raw, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size = 0, number = 0, i;
	char *line = NULL;

	if (!file)
		report_fail("%s: %s", path, strerror(errno));
	*raw = (struct raw){ 0 };
	while (getline(&line, &size, file) > 0)
		take_line(raw, line, path, ++number);
	free(line);
	if (ferror(file))
		report_fail("%s: cannot be read", path);
	fclose(file);
	if (!raw->nr)
		report_fail("%s: no number", path);
	for (i = 0; i < raw->nr; i++)
		qsort(raw->all[i].values, raw->all[i].nr, sizeof(*raw->all[i].values), by_value);
}

void raw_free(struct raw *raw)
{
	size_t i;

	for (i = 0; i < raw->nr; i++) {
		free(raw->all[i].name);
		free(raw->all[i].unit);
		free(raw->all[i].values);
	}
	for (i = 0; i < raw->nr_about; i++) {
		free(raw->about[i].what);
		free(raw->about[i].text);
	}
	free(raw->all);
	free(raw->about);
}

const struct numbers *raw_find(const struct raw *raw, const char *name)
{
	size_t i;

	/* Lines of one name follow each other. */
	for (i = raw->nr; i-- > 0;)
		if (!strcmp(raw->all[i].name, name))
			return &raw->all[i];
	return NULL;
}

uint64_t numbers_median(const struct numbers *n)
{
	return n->values[n->nr / 2];
}

double numbers_spread(const struct numbers *n)
{
	uint64_t low = n->values[n->nr / 10], high = n->values[n->nr - 1 - n->nr / 10];

	return 100.0 * (double)(high - low) / (double)numbers_median(n);
}
