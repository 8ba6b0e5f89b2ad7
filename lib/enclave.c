// SPDX-License-Identifier: LGPL-2.1-or-later
/* Building an enclave: CREATE, ADD_PAGES, INIT, mmap. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enclave.h"
#include "message.h"
#include "rights.h"

int avow_enclave_open(struct avow_enclave *e, const char *device)
{
	memset(e, 0, sizeof(*e));
	device = device ? device : AVOW_DEVICE;
	e->fd = open(device, O_RDWR | O_CLOEXEC);
	return e->fd < 0 ? avow_fail(-errno, "%s: %s", device, strerror(errno)) : 0;
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

int avow_enclave_online(const struct avow_enclave *e, const char *what)
{
	return e->offline ? avow_fail(-ENODEV, "%s: this enclave has no device", what) : 0;
}

/* A range aligned to its size, which CREATE demands, kept free of anything else. */
static int reserve(struct avow_enclave *e)
{
	char *start, *aligned;
	u64 length = e->size * 2;

	if (length < e->size)
		return avow_fail(-EINVAL, "an enclave of 0x%llx bytes fits no address space", e->size);
	start = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		return avow_fail(-errno, "a range of addresses for the enclave: %s", strerror(errno));
	aligned = (char *)(((u64)start + e->size - 1) & ~(e->size - 1));
	if (aligned > start)
		munmap(start, aligned - start);
	if (aligned + e->size < start + length)
		munmap(aligned + e->size, start + length - (aligned + e->size));
	e->reserved = aligned;
	e->base = (u64)aligned;
	return 0;
}

static int check_params(const struct avow_enclave *e, const struct avow_params *params)
{
	if (e->size)
		return avow_fail(-EINVAL, "the enclave was created before");
	if (!params->size || (params->size & (params->size - 1)))
		return avow_fail(-EINVAL, "the size of an enclave is a power of two, not 0x%llx", params->size);
	if (!avow_all_zero((const u8 *)params->reserved, sizeof(params->reserved)))
		return avow_fail(-EINVAL, "reserved fields of the parameters are not zero");
	return 0;
}

int avow_enclave_prepare(struct avow_enclave *e, const struct avow_params *params)
{
	struct avow_secs *secs = &e->secs;
	int err = check_params(e, params);

	if (err)
		return err;
	e->size = params->size;
	e->base = params->base;
	if (!params->base && !e->offline) {
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
	if (err || e->offline)
		return err;
	arg.src = (u64)&e->secs;
	if (ioctl(e->fd, SGX_IOC_ENCLAVE_CREATE, &arg))
		return avow_fail(-errno, "CREATE of 0x%llx bytes: %s", e->size, strerror(errno));
	return 0;
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

/* The in-tree driver takes SECINFO's rights for the intent, and would not look at another. */
static int in_tree_flags(const struct avow_pages *pages, u64 *flags)
{
	u32 rwx = pages->secinfo == AVOW_SECINFO_TCS ? AVOW_R | AVOW_W : pages->secinfo & AVOW_RWX;
	u32 intent = pages->flags >> AVOW_PAGE_INTENT_SHIFT & AVOW_RWX;

	if (intent & ~rwx)
		return avow_fail(-EOPNOTSUPP,
				 "pages at offset 0x%llx: this driver knows no intent beyond SECINFO's rights",
				 pages->offset);
	*flags &= ~(AVOW_PAGE_INTENT | (u64)AVOW_RWX << AVOW_PAGE_INTENT_SHIFT);
	return 0;
}

/* What nobody but the device would check. */
static int add_offline(struct avow_enclave *e, struct sgx_enclave_add_pages *arg)
{
	if ((arg->offset | arg->length) & (SGX_PAGE_SIZE - 1) || !arg->length || arg->length > e->size ||
	    arg->offset > e->size - arg->length)
		return -EINVAL;
	arg->count = arg->length;
	return 0;
}

static int add_some(struct avow_enclave *e, struct sgx_enclave_add_pages *arg)
{
	if (e->offline)
		return add_offline(e, arg);
	return ioctl(e->fd, SGX_IOC_ENCLAVE_ADD_PAGES, arg) ? -errno : 0;
}

int avow_enclave_add(struct avow_enclave *e, const struct avow_pages *pages, u64 *count)
{
	struct avow_secinfo secinfo = { .flags = pages->secinfo };
	u64 done = 0, flags = pages->flags;
	int err;

	if (count)
		*count = 0;
	if (!e->measure)
		return avow_fail(-EINVAL, "pages are added after the enclave is created");
	if (e->in_tree) {
		err = in_tree_flags(pages, &flags);
		if (err)
			return err;
	}
	do {
		struct sgx_enclave_add_pages arg = {
			.src = (u64)pages->src + done,
			.offset = pages->offset + done,
			.length = pages->length - done,
			.secinfo = (u64)&secinfo,
			.flags = flags,
		};
		int measured;

		err = add_some(e, &arg);
		measured = measure_added(e, &arg, pages->secinfo);
		if (measured && !err)
			err = measured;
		if (!err && !arg.count)
			err = -EIO;	/* success without progress: not a driver to go on with */
		done += arg.count;
	} while (done < pages->length && (!err || err == -EINTR));
	if (count)
		*count = done;
	return err ? avow_fail(err, "ADD_PAGES at offset 0x%llx: %s", pages->offset + done, strerror(-err)) : 0;
}

int avow_enclave_declare(struct avow_enclave *e, u64 offset, u64 length, u32 intent)
{
	if (e->features & AVOW_FEATURE_DYNAMIC)
		return avow_declare_range(e->fd, offset, length, intent);
	if (!e->measure)
		return avow_fail(-EINVAL, "pages are declared after the enclave is created");
	if ((offset | length) & (SGX_PAGE_SIZE - 1) || !length || length > e->size ||
	    offset > e->size - length || (intent & ~AVOW_RWX) || (intent & AVOW_RWX) == AVOW_W ||
	    (intent & AVOW_RWX) == (AVOW_W | AVOW_X))
		return avow_fail(-EINVAL, "0x%llx bytes at offset 0x%llx cannot be declared with intent 0x%x",
				 length, offset, intent);
	return 0;
}

int avow_enclave_init(struct avow_enclave *e)
{
	struct sgx_enclave_init arg = { .sigstruct = (u64)&e->sig };
	int err = avow_enclave_online(e, "INIT");

	if (!err && ioctl(e->fd, SGX_IOC_ENCLAVE_INIT, &arg))
		err = avow_fail(-errno, "INIT: %s", strerror(errno));
	return err;
}

int avow_enclave_map(struct avow_enclave *e, u64 offset, u64 length, int prot)
{
	void *at = (void *)(e->base + offset);
	int err = avow_enclave_online(e, "mmap()");

	if (err)
		return err;
	if (offset > e->size || length > e->size - offset)
		return avow_fail(-EINVAL, "0x%llx bytes at offset 0x%llx are not in the enclave", length, offset);
	if (mmap(at, length, prot, MAP_SHARED | MAP_FIXED, e->fd, 0) == MAP_FAILED)
		return avow_fail(-errno, "mmap() of 0x%llx bytes at offset 0x%llx: %s", length, offset,
				 strerror(errno));
	return 0;
}
