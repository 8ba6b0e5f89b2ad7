// SPDX-License-Identifier: LGPL-2.1-or-later
/* The enclave of tests of the runtime: does one thing for each ecall. */
#define AVOW_THREADS	3
#define AVOW_STACK	0x10000
#define AVOW_HEAP	0x40000
#define AVOW_CODE	0x2000
#include <avow_enclave.h>
#include <errno.h>

#include "calls.h"

#pragma GCC visibility push(hidden)
void leave_fill(void);
#pragma GCC visibility pop

#ifdef CHANGED
/* Another enclave: what is sealed for this one alone is not for the other. */
const char changed[] = "changed";
#endif

static const char *const names[] = { "ada", "grace", "radia" };
static const char *const *table = names;

static long add(void *arg)
{
	struct pair *p = arg;

	p->sum = p->a + p->b;
	return p->sum;
}

static long count(void *arg)
{
	static long counter;

	return arg ? -1 : ++counter;
}

static long name(void *arg)
{
	struct pair *p = arg;

	return p->a >= 0 && p->a < 3 ? table[p->a][0] : -1;
}

/* ---- the host's memory ---- */

static long where(void *arg)
{
	struct where *w = arg;

	w->outside = avow_outside(w->p, w->bytes);
	w->inside = avow_inside(w->p, w->bytes);
	return 0;
}

static long copy(void *arg)
{
	struct where *w = arg;
	char in[16] = "";

	if ((w->bytes != 1 && !avow_copy_in(in, w->p, sizeof(in))) || !avow_copy_out((void *)w->p, w->text, sizeof(w->text)))
		return -EFAULT;
	memcpy(w->text, in, sizeof(in));
	return 0;
}

/* ---- ocalls ---- */

/* Numbers that the compiler keeps where it likes: in registers that an ocall must keep. */
static long ask(void *arg)
{
	struct ask *a = arg;
	long k[6], result, i;
	unsigned char room[AVOW_ARG_MAX + 1];

	for (i = 0; i < 6; i++)
		__asm__ volatile("mov %1, %0" : "=r"(k[i]) : "r"(i * 1000 + a->value));
	memcpy(room, &a->value, sizeof(a->value));
	result = avow_ocall(a->number, room, a->bytes);
	a->kept = 0;
	for (i = 0; i < 6; i++)
		a->kept += k[i] != i * 1000 + a->value;
	memcpy(&a->value, room, sizeof(a->value));
	return result;
}

/* ---- registers ---- */

static unsigned long flags(void)
{
	unsigned long value;

	__asm__ volatile("pushfq; pop %0" : "=r"(value) : : "memory");
	return value;
}

static void controls(unsigned int *mxcsr, unsigned int *x87)
{
	unsigned short word;

	__asm__ volatile("stmxcsr %0" : "=m"(*mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(word));
	*x87 = word;
}

static long state(void *arg)
{
	struct state *s = arg;
	unsigned int mxcsr = 0x7f80, was;	/* round towards zero */
	unsigned short x87 = 0x0f7f, word;
	long value = 0;

	s->rflags = flags();
	controls(&s->mxcsr, &s->x87);
	was = s->mxcsr;
	word = (unsigned short)s->x87;
	__asm__("mov %%rsp, %0" : "=r"(s->rsp));
	__asm__("mov %%fs:0x28, %0" : "=r"(s->canary));
	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(x87));
	avow_ocall(OC_TWICE, &value, sizeof(value));
	s->after_rflags = flags();
	controls(&s->after_mxcsr, &s->after_x87);
	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(was), "m"(word));
	return (long)__builtin_frame_address(0);
}

static long leave(void *arg)
{
	(void)arg;
	leave_fill();
	return 0;
}

static long leave_ocall(void *arg)
{
	(void)arg;
	leave_fill();
	return avow_ocall(OC_LAST, NULL, 0);
}

static long frame(void *arg)
{
	return arg ? -1 : (long)__builtin_frame_address(0);
}

/* ---- threads ---- */

static long meet(void *arg)
{
	static unsigned int here;
	unsigned int n = __atomic_add_fetch(&here, 1, __ATOMIC_SEQ_CST);

	(void)arg;
	while (__atomic_load_n(&here, __ATOMIC_SEQ_CST) < 2)
		__builtin_ia32_pause();
	return n;
}

/* Long enough between the reading and the writing that another thread without the lock is seen. */
static long locked(void *arg)
{
	static struct avow_lock counting;
	static volatile long counter;
	long i, pause, was = 0;

	for (i = 0; i < LOCKED && !arg; i++) {
		avow_lock(&counting);
		was = counter;
		for (pause = 0; pause < 20; pause++)
			__builtin_ia32_pause();
		counter = was + 1;
		avow_unlock(&counting);
	}
	return was + 1;
}

/* ---- exceptions ---- */

static struct raise_arg *raised;

static long smash(void *arg)
{
	char room[16];
	volatile char *at = room;
	int i;

	(void)arg;
	for (i = 0; i < 64; i++)
		at[i] = 'x';
	return room[15];
}

bool avow_on_exception(struct avow_exception *x)
{
	if (!raised)
		return false;
	raised->vector = x->vector;
	raised->error = x->error;
	raised->told = x->address;
	raised->times++;
	switch (raised->what) {
	case RAISE_OCALL:
		raised->value = avow_ocall(OC_TWICE, &raised->value, sizeof(raised->value));
		/* fall through */
	case RAISE_UD:
	case RAISE_AND_ABORT:
		x->registers->rip += 2;
		return true;
	case RAISE_PF:
		x->registers->rax = (uint64_t)raised->value;
		x->registers->rip += 3;
		return true;
	case RAISE_IN_HANDLER:
		__asm__ volatile("ud2");
		return true;
	case RAISE_ABORT:
		avow_abort();
	case RAISE_SMASH:
		return smash(NULL);
	default:
		return false;
	}
}

static long raises(void *arg)
{
	struct raise_arg *r = arg;
	unsigned long value = r->address;

	r->times = 0;
	raised = r;
	if (r->what == RAISE_PF)
		__asm__ volatile(".byte 0x48, 0x8b, 0x00" : "+a"(value) : : "memory");	/* mov (%rax), %rax */
	else if (r->what == RAISE_DE)
		__asm__ volatile("div %0" : : "r"(0UL), "a"(1UL), "d"(0UL));
	else
		__asm__ volatile("ud2" : : : "memory");
	raised = NULL;
	if (r->what == RAISE_AND_ABORT)
		avow_abort();
	return (long)value;
}

/* ---- stacks ---- */

static long overflow(void *arg)
{
	volatile char room[512];

	room[0] = arg ? 1 : 2;
	return room[0] ? overflow((void *)room) + room[0] : 0;
}

/* ---- the end ---- */

static struct avow_lock lock;

static long aborts(void *arg)
{
	(void)arg;
	avow_lock(&lock);
	avow_abort();
}

static long waits(void *arg)
{
	struct wait *w = arg;

	*w->here = 1;
	while (!*w->go)
		__builtin_ia32_pause();
	switch (w->then) {
	case WAIT_OCALL:
		avow_ocall(OC_AGAIN, NULL, 0);
		break;
	case WAIT_RAISE:
		__asm__ volatile("ud2" : : : "memory");
		break;
	case WAIT_LOCK:
		avow_lock(&lock);
		avow_unlock(&lock);
		break;
	case WAIT_RETURN:
		break;
	}
	w->done = 1;
	return 0;
}

/* ---- the heap ---- */

/* The largest block that there is. */
static size_t largest(void)
{
	size_t bytes = AVOW_HEAP;
	void *p;

	while (!(p = malloc(bytes)))
		bytes -= 16;
	free(p);
	return bytes;
}

static long fill(void *arg)
{
	struct fill *f = arg;
	void **list = NULL, **block;

	for (f->blocks = 0; (block = malloc(f->bytes)); f->blocks++) {
		if ((uintptr_t)block % 16 || !avow_inside(block, f->bytes))
			return -1;
		memset(block, 0x5a, f->bytes);
		*block = list;
		list = block;
	}
	while (list) {
		block = list;
		list = *block;
		free(block);
	}
	f->largest = largest();
	return 0;
}

struct owned {
	unsigned char *p;
	size_t bytes;
	unsigned char mark;
};

static long wrong(const struct owned *o)
{
	long bad = 0;
	size_t i;

	for (i = 0; o->p && i < o->bytes; i++)
		bad += o->p[i] != o->mark;
	return bad;
}

static long churn(void *arg)
{
	static struct owned owned[40];
	struct fill *f = arg;
	unsigned int random = (unsigned int)f->bytes, turn;
	long bad = 0;

	for (turn = 0; turn < 3000; turn++) {
		struct owned *o;
		unsigned char *p;
		size_t bytes, keep;

		random = random * 1103515245 + 12345;
		o = &owned[random >> 16 & 31];
		bytes = random >> 8 & 0xfff;
		bad += wrong(o);
		if (random >> 28 < 5) {
			free(o->p);
			*o = (struct owned){ .p = NULL };
			continue;
		}
		p = realloc(o->p, bytes);
		if (!p)
			continue;
		keep = o->bytes < bytes ? o->bytes : bytes;
		bad += wrong(&(struct owned){ p, keep, o->mark });
		*o = (struct owned){ p, bytes, (unsigned char)turn };
		memset(p, o->mark, bytes);
	}
	for (turn = 0; turn < 32; turn++) {
		bad += wrong(&owned[turn]);
		free(owned[turn].p);
		owned[turn] = (struct owned){ .p = NULL };
	}
	f->largest = largest();
	return bad;
}

static long free_twice(void *arg)
{
	void *p = malloc(32), *volatile same = p;

	free(p);
	free(same);
	return arg ? 1 : 0;
}

/* The product of calloc()'s arguments wraps around to 32; what it gives was used before. */
static long sizes(void *arg)
{
	const volatile size_t all = SIZE_MAX, many = SIZE_MAX / 16 + 3;
	unsigned char *p = malloc(64), *zeros;
	long wrong = arg || malloc(all) || malloc(all - 15) || calloc(many, 16) || realloc(p, all);
	size_t i;

	memset(p, 0x5a, 64);
	free(p);
	zeros = calloc(8, 8);
	wrong += zeros != p;
	for (i = 0; i < 64; i++)
		wrong += zeros[i] != 0;
	free(zeros);
	return wrong;
}

/* ---- bytes ---- */

/* Moves that overlap, both ways; then two texts that differ in one byte, whichever it is. */
static long bytes(void *arg)
{
	const volatile size_t all = 64, some = 40;
	unsigned char a[64], b[64];
	long wrong = arg ? 1 : 0;
	size_t i;

	for (i = 0; i < all; i++)
		a[i] = (unsigned char)i;
	memmove(a + 5, a, some);
	for (i = 0; i < some; i++)
		wrong += a[i + 5] != i;
	memmove(a, a + 5, some);
	for (i = 0; i < some; i++)
		wrong += a[i] != i;
	memcpy(b, a, all);
	for (i = 0; i < all; i++) {
		b[i] ^= 0x80;
		wrong += avow_equal(a, b, all) || !avow_equal(a, b, i);
		wrong += memcmp(a, b, all) >= 0 || memcmp(b, a, all) <= 0 || memcmp(a, b, i);
		wrong += memchr(b, b[i] | 0x100, all) != b + i || memchr(b, b[i], i);
		b[i] ^= 0x80;
	}
	return wrong + !avow_equal(a, b, all) + (strlen("four") != 4);
}

/* ---- pages ---- */

static long pages(void *arg)
{
	struct where *w = arg;
	size_t bytes;
	char *code = avow_code(&bytes);
	long let = bytes != AVOW_CODE;

	let += avow_accept(code + 1, 4096) != -EINVAL;
	let += avow_accept(code, 4095) != -EINVAL;
	let += avow_accept(code, 0) != -EINVAL;
	let += avow_accept((void *)w->p, 4096) != -EINVAL;
	let += avow_accept(code, 0UL - 4096) != -EINVAL;
	let += avow_extend(code, 4096, 8) != -EINVAL;
	let += avow_extend(code, 4096, AVOW_RIGHT_R | AVOW_RIGHT_X) != -EFAULT;	/* PENDING or not there */
	let += avow_accept(code, 4096) != 0;
	let += code[0] != 0 || code[4095] != 0;
	let += avow_accept(code, 4096) != -EEXIST;
	let += avow_accept(code - 4096, 4096) != -EFAULT;	/* not mapped */
	return let;
}

/* ---- keys ---- */

static long seals(void *arg)
{
	struct seal *s = arg;

	return s->bytes > SEAL_TEXT ? -EINVAL : avow_seal(s->policy, s->with, sizeof(s->with), s->text, s->bytes, s->sealed);
}

static long unseals(void *arg)
{
	struct seal *s = arg;

	if (s->bytes > SEAL_TEXT)
		return -EINVAL;
	return avow_unseal(s->with, sizeof(s->with), s->sealed, s->bytes + AVOW_SEAL_BYTES, s->text);
}

/* EGETKEY (1), by hand: of the runtime's keys the host is to see none. */
static long key(void *arg)
{
	struct key *k = arg;
	unsigned char request[512] __attribute__((aligned(512))), out[16] __attribute__((aligned(16)));
	long answer = 1;

	memcpy(request, k->request, sizeof(request));
	__asm__ volatile("enclu" : "+a"(answer) : "b"(request), "c"(out) : "memory", "cc");
	if (!answer)
		memcpy(k->key, out, sizeof(out));
	return answer;
}

static void tell(const struct avow_peer *peer, struct report *r)
{
	memcpy(r->mrenclave, peer->mrenclave, 32);
	memcpy(r->mrsigner, peer->mrsigner, 32);
	memcpy(r->data, peer->data, 64);
	r->attributes = peer->attributes;
}

static long self(void *arg)
{
	struct avow_peer peer;
	struct report *r = arg;
	int err = avow_self(&peer);

	if (!err)
		tell(&peer, r);
	return err ? err : avow_target(r->blob);
}

static long reports(void *arg)
{
	unsigned char target[AVOW_TARGETINFO_BYTES];
	struct report *r = arg;

	memcpy(target, r->blob, sizeof(target));
	return avow_report(target, r->data, r->blob);
}

static long verifies(void *arg)
{
	struct avow_peer peer;
	struct report *r = arg;
	int err = avow_verify(r->blob, &peer);

	if (!err)
		tell(&peer, r);
	return err;
}

static long randoms(void *arg)
{
	struct seal *s = arg;

	return avow_random(s->text, 64) ? 0 : -EIO;
}

AVOW_ECALLS(
	[EC_ADD] = AVOW_ECALL(add, struct pair),
	[EC_COUNT] = AVOW_ECALL_PLAIN(count),
	[EC_NAME] = AVOW_ECALL(name, struct pair),
	[EC_WHERE] = AVOW_ECALL(where, struct where),
	[EC_COPY] = AVOW_ECALL(copy, struct where),
	[EC_OCALL] = AVOW_ECALL(ask, struct ask),
	[EC_STATE] = AVOW_ECALL(state, struct state),
	[EC_LEAVE] = AVOW_ECALL_PLAIN(leave),
	[EC_LEAVE_OCALL] = AVOW_ECALL_PLAIN(leave_ocall),
	[EC_LOCKED] = AVOW_ECALL_PLAIN(locked),
	[EC_MEET] = AVOW_ECALL_PLAIN(meet),
	[EC_RAISE] = AVOW_ECALL(raises, struct raise_arg),
	[EC_OVERFLOW] = AVOW_ECALL_PLAIN(overflow),
	[EC_SMASH] = AVOW_ECALL_PLAIN(smash),
	[EC_ABORT] = AVOW_ECALL_PLAIN(aborts),
	[EC_WAIT] = AVOW_ECALL(waits, struct wait),
	[EC_FILL] = AVOW_ECALL(fill, struct fill),
	[EC_CHURN] = AVOW_ECALL(churn, struct fill),
	[EC_PAGES] = AVOW_ECALL(pages, struct where),
	[EC_SEAL] = AVOW_ECALL(seals, struct seal),
	[EC_UNSEAL] = AVOW_ECALL(unseals, struct seal),
	[EC_GETKEY] = AVOW_ECALL(key, struct key),
	[EC_SELF] = AVOW_ECALL(self, struct report),
	[EC_REPORT] = AVOW_ECALL(reports, struct report),
	[EC_VERIFY] = AVOW_ECALL(verifies, struct report),
	[EC_RANDOM] = AVOW_ECALL(randoms, struct seal),
	[EC_FREE_TWICE] = AVOW_ECALL_PLAIN(free_twice),
	[EC_SIZES] = AVOW_ECALL_PLAIN(sizes),
	[EC_BYTES] = AVOW_ECALL_PLAIN(bytes),
	[EC_FRAME] = AVOW_ECALL_PLAIN(frame),
);
