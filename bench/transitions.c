// SPDX-License-Identifier: LGPL-2.1-or-later
/* Into an enclave and out of it, beside what a trap, a system call and a signal cost. */

#include "bench.h"
#include "enclave/op.h"
#include "floor/floor.h"

static struct scene scene;
static struct avow_call call;
static volatile u32 divisor;

static void bare_ud(void *arg)
{
	u64 rax = FLOOR_MAGIC;

	(void)arg;
	__asm__ volatile("ud2" : "+a"(rax));
}

/* ENCLU itself; an exception would come back to it, and there is none. */
static void by_enclu(void *arg)
{
	u64 rax = ENCLU_EENTER, rbx = scene_at(&scene, 0), rdi = OP_EXIT;

	(void)arg;
	__asm__ volatile("lea 1f(%%rip), %%rcx\n"
			 "1: .byte 0x0f, 0x01, 0xd7"
			 : "+a"(rax), "+b"(rbx), "+D"(rdi) : : "rcx", "rdx", "rsi", "memory", "cc");
}

static void by_vdso(void *arg)
{
	(void)arg;
	avow_enclave_enter(&scene.e, 0, &call);
}

/* The enclave waits in a division by zero: it is done, and the next one faults. */
static void resume(void *arg)
{
	(void)arg;
	divisor = 1;
	avow_enclave_enter(&scene.e, 0, &call);
}

static void measure_entries(void)
{
	scene_image(&scene, 1);
	scene_init(&scene);
	call = (struct avow_call){ .rdi = OP_EXIT };
	REQUIRE_OK(avow_enclave_enter(&scene.e, 0, &call));
	measure("transitions.enclu", RUNS, &(struct task){ .run = by_enclu });
	measure("transitions.vdso", RUNS, &(struct task){ .run = by_vdso });
	REQUIRE_OK(avow_enclave_enter(&scene.e, 0, &call));
}

/* Last, since the enclave is left with a frame that is never unwound. */
static void measure_resume(void)
{
	call = (struct avow_call){ .rdi = OP_DIVIDE, .rsi = (u64)&divisor };
	REQUIRE(avow_enclave_enter(&scene.e, 0, &call) == -EFAULT);
	REQUIRE(call.run.function == ENCLU_ERESUME && call.run.exception_vector == 0);
	call.function = ENCLU_ERESUME;
	measure("transitions.resume", RUNS, &(struct task){ .run = resume });
	REQUIRE(call.run.function == ENCLU_ERESUME && call.run.exception_vector == 0);
	REQUIRE(!divisor);
}

static void run(void)
{
	need_module(bench_floor);
	measure("transitions.ud_bare", RUNS, &(struct task){ .run = bare_ud });
	need_no_module("floor");

	need_module(bench_avow);
	measure("transitions.getpid", RUNS, &(struct task){ .run = task_getpid });
	measure_entries();
	measure_resume();
	scene_close(&scene);
	need_no_module("avow");
}

const struct family transitions = { .name = "transitions", .run = run };
