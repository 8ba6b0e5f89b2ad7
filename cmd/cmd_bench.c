// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * avow bench: what enclaves cost on this machine, beside the least that each thing can cost. What is
 * compared is measured in turn, so that what disturbs the one disturbs the other.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench_scene.h"
#include "cmd.h"
#include "json.h"
#include "progress.h"

#define ROUNDS		31
#define LEAST_NS	1000000.0	/* of a sample, by which the clock and an interrupt are small */
#define NOISY		0.10		/* of the median: as much as the middle half of the samples may spread */

/* One of the two that are compared. */
struct task {
	const char *what;
	int (*run)(struct bench_scene *s, unsigned long n);
	int (*before)(struct bench_scene *s);	/* not timed; NULL: nothing */
	unsigned long each;			/* things that a call of run(1) does */
	unsigned long n;			/* fixed; 0: as many as take long enough */
};

static const struct pair {
	const char *name;
	struct task task, floor;
} pairs[] = {
	{
		.name = "enter",
		.task = { "enter the enclave and leave it", bench_enter, NULL, 1, 0 },
		.floor = { "getpid()", bench_getpid, NULL, 1, 0 },
	},
	{
		.name = "add",
		.task = { "add a page", bench_add, NULL, BENCH_ADD, 4 },
		.floor = { "memcpy() of a page", bench_copy, NULL, BENCH_ADD, 0 },
	},
	{
		.name = "add-measured",
		.task = { "add a page, measured", bench_add_measured, NULL, BENCH_ADD, 4 },
		.floor = { "memcpy() of a page", bench_copy, NULL, BENCH_ADD, 0 },
	},
	{
		.name = "mprotect",
		.task = { "mprotect() of a page, checked", bench_protect, bench_untouch, 2, 0 },
		.floor = { "of anonymous memory", bench_protect_anonymous, bench_untouch_anonymous, 2, 0 },
	},
	{
		.name = "fault",
		.task = { "touch a page first", bench_touch, bench_untouch, BENCH_ROW, 1 },
		.floor = { "of anonymous memory", bench_touch_anonymous, bench_untouch_anonymous, BENCH_ROW, 1 },
	},
};

#define NR_PAIRS	(sizeof(pairs) / sizeof(pairs[0]))

static_assert(2 * 4 * (ROUNDS + 1) <= BENCH_ADDS_MAX, "there is room for what is added");

/* The middle of samples, and where their middle half begins and ends. */
struct spread {
	double low, median, high;
};

struct result {
	struct spread task, floor;	/* nanoseconds for each thing */
	struct spread ratio;		/* of the two in one round */
};

static void usage(FILE *to)
{
	fputs("Usage: avow bench [--device PATH] [--json]\n\n"
	      "Measures on this machine, in some seconds, what enclaves cost, as a multiple of the least that\n"
	      "the kernel takes for the like. It is the time of the clock on the wall, and no more exact than\n"
	      "the machine is quiet: beside each median there is what the middle half of its samples was in.\n\n"
	      "  --device PATH   in the place of " AVOW_DEVICE "\n"
	      "  --json          as JSON, for programs\n"
	      "  --help          this text\n", to);
}

/* ---- measuring ---- */

/* *ns: of n calls. 0, or a negative errno. */
static int time_it(struct bench_scene *s, const struct task *task, unsigned long n, double *ns)
{
	struct timespec begin, end;
	int err = task->before ? task->before(s) : 0;

	if (err)
		return err;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	err = task->run(s, n);
	clock_gettime(CLOCK_MONOTONIC, &end);
	*ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
	return err;
}

/* How often to do it for a sample. What is fixed is done once, too, so that nothing is done first. */
static int calibrate(struct bench_scene *s, const struct task *task, unsigned long *n)
{
	double ns = 0;
	int err;

	*n = task->n ? task->n : 1;
	do
		err = time_it(s, task, *n, &ns);
	while (!err && !task->n && ns < LEAST_NS && (*n *= 2));
	return err;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct spread spread_of(double samples[ROUNDS])
{
	qsort(samples, ROUNDS, sizeof(*samples), compare);
	return (struct spread){ samples[ROUNDS / 4], samples[ROUNDS / 2], samples[ROUNDS - 1 - ROUNDS / 4] };
}

static int measure(struct bench_scene *s, const struct pair *pair, struct result *result)
{
	double task[ROUNDS], floor[ROUNDS], ratio[ROUNDS];
	unsigned long n = 0, n_floor = 0;
	int err = calibrate(s, &pair->task, &n), i;

	if (!err)
		err = calibrate(s, &pair->floor, &n_floor);
	for (i = 0; !err && i < ROUNDS; i++) {
		err = time_it(s, &pair->task, n, &task[i]);
		if (!err)
			err = time_it(s, &pair->floor, n_floor, &floor[i]);
		task[i] /= (double)(n * pair->task.each);
		floor[i] /= (double)(n_floor * pair->floor.each);
		ratio[i] = task[i] / floor[i];
	}
	if (err) {
		complain("bench: %s: %s", pair->task.what, strerror(-err));
		return err;
	}
	*result = (struct result){ spread_of(task), spread_of(floor), spread_of(ratio) };
	return 0;
}

static bool noisy(const struct spread *s)
{
	return s->high - s->low > NOISY * s->median;
}

/* ---- what makes it no more than it is ---- */

static bool in_virtual_machine(void)
{
	FILE *info = fopen("/proc/cpuinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (info && !found && getline(&line, &size, info) > 0)
		found = !strncmp(line, "flags", 5) && strstr(line, " hypervisor");
	free(line);
	if (info)
		fclose(info);
	return found;
}

static bool machine_is_busy(void)
{
	double load;

	/* Of this process there is one. */
	return getloadavg(&load, 1) == 1 && load > 0.5 * (double)sysconf(_SC_NPROCESSORS_ONLN) + 1;
}

static size_t notes(const struct result results[NR_PAIRS], const char *list[4])
{
	size_t nr = 0, i, spread = 0;

	for (i = 0; i < NR_PAIRS; i++)
		spread += noisy(&results[i].task) || noisy(&results[i].floor);
	if (spread)
		list[nr++] = "noisy: where there is a ~, half of the samples spread over more than 10 % of the median";
	if (machine_is_busy())
		list[nr++] = "other work is running on this machine";
	if (in_virtual_machine())
		list[nr++] = "this is a virtual machine: traps and faults cost what they cost in it";
	return nr;
}

/* ---- telling ---- */

static const char *time_word(double ns, char text[16])
{
	if (ns < 1000)
		snprintf(text, 16, "%.0f ns", ns);
	else
		snprintf(text, 16, "%.2f us", ns / 1000);
	return text;
}

static void print_text(const struct result results[NR_PAIRS])
{
	char median[16], low[16], high[16], half[40], floor[16];
	const char *list[4];
	size_t nr, i;

	printf("%-31s %11s  %-24s %6s  %s\n", "", "MEDIAN", "HALF OF THEM", "RATIO", "TO");
	for (i = 0; i < NR_PAIRS; i++) {
		const struct result *r = &results[i];

		snprintf(half, sizeof(half), "%s to %s", time_word(r->task.low, low), time_word(r->task.high, high));
		printf("%-31s %c%10s  %-24s %6.2f  %s, %c%s\n", pairs[i].task.what, noisy(&r->task) ? '~' : ' ',
		       time_word(r->task.median, median), half, r->ratio.median, pairs[i].floor.what, noisy(&r->floor) ? '~' : ' ',
		       time_word(r->floor.median, floor));
	}
	nr = notes(results, list);
	for (i = 0; i < nr; i++)
		printf("%s%s\n", i ? "" : "\n", list[i]);
}

static void add_spread(struct json_object *to, const struct spread *s)
{
	json_object_object_add(to, "median", json_object_new_double(s->median));
	json_object_object_add(to, "quartile1", json_object_new_double(s->low));
	json_object_object_add(to, "quartile3", json_object_new_double(s->high));
}

static void print_json(const struct result results[NR_PAIRS])
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array(), *said = json_object_new_array();
	const char *list[4];
	size_t nr = notes(results, list), i;

	for (i = 0; i < NR_PAIRS; i++) {
		struct json_object *one = json_object_new_object(), *floor = json_object_new_object(), *ratio = json_object_new_object();
		const struct result *r = &results[i];

		json_text(one, "name", pairs[i].name);
		json_text(one, "what", pairs[i].task.what);
		json_text(one, "unit", "ns");
		add_spread(one, &r->task);
		json_text(floor, "what", pairs[i].floor.what);
		add_spread(floor, &r->floor);
		json_object_object_add(one, "floor", floor);
		add_spread(ratio, &r->ratio);
		json_object_object_add(one, "ratio", ratio);
		json_object_object_add(one, "noisy", json_object_new_boolean(noisy(&r->task) || noisy(&r->floor)));
		json_object_array_add(array, one);
	}
	for (i = 0; i < nr; i++)
		json_object_array_add(said, json_object_new_string(list[i]));
	json_number(object, "rounds", ROUNDS);
	json_object_object_add(object, "measurements", array);
	json_object_object_add(object, "notes", said);
	json_print(object);
}

/* ---- the verb ---- */

static void on_message(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	complain("bench: %s", text);
}

static int bench(const char *device, bool json)
{
	struct result results[NR_PAIRS];
	struct progress progress;
	struct bench_scene scene;
	size_t i;
	int err;

	avow_set_message_handler(on_message, NULL, NULL, NULL);
	err = bench_begin(&scene, device);
	progress_begin(&progress, "measuring", NR_PAIRS);
	for (i = 0; !err && i < NR_PAIRS; i++) {
		progress_show(&progress, i);
		err = measure(&scene, &pairs[i], &results[i]);
	}
	progress_end(&progress);
	if (!err && json)
		print_json(results);
	else if (!err)
		print_text(results);
	bench_end(&scene);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

struct asked {
	const char *device;
	bool json;
};

static bool take_option(void *context, int option, const char *value)
{
	struct asked *asked = context;

	if (option == 'j')
		asked->json = true;
	else
		asked->device = value;
	return true;
}

int cmd_bench(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct options reading = { ":h", options, usage, take_option };
	struct asked asked = { .device = NULL };
	int status = read_options(argc, argv, &reading, &asked);

	if (status >= 0)
		return status;
	if (optind < argc) {
		complain("bench: unexpected argument %s; see avow bench --help", argv[optind]);
		return EXIT_USAGE;
	}
	return bench(asked.device, asked.json);
}
