// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"

#define STACK_BYTES	65536

struct entry {
	struct scene *scene;
	u64 tcs;
	struct avow_call *call;
	int ret;
};

void call_on_stack(void (*fn)(void *arg), void *arg, void *top);

static __attribute__((noinline)) void entry_on_stack(void *arg)
{
	struct entry *e = arg;

	e->ret = avow_enclave_enter(&e->scene->e, e->tcs, e->call);
}

/*
 * The test enclave goes back to the stack pointer that it was entered with, so an
 * ERESUME must happen at the same one: each thread enters from a stack of its own.
 */
static struct exit go(struct scene *s, u64 tcs, struct op *op, u32 function)
{
	static _Thread_local char *stack;
	struct avow_call call = { .rdi = (u64)op, .function = function };
	struct entry e = { .scene = s, .tcs = tcs, .call = &call };
	struct exit x = { 0 };

	if (!stack) {
		stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		REQUIRE(stack != MAP_FAILED);
	}
	call_on_stack(entry_on_stack, &e, stack + STACK_BYTES);
	x.ret = e.ret;
	x.leaf = call.run.function;
	x.vector = call.run.exception_vector;
	x.error = call.run.exception_error_code;
	x.addr = call.run.exception_addr;
	x.value = op ? op->value : 0;
	return x;
}

struct exit enter(struct scene *s, u64 tcs, struct op *op)
{
	return go(s, tcs, op, ENCLU_EENTER);
}

struct exit resume(struct scene *s, u64 tcs)
{
	return go(s, tcs, NULL, ENCLU_ERESUME);
}

const struct avow_tcs *image_tcs(struct scene *s, unsigned int n)
{
	return (const struct avow_tcs *)s->image.segments[0].pages.src + n;
}

u64 ssa_frame(struct scene *s, u64 tcs, u32 frame)
{
	u64 bytes = s->e.secs.ssa_frame_size * PAGE;

	return scene_at(s, image_tcs(s, (unsigned int)(tcs / PAGE))->ossa) + frame * bytes;
}

u64 ssa_gprs(struct scene *s, u64 tcs, u32 frame)
{
	return ssa_frame(s, tcs, frame) + s->e.secs.ssa_frame_size * PAGE -
	       sizeof(struct avow_ssa_gprs);
}

void tcs_set_flags(struct scene *s, u64 tcs, u64 flags)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(pwrite(fd, &flags, sizeof(flags),
		       (off_t)scene_at(s, tcs + offsetof(struct avow_tcs, flags))) == sizeof(flags));
	close(fd);
}

/*
 * An exception leaves a frame behind, and a later one would find CSSA at its limit.
 * A nested entry points the frame at the enclave's way out, and it is resumed.
 */
void unwind(struct scene *s, u64 tcs)
{
	struct op op = { .id = OP_RECOVER };
	struct exit x;

	op.addr = ssa_gprs(s, tcs, 0) + offsetof(struct avow_ssa_gprs, rip);
	x = enter(s, tcs, &op);
	if (x.leaf != ENCLU_EEXIT)
		FAIL("no nested entry to unwind with: leaf %u, vector %d", x.leaf, x.vector);
	x = resume(s, tcs);
	if (x.leaf != ENCLU_EEXIT)
		FAIL("the frame was not unwound: leaf %u, vector %d", x.leaf, x.vector);
}

struct exit enter_once(struct scene *s, u64 tcs, struct op *op)
{
	struct exit x = enter(s, tcs, op);

	if (x.ret == -EFAULT && x.leaf == ENCLU_ERESUME)
		unwind(s, tcs);
	return x;
}

struct exit inside_nothing(struct scene *s)
{
	struct op op = { .id = OP_NOTHING };

	return enter_once(s, 0, &op);
}

struct exit inside_read(struct scene *s, u64 addr)
{
	struct op op = { .id = OP_READ, .addr = addr };

	return enter_once(s, 0, &op);
}

struct exit inside_write(struct scene *s, u64 addr, u8 value)
{
	struct op op = { .id = OP_WRITE, .addr = addr, .value = value };

	return enter_once(s, 0, &op);
}

struct exit inside_exec(struct scene *s, u64 addr)
{
	struct op op = { .id = OP_EXEC, .addr = addr };

	return enter_once(s, 0, &op);
}

struct exit inside_read64(struct scene *s, u64 tcs, u64 addr)
{
	struct op op = { .id = OP_READ64, .addr = addr };

	return enter(s, tcs, &op);
}

struct exit inside_write64(struct scene *s, u64 tcs, u64 addr, u64 value)
{
	struct op op = { .id = OP_WRITE64, .addr = addr, .value = value };

	return enter(s, tcs, &op);
}

struct leaf_result inside_leaf(struct scene *s, u64 leaf, u64 rbx, u64 secinfo_flags, u64 rcx, u64 rdx)
{
	struct op op = {
		.id = OP_LEAF,
		.rax = leaf,
		.rbx = rbx,
		.rcx = rcx,
		.rdx = rdx,
		.flags = secinfo_flags,
	};
	struct leaf_result r = { 0 };

	r.exit = enter_once(s, 0, &op);
	r.rax = op.rax;
	r.zf = op.flags & 0x40;
	return r;
}

void expect_exit(const char *file, int line, const char *what, struct exit got, u32 leaf, int vector,
		 u64 error, u64 addr)
{
	if (got.ret != (leaf == ENCLU_EEXIT ? 0 : -EFAULT) || got.leaf != leaf)
		test_fail(file, line, "%s: returned %d, leaf %u (vector %d, error %#llx, address %#llx), not leaf %u",
			  what, got.ret, got.leaf, got.vector, (unsigned long long)got.error,
			  (unsigned long long)got.addr, leaf);
	else if (leaf != ENCLU_EEXIT &&
		 (got.vector != vector || got.addr != addr ||
		  (error != ANY_ERROR && got.error != error)))
		test_fail(file, line, "%s: vector %d, error %#llx, address %#llx, not %d, %#llx, %#llx",
			  what, got.vector, (unsigned long long)got.error, (unsigned long long)got.addr,
			  vector, (unsigned long long)error, (unsigned long long)addr);
}

void expect_leaf(const char *file, int line, const char *what, struct leaf_result got, u64 rax)
{
	if (got.exit.leaf != ENCLU_EEXIT)
		test_fail(file, line, "%s: leaf %u, vector %d, error %#llx, address %#llx", what,
			  got.exit.leaf, got.exit.vector, (unsigned long long)got.exit.error,
			  (unsigned long long)got.exit.addr);
	else if (got.rax != rax || got.zf != !!rax)
		test_fail(file, line, "%s: RAX %llu, ZF %d, not RAX %llu", what,
			  (unsigned long long)got.rax, got.zf, (unsigned long long)rax);
}
