/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What host and enclave say to each other. */
#ifndef HELLO_H
#define HELLO_H

enum { ECALL_GREET };		/* ecalls, by number */
enum { OCALL_PRINT };		/* and ocalls */

struct greeting {
	char name[32];		/* in */
	char text[64];		/* out */
	unsigned int greeted;	/* out: how often so far */
};

#endif
