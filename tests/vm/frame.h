/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host and the guest say to each other while a program runs in the
 * virtual machine: frames over the virtio port FRAME_PORT, either way.
 */
#ifndef AVOW_VM_FRAME_H
#define AVOW_VM_FRAME_H

#include <stdint.h>

#define FRAME_PORT	"org.avow.link"
#define FRAME_MAX	65536	/* longest payload */

enum frame_type {
	/* host to guest */
	FRAME_STDIN = 1,	/* bytes; an empty one is the end of file */
	FRAME_WINDOW,		/* struct frame_window: the terminal's size */
	FRAME_BYE,		/* the exit status has arrived: power off */
	/* guest to host */
	FRAME_READY = 16,	/* everything is set up, the program starts */
	FRAME_STDOUT,		/* bytes */
	FRAME_STDERR,		/* bytes */
	FRAME_EXIT,		/* uint32_t: exit status, 128+N for signal N */
	FRAME_FAILED,		/* text: why the program could not be run */
};

/* Little endian, as both sides are x86-64. */
struct frame_header {
	uint32_t type;
	uint32_t length;
};

struct frame_window {
	uint16_t rows;
	uint16_t columns;
};

#endif
