/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The enclaves that a process holds, reached through copies of its descriptors. */
#ifndef AVOW_CMD_PROCESS_H
#define AVOW_CMD_PROCESS_H

#include <libavow.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct held_enclave {
	int fd;			/* our copy of the descriptor */
	int *numbers;		/* the process' descriptors of it, ascending */
	size_t nr_numbers;
	struct avow_info info;
};

/* A mapping of the device. */
struct mapping {
	unsigned long long start, end;
	unsigned int rights;	/* AVOW_RWX bits */
};

struct process {
	bool quiet;
	int err;		/* errno of what failed, 0: nothing did */
	pid_t pid;
	char comm[32];
	struct held_enclave *enclaves;
	size_t nr_enclaves;
	/* Ascending. Two enclaves that were created for the same addresses share them here. */
	struct mapping *mappings;	/* of the enclaves above */
	size_t nr_mappings;
	struct mapping *lone;		/* of an enclave of which the process has no descriptor left */
	size_t nr_lone;
};

/* 0, or -1 after a message that names what failed. */
int process_open(struct process *p, pid_t pid);
/*
 * The same without a message: 0, with nothing to close where there is no enclave; or the
 * positive errno of what failed.
 */
int process_try(struct process *p, pid_t pid);
void process_close(struct process *p);

/* The path of a run's or refusal's source, to be freed; NULL: no file. fd: the enclave's. */
char *source_path_of(int fd, unsigned int id);

/* "descriptor 3", "descriptors 3, 5" */
void print_descriptors(const struct held_enclave *e);
/* The lone mappings, and why nothing more can be told of them. */
void print_lone(const struct process *p);

#endif
