// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow measure: MRENCLAVE of an ELF file. */
#include <stdio.h>
#include <stdlib.h>

#include "build.h"
#include "cmd.h"
#include "json.h"
#include "number.h"

static void usage(FILE *to)
{
	fputs("Usage: avow measure [OPTION...] FILE\n\n"
	      "MRENCLAVE of the enclave in an ELF file, as SGX would measure it: its pages, with their\n"
	      "places and rights, its size, and its SSA frames' size. The other options are the same for\n"
	      "sign and run, and change nothing here. No device is needed.\n\n"
	      BUILD_HELP
	      "  --json               as JSON, for programs\n"
	      "  --help               this text\n", to);
}

static void print(const struct build *b, const __u8 mrenclave[AVOW_MRENCLAVE_BYTES], bool json)
{
	char hex[HEX32_SIZE];
	struct json_object *object;

	hex_word(mrenclave, AVOW_MRENCLAVE_BYTES, hex);
	if (!json) {
		puts(hex);
		return;
	}
	object = json_object_new_object();
	json_text(object, "file", b->file);
	json_text(object, "mrenclave", hex);
	json_number(object, "size", b->params.size);
	json_number(object, "ssa_frame_size", b->params.ssa_frame_size);
	json_print(object);
}

static int measure(struct build *b, bool json)
{
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	int err;

	build_listen(b);
	err = build_read(b);
	if (!err)
		err = build_offline(b);
	if (!err)
		err = avow_enclave_mrenclave(b->e, mrenclave);
	if (!err)
		print(b, mrenclave, json);
	build_free(b);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

struct measuring {
	struct build build;
	bool json;
};

static bool take_option(void *context, int option, const char *value)
{
	struct measuring *m = context;

	if (option != 'j')
		return build_option(&m->build, option, value);
	m->json = true;
	return true;
}

int cmd_measure(int argc, char **argv)
{
	static const struct option options[] = {
		BUILD_OPTIONS,
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct options reading = { ":h", options, usage, take_option };
	struct measuring m = { .json = false };
	int status;

	build_init(&m.build, argv[0]);
	status = read_options(argc, argv, &reading, &m);
	if (status >= 0)
		return status;
	if (!one_operand(argc, argv, "an ELF file", &m.build.file))
		return EXIT_USAGE;
	return measure(&m.build, m.json);
}
