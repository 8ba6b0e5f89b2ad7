// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Decodes a function from its first byte to its last. Bytes that are not instructions
 * (a table that an assembler programmer put there) would decode to something, too, so
 * the outcome is believed only where all of it decodes, the last instruction ends where
 * the function does, and no jump goes into the middle of an instruction.
 */
#include <string.h>
#include <Zydis/Zydis.h>

#include "object.h"

#define CPUID_SIZE	2

/* One bit for each byte of the function that was decoded last. */
static uint8_t starts[FUNCTION_MAX / 8], targets[FUNCTION_MAX / 8], cpuids[FUNCTION_MAX / 8];

static void set(uint8_t *bits, size_t i)
{
	bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool get(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/* Marks where a jump within the function goes to. */
static void note_target(const ZydisDecodedInstruction *instruction, size_t after, size_t size)
{
	uint64_t target;

	if (!instruction->raw.imm[0].is_relative)
		return;
	target = after + (uint64_t)instruction->raw.imm[0].value.s;
	if (target < size)
		set(targets, target);
}

/*
 * May a jump go to this byte, although no instruction starts there? Behind LOCK it may:
 * code for one processor jumps over that prefix.
 */
static bool behind_prefix(const uint8_t *code, size_t i)
{
	return i && code[i - 1] == 0xf0 && get(starts, i - 1);
}

static bool contradicted(const uint8_t *code, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (get(targets, i) && !get(starts, i) && !behind_prefix(code, i))
			return true;
	return false;
}

static void forget(size_t size)
{
	size_t bytes = size / 8 + 1;

	if (bytes > sizeof(starts))
		bytes = sizeof(starts);
	memset(starts, 0, bytes);
	memset(targets, 0, bytes);
	memset(cpuids, 0, bytes);
}

enum decoded decode_function(const uint8_t *code, size_t size)
{
	ZydisDecodedInstruction instruction;
	ZydisDecoder decoder;
	size_t at;

	forget(size);
	if (size > FUNCTION_MAX || ZYAN_FAILED(ZydisDecoderInit(&decoder,
			ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)))
		return NOT_DECODED;
	for (at = 0; at < size; at += instruction.length) {
		if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, NULL, code + at, size - at,
							      &instruction)))
			return NOT_DECODED;
		set(starts, at);
		note_target(&instruction, at + instruction.length, size);
		/* With a prefix it is longer, and UD2 in its place would not be seen as one. */
		if (instruction.mnemonic == ZYDIS_MNEMONIC_CPUID && instruction.length == CPUID_SIZE)
			set(cpuids, at);
	}
	return contradicted(code, size) ? CONTRADICTED : DECODED;
}

bool decode_is_cpuid(size_t offset)
{
	return get(cpuids, offset);
}
