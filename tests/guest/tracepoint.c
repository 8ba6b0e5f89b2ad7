// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.3: each refusal is the tracepoint avow:avow_refusal too. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tracing.h"
#include "watch.h"

/* The number behind "NAME=" in a line of the trace; -1 where there is none. */
static long long field(const char *line, const char *name)
{
	char key[32];
	const char *at;

	snprintf(key, sizeof(key), "%s=", name);
	at = strstr(line, key);
	return at ? strtoll(at + strlen(key), NULL, 0) : -1;
}

static void traced(void)
{
	struct avow_refusal r;
	struct scene s;
	char trace[8192], *line;

	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	tracing_write("events/avow/avow_refusal/enable", "0");
	REQUIRE(refusal_last(s.e.fd, &r));

	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 1);
	line = strstr(trace, "avow_refusal:");
	REQUIRE(line);
	printf("# %.*s\n", (int)strcspn(line, "\n"), line);
	EXPECT_EQ(field(line, "seq"), r.seq);
	EXPECT(strstr(line, "R8.2") || field(line, "rule") == 802);
}

/* As many events as records, and none when nothing is refused. */
static void counted(void)
{
	struct scene s;
	char trace[32768];
	int i;

	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 0);
	for (i = 0; i < 7; i++)
		EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	tracing_write("events/avow/avow_refusal/enable", "0");
	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 7);
	EXPECT_EQ(refusal_next(s.e.fd), 8);
}

TESTS(
	{ "R18.3 a refusal is a tracepoint", traced, BOTH },
	{ "R18.3 once for each refusal", counted, BOTH },
)
