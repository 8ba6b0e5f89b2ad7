/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this program does when a test runs it, by avow exec or not. */
#ifndef CPUID_ROLES_H
#define CPUID_ROLES_H

/* argv[1] is the role; the exit status. */
int play_role(char **argv);

#endif
