/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * avow doctor in two halves: what the machine is like, which asks the machine and judges
 * nothing, and what is wrong with it, which is a function of that alone.
 */
#ifndef AVOW_CMD_DOCTOR_H
#define AVOW_CMD_DOCTOR_H

#include <avow.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Of numbers below that could not be read. */
#define UNKNOWN		(-1)

struct kernel_facts {
	char release[65], machine[65];
	bool vdso, vdso_enter;		/* there is one; it has __vdso_sgx_enter_enclave */
	bool btf;			/* the kernel's types, for policies */
	bool bpffs;			/* on /sys/fs/bpf */
	long ftrace, bpf_jit;		/* the sysctls, or UNKNOWN */
	long modules_disabled;
	bool signed_only;		/* takes modules that are signed, and no others */
	bool confidential;		/* lockdown: BPF may not read the kernel's memory */
	bool cpu_sgx, cpu_xsave;
};

struct module_facts {
	bool loaded, types;		/* types: it has its own */
	bool test_build;
	char contract[16], policy[16];	/* parameters; "": not there */
};

enum node_kind { NODE_MISSING, NODE_NO_DEVICE, NODE_DEVICE };
enum owner { OWNER_UNKNOWN, OWNER_AVOW, OWNER_INTREE, OWNER_OTHER };

/* A node in /dev, and what it says for itself. */
struct node_facts {
	const char *path;
	enum node_kind kind;
	long minor, registered;		/* the node's; that of the kernel's misc device, UNKNOWN: none */
	bool misc;			/* the node's major is theirs */
	int err;			/* errno of opening it, 0: it opened */
	mode_t mode;
	char group[64];
	bool root_group, in_group, member;	/* the process; the user, by the database */
	bool noexec, nodev;		/* of the mount that it is on */
	char mount[PATH_MAX];
	enum owner owner;
	int ask_err;			/* errno where the owner could not be told */
	struct avow_info info;		/* of Avow's */
};

/* What a filter of system calls may deny to enclaves' programs, or to this command. */
enum probe { PROBE_GETFD, PROBE_KCMP, PROBE_EXEC, NR_PROBES };

struct process_facts {
	char user[64];
	bool root;			/* effective user 0 */
	long seccomp;			/* as /proc/self/status has it */
	int probes[NR_PROBES];		/* errno, or 0 */
	int killed;			/* by which signal a probe was, 0: none */
	enum probe killer;		/* then: which one */
	long ptrace_scope, max_map_count;
	unsigned long long limit_as, limit_files;	/* soft limits; ULLONG_MAX: none */
	/* The memory cgroup of these and above that has the least room left. */
	bool limited;
	unsigned long long memory_limit, memory_used;	/* used: without what can be dropped */
	char memory_file[PATH_MAX];	/* that sets the limit */
	bool memory_v1;
};

struct policy_facts {
	bool known;
	bool spared;			/* not known: it was not looked, for want of memory */
	char why[512];			/* not known: why */
	unsigned int serial;		/* 0: no policy in force */
	bool attached, unfinished;	/* at every hook; a load was not ended */
	char file[PATH_MAX];		/* "": not kept */
	unsigned int others;		/* programs of others at the hooks */
};

struct facts {
	struct kernel_facts kernel;
	struct module_facts module;
	struct node_facts enclave, provision;
	struct process_facts process;
	struct policy_facts policy;
};

void look_at_kernel(struct kernel_facts *k);
void look_at_module(struct module_facts *m);
void look_at_node(struct node_facts *n, const char *path, const char *misc_name);
void look_at_process(struct process_facts *p);
void look_at_memory(struct process_facts *p);
/* What the memory cgroups leave. */
unsigned long long memory_room(const struct process_facts *p);
void look_at_policy(struct policy_facts *p);

/* Whose device that is, by what it answers; sets owner, ask_err and info. */
void ask_owner(struct node_facts *n, int fd);

/* The directory that a path's mount is on. "": not known. */
void mount_of(const char *path, char mount[PATH_MAX]);
/* Where the first file system of this type, with this option if not NULL, is mounted. False: nowhere. */
bool mounted(const char *type, const char *option, char mount[PATH_MAX]);

/* A whole number in a file, or UNKNOWN. */
long number_in(const char *path);
/* The first line of a file without its newline; "": none. */
void line_in(const char *path, char *text, size_t size);

/* ---- findings ---- */

enum health { HEALTH_WELL, HEALTH_NOTE, HEALTH_WRONG };

struct finding {
	const char *check;
	enum health health;
	char *says;
	char *mend;		/* a command; NULL: nothing is wrong */
};

struct findings {
	struct finding *all;
	size_t nr;
};

struct findings judge(const struct facts *facts);
void findings_free(struct findings *findings);
bool findings_well(const struct findings *findings);

#endif
