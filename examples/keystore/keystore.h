/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What host and enclave say to each other. */
#ifndef KEYSTORE_H
#define KEYSTORE_H

enum { ECALL_NEW, ECALL_SIGN, ECALL_VERIFY, ECALL_MOST };

#define MESSAGE_MAX	1024

/* A message, where the host has it, and its AES-CMAC under one of the keys. */
struct signing {
	unsigned int key;
	unsigned int bytes;
	const void *message;
	unsigned char mac[16];
};

#endif
