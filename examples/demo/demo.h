/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The demonstration: what it works with, and how it tells of it. */
#ifndef DEMO_H
#define DEMO_H

#include <stdbool.h>

#include <libavow.h>
#include "enclave/ask.h"

#define PAGE	4096ULL
#define RX	(AVOW_R | AVOW_X)
#define RW	(AVOW_R | AVOW_W)

/* ---- tell.c ---- */

/* never: no colours; they are escape sequences. */
void tell_colours(bool on);
/* Not a word, for what is told elsewhere. Checks go on. */
void tell_quiet(bool on);
void tell_title(const struct avow_info *info);
void tell_chapter(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without the heads of columns. */
void tell_list(const char *text);
void tell_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_runs(int fd, const struct avow_run *runs, size_t nr);
/* A new enclave: its refusals count from one. */
void tell_enclave(void);
/* Of the whole demonstration; the exit status. */
int tell_end(void);
/* What the demonstration cannot do without has failed: says so and exits. */
_Noreturn void give_up(const char *what, int err);

/* One thing that the kernel was asked, and what it was expected to answer. */
struct step {
	const char *what;
	__u32 asked;		/* AVOW_RWX bits; ASKED_NOTHING: has none */
	__u64 offset;		/* of the page it is about */
	__u32 rule;		/* that must refuse it, rule * 100 + clause; 0: must be allowed */
	int err;		/* positive errno, with a rule; 0: the access must end in an exception */
};

#define ASKED_NOTHING	~0U

/*
 * Tells of a step that was just done: result is 0 or a negative errno, answer (may be
 * NULL) what came out of a success. Compares with what the kernel recorded since the step before.
 */
void tell_step(int fd, const struct step *step, int result, const char *answer);

/* ---- stage.c ---- */

/* An enclave of enclave.elf, with room for plug-ins behind. */
struct stage {
	struct avow_enclave *e;
	struct avow_image *image;
	__u64 plugin;		/* offset of the first free page */
};

/* CREATE and the pages of the file, in this contract. */
void stage_begin(struct stage *s, enum avow_contract_id contract);
/* Sign, INIT, map; the plug-ins' pages are mapped with PROT_NONE. */
void stage_ready(struct stage *s);
void stage_end(struct stage *s);

/* ADD_PAGES of one page, measured. */
int stage_add(struct stage *s, const void *source, __u64 offset, __u32 secinfo, __u64 flags);
int stage_protect(struct stage *s, __u64 offset, __u32 rights);
/* What the kernel knows of one page; all zero for a hole. */
struct avow_run stage_run(int fd, __u64 offset);

/* Enters with the question. 0, or -EFAULT for an exception inside, which is then cleared away. */
int stage_ask(struct stage *s, struct ask *ask);
/* ASK_CALL of the page at an offset with 21. */
int stage_call(struct stage *s, __u64 offset, __u64 *value);

/* A file of the demonstration's data. */
const char *data_path(const char *name);
/* The plug-in's page: a copy in anonymous memory, or a private mapping of a file of its own. */
void *plugin_copy(int prot);
void *plugin_file(int prot, char path[64]);

/* ---- story.c ---- */

void story_enter(enum avow_contract_id contract);
/* The three programs of the discussion of 2020. */
void story_says_nothing(enum avow_contract_id contract);
void story_says_code(enum avow_contract_id contract);
void story_says_data(enum avow_contract_id contract);
/* Explicit intent, then lowering, and the list of runs. */
void story_intent(enum avow_contract_id contract);

#endif
