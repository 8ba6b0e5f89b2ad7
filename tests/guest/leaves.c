// SPDX-License-Identifier: LGPL-2.1-or-later
/* R34: EACCEPT, EMODPE, EACCEPTCOPY, and leaves that are none. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define TRIMMED		((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)
#define REG_SECINFO(rwx)	((u64)PT_REG << SECINFO_PT_SHIFT | (rwx))
#define MISMATCH	SGX_ERR_PAGE_ATTRIBUTES_MISMATCH

static void expect_gp(struct leaf_result r, const char *what)
{
	if (r.exit.leaf != ENCLU_ERESUME || r.exit.vector != VECTOR_GP || r.exit.error)
		FAIL("%s: leaf %u, vector %d, RAX %llu, not #GP(0)", what, r.exit.leaf, r.exit.vector,
		     (unsigned long long)r.rax);
}

static void expect_pf(struct scene *s, struct leaf_result r, u64 offset, const char *what)
{
	if (r.exit.leaf != ENCLU_ERESUME || r.exit.vector != VECTOR_PF ||
	    r.exit.addr != scene_at(s, offset))
		FAIL("%s: leaf %u, vector %d, address %#llx, RAX %llu, not #PF at %#llx", what,
		     r.exit.leaf, r.exit.vector, (unsigned long long)r.exit.addr,
		     (unsigned long long)r.rax, (unsigned long long)scene_at(s, offset));
}

/* A page in each state, at s->play + n pages. */
enum { P_REG, P_PENDING, P_TRIM, P_RESTRICTED, P_DATA, P_HOLE, P_PAGES };

static void scene_pages(struct scene *s)
{
	scene_image(s, 16);
	scene_add_intent(s, s->play, 1, AVOW_R, AVOW_RWX);
	REQUIRE_OK(avow_declare_range(s->e.fd, s->play + P_PENDING * PAGE, PAGE, AVOW_RWX));
	scene_add_intent(s, s->play + P_TRIM * PAGE, 3, AVOW_R | AVOW_W, AVOW_RWX);
	scene_init(s);
	scene_map(s, s->play, P_HOLE, PROT_READ | PROT_WRITE);
	probe_read(scene_at(s, s->play + P_PENDING * PAGE));	/* augments it */
	REQUIRE(scene_run(s, s->play + P_PENDING * PAGE).state & AVOW_RUN_PENDING);
	REQUIRE_OK(raw_modify(s, s->play + P_TRIM * PAGE, 1, PT_TRIM));
	REQUIRE_OK(raw_restrict(s, s->play + P_RESTRICTED * PAGE, 1, AVOW_R));
}

static u64 page(struct scene *s, int n)
{
	return s->play + (u64)n * PAGE;
}

static void accept_clears(void)
{
	struct scene s;

	scene_pages(&s);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_PENDING), AUGMENTED), 0);
	EXPECT_EQ(scene_run(&s, page(&s, P_PENDING)).state & AVOW_RUN_PENDING, 0);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_TRIM), TRIMMED), 0);
	EXPECT_EQ(scene_run(&s, page(&s, P_TRIM)).state & AVOW_RUN_MODIFIED, 0);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_RESTRICTED), avow_secinfo_reg(AVOW_R) | SECINFO_PR), 0);
	EXPECT_EQ(scene_run(&s, page(&s, P_RESTRICTED)).state & AVOW_RUN_PR, 0);
}

static void accept_mismatch(void)
{
	struct scene s;
	struct avow_run before, after;

	scene_pages(&s);
	before = scene_run(&s, page(&s, P_PENDING));
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_PENDING), avow_secinfo_reg(AVOW_R | AVOW_W)), MISMATCH);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_PENDING), avow_secinfo_reg(AVOW_R) | SECINFO_PENDING),
		    MISMATCH);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_PENDING), avow_secinfo_reg(AVOW_RWX) | SECINFO_PENDING),
		    MISMATCH);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_PENDING), TRIMMED), MISMATCH);
	after = scene_run(&s, page(&s, P_PENDING));
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_TRIM), (u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED),
		    MISMATCH);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_REG), avow_secinfo_reg(AVOW_R) | SECINFO_PENDING), MISMATCH);
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_REG), avow_secinfo_reg(AVOW_R)), 0);
}

/* SECINFOs that can be accepted by no page. */
static void accept_operand(void)
{
	static const u64 bad[] = {
		0,					/* type SECS */
		(u64)PT_VA << SECINFO_PT_SHIFT,
		(u64)5 << SECINFO_PT_SHIFT,
		REG_SECINFO(AVOW_R) | SECINFO_MODIFIED,
		(u64)PT_TCS << SECINFO_PT_SHIFT,	/* MODIFIED missing */
		(u64)PT_TRIM << SECINFO_PT_SHIFT,
		(u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED | SECINFO_PENDING,
		REG_SECINFO(AVOW_W),	/* W without R */
		REG_SECINFO(AVOW_R) | 1ULL << 6,
		REG_SECINFO(AVOW_R) | 1ULL << 7,
		REG_SECINFO(AVOW_R) | 1ULL << 16,
		REG_SECINFO(AVOW_R) | 1ULL << 63,
	};
	struct scene s;
	size_t i;

	scene_pages(&s);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_gp(inside_eaccept(&s, page(&s, P_REG), bad[i]), "EACCEPT");
}

/* A SECINFO that lies in the play area, made by the enclave. */
static void put(struct scene *s, u64 addr, u64 value)
{
	EXPECT_INSIDE_OK(inside_write64(s, 0, addr, value));
}

static void addresses(void)
{
	static const u64 leaf[] = { ENCLU_EACCEPT, ENCLU_EMODPE };
	u64 *outside = (u64 *)source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;
	u64 info, target;
	size_t i;

	scene_pages(&s);
	info = scene_at(&s, page(&s, P_DATA));
	target = scene_at(&s, page(&s, P_REG));
	memset(outside, 0, PAGE);
	outside[0] = avow_secinfo_reg(AVOW_R);
	for (i = 0; i < 64; i += 8)
		put(&s, info + i, i ? 0 : avow_secinfo_reg(AVOW_R));
	for (i = 0; i < 2; i++) {
		expect_gp(inside_leaf(&s, leaf[i], info + 8, 0, target, 0), "SECINFO unaligned");
		expect_gp(inside_leaf(&s, leaf[i], info, 0, target + 8, 0), "page unaligned");
		expect_gp(inside_leaf(&s, leaf[i], (u64)outside, 0, target, 0), "SECINFO outside");
		expect_gp(inside_leaf(&s, leaf[i], info, 0, (u64)outside, 0), "page outside");
		expect_gp(inside_leaf(&s, leaf[i], info, 0, s.e.base + s.e.size, 0), "page beyond");
		expect_gp(inside_leaf(&s, leaf[i], info, 0, s.e.base - PAGE, 0), "page before");
		expect_pf(&s, inside_leaf(&s, leaf[i], scene_at(&s, page(&s, P_TRIM)), 0, target, 0),
			  page(&s, P_TRIM), "SECINFO in a page without rights");
		expect_pf(&s, inside_leaf(&s, leaf[i], scene_at(&s, page(&s, P_PENDING)), 0, target, 0),
			  page(&s, P_PENDING), "SECINFO in a pending page");
	}
	put(&s, info + 8, 1);		/* a reserved byte */
	expect_gp(inside_leaf(&s, ENCLU_EACCEPT, info, 0, target, 0), "reserved byte");
	expect_gp(inside_leaf(&s, ENCLU_EMODPE, info, 0, target, 0), "reserved byte");
	put(&s, info + 8, 0);
	put(&s, info + 56, 1ULL << 56);
	expect_gp(inside_leaf(&s, ENCLU_EACCEPT, info, 0, target, 0), "last reserved byte");
	put(&s, info + 56, 0);
	EXPECT_LEAF(inside_leaf(&s, ENCLU_EACCEPT, info, 0, target, 0), 0);
}

/* Of two things that are wrong the one that the SDM looks at first; and a SECINFO that is the host's. */
static void order(void)
{
	struct scene s;
	u64 target, gap, *host;

	scene_pages(&s);
	target = scene_at(&s, page(&s, P_REG));
	gap = s.e.size - PAGE;		/* in the range, a hole */
	host = mmap((void *)scene_at(&s, gap), PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	REQUIRE(host != MAP_FAILED);
	host[0] = avow_secinfo_reg(AVOW_R);
	expect_pf(&s, inside_leaf(&s, ENCLU_EACCEPT, (u64)host, 0, target, 0), gap, "SECINFO not of the enclave");
	expect_pf(&s, inside_leaf(&s, ENCLU_EMODPE, (u64)host, 0, target, 0), gap, "SECINFO not of the enclave");
	expect_pf(&s, inside_leaf(&s, ENCLU_EACCEPT, (u64)host, 0, target + 8, 0), gap,
		  "EACCEPT: SECINFO, then the page's address");
	expect_gp(inside_leaf(&s, ENCLU_EMODPE, (u64)host, 0, target + 8, 0),
		  "EMODPE: the page's address, then SECINFO");
	expect_gp(inside_leaf(&s, ENCLU_EACCEPT, 0, (u64)PT_VA << SECINFO_PT_SHIFT, scene_at(&s, gap), 0),
		  "EACCEPT: what SECINFO says, then the page");
	expect_pf(&s, inside_leaf(&s, ENCLU_EMODPE, 0, 1ULL << 40, scene_at(&s, gap), 0), gap,
		  "EMODPE: the page, then what SECINFO says");
	EXPECT_LEAF(inside_eaccept(&s, page(&s, P_REG), avow_secinfo_reg(AVOW_R)), 0);
}

static void modpe(void)
{
	struct scene s;

	scene_pages(&s);
	expect_pf(&s, inside_emodpe(&s, page(&s, P_PENDING), AVOW_RWX), page(&s, P_PENDING), "pending");
	expect_pf(&s, inside_emodpe(&s, page(&s, P_TRIM), AVOW_RWX), page(&s, P_TRIM), "TRIM");
	expect_pf(&s, inside_emodpe(&s, 0, AVOW_RWX), 0, "TCS");
	expect_gp(inside_leaf(&s, ENCLU_EMODPE, 0, avow_secinfo_reg(AVOW_R) | 1ULL << 40,
			      scene_at(&s, page(&s, P_REG)), 0), "reserved bit");
	EXPECT_EQ(scene_run(&s, page(&s, P_REG)).epcm, AVOW_R);
	EXPECT_INSIDE_OK(inside_emodpe(&s, page(&s, P_REG), AVOW_W).exit);	/* R is there already */
	EXPECT_EQ(scene_run(&s, page(&s, P_REG)).epcm, AVOW_R | AVOW_W);
}

static void modpe_write_alone(void)
{
	struct scene s;

	scene_ready(&s, 1, 0, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ);
	expect_gp(inside_emodpe(&s, s.play, AVOW_W), "W where there is no R");
	EXPECT_EQ(scene_run(&s, s.play).epcm, 0);
}

static void acceptcopy(void)
{
	struct scene s;
	u64 to, from;

	scene_pages(&s);
	to = page(&s, P_PENDING);
	from = page(&s, P_DATA);
	expect_gp(inside_leaf(&s, ENCLU_EACCEPTCOPY, 0, avow_secinfo_reg(AVOW_W), scene_at(&s, to),
			      scene_at(&s, from)), "W without R");
	expect_gp(inside_leaf(&s, ENCLU_EACCEPTCOPY, 0, TRIMMED, scene_at(&s, to), scene_at(&s, from)),
		  "not REG");
	expect_gp(inside_leaf(&s, ENCLU_EACCEPTCOPY, 0, AUGMENTED, scene_at(&s, to), scene_at(&s, from)),
		  "PENDING asked for");
	expect_gp(inside_leaf(&s, ENCLU_EACCEPTCOPY, 0, avow_secinfo_reg(AVOW_R), scene_at(&s, to),
			      scene_at(&s, from) + 8), "source unaligned");
	expect_pf(&s, inside_eacceptcopy(&s, to, page(&s, P_TRIM), AVOW_R), page(&s, P_TRIM), "source TRIM");
	EXPECT_LEAF(inside_eacceptcopy(&s, page(&s, P_REG), from, AVOW_R), MISMATCH);	/* not PENDING */
	EXPECT(scene_run(&s, to).state & AVOW_RUN_PENDING);
	EXPECT_LEAF(inside_eacceptcopy(&s, to, from, AVOW_R | AVOW_W), 0);
	EXPECT_EQ(scene_run(&s, to).epcm, AVOW_R | AVOW_W);
	EXPECT_EQ(inside_read(&s, scene_at(&s, to) + 9).value, inside_read(&s, scene_at(&s, from) + 9).value);
	EXPECT_LEAF(inside_eacceptcopy(&s, to, from, AVOW_R), MISMATCH);	/* not twice */
}

/*
 * The copy is written by way of the mapping, which must allow it; and is in the page's
 * history, though no entry was made.
 */
static void acceptcopy_writes(void)
{
	struct scene s;
	u64 to, from;

	scene_image(&s, 2);
	from = s.play;
	to = s.play + PAGE;
	scene_add(&s, from, 1, AVOW_R);
	REQUIRE_OK(avow_declare_range(s.e.fd, to, PAGE, AVOW_RWX));
	scene_init(&s);
	scene_map(&s, from, 1, PROT_READ);
	scene_map(&s, to, 1, PROT_READ | PROT_EXEC);
	EXPECT_INSIDE(inside_eacceptcopy(&s, to, from, AVOW_R | AVOW_X).exit, VECTOR_PF,
		      PF_USER | PF_WRITE, scene_at(&s, to));
	REQUIRE_OK(raw_protect(&s, to, 1, PROT_READ | PROT_WRITE));
	EXPECT_LEAF(inside_eacceptcopy(&s, to, from, AVOW_R | AVOW_X), 0);
	EXPECT_EQ(scene_run(&s, to).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), AVOW_RUN_EVER_W);
	scene_map(&s, to, 1, PROT_READ | PROT_EXEC);
	EXPECT_INSIDE_OK(inside_exec(&s, scene_at(&s, to)));
}

/* Leaves that are for the outside, or for nobody. 0 and 1 are for another chapter. */
static void other_leaves_inside(void)
{
	static const u64 leaf[] = {
		ENCLU_EENTER, ENCLU_ERESUME, 8, 9, 10, 100, 0xffffffff, 1ULL << 31,
	};
	struct scene s;
	size_t i;

	scene_pages(&s);
	for (i = 0; i < sizeof(leaf) / sizeof(leaf[0]); i++)
		expect_gp(inside_leaf(&s, leaf[i], scene_at(&s, 2 * PAGE), 0, scene_at(&s, 0), 0), "leaf");
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void do_enclu(void *arg)
{
	struct regs out;

	regs_enclu(arg, &out);
}

static void leaves_outside(void)
{
	static struct regs in;
	struct scene s;
	u64 leaf;

	scene_pages(&s);
	for (leaf = 0; leaf < 70; leaf++) {
		struct fault f;

		if (leaf == ENCLU_EENTER || leaf == ENCLU_ERESUME)
			continue;
		in.gpr[0] = leaf;
		in.gpr[3] = scene_at(&s, page(&s, P_DATA));
		in.gpr[1] = scene_at(&s, page(&s, P_REG));
		in.mxcsr = 0x1f80;
		in.x87_control = 0x37f;
		f = probe_run(do_enclu, &in);
		if (f.signo != SIGSEGV || f.trapno != VECTOR_GP || f.error)
			FAIL("leaf %llu: signal %d, trap %d", (unsigned long long)leaf, f.signo, f.trapno);
	}
}

TESTS(
	{ "R34.1 EACCEPT clears PENDING, MODIFIED and PR", accept_clears, BOTH },
	{ "R34 EACCEPT of something else: 19, and nothing changes", accept_mismatch, BOTH },
	{ "R34 SECINFOs that EACCEPT does not take", accept_operand, BOTH },
	{ "R34 addresses of operands", addresses, BOTH },
	{ "R34 the order of faults, and a SECINFO that is not the enclave's", order, BOTH },
	{ "R34.2 EMODPE needs a REG page at rest", modpe, BOTH },
	{ "R34.2 EMODPE gives no W where there is no R", modpe_write_alone, BOTH },
	{ "R34.3 EACCEPTCOPY needs a PENDING page, and a source", acceptcopy, BOTH },
	{ "R34.3 R16.2 EACCEPTCOPY writes by way of the mapping", acceptcopy_writes, BOTH },
	{ "R34.4 other leaves inside", other_leaves_inside, BOTH },
	{ "R34.4 leaves outside", leaves_outside, BOTH },
)
