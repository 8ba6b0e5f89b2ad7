// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ecalls, ocalls, and the host's memory. */
#include <elf.h>
#include <errno.h>
#include <immintrin.h>

#include "thread.h"

#pragma GCC visibility push(hidden)
unsigned int avow_run(uint64_t number, void *arg, unsigned char *buffer, uint64_t buffer_bytes);
extern const char avow_rela[], avow_rela_end[];
#pragma GCC visibility pop

bool avow_inside(const volatile void *p, size_t bytes)
{
	uint64_t at = (uint64_t)p - (uint64_t)avow_base;

	bytes += !bytes;
	return at < avow_bytes && bytes <= avow_bytes - at;
}

bool avow_outside(const volatile void *p, size_t bytes)
{
	uint64_t first = (uint64_t)p, base = (uint64_t)avow_base, last;

	if (__builtin_add_overflow(first, bytes - !!bytes, &last))
		return false;
	return last < base || first >= base + avow_bytes;
}

bool avow_copy_in(void *to, const void *host, size_t bytes)
{
	if (!avow_outside(host, bytes))
		return false;
	_mm_lfence();	/* not even by speculation from inside */
	memcpy(to, host, bytes);
	return true;
}

bool avow_copy_out(void *host, const void *from, size_t bytes)
{
	if (!avow_outside(host, bytes))
		return false;
	_mm_lfence();
	memcpy(host, from, bytes);
	return true;
}

/* ---- the first entry ---- */

/* The linker leaves no others: avow-enclave.lds, -static-pie. */
static void apply(const Elf64_Rela *rela)
{
	if (ELF64_R_TYPE(rela->r_info) != R_X86_64_RELATIVE)
		__builtin_trap();
	*(uint64_t *)(avow_base + rela->r_offset) = (uint64_t)avow_base + (uint64_t)rela->r_addend;
}

/* Once: what is relocated may be changed later. Until it is done no pointer in data can be used. */
static void relocate(void)
{
	enum { NOT_YET, BY_ANOTHER, DONE };
	static unsigned int state;
	unsigned int was = NOT_YET;
	uint64_t at, end = (uint64_t)avow_rela_end;

	if (__atomic_compare_exchange_n(&state, &was, BY_ANOTHER, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		for (at = (uint64_t)avow_rela; at < end; at += sizeof(Elf64_Rela))
			apply((const Elf64_Rela *)at);
		__atomic_store_n(&state, DONE, __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != DONE)
		_mm_pause();
}

/* ---- ecalls ---- */

static unsigned int refuse(struct avow_thread *thread, int err)
{
	thread->result = err;
	return AVOW_EXIT_REFUSED;
}

static long call(const struct avow_ecall *ecall, void *host)
{
	unsigned char arg[AVOW_ARG_MAX] __attribute__((aligned(64)));
	long result;

	memcpy(arg, host, ecall->bytes);
	result = ecall->fn(arg);
	avow_stop_if_dead();
	memcpy(host, arg, ecall->bytes);
	return result;
}

/* Called by entry.S, on the thread's own stack, with the host's registers. What the exit is. */
unsigned int avow_run(uint64_t number, void *arg, unsigned char *buffer, uint64_t buffer_bytes)
{
	struct avow_thread *thread = this_thread();
	const struct avow_ecall *ecall;

	relocate();
	if (number >= avow_nr_ecalls)
		return refuse(thread, -ENOSYS);
	_mm_lfence();
	ecall = &avow_ecalls[number];
	if (!ecall->fn)
		return refuse(thread, -ENOSYS);
	if (!avow_outside(buffer, buffer_bytes) || (ecall->bytes && !avow_outside(arg, ecall->bytes)))
		return refuse(thread, -EFAULT);
	_mm_lfence();
	thread->buffer = buffer;
	thread->buffer_bytes = buffer_bytes;
	thread->result = ecall->bytes ? call(ecall, arg) : ecall->fn(NULL);
	avow_stop_if_dead();
	return AVOW_EXIT_DONE;
}

/* ---- ocalls ---- */

long avow_ocall(unsigned int number, void *arg, size_t bytes)
{
	struct avow_thread *thread = this_thread();
	long result;

	if (thread->handling)
		return -EBUSY;
	if (bytes > AVOW_ARG_MAX || bytes > thread->buffer_bytes)
		return -E2BIG;
	avow_stop_if_dead();
	memcpy(thread->buffer, arg, bytes);
	result = avow_exit_for_ocall(number, bytes);
	memcpy(arg, thread->buffer, bytes);
	return result;
}
