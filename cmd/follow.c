// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cmd.h"
#include "follow.h"
#include "log.skel.h"

struct follower {
	struct avow_log_bpf *bpf;
	struct ring_buffer *ring;
	unsigned long long told;	/* of what was lost */
	int (*each)(void *context, const struct avow_log_event *event);
	void *context;
};

/* libbpf's own words are of no use to whoever follows; an errno is told instead. */
static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* A record that is not as the program writes them is none. */
static int on_record(void *context, void *data, size_t size)
{
	struct follower *f = context;
	const struct avow_log_event *event = data;
	size_t before = offsetof(struct avow_log_event, path);

	if (size <= before || !memchr(event->path, '\0', size - before))
		return 0;
	return f->each(f->context, event);
}

static const char *hint(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return " (to follow takes root: CAP_BPF and CAP_PERFMON)";
	case ENOENT:
		return "; is avow.ko loaded?";
	default:
		return "";
	}
}

/* -1 and errno. */
static int start(struct follower *f)
{
	f->bpf = avow_log_bpf__open_and_load();
	if (!f->bpf)
		return -1;
	f->ring = ring_buffer__new(bpf_map__fd(f->bpf->maps.ring), on_record, f, NULL);
	if (!f->ring)
		return -1;
	return avow_log_bpf__attach(f->bpf) ? -1 : 0;
}

struct follower *follower_open(void)
{
	struct follower *f = calloc(1, sizeof(*f));

	libbpf_set_print(say_nothing);
	if (f && !start(f))
		return f;
	complain("log: cannot follow the tracepoint avow:avow_refusal: %s%s", strerror(errno), hint(errno));
	follower_close(f);
	return NULL;
}

void follower_close(struct follower *f)
{
	if (!f)
		return;
	ring_buffer__free(f->ring);
	avow_log_bpf__destroy(f->bpf);
	free(f);
}

void follower_stop(struct follower *f)
{
	avow_log_bpf__detach(f->bpf);
}

int follower_fd(const struct follower *f)
{
	return ring_buffer__epoll_fd(f->ring);
}

int follower_drain(struct follower *f, int (*each)(void *context, const struct avow_log_event *event),
		   void *context)
{
	int ret;

	f->each = each;
	f->context = context;
	ret = ring_buffer__consume(f->ring);
	return ret < 0 ? ret : 0;
}

/* The kernel skips a program that is active on the CPU already, and counts that. */
static unsigned long long skipped(const struct follower *f)
{
	struct bpf_prog_info info = { 0 };
	unsigned int size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(f->bpf->progs.avow_log), &info, &size))
		return 0;
	return info.recursion_misses;
}

unsigned long long follower_lost(struct follower *f)
{
	unsigned long long all = __atomic_load_n(&f->bpf->bss->lost, __ATOMIC_RELAXED) + skipped(f);
	unsigned long long news = all - f->told;

	f->told = all;
	return news;
}
