// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "core.h"
#include "file_facts.h"
#include "foresight.h"
#include "grammar.h"
#include "number.h"
#include "request.h"

#define FACTS_MAX	16	/* of a request, beside those that were given */
#define OUT_OF_MEMORY	"foresight: out of memory"

/* NAME=VALUE, as many as there are. */
struct request {
	char **facts;
	size_t nr;
};

struct work {
	struct foresight *f;
	char *const *given;
	size_t nr_given;
	char *of_file[FILE_FACTS_MAX];
	size_t nr_of_file;
};

static void *need(void *memory)
{
	if (memory)
		return memory;
	complain(OUT_OF_MEMORY);
	exit(EXIT_USAGE);
}

static void add(struct request *r, const char *name, const char *value)
{
	char *fact;

	if (asprintf(&fact, "%s=%s", name, value) < 0)
		need(NULL);
	r->facts[r->nr++] = fact;
}

static void add_number(struct request *r, const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	add(r, name, text);
}

static void add_hex(struct request *r, const char *name, const __u8 bytes[32])
{
	char text[HEX32_SIZE];

	add(r, name, hex_word(bytes, 32, text));
}

static struct request begin(const struct work *w)
{
	struct request r = { .facts = need(calloc(FACTS_MAX + w->nr_given, sizeof(*r.facts))) };

	return r;
}

/* All facts with spaces between, as avow policy test would take them. */
static char *joined(const struct request *r)
{
	size_t size = 1, i;
	char *text;

	for (i = 0; i < r->nr; i++)
		size += strlen(r->facts[i]) + 1;
	text = need(calloc(1, size));
	for (i = 0; i < r->nr; i++) {
		strcat(text, i ? " " : "");
		strcat(text, r->facts[i]);
	}
	return text;
}

/* Asks, and frees the request. False after a message: something that was given is no fact. */
static bool ask(struct work *w, struct request *r, const char *event, const struct avow_segment *segment)
{
	struct foreseen *seen = &w->f->list[w->f->nr];
	char why[AVOW_POLICY_REQUEST_WHY];
	struct avow_facts facts;
	size_t own = r->nr, i;
	bool good;

	for (i = 0; i < w->nr_given; i++)
		r->facts[r->nr++] = need(strdup(w->given[i]));
	*seen = (struct foreseen){ .event = event, .segment = segment, .facts = joined(r) };
	w->f->nr++;
	good = avow_policy_request(w->f->dry, event, r->facts, r->nr, &facts, why);
	if (good) {
		seen->outcome = policy_judge(&w->f->read, &facts);
		w->f->denied |= seen->outcome.error;
	} else if (avow_policy_request(w->f->dry, event, r->facts, own, &facts, seen->refused = need(malloc(sizeof(why))))) {
		/* Without what was given it is a request. */
		complain("show: %s", printable(why));
	} else {
		w->f->denied = true;
		good = true;
	}
	for (i = 0; i < r->nr; i++)
		free(r->facts[i]);
	free(r->facts);
	return good;
}

static bool ask_load(struct work *w, const struct avow_segment *s, unsigned int class)
{
	struct request r = begin(w);
	size_t i;

	/* The intent of a TCS is RW (R1.2). */
	add(&r, "intent", avow_policy_word_of(avow_policy_rights, (unsigned int)s->prot));
	add(&r, "source", class_word(class));
	add(&r, "measured", s->pages.flags & SGX_PAGE_MEASURE ? "yes" : "no");
	for (i = 0; class != AVOW_SRC_ANON && i < w->nr_of_file; i++)
		r.facts[r.nr++] = need(strdup(w->of_file[i]));
	return ask(w, &r, "load", s);
}

static bool ask_map(struct work *w, const struct avow_segment *s)
{
	struct request r = begin(w);

	add(&r, "prot", avow_policy_word_of(avow_policy_rights, (unsigned int)s->prot));
	return ask(w, &r, "map", s);
}

static bool ask_init(struct work *w, u64 attributes, const __u8 mrenclave[AVOW_MRENCLAVE_BYTES], const struct signature *s)
{
	struct request r = begin(w);

	add(&r, "measured", "yes");
	add(&r, "debug", attributes & ATTR_DEBUG ? "yes" : "no");
	add(&r, "provision", attributes & ATTR_PROVISIONKEY ? "yes" : "no");
	add_hex(&r, "enclave", mrenclave);
	if (s) {
		add_hex(&r, "signer", s->fields.mrsigner);
		add_number(&r, "product", s->fields.isv_prod_id);
		add_number(&r, "svn", s->fields.isv_svn);
	}
	return ask(w, &r, "init", NULL);
}

static bool ask_all(struct work *w, const struct build *b, const __u8 *mrenclave, const struct signature *s)
{
	const struct avow_segment *segment;
	unsigned int i;

	for (i = 0; b && (segment = avow_image_segment(b->image, i)); i++)
		if (!ask_load(w, segment, avow_image_source_class(b->image, i)))
			return false;
	if (!ask_init(w, s ? s->fields.attributes : b->params.attributes, mrenclave, s))
		return false;
	for (i = 0; b && (segment = avow_image_segment(b->image, i)); i++)
		if (!ask_map(w, segment))
			return false;
	return true;
}

int foresee(struct foresight *f, const char *policy, const struct build *b, const __u8 mrenclave[AVOW_MRENCLAVE_BYTES],
	    const struct signature *s, char *const *given, size_t nr)
{
	struct work w = { .f = f, .given = given, .nr_given = nr };
	struct avow_policy_resolver resolver;
	int facts = b ? file_facts(b->file, w.of_file) : 0;
	int status = EXIT_USAGE;

	*f = (struct foresight){ .dry = need(avow_policy_dry_new()) };
	f->list = need(calloc(2 * (b ? avow_image_nr_segments(b->image) : 0) + 1, sizeof(*f->list)));
	resolver = avow_policy_dry_resolver(f->dry);
	w.nr_of_file = facts > 0 ? (size_t)facts : 0;
	if (facts < 0)
		complain("show: %s: %s", b->file, strerror(-facts));
	else if (!policy_read(&f->read, policy, &resolver))
		policy_tell(&f->read, false);
	else if (ask_all(&w, b, mrenclave, s))
		status = EXIT_SUCCESS;
	while (w.nr_of_file)
		free(w.of_file[--w.nr_of_file]);
	return status;
}

void foresight_free(struct foresight *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++) {
		free(f->list[i].facts);
		free(f->list[i].refused);
	}
	free(f->list);
	policy_read_free(&f->read);
	avow_policy_dry_free(f->dry);
}
