// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A TCS has intent RW. So a page that was declared R is made a TCS, which is then trimmed,
 * removed, and added again by EAUG, with the intent that the slot kept. R13.3: only a page
 * whose intent has R and W becomes a TCS. The hole is tcs_intent.
 */
#include <sys/mman.h>

#include "attack.h"

#define BECOMES(type)	((u64)(type) << SECINFO_PT_SHIFT | SECINFO_MODIFIED)
#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)

static void accept(struct scene *s, u64 flags)
{
	EXPECT_LEAF(inside_eaccept(s, s->play, flags), 0);
}

void attack(void)
{
	u8 *blank = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct scene s;

	REQUIRE(blank != MAP_FAILED);
	scene_image(&s, 1);
	{
		const struct avow_pages page = {
			.src = blank,
			.offset = s.play,
			.length = PAGE,
			.secinfo = avow_secinfo_reg(AVOW_R),
			.flags = SGX_PAGE_MEASURE,
		};

		REQUIRE_OK(avow_enclave_add(&s.e, &page, NULL));
	}
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);

	ATTEMPT(&s, raw_modify(&s, s.play, 1, PT_TCS));
	accept(&s, BECOMES(PT_TCS));
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	accept(&s, BECOMES(PT_TRIM));
	REQUIRE_OK(raw_remove(&s, s.play, 1));
	accept(&s, AUGMENTED);
	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page whose slot was declared R");
}
