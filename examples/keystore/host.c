// SPDX-License-Identifier: LGPL-2.1-or-later
/* host ENCLAVE KEY: two threads sign with keys of the enclave's until both were inside at once. */
#include <libavow.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keystore.h"

#define SECONDS	60	/* in which two threads meet, even in a slow machine */

static struct avow_enclave *e;
static time_t until;

static void say(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	fprintf(stderr, "keystore: %s\n", text);
}

static __s64 call(unsigned int number, void *arg)
{
	__s64 result;

	if (avow_enclave_call(e, number, arg, NULL, &result))
		exit(1);
	return result;
}

/* Messages of its own, each signed, and verified with both keys, of which one is wrong. Returns how many went wrong. */
static void *sign(void *number)
{
	char message[MESSAGE_MAX];
	const unsigned int mine = *(unsigned int *)number;
	struct signing s = { .key = mine, .bytes = sizeof(message), .message = message };
	long wrong = 0, i;

	avow_set_message_handler(say, NULL, NULL, NULL);	/* each thread has its own */
	for (i = 0; i < 100 || (call(ECALL_MOST, NULL) < 2 && time(NULL) < until); i++) {
		memset(message, (int)i, sizeof(message));
		wrong += call(ECALL_SIGN, &s) != 0;
		wrong += call(ECALL_VERIFY, &s) != 1;
		s.key = 3 - mine;			/* the other thread's */
		wrong += call(ECALL_VERIFY, &s) != 0;
		s.key = mine;
		message[i % MESSAGE_MAX] ^= 1;
		wrong += call(ECALL_VERIFY, &s) != 0;
	}
	return (void *)wrong;
}

int main(int argc, char **argv)
{
	struct avow_image *image;
	struct evp_pkey_st *key;
	unsigned int numbers[2];
	pthread_t threads[2];
	void *wrong;
	int i, status = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: %s ENCLAVE KEY\n", argv[0]);
		return 2;
	}
	avow_set_message_handler(say, NULL, NULL, NULL);
	if (avow_enclave_new(&e, NULL) || avow_image_new(&image, argv[1]) || avow_key_read(&key, argv[2]) ||
	    avow_enclave_load(e, image, NULL, key))
		return 1;
	until = time(NULL) + SECONDS;
	for (i = 0; i < 2; i++)
		numbers[i] = (unsigned int)call(ECALL_NEW, NULL);
	for (i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, sign, &numbers[i]))
			return 1;
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &wrong);
		printf("key %u: %s\n", numbers[i], wrong ? "signatures went wrong" : "all signatures are right");
		status |= wrong != NULL;
	}
	printf("threads inside at once: %lld\n", (long long)call(ECALL_MOST, NULL));
	avow_enclave_free(e);
	avow_image_free(image);
	avow_key_free(key);
	return status;
}
