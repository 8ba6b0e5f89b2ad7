/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What host and enclave say to each other. */
#ifndef NOTES_H
#define NOTES_H

enum { ECALL_SEAL, ECALL_UNSEAL };

#define TEXT_MAX	256
#define SEALED_MAX	(TEXT_MAX + 72)		/* AVOW_SEAL_BYTES */

/* A note, and as it is sealed: in a file it says nothing to anybody but this enclave. */
struct note {
	char title[32];			/* readable by all, but not to be changed */
	unsigned int bytes;		/* of the text */
	char text[TEXT_MAX];
	unsigned char sealed[SEALED_MAX];
};

#endif
