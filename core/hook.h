/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* What the attach points are given, for those who answer them. */
#ifndef AVOW_HOOK_H
#define AVOW_HOOK_H

#include "avow_env.h"

/* security_enclave_init(): what SIGSTRUCT and measurement say the enclave is, both verified. */
struct enclave_identity {
	u8 mrenclave[32];
	u8 mrsigner[32];
	u64 attributes;
	u16 isvprodid;
	u16 isvsvn;
	bool code_measured;	/* every page whose intent has X is in MRENCLAVE */
};

#endif
