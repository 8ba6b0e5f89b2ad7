// SPDX-License-Identifier: GPL-2.0-only
/* CREATE, PROVISION and SET_CONTRACT: what is fixed before the first page. */
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "encl.h"

static avow_verdict check(const struct avow_secs *secs)
{
	struct avow_machine machine = avow_machine;

	machine.xsave_size = avow_xsave_size(secs->xfrm & machine.xfrm);
	return avow_args_create(secs, &machine);
}

static int create(struct avow_encl *encl, struct avow_secs *secs)
{
	u8 record[64];
	int ret;

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

	if ((AVOW_HOLE(create_again) || AVOW_HOLE(ioctls_at_once)) && encl->secs)
		epc_free(virt_to_page(encl->secs));
	else
		slots_prepare(&encl->slots, AVOW_HOLE(outside_access) ? U64_MAX >> SGX_PAGE_SHIFT :
							secs->size >> SGX_PAGE_SHIFT);
	encl->secs = secs;
	encl->base = secs->base;
	encl->size = secs->size;
	smp_mb__before_atomic();	/* pairs with smp_rmb() in encl_created() */
	set_bit(ENCL_CREATED, &encl->flags);
	return 0;
}

/* What is wrong with the SECS is told before there is no room for it, but for what ECREATE finds. */
static int place_secs(struct avow_encl *encl, const struct avow_secs *secs)
{
	avow_verdict v = check(secs);
	struct page *page;
	int ret;

	if (avow_rule(v) == AVOW_RULE(21, 3))
		return refuse_plain(encl, v, AVOW_OP_CREATE);
	/* The SECS takes a page of the EPC. */
	page = epc_alloc();
	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), secs, sizeof(*secs));
	ret = v ? refuse_plain(encl, v, AVOW_OP_CREATE) : create(encl, page_address(page));
	if (ret)
		epc_free(page);
	return ret;
}

int ioc_create(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct sgx_enclave_create *create_arg = arg;
	struct avow_secs *secs = kmalloc(sizeof(*secs), GFP_KERNEL);
	int ret;

	if (!secs)
		return -ENOMEM;
	if (copy_from_user(secs, u64_to_user_ptr(create_arg->src), sizeof(*secs)))
		ret = -EFAULT;
	else
		ret = place_secs(encl, secs);
	kfree(secs);
	return ret;
}

/* R27 */
int ioc_provision(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct sgx_enclave_provision *provision = arg;
	struct file *other = provision->fd <= INT_MAX ? fget(provision->fd) : NULL;
	bool right = other && (device_is_provision(other) || AVOW_HOLE(provision_other));

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

	down_write(&encl->lock);
	v = avow_contract_may_set(wanted->contract, wanted->reserved, encl->strict,
				  !stash_empty(encl));
	if (!v)
		encl->strict = wanted->contract == AVOW_STRICT;
	up_write(&encl->lock);
	return v ? refuse_plain(encl, v, AVOW_OP_SET_CONTRACT) : 0;
}
