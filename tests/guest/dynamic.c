// SPDX-License-Identifier: LGPL-2.1-or-later
/* R3: pages that EAUG adds after INIT. */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)

/* A fault in a hole augments it: the page is pending, so the access itself is an EPCM #PF. */
static void hole_augmented(void)
{
	struct scene s;
	u64 at, used;

	scene_image(&s, 4);
	scene_init(&s);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	used = epc_used(&s);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_PRESENT | PF_USER | PF_SGX, at);
	EXPECT_SLOT(&s, s.play, AVOW_RWX, AVOW_R | AVOW_W,
		    AVOW_RUN_PRESENT | AVOW_RUN_PENDING | AVOW_RUN_DYNAMIC);
	EXPECT_EQ(epc_used(&s), used + PAGE);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_INSIDE_OK(inside_write(&s, at, 5));
	EXPECT_EQ(inside_read(&s, at).value, 5);
}

/* EACCEPT of a hole augments it by itself. */
static void eaccept_augments(void)
{
	struct scene s;

	scene_image(&s, 4);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_SLOT(&s, s.play, AVOW_RWX, AVOW_R | AVOW_W,
		    AVOW_RUN_PRESENT | AVOW_RUN_DYNAMIC |
		    (scene_run(&s, s.play).state & AVOW_RUN_EVER_W));
}

/* Not declared, not augmented: no mapping allows an access, in whatever way it was made. */
static void strict_hole(void)
{
	struct scene s;
	u64 at;

	scene_image(&s, 4);
	scene_init(&s);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_NONE);
	EXPECT_EQ(probe_read(at).signo, SIGSEGV);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ), EACCES, .rule = 902,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE, .requested = AVOW_R);
	EXPECT_INSIDE(inside_eaccept(&s, s.play, AUGMENTED).exit, VECTOR_PF, ANY_ERROR, at);
	EXPECT_HOLE(&s, s.play);
}

/* A mapping older than CREATE lies over a hole: its access is refused, not augmented. */
static void strict_hole_mapped_before(void)
{
	struct avow_params params = { 0 };
	struct sgx_enclave_create create;
	struct scene s;
	u64 at, used;

	scene_open(&s);
	REQUIRE_OK(avow_image_open(&s.image, data_path("enclave.elf")));
	params.size = s.image.size * 2;
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	REQUIRE_OK(avow_enclave_map(&s.e, s.image.size, PAGE, PROT_READ | PROT_WRITE));
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	REQUIRE_OK(avow_enclave_add_image(&s.e, &s.image));
	scene_init(&s);
	s.play = s.image.size;
	at = scene_at(&s, s.play);
	used = epc_used(&s);
	REFUSED_ACCESS(&s, probe_read(at), SIGBUS, .rule = 302, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_R);
	REFUSED_ACCESS(&s, probe_write(at, 1), SIGBUS, .rule = 302, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_W);
	EXPECT_INSIDE(inside_eaccept(&s, s.play, AUGMENTED).exit, VECTOR_PF, ANY_ERROR, at);
	EXPECT_EQ(epc_used(&s), used);
	EXPECT_HOLE(&s, s.play);
}

static void declared(void)
{
	struct scene s;
	u64 at;

	scene_image(&s, 4);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, 2 * PAGE, AVOW_R | AVOW_W));
	EXPECT_SLOT(&s, s.play + PAGE, AVOW_R | AVOW_W, 0, AVOW_RUN_DYNAMIC | AVOW_RUN_EXPLICIT);
	scene_init(&s);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 2, PROT_READ | PROT_WRITE);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, s.play).intent, AVOW_R | AVOW_W);
	EXPECT_INSIDE_OK(inside_write(&s, at, 0xc3));

	/* The enclave may want to execute it; the intent does not. */
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_RWX).exit);
	REFUSED(&s, raw_protect(&s, s.play, 2, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R | AVOW_W);
}

/* A declaration takes no enclave memory until it is used. */
static void declaration_is_free(void)
{
	struct scene s;
	u64 used;

	scene_create(&s, 4096);
	used = epc_used(&s);
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, 4096 * PAGE, AVOW_RWX));
	EXPECT_EQ(epc_used(&s), used);
}

static void add_over_declaration(void)
{
	struct scene s;

	scene_create(&s, 16);
	REQUIRE_OK(avow_declare_range(s.e.fd, PAGE, PAGE, AVOW_RWX));
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), PAGE, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL),
			EBUSY, 304);
	scene_add(&s, 0, 1, AVOW_R);
	scene_init(&s);
}

static void declare_over_page(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 2 * PAGE, 1, AVOW_R);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, 4 * PAGE, AVOW_R), EBUSY, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .start = 2 * PAGE, .end = 3 * PAGE, .requested = AVOW_R,
		.declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	EXPECT_HOLE(&s, 0);	/* none of it */
	EXPECT_HOLE(&s, 3 * PAGE);
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, 2 * PAGE, AVOW_R));
	REFUSED(&s, avow_declare_range(s.e.fd, PAGE, PAGE, AVOW_R), EBUSY, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .start = PAGE, .end = 2 * PAGE, .requested = AVOW_R,
		.declared = AVOW_R);
	scene_init(&s);
}

static void declare_arguments(void)
{
	struct scene s;

	scene_create(&s, 16);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, PAGE, AVOW_W), EINVAL, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .end = PAGE, .requested = AVOW_W);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, PAGE, AVOW_W | AVOW_X), EINVAL, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .end = PAGE, .requested = AVOW_W | AVOW_X);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, PAGE, 8), EINVAL, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .end = PAGE);
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, PAGE, 0));	/* an intent of nothing is one */
	EXPECT_SLOT(&s, 0, 0, 0, AVOW_RUN_DYNAMIC | AVOW_RUN_EXPLICIT);
	scene_init(&s);
}

static void declare_when(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, PAGE, AVOW_R), EINVAL, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .start = 0 - s.e.base, .end = PAGE - s.e.base, .requested = AVOW_R);
	scene_close(&s);
	scene_create(&s, 16);
	scene_init(&s);
	REFUSED(&s, avow_declare_range(s.e.fd, 0, PAGE, AVOW_R), EINVAL, .rule = 303,
		.op = AVOW_OP_DECLARE_DYNAMIC, .end = PAGE, .requested = AVOW_R);
}

/* Before INIT nothing is augmented. */
static void not_before_init(void)
{
	struct scene s;

	scene_create(&s, 16);
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, PAGE, AVOW_R));
	scene_map(&s, 0, 1, PROT_READ);
	REFUSED_ACCESS(&s, probe_read(scene_at(&s, 0)), SIGBUS, .rule = 1001, .op = AVOW_OP_FAULT,
		       .start = 0, .end = PAGE, .requested = AVOW_R, .declared = AVOW_R);
	scene_init(&s);
}

TESTS(
	{ "R3.1 a hole is augmented by an access, with intent RWX", hole_augmented, COMPAT },
	{ "R3.1 a hole is augmented by EACCEPT", eaccept_augments, COMPAT },
	{ "R3.2 R9.2 a hole is not mapped and not augmented", strict_hole, STRICT },
	{ "R3.2 a hole under an older mapping is not augmented", strict_hole_mapped_before, STRICT },
	{ "R3.4 a page augmented in a declared slot has its intent", declared, BOTH },
	{ "R3.3 a declaration takes no enclave memory", declaration_is_free, BOTH },
	{ "R3.4 ADD_PAGES in a declared slot", add_over_declaration, BOTH },
	{ "R3.3 a declaration over a page or a declaration, all or nothing", declare_over_page, BOTH },
	{ "R3.3 a declared intent with W and without R, or unknown bits", declare_arguments, BOTH },
	{ "R3.3 declarations between CREATE and INIT only", declare_when, BOTH },
	{ "R3.4 R10.1 nothing is augmented before INIT", not_before_init, BOTH },
)
