// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs at the module's three hooks: each tells what the request is and has
 * core/policy.c answer it.
 *
 * The module calls the hooks with preemption disabled, so that a program is never active
 * twice on a CPU, and `scratch` belongs to the request. Nothing sleeps and nothing waits.
 * What a program cannot find out stays zero: no entry of a policy is zero, so a rule that
 * allows by a fact does not match where the fact is not known.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>

#include "facts.h"
#include "shared.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * One policy; replacing the slot replaces the policy. Sizes and not types: the loader
 * makes such maps without BTF, and to the kernel they must look the same.
 */
struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct avow_policy));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, AVOW_SLOTS);
	__type(key, u32);
	__array(values, struct policy_map);
} policies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct avow_bpf_process);
} proving SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct avow_facts);
} scratch SEC(".maps");

/* For those who read records; the programs do not. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8 * AVOW_RULES_MAX);
	__type(key, u32);
	__type(value, struct avow_bpf_line);
} lines SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct avow_bpf_load);
} loads SEC(".maps");

/* The last serial number that was given. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} serial SEC(".maps");

/* Of which the programs are: see loader/. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct avow_bpf_build);
} build SEC(".maps");

static struct avow_policy *policy_in(u32 slot)
{
	u32 zero = 0;
	void *map = bpf_map_lookup_elem(&policies, &slot);

	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

static bool is_proving(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct avow_bpf_process *process;
	u32 zero = 0;

	process = bpf_map_lookup_elem(&proving, &zero);
	return process && process->start && process->start == task->group_leader->start_boottime &&
	       process->tgid == task->tgid;
}

/* The request that proves that the candidate is asked: denied by its default's number. */
static int deny_by_candidate(void)
{
	struct avow_policy *candidate = policy_in(AVOW_SLOT_CANDIDATE);

	return candidate ? AVOW_ANSWER(candidate->serial, candidate->nr_rules, AVOW_ACTION_DENY) : 0;
}

static struct avow_facts *begin(u64 event)
{
	u32 zero = 0;
	struct avow_facts *facts = bpf_map_lookup_elem(&scratch, &zero);

	if (!facts)
		return NULL;
	__builtin_memset(facts, 0, sizeof(*facts));
	facts->bits = event;
	facts_who(facts);
	return facts;
}

/* No policy: 0, nobody answers. */
static int answer(const struct avow_facts *facts)
{
	struct avow_policy *policy = policy_in(AVOW_SLOT_LIVE);

	return policy ? avow_policy_evaluate(policy, facts) : 0;
}

/*
 * ret is what the program before said. The kernel asks no further one after an answer
 * other than 0, so here it is 0.
 */
SEC("fmod_ret/security_enclave_load")
int BPF_PROG(avow_load, struct file *file, struct vm_area_struct *source, u32 intent,
	     u32 source_class, bool measured, int ret)
{
	struct avow_facts *facts;

	if (is_proving())
		return deny_by_candidate();
	facts = begin(FACT_LOAD);
	if (!facts)
		return -EPERM;
	facts_load(facts, source, intent, source_class, measured);
	return answer(facts);
}

SEC("fmod_ret/security_enclave_map")
int BPF_PROG(avow_map, struct file *file, unsigned long start, unsigned long end, u32 prot,
	     u32 history, int ret)
{
	struct avow_facts *facts;

	if (is_proving())
		return deny_by_candidate();
	facts = begin(FACT_MAP);
	if (!facts)
		return -EPERM;
	facts_map(facts, prot, history);
	return answer(facts);
}

SEC("fmod_ret/security_enclave_init")
int BPF_PROG(avow_init, struct file *file, const struct enclave_identity *id, int ret)
{
	struct avow_facts *facts;

	if (is_proving())
		return deny_by_candidate();
	facts = begin(FACT_INIT);
	if (!facts)
		return -EPERM;
	facts_identity(facts, id);
	return answer(facts);
}
