/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* INIT of an enclave with a SIGSTRUCT that the attack has changed. */
#ifndef VICTIM_H
#define VICTIM_H

#include "attack.h"

/*
 * The test enclave with a page at s->play, of these attributes (0: the default), signed by
 * an honest signer in s->e.sig, not initialised.
 */
void victim_signed(struct scene *s, u64 attributes);
/* INIT; goes on where it succeeds. */
#define VICTIM_INIT(scene)	ATTEMPT(scene, avow_enclave_init(&(scene)->e))

#endif
