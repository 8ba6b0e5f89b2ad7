// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A seccomp filter stops a process in openat(), and who listens to the filter puts the
 * enclave's descriptor into it, as the call's result: a process that was never allowed to open
 * the device. There it maps a read-only page writable. R8.1: intent is the page's, whoever maps
 * it (mmap_intent); behind that R10.1 and R10.3 (access_intent, entry_intent).
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tricks.h"

#define NOT_THERE	"/not/there"

struct confined {
	struct scene s;
	struct turn ready;
	volatile int listener;	/* its number in the confined process */
};

static int confine(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	REQUIRE(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &program);
}

static void is_confined(void *arg)
{
	struct confined *c = arg;
	struct scene *s = &c->s;

	REQUIRE(!munmap((void *)s->e.base, s->e.size));
	REQUIRE(!close(s->e.fd));
	c->listener = confine();
	REQUIRE(c->listener >= 0);
	turn_give(&c->ready);
	s->e.fd = open(NOT_THERE, O_RDWR | O_CLOEXEC);
	REQUIRE(s->e.fd >= 0);

	ATTEMPT(s, raw_map(s, s->play, 1, PROT_READ | PROT_WRITE));
	attempt_write(s, scene_at(s, s->play) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}

/* Of the process that confines: answers the one call. */
static void *listens(void *arg)
{
	struct confined *c = arg;
	struct seccomp_notif asked = { 0 };
	struct seccomp_notif_addfd add = {
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (u32)c->s.e.fd,
		.newfd_flags = O_CLOEXEC,
	};
	char children[64], pids[32] = "";
	int process, listener;
	FILE *file;

	turn_wait(&c->ready);
	snprintf(children, sizeof(children), "/proc/self/task/%d/children", getpid());
	file = fopen(children, "re");
	REQUIRE(file && fgets(pids, sizeof(pids), file));
	fclose(file);
	process = (int)syscall(SYS_pidfd_open, atoi(pids), 0);
	listener = (int)syscall(SYS_pidfd_getfd, process, c->listener, 0);
	REQUIRE(process >= 0 && listener >= 0);
	REQUIRE(!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked));
	add.id = asked.id;
	REQUIRE(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0);
	return NULL;
}

void attack(void)
{
	struct confined *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;

	REQUIRE(c != MAP_FAILED);
	scene_ready(&c->s, 1, AVOW_R | AVOW_W, AVOW_R);
	turn_init(&c->ready);
	REQUIRE(!pthread_create(&thread, NULL, listens, c));
	attack_in_child(is_confined, c);
}
