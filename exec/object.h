/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ELF object in memory, and where its CPUID instructions are. */
#ifndef AVOW_EXEC_OBJECT_H
#define AVOW_EXEC_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Mapped at its program headers' addresses plus bias; those stay valid meanwhile. */
struct object {
	uintptr_t bias;
	const Elf64_Phdr *phdr;
	unsigned int phnum;
};

/* Addresses of an object, as in its file: without the bias. */
struct range {
	uint64_t start, end;
};

/* object.c: the bytes at an address, NULL where the file gives it fewer that can be read. */
const uint8_t *object_at(const struct object *object, uint64_t address, size_t size);
const Elf64_Phdr *object_segment(const struct object *object, uint32_t type);

/* frame.c: the functions that the unwind information (.eh_frame) tells of. */
struct frames {
	const struct object *object;
	uint64_t header;		/* address of .eh_frame_hdr */
	const uint8_t *table;		/* its search table, or NULL: there is none */
	uint32_t count;
};
void frames_open(struct frames *frames, const struct object *object);
/* The function with this address; false, and *function as it was, where none is known to have it. */
bool frames_function(const struct frames *frames, uint64_t address, struct range *function);

/* decode.c: the instructions of one function. */
#define FUNCTION_MAX	(1u << 20)	/* bytes; one that is not shorter is not looked into */

enum decoded {
	DECODED,		/* from its first byte to its last */
	NOT_DECODED,		/* bytes that are no instruction, or too long */
	CONTRADICTED,		/* a jump goes into the middle of an instruction */
};
enum decoded decode_function(const uint8_t *code, size_t size);
/* Of the function that was decoded last: is this CPUID? Or would be, if it is executed? */
bool decode_is_cpuid(size_t offset);
bool decode_maybe_cpuid(size_t offset);

/* sites.c */
struct sites {
	unsigned int cpuid;		/* CPUID instructions: sites */
	unsigned int other;		/* the same bytes within other instructions */
	unsigned int no_function;	/* the same bytes where no function is known */
	unsigned int not_decoded;	/* the same bytes in functions that were given up */
	unsigned int not_reached;	/* CPUID, unless it is data: only a jump table leads there */
	unsigned int not_readable;	/* executable segments that cannot be read */
};
typedef void site_fn(void *arg, uint64_t address);
/* Calls fn for each site, ascending; fn must not change the object. */
void sites_find(const struct object *object, site_fn *fn, void *arg, struct sites *sites);

#endif
