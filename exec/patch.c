// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "patch.h"

#define SIZE	2

static const uint8_t cpuid[SIZE] = { 0x0f, 0xa2 }, ud2[SIZE] = { 0x0f, 0x0b };

/*
 * Meanwhile the page cannot be executed, so it may have neither this code nor what it
 * calls; that is why the library is linked with -z now: the loader's own text is patched,
 * too. mmap_lock makes each mprotect() one step for other threads.
 */
static bool write_text(uintptr_t address, int prot)
{
	uintptr_t mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1), page = address & mask;
	size_t size = ((address + SIZE - 1) & mask) - page + ~mask + 1;

	if (mprotect((void *)page, size, PROT_READ | PROT_WRITE))
		return false;
	memcpy((void *)address, ud2, SIZE);
	if (!mprotect((void *)page, size, prot))
		return true;
	/* Text that cannot be executed again is lost either way. */
	memcpy((void *)address, cpuid, SIZE);
	return false;
}

bool patch_cpuid(const struct mappings *mappings, uintptr_t address)
{
	const struct mapping *m = mapping_at(mappings, address);

	/* Both bytes in one mapping: that is how the module looks for them. */
	return m && m == mapping_at(mappings, address + SIZE - 1) && m->private && m->inode &&
	       (m->prot & PROT_READ) && (m->prot & PROT_EXEC) &&
	       !memcmp((void *)address, cpuid, SIZE) && write_text(address, m->prot);
}
