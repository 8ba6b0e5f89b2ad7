/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that this process serves, by FUSE: one page of it is held back until the attack
 * says so, and whoever copies from a mapping of it waits that long.
 *
 * What waits for the file holds mmap_lock of its process, so that this one must neither map
 * nor fork meanwhile: served_attack() does what reads in another process. Nor may this one
 * have it open when it ends, for the kernel would ask the server, which is ending.
 */
#ifndef SERVED_H
#define SERVED_H

#include "attack.h"

#define SERVED_DIRECTORY	"/tmp/served"
#define SERVED_FILE		SERVED_DIRECTORY "/code"

struct served {
	int fd;			/* of /dev/fuse */
	const u8 *bytes;
	u64 held;		/* number of the page */
	_Atomic u64 size;	/* of the file; truncation changes it */
	_Atomic u64 unique;	/* of the request that waits, 0: none */
};

/*
 * Mounts it, in a mount namespace of its own, and serves it from a thread. bytes: of the
 * file, which stay.
 */
void served_mount(struct served *f, const u8 *bytes, u64 pages, u64 held);
/* The file as code, in the calling process; nothing of it is read yet. */
u8 *served_map(u64 pages);

/*
 * part(arg) is the attack, in a forked process, as attack_in_child(). Meanwhile: as soon as
 * the page that is held is asked for, director(arg) runs in this one; then it is given.
 */
void served_attack(struct served *f, void (*part)(void *arg), void (*director)(void *arg), void *arg);

#endif
