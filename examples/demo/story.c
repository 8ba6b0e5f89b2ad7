// SPDX-License-Identifier: LGPL-2.1-or-later
/* The story, a function for each chapter. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "demo.h"

/* FNV-1a, computed out here as well, to compare. */
static __u64 hash(const char *text)
{
	__u64 h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (__u8)*text) * 0x100000001b3ULL;
	return h;
}

/* A step that calls the plug-in inside; it must answer 42 where it is allowed. */
static void call_step(struct stage *s, const char *what, __u64 offset, __u32 rule)
{
	const struct step step = { .what = what, .asked = AVOW_X, .offset = offset, .rule = rule };
	char text[64];
	__u64 value;
	int err = stage_call(s, offset, &value);

	snprintf(text, sizeof(text), "21 doubled is %llu", (unsigned long long)value);
	if (!err && value != 42)
		err = -EBADMSG;
	tell_step(avow_enclave_fd(s->e), &step, err, text);
}

static void protect_step(struct stage *s, __u64 offset, __u32 rights, __u32 rule)
{
	const struct step step = {
		.what = "mprotect() of the page",
		.asked = rights,
		.offset = offset,
		.rule = rule,
		.err = rule ? EACCES : 0,
	};

	tell_step(avow_enclave_fd(s->e), &step, stage_protect(s, offset, rights), NULL);
}

static void segment_step(const struct stage *s, unsigned int i)
{
	const struct avow_pages *pages = &avow_image_segment(s->image, i)->pages;
	const bool tcs = pages->secinfo == AVOW_SECINFO_TCS;
	char what[64];
	const struct step step = {
		.what = what,
		.asked = (__u32)pages->secinfo & AVOW_RWX,
		.offset = pages->offset,
	};

	snprintf(what, sizeof(what), "ADD_PAGES of %s, %llu page%s", tcs ? "the TCS" :
		 step.asked & AVOW_X ? "code" : "data", pages->length / PAGE,
		 pages->length > PAGE ? "s" : "");
	tell_step(avow_enclave_fd(s->e), &step, 0, stage_run(avow_enclave_fd(s->e), pages->offset).state & AVOW_RUN_MEASURED ?
		  "done, measured" : "done, not measured");
}

static void ask_step(struct stage *s)
{
	static char text[] = "a page that says what it is for";
	struct ask ask = { .what = ASK_HASH, .address = (__u64)text, .length = strlen(text) };
	const struct step step = { .what = "EENTER: what is the hash of 31 bytes?", .asked = ASKED_NOTHING };
	char answer[64];
	int err = stage_ask(s, &ask);

	snprintf(answer, sizeof(answer), "%016lx, call %lu", ask.value, ask.count);
	if (!err && ask.value != hash(text))
		err = -EBADMSG;
	tell_step(avow_enclave_fd(s->e), &step, err, answer);
}

void story_enter(enum avow_contract_id contract)
{
	struct stage s;
	unsigned int i;

	tell_chapter("An enclave, loaded from enclave.elf");
	stage_begin(&s, contract);
	for (i = 0; i < avow_image_nr_segments(s.image); i++)
		segment_step(&s, i);
	stage_ready(&s);
	tell_note("INIT compared signature and measurement, and let it run.");
	ask_step(&s);
	ask_step(&s);
	stage_end(&s);
}

void story_says_nothing(enum avow_contract_id contract)
{
	void *source = plugin_copy(PROT_READ | PROT_WRITE);
	struct stage s;

	tell_chapter("Program 1: does not say what for");
	stage_begin(&s, contract);
	tell_step(avow_enclave_fd(s.e), &(const struct step){ .what = "ADD_PAGES, SECINFO RW- and nothing else", .asked = RW,
						.offset = s.plugin },
		  stage_add(&s, source, s.plugin, RW, 0), NULL);
	munmap(source, PAGE);
	stage_ready(&s);
	protect_step(&s, s.plugin, RW, 0);
	protect_step(&s, s.plugin, RX, 802);
	stage_end(&s);
}

/* Adds the plug-in from a file of its own, which is gone afterwards. */
static void add_file_step(struct stage *s, __u64 offset, __u32 rights)
{
	char path[64];
	void *source = plugin_file((int)rights, path);

	tell_step(avow_enclave_fd(s->e), &(const struct step){ .what = "ADD_PAGES from a mapped file", .asked = rights,
						 .offset = offset },
		  stage_add(s, source, offset, rights, 0), NULL);
	munmap(source, PAGE);
	if (unlink(path))
		give_up(path, errno);
	tell_note("The source is unmapped, and %s is deleted.", path);
}

void story_says_code(enum avow_contract_id contract)
{
	struct stage s;

	tell_chapter("Program 2: says code");
	stage_begin(&s, contract);
	add_file_step(&s, s.plugin, RX);
	stage_ready(&s);
	protect_step(&s, s.plugin, RX, 0);
	call_step(&s, "the enclave calls it", s.plugin, 0);
	stage_end(&s);
}

void story_says_data(enum avow_contract_id contract)
{
	struct stage s;

	tell_chapter("Program 3: says data, then wants to run it");
	stage_begin(&s, contract);
	add_file_step(&s, s.plugin, AVOW_R);
	stage_ready(&s);
	protect_step(&s, s.plugin, AVOW_R, 0);
	protect_step(&s, s.plugin, RX, 802);
	stage_end(&s);
}

/* The enclave writes its own code, into a page that was declared for it. */
static void story_explicit(struct stage *s, __u64 page)
{
	void *code = plugin_copy(PROT_READ);
	struct ask copy = { .what = ASK_COPY, .address = (__u64)code, .length = PAGE,
			    .target = avow_enclave_base(s->e) + page };
	struct ask extend = { .what = ASK_EXTEND, .target = avow_enclave_base(s->e) + page, .value = AVOW_RWX };

	protect_step(s, page, RW, 0);
	tell_step(avow_enclave_fd(s->e), &(const struct step){ .what = "the enclave writes code into it", .asked = AVOW_W,
						 .offset = page }, stage_ask(s, &copy), NULL);
	munmap(code, PAGE);
	protect_step(s, page, RX, 0);
	call_step(s, "the enclave calls it", page, 1002);
	tell_step(avow_enclave_fd(s->e), &(const struct step){ .what = "the enclave extends the EPCM (EMODPE)",
						 .asked = AVOW_RWX, .offset = page },
		  stage_ask(s, &extend), NULL);
	call_step(s, "the enclave calls it again", page, 0);
}

static void lower_step(struct stage *s, __u64 page, __u32 intent, __u32 rule)
{
	tell_step(avow_enclave_fd(s->e), &(const struct step){ .what = "LOWER_INTENT", .asked = intent, .offset = page,
						 .rule = rule, .err = rule ? EACCES : 0 },
		  avow_lower_range(avow_enclave_fd(s->e), page, PAGE, intent), NULL);
}

static void story_lower(struct stage *s, __u64 page)
{
	struct ask read = { .what = ASK_READ, .target = avow_enclave_base(s->e) + page };

	protect_step(s, page, RX, 0);
	call_step(s, "the enclave calls it", page, 0);
	lower_step(s, page, AVOW_R, 0);
	call_step(s, "the enclave calls it again", page, 1001);
	protect_step(s, page, RX, 802);
	lower_step(s, page, RX, 201);
	protect_step(s, page, AVOW_R, 0);
	tell_step(avow_enclave_fd(s->e), &(const struct step){ .what = "the enclave reads it", .asked = AVOW_R,
						 .offset = page }, stage_ask(s, &read), NULL);
}

static void list_runs(const struct stage *s)
{
	struct avow_run *runs;
	size_t nr;
	int err = avow_list_runs(avow_enclave_fd(s->e), 0, avow_enclave_size(s->e), &runs, &nr);

	if (err)
		give_up("AVOW_IOC_LIST", -err);
	tell_runs(avow_enclave_fd(s->e), runs, nr);
	free(runs);
}

void story_intent(enum avow_contract_id contract)
{
	void *source = plugin_copy(PROT_READ | PROT_EXEC);
	struct stage s;
	__u64 own, file;

	tell_chapter("Explicit intent: writable now, code later");
	stage_begin(&s, contract);
	own = s.plugin;
	file = own + PAGE;
	tell_step(avow_enclave_fd(s.e), &(const struct step){ .what = "ADD_PAGES, SECINFO RW-, intent RWX", .asked = RW,
						.offset = own },
		  stage_add(&s, source, own, RW, avow_page_intent(AVOW_RWX)), NULL);
	munmap(source, PAGE);
	add_file_step(&s, file, RX);
	stage_ready(&s);
	story_explicit(&s, own);
	tell_chapter("The page of the file gives up a right");
	story_lower(&s, file);
	tell_list("The pages of this enclave, as the kernel lists them");
	list_runs(&s);
	stage_end(&s);
}
