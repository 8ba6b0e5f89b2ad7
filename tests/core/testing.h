/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cmocka wants to have been included before it. */
#ifndef AVOW_TESTING_H
#define AVOW_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core.h"
#include "rights.h"

/* Fails unless cond, telling what the loop variables were. */
#define expect(cond, ...)								\
	do {										\
		if (!(cond)) {								\
			print_error("%s: ", #cond);					\
			fail_msg(__VA_ARGS__);						\
		}									\
	} while (0)

#endif
