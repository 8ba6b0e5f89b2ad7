/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page of HTML that shows the enclaves of a process. It is one file that asks for no other, and
 * no text in it that others have chosen, as a path, can become anything but text: all of it is in
 * one JSON value without "<" or "&", which the script of the page shows as text; and no other
 * script would be run, for the page allows its own by their digest alone.
 */
#ifndef AVOW_CMD_PAGE_H
#define AVOW_CMD_PAGE_H

#include <stdio.h>

#include "process.h"
#include "runs.h"
#include "sentence.h"

struct page;

/* To a new file beside, which takes file's place by page_end(). NULL after a message. */
struct page *page_begin(const char *file, const struct process *p);

/* The next enclave. paths: of each run's source, or NULL. told: its refusals. */
void page_enclave(struct page *page, const struct held_enclave *e, const struct mapped_run *runs,
		  char *const *paths, size_t nr);
void page_refusal(struct page *page, const struct avow_told *told);
void page_enclave_end(struct page *page, unsigned long long lost);

/* whole: no, and there is no file, or the one that was. 0, or -1 after a message. */
int page_end(struct page *page, bool whole);

#endif
