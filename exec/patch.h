/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UD2 in the place of CPUID. */
#ifndef AVOW_EXEC_PATCH_H
#define AVOW_EXEC_PATCH_H

#include "maps.h"

/*
 * Replaces the CPUID at an address. It must be one: false, and nothing is changed, where
 * these are not its bytes, or they are not in private executable text of a file.
 */
bool patch_cpuid(const struct mappings *mappings, uintptr_t address);

#endif
