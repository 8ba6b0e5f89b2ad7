// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A debugger may write to a TCS of a DEBUG enclave, to set DBGOPTIN. Here it writes another
 * entry point. R17.1: of a TCS only FLAGS can be written. The hole is debug_tcs_field.
 */
#include <fcntl.h>

#include "forged.h"

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT | ATTR_DEBUG };
	u64 entry;
	struct forged f;
	struct exit x;
	int mem;
	u8 mark;

	forged_begin(&f, &params);
	forged_add_frame(&f);
	REQUIRE_OK(forged_add(&f, f.tcs, forged_tcs(&f, 0, FORGED_INNOCENT), AVOW_SECINFO_TCS, 0));
	forged_init(&f);
	entry = f.code + FORGED_EVIL;
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(mem >= 0);

	ATTEMPT(&f.s, pwrite(mem, &entry, sizeof(entry),
			     (off_t)scene_at(&f.s, f.tcs) + offsetof(struct avow_tcs, oentry)));
	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "entered where a debugger wrote into the TCS");
}
