/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUID_LOOKS_H
#define CPUID_LOOKS_H

#include "core.h"

void looks_cpuid(u32 leaf, u32 subleaf, u32 registers[4]);
void looks_bare_cpuid(u32 leaf, u32 subleaf, u32 registers[4]);
u32 looks_immediate(void);
u64 looks_displacement(u64 value);
u32 looks_data(void);
void looks_ud2(void);
extern const u8 looks_site[2], looks_bare_site[2], looks_table[8];

/* The name of the library with the same functions. */
#define LOOKS_LIBRARY	"looks.so"

#endif
