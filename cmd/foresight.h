/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a policy would say to the requests that loading an enclave makes: R42, as avow policy test does. */
#ifndef AVOW_CMD_FORESIGHT_H
#define AVOW_CMD_FORESIGHT_H

#include "build.h"
#include "policy_judge.h"
#include "sigstruct_file.h"

/* A request, and what came of it. */
struct foreseen {
	const char *event;		/* "load", "map", "init" */
	const struct avow_segment *segment;	/* NULL: init */
	char *facts;			/* in words, with spaces between */
	char *refused;			/* why the kernel refuses it before any policy, or NULL: outcome */
	struct policy_outcome outcome;
};

struct foresight {
	struct avow_policy_dry *dry;
	struct policy_read read;
	struct foreseen *list;
	size_t nr;
	bool denied;			/* any of them */
};

/*
 * b: an enclave that was measured, as mrenclave; NULL: there is only a signature. s: NULL: it is
 * not signed. given: nr more facts of all requests, as program=/usr/bin/x. EXIT_SUCCESS, or
 * EXIT_USAGE after a message. To be freed in any case.
 */
int foresee(struct foresight *f, const char *policy, const struct build *b, const __u8 mrenclave[AVOW_MRENCLAVE_BYTES],
	    const struct signature *s, char *const *given, size_t nr);
void foresight_free(struct foresight *f);

#endif
