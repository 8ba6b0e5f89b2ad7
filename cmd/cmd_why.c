// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow why: the last refusals of each enclave of a process (R18.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "enclave.h"
#include "json.h"
#include "process.h"
#include "rules.h"
#include "runs.h"
#include "sentence.h"
#include "words.h"

#define WIDTH_MIN	60
#define WIDTH_MAX	100

struct refusals {
	struct avow_refusal kept[AVOW_REFUSALS_KEPT];
	u32 nr;
	u64 lost;
};

static int read_all(const struct process *p, const struct held_enclave *e, struct refusals *all)
{
	u64 seq = 0;
	int nr = avow_read_refusals(e->fd, &seq, all->kept, AVOW_REFUSALS_KEPT, &all->lost);

	if (nr < 0) {
		complain("process %d, descriptor %d: %s", (int)p->pid, e->numbers[0], strerror(-nr));
		return -1;
	}
	all->nr = (u32)nr;
	return 0;
}

static unsigned long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_nsec;
}

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

static void print_text(const struct process *p, const struct held_enclave *e, const struct refusals *all)
{
	u32 i;

	printf("Process %d (%s), enclave ", (int)p->pid, p->comm);
	if (e->info.size)
		printf("0x%llx-0x%llx", (unsigned long long)e->info.base,
		       (unsigned long long)(e->info.base + e->info.size));
	else
		printf("not created yet");
	printf(", contract %s, ", contract_word(e->info.contract));
	print_descriptors(e);
	if (!all->nr)
		printf(": nothing was refused.\n");
	else
		printf(": %u refusal%s.\n", all->nr, all->nr == 1 ? "" : "s");
	if (all->lost)
		printf("%llu more came before and are no longer kept.\n", (unsigned long long)all->lost);
	puts("");
	for (i = 0; i < all->nr; i++) {
		char *path = printable(source_path_of(e->fd, all->kept[i].source));
		const struct told t = {
			.refusal = &all->kept[i],
			.base = e->info.base,
			.size = e->info.size,
			.path = path,
			.now = now(),
		};

		refusal_print(stdout, &t, width());
		puts("");
		free(path);
	}
}

static void add_refusal(struct json_object *array, const struct held_enclave *e, const struct avow_refusal *r)
{
	struct json_object *one = json_object_new_object();
	const struct rule *rule = rule_find(r->rule);
	char *path = source_path_of(e->fd, r->source);
	char name[RULE_NAME_SIZE], word[ERRNO_SIZE], signal[SIGNAL_SIZE], comm[sizeof(r->comm) + 1];

	snprintf(comm, sizeof(comm), "%.*s", (int)sizeof(r->comm), r->comm);
	json_number(one, "seq", r->seq);
	json_number(one, "time", r->time);
	json_text(one, "rule", rule_name(r->rule, name));
	json_text(one, "says", rule ? rule->says : NULL);
	json_text(one, "change", rule ? rule->change : NULL);
	json_text(one, "operation", op_word(r->op));
	json_address(one, "start", r->start);
	json_address(one, "end", r->end);
	json_rights(one, "requested", r->requested);
	json_rights(one, "declared", r->declared);
	json_text(one, "errno", r->err ? errno_word((int)r->err, word) : NULL);
	json_text(one, "signal", r->signo ? signal_word(r->signo, signal) : NULL);
	json_text(one, "source_class", class_word(r->source_class));
	json_text(one, "source", path);
	json_number(one, "pid", r->tgid);
	json_number(one, "thread", r->pid);
	json_text(one, "command", comm);
	json_object_array_add(array, one);
	free(path);
}

static void add_json(struct json_object *enclaves, const struct held_enclave *e, const struct refusals *all)
{
	struct json_object *one = json_enclave(enclaves, e), *array = json_object_new_array();
	u32 i;

	json_number(one, "lost", all->lost);
	for (i = 0; i < all->nr; i++)
		add_refusal(array, e, &all->kept[i]);
	json_object_object_add(one, "refusals", array);
}

int cmd_why(const struct arguments *args)
{
	struct json_object *object = json_object_new_object(), *enclaves;
	struct refusals all;
	struct process p;
	int err = 0;
	size_t i;

	if (process_open(&p, args->pid)) {
		json_object_put(object);
		return EXIT_FAILURE;
	}
	enclaves = json_process(object, &p);
	for (i = 0; !err && i < p.nr_enclaves; i++) {
		err = read_all(&p, &p.enclaves[i], &all);
		if (!err && args->json)
			add_json(enclaves, &p.enclaves[i], &all);
		else if (!err)
			print_text(&p, &p.enclaves[i], &all);
	}
	if (!err && !args->json)
		print_lone(&p);
	if (!err && args->json)
		json_print(object);
	else
		json_object_put(object);
	process_close(&p);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
