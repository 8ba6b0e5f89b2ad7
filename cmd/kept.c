// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include <libavow.h>
#include "kept.h"
#include "process.h"

static int add_enclave(struct kept *kept, const struct held_enclave *e)
{
	struct avow_refusal refusals[AVOW_REFUSALS_KEPT];
	struct kept_record *records;
	__u64 seq = 0, lost = 0;
	int nr = avow_read_refusals(e->fd, &seq, refusals, AVOW_REFUSALS_KEPT, &lost), i;

	if (nr <= 0)
		return nr;
	records = reallocarray(kept->records, kept->nr + (size_t)nr, sizeof(*records));
	if (!records)
		return -ENOMEM;
	kept->records = records;
	for (i = 0; i < nr; i++)
		records[kept->nr++] = (struct kept_record){
			.refusal = refusals[i],
			.base = e->info.base,
			.size = e->info.size,
			.lost = i ? 0 : lost,
			.path = source_path_of(e->fd, refusals[i].source),
		};
	return 0;
}

static int add_process(struct kept *kept, pid_t pid)
{
	struct process p;
	int err = process_try(&p, pid);
	size_t i;

	/* One that ends meanwhile is none. */
	if (err == EPERM || err == EACCES)
		kept->nr_denied++;
	if (err)
		return 0;
	for (i = 0; !err && i < p.nr_enclaves; i++)
		err = add_enclave(kept, &p.enclaves[i]);
	kept->nr_lone += p.nr_lone;
	process_close(&p);
	return err;
}

static int by_time(const void *a, const void *b)
{
	const struct avow_refusal *x = &((const struct kept_record *)a)->refusal;
	const struct avow_refusal *y = &((const struct kept_record *)b)->refusal;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return memcmp(x, y, sizeof(*x));
}

/* An enclave that several processes hold was read as often. */
static void drop_copies(struct kept *kept)
{
	size_t to = 0, i;

	for (i = 0; i < kept->nr; i++) {
		if (to && !memcmp(&kept->records[to - 1].refusal, &kept->records[i].refusal,
				  sizeof(struct avow_refusal)))
			free(kept->records[i].path);
		else
			kept->records[to++] = kept->records[i];
	}
	kept->nr = to;
}

int kept_read(struct kept *kept)
{
	struct dirent *entry;
	DIR *dir = NULL;
	int err = 0;

	*kept = (struct kept){ .nr = 0 };
	if (access(AVOW_DEVICE, F_OK)) {
		complain("%s: %s%s", AVOW_DEVICE, strerror(errno),
			 errno == ENOENT ? "; is avow.ko loaded?" : "");
		return -1;
	}
	dir = opendir("/proc");
	if (!dir)
		err = -errno;
	while (!err && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			err = add_process(kept, (pid_t)atoi(entry->d_name));
	if (dir)
		closedir(dir);
	if (err) {
		complain("log: /proc: %s", strerror(-err));
		kept_free(kept);
		return -1;
	}
	if (kept->nr)
		qsort(kept->records, kept->nr, sizeof(*kept->records), by_time);
	drop_copies(kept);
	return 0;
}

void kept_free(struct kept *kept)
{
	size_t i;

	for (i = 0; i < kept->nr; i++)
		free(kept->records[i].path);
	free(kept->records);
	*kept = (struct kept){ .nr = 0 };
}
