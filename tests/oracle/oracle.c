// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls the selftests' code as it is. It opens the device for nothing but to see that it is there and
 * can be mapped, so a file in memory is that device; linked with -Wl,--wrap=open and --wrap=stat.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "defines.h"
#include "main.h"
#include "oracle.h"

#define DEVICE	"/dev/sgx_enclave"

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);

int __wrap_open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int fd;

	if (!strcmp(path, DEVICE)) {
		fd = memfd_create("device", 0);
		return fd < 0 || ftruncate(fd, 4096) ? -1 : fd;
	}
	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return __real_open(path, flags, mode);
}

int __wrap_stat(const char *path, struct stat *st)
{
	return __real_stat(strcmp(path, DEVICE) ? path : "/dev/null", st);
}

static bool measure(struct oracle *o, struct encl *encl)
{
	if (!encl_measure(encl))
		return false;
	_Static_assert(sizeof(encl->sigstruct) == ORACLE_SIGSTRUCT, "SIGSTRUCT");
	memcpy(o->sigstruct, &encl->sigstruct, sizeof(o->sigstruct));
	return true;
}

bool oracle_of_file(struct oracle *o, const char *path, size_t heap)
{
	struct encl *encl = calloc(1, sizeof(*encl));
	unsigned int i;

	*o = (struct oracle){ .encl = encl };
	if (!encl || !encl_load(path, encl, heap) || encl->nr_segments > ORACLE_SEGMENTS)
		return false;
	for (i = 0; i < encl->nr_segments; i++) {
		const struct encl_segment *s = &encl->segment_tbl[i];

		o->segments[o->nr++] = (struct oracle_segment){ s->src, (uint64_t)s->offset, s->size, s->flags, s->measure };
	}
	o->size = encl->encl_size;
	return measure(o, encl);
}

bool oracle_of_list(struct oracle *o)
{
	struct encl_segment table[ORACLE_SEGMENTS];
	struct encl encl = { .segment_tbl = table, .nr_segments = o->nr };
	unsigned int i;

	for (i = 0; i < o->nr; i++) {
		const struct oracle_segment *s = &o->segments[i];

		table[i] = (struct encl_segment){
			.src = (void *)s->src, .offset = (off_t)s->offset, .size = s->size, .flags = s->flags, .measure = s->measure,
		};
		if (encl.src_size < s->offset + s->size)
			encl.src_size = s->offset + s->size;
	}
	for (o->size = 4096; o->size < encl.src_size; )
		o->size *= 2;
	return measure(o, &encl);
}

void oracle_free(struct oracle *o)
{
	if (o->encl)
		encl_delete(o->encl);
	free(o->encl);
}
