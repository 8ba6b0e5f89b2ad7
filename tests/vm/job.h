/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The job: a directory of small files in the initramfs by which the host
 * tells init what to do. Lists have one NUL after each item.
 */
#ifndef AVOW_VM_JOB_H
#define AVOW_VM_JOB_H

#define JOB_DIR		"/job"
#define JOB_MODE	JOB_DIR "/mode"		/* suite, run or shell */
#define JOB_LOAD	JOB_DIR "/load"		/* list: kernel modules, in order */
#define JOB_PARAMS	JOB_DIR "/params"	/* avow.ko's parameters, one line */
#define JOB_SHARES	JOB_DIR "/shares"	/* list: 9p tag, directory, ... */
#define JOB_ROOT	JOB_DIR "/root"		/* 9p tag of the root that programs see */
#define JOB_BOOT	JOB_DIR "/boot"		/* there: that root has an init */
#define JOB_ARGV	JOB_DIR "/argv"		/* list: file to execute, argv[0], ... */
#define JOB_ENV		JOB_DIR "/env"		/* list: NAME=VALUE; of tests: only what is added */
#define JOB_CWD		JOB_DIR "/cwd"
#define JOB_BY		JOB_DIR "/by"		/* list: what tests are run by, or empty */
#define JOB_DETECT	JOB_DIR "/detect"	/* there: look for leaks, and that lockdep is on */
#define JOB_CHECKS	JOB_DIR "/checks"	/* there: look at what the program to run leaves behind */
#define JOB_TESTS	JOB_DIR "/tests"	/* list: name, program, seconds, ... */

#define GUEST_MODULE	"/lib/avow.ko"
#define GUEST_TESTS	"/tests"
#define GUEST_DATA	"/tests/data"

/* Written to the isa-debug-exit port; QEMU exits with (value << 1) | 1. */
#define EXIT_PORT	0xf4
#define EXIT_VALUE_GOOD	0x10
#define EXIT_VALUE_BAD	0x11
#define EXIT_VALUE_LOST	0x12			/* init itself could not go on */
#define EXIT_CODE(value) (((value) << 1) | 1)

#endif
