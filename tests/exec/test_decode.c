// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which bytes of a function are CPUID, and which only look like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "object.h"

#define CPUID	0x0f, 0xa2
#define RET	0xc3
#define NOP	0x90

#define CODE(...)	((const uint8_t[]){ __VA_ARGS__ })
#define DECODE(...)	decode_function(CODE(__VA_ARGS__), sizeof(CODE(__VA_ARGS__)))

/* Exactly one of the function's first bytes is CPUID; none: -1. */
static void expect_only(int offset)
{
	for (int i = 0; i < 64; i++)
		assert_int_equal(decode_is_cpuid((size_t)i), i == offset);
}

static void an_instruction(void **state)
{
	(void)state;
	assert_int_equal(DECODE(0x53, 0x31, 0xc0, CPUID, 0x5b, RET), DECODED);
	expect_only(3);
	assert_int_equal(DECODE(CPUID), DECODED);
	expect_only(0);
	/* Nothing of the last function is left. */
	assert_int_equal(DECODE(NOP, NOP, RET), DECODED);
	expect_only(-1);
}

static void bytes_of_other_instructions(void **state)
{
	(void)state;
	/* mov $0xa20f, %eax */
	assert_int_equal(DECODE(0xb8, CPUID, 0, 0, RET), DECODED);
	expect_only(-1);
	/* movabs $0xa20f, %rax; lea 0xa20f(%rip), %rax; mov %eax, 0xa20f(%rdx) */
	assert_int_equal(DECODE(0x48, 0xb8, CPUID, 0, 0, 0, 0, 0, 0, 0x48, 0x8d, 0x05, CPUID, 0, 0,
				0x89, 0x82, CPUID, 0, 0, RET), DECODED);
	expect_only(-1);
	/* movups %xmm4, 0xf(%rdx) ends with 0f, mov %al, moffs begins with a2 */
	assert_int_equal(DECODE(0x0f, 0x11, 0x62, 0x0f, 0xa2, 0, 0, 0, 0, 0, 0, 0, 0, RET), DECODED);
	expect_only(-1);
	/* and one that is one, behind one that is none */
	assert_int_equal(DECODE(0xb8, CPUID, 0, 0, CPUID, RET), DECODED);
	expect_only(5);
}

/* UD2 with a prefix would not be seen as what stands for CPUID. */
static void prefixes(void **state)
{
	(void)state;
	assert_int_equal(DECODE(0x48, CPUID, RET), DECODED);
	expect_only(-1);
	assert_int_equal(DECODE(0x2e, CPUID, RET), DECODED);
	expect_only(-1);
}

static void what_does_not_decode(void **state)
{
	(void)state;
	/* 06 was push %es before there were 64 bits */
	assert_int_equal(DECODE(CPUID, RET, 0x06, NOP), NOT_DECODED);
	/* the last instruction goes on behind the end */
	assert_int_equal(DECODE(CPUID, RET, 0xb8, 0, 0), NOT_DECODED);
}

static void jumps_into_instructions(void **state)
{
	(void)state;
	/* jmp over b8, the first byte of mov $0xa20f, %eax: to a CPUID within it */
	assert_int_equal(DECODE(0xeb, 0x01, 0xb8, CPUID, 0, 0, RET), CONTRADICTED);
	/* je back into a mov's immediate */
	assert_int_equal(DECODE(0xb8, 0x90, 0x90, 0, 0, CPUID, 0x74, 0xf8, RET), CONTRADICTED);
	/* je over LOCK only: lock xadd %eax, (%rdx) */
	assert_int_equal(DECODE(0x74, 0x01, 0xf0, 0x0f, 0xc1, 0x02, CPUID, RET), DECODED);
	expect_only(6);
}

static void data_among_instructions(void **state)
{
	(void)state;
	/* jmp over two bytes of data that look like CPUID */
	assert_int_equal(DECODE(0xeb, 0x02, CPUID, RET), DECODED);
	expect_only(-1);
	assert_true(decode_maybe_cpuid(2));
	/* data behind ret, behind ud2, behind an indirect jump */
	assert_int_equal(DECODE(RET, CPUID, RET), DECODED);
	expect_only(-1);
	assert_int_equal(DECODE(0x0f, 0x0b, CPUID, RET), DECODED);
	expect_only(-1);
	assert_int_equal(DECODE(0xff, 0xe0, CPUID, RET), DECODED);
	expect_only(-1);
	assert_true(decode_maybe_cpuid(2));
}

static void ways_to_get_there(void **state)
{
	(void)state;
	/* behind a ret, by a jump; behind a call; behind a conditional jump */
	assert_int_equal(DECODE(0x74, 0x01, RET, CPUID, RET), DECODED);
	expect_only(3);
	assert_int_equal(DECODE(0xe8, 0, 0, 0, 0, CPUID, RET), DECODED);
	expect_only(5);
	/* forth, back, and forth: jmp B; A: cpuid; ret; B: jmp C; D: jmp A; C: jmp D */
	assert_int_equal(DECODE(0xeb, 0x03, CPUID, RET, 0xeb, 0x02, 0xeb, 0xf9, 0xeb, 0xfc), DECODED);
	expect_only(2);
	/* in front of a loop's start, by a call within the function */
	assert_int_equal(DECODE(0xeb, 0x03, CPUID, RET, 0xe8, 0xf8, 0xff, 0xff, 0xff, RET), DECODED);
	expect_only(2);
}

static void long_functions(void **state)
{
	static uint8_t code[FUNCTION_MAX];
	static const uint8_t cpuid[] = { CPUID };

	(void)state;
	memset(code, NOP, sizeof(code));
	memcpy(code + sizeof(code) - 3, cpuid, sizeof(cpuid));
	assert_int_equal(decode_function(code, sizeof(code)), NOT_DECODED);
	assert_int_equal(decode_function(code, sizeof(code) - 1), DECODED);
	assert_true(decode_is_cpuid(sizeof(code) - 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instruction),
		cmocka_unit_test(bytes_of_other_instructions),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(what_does_not_decode),
		cmocka_unit_test(jumps_into_instructions),
		cmocka_unit_test(data_among_instructions),
		cmocka_unit_test(ways_to_get_there),
		cmocka_unit_test(long_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
