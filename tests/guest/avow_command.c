// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.4 and R19: what the avow command prints is what the kernel recorded. */
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "command.h"
#include "scene.h"

static struct output out;

/* The last page of the image's code segment: R-X, from a file; mapped. */
static u64 code_page(const struct scene *s)
{
	return s->image.segments[s->image.nr - 1].pages.offset;
}

static void why_names_everything(void)
{
	char want[512], path[256];
	struct scene s;
	u64 at;

	scene_image(&s, 1);
	scene_init(&s);
	at = scene_at(&s, code_page(&s));
	EXPECT_ERRNO(raw_protect(&s, code_page(&s), 1, PROT_READ | PROT_WRITE), EACCES);
	run(&out, false, "avow why %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "1 refusal.");
	EXPECT_TEXT(&out, strict() ? "contract strict" : "contract compat");
	EXPECT_TEXT(&out, "It asked mprotect() for RW-");
	snprintf(want, sizeof(want), "at 0x%llx-0x%llx (offset 0x%llx, 1 page)", (unsigned long long)at,
		 (unsigned long long)(at + PAGE), (unsigned long long)code_page(&s));
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, "The intent there is R-X.");
	EXPECT_TEXT(&out, "The kernel answered EACCES (Permission denied).");
	EXPECT_TEXT(&out, "R8.2: mprotect() stays within the intent");
	REQUIRE(realpath(data_path("enclave.elf"), path));
	snprintf(want, sizeof(want), "Source: %s, a file mapped executable, unmodified.", path);
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, "To get on: ask for fewer rights");
}

static void why_as_json(void)
{
	char want[512], path[256];
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_ERRNO(raw_protect(&s, code_page(&s), 1, PROT_READ | PROT_WRITE), EACCES);
	run(&out, false, "avow why --json %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "\"rule\":\"R8.2\"");
	EXPECT_TEXT(&out, "\"operation\":\"mprotect()\"");
	EXPECT_TEXT(&out, "\"requested\":\"RW-\"");
	EXPECT_TEXT(&out, "\"declared\":\"R-X\"");
	EXPECT_TEXT(&out, "\"errno\":\"EACCES\"");
	EXPECT_TEXT(&out, "\"signal\":null");
	EXPECT_TEXT(&out, "\"source_class\":\"file-exec\"");
	REQUIRE(realpath(data_path("enclave.elf"), path));
	snprintf(want, sizeof(want), "\"source\":\"%s\"", path);
	EXPECT_TEXT(&out, want);
	snprintf(want, sizeof(want), "\"start\":\"0x%llx\"", (unsigned long long)scene_at(&s, code_page(&s)));
	EXPECT_TEXT(&out, want);
}

/* A rule without a clause, a signal, and an ioctl's argument: each told as what it is. */
static void why_of_other_kinds(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 1, AVOW_R, AVOW_R | AVOW_W);
	EXPECT_ERRNO(avow_lower_range(s.e.fd, 0, PAGE, AVOW_R | AVOW_X), EACCES);
	EXPECT_ERRNO(avow_lower_range(s.e.fd, 0, PAGE + 1, AVOW_R), EINVAL);
	EXPECT_ERRNO(avow_set_contract(s.e.fd, AVOW_STRICT), EINVAL);
	scene_init(&s);
	run(&out, false, "avow why %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "It asked LOWER_INTENT for R-X at ");
	EXPECT_TEXT(&out, "The intent there is RW-. The kernel answered EACCES");
	EXPECT_TEXT(&out, "R2.1: An intent never grows.");
	EXPECT_TEXT(&out, "Source: anonymous memory.");
	EXPECT_TEXT(&out, "It asked LOWER_INTENT for R-- at ");
	EXPECT_TEXT(&out, "The kernel answered EINVAL (Invalid argument). R29.2:");
	EXPECT_TEXT(&out, "It called SET_CONTRACT. The kernel answered EINVAL (Invalid argument). R28.1:");
}

static void touch(void *at)
{
	*(volatile char *)at;
}

/* The child dies of the access; its refusal is in the enclave that the parent holds. */
static void why_of_a_signal(void)
{
	struct scene s;
	pid_t pid;
	int status;

	scene_ready(&s, 1, AVOW_R, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	pid = fork_child(touch, (void *)scene_at(&s, s.play));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	run(&out, false, "avow why %d", getpid());
	EXPECT_TEXT(&out, "It tried to read memory at ");
	EXPECT_TEXT(&out, "The intent there is R--. The answer was SIGBUS;");
	EXPECT_TEXT(&out, "R10.1: A mapping wider than the intent");
}

static void nothing_refused(void)
{
	struct scene s;

	scene_create(&s, 16);
	run(&out, false, "avow why %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, ": nothing was refused.");
}

static void what_was_lost(void)
{
	struct scene s;
	int i;

	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	for (i = 0; i < AVOW_REFUSALS_KEPT + 6; i++)
		EXPECT_ERRNO(avow_lower_range(s.e.fd, 0, PAGE, AVOW_RWX), EACCES);
	run(&out, false, "avow why %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, ": 64 refusals. 6 more came before and are no longer kept.");
	EXPECT_TEXT(&out, " 7. ");
	EXPECT_TEXT(&out, " 70. ");
}

/* One line of the table against the run that the ioctl gives. */
static void expect_line(const char *line, const struct avow_run *run)
{
	unsigned long long offset, length;
	char intent[8], epcm[8], mapping[8], type[8], history[8], want[4];

	if (sscanf(line, "%llx %llx %7s %7s %7s %7s %7s", &offset, &length, intent, epcm, mapping, type,
		   history) != 7) {
		FAIL("not a run: %s", line);
		return;
	}
	EXPECT_EQ(offset, run->offset);
	EXPECT_EQ(length, run->length);
	snprintf(want, sizeof(want), "%c%c%c", run->intent & AVOW_R ? 'R' : '-',
		 run->intent & AVOW_W ? 'W' : '-', run->intent & AVOW_X ? 'X' : '-');
	EXPECT(!strcmp(intent, want));
	snprintf(want, sizeof(want), "%c%c%c", run->epcm & AVOW_R ? 'R' : '-',
		 run->epcm & AVOW_W ? 'W' : '-', run->epcm & AVOW_X ? 'X' : '-');
	EXPECT(!strcmp(epcm, run->state & AVOW_RUN_PRESENT ? want : "-"));
	EXPECT(!strcmp(type, run->type == PT_TCS ? "TCS" : run->type == PT_REG ? "REG" : "-"));
	EXPECT(!strchr(history, 'W') == !(run->state & AVOW_RUN_EVER_W));
	EXPECT(!strchr(history, 'X') == !(run->state & AVOW_RUN_EVER_X));
	EXPECT(!strstr(line, "measured") == !(run->state & AVOW_RUN_MEASURED));
	EXPECT(!strstr(line, "explicit") == !(run->state & AVOW_RUN_EXPLICIT));
	EXPECT(!strstr(line, "lowered") == !(run->state & AVOW_RUN_LOWERED));
	EXPECT(!strstr(line, "dynamic") == !(run->state & AVOW_RUN_DYNAMIC));
}

static void maps_lists_every_run(void)
{
	struct avow_run *runs;
	char *line, *rest;
	struct scene s;
	size_t nr, i;

	scene_image(&s, 8);
	scene_add_intent(&s, s.play, 2, AVOW_R, AVOW_R | AVOW_X);
	scene_add(&s, s.play + 3 * PAGE, 1, AVOW_R | AVOW_W);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play + 5 * PAGE, PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play + 3 * PAGE, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	REQUIRE_OK(avow_list_runs(s.e.fd, 0, s.e.size, &runs, &nr));
	EXPECT(nr >= 7);

	run(&out, true, "avow maps %d", getpid());
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, "enclave.elf");
	line = strstr(out.text, "OFFSET");
	REQUIRE(line);
	strtok_r(line, "\n", &rest);
	for (i = 0; i < nr; i++) {
		line = strtok_r(NULL, "\n", &rest);
		REQUIRE(line);
		expect_line(line, &runs[i]);
	}
	EXPECT(!strtok_r(NULL, "\n", &rest));
	free(runs);
}

/* Runs are split where the process' mapping differs, by what mprotect() and munmap() made of it. */
static void maps_tells_the_mapping(void)
{
	char want[256];
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 0, 6, AVOW_R | AVOW_W);
	scene_init(&s);
	scene_map(&s, 0, 3, PROT_READ | PROT_WRITE);
	scene_map(&s, 3 * PAGE, 1, PROT_NONE);
	REQUIRE_OK(raw_protect(&s, PAGE, 1, PROT_READ));
	run(&out, false, "avow maps %d", getpid());
	EXPECT_EQ(out.status, 0);
	snprintf(want, sizeof(want), "0x0 0x1000 RW- RW- RW- REG W measured %s",
		 "anonymous 0x1000 0x1000 RW- RW- R-- REG W measured anonymous "
		 "0x2000 0x1000 RW- RW- RW- REG W measured anonymous ");
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, " 0x3000 0x1000 RW- RW- --- REG - measured anonymous "
			  "0x4000 0x2000 RW- RW- - REG - measured anonymous");
	run(&out, false, "avow maps --json %d", getpid());
	EXPECT_TEXT(&out, "\"mapping\":\"R--\"");
	EXPECT_TEXT(&out, "\"mapping\":null");
}

/* Writable and executable at once stands out; a pipe gets no colours unless it asks. */
static void maps_in_colors(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_RWX);
	scene_add(&s, PAGE, 1, AVOW_R | AVOW_W);
	REQUIRE_OK(avow_lower_range(s.e.fd, PAGE, PAGE, AVOW_R));
	run(&out, false, "avow maps --color=always %d", getpid());
	EXPECT_TEXT(&out, "\033[1;31mRWX\033[m");
	EXPECT_TEXT(&out, "\033[33mR--\033[m");
	run(&out, false, "avow maps %d", getpid());
	EXPECT(!strchr(out.text, 033));
	run(&out, false, "avow maps --color=sometimes %d", getpid());
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "sometimes");
	run(&out, false, "avow why --color=always %d", getpid());
	EXPECT_EQ(out.status, 2);
}

static void one_enclave_two_descriptors(void)
{
	struct scene s, other;
	char want[64];
	int copy;

	scene_create(&s, 16);
	copy = dup(s.e.fd);
	REQUIRE(copy > s.e.fd);
	scene_open(&other);
	run(&out, false, "avow maps %d", getpid());
	EXPECT_EQ(out.status, 0);
	snprintf(want, sizeof(want), "descriptors %d, %d", s.e.fd, copy);
	EXPECT_TEXT(&out, want);
	snprintf(want, sizeof(want), "descriptor %d ", other.e.fd);
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, "enclave not created yet");
}

/* A mapping keeps the enclave, but nobody can be asked about it. */
static void only_mapped(void)
{
	char want[128];
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!close(s.e.fd));
	run(&out, false, "avow why %d", getpid());
	EXPECT_EQ(out.status, 0);
	snprintf(want, sizeof(want), "maps 0x%llx-0x%llx of an enclave, but holds no descriptor",
		 (unsigned long long)s.e.base, (unsigned long long)scene_at(&s, s.play + PAGE));
	EXPECT_TEXT(&out, want);
	EXPECT_TEXT(&out, "avow:avow_refusal");
}

static void info_agrees(void)
{
	struct avow_info info;
	char want[64];
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	run(&out, false, "avow info --json");
	EXPECT_EQ(out.status, 0);
	snprintf(want, sizeof(want), "\"version\":\"%s\"", info.version);
	EXPECT_TEXT(&out, want);
	snprintf(want, sizeof(want), "\"epc_size\":%llu", (unsigned long long)info.epc_size);
	EXPECT_TEXT(&out, want);
	run(&out, false, "avow info");
	EXPECT_EQ(out.status, 0);
	EXPECT_TEXT(&out, info.version);
	EXPECT_TEXT(&out, "no isolation");
}

static void wrong_usage(void)
{
	run(&out, false, "avow");
	EXPECT_EQ(out.status, 2);
	run(&out, false, "avow whyever 1");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "unknown verb 'whyever'");
	run(&out, false, "avow why");
	EXPECT_EQ(out.status, 2);
	run(&out, false, "avow why 12x");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "12x");
	run(&out, false, "avow maps --frobnicate 1");
	EXPECT_EQ(out.status, 2);
	EXPECT_TEXT(&out, "--frobnicate");
}

static void no_such_thing(void)
{
	char want[64];

	run(&out, false, "avow why 4194303");
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "process 4194303: No such process");
	run(&out, false, "avow maps %d", getpid());
	EXPECT_EQ(out.status, 1);
	snprintf(want, sizeof(want), "process %d (avow_command) holds no enclave", getpid());
	EXPECT_TEXT(&out, want);
}

static void ask_as_nobody(void *arg)
{
	REQUIRE(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534));
	run(&out, false, "avow why %d", *(pid_t *)arg);
	EXPECT_EQ(out.status, 1);
	EXPECT_TEXT(&out, "Permission denied");
}

/* It takes the right to trace a process to look into its enclaves. */
static void not_everybody(void)
{
	pid_t self = getpid();
	struct scene s;

	scene_create(&s, 16);
	in_child(ask_as_nobody, &self);
}

TESTS(
	{ "R18.4 avow why names what was asked and declared, errno, rule and file", why_names_everything, BOTH },
	{ "R18.4 avow why --json has the same", why_as_json, ONCE },
	{ "R18.4 avow why tells of ioctls with and without a range", why_of_other_kinds, BOTH },
	{ "R18.4 avow why tells of a signal", why_of_a_signal, BOTH },
	{ "R18.4 avow why where nothing was refused", nothing_refused, ONCE },
	{ "R18.2 avow why counts what is no longer kept", what_was_lost, ONCE },
	{ "R19 avow maps prints every run as LIST gives it", maps_lists_every_run, BOTH },
	{ "R19 avow maps tells how the process maps each page now", maps_tells_the_mapping, BOTH },
	{ "R19 avow maps in colours", maps_in_colors, ONCE },
	{ "R19 avow maps: two descriptors of one enclave, and another enclave", one_enclave_two_descriptors, ONCE },
	{ "R18.4 avow why says what cannot be reached", only_mapped, ONCE },
	{ "R1.5 avow info agrees with INFO", info_agrees, ONCE },
	{ "R18.4 wrong usage is exit status 2", wrong_usage, ONCE },
	{ "R18.4 what is not there is named, exit status 1", no_such_thing, ONCE },
	{ "R18.4 it takes the right to trace", not_everybody, ONCE },
)
