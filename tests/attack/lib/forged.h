/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An enclave with a TCS and a frame of the attacker's making, and code to be reached by
 * them. It is the test enclave with five pages more. The code proves that it ran by a
 * mark in the host's memory, which RDI points to; then it raises #UD, so that its
 * asynchronous exit fills the frame.
 */
#ifndef FORGED_H
#define FORGED_H

#include "attack.h"

struct forged {
	struct scene s;
	u64 code;		/* RX. At FORGED_EVIL what must not run, at FORGED_INNOCENT what may */
	u64 saved;		/* RW: SSA frame 0 of a TCS that begins with CSSA 1, ready to be resumed */
	u64 frame;		/* RW: SSA frame 0, or 1 of the former */
	u64 tcs;		/* added by nobody yet */
	u64 spare;		/* a hole */
};

#define FORGED_EVIL	0
#define FORGED_INNOCENT	64
#define FORGED_STORES	128	/* R8 is RETs when it ends */
#define MARK_EVIL	0x5a
#define MARK_INNOCENT	0x11

/* Everything but TCS, SSA frame 0 and INIT. params may be NULL. */
void forged_begin(struct forged *f, const struct avow_params *params);
void forged_add_frame(struct forged *f);
/* The TCS page's bytes. cssa 1: with a frame that was never saved. entry: of the code page. */
struct avow_tcs *forged_tcs(const struct forged *f, u32 cssa, u64 entry);
/* Adds a page of these bytes, measured; the library's answer. */
int forged_add(struct forged *f, u64 offset, const void *bytes, u64 secinfo, u64 flags);
/*
 * Begins, with SSA frame 0 and at f->tcs the bytes of forged_tcs(), a page of what SECINFO
 * says: a TCS, or data that looks like one.
 */
void forged_with_tcs(struct forged *f, u32 cssa, u64 entry, u64 secinfo);
/* INIT; maps everything, TCS and frames RW. */
void forged_init(struct forged *f);
void forged_map(struct forged *f);

/* EENTER or ERESUME at the TCS: which mark was left; 0: none. *x, if wanted: how it ended. */
u8 forged_enter(struct forged *f, struct exit *x);
u8 forged_resume(struct forged *f, struct exit *x);

/* The end of an attack: evil code ran (got through, with these words), or it did not. */
_Noreturn void forged_verdict(u8 mark, const struct exit *x, const char *proof);

#endif
