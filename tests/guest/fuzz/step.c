// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "step.h"

#define NUMBER(name)	{ name, ARG_NUMBER }
#define HEX(name)	{ name, ARG_HEX }
#define RIGHTS(name)	{ name, ARG_RIGHTS }
#define RANGE		NUMBER("page"), NUMBER("pages")
#define WRONG		NUMBER("wrong")

const struct op_text op_texts[NR_OPS] = {
	[OP_CREATE] = { "create", true, { NUMBER("secs") } },
	[OP_IMAGE] = { "image", true, { { NULL } } },
	[OP_ADD] = { "add", true, { RANGE, NUMBER("src"), HEX("secinfo"), HEX("flags") } },
	[OP_INIT] = { "init", true, { NUMBER("sigstruct") } },
	[OP_RESTRICT] = { "restrict", true, { RANGE, HEX("rights"), WRONG } },
	[OP_MODIFY] = { "modify-types", true, { RANGE, NUMBER("type"), WRONG } },
	[OP_REMOVE] = { "remove", true, { RANGE, NUMBER("unused"), WRONG } },
	[OP_PROVISION] = { "provision", true, { NUMBER("descriptor"), WRONG } },
	[OP_CONTRACT] = { "contract", true, { NUMBER("contract"), WRONG } },
	[OP_DECLARE] = { "declare", true, { RANGE, HEX("intent"), WRONG } },
	[OP_LOWER] = { "lower", true, { RANGE, HEX("intent"), WRONG } },
	[OP_INFO] = { "info", true, { WRONG } },
	[OP_LIST] = { "list", true, { RANGE, NUMBER("capacity"), WRONG } },
	[OP_REFUSALS] = { "refusals", true, { NUMBER("seq"), NUMBER("capacity"), WRONG } },
	[OP_UNKNOWN] = { "unknown-ioctl", true, { NUMBER("number") } },
	[OP_MMAP] = { "mmap", true, { RANGE, RIGHTS("prot"), NUMBER("flags") } },
	[OP_MPROTECT] = { "mprotect", false, { RANGE, RIGHTS("prot"), NUMBER("pkey") } },
	[OP_MUNMAP] = { "munmap", false, { RANGE } },
	[OP_MREMAP] = { "mremap", false, { RANGE, NUMBER("new-pages"), NUMBER("to") } },
	[OP_MAP_IMAGE] = { "map-image", true, { { NULL } } },
	[OP_FORK] = { "fork", false, { NUMBER("actor") } },
	[OP_THREAD] = { "thread", false, { NUMBER("actor") } },
	[OP_QUIT] = { "exit", false, { { NULL } } },
	[OP_DUP] = { "dup", true, { NUMBER("to") } },
	[OP_CLOSE] = { "close", true, { { NULL } } },
	[OP_PERSONA] = { "read-implies-exec", false, { NUMBER("on") } },
	[OP_OUT_READ] = { "read", false, { NUMBER("page") } },
	[OP_OUT_WRITE] = { "write", false, { NUMBER("page"), NUMBER("value") } },
	[OP_OUT_EXEC] = { "exec", false, { NUMBER("page") } },
	[OP_OUT_ALL] = { "access-all", false, { NUMBER("value") } },
	[OP_OUT_ENCLU] = { "enclu", false, { NUMBER("page"), NUMBER("leaf") } },
	[OP_DEBUG_READ] = { "debug-read", false, { NUMBER("page") } },
	[OP_DEBUG_WRITE] = { "debug-write", false, { NUMBER("page"), NUMBER("value") } },
	[OP_IN_READ] = { "inside-read", false, { NUMBER("page") } },
	[OP_IN_WRITE] = { "inside-write", false, { NUMBER("page"), NUMBER("value") } },
	[OP_IN_EXEC] = { "inside-exec", false, { NUMBER("page") } },
	[OP_ENTER] = { "enter", false, { { NULL } } },
	[OP_EACCEPT] = { "eaccept", false, { NUMBER("page"), HEX("secinfo"), NUMBER("odd") } },
	[OP_EMODPE] = { "emodpe", false, { NUMBER("page"), HEX("secinfo"), NUMBER("odd") } },
	[OP_EACCEPTCOPY] = { "eacceptcopy", false,
			     { NUMBER("page"), HEX("secinfo"), NUMBER("odd"), NUMBER("from") } },
	[OP_ENCLU] = { "inside-enclu", false, { NUMBER("page"), NUMBER("leaf") } },
};

static void print_arg(FILE *out, const struct arg *arg, int32_t value)
{
	switch (arg->kind) {
	case ARG_NUMBER:
		fprintf(out, " %s=%d", arg->name, value);
		break;
	case ARG_HEX:
		fprintf(out, " %s=%#x", arg->name, (unsigned int)value);
		break;
	case ARG_RIGHTS:
		fprintf(out, " %s=%c%c%c", arg->name, value & 1 ? 'r' : '-', value & 2 ? 'w' : '-',
			value & 4 ? 'x' : '-');
		break;
	case ARG_NONE:
		break;
	}
}

void step_print(FILE *out, const struct step *step)
{
	const struct op_text *text = &op_texts[step->op];
	unsigned int i;

	fprintf(out, "a%u %s", step->actor, text->name);
	if (text->takes_fd)
		fprintf(out, " fd=%u", step->fd);
	for (i = 0; i < STEP_ARGS; i++)
		print_arg(out, &text->args[i], step->arg[i]);
	fputc('\n', out);
}

static bool parse_value(const struct arg *arg, const char *text, int32_t *value)
{
	char *end;

	if (arg->kind == ARG_RIGHTS) {
		if (strlen(text) != 3)
			return false;
		*value = (text[0] == 'r') | (text[1] == 'w') << 1 | (text[2] == 'x') << 2;
		return true;
	}
	*value = (int32_t)strtoll(text, &end, 0);
	return end != text && !*end;
}

static const char *parse_word(char *word, struct step *step)
{
	const struct op_text *text = &op_texts[step->op];
	static const struct arg fd = NUMBER("fd");
	char *value = strchr(word, '=');
	unsigned int i;
	int32_t number;

	if (!value)
		return "an argument without a value";
	*value++ = '\0';
	if (text->takes_fd && !strcmp(word, "fd")) {
		if (!parse_value(&fd, value, &number))
			return "a descriptor that is no number";
		step->fd = (uint8_t)number;
		return NULL;
	}
	for (i = 0; i < STEP_ARGS; i++)
		if (text->args[i].name && !strcmp(word, text->args[i].name))
			return parse_value(&text->args[i], value, &step->arg[i]) ? NULL
										 : "a wrong value";
	return "an unknown argument";
}

const char *step_parse(const char *line, struct step *step)
{
	char copy[256], *rest = copy, *word;
	const char *wrong = NULL;
	unsigned int op;

	memset(step, 0, sizeof(*step));
	snprintf(copy, sizeof(copy), "%s", line);
	word = strtok_r(copy, " \t\n", &rest);
	if (!word || word[0] != 'a' || word[1] < '0' || word[1] > '9' || word[2])
		return "a line begins with its actor, as a0";
	step->actor = (uint8_t)(word[1] - '0');
	word = strtok_r(NULL, " \t\n", &rest);
	for (op = 0; op < NR_OPS; op++)
		if (word && !strcmp(word, op_texts[op].name))
			break;
	if (op == NR_OPS)
		return "an unknown operation";
	step->op = (uint8_t)op;
	while (!wrong && (word = strtok_r(NULL, " \t\n", &rest)))
		wrong = parse_word(word, step);
	return wrong;
}

int sequence_read(const char *path, struct sequence *sequence)
{
	FILE *file = fopen(path, "re");
	const char *wrong = NULL;
	unsigned int number = 0;
	char line[256];

	sequence->nr = 0;
	if (!file) {
		fprintf(stderr, "%s: cannot be opened\n", path);
		return -1;
	}
	while (!wrong && fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] == '#' || line[strspn(line, " \t\n")] == '\0')
			continue;
		if (sequence->nr == SEQUENCE_MAX)
			wrong = "too many steps";
		else
			wrong = step_parse(line, &sequence->steps[sequence->nr++]);
	}
	fclose(file);
	if (wrong)
		fprintf(stderr, "%s:%u: %s\n", path, number, wrong);
	return wrong || !sequence->nr ? -1 : 0;
}
