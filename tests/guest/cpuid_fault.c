// SPDX-License-Identifier: LGPL-2.1-or-later
/* R38.2: the CPUID instruction itself, where the CPU can make it fault and where it cannot. */
#include <asm/prctl.h>
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "probe.h"
#include "test.h"

#define LEAF_SGX	0x12

struct cpuid {
	u32 leaf, subleaf;
	u32 a, b, c, d;
};

static void ask(void *arg)
{
	struct cpuid *q = arg;

	__cpuid_count(q->leaf, q->subleaf, q->a, q->b, q->c, q->d);
}

static struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid q = { .leaf = leaf, .subleaf = subleaf };
	struct fault f = probe_run(ask, &q);

	EXPECT_EQ(f.signo, 0);
	return q;
}

static void expect_sgx(void)
{
	struct cpuid q = cpuid(LEAF_SGX, 0);

	EXPECT(cpuid(0, 0).a >= LEAF_SGX);
	EXPECT(cpuid(7, 0).b & 1U << 2);
	EXPECT_EQ(q.a & 3, 3);
	q = cpuid(LEAF_SGX, 2);
	EXPECT_EQ(q.a & 0xf, 1);
	EXPECT_EQ(q.c & 0xf, 1);
	EXPECT(q.c & 0xfffff000 || q.d & 0xfffff);
}

/* The instruction of a task that did not ask is the CPU's, module or not. */
static void not_asked(void)
{
	EXPECT_EQ(cpuid(7, 0).b & 1U << 2, 0);
	EXPECT_EQ(cpuid(7, 0).c & 1U << 30, 0);
}

static void asked(void)
{
	bool can = !syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);

	if (can) {
		expect_sgx();
		REQUIRE(!syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1));
	} else {
		EXPECT_EQ(errno, ENODEV);
		printf("# this CPU cannot make CPUID fault\n");
	}
	not_asked();
}

TESTS(
	{ "R38.2 CPUID without being asked for", not_asked, ONCE },
	{ "R38.2 CPUID that faults, where the CPU can do that", asked, ONCE },
)
