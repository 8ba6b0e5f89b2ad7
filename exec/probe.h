/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A CPUID instruction of our own. */
#ifndef AVOW_EXEC_PROBE_H
#define AVOW_EXEC_PROBE_H

#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

void avow_probe(uint32_t leaf, uint32_t subleaf, struct cpuid *result);
extern const uint8_t avow_probe_cpuid[2];	/* the instruction */

#endif
