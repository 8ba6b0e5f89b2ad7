// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow info: the device as it presents itself to a new enclave. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include <libavow.h>
#include "json.h"
#include "words.h"

static int ask(struct avow_info *info)
{
	struct avow_enclave *e;
	int err = avow_enclave_new(&e, NULL);

	if (err) {
		complain("%s: %s%s", AVOW_DEVICE, strerror(-err),
			 err == -ENOENT ? "; is avow.ko loaded?" : "");
		return -1;
	}
	err = avow_get_info(avow_enclave_fd(e), info);
	avow_enclave_free(e);
	if (err)
		complain("%s: %s", AVOW_DEVICE, err == -ENOTTY ? "this is the kernel's own SGX driver, not Avow" :
								 strerror(-err));
	return err ? -1 : 0;
}

static void print_text(const struct avow_info *info)
{
	char features[128], size[SIZE_SIZE], used[SIZE_SIZE];

	printf("device    %s\n", AVOW_DEVICE);
	printf("version   %s (interface %u)\n", info->version, info->abi_version);
	printf("contract  %s, for enclaves that do not choose\n", avow_contract_word(info->contract));
	printf("features  %s\n", bits_words(feature_words, info->features, features, sizeof(features)));
	printf("memory    %s in use of %s\n", size_word(info->epc_used, used),
	       size_word(info->epc_size, size));
	if (info->features & AVOW_FEATURE_SOFTWARE)
		puts("          in software: no isolation, no encryption, no attestation");
}

static void print_json(const struct avow_info *info)
{
	struct json_object *object = json_object_new_object();

	json_text(object, "device", AVOW_DEVICE);
	json_text(object, "version", info->version);
	json_number(object, "interface", info->abi_version);
	json_text(object, "contract", avow_contract_word(info->contract));
	json_bits(object, "features", feature_words, info->features);
	json_address(object, "add_flags", info->add_flags);
	json_number(object, "epc_size", info->epc_size);
	json_number(object, "epc_used", info->epc_used);
	json_print(object);
}

int cmd_info(const struct arguments *args)
{
	struct avow_info info;

	if (ask(&info))
		return EXIT_FAILURE;
	if (args->json)
		print_json(&info);
	else
		print_text(&info);
	return EXIT_SUCCESS;
}
