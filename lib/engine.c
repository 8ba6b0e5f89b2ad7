// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * PKCS #11 by an engine: where distributions have no provider for it yet, as Debian 12. OpenSSL calls
 * engines deprecated, and a library that is built without them has none.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/ui.h>

#include "enclave.h"

#ifdef OPENSSL_NO_ENGINE

EVP_PKEY *avow_key_from_engine(const char *uri, bool is_private)
{
	(void)uri;
	(void)is_private;
	return NULL;
}

#else

EVP_PKEY *avow_key_from_engine(const char *uri, bool is_private)
{
	ENGINE *engine = ENGINE_by_id("pkcs11");
	EVP_PKEY *key = NULL;

	/* It would print why there is no such key. */
	if (engine)
		ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 1);
	if (engine && ENGINE_init(engine)) {
		if (is_private)
			key = ENGINE_load_private_key(engine, uri, (UI_METHOD *)UI_null(), NULL);
		else
			key = ENGINE_load_public_key(engine, uri, (UI_METHOD *)UI_null(), NULL);
		ENGINE_finish(engine);	/* the key holds it */
	}
	ENGINE_free(engine);
	return key;
}

#endif
