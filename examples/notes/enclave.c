// SPDX-License-Identifier: LGPL-2.1-or-later
/* Seals notes, so that only this enclave of this signer can unseal them, whoever has the file. */
#include <avow_enclave.h>

#include "notes.h"

_Static_assert(SEALED_MAX == TEXT_MAX + AVOW_SEAL_BYTES, "notes.h");

static long seal(void *arg)
{
	struct note *n = arg;

	if (n->bytes > TEXT_MAX)
		return -1;
	return avow_seal(AVOW_SEAL_ENCLAVE | AVOW_SEAL_SIGNER, n->title, sizeof(n->title), n->text, n->bytes, n->sealed);
}

/* The text is in here only after it was found to be what was sealed, with this title. */
static long unseal(void *arg)
{
	struct note *n = arg;

	if (n->bytes > TEXT_MAX)
		return -1;
	return avow_unseal(n->title, sizeof(n->title), n->sealed, n->bytes + AVOW_SEAL_BYTES, n->text);
}

AVOW_ECALLS(
	[ECALL_SEAL] = AVOW_ECALL(seal, struct note),
	[ECALL_UNSEAL] = AVOW_ECALL(unseal, struct note),
);
