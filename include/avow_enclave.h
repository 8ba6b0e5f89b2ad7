/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of an enclave that is written in C: what libavow-enclave.a has. libavow-enclave(3) leads
 * through it and has a whole enclave; <libavow.h> is the host's side, avow_enclave_call().
 *
 * Compile and link with what pkg-config libavow-enclave says. There is no C library inside: what this
 * header declares is all there is. The enclave runs at any base.
 *
 * Errors. What returns an int or a long returns 0 or more for success, a negative errno otherwise.
 * Threads. All functions may be called by any number of threads at once.
 * Trust. The host calls what it likes, when it likes, with any argument; it answers ocalls as it likes,
 * and may never come back. Nothing that it says is true because it says so.
 */
#ifndef AVOW_ENCLAVE_H
#define AVOW_ENCLAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* ---- the enclave's size ---- */

/*
 * Plain numbers, which the assembler reads, too; defined before this header is included by the file that
 * has AVOW_ECALLS(), or by -D for that file. Bytes are multiples of 4096.
 */
#ifndef AVOW_THREADS
#define AVOW_THREADS	1	/* that are inside at once, 1 to 32 */
#endif
#ifndef AVOW_STACK
#define AVOW_STACK	0x8000	/* bytes, of each thread, at least 0x4000; below it no page is */
#endif
#ifndef AVOW_HEAP
#define AVOW_HEAP	0x100000	/* bytes that malloc() has, 0 for none; each page comes when it is used first */
#endif
#ifndef AVOW_CODE
#define AVOW_CODE	0	/* bytes of avow_code() */
#endif

/* ---- ecalls ---- */

#define AVOW_ARG_MAX	4096	/* bytes of an ecall's or ocall's argument */

/*
 * An ecall. arg: a copy of the host's argument, inside, which goes back to the host afterwards; NULL for
 * AVOW_ECALL_PLAIN(). Pointers in it are the host's word: avow_copy_in() and avow_copy_out() take them.
 * What it returns is the result of avow_enclave_call().
 */
typedef long (*avow_ecall_fn)(void *arg);

struct avow_ecall {
	avow_ecall_fn fn;
	size_t bytes;
};

/* An ecall with an argument of this type, or without. */
#define AVOW_ECALL(fn, type)	{ (fn), sizeof(type) + 0 * sizeof(struct {				\
	_Static_assert(sizeof(type) <= AVOW_ARG_MAX, "an argument has at most AVOW_ARG_MAX bytes"); int i_; }) }
#define AVOW_ECALL_PLAIN(fn)	{ (fn), 0 }

/*
 * The enclave's ecalls, once in each enclave: AVOW_ECALLS([ADD] = AVOW_ECALL(add, struct add), ...);
 * The host's number is the index. A number without an ecall is ENOSYS, an argument that is not wholly
 * outside EFAULT; neither gets this far. A call on a thread that is in an ocall is EBUSY: one thread has
 * one call at a time.
 */
#define AVOW_ECALLS(...)									\
	const struct avow_ecall avow_ecalls[] = { __VA_ARGS__ };				\
	const size_t avow_nr_ecalls = sizeof(avow_ecalls) / sizeof(avow_ecalls[0]);		\
	AVOW_LAYOUT_(AVOW_THREADS, AVOW_STACK, AVOW_HEAP, AVOW_CODE)

extern const struct avow_ecall avow_ecalls[];
extern const size_t avow_nr_ecalls;

/* ---- the host's memory ---- */

/*
 * Does [p, p + bytes) lie wholly outside, or wholly inside the enclave's range? A range that wraps around
 * does neither; one of no bytes is judged as one of one.
 */
bool avow_outside(const volatile void *p, size_t bytes);
bool avow_inside(const volatile void *p, size_t bytes);

/*
 * Copies. False, and nothing is copied: host is not wholly outside. What is looked at is to be the copy:
 * the host can change its own memory at any time.
 */
bool avow_copy_in(void *to, const void *host, size_t bytes);
bool avow_copy_out(void *host, const void *from, size_t bytes);

/* ---- ocalls ---- */

/*
 * Leaves for the host's function of this number. arg (NULL with 0 bytes): copied out before and in
 * after, so that it is the host's word. What the function returned; ENOSYS: the host says that it has none;
 * E2BIG: more than AVOW_ARG_MAX; EBUSY: in avow_on_exception().
 * Locks that are held stay so for as long as the host likes.
 */
long avow_ocall(unsigned int number, void *arg, size_t bytes);

/*
 * Ends the enclave, in avow_on_exception() too: this call and all to come are EFAULT and EIO to the host. A call that
 * another thread has inside is EIO when it would next return, make an ocall, return from one, raise an exception, or
 * wait for a lock; what it has done until then, to memory outside as well, is done. Locks that are held stay so.
 */
_Noreturn void avow_abort(void);

/* ---- exceptions ---- */

/* The registers of the instruction that raised it. SDM, GPRSGX. */
struct avow_registers {
	uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rflags, rip;
};

struct avow_exception {
	unsigned int vector;		/* 0 #DE, 6 #UD, 13 #GP, 14 #PF, 16 #MF, 19 #XM, ... */
	unsigned int error;		/* of #PF and #GP */
	uint64_t address;		/* of #PF */
	struct avow_registers *registers;	/* what is changed here is what is resumed */
};

/*
 * Called for each exception of the enclave's, on a stack of its own, at CSSA 1, if the enclave defines it. True:
 * go on at registers->rip. False, as without it: the enclave ends as by avow_abort(). The interrupted code may
 * hold any lock, malloc()'s too; an exception in here cannot be handled, and the thread is lost.
 */
bool avow_on_exception(struct avow_exception *exception);

/* ---- memory ---- */

/* The heap: AVOW_HEAP bytes, at 16-byte boundaries. NULL: it is used up, or the host gives no page. */
void *malloc(size_t bytes);
void *calloc(size_t nr, size_t bytes);
void *realloc(void *p, size_t bytes);
void free(void *p);

/* What the compiler wants of a C library, and a little more. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
void *memchr(const void *p, int byte, size_t bytes);
size_t strlen(const char *text);
/* In a time that does not depend on what the bytes are: for MACs and keys. */
bool avow_equal(const void *a, const void *b, size_t bytes);
/* Zeros that the compiler does not leave out. */
void avow_wipe(void *p, size_t bytes);

/* ---- pages at run time ---- */

#define AVOW_RIGHT_R	1
#define AVOW_RIGHT_W	2
#define AVOW_RIGHT_X	4

/*
 * AVOW_CODE bytes for code that is made at run time, declared with intent RWX and mapped R and W. No page is
 * there yet. accept, write, avow_extend() with R and X; then the host maps them R and X by mprotect(), if
 * the policy lets it, and they can be called.
 */
void *avow_code(size_t *bytes);

/*
 * EACCEPT of whole pages that EAUG added, or adds for this: readable, writable, zero. EFAULT: the host gives
 * or maps none; EINVAL: not whole pages inside; EEXIST: it is there already.
 */
int avow_accept(void *p, size_t bytes);
/* EMODPE of whole pages: adds these rights of the EPCM. EFAULT, EINVAL as above. */
int avow_extend(void *p, size_t bytes, unsigned int rights);

/* ---- locks ---- */

/* Zero is free. It spins: the host schedules threads, so that to sleep would be to ask it. */
struct avow_lock {
	unsigned int held;
};

void avow_lock(struct avow_lock *lock);
void avow_unlock(struct avow_lock *lock);

/* ---- keys, sealing, reports ---- */

/* RDRAND. False: it gave nothing. */
bool avow_random(void *to, size_t bytes);

/* AES-128-CMAC, RFC 4493, by the processor's AES. */
void avow_cmac(const uint8_t key[16], const void *data, size_t bytes, uint8_t mac[16]);

/* Who unseals: this very enclave; or any of its signer, with its product id and no lower SVN. Both: both. */
#define AVOW_SEAL_ENCLAVE	1
#define AVOW_SEAL_SIGNER	2
#define AVOW_SEAL_BYTES		72	/* that sealing adds */

/*
 * AES-SIV (RFC 5297) under a key of EGETKEY's, with a key id of its own each time; DEBUG enclaves have other
 * keys. sealed has bytes + AVOW_SEAL_BYTES bytes, inside. with (may be NULL): what must be the same when
 * it is unsealed, but is not in it. To roll back to an older sealed text is not prevented.
 * EINVAL: policy; EIO: no randomness; EFAULT: EGETKEY refused.
 */
int avow_seal(unsigned int policy, const void *with, size_t with_bytes, const void *text, size_t bytes, void *sealed);
/*
 * sealed_bytes of sealed text, inside; text has room for AVOW_SEAL_BYTES less. EBADMSG: not sealed for this
 * enclave, or changed; text is then zero.
 */
int avow_unseal(const void *with, size_t with_bytes, const void *sealed, size_t sealed_bytes, void *text);

/* Who made a report, or who runs here. */
struct avow_peer {
	uint8_t mrenclave[32], mrsigner[32];
	uint64_t attributes;		/* SDM, ATTRIBUTES.FLAGS: 2 is DEBUG */
	uint16_t isv_prod_id, isv_svn;
	uint8_t data[64];		/* of a report, the reporter's words */
};

#define AVOW_TARGETINFO_BYTES	512
#define AVOW_REPORT_BYTES	432

/* This enclave. */
int avow_self(struct avow_peer *self);
/* TARGETINFO of this enclave, for one that is to report to it. */
int avow_target(uint8_t target[AVOW_TARGETINFO_BYTES]);
/* EREPORT to that enclave. All arguments inside. EFAULT: it is none. */
int avow_report(const uint8_t target[AVOW_TARGETINFO_BYTES], const uint8_t data[64],
		uint8_t report[AVOW_REPORT_BYTES]);
/* Was it made for this enclave, on this machine? EBADMSG: no. */
int avow_verify(const uint8_t report[AVOW_REPORT_BYTES], struct avow_peer *peer);

#pragma GCC visibility pop

/* ---- the layout, in pages from the base; runtime/thread.h has what is in a thread's memory ---- */

#define AVOW_LAYOUT_(threads, stack, heap, code)	AVOW_LAYOUT__(threads, stack, heap, code)
#define AVOW_LAYOUT__(threads, stack, heap, code)						\
__asm__(											\
	".set avow_t_, (" #threads ")\n"							\
	".set avow_s_, (" #stack ") / 4096\n"							\
	".set avow_h_, (" #heap ") / 4096\n"							\
	".set avow_c_, (" #code ") / 4096\n"							\
	".if avow_t_ < 1 || avow_t_ > 32\n"							\
	".error \"AVOW_THREADS is 1 to 32\"\n"							\
	".endif\n"										\
	".if avow_s_ < 4 || ((" #stack ") | (" #heap ") | (" #code ")) & 4095\n"		\
	".error \"AVOW_STACK, AVOW_HEAP and AVOW_CODE are multiples of 4096, AVOW_STACK is at least 0x4000\"\n"\
	".endif\n"										\
	/* hole, stack, hole, stack for exceptions, the thread's page, two SSA frames */	\
	".set avow_stride_, avow_s_ + 7\n"							\
	".set avow_heap_, avow_t_ + avow_t_ * avow_stride_ + 1\n"				\
	".set avow_code_, avow_heap_ + avow_h_ + 1\n"						\
	".globl avow_image_offset\n"								\
	".hidden avow_image_offset\n"								\
	".set avow_image_offset, (avow_code_ + avow_c_ + 1) * 4096\n"				\
												\
	/* STATE, FLAGS, OSSA; CSSA, NSSA; OENTRY, AEP; OFSBASE, OGSBASE; limits */		\
	".pushsection .avow.tcs, \"aw\", @progbits\n"						\
	".set avow_page_, (avow_t_ + avow_s_ + 4) * 4096\n"					\
	".rept avow_t_\n"									\
	".quad 0, 0, avow_page_ + 4096\n"							\
	".long 0, 2\n"										\
	".quad avow_image_offset, 0\n"								\
	".quad avow_page_, avow_page_\n"							\
	".long -1, -1\n"									\
	".zero 4024\n"										\
	".set avow_page_, avow_page_ + avow_stride_ * 4096\n"					\
	".endr\n"										\
	".popsection\n"										\
												\
	/* runtime/abi.h: struct avow_layout and its areas, EXINFO; rights of 3 and 7, 0x100 for dynamic */\
	".pushsection .note.avow, \"a\", @note\n"						\
	".balign 4\n"										\
	".long 5, 2f - 1f, 1\n"									\
	".asciz \"Avow\"\n"									\
	".balign 4\n"										\
	"1: .long 1, 2 - (avow_h_ > 0) - (avow_c_ > 0)\n"					\
	".quad (avow_t_ + 1) * 4096, avow_s_ * 4096, avow_stride_ * 4096\n"			\
	".long avow_t_, 3\n"									\
	".quad (avow_t_ + avow_s_ + 2) * 4096, 5 * 4096, avow_stride_ * 4096\n"			\
	".long avow_t_, 3\n"									\
	".if avow_h_\n"										\
	".quad avow_heap_ * 4096, avow_h_ * 4096, 0\n"						\
	".long 1, 0x103\n"									\
	".endif\n"										\
	".if avow_c_\n"										\
	".quad avow_code_ * 4096, avow_c_ * 4096, 0\n"						\
	".long 1, 0x107\n"									\
	".endif\n"										\
	"2:\n"											\
	".popsection\n"										\
												\
	/* heap.c, pages.c */									\
	".pushsection .rodata.avow, \"a\", @progbits\n"						\
	".balign 8\n"										\
	".globl avow_ranges\n"									\
	".hidden avow_ranges\n"									\
	"avow_ranges: .quad avow_heap_ * 4096, avow_h_ * 4096, avow_code_ * 4096, avow_c_ * 4096\n"\
	".popsection\n"										\
)

#endif
