/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's message handler was told, and calls that must end so. */
#ifndef TOLD_H
#define TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libavow.h>

struct message {
	unsigned int nr;
	int err;
	char text[512];
};

static struct message told;

static inline void on_message(void *context, int err, const char *text)
{
	struct message *m = context;

	m->nr++;
	m->err = err;
	snprintf(m->text, sizeof(m->text), "%s", text);
}

/* For group setups. */
static inline void listen_to_library(void)
{
	avow_set_message_handler(on_message, &told, NULL, NULL);
}

/* The call ends with this errno, after one message that has these words. */
#define REFUSED(call, want, words)						\
	do {									\
		told.nr = 0;							\
		assert_int_equal(call, -(want));				\
		assert_int_equal(told.nr, 1);					\
		assert_int_equal(told.err, -(want));				\
		if (!strstr(told.text, words))					\
			fail_msg("said \"%s\", not \"%s\"", told.text, words);	\
	} while (0)

/* The call succeeds without a message. */
#define ALLOWED(call)								\
	do {									\
		told.nr = 0;							\
		assert_int_equal(call, 0);					\
		assert_int_equal(told.nr, 0);					\
	} while (0)

#endif
