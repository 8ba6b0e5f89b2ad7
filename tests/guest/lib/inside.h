/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the test enclave does when it is asked to: one EENTER for each. */
#ifndef INSIDE_H
#define INSIDE_H

#include "../enclave/op.h"
#include "scene.h"

/* How an entry ended. */
struct exit {
	int ret;		/* of avow_enclave_enter(): 0 or -EFAULT */
	u32 leaf;		/* EEXIT, EENTER (the entry failed), ERESUME (exception inside) */
	int vector;
	u64 error;
	u64 addr;
	u64 value;		/* op.value */
};

#define VECTOR_DE	0
#define VECTOR_UD	6
#define VECTOR_GP	13
#define VECTOR_PF	14

#define ANY_ERROR	(~0ULL)	/* where the rules leave the error code open */
#define PF_PRESENT	0x1
#define PF_WRITE	0x2
#define PF_USER		0x4
#define PF_FETCH	0x10
#define PF_SGX		0x8000

struct exit enter(struct scene *s, u64 tcs, struct op *op);
struct exit resume(struct scene *s, u64 tcs);
/* Takes back the frame that an exception left, for a TCS with two SSA frames. */
void unwind(struct scene *s, u64 tcs);
/* enter(), and unwind() after an exception inside. */
struct exit enter_once(struct scene *s, u64 tcs, struct op *op);

/* On TCS 0, unwound. */
struct exit inside_nothing(struct scene *s);
struct exit inside_read(struct scene *s, u64 addr);
struct exit inside_write(struct scene *s, u64 addr, u8 value);
struct exit inside_exec(struct scene *s, u64 addr);
/* On a TCS of the caller's choice, not unwound. */
struct exit inside_read64(struct scene *s, u64 tcs, u64 addr);
struct exit inside_write64(struct scene *s, u64 tcs, u64 addr, u64 value);

/* What a leaf answered; fault where it raised an exception. */
struct leaf_result {
	struct exit exit;
	u64 rax;
	bool zf;
};

struct leaf_result inside_leaf(struct scene *s, u64 leaf, u64 rbx, u64 secinfo_flags, u64 rcx, u64 rdx);

static inline struct leaf_result inside_eaccept(struct scene *s, u64 offset, u64 flags)
{
	return inside_leaf(s, ENCLU_EACCEPT, 0, flags, scene_at(s, offset), 0);
}

static inline struct leaf_result inside_emodpe(struct scene *s, u64 offset, u32 rwx)
{
	return inside_leaf(s, ENCLU_EMODPE, 0, avow_secinfo_reg(rwx), scene_at(s, offset), 0);
}

static inline struct leaf_result inside_eacceptcopy(struct scene *s, u64 to, u64 from, u32 rwx)
{
	return inside_leaf(s, ENCLU_EACCEPTCOPY, 0, avow_secinfo_reg(rwx), scene_at(s, to),
			   scene_at(s, from));
}

/* An entry that did what it was asked to and left by EEXIT. */
#define EXPECT_INSIDE_OK(exit_)		expect_exit(__FILE__, __LINE__, #exit_, exit_, ENCLU_EEXIT, 0, 0, 0)
/* An exception inside. addr: of a #PF, its page. */
#define EXPECT_INSIDE(exit_, vector_, error_, addr_)				\
	expect_exit(__FILE__, __LINE__, #exit_, exit_, ENCLU_ERESUME, vector_, error_, addr_)
/* An entry that failed. */
#define EXPECT_NO_ENTRY(exit_, vector_, error_, addr_)				\
	expect_exit(__FILE__, __LINE__, #exit_, exit_, ENCLU_EENTER, vector_, error_, addr_)
/* An ERESUME that failed; it cannot be told from an exception after it. */
#define EXPECT_NO_RESUME	EXPECT_INSIDE
void expect_exit(const char *file, int line, const char *what, struct exit got, u32 leaf, int vector,
		 u64 error, u64 addr);

/*
 * A leaf that succeeded: RAX 0, ZF clear. Or failed with a code: RAX, ZF set. EMODPE has
 * neither: that it raised no exception is its success, EXPECT_INSIDE_OK().
 */
#define EXPECT_LEAF(result_, rax_)	expect_leaf(__FILE__, __LINE__, #result_, result_, rax_)
void expect_leaf(const char *file, int line, const char *what, struct leaf_result got, u64 rax);

/* The SSA frame number n of a TCS: where its GPR area begins, as an address. */
u64 ssa_gprs(struct scene *s, u64 tcs, u32 frame);
u64 ssa_frame(struct scene *s, u64 tcs, u32 frame);
/* What a debugger writes there; of a DEBUG enclave. */
void tcs_set_flags(struct scene *s, u64 tcs, u64 flags);
/* TCS number n as the image has it. */
const struct avow_tcs *image_tcs(struct scene *s, unsigned int n);

#endif
