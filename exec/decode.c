// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Decodes a function from its first byte to its last. Bytes that are not instructions
 * (a table that an assembler programmer put there) would decode to something, too, so
 * the outcome is believed only where all of it decodes, the last instruction ends where
 * the function does, and no jump goes into the middle of an instruction. And an
 * instruction is one only where the program gets there from the function's start.
 */
#include <string.h>
#include <Zydis/Zydis.h>

#include "object.h"

#define CPUID_SIZE	2
#define PREFIX_LOCK	0xf0

/* One bit for each byte of the function that was decoded last. */
typedef uint8_t bitmap[FUNCTION_MAX / 8];
static bitmap starts;	/* an instruction starts here */
static bitmap targets;	/* a jump goes here */
static bitmap reached;	/* the program gets here */
static bitmap cpuids;	/* this is CPUID */

struct function {
	const uint8_t *code;
	size_t size;
	ZydisDecoder decoder;
};

struct step {
	size_t next;		/* where the instruction ends */
	size_t target;		/* where it jumps to; SIZE_MAX: nowhere in the function */
	bool ends;		/* what follows is not executed next */
	bool cpuid;
};

static void set(uint8_t *bits, size_t i)
{
	bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool get(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static bool ends(const ZydisDecodedInstruction *instruction)
{
	switch (instruction->meta.category) {
	case ZYDIS_CATEGORY_UNCOND_BR:
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_SYSRET:
		return true;
	default:
		break;
	}
	switch (instruction->mnemonic) {
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_HLT:
	case ZYDIS_MNEMONIC_INT3:
		return true;
	default:
		return false;
	}
}

static bool take_step(const struct function *f, size_t at, struct step *step)
{
	ZydisDecodedInstruction instruction;
	uint64_t target;

	if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&f->decoder, NULL, f->code + at, f->size - at,
						      &instruction)))
		return false;
	step->next = at + instruction.length;
	step->ends = ends(&instruction);
	/* With a prefix it is longer, and UD2 in its place would not be seen as one. */
	step->cpuid = instruction.mnemonic == ZYDIS_MNEMONIC_CPUID && instruction.length == CPUID_SIZE;
	step->target = SIZE_MAX;
	if (instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE && instruction.raw.imm[0].is_relative) {
		target = step->next + (uint64_t)instruction.raw.imm[0].value.s;
		if (target < f->size)
			step->target = target;
	}
	return true;
}

static bool decode_all(const struct function *f)
{
	struct step step;

	for (size_t at = 0; at < f->size; at = step.next) {
		if (!take_step(f, at, &step))
			return false;
		set(starts, at);
		if (step.target != SIZE_MAX)
			set(targets, step.target);
		if (step.cpuid)
			set(cpuids, at);
	}
	return true;
}

/*
 * May a jump go to this byte, although no instruction starts there? Behind LOCK it may:
 * code for one processor jumps over that prefix.
 */
static bool behind_prefix(const struct function *f, size_t i)
{
	return i && f->code[i - 1] == PREFIX_LOCK && get(starts, i - 1);
}

static bool contradicted(const struct function *f)
{
	for (size_t i = 0; i < f->size; i++)
		if (get(targets, i) && !get(starts, i) && !behind_prefix(f, i))
			return true;
	return false;
}

/* Marks what follows from what is marked already; true where that is to be repeated. */
static bool follow(const struct function *f)
{
	bool again = false;
	struct step step;

	for (size_t at = 0; at < f->size && take_step(f, at, &step); at = step.next) {
		if (!get(reached, at) && !(f->code[at] == PREFIX_LOCK && get(reached, at + 1)))
			continue;
		if (!step.ends && step.next < f->size)
			set(reached, step.next);
		if (step.target == SIZE_MAX || get(reached, step.target))
			continue;
		set(reached, step.target);
		again |= step.target < at;
	}
	return again;
}

static void forget(size_t size)
{
	size_t bytes = size / 8 + 1;

	if (bytes > sizeof(bitmap))
		bytes = sizeof(bitmap);
	memset(starts, 0, bytes);
	memset(targets, 0, bytes);
	memset(reached, 0, bytes);
	memset(cpuids, 0, bytes);
}

enum decoded decode_function(const uint8_t *code, size_t size)
{
	struct function f = { .code = code, .size = size };

	forget(size);
	if (size >= FUNCTION_MAX || ZYAN_FAILED(ZydisDecoderInit(&f.decoder,
			ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) || !decode_all(&f))
		return NOT_DECODED;
	if (contradicted(&f))
		return CONTRADICTED;
	set(reached, 0);
	while (follow(&f))
		;
	return DECODED;
}


bool decode_is_cpuid(size_t offset)
{
	return get(cpuids, offset) && get(reached, offset);
}

bool decode_maybe_cpuid(size_t offset)
{
	return get(cpuids, offset) && !get(reached, offset);
}
