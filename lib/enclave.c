// SPDX-License-Identifier: LGPL-2.1-or-later
/* Building an enclave: CREATE, ADD_PAGES, INIT, mmap. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enclave.h"

int avow_enclave_open(struct avow_enclave *e, const char *device)
{
	memset(e, 0, sizeof(*e));
	e->fd = open(device ? device : AVOW_DEVICE, O_RDWR | O_CLOEXEC);
	return e->fd < 0 ? -errno : 0;
}

void avow_enclave_close(struct avow_enclave *e)
{
	if (e->reserved)
		munmap(e->reserved, e->size);
	if (e->fd >= 0)
		close(e->fd);
	EVP_MD_CTX_free(e->measure);
	memset(e, 0, sizeof(*e));
	e->fd = -1;
}

/* A range aligned to its size, which CREATE demands, kept free of anything else. */
static int reserve(struct avow_enclave *e)
{
	char *start, *aligned;
	u64 length = e->size * 2;

	if (length < e->size)
		return -EINVAL;
	start = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		return -errno;
	aligned = (char *)(((u64)start + e->size - 1) & ~(e->size - 1));
	if (aligned > start)
		munmap(start, aligned - start);
	if (aligned + e->size < start + length)
		munmap(aligned + e->size, start + length - (aligned + e->size));
	e->reserved = aligned;
	e->base = (u64)aligned;
	return 0;
}

int avow_enclave_prepare(struct avow_enclave *e, const struct avow_params *params)
{
	struct avow_secs *secs = &e->secs;
	int err;

	if (e->size)
		return -EINVAL;
	if (!params->size || (params->size & (params->size - 1)))
		return -EINVAL;
	e->size = params->size;
	e->base = params->base;
	if (!params->base) {
		err = reserve(e);
		if (err) {
			e->size = 0;
			return err;
		}
	}
	memset(secs, 0, sizeof(*secs));
	secs->size = e->size;
	secs->base = e->base;
	secs->ssa_frame_size = params->ssa_frame_size ? params->ssa_frame_size : 1;
	secs->miscselect = params->miscselect;
	secs->attributes = params->attributes ? params->attributes : ATTR_MODE64BIT | ATTR_DEBUG;
	secs->xfrm = params->xfrm ? params->xfrm : XFRM_X87_SSE;
	return avow_measure_begin(&e->measure, secs);
}

int avow_enclave_create(struct avow_enclave *e, const struct avow_params *params)
{
	struct sgx_enclave_create arg;
	int err;

	err = avow_enclave_prepare(e, params);
	if (err)
		return err;
	arg.src = (u64)&e->secs;
	return ioctl(e->fd, SGX_IOC_ENCLAVE_CREATE, &arg) ? -errno : 0;
}

static int measure_added(struct avow_enclave *e, const struct sgx_enclave_add_pages *arg,
			 u64 secinfo)
{
	const char *src = (const char *)arg->src;
	u64 done;
	int err;

	for (done = 0; done < arg->count; done += SGX_PAGE_SIZE) {
		err = avow_measure_page(e->measure, arg->offset + done, secinfo,
					arg->flags & SGX_PAGE_MEASURE ? src + done : NULL);
		if (err)
			return err;
	}
	return 0;
}

int avow_enclave_add(struct avow_enclave *e, const struct avow_pages *pages, u64 *count)
{
	struct avow_secinfo secinfo = { .flags = pages->secinfo };
	u64 done = 0;
	int err;

	if (!e->measure)
		return -EINVAL;
	do {
		struct sgx_enclave_add_pages arg = {
			.src = (u64)pages->src + done,
			.offset = pages->offset + done,
			.length = pages->length - done,
			.secinfo = (u64)&secinfo,
			.flags = pages->flags,
		};
		int measured;

		err = ioctl(e->fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg) ? -errno : 0;
		measured = measure_added(e, &arg, pages->secinfo);
		if (measured && !err)
			err = measured;
		if (!err && !arg.count)
			err = -EIO;	/* success without progress: not a driver to go on with */
		done += arg.count;
	} while (done < pages->length && (!err || err == -EINTR));
	if (count)
		*count = done;
	return err;
}

int avow_enclave_init(struct avow_enclave *e)
{
	struct sgx_enclave_init arg = { .sigstruct = (u64)&e->sig };

	return ioctl(e->fd, SGX_IOC_ENCLAVE_INIT, &arg) ? -errno : 0;
}

int avow_enclave_map(struct avow_enclave *e, u64 offset, u64 length, int prot)
{
	void *at = (void *)(e->base + offset);

	if (offset > e->size || length > e->size - offset)
		return -EINVAL;
	return mmap(at, length, prot, MAP_SHARED | MAP_FIXED, e->fd, 0) == MAP_FAILED ? -errno : 0;
}
