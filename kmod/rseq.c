// SPDX-License-Identifier: GPL-2.0-only
/*
 * R35.3: restartable sequences. A thread names, in memory of its own, a section of code and
 * where to go on instead; if it was preempted in the section, or gets a signal there, the
 * kernel sets RIP to that on the way back. On hardware no RIP that the kernel sees is inside.
 * Here it would lead to any place of the enclave, with the enclave's registers; so while a
 * thread is inside the kernel knows of no such memory.
 *
 * The field is the task's own: others only ask whether there is something to be done for it.
 */
#include <linux/rseq.h>
#include <linux/sched.h>

#include "hole.h"
#include "inside.h"

void rseq_hide(struct avow_thread *thread)
{
	thread->rseq = NULL;
	if (AVOW_HOLE(rseq_inside))
		return;
	thread->rseq = current->rseq;
	WRITE_ONCE(current->rseq, NULL);
}

/*
 * The kernel notes what happens to the task (rseq_event_mask) whether it has the memory or
 * not, so that a section around the place outside ends as if it had happened there, and the
 * processor's number is told anew.
 */
void rseq_show(const struct avow_thread *thread)
{
	if (!thread->rseq)
		return;
	WRITE_ONCE(current->rseq, thread->rseq);
	rseq_set_notify_resume(current);
}
