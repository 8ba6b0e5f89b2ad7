// SPDX-License-Identifier: LGPL-2.1-or-later
/* What this process may do: limits, and filters of system calls. What it starts inherits them. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kcmp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor.h"

#define NOT_DONE	(-1)

static int probe_getfd(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	return pidfd < 0 || syscall(SYS_pidfd_getfd, pidfd, pidfd, 0) < 0 ? errno : 0;
}

static int probe_kcmp(void)
{
	pid_t self = getpid();

	return syscall(SYS_kcmp, self, self, KCMP_VM, 0, 0) < 0 ? errno : 0;
}

/* As a loader does that copies code and makes it executable then. */
static int probe_exec(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err;

	if (at == MAP_FAILED)
		return errno;
	err = mprotect(at, page, PROT_READ | PROT_EXEC) ? errno : 0;
	munmap(at, page);
	return err;
}

/* In a child: what a filter does may be to kill. */
static void run_probes(struct process_facts *p)
{
	static int (*const probes[NR_PROBES])(void) = {
		[PROBE_GETFD] = probe_getfd,
		[PROBE_KCMP] = probe_kcmp,
		[PROBE_EXEC] = probe_exec,
	};
	int *results = mmap(NULL, sizeof(p->probes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, status = 0;
	pid_t child;

	if (results == MAP_FAILED)
		return;
	for (i = 0; i < NR_PROBES; i++)
		results[i] = NOT_DONE;
	child = fork();
	if (!child) {
		for (i = 0; i < NR_PROBES; i++)
			results[i] = probes[i]();
		_exit(0);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	for (i = 0; i < NR_PROBES; i++) {
		if (child > 0 && results[i] == NOT_DONE && !p->killed && WIFSIGNALED(status)) {
			p->killed = WTERMSIG(status);
			p->killer = (enum probe)i;
		}
		p->probes[i] = results[i] == NOT_DONE ? 0 : results[i];
	}
	munmap(results, sizeof(p->probes));
}

static long seccomp_mode(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	long mode = UNKNOWN;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Seccomp: %ld", &mode);
	if (file)
		fclose(file);
	return mode;
}

static unsigned long long limit(__rlimit_resource_t resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return ULLONG_MAX;
	return limit.rlim_cur;
}

void look_at_process(struct process_facts *p)
{
	const struct passwd *user = getpwuid(geteuid());

	memset(p, 0, sizeof(*p));
	p->root = !geteuid();
	snprintf(p->user, sizeof(p->user), "%s", user ? user->pw_name : "USER");
	p->seccomp = seccomp_mode();
	p->ptrace_scope = number_in("/proc/sys/kernel/yama/ptrace_scope");
	p->max_map_count = number_in("/proc/sys/vm/max_map_count");
	p->limit_as = limit(RLIMIT_AS);
	p->limit_files = limit(RLIMIT_NOFILE);
	run_probes(p);
	look_at_memory(p);
}
