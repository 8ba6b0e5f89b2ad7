/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of SPEC.md as functions of values, written from SPEC.md alone: a second
 * opinion, which shares no code with core/. Numbers of the architecture are spelt out
 * here once more, from Intel's manual.
 *
 * Rights are sets of MR, MW, MX. A verdict names the rule that refuses: R8.1 is 801.
 */
#ifndef MODEL_DECIDE_H
#define MODEL_DECIDE_H

#include <stdbool.h>
#include <linux/types.h>

enum { MR = 1, MW = 2, MX = 4, MRWX = 7 };
enum { M_COMPAT = 0, M_STRICT = 1 };
enum { M_TCS = 1, M_REG = 2, M_TRIM = 4 };
enum { M_PAGE = 4096 };

/* SECINFO.FLAGS above R/W/X */
enum { M_PENDING = 8, M_MODIFIED = 16, M_PR = 32, M_TYPE_SHIFT = 8 };

/* What a leaf or EMODPR/EMODT answers. */
enum { M_MISMATCH = 19, M_NOT_MODIFIABLE = 20 };

struct m_verdict {
	int err;		/* positive errno, 0: allowed */
	unsigned int rule;
};

#define M_ALLOWED	((struct m_verdict){ 0, 0 })

/*
 * A rule that the model is to get wrong, for the proof that a comparison with it bites:
 * what this rule refuses is allowed, what it gives up is kept. 0: none.
 */
extern unsigned int m_broken_rule;

/* A slot of the enclave range. A hole has neither page nor intent. */
struct m_slot {
	bool has_intent;
	__u8 intent;
	bool explicit, declared, lowered, kept;	/* of the intent */

	bool present;
	bool augmented;				/* by EAUG */
	__u8 type, epcm;
	bool pending, modified, pr;
	bool measured;

	bool ever_w, ever_x;
	__u8 source_class, file;		/* file: which, of those that there are; 0: none */
};

/* ---- ADD_PAGES ---- */

/* R22.3, R29.2 */
bool m_range_ok(__u64 size, __u64 offset, __u64 length);
/* R1.4, R1.3 */
struct m_verdict m_add_flags(__u64 flags);
/* R22.5, R1.2; reserved: a byte behind FLAGS is set */
struct m_verdict m_add_secinfo(__u64 secinfo, bool reserved, __u64 flags);
/* R1.1, R1.2: of flags and SECINFO that were accepted */
unsigned int m_declared_intent(__u64 secinfo, __u64 flags);
/* For a record of what was not accepted: of flags alone; of both. */
unsigned int m_explicit_intent(__u64 flags);
unsigned int m_asked_intent(__u64 secinfo, __u64 flags);
/* R22.6, R3.4 */
struct m_verdict m_add_slot(const struct m_slot *slot);
/* The slot of a page that was added, without its source. */
struct m_slot m_added(__u64 secinfo, __u64 flags);

struct m_source {
	bool mapped;		/* a VMA contains the address */
	bool readable;
	bool executable;	/* VM_EXEC */
	bool may_exec;		/* VM_MAYEXEC */
	bool device;		/* VM_IO or VM_PFNMAP */
	/* for its class */
	bool file, nameless;	/* has a file; which is memory without a name */
	bool shared, may_write;	/* VM_SHARED, VM_MAYWRITE */
	bool written;		/* the page is a private copy that was written */
	__u8 rights;		/* of the mapping */
};

/* R5, R6 */
struct m_verdict m_source(int contract, unsigned int intent, const struct m_source *source);
/* R7: enum avow_source_class, as include/uapi/avow.h tells of it */
unsigned int m_source_class(const struct m_source *source);

/* ---- intents ---- */

/* R3.3 for the intent alone, and for a slot */
bool m_intent_ok(unsigned int intent);
struct m_verdict m_declare_slot(const struct m_slot *slot);
/* R2.1, R2.5 for a slot, after R2.5 for the intent */
struct m_verdict m_lower_slot(const struct m_slot *slot, unsigned int intent);
void m_lower(struct m_slot *slot, unsigned int intent);
/* R2.3, R2.4, R2.6: what a slot is after its page was removed */
void m_after_removal(int contract, struct m_slot *slot);
/* R3.1, R3.2, R3.4: can EAUG add a page here, when the enclave is initialised? */
bool m_augmentable(int contract, const struct m_slot *slot);
void m_augment(struct m_slot *slot);

/* R28 */
struct m_verdict m_contract_choice(unsigned int wanted, bool reserved, int contract, bool begun);

/* ---- what else is asked for ---- */

/* R29 for LIST, for SOURCE (with nr 1) and REFUSALS */
struct m_verdict m_list_args(bool created, __u64 size, __u64 offset, __u64 length, __u32 nr, bool reserved);
struct m_verdict m_read_args(__u32 nr, bool reserved);
/* R40.1 */
struct m_verdict m_load(bool cpu_has_sgx, bool device_exists);
/* R17.1, R17.2 for a slot */
struct m_verdict m_debug_slot(int contract, const struct m_slot *slot, bool debug, bool write);

/* ---- mappings ---- */

enum m_door { M_MMAP = 1, M_MPROTECT = 2 };

/* R8, R9.2 for one slot */
struct m_verdict m_map_slot(int contract, const struct m_slot *slot, enum m_door door,
			    unsigned int prot);

/* ---- access ---- */

enum m_access {
	M_WORKS,
	M_BUS,		/* SIGBUS; inside: #PF without the SGX bit */
	M_SEGV,		/* SIGSEGV; inside: #PF without the SGX bit */
	M_EPCM,		/* SIGSEGV; inside: #PF with the SGX bit */
	M_ABORT,	/* outside: reads are ones, writes are dropped */
	M_MAYBE,	/* x86 cannot tell: works or M_EPCM */
};

/* What the EPCM grants: nothing of a page that is not a REG page at rest. */
unsigned int m_granted(const struct m_slot *slot);
/*
 * What an access that Linux lets through counts as: itself, or, where the mapping lacks its
 * right (a fetch; a read through a mapping without R), the mapping's lowest right.
 */
unsigned int m_counts_as(unsigned int mapped, unsigned int access);
/*
 * R10.1, R10.2, R10.4 for an access that Linux lets through to a slot that has a page.
 * access: one of MR, MW, MX; rule: gets the rule that refuses, or 0.
 */
enum m_access m_access(const struct m_slot *slot, unsigned int mapped, unsigned int access,
		       bool inside, unsigned int *rule);

/* ---- EPCM ---- */

/* R24.5 to R24.7, R25.4 to R25.6; *result gets the ioctl's result. */
struct m_verdict m_restrict_slot(const struct m_slot *slot, __u64 *result);
void m_restrict(struct m_slot *slot, unsigned int rights);
struct m_verdict m_modify_slot(const struct m_slot *slot, unsigned int type, __u64 *result);
void m_modify(struct m_slot *slot, unsigned int type);
/* R26.2, R26.3 */
struct m_verdict m_remove_slot(const struct m_slot *slot);

/* Leaves inside (R34): what comes of them once the operands are in order. */
enum m_leaf { M_DONE, M_GP, M_PF, M_CODE };	/* M_CODE: RAX = M_MISMATCH and ZF */

/* SECINFO.FLAGS that the leaf takes at all (#GP otherwise). */
bool m_eaccept_secinfo(__u64 flags);
bool m_emodpe_secinfo(__u64 flags);
bool m_eacceptcopy_secinfo(__u64 flags);
/* For slots with a page; they change the slot when they are done. */
enum m_leaf m_eaccept(struct m_slot *slot, __u64 secinfo);
enum m_leaf m_emodpe(struct m_slot *slot, __u64 secinfo);
enum m_leaf m_eacceptcopy(struct m_slot *to, const struct m_slot *from, __u64 secinfo);

#endif
