// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow show: what an ELF file or a SIGSTRUCT would be as an enclave, and what a policy would say to it. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "cmd.h"
#include "color.h"
#include "core.h"
#include "foresight.h"
#include "number.h"
#include "sigstruct_file.h"

#define TCS_SHOWN	8	/* of all TCSs, as text */

struct show {
	struct build build;
	const char *sigstruct, *policy;
	bool json, color;
	char *const *given;		/* facts for the policy */
	size_t nr_given;

	bool is_elf;
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	char *wrong_tcs;
	char *signature_name;		/* NULL: it is not signed */
	struct signature signature;
	bool fits;			/* the signature is of this enclave */
	struct foresight foresight;
};

enum show_option {
	SHOW_SIGSTRUCT = BUILD_OPTIONS_END,
	SHOW_POLICY,
	SHOW_COLOR,
};

static void usage(FILE *to)
{
	fputs("Usage: avow show [OPTION...] FILE\n"
	      "       avow show --policy POLICY [OPTION...] FILE [FACT=VALUE...]\n\n"
	      "FILE is an ELF file or a SIGSTRUCT. Of an ELF file: its segments with their intents, its TCSs,\n"
	      "MRENCLAVE, and, from FILE.sig if there is one, who signed it. Of a SIGSTRUCT: what it says.\n"
	      "With a policy, what that would say to each load, to init, and to each mapping. What it asks of\n"
	      "the process can be given, as program=/usr/bin/x, user=www-data.\n\n"
	      "  --sigstruct FILE     in the place of FILE.sig\n"
	      "  --policy POLICY      see avow.policy(5)\n"
	      BUILD_HELP
	      "  --color=WHEN         always, never, or auto: on a terminal, unless NO_COLOR is set\n"
	      "  --json               as JSON, for programs\n"
	      "  --help               this text\n\n"
	      "Exit status: 1 also if the signature is wrong or of another enclave, if a TCS is none, or if\n"
	      "the policy would deny a request.\n", to);
}

/* ---- reading ---- */

static bool begins_as_elf(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char magic[SELFMAG] = "";
	bool elf = fd >= 0 && read(fd, magic, SELFMAG) == SELFMAG && !memcmp(magic, ELFMAG, SELFMAG);

	if (fd >= 0)
		close(fd);
	return elf;
}

static int read_signature(struct show *s, const char *name)
{
	int err = bytes_read(name, s->signature.bytes, sizeof(s->signature.bytes));

	if (err) {
		complain("show: %s: %s", name, err == -EMSGSIZE ?
			 (s->is_elf ? "a SIGSTRUCT has 1808 bytes, and this file more or fewer" :
				      "neither an ELF file nor a SIGSTRUCT, which has 1808 bytes") : strerror(-err));
		return err;
	}
	s->signature_name = strdup(name);
	signature_judge(&s->signature);
	return 0;
}

/* The one that was named, or the one that is beside the file, if there is one. */
static int find_signature(struct show *s)
{
	char *beside;
	int err = 0;

	if (s->sigstruct)
		return read_signature(s, s->sigstruct);
	beside = sigstruct_name(s->build.file);
	if (!access(beside, F_OK))
		err = read_signature(s, beside);
	free(beside);
	return err;
}

static int read_elf(struct show *s)
{
	int err;

	build_listen(&s->build);
	err = build_read(&s->build);
	if (!err)
		err = build_offline(&s->build);
	if (!err)
		err = avow_enclave_mrenclave(s->build.e, s->mrenclave);
	if (!err)
		err = find_signature(s);
	if (err)
		return err;
	s->wrong_tcs = build_wrong_tcs(&s->build);
	s->fits = s->signature_name && !memcmp(s->mrenclave, s->signature.fields.mrenclave, sizeof(s->mrenclave));
	return 0;
}

static int read_sigstruct(struct show *s)
{
	int err = read_signature(s, s->build.file);

	memcpy(s->mrenclave, s->signature.fields.mrenclave, sizeof(s->mrenclave));
	s->fits = true;
	return err;
}

/* ---- text ---- */

static void print_segments(const struct show *s)
{
	const struct avow_segment *segment;
	char offset[24], size[SIZE_SIZE], rights[AVOW_WORD_SIZE];
	unsigned int i;

	print_colored(stdout, s->color ? COLOR_HEADER : COLOR_NONE, 0, "OFFSET      SIZE       TYPE  INTENT  SOURCE\n");
	for (i = 0; (segment = avow_image_segment(s->build.image, i)); i++) {
		bool both = (segment->prot & (AVOW_W | AVOW_X)) == (AVOW_W | AVOW_X);

		snprintf(offset, sizeof(offset), "0x%llx", segment->pages.offset);
		printf("%-11s %-10s %-5s ", offset, size_word(segment->pages.length, size),
		       avow_type_word(segment->pages.secinfo >> 8 & 0xff));
		print_colored(stdout, s->color && both ? COLOR_ALARM : COLOR_NONE, 7, avow_rights_word((__u32)segment->prot, rights));
		printf(" %s\n", class_word(avow_image_source_class(s->build.image, i)));
	}
}

static const struct avow_tcs *tcs_at(const struct show *s, __u64 at)
{
	return (const struct avow_tcs *)((const char *)avow_image_segment(s->build.image, 0)->pages.src + at);
}

static void print_tcs(const struct show *s)
{
	const struct avow_segment *first = avow_image_segment(s->build.image, 0);
	__u64 at, pages = first->pages.length / SGX_PAGE_SIZE;

	for (at = 0; !s->wrong_tcs && at < first->pages.length && at / SGX_PAGE_SIZE < TCS_SHOWN; at += SGX_PAGE_SIZE) {
		const struct avow_tcs *tcs = tcs_at(s, at);

		printf("tcs 0x%llx  entry 0x%llx, SSA frames: %u at 0x%llx\n", first->pages.offset + at, tcs->oentry,
		       tcs->nssa, tcs->ossa);
	}
	if (s->wrong_tcs)
		printf("tcs         %s\n", s->wrong_tcs);
	else if (pages > TCS_SHOWN)
		printf("tcs         and %llu more\n", pages - TCS_SHOWN);
}

static void print_foreseen(const struct show *s, const struct foreseen *seen)
{
	char rights[AVOW_WORD_SIZE], what[64] = "";
	bool bad = seen->refused || seen->outcome.error;

	if (seen->segment)
		snprintf(what, sizeof(what), "0x%llx %s", seen->segment->pages.offset,
			 avow_rights_word((__u32)seen->segment->prot, rights));
	print_colored(stdout, s->color && bad ? COLOR_REFUSED : COLOR_NONE, 6, seen->event);
	printf("%-15s ", what);
	if (seen->refused)
		printf("refused: %s", seen->refused);
	else
		policy_outcome_print(&seen->outcome);
	putchar('\n');
}

static void print_policy(const struct show *s)
{
	size_t i;

	printf("\npolicy %s%s\n", s->policy, s->signature_name ? "" : " (not signed: signer, product and SVN match nothing)");
	for (i = 0; i < s->foresight.nr; i++)
		print_foreseen(s, &s->foresight.list[i]);
}

static void print_text(const struct show *s)
{
	char hex[HEX32_SIZE], size[SIZE_SIZE];

	if (s->is_elf) {
		print_segments(s);
		print_tcs(s);
		printf("size        %s\n", size_word(s->build.params.size, size));
		printf("mrenclave   %s\n", hex_word(s->mrenclave, sizeof(s->mrenclave), hex));
		if (s->signature_name)
			printf("\nsigned      %s: %s\n", s->signature_name, s->fits ? "this enclave" : "another enclave");
		else
			puts("signed      no");
	}
	if (s->signature_name)
		signature_print(&s->signature);
	if (s->policy)
		print_policy(s);
}

/* ---- JSON ---- */

static void add_segments(struct json_object *to, const struct show *s)
{
	struct json_object *array = json_object_new_array(), *tcss = json_object_new_array();
	const struct avow_segment *segment = avow_image_segment(s->build.image, 0);
	unsigned int i;
	__u64 at;

	for (at = 0; at < segment->pages.length; at += SGX_PAGE_SIZE) {
		struct json_object *one = json_object_new_object();

		json_number(one, "offset", segment->pages.offset + at);
		json_number(one, "entry", tcs_at(s, at)->oentry);
		json_number(one, "ssa", tcs_at(s, at)->ossa);
		json_number(one, "ssa_frames", tcs_at(s, at)->nssa);
		json_object_array_add(tcss, one);
	}
	for (i = 0; (segment = avow_image_segment(s->build.image, i)); i++) {
		struct json_object *one = json_object_new_object();

		json_number(one, "offset", segment->pages.offset);
		json_number(one, "length", segment->pages.length);
		json_text(one, "type", avow_type_word(segment->pages.secinfo >> 8 & 0xff));
		json_rights(one, "intent", (unsigned int)segment->prot);
		json_text(one, "source_class", class_word(avow_image_source_class(s->build.image, i)));
		json_object_array_add(array, one);
	}
	json_object_object_add(to, "segments", array);
	json_object_object_add(to, "tcs", tcss);
	json_text(to, "tcs_wrong", s->wrong_tcs);
}

static void add_policy(struct json_object *to, const struct show *s)
{
	struct json_object *policy = json_object_new_object(), *array = json_object_new_array();
	size_t i;

	for (i = 0; i < s->foresight.nr; i++) {
		const struct foreseen *seen = &s->foresight.list[i];
		struct json_object *one = json_object_new_object();

		json_text(one, "event", seen->event);
		if (seen->segment)
			json_number(one, "offset", seen->segment->pages.offset);
		else
			json_text(one, "offset", NULL);
		json_text(one, "facts", seen->facts);
		json_text(one, "refused", seen->refused);
		if (!seen->refused)
			policy_outcome_json(one, &seen->outcome);
		json_object_array_add(array, one);
	}
	json_text(policy, "file", s->policy);
	json_object_object_add(policy, "denied", json_object_new_boolean(s->foresight.denied));
	json_object_object_add(policy, "requests", array);
	json_object_object_add(to, "policy", policy);
}

static void print_json(const struct show *s)
{
	struct json_object *object = json_object_new_object(), *signature;
	char hex[HEX32_SIZE];

	json_text(object, "file", s->build.file);
	json_text(object, "kind", s->is_elf ? "elf" : "sigstruct");
	if (s->is_elf) {
		json_number(object, "size", s->build.params.size);
		add_segments(object, s);
	}
	json_text(object, "mrenclave", hex_word(s->mrenclave, sizeof(s->mrenclave), hex));
	if (s->signature_name) {
		signature = json_object_new_object();
		json_text(signature, "file", s->signature_name);
		json_object_object_add(signature, "of_this_enclave", json_object_new_boolean(s->fits));
		signature_json(signature, &s->signature);
		json_object_object_add(object, "signature", signature);
	} else {
		json_text(object, "signature", NULL);
	}
	if (s->policy)
		add_policy(object, s);
	json_print(object);
}

/* ---- the verb ---- */

/* An enclave that is not signed is nothing wrong. */
static bool well(const struct show *s)
{
	if (s->signature_name && (!s->fits || *s->signature.wrong))
		return false;
	return !s->wrong_tcs && !s->foresight.denied;
}

static int show(struct show *s)
{
	int status = EXIT_FAILURE;

	s->is_elf = begins_as_elf(s->build.file);
	if (s->is_elf ? read_elf(s) : read_sigstruct(s))
		goto out;
	status = s->policy ? foresee(&s->foresight, s->policy, s->is_elf ? &s->build : NULL, s->mrenclave,
				     s->signature_name ? &s->signature : NULL, s->given, s->nr_given) : EXIT_SUCCESS;
	if (status == EXIT_SUCCESS) {
		if (s->json)
			print_json(s);
		else
			print_text(s);
		status = well(s) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	if (s->policy)
		foresight_free(&s->foresight);
out:
	free(s->wrong_tcs);
	free(s->signature_name);
	build_free(&s->build);
	return status;
}

static bool take_option(void *context, int option, const char *value)
{
	struct show *s = context;

	switch (option) {
	case 'j':
		s->json = true;
		return true;
	case SHOW_SIGSTRUCT:
		s->sigstruct = value;
		return true;
	case SHOW_POLICY:
		s->policy = value;
		return true;
	case SHOW_COLOR:
		if (color_choice(value, &s->color))
			return true;
		complain("show: --color is always, never or auto, not %s; see avow show --help", value);
		return false;
	default:
		return build_option(&s->build, option, value);
	}
}

/* With a policy there may be more operands. */
static bool take_operands(struct show *s, int argc, char **argv)
{
	if (!s->policy || optind + 1 >= argc)
		return one_operand(argc, argv, "an ELF file or a SIGSTRUCT", &s->build.file);
	s->build.file = argv[optind];
	s->given = argv + optind + 1;
	s->nr_given = (size_t)(argc - optind - 1);
	return true;
}

int cmd_show(int argc, char **argv)
{
	static const struct option options[] = {
		BUILD_OPTIONS,
		{ "sigstruct", required_argument, NULL, SHOW_SIGSTRUCT },
		{ "policy", required_argument, NULL, SHOW_POLICY },
		{ "color", required_argument, NULL, SHOW_COLOR },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct options reading = { ":h", options, usage, take_option };
	struct show s = { 0 };
	int status;

	build_init(&s.build, argv[0]);
	color_choice(NULL, &s.color);
	status = read_options(argc, argv, &reading, &s);
	if (status >= 0)
		return status;
	return take_operands(&s, argc, argv) ? show(&s) : EXIT_USAGE;
}
