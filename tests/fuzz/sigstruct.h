/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An input of sigstruct_fuzz: what INIT decides by. */
#ifndef AVOW_FUZZ_SIGSTRUCT_H
#define AVOW_FUZZ_SIGSTRUCT_H

#include "core.h"

struct sigstruct_input {
	struct avow_sigstruct sig;
	u64 attributes, xfrm;		/* of the SECS */
	u64 machine_attributes, machine_xfrm;
	u64 allowed;
	u32 miscselect, machine_miscselect;
	u8 mrenclave[32];
};

#endif
