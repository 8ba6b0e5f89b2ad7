// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.4, R19: avow maps --html writes what LIST and REFUSALS tell. What a browser makes of it: tests/html. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "command.h"
#include "scene.h"

#define FILE_NAME	"/tmp/page.html"

static struct output out;

/* The data of the page, from where they begin. */
static const char *data_of_page(void)
{
	static struct output page;
	char *data;

	run(&page, true, "sed -n '/id=.data/,/<.script>/p' " FILE_NAME);
	data = strstr(page.text, "{\"pid\":");
	REQUIRE(!page.status && data && strstr(data, "</script>"));
	*strstr(data, "</script>") = '\0';
	return data;
}

static void expect_in(const char *data, const char *want)
{
	if (!strstr(data, want))
		FAIL("\"%s\" is not in: %s", want, data);
}

/* Nothing is mapped, so that the runs are those of LIST: gap, length, kind. */
static void expect_runs(struct scene *s, const char *data)
{
	const char *at = strstr(data, "\"runs\":[");
	struct avow_run *runs;
	u64 end = 0;
	size_t nr, i;
	int used;

	REQUIRE(at);
	at += strlen("\"runs\":[");
	REQUIRE_OK(avow_list_runs(s->e.fd, 0, s->e.size, &runs, &nr));
	EXPECT(nr >= 4);
	for (i = 0; i < nr; i++) {
		unsigned long long gap, length;
		unsigned int kind;

		REQUIRE(sscanf(at, "%*[,\n]%llu,%llu,%u%n", &gap, &length, &kind, &used) == 3 ||
			sscanf(at, "%llu,%llu,%u%n", &gap, &length, &kind, &used) == 3);
		EXPECT_EQ(gap * PAGE, runs[i].offset - end);
		EXPECT_EQ(length * PAGE, runs[i].length);
		end = runs[i].offset + runs[i].length;
		at += used;
	}
	EXPECT(*at == ']');
	free(runs);
}

static void page_of_an_enclave(void)
{
	const char *data;
	char want[128];
	struct scene s;
	struct stat st;

	scene_create(&s, 64);
	scene_add(&s, 0, 3, AVOW_R | AVOW_W);
	scene_add_intent(&s, 8 * PAGE, 2, AVOW_R, AVOW_R | AVOW_X);
	scene_add(&s, 10 * PAGE, 1, AVOW_RWX);
	scene_add(&s, 63 * PAGE, 1, AVOW_R);
	EXPECT_ERRNO(avow_lower_range(s.e.fd, 63 * PAGE, PAGE, AVOW_RWX), EACCES);
	umask(027);
	run(&out, true, "avow maps --html " FILE_NAME " %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT(!*out.text);
	REQUIRE(!stat(FILE_NAME, &st));
	EXPECT_EQ(st.st_mode & 0777, 0640);
	data = data_of_page();
	expect_runs(&s, data);
	snprintf(want, sizeof(want), "{\"pid\":%d,\"command\":\"page\",", getpid());
	expect_in(data, want);
	snprintf(want, sizeof(want), "\"base\":\"0x%llx\",\"size\":%llu,\"contract\":\"%s\",\"state\":[\"created\",\"debug\"],",
		 (unsigned long long)s.e.base, (unsigned long long)s.e.size, strict() ? "strict" : "compat");
	expect_in(data, want);
	expect_in(data, "{\"intent\":\"R-X\",\"epcm\":\"R--\",\"mapping\":null,\"type\":\"REG\",\"history\":\"-\","
			"\"state\":[\"measured\",\"explicit\"],");
	expect_in(data, "\"rule\":\"R2.1\"");
	expect_in(data, "\"lost\":0}]}");
}

/* A source whose name would be a script. */
static void hostile_source(void)
{
	const char *name = "/tmp/<script>\\'&\xff.so";
	struct scene s;
	void *source;
	FILE *file = fopen(name, "w+e");

	REQUIRE(file && !ftruncate(fileno(file), PAGE) && !fchmod(fileno(file), 0755));
	source = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(file), 0);
	REQUIRE(source != MAP_FAILED);
	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, source, 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL));
	run(&out, true, "avow maps --html " FILE_NAME " %d", getpid());
	EXPECT_EQ(out.status, 0);
	expect_in(data_of_page(), "\"class\":\"file-exec\",\"source\":\"/tmp/\\u003cscript\\u003e\\\\\\\\\\u0027\\u0026\\\\xff.so\"}");
	fclose(file);
	unlink(name);
}

/* What fails leaves the file that was, and no other. */
static void what_fails(void)
{
	struct scene s;

	scene_create(&s, 16);
	run(&out, true, "echo before >" FILE_NAME);
	run(&out, true, "avow maps --html " FILE_NAME " 4194303");
	EXPECT_EQ(out.status, 1);
	run(&out, true, "avow maps --html /nowhere/page.html %d", getpid());
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "/nowhere/page.html: No such file or directory");
	run(&out, true, "ulimit -f 1; trap '' XFSZ; avow maps --html " FILE_NAME " %d", getpid());
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "File too large");
	run(&out, true, "cat " FILE_NAME "*");
	EXPECT(!strcmp(out.text, "before\n"));
	run(&out, true, "avow maps --html " FILE_NAME " --json %d", getpid());
	EXPECT_EQ(out.status, 2);
	run(&out, true, "avow why --html " FILE_NAME " %d", getpid());
	EXPECT_EQ(out.status, 2);
}

TESTS(
	{ "R19 R18.4 a page has the runs of LIST, and what was refused", page_of_an_enclave, BOTH },
	{ "R19 a source whose name is HTML and no UTF-8", hostile_source, ONCE },
	{ "R19 a page that cannot be written", what_fails, ONCE },
)
