/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the demo's enclave is asked. RDI at the entry is the address of a struct ask outside. */
#ifndef DEMO_ASK_H
#define DEMO_ASK_H

enum ask_what {
	ASK_HASH = 1,	/* value = FNV-1a of length bytes at address, outside; count = calls so far */
	ASK_COPY,	/* length bytes from address, outside, to target, inside */
	ASK_CALL,	/* value = the function at target, inside, of value */
	ASK_READ,	/* value = the byte at target, inside */
	ASK_EXTEND,	/* ENCLU[EMODPE]: the page at target gets the rights in value, too */
};

struct ask {
	unsigned long what;
	unsigned long address;
	unsigned long length;
	unsigned long target;
	unsigned long value;
	unsigned long count;
};

#endif
