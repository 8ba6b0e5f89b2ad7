// SPDX-License-Identifier: LGPL-2.1-or-later
/* A small key store: makes keys, signs and verifies with them, and never tells them. Two threads at once. */
#define AVOW_THREADS	2
#include <avow_enclave.h>
#include <errno.h>

#include "keystore.h"

struct key {
	uint8_t bytes[16];
	struct key *next;
	unsigned int number;
};

static struct avow_lock lock;		/* of what follows */
static struct key *keys;
static unsigned int nr_keys;
static unsigned int inside, most;	/* threads that sign */

/* Its number, from 1 on. */
static long new_key(void *arg)
{
	struct key *key = malloc(sizeof(*key));

	(void)arg;
	if (!key || !avow_random(key->bytes, sizeof(key->bytes))) {
		free(key);
		return -ENOMEM;
	}
	avow_lock(&lock);
	key->next = keys;
	keys = key;
	key->number = ++nr_keys;
	avow_unlock(&lock);
	return key->number;
}

/* Keys stay where they are, so that they can be used without the lock. */
static const struct key *find(unsigned int number)
{
	const struct key *key;

	avow_lock(&lock);
	for (key = keys; key && key->number != number; key = key->next)
		;
	avow_unlock(&lock);
	return key;
}

static void count(int by)
{
	avow_lock(&lock);
	inside += (unsigned int)by;
	most = inside > most ? inside : most;
	avow_unlock(&lock);
}

static long mac_of(const struct signing *s, uint8_t mac[16])
{
	const struct key *key = find(s->key);
	uint8_t message[MESSAGE_MAX];

	if (!key || s->bytes > sizeof(message))
		return -EINVAL;
	/* The pointer is the host's: it may point anywhere, and what is there may change. */
	if (!avow_copy_in(message, s->message, s->bytes))
		return -EFAULT;
	count(1);
	avow_cmac(key->bytes, message, s->bytes, mac);
	count(-1);
	return 0;
}

static long sign(void *arg)
{
	struct signing *s = arg;

	return mac_of(s, s->mac);
}

static long verify(void *arg)
{
	const struct signing *s = arg;
	uint8_t mac[16];
	long err = mac_of(s, mac);

	return err ? err : avow_equal(mac, s->mac, sizeof(mac));
}

static long tell_most(void *arg)
{
	(void)arg;
	return most;
}

AVOW_ECALLS(
	[ECALL_NEW] = AVOW_ECALL_PLAIN(new_key),
	[ECALL_SIGN] = AVOW_ECALL(sign, struct signing),
	[ECALL_VERIFY] = AVOW_ECALL(verify, struct signing),
	[ECALL_MOST] = AVOW_ECALL_PLAIN(tell_most),
);
