// SPDX-License-Identifier: LGPL-2.1-or-later
#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <avow.h>

#include "answer.h"
#include "patch.h"
#include "probe.h"

#define DEVICE		"/dev/sgx_enclave"
#define LEAF_FEATURES	7
#define EBX_SGX		(1u << 2)

static volatile sig_atomic_t trapped;

/* The probe's CPUID got no answer: go on behind it. Any other trap comes again, and kills. */
static void on_trap(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)info;
	if (registers[REG_RIP] != (greg_t)avow_probe_cpuid) {
		signal(number, SIG_DFL);
		return;
	}
	trapped = 1;
	registers[REG_RIP] += sizeof(avow_probe_cpuid);
}

/* Executes the probe; did it see SGX? */
static bool probe_answers(void)
{
	const struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
	struct sigaction ill, segv;
	struct cpuid result = { 0 };
	sigset_t traps, mask;

	sigemptyset(&traps);
	sigaddset(&traps, SIGILL);
	sigaddset(&traps, SIGSEGV);
	trapped = 0;
	sigaction(SIGILL, &action, &ill);
	sigaction(SIGSEGV, &action, &segv);
	/* A trap whose signal is blocked kills. */
	sigprocmask(SIG_UNBLOCK, &traps, &mask);
	avow_probe(LEAF_FEATURES, 0, &result);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGILL, &ill, NULL);
	return !trapped && (result.ebx & EBX_SGX);
}

/* CPUs with CPUID faulting, and kernels that let a task ask for it. */
static bool try_faulting(void)
{
	if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0))
		return false;
	if (probe_answers())
		return true;
	syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
	return false;
}

static enum answer try_out(const char **why)
{
	static struct mappings mappings;

	if (try_faulting())
		return ANSWER_FAULTING;
	if (!mappings_of(&mappings, (uintptr_t)avow_probe_cpuid)) {
		*why = "/proc/self/maps cannot be read";
		return ANSWER_NONE;
	}
	if (!patch_cpuid(&mappings, (uintptr_t)avow_probe_cpuid)) {
		*why = "this process may not change its text";
		return ANSWER_NONE;
	}
	if (probe_answers())
		return ANSWER_UD2;
	*why = "the module says that it answers CPUID, but does not";
	return ANSWER_NONE;
}

static const char *device_problem(int fd)
{
	struct avow_info info;

	if (ioctl(fd, AVOW_IOC_INFO, &info))
		return errno == ENOTTY ? DEVICE " is the kernel's own SGX driver, not Avow" : strerror(errno);
	if (!(info.features & AVOW_FEATURE_CPUID))
		return "this version of the module does not answer CPUID";
	return NULL;
}

enum answer answer_begin(const char **why)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC), error = errno;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	enum answer answer = ANSWER_NONE;
	void *pin;

	if (fd < 0) {
		*why = error == ENOENT ? DEVICE " does not exist; is avow.ko loaded?" : strerror(error);
		return ANSWER_NONE;
	}
	*why = device_problem(fd);
	/* A mapping holds the module, and is in nobody's way as a descriptor would be. */
	pin = *why ? MAP_FAILED : mmap(NULL, size, PROT_NONE, MAP_SHARED, fd, 0);
	if (pin != MAP_FAILED) {
		answer = try_out(why);
		if (answer == ANSWER_NONE)
			munmap(pin, size);
	} else if (!*why) {
		*why = strerror(errno);
	}
	close(fd);
	return answer;
}
