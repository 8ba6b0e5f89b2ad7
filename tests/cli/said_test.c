// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is kept of libbpf's words (loader/said.c), by a libbpf that fails and by what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <bpf/libbpf.h>

#include "loader.h"

static libbpf_print_fn_t heard;

static void say(enum libbpf_print_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	heard(level, format, args);
	va_end(args);
}

static int listen_anew(void **state)
{
	(void)state;
	avow_bpf_listen();
	heard = libbpf_set_print(NULL);
	libbpf_set_print(heard);
	return 0;
}

static void nothing(void **state)
{
	(void)state;
	assert_string_equal(avow_bpf_said(), "");
	say(LIBBPF_INFO, "libbpf: loading %s\n", "x");
	say(LIBBPF_DEBUG, "libbpf: looking at %s\n", "x");
	assert_string_equal(avow_bpf_said(), "");
}

/* Standard error, as long as libbpf is made to fail, is a file. */
static void libbpf_itself(void **state)
{
	FILE *file = tmpfile();
	int old = dup(STDERR_FILENO);
	struct bpf_object *object;

	(void)state;
	assert_true(file && old >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	object = bpf_object__open_mem("no program", 10, NULL);
	dup2(old, STDERR_FILENO);
	close(old);
	assert_null(object);
	assert_int_equal(lseek(fileno(file), 0, SEEK_END), 0);
	fclose(file);
	assert_memory_equal(avow_bpf_said(), "; libbpf: ", 10);
	assert_non_null(strstr(avow_bpf_said(), "elf: "));
	assert_null(strchr(avow_bpf_said(), '\n'));
	avow_bpf_listen();
	assert_string_equal(avow_bpf_said(), "");
}

static void last_one(void **state)
{
	(void)state;
	say(LIBBPF_WARN, "libbpf: map '%s': first try\n", "x");
	say(LIBBPF_WARN, "libbpf: prog '%s': failed to attach: %s\n", "avow_load", "Invalid argument");
	say(LIBBPF_WARN, "libbpf: failed to auto-attach program '%s': %d\n", "avow_load", -22);
	say(LIBBPF_INFO, "libbpf: bye\n");
	assert_string_equal(avow_bpf_said(), "; libbpf: prog 'avow_load': failed to attach: Invalid argument");
}

static void reason(void **state)
{
	(void)state;
	say(LIBBPF_WARN, "libbpf: prog '%s': BPF program load failed: %s\n", "p", "Permission denied");
	say(LIBBPF_WARN, "libbpf: prog '%s': -- BEGIN PROG LOAD LOG --\n%s-- END PROG LOAD LOG --\n", "p",
	    "0: (79) r1 = *(u64 *)(r1 +0)\nR1 invalid mem access 'scalar'\nprocessed 1 insns (limit 1000000)\n");
	say(LIBBPF_WARN, "libbpf: prog '%s': failed to load: %d\n", "p", -13);
	say(LIBBPF_WARN, "libbpf: failed to load object '%s'\n", "o");
	say(LIBBPF_WARN, "libbpf: failed to load BPF skeleton '%s': %d\n", "o", -13);
	assert_string_equal(avow_bpf_said(), "; libbpf: prog 'p': BPF program load failed: Permission denied: "
			    "R1 invalid mem access 'scalar'");
	/* Another failure, of which there is no log. */
	say(LIBBPF_WARN, "libbpf: no BTF\n");
	assert_string_equal(avow_bpf_said(), "; libbpf: no BTF");
}

static void nothing_but_aftermath(void **state)
{
	(void)state;
	say(LIBBPF_WARN, "libbpf: failed to load object '%s'\n", "o");
	assert_string_equal(avow_bpf_said(), "; libbpf: failed to load object 'o'");
}

static void long_words(void **state)
{
	static char line[4096];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	say(LIBBPF_WARN, "libbpf: %s\n", line);
	say(LIBBPF_WARN, "-- BEGIN PROG LOAD LOG --\n%s", line);	/* cut short by libbpf */
	assert_in_range(strlen(avow_bpf_said()), 200, 480);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing, listen_anew),
		cmocka_unit_test_setup(libbpf_itself, listen_anew),
		cmocka_unit_test_setup(last_one, listen_anew),
		cmocka_unit_test_setup(reason, listen_anew),
		cmocka_unit_test_setup(nothing_but_aftermath, listen_anew),
		cmocka_unit_test_setup(long_words, listen_anew),
	};

	return cmocka_run_group_tests_name("said", tests, NULL, NULL);
}
