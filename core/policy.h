/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * A policy in the form in which it is evaluated: by BPF programs at the module's three
 * hooks, and by the command line's dry run. policy/ makes it from text.
 *
 * A request is described by facts: yes-or-no facts are bits of one word, and what a
 * thing is (a file, a user, a signer) is looked for among the policy's entries, each of
 * which belongs to a set. A rule asks for bits and sets, so that it is a few comparisons
 * of words, whatever it says. The first rule that matches answers.
 */
#ifndef AVOW_POLICY_H
#define AVOW_POLICY_H

#include "core.h"

/* ---- answers: what the attach points security_enclave_*() return (R41) ---- */

/*
 * 0: nobody answered. Negative: a denial with that errno. Positive: an action, and for
 * the record the rule that took it. Fits 31 bits.
 */
enum avow_action {
	AVOW_ACTION_NONE	= 0,
	AVOW_ACTION_ALLOW	= 1,
	AVOW_ACTION_DENY	= 2,	/* EACCES */
	AVOW_ACTION_AUDIT	= 3,	/* allowed, and recorded */
};

#define AVOW_RULES_MAX		512	/* of a policy, with its default; rules count from 1 */
#define AVOW_SERIAL_MAX		0xffff	/* of a policy since the machine runs, from 1, then again */

/* Which rule of which policy: the field policy of struct avow_refusal. */
#define AVOW_POLICY_RULE(serial, rule)	((u32)(serial) << 12 | (u32)(rule))
#define AVOW_ANSWER(serial, rule, action) \
	((int)(AVOW_POLICY_RULE(serial, rule) << 2 | (u32)(action)))

static inline u32 avow_answer_action(int answer)
{
	return answer > 0 ? (u32)answer & 3 : AVOW_ACTION_NONE;
}

static inline u32 avow_answer_policy(int answer)
{
	return answer > 0 ? (u32)answer >> 2 : 0;
}

static inline u32 avow_policy_rule(u32 policy)
{
	return policy & 0xfff;
}

static inline u32 avow_policy_serial(u32 policy)
{
	return policy >> 12;
}

/* ---- facts ---- */

/* Bits of avow_facts.bits. Of every request exactly one of the first three is set. */
#define FACT_LOAD		(1ULL << 0)	/* security_enclave_load() */
#define FACT_MAP		(1ULL << 1)	/* security_enclave_map() */
#define FACT_INIT		(1ULL << 2)	/* security_enclave_init() */
#define FACT_RIGHTS_SHIFT	3		/* LOAD: intent, MAP: protection; AVOW_RWX */
#define FACT_R			(1ULL << 3)
#define FACT_W			(1ULL << 4)
#define FACT_X			(1ULL << 5)
#define FACT_EVER_W		(1ULL << 6)	/* MAP: history */
#define FACT_EVER_X		(1ULL << 7)
#define FACT_MEASURED		(1ULL << 8)	/* LOAD: this page; INIT: every page whose intent has X */
#define FACT_DEBUG		(1ULL << 9)	/* INIT: ATTRIBUTES.DEBUG */
#define FACT_PROVISION		(1ULL << 10)	/* INIT: ATTRIBUTES.PROVISIONKEY */
/* LOAD, of the source's file; the mount is the one that it was opened on. */
#define FACT_MOUNT_NOEXEC	(1ULL << 16)
#define FACT_MOUNT_NOSUID	(1ULL << 17)
#define FACT_FILE_SETUID	(1ULL << 18)
#define FACT_FILE_SETGID	(1ULL << 19)
#define FACT_FILE_VERITY	(1ULL << 20)	/* fs-verity protects it */
/* LOAD: enum avow_source_class, one bit each. */
#define FACT_CLASS_SHIFT	24
#define FACT_CLASS(class)	(1ULL << (FACT_CLASS_SHIFT + (class)))
/* All of the above. */
#define FACT_KNOWN		(0x7ffULL | 0x1fULL << 16 | 0xffULL << FACT_CLASS_SHIFT)

/*
 * A file or directory: s_dev as the kernel has it (major << 20 | minor) and i_ino, of the
 * inode that holds the bytes (under overlayfs the one below).
 */
struct avow_file_id {
	u64 dev;
	u64 ino;
};

#define AVOW_DIRS_MAX		32	/* directories above a file that are looked at */
#define AVOW_CGROUPS_MAX	16	/* as many levels of cgroups */
#define AVOW_VERITY_MAX		64	/* bytes of an fs-verity digest */

/* What a request is. What a hook cannot know is zero. */
struct avow_facts {
	u64 bits;			/* FACT_* */
	struct avow_file_id program;	/* who: mm->exe_file */
	u32 uid, gid;			/* who: effective, in the initial user namespace */
	u32 nr_cgroups;
	u32 nr_dirs;
	u64 cgroups[AVOW_CGROUPS_MAX];	/* who: ids in the unified hierarchy, innermost first */
	struct avow_file_id file;	/* LOAD: of the source */
	struct avow_file_id dirs[AVOW_DIRS_MAX];	/* LOAD: above the file, innermost first, across mounts */
	u8 filesystem[16];		/* LOAD: name of its type, padded with zeros */
	u32 verity_algorithm;		/* LOAD: FS_VERITY_HASH_ALG_*, with FACT_FILE_VERITY */
	u16 isvprodid, isvsvn;		/* INIT */
	u8 verity[AVOW_VERITY_MAX];	/* LOAD: digest of the file, padded with zeros */
	u8 mrenclave[32];		/* INIT */
	u8 mrsigner[32];		/* INIT */
};

/* ---- a policy ---- */

/* What an entry is compared with. */
enum avow_entry_kind {
	AVOW_ENTRY_FILE		= 0,	/* file; value: struct avow_file_id */
	AVOW_ENTRY_UNDER	= 1,	/* any of dirs; struct avow_file_id */
	AVOW_ENTRY_VERITY	= 2,	/* verity_algorithm (arg) and verity */
	AVOW_ENTRY_FILESYSTEM	= 3,	/* filesystem */
	AVOW_ENTRY_PROGRAM	= 4,	/* program; struct avow_file_id */
	AVOW_ENTRY_USER		= 5,	/* uid (arg) */
	AVOW_ENTRY_GROUP	= 6,	/* gid (arg) */
	AVOW_ENTRY_CGROUP	= 7,	/* any of cgroups; a u64 */
	AVOW_ENTRY_ENCLAVE	= 8,	/* mrenclave */
	AVOW_ENTRY_SIGNER	= 9,	/* mrsigner */
	AVOW_ENTRY_PRODUCT	= 10,	/* isvprodid (arg) */
	AVOW_ENTRY_KINDS	= 11,
};

#define AVOW_ENTRIES_MAX	1024
#define AVOW_SETS_MAX		64

struct avow_entry {
	u32 set;		/* below AVOW_SETS_MAX: a request that matches is in this set */
	u32 arg;
	union {
		u8 bytes[64];	/* padded with zeros */
		u64 words[8];
		struct avow_file_id id;
	};
};

/*
 * Matches a request that has all of these bits and none of those, one of `any` if there
 * are any, is in every set of `in` and in none of `not_in`, and whose SVN is svn_min at
 * least.
 */
struct avow_rule {
	u64 all, none, any;
	u64 in, not_in;
	u32 svn_min;		/* with FACT_INIT in all; else zero */
	u32 action;		/* enum avow_action, not NONE */
};

/*
 * The entries of one kind are neighbours: first[kind] up to first[kind + 1]. The last rule
 * is the default and matches everything.
 */
struct avow_policy {
	u32 serial;		/* 1 to AVOW_SERIAL_MAX */
	u32 nr_rules;
	u32 first[AVOW_ENTRY_KINDS + 1];
	struct avow_rule rules[AVOW_RULES_MAX];
	struct avow_entry entries[AVOW_ENTRIES_MAX];
};

static_assert(AVOW_RULES_MAX <= 0xfff, "a rule's number fits an answer");
static_assert(sizeof(struct avow_rule) == 48 && sizeof(struct avow_entry) == 72, "no holes");

/*
 * R42. The answer to a request: that of the first rule that matches, as AVOW_ANSWER(); 0
 * if none does, which happens with no policy that is well-formed. Reads nothing beyond the
 * two, whatever is in them. In BPF both are values of maps, known not to be NULL; policy.c
 * is included in the program or linked to it (bpftool gen object).
 */
AVOW_CALLED_BY_BPF
int avow_policy_evaluate(const struct avow_policy *policy, const struct avow_facts *facts);

/*
 * Is it a policy that evaluate() can be given? Serial and counts in range, first[]
 * ascending from 0, sets, actions and bits known, the last rule unconditional. No file,
 * directory, program, cgroup or file system is zero, which stands for what is not known.
 */
bool avow_policy_wellformed(const struct avow_policy *policy);

/*
 * What the module makes of an answer (R41). required: the module's policy=required. rule:
 * the AVOW_RULE() of the hook, which a denial by an errno or by a policy names; without an
 * answer it is R41.2, and R41.4 for one that is none. AVOW_OK: go on; *audit is
 * avow_answer_policy(answer) if that is to be recorded, and otherwise 0.
 */
avow_verdict avow_policy_verdict(int answer, bool required, u32 rule, u32 *audit);

#endif
