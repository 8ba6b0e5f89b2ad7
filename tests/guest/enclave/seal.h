/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the test enclave seals: text that leaves it encrypted and authenticated. */
#ifndef SEAL_H
#define SEAL_H

#define SEALED_TEXT	64

struct sealed {
	unsigned char keyid[32];	/* another for each sealing; the host's choice */
	unsigned long policy;		/* KEYPOLICY_MRENCLAVE or KEYPOLICY_MRSIGNER */
	unsigned char text[SEALED_TEXT];
	unsigned char mac[16];
} __attribute__((aligned(16)));

#endif
