/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AVOW_CPUID_H
#define AVOW_CPUID_H

#include <linux/ptrace.h>

/* Is the exception one of a CPUID instruction that is answered here? Then regs are new. */
bool cpuid_answer(struct pt_regs *regs, int trapnr);

#endif
