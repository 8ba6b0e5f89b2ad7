/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One enclave, its slots, the address spaces that map it, as SPEC.md says that they
 * behave. Each m_ function is one thing that a thread does; it changes the model and
 * tells what must be seen.
 *
 * Pages are numbered from the enclave's base; the arena is the range and a margin around
 * it, so numbers may be negative or beyond the range.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "decide.h"

enum {
	M_SLOTS = 64,
	M_MARGIN = 6,
	M_FIRST = -M_MARGIN,
	M_END = M_SLOTS + M_MARGIN,
	M_SPACES = 5,
	M_VMAS = M_SLOTS + 2 * M_MARGIN,
	M_FDS = 3,
};

struct m_vma {
	int start, end;
	unsigned int prot;
};

/* A process. */
struct m_space {
	bool used;
	unsigned int fds;		/* which of its descriptors are open */
	unsigned int nr;
	struct m_vma vmas[M_VMAS];	/* ascending */
};

/* What the two places of a page hold that are looked at. */
struct m_bytes {
	__u8 code;			/* its first byte: a RET or nothing to call */
	__u8 tag;
	bool no_tcs;			/* R22.9, other than by code */
	__u8 dropped;			/* R10.4: what was written last to a page of ones */
};

struct m_model {
	__u64 base, size;		/* the range's; its size once created */
	int contract;
	bool created, initialized, begun;	/* begun: has a page or a declaration (R28.1) */
	bool debug;			/* ATTRIBUTES.DEBUG */
	unsigned int keys, allowed;	/* attributes that ask for keys: of the SECS; R27 */
	bool machine_pku;		/* a mapping of X alone cannot be read */
	struct m_slot slots[M_SLOTS];
	struct m_bytes bytes[M_SLOTS];
	struct m_space spaces[M_SPACES];
};

/* What a step comes to: as the model says, or as the kernel did. */
enum m_how {
	H_NOTHING,	/* a call: err, count, result */
	H_SKIPPED,
	H_WORKS,
	H_BUS,
	H_SEGV,
	H_EPCM,		/* inside only: #PF with the SGX bit */
	H_MAYBE,	/* of the model only: H_WORKS or H_SEGV/H_EPCM */
	H_GP,
	H_NO_ENTRY_PF,	/* EENTER itself */
	H_NO_ENTRY_GP,
	H_OTHER,	/* of the kernel only */
};

/* What a record tells of a refusal, but its rule and its errno, which are the outcome's. */
struct m_told {
	__u64 start, end, end_at_most;	/* addresses; end: of a run, of its first slot */
	__u8 requested, declared, source_class, file;
	int err;			/* where the caller is told another one */
};

struct m_outcome {
	int err;		/* positive errno of a call */
	enum m_how how;
	__u64 count, result;	/* out-fields; RAX of a leaf */
	int value;		/* the byte that was read; -1: none */
	int or_value;		/* or else this one; -1: none */
	unsigned int rule;	/* that is recorded, 0: none */
	struct m_told told;
};

/* base: where the range will be */
void m_reset(struct m_model *m, __u64 base, bool machine_pku);

/* ---- model.c: ioctls ---- */

/* A range as it is asked for, in bytes, and the fields that must be zero. */
struct m_range {
	__u64 offset, length;
	__u64 count, result;
	bool reserved;
};

/* ---- told.c: records, of what was refused ---- */

/* For a part of the arena as a whole; for a slot; for a call, as it was asked for. */
void m_tell_range(const struct m_model *m, struct m_outcome *out, int page, int end,
		  unsigned int requested);
void m_tell_slot(const struct m_model *m, struct m_outcome *out, int page, unsigned int requested,
		 const struct m_slot *slot);
void m_tell_asked(const struct m_model *m, struct m_outcome *out, const struct m_range *range,
		  unsigned int requested);

/* What CREATE finds wrong with a SECS, in the order of R21. */
enum m_secs { SECS_GOOD, SECS_UNREADABLE, SECS_SIZE, SECS_ECREATE };

/* ATTRIBUTES; M_KEYS: those that R23.4 is about. */
enum { M_DEBUG = 2, M_PROVISIONKEY = 16, M_EINITTOKENKEY = 32, M_KEYS = 48 };

/* attributes: the SECS's */
struct m_outcome m_create(struct m_model *m, enum m_secs secs, __u64 size, __u64 attributes);
struct m_outcome m_contract(struct m_model *m, unsigned int contract, bool reserved);

/* One page to copy from. */
struct m_page {
	struct m_source source;
	__u8 source_class, file;
	bool no_tcs;		/* EADD does not take it for a TCS, even if code is zero */
	__u8 code, tag;
};

struct m_add {
	__u64 src;
	struct m_range range;
	__u64 secinfo, flags;
	bool secinfo_readable, secinfo_reserved;
};

/* pages: what is found at src, a page each. */
struct m_outcome m_add(struct m_model *m, const struct m_add *add, const struct m_page *pages);

/* What INIT finds wrong with a SIGSTRUCT, in the order of R23. */
enum m_sig { SIG_GOOD, SIG_UNREADABLE, SIG_VENDOR, SIG_MACHINE, SIG_HEADER, SIG_SIGNATURE, SIG_HASH,
	     SIG_SECS };

struct m_outcome m_init(struct m_model *m, enum m_sig sig);
/* is_provision: the descriptor is one of /dev/sgx_provision */
struct m_outcome m_provision(struct m_model *m, bool is_provision);
struct m_outcome m_restrict_range(struct m_model *m, const struct m_range *range, __u64 rights);
struct m_outcome m_modify_range(struct m_model *m, const struct m_range *range, __u64 type);
struct m_outcome m_remove_range(struct m_model *m, const struct m_range *range);
struct m_outcome m_declare_range(struct m_model *m, const struct m_range *range, __u32 intent);
struct m_outcome m_lower_range(struct m_model *m, const struct m_range *range, __u32 intent);
/* LIST's answer to a range; runs_writable: its array can be written. */
struct m_outcome m_list(const struct m_model *m, const struct m_range *range, __u32 nr,
			bool runs_writable);

enum { M_KEPT = 64 };	/* R18.2 */
/*
 * REFUSALS, of which there were so many, from the number seq on, or from the oldest: count is
 * how many come back, result the number to go on with, and 2^32 for each that is lost.
 */
struct m_outcome m_refusals(__u64 total, __u64 seq, __u32 nr, bool reserved, bool writable);

/* ---- space.c: mappings and processes ---- */

/* MAP_OFFSET: as MAP_OVER, and an offset into the file, which means nothing (R11.4) */
enum m_map_flags { MAP_OVER = 0, MAP_NO_REPLACE = 1, MAP_PRIVATELY = 2, MAP_OFFSET = 3 };

struct m_outcome m_mmap(struct m_model *m, int space, int fd, int page, int nr, unsigned int prot,
			enum m_map_flags flags, bool read_implies_exec);
struct m_outcome m_mprotect(struct m_model *m, int space, int page, int nr, unsigned int prot,
			    bool read_implies_exec);
struct m_outcome m_munmap(struct m_model *m, int space, int page, int nr);
/* To another length at the same place, or to another place when to is not page. */
struct m_outcome m_mremap(struct m_model *m, int space, int page, int nr, int new_nr, int to);
void m_fork(struct m_model *m, int space, int child);
void m_exit(struct m_model *m, int space);
const struct m_vma *m_mapping(const struct m_model *m, int space, int page);

/* ---- enclu.c: access and leaves ---- */

/* access: MR, MW (writes value as tag, or a RET at the page's start) or MX. */
struct m_outcome m_touch(struct m_model *m, int space, int page, unsigned int access, bool inside,
			 bool code, __u8 value);
/* By /proc/PID/mem: R17. */
struct m_outcome m_debug(struct m_model *m, int space, int page, bool write, bool code, __u8 value);
enum m_enclu { E_EENTER = 2, E_ERESUME = 3, E_EACCEPT = 5, E_EMODPE = 6, E_EACCEPTCOPY = 7, E_KNOWN = 8 };
/* at, from: bytes from the base; in_range: the address is in the enclave range */
struct m_outcome m_leaf_at(struct m_model *m, int space, enum m_enclu leaf, __s64 at, __s64 from,
			   __u64 secinfo);
/* R34.4, which no operand matters to: leaves from E_KNOWN on inside, but two all outside. */
struct m_outcome m_no_leaf(unsigned int leaf, bool inside);

#endif
