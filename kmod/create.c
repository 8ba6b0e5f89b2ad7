// SPDX-License-Identifier: GPL-2.0-only
/* CREATE, PROVISION and SET_CONTRACT: what is fixed before the first page. */
#include <linux/file.h>
#include <linux/uaccess.h>

#include "encl.h"

static int create(struct avow_encl *encl, struct avow_secs *secs)
{
	struct avow_machine machine = avow_machine;
	u8 record[64];
	avow_verdict v;
	int ret;

	machine.xsave_size = avow_xsave_size(secs->xfrm & machine.xfrm);
	v = avow_args_create(secs, &machine);
	if (v)
		return refuse_plain(encl, v, AVOW_OP_CREATE);
	avow_measure_ecreate(record, secs->ssa_frame_size, secs->size);
	ret = crypto_shash_init(encl->mrenclave) ?:
	      crypto_shash_update(encl->mrenclave, record, sizeof(record));
	if (ret)
		return ret;
	/* ECREATE takes nothing else of these from the user. */
	memset(secs->mrenclave, 0, sizeof(secs->mrenclave));
	memset(secs->mrsigner, 0, sizeof(secs->mrsigner));
	secs->isv_prod_id = 0;
	secs->isv_svn = 0;

	encl->secs = secs;
	encl->base = secs->base;
	encl->size = secs->size;
	smp_mb__before_atomic();
	set_bit(ENCL_CREATED, &encl->flags);
	return 0;
}

int ioc_create(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct sgx_enclave_create *create_arg = arg;
	struct page *page;
	int ret;

	/* The SECS takes a page of the EPC. */
	page = epc_alloc();
	if (!page)
		return -ENOMEM;
	if (copy_from_user(page_address(page), u64_to_user_ptr(create_arg->src), PAGE_SIZE))
		ret = -EFAULT;
	else
		ret = create(encl, page_address(page));
	if (ret)
		epc_free(page);
	return ret;
}

/* R27 */
int ioc_provision(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct sgx_enclave_provision *provision = arg;
	struct file *other = provision->fd <= INT_MAX ? fget(provision->fd) : NULL;
	bool right = other && device_is_provision(other);

	if (other)
		fput(other);
	if (!right)
		return refuse_plain(encl, AVOW_REFUSE(AVOW_RULE(27, 1), EINVAL),
				    AVOW_OP_PROVISION);
	encl->allowed |= ATTR_PROVISIONKEY;
	return 0;
}

/* R28 */
int ioc_set_contract(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct avow_contract *wanted = arg;
	avow_verdict v;

	mutex_lock(&encl->lock);
	v = avow_contract_may_set(wanted->contract, wanted->reserved, encl->strict,
				  !stash_empty(encl));
	if (!v)
		encl->strict = wanted->contract == AVOW_STRICT;
	mutex_unlock(&encl->lock);
	return v ? refuse_plain(encl, v, AVOW_OP_SET_CONTRACT) : 0;
}
