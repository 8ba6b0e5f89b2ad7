// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow maps: the runs of each enclave of a process (R19). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include <libavow.h>
#include "json.h"
#include "page.h"
#include "process.h"
#include "refusals.h"
#include "runs.h"
#include "words.h"

/* What there is to tell of one enclave. */
struct listing {
	struct mapped_run *runs;
	char **paths;		/* of each run's source, or NULL */
	size_t nr;
};

static void listing_free(struct listing *l)
{
	size_t i;

	for (i = 0; i < l->nr; i++)
		free(l->paths[i]);
	free(l->paths);
	free(l->runs);
}

/* Empty before CREATE. -1 after a message. */
static int list(const struct process *p, const struct held_enclave *e, struct listing *l)
{
	struct avow_run *runs = NULL;
	size_t nr = 0, i;
	int err = 0;

	*l = (struct listing){ .nr = 0 };
	if (e->info.state & AVOW_STATE_CREATED)
		err = avow_list_runs(e->fd, 0, e->info.size, &runs, &nr);
	if (!err) {
		l->runs = split_runs(e->info.base, runs, nr, p->mappings, p->nr_mappings, &l->nr);
		l->paths = calloc(l->nr + 1, sizeof(*l->paths));
		if (!l->runs || !l->paths)
			err = -ENOMEM;
	}
	free(runs);
	if (err) {
		complain("process %d, descriptor %d: %s", (int)p->pid, e->numbers[0], strerror(-err));
		free(l->runs);
		free(l->paths);
		*l = (struct listing){ .nr = 0 };
		return -1;
	}
	for (i = 0; i < l->nr; i++)
		l->paths[i] = source_path_of(e->fd, l->runs[i].run.source);
	return 0;
}

static void print_text(const struct process *p, const struct held_enclave *e, const struct listing *l,
		       bool color)
{
	char state[64], size[SIZE_SIZE];
	size_t i;

	printf("Process %d (%s): ", (int)p->pid, p->comm);
	if (e->info.state & AVOW_STATE_CREATED)
		printf("enclave 0x%llx-0x%llx, %s, ", (unsigned long long)e->info.base,
		       (unsigned long long)(e->info.base + e->info.size), size_word(e->info.size, size));
	else
		printf("enclave not created yet, ");
	printf("contract %s", avow_contract_word(e->info.contract));
	if (e->info.state)
		printf(", %s", bits_words(state_words, e->info.state, state, sizeof(state)));
	printf(", ");
	print_descriptors(e);
	printf("\n\n");
	for (i = 0; i < l->nr; i++)
		printable(l->paths[i]);
	if (l->nr)
		print_runs(stdout, l->runs, l->paths, l->nr, color);
	else
		puts("  no pages");
	puts("");
}

static void add_run(struct json_object *array, const struct mapped_run *r, const char *path)
{
	struct json_object *one = json_object_new_object();
	const struct avow_run *run = &r->run;

	json_number(one, "offset", run->offset);
	json_number(one, "length", run->length);
	json_rights(one, "intent", run->intent);
	json_object_object_add(one, "present", json_object_new_boolean(run->state & AVOW_RUN_PRESENT));
	json_rights(one, "epcm", run->epcm);
	if (r->mapped)
		json_rights(one, "mapping", r->rights);
	else
		json_text(one, "mapping", NULL);
	json_text(one, "type", run->type ? avow_type_word(run->type) : NULL);
	json_text(one, "history", history_word(run->state));
	json_bits(one, "state", run_state_words, run->state);
	json_text(one, "source_class", class_word(run->source_class));
	json_text(one, "source", path);
	json_object_array_add(array, one);
}

static void add_json(struct json_object *enclaves, const struct held_enclave *e, const struct listing *l)
{
	struct json_object *one = json_enclave(enclaves, e), *array = json_object_new_array();
	size_t i;

	for (i = 0; i < l->nr; i++)
		add_run(array, &l->runs[i], l->paths[i]);
	json_object_object_add(one, "runs", array);
}

static int add_to_page(struct page *page, const struct process *p, const struct held_enclave *e,
		       const struct listing *l, struct lines *lines)
{
	struct refusals all;
	unsigned int i;

	if (refusals_read(p, e, &all))
		return -1;
	page_enclave(page, e, l->runs, l->paths, l->nr);
	for (i = 0; i < all.nr; i++) {
		char *path = source_path_of(e->fd, all.kept[i].source);
		struct avow_told t = refusal_told(e, &all.kept[i], path, lines);

		page_refusal(page, &t);
		free(path);
	}
	page_enclave_end(page, all.lost);
	return 0;
}

static int write_page(const struct process *p, const char *file)
{
	struct lines *lines = lines_open();
	struct page *page;
	int err = 0;
	size_t i;

	if (!lines) {
		complain("out of memory");
		return -1;
	}
	page = page_begin(file, p);
	for (i = 0; page && !err && i < p->nr_enclaves; i++) {
		struct listing l;

		err = list(p, &p->enclaves[i], &l);
		if (!err)
			err = add_to_page(page, p, &p->enclaves[i], &l, lines);
		listing_free(&l);
	}
	if (!page || page_end(page, !err))
		err = -1;
	lines_close(lines);
	return err;
}

static int print(const struct process *p, const struct arguments *args)
{
	struct json_object *object = json_object_new_object(), *enclaves = json_process(object, p);
	int err = 0;
	size_t i;

	for (i = 0; !err && i < p->nr_enclaves; i++) {
		struct listing l;

		err = list(p, &p->enclaves[i], &l);
		if (!err && args->json)
			add_json(enclaves, &p->enclaves[i], &l);
		else if (!err)
			print_text(p, &p->enclaves[i], &l, args->color);
		listing_free(&l);
	}
	if (!err && !args->json)
		print_lone(p);
	if (!err && args->json)
		json_print(object);
	else
		json_object_put(object);
	return err;
}

int cmd_maps(const struct arguments *args)
{
	struct process p;
	int err;

	if (process_open(&p, args->pid))
		return EXIT_FAILURE;
	err = args->html ? write_page(&p, args->html) : print(&p, args);
	process_close(&p);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
