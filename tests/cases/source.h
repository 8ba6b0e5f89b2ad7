/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R5, R6, R7: core/source.c */
#ifndef AVOW_CASES_SOURCE_H
#define AVOW_CASES_SOURCE_H

#include "case.h"

#define USABLE		.contains = true, .readable = true
#define USABLE_EXEC	USABLE, .mayexec = true, .exec = true

/* ---- avow_source_check ---- */

struct source_check_case {
	CASE_HEAD;
	struct avow_source_facts src;
	u32 intent;
	bool strict;
};

CASE_TABLE struct source_check_case source_check_cases[] = {
	{ .name = "readable mapping", .rule = AVOW_RULE(5, 1),
	  .src = { USABLE, .mayexec = true }, .intent = R_ },
	{ .name = "no VMA, compat", .rule = AVOW_RULE(5, 1), .err = EFAULT,
	  .src = { .readable = true, .mayexec = true, .exec = true }, .intent = R_ },
	{ .name = "no VMA, strict", .rule = AVOW_RULE(5, 1), .err = EFAULT, .strict = true,
	  .src = { .readable = true, .mayexec = true, .exec = true }, .intent = R_ },
	{ .name = "no VMA comes first", .rule = AVOW_RULE(5, 1), .err = EFAULT,
	  .src = { .special = true }, .intent = RX_ },

	{ .name = "readable", .rule = AVOW_RULE(5, 2), .strict = true,
	  .src = { USABLE }, .intent = RW_ },
	{ .name = "PROT_NONE", .rule = AVOW_RULE(5, 2), .err = EFAULT,
	  .src = { .contains = true, .mayexec = true }, .intent = R_ },
	{ .name = "execute only, strict", .rule = AVOW_RULE(5, 2), .err = EFAULT, .strict = true,
	  .src = { .contains = true, .mayexec = true, .exec = true }, .intent = RX_ },
	{ .name = "unreadable comes before special", .rule = AVOW_RULE(5, 2), .err = EFAULT,
	  .src = { .contains = true, .mayexec = true, .special = true }, .intent = R_ },

	{ .name = "ordinary memory", .rule = AVOW_RULE(5, 3),
	  .src = { USABLE_EXEC }, .intent = RX_ },
	{ .name = "device memory, compat", .rule = AVOW_RULE(5, 3), .err = EFAULT,
	  .src = { USABLE_EXEC, .special = true }, .intent = R_ },
	{ .name = "device memory, strict", .rule = AVOW_RULE(5, 3), .err = EFAULT, .strict = true,
	  .src = { USABLE_EXEC, .special = true }, .intent = R_ },
	{ .name = "strict: special comes before not executable", .rule = AVOW_RULE(5, 3),
	  .err = EFAULT, .strict = true, .src = { USABLE, .special = true }, .intent = RX_ },

	{ .name = "compat: may be executable is enough for X", .rule = AVOW_RULE(6, 1),
	  .src = { USABLE, .mayexec = true }, .intent = RWX_ },
	{ .name = "compat: noexec for code", .rule = AVOW_RULE(6, 1), .err = EACCES,
	  .src = { USABLE }, .intent = RX_ },
	{ .name = "compat: noexec for data too", .rule = AVOW_RULE(6, 1), .err = EACCES,
	  .src = { USABLE }, .intent = RW_ },
	{ .name = "compat: noexec comes before unreadable", .rule = AVOW_RULE(6, 1), .err = EACCES,
	  .src = { .contains = true }, .intent = R_ },
	{ .name = "compat: noexec comes before special", .rule = AVOW_RULE(6, 1), .err = EACCES,
	  .src = { USABLE, .special = true }, .intent = RX_ },
	{ .name = "compat: noexec for nothing", .rule = AVOW_RULE(6, 1), .err = EACCES,
	  .src = { USABLE }, .intent = 0 },

	{ .name = "strict: executable for code", .rule = AVOW_RULE(6, 2), .strict = true,
	  .src = { USABLE_EXEC }, .intent = RX_ },
	{ .name = "strict: noexec for data", .rule = AVOW_RULE(6, 2), .strict = true,
	  .src = { USABLE }, .intent = RW_ },
	{ .name = "strict: may be executable is not enough", .rule = AVOW_RULE(6, 2), .err = EACCES,
	  .strict = true, .src = { USABLE, .mayexec = true }, .intent = RX_ },
	{ .name = "strict: X alone", .rule = AVOW_RULE(6, 2), .err = EACCES,
	  .strict = true, .src = { USABLE, .mayexec = true }, .intent = X_ },
	{ .name = "strict: RWX from a noexec mount", .rule = AVOW_RULE(6, 2), .err = EACCES,
	  .strict = true, .src = { USABLE }, .intent = RWX_ },
};

CASE_FUNCTION void case_source_check(const struct source_check_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_source_check(&c->src, c->intent, c->strict));
}

/* ---- avow_source_class ---- */

struct source_class_case {
	CASE_HEAD;
	struct avow_source_facts src;
	u32 class;
};

CASE_TABLE struct source_class_case source_class_cases[] = {
	{ .name = "no VMA", .rule = AVOW_RULE(7, 1),
	  .src = { .file = true, .exec = true }, .class = AVOW_SRC_NONE },
	{ .name = "program text", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .maywrite = true }, .class = AVOW_SRC_FILE_EXEC },
	{ .name = "shared text of a read-only file", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .shared = true }, .class = AVOW_SRC_FILE_EXEC },
	{ .name = "file data", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE, .mayexec = true, .file = true, .maywrite = true },
	  .class = AVOW_SRC_FILE_NOEXEC },
	{ .name = "written private text", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .maywrite = true, .written = true },
	  .class = AVOW_SRC_FILE_WRITTEN },
	{ .name = "written private data", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE, .file = true, .maywrite = true, .written = true },
	  .class = AVOW_SRC_FILE_WRITTEN },
	{ .name = "written private mapping of a tmpfs", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .shmem = true, .maywrite = true, .written = true },
	  .class = AVOW_SRC_FILE_WRITTEN },
	{ .name = "shared writable file", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .shared = true, .maywrite = true },
	  .class = AVOW_SRC_FILE_SHARED_W },
	{ .name = "memfd, private", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .file = true, .shmem = true, .maywrite = true },
	  .class = AVOW_SRC_SHMEM },
	{ .name = "shared anonymous memory", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE, .file = true, .shmem = true, .shared = true, .maywrite = true },
	  .class = AVOW_SRC_SHMEM },
	{ .name = "private anonymous memory", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .maywrite = true, .written = true }, .class = AVOW_SRC_ANON },
	{ .name = "device file", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE, .special = true, .file = true, .shared = true },
	  .class = AVOW_SRC_OTHER },
	{ .name = "special mapping", .rule = AVOW_RULE(7, 1),
	  .src = { USABLE_EXEC, .special = true }, .class = AVOW_SRC_OTHER },
};

CASE_FUNCTION void case_source_class(const struct source_class_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "class", c->class, avow_source_class(&c->src));
}

#undef USABLE
#undef USABLE_EXEC

#endif
