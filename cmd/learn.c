// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests become rows, rows that differ in one thing become one row, and a row is a rule.
 * A rule says of a request what a policy would be chosen by: who, which rights, from what
 * kind of source and which file; not the user, the group or the cgroup, which belong to
 * the day on which it was observed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "language.h"
#include "learn.h"

#define PLACES_MAX	8	/* files in one rule; more are several rules */

enum place {
	PLACE_NONE,		/* the source is no file */
	PLACE_FILE,
	PLACE_DIRECTORY,	/* the file is gone: any of its directory */
	PLACE_ANYWHERE,		/* and its directory, too */
};

/* What one rule, or several that differ in their files, will say. */
struct row {
	const struct observation *of;	/* program, source class, identity */
	unsigned int rights;		/* sets of rights that were asked for, a bit for each */
	u64 ever;			/* FACT_EVER_* that were seen */
	bool measured;			/* all of them */
	unsigned int svn;		/* the lowest */
	enum place place;
	const char **places;		/* paths of observations, in the order of letters */
	size_t nr_places;
};

struct table {
	struct row *rows;
	size_t nr;
};

#define HAS(rights, bit)	((rights) & (bit))

int learned_add(struct learned *learned, const struct observation *o)
{
	struct observation *seen = reallocarray(learned->seen, learned->nr + 1, sizeof(*seen));

	if (!seen)
		return -ENOMEM;
	learned->seen = seen;
	seen[learned->nr++] = *o;
	return 0;
}

void learned_free(struct learned *learned)
{
	size_t i;

	for (i = 0; i < learned->nr; i++) {
		free(learned->seen[i].program);
		free(learned->seen[i].file);
	}
	free(learned->seen);
	*learned = (struct learned){ .nr = 0 };
}

/* ---- facts ---- */

static unsigned int rights_of(const struct observation *o)
{
	return (unsigned int)(o->facts.bits >> FACT_RIGHTS_SHIFT) & AVOW_RWX;
}

static u64 event_of(const struct observation *o)
{
	return o->facts.bits & (FACT_LOAD | FACT_MAP | FACT_INIT);
}

static u64 class_of(const struct observation *o)
{
	return o->facts.bits & (0xffULL << FACT_CLASS_SHIFT);
}

static enum place place_of(const struct observation *o)
{
	if (!o->file)
		return PLACE_NONE;
	return o->file_named ? PLACE_FILE : o->directory_named ? PLACE_DIRECTORY : PLACE_ANYWHERE;
}

/* Rights in a set of sets of rights. */
static unsigned int union_of(unsigned int set)
{
	unsigned int all = 0, rights;

	for (rights = 0; rights <= AVOW_RWX; rights++)
		if (set & 1u << rights)
			all |= rights;
	return all;
}

static bool executable(const struct row *row)
{
	return HAS(union_of(row->rights), AVOW_X);
}

/* ---- rows ---- */

static void table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		free(t->rows[i].places);
	free(t->rows);
}

static int add_place(struct row *row, const char *path)
{
	const char **places;
	size_t at, i;

	for (at = 0; at < row->nr_places && strcmp(row->places[at], path) < 0; at++)
		;
	if (at < row->nr_places && !strcmp(row->places[at], path))
		return 0;
	places = reallocarray(row->places, row->nr_places + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	row->places = places;
	for (i = row->nr_places++; i > at; i--)
		places[i] = places[i - 1];
	places[at] = path;
	return 0;
}

static bool same_places(const struct row *a, const struct row *b)
{
	size_t i;

	if (a->place != b->place || a->nr_places != b->nr_places)
		return false;
	for (i = 0; i < a->nr_places; i++)
		if (strcmp(a->places[i], b->places[i]))
			return false;
	return true;
}

static bool same_program(const struct row *a, const struct row *b)
{
	return !strcmp(a->of->program, b->of->program);
}

/* Of a load, may the rights be said in one rule? X is said exactly, and whether it is measured counts. */
static bool loads_join(const struct row *a, const struct row *b)
{
	if (class_of(a->of) != class_of(b->of))
		return false;
	if (executable(a) || executable(b))
		return a->rights == b->rights && a->measured == b->measured;
	return true;
}

/* Of a mapping: reading alone needs no history, and everything else is said exactly. */
static bool maps_join(const struct row *a, const struct row *b)
{
	if (!HAS(union_of(a->rights | b->rights), AVOW_W | AVOW_X))
		return true;
	return a->rights == b->rights;
}

static bool inits_join(const struct row *a, const struct row *b)
{
	const struct avow_facts *x = &a->of->facts, *y = &b->of->facts;

	return !memcmp(x->mrsigner, y->mrsigner, sizeof(x->mrsigner)) && x->isvprodid == y->isvprodid &&
	       x->bits == y->bits;
}

static bool events_join(const struct row *a, const struct row *b)
{
	if (event_of(a->of) != event_of(b->of) || !same_program(a, b))
		return false;
	switch (event_of(a->of)) {
	case FACT_LOAD:
		return loads_join(a, b);
	case FACT_MAP:
		return maps_join(a, b);
	default:
		return inits_join(a, b);
	}
}

/* Makes one of two rows. */
static int join(struct row *to, const struct row *from)
{
	size_t i;
	int err = 0;

	to->rights |= from->rights;
	to->ever |= from->ever;
	to->measured = to->measured && from->measured;
	if (from->svn < to->svn)
		to->svn = from->svn;
	for (i = 0; !err && i < from->nr_places; i++)
		err = add_place(to, from->places[i]);
	return err;
}

/* Joins every row with the first that it goes together with. */
static int merge(struct table *t, bool (*together)(const struct row *a, const struct row *b))
{
	size_t nr = 0, i, j;
	int err = 0;

	for (i = 0; i < t->nr; i++) {
		for (j = 0; j < nr && !together(&t->rows[j], &t->rows[i]); j++)
			;
		if (j == nr) {
			t->rows[nr++] = t->rows[i];
			continue;
		}
		if (!err)
			err = join(&t->rows[j], &t->rows[i]);
		free(t->rows[i].places);
	}
	t->nr = nr;
	return err;
}

/* First what is asked of the same files, then the files of which the same is asked. */
static bool same_but_rights(const struct row *a, const struct row *b)
{
	return events_join(a, b) && same_places(a, b);
}

static bool same_but_files(const struct row *a, const struct row *b)
{
	return events_join(a, b) && a->place == b->place && a->rights == b->rights &&
	       (a->measured == b->measured || !executable(a));
}

static int add_row(struct table *t, const struct observation *o, char *directory)
{
	struct row *row = &t->rows[t->nr++];

	*row = (struct row){
		.of = o,
		.rights = 1u << rights_of(o),
		.ever = o->facts.bits & (FACT_EVER_W | FACT_EVER_X),
		.measured = o->facts.bits & FACT_MEASURED,
		.svn = o->facts.isvsvn,
		.place = place_of(o),
	};
	if (row->place == PLACE_FILE)
		return add_place(row, o->file);
	return row->place == PLACE_DIRECTORY ? add_place(row, directory) : 0;
}

/* ---- rules ---- */

static const char *word_of_rights(unsigned int rights)
{
	return avow_policy_word_of(avow_policy_rights, rights);
}

static int print_name(FILE *to, const char *name)
{
	char *quoted;
	int err = avow_policy_quote(name, &quoted);

	if (err)
		return err;
	fputs(quoted, to);
	free(quoted);
	return 0;
}

/* For a comment: what no policy may have is not shown. */
static void print_words(FILE *to, const char *text)
{
	if (print_name(to, text))
		fputs("(a name that a policy cannot have)", to);
}

static void print_hex(FILE *to, const u8 *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		fprintf(to, "%02x", bytes[i]);
}

static void print_rights(FILE *to, const struct row *row, const char *what)
{
	bool one = !(row->rights & (row->rights - 1));

	fprintf(to, " %s %s %s", what, one ? "is" : "within", word_of_rights(union_of(row->rights)));
}

static int print_places(FILE *to, const struct row *row, size_t first)
{
	size_t i;
	int err = 0;

	if (row->place == PLACE_FILE || row->place == PLACE_DIRECTORY)
		fprintf(to, ", file %s ", row->place == PLACE_FILE ? "is" : "under");
	for (i = first; !err && i < row->nr_places && i < first + PLACES_MAX; i++) {
		fputs(i > first ? " or " : "", to);
		err = print_name(to, row->places[i]);
	}
	return err;
}

static int print_load(FILE *to, const struct row *row, size_t first)
{
	const char *class = avow_policy_word_of(avow_policy_classes, class_of(row->of));

	print_rights(to, row, "intent");
	if (*class)
		fprintf(to, ", source is %s", class);
	if (row->measured)
		fputs(", measured", to);
	return print_places(to, row, first);
}

/* What was never seen of the past is not allowed: no execution of what was writable, and the reverse. */
static void print_map(FILE *to, const struct row *row)
{
	unsigned int rights = union_of(row->rights);

	print_rights(to, row, "prot");
	if (HAS(rights, AVOW_X) && !(row->ever & FACT_EVER_W))
		fputs(", history lacks w", to);
	if (HAS(rights, AVOW_W) && !(row->ever & FACT_EVER_X))
		fputs(", history lacks x", to);
}

static void print_init(FILE *to, const struct row *row)
{
	const struct avow_facts *facts = &row->of->facts;

	fputs(" signer is ", to);
	print_hex(to, facts->mrsigner, sizeof(facts->mrsigner));
	fprintf(to, ", product is %u", facts->isvprodid);
	if (row->svn)
		fprintf(to, ", svn at least %u", row->svn);
	fputs(facts->bits & FACT_DEBUG ? ", debug" : ", production", to);
	if (facts->bits & FACT_PROVISION)
		fputs(", provision", to);
	if (row->measured)
		fputs(", measured", to);
}

/* One line, of files from number first on. */
static int print_rule(FILE *to, const struct row *row, size_t first)
{
	int err = 0;

	/* Without a name for the program it would be everybody's. */
	fprintf(to, "%sallow %s", row->of->program_named ? "" : "# ",
		avow_policy_word_of(avow_policy_events, event_of(row->of)));
	switch (event_of(row->of)) {
	case FACT_LOAD:
		err = print_load(to, row, first);
		break;
	case FACT_MAP:
		print_map(to, row);
		break;
	default:
		print_init(to, row);
	}
	fputs(", program is ", to);
	if (row->of->program_named)
		err = err ? err : print_name(to, row->of->program);
	else
		print_words(to, row->of->program);
	fputc('\n', to);
	return err;
}

static void print_remark(FILE *to, const struct row *row)
{
	if (row->place == PLACE_DIRECTORY)
		fputs("# These files are gone, or have names that a policy cannot have: any file of the directory.\n", to);
	if (row->place == PLACE_ANYWHERE)
		fputs("# These files and their directory cannot be named: any file. Name a directory here.\n", to);
	if (event_of(row->of) != FACT_INIT && HAS(union_of(row->rights), AVOW_W) && executable(row))
		fputs("# Writable and executable at once.\n", to);
}

static int print_row(FILE *to, const struct row *row)
{
	size_t first = 0;
	int err;

	print_remark(to, row);
	do {
		err = print_rule(to, row, first);
		first += PLACES_MAX;
	} while (!err && first < row->nr_places);
	return err;
}

static void print_program(FILE *to, const struct row *row)
{
	fputs("\n# ", to);
	print_words(to, row->of->program);
	if (!row->of->program_named)
		fputs(": this program is gone, so these are no rules yet", to);
	fputc('\n', to);
}

/* Programs in the order in which they asked first, and of each loads, mappings, enclaves. */
static int print_table(FILE *to, const struct table *t)
{
	static const u64 events[] = { FACT_LOAD, FACT_MAP, FACT_INIT };
	size_t i, j, k, e;
	int err = 0;

	for (i = 0; i < t->nr; i++) {
		for (k = 0; k < i && !same_program(&t->rows[k], &t->rows[i]); k++)
			;
		if (k < i)
			continue;
		print_program(to, &t->rows[i]);
		for (e = 0; e < sizeof(events) / sizeof(events[0]); e++)
			for (j = i; !err && j < t->nr; j++)
				if (event_of(t->rows[j].of) == events[e] && same_program(&t->rows[i], &t->rows[j]))
					err = print_row(to, &t->rows[j]);
	}
	return err;
}

static char *directory_of(const char *path)
{
	const char *end = strrchr(path, '/');

	return end && end > path ? strndup(path, (size_t)(end - path)) : strdup("/");
}

/* The directories are the caller's to free, with the array. */
static int fill(struct table *t, const struct learned *learned, char **directories)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < learned->nr; i++) {
		const struct observation *o = &learned->seen[i];

		if (o->denied)
			continue;
		if (place_of(o) == PLACE_DIRECTORY) {
			directories[i] = directory_of(o->file);
			if (!directories[i])
				return -ENOMEM;
		}
		err = add_row(t, o, directories[i]);
	}
	return err;
}

static void print_denied(FILE *to, const struct learned *learned)
{
	size_t nr = 0, i;

	for (i = 0; i < learned->nr; i++)
		nr += learned->seen[i].denied;
	if (nr)
		fprintf(to, "\n# %zu kind%s of requests were denied by what answered then, and are not allowed here.\n",
			nr, nr == 1 ? "" : "s");
}

int learned_write(FILE *to, const struct learned *learned)
{
	char **directories = calloc(learned->nr + 1, sizeof(*directories));
	struct table t = { .rows = calloc(learned->nr + 1, sizeof(*t.rows)) };
	int err = directories && t.rows ? fill(&t, learned, directories) : -ENOMEM;
	size_t i;

	if (!err)
		err = merge(&t, same_but_rights);
	if (!err)
		err = merge(&t, same_but_files);
	if (!err)
		err = print_table(to, &t);
	if (!err) {
		print_denied(to, learned);
		fputs("\n# Nothing else.\ndefault deny\n", to);
	}
	table_free(&t);
	for (i = 0; directories && i < learned->nr; i++)
		free(directories[i]);
	free(directories);
	return err;
}
