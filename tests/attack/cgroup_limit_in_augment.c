// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A memory cgroup has 12 MiB; its process lets EAUG add 24 MiB of pages, by touching what was
 * declared. R40.4: they are charged to it, and beyond the limit the access is SIGBUS. The hole is
 * epc_charged.
 */
#include <signal.h>
#include <sys/mman.h>

#include "attack.h"
#include "group.h"

#define PAGES	6144ULL
#define TABLE	512	/* pages that one page table has */
#define LIMIT	"12582912"

struct touching {
	struct scene s;
	u64 touched;
	int signo;
};

static void touches(void *arg)
{
	struct touching *t = arg;
	size_t i;

	probe_read((u64)t);	/* what a probe itself needs */
	group_enter();
	/* Page tables are charged, too, and the kernel would kill for the lack of one. */
	for (i = 0; i < PAGES; i += TABLE)
		probe_read(scene_at(&t->s, t->s.play + i * PAGE));
	probe_read(scene_at(&t->s, t->s.play + (PAGES - 1) * PAGE));
	for (t->touched = 0; t->touched < PAGES && !t->signo; t->touched++)
		t->signo = probe_read(scene_at(&t->s, t->s.play + t->touched * PAGE)).signo;
	_exit(0);
}

void attack(void)
{
	struct touching *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(t != MAP_FAILED);
	group_make();
	group_write("memory.max", LIMIT);
	scene_image(&t->s, PAGES);
	REQUIRE_OK(avow_declare_range(t->s.e.fd, t->s.play, PAGES * PAGE, AVOW_R | AVOW_W));
	scene_init(&t->s);
	scene_map(&t->s, t->s.play, PAGES, PROT_READ | PROT_WRITE);
	in_child(touches, t);
	group_remove();

	if (t->signo && t->signo != SIGBUS)
		could_not_try("signal %d", t->signo);
	if (t->signo)
		stopped("page %llu: SIGBUS", (unsigned long long)t->touched);
	got_through("24 MiB of enclave pages in a group that has 12");
}
