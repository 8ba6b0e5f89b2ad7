/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* What the programs at the hooks and their loader say to each other, in maps. */
#ifndef AVOW_BPF_SHARED_H
#define AVOW_BPF_SHARED_H

#include "policy.h"

/* Slots of the map `policies`. */
enum avow_bpf_slot {
	AVOW_SLOT_LIVE,		/* answers everybody */
	AVOW_SLOT_CANDIDATE,	/* answers the loader's own requests, which prove that it is asked */
	AVOW_SLOTS,
};

/*
 * `proving`: whose requests the candidate denies. A process that is gone is nobody, since
 * none with its number starts at the same nanosecond.
 */
struct avow_bpf_process {
	u64 start;		/* task_struct.start_boottime; 0: nobody */
	u32 tgid;		/* in the initial pid namespace */
	u32 reserved;
};

/* `lines`: which line of the policy's text a rule is, by struct avow_refusal.policy. */
#define AVOW_BPF_LINE_SIZE	256

struct avow_bpf_line {
	char text[AVOW_BPF_LINE_SIZE];	/* "file:line: the rule", NUL-terminated */
};

/* `loads`: what was loaded, by the policy's serial number. */
struct avow_bpf_load {
	u64 time;		/* CLOCK_REALTIME, seconds */
	u32 nr_rules;
	u32 uid;		/* who loaded it */
	char file[AVOW_BPF_LINE_SIZE];
};

/* `build`: what the programs were made from. */
struct avow_bpf_build {
	u8 digest[32];		/* SHA-256 of their object */
};

/* What bpf/names.bpf.c writes of each file or mapping of a process. */
struct avow_bpf_name {
	u64 key;		/* descriptor, or address of the mapping */
	struct avow_file_id id;
	struct avow_bpf_process process;
};

#endif
