// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow doctor: what keeps enclaves from running here, and what mends it. */
#include <string.h>
#include <stdio.h>
#include <stdlib.h>

#include <libavow.h>

#include "cmd.h"
#include "color.h"
#include "doctor.h"
#include "json.h"
#include "sentence.h"

#define PROVISION	"/dev/sgx_provision"
#define INDENT		10
#define WIDTH		90	/* of the text */
#define POLICY_ROOM	(32ULL << 20)	/* libbpf reads the kernel's types */

static void look(struct facts *f)
{
	look_at_kernel(&f->kernel);
	look_at_module(&f->module);
	look_at_node(&f->enclave, AVOW_DEVICE, "sgx_enclave");
	look_at_node(&f->provision, PROVISION, "sgx_provision");
	look_at_process(&f->process);
	f->policy.spared = memory_room(&f->process) < POLICY_ROOM;
	if (!f->policy.spared)
		look_at_policy(&f->policy);
}

static void print_finding(const struct finding *found, bool color)
{
	static const struct {
		const char *word;
		enum color color;
	} healths[] = {
		[HEALTH_WELL] = { "ok", COLOR_NONE },
		[HEALTH_NOTE] = { "note", COLOR_SPECIAL },
		[HEALTH_WRONG] = { "WRONG", COLOR_ALARM },
	};

	print_colored(stdout, color ? healths[found->health].color : COLOR_NONE, INDENT - 1,
		      healths[found->health].word);
	putchar(' ');
	print_colored(stdout, color ? COLOR_HEADER : COLOR_NONE, 0, found->check);
	putchar('\n');
	wrap(stdout, INDENT, WIDTH, found->says, strlen(found->says));
	/* In one line, for it is to be copied. */
	if (found->mend)
		printf("%*smend: %s\n", INDENT, "", found->mend);
}

static void print_text(const struct findings *findings, bool color)
{
	size_t i, bad = 0;

	for (i = 0; i < findings->nr; i++) {
		print_finding(&findings->all[i], color);
		bad += findings->all[i].health == HEALTH_WRONG;
	}
	if (bad)
		printf("\n%zu of %zu findings: something is wrong.\n", bad, findings->nr);
	else
		puts("\nAll is well.");
}

static void print_json(const struct findings *findings)
{
	static const char *const words[] = {
		[HEALTH_WELL] = "ok", [HEALTH_NOTE] = "note", [HEALTH_WRONG] = "wrong",
	};
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	size_t i;

	json_object_object_add(object, "well", json_object_new_boolean(findings_well(findings)));
	for (i = 0; i < findings->nr; i++) {
		struct json_object *one = json_object_new_object();

		json_text(one, "check", findings->all[i].check);
		json_text(one, "result", words[findings->all[i].health]);
		json_text(one, "says", findings->all[i].says);
		json_text(one, "mend", findings->all[i].mend);
		json_object_array_add(array, one);
	}
	json_object_object_add(object, "findings", array);
	json_print(object);
}

int cmd_doctor(const struct arguments *args)
{
	/* Too large for a stack that may be limited, as one of the things looked for. */
	struct facts *facts = calloc(1, sizeof(*facts));
	struct findings findings;
	bool fine;

	if (!facts) {
		complain("out of memory");
		return EXIT_FAILURE;
	}
	look(facts);
	findings = judge(facts);
	if (args->json)
		print_json(&findings);
	else
		print_text(&findings, args->color);
	fine = findings_well(&findings);
	findings_free(&findings);
	free(facts);
	return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
