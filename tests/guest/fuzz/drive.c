// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "drive.h"

#define SIGNED		4096	/* SIGSTRUCTs that are kept: signing takes longer than a sequence */

/*
 * What comes before INIT is of so many kinds, so that most are signed already. One
 * sequence of so many has its actors on all processors.
 */
#define SHAPES		256
#define SPREAD		8

#define SEQUENCE_PATIENCE	300000	/* milliseconds */

struct signed_one {
	bool used;
	u8 digest[32];
	u64 attributes;
	struct avow_sigstruct sig;
};

struct fuzz {
	struct stage stage;
	struct m_page sources[NR_SOURCES];
	struct world world;
	struct tally tally;
	struct signed_one kept[SIGNED];
	bool pku;
	u64 seq;			/* of the next refusal */
	unsigned int at;		/* the step that is being done */
	struct sequence sequence;
	struct difference difference;
};

/* A sequence to do; what comes of it is in f. */
struct task {
	u64 seed, number;
	unsigned int steps;		/* to draw; 0: f->sequence is given */
};

static bool machine_has_pku(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	bool found = false;
	char line[4096];

	REQUIRE(file);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "flags", 5) && strstr(line, " ospke");
	fclose(file);
	return found;
}

/* What OpenSSL sets up at first use, the processes of all sequences then have. */
static void warm_up(void)
{
	static const struct avow_secs secs = { .size = M_SLOTS * PAGE };
	struct avow_sigstruct sig = { .exponent = 3 };
	u8 digest[32];
	EVP_MD_CTX *ctx;

	REQUIRE_OK(avow_measure_begin(&ctx, &secs));
	REQUIRE_OK(avow_measure_digest(ctx, digest));
	EVP_MD_CTX_free(ctx);
	REQUIRE_OK(avow_sigstruct_sign(&sig, scene_key()));
}

struct fuzz *fuzz_begin(void)
{
	struct fuzz *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(f != MAP_FAILED && shared != MAP_FAILED);
	f->stage.shared = shared;
	f->pku = machine_has_pku();
	REQUIRE_OK(avow_image_open(&f->stage.scene.image, data_path("enclave.elf")));
	sources_map(f->sources);
	warm_up();
	REQUIRE(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	return f;
}

const struct tally *fuzz_tally(const struct fuzz *f)
{
	return &f->tally;
}

/*
 * Waking a thread on another processor takes an emulated machine longer than most steps
 * do, so all actors are on one; but for some sequences.
 */
static void place(bool everywhere)
{
	cpu_set_t cpus;
	int i;

	CPU_ZERO(&cpus);
	for (i = 0; i < (everywhere ? CPU_SETSIZE : 1); i++)
		CPU_SET(i, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

/* ---- a sequence's beginning and end ---- */

static void begin(struct fuzz *f)
{
	const struct avow_params params = { .size = M_SLOTS * PAGE, .base = BASE };
	struct avow_enclave *e = &f->stage.scene.e;
	static int fds[M_FDS];
	int i;

	REQUIRE_OK(avow_enclave_open(e, NULL));
	REQUIRE_OK(avow_enclave_prepare(e, &params));
	memset(f->stage.shared->places, 0, sizeof(f->stage.shared->places));
	f->stage.shared->secs = e->secs;
	f->stage.fds = fds;
	fds[0] = dup(e->fd);	/* the actors'; LIST and REFUSALS go by e->fd */
	for (i = 1; i < M_FDS; i++)
		fds[i] = -1;
	f->seq = 1;
	sources_map_enclave(e->fd);
	world_begin(&f->world, f->pku, &f->stage.scene.image, f->sources);
}

/* ---- what INIT is given ---- */

static void sign(struct fuzz *f, const u8 digest[32], u64 attributes)
{
	struct signed_one *one = &f->kept[((digest[0] | digest[1] << 8) ^ attributes) % SIGNED];
	struct avow_secs secs = f->stage.shared->secs;

	if (!one->used || memcmp(one->digest, digest, 32) || one->attributes != attributes) {
		secs.attributes = attributes;
		avow_sigstruct_fill(&one->sig, &secs, digest);
		REQUIRE_OK(avow_sigstruct_sign(&one->sig, scene_key()));
		memcpy(one->digest, digest, 32);
		one->attributes = attributes;
		one->used = true;
	}
	f->stage.shared->sig = one->sig;
}

static void spoil(struct avow_sigstruct *sig, int32_t how)
{
	switch (how) {
	case SIG_VENDOR:
		sig->vendor = 0x1234;
		break;
	case SIG_MACHINE:
		sig->attributes |= 1ULL << 40;
		break;
	case SIG_HEADER:
		sig->header1[0] ^= 1;
		break;
	case SIG_SIGNATURE:
		sig->signature[5] ^= 1;
		break;
	}
}

static void prepare_init(struct fuzz *f, int32_t how)
{
	static const u8 another[32] = { 1 };
	u64 attributes = f->stage.shared->secs.attributes | f->world.model.keys;
	u8 digest[32];

	if (!f->world.model.created || f->world.model.initialized)
		return;
	REQUIRE_OK(avow_measure_digest(f->stage.scene.e.measure, digest));
	if (how == SIG_SECS)
		attributes &= ~ATTR_DEBUG;
	if (how == SIG_HASH_AND_KSS)
		attributes |= ATTR_KSS;
	if (how == SIG_PROVISIONKEY)
		attributes ^= ATTR_PROVISIONKEY;
	sign(f, how == SIG_HASH || how == SIG_HASH_AND_KSS ? another : digest, attributes);
	spoil(&f->stage.shared->sig, how);
}

/* The measurement follows the pages that a step added. */
static void measure(struct fuzz *f, const struct m_model *before, const struct step *step)
{
	const struct avow_image *image = &f->stage.scene.image;
	u64 at, secinfo = (u32)step->arg[ADD_SECINFO];
	bool extended = step->op == OP_ADD && step->arg[ADD_FLAGS] & ADD_MEASURE;
	unsigned int i;

	for (at = 0; at < M_SLOTS; at++) {
		__s64 n = (__s64)step->arg[ADD_SRC] + (__s64)at - step->arg[A_PAGE];
		const char *src = (const char *)SOURCES + n * (__s64)PAGE;

		if (before->slots[at].present || !f->world.model.slots[at].present)
			continue;
		for (i = 0; step->op == OP_IMAGE && i < image->nr; i++)
			if (at * PAGE >= image->segments[i].pages.offset)
				secinfo = image->segments[i].pages.secinfo;
		REQUIRE_OK(avow_measure_page(f->stage.scene.e.measure, at * PAGE, secinfo,
					     extended ? src : NULL));
	}
}

/* ---- comparing ---- */

static void differ(struct difference *d, unsigned int at, enum what what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void differ(struct difference *d, unsigned int at, enum what what, const char *fmt, ...)
{
	va_list args;

	if (d->found)
		return;
	d->found = true;
	d->at = at;
	d->kind = what;
	va_start(args, fmt);
	vsnprintf(d->text, sizeof(d->text), fmt, args);
	va_end(args);
}

static const char *how_name(enum m_how how)
{
	static const char *const names[] = {
		[H_NOTHING] = "returns", [H_SKIPPED] = "is left out", [H_WORKS] = "works",
		[H_BUS] = "gets SIGBUS", [H_SEGV] = "gets SIGSEGV, or #PF",
		[H_EPCM] = "gets #PF with the SGX bit", [H_MAYBE] = "works or faults",
		[H_GP] = "gets #GP", [H_NO_ENTRY_PF] = "is not entered: #PF",
		[H_NO_ENTRY_GP] = "is not entered: #GP", [H_OTHER] = "comes to something else",
	};

	return names[how];
}

static void outcome_print(char *to, size_t size, const struct m_outcome *o)
{
	int n;

	if (o->how == H_NOTHING)
		n = snprintf(to, size, "%s", o->err ? strerrorname_np(o->err) : "success");
	else
		n = snprintf(to, size, "it %s", how_name(o->how));
	n += snprintf(to + n, size - (size_t)n, ", count %#llx, result %#llx",
		      (unsigned long long)o->count, (unsigned long long)o->result);
	if (o->value >= 0)
		n += snprintf(to + n, size - (size_t)n, ", value %#x", (unsigned int)o->value);
	if (o->rule)
		snprintf(to + n, size - (size_t)n, ", by R%u.%u", o->rule / 100, o->rule % 100);
}

static bool is_inside(const struct step *step)
{
	return step->op >= OP_IN_READ;
}

static bool same_how(const struct step *step, const struct m_outcome *want,
		     const struct m_outcome *got)
{
	if (want->how == H_MAYBE)
		return got->how == H_WORKS || got->how == (is_inside(step) ? H_EPCM : H_SEGV);
	/* Inside either is a #PF of which the vDSO tells no more. */
	if (is_inside(step) && want->how == H_BUS)
		return got->how == H_SEGV;
	return want->how == got->how;
}

static bool same_value(const struct m_outcome *want, const struct m_outcome *got)
{
	return want->value < 0 || got->value < 0 || got->value == want->value ||
	       (want->or_value >= 0 && got->value == want->or_value);
}

static void gone(struct difference *d, unsigned int at, const struct step *step)
{
	char text[160] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	step_print(out, step);
	fclose(out);
	differ(d, at, IN_ACTOR, "%sthe actor does not come back", text);
}

static void compare_outcome(struct difference *d, unsigned int at, const struct step *step,
			    const struct m_outcome *want, const struct m_outcome *got)
{
	char model[160], kernel[160], text[160] = "";
	FILE *out;

	if (want->err == got->err && same_how(step, want, got) && want->count == got->count &&
	    want->result == got->result && same_value(want, got))
		return;
	outcome_print(model, sizeof(model), want);
	outcome_print(kernel, sizeof(kernel), got);
	out = fmemopen(text, sizeof(text), "w");
	step_print(out, step);
	fclose(out);
	differ(d, at, IN_OUTCOME, "%sthe model:  %s\nthe kernel: %s", text, model, kernel);
}

static u32 state_of(const struct m_slot *s)
{
	return (s->present ? AVOW_RUN_PRESENT : 0) | (s->pending ? AVOW_RUN_PENDING : 0) |
	       (s->modified ? AVOW_RUN_MODIFIED : 0) | (s->pr ? AVOW_RUN_PR : 0) |
	       (s->ever_w ? AVOW_RUN_EVER_W : 0) | (s->ever_x ? AVOW_RUN_EVER_X : 0) |
	       (s->measured ? AVOW_RUN_MEASURED : 0) |
	       (s->declared || s->augmented ? AVOW_RUN_DYNAMIC : 0) |
	       (s->explicit ? AVOW_RUN_EXPLICIT : 0) | (s->lowered ? AVOW_RUN_LOWERED : 0) |
	       (s->kept ? AVOW_RUN_KEPT : 0);
}

static void compare_slot(struct difference *d, unsigned int at, u64 n, const struct m_slot *s,
			 const struct avow_run *run)
{
	struct avow_run want = { 0 };

	if (s->has_intent)
		want = (struct avow_run){
			.state = state_of(s), .intent = s->intent, .epcm = s->epcm, .type = s->type,
			.source_class = s->source_class,
		};
	if (want.state == run->state && want.intent == run->intent && want.epcm == run->epcm &&
	    want.type == run->type && want.source_class == run->source_class)
		return;
	differ(d, at, IN_LIST, "page %llu of LIST\n"
	       "the model:  intent %x, EPCM %x, type %u, state %#x, source %u\n"
	       "the kernel: intent %x, EPCM %x, type %u, state %#x, source %u",
	       (unsigned long long)n, want.intent, want.epcm, want.type, want.state,
	       want.source_class, run->intent, run->epcm, run->type, run->state, run->source_class);
}

static bool same_run(const struct avow_run *a, const struct avow_run *b)
{
	struct avow_run moved = *b;

	moved.offset = a->offset;
	moved.length = a->length;
	return !memcmp(a, &moved, sizeof(*a));
}

/* R19: maximal, ascending. Where the sources are other files, neighbours are two runs. */
static void compare_shape(struct difference *d, unsigned int at, const struct avow_run *runs, u32 nr)
{
	u32 n;

	for (n = 0; n < nr; n++) {
		u64 before = n ? runs[n - 1].offset + runs[n - 1].length : 0;

		if (runs[n].offset < before || !runs[n].length || runs[n].reserved)
			differ(d, at, IN_LIST, "LIST: runs overlap, or do not ascend, or are empty");
		if (n && runs[n].offset == before && same_run(&runs[n - 1], &runs[n]))
			differ(d, at, IN_LIST, "LIST: the run that ends at page %llu is not maximal",
			       (unsigned long long)(before / PAGE));
	}
}

/* What OP_LIST got is the same, cut to its range, as far as its array reaches. */
static void compare_part(struct fuzz *f, struct difference *d, unsigned int at,
			 const struct step *step, const struct avow_run *runs, u32 nr)
{
	const struct avow_list *got = &f->stage.shared->list;
	struct m_range range = step_range(step);
	u64 end = range.offset + range.length, from = range.offset;
	u32 n, wanted = 0;
	bool more = false;

	for (n = 0; n < nr && !more; n++) {
		struct avow_run want = runs[n];
		u64 stop = want.offset + want.length < end ? want.offset + want.length : end;

		want.offset = want.offset < range.offset ? range.offset : want.offset;
		want.length = stop - want.offset;
		if (want.offset >= stop)
			continue;
		more = wanted == (u32)step->arg[A_WHAT];
		if (more && (got->offset < from || got->offset > want.offset))
			differ(d, at, IN_LIST, "LIST does not go on where it ended");
		else if (!more && memcmp(&want, &f->stage.shared->runs[wanted++], sizeof(want)))
			differ(d, at, IN_LIST, "LIST of a part: run %u is another", wanted);
		from = stop;
	}
	if (got->nr != wanted || got->offset + got->length != end || more != !!got->length)
		differ(d, at, IN_LIST, "LIST of a part: %u runs, %#llx from %#llx left; not %u%s",
		       got->nr, (unsigned long long)got->length, (unsigned long long)got->offset,
		       wanted, more ? ", and more" : "");
	for (n = wanted * sizeof(*runs); n < sizeof(f->stage.shared->runs); n++)
		if (((u8 *)f->stage.shared->runs)[n] != UNTOUCHED)
			differ(d, at, IN_LIST, "LIST writes behind its %u runs", wanted);
}

static void compare_list(struct fuzz *f, struct difference *d, unsigned int at,
			 const struct step *step, bool listed)
{
	static const struct avow_run hole;
	struct avow_run runs[M_SLOTS];
	struct avow_list arg = { .length = M_SLOTS * PAGE, .runs = (u64)runs, .nr = M_SLOTS };
	u64 page;
	u32 run = 0;

	if (!f->world.model.created)
		return;
	if (ioctl(f->stage.scene.e.fd, AVOW_IOC_LIST, &arg) || arg.length) {
		differ(d, at, IN_LIST, "LIST fails: %s", strerror(errno));
		return;
	}
	for (page = 0; page < M_SLOTS; page++) {
		const struct avow_run *covers = &hole;

		while (run < arg.nr && page * PAGE >= runs[run].offset + runs[run].length)
			run++;
		if (run < arg.nr && page * PAGE >= runs[run].offset)
			covers = &runs[run];
		compare_slot(d, at, page, &f->world.model.slots[page], covers);
	}
	compare_shape(d, at, runs, arg.nr);
	if (listed)
		compare_part(f, d, at, step, runs, arg.nr);
}

/* R18.1: one record, of the rule that the model names, or none. */
static void compare_refusal(struct fuzz *f, struct difference *d, unsigned int at,
			    const struct step *step, unsigned int rule)
{
	struct avow_refusal records[AVOW_REFUSALS_KEPT];
	int nr = avow_read_refusals(f->stage.scene.e.fd, &f->seq, records, AVOW_REFUSALS_KEPT,
				    NULL);

	if (nr < 0)
		differ(d, at, IN_REFUSALS, "REFUSALS fails: %s", strerror(-nr));
	if (nr < 0 || step->op == OP_OUT_ALL)
		return;
	if (nr > 1 || (nr ? records[0].rule : 0) != rule) {
		char text[160] = "";
		FILE *out = fmemopen(text, sizeof(text), "w");

		step_print(out, step);
		fclose(out);
		differ(d, at, IN_REFUSALS, "%srecords of refusals\nthe model:  R%u.%u\n"
		       "the kernel: %d records, the first by R%u.%u", text, rule / 100, rule % 100,
		       nr, nr ? records[0].rule / 100 : 0, nr ? records[0].rule % 100 : 0);
	}
}

/* ---- steps ---- */

static void count(struct tally *t, const struct step *step, const struct m_outcome *o)
{
	unsigned int result = (unsigned int)o->err;

	if (o->how != H_NOTHING)
		result = RESULT_HOW + (unsigned int)o->how;
	if (o->how == H_WORKS && o->result)
		result = RESULT_MISMATCH;
	if (result < NR_RESULTS)
		t->results[step->op][result]++;
	t->steps += o->how != H_SKIPPED;
}

static void do_all(struct fuzz *f, unsigned int at, const struct step *step, struct difference *d)
{
	static struct m_outcome want[ALL_ACCESSES];
	struct shared *shared = f->stage.shared;
	struct step one;
	unsigned int n;

	for (n = 0; all_access(n, step, &one); n++) {
		want[n] = world_step(&f->world, &one);
		shared->skip[n] = want[n].how == H_SKIPPED;
	}
	if (!actor_do(&f->stage, step)) {
		gone(d, at, step);
		return;
	}
	for (n = 0; all_access(n, step, &one); n++)
		if (!shared->skip[n])
			compare_outcome(d, at, &one, &want[n], &shared->all[n]);
}

static void do_step(struct fuzz *f, unsigned int at, const struct step *step, struct difference *d)
{
	static struct m_model before;
	const struct m_outcome *got;
	struct m_outcome want;

	if (step->op == OP_ADD || step->op == OP_IMAGE)
		before = f->world.model;
	if (step->op == OP_INIT)
		prepare_init(f, step->arg[0]);
	want = world_step(&f->world, step);
	count(&f->tally, step, &want);
	if (want.how == H_SKIPPED)
		return;
	if (step->op == OP_OUT_ALL) {
		do_all(f, at, step, d);
	} else {
		got = actor_do(&f->stage, step);
		if (!got) {
			gone(d, at, step);
			return;
		}
		compare_outcome(d, at, step, &want, got);
		if (want.how == H_MAYBE && got->how == H_WORKS)
			want.rule = 0;
	}
	if (step->op == OP_ADD || step->op == OP_IMAGE)
		measure(f, &before, step);
	compare_list(f, d, at, step, step->op == OP_LIST && !want.err);
	compare_refusal(f, d, at, step, want.rule);
	d->kind = d->kind % NR_WHATS + step->op * NR_WHATS;
}

static void draw(struct fuzz *f, const struct task *task)
{
	struct difference *d = &f->difference;
	struct sequence *s = &f->sequence;
	bool initialized = false;
	struct chance chance;

	chance_begin(&chance, task->seed, task->number % SHAPES);
	for (s->nr = 0; s->nr < task->steps && !d->found; f->at++) {
		if (f->world.model.initialized != initialized)
			chance_begin(&chance, task->seed, task->number);
		initialized = f->world.model.initialized;
		draw_step(&chance, &f->world, &s->steps[s->nr++]);
		do_step(f, f->at, &s->steps[f->at], d);
	}
}

static _Noreturn void in_process(struct fuzz *f, const struct task *task)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGCHLD, &ignore, NULL);
	place(!task->steps || task->number % SPREAD == 0);
	begin(f);
	if (task->steps)
		draw(f, task);
	for (; !task->steps && f->at < f->sequence.nr && !f->difference.found; f->at++)
		do_step(f, f->at, &f->sequence.steps[f->at], &f->difference);
	fflush(stdout);
	_exit(test_failed() ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* The process of a sequence, until it ends or is not to be waited for any longer. */
static void wait_for(struct fuzz *f, pid_t pid)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int status = 0;

	REQUIRE(ended.fd >= 0);
	if (poll(&ended, 1, SEQUENCE_PATIENCE) <= 0)
		kill(-pid, SIGKILL);
	close(ended.fd);
	while (waitpid(pid, &status, 0) != pid)
		;
	if (status && !f->difference.found)
		gone(&f->difference, f->at, &f->sequence.steps[f->at]);
	/* What it forked. */
	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		;
}

static void perform(struct fuzz *f, const struct task *task)
{
	pid_t pid;

	memset(&f->difference, 0, sizeof(f->difference));
	f->at = 0;
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid)
		in_process(f, task);
	setpgid(pid, pid);
	wait_for(f, pid);
}

void fuzz_draw(struct fuzz *f, u64 seed, u64 number, unsigned int steps, struct sequence *sequence,
	       struct difference *d)
{
	const struct task task = { .seed = seed, .number = number, .steps = steps };

	perform(f, &task);
	*sequence = f->sequence;
	*d = f->difference;
	f->tally.sequences++;
}

void fuzz_replay(struct fuzz *f, const struct sequence *sequence, struct difference *d)
{
	const struct task task = { 0 };

	f->sequence = *sequence;
	perform(f, &task);
	*d = f->difference;
}
