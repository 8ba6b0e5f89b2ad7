/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the enclave of the benchmarks does, by RDI at EENTER. For C and assembler. */
#ifndef BENCH_OP_H
#define BENCH_OP_H

#define OP_EXIT		0	/* EEXIT at once */
#define OP_DIVIDE	1	/* for ever: 1 by the 32-bit word at RSI, then 0 into it */
#define OP_READ		2	/* the word at RSI, then EEXIT */

#endif
