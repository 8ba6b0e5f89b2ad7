// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages at run time: R24, R25, R26. */
#include <string.h>
#include <sys/ioctl.h>

#include "enclave.h"
#include "message.h"

/* What one call did. */
struct step {
	u64 count, result;
};

typedef int change_fn(int fd, u64 offset, u64 length, u32 what, struct step *step);

static int restrict_pages(int fd, u64 offset, u64 length, u32 rwx, struct step *step)
{
	struct sgx_enclave_restrict_permissions arg = {
		.offset = offset,
		.length = length,
		.permissions = rwx,
	};
	int err = ioctl(fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg) ? -errno : 0;

	*step = (struct step){ arg.count, arg.result };
	return err;
}

static int modify_pages(int fd, u64 offset, u64 length, u32 type, struct step *step)
{
	struct sgx_enclave_modify_types arg = {
		.offset = offset,
		.length = length,
		.page_type = type,
	};
	int err = ioctl(fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg) ? -errno : 0;

	*step = (struct step){ arg.count, arg.result };
	return err;
}

static int remove_pages(int fd, u64 offset, u64 length, u32 unused, struct step *step)
{
	struct sgx_enclave_remove_pages arg = { .offset = offset, .length = length };
	int err = ioctl(fd, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg) ? -errno : 0;

	(void)unused;
	*step = (struct step){ arg.count, 0 };
	return err;
}

static int say(const char *name, u64 offset, int err, u64 result)
{
	if (result)
		return avow_fail(err, "%s at offset 0x%llx: %s (SGX code %llu)", name, offset, strerror(-err), result);
	return avow_fail(err, "%s at offset 0x%llx: %s", name, offset, strerror(-err));
}

/* Until all is done: a driver may stop halfway for a signal, or to let others run. */
static int change(const struct avow_enclave *e, change_fn *fn, const char *name, u64 offset, u64 length, u32 what,
		  u64 *count)
{
	struct step step = { 0 };
	u64 done = 0;
	int err;

	if (count)
		*count = 0;
	err = avow_enclave_online(e, name);
	if (err)
		return err;
	do {
		err = fn(e->fd, offset + done, length - done, what, &step);
		done += step.count;
	} while (done < length && step.count && (!err || err == -EINTR || err == -EAGAIN));
	if (!err && done < length)
		err = -EIO;	/* success without progress */
	if (count)
		*count = done;
	return err ? say(name, offset + done, err, step.result) : 0;
}

int avow_enclave_restrict(struct avow_enclave *e, u64 offset, u64 length, u32 rwx, u64 *count)
{
	return change(e, restrict_pages, "RESTRICT_PERMISSIONS", offset, length, rwx, count);
}

int avow_enclave_modify_types(struct avow_enclave *e, u64 offset, u64 length, u32 type, u64 *count)
{
	return change(e, modify_pages, "MODIFY_TYPES", offset, length, type, count);
}

int avow_enclave_remove(struct avow_enclave *e, u64 offset, u64 length, u64 *count)
{
	return change(e, remove_pages, "REMOVE_PAGES", offset, length, 0, count);
}
