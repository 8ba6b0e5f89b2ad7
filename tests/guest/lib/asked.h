/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an ioctl was asked for, by the call itself: every ioctl of a program passes by here
 * (the linker's --wrap), so that a record can be compared with the request that it is about.
 */
#ifndef ASKED_H
#define ASKED_H

#include "test.h"

/* The last ioctl that changes an enclave, or raw_map() or raw_protect(); op 0: there was none. */
struct asked {
	u32 op;			/* enum avow_op */
	bool ranged;		/* its argument was readable, and names a range */
	u64 offset, length;	/* bytes, whether they make sense or not */
	u64 count;		/* bytes done, as told */
	u32 rights;		/* given in the argument itself */
	bool explicit;		/* ADD_PAGES: that was an explicit intent */
	u64 secinfo;		/* ADD_PAGES: flags of a SECINFO that was readable */
	u64 src;		/* ADD_PAGES */
};

void asked_forget(void);
/* A mapping of an enclave, of these PROT_* bits. */
void asked_mapping(u32 op, u64 offset, u64 length, int prot);
struct asked asked_last(void);

/* R18.1: is a refusal by this rule (rule * 100 + clause) about one page, and not all that was asked? */
bool asked_by_page(const struct asked *asked, u32 rule);
/* The rights that the record of a refusal by this rule has as requested. */
u32 asked_rights(const struct asked *asked, u32 rule);
/* R/W/X of this process' mapping of an address; 0: none. */
u32 mapped_rights(u64 addr);

#endif
