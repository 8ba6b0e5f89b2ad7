// SPDX-License-Identifier: LGPL-2.1-or-later
/* R13: the EPCM moves within the intent and does not move it. */
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define STATE		(AVOW_RUN_PRESENT | AVOW_RUN_MEASURED | AVOW_RUN_EXPLICIT)

/* EMODPE to RWX on every intent: E is RWX, I is what it was, and the bound is I. */
static void emodpe(void)
{
	struct scene s;
	u32 intent;
	u64 at;

	for (intent = 1; intent <= AVOW_RWX; intent++) {
		if ((intent & AVOW_W) && !(intent & AVOW_R))
			continue;
		scene_ready(&s, 1, AVOW_R, intent);
		at = scene_at(&s, s.play);
		scene_map(&s, s.play, 1, (int)intent);
		EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_RWX).exit);
		EXPECT_EQ(scene_run(&s, s.play).intent, intent);
		EXPECT_EQ(scene_run(&s, s.play).epcm, AVOW_RWX);
		if (!(intent & AVOW_W)) {
			REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES,
				.rule = 802, .op = AVOW_OP_MPROTECT, .start = s.play,
				.end = s.play + PAGE, .requested = AVOW_R | AVOW_W,
				.declared = intent, .source_class = AVOW_SRC_ANON);
			EXPECT_INSIDE(inside_write(&s, at, 1), VECTOR_PF, ANY_ERROR, at);
		} else {
			EXPECT_INSIDE_OK(inside_write(&s, at, 0xc3));
		}
		if (!(intent & AVOW_X))
			EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, ANY_ERROR, at);
		else
			EXPECT_INSIDE_OK(inside_exec(&s, at));
		scene_close(&s);
	}
}

/* EMODPE adds rights only: asking for less leaves what there was. */
static void emodpe_only_adds(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_R).exit);
	EXPECT_EQ(scene_run(&s, s.play).epcm, AVOW_R | AVOW_X);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_R | AVOW_W).exit);
	EXPECT_EQ(scene_run(&s, s.play).epcm, AVOW_RWX);
}

static void eacceptcopy(void)
{
	struct scene s;
	u64 to, from, at;

	scene_image(&s, 4);
	from = s.play;
	to = s.play + PAGE;
	scene_add(&s, from, 1, AVOW_R);
	REQUIRE_OK(avow_declare_range(s.e.fd, to, PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	at = scene_at(&s, to);
	scene_map(&s, from, 1, PROT_READ);
	scene_map(&s, to, 1, PROT_READ | PROT_WRITE);
	EXPECT_LEAF(inside_eacceptcopy(&s, to, from, AVOW_R | AVOW_X), 0);
	EXPECT_EQ(scene_run(&s, to).epcm, AVOW_R | AVOW_X);
	EXPECT_EQ(scene_run(&s, to).intent, AVOW_R | AVOW_W);
	EXPECT_EQ(scene_run(&s, to).state & AVOW_RUN_PENDING, 0);
	EXPECT_EQ(inside_read(&s, at + 77).value, source_byte(0, 77));
	EXPECT_INSIDE(inside_write(&s, at, 1), VECTOR_PF, PF_SGX | PF_PRESENT | PF_WRITE | PF_USER, at);
	EXPECT_ERRNO(raw_protect(&s, to, 1, PROT_READ | PROT_EXEC), EACCES);
}

static void emodpr(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R | AVOW_X));
	EXPECT_SLOT(&s, s.play, AVOW_RWX, AVOW_R | AVOW_X, STATE | AVOW_RUN_PR);
	/* It narrows only: asking for more adds nothing. */
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R | AVOW_W));
	EXPECT_SLOT(&s, s.play, AVOW_RWX, AVOW_R, STATE | AVOW_RUN_PR);
	/* And the mapping may still be all that the intent allows. */
	EXPECT_OK(avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	EXPECT_LEAF(inside_eaccept(&s, s.play, avow_secinfo_reg(AVOW_R) | SECINFO_PR), 0);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_PR, 0);
}

static void to_tcs(void)
{
	struct scene s;
	u32 intent;

	for (intent = 0; intent <= AVOW_RWX; intent++) {
		if ((intent & AVOW_W) && !(intent & AVOW_R))
			continue;
		scene_ready(&s, 1, AVOW_R | AVOW_W, intent);
		if ((intent & (AVOW_R | AVOW_W)) == (AVOW_R | AVOW_W)) {
			REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TCS));
			EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
			EXPECT_EQ(scene_run(&s, s.play).type, PT_TCS);
			EXPECT_EQ(scene_run(&s, s.play).epcm, 0);
			EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_MODIFIED | AVOW_RUN_PR),
				  AVOW_RUN_MODIFIED);
		} else {
			REFUSED(&s, raw_modify(&s, s.play, 1, PT_TCS), EPERM, .rule = 1303,
				.op = AVOW_OP_MODIFY_TYPES, .start = s.play, .end = s.play + PAGE,
				.declared = intent, .source_class = AVOW_SRC_ANON);
		}
		scene_close(&s);
	}
}

/* X is lost by becoming a TCS: an executable mapping that was made before is dead. */
static void to_tcs_loses_exec(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	EXPECT_INSIDE_OK(inside_exec(&s, at));
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TCS));
	EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, ANY_ERROR, at);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, ANY_ERROR, at);
}

/* It writes through a mapping that is older than the page. */
static void eacceptcopy_counts(void)
{
	struct scene s;
	u64 from;

	scene_image(&s, 2);
	from = s.play + PAGE;
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_RWX));
	scene_add(&s, from, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, from, 1, PROT_READ);
	EXPECT_LEAF(inside_eacceptcopy(&s, s.play, from, AVOW_R), 0);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
}

TESTS(
	{ "R13.1 EMODPE changes the EPCM, not the intent", emodpe, BOTH },
	{ "R13.1 EMODPE adds rights only", emodpe_only_adds, BOTH },
	{ "R13.1 EACCEPTCOPY changes the EPCM, not the intent", eacceptcopy, BOTH },
	{ "R16.2 EACCEPTCOPY is an access to what it fills", eacceptcopy_counts, BOTH },
	{ "R13.2 RESTRICT_PERMISSIONS narrows the EPCM, not the intent", emodpr, BOTH },
	{ "R13.3 R25.5 MODIFY_TYPES to TCS needs R and W in the intent", to_tcs, BOTH },
	{ "R13.3 a page that becomes a TCS loses X", to_tcs_loses_exec, BOTH },
)
