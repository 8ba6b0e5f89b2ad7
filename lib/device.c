// SPDX-License-Identifier: LGPL-2.1-or-later
/* Avow's own ioctls as functions. */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "enclave.h"

int avow_info(int fd, struct avow_info *info)
{
	return ioctl(fd, AVOW_IOC_INFO, info) ? -errno : 0;
}

int avow_set_contract(int fd, enum avow_contract_id contract)
{
	struct avow_contract arg = { .contract = contract };

	return ioctl(fd, AVOW_IOC_SET_CONTRACT, &arg) ? -errno : 0;
}

int avow_declare_dynamic(int fd, u64 offset, u64 length, u32 intent)
{
	struct avow_declare_dynamic arg = {
		.offset = offset,
		.length = length,
		.intent = intent,
	};

	return ioctl(fd, AVOW_IOC_DECLARE_DYNAMIC, &arg) ? -errno : 0;
}

int avow_lower_intent(int fd, u64 offset, u64 length, u32 intent)
{
	struct avow_lower_intent arg = {
		.offset = offset,
		.length = length,
		.intent = intent,
	};

	return ioctl(fd, AVOW_IOC_LOWER_INTENT, &arg) ? -errno : 0;
}

int avow_list_runs(int fd, u64 offset, u64 length, struct avow_run **runs, size_t *nr)
{
	struct avow_list arg = { .offset = offset, .length = length };
	struct avow_run *all = NULL, *bigger;
	size_t used = 0;
	int err;

	*runs = NULL;
	*nr = 0;
	do {
		bigger = reallocarray(all, used + 64, sizeof(*all));
		if (!bigger) {
			free(all);
			return -ENOMEM;
		}
		all = bigger;
		arg.runs = (u64)(all + used);
		arg.nr = 64;
		if (ioctl(fd, AVOW_IOC_LIST, &arg)) {
			err = -errno;
			free(all);
			return err;
		}
		used += arg.nr;
	} while (arg.length);
	*runs = all;
	*nr = used;
	return 0;
}

int avow_read_refusals(int fd, u64 *seq, struct avow_refusal *refusals, u32 nr, u64 *lost)
{
	struct avow_refusals arg = { .refusals = (u64)refusals, .nr = nr, .seq = *seq };

	if (ioctl(fd, AVOW_IOC_REFUSALS, &arg))
		return -errno;
	*seq = arg.seq;
	if (lost)
		*lost = arg.lost;
	return (int)arg.nr;
}

int avow_source_path(int fd, u32 id, char **path, struct avow_source *source)
{
	struct avow_source arg = { .id = id };
	u32 size = 256;
	int err;

	*path = NULL;
	for (;;) {
		free(*path);
		*path = malloc(size);
		if (!*path)
			return -ENOMEM;
		arg.path = (u64)*path;
		arg.path_size = size;
		if (ioctl(fd, AVOW_IOC_SOURCE, &arg)) {
			err = -errno;
			free(*path);
			*path = NULL;
			return err;
		}
		if (arg.path_size <= size)
			break;
		size = arg.path_size;
	}
	if (source)
		*source = arg;
	return 0;
}
