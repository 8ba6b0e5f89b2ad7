// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R42, R44: avow policy learn. What it writes is a policy, allows the program what it did,
 * and denies what it did not. The program that it runs is this one, in one of the roles.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "command.h"
#include "scene.h"
#include "who.h"

#define LEARNED		"/tmp/learned.policy"
#define MANY		1000	/* files: more than the ring holds while nobody reads */

static struct output out;

/* ---- roles ---- */

/* From a file that stays, or from one that is deleted at once. */
static void add_from_file(struct scene *s, u64 offset, const char *path, u32 rwx)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	void *at;

	REQUIRE(fd >= 0 && write(fd, source_code(1), PAGE) == (ssize_t)PAGE);
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	EXPECT_OK(raw_add(s, at, offset, PAGE, avow_secinfo_reg(rwx), SGX_PAGE_MEASURE, NULL));
	munmap(at, PAGE);
}

/* From memory, unmeasured. */
static void add_data(struct scene *s, u64 offset, u64 flags)
{
	const struct avow_pages pages = {
		.src = source_anon(1, PROT_READ | PROT_WRITE),
		.offset = offset,
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_W),
		.flags = flags,
	};

	EXPECT_OK(avow_enclave_add(&s->e, &pages, NULL));
}

/* An enclave of the test's image, data from memory, and a mapping of that data. */
static void ordinary(struct scene *s)
{
	scene_image(s, 4);
	add_data(s, s->play, 0);
}

static void finish(struct scene *s)
{
	if (test_failed())
		return;		/* INIT would fail, too, and not for what is looked for */
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
	EXPECT_OK(avow_enclave_init(&s->e));
	EXPECT_OK(avow_enclave_map_image(&s->e, &s->image));
	EXPECT_OK(avow_enclave_map(&s->e, s->play, PAGE, PROT_READ | PROT_WRITE));
}

static void role_ordinary(void)
{
	struct scene s;

	ordinary(&s);
	finish(&s);
}

/* The same, with one page more: code from memory. */
static void role_variation(void)
{
	struct scene s;

	ordinary(&s);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	EXPECT_OK(raw_add(&s, source_code(1), s.play + PAGE, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X),
			  SGX_PAGE_MEASURE, NULL));
}

/* Data that may be mapped executable later, and is not. */
static void jit(struct scene *s)
{
	ordinary(s);
	add_data(s, s->play + PAGE, avow_page_intent(AVOW_RWX));
	finish(s);
	EXPECT_OK(avow_enclave_map(&s->e, s->play + PAGE, PAGE, PROT_READ | PROT_WRITE));
}

static void role_jit(void)
{
	struct scene s;

	jit(&s);
}

/* And is. */
static void role_execmod(void)
{
	struct scene s;

	jit(&s);
	EXPECT_OK(raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_EXEC));
}

static void role_temporary(void)
{
	struct scene s;

	REQUIRE(!mkdir("/tmp/learn-dir", 0755) || errno == EEXIST);
	scene_create(&s, 16);
	add_from_file(&s, 0, "/tmp/learn-dir/plugin", AVOW_R | AVOW_X);
	REQUIRE(!unlink("/tmp/learn-dir/plugin"));
	add_from_file(&s, 2 * PAGE, "/tmp/learn-dir/other", AVOW_R | AVOW_X);
	/* The new one is there before the old one goes, so that its inode is another. */
	REQUIRE(close(open("/tmp/learn-dir/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0755)) == 0);
	REQUIRE(!rename("/tmp/learn-dir/new", "/tmp/learn-dir/other"));
	add_from_file(&s, PAGE, "/tmp/learn \"quoted\", kept", AVOW_R);
}

/* A grandchild asks, when its parent is gone. */
static void role_descendant(void)
{
	if (fork())
		return;
	if (fork())
		_exit(0);
	usleep(500000);
	role_ordinary();
}

static void role_many(void)
{
	struct scene s;
	char path[64];
	int i;

	scene_create(&s, 2048);
	REQUIRE(!kill(getppid(), SIGSTOP));
	for (i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "/tmp/learn-many-%d", i);
		add_from_file(&s, (u64)i * PAGE, path, AVOW_R);
		unlink(path);
	}
	REQUIRE(!kill(getppid(), SIGCONT));
}

static void role_idle(void)
{
}

static void role_lasting(void)
{
	role_ordinary();
	for (;;)
		pause();
}

static const struct {
	const char *name;
	void (*play)(void);
} roles[] = {
	{ "ordinary", role_ordinary }, { "variation", role_variation }, { "execmod", role_execmod },
	{ "jit", role_jit },
	{ "temporary", role_temporary }, { "descendant", role_descendant }, { "many", role_many },
	{ "idle", role_idle }, { "lasting", role_lasting },
};

/* Exit status 3: something was refused. */
static int play(const char *role)
{
	size_t i;

	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i].name, role))
			continue;
		roles[i].play();
		return test_failed() ? 3 : 0;
	}
	return 4;
}

/* ---- cases ---- */

static const char *self(void)
{
	static char path[256];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	REQUIRE(n > 0);
	path[n] = '\0';
	return path;
}

static int play_alone(const char *role)
{
	run(&out, true, "%s %s", self(), role);
	return out.status;
}

/* The policy, without the lines of comments. */
static char *learned(void)
{
	static char text[OUTPUT];
	FILE *file = fopen(LEARNED, "re");
	size_t n;

	REQUIRE(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static void learn(const char *options, const char *role, int status)
{
	unlink(LEARNED);
	run(&out, true, "avow policy learn -o " LEARNED " %s -- %s %s", options, self(), role);
	EXPECT_EQ(out.status, status);
	if (out.status != status)
		printf("# %s\n", out.text);
}

static void expect_policy(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void expect_policy(const char *file, int line, const char *format, ...)
{
	char want[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	if (!strstr(learned(), want))
		test_fail(file, line, "\"%s\" is not in the policy:\n%s", want, learned());
}

#define EXPECT_POLICY(...)	expect_policy(__FILE__, __LINE__, __VA_ARGS__)

static void expect_checked(void)
{
	run(&out, true, "avow policy check " LEARNED);
	EXPECT_EQ(out.status, 0);
	if (out.status)
		printf("# %s\n", out.text);
}

/* Every condition is one that the role makes true, and the rules are few. */
static void writes_rules(void)
{
	char image[256], signer[65];
	struct scene s;
	u8 hash[32];
	int i;

	learn("", "ordinary", 0);
	run(&out, true, "sed 's/^/# /' " LEARNED);
	printf("# the policy:\n%s", out.text);
	expect_checked();
	EXPECT_POLICY("\n# It ended with status 0.");
	REQUIRE(realpath(data_path("enclave.elf"), image));
	EXPECT_POLICY("\nallow load intent is rx, source is file-exec, measured, file is %s, program is %s\n",
		      image, self());
	EXPECT_POLICY("\nallow load intent is rw, source is anonymous, program is %s\n", self());
	EXPECT_POLICY("\nallow map prot is rx, history lacks w, program is %s\n", self());
	EXPECT_POLICY("\nallow map prot is rw, history lacks x, program is %s\n", self());
	scene_create(&s, 16);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	who_mrsigner(&s, hash);
	for (i = 0; i < 32; i++)
		snprintf(signer + 2 * i, 3, "%02x", hash[i]);
	EXPECT_POLICY("\nallow init signer is %s, product is 0", signer);
	EXPECT_POLICY("\ndefault deny\n");
	EXPECT(!strstr(learned(), "INCOMPLETE"));
	EXPECT(!strstr(learned(), "deny\nallow"));
}

/* Temporary files; one of them was there again when the program had ended, as another file. */
static void files_that_are_gone(void)
{
	learn("", "temporary", 0);
	expect_checked();
	EXPECT_POLICY("any file of the directory.\nallow load intent is rx, source is file-exec, measured, "
		      "file under /tmp/learn-dir, program is ");
	EXPECT_POLICY("\nallow load intent is r, source is file-exec, measured, file is \"/tmp/learn \\\"quoted\\\", kept\", ");
}

static void descendants(void)
{
	learn("", "descendant", 0);
	expect_checked();
	EXPECT_POLICY("\nallow init signer is ");
	EXPECT_POLICY("\nallow load intent is rw, source is anonymous");
}

/* Requests of others are not in it. */
static void nobody_else(void)
{
	struct running r;
	int i;
	const char *const argv[] = {
		"avow", "policy", "learn", "-o", LEARNED, "--for", "8", self(), "lasting", NULL
	};

	unlink(LEARNED);
	start(&r, argv);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(play_alone("variation"), 0);
		usleep(500000);
	}
	EXPECT_EQ(stop(&r, 0), 0);
	expect_checked();
	EXPECT_POLICY("# It ended by SIGTERM.");
	EXPECT_POLICY("\nallow load intent is rw, source is anonymous");
	EXPECT(!strstr(learned(), "intent is rx, source is anonymous"));
}

static void says_what_was_lost(void)
{
	learn("", "many", 1);
	EXPECT_TEXT(&out, "requests were lost");
	EXPECT_POLICY("# INCOMPLETE: ");
	expect_checked();
}

static void says_how_it_failed(void)
{
	learn("", "idle", 1);
	EXPECT_TEXT(&out, "asked nothing of an enclave");
	EXPECT(access(LEARNED, F_OK));
	run(&out, true, "avow policy learn -- /no/such/program");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "/no/such/program: No such file or directory");
	run(&out, true, "avow policy learn -o /no/such/place -- %s ordinary", self());
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "/no/such/place: No such file or directory");
	/* An errno, and what it was about. */
	run(&out, true, "sh -c 'ulimit -n 6; exec avow policy learn -- %s ordinary'", self());
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "cannot observe the module's hooks: Too many open files; libbpf: ");
	run(&out, true, "avow policy learn");
	EXPECT_EQ(out.status, 2);
	run(&out, true, "avow policy learn --for soon -- true");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "soon");
}

static void as_nobody(void *arg)
{
	(void)arg;
	REQUIRE(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534));
	run(&out, true, "avow policy learn -- %s ordinary", self());
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "cannot observe the module's hooks: ");
	EXPECT_TEXT(&out, "it takes root");
}

static void not_everybody(void)
{
	in_child(as_nobody, NULL);
}

/* Learned, loaded: the program runs as before, and what it did not do is denied. */
static void round_trip(void)
{
	learn("", "jit", 0);
	expect_checked();
	EXPECT_POLICY("# Writable and executable at once.\nallow load intent is rwx, source is anonymous, program");
	run(&out, true, "avow policy load " LEARNED);
	if (out.status)
		FAIL("avow policy load: %s", out.text);
	EXPECT_EQ(play_alone("jit"), 0);
	EXPECT_EQ(play_alone("ordinary"), 0);
	EXPECT_EQ(play_alone("variation"), 3);
	EXPECT_TEXT(&out, "EACCES");
	EXPECT_EQ(play_alone("execmod"), 3);
	EXPECT_TEXT(&out, "raw_protect(&s, s.play + PAGE, 1, PROT_READ | PROT_EXEC): EACCES");
	/* Another program may not even do the same. */
	run(&out, true, "cp %s /tmp/learn-copy && /tmp/learn-copy ordinary", self());
	EXPECT(out.status == 1 || out.status == 3);
	EXPECT_TEXT(&out, "EACCES");
	run(&out, true, "avow policy unload");
	EXPECT_EQ(out.status, 0);
	EXPECT_EQ(play_alone("execmod"), 0);
}

/* What a policy denies meanwhile is not learned. */
static void not_what_is_denied(void)
{
	FILE *file = fopen("/tmp/present.policy", "we");

	REQUIRE(file);
	fputs("deny load intent has x, source is anonymous\ndefault allow\n", file);
	REQUIRE(!fclose(file));
	run(&out, true, "avow policy load /tmp/present.policy");
	if (out.status)
		FAIL("avow policy load: %s", out.text);
	learn("", "variation", 0);
	run(&out, true, "avow policy unload");
	EXPECT_POLICY("\nallow load intent is rw, source is anonymous");
	EXPECT(!strstr(learned(), "intent is rx, source is anonymous"));
	EXPECT_POLICY("# 1 kind of requests were denied");
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "R42 avow policy learn writes rules that a request was seen for", writes_rules, ONCE },
		{ "R42 avow policy learn: files that are gone are their directory", files_that_are_gone, ONCE },
		{ "R42 avow policy learn observes descendants", descendants, ONCE },
		{ "R42 avow policy learn observes nobody else, and for a time", nobody_else, ONCE },
		{ "R42 avow policy learn says what was lost", says_what_was_lost, ONCE },
		{ "R42 avow policy learn says why there is no policy", says_how_it_failed, ONCE },
		{ "R42 it takes root to learn", not_everybody, ONCE },
		{ "R42 R43 what was learned allows the program, and no variation", round_trip, ONCE },
		{ "R42 avow policy learn does not learn what is denied", not_what_is_denied, ONCE },
	};

	if (argc > 1)
		return play(argv[1]);
	return test_main(tests, sizeof(tests) / sizeof(tests[0]));
}
