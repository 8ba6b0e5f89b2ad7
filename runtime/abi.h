/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libavow (lib/call.c, lib/layout.c) and the runtime inside (this directory) agree on. It is in no
 * installed header: an enclave is called by avow_enclave_call() of the same version.
 */
#ifndef AVOW_RUNTIME_ABI_H
#define AVOW_RUNTIME_ABI_H

/* ---- registers ---- */

/* EENTER, RDI. */
#define AVOW_OP_ECALL		0	/* RSI number, RDX argument, R8 buffer for ocalls, R9 its bytes */
#define AVOW_OP_RETURN		1	/* of an ocall: RDX its value */
#define AVOW_OP_EXCEPTION	2	/* at CSSA 1 */

/* EEXIT, RDI. */
#define AVOW_EXIT_DONE		0	/* RSI what the ecall returned */
#define AVOW_EXIT_OCALL		1	/* RSI number, RDX bytes in the buffer */
#define AVOW_EXIT_RESUME	2	/* ERESUME is to follow */
#define AVOW_EXIT_CRASHED	3	/* the enclave has ended: RSI 1 by an exception that nobody handled, 0 by itself */
#define AVOW_EXIT_REFUSED	4	/* RSI a negative errno; EIO: it had ended already, else nothing was done */

/* ---- the ELF note ---- */

#define AVOW_NOTE_NAME		"Avow"
#define AVOW_NOTE_LAYOUT	1	/* its type; another one is another version's */
#define AVOW_AREA_DYNAMIC	0x100	/* in avow_area.flags */
#define AVOW_AREAS_MAX		8
#define AVOW_AREA_COUNT_MAX	32	/* threads, above all */

#ifndef __ASSEMBLER__
/*
 * The descriptor: this, and then nr areas. Pages that are in no segment of the file: zeros that are added
 * and measured, or what EAUG adds later.
 */
struct avow_layout {
	unsigned int miscselect;	/* what the runtime needs of SECS.MISCSELECT */
	unsigned int nr;
};

struct avow_area {
	unsigned long long offset, length;	/* of the first; in bytes, multiples of 4096 */
	unsigned long long stride;		/* from one to the next, at least length */
	unsigned int count;
	unsigned int flags;			/* R/W/X, the intent; AVOW_AREA_DYNAMIC */
};
#endif

#endif
