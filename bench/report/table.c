// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* Were both measured? */
static bool find_both(struct table *table, const char *path, const char *const names[2],
		      const struct numbers *found[2], bool partial)
{
	int i;

	for (i = 0; i < 2; i++) {
		found[i] = raw_find(table->raw, names[i]);
		if (found[i])
			continue;
		if (!partial)
			report_fail("%s: %s was not measured", path, names[i]);
		table->left_out++;
		return false;
	}
	return true;
}

static void take_line(struct table *table, const char *path, const char *line, bool partial)
{
	char value[128], baseline[128], target[32], name[256];
	const struct numbers *found[2], *v, *b;
	struct comparison *row;
	unsigned int times;

	if (sscanf(line, "%127s %u %127s %31s %255[^\n]", value, &times, baseline, target, name) != 5 ||
	    !times)
		report_fail("%s: not VALUE TIMES BASELINE TARGET NAME: %s", path, line);
	if (!find_both(table, path, (const char *const[]){ value, baseline }, found, partial))
		return;
	v = found[0];
	b = found[1];
	if (strcmp(v->unit, b->unit))
		report_fail("%s: %s is in %s, %s in %s", path, value, v->unit, baseline, b->unit);
	table->rows = realloc(table->rows, (table->nr + 1) * sizeof(*table->rows));
	if (!table->rows)
		report_fail("out of memory");
	row = &table->rows[table->nr++];
	*row = (struct comparison){
		.name = strdup(name),
		.unit = v->unit,
		.value = numbers_median(v),
		.baseline = times * numbers_median(b),
		.spread = numbers_spread(v),
	};
	if (!row->name)
		report_fail("out of memory");
	if (numbers_spread(b) > row->spread)
		row->spread = numbers_spread(b);
	row->ratio = (double)row->value / (double)row->baseline;
	if (strcmp(target, "-"))
		row->target = strtod(target, NULL);
	if (strcmp(target, "-") && row->target <= 0)
		report_fail("%s: not a target: %s", path, target);
	row->met = row->target > 0 && row->ratio <= row->target;
}

void table_read(struct table *table, const char *path, const struct raw *raw, bool partial)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		report_fail("%s: %s", path, strerror(errno));
	*table = (struct table){ .raw = raw };
	while (getline(&line, &size, file) > 0)
		if (*line != '#' && *line != '\n')
			take_line(table, path, line, partial);
	free(line);
	fclose(file);
	if (!table->nr && !table->left_out)
		report_fail("%s: no comparison", path);
}

void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->nr; i++)
		free(table->rows[i].name);
	free(table->rows);
}

static const char *verdict(const struct comparison *row)
{
	if (row->target <= 0)
		return "";
	return row->met ? "yes" : "no";
}

static const char *target_text(const struct comparison *row, char text[16])
{
	if (row->target <= 0)
		return "";
	snprintf(text, 16, "%.4g", row->target);
	return text;
}

void table_print(const struct table *table, FILE *to)
{
	int width = 4;
	char text[16];
	size_t i;

	for (i = 0; i < table->raw->nr_about; i++)
		fprintf(to, "%s: %s\n", table->raw->about[i].what, table->raw->about[i].text);
	for (i = 0; i < table->nr; i++)
		if ((int)strlen(table->rows[i].name) > width)
			width = (int)strlen(table->rows[i].name);
	fprintf(to, "\n%-*s %9s %9s %-12s %8s %7s %4s %7s\n", width, "name", "value", "baseline",
		"unit", "ratio", "target", "met", "spread");
	for (i = 0; i < table->nr; i++) {
		const struct comparison *row = &table->rows[i];

		fprintf(to, "%-*s %9" PRIu64 " %9" PRIu64 " %-12s %8.4f %7s %4s %6.2f%%\n", width,
			row->name, row->value, row->baseline, row->unit, row->ratio, target_text(row, text),
			verdict(row), row->spread);
	}
	if (table->left_out)
		fprintf(to, "\n%zu comparisons left out: not measured\n", table->left_out);
}

void table_markdown(const struct table *table, FILE *to)
{
	char text[16];
	size_t i;

	for (i = 0; i < table->raw->nr_about; i++)
		fprintf(to, "- %s: `%s`\n", table->raw->about[i].what, table->raw->about[i].text);
	fprintf(to, "\n| name | value | baseline | unit | ratio | target | met | spread |\n"
		"|---|--:|--:|---|--:|--:|---|--:|\n");
	for (i = 0; i < table->nr; i++) {
		const struct comparison *row = &table->rows[i];

		fprintf(to, "| %s | %" PRIu64 " | %" PRIu64 " | %s | %.4f | %s | %s | %.2f%% |\n",
			row->name, row->value, row->baseline, row->unit, row->ratio, target_text(row, text),
			verdict(row), row->spread);
	}
}

void table_json(const struct table *table, FILE *to)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < table->nr; i++) {
		const struct comparison *row = &table->rows[i];
		struct json_object *o = json_object_new_object();
		bool target = row->target > 0;

		json_object_object_add(o, "name", json_object_new_string(row->name));
		json_object_object_add(o, "value", json_object_new_uint64(row->value));
		json_object_object_add(o, "baseline", json_object_new_uint64(row->baseline));
		json_object_object_add(o, "unit", json_object_new_string(row->unit));
		json_object_object_add(o, "ratio", json_object_new_double(row->ratio));
		json_object_object_add(o, "target",
				       target ? json_object_new_double(row->target) : NULL);
		json_object_object_add(o, "met", target ? json_object_new_boolean(row->met) : NULL);
		json_object_array_add(list, o);
	}
	fprintf(to, "%s\n", json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY |
							   JSON_C_TO_STRING_SPACED));
	json_object_put(list);
}
