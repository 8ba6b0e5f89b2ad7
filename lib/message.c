// SPDX-License-Identifier: LGPL-2.1-or-later
/* What goes wrong, told to the thread's handler. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

#define TEXT_SIZE	512	/* longer texts, which a path can make, are cut */

static _Thread_local struct {
	avow_message_fn fn;
	void *context;
} handler;

void avow_set_message_handler(avow_message_fn fn, void *context, avow_message_fn *old_fn, void **old_context)
{
	if (old_fn)
		*old_fn = handler.fn;
	if (old_context)
		*old_context = handler.context;
	handler.fn = fn;
	handler.context = context;
}

int avow_fail(int err, const char *format, ...)
{
	avow_message_fn fn = handler.fn;
	char text[TEXT_SIZE];
	va_list args;

	if (!fn)
		return err;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	handler.fn = NULL;	/* what the handler does is no matter for itself */
	fn(handler.context, err, text);
	handler.fn = fn;
	return err;
}

int avow_no_memory(void)
{
	return avow_fail(-ENOMEM, "out of memory");
}
