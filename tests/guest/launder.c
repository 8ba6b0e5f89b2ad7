// SPDX-License-Identifier: LGPL-2.1-or-later
/* R2.3, R2.4, R2.6: what TRIM, EACCEPT, REMOVE_PAGES and a new EAUG make of an intent. */
#include <signal.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define TRIMMED		((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)
#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)

static void remove_page(struct scene *s)
{
	REQUIRE_OK(raw_modify(s, s->play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(s, s->play, TRIMMED), 0);
	REQUIRE_OK(raw_remove(s, s->play, 1));
}

/* A page whose intent is SECINFO's, as all those are that the in-tree driver knows. */
static void scene_implicit(struct scene *s, u32 rwx)
{
	scene_image(s, 1);
	scene_add(s, s->play, 1, rwx);
	scene_init(s);
}

/* A read-only page, removed and added again, is writable and executable: as in-tree. */
static void laundered(void)
{
	struct scene s;
	u64 at;

	scene_implicit(&s, AVOW_R);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	remove_page(&s);
	EXPECT_HOLE(&s, s.play);

	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_RWX);
	EXPECT_INSIDE_OK(inside_write(&s, at, 0xc3));
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_RWX).exit);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	EXPECT_INSIDE_OK(inside_exec(&s, at));
}

/* A TCS loses X without being asked: that is not given explicitly. */
static void tcs_laundered(void)
{
	static const u8 empty[PAGE] __attribute__((aligned(4096)));
	struct avow_pages p = {
		.src = empty,
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_RWX),
		.flags = SGX_PAGE_MEASURE,
	};
	struct scene s;

	scene_image(&s, 1);
	p.offset = s.play;
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TCS));
	EXPECT_LEAF(inside_eaccept(&s, s.play, (u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
	remove_page(&s);
	EXPECT_HOLE(&s, s.play);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_RWX);
}

/* How a slot is left, and what is made of it: R and nothing more, whoever adds a page there. */
static void expect_kept(struct scene *s)
{
	u64 at = scene_at(s, s->play);

	remove_page(s);
	EXPECT_EQ(scene_run(s, s->play).state & (AVOW_RUN_PRESENT | AVOW_RUN_KEPT | AVOW_RUN_EXPLICIT),
		  AVOW_RUN_KEPT | AVOW_RUN_EXPLICIT);
	EXPECT_EQ(scene_run(s, s->play).intent, AVOW_R);
	REFUSED(s, raw_protect(s, s->play, 1, PROT_READ | PROT_WRITE), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s->play, .end = s->play + PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R);
	EXPECT_LEAF(inside_eaccept(s, s->play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(s, s->play).intent, AVOW_R);
	EXPECT_INSIDE_OK(inside_read(s, at));
	EXPECT_INSIDE_OK(inside_emodpe(s, s->play, AVOW_RWX).exit);
	REFUSED(s, raw_protect(s, s->play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s->play, .end = s->play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R);
}

static void explicit_kept(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	expect_kept(&s);
	expect_kept(&s);	/* and once more */
}

/* Lowered from RWX of SECINFO's; and to what it was, which is said for good, too. */
static void lowered_kept(void)
{
	struct scene s;

	scene_implicit(&s, AVOW_RWX);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	scene_map(&s, s.play, 1, PROT_READ);
	expect_kept(&s);
	scene_close(&s);
	scene_implicit(&s, AVOW_R);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_LOWERED, 0);
	scene_map(&s, s.play, 1, PROT_READ);
	expect_kept(&s);
}

static void kept(void)
{
	struct scene s;
	u64 at;

	scene_implicit(&s, AVOW_R);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	remove_page(&s);
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_PRESENT | AVOW_RUN_KEPT), AVOW_RUN_KEPT);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R);
	EXPECT_EQ(scene_run(&s, s.play).type, 0);
	EXPECT_EQ(scene_run(&s, s.play).epcm, 0);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R);

	/* Augmented through the mapping that is allowed, it has the intent that it had. */
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R);
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_KEPT | AVOW_RUN_DYNAMIC), AVOW_RUN_DYNAMIC);
	EXPECT_INSIDE_OK(inside_read(&s, at));
	EXPECT_INSIDE(inside_write(&s, at, 1), VECTOR_PF, PF_PRESENT | PF_WRITE | PF_USER, at);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R);
}

/* Declared dynamic, filled, removed and filled again: it has what was declared. */
static void declared_kept(void)
{
	struct scene s;
	int i;

	scene_image(&s, 2);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	for (i = 0; i < 3; i++) {
		EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
		EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
		REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
			.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
			.requested = AVOW_R | AVOW_X, .declared = AVOW_R | AVOW_W);
		remove_page(&s);
		EXPECT_SLOT(&s, s.play, AVOW_R | AVOW_W, 0,
			    AVOW_RUN_KEPT | AVOW_RUN_DYNAMIC | AVOW_RUN_EXPLICIT);
		REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
			.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
			.requested = AVOW_R | AVOW_X, .declared = AVOW_R | AVOW_W);
	}
}

/* A lowered intent stays lowered through removal. */
static void kept_lowered(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_RWX);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	remove_page(&s);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
}

/* The new page is empty, and knows nothing of the history of the old one. */
static void zeroed(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_INSIDE_OK(inside_write(&s, at + 100, 0x55));
	remove_page(&s);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(inside_read(&s, at).value, 0);
	EXPECT_EQ(inside_read(&s, at + 100).value, 0);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_MEASURED, 0);
}

TESTS(
	{ "R2.4 R3.1 removal launders a read-only page into RWX, as in-tree", laundered, COMPAT },
	{ "R2.4 R13.3 removal launders what was a TCS, as in-tree", tcs_laundered, COMPAT },
	{ "R2.6 R2.3 an explicit intent stays through removal", explicit_kept, BOTH },
	{ "R2.6 R2.1 a lowered intent stays through removal, for good", lowered_kept, BOTH },
	{ "R2.3 a removed page's slot keeps its intent, and so does the page added there", kept, STRICT },
	{ "R2.3 what was lowered stays lowered through removal", kept_lowered, STRICT },
	{ "R2.6 R2.3 what was declared dynamic stays declared through removal", declared_kept, BOTH },
	{ "R2.4 R2.3 a page added after removal is empty", zeroed, BOTH },
)
