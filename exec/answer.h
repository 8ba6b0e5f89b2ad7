/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who answers CPUID in this process. */
#ifndef AVOW_EXEC_ANSWER_H
#define AVOW_EXEC_ANSWER_H

enum answer {
	ANSWER_NONE,		/* only the CPU */
	ANSWER_UD2,		/* avow.ko, for each CPUID that was replaced by UD2 */
	ANSWER_FAULTING,	/* avow.ko, for all: CPUID faults from now on */
};

/*
 * Asks the device, then tries it out. The module cannot be unloaded afterwards for as
 * long as this process lives, or a fork of it. ANSWER_NONE: *why says why, and nothing
 * was changed.
 */
enum answer answer_begin(const char **why);

#endif
