// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "served.h"

#define NODE		2	/* of the file; the directory is FUSE_ROOT_ID */
#define FOR_EVER	100000

union answer {
	struct fuse_init_out init;
	struct fuse_entry_out entry;
	struct fuse_attr_out attr;
	struct fuse_open_out open;
	struct fuse_statfs_out statfs;
};

static void reply(struct served *f, u64 unique, int error, const void *data, size_t size)
{
	struct fuse_out_header header = {
		.len = (u32)(sizeof(header) + size),
		.error = -error,
		.unique = unique,
	};
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = (void *)data, .iov_len = size },
	};

	/* ENOENT: who asked is gone. */
	if (writev(f->fd, parts, 2) < 0)
		REQUIRE(errno == ENOENT);
}

static struct fuse_attr attr_of(struct served *f, u64 node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = PAGE };

	attr.mode = node == NODE ? S_IFREG | 0755 : S_IFDIR | 0755;
	attr.size = node == NODE ? f->size : 0;
	return attr;
}

static void reply_attr(struct served *f, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = FOR_EVER, .attr = attr_of(f, in->nodeid) };

	reply(f, in->unique, 0, &out, sizeof(out));
}

static void reply_lookup(struct served *f, const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = {
		.nodeid = NODE,
		.entry_valid = FOR_EVER,
		.attr_valid = FOR_EVER,
		.attr = attr_of(f, NODE),
	};
	bool known = !strcmp(name, strrchr(SERVED_FILE, '/') + 1);

	reply(f, in->unique, known ? 0 : ENOENT, &out, known ? sizeof(out) : 0);
}

/* Without readahead, so that each page is asked for when it is touched. */
static void reply_init(struct served *f, const struct fuse_in_header *in)
{
	static const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = PAGE,
	};

	reply(f, in->unique, 0, &out, sizeof(out));
}

static void reply_read(struct served *f, u64 unique, u64 page)
{
	bool there = page * PAGE < f->size;

	reply(f, unique, 0, f->bytes + page * PAGE, there ? PAGE : 0);
}

static void read_page(struct served *f, const struct fuse_in_header *in,
		      const struct fuse_read_in *arg)
{
	static bool was_held;

	if (arg->offset / PAGE != f->held || was_held) {
		reply_read(f, in->unique, arg->offset / PAGE);
		return;
	}
	was_held = true;
	f->unique = in->unique;
}

static void set_attr(struct served *f, const struct fuse_in_header *in,
		     const struct fuse_setattr_in *arg)
{
	if (arg->valid & FATTR_SIZE)
		f->size = arg->size;
	reply_attr(f, in);
}

static void handle(struct served *f, const struct fuse_in_header *in, const void *arg)
{
	static const struct fuse_open_out opened = { .fh = 1 };
	static const struct fuse_statfs_out statfs = { .st.bsize = PAGE };

	switch (in->opcode) {
	case FUSE_INIT:
		reply_init(f, in);
		break;
	case FUSE_LOOKUP:
		reply_lookup(f, in, arg);
		break;
	case FUSE_GETATTR:
		reply_attr(f, in);
		break;
	case FUSE_SETATTR:
		set_attr(f, in, arg);
		break;
	case FUSE_OPEN:
		reply(f, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		read_page(f, in, arg);
		break;
	case FUSE_STATFS:
		reply(f, in->unique, 0, &statfs, sizeof(statfs));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		reply(f, in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(f, in->unique, ENOSYS, NULL, 0);
	}
}

static void *serves(void *arg)
{
	static u8 buffer[FUSE_MIN_READ_BUFFER + PAGE] __attribute__((aligned(8)));
	struct served *f = arg;
	ssize_t n;

	for (;;) {
		n = read(f->fd, buffer, sizeof(buffer));
		if (n < 0 && errno == ENODEV)
			return NULL;
		if (n < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		REQUIRE(n >= (ssize_t)sizeof(struct fuse_in_header));
		handle(f, (const void *)buffer, buffer + sizeof(struct fuse_in_header));
	}
}

void served_mount(struct served *f, const u8 *bytes, u64 pages, u64 held)
{
	pthread_t thread;
	char options[64];

	f->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	REQUIRE(f->fd >= 0);
	f->bytes = bytes;
	f->held = held;
	f->size = pages * PAGE;
	f->unique = 0;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", f->fd);
	mkdir(SERVED_DIRECTORY, 0755);
	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(!mount("served", SERVED_DIRECTORY, "fuse", 0, options));
	REQUIRE(!pthread_create(&thread, NULL, serves, f));
}

u8 *served_map(u64 pages)
{
	int fd = open(SERVED_FILE, O_RDONLY | O_CLOEXEC);
	u8 *src;

	REQUIRE(fd >= 0);
	src = mmap(NULL, pages * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	close(fd);
	return src;
}

struct direction {
	struct served *f;
	void (*part)(void *arg), (*director)(void *arg);
	void *arg;
};

static void *directs(void *arg)
{
	struct direction *d = arg;
	u64 unique;

	while (!(unique = d->f->unique))
		usleep(1000);
	d->director(d->arg);
	reply_read(d->f, unique, d->f->held);
	return NULL;
}

/* Should this process die, the kernel answers whoever waits: but only if nobody else has the descriptor. */
static void attacks(void *arg)
{
	struct direction *d = arg;

	close(d->f->fd);
	d->part(d->arg);
}

void served_attack(struct served *f, void (*part)(void *arg), void (*director)(void *arg), void *arg)
{
	struct direction d = { .f = f, .part = part, .director = director, .arg = arg };
	pthread_t thread;

	REQUIRE(!pthread_create(&thread, NULL, directs, &d));
	attack_in_child(attacks, &d);
	could_not_try("the attack has no end");
}
