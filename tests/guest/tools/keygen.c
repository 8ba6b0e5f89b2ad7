// SPDX-License-Identifier: LGPL-2.1-or-later
/* keygen FILE: a fresh key for the tests, at build time, since it takes long in a VM. */
#include <stdio.h>
#include <string.h>
#include <libavow.h>
#include <openssl/pem.h>

int main(int argc, char **argv)
{
	EVP_PKEY *key;
	FILE *file;
	int err, ok;

	if (argc != 2) {
		fprintf(stderr, "usage: keygen FILE\n");
		return 2;
	}
	err = avow_key_generate(&key);
	if (err) {
		fprintf(stderr, "keygen: %s\n", strerror(-err));
		return 1;
	}
	file = fopen(argv[1], "we");
	if (!file) {
		perror(argv[1]);
		return 1;
	}
	ok = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
	ok &= !fclose(file);
	avow_key_free(key);
	if (!ok) {
		fprintf(stderr, "keygen: %s: not written\n", argv[1]);
		return 1;
	}
	return 0;
}
