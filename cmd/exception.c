// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "exception.h"
#include "sgx_arch.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define PAGE_FAULT	14
#define PF_PROTECTION	(1U << 0)	/* SDM, volume 3A, page-fault error code */
#define PF_WRITE	(1U << 1)
#define PF_FETCH	(1U << 4)
#define PF_SGX		(1U << 15)

static const struct { const char *name, *says; } exceptions[] = {
	[0] = { "#DE", "divide error" },
	[1] = { "#DB", "debug exception" },
	[3] = { "#BP", "breakpoint" },
	[4] = { "#OF", "overflow" },
	[5] = { "#BR", "bound range exceeded" },
	[6] = { "#UD", "invalid opcode" },
	[7] = { "#NM", "device not available" },
	[11] = { "#NP", "segment not present" },
	[12] = { "#SS", "stack segment fault" },
	[13] = { "#GP", "general protection" },
	[PAGE_FAULT] = { "#PF", "page fault" },
	[16] = { "#MF", "x87 exception" },
	[17] = { "#AC", "unaligned access" },
	[19] = { "#XM", "SSE exception" },
	[21] = { "#CP", "control protection" },
};

const char *exception_name(unsigned int vector, char word[AVOW_WORD_SIZE])
{
	if (vector < COUNT(exceptions) && exceptions[vector].name)
		return exceptions[vector].name;
	snprintf(word, AVOW_WORD_SIZE, "vector %u", vector);
	return word;
}

/* ": write to 0x7f0000004000 (offset 0x4000), which ..." */
static void page_fault(const struct sgx_enclave_run *run, unsigned long long base, unsigned long long size, char *text,
		       size_t text_size)
{
	unsigned int error = run->exception_error_code;
	const char *access = error & PF_FETCH ? "instruction fetch from" : error & PF_WRITE ? "write to" : "read of";
	const char *why = error & PF_SGX ? "which the EPCM does not allow" :
			  error & PF_PROTECTION ? "which the mapping does not allow" : "where no page is mapped";
	unsigned long long at = run->exception_addr;
	char offset[48] = "";

	if (at >= base && at < base + size)
		snprintf(offset, sizeof(offset), " (offset 0x%llx)", at - base);
	snprintf(text, text_size, ": %s 0x%llx%s, %s", access, at, offset, why);
}

char *exception_words(const struct sgx_enclave_run *run, unsigned long long base, unsigned long long size, char *text,
		      size_t text_size)
{
	unsigned int vector = run->exception_vector;
	const char *says = vector < COUNT(exceptions) ? exceptions[vector].says : NULL;
	const char *where = run->function == ENCLU_EENTER ? "EENTER failed" : "an exception inside the enclave";
	char name[AVOW_WORD_SIZE], more[192] = "";

	if (vector == PAGE_FAULT)
		page_fault(run, base, size, more, sizeof(more));
	else if (run->function == ENCLU_EENTER)
		snprintf(more, sizeof(more), ": is the page a TCS, with an SSA frame left, and nobody's at this moment?");
	snprintf(text, text_size, "%s: %s%s%s%s%s", where, exception_name(vector, name), says ? " (" : "", says ? says : "",
		 says ? ")" : "", more);
	return text;
}
