/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies in force, for cases about what they answer. */
#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include "command.h"
#include "scene.h"

#define POLICY_FILE	"/tmp/test.policy"

/* Writes the text and has avow policy load it; what it says is in *out, if that is wanted. */
int policy_try(struct output *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same; the case ends where it fails. Returns the policy's serial number. */
u32 policy_put(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* None any more, whether there was one or not. */
void policy_drop(void);
/*
 * Whether programs are attached to avow.ko's functions even if another module has functions
 * of the same names: so it is on Linux 6.12, and not on 6.1.
 */
bool kernel_tells_hooks_apart(void);

/* Would one page with intent R|X from here be added? To a new enclave; 0 or -1 and errno. */
int policy_load_page(const void *src, u32 intent);

/* One page of a file, of these rights. */
void *map_file(const char *path, int prot);
/* A new file with one page of source bytes. */
void make_file(const char *path);

/* A denial by a rule of the policy in force, and that its nearest neighbour is allowed. */
#define EXPECT_DENIED(call)	EXPECT_ERRNO(call, EACCES)

#endif
