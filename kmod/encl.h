/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An enclave, and what the files of the module need to know of each other.
 *
 * Lock order: ENCL_BUSY, mmap_lock, encl->lock, i_mmap_rwsem, page-table lock. The
 * spinlocks (refusal log, table of threads inside) are innermost and alone. encl->lock is
 * never held over an access to user memory; "holds" means for writing, where nothing else is
 * said. docs/DESIGN.md, "Locks", has all of it.
 */
#ifndef AVOW_ENCL_H
#define AVOW_ENCL_H

#undef pr_fmt
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <crypto/hash.h>

#include "core.h"
#include "hook.h"
#include "policy.h"
#include "slots.h"

/* Bits of avow_encl.flags. Set once and never cleared, but for BUSY. */
enum {
	ENCL_BUSY,		/* an ioctl that changes the enclave is running */
	ENCL_CREATED,		/* base, size and secs are valid */
	ENCL_INITIALIZED,
};

/* Refusals that are remembered; see uapi. */
struct refusal_log {
	spinlock_t lock;
	u64 seq;		/* number of the last one, 0: none yet */
	struct avow_refusal ring[AVOW_REFUSALS_KEPT];
};

/* Lives from open to the last close, munmap or exit from inside: as its file. */
struct avow_encl {
	struct rw_semaphore lock;	/* slots, pages, threads, strict, secs after CREATE */
	unsigned long flags;	/* atomic bit operations */
	bool strict;		/* fixed when the first slot is taken */
	u64 base, size;		/* written by CREATE before ENCL_CREATED is set, then constant */
	struct avow_secs *secs;	/* a page of the EPC; MRENCLAVE and signer filled by INIT */
	struct avow_identity identity;	/* written by INIT before ENCL_INITIALIZED is set */
	u64 allowed;		/* ATTRIBUTES that INIT lets pass; ENCL_BUSY */
	struct shash_desc *mrenclave;	/* running measurement; ENCL_BUSY */
	struct slot_tree slots;		/* slot number -> avow_slot; see stash.c */
	u64 changes;			/* counts changes of slots; lock */
	struct xarray pages;		/* slot number -> struct page */
	struct xarray threads;		/* slot number of a TCS -> struct avow_thread */
	struct delayed_work abort_work;	/* ends the entries below; see abort.c */
	struct page *sink;		/* takes outside writes; lock */
	unsigned long abort_first, abort_last;	/* slots that may have such entries; lock */
	struct file *anchor;	/* its address_space links all mappings, for zapping; constant */
	struct xarray sources;	/* id -> struct source_record; ENCL_BUSY to add, RCU-free read under its lock */
	struct refusal_log log;
};

static inline bool encl_created(const struct avow_encl *encl)
{
	bool created = test_bit(ENCL_CREATED, &encl->flags);

	/* Pairs with smp_mb__before_atomic() in CREATE: base and size are there. */
	smp_rmb();
	return created;
}

static inline bool encl_initialized(const struct avow_encl *encl)
{
	return test_bit(ENCL_INITIALIZED, &encl->flags);
}

/* What only an ioctl that excludes the others may do. */
#define encl_assert_busy(encl)	\
	lockdep_assert(AVOW_HOLE(ioctls_at_once) || test_bit(ENCL_BUSY, &(encl)->flags))

/* Is the address in the enclave range? Then *index is the number of its slot. */
static inline bool encl_index(const struct avow_encl *encl, u64 addr, unsigned long *index)
{
	if (!encl_created(encl) || addr < encl->base || addr - encl->base >= encl->size)
		return false;
	*index = (addr - encl->base) >> SGX_PAGE_SHIFT;
	return true;
}

static inline u64 encl_addr(const struct avow_encl *encl, unsigned long index)
{
	return encl->base + ((u64)index << SGX_PAGE_SHIFT);
}

static inline struct avow_encl_facts encl_facts(const struct avow_encl *encl)
{
	bool created = encl_created(encl);

	return (struct avow_encl_facts){
		.base = created ? encl->base : 0,
		.size = created ? encl->size : 0,
		.created = created,
		.initialized = encl_initialized(encl),
	};
}

/* main.c: the machine and the parameters, constant after loading */
extern struct avow_machine avow_machine;
extern bool avow_strict_default;
extern bool avow_policy_required;	/* R41.2: nobody answering is a denial */
u32 avow_xsave_size(u64 xfrm);

/* encl.c */
struct avow_encl *encl_alloc(struct file *file);
void encl_free(struct avow_encl *encl);

/* device.c */
extern const struct vm_operations_struct avow_vm_ops;
int devices_register(void);
void devices_unregister(void);
bool device_is_provision(const struct file *file);

/* ioctl.c and the files of the single calls: argument as copied from the user */
long encl_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
int ioc_create(struct avow_encl *encl, struct file *file, void *arg);
int ioc_add_pages(struct avow_encl *encl, struct file *file, void *arg);
int ioc_init(struct avow_encl *encl, struct file *file, void *arg);
int ioc_provision(struct avow_encl *encl, struct file *file, void *arg);
int ioc_restrict(struct avow_encl *encl, struct file *file, void *arg);
int ioc_modify_types(struct avow_encl *encl, struct file *file, void *arg);
int ioc_remove_pages(struct avow_encl *encl, struct file *file, void *arg);
int ioc_info(struct avow_encl *encl, struct file *file, void *arg);
int ioc_set_contract(struct avow_encl *encl, struct file *file, void *arg);
int ioc_declare_dynamic(struct avow_encl *encl, struct file *file, void *arg);
int ioc_lower_intent(struct avow_encl *encl, struct file *file, void *arg);
int ioc_list(struct avow_encl *encl, struct file *file, void *arg);
int ioc_source(struct avow_encl *encl, struct file *file, void *arg);
int ioc_refusals(struct avow_encl *encl, struct file *file, void *arg);

/* stash.c: the slots. Caller holds encl->lock. */
/* Reading is enough for this one. */
avow_slot stash_get(struct avow_encl *encl, unsigned long index);
/* The word of the slots from index to *last, which need not be all of the run. */
avow_slot stash_stretch(struct avow_encl *encl, unsigned long index, unsigned long *last);
/* The run that contains index, up to at most limit: returns its slot, *last its last slot's number. */
avow_slot stash_run(struct avow_encl *encl, unsigned long index, unsigned long limit,
		    unsigned long *last);
/* The first slot that does not pass; last + 1: all do. */
unsigned long stash_find(struct avow_encl *encl, unsigned long first, unsigned long last,
			 const struct slot_test *test);
/* Adds to the history of the pages of first..last. -ENOMEM: nothing changed. */
int stash_mark(struct avow_encl *encl, unsigned long first, unsigned long last, avow_slot history);
/* Sets first..last. -ENOMEM: nothing changed. */
int stash_set(struct avow_encl *encl, unsigned long first, unsigned long last, avow_slot slot);
bool stash_empty(struct avow_encl *encl);

/* epc.c: enclave pages */
struct page *epc_alloc(void);		/* zeroed, charged; NULL: beyond the limit or no memory */
void epc_free(struct page *page);
unsigned long epc_pages_used(void);
u64 epc_limit(void);
int epc_parse_size(void);
/* Puts page and slot at a hole or declared slot. Caller holds encl->lock. -ENOMEM: nothing changed. */
int epc_insert(struct avow_encl *encl, unsigned long index, struct page *page, avow_slot slot);
/* EAUG: R3.1, R3.4. Caller holds encl->lock. */
int epc_augment(struct avow_encl *encl, unsigned long index);

/* R/W/X of a mapping, as AVOW_RWX bits. */
static inline u32 vm_rights(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? AVOW_R : 0) | (vm_flags & VM_WRITE ? AVOW_W : 0) |
	       (vm_flags & VM_EXEC ? AVOW_X : 0);
}

/* enforce.c */
struct refused;
int enforce_mmap(struct avow_encl *encl, struct vm_area_struct *vma);
/*
 * R14 for slots of one history, by rule; what becomes part of the record, if there is one.
 * Caller holds encl->lock.
 */
avow_verdict enforce_ask(struct avow_encl *encl, struct file *file, u32 prot, u32 rule,
			 struct refused *what);
/* Was it made for another address? The address that it was made for is in vm_pgoff. */
static inline bool vma_moved(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff != vma->vm_start >> PAGE_SHIFT;
}
/* Drops the page-table entries of a range in every address space. Caller holds encl->lock. */
void enforce_zap(struct avow_encl *encl, unsigned long first, unsigned long last);

/* fault.c: of the kernel's, with mmap_lock held for reading at least */
vm_fault_t enclave_fault(struct vm_fault *vmf);
/*
 * An access that the module makes in the place of a thread, which has the page mapped with
 * these rights: it counts as one (R16.2), and is asked for like one (R14.2). False: it is
 * refused, or there is no memory. Caller holds encl->lock.
 */
bool access_counts(struct avow_encl *encl, struct file *file, u64 addr, u32 mapping);

/*
 * entries.c: an entry with these rights for the page that the fault is at, and along with it
 * those of neighbours (R10.5). Caller holds encl->lock, for reading at least.
 */
vm_fault_t entries_make(struct avow_encl *encl, const struct vm_fault *vmf, struct page *page,
			u32 rights);
/* The same for the page alone. */
vm_fault_t entry_make(const struct vm_fault *vmf, struct page *page, u32 rights);

/* abort.c: R10.4. Caller holds encl->lock for the last three. */
int abort_init(void);
void abort_exit(void);
void abort_prepare(struct avow_encl *encl);
void abort_free(struct avow_encl *encl);
bool abort_applies(const struct vm_fault *vmf, avow_slot slot);
vm_fault_t abort_map(struct avow_encl *encl, const struct vm_fault *vmf, unsigned long index);
void abort_end(struct avow_encl *encl);

/* source.c */
struct source_copy {
	u32 intent;		/* in */
	bool measured;		/* in */
	u32 class;		/* out: enum avow_source_class */
	u32 id;			/* out: source record, 0: no file */
	u32 rights;		/* out: of the source mapping, for the record */
	u32 policy;		/* out: the rule that denied the page or wants it told; see hook_verdict() */
	struct file *last_file;	/* the file of the page before, referenced; id and class belong to it */
	u32 last_class, last_id;
	bool asked;		/* there was a page before; of use to the test build alone */
};
/* R4 to R7 for one page. Caller holds mmap_lock for reading. */
avow_verdict source_load(struct avow_encl *encl, struct file *file, u64 src, struct page *to,
			 struct source_copy *sc);
/* Of no page before it a refusal tells: before each that may be refused before it is loaded. */
void source_forget(struct source_copy *sc);
void source_done(struct source_copy *sc);
int source_describe(struct avow_encl *encl, struct avow_source *arg);
/* The file of a declaration as it was then: stays as long as the enclave. */
struct source_name {
	u64 dev, ino;		/* as in struct avow_source */
	const char *path;	/* empty: no file */
};
struct source_name source_name(struct avow_encl *encl, u32 id);
void source_free_all(struct avow_encl *encl);

/* signature.c */
int signature_verify(const struct avow_sigstruct *sig, u8 mrsigner[32], avow_verdict *verdict);
int sha256_of(const void *data, size_t size, u8 digest[32]);

/* refusal.c */
struct refused {
	u32 op;			/* enum avow_op */
	u64 start, end;		/* addresses */
	u32 requested, declared;
	avow_slot slot;		/* for source class and file; SLOT_HOLE: none */
	int signo;
	u32 policy;		/* AVOW_POLICY_RULE() of the rule that answered; 0: none */
};
/*
 * R18: records v and returns its negative errno. Any context that may take a spinlock;
 * it neither sleeps nor fails, so that telling of a verdict cannot change it.
 */
int refuse(struct avow_encl *encl, avow_verdict v, const struct refused *what);
/* R41.3: allowed by rule (AVOW_RULE()) of the hook, and told, but not kept. As refuse(). */
void audit(struct avow_encl *encl, u32 rule, const struct refused *what);
/* Of an ioctl that names no range. */
int refuse_plain(struct avow_encl *encl, avow_verdict v, u32 op);
/*
 * R18.1: all that an ioctl was asked for, to be told where it is refused as a whole: offset
 * and length, in bytes, and rights as its argument has them, whether they make sense or
 * not. Addresses end at the last one; before CREATE the base is zero.
 */
struct refused asked_for(struct avow_encl *encl, u32 op, u64 offset, u64 length, u64 rights);
/* The same from the argument of one of these ioctls. */
struct refused asked_add(struct avow_encl *encl, const void *arg);
struct refused asked_restrict(struct avow_encl *encl, const void *arg);
struct refused asked_modify_types(struct avow_encl *encl, const void *arg);
struct refused asked_remove(struct avow_encl *encl, const void *arg);
/* Slots first to last of it, all like this one, are what it was refused for. */
void told_run(struct avow_encl *encl, struct refused *what, unsigned long first, unsigned long last,
	      avow_slot slot);

/* debug.c */
int debug_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write);

/* hook_*.c: the attach points */
int security_enclave_load(struct file *file, struct vm_area_struct *source, u32 intent,
			  u32 source_class, bool measured);
int security_enclave_map(struct file *file, unsigned long start, unsigned long end, u32 prot,
			 u32 history);
int security_enclave_init(struct file *file, const struct enclave_identity *id);

/*
 * Asks a hook. A program that is already active on this CPU is skipped, and a skipped
 * policy would allow: nobody else may run here meanwhile.
 */
#define hook_ask(call)					\
({							\
	bool alone_ = !AVOW_HOLE(hook_preempted);	\
	int answer_;					\
							\
	if (alone_)					\
		preempt_disable();			\
	answer_ = (call);				\
	if (alone_)					\
		preempt_enable();			\
	answer_;					\
})

/* By the attach points, of their caller. */
#define hook_assert_asked()				\
do {							\
	if (!AVOW_HOLE(hook_preempted))			\
		lockdep_assert_preemption_disabled();	\
} while (0)

/*
 * answer.c. R41: what its answer means. rule: AVOW_RULE() of the hook. *policy: the rule
 * that answered, if there is to be a record: of a refusal, or with AVOW_OK for audit().
 * Any context.
 */
avow_verdict hook_verdict(int answer, u32 rule, u32 *policy);

#endif
