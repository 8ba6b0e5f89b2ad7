// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R43.2, R41.2: two policies replace each other as fast as they can be loaded, while two
 * processes load enclaves as fast as they can. Nobody else answers (policy=required), so
 * that a request that was put to neither would be refused by R41.2.
 *
 * A page is of one of three kinds, by its intent. One policy denies the first, the other
 * the second, both the third. Each answer must be that of a policy that was in force at
 * some moment of the call; of a refusal the record must name this policy. lib/race.h says
 * how long this goes on.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "loader.h"
#include "module.h"
#include "policy_case.h"
#include "race.h"
#include "watch.h"

#define KINDS		3
#define WORKERS		2
#define SERIALS		60000	/* far from where the numbers begin again */

static unsigned int swap_seconds;

static const u32 intents[KINDS] = { AVOW_R, AVOW_R | AVOW_X, AVOW_RWX };

static const char *const texts[2] = {
	"deny load intent is r\ndeny load intent is rwx\ndefault allow\n",
	"deny load intent is rx\ndeny load intent is rwx\ndefault allow\n",
};

/* The n-th load of this test is of policy n % 2. */
static bool allows(u64 n, unsigned int kind)
{
	return kind != 2 && kind != n % 2;
}

struct tally {
	u64 enclaves;
	u64 answers[KINDS][2];	/* [1]: allowed */
	u64 by[2];		/* refusals by each policy */
	u64 still, moving;	/* answers while one policy was in force, and while it was replaced */
};

/* Shared by all processes. */
static struct {
	/* 2n: the n-th policy is in force; 2n + 1: it is being replaced by the next one. */
	_Atomic u64 moment;
	_Atomic bool stop;
	u32 first;		/* serial number of policy 0 */
	struct tally tally[WORKERS];
} *shared;

/* ---- a process that loads enclaves ---- */

static u64 serial_to_n(u32 policy)
{
	return avow_policy_serial(policy) - shared->first;
}

static void check_refusal(struct scene *s, unsigned int kind, u64 low, u64 high, struct tally *tally)
{
	struct avow_refusal r;
	u64 n;

	REQUIRE(refusal_last(s->e.fd, &r));
	EXPECT_EQ(r.rule, 702);		/* not R41.2 */
	EXPECT_EQ(r.err, EACCES);
	n = serial_to_n(r.policy);
	if (n < low || n > high)
		FAIL("policy %llu refused, but those in force were %llu to %llu", n, low, high);
	if (allows(n, kind))
		FAIL("policy %llu refused kind %u, which it allows", n, kind + 1);
	EXPECT_EQ(avow_policy_rule(r.policy), kind == 2 ? 2 : 1);
	tally->by[n % 2]++;
}

/* True if the page was added. */
static bool add_kind(struct scene *s, unsigned int kind, struct tally *tally)
{
	u64 low, high, n, before = shared->moment;
	bool added = !raw_add(s, source_code(1), kind * PAGE, PAGE, avow_secinfo_reg(intents[kind]),
			      SGX_PAGE_MEASURE, NULL);
	u64 after = shared->moment;

	low = before / 2;
	high = (after + 1) / 2;
	tally->answers[kind][added]++;
	if (low == high)
		tally->still++;
	else
		tally->moving++;
	if (!added) {
		check_refusal(s, kind, low, high, tally);
		return false;
	}
	for (n = low; n <= high && !allows(n, kind); n++)
		;
	if (n > high)
		FAIL("kind %u was added, which none of the policies %llu to %llu allows", kind + 1, low, high);
	return true;
}

/* Signing takes long, and there are few enclaves: by which kinds they have. */
static void sign(struct scene *s, unsigned int has)
{
	static struct avow_sigstruct signatures[1 << KINDS];
	static bool there[1 << KINDS];
	unsigned int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (has & 1u << kind)
			REQUIRE_OK(avow_measure_page(s->e.measure, kind * PAGE, avow_secinfo_reg(intents[kind]),
						     source_code(1)));
	if (!there[has])
		REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
	else
		s->e.sig = signatures[has];
	signatures[has] = s->e.sig;
	there[has] = true;
}

static void load_enclave(struct tally *tally)
{
	unsigned int kind, has = 0;
	struct scene s;

	scene_create(&s, 4);
	for (kind = 0; kind < KINDS; kind++)
		if (add_kind(&s, kind, tally))
			has |= 1u << kind;
	sign(&s, has);
	/* Both policies allow the rest: what is refused was put to neither. */
	EXPECT_OK(avow_enclave_init(&s.e));
	for (kind = 0; kind < KINDS; kind++)
		if (has & 1u << kind)
			EXPECT_OK(avow_enclave_map(&s.e, kind * PAGE, PAGE, PROT_READ));
	scene_close(&s);
	tally->enclaves++;
}

static void work(void *tally)
{
	while (!shared->stop && !test_failed())
		load_enclave(tally);
}

/* ---- the process that replaces the policy ---- */

struct candidate {
	struct avow_policy_text *text;
	struct avow_policy policy;
};

static void compile(struct candidate *to, struct avow_loader *loader, const char *text)
{
	struct avow_policy_resolver resolver = avow_loader_resolver(loader);
	struct avow_policy_errors errors = { 0 };
	FILE *file = fopen(POLICY_FILE, "we");

	REQUIRE(file);
	fputs(text, file);
	REQUIRE(!fclose(file));
	to->text = avow_policy_read(NULL, POLICY_FILE, &errors);
	REQUIRE(to->text && avow_policy_compile(to->text, &resolver, &to->policy, &errors));
}

static void put(struct avow_loader *loader, struct candidate *candidate)
{
	struct avow_loader_why why;

	if (!avow_loader_load(loader, &candidate->policy, candidate->text, POLICY_FILE, &why))
		return;
	FAIL("%s", why.text);
	shared->stop = true;
	test_stop();
}

/* Returns how often. */
static u64 replace(struct avow_loader *loader, struct candidate candidates[2])
{
	time_t end = time(NULL) + swap_seconds;
	u64 n;

	for (n = 1; time(NULL) < end && n < SERIALS; n++) {
		/* So long that enclaves are loaded under one policy, too. */
		usleep(20000 * (n % 5));
		shared->moment++;
		put(loader, &candidates[n % 2]);
		shared->moment++;
		EXPECT_EQ(candidates[n % 2].policy.serial, shared->first + n);
	}
	return n - 1;
}

static void expect_both(const struct tally *t)
{
	unsigned int kind;

	for (kind = 0; kind < KINDS; kind++) {
		EXPECT(t->answers[kind][0]);
		EXPECT(kind == 2 ? !t->answers[kind][1] : t->answers[kind][1]);
	}
	EXPECT(t->by[0] && t->by[1]);
	EXPECT(t->still && t->moving);
}

static void tell(u64 times)
{
	u64 tried = 0, loaded = 0;
	int i, kind;

	for (i = 0; i < WORKERS; i++)
		for (kind = 0; kind < KINDS; kind++) {
			tried += shared->tally[i].answers[kind][0] + shared->tally[i].answers[kind][1];
			loaded += shared->tally[i].answers[kind][1];
		}
	printf("# in %u s the policy was replaced %llu times; %llu loads tried, %llu denied, %llu loaded\n",
	       swap_seconds, times, tried, tried - loaded, loaded);
	for (i = 0; i < WORKERS; i++) {
		const struct tally *t = &shared->tally[i];

		printf("# process %d: %llu enclaves; allowed and refused: %llu, %llu of kind 1, "
		       "%llu, %llu of kind 2, %llu, %llu of kind 3; refusals by either policy: %llu, %llu; "
		       "answers during a replacement: %llu of %llu\n",
		       i + 1, t->enclaves, t->answers[0][1], t->answers[0][0], t->answers[1][1], t->answers[1][0],
		       t->answers[2][1], t->answers[2][0], t->by[0], t->by[1], t->moving, t->moving + t->still);
		expect_both(t);
	}
}

static void replaced(void)
{
	static struct candidate candidates[2];
	struct avow_loader *loader;
	struct avow_loader_why why;
	pid_t workers[WORKERS];
	u64 times;
	int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(shared != MAP_FAILED);
	if (avow_loader_open(&loader, true, &why)) {
		FAIL("%s", why.text);
		test_stop();
	}
	for (i = 0; i < 2; i++)
		compile(&candidates[i], loader, texts[i]);
	put(loader, &candidates[0]);
	shared->first = candidates[0].policy.serial;
	for (i = 0; i < WORKERS; i++)
		workers[i] = fork_child(work, &shared->tally[i]);
	times = replace(loader, candidates);
	shared->stop = true;
	for (i = 0; i < WORKERS; i++)
		expect_child(workers[i]);
	EXPECT(times >= 4);
	tell(times);
	avow_loader_close(loader);
}

static void reload(const char *parameters)
{
	policy_drop();
	REQUIRE_OK(module_unload());
	REQUIRE_OK(module_load(parameters));
}

/* That the parameter is what it should be. */
static void required(void)
{
	struct scene s;

	reload("policy=required");
	scene_create(&s, 4);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL), EACCES, 4102);
}

static void optional(void)
{
	reload("");
	EXPECT_OK(policy_load_page(source_code(1), AVOW_RWX));
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "R41.2 policy=required: nobody answering is a denial", required, ONCE },
		{ "R43.2 R41.2 each load is answered by the old policy or by the new one", replaced, ONCE },
		{ "R41.2 policy=optional again", optional, ONCE },
	};

	swap_seconds = race_seconds(argc, argv, 5);
	return test_main(tests, sizeof(tests) / sizeof(tests[0]));
}
