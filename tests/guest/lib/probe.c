// SPDX-License-Identifier: LGPL-2.1-or-later
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "probe.h"
#include "test.h"

static _Thread_local sigjmp_buf back;
static _Thread_local struct fault seen;
static _Thread_local bool armed;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	if (!armed) {	/* nobody expects this one: it kills when it happens again */
		signal(signo, SIG_DFL);
		return;
	}
	seen.signo = signo;
	seen.code = info->si_code;
	seen.addr = (u64)info->si_addr;
	seen.error = (u64)uc->uc_mcontext.gregs[REG_ERR];
	seen.trapno = (int)uc->uc_mcontext.gregs[REG_TRAPNO];
	siglongjmp(back, 1);
}

/* The handlers stay, so that threads may probe at the same time. */
static void install(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		REQUIRE(!sigaction(signals[i], &act, NULL));
}

struct fault probe_run(void (*fn)(void *arg), void *arg)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install);
	memset(&seen, 0, sizeof(seen));
	if (!sigsetjmp(back, 1)) {
		armed = true;
		fn(arg);
	}
	armed = false;
	return seen;
}

struct access {
	volatile u8 *at;
	u8 value;
};

static void do_read(void *arg)
{
	struct access *a = arg;

	a->value = *a->at;
}

static void do_write(void *arg)
{
	struct access *a = arg;

	*a->at = a->value;
}

static void do_exec(void *arg)
{
	struct access *a = arg;

	((void (*)(void))a->at)();
}

struct fault probe_read(u64 addr)
{
	struct access a = { .at = (u8 *)addr };
	struct fault f = probe_run(do_read, &a);

	f.value = a.value;
	return f;
}

struct fault probe_write(u64 addr, u8 value)
{
	struct access a = { .at = (u8 *)addr, .value = value };

	return probe_run(do_write, &a);
}

struct fault probe_exec(u64 addr)
{
	struct access a = { .at = (u8 *)addr };

	return probe_run(do_exec, &a);
}

#define DROPPED_WITHIN	1000	/* milliseconds */

void expect_dropped(const char *file, int line, u64 addr, u8 value)
{
	struct fault f = probe_write(addr, value);
	int i;

	if (f.signo)
		test_fail(file, line, "the write got signal %d", f.signo);
	for (i = 0; i < DROPPED_WITHIN; i++) {
		f = probe_read(addr);
		if (f.signo || (f.value != 0xff && f.value != value)) {
			test_fail(file, line, "read signal %d, %#x after writing %#x", f.signo, f.value,
				  value);
			return;
		}
		if (f.value == 0xff)
			return;
		usleep(1000);
	}
	test_fail(file, line, "what was written is still there");
}
