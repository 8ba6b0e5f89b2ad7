/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A range of slots in which all is mixed that one call may meet. */
#ifndef MIXED_H
#define MIXED_H

#include "attack.h"

/*
 * The attack: one call of protect() that asks for R|X for pages of three intents in mappings of
 * their own, a hole that is mapped, and one that is not. Never returns.
 */
_Noreturn void attempt_mixed(int (*protect)(void *at, size_t length, int prot));

#endif
