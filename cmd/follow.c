// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "bpf_words.h"
#include "cmd.h"
#include "follow.h"
#include "loader.h"
#include "log.skel.h"

struct follower {
	struct avow_log_bpf *bpf;
	struct ring_buffer *ring;
	unsigned long long told;	/* of what was lost */
	int (*each)(void *context, const struct avow_log_event *event);
	void *context;
};

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

	avow_bpf_listen();
	if (f && !start(f))
		return f;
	complain("log: cannot follow the tracepoint avow:avow_refusal: %s%s%s", strerror(errno), bpf_hint(errno),
		 avow_bpf_said());
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

unsigned long long follower_lost(struct follower *f)
{
	unsigned long long all = __atomic_load_n(&f->bpf->bss->lost, __ATOMIC_RELAXED) +
				 bpf_skipped(bpf_program__fd(f->bpf->progs.avow_log));
	unsigned long long news = all - f->told;

	f->told = all;
	return news;
}
