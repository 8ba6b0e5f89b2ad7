/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's selftests as an oracle: what their load.c makes of an ELF file and their sigstruct.c of a
 * list of pages. Their types stay in oracle.c.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORACLE_SEGMENTS	32
#define ORACLE_SIGSTRUCT	1808

struct oracle_segment {
	const void *src;	/* of an ELF file: its bytes, until oracle_free() */
	uint64_t offset, size;
	uint32_t flags;		/* SECINFO.FLAGS */
	bool measure;
};

struct oracle {
	struct oracle_segment segments[ORACLE_SEGMENTS];
	unsigned int nr;
	uint64_t size;		/* of the enclave */
	uint8_t sigstruct[ORACLE_SIGSTRUCT];
	void *encl;		/* theirs */
};

/* Loads by encl_load(), whose heap is the last segment, and measures and signs by encl_measure(). */
bool oracle_of_file(struct oracle *o, const char *path, size_t heap);
/* Measures and signs what is in segments[] and nr. */
bool oracle_of_list(struct oracle *o);
void oracle_free(struct oracle *o);

#endif
