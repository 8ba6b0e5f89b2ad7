/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A refusal is three things: the caller gets its errno or signal, nothing has
 * changed, and there is exactly one record that tells it (or none, for what is
 * not recorded). REFUSED() and REFUSED_ACCESS() demand all three.
 *
 * That the measurement has not changed is proved by the INIT of the case, whose
 * MRENCLAVE is computed without the refused call.
 */
#ifndef WATCH_H
#define WATCH_H

#include "probe.h"
#include "scene.h"

/* The record that is wanted; every field counts, but for those named loose. rule 0: no record. */
struct want {
	u32 rule;		/* rule * 100 + clause */
	u32 op;
	u64 start, end;		/* offsets in the enclave */
	u32 requested, declared;
	u8 source_class;
	u32 policy;
	bool asked;		/* op, range and rights are those of the call that was refused */
	unsigned int loose;
};

#define LOOSE_RANGE	1u	/* the kernel chose the address */
#define LOOSE_CLASS	2u	/* of a page that was decided on; of REFUSED_PLAINLY() only */
#define LOOSE_ERRNO	4u	/* the caller is told another errno than the one decided */

struct snapshot {
	struct avow_info info;
	struct avow_run *runs;
	size_t nr;
	char *maps;		/* lines of /proc/self/maps in the enclave's range */
};

void snapshot_take(struct snapshot *snap, struct scene *s);
void snapshot_free(struct snapshot *snap);
/* Fails the case where they differ. Frees both. */
void snapshot_expect_same(const char *file, int line, struct snapshot *a, struct snapshot *b);

struct watch {
	struct scene *scene;
	struct snapshot before;
	u64 seq;		/* of the next refusal */
};

void watch_begin(struct watch *w, struct scene *s);
void watch_end(struct watch *w, const char *file, int line, const char *what, int err, int signo,
	       const struct want *want);
void watch_errno(struct watch *w, const char *file, int line, const char *what, long result,
		 int want_errno, const struct want *want);
void watch_signal(struct watch *w, const char *file, int line, const char *what,
		  const struct fault *fault, int want_signo, const struct want *want);

#define REFUSED(scene, call, want_errno, ...) do {				\
	struct watch watch_;							\
										\
	watch_begin(&watch_, scene);						\
	errno = 0;								\
	watch_errno(&watch_, __FILE__, __LINE__, #call, (long)(call), want_errno, \
		    &(const struct want){ __VA_ARGS__ });			\
} while (0)

/*
 * The same of an ioctl, or of raw_map() and raw_protect() of one page, where the record follows from rule and request: R18.1 says which
 * part of the request is told, and the slots as they were, or the source, what stood against
 * it. Whether it is recorded R18.1 tells, too.
 */
#define REFUSED_PLAINLY(scene, call, want_errno, rule_)				\
	REFUSED(scene, call, want_errno, .rule = recorded_rule(rule_), .asked = true, \
		.loose = LOOSE_CLASS)

/* The same without a record: decided by the kernel, or by a call that only reads. */
#define REFUSED_UNRECORDED(scene, call, want_errno)				\
	REFUSED(scene, call, want_errno, .rule = 0)

/* The rule, or 0 where R18.1 says that it is not recorded. */
u32 recorded_rule(u32 rule);

#define REFUSED_ACCESS(scene, probe, want_signo, ...) do {			\
	struct watch watch_;							\
	struct fault fault_;							\
										\
	watch_begin(&watch_, scene);						\
	fault_ = (probe);							\
	watch_signal(&watch_, __FILE__, __LINE__, #probe, &fault_, want_signo,	\
		     &(const struct want){ __VA_ARGS__ });			\
} while (0)

/* The number of the next refusal, and the last one. */
u64 refusal_next(int fd);
bool refusal_last(int fd, struct avow_refusal *r);

#endif
