// SPDX-License-Identifier: LGPL-2.1-or-later
/* R8.2, R10.3 and protection keys: an entry has the key that its mapping has. */
#include <signal.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#ifndef SEGV_PKUERR
#define SEGV_PKUERR	4
#endif

static int new_key(void)
{
	int key = pkey_alloc(0, 0);

	REQUIRE(key > 0);	/* the machine's CPU model has protection keys */
	return key;
}

static void expect_denied(u64 at)
{
	struct fault f = probe_read(at);

	EXPECT_EQ(f.signo, SIGSEGV);
	EXPECT_EQ(f.code, SEGV_PKUERR);
}

static void scene_keyed(struct scene *s, int *key)
{
	scene_ready(s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	*key = new_key();
}

/* The entry is made after the key is set. */
static void fresh_entry(void)
{
	struct scene s;
	int key;
	u64 at;

	scene_keyed(&s, &key);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE_OK(pkey_mprotect((void *)at, PAGE, PROT_READ, key));
	EXPECT_EQ(probe_read(at + 1).value, source_byte(0, 1));
	REQUIRE_OK(pkey_set(key, PKEY_DISABLE_ACCESS));
	expect_denied(at);
	REQUIRE_OK(pkey_set(key, 0));
	EXPECT_EQ(probe_read(at + 1).value, source_byte(0, 1));
}

/* The entry is there when the key is set. */
static void older_entry(void)
{
	struct scene s;
	int key;
	u64 at;

	scene_keyed(&s, &key);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 1).signo, 0);
	REQUIRE_OK(pkey_mprotect((void *)at, PAGE, PROT_READ | PROT_WRITE, key));
	REQUIRE_OK(pkey_set(key, PKEY_DISABLE_WRITE));
	EXPECT_EQ(probe_read(at).value, 1);
	EXPECT_EQ(probe_write(at, 2).code, SEGV_PKUERR);
	/* Dropped and made anew, it still has the key. (A handler's end by a jump loses PKRU.) */
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R | AVOW_W));
	REQUIRE_OK(pkey_set(key, PKEY_DISABLE_WRITE));
	EXPECT_EQ(probe_read(at).value, 1);
	EXPECT_EQ(probe_write(at, 2).code, SEGV_PKUERR);
}

/* PROT_EXEC alone: the kernel has a key for that, and nothing is read. */
static void execute_only(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_X, AVOW_X);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_NONE);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_EXEC));
	EXPECT_EQ(probe_exec(at).signo, 0);
	expect_denied(at);
	EXPECT_EQ(probe_exec(at).signo, 0);
}

/* The same from inside: the vDSO reports it, with the PK bit. */
static void inside(void)
{
	struct scene s;
	int key;
	u64 at;

	scene_keyed(&s, &key);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE_OK(pkey_mprotect((void *)at, PAGE, PROT_READ, key));
	EXPECT_INSIDE_OK(inside_read(&s, at));
	REQUIRE_OK(pkey_set(key, PKEY_DISABLE_ACCESS));
	EXPECT_INSIDE(inside_read(&s, at), VECTOR_PF, PF_PRESENT | PF_USER | 0x20, at);
	REQUIRE_OK(pkey_set(key, 0));
	EXPECT_INSIDE_OK(inside_read(&s, at));
}

TESTS(
	{ "R10.3 R8.2 the key of an entry that is made later", fresh_entry, BOTH },
	{ "R10.3 R8.2 the key of an entry that is there", older_entry, BOTH },
	{ "R10.3 R8.2 PROT_EXEC alone is not readable", execute_only, BOTH },
	{ "R32 a key refuses inside", inside, BOTH },
)
