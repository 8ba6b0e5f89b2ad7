// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A descriptor is copied with pidfd_getfd(), which asks for the right to trace the
 * process. The copy does not disturb it, but keeps the enclave alive while we look.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cmd.h"
#include <libavow.h>
#include "process.h"
#include "words.h"

/* What is needed while descriptors are looked through. */
struct search {
	struct process *process;
	int pidfd;
	struct stat device;
};

/* Why the process cannot be told of. err: 0 where nothing failed. Returns -1. */
static int lament(struct process *p, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int lament(struct process *p, int err, const char *format, ...)
{
	va_list args;

	p->err = err;
	va_start(args, format);
	if (!p->quiet)
		vcomplain(format, args);
	va_end(args);
	return -1;
}

static void *grow(void *array, size_t nr, size_t size)
{
	array = reallocarray(array, nr + 1, size);
	if (!array) {
		complain("out of memory");
		exit(EXIT_FAILURE);
	}
	return array;
}

static int read_comm(struct process *p)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)p->pid);
	file = fopen(path, "re");
	if (!file || !fgets(p->comm, sizeof(p->comm), file)) {
		int err = errno == ENOENT || !errno ? ESRCH : errno;

		if (file)
			fclose(file);
		return lament(p, err, "process %d: %s", (int)p->pid, strerror(err));
	}
	fclose(file);
	p->comm[strcspn(p->comm, "\n")] = '\0';
	printable(p->comm);
	return 0;
}

/* Is the process' descriptor one of the device? By number, for names differ between mount namespaces. */
static bool is_enclave(const struct search *s, int number)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)s->process->pid, number);
	return !stat(path, &st) && S_ISCHR(st.st_mode) && st.st_rdev == s->device.st_rdev;
}

static bool same_file(int a, int b)
{
	pid_t self = getpid();

	return syscall(SYS_kcmp, self, self, KCMP_FILE, a, b) == 0;
}

static void add_number(struct held_enclave *e, int number)
{
	e->numbers = grow(e->numbers, e->nr_numbers, sizeof(*e->numbers));
	e->numbers[e->nr_numbers++] = number;
}

/* Takes fd. */
static int add_enclave(struct process *p, int fd, int number)
{
	struct held_enclave *e;
	size_t i;
	int err;

	for (i = 0; i < p->nr_enclaves; i++) {
		if (same_file(p->enclaves[i].fd, fd)) {
			close(fd);
			add_number(&p->enclaves[i], number);
			return 0;
		}
	}
	p->enclaves = grow(p->enclaves, p->nr_enclaves, sizeof(*p->enclaves));
	e = &p->enclaves[p->nr_enclaves++];
	*e = (struct held_enclave){ .fd = fd };
	add_number(e, number);
	err = avow_get_info(fd, &e->info);
	if (!err)
		return 0;
	return lament(p, -err, "process %d, descriptor %d: %s", (int)p->pid, number,
		      err == -ENOTTY ? "the kernel's own SGX driver, which tells nothing of this" :
				       strerror(-err));
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* All numbers in /proc/PID/fd, ascending; *nr of them. NULL after a message. */
static int *descriptor_numbers(struct process *p, size_t *nr)
{
	struct dirent *entry;
	int *numbers = NULL;
	char path[64];
	DIR *dir;

	*nr = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)p->pid);
	dir = opendir(path);
	if (!dir) {
		lament(p, errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	numbers = grow(NULL, 0, sizeof(*numbers));
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		numbers = grow(numbers, *nr, sizeof(*numbers));
		numbers[(*nr)++] = atoi(entry->d_name);
	}
	closedir(dir);
	qsort(numbers, *nr, sizeof(*numbers), compare_ints);
	return numbers;
}

static int copy_enclave(struct search *s, int number)
{
	int fd = (int)syscall(SYS_pidfd_getfd, s->pidfd, number, 0);

	if (fd >= 0)
		return add_enclave(s->process, fd, number);
	if (errno == EBADF)
		return 0;	/* closed meanwhile */
	return lament(s->process, errno, "process %d, descriptor %d: %s%s", (int)s->process->pid, number,
		      strerror(errno), errno == EPERM ? " (it takes the right to trace the process)" : "");
}

static int find_enclaves(struct search *s)
{
	size_t nr, i;
	int *numbers = descriptor_numbers(s->process, &nr);
	int ret = numbers ? 0 : -1;

	for (i = 0; !ret && i < nr; i++)
		if (is_enclave(s, numbers[i]))
			ret = copy_enclave(s, numbers[i]);
	free(numbers);
	return ret;
}

static bool reached(const struct process *p, unsigned long long start)
{
	size_t i;

	for (i = 0; i < p->nr_enclaves; i++) {
		const struct avow_info *info = &p->enclaves[i].info;

		if (start >= info->base && start - info->base < info->size)
			return true;
	}
	return false;
}

static void add_mapping(struct process *p, const struct mapping *m)
{
	p->mappings = grow(p->mappings, p->nr_mappings, sizeof(*p->mappings));
	p->mappings[p->nr_mappings++] = *m;
}

/* Of these only the addresses are told: neighbours are one. */
static void add_lone(struct process *p, const struct mapping *m)
{
	if (p->nr_lone && p->lone[p->nr_lone - 1].end == m->start) {
		p->lone[p->nr_lone - 1].end = m->end;
		return;
	}
	p->lone = grow(p->lone, p->nr_lone, sizeof(*p->lone));
	p->lone[p->nr_lone++] = *m;
}

/* A line of /proc/PID/maps: a mapping of the device? By inode, or by name in another mount namespace. */
static bool maps_device(const struct search *s, const char *line, struct mapping *m)
{
	unsigned int major_nr, minor_nr;
	unsigned long long inode;
	char rights[8];
	int name = 0;

	if (sscanf(line, "%llx-%llx %7s %*x %x:%x %llu %n", &m->start, &m->end, rights, &major_nr,
		   &minor_nr, &inode, &name) < 6)
		return false;
	m->rights = (rights[0] == 'r' ? AVOW_R : 0) | (rights[1] == 'w' ? AVOW_W : 0) |
		    (rights[2] == 'x' ? AVOW_X : 0);
	if (makedev(major_nr, minor_nr) == s->device.st_dev && inode == s->device.st_ino)
		return true;
	return name && !strncmp(line + name, AVOW_DEVICE, strlen(AVOW_DEVICE));
}

static int find_mappings(struct search *s)
{
	char path[64], *line = NULL;
	struct mapping m;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)s->process->pid);
	file = fopen(path, "re");
	if (!file)
		return lament(s->process, errno, "%s: %s", path, strerror(errno));
	while (getline(&line, &size, file) > 0) {
		if (!maps_device(s, line, &m))
			continue;
		if (reached(s->process, m.start))
			add_mapping(s->process, &m);
		else
			add_lone(s->process, &m);
	}
	free(line);
	fclose(file);
	return 0;
}

static int look(struct process *p)
{
	struct search s = { .process = p, .pidfd = -1 };
	int ret = -1;

	if (read_comm(p))
		return -1;
	if (stat(AVOW_DEVICE, &s.device))
		return lament(p, errno, "%s: %s%s", AVOW_DEVICE, strerror(errno),
			      errno == ENOENT ? "; is avow.ko loaded?" : "");
	s.pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (s.pidfd < 0)
		return lament(p, errno, "process %d: %s%s", (int)p->pid, strerror(errno),
			      errno == EINVAL ? " (a thread? name its process)" : "");
	if (!find_enclaves(&s) && !find_mappings(&s))
		ret = 0;
	close(s.pidfd);
	if (!ret && !p->nr_enclaves && !p->nr_lone)
		return lament(p, 0, "process %d (%s) holds no enclave", (int)p->pid, p->comm);
	return ret;
}

static int look_or_close(struct process *p)
{
	int err;

	if (!look(p))
		return 0;
	err = p->err;
	process_close(p);
	p->err = err;
	return -1;
}

int process_open(struct process *p, pid_t pid)
{
	*p = (struct process){ .pid = pid };
	return look_or_close(p);
}

int process_try(struct process *p, pid_t pid)
{
	*p = (struct process){ .pid = pid, .quiet = true };
	return look_or_close(p) ? p->err : 0;
}

void process_close(struct process *p)
{
	size_t i;

	for (i = 0; i < p->nr_enclaves; i++) {
		close(p->enclaves[i].fd);
		free(p->enclaves[i].numbers);
	}
	free(p->enclaves);
	free(p->mappings);
	free(p->lone);
	*p = (struct process){ 0 };
}

char *source_path_of(int fd, unsigned int id)
{
	char *path;

	if (!id || avow_source_path(fd, id, &path, NULL))
		return NULL;
	return path;
}

void print_descriptors(const struct held_enclave *e)
{
	size_t i;

	printf("descriptor%s ", e->nr_numbers > 1 ? "s" : "");
	for (i = 0; i < e->nr_numbers; i++)
		printf("%s%d", i ? ", " : "", e->numbers[i]);
}

void print_lone(const struct process *p)
{
	size_t i;

	for (i = 0; i < p->nr_lone; i++)
		printf("Process %d (%s) maps 0x%llx-0x%llx of an enclave, but holds no descriptor of it.\n"
		       "Such an enclave lives on and cannot be asked; its refusals are still in the\n"
		       "tracepoint avow:avow_refusal.\n", (int)p->pid, p->comm, p->lone[i].start,
		       p->lone[i].end);
}
