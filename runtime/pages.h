/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where EAUG's pages go: AVOW_LAYOUT_() of <avow_enclave.h>. */
#ifndef AVOW_RUNTIME_PAGES_H
#define AVOW_RUNTIME_PAGES_H

#include <stdint.h>

extern const struct avow_ranges {
	uint64_t heap, heap_bytes;	/* from the base */
	uint64_t code, code_bytes;
} avow_ranges __attribute__((visibility("hidden")));

#endif
