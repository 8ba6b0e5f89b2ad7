/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attack and who runs it (run/) agree on. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

/* How an attack ended: its exit status. */
#define STOPPED		0
#define GOT_THROUGH	1
#define COULD_NOT_TRY	2

/* Set in the environment of an attack that nothing is to stop: its races go on until they are won. */
#define ATTACK_MUST_SUCCEED	"ATTACK_MUST_SUCCEED"

#endif
