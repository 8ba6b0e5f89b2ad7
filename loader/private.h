/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the loader's files share. */
#ifndef AVOW_LOADER_PRIVATE_H
#define AVOW_LOADER_PRIVATE_H

#include "loader.h"

#define LIVE	AVOW_LOADER_DIRECTORY "/live"
#define NEXT	AVOW_LOADER_DIRECTORY "/next"

struct avow_names_bpf;

struct avow_loader {
	int lock;			/* descriptor of the directory, locked */
	struct avow_names_bpf *names;	/* loaded */
	struct avow_bpf_process self;	/* as the hooks see this process */
};

/* Sets *why and returns err. */
__attribute__((format(printf, 3, 4)))
int avow_loader_fail(struct avow_loader_why *why, int err, const char *format, ...);

/* check.c: what has to be there. Also where only reading is wanted. */
int avow_loader_check(struct avow_loader_why *why);

/* names.c */
int avow_names_open(struct avow_loader *loader, struct avow_loader_why *why);
void avow_names_close(struct avow_loader *loader);

/* attach.c: programs at the three hooks, and the maps that they share with us. */
struct avow_set {
	int links[AVOW_HOOKS];		/* -1: not there */
	int policies, proving;		/* descriptors of maps, -1: not there */
	bool this_build;
};

/* What is pinned in a directory; parts may be missing. */
void avow_set_open(struct avow_set *set, const char *directory);
bool avow_set_complete(const struct avow_set *set);
void avow_set_close(struct avow_set *set);
/* Loads, attaches, pins in NEXT. */
int avow_set_make(struct avow_set *set, struct avow_loader_why *why);
/* NEXT becomes LIVE, and what LIVE was goes. */
int avow_set_promote(struct avow_loader_why *why);
/*
 * Unpins, which detaches what nobody else holds, and waits for that, at most 5 seconds. A
 * directory that is not there is fine.
 */
int avow_set_remove(const char *directory);
/* A map of AVOW_LOADER_DIRECTORY: a descriptor, or a negative errno. */
int avow_map_open(const char *name);

/* hooks.c: the module's hooks, as links name them. */
struct avow_hooks {
	u32 module;			/* id of its BTF */
	u32 functions[AVOW_HOOKS];	/* in this BTF */
};
int avow_hooks_find(struct avow_hooks *hooks);

/* prove.c: requests that are denied because the candidate is asked (R43.3). */
int avow_prove(u32 policy, struct avow_loader_why *why);

#endif
