// SPDX-License-Identifier: LGPL-2.1-or-later
/* R3, R8, R14.1, R18.4, R31, R37.1: the programs of examples/, as a reader would run them, and what they print. */
#include <stdio.h>
#include <string.h>

#include "command.h"

#define NOTE	"/tmp/note.sealed"

static struct output out;

/* A host with its own enclave and this key. after: what follows in its command line. */
static void example(const char *name, const char *before, const char *key, const char *after)
{
	const char *data = data_path("examples");

	run(&out, true, "%s/%s/host %s %s/%s/enclave.elf %s/%s %s", data, name, before, data, name, data, key, after);
}

static void expect_all(const char *want, int status)
{
	if (strcmp(out.text, want) || out.status != status)
		FAIL("status %d:\n%s", out.status, out.text);
}

static void hello(void)
{
	example("hello", "", "key.pem", "Ada Grace");
	expect_all("The enclave says: somebody is greeted\n1: Hello, Ada, from an enclave.\n"
		   "The enclave says: somebody is greeted\n2: Hello, Grace, from an enclave.\n", 0);
}

static void contains(const char *path, const char *what, int status)
{
	run(&out, true, "grep -q '%s' %s", what, path);
	EXPECT_EQ(out.status, status);
}

static void notes(void)
{
	static const char refused[] = "not sealed by this enclave and signer, or changed\n";
	char data[256];

	snprintf(data, sizeof(data), "%s", data_path("examples"));
	example("notes", "save " NOTE, "key.pem", "door 'the key is under the mat'");
	expect_all("sealed: door, 24 bytes\n", 0);
	contains(NOTE, "door", 0);
	contains(NOTE, "under the mat", 1);
	example("notes", "show " NOTE, "key.pem", "");
	expect_all("door: the key is under the mat\n", 0);
	/* Another signer; another enclave; the same after a change of the title, and of the text. */
	example("notes", "show " NOTE, "other.pem", "");
	expect_all(refused, 1);
	run(&out, true, "%s/notes/host show " NOTE " %s/notes/changed.elf %s/key.pem", data, data, data);
	expect_all(refused, 1);
	run(&out, true, "sed 's/door/gate/' " NOTE " >" NOTE ".2");
	example("notes", "show " NOTE ".2", "key.pem", "");
	expect_all(refused, 1);
	example("notes", "show " NOTE, "key.pem", "");
	expect_all("door: the key is under the mat\n", 0);
}

static void keystore(void)
{
	example("keystore", "", "key.pem", "");
	expect_all("key 1: all signatures are right\nkey 2: all signatures are right\nthreads inside at once: 2\n", 0);
}

static void jit(void)
{
	example("jit", "", "key.pem", "6 2 7");
	expect_all("mprotect() R-X: done\n6 * 7 + 2 = 44\n", 0);
	example("jit", "", "key.pem", "-3 100000 1000000");
	expect_all("mprotect() R-X: done\n-3 * 1000000 + 100000 = -2900000\n", 0);
}

static void jit_refused(void)
{
	char data[256];

	snprintf(data, sizeof(data), "%s", data_path("examples"));
	run(&out, false, "%s/run %s/wx.policy %s/jit/host %s/jit/enclave.elf %s/key.pem 6 2 7", data, data, data, data, data);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "mprotect() R-X: Permission denied");
	EXPECT_TEXT(&out, "It asked mprotect() for R-X");
	EXPECT_TEXT(&out, "R14.1");
	EXPECT_TEXT(&out, "not compiled: Permission denied");
	/* The policy is gone with the script. */
	jit();
}

TESTS(
	{ "R31 hello", hello, ONCE },
	{ "R37.1 notes", notes, ONCE },
	{ "R30 keystore", keystore, ONCE },
	{ "R3.4 R8.2 jit", jit, ONCE },
	{ "R14.1 R18.4 jit, refused by a policy", jit_refused, ONCE },
)
