/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AVOW_REDIRECT_H
#define AVOW_REDIRECT_H

int redirect_install(void);
void redirect_remove(void);

#endif
