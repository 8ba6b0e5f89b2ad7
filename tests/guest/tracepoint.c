// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.3: each refusal is the tracepoint avow:avow_refusal too. */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>

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

/* A page whose file is renamed and deleted after it was declared; refused once. Its path in path. */
static void refuse_of_a_lost_file(struct scene *s, char path[64], struct stat *st)
{
	char other[80];
	int fd = source_file("/tmp", 1, path);
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	REQUIRE(at != MAP_FAILED && !fstat(fd, st));
	scene_create(s, 16);
	REQUIRE_OK(raw_add(s, at, 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	munmap(at, PAGE);
	close(fd);
	snprintf(other, sizeof(other), "%s-renamed", path);
	REQUIRE(!rename(path, other) && !unlink(other));
	scene_map(s, 0, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(s, 0, 1, PROT_READ | PROT_EXEC), EACCES);
}

static void says(const char *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void says(const char *line, const char *format, ...)
{
	char want[256];
	va_list args;

	va_start(args, format);
	vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	if (!strstr(line, want))
		FAIL("\"%s\" is not in: %.*s", want, (int)strcspn(line, "\n"), line);
}

static void says_of_the_file(const char *line, const struct scene *s, const char *path,
			     const struct stat *st)
{
	says(line, "rule=R8.2 op=mprotect tgid=%d ", getpid());
	says(line, " base=0x%llx requested=R|X declared=R ", (unsigned long long)s->e.base);
	says(line, " errno=13 signal=0 policy=0:0 class=file-exec ");
	says(line, " dev=%u:%u ino=%llu path=%s seq=1", major(st->st_dev), minor(st->st_dev),
	     (unsigned long long)st->st_ino, path);
}

static void file_as_it_was(void)
{
	char trace[8192], path[64], *line;
	struct scene s;
	struct stat st;

	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	refuse_of_a_lost_file(&s, path, &st);
	tracing_write("events/avow/avow_refusal/enable", "0");
	tracing_read(trace, sizeof(trace));
	line = strstr(trace, "avow_refusal:");
	REQUIRE(line);
	says_of_the_file(line, &s, path, &st);
}

/* A page of a file whose path is the longest that there is; refused once, by mprotect(). */
static void refuse_of_a_long_path(struct scene *s)
{
	char name[251];
	void *at;
	int fd, i;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	REQUIRE(!chdir("/tmp"));
	for (i = 0; i < 15; i++) {
		REQUIRE(!mkdir(name, 0755) || errno == EEXIST);
		REQUIRE(!chdir(name));
	}
	fd = open("file", O_RDWR | O_CREAT, 0755);
	REQUIRE(fd >= 0 && write(fd, source_code(1), PAGE) == (ssize_t)PAGE);
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(at != MAP_FAILED);
	scene_create(s, 16);
	REQUIRE_OK(raw_add(s, at, 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	scene_map(s, 0, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(s, 0, 1, PROT_READ | PROT_EXEC), EACCES);
	unlink("file");
}

/* The event is cut, and not lost. */
static void long_path(void)
{
	char trace[16384], *line, *path;
	struct scene s;

	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	refuse_of_a_long_path(&s);
	tracing_write("events/avow/avow_refusal/enable", "0");
	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 1);
	line = strstr(trace, "path=/tmp/");
	REQUIRE(line);
	path = line + strlen("path=");
	EXPECT_EQ(strcspn(path, " "), 3071);
	says(line, "nnn seq=1");
}

/* The event as perf and trace-cmd know it: by libtraceevent, from the file "format". */
static struct tep_event *parse_format(struct tep_handle *tep)
{
	static char header[4096], format[16384];
	struct tep_event *event;

	tracing_file("events/header_page", header, sizeof(header));
	REQUIRE(!tep_parse_header_page(tep, header, strlen(header), sizeof(long)));
	tracing_file("events/avow/avow_refusal/format", format, sizeof(format));
	REQUIRE(!tep_parse_format(tep, &event, format, strlen(format), "avow"));
	EXPECT(!(event->flags & TEP_EVENT_FL_FAILED));
	EXPECT(!(event->print_fmt.args == NULL));
	return event;
}

/* As libtraceevent prints it. */
static void print_record(struct tep_handle *tep, struct tep_record *record, char *text, size_t size)
{
	struct trace_seq seq;

	trace_seq_init(&seq);
	tep_print_event(tep, &seq, record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	snprintf(text, size, "%s", seq.buffer);
	trace_seq_destroy(&seq);
}

/* The first event of this kind in a processor's buffer. */
static bool print_raw(struct tep_handle *tep, const struct tep_event *event, int cpu, char *text,
		      size_t size)
{
	struct kbuffer *kbuf = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
	struct tep_record record = { .cpu = cpu };
	static char page[65536];
	char file[64];
	bool found = false;

	snprintf(file, sizeof(file), "per_cpu/cpu%d/trace_pipe_raw", cpu);
	if (!tracing_page(file, page, sizeof(page)))
		goto out;
	REQUIRE(!kbuffer_load_subbuffer(kbuf, page));
	for (record.data = kbuffer_read_event(kbuf, &record.ts); record.data && !found;
	     record.data = kbuffer_next_event(kbuf, &record.ts)) {
		record.size = kbuffer_event_size(kbuf);
		if (tep_data_type(tep, &record) != event->id)
			continue;
		print_record(tep, &record, text, size);
		found = true;
	}
out:
	kbuffer_free(kbuf);
	return found;
}

static void by_libtraceevent(void)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_event *event = parse_format(tep);
	char text[8192] = "", path[64];
	bool found = false;
	struct scene s;
	struct stat st;
	long cpu;

	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	refuse_of_a_lost_file(&s, path, &st);
	tracing_write("events/avow/avow_refusal/enable", "0");
	for (cpu = 0; !found && cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++)
		found = print_raw(tep, event, (int)cpu, text, sizeof(text));
	REQUIRE(found);
	printf("# %s\n", text);
	says_of_the_file(text, &s, path, &st);
	tep_free(tep);
}

/* ---- perf ---- */

#define PERF_PAGES	8	/* of events, behind the first */

struct perf {
	int fd;
	struct perf_event_mmap_page *head;
};

/* This thread's events of this number, raw, wherever it runs. */
static void perf_open(struct perf *perf, int id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .config = (u64)id,
		.sample_period = 1, .sample_type = PERF_SAMPLE_RAW,
	};

	perf->fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	REQUIRE(perf->fd >= 0);
	perf->head = mmap(NULL, (1 + PERF_PAGES) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, perf->fd, 0);
	REQUIRE(perf->head != MAP_FAILED);
}

static void perf_close(struct perf *perf)
{
	munmap(perf->head, (1 + PERF_PAGES) * PAGE);
	close(perf->fd);
}

/* The first sample as text, and how many there are. Nothing has come round to the start yet. */
static unsigned int perf_samples(const struct perf *perf, struct tep_handle *tep, char *text, size_t size)
{
	const u8 *events = (const u8 *)perf->head + perf->head->data_offset;
	u64 at, end = __atomic_load_n(&perf->head->data_head, __ATOMIC_ACQUIRE);
	const struct perf_event_header *header;
	struct tep_record record = { 0 };
	unsigned int nr = 0;

	for (at = 0; at < end; at += header->size) {
		header = (const struct perf_event_header *)(events + at);
		REQUIRE(header->size && at + header->size <= perf->head->data_size);
		EXPECT_EQ(header->type, PERF_RECORD_SAMPLE);
		if (header->type != PERF_RECORD_SAMPLE || nr++)
			continue;
		record.size = (int)*(const u32 *)(header + 1);
		record.data = (u8 *)(events + at) + sizeof(*header) + sizeof(u32);
		print_record(tep, &record, text, size);
	}
	return nr;
}

static void by_perf(void)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_event *event = parse_format(tep);
	char text[8192] = "", path[64];
	struct perf perf;
	struct scene s;
	struct stat st;

	perf_open(&perf, event->id);
	refuse_of_a_lost_file(&s, path, &st);
	EXPECT_EQ(perf_samples(&perf, tep, text, sizeof(text)), 1);
	printf("# %s\n", text);
	says_of_the_file(text, &s, path, &st);
	perf_close(&perf);

	/* The longest event there is. */
	scene_close(&s);
	perf_open(&perf, event->id);
	refuse_of_a_long_path(&s);
	EXPECT_EQ(perf_samples(&perf, tep, text, sizeof(text)), 1);
	says(text, "nnn seq=1");
	perf_close(&perf);
	tep_free(tep);
}

TESTS(
	{ "R18.3 a refusal is a tracepoint", traced, BOTH },
	{ "R18.3 once for each refusal", counted, BOTH },
	{ "R18.3 the file is told as it was when declared", file_as_it_was, BOTH },
	{ "R18.3 a path too long for an event is cut", long_path, ONCE },
	{ "R18.3 perf's and trace-cmd's library reads the event", by_libtraceevent, ONCE },
	{ "R18.3 it is an event of perf", by_perf, ONCE },
)
