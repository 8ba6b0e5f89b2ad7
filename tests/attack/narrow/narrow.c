// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A 32-bit program without a library, which lib/program32.c starts. What it is asked for it
 * does by the system calls of such programs; numbers are hexadecimal:
 *
 *	add FD OFFSET RIGHTS		ADD_PAGES of a page of its data
 *	map FD ADDRESS PROT BYTE	mmap2() of a page, which is then used
 *	protect FD ADDRESS PROT BYTE	the same, but first with no right, and then mprotect()
 *
 * To use it is to write the byte to its start, if PROT has W, and else to call it. The exit
 * status is 0, or the errno of what failed.
 */
#include <asm/sgx.h>
#include <linux/mman.h>

#define NR_EXIT		1
#define NR_IOCTL	54
#define NR_MPROTECT	125
#define NR_MMAP2	192

#define PAGE		4096u
#define PT_REG		2u	/* SECINFO's page type, in bits 8 and on */

static unsigned char data[PAGE] __attribute__((aligned(PAGE))) = { 0xc3, 1 };

static long call(long nr, unsigned long a, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long e)
{
	/* The sixth, in EBP, is 0 for all. */
	__asm__ volatile("push %%ebp\n\txor %%ebp, %%ebp\n\tint $0x80\n\tpop %%ebp"
			 : "+a"(nr) : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
	return nr;
}

static _Noreturn void leave(long result)
{
	for (;;)
		call(NR_EXIT, result < 0 ? (unsigned long)-result : 0, 0, 0, 0, 0);
}

static unsigned long number(const char *text)
{
	unsigned long n = 0;

	for (; *text; text++)
		n = n << 4 | (unsigned long)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return n;
}

static void add(unsigned long fd, unsigned long offset, unsigned long rights)
{
	static unsigned long long secinfo[8] __attribute__((aligned(64)));
	struct sgx_enclave_add_pages arg = {
		.src = (unsigned long)data,
		.offset = offset,
		.length = PAGE,
		.secinfo = (unsigned long)secinfo,
		.flags = SGX_PAGE_MEASURE,
	};

	secinfo[0] = PT_REG << 8 | rights;
	leave(call(NR_IOCTL, fd, SGX_IOC_ENCLAVE_ADD_PAGES, (unsigned long)&arg, 0, 0));
}

static void use(unsigned long at, unsigned long prot, unsigned long byte)
{
	if (prot & PROT_WRITE)
		*(volatile unsigned char *)at = (unsigned char)byte;
	else
		((void (*)(void))at)();
	leave(0);
}

static void map(char **arg, int raised)
{
	unsigned long at = number(arg[1]), prot = number(arg[2]);
	long result = call(NR_MMAP2, at, PAGE, raised ? 0 : prot, MAP_SHARED | MAP_FIXED,
			   number(arg[0]));

	/* An address has the sign of an errno. */
	if ((unsigned long)result < -PAGE)
		result = raised ? call(NR_MPROTECT, at, PAGE, prot, 0, 0) : 0;
	if (result)
		leave(result);
	use(at, prot, number(arg[3]));
}

__attribute__((used)) static void begin(long *stack)
{
	char **argv = (char **)(stack + 1);

	switch (*argv[1]) {
	case 'a':
		add(number(argv[2]), number(argv[3]), number(argv[4]));
		break;
	case 'm':
		map(argv + 2, 0);
		break;
	case 'p':
		map(argv + 2, 1);
		break;
	}
	leave(-1);
}

__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n\tcall begin\n");
