// SPDX-License-Identifier: GPL-2.0-only
/* What can be asked of an enclave: INFO, LIST and SOURCE. They change nothing. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "encl.h"
#include "version.h"

#define VERSION_TEXT	"avow " AVOW_VERSION

static u32 state_bits(const struct avow_encl *encl)
{
	if (!encl_created(encl))
		return 0;
	return AVOW_STATE_CREATED |
	       (encl_initialized(encl) ? AVOW_STATE_INITIALIZED : 0) |
	       (encl->secs->attributes & ATTR_DEBUG ? AVOW_STATE_DEBUG : 0);
}

int ioc_info(struct avow_encl *encl, struct file *file, void *arg)
{
	struct avow_encl_facts facts = encl_facts(encl);
	struct avow_info *info = arg;

	*info = (struct avow_info){
		.abi_version = AVOW_ABI_VERSION,
		.contract = READ_ONCE(encl->strict) ? AVOW_STRICT : AVOW_COMPAT,
		.features = AVOW_FEATURE_INTENT | AVOW_FEATURE_STRICT | AVOW_FEATURE_DYNAMIC |
			    AVOW_FEATURE_LOWER | AVOW_FEATURE_LIST | AVOW_FEATURE_REFUSALS |
			    AVOW_FEATURE_SGX2 | AVOW_FEATURE_CPUID | AVOW_FEATURE_SOFTWARE,
		.add_flags = SGX_PAGE_MEASURE | AVOW_PAGE_INTENT | AVOW_PAGE_INTENT_R |
			     AVOW_PAGE_INTENT_W | AVOW_PAGE_INTENT_X,
		.epc_size = epc_limit(),
		.epc_used = (u64)epc_pages_used() << SGX_PAGE_SHIFT,
		.base = facts.base,
		.size = facts.size,
		.state = state_bits(encl),
	};
	strscpy(info->version, VERSION_TEXT, sizeof(info->version));
	return 0;
}

static const struct {
	u64 slot;
	u32 run;
} state_map[] = {
	{ SLOT_PRESENT, AVOW_RUN_PRESENT },
	{ SLOT_PENDING, AVOW_RUN_PENDING },
	{ SLOT_MODIFIED, AVOW_RUN_MODIFIED },
	{ SLOT_PR, AVOW_RUN_PR },
	{ SLOT_EVER_W, AVOW_RUN_EVER_W },
	{ SLOT_EVER_X, AVOW_RUN_EVER_X },
	{ SLOT_MEASURED, AVOW_RUN_MEASURED },
	{ SLOT_DYNAMIC, AVOW_RUN_DYNAMIC },
	{ SLOT_EXPLICIT, AVOW_RUN_EXPLICIT },
	{ SLOT_LOWERED, AVOW_RUN_LOWERED },
	{ SLOT_KEPT, AVOW_RUN_KEPT },
};

static void describe_run(struct avow_run *run, unsigned long first, unsigned long last,
			 avow_slot slot)
{
	size_t i;

	*run = (struct avow_run){
		.offset = (u64)first << SGX_PAGE_SHIFT,
		.length = (u64)(last - first + 1) << SGX_PAGE_SHIFT,
		.intent = slot_intent(slot),
		.epcm = slot_epcm(slot),
		.type = slot_type(slot),
		.source_class = slot_class(slot),
		.source = slot_source(slot),
	};
	for (i = 0; i < ARRAY_SIZE(state_map); i++)
		if (slot & state_map[i].slot)
			run->state |= state_map[i].run;
}

/* Fills runs with up to nr of them; *next is the first slot not looked at. */
static u32 collect(struct avow_encl *encl, unsigned long first, unsigned long last,
		   struct avow_run *runs, u32 nr, unsigned long *next)
{
	unsigned long index, end;
	avow_slot slot;
	u32 n = 0;

	down_write(&encl->lock);
	for (index = first; index <= last; index = end + 1) {
		slot = stash_run(encl, index, last, &end);
		if (slot == SLOT_HOLE)
			continue;
		if (n == nr)
			break;
		describe_run(&runs[n++], index, end, slot);
	}
	up_write(&encl->lock);
	*next = index;
	return n;
}

#define LIST_MAX	1024	/* runs a call, so that one is one moment */

int ioc_list(struct avow_encl *encl, struct file *file, void *arg)
{
	struct avow_list *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	avow_verdict v = avow_args_list(&facts, user);
	unsigned long first, last, next;
	struct avow_run *runs;
	u32 nr;
	int ret = 0;

	if (v)
		return avow_errno(v);
	first = user->offset >> SGX_PAGE_SHIFT;
	last = first + (user->length >> SGX_PAGE_SHIFT) - 1;
	nr = min_t(u32, user->nr, LIST_MAX);
	runs = kvmalloc_array(nr, sizeof(*runs), GFP_KERNEL_ACCOUNT);
	if (!runs)
		return -ENOMEM;
	nr = collect(encl, first, last, runs, nr, &next);
	if (copy_to_user(u64_to_user_ptr(user->runs), runs, nr * sizeof(*runs))) {
		ret = -EFAULT;
	} else {
		user->nr = nr;
		user->offset = (u64)next << SGX_PAGE_SHIFT;
		user->length = (u64)(last + 1 - next) << SGX_PAGE_SHIFT;
	}
	kvfree(runs);
	return ret;
}

int ioc_source(struct avow_encl *encl, struct file *file, void *arg)
{
	struct avow_source *user = arg;
	avow_verdict v = avow_args_source(user);

	return v ? avow_errno(v) : source_describe(encl, user);
}
