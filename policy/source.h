/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_POLICY_SOURCE_H
#define AVOW_POLICY_SOURCE_H

#include "language.h"

extern const struct avow_policy_reader avow_policy_files;

#endif
