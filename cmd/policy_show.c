// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy show: what is in force, and is it asked? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "json.h"
#include "loader.h"
#include "policy_verbs.h"

#define SHOWN(state)	((state)->nr_others < AVOW_LOADER_OTHERS ? (state)->nr_others : AVOW_LOADER_OTHERS)

/* What happens where nobody answers. */
static const char *unanswered(const struct avow_loader_state *state)
{
	return strcmp(state->parameter, "required") ? "allowed" : "denied";
}

static void time_word(u64 seconds, char *text, size_t size)
{
	time_t at = (time_t)seconds;
	struct tm tm;

	if (!localtime_r(&at, &tm) || !strftime(text, size, "%F %T %z", &tm))
		snprintf(text, size, "%llu", seconds);
}

/* ---- text ---- */

static void print_policy(struct avow_loader_state *state)
{
	struct avow_bpf_line line;
	char when[64];
	u32 rule;

	if (!state->serial) {
		printf("policy    none: what nobody answers is %s\n", unanswered(state));
		return;
	}
	printf("policy    %u\n", state->serial);
	if (state->load.time) {
		time_word(state->load.time, when, sizeof(when));
		printf("file      %s\nloaded    %s by user %u\n", printable(state->load.file), when, state->load.uid);
	}
	for (rule = 1; rule <= state->nr_rules; rule++) {
		if (avow_loader_line(state->serial, rule, &line))
			snprintf(line.text, sizeof(line.text), "(its line is no longer kept)");
		printf("%-9s %u  %s\n", rule == 1 ? "rules" : "", rule, printable(line.text));
	}
}

static void print_hooks(struct avow_loader_state *state)
{
	u32 i;

	for (i = 0; i < AVOW_HOOKS; i++)
		printf("%-9s %-4s  %s\n", i ? "" : "hooks", avow_loader_hook_names[i],
		       state->attached[i] ? "attached" : "NOT ATTACHED");
	if (state->serial && !state->this_build)
		puts("          by another build of avow; the next load replaces its programs");
	if (state->unfinished)
		puts("          a load was not finished, and its programs may answer: load a policy, or unload it");
	for (i = 0; i < SHOWN(state); i++)
		printf("%-9s %-4s  program %u%s%s\n", i ? "" : "others", avow_loader_hook_names[state->others[i].hook],
		       state->others[i].id, *state->others[i].name ? ", " : "", printable(state->others[i].name));
	if (state->nr_others > SHOWN(state))
		printf("          and %u more\n", state->nr_others - SHOWN(state));
	printf("module    policy=%s: where nobody answers, it is %s\n", state->parameter, unanswered(state));
}

/* ---- JSON ---- */

static void add_lines(struct json_object *to, const struct avow_loader_state *state)
{
	struct json_object *array = json_object_new_array();
	struct avow_bpf_line line;
	u32 rule;

	for (rule = 1; rule <= state->nr_rules; rule++) {
		struct json_object *one = json_object_new_object();

		json_number(one, "rule", rule);
		if (!avow_loader_line(state->serial, rule, &line))
			json_text(one, "line", line.text);
		json_object_array_add(array, one);
	}
	json_object_object_add(to, "rules", array);
}

static void add_hooks(struct json_object *to, const struct avow_loader_state *state)
{
	struct json_object *hooks = json_object_new_object(), *others = json_object_new_array();
	u32 i;

	for (i = 0; i < AVOW_HOOKS; i++)
		json_object_object_add(hooks, avow_loader_hook_names[i], json_object_new_boolean(state->attached[i]));
	for (i = 0; i < SHOWN(state); i++) {
		struct json_object *one = json_object_new_object();

		json_text(one, "hook", avow_loader_hook_names[state->others[i].hook]);
		json_number(one, "program", state->others[i].id);
		json_text(one, "name", state->others[i].name);
		json_object_array_add(others, one);
	}
	json_object_object_add(to, "attached", hooks);
	json_object_object_add(to, "others", others);
	json_number(to, "nr_others", state->nr_others);
}

static void print_json(const struct avow_loader_state *state)
{
	struct json_object *object = json_object_new_object();

	json_number(object, "serial", state->serial);
	if (state->load.time) {
		json_text(object, "file", state->load.file);
		json_number(object, "time", state->load.time);
		json_number(object, "uid", state->load.uid);
	}
	add_lines(object, state);
	add_hooks(object, state);
	json_object_object_add(object, "this_build", json_object_new_boolean(state->this_build));
	json_object_object_add(object, "unfinished", json_object_new_boolean(state->unfinished));
	json_text(object, "parameter", state->parameter);
	json_print(object);
}

int policy_show(const struct policy_arguments *args)
{
	struct avow_loader_state state;
	struct avow_loader_why why;
	bool whole = true;
	int i;

	if (avow_loader_show(&state, &why)) {
		complain("policy show: %s", why.text);
		return EXIT_FAILURE;
	}
	if (args->json) {
		print_json(&state);
	} else {
		print_policy(&state);
		print_hooks(&state);
	}
	for (i = 0; i < AVOW_HOOKS; i++)
		whole = whole && state.attached[i];
	if (!state.serial && state.unfinished) {
		complain("policy show: a load was not finished; load a policy, or unload it");
		return EXIT_FAILURE;
	}
	if (!state.serial || whole)
		return EXIT_SUCCESS;
	complain("policy show: the policy is not asked at all of the module's hooks; load it anew");
	return EXIT_FAILURE;
}
