// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Another thread changes the source's bytes all the time, while they are copied and
 * measured. INIT with a signature for the good bytes must then mean that the enclave has
 * them. R4.2: what is measured is what the enclave has. The hole is measured_again.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "attack.h"

static u8 *src;
static _Atomic bool over;

static void *flips(void *arg)
{
	(void)arg;
	while (!over) {
		((volatile u8 *)src)[1] ^= 1;
		usleep(1500);
	}
	return NULL;
}

static void make(struct scene *s)
{
	static const struct avow_params params = { .size = 2 * PAGE };

	scene_open(s);
	REQUIRE_OK(avow_enclave_create(&s->e, &params));
}

static struct avow_sigstruct sign_good(void)
{
	struct avow_sigstruct sig;
	struct scene s;

	make(&s);
	scene_add(&s, 0, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	sig = s.e.sig;
	scene_close(&s);
	return sig;
}

enum outcome { GOOD, REFUSED_BYTES, OTHER_BYTES };

static enum outcome one_round(struct scene *s, const struct avow_sigstruct *sig)
{
	int err;

	make(s);
	attempt_begin(s);
	REQUIRE_OK(raw_add(s, src, 0, PAGE, avow_secinfo_reg(AVOW_R), SGX_PAGE_MEASURE, NULL));
	s->e.sig = *sig;
	err = avow_enclave_init(&s->e);
	REQUIRE(!err || err == -EPERM);
	if (err)
		return REFUSED_BYTES;
	scene_map(s, 0, 1, PROT_READ);
	return probe_read(s->e.base + 1).value == source_byte(0, 1) ? GOOD : OTHER_BYTES;
}

void attack(void)
{
	struct avow_sigstruct sig = sign_good();
	struct scene s, refused = { .e.fd = -1 };
	unsigned long rounds = 0;
	enum outcome outcome;
	pthread_t thread;

	src = source_anon(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	REQUIRE(!pthread_create(&thread, NULL, flips, NULL));
	for (; time_left(); rounds++) {
		outcome = one_round(&s, &sig);
		if (outcome == OTHER_BYTES)
			got_through("initialised with other bytes than those that were signed");
		if (outcome == REFUSED_BYTES && refused.e.fd < 0)
			refused = s;
		else
			scene_close(&s);
	}
	over = true;
	REQUIRE(!pthread_join(thread, NULL));
	if (refused.e.fd < 0)
		could_not_try("no enclave had the other bytes");
	stopped_throughout(&refused, rounds);
}
