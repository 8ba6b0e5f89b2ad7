// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/* The mapping that a page's bytes are copied from: R5, R6, R7. */
#include "core.h"

avow_verdict avow_source_check(const struct avow_source_facts *src, u32 intent, bool strict)
{
	if (!src->contains)
		return AVOW_REFUSE(AVOW_RULE(5, 1), EFAULT);
	/* In the in-tree driver's order: noexec is seen before the bytes are asked for. */
	if (!strict && !src->mayexec && !AVOW_HOLE(source_mayexec))
		return AVOW_REFUSE(AVOW_RULE(6, 1), EACCES);
	if (!src->readable && !AVOW_HOLE(source_readable))
		return AVOW_REFUSE(AVOW_RULE(5, 2), EFAULT);
	if (src->special && !AVOW_HOLE(source_special))
		return AVOW_REFUSE(AVOW_RULE(5, 3), EFAULT);
	if (strict && (intent & AVOW_X) && !src->exec && !AVOW_HOLE(source_exec))
		return AVOW_REFUSE(AVOW_RULE(6, 2), EACCES);
	return AVOW_OK;
}

u32 avow_source_class(const struct avow_source_facts *src)
{
	if (!src->contains)
		return AVOW_SRC_NONE;
	if (src->special)
		return AVOW_SRC_OTHER;
	if (!src->file)
		return AVOW_SRC_ANON;
	/* Before shmem: a policy that trusts a tmpfs must not take a copy for its file. */
	if (src->written && !AVOW_HOLE(source_written))
		return AVOW_SRC_FILE_WRITTEN;
	if (src->shmem && !AVOW_HOLE(source_shmem))
		return AVOW_SRC_SHMEM;
	/* maywrite: it may be writable by the time that somebody looks. */
	if (src->shared && src->maywrite && !AVOW_HOLE(source_shared))
		return AVOW_SRC_FILE_SHARED_W;
	return src->exec ? AVOW_SRC_FILE_EXEC : AVOW_SRC_FILE_NOEXEC;
}
