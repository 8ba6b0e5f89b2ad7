// SPDX-License-Identifier: LGPL-2.1-or-later
/* R10, seen from inside: the same accesses by the enclave, and the vDSO's report. */
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

static void allowed(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	EXPECT_INSIDE_OK(inside_exec(&s, at));
	EXPECT_INSIDE_OK(inside_write(&s, at + 9, 42));
	EXPECT_EQ(inside_read(&s, at + 9).value, 42);
	EXPECT_EQ(probe_read(at + 9).value, 42);
}

static void epcm(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_INSIDE(inside_write(&s, at + 0x10, 1), VECTOR_PF,
		      PF_SGX | PF_PRESENT | PF_WRITE | PF_USER, at);
	EXPECT_INSIDE_OK(inside_read(&s, at));
	EXPECT_INSIDE(inside_write(&s, at + 0x10, 1), VECTOR_PF,
		      PF_SGX | PF_PRESENT | PF_WRITE | PF_USER, at);
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, PF_SGX | PF_PRESENT | PF_FETCH | PF_USER, at);
	EXPECT_INSIDE_OK(inside_read(&s, at));
	EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, PF_SGX | PF_PRESENT | PF_FETCH | PF_USER, at);
}

static void epcm_nothing(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, 0, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_INSIDE(inside_read(&s, at + 0xfff), VECTOR_PF, PF_SGX | PF_PRESENT | PF_USER, at);
}

/* x86 reads what can be written: such a mapping allows the read, and the EPCM refuses it. */
static void epcm_by_write_only(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, 0, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_WRITE);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_SGX | PF_PRESENT | PF_USER, at);
}

/* What the mapping refuses has no SGX bit: it is the page tables that say no. */
static void mapping(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_INSIDE_OK(inside_read(&s, at));
	EXPECT_INSIDE(inside_write(&s, at, 1), VECTOR_PF, PF_PRESENT | PF_WRITE | PF_USER, at);
	EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, PF_PRESENT | PF_FETCH | PF_USER, at);
	scene_map(&s, s.play, 1, PROT_NONE);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, ANY_ERROR, at);
	scene_unmap(&s, s.play, 1);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_USER, at);
}

/* What would be SIGBUS outside is a #PF without the SGX bit in the vDSO's report. */
static void intent(void)
{
	struct scene s;
	struct exit x;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_INSIDE_OK(inside_write(&s, at, 1));
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	x = inside_write(&s, at, 2);
	EXPECT_INSIDE(x, VECTOR_PF, ANY_ERROR, at);
	EXPECT_EQ(x.error & PF_SGX, 0);
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, ANY_ERROR, at);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(inside_read(&s, at).value, 1);
}

/* A refusal inside leaves one record as well. */
static void recorded(void)
{
	struct avow_refusal r[4];
	struct scene s;
	u64 seq, at;

	scene_ready(&s, 1, AVOW_R, AVOW_RWX);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	seq = refusal_next(s.e.fd);
	EXPECT_INSIDE(inside_write(&s, at, 2), VECTOR_PF, ANY_ERROR, at);
	EXPECT_INSIDE(inside_exec(&s, at), VECTOR_PF, ANY_ERROR, at);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 4, NULL), 2);
	EXPECT_EQ(r[0].rule, 1002);
	EXPECT_EQ(r[0].requested, AVOW_W);
	EXPECT_EQ(r[0].declared, AVOW_RWX);
	EXPECT_EQ(r[0].start, at);
	EXPECT_EQ(r[0].end, at + PAGE);
	EXPECT_EQ(r[1].rule, 1002);
	EXPECT_EQ(r[1].requested, AVOW_X);
}

/* The enclave reaches ordinary memory, and its faults there are reported too. */
static void ordinary_memory(void)
{
	struct scene s;
	u8 *at = source_anon(1, PROT_READ);

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_EQ(inside_read(&s, (u64)at + 1).value, source_byte(0, 1));
	EXPECT_INSIDE(inside_write(&s, (u64)at, 1), VECTOR_PF, PF_PRESENT | PF_WRITE | PF_USER, (u64)at);
	munmap(at, PAGE);
	EXPECT_INSIDE(inside_read(&s, (u64)at + 1), VECTOR_PF, PF_USER, (u64)at);
}

/* A SIGBUS of another's making. */
static void file_too_short(void)
{
	struct scene s;
	char path[64];
	int fd = source_file("/tmp", 1, path);
	u8 *at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

	REQUIRE(at != MAP_FAILED);
	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE(inside_read(&s, (u64)at + PAGE + 1), VECTOR_PF, ANY_ERROR, (u64)at + PAGE);
	unlink(path);
}

/* Enclave memory outside the enclave that is running: another enclave's pages. */
static void other_enclave(void)
{
	struct scene s, other;

	scene_ready(&other, 1, AVOW_R, AVOW_R);
	scene_map(&other, other.play, 1, PROT_READ);
	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE(inside_write(&s, scene_at(&other, other.play), 1), VECTOR_PF,
		      ANY_ERROR, scene_at(&other, other.play));
}

TESTS(
	{ "R10 an enclave reads, writes and executes what all three allow", allowed, BOTH },
	{ "R10.2 the EPCM refuses: page fault with SGX and P bits", epcm, BOTH },
	{ "R10.2 the EPCM grants nothing", epcm_nothing, BOTH },
	{ "R10.2 the EPCM refuses a read by way of a mapping that is W only", epcm_by_write_only, BOTH },
	{ "R10 the mapping refuses: page fault without the SGX bit", mapping, BOTH },
	{ "R10.1 the intent refuses: page fault without the SGX bit", intent, BOTH },
	{ "R18.1 refusals inside are recorded, once each", recorded, BOTH },
	{ "R32 faults on ordinary memory are reported", ordinary_memory, BOTH },
	{ "R32 a page beyond the end of a file is reported", file_too_short, BOTH },
	{ "R10 another enclave's page", other_enclave, BOTH },
)
