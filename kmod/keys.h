/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AVOW_KEYS_H
#define AVOW_KEYS_H

#include "core.h"

#define SGX_KEY_BYTES	16

int keys_init(void);
void keys_exit(void);
/* The key that the material names. Process context; negative errno: no memory. */
int keys_make(const struct avow_key_material *material, u8 key[SGX_KEY_BYTES]);
/* Fills keyid and mac. */
int keys_sign_report(const struct avow_targetinfo *target, struct avow_report *report);

#endif
