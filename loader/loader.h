/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads policies into the kernel, and tells what is loaded (R43). Nothing here prints or
 * exits. Link with libavow-loader.a, libavow-policy.a, libavow.a, -lbpf and -lcrypto.
 *
 * What is loaded lives in AVOW_LOADER_DIRECTORY, which is root's alone:
 *
 *	live/	the programs' links and the policy in force; next/ while it is made
 *	lines, loads, serial	what policies were, for records of the past: these stay
 *
 * Functions return 0, or a negative errno and in *why a sentence that names what is
 * missing and how to mend it.
 */
#ifndef AVOW_LOADER_H
#define AVOW_LOADER_H

#include "language.h"
#include "shared.h"

#define AVOW_LOADER_BPFFS	"/sys/fs/bpf"
#define AVOW_LOADER_DIRECTORY	AVOW_LOADER_BPFFS "/avow"

struct avow_loader_why {
	char text[512];
};

enum avow_loader_hook {
	AVOW_HOOK_LOAD,
	AVOW_HOOK_MAP,
	AVOW_HOOK_INIT,
	AVOW_HOOKS,
};

extern const char *const avow_loader_hook_names[AVOW_HOOKS];	/* "load", "map", "init" */

struct avow_loader;

/*
 * For load (then names can be resolved) and unload: is everything there, and may we? Waits
 * for another loader to end. Privilege: CAP_SYS_ADMIN, and to write root's directory.
 */
int avow_loader_open(struct avow_loader **loader, bool names, struct avow_loader_why *why);
void avow_loader_close(struct avow_loader *loader);	/* NULL is fine */

/* Names as the hooks will see them, by asking the kernel. Good as long as the loader. */
struct avow_policy_resolver avow_loader_resolver(struct avow_loader *loader);

/*
 * Puts a policy in force that was compiled from text with the resolver above, and gives it
 * its serial number. file: its name, for show. On failure the policy that was in force is
 * in force, or none if there was none.
 */
int avow_loader_load(struct avow_loader *loader, struct avow_policy *policy,
		     const struct avow_policy_text *text, const char *file,
		     struct avow_loader_why *why);

/* -ENOENT: there is none. */
int avow_loader_unload(struct avow_loader *loader, struct avow_loader_why *why);

#define AVOW_LOADER_OTHERS	16

struct avow_loader_state {
	bool attached[AVOW_HOOKS];	/* our programs */
	u32 serial;			/* of the policy in force; 0: none */
	u32 nr_rules;
	struct avow_bpf_load load;	/* zero if it is not kept any more */
	bool this_build;		/* the programs are those of this command */
	bool unfinished;		/* a load goes on, or its loader was killed */
	u32 nr_others;			/* programs of others at our hooks, and the first of them */
	struct {
		u32 id;
		enum avow_loader_hook hook;
		char name[16];
	} others[AVOW_LOADER_OTHERS];
	char parameter[16];		/* policy= of the module */
};

/*
 * From here to avow_hooks_release(), programs in sections "fmod_ret/" and "fexit/" with the
 * name of a hook are loaded for avow.ko's function, whatever other modules have; other
 * names fail with ESRCH. To be called before the object is opened. Privilege as above.
 */
int avow_hooks_aim(void);
void avow_hooks_release(void);

/*
 * From now on libbpf's last warning is kept, and nothing is written to standard error; what
 * was kept before is forgotten. The functions above do this themselves.
 */
void avow_bpf_listen(void);
/* Words to follow an errno: "; libbpf: ...", or "" if it has not warned. Good until the next call. */
const char *avow_bpf_said(void);

/* Privilege as above. */
int avow_loader_show(struct avow_loader_state *state, struct avow_loader_why *why);
/* The line of a rule of a policy, NUL-terminated. -ENOENT: not kept any more. */
int avow_loader_line(u32 serial, u32 rule, struct avow_bpf_line *line);

#endif
