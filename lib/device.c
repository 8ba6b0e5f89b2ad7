// SPDX-License-Identifier: LGPL-2.1-or-later
/* Avow's own ioctls as functions. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "core.h"
#include "message.h"

static int ask(int fd, unsigned long request, const char *name, void *arg)
{
	if (!ioctl(fd, request, arg))
		return 0;
	return avow_fail(-errno, "%s: %s", name, errno == ENOTTY ? "the device is not Avow's" : strerror(errno));
}

int avow_get_info(int fd, struct avow_info *info)
{
	return ask(fd, AVOW_IOC_INFO, "AVOW_IOC_INFO", info);
}

int avow_set_contract(int fd, enum avow_contract_id contract)
{
	struct avow_contract arg = { .contract = contract };

	return ask(fd, AVOW_IOC_SET_CONTRACT, "AVOW_IOC_SET_CONTRACT", &arg);
}

int avow_declare_range(int fd, u64 offset, u64 length, u32 intent)
{
	struct avow_declare_dynamic arg = {
		.offset = offset,
		.length = length,
		.intent = intent,
	};

	return ask(fd, AVOW_IOC_DECLARE_DYNAMIC, "AVOW_IOC_DECLARE_DYNAMIC", &arg);
}

int avow_lower_range(int fd, u64 offset, u64 length, u32 intent)
{
	struct avow_lower_intent arg = {
		.offset = offset,
		.length = length,
		.intent = intent,
	};

	return ask(fd, AVOW_IOC_LOWER_INTENT, "AVOW_IOC_LOWER_INTENT", &arg);
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
			return avow_no_memory();
		}
		all = bigger;
		arg.runs = (u64)(all + used);
		arg.nr = 64;
		err = ask(fd, AVOW_IOC_LIST, "AVOW_IOC_LIST", &arg);
		if (err) {
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
	int err = ask(fd, AVOW_IOC_REFUSALS, "AVOW_IOC_REFUSALS", &arg);

	if (err)
		return err;
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
			return avow_no_memory();
		arg.path = (u64)*path;
		arg.path_size = size;
		err = ask(fd, AVOW_IOC_SOURCE, "AVOW_IOC_SOURCE", &arg);
		if (err) {
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
