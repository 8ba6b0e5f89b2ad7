// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "bench.h"

#define SKIPPED		2	/* bytes, of each instruction below that faults */

void task_getpid(void *arg)
{
	(void)arg;
	raw_syscall(SYS_getpid);
}

void task_ud2(void *arg)
{
	(void)arg;
	__asm__ volatile("ud2");
}

/* PUSH ES, which 64-bit mode does not have. */
void task_invalid(void *arg)
{
	(void)arg;
	__asm__ volatile(".byte 0x06, 0x90");
}

void task_read(void *arg)
{
	__asm__ volatile("movb (%0), %%al" : : "D"(arg) : "rax");
}

static void skip(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signo;
	(void)info;
	uc->uc_mcontext.gregs[REG_RIP] += SKIPPED;
}

void handle_by_skipping(int signo)
{
	const struct sigaction action = { .sa_sigaction = skip, .sa_flags = SA_SIGINFO };

	REQUIRE(!sigaction(signo, &action, NULL));
}

void task_protect(void *page)
{
	mprotect(page, PAGE, PROT_READ);
	mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

void *task_page(int prot)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(at != MAP_FAILED);
	REQUIRE(!mprotect(at + PAGE, PAGE, prot));
	return at + PAGE;
}

/* The tests' library notes what ioctl() is asked, which is not to be counted. */
int __real_ioctl(int fd, unsigned long cmd, ...);

u64 add_bytes(const struct scene *s, const void *src, u64 offset, u64 length, u64 secinfo, u64 flags)
{
	struct avow_secinfo info = { .flags = secinfo };
	struct sgx_enclave_add_pages arg = {
		.src = (u64)src,
		.offset = offset,
		.length = length,
		.secinfo = (u64)&info,
		.flags = flags,
	};

	return __real_ioctl(s->e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg) ? 0 : arg.count;
}
