// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow why: the last refusals of each enclave of a process (R18.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include <libavow.h>
#include "json.h"
#include "lines.h"
#include "process.h"
#include "record.h"
#include "refusals.h"
#include "sentence.h"
#include "words.h"

#define WIDTH_MIN	60
#define WIDTH_MAX	100

/* Columns of the terminal, within what reads well. */
static int width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int n = 80;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		n = size.ws_col;
	else if (columns && atoi(columns) > 0)
		n = atoi(columns);
	return n < WIDTH_MIN ? WIDTH_MIN : n > WIDTH_MAX ? WIDTH_MAX : n;
}

static void print_text(const struct process *p, const struct held_enclave *e, const struct refusals *all,
		       struct lines *lines)
{
	__u32 i;

	printf("Process %d (%s), enclave ", (int)p->pid, p->comm);
	if (e->info.size)
		printf("0x%llx-0x%llx", (unsigned long long)e->info.base,
		       (unsigned long long)(e->info.base + e->info.size));
	else
		printf("not created yet");
	printf(", contract %s, ", avow_contract_word(e->info.contract));
	print_descriptors(e);
	if (!all->nr)
		printf(": nothing was refused.\n");
	else
		printf(": %u refusal%s.\n", all->nr, all->nr == 1 ? "" : "s");
	if (all->lost)
		printf("%llu more came before and are no longer kept.\n", (unsigned long long)all->lost);
	puts("");
	for (i = 0; i < all->nr; i++) {
		char *path = source_path_of(e->fd, all->kept[i].source);
		struct avow_told t = refusal_told(e, &all->kept[i], path, lines);

		refusal_print(stdout, &t, boottime(), width());
		puts("");
		free(path);
	}
}

static void add_json(struct json_object *enclaves, const struct held_enclave *e, const struct refusals *all,
		     struct lines *lines)
{
	struct json_object *one = json_enclave(enclaves, e), *array = json_object_new_array();
	__u32 i;

	json_number(one, "lost", all->lost);
	for (i = 0; i < all->nr; i++) {
		char *path = source_path_of(e->fd, all->kept[i].source);
		struct avow_told t = refusal_told(e, &all->kept[i], path, lines);

		json_object_array_add(array, record_json(&t));
		free(path);
	}
	json_object_object_add(one, "refusals", array);
}

int cmd_why(const struct arguments *args)
{
	struct json_object *object = json_object_new_object(), *enclaves;
	struct lines *lines = lines_open();
	struct refusals all;
	struct process p;
	int err = 0;
	size_t i;

	if (!lines || process_open(&p, args->pid)) {
		if (!lines)
			complain("out of memory");
		lines_close(lines);
		json_object_put(object);
		return EXIT_FAILURE;
	}
	enclaves = json_process(object, &p);
	for (i = 0; !err && i < p.nr_enclaves; i++) {
		err = refusals_read(&p, &p.enclaves[i], &all);
		if (!err && args->json)
			add_json(enclaves, &p.enclaves[i], &all, lines);
		else if (!err)
			print_text(&p, &p.enclaves[i], &all, lines);
	}
	if (!err && !args->json)
		print_lone(&p);
	if (!err && args->json)
		json_print(object);
	else
		json_object_put(object);
	process_close(&p);
	lines_close(lines);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
