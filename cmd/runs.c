// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>

#include "enclave.h"
#include "runs.h"
#include "words.h"

const char *history_word(unsigned int state)
{
	static const char *const words[] = { "-", "W", "X", "WX" };

	return words[(state & AVOW_RUN_EVER_W ? 1 : 0) + (state & AVOW_RUN_EVER_X ? 2 : 0)];
}

char *source_path_of(int fd, unsigned int id)
{
	char *path;

	if (!id || avow_source_path(fd, id, &path, NULL))
		return NULL;
	return path;
}

static void print_run(FILE *to, int fd, const struct avow_run *run)
{
	char *path = printable(source_path_of(fd, run->source));
	char intent[RIGHTS_SIZE], epcm[RIGHTS_SIZE], state[96], offset[24], length[24];

	snprintf(offset, sizeof(offset), "0x%llx", (unsigned long long)run->offset);
	snprintf(length, sizeof(length), "0x%llx", (unsigned long long)run->length);
	fprintf(to, "%10s %9s  %-6s  %-4s  %-4s  %-7s  %-17s  %s%s%s\n",
		offset, length, rights_word(run->intent, intent),
		run->state & AVOW_RUN_PRESENT ? rights_word(run->epcm, epcm) : "-", type_word(run->type),
		history_word(run->state), bits_words(run_state_words, run->state, state, sizeof(state)),
		class_word(run->source_class), path ? " " : "", path ? path : "");
	free(path);
}

void print_runs(FILE *to, int fd, const struct avow_run *runs, size_t nr, const char *indent)
{
	size_t i;

	fprintf(to, "%s    OFFSET    LENGTH  INTENT  EPCM  TYPE  HISTORY  STATE              SOURCE\n",
		indent);
	for (i = 0; i < nr; i++) {
		fputs(indent, to);
		print_run(to, fd, &runs[i]);
	}
}
