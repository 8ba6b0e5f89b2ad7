/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_VM_CLOSURE_H
#define AVOW_VM_CLOSURE_H

#include "archive.h"

/*
 * Packs a program with what it needs to start: its loader and shared
 * libraries, or the interpreter that its first line names. What it opens
 * later (plug-ins, data) is for --share and --host-root.
 */
void pack_program(struct archive *archive, const char *path);

/* Packs a shared library with the libraries that it needs. */
void pack_library(struct archive *archive, const char *path);

/* The absolute path of a program: a path, or a name looked up in PATH. */
char *find_program(const char *name);

#endif
