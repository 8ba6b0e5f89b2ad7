/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The refusals that are kept of all enclaves of all processes. */
#ifndef AVOW_CMD_KEPT_H
#define AVOW_CMD_KEPT_H

#include <libavow.h>
#include <stddef.h>

struct kept_record {
	struct avow_refusal refusal;
	unsigned long long base, size;	/* of the enclave */
	unsigned long long lost;	/* of the same enclave before this one, that are not kept */
	char *path;			/* of the source; NULL: no file */
};

struct kept {
	struct kept_record *records;	/* in the order of time, each once */
	size_t nr;
	size_t nr_denied;	/* processes that could not be looked into */
	size_t nr_lone;		/* mappings of enclaves that nobody can be asked about */
};

/* 0, or -1 after a message. */
int kept_read(struct kept *kept);
void kept_free(struct kept *kept);

#endif
