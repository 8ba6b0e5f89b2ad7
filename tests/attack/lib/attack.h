/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An attack: a program that tries to hold what it must not hold. It ends in one of
 * three ways:
 *
 *	stopped		it was refused, and the refusal on record names the rule that
 *			tests/attack/list names
 *	got through	it has proved that it holds it: bytes written and read back,
 *			code run
 *	could not try	anything else: the set-up failed, it was refused for another
 *			reason, it crashed. Always a failure.
 *
 * Every attack defines attack(). The set-up is written with scene.h, REQUIRE() and the
 * like, which end it as "could not try"; what is tried with the words below.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "inside.h"
#include "probe.h"
#include "scene.h"

void attack(void);

/*
 * A call that gives -1 with errno, or a negative errno, where it is refused. Goes on where
 * it succeeds. Where it fails the attack ends: stopped, if a refusal of this scene's
 * enclave is on record since.
 */
#define ATTEMPT(scene, call)							\
	(attempt_begin(scene), errno = 0, attempt_end(scene, #call, (long)(call)))

/* The same for what R18.1 says is not recorded, or what the kernel refuses by itself. */
#define ATTEMPT_UNRECORDED(call, want_errno)					\
	(errno = 0, attempt_unrecorded(#call, (long)(call), want_errno))

/* A leaf of ENCLU, asked of the enclave: stopped where it raises an exception or fails. */
#define ATTEMPT_LEAF(leaf_result)	attempt_leaf(#leaf_result, leaf_result)

/* From outside. They go on where they succeed; attempt_write() has read the value back. */
void attempt_read(struct scene *s, u64 addr);
void attempt_write(struct scene *s, u64 addr, u8 value);
/* Calls addr, where a RET is expected. */
void attempt_exec(struct scene *s, u64 addr);

/* The ends. proof: what it holds now, in words. */
_Noreturn void stopped(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void got_through(const char *proof, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void could_not_try(const char *why, ...) __attribute__((format(printf, 1, 2)));

/*
 * A part of the attack in a forked process. Its end is the attack's; where the function
 * returns, the caller goes on.
 */
void attack_in_child(void (*part)(void *arg), void *arg);

/* For races: is there time for another round? Then stopped_throughout(), or got_through(). */
bool time_left(void);
/* Stopped, as there is a refusal of the enclave on record, and no round got through. */
_Noreturn void stopped_throughout(struct scene *s, unsigned long rounds);

/*
 * Loads a policy for the attack, of which the list must say so. Whoever runs the attacks
 * unloads it: to exchange one for the next is quick, to load one is not.
 */
void attack_policy(const char *text);

/* Set in the environment of a program that an attack becomes by execve(), with these arguments. */
#define ATTACK_GOES_ON	"ATTACK_GOES_ON"
extern char **attack_arguments;

/* 0, or the negative errno of a call that gave -1: before errno is another call's. */
static inline long errno_of(long result)
{
	return -test_errno(result);
}

void attempt_begin(struct scene *s);
void attempt_end(struct scene *s, const char *what, long result);
void attempt_unrecorded(const char *what, long result, int want_errno);
void attempt_leaf(const char *what, struct leaf_result result);

#endif
