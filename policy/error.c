// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "utf8.h"

static const char *keep(struct avow_policy_errors *errors, const char *text, size_t length)
{
	char *copy = avow_policy_arena_copy(&errors->arena, text, length);

	if (!copy) {
		errors->no_memory = true;
		return "";
	}
	avow_policy_utf8_tame(copy, length);
	return copy;
}

static const char *keep_text(struct avow_policy_errors *errors, const char *text)
{
	return keep(errors, text ? text : "", text ? strlen(text) : 0);
}

void avow_policy_error_add(struct avow_policy_errors *errors, bool warning,
			   const struct avow_policy_place *place, const char *word, size_t length,
			   const char *format, ...)
{
	struct avow_policy_error *error;
	char *message = NULL;
	va_list args;

	if (warning)
		errors->nr_warnings++;
	else
		errors->nr_errors++;
	if (errors->nr == AVOW_POLICY_ERRORS_KEPT)
		return;
	error = &errors->list[errors->nr++];
	va_start(args, format);
	if (vasprintf(&message, format, args) < 0) {
		message = NULL;
		errors->no_memory = true;
	}
	va_end(args);
	error->place = *place;
	error->place.file = keep_text(errors, place->file);
	error->place.source = keep_text(errors, place->source);
	error->word = keep(errors, word, length);
	error->message = keep_text(errors, message);
	error->warning = warning;
	free(message);
}

bool avow_policy_errors_none(const struct avow_policy_errors *errors)
{
	return !errors->nr_errors && !errors->no_memory;
}

void avow_policy_errors_free(struct avow_policy_errors *errors)
{
	avow_policy_arena_free(&errors->arena);
	*errors = (struct avow_policy_errors){ 0 };
}
