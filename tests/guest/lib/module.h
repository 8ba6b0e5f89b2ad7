/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading and unloading the module, for cases about that. */
#ifndef MODULE_H
#define MODULE_H

#include "test.h"

/* avow.ko, or any. -1 and errno. parameters: as insmod takes them. */
int module_load(const char *parameters);
int module_load_file(const char *path, const char *parameters);
int module_unload(void);
bool module_loaded(void);
/* The kernel log since the last call, up to size - 1 bytes. */
void kernel_log(char *text, size_t size);

#endif
