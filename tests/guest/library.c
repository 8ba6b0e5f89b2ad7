// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R1.2, R3, R8.2, R18, R19, R23, R24, R26: an enclave's life by <libavow.h> and libavow.so.1 alone,
 * as any program would have it. What the library says of an error is looked at, too.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <openssl/types.h>

#include "../enclave/op.h"
#include "test.h"

#define PAGE		4096ULL
#define SIZE		0x100000
#define LISTED		0x80000		/* offsets behind the image: a page from a list */
#define LATER		0x81000		/* what is declared for run time */
#define LATER_PAGES	3

#define TCS(n)		((n) * PAGE)
#define REG(flags)	((u64)PT_REG << SECINFO_PT_SHIFT | (flags))

static char said[512];		/* by the library, last */

static void on_message(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	snprintf(said, sizeof(said), "%s", text);
}

#define EXPECT_SAID(words)								\
	(strstr(said, words) ? (void)0 : FAIL("said \"%s\", not \"%s\"", said, words))

/* A handle and what it was made of. */
struct life {
	struct avow_enclave *e;
	struct avow_image *image;
	EVP_PKEY *key;
};

/* The image, each segment with its own rights as an explicit intent; a page of a list; what comes later. */
static void add_all(struct life *l)
{
	static _Alignas(4096) char page[PAGE] = "listed";
	const struct avow_pages listed = {
		.src = page,
		.offset = LISTED,
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R),
		.flags = SGX_PAGE_MEASURE | avow_page_intent(AVOW_R | AVOW_W),
	};
	const struct avow_params params = { .size = SIZE };
	struct avow_segment *s;
	unsigned int i;
	__u64 count;

	REQUIRE_OK(avow_enclave_create(l->e, &params));
	for (i = 0; (s = avow_image_segment(l->image, i)); i++)
		s->pages.flags |= avow_page_intent((u32)s->prot);
	REQUIRE(i == avow_image_nr_segments(l->image) && i > 1);
	REQUIRE_OK(avow_enclave_add_image(l->e, l->image));
	REQUIRE_OK(avow_enclave_add(l->e, &listed, &count));
	EXPECT_EQ(count, PAGE);
	REQUIRE_OK(avow_enclave_declare(l->e, LATER, LATER_PAGES * PAGE, AVOW_R | AVOW_W));
}

static void begin(struct life *l)
{
	avow_set_message_handler(on_message, NULL, NULL, NULL);
	REQUIRE_OK(avow_key_read(&l->key, data_path("key.pem")));
	REQUIRE_OK(avow_image_new(&l->image, data_path("enclave.elf")));
	REQUIRE_OK(avow_enclave_new(&l->e, NULL));
	REQUIRE(avow_enclave_features(l->e) & AVOW_FEATURE_INTENT);
	if (strict())
		REQUIRE_OK(avow_set_contract(avow_enclave_fd(l->e), AVOW_STRICT));
	add_all(l);
}

static void map(struct life *l)
{
	REQUIRE_OK(avow_enclave_map_image(l->e, l->image));
	REQUIRE_OK(avow_enclave_map(l->e, LISTED, PAGE, PROT_READ));
	REQUIRE_OK(avow_enclave_map(l->e, LATER, LATER_PAGES * PAGE, PROT_READ | PROT_WRITE));
}

static void start(struct life *l)
{
	begin(l);
	REQUIRE_OK(avow_enclave_sign(l->e, l->key));
	REQUIRE_OK(avow_enclave_init(l->e));
	map(l);
}

static void end(struct life *l)
{
	u64 base = avow_enclave_base(l->e);
	unsigned char there;

	avow_enclave_free(l->e);
	avow_image_free(l->image);
	avow_key_free(l->key);
	/* The range is free again. */
	EXPECT_ERRNO(mincore((void *)base, PAGE, &there), ENOMEM);
}

static char *at(const struct life *l, u64 offset)
{
	return (char *)avow_enclave_base(l->e) + offset;
}

static int go(const struct life *l, unsigned int tcs, struct op *op, struct avow_call *call)
{
	*call = (struct avow_call){ .rdi = (u64)op };
	return avow_enclave_enter(l->e, TCS(tcs), call);
}

/* An operation that ends well, on TCS 0. */
static u64 inside(const struct life *l, struct op op)
{
	struct avow_call call;

	REQUIRE_OK(go(l, 0, &op, &call));
	EXPECT_EQ(call.run.function, AVOW_EEXIT);
	return op.value;
}

static void eaccept(const struct life *l, u64 offset, u64 secinfo)
{
	struct op op = { .id = OP_LEAF, .rax = ENCLU_EACCEPT, .rcx = (u64)at(l, offset), .flags = secinfo };
	struct avow_call call;

	REQUIRE_OK(go(l, 0, &op, &call));
	EXPECT_EQ(op.rax, 0);
}

static u64 read_inside(const struct life *l, u64 offset)
{
	return inside(l, (struct op){ .id = OP_READ, .addr = (u64)at(l, offset) });
}

static struct avow_run run_at(const struct life *l, u64 offset)
{
	struct avow_run run = { 0 }, *runs;
	size_t nr;

	REQUIRE_OK(avow_list_runs(avow_enclave_fd(l->e), offset, PAGE, &runs, &nr));
	if (nr)
		run = runs[0];
	free(runs);
	return run;
}

/* ---- cases ---- */

static void builds_and_enters(void)
{
	struct life l;

	start(&l);
	EXPECT_EQ(inside(&l, (struct op){ .id = OP_COUNT }), 1);
	EXPECT_EQ(inside(&l, (struct op){ .id = OP_COUNT }), 2);
	EXPECT_EQ(read_inside(&l, LISTED), 'l');
	EXPECT_ERRNO(avow_enclave_init(l.e), EINVAL);
	EXPECT_SAID("INIT: Invalid argument");
	end(&l);
}

static void loads_all_at_once(void)
{
	struct avow_params params = { .attributes = ATTR_MODE64BIT };
	struct life l;

	avow_set_message_handler(on_message, NULL, NULL, NULL);
	REQUIRE_OK(avow_key_read(&l.key, data_path("key.pem")));
	REQUIRE_OK(avow_image_new(&l.image, data_path("enclave.elf")));
	REQUIRE_OK(avow_enclave_new(&l.e, AVOW_DEVICE));
	REQUIRE_OK(avow_enclave_load(l.e, l.image, &params, l.key));
	EXPECT_EQ(avow_enclave_size(l.e), avow_image_size(l.image));
	EXPECT_EQ(inside(&l, (struct op){ .id = OP_COUNT }), 1);
	end(&l);
}

/* Exactly the segments' rights: what was read-only in the file cannot be written here. */
static void maps_with_exactly_the_rights(void)
{
	const struct avow_segment *s;
	struct life l;
	char rights[8], want[8], line[512];
	unsigned long first;
	unsigned int i;
	FILE *maps;

	start(&l);
	for (i = 0; (s = avow_image_segment(l.image, i)); i++) {
		maps = fopen("/proc/self/maps", "re");
		REQUIRE(maps);
		snprintf(want, sizeof(want), "%c%c%cs", s->prot & PROT_READ ? 'r' : '-',
			 s->prot & PROT_WRITE ? 'w' : '-', s->prot & PROT_EXEC ? 'x' : '-');
		*rights = '\0';
		while (fgets(line, sizeof(line), maps)) {
			unsigned long from, to;
			char found[8];

			first = (unsigned long)at(&l, s->pages.offset);
			if (sscanf(line, "%lx-%lx %7s", &from, &to, found) == 3 && first >= from && first < to)
				memcpy(rights, found, sizeof(rights));
		}
		fclose(maps);
		if (strcmp(rights, want))
			FAIL("segment %u is mapped %s, not %s", i, rights, want);
	}
	end(&l);
}

static void exceptions_are_reported(void)
{
	struct op op = { .id = OP_UD };
	struct avow_call call;
	struct life l;

	start(&l);
	EXPECT_ERRNO(go(&l, 1, &op, &call), EFAULT);
	EXPECT_EQ(call.run.function, AVOW_ERESUME);
	EXPECT_EQ(call.run.exception_vector, 6);
	op = (struct op){ .id = OP_READ, .addr = (u64)at(&l, SIZE - PAGE) };
	EXPECT_ERRNO(go(&l, 2, &op, &call), EFAULT);
	EXPECT_EQ(call.run.exception_vector, 14);
	EXPECT_EQ(call.run.exception_addr, (u64)at(&l, SIZE - PAGE));
	EXPECT_ERRNO(avow_enclave_enter(l.e, LISTED, &call), EFAULT);
	EXPECT_EQ(call.run.function, AVOW_EENTER);
	end(&l);
}

static void *enters_often(void *arg)
{
	const struct life *l = arg;
	static unsigned int next = 2;
	unsigned int tcs = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
	struct avow_call call;
	u64 bad = 0, i;

	for (i = 0; i < 200; i++) {
		struct op op = { .id = OP_NOTHING };

		bad += go(l, tcs, &op, &call) != 0;
	}
	return (void *)bad;
}

static void threads_enter_at_once(void)
{
	pthread_t threads[2];
	struct life l;
	void *bad;
	int i;

	start(&l);
	for (i = 0; i < 2; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, enters_often, &l));
	for (i = 0; i < 2; i++) {
		REQUIRE(!pthread_join(threads[i], &bad));
		EXPECT_EQ((u64)bad, 0);
	}
	end(&l);
}

static void adds_at_run_time(void)
{
	struct life l;

	start(&l);
	EXPECT_EQ(run_at(&l, LATER).state & AVOW_RUN_PRESENT, 0);
	eaccept(&l, LATER, REG(SECINFO_R | SECINFO_W | SECINFO_PENDING));
	EXPECT_EQ(read_inside(&l, LATER), 0);
	inside(&l, (struct op){ .id = OP_WRITE, .addr = (u64)at(&l, LATER), .value = 77 });
	EXPECT_EQ(read_inside(&l, LATER), 77);
	EXPECT_EQ(run_at(&l, LATER).intent, AVOW_R | AVOW_W);
	EXPECT(run_at(&l, LATER).state & AVOW_RUN_PRESENT);
	end(&l);
}

static void restricts_at_run_time(void)
{
	struct avow_call call;
	struct life l;
	struct op op;
	u64 count;
	int i;

	start(&l);
	for (i = 0; i < LATER_PAGES; i++)
		eaccept(&l, LATER + i * PAGE, REG(SECINFO_R | SECINFO_W | SECINFO_PENDING));
	EXPECT_OK(avow_enclave_restrict(l.e, LATER, 2 * PAGE, AVOW_R, &count));
	EXPECT_EQ(count, 2 * PAGE);
	eaccept(&l, LATER, REG(SECINFO_R | SECINFO_PR));
	EXPECT_EQ(read_inside(&l, LATER), 0);
	EXPECT_EQ(run_at(&l, LATER).epcm, AVOW_R);
	EXPECT_EQ(run_at(&l, LATER + 2 * PAGE).epcm, AVOW_R | AVOW_W);
	op = (struct op){ .id = OP_WRITE, .addr = (u64)at(&l, LATER) };
	EXPECT_ERRNO(go(&l, 1, &op, &call), EFAULT);
	EXPECT_EQ(call.run.exception_vector, 14);
	EXPECT_ERRNO(avow_enclave_restrict(l.e, LATER + 2 * PAGE, 2 * PAGE, AVOW_R, &count), EFAULT);
	EXPECT_EQ(count, PAGE);
	EXPECT_SAID("RESTRICT_PERMISSIONS at offset 0x84000: Bad address");
	end(&l);
}

static void removes_at_run_time(void)
{
	struct life l;
	u64 count;

	start(&l);
	eaccept(&l, LATER, REG(SECINFO_R | SECINFO_W | SECINFO_PENDING));
	EXPECT_ERRNO(avow_enclave_remove(l.e, LATER, PAGE, NULL), EPERM);
	EXPECT_SAID("REMOVE_PAGES at offset 0x81000: Operation not permitted");
	EXPECT_OK(avow_enclave_modify_types(l.e, LATER, PAGE, AVOW_TYPE_TRIM, &count));
	EXPECT_EQ(count, PAGE);
	eaccept(&l, LATER, (u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED);
	EXPECT_OK(avow_enclave_remove(l.e, LATER, PAGE, &count));
	EXPECT_EQ(count, PAGE);
	EXPECT_EQ(run_at(&l, LATER).state & AVOW_RUN_PRESENT, 0);
	end(&l);
}

static void lists_what_there_is(void)
{
	char want[4096], *path;
	struct avow_run *runs;
	struct life l;
	u64 all = 0;
	size_t nr, i;

	start(&l);
	REQUIRE_OK(avow_list_runs(avow_enclave_fd(l.e), 0, SIZE, &runs, &nr));
	for (i = 0; i < nr; i++)
		all += runs[i].length;
	EXPECT_EQ(runs[0].type, PT_TCS);
	EXPECT_EQ(runs[nr - 1].offset, LATER);
	for (i = 0; i < avow_image_nr_segments(l.image); i++)
		all -= avow_image_segment(l.image, (unsigned int)i)->pages.length;
	EXPECT_EQ(all, (1 + LATER_PAGES) * PAGE);
	EXPECT_EQ(run_at(&l, LISTED).source_class, AVOW_SRC_FILE_NOEXEC);
	REQUIRE_OK(avow_source_path(avow_enclave_fd(l.e), runs[0].source, &path, NULL));
	REQUIRE(realpath(data_path("enclave.elf"), want));
	if (strcmp(path, want))
		FAIL("the source is %s, not %s", path, want);
	free(path);
	free(runs);
	end(&l);
}

static void explains_a_refusal(void)
{
	char *text, want[128];
	struct life l;

	start(&l);
	EXPECT_ERRNO(avow_explain_last(avow_enclave_fd(l.e), &text), ENOENT);
	EXPECT_SAID("nothing was refused");
	EXPECT_ERRNO(mprotect(at(&l, LISTED), PAGE, PROT_READ | PROT_EXEC), EACCES);
	REQUIRE_OK(avow_explain_last(avow_enclave_fd(l.e), &text));
	snprintf(want, sizeof(want), "It asked mprotect() for R-X at 0x%llx-0x%llx (offset 0x80000, 1 page). The intent there is RW-.",
		 (u64)at(&l, LISTED), (u64)at(&l, LISTED) + PAGE);
	if (!strstr(text, want) || !strstr(text, "\nR8.2: mprotect() stays within the intent") ||
	    !strstr(text, "\nSource: ") || !strstr(text, "\nTo get on: ask for fewer rights"))
		FAIL("explained as: %s", text);
	free(text);
	EXPECT_ERRNO(avow_enclave_map(l.e, LISTED, PAGE, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_SAID("mmap() of 0x1000 bytes at offset 0x80000: Permission denied");
	end(&l);
}

/* ---- signals ---- */

#define MANY	1024		/* pages, each with bytes of its own */

static volatile int ticks;

static void on_tick(int signo)
{
	(void)signo;
	ticks++;
}

static void add_many(struct avow_enclave *e, const void *src, __u8 mrenclave[AVOW_MRENCLAVE_BYTES])
{
	const struct avow_params params = { .size = MANY * PAGE };
	const struct avow_pages many = {
		.src = src,
		.length = MANY * PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_W),
		.flags = SGX_PAGE_MEASURE,
	};
	__u64 count;

	REQUIRE_OK(avow_enclave_create(e, &params));
	REQUIRE_OK(avow_enclave_add(e, &many, &count));
	EXPECT_EQ(count, MANY * PAGE);
	REQUIRE_OK(avow_enclave_mrenclave(e, mrenclave));
}

/* R22.8: the driver stops for a signal, and the library goes on from there. Without a device nothing stops it. */
static void adds_under_signals(void)
{
	const struct sigaction action = { .sa_handler = on_tick };
	const struct itimerval often = { .it_interval.tv_usec = 1000, .it_value.tv_usec = 1000 }, never = { 0 };
	__u8 got[AVOW_MRENCLAVE_BYTES], want[AVOW_MRENCLAVE_BYTES];
	char *src = aligned_alloc(PAGE, MANY * PAGE);
	struct avow_enclave *e, *offline;
	EVP_PKEY *key;
	int i;

	REQUIRE(src);
	for (i = 0; i < MANY; i++)
		memset(src + i * PAGE, i % 251, PAGE);
	REQUIRE_OK(avow_key_read(&key, data_path("key.pem")));
	REQUIRE_OK(avow_enclave_new_offline(&offline));
	REQUIRE_OK(avow_enclave_new(&e, NULL));
	add_many(offline, src, want);
	REQUIRE(!sigaction(SIGALRM, &action, NULL) && !setitimer(ITIMER_REAL, &often, NULL));
	add_many(e, src, got);
	REQUIRE(!setitimer(ITIMER_REAL, &never, NULL));
	EXPECT(ticks > 2);
	EXPECT(!memcmp(got, want, sizeof(got)));
	EXPECT_OK(avow_enclave_sign(e, key));
	EXPECT_OK(avow_enclave_init(e));
	avow_key_free(key);
	avow_enclave_free(e);
	avow_enclave_free(offline);
	free(src);
}

/* What is not in the enclave is not mapped over. */
static void maps_its_own_range(void)
{
	static const struct { u64 offset, length; } wrong[] = {
		{ SIZE, PAGE }, { SIZE - PAGE, 2 * PAGE }, { 0, SIZE + PAGE }, { 0 - PAGE, PAGE }, { 0 - PAGE, 2 * PAGE },
		{ PAGE, 0 - PAGE }, { ~0ULL / 2, PAGE },
	};
	struct life l;
	unsigned int i;

	begin(&l);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_ERRNO(avow_enclave_map(l.e, wrong[i].offset, wrong[i].length, PROT_NONE), EINVAL);
		EXPECT_SAID("are not in the enclave");
	}
	EXPECT_OK(avow_enclave_map(l.e, SIZE - PAGE, PAGE, PROT_NONE));
	end(&l);
}

/* R23.8: the measurement made without a device is the device's; a signature made for it is good. */
static void signed_elsewhere(void)
{
	__u8 sigstruct[AVOW_SIGSTRUCT_BYTES];
	struct life l, other;

	begin(&l);
	EXPECT_ERRNO(avow_enclave_init(l.e), EPERM);	/* not signed at all */
	other = l;
	REQUIRE_OK(avow_enclave_new_offline(&other.e));
	add_all(&other);
	REQUIRE_OK(avow_enclave_sign(other.e, l.key));
	REQUIRE_OK(avow_enclave_get_sigstruct(other.e, sigstruct));
	avow_enclave_free(other.e);
	sigstruct[960] ^= 1;
	REQUIRE_OK(avow_enclave_set_sigstruct(l.e, sigstruct));
	EXPECT_ERRNO(avow_enclave_init(l.e), EPERM);
	EXPECT_SAID("INIT: Operation not permitted");
	sigstruct[960] ^= 1;
	REQUIRE_OK(avow_enclave_set_sigstruct(l.e, sigstruct));
	REQUIRE_OK(avow_enclave_init(l.e));
	map(&l);
	EXPECT_EQ(inside(&l, (struct op){ .id = OP_COUNT }), 1);
	end(&l);
}

TESTS(
	{ "R23 builds, signs, inits, maps, enters", builds_and_enters, BOTH },
	{ "R22 loads a file at once", loads_all_at_once, ONCE },
	{ "R8 maps each segment with exactly its rights", maps_with_exactly_the_rights, BOTH },
	{ "R11.2 maps nothing outside of the enclave's range", maps_its_own_range, BOTH },
	{ "R22.8 adds under signals", adds_under_signals, ONCE },
	{ "R30 reports exceptions", exceptions_are_reported, BOTH },
	{ "R30 threads enter at once", threads_enter_at_once, BOTH },
	{ "R3 adds pages at run time", adds_at_run_time, BOTH },
	{ "R24 restricts pages at run time", restricts_at_run_time, BOTH },
	{ "R26 removes pages at run time", removes_at_run_time, BOTH },
	{ "R19 lists runs and sources", lists_what_there_is, BOTH },
	{ "R18 explains a refusal", explains_a_refusal, BOTH },
	{ "R23.8 a signature made without the device", signed_elsewhere, BOTH },
)
