/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of all of Avow, in this one place: makefiles take it from here. NEWS.md and
 * debian/changelog begin with it, as tests/repo checks.
 */
#ifndef AVOW_VERSION_H
#define AVOW_VERSION_H

#define AVOW_VERSION "0.1"

#endif
