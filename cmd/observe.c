// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf_words.h"
#include "cmd.h"
#include "loader.h"
#include "observe.h"
#include "observe.skel.h"

struct observer {
	struct avow_observe_bpf *bpf;
	struct ring_buffer *ring;
	int (*each)(void *context, const struct avow_observed *observed);
	void *context;
};

static int on_observed(void *context, void *data, size_t size)
{
	struct observer *o = context;

	return size < sizeof(struct avow_observed) ? 0 : o->each(o->context, data);
}

/* Who we are, as the program that looks at forks can ask the kernel. -1 and errno. */
static int name_ourselves(struct observer *o)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st))
		return -1;
	/* As the kernel has a device, not as stat() packs it. */
	o->bpf->rodata->ns_dev = (u64)major(st.st_dev) << 20 | minor(st.st_dev);
	o->bpf->rodata->ns_ino = st.st_ino;
	o->bpf->rodata->ns_pid = (u32)getpid();
	return 0;
}

/* -1 and errno. */
static int begin(struct observer *o)
{
	int err = avow_hooks_aim();

	if (err) {
		errno = -err;
		return -1;
	}
	o->bpf = avow_observe_bpf__open();
	if (!o->bpf || name_ourselves(o) || avow_observe_bpf__load(o->bpf))
		return -1;
	o->ring = ring_buffer__new(bpf_map__fd(o->bpf->maps.ring), on_observed, o, NULL);
	if (!o->ring)
		return -1;
	return avow_observe_bpf__attach(o->bpf) ? -1 : 0;
}

struct observer *observer_open(void)
{
	struct observer *o = calloc(1, sizeof(*o));

	avow_bpf_listen();
	if (o && !begin(o)) {
		avow_hooks_release();
		return o;
	}
	complain("policy learn: cannot observe the module's hooks: %s%s%s", strerror(errno), bpf_hint(errno),
		 avow_bpf_said());
	avow_hooks_release();
	observer_close(o);
	return NULL;
}

void observer_close(struct observer *o)
{
	if (!o)
		return;
	ring_buffer__free(o->ring);
	avow_observe_bpf__destroy(o->bpf);
	free(o);
}

void observer_stop(struct observer *o)
{
	avow_observe_bpf__detach(o->bpf);
}

int observer_fd(const struct observer *o)
{
	return ring_buffer__epoll_fd(o->ring);
}

int observer_drain(struct observer *o, int (*each)(void *context, const struct avow_observed *observed),
		   void *context)
{
	int ret;

	o->each = each;
	o->context = context;
	ret = ring_buffer__consume(o->ring);
	return ret < 0 ? ret : 0;
}

unsigned long long observer_seen(const struct observer *o)
{
	return __atomic_load_n(&o->bpf->bss->seen, __ATOMIC_RELAXED);
}

unsigned long long observer_lost(const struct observer *o)
{
	unsigned long long lost = __atomic_load_n(&o->bpf->bss->lost, __ATOMIC_RELAXED);
	struct bpf_program *program;

	bpf_object__for_each_program(program, o->bpf->obj)
		lost += bpf_skipped(bpf_program__fd(program));
	return lost;
}

char *observed_path(const struct avow_observed_path *observed)
{
	size_t size = observed->size < sizeof(observed->names) ? observed->size : sizeof(observed->names);
	char *path = calloc(1, size + 2), *at;
	size_t i, length;

	if (!path)
		return NULL;
	/* Names are innermost first: from the end of the path to its beginning. */
	at = path + size + 1;
	for (i = 0; i < size; i += length + 1) {
		length = strnlen(observed->names + i, size - i);
		at -= length;
		memcpy(at, observed->names + i, length);
		*--at = '/';
	}
	memmove(path, at, strlen(at) + 1);
	return path;
}
