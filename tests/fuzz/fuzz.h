/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every fuzzer has: a claim that does not hold ends it, and libFuzzer keeps the input. */
#ifndef AVOW_FUZZ_H
#define AVOW_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)									\
	do {										\
		if (!(condition)) {							\
			fprintf(stderr, "%s: this does not hold: %s\n", __FILE__, #condition);	\
			abort();							\
		}									\
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
