// SPDX-License-Identifier: LGPL-2.1-or-later
/* R10, seen from outside: what an access to an enclave's page comes to. */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

/*
 * A #PF that the EPCM is the cause of. Its SGX bit is for the enclave's own exceptions:
 * outside the kernel makes an ordinary SIGSEGV of it.
 */
static void expect_epcm_fault(struct fault f, u64 addr, u64 access)
{
	EXPECT_EQ(f.signo, SIGSEGV);
	EXPECT_EQ(f.addr, addr);
	EXPECT_EQ(f.trapno, VECTOR_PF);
	EXPECT_EQ(f.error & ~(u64)PF_PRESENT, PF_USER | access);
}

/* R10.4: outside a page that the EPCM grants to nobody is full of ones, whatever is written. */
static void expect_abort_page(u64 addr)
{
	struct fault f = probe_read(addr);

	EXPECT_EQ(f.signo, 0);
	EXPECT_EQ(f.value, 0xff);
	EXPECT_DROPPED(addr, 0x55);
}

/*
 * Each EPCM against each mapping, the intent being RWX: an access succeeds if and
 * only if both allow it. A page that is not readable cannot be written on x86.
 */
static void v_and_e(void)
{
	u32 epcm, map;
	struct scene s;
	u64 at;

	for (epcm = 0; epcm <= AVOW_RWX; epcm++) {
		if ((epcm & AVOW_W) && !(epcm & AVOW_R))
			continue;
		scene_ready(&s, 1, epcm, AVOW_RWX);
		at = scene_at(&s, s.play);
		for (map = 1; map <= AVOW_RWX; map++) {
			u32 granted = map & epcm;

			scene_map(&s, s.play, 1, (int)map);
			if (map & AVOW_R) {
				struct fault f = probe_read(at);

				if (!epcm)
					EXPECT_EQ(f.value, 0xff);	/* R10.4 */
				if (!epcm || (epcm & AVOW_R))
					EXPECT_EQ(f.signo, 0);
				else if (!granted)
					expect_epcm_fault(f, at, 0);
			}
			if (map & AVOW_W) {
				struct fault f = probe_write(at, 0xc3);

				if (!epcm || (granted & AVOW_W))
					EXPECT_EQ(f.signo, 0);
				else
					expect_epcm_fault(f, at, PF_WRITE);
			}
			if (map & AVOW_X) {
				struct fault f = probe_exec(at);

				if (granted & AVOW_X)
					EXPECT_EQ(f.signo, 0);
				else
					expect_epcm_fault(f, at, PF_FETCH);
			}
		}
		scene_close(&s);
	}
}

/* A mapping within E: nothing to refuse. */
static void plain(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at + 5, 99).signo, 0);
	EXPECT_EQ(probe_read(at + 5).value, 99);
	EXPECT_EQ(probe_read(at + 6).value, source_byte(0, 6));
}

/*
 * A write through a writable mapping to a page whose EPCM is R. Read first, so that
 * there is a read-only entry: a kernel that is not told of the write would widen it.
 */
static void write_to_read_only_entry(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_read(at).signo, 0);
	REFUSED_ACCESS(&s, probe_write(at, 1), SIGSEGV, .rule = 1002, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_W,
		       .declared = AVOW_RWX, .source_class = AVOW_SRC_ANON);
	expect_epcm_fault(probe_write(at, 1), at, PF_WRITE);
	EXPECT_EQ(probe_read(at).value, source_byte(0, 0));
}

/* mprotect() from R to RW and to RX over an entry that is there; E stays R. */
static void widened_mapping(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_EQ(probe_read(at).signo, 0);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	expect_epcm_fault(probe_write(at, 1), at, PF_WRITE);

	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(probe_read(at).signo, 0);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	EXPECT_EQ(probe_read(at).signo, 0);
	expect_epcm_fault(probe_exec(at), at, PF_FETCH);
	EXPECT_EQ(probe_read(at).value, source_byte(0, 0));
}

/* The fetch is recorded too, once for each. */
static void fetch_recorded(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	REFUSED_ACCESS(&s, probe_exec(at), SIGSEGV, .rule = 1002, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_X,
		       .declared = AVOW_RWX, .source_class = AVOW_SRC_ANON);
	EXPECT_EQ(probe_read(at).signo, 0);	/* now there is an entry, without X */
	REFUSED_ACCESS(&s, probe_exec(at), SIGSEGV, .rule = 1002, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_X,
		       .declared = AVOW_RWX, .source_class = AVOW_SRC_ANON);
}

/* What the mapping itself does not allow is the kernel's affair: no rule, no record. */
static void beyond_the_mapping(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	REFUSED_ACCESS(&s, probe_write(at, 1), SIGSEGV, .rule = 0);
	REFUSED_ACCESS(&s, probe_exec(at), SIGSEGV, .rule = 0);
	scene_map(&s, s.play, 1, PROT_NONE);
	REFUSED_ACCESS(&s, probe_read(at), SIGSEGV, .rule = 0);
}

/* The EPCM would not allow it either, but it is not what refuses. */
static void fetch_beyond_the_mapping(void)
{
	struct scene s;

	scene_ready(&s, 1, 0, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REFUSED_ACCESS(&s, probe_exec(scene_at(&s, s.play)), SIGSEGV, .rule = 0);
}

/* A TCS' page: mapped RW within its intent, and nothing of it is seen or changed. */
static void tcs_page(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	expect_abort_page(scene_at(&s, 0));
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* Mapped before its page was declared: then the intent turns out narrower. */
static void mapped_before_add(void)
{
	struct avow_params params = { .size = 16 * PAGE };
	struct sgx_enclave_create create;
	struct scene s;
	u64 at;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	REQUIRE_OK(avow_enclave_map(&s.e, 0, 16 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	scene_add(&s, 0, 1, AVOW_R);
	scene_add(&s, PAGE, 1, AVOW_RWX);
	at = scene_at(&s, 0);
	REFUSED_ACCESS(&s, probe_read(at), SIGBUS, .rule = 1001, .op = AVOW_OP_FAULT, .start = 0,
		       .end = PAGE, .requested = AVOW_R, .declared = AVOW_R,
		       .source_class = AVOW_SRC_ANON);
	EXPECT_EQ(probe_read(at + PAGE).signo, 0);
	EXPECT_EQ(probe_write(at + PAGE, 1).signo, 0);
	REQUIRE_OK(raw_protect(&s, 0, 1, PROT_READ));
	EXPECT_EQ(probe_read(at).signo, 0);
}

/* A hole before INIT. */
static void hole_before_init(void)
{
	struct avow_params params = { .size = 16 * PAGE };
	struct sgx_enclave_create create;
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	REQUIRE_OK(avow_enclave_map(&s.e, 0, 16 * PAGE, PROT_READ));
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	REFUSED_ACCESS(&s, probe_read(scene_at(&s, 3 * PAGE)), SIGBUS,
		       .rule = 1001, .op = AVOW_OP_FAULT,
		       .start = 3 * PAGE, .end = 4 * PAGE, .requested = AVOW_R);
}

/* SIGBUS and SIGSEGV tell the place. */
static void sigbus_address(void)
{
	struct scene s;
	struct fault f;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	f = probe_read(at + 0x123);
	EXPECT_EQ(f.signo, SIGBUS);
	EXPECT_EQ(f.code, BUS_ADRERR);
	EXPECT_EQ(f.addr, at + 0x123);
}

/* R10.3: RESTRICT_PERMISSIONS takes the entry away that was there. */
static void restricted(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R));
	expect_epcm_fault(probe_write(at, 2), at, PF_WRITE);
	EXPECT_EQ(probe_read(at).value, 1);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, 0));
	expect_abort_page(at);
}

/* R10.3: EMODT takes every right, until the page is another. */
static void retyped(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	expect_abort_page(at);
}

/* R10.3: EMODPE is seen at the next access, though the entry was narrower. */
static void extended(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_read(at).signo, 0);
	EXPECT_EQ(probe_write(at, 1).signo, SIGSEGV);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_R | AVOW_W).exit);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
}

/*
 * The same for X: the kernel refuses a fetch through an entry without asking, so the
 * old entry must be gone.
 */
static void extended_to_exec(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_R | AVOW_X);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	EXPECT_EQ(probe_read(at).signo, 0);
	EXPECT_EQ(probe_exec(at).signo, SIGSEGV);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_R | AVOW_X).exit);
	EXPECT_EQ(probe_exec(at).signo, 0);
	EXPECT_INSIDE_OK(inside_exec(&s, at));
}

/* R10.3: removal takes the entry, and no stale page is read. */
static void removed(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(&s, s.play, (u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED), 0);
	expect_abort_page(at);
	REQUIRE_OK(raw_remove(&s, s.play, 1));
	expect_abort_page(at);			/* augmented by the access, and pending */
	EXPECT(scene_run(&s, s.play).state & AVOW_RUN_PENDING);
}

/* The entries of a mapping that is gone do not come back with the next one. */
static void mapped_again_narrower(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_EQ(probe_write(at, 2).signo, SIGSEGV);
	EXPECT_EQ(probe_read(at).value, 1);
}

/* madvise() must not discard, nor let anything else appear in place of the page. */
static void madvised(void)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_WILLNEED, MADV_COLD, MADV_PAGEOUT,
		MADV_MERGEABLE, MADV_HUGEPAGE, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_DODUMP,
	};
	struct scene s;
	size_t i;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 0x77).signo, 0);
	for (i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		madvise((void *)at, PAGE, advice[i]);	/* whatever it answers */
		EXPECT_EQ(probe_read(at).value, 0x77);
		EXPECT_EQ(probe_exec(at).signo, SIGSEGV);
	}
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R));
	for (i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		madvise((void *)at, PAGE, advice[i]);
		EXPECT_EQ(probe_write(at, 0x78).signo, SIGSEGV);
		EXPECT_EQ(probe_read(at).value, 0x77);
	}
}

TESTS(
	{ "R10.2 R10.4 each EPCM against each mapping", v_and_e, BOTH },
	{ "R10 a mapping within EPCM and intent", plain, BOTH },
	{ "R10.2 R10.3 a write to a read-only entry of a writable mapping", write_to_read_only_entry, BOTH },
	{ "R10.3 mprotect widens a mapping and not its entries", widened_mapping, BOTH },
	{ "R10.2 R18.1 a fetch that the EPCM refuses", fetch_recorded, BOTH },
	{ "R10 what the mapping refuses is no refusal of ours", beyond_the_mapping, BOTH },
	{ "R10.2 R18.1 a fetch that neither mapping nor EPCM allows", fetch_beyond_the_mapping, BOTH },
	{ "R10.4 a TCS page", tcs_page, BOTH },
	{ "R10.1 mapped wider before the page was declared", mapped_before_add, BOTH },
	{ "R10.1 a hole before INIT", hole_before_init, BOTH },
	{ "R10.1 SIGBUS tells the address", sigbus_address, BOTH },
	{ "R10.3 R10.4 R13.2 RESTRICT_PERMISSIONS takes entries away", restricted, BOTH },
	{ "R10.3 R10.4 MODIFY_TYPES takes entries away", retyped, BOTH },
	{ "R10.3 R13.1 EMODPE is seen at the next access", extended, BOTH },
	{ "R10.3 R34 EMODPE to X is seen at the next fetch", extended_to_exec, BOTH },
	{ "R10.3 R10.4 a removed page is not reached", removed, BOTH },
	{ "R10.3 a narrower mapping in place of a wider one", mapped_again_narrower, BOTH },
	{ "R10 madvise opens no way around", madvised, BOTH },
)
