// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "runs.h"
#include "words.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define RUN_STATE_SIZE	96	/* all words at once */

const char *history_word(unsigned int state)
{
	static const char *const words[] = { "-", "W", "X", "WX" };

	return words[(state & AVOW_RUN_EVER_W ? 1 : 0) + (state & AVOW_RUN_EVER_X ? 2 : 0)];
}

/* ---- what is mapped how ---- */

/* The mapping at an address, or NULL; *end is where that changes. */
static const struct mapping *mapping_at(unsigned long long at, const struct mapping *mappings, size_t nr,
					unsigned long long *end)
{
	size_t i;

	*end = ~0ULL;
	for (i = 0; i < nr; i++) {
		if (at < mappings[i].start) {
			*end = mappings[i].start;
			return NULL;
		}
		if (at < mappings[i].end) {
			*end = mappings[i].end;
			return &mappings[i];
		}
	}
	return NULL;
}

/* Mappings that differ in nothing that is told are one. */
static bool joins(const struct mapped_run *last, const struct mapped_run *part)
{
	return last->mapped == part->mapped && last->rights == part->rights &&
	       last->run.offset + last->run.length == part->run.offset;
}

struct mapped_run *split_runs(unsigned long long base, const struct avow_run *runs, size_t nr,
			      const struct mapping *mappings, size_t nr_mappings, size_t *nr_parts)
{
	/* A part ends where a run or a mapping does, or before one begins. */
	struct mapped_run *parts = calloc(nr + 2 * nr_mappings + 1, sizeof(*parts));
	size_t i;

	*nr_parts = 0;
	for (i = 0; parts && i < nr; i++) {
		unsigned long long at = base + runs[i].offset, stop = at + runs[i].length, end;
		size_t first = *nr_parts;

		for (; at < stop; at = end) {
			const struct mapping *m = mapping_at(at, mappings, nr_mappings, &end);
			struct mapped_run part = { .run = runs[i], .mapped = m, .rights = m ? m->rights : 0 };

			if (end > stop)
				end = stop;
			part.run.offset = at - base;
			part.run.length = end - at;
			if (*nr_parts > first && joins(&parts[*nr_parts - 1], &part))
				parts[*nr_parts - 1].run.length += part.run.length;
			else
				parts[(*nr_parts)++] = part;
		}
	}
	return parts;
}

/* ---- the table ---- */

/* A column: its heading and, for a run, its text and what colour that deserves. */
struct cell {
	char text[RUN_STATE_SIZE];
	enum color color;
};

static bool alarming(unsigned int rights)
{
	return (rights & AVOW_W) && (rights & AVOW_X);
}

static enum color intent_color(const struct avow_run *run)
{
	if (alarming(run->intent))
		return COLOR_ALARM;
	return run->state & (AVOW_RUN_LOWERED | AVOW_RUN_KEPT) ? COLOR_CHANGED : COLOR_NONE;
}

/* R10.1: an access through a mapping that is wider than the intent fails. */
static enum color mapping_color(const struct mapped_run *r)
{
	if (!r->mapped)
		return COLOR_FAINT;
	if (r->rights & ~(unsigned int)r->run.intent)
		return COLOR_REFUSED;
	return alarming(r->rights) ? COLOR_ALARM : COLOR_NONE;
}

static void offset_cell(struct cell *c, const struct mapped_run *r)
{
	snprintf(c->text, sizeof(c->text), "0x%llx", (unsigned long long)r->run.offset);
}

static void length_cell(struct cell *c, const struct mapped_run *r)
{
	snprintf(c->text, sizeof(c->text), "0x%llx", (unsigned long long)r->run.length);
}

static void intent_cell(struct cell *c, const struct mapped_run *r)
{
	avow_rights_word(r->run.intent, c->text);
	c->color = intent_color(&r->run);
}

static void epcm_cell(struct cell *c, const struct mapped_run *r)
{
	if (r->run.state & AVOW_RUN_PRESENT)
		avow_rights_word(r->run.epcm, c->text);
	else
		snprintf(c->text, sizeof(c->text), "-");
	c->color = alarming(r->run.epcm) ? COLOR_ALARM : COLOR_NONE;
}

static void mapping_cell(struct cell *c, const struct mapped_run *r)
{
	if (r->mapped)
		avow_rights_word(r->rights, c->text);
	else
		snprintf(c->text, sizeof(c->text), "-");
	c->color = mapping_color(r);
}

static void type_cell(struct cell *c, const struct mapped_run *r)
{
	snprintf(c->text, sizeof(c->text), "%s", avow_type_word(r->run.type));
	c->color = r->run.type && strcmp(c->text, "REG") ? COLOR_SPECIAL : COLOR_NONE;
}

static void history_cell(struct cell *c, const struct mapped_run *r)
{
	snprintf(c->text, sizeof(c->text), "%s", history_word(r->run.state));
	c->color = !strcmp(c->text, "WX") ? COLOR_ALARM : COLOR_NONE;
}

static void state_cell(struct cell *c, const struct mapped_run *r)
{
	bits_words(run_state_words, r->run.state, c->text, sizeof(c->text));
	c->color = r->run.state & (AVOW_RUN_LOWERED | AVOW_RUN_KEPT | AVOW_RUN_PR) ? COLOR_CHANGED :
		   r->run.state & (AVOW_RUN_PENDING | AVOW_RUN_MODIFIED) ? COLOR_SPECIAL : COLOR_NONE;
}

static const struct column {
	const char *heading;
	void (*fill)(struct cell *c, const struct mapped_run *r);
	bool right;	/* justified; such have no colour */
} columns[] = {
	{ "OFFSET", offset_cell, true },
	{ "LENGTH", length_cell, true },
	{ "INTENT", intent_cell, false },
	{ "EPCM", epcm_cell, false },
	{ "MAPPING", mapping_cell, false },
	{ "TYPE", type_cell, false },
	{ "HISTORY", history_cell, false },
	{ "STATE", state_cell, false },
};

static int column_width(const struct column *column, const struct mapped_run *runs, size_t nr)
{
	size_t width = strlen(column->heading), i;

	for (i = 0; i < nr; i++) {
		struct cell cell = { .color = COLOR_NONE };

		column->fill(&cell, &runs[i]);
		if (strlen(cell.text) > width)
			width = strlen(cell.text);
	}
	return (int)width;
}

static void print_cell(FILE *to, const struct column *column, int width, const struct cell *cell, bool color)
{
	fputs("  ", to);
	if (column->right)
		fprintf(to, "%*s", width, cell->text);
	else
		print_colored(to, color ? cell->color : COLOR_NONE, width, cell->text);
}

static void print_headings(FILE *to, const int *widths, bool color)
{
	size_t i;

	for (i = 0; i < COUNT(columns); i++) {
		int before = columns[i].right ? widths[i] - (int)strlen(columns[i].heading) : 0;

		fprintf(to, "%*s", 2 + before, "");
		print_colored(to, color ? COLOR_HEADER : COLOR_NONE, widths[i] - before, columns[i].heading);
	}
	fputs("  ", to);
	print_colored(to, color ? COLOR_HEADER : COLOR_NONE, 0, "SOURCE");
	fputc('\n', to);
}

void print_runs(FILE *to, const struct mapped_run *runs, char *const *paths, size_t nr, bool color)
{
	int widths[COUNT(columns)];
	size_t i, j;

	for (j = 0; j < COUNT(columns); j++)
		widths[j] = column_width(&columns[j], runs, nr);
	print_headings(to, widths, color);
	for (i = 0; i < nr; i++) {
		for (j = 0; j < COUNT(columns); j++) {
			struct cell cell = { .color = COLOR_NONE };

			columns[j].fill(&cell, &runs[i]);
			print_cell(to, &columns[j], widths[j], &cell, color);
		}
		fprintf(to, "  %s%s%s\n", class_word(runs[i].run.source_class), paths[i] ? " " : "",
			paths[i] ? paths[i] : "");
	}
}
