/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_FUZZ_KEY_H
#define AVOW_FUZZ_KEY_H

#include <openssl/evp.h>

/* An RSA-3072 key with exponent 3 out of a hash, so that it is the same every time; it is nobody's. */
EVP_PKEY *fuzz_key(void);

#endif
