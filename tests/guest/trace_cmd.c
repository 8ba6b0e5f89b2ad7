// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.3: trace-cmd records the tracepoint avow:avow_refusal, and reports it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "command.h"
#include "tracing.h"
#include "watch.h"

#define RECORDED	"/tmp/avow-trace.dat"

static struct output out;
static struct running recorder;

static bool is_on(const char *file)
{
	char text[16];

	tracing_file(file, text, sizeof(text));
	return text[0] == '1';
}

/* Does this process wait for a buffer to have something? */
static bool waits_for_data(int pid)
{
	char path[64];
	long nr = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%ld", &nr) != 1)
		nr = -1;
	fclose(file);
	return nr == SYS_pselect6 || nr == SYS_splice;
}

/* How many of its children, one for each processor, do. */
static long waiting_children(void)
{
	char path[64];
	long nr = 0;
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", recorder.pid, recorder.pid);
	file = fopen(path, "re");
	REQUIRE(file);
	while (fscanf(file, "%d", &pid) == 1)
		nr += waits_for_data(pid);
	fclose(file);
	return nr;
}

static bool is_recording(void)
{
	return is_on("events/avow/avow_refusal/enable") && is_on("tracing_on") &&
	       waiting_children() == sysconf(_SC_NPROCESSORS_ONLN);
}

/*
 * Records until stop_recording(), what matches a filter, if there is one. A child of it that
 * is told to stop before it has begun to wait writes nothing of what the kernel has recorded.
 */
static void record(const char *filter)
{
	const char *const argv[] = { "trace-cmd", "record", "-o", RECORDED, "-e", "avow:avow_refusal",
				     filter ? "-f" : NULL, filter, NULL };
	int i;

	tracing_write("tracing_on", "0");
	tracing_write("events/avow/avow_refusal/enable", "0");
	start(&recorder, argv);
	for (i = 0; i < 600 && !is_recording(); i++)
		usleep(100000);
	REQUIRE(i < 600);
}

static void stop_recording(void)
{
	int status = stop(&recorder, SIGINT);

	EXPECT(WIFEXITED(status) && !WEXITSTATUS(status));
	tracing_write("events/avow/avow_refusal/filter", "0");
}

static unsigned int count(const char *what)
{
	unsigned int nr = 0;
	const char *at;

	for (at = strstr(out.text, what); at; at = strstr(at + 1, what))
		nr++;
	return nr;
}

static void recorded(void)
{
	struct avow_refusal r;
	struct scene s;
	char want[256];

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	record(NULL);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 1).signo, SIGSEGV);	/* the mapping's doing */
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
	REQUIRE(refusal_last(s.e.fd, &r));
	stop_recording();

	run(&out, false, "trace-cmd report -i " RECORDED);
	EXPECT_EQ(out.status, 0);
	printf("# %s\n", out.text);
	EXPECT(!strstr(out.text, "FAILED TO PARSE"));
	EXPECT_EQ(count("avow_refusal:"), 2);
	snprintf(want, sizeof(want), "rule=R8.2 op=mprotect tgid=%d range=0x%llx-0x%llx base=0x%llx requested=R|X declared=R ",
		 getpid(), (unsigned long long)r.start, (unsigned long long)r.end, (unsigned long long)s.e.base);
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, "requested=R|W declared=R errno=13 signal=0 policy=0:0 class=anonymous ");
	snprintf(want, sizeof(want), "seq=%llu", (unsigned long long)r.seq);
	EXPECT_TEXT(&out, want);
}

/* The module's event in a list, and chosen by a filter on its fields. */
static void listed_and_filtered(void)
{
	struct scene s;

	run(&out, false, "trace-cmd list -e '^avow:'");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "avow:avow_refusal");
	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	record("requested == 5 && rule == 802");	/* R|X */
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
	stop_recording();
	run(&out, false, "trace-cmd report -i " RECORDED);
	EXPECT_EQ(out.status, 0);
	EXPECT_EQ(count("avow_refusal:"), 1);
	EXPECT_EQ(count("requested=R|X "), 1);
}

TESTS(
	{ "R18.3 trace-cmd records refusals and reports them", recorded, ONCE },
	{ "R18.3 trace-cmd lists the event and filters by its fields", listed_and_filtered, ONCE },
)
