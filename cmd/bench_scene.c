// SPDX-License-Identifier: LGPL-2.1-or-later
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench_scene.h"
#include "build.h"
#include "cmd.h"
#include "sgx_arch.h"

#define SSA		0x1000ULL	/* offsets in the enclave that is ready; its TCS is at 0 */
#define CODE		0x2000ULL
#define ROW		0x3000ULL
#define READY_SIZE	(4ULL << 20)
#define GROWING_SIZE	(64ULL << 20)

extern const unsigned char bench_code[];	/* bench_enclave.S */

static_assert(ROW + BENCH_ROW * BENCH_PAGE <= READY_SIZE, "the row is in the enclave");
static_assert(BENCH_ADDS_MAX * BENCH_ADD * BENCH_PAGE <= GROWING_SIZE, "so is what is added");

/* ---- the scene ---- */

/* Before init, to add; after it, to map. */
static int all_pages(struct bench_scene *s, bool map)
{
	static const struct avow_tcs tcs __attribute__((aligned(4096))) = {
		.ossa = SSA, .nssa = 1, .oentry = CODE, .fslimit = ~0U, .gslimit = ~0U,
	};
	const struct avow_segment parts[] = {
		{ { &tcs, 0, BENCH_PAGE, AVOW_SECINFO_TCS, SGX_PAGE_MEASURE }, PROT_READ | PROT_WRITE },
		{ { s->anonymous, SSA, BENCH_PAGE, avow_secinfo_reg(AVOW_R | AVOW_W), SGX_PAGE_MEASURE }, PROT_READ | PROT_WRITE },
		{ { bench_code, CODE, BENCH_PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), SGX_PAGE_MEASURE }, PROT_READ | PROT_EXEC },
		{ { s->anonymous, ROW, BENCH_ROW * BENCH_PAGE, avow_secinfo_reg(AVOW_R | AVOW_W), SGX_PAGE_MEASURE },
		  PROT_READ | PROT_WRITE },
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(parts) / sizeof(parts[0]); i++)
		err = map ? avow_enclave_map(s->ready, parts[i].pages.offset, parts[i].pages.length, parts[i].prot) :
			    avow_enclave_add(s->ready, &parts[i].pages, NULL);
	return err;
}

static void *memory(unsigned long long pages)
{
	void *at = mmap(NULL, pages * BENCH_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		complain("bench: memory: %s", strerror(errno));
		return NULL;
	}
	/* What is compared is one page beside one page. */
	madvise(at, pages * BENCH_PAGE, MADV_NOHUGEPAGE);
	return at;
}

static int make_ready(struct bench_scene *s, const char *device)
{
	const struct avow_params params = { .size = READY_SIZE, .attributes = ATTR_MODE64BIT };
	int err = avow_enclave_new(&s->ready, device);

	if (!err)
		err = avow_enclave_create(s->ready, &params);
	if (!err)
		err = all_pages(s, false);
	if (!err)
		err = build_sign_once(s->ready);
	if (!err)
		err = avow_enclave_init(s->ready);
	return err ? err : all_pages(s, true);
}

static int make_growing(struct bench_scene *s, const char *device)
{
	const struct avow_params params = { .size = GROWING_SIZE, .attributes = ATTR_MODE64BIT };
	int err = avow_enclave_new(&s->growing, device);

	return err ? err : avow_enclave_create(s->growing, &params);
}

int bench_begin(struct bench_scene *s, const char *device)
{
	int err = avow_can_enter();

	*s = (struct bench_scene){ 0 };
	if (err) {
		complain("bench: the kernel's vDSO does not know enclaves: CONFIG_X86_SGX is not set");
		return err;
	}
	s->anonymous = memory(BENCH_ROW);
	s->from = memory(BENCH_ADD);
	s->to = memory(BENCH_ADD);
	if (!s->anonymous || !s->from || !s->to)
		return -ENOMEM;
	memset(s->from, 0x5a, BENCH_ADD * BENCH_PAGE);
	memset(s->to, 0, BENCH_ADD * BENCH_PAGE);
	err = make_ready(s, device);
	return err ? err : make_growing(s, device);
}

static void forget(void *at, unsigned long long pages)
{
	if (at)
		munmap(at, pages * BENCH_PAGE);
}

void bench_end(struct bench_scene *s)
{
	avow_enclave_free(s->ready);
	avow_enclave_free(s->growing);
	forget(s->anonymous, BENCH_ROW);
	forget(s->from, BENCH_ADD);
	forget(s->to, BENCH_ADD);
}

/* ---- what is measured ---- */

int bench_enter(struct bench_scene *s, unsigned long n)
{
	struct avow_call call = { 0 };
	int err = 0;

	while (n-- && !err)
		err = avow_enclave_enter(s->ready, 0, &call);
	return err;
}

int bench_getpid(struct bench_scene *s, unsigned long n)
{
	(void)s;
	while (n--)
		syscall(SYS_getpid);
	return 0;
}

/* The ioctl itself: the library would measure, too. */
static int add(struct bench_scene *s, unsigned long n, __u64 flags)
{
	struct avow_secinfo secinfo = { .flags = avow_secinfo_reg(AVOW_R | AVOW_W) };

	for (; n--; s->next += BENCH_ADD * BENCH_PAGE) {
		struct sgx_enclave_add_pages arg = {
			.src = (__u64)s->from, .offset = s->next, .length = BENCH_ADD * BENCH_PAGE,
			.secinfo = (__u64)&secinfo, .flags = flags,
		};

		if (ioctl(avow_enclave_fd(s->growing), SGX_IOC_ENCLAVE_ADD_PAGES, &arg))
			return -errno;
	}
	return 0;
}

int bench_add(struct bench_scene *s, unsigned long n)
{
	return add(s, n, 0);
}

int bench_add_measured(struct bench_scene *s, unsigned long n)
{
	return add(s, n, SGX_PAGE_MEASURE);
}

int bench_copy(struct bench_scene *s, unsigned long n)
{
	while (n--) {
		memcpy(s->to, s->from, BENCH_ADD * BENCH_PAGE);
		/* Somebody may look at it. */
		__asm__ volatile("" : : "r"(s->to) : "memory");
	}
	return 0;
}

static int protect(void *at, unsigned long n)
{
	while (n--)
		if (mprotect(at, BENCH_PAGE, PROT_READ) || mprotect(at, BENCH_PAGE, PROT_READ | PROT_WRITE))
			return -errno;
	return 0;
}

static char *row(const struct bench_scene *s)
{
	return (char *)avow_enclave_base(s->ready) + ROW;
}

int bench_protect(struct bench_scene *s, unsigned long n)
{
	return protect(row(s), n);
}

int bench_protect_anonymous(struct bench_scene *s, unsigned long n)
{
	return protect(s->anonymous, n);
}

/* For writing, as anonymous memory gets a page only then. */
static int touch(volatile char *at)
{
	unsigned long long i;

	for (i = 0; i < BENCH_ROW; i++)
		at[i * BENCH_PAGE] = 0;
	return 0;
}

int bench_touch(struct bench_scene *s, unsigned long n)
{
	(void)n;
	return touch(row(s));
}

int bench_touch_anonymous(struct bench_scene *s, unsigned long n)
{
	(void)n;
	return touch(s->anonymous);
}

int bench_untouch(struct bench_scene *s)
{
	return avow_enclave_map(s->ready, ROW, BENCH_ROW * BENCH_PAGE, PROT_READ | PROT_WRITE);
}

int bench_untouch_anonymous(struct bench_scene *s)
{
	return madvise(s->anonymous, BENCH_ROW * BENCH_PAGE, MADV_DONTNEED) ? -errno : 0;
}
