/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request in words, for dry runs: "intent=rx source=file-exec". */
#ifndef AVOW_POLICY_REQUEST_H
#define AVOW_POLICY_REQUEST_H

#include "resolve.h"

#define AVOW_POLICY_REQUEST_WHY	1024

/*
 * event: "load", "map" or "init"; facts: nr of NAME=VALUE, by the words of the language. What is
 * not given is nothing: no rights, no file, no program, nobody's user and group, zeros, "no". A
 * load must say intent and source, a map prot. dry: the one that the policy was compiled with.
 * False, and *facts is of no use: why says which word is wrong, and what could stand there.
 */
bool avow_policy_request(struct avow_policy_dry *dry, const char *event, char *const *given, size_t nr,
			 struct avow_facts *facts, char why[AVOW_POLICY_REQUEST_WHY]);

#endif
