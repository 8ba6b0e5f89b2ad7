// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R18, R21, R23, R30: the avow command's verbs that load: run, by what an enclave answers, by
 * exceptions and by refusals; and bench, which must come to an end with figures that are some.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../enclave/op.h"
#include "command.h"
#include "test.h"

#define OP_FILE		"/tmp/verbs.op"
#define ELF		"/tmp/verbs.elf"
#define SIZE		(256ULL << 10)	/* of it */
#define TEXT_FILESZ	(64 + 3 * 56 + 32)	/* of the fourth program header, that of the code */

static struct output out;

static void write_op(struct op op)
{
	FILE *file = fopen(OP_FILE, "we");

	REQUIRE(file && fwrite(&op, sizeof(op), 1, file) == 1 && !fclose(file));
}

/* A copy of the test enclave, beside which a SIGSTRUCT can be. */
static void copy_enclave(void)
{
	run(&out, false, "rm -f %s %s.sig && cp %s %s", ELF, ELF, data_path("enclave.elf"), ELF);
	REQUIRE(!out.status);
}

static void run_op(struct op op, const char *options)
{
	write_op(op);
	run(&out, false, "avow run --key %s --buffer %s --contract %s %s %s", data_path("key.pem"), OP_FILE,
	    strict() ? "strict" : "compat", options, ELF);
}

static void enters_as_often_as_asked(void)
{
	copy_enclave();
	run_op((struct op){ .id = OP_COUNT }, "--call buffer --call buffer,2 --call buffer,0x3,4");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "loaded at 0x");
	EXPECT_TEXT(&out, ", 256 KiB call 1 EEXIT rdi 0x");
	EXPECT_TEXT(&out, "call 3 EEXIT");
	/* The third time: op.value, at 16 of the buffer. */
	EXPECT_TEXT(&out, "buffer+0010 03000000000000000000000000000000");
}

/* GS base of the TCS, relative to the enclave, which is aligned to its size: op.state[ST_GSBASE], a row of the buffer. */
static u64 area_of_tcs(unsigned int tcs)
{
	char options[32], row[32], *at;
	u64 base = 0;

	snprintf(options, sizeof(options), "--call buffer --tcs %u", tcs);
	run_op((struct op){ .id = OP_STATE }, options);
	EXPECT_EQ(out.status, 0);
	snprintf(row, sizeof(row), "buffer+%04zx ", offsetof(struct op, state[ST_GSBASE]));
	at = strstr(out.text, row);
	REQUIRE(at && sscanf(at + strlen(row), "%16llx", &base) == 1);
	return __builtin_bswap64(base) % SIZE;
}

static void enters_where_it_is_told(void)
{
	u64 area[3];
	unsigned int i;

	copy_enclave();
	for (i = 0; i < 3; i++)
		area[i] = area_of_tcs(i);
	EXPECT(area[1] > area[0]);
	EXPECT_EQ(area[2] - area[1], area[1] - area[0]);
}

static void as_json(void)
{
	copy_enclave();
	run_op((struct op){ .id = OP_COUNT }, "--json --call buffer");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "\"size\":262144");
	EXPECT_TEXT(&out, "\"ended\":\"EEXIT\", \"eexit\":true");
	EXPECT_TEXT(&out, "\"exception\":null");
	EXPECT_TEXT(&out, "\"buffer\":\"0d000000000000000000000000000000010000000000000000");
	EXPECT_TEXT(&out, "\"refused\":null");
}

static void exceptions_in_words(void)
{
	copy_enclave();
	run_op((struct op){ .id = OP_UD }, "--call buffer --call buffer");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "call 1 an exception inside the enclave: #UD (invalid opcode) 1 more not made");
	run_op((struct op){ .id = OP_READ, .addr = 0x1000 }, "--call buffer --tcs 2");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "#PF (page fault): read of 0x1000, where no page is mapped");
	run_op((struct op){ .id = OP_DIVIDE }, "--json --call buffer");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "\"eexit\":false");
	EXPECT_TEXT(&out, "\"exception\":\"#DE\", \"inside\":true");
	run(&out, false, "avow run --key %s --tcs 4 %s", data_path("key.pem"), ELF);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "the first segment, that of the TCSs, has 4 pages, and none of number 4");
}

/* The byte that is there depends on the day, which is signed, too. */
static void change_signature(const char *path)
{
	FILE *file = fopen(path, "r+e");
	int byte;

	REQUIRE(file && !fseek(file, 600, SEEK_SET));
	byte = getc(file);
	REQUIRE(byte != EOF && !fseek(file, 600, SEEK_SET));
	REQUIRE(putc(byte ^ 1, file) != EOF && !fclose(file));
}

/* FILE.sig is taken, with what it demands; and not for another enclave. */
static void by_a_sigstruct(void)
{
	copy_enclave();
	run(&out, false, "avow sign --key %s --product 7 --svn 2 --debug %s", data_path("key.pem"), ELF);
	EXPECT_EQ(out.status, 0);
	write_op((struct op){ .id = OP_COUNT });
	run(&out, false, "avow run --buffer %s --call buffer %s", OP_FILE, ELF);
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "call 1 EEXIT");
	run(&out, false, "avow run --size 1M %s", ELF);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, ELF ".sig is of another enclave: MRENCLAVE is");
	change_signature(ELF ".sig");
	run(&out, false, "avow run %s", ELF);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "R23.7: The signature of SIGSTRUCT must be right");
}

/* A signer of its own, where there is none: it takes a while. */
static void by_a_key_of_its_own(void)
{
	copy_enclave();
	write_op((struct op){ .id = OP_NOTHING });
	run(&out, false, "avow run --buffer %s --call buffer %s", OP_FILE, ELF);
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "call 1 EEXIT");
}

/* The code's end is no whole page in the file, so that it comes out of a copy: R6.2 in strict. */
static void refusals_in_words(void)
{
	copy_enclave();
	run(&out, false, "printf '\\043\\021' | dd of=%s bs=1 seek=%d conv=notrunc", ELF, TEXT_FILESZ);
	REQUIRE(!out.status);
	run_op((struct op){ .id = OP_NOTHING }, "--call buffer");
	if (!strict()) {
		EXPECT_EQ(out.status, 0);
		return;
	}
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "avow: run: " ELF ": ADD_PAGES at offset 0x22000: Permission denied");
	EXPECT_TEXT(&out, "It asked ADD_PAGES for a page with intent R-X at ");
	EXPECT_TEXT(&out, "R6.2: ");
	EXPECT_TEXT(&out, "Source: anonymous memory.");
	EXPECT_TEXT(&out, "To get on: ");
}

static void no_device(void)
{
	copy_enclave();
	run(&out, false, "avow run --key %s --device /nowhere %s", data_path("key.pem"), ELF);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "avow: run: " ELF ": /nowhere: No such file or directory");
	run(&out, false, "avow run --key %s --device /dev/null %s", data_path("key.pem"), ELF);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "/dev/null: ");
	run(&out, false, "avow bench --device /nowhere");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "avow: bench: /nowhere: No such file or directory");
}

/* A ratio of a row, behind its third column; 0: there is no such row. */
static double ratio_of(const char *row)
{
	const char *at = strstr(out.text, row), *to = at ? strstr(at, " to ") : NULL;
	double ratio = 0;

	/* "... 310 ns to 330 ns 12.3 getpid(), ..." */
	return to && sscanf(to, " to %*f %*s %lf", &ratio) == 1 ? ratio : 0;
}

static void measures(void)
{
	run(&out, false, "avow bench");
	EXPECT_EQ(out.status, 0);
	EXPECT(ratio_of("enter the enclave and leave it") > 1);
	EXPECT(ratio_of("add a page ") > 1);
	EXPECT(ratio_of("add a page, measured") > ratio_of("add a page "));
	EXPECT(ratio_of("mprotect() of a page, checked") > 0.01);
	EXPECT(ratio_of("touch a page first") > 0.001);
	EXPECT_TEXT(&out, "this is a virtual machine");
	run(&out, false, "avow bench --json");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "\"rounds\":31");
	EXPECT_TEXT(&out, "\"name\":\"fault\"");
}

TESTS(
	{ "R30 avow run enters, and shows registers and memory", enters_as_often_as_asked, BOTH },
	{ "R30 avow run enters by the TCS that it is told", enters_where_it_is_told, ONCE },
	{ "R30 avow run --json", as_json, ONCE },
	{ "R30 avow run tells exceptions in words", exceptions_in_words, BOTH },
	{ "R23 avow run by a SIGSTRUCT from avow sign", by_a_sigstruct, ONCE },
	{ "R23 avow run by a key that it makes", by_a_key_of_its_own, ONCE },
	{ "R18.4 avow run explains what was refused", refusals_in_words, BOTH },
	{ "R18.4 avow run and bench without a device", no_device, ONCE },
	{ "R30 avow bench measures", measures, ONCE },
)
