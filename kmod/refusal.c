// SPDX-License-Identifier: GPL-2.0-only
/*
 * R18: every refusal is recorded once, where it is decided. The enclave keeps the last
 * ones, for whoever holds its file; the tracepoint tells all of them, to whoever
 * listens on this machine. Neither can fail, nor knows whether anybody reads.
 */
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "encl.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* No memory, or a signal: nobody refused anything. */
static bool is_refusal(u32 rule)
{
	return rule != AVOW_RULE(22, 7) && rule != AVOW_RULE(22, 8);
}

/* err: positive, 0 for what is only told of. */
static void fill(struct avow_refusal *rec, u32 rule, u32 err, const struct refused *what)
{
	*rec = (struct avow_refusal){
		.time = ktime_get_boottime_ns(),
		.start = what->start,
		.end = what->end,
		.rule = rule,
		.err = err,
		.op = what->op,
		.pid = task_pid_nr(current),
		.tgid = task_tgid_nr(current),
		.requested = what->requested,
		.declared = what->declared,
		.signo = what->signo,
		.source_class = slot_class(what->slot),
		.source = slot_source(what->slot),
		.policy = what->policy,
	};
	get_task_comm(rec->comm, current);
}

/* R18.3, with what only the enclave knows. */
static void tell(struct avow_encl *encl, const struct avow_refusal *rec)
{
	struct source_name name;

	if (!trace_avow_refusal_enabled())
		return;
	name = source_name(encl, rec->source);
	trace_avow_refusal(rec, encl_facts(encl).base, name.dev, name.ino, name.path);
}

int refuse(struct avow_encl *encl, avow_verdict v, const struct refused *what)
{
	struct refusal_log *log = &encl->log;
	struct avow_refusal rec;

	if (!is_refusal(avow_rule(v)))
		return avow_errno(v);
	if (AVOW_HOLE(refusal_room) && READ_ONCE(log->seq) >= AVOW_REFUSALS_KEPT)
		return 0;
	fill(&rec, avow_rule(v), what->signo ? 0 : -avow_errno(v), what);
	spin_lock(&log->lock);
	rec.seq = ++log->seq;
	log->ring[rec.seq % AVOW_REFUSALS_KEPT] = rec;
	spin_unlock(&log->lock);
	tell(encl, &rec);
	return avow_errno(v);
}

void audit(struct avow_encl *encl, u32 rule, const struct refused *what)
{
	struct avow_refusal rec;

	fill(&rec, rule, 0, what);
	tell(encl, &rec);
}

struct refused asked_for(struct avow_encl *encl, u32 op, u64 offset, u64 length, u64 rights)
{
	u64 start = size_add(encl_facts(encl).base, offset);

	return (struct refused){
		.op = op,
		.start = start,
		.end = size_add(start, length),
		.requested = rights & AVOW_RWX,
	};
}

void told_run(struct avow_encl *encl, struct refused *what, unsigned long first, unsigned long last,
	      avow_slot slot)
{
	what->start = encl_addr(encl, first);
	what->end = encl_addr(encl, last + 1);
	what->declared = slot_intent(slot);
	what->slot = slot;
}

int refuse_plain(struct avow_encl *encl, avow_verdict v, u32 op)
{
	const struct refused what = { .op = op };

	return refuse(encl, v, &what);
}

/* Copies one record out of the ring, unless it is overwritten or yet to come. */
static bool take(struct refusal_log *log, u64 seq, struct avow_refusal *rec)
{
	bool there;

	spin_lock(&log->lock);
	*rec = log->ring[seq % AVOW_REFUSALS_KEPT];
	there = seq <= log->seq && rec->seq == seq;
	spin_unlock(&log->lock);
	return there;
}

/* The number to start from, and how many from the wanted one on are gone. */
static u64 first_kept(struct refusal_log *log, u64 wanted, u64 *lost)
{
	u64 oldest;

	spin_lock(&log->lock);
	oldest = log->seq > AVOW_REFUSALS_KEPT ? log->seq - AVOW_REFUSALS_KEPT + 1 : 1;
	spin_unlock(&log->lock);
	wanted = max(wanted, 1ULL);
	*lost = oldest > wanted ? oldest - wanted : 0;
	return max(wanted, oldest);
}

int ioc_refusals(struct avow_encl *encl, struct file *file, void *arg)
{
	struct avow_refusals *user = arg;
	struct avow_refusal __user *to = u64_to_user_ptr(user->refusals);
	avow_verdict v = avow_args_refusals(user);
	struct avow_refusal rec;
	u64 seq, lost;
	u32 n;

	if (v)
		return avow_errno(v);
	seq = first_kept(&encl->log, user->seq, &lost);
	for (n = 0; n < user->nr && take(&encl->log, seq, &rec); n++, seq++)
		if (copy_to_user(to + n, &rec, sizeof(rec)))
			return -EFAULT;
	user->nr = n;
	user->seq = seq;
	user->lost = lost;
	return 0;
}
