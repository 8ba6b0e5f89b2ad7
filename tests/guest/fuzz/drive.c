// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "compare.h"

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
	sources_map(f->sources, f->stage.files);
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
	const struct m_model *m = &f->world.model;
	u64 attributes = f->stage.shared->secs.attributes | m->keys;
	u8 digest[32];

	if (!m->created || m->initialized)
		return;
	if (!m->debug)
		attributes &= ~ATTR_DEBUG;
	REQUIRE_OK(avow_measure_digest(f->stage.scene.e.measure, digest));
	if (how == SIG_SECS)
		attributes ^= ATTR_DEBUG;
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

static void do_all(struct fuzz *f, const struct comparison *c)
{
	static struct m_outcome want[ALL_ACCESSES];
	struct shared *shared = f->stage.shared;
	const struct step *step = c->step;
	struct step one;
	unsigned int n;

	for (n = 0; all_access(n, step, &one); n++) {
		want[n] = world_step(&f->world, &one);
		shared->skip[n] = want[n].how == H_SKIPPED;
	}
	if (!actor_do(&f->stage, step)) {
		compare_gone(c);
		return;
	}
	for (n = 0; all_access(n, step, &one); n++)
		if (!shared->skip[n])
			compare_outcome(c, &one, &want[n], &shared->all[n]);
}

static void do_step(struct fuzz *f, unsigned int at, const struct step *step, struct difference *d)
{
	const struct comparison c = { d, at, step, &f->world.model, &f->stage };
	static struct m_model before;
	const struct m_outcome *got;
	struct m_outcome want;

	if (step->op == OP_ADD || step->op == OP_IMAGE)
		before = f->world.model;
	if (step->op == OP_INIT)
		prepare_init(f, step->arg[0]);
	f->world.refusals = f->seq - 1;
	want = world_step(&f->world, step);
	count(&f->tally, step, &want);
	if (want.how == H_SKIPPED)
		return;
	if (step->op == OP_OUT_ALL) {
		do_all(f, &c);
	} else {
		got = actor_do(&f->stage, step);
		if (!got) {
			compare_gone(&c);
			return;
		}
		compare_outcome(&c, step, &want, got);
		if (want.how == H_MAYBE && got->how == H_WORKS)
			want.rule = 0;
	}
	if (step->op == OP_ADD || step->op == OP_IMAGE)
		measure(f, &before, step);
	compare_list(&c, step->op == OP_LIST && !want.err);
	if (step->op == OP_REFUSALS && !want.err)
		compare_refusals(&c, &want);
	compare_refusal(&c, &f->seq, &want);
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
	if (status && !f->difference.found) {
		const struct comparison c = { &f->difference, f->at, &f->sequence.steps[f->at],
					      &f->world.model, &f->stage };

		compare_gone(&c);
	}
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
