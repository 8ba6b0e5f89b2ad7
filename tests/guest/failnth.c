// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Every allocation of every operation fails: once alone, and once with all that come after it.
 * An operation is made with the first allocation failing, then with the second, until it is
 * through without the failure having been used. Each time that it fails it says ENOMEM (or what is listed), nothing has
 * changed, and nothing is on record; in the end it works. Copies from and to the user can fail
 * in the same way, with EFAULT.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "points.h"
#include "probe.h"
#include "who.h"

__attribute__((constructor)) static void share(void)
{
	points_share();
}

/* ---- scenes ---- */

static void created(struct scene *s)
{
	scene_create(s, 1 << 16);
}

static void add_at_places(struct scene *s, u64 pages)
{
	unsigned int at;

	for (at = 0; at < PLACES; at++)
		scene_add_intent(s, place(s, at), pages, AVOW_R, AVOW_RWX);
}

/* Initialised, a few pages at each place, nothing mapped there. */
static void with_pages(struct scene *s)
{
	scene_image(s, PLACES * STRIDE);
	add_at_places(s, 3);
	scene_init(s);
}

/* The same with a declaration for one page to come at each place, and mapped. */
static void with_dynamic(struct scene *s)
{
	unsigned int at;

	scene_image(s, PLACES * STRIDE);
	for (at = 0; at < PLACES; at++)
		REQUIRE_OK(avow_declare_range(s->e.fd, place(s, at), PAGE, AVOW_R | AVOW_W));
	scene_init(s);
	for (at = 0; at < PLACES; at++)
		scene_map(s, place(s, at), 1, PROT_READ | PROT_WRITE);
}

/* Not measured, and so quick. */
static void add_block(struct scene *s, unsigned int at, u64 i, u64 pages, u32 rwx, u32 intent)
{
	const struct avow_pages p = {
		.src = source_code(pages),
		.offset = block(s, at, i),
		.length = pages * PAGE,
		.secinfo = avow_secinfo_reg(rwx),
		.flags = avow_page_intent(intent),
	};

	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
}

static void declare_block(struct scene *s, unsigned int at, u64 i)
{
	REQUIRE_OK(avow_declare_range(s->e.fd, block(s, at, i), BLOCK * PAGE, AVOW_R | AVOW_W));
}

/* An access from outside adds a page, and as it is PENDING then, finds nothing and is none. */
static void add_pending(struct scene *s, u64 offset, u64 pages)
{
	u64 i;

	for (i = 0; i < pages; i++)
		EXPECT_EQ(probe_read(scene_at(s, offset + i * PAGE)).value, 0xff);
}

/* Adds and accepts, which is no access either. */
static void accept_pages(struct scene *s, u64 offset, u64 pages, u64 flags)
{
	u64 i;

	for (i = 0; i < pages; i++)
		EXPECT_LEAF(inside_eaccept(s, offset + i * PAGE, flags), 0);
}

#define ACCEPT_NEW	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)
#define ACCEPT_TRIM	((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)

/* INIT succeeds with the signature of a twin that was built without any failure. */
static void init_like(struct scene *s, struct scene *twin)
{
	REQUIRE_OK(avow_enclave_sign(&twin->e, scene_key()));
	s->e.sig = twin->e.sig;
	EXPECT_OK(avow_enclave_init(&s->e));
	scene_close(twin);
}

/* As many pages as the enclave has, one at each place. */
static void init_like_places(struct scene *s)
{
	struct scene twin;
	unsigned int at;

	created(&twin);
	for (at = 0; at < PLACES; at++)
		if (scene_run(s, place(s, at)).state & AVOW_RUN_PRESENT)
			scene_add(&twin, place(&twin, at), 1, AVOW_R);
	init_like(s, &twin);
}

/* ---- building ---- */

static int opened;

static int run_open(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	opened = open(AVOW_DEVICE, O_RDWR | O_CLOEXEC);
	return opened < 0 ? errno : 0;
}

static void after_open(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	close(opened);
}

static void op_open(void)
{
	every_point(&(const struct operation){
		.begin = scene_open, .run = run_open, .after = after_open,
	});
}

static void prepared(struct scene *s)
{
	const struct avow_params params = { .size = 16 * PAGE };

	scene_open(s);
	REQUIRE_OK(avow_enclave_prepare(&s->e, &params));
}

static int run_create(struct scene *s, unsigned int at)
{
	struct sgx_enclave_create arg = { .src = (u64)&s->e.secs };

	(void)at;
	return test_errno(ioctl(s->e.fd, SGX_IOC_ENCLAVE_CREATE, &arg));
}

static void op_create(void)
{
	every_point(&(const struct operation){
		.begin = prepared, .run = run_create, .anew = true, .rounds = 2,
	});
}

static int run_add(struct scene *s, unsigned int at)
{
	return test_errno(raw_add(s, source_code(1), place(s, at), PAGE, avow_secinfo_reg(AVOW_R),
				  SGX_PAGE_MEASURE, NULL));
}

static void op_add(void)
{
	source_code(1);
	every_point(&(const struct operation){
		.begin = created, .run = run_add, .end = init_like_places,
	});
}

/* A page of a file that was not touched yet, and that the enclave does not know. */
static struct {
	char path[64];
	int fd;
	void *at;
} source;

static void prepare_file(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	source.fd = source_file("/tmp", 1, source.path);
	source.at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, source.fd, 0);
	REQUIRE(source.at != MAP_FAILED);
}

static void after_file(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	munmap(source.at, PAGE);
	close(source.fd);
	unlink(source.path);
}

static int run_add_file(struct scene *s, unsigned int at)
{
	return test_errno(raw_add(s, source.at, place(s, at), PAGE, avow_secinfo_reg(AVOW_R),
				  SGX_PAGE_MEASURE, NULL));
}

static void op_add_file(void)
{
	every_point(&(const struct operation){
		.begin = created, .prepare = prepare_file, .run = run_add_file, .after = after_file,
		.end = init_like_places, .any_source = true,
	});
}

/* Many pages: what was added before the failure stays, and is told. */
#define MANY	12U

static unsigned int add_many(enum failing how)
{
	unsigned int n = 1, failed = 0;
	struct scene s, twin;
	u64 done = 0, count, used;
	bool late = false;

	scene_create(&s, 16);
	source_code(MANY);
	used = epc_used(&s);
	while (done < MANY * PAGE && n < MOST_POINTS) {
		count = 0;
		failing_arm(n, how);
		int ret = test_errno(raw_add(&s, source_code(MANY) + done, done, MANY * PAGE - done,
					     avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, &count));
		bool spent = failing_disarm();

		if (ret == EFAULT && spent && epc_used(&s) != used + done) {
			late = true;	/* all of them, but the answer was lost */
			done = MANY * PAGE;
		}
		done += count;
		EXPECT_EQ(epc_used(&s), used + done);
		EXPECT_HOLE(&s, done);
		EXPECT(!ret || (spent && (ret == ENOMEM || ret == EFAULT)));
		REQUIRE(!test_failed());
		failed += spent;
		n = spent && count ? 1 : n + 1;
	}
	EXPECT_EQ(done, MANY * PAGE);
	printf("# injection points, %s: %u%s\n", how_names[how], failed,
	       late ? ", the last failed the answer" : "");
	scene_create(&twin, 16);
	scene_add(&twin, 0, MANY, AVOW_R);
	init_like(&s, &twin);
	scene_close(&s);
	return failed;
}

static void op_add_many(void)
{
	unsigned int points;

	points_begin();
	points = add_many(FAIL_ONE);
	points_end(points + add_many(FAIL_ON));
}

static int run_declare(struct scene *s, unsigned int at)
{
	return test_errno(avow_declare_range(s->e.fd, place(s, at), PAGE, AVOW_R | AVOW_W));
}

static void op_declare(void)
{
	every_point(&(const struct operation){
		.begin = created, .run = run_declare, .end = init_like_places,
	});
}

static int run_contract(struct scene *s, unsigned int at)
{
	(void)at;
	return test_errno(avow_set_contract(s->e.fd, AVOW_STRICT));
}

static void op_contract(void)
{
	every_point(&(const struct operation){
		.begin = scene_open, .run = run_contract, .anew = true, .rounds = 1,
	});
}

static int run_provision(struct scene *s, unsigned int at)
{
	struct sgx_enclave_provision arg = { .fd = (u64)opened };

	(void)at;
	return test_errno(ioctl(s->e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg));
}

static void op_provision(void)
{
	opened = open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC);
	REQUIRE(opened >= 0);
	every_point(&(const struct operation){
		.begin = scene_open, .run = run_provision, .anew = true, .rounds = 1,
	});
}

static void signed_scene(struct scene *s)
{
	scene_create(s, 16);
	scene_add(s, 0, 3, AVOW_R | AVOW_X);
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
}

static int run_init(struct scene *s, unsigned int at)
{
	(void)at;
	return test_errno(avow_enclave_init(&s->e));
}

static void op_init(void)
{
	every_point(&(const struct operation){
		.begin = signed_scene, .run = run_init, .anew = true, .rounds = 1,
	});
}

/* ---- changing ---- */

static int run_restrict(struct scene *s, unsigned int at)
{
	return test_errno(raw_restrict(s, place(s, at), 1, AVOW_R));
}

static void op_restrict(void)
{
	every_point(&(const struct operation){ .begin = with_pages, .run = run_restrict });
}

static int run_trim(struct scene *s, unsigned int at)
{
	return test_errno(raw_modify(s, place(s, at) + PAGE, 1, PT_TRIM));
}

static void op_trim(void)
{
	every_point(&(const struct operation){ .begin = with_pages, .run = run_trim });
}

static void prepare_remove(struct scene *s, unsigned int at)
{
	scene_map(s, place(s, at), 3, PROT_READ);
	REQUIRE_OK(raw_modify(s, place(s, at) + PAGE, 1, PT_TRIM));
	accept_pages(s, place(s, at) + PAGE, 1, ACCEPT_TRIM);
}

static int run_remove(struct scene *s, unsigned int at)
{
	return test_errno(raw_remove(s, place(s, at) + PAGE, 1));
}

static void op_remove(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_remove, .run = run_remove,
	});
}

static int run_lower(struct scene *s, unsigned int at)
{
	return test_errno(avow_lower_range(s->e.fd, place(s, at) + PAGE, PAGE, AVOW_R));
}

static void op_lower(void)
{
	every_point(&(const struct operation){ .begin = with_pages, .run = run_lower });
}

/* ---- changing many ---- */

/* From the end of one block through another into a third: three runs that are split or whole. */
#define THREE_FIRST	(BLOCK - 4)
#define THREE_PAGES	(BLOCK + 8)

static void with_three_blocks(struct scene *s)
{
	unsigned int at;

	scene_image(s, RANGES * STRIDE);
	for (at = 0; at < RANGES; at++) {
		add_block(s, at, 0, BLOCK, AVOW_R | AVOW_W, AVOW_RWX);
		add_block(s, at, 1, BLOCK, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
		add_block(s, at, 2, BLOCK, AVOW_R, AVOW_RWX);
	}
	scene_init(s);
}

static int run_restrict_many(struct scene *s, u64 offset, u64 length, u64 *done)
{
	struct sgx_enclave_restrict_permissions arg = {
		.offset = offset, .length = length, .permissions = AVOW_R,
	};
	int ret = test_errno(ioctl(s->e.fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg));

	*done = arg.count;
	return ret;
}

static void op_restrict_many(void)
{
	every_point_of_range(&(const struct ranged){
		.begin = with_three_blocks, .run = run_restrict_many,
		.first = THREE_FIRST, .pages = THREE_PAGES,
	});
}

static int run_trim_many(struct scene *s, u64 offset, u64 length, u64 *done)
{
	struct sgx_enclave_modify_types arg = {
		.offset = offset, .length = length, .page_type = PT_TRIM,
	};
	int ret = test_errno(ioctl(s->e.fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg));

	*done = arg.count;
	return ret;
}

static void op_trim_many(void)
{
	every_point_of_range(&(const struct ranged){
		.begin = with_three_blocks, .run = run_trim_many,
		.first = THREE_FIRST, .pages = THREE_PAGES,
	});
}

/* All of the blocks, so that each is one word again. */
static void prepare_remove_many(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), 3 * BLOCK, PROT_READ);
	REQUIRE_OK(raw_modify(s, block(s, at, 0), 3 * BLOCK, PT_TRIM));
	accept_pages(s, block(s, at, 0), 3 * BLOCK, ACCEPT_TRIM);
}

static int run_remove_many(struct scene *s, u64 offset, u64 length, u64 *done)
{
	struct sgx_enclave_remove_pages arg = { .offset = offset, .length = length };
	int ret = test_errno(ioctl(s->e.fd, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg));

	*done = arg.count;
	return ret;
}

static void op_remove_many(void)
{
	every_point_of_range(&(const struct ranged){
		.begin = with_three_blocks, .prepare = prepare_remove_many, .run = run_remove_many,
		.first = THREE_FIRST, .pages = THREE_PAGES, .frees = true,
	});
}

/* Runs of two blocks, of three intents. A run that ends where another begins is apart already. */
static void with_three_intents(struct scene *s)
{
	static const u32 intents[] = { AVOW_RWX, AVOW_R | AVOW_W, AVOW_R | AVOW_X };
	unsigned int at;
	u64 i;

	created(s);
	for (at = 0; at < RANGES; at++)
		for (i = 0; i < 3; i++)
			REQUIRE_OK(avow_declare_range(s->e.fd, block(s, at, 2 * i),
						      2 * BLOCK * PAGE, intents[i]));
}

static int run_lower_many(struct scene *s, u64 offset, u64 length, u64 *done)
{
	struct avow_lower_intent arg = { .offset = offset, .length = length, .intent = AVOW_R };
	int ret = test_errno(ioctl(s->e.fd, AVOW_IOC_LOWER_INTENT, &arg));

	*done = arg.count;
	return ret;
}

static void op_lower_many(void)
{
	every_point_of_range(&(const struct ranged){
		.begin = with_three_intents, .run = run_lower_many,
		.first = BLOCK / 2, .pages = 4 * BLOCK,
	});
}

/* ---- asking ---- */

static int run_info(struct scene *s, unsigned int at)
{
	struct avow_info info;

	(void)at;
	return test_errno(avow_get_info(s->e.fd, &info));
}

static void op_info(void)
{
	every_point(&(const struct operation){ .begin = created, .run = run_info });
}

static int run_list(struct scene *s, unsigned int at)
{
	static struct avow_run runs[1024];
	struct avow_list arg = {
		.length = s->e.size, .runs = (u64)runs, .nr = sizeof(runs) / sizeof(runs[0]),
	};

	(void)at;
	return test_errno(ioctl(s->e.fd, AVOW_IOC_LIST, &arg));
}

static void op_list(void)
{
	every_point(&(const struct operation){ .begin = with_pages, .run = run_list });
}

static int run_source(struct scene *s, unsigned int at)
{
	char path[256];
	struct avow_source arg = { .id = 1, .path = (u64)path, .path_size = sizeof(path) };

	(void)at;
	return test_errno(ioctl(s->e.fd, AVOW_IOC_SOURCE, &arg));
}

static void op_source(void)
{
	every_point(&(const struct operation){ .begin = with_pages, .run = run_source });
}

static void refused_once(struct scene *s)
{
	created(s);
	EXPECT_ERRNO(raw_add(s, source_code(1), s->e.size, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL),
		     EINVAL);
}

static int run_refusals(struct scene *s, unsigned int at)
{
	struct avow_refusal kept[4];
	u64 seq = 0;
	int nr = avow_read_refusals(s->e.fd, &seq, kept, 4, NULL);

	(void)at;
	return nr < 0 ? -nr : 0;
}

static void op_refusals(void)
{
	every_point(&(const struct operation){ .begin = refused_once, .run = run_refusals });
}

/* ---- mapping ---- */

#define HISTORY	(AVOW_RUN_EVER_W | AVOW_RUN_EVER_X)

/* The address space that was kept for the enclave. */
static void prepare_unmapped(struct scene *s, unsigned int at)
{
	scene_unmap(s, place(s, at), 3);
}

static int run_mmap(struct scene *s, unsigned int at)
{
	return test_errno(raw_map(s, place(s, at), 3, PROT_READ | PROT_WRITE | PROT_EXEC));
}

static void op_mmap(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_unmapped, .run = run_mmap,
		.may_change = HISTORY,
	});
}

static void prepare_mapped(struct scene *s, unsigned int at)
{
	scene_map(s, place(s, at), 3, PROT_READ);
}

/* In the middle: the mapping is split in three. */
static int run_mprotect(struct scene *s, unsigned int at)
{
	return test_errno(raw_protect(s, place(s, at) + PAGE, 1, PROT_READ | PROT_WRITE));
}

static void op_mprotect(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_mapped, .run = run_mprotect,
		.may_change = HISTORY,
	});
}

static void prepare_three_unmapped(struct scene *s, unsigned int at)
{
	scene_unmap(s, block(s, at, 0) + THREE_FIRST * PAGE, THREE_PAGES);
}

static int run_mmap_many(struct scene *s, unsigned int at)
{
	return test_errno(raw_map(s, block(s, at, 0) + THREE_FIRST * PAGE, THREE_PAGES,
				  PROT_READ | PROT_WRITE));
}

static void op_mmap_many(void)
{
	every_point(&(const struct operation){
		.begin = with_three_blocks, .prepare = prepare_three_unmapped, .run = run_mmap_many,
		.may_change = HISTORY, .places = RANGES,
	});
}

static void prepare_three_mapped(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), 3 * BLOCK, PROT_READ);
}

static int run_mprotect_many(struct scene *s, unsigned int at)
{
	return test_errno(raw_protect(s, block(s, at, 0) + THREE_FIRST * PAGE, THREE_PAGES,
				      PROT_READ | PROT_WRITE));
}

static void op_mprotect_many(void)
{
	every_point(&(const struct operation){
		.begin = with_three_blocks, .prepare = prepare_three_mapped, .run = run_mprotect_many,
		.may_change = HISTORY, .places = RANGES,
	});
}

static int run_munmap(struct scene *s, unsigned int at)
{
	return test_errno(munmap((void *)scene_at(s, place(s, at) + PAGE), PAGE));
}

static void op_munmap(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_mapped, .run = run_munmap,
	});
}

static void prepare_touched(struct scene *s, unsigned int at)
{
	prepare_mapped(s, at);
	EXPECT(!probe_read(scene_at(s, place(s, at) + PAGE)).signo);
}

/* Where nothing is. */
static void *elsewhere(unsigned int at)
{
	return (void *)(0x200000000000 + at * STRIDE * PAGE);
}

/* Refused, but only after the kernel has made the new mapping and moved the entries. */
static int run_mremap(struct scene *s, unsigned int at)
{
	void *from = (void *)scene_at(s, place(s, at) + PAGE);

	if (mremap(from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere(at)) != MAP_FAILED)
		return MOVED;
	return errno == EINVAL ? 0 : errno;
}

/* Where even the way back failed, the new mapping is still there, and good for nothing. */
static void after_mremap(struct scene *s, unsigned int at)
{
	struct fault fault = probe_read((u64)elsewhere(at));

	EXPECT(fault.signo == SIGSEGV || fault.signo == SIGBUS);
	REQUIRE(!munmap(elsewhere(at), PAGE));
	EXPECT(!probe_read(scene_at(s, place(s, at) + PAGE)).signo);
}

static void op_mremap(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_touched, .run = run_mremap,
		.after = after_mremap, .told = 1,
	});
}

static int run_shrink(struct scene *s, unsigned int at)
{
	void *from = (void *)scene_at(s, place(s, at));

	return mremap(from, 3 * PAGE, PAGE, 0) == MAP_FAILED ? errno : 0;
}

static void op_shrink(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_mapped, .run = run_shrink,
	});
}

static void with_mapped(struct scene *s)
{
	with_pages(s);
	prepare_mapped(s, 0);
}

static pid_t child;

static int run_fork(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	child = fork();
	if (!child)
		_exit(0);
	return child < 0 ? errno : 0;
}

static void after_fork(struct scene *s, unsigned int at)
{
	(void)s, (void)at;
	waitpid(child, NULL, 0);
}

/* vmalloc(), here of the child's stack, warns where it gets no memory for its books. */
static void op_fork(void)
{
	every_point(&(const struct operation){
		.begin = with_mapped, .run = run_fork, .after = after_fork, .still = true,
		.also = EAGAIN, .rounds = 1, .one_only = true,
	});
}

/* ---- faulting ---- */

static int faulted(struct fault fault)
{
	return fault.signo ? SIGNAL(fault.signo) : 0;
}

static int run_read(struct scene *s, unsigned int at)
{
	return faulted(probe_read(scene_at(s, place(s, at) + PAGE)));
}

static void op_read(void)
{
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_mapped, .run = run_read,
	});
}

/* The first access adds to a page's history: a run is split. */
static int run_augment(struct scene *s, unsigned int at)
{
	return faulted(probe_read(scene_at(s, place(s, at))));
}

static void op_augment(void)
{
	every_point(&(const struct operation){
		.begin = with_dynamic, .run = run_augment, .also = SIGNAL(SIGBUS),
	});
}

/* R10.4: a page that takes what is dropped, the enclave's first. */
static void prepare_drop(struct scene *s, unsigned int at)
{
	(void)at;
	EXPECT_EQ(probe_read(scene_at(s, place(s, 0))).value, 0xff);
}

static int run_drop(struct scene *s, unsigned int at)
{
	(void)at;
	return faulted(probe_write(scene_at(s, place(s, 0)), 1));
}

static void op_drop(void)
{
	every_point(&(const struct operation){
		.begin = with_dynamic, .prepare = prepare_drop, .run = run_drop, .anew = true,
		.rounds = 1,
	});
}

/* ---- inside ---- */

static int excepted(struct exit x)
{
	return x.leaf == ENCLU_EEXIT ? 0 : VECTOR(x.vector);
}

static void image_only(struct scene *s)
{
	scene_image(s, 0);
	scene_init(s);
}

/* This thread has its stack for entering from its first entry on. */
static void first_entry(void)
{
	struct op op = { .id = OP_NOTHING };
	struct scene s;

	image_only(&s);
	EXPECT_EQ(enter(&s, 0, &op).leaf, ENCLU_EEXIT);
	scene_close(&s);
}

static int run_enter(struct scene *s, unsigned int at)
{
	struct op op = { .id = OP_NOTHING };

	(void)at;
	return excepted(enter(s, 0, &op));
}

static void op_enter(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = image_only, .run = run_enter, .anew = true, .rounds = 2,
		.also = VECTOR(VECTOR_PF),
	});
}

/* Made once without failures, so that the operands are where they are to be. */
static void with_report(struct scene *s)
{
	static const struct who who = { .attributes = ATTR_MODE64BIT | ATTR_DEBUG };
	struct avow_report report;
	struct avow_targetinfo target;

	scene_who(s, &who);
	target = who_target(s);
	EXPECT_LEAF(ereport(s, &target, (u8 [64]){ 0 }, &report), 0);
}

static int run_report(struct scene *s, unsigned int at)
{
	(void)at;
	return excepted(inside_leaf(s, ENCLU_EREPORT, operand_in(s), 0, operand_data(s),
				    operand_out(s)).exit);
}

static void op_report(void)
{
	every_point(&(const struct operation){
		.begin = with_report, .run = run_report, .still = true, .also = VECTOR(VECTOR_PF),
	});
}

static void with_key(struct scene *s)
{
	static const struct who who = { .attributes = ATTR_MODE64BIT | ATTR_DEBUG };
	const struct avow_keyrequest request = {
		.keyname = KEY_SEAL, .keypolicy = KEYPOLICY_MRSIGNER,
	};
	u8 key[16];

	scene_who(s, &who);
	EXPECT_LEAF(egetkey(s, &request, key), 0);
}

static int run_getkey(struct scene *s, unsigned int at)
{
	(void)at;
	return excepted(inside_leaf(s, ENCLU_EGETKEY, operand_in(s), 0, operand_out(s), 0).exit);
}

static void op_getkey(void)
{
	every_point(&(const struct operation){
		.begin = with_key, .run = run_getkey, .still = true, .also = VECTOR(VECTOR_PF),
	});
}

/* An error code is no answer here. */
static int accepted(struct leaf_result r)
{
	return r.rax && r.exit.leaf == ENCLU_EEXIT ? CODE(r.rax) : excepted(r.exit);
}

/* Augments, too: nobody has touched the page. */
static int run_eaccept(struct scene *s, unsigned int at)
{
	return accepted(inside_eaccept(s, place(s, at), ACCEPT_NEW));
}

static void op_eaccept(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_dynamic, .run = run_eaccept, .also = VECTOR(VECTOR_PF),
		.may_change = 0,
	});
}

static int run_emodpe(struct scene *s, unsigned int at)
{
	return excepted(inside_emodpe(s, place(s, at) + PAGE, AVOW_R | AVOW_W).exit);
}

static void op_emodpe(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_pages, .prepare = prepare_mapped, .run = run_emodpe,
		.also = VECTOR(VECTOR_PF),
	});
}

/* At each place a block to come, and a page behind it. */
static void with_copies(struct scene *s)
{
	unsigned int at;

	scene_image(s, PLACES * STRIDE);
	for (at = 0; at < PLACES; at++) {
		declare_block(s, at, 0);
		add_block(s, at, 1, 1, AVOW_R, AVOW_RWX);
	}
	scene_init(s);
}

static int run_eacceptcopy(struct scene *s, unsigned int at)
{
	return accepted(inside_eacceptcopy(s, block(s, at, 0) + IN * PAGE, block(s, at, 1),
					   AVOW_R | AVOW_W));
}

static void after_eacceptcopy(struct scene *s, unsigned int at)
{
	const u64 copy = scene_at(s, block(s, at, 0) + IN * PAGE);

	EXPECT_EQ(inside_read(s, copy + PAGE - 1).value, source_byte(0, PAGE - 1));
}

static void prepare_copy(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), BLOCK + 1, PROT_READ | PROT_WRITE);
}

/* Augments its target. */
static void op_eacceptcopy(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_copies, .prepare = prepare_copy, .run = run_eacceptcopy,
		.after = after_eacceptcopy, .also = VECTOR(VECTOR_PF),
	});
}

static void prepare_copy_marked(struct scene *s, unsigned int at)
{
	prepare_copy(s, at);
	add_pending(s, block(s, at, 0), BLOCK);
}

/* The target is there, as a page that was never mapped writable: its history is what is new. */
static void op_eacceptcopy_history(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_copies, .prepare = prepare_copy_marked, .run = run_eacceptcopy,
		.after = after_eacceptcopy, .also = VECTOR(VECTOR_PF),
	});
}

static void prepare_copy_stashed(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), BLOCK + 1, PROT_READ);
	add_pending(s, block(s, at, 0), BLOCK);
	REQUIRE_OK(raw_protect(s, block(s, at, 0), BLOCK + 1, PROT_READ | PROT_WRITE));
}

/* The target has that history: its new state is what is new. */
static void op_eacceptcopy_state(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_copies, .prepare = prepare_copy_stashed, .run = run_eacceptcopy,
		.after = after_eacceptcopy, .also = VECTOR(VECTOR_PF),
	});
}

/* At each place two blocks to come. */
static void with_blocks_to_come(struct scene *s)
{
	unsigned int at;

	scene_image(s, PLACES * STRIDE);
	for (at = 0; at < PLACES; at++) {
		declare_block(s, at, 0);
		declare_block(s, at, 1);
	}
	scene_init(s);
}

static void prepare_blocks_to_come(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), 2 * BLOCK, PROT_READ | PROT_WRITE);
}

/* Augments both pages, and finds then that the source is PENDING: #PF of the EPCM's. */
static int run_eacceptcopy_of_none(struct scene *s, unsigned int at)
{
	const u64 source = block(s, at, 1) + IN * PAGE;
	struct exit x = inside_eacceptcopy(s, block(s, at, 0) + IN * PAGE, source,
					   AVOW_R | AVOW_W).exit;

	return x.vector == VECTOR_PF && x.addr == scene_at(s, source) && (x.error & PF_SGX) ?
	       0 : VECTOR(x.vector);
}

/* As any access, its look at the target adds that for good. */
static void part_eacceptcopy(struct scene *s, unsigned int at)
{
	add_pending(s, block(s, at, 0) + IN * PAGE, 1);
}

static void op_eacceptcopy_of_none(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_blocks_to_come, .prepare = prepare_blocks_to_come,
		.run = run_eacceptcopy_of_none, .also = VECTOR(VECTOR_PF), .part = part_eacceptcopy,
	});
}

static void prepare_pending(struct scene *s, unsigned int at)
{
	prepare_blocks_to_come(s, at);
	add_pending(s, block(s, at, 0), BLOCK);
}

static int run_eaccept_pending(struct scene *s, unsigned int at)
{
	return accepted(inside_eaccept(s, block(s, at, 0) + IN * PAGE, ACCEPT_NEW));
}

/* Augments nothing: one of many pages that are alike becomes another. */
static void op_eaccept_pending(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_blocks_to_come, .prepare = prepare_pending,
		.run = run_eaccept_pending, .also = VECTOR(VECTOR_PF),
	});
}

static void prepare_accepted(struct scene *s, unsigned int at)
{
	prepare_blocks_to_come(s, at);
	accept_pages(s, block(s, at, 0), BLOCK, ACCEPT_NEW);
}

static int run_first_access(struct scene *s, unsigned int at)
{
	return faulted(probe_read(scene_at(s, block(s, at, 0) + IN * PAGE)));
}

/* Mapped before it was there: the access is the first of the page's history. */
static void op_first_access(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_blocks_to_come, .prepare = prepare_accepted, .run = run_first_access,
	});
}

/* ---- frames ---- */

/* A frame is the last page of one block and the first of another, mapped before they are there. */
static u64 frame(struct scene *s, unsigned int at)
{
	return block(s, at, 1) - PAGE;
}

static u64 frame_tcs(struct scene *s, unsigned int at)
{
	return block(s, at, 2);
}

/* As the image's second TCS, but for its frames. */
static void add_frame_tcs(struct scene *s, unsigned int at)
{
	struct avow_tcs *tcs = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct avow_pages p = {
		.src = (const u8 *)tcs,
		.offset = frame_tcs(s, at),
		.length = PAGE,
		.secinfo = (u64)PT_TCS << SECINFO_PT_SHIFT,
		.flags = SGX_PAGE_MEASURE,
	};

	REQUIRE(tcs != MAP_FAILED);
	*tcs = *image_tcs(s, 1);
	tcs->ossa = frame(s, at);
	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
	munmap(tcs, PAGE);
}

static void with_frames(struct scene *s)
{
	const struct avow_params params = { .ssa_frame_size = 2 };
	unsigned int at;

	scene_image_with(s, PLACES * STRIDE, &params);
	for (at = 0; at < PLACES; at++) {
		declare_block(s, at, 0);
		declare_block(s, at, 1);
		add_frame_tcs(s, at);
	}
	scene_init(s);
}

static void prepare_frame(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), 2 * BLOCK + 1, PROT_READ | PROT_WRITE);
	accept_pages(s, block(s, at, 0), 2 * BLOCK, ACCEPT_NEW);
}

/* Through when it got as far as the enclave's UD2. */
static int undefined(struct exit x)
{
	return x.leaf == ENCLU_ERESUME && x.vector == VECTOR_UD ? 0 : VECTOR(x.vector);
}

/* What the asynchronous exit needs is taken at the entry: it allocates nothing itself. */
static int run_frame(struct scene *s, unsigned int at)
{
	struct op op = { .id = OP_UD };

	return undefined(enter(s, frame_tcs(s, at), &op));
}

static void after_frame(struct scene *s, unsigned int at)
{
	const u64 end = scene_at(s, frame(s, at) + 2 * PAGE);
	const struct avow_ssa_gprs *gprs = (const struct avow_ssa_gprs *)end - 1;

	REQUIRE(gprs->rip >= s->e.base && gprs->rip < scene_at(s, s->play));
	EXPECT_EQ(*(const u16 *)gprs->rip, 0x0b0f);	/* UD2 */
}

/* The frame's first page can have become part of the history, and not the last. */
static void op_frame(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_frames, .prepare = prepare_frame, .run = run_frame,
		.after = after_frame, .also = VECTOR(VECTOR_PF), .may_change = AVOW_RUN_EVER_W,
	});
}

/* An entry that finds no frame has allocated what is kept of the TCS. */
static void prepare_known(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), 2 * BLOCK + 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(run_frame(s, at), VECTOR(VECTOR_PF));
	accept_pages(s, block(s, at, 0), 2 * BLOCK, ACCEPT_NEW);
}

/* What is left to be allocated is the history of either page. */
static void op_frame_of_known(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_frames, .prepare = prepare_known, .run = run_frame,
		.after = after_frame, .also = VECTOR(VECTOR_PF), .may_change = AVOW_RUN_EVER_W,
	});
}

/* After the exit the first page of the frame is replaced by a new one, which is all zero. */
static void prepare_resume(struct scene *s, unsigned int at)
{
	prepare_frame(s, at);
	REQUIRE(!run_frame(s, at));
	REQUIRE_OK(raw_modify(s, frame(s, at), 1, PT_TRIM));
	accept_pages(s, frame(s, at), 1, ACCEPT_TRIM);
	REQUIRE_OK(raw_remove(s, frame(s, at), 1));
	accept_pages(s, frame(s, at), 1, ACCEPT_NEW);
}

static int run_resume(struct scene *s, unsigned int at)
{
	return undefined(resume(s, frame_tcs(s, at)));
}

static void op_resume(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_frames, .prepare = prepare_resume, .run = run_resume,
		.after = after_frame, .also = VECTOR(VECTOR_PF),
	});
}

/* ---- leaves, in a run ---- */

static void with_full_blocks(struct scene *s)
{
	unsigned int at;

	scene_image(s, PLACES * STRIDE);
	for (at = 0; at < PLACES; at++)
		add_block(s, at, 0, BLOCK, AVOW_R, AVOW_RWX);
	scene_init(s);
}

static void prepare_full_block(struct scene *s, unsigned int at)
{
	scene_map(s, block(s, at, 0), BLOCK, PROT_READ);
}

static int run_emodpe_in_block(struct scene *s, unsigned int at)
{
	return excepted(inside_emodpe(s, block(s, at, 0) + IN * PAGE, AVOW_R | AVOW_W).exit);
}

static void op_emodpe_in_block(void)
{
	first_entry();
	every_point(&(const struct operation){
		.begin = with_full_blocks, .prepare = prepare_full_block, .run = run_emodpe_in_block,
		.also = VECTOR(VECTOR_PF),
	});
}

TESTS(
	{ "R40.4 open: every allocation fails", op_open, ONCE },
	{ "R21.5 CREATE: every allocation fails", op_create, ONCE },
	{ "R22.7 ADD_PAGES: every allocation fails", op_add, BOTH },
	{ "R22.7 ADD_PAGES from a file: every allocation fails", op_add_file, BOTH },
	{ "R22.7 R22.8 many pages: what was added before is told", op_add_many, BOTH },
	{ "R3.3 DECLARE_DYNAMIC: every allocation fails", op_declare, BOTH },
	{ "R28 SET_CONTRACT: every allocation fails", op_contract, ONCE },
	{ "R27 PROVISION: every allocation fails", op_provision, ONCE },
	{ "R23 INIT: every allocation fails", op_init, ONCE },
	{ "R24 RESTRICT_PERMISSIONS: every allocation fails", op_restrict, ONCE },
	{ "R25 MODIFY_TYPES: every allocation fails", op_trim, ONCE },
	{ "R26 REMOVE_PAGES: every allocation fails", op_remove, BOTH },
	{ "R2 LOWER_INTENT: every allocation fails", op_lower, ONCE },
	{ "R24 RESTRICT_PERMISSIONS of many: what was done is told", op_restrict_many, ONCE },
	{ "R25 MODIFY_TYPES of many: what was done is told", op_trim_many, ONCE },
	{ "R26 REMOVE_PAGES of many: what was done is told", op_remove_many, BOTH },
	{ "R2 LOWER_INTENT of many: what was done is told", op_lower_many, ONCE },
	{ "R29 INFO: every allocation fails", op_info, ONCE },
	{ "R19 LIST: every allocation fails", op_list, ONCE },
	{ "R29 SOURCE: every allocation fails", op_source, ONCE },
	{ "R18.2 REFUSALS: every allocation fails", op_refusals, ONCE },
	{ "R8.1 R16.3 mmap: every allocation fails", op_mmap, BOTH },
	{ "R8.2 R16.3 mprotect: every allocation fails", op_mprotect, ONCE },
	{ "R8.1 R16.3 mmap of many: every allocation fails", op_mmap_many, ONCE },
	{ "R8.2 R16.3 mprotect of many: every allocation fails", op_mprotect_many, ONCE },
	{ "R8.1 munmap: every allocation fails", op_munmap, ONCE },
	{ "R11.1 mremap: every allocation fails", op_mremap, ONCE },
	{ "R11.1 mremap that shrinks: every allocation fails", op_shrink, ONCE },
	{ "R16.1 fork: every allocation fails", op_fork, ONCE },
	{ "R10.1 an access: every allocation fails", op_read, ONCE },
	{ "R40.4 EAUG by an access: every allocation fails", op_augment, BOTH },
	{ "R10.4 a dropped write: every allocation fails", op_drop, ONCE },
	{ "R30 EENTER: every allocation fails", op_enter, ONCE },
	{ "R16.2 an access that is the first: every allocation fails", op_first_access, ONCE },
	{ "R30 R32 R16.2 EENTER, and an exit to a frame that is new: every allocation fails", op_frame,
	  BOTH },
	{ "R30 R32 R16.2 EENTER by a TCS that was tried before: every allocation fails",
	  op_frame_of_known, ONCE },
	{ "R33 R16.2 ERESUME of a frame that is new: every allocation fails", op_resume, BOTH },
	{ "R36 EREPORT: every allocation fails", op_report, ONCE },
	{ "R37 EGETKEY: every allocation fails", op_getkey, ONCE },
	{ "R34.1 EACCEPT: every allocation fails", op_eaccept, BOTH },
	{ "R34.1 EACCEPT of a page that is there: every allocation fails", op_eaccept_pending, ONCE },
	{ "R34.2 EMODPE: every allocation fails", op_emodpe, ONCE },
	{ "R34.2 EMODPE in a run: every allocation fails", op_emodpe_in_block, ONCE },
	{ "R34.3 EACCEPTCOPY: every allocation fails", op_eacceptcopy, BOTH },
	{ "R34.3 R16.2 EACCEPTCOPY that is the first write: every allocation fails",
	  op_eacceptcopy_history, ONCE },
	{ "R34.3 EACCEPTCOPY of a page that was mapped writable: every allocation fails",
	  op_eacceptcopy_state, ONCE },
	{ "R34.3 EACCEPTCOPY of no page: every allocation fails", op_eacceptcopy_of_none, BOTH },
	{ "R40.4 each operation came to its end", points_all, ONCE },
)
