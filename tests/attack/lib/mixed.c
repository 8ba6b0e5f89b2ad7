// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/mman.h>

#include "mixed.h"

/* In the order of their addresses: what allows R|X, what does not, what is not there. */
enum slot { CODE, CHANGING, DATA, HOLE, GAP, MORE_CODE, SLOTS };

static u64 offset_of(const struct scene *s, enum slot slot)
{
	return s->play + slot * PAGE;
}

static void make(struct scene *s)
{
	scene_image(s, SLOTS);
	scene_add(s, offset_of(s, CODE), 1, AVOW_R | AVOW_X);
	scene_add(s, offset_of(s, CHANGING), 1, AVOW_RWX);
	scene_add_intent(s, offset_of(s, DATA), 1, AVOW_R | AVOW_X, AVOW_R);
	scene_add(s, offset_of(s, MORE_CODE), 1, AVOW_R | AVOW_X);
	scene_init(s);
	scene_map(s, offset_of(s, CODE), 1, PROT_READ);
	scene_map(s, offset_of(s, CHANGING), 1, PROT_READ | PROT_WRITE);
	scene_map(s, offset_of(s, DATA), 1, PROT_READ);
	scene_map(s, offset_of(s, HOLE), 1, PROT_NONE);
	scene_unmap(s, offset_of(s, GAP), 1);
	scene_map(s, offset_of(s, MORE_CODE), 1, PROT_READ);
}

void attempt_mixed(int (*protect)(void *at, size_t length, int prot))
{
	struct scene s;
	u64 data;
	long ret;

	make(&s);
	data = scene_at(&s, offset_of(&s, DATA));
	/* An entry that mprotect() would widen. */
	REQUIRE(!probe_read(data).signo);
	REQUIRE(probe_exec(scene_at(&s, offset_of(&s, CODE))).signo);

	attempt_begin(&s);
	ret = errno_of(protect((void *)scene_at(&s, s.play), SLOTS * PAGE, PROT_READ | PROT_EXEC));
	if (!ret)
		could_not_try("a range with a gap is no error");
	if (probe_exec(scene_at(&s, offset_of(&s, CODE))).signo)
		could_not_try("what came before the failure is as it was");
	if (!probe_exec(data).signo)
		got_through("ran code of a page that was declared R, by a call that failed");
	attempt_end(&s, "mprotect", ret);
	could_not_try("it was no error");
}
