// SPDX-License-Identifier: GPL-2.0-only
/* The ioctl table: copy in, exclude, act, copy out. */
#include <linux/uaccess.h>

#include "encl.h"

/* Largest argument of any call in the table. */
union ioctl_arg {
	struct sgx_enclave_add_pages add;
	struct avow_info info;
	u8 bytes[96];
};

struct ioctl_entry {
	unsigned int cmd;
	int (*fn)(struct avow_encl *encl, struct file *file, void *arg);
	/* Refuses before the argument is read, as the in-tree driver does; may be NULL. */
	avow_verdict (*state)(const struct avow_encl_facts *encl);
	u32 op;			/* enum avow_op, with state */
	bool reads_only;	/* of the enclave: needs no exclusion */
};

static avow_verdict restrict_state(const struct avow_encl_facts *encl)
{
	return avow_args_sgx2_state(encl, AVOW_RULE(24, 1));
}

static avow_verdict modify_types_state(const struct avow_encl_facts *encl)
{
	return avow_args_sgx2_state(encl, AVOW_RULE(25, 1));
}

static avow_verdict remove_pages_state(const struct avow_encl_facts *encl)
{
	return avow_args_sgx2_state(encl, AVOW_RULE(26, 1));
}

static const struct ioctl_entry table[] = {
	{ .cmd = SGX_IOC_ENCLAVE_CREATE, .fn = ioc_create,
	  .state = avow_args_create_state, .op = AVOW_OP_CREATE },
	{ .cmd = SGX_IOC_ENCLAVE_ADD_PAGES, .fn = ioc_add_pages,
	  .state = avow_args_add_state, .op = AVOW_OP_ADD_PAGES },
	{ .cmd = SGX_IOC_ENCLAVE_INIT, .fn = ioc_init,
	  .state = avow_args_init_state, .op = AVOW_OP_INIT },
	{ .cmd = SGX_IOC_ENCLAVE_PROVISION, .fn = ioc_provision },
	{ .cmd = SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, .fn = ioc_restrict,
	  .state = restrict_state, .op = AVOW_OP_RESTRICT },
	{ .cmd = SGX_IOC_ENCLAVE_MODIFY_TYPES, .fn = ioc_modify_types,
	  .state = modify_types_state, .op = AVOW_OP_MODIFY_TYPES },
	{ .cmd = SGX_IOC_ENCLAVE_REMOVE_PAGES, .fn = ioc_remove_pages,
	  .state = remove_pages_state, .op = AVOW_OP_REMOVE_PAGES },
	{ .cmd = AVOW_IOC_INFO, .fn = ioc_info, .reads_only = true },
	{ .cmd = AVOW_IOC_SET_CONTRACT, .fn = ioc_set_contract },
	{ .cmd = AVOW_IOC_DECLARE_DYNAMIC, .fn = ioc_declare_dynamic },
	{ .cmd = AVOW_IOC_LOWER_INTENT, .fn = ioc_lower_intent },
	{ .cmd = AVOW_IOC_LIST, .fn = ioc_list, .reads_only = true },
	{ .cmd = AVOW_IOC_SOURCE, .fn = ioc_source, .reads_only = true },
	{ .cmd = AVOW_IOC_REFUSALS, .fn = ioc_refusals, .reads_only = true },
};

static const struct ioctl_entry *find_entry(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].cmd == cmd)
			return &table[i];
	return NULL;
}

static long run_entry(const struct ioctl_entry *entry, struct file *file, void __user *user)
{
	struct avow_encl *encl = file->private_data;
	struct avow_encl_facts facts = encl_facts(encl);
	size_t size = _IOC_SIZE(entry->cmd);
	union ioctl_arg arg = {}, before;
	avow_verdict v;
	int ret;

	v = entry->state ? entry->state(&facts) : AVOW_OK;
	if (v)
		return refuse_plain(encl, v, entry->op);
	if ((_IOC_DIR(entry->cmd) & _IOC_WRITE) && copy_from_user(&arg, user, size))
		return -EFAULT;
	memcpy(&before, &arg, size);
	ret = entry->fn(encl, file, &arg);
	/*
	 * Progress goes out with errors too: count and result. An argument that was
	 * refused is unchanged, and need not be writable to be told so.
	 */
	if ((_IOC_DIR(entry->cmd) & _IOC_READ) && memcmp(&before, &arg, size) &&
	    copy_to_user(user, &arg, size))
		return -EFAULT;
	return ret;
}

long encl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct ioctl_entry *entry = find_entry(cmd);
	struct avow_encl *encl = file->private_data;
	long ret;

	BUILD_BUG_ON(sizeof(union ioctl_arg) < sizeof(struct sgx_enclave_add_pages));
	if (entry && entry->reads_only)
		return run_entry(entry, file, (void __user *)arg);
	if (test_and_set_bit_lock(ENCL_BUSY, &encl->flags) && !AVOW_HOLE(ioctls_at_once))
		return -EBUSY;
	ret = entry ? run_entry(entry, file, (void __user *)arg) : -ENOTTY;
	clear_bit_unlock(ENCL_BUSY, &encl->flags);
	return ret;
}
