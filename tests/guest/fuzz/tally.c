// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a run was made of, so that one sees that it was not all EINVAL. */
#include <errno.h>
#include <string.h>

#include "drive.h"

static void result_print(FILE *out, unsigned int result, u64 times)
{
	static const char *const how[] = {
		[H_SKIPPED] = "left out",
		[H_WORKS] = "works", [H_BUS] = "SIGBUS", [H_SEGV] = "SIGSEGV", [H_EPCM] = "EPCM",
		[H_MAYBE] = "either", [H_GP] = "#GP", [H_NO_ENTRY_PF] = "no entry #PF",
		[H_NO_ENTRY_GP] = "no entry #GP",
		[RESULT_MISMATCH - RESULT_HOW] = "mismatch",
	};
	const char *name = result < RESULT_HOW ? result ? strerrorname_np((int)result) : "success"
					       : how[result - RESULT_HOW];

	fprintf(out, " %s %llu", name ? name : "?", (unsigned long long)times);
}

static bool left_out(unsigned int result)
{
	return result == RESULT_HOW + H_SKIPPED;
}

void tally_print(FILE *out, const struct tally *t)
{
	unsigned int op, result;

	for (op = 0; op < NR_OPS; op++) {
		fprintf(out, "# %-17s", op_texts[op].name);
		for (result = 0; result < NR_RESULTS; result++)
			if (t->results[op][result])
				result_print(out, result, t->results[op][result]);
		fputc('\n', out);
	}
}

unsigned int tally_pairs(const struct tally *t)
{
	unsigned int op, result, pairs = 0;

	for (op = 0; op < NR_OPS; op++)
		for (result = 0; result < NR_RESULTS; result++)
			pairs += t->results[op][result] && !left_out(result);
	return pairs;
}

u64 tally_left_out(const struct tally *t)
{
	u64 sum = 0;
	unsigned int op;

	for (op = 0; op < NR_OPS; op++)
		sum += t->results[op][RESULT_HOW + H_SKIPPED];
	return sum;
}

/* What the module has no say in, or, of access-all, what is a step of steps. */
static bool never_refused(unsigned int op)
{
	return op == OP_MUNMAP || op == OP_FORK || op == OP_THREAD || op == OP_QUIT ||
	       op == OP_DUP || op == OP_CLOSE || op == OP_PERSONA || op == OP_OUT_ALL;
}

static bool never_comes_off(unsigned int op)
{
	return op == OP_UNKNOWN || op == OP_OUT_ENCLU || op == OP_ENCLU;
}

static bool came_off(unsigned int result)
{
	return !result || result == RESULT_HOW + H_WORKS;
}

/* A descriptor that is not open is not asked at all. */
static bool is_refusal(unsigned int result)
{
	return !came_off(result) && !left_out(result) && result != EBADF;
}

static bool any(const u64 *results, bool (*wanted)(unsigned int result))
{
	unsigned int result;

	for (result = 0; result < NR_RESULTS; result++)
		if (results[result] && wanted(result))
			return true;
	return false;
}

unsigned int tally_missing(FILE *out, const struct tally *t)
{
	unsigned int op, missing = 0;

	for (op = 0; op < NR_OPS; op++) {
		const char *name = op_texts[op].name;

		if (!never_comes_off(op) && !any(t->results[op], came_off)) {
			fprintf(out, "# %s never came off\n", name);
			missing++;
		}
		if (!never_refused(op) && !any(t->results[op], is_refusal)) {
			fprintf(out, "# %s was never refused\n", name);
			missing++;
		}
	}
	return missing;
}
