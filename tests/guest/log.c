// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.5: avow log, of kept refusals and of those that happen. */
#include <fcntl.h>
#include <grp.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "command.h"
#include "watch.h"

#define FLOOD	100000

static struct output out;

static const char *const live_text[] = { "avow", "log", "-f", "--lines", "0", NULL };
static const char *const live_json[] = { "avow", "log", "-f", "--lines", "0", "--json", NULL };

/* A refusal that no case looks for: of LOWER_INTENT. */
static void hello(struct scene *s)
{
	EXPECT_ERRNO(avow_lower_range(s->e.fd, 0, PAGE, AVOW_RWX), EACCES);
}

static void hello_scene(struct scene *s)
{
	scene_create(s, 16);
	scene_add(s, 0, 1, AVOW_R);
}

/* A reader that is known to listen: it has told of something that was refused after it was started. */
static void start_listening(struct running *r, const char *const *argv)
{
	struct scene s;
	int i;

	hello_scene(&s);
	start(r, argv);
	for (i = 0; i < 100; i++) {
		hello(&s);
		if (next_line(r, 1))
			break;
	}
	REQUIRE(i < 100);
	scene_close(&s);
}

static const char *line_about(struct running *r, const char *what)
{
	const char *line;

	do {
		line = next_line(r, 20);
	} while (line && !strstr(line, what));
	return line;
}

/* A page from this file, which is deleted then; mapped. */
static void scene_of_file(struct scene *s, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	void *at;

	REQUIRE(fd >= 0 && write(fd, source_code(1), PAGE) == (ssize_t)PAGE);
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	scene_create(s, 16);
	REQUIRE_OK(raw_add(s, at, 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	munmap(at, PAGE);
	REQUIRE(!rename(path, "/tmp/renamed-since") && !unlink("/tmp/renamed-since"));
	scene_map(s, 0, 1, PROT_READ);
}

static void refuse_once(struct scene *s)
{
	EXPECT_ERRNO(raw_protect(s, 0, 1, PROT_READ | PROT_EXEC), EACCES);
}

static bool clean(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void follows(void)
{
	const char *line;
	char want[128];
	struct running r;
	struct scene s;

	start_listening(&r, live_text);
	scene_of_file(&s, "/tmp/log-as-it-was");
	refuse_once(&s);
	line = line_about(&r, "mprotect()");
	REQUIRE(line);
	printf("# %s\n", line);
	snprintf(want, sizeof(want), "log[%d/%d] R8.2 mprotect() 0x%llx-0x%llx asked R-X declared R--: EACCES",
		 getpid(), getpid(), (unsigned long long)s.e.base, (unsigned long long)s.e.base + PAGE);
	EXPECT(strstr(line, want));
	EXPECT(strstr(line, ", source file-exec /tmp/log-as-it-was"));
	EXPECT(clean(stop(&r, SIGINT)));
}

/* The value of a key as text; "" where there is none. */
static const char *value(struct json_object *object, const char *key)
{
	struct json_object *found;

	if (!json_object_object_get_ex(object, key, &found))
		return "";
	return json_object_get_string(found) ? json_object_get_string(found) : "null";
}

/* A name that would break a line, a string or a terminal. */
static void json_lines(void)
{
	static const char path[] = "/tmp/log \"of\"\n\033[31mits\\own";
	struct json_object *object;
	const char *line;
	struct running r;
	struct scene s;

	start_listening(&r, live_json);
	scene_of_file(&s, path);
	refuse_once(&s);
	line = line_about(&r, "mprotect()");
	REQUIRE(line);
	object = json_tokener_parse(line);
	REQUIRE(object);
	EXPECT(!strcmp(value(object, "source"), path));
	EXPECT(!strcmp(value(object, "rule"), "R8.2"));
	EXPECT(!strcmp(value(object, "verdict"), "refused"));
	EXPECT(!strcmp(value(object, "errno"), "EACCES"));
	EXPECT(!strcmp(value(object, "requested"), "R-X"));
	EXPECT(!strcmp(value(object, "policy"), "null"));
	EXPECT_EQ(strtoull(value(object, "base"), NULL, 0), s.e.base);
	json_object_put(object);
	EXPECT(clean(stop(&r, SIGTERM)));

	/* And as text it stays one line without control characters. */
	start_listening(&r, live_text);
	refuse_once(&s);
	line = line_about(&r, "mprotect()");
	REQUIRE(line);
	EXPECT(strstr(line, "/tmp/log \"of\"??[31mits\\own"));
	EXPECT(clean(stop(&r, SIGTERM)));
}

static void two_readers(void)
{
	struct running a, b;
	struct scene s;
	int i;

	start_listening(&a, live_text);
	start_listening(&b, live_json);
	scene_of_file(&s, "/tmp/log-two");
	for (i = 0; i < 5; i++)
		refuse_once(&s);
	for (i = 0; i < 5; i++) {
		EXPECT(line_about(&a, "mprotect()"));
		EXPECT(line_about(&b, "mprotect()"));
	}
	EXPECT(clean(stop(&a, SIGINT)));
	/* The other one goes on. */
	refuse_once(&s);
	EXPECT(line_about(&b, "mprotect()"));
	EXPECT(clean(stop(&b, SIGINT)));
}

struct count {
	unsigned long long seen, lost, last;
};

/* Of a file of JSON lines: numbers of one enclave ascend, and none comes twice. */
static void count_file(const char *path, struct count *c)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	*c = (struct count){ .seen = 0 };
	REQUIRE(file);
	while (getline(&line, &size, file) > 0) {
		struct json_object *object = json_tokener_parse(line);
		unsigned long long seq;

		REQUIRE(object);
		if (*value(object, "lost")) {
			c->lost += strtoull(value(object, "lost"), NULL, 10);
		} else if (!strcmp(value(object, "operation"), "mprotect()")) {
			seq = strtoull(value(object, "seq"), NULL, 10);
			if (seq <= c->last)
				FAIL("number %llu after %llu", seq, c->last);
			c->last = seq;
			c->seen++;
		}
		json_object_put(object);
	}
	free(line);
	fclose(file);
}

static void start_into_file(struct running *r, const char *path)
{
	char command[128];
	const char *const argv[] = { "sh", "-c", command, NULL };
	struct scene s;
	struct count c;
	int i;

	snprintf(command, sizeof(command), "exec avow log -f --lines 0 --json > %s", path);
	hello_scene(&s);
	start(r, argv);
	for (i = 0; i < 100; i++) {
		FILE *file = fopen(path, "re");

		hello(&s);
		usleep(100000);
		if (file && fgetc(file) != EOF)
			break;
		if (file)
			fclose(file);
	}
	count_file(path, &c);
	REQUIRE(i < 100);
	scene_close(&s);
}

/* One reader is held while the flood comes, so that it must lose; the other does what it can. */
static void flood(void)
{
	struct running slow, quick;
	struct count c;
	struct scene s;
	int i;

	start_into_file(&slow, "/tmp/log-slow");
	start_into_file(&quick, "/tmp/log-quick");
	scene_of_file(&s, "/tmp/log-flood");
	REQUIRE(!kill(slow.pid, SIGSTOP));
	for (i = 0; i < FLOOD; i++)
		if (!raw_protect(&s, 0, 1, PROT_READ | PROT_EXEC))
			FAIL("mprotect() was allowed");
	REQUIRE(!kill(slow.pid, SIGCONT));
	EXPECT_EQ(refusal_next(s.e.fd), FLOOD + 1);
	EXPECT(clean(stop(&quick, SIGINT)));
	EXPECT(clean(stop(&slow, SIGINT)));

	count_file("/tmp/log-quick", &c);
	printf("# quick: %llu seen, %llu lost\n", c.seen, c.lost);
	EXPECT_EQ(c.seen + c.lost, FLOOD);
	count_file("/tmp/log-slow", &c);
	printf("# slow: %llu seen, %llu lost\n", c.seen, c.lost);
	EXPECT_EQ(c.seen + c.lost, FLOOD);
	EXPECT(c.lost > 0 && c.seen > 1000);
}

static void nobody_reads(void)
{
	struct running r;
	int i, status;

	start_listening(&r, live_text);
	close(r.fd);
	/* Nothing is written, so nothing fails: it must look. */
	for (i = 0; i < 200 && waitpid(r.pid, &status, WNOHANG) != r.pid; i++)
		usleep(100000);
	REQUIRE(i < 200);
	EXPECT(clean(status));
}

static void refused_elsewhere(void *arg)
{
	struct scene s;

	(void)arg;
	scene_of_file(&s, "/tmp/log-elsewhere");
	refuse_once(&s);
	run(&out, true, "avow log");
}

/* In the order of time, of all processes, each once though two hold the enclave. */
static void kept(void)
{
	char *first, *second, *third;
	struct scene s;
	pid_t pid;

	scene_of_file(&s, "/tmp/log-first");
	refuse_once(&s);
	pid = fork_child(refused_elsewhere, NULL);
	expect_child(pid);
	refuse_once(&s);
	run(&out, true, "avow log");
	EXPECT_EQ(out.status, 0);
	/* The child's enclave is gone. */
	EXPECT(!strstr(out.text, "/tmp/log-elsewhere"));
	first = strstr(out.text, "/tmp/log-first");
	REQUIRE(first);
	second = strstr(first + 1, "/tmp/log-first");
	REQUIRE(second);
	EXPECT(!strstr(second + 1, "/tmp/log-first"));
	run(&out, true, "avow log --lines 1");
	third = strchr(out.text, '\n');
	EXPECT(third && !third[1]);
}

static void kept_in_child(void *arg)
{
	char *a, *b;
	struct scene s;

	(void)arg;
	scene_of_file(&s, "/tmp/log-child");
	refuse_once(&s);
	/* The parent's enclave is held here, too. */
	run(&out, true, "avow log");
	EXPECT_EQ(out.status, 0);
	a = strstr(out.text, "/tmp/log-parent");
	b = strstr(out.text, "/tmp/log-child");
	EXPECT(a && b && a < b);
	EXPECT(!a || !strstr(a + 1, "/tmp/log-parent"));
}

static void kept_of_two(void)
{
	struct scene s;

	scene_of_file(&s, "/tmp/log-parent");
	refuse_once(&s);
	in_child(kept_in_child, NULL);
}

static void kept_lost(void)
{
	struct scene s;
	int i;

	hello_scene(&s);
	for (i = 0; i < AVOW_REFUSALS_KEPT + 6; i++)
		hello(&s);
	run(&out, true, "avow log");
	EXPECT_TEXT(&out, "... 6 records lost: of this enclave no longer kept");
	run(&out, true, "avow log --json");
	EXPECT_TEXT(&out, "{\"lost\":6,");
}

/* Kept ones first and then new ones, none of them twice. */
static void kept_and_live(void)
{
	static const char *const argv[] = { "avow", "log", "-f", "--json", "--lines", "3", NULL };
	unsigned long long seq, last = 0;
	struct json_object *object;
	struct running r;
	struct scene s;
	int i;

	scene_of_file(&s, "/tmp/log-both");
	for (i = 0; i < 5; i++)
		refuse_once(&s);
	start(&r, argv);
	for (i = 0; i < 6; i++) {
		const char *line = line_about(&r, "mprotect()");

		REQUIRE(line);
		object = json_tokener_parse(line);
		REQUIRE(object);
		seq = strtoull(value(object, "seq"), NULL, 10);
		EXPECT_EQ(seq, last ? last + 1 : 3);
		last = seq;
		if (i >= 2)
			refuse_once(&s);
	}
	EXPECT(clean(stop(&r, SIGINT)));
}

static void as_nobody(void *arg)
{
	(void)arg;
	REQUIRE(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534));
	run(&out, false, "avow log -f");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "it takes root");
	EXPECT_TEXT(&out, "; libbpf: ");
	run(&out, false, "avow log");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "processes could not be looked into; run as root");
	EXPECT(!strstr(out.text, "LOWER_INTENT"));
}

static void not_everybody(void)
{
	struct scene s;

	hello_scene(&s);
	hello(&s);
	in_child(as_nobody, NULL);
}

static void usage(void)
{
	run(&out, false, "avow log --lines many");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "many");
	run(&out, false, "avow log 12");
	EXPECT_EQ(out.status, 2);
}

TESTS(
	{ "R18.5 avow log -f tells a refusal with its file, though it is renamed and deleted since", follows, BOTH },
	{ "R18.5 avow log -f --json: each line parses, whatever a file is called", json_lines, ONCE },
	{ "R18.5 two readers see every refusal", two_readers, ONCE },
	{ "R18.5 a flood: what was seen and what was lost is all there was", flood, ONCE },
	{ "R18.5 avow log -f ends when nobody reads", nobody_reads, ONCE },
	{ "R18.5 avow log of what is kept", kept, ONCE },
	{ "R18.5 avow log in the order of time, each refusal once", kept_of_two, BOTH },
	{ "R18.5 avow log says how much is no longer kept", kept_lost, ONCE },
	{ "R18.5 avow log -f goes on where what is kept ends", kept_and_live, ONCE },
	{ "R18.5 it takes root to follow, and the right to trace to look back", not_everybody, ONCE },
	{ "R18.5 wrong usage is exit status 2", usage, ONCE },
)
