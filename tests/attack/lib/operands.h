/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An enclave with memory for the operands of EREPORT and EGETKEY (who.h). */
#ifndef OPERANDS_H
#define OPERANDS_H

#include "attack.h"
#include "who.h"

/* Of these attributes, signed for them, not initialised. */
void operands_signed(struct scene *s, u64 attributes);
/* Maps it, once it is initialised. */
void operands_map(struct scene *s);

#endif
