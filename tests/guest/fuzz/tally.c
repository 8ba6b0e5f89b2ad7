// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a run was made of, so that one sees that it was not all EINVAL. */
#include <string.h>

#include "drive.h"

static void result_print(FILE *out, unsigned int result, u64 times)
{
	static const char *const how[] = {
		[H_WORKS] = "works", [H_BUS] = "SIGBUS", [H_SEGV] = "SIGSEGV", [H_EPCM] = "EPCM",
		[H_MAYBE] = "either", [H_GP] = "#GP", [H_NO_ENTRY_PF] = "no entry #PF",
		[H_NO_ENTRY_GP] = "no entry #GP",
	};
	const char *name = result < 140 ? result ? strerrorname_np((int)result) : "success"
					: how[result - 140];

	fprintf(out, " %s %llu", name ? name : "?", (unsigned long long)times);
}

static bool left_out(unsigned int result)
{
	return result == 140 + H_SKIPPED;
}

void tally_print(FILE *out, const struct tally *t)
{
	unsigned int op, result;

	for (op = 0; op < NR_OPS; op++) {
		fprintf(out, "# %-17s", op_texts[op].name);
		for (result = 0; result < NR_RESULTS; result++)
			if (t->results[op][result] && !left_out(result))
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
