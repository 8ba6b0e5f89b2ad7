/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What attacks on the judging of a source are made of: a policy that trusts one file, that
 * file, and bytes that are not its.
 */
#ifndef BORROWED_H
#define BORROWED_H

#include "attack.h"

#define BORROWED_FILE	"/tmp/trusted"
#define BORROWED_BYTE	0x5a	/* what the other bytes have at 1; source_byte(0, 1) is another */

/*
 * The file, with a page of source bytes, executable; code may come from there, mapped
 * executable and as it is, and from nowhere else. Opened for reading and writing.
 */
int borrowed_policy(void);
/* The same policy for another file, and for the test enclave's own, as all of them. */
void borrowed_trust(const char *path);
/* A page of code, with BORROWED_BYTE: anonymous, of these rights. */
u8 *borrowed_evil(int prot);

/* ADD_PAGES of one page with intent RX at s->play of a scene that it makes. */
int borrowed_add(struct scene *s, const void *src);
/*
 * The same for two pages in one call: a good one, and behind it what is at src + PAGE. Where
 * that is added it is what lies at s->play then, of a scene with two free pages.
 */
int borrowed_add_behind(struct scene *s, const void *src);
/* A mapping, before INIT: gets through if the page is there and is not the file's. */
_Noreturn void borrowed_read(struct scene *s, const char *proof);
/* INIT and a mapping to run it: gets through if it is the evil code that runs. */
_Noreturn void borrowed_run(struct scene *s, const char *proof);

#endif
