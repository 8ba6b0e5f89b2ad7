// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Every advice that there is, by madvise() and process_madvise(), for a page that was mapped
 * writable before its intent was lowered: some make entries, some throw pages away, some have
 * others made of them. R10.1: whatever the kernel makes of them, the page is not written to,
 * and keeps its contents. The kernel leaves mappings of page numbers alone; a memory file has its
 * page thrown away by the same calls.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tricks.h"

#define ADVICE_END	128

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

/* How often it was taken. */
static int advise(int self, u64 at, int advice)
{
	const struct iovec range = { .iov_base = (void *)at, .iov_len = PAGE };

	if (advice == MADV_HWPOISON || advice == MADV_SOFT_OFFLINE)
		return 0;	/* a fault of memory, which root may inject */
	return !madvise((void *)at, PAGE, advice) +
	       (syscall(SYS_process_madvise, self, &range, 1, advice, 0) == PAGE);
}

static void try_on_memory_file(int self)
{
	int advice, taken = 0, lost = 0, memory;
	u64 at = (u64)memory_file_page(&memory);
	struct fault f;

	for (advice = 0; advice < ADVICE_END; advice++) {
		probe_write(at + 16, 0x11);
		taken += advise(self, at, advice);
		f = probe_read(at + 16);
		lost += f.signo || f.value != 0x11;
	}
	if (taken < 10 || !lost)
		could_not_try("of a memory file %d advices were taken, %d threw it away", taken,
			      lost);
}

void attack(void)
{
	int advice, self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct scene s;
	u64 at;

	REQUIRE(self >= 0);
	try_on_memory_file(self);
	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	REQUIRE(!probe_write(at + 16, 0x11).signo);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	for (advice = 0; advice < ADVICE_END; advice++) {
		advise(self, at, advice);
		if (!probe_write(at + 16, 0x5a).signo)
			got_through("wrote to a page whose intent was lowered to R, by advice %d",
				    advice);
	}
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	REQUIRE(probe_read(at + 16).value == 0x11);
	stopped("%d advices", advice);
}
