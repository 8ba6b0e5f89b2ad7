// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow sign: a SIGSTRUCT for the enclave in an ELF file, by a key that is here or elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cmd.h"
#include "new_file.h"
#include "number.h"
#include "sigstruct_file.h"

struct signing {
	struct build build;
	struct avow_signing says;
	const char *key;		/* here, or ... */
	const char *to_sign;		/* ... elsewhere: what is to be signed there, ... */
	const char *signature, *public;	/* ... and what came back */
	const char *output;		/* NULL: FILE.sig */
	bool json;
};

enum sign_option {
	SIGN_KEY = BUILD_OPTIONS_END,
	SIGN_TO_SIGN,
	SIGN_SIGNATURE,
	SIGN_PUBLIC_KEY,
	SIGN_PRODUCT,
	SIGN_SVN,
	SIGN_DATE,
	SIGN_ATTRIBUTES_ANY,
	SIGN_XFRM_ANY,
	SIGN_MISCSELECT_ANY,
};

static void usage(FILE *to)
{
	fputs("Usage: avow sign --key KEY [OPTION...] FILE\n"
	      "       avow sign --to-sign OUT [OPTION...] FILE\n"
	      "       avow sign --signature IN --public-key KEY [OPTION...] FILE\n\n"
	      "Signs the enclave in an ELF file: writes its SIGSTRUCT, as INIT takes it, to FILE.sig. In two\n"
	      "steps where the key is elsewhere: the first writes the bytes to be signed there, by RSA\n"
	      "PKCS #1 v1.5 over their SHA-256, as openssl dgst -sha256 -sign does; the second, with the\n"
	      "same options, takes the signature. Nothing is signed that no machine would load, by a key\n"
	      "that is not of 3072 bits with exponent 3, or by another key than that of the signature.\n\n"
	      "  --key KEY            a file in PEM or DER, or a URI, as pkcs11:token=avow;object=signer\n"
	      "  --to-sign OUT        write what is to be signed, 256 bytes\n"
	      "  --signature IN       the signature of them, 384 bytes\n"
	      "  --public-key KEY     the public key that it was made for\n"
	      "  -o, --output FILE    the SIGSTRUCT, in the place of FILE.sig\n"
	      "  --product N          ISVPRODID; else 0\n"
	      "  --svn N              ISVSVN; else 0\n"
	      "  --date YYYYMMDD      DATE; else none, so that signing again gives the same file\n"
	      "  --attributes-any N   bits of ATTRIBUTES that an enclave may have or not\n"
	      "  --xfrm-any N         the same of XFRM\n"
	      "  --miscselect-any N   the same of MISCSELECT\n"
	      BUILD_HELP
	      "  --json               as JSON, for programs\n"
	      "  --help               this text\n", to);
}

/* ---- options ---- */

static bool number_of(const char *option, const char *value, __u64 max, __u64 *number)
{
	if (number_read(value, max, number))
		return true;
	complain("sign: --%s is a number of at most 0x%llx, not '%s'; see avow sign --help", option, max, value);
	return false;
}

/* Years from 2000 to 2099; days that no month has are refused, too. */
static bool date_of(const char *value, __u32 *date)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	bool good;

	good = strlen(value) == 8 && strspn(value, "0123456789") == 8 && sscanf(value, "%4d%2d%2d", &year, &month, &day) == 3 &&
	       year >= 2000 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
	       (month != 2 || day < 29 || !(year % 4));
	if (good)
		*date = (__u32)strtoul(value, NULL, 16);
	else
		complain("sign: --date is a day, as 20261231, not '%s'; see avow sign --help", value);
	return good;
}

static bool number_option(struct signing *s, enum sign_option option, const char *value)
{
	__u64 number = 0;
	bool good = true;

	switch (option) {
	case SIGN_PRODUCT:
		good = number_of("product", value, 0xffff, &number);
		s->says.isv_prod_id = (__u16)number;
		break;
	case SIGN_SVN:
		good = number_of("svn", value, 0xffff, &number);
		s->says.isv_svn = (__u16)number;
		break;
	case SIGN_DATE:
		return date_of(value, &s->says.date);
	case SIGN_ATTRIBUTES_ANY:
		return number_of("attributes-any", value, ~0ULL, &s->says.attributes_any);
	case SIGN_XFRM_ANY:
		return number_of("xfrm-any", value, ~0ULL, &s->says.xfrm_any);
	default:
		good = number_of("miscselect-any", value, ~0U, &number);
		s->says.miscselect_any = (__u32)number;
		break;
	}
	return good;
}

static bool take_option(void *context, int option, const char *value)
{
	struct signing *s = context;

	if (option < BUILD_OPTIONS_END && option >= BUILD_SIZE)
		return build_option(&s->build, option, value);
	switch (option) {
	case 'o':
		s->output = value;
		return true;
	case 'j':
		s->json = true;
		return true;
	case SIGN_KEY:
		s->key = value;
		return true;
	case SIGN_TO_SIGN:
		s->to_sign = value;
		return true;
	case SIGN_SIGNATURE:
		s->signature = value;
		return true;
	case SIGN_PUBLIC_KEY:
		s->public = value;
		return true;
	default:
		return number_option(s, (enum sign_option)option, value);
	}
}

/* One of the three ways, with what belongs to it. */
static bool check_options(const struct signing *s)
{
	const char *wrong = NULL;

	if (!!s->key + !!s->to_sign + !!s->signature != 1)
		wrong = "one of --key, --to-sign and --signature is needed";
	else if (!s->signature != !s->public)
		wrong = "--signature and --public-key belong together";
	else if (s->to_sign && s->output)
		wrong = "there is no SIGSTRUCT yet for --output: --to-sign names its own file";
	if (wrong)
		complain("sign: %s; see avow sign --help", wrong);
	return !wrong;
}

/* ---- work ---- */

static int write_file(const char *name, const void *bytes, size_t size)
{
	int err = new_file_write(name, bytes, size);

	if (err)
		complain("sign: %s: %s", name, new_file_why(err));
	return err;
}

static int sign_here(struct signing *s)
{
	struct evp_pkey_st *key;
	int err = avow_key_read(&key, s->key);

	if (!err)
		err = avow_enclave_sign(s->build.e, key);
	avow_key_free(key);
	return err;
}

static int write_message(struct signing *s)
{
	__u8 message[AVOW_SIGNED_BYTES];
	int err = avow_enclave_begin_signature(s->build.e, message);

	return err ? err : write_file(s->to_sign, message, sizeof(message));
}

static int take_signature(struct signing *s)
{
	__u8 message[AVOW_SIGNED_BYTES], signature[AVOW_SIGNATURE_BYTES];
	struct evp_pkey_st *key;
	int err = bytes_read(s->signature, signature, sizeof(signature));

	if (err == -EMSGSIZE)
		complain("sign: %s: an RSA-3072 signature has %d bytes, and this file more or fewer", s->signature, AVOW_SIGNATURE_BYTES);
	else if (err)
		complain("sign: %s: %s", s->signature, strerror(-err));
	if (err)
		return err;
	err = avow_key_read_public(&key, s->public);
	if (!err)
		err = avow_enclave_begin_signature(s->build.e, message);
	if (!err)
		err = avow_enclave_finish_signature(s->build.e, key, signature);
	avow_key_free(key);
	return err;
}

/* What was written, by what it says itself. */
static void tell(const struct signing *s, const struct signature *signature, const char *output)
{
	struct json_object *object;

	if (s->json) {
		object = json_object_new_object();
		json_text(object, "file", s->build.file);
		json_text(object, "sigstruct", output);
		signature_json(object, signature);
		json_print(object);
		return;
	}
	signature_print(signature);
	printf("written to  %s\n", output);
}

static int write_sigstruct(const struct signing *s)
{
	char *name = s->output ? strdup(s->output) : sigstruct_name(s->build.file);
	struct signature signature = { .wrong = "" };
	int err = avow_enclave_get_sigstruct(s->build.e, signature.bytes);

	if (!err)
		err = avow_sigstruct_read(signature.bytes, &signature.fields);
	if (!err)
		err = write_file(name, signature.bytes, sizeof(signature.bytes));
	if (!err)
		tell(s, &signature, name);
	free(name);
	return err;
}

static void tell_message(const struct signing *s)
{
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	struct json_object *object;
	char hex[HEX32_SIZE];

	if (avow_enclave_mrenclave(s->build.e, mrenclave))
		return;
	hex_word(mrenclave, sizeof(mrenclave), hex);
	if (s->json) {
		object = json_object_new_object();
		json_text(object, "file", s->build.file);
		json_text(object, "to_sign", s->to_sign);
		json_text(object, "mrenclave", hex);
		json_print(object);
		return;
	}
	printf("mrenclave   %s\nto sign     %s\n", hex, s->to_sign);
}

static int check_tcs(const struct build *b)
{
	char *wrong = build_wrong_tcs(b);

	if (!wrong)
		return 0;
	complain("sign: %s: %s", b->file, wrong);
	free(wrong);
	return -ENOEXEC;
}

static int sign(struct signing *s)
{
	struct build *b = &s->build;
	int err;

	build_listen(b);
	err = build_read(b);
	if (!err)
		err = check_tcs(b);
	if (!err)
		err = build_offline(b);
	if (!err)
		err = avow_enclave_set_signing(b->e, &s->says);
	if (!err)
		err = s->key ? sign_here(s) : s->to_sign ? write_message(s) : take_signature(s);
	if (!err && s->to_sign)
		tell_message(s);
	else if (!err)
		err = write_sigstruct(s);
	build_free(b);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_sign(int argc, char **argv)
{
	static const struct option options[] = {
		BUILD_OPTIONS,
		{ "key", required_argument, NULL, SIGN_KEY },
		{ "to-sign", required_argument, NULL, SIGN_TO_SIGN },
		{ "signature", required_argument, NULL, SIGN_SIGNATURE },
		{ "public-key", required_argument, NULL, SIGN_PUBLIC_KEY },
		{ "output", required_argument, NULL, 'o' },
		{ "product", required_argument, NULL, SIGN_PRODUCT },
		{ "svn", required_argument, NULL, SIGN_SVN },
		{ "date", required_argument, NULL, SIGN_DATE },
		{ "attributes-any", required_argument, NULL, SIGN_ATTRIBUTES_ANY },
		{ "xfrm-any", required_argument, NULL, SIGN_XFRM_ANY },
		{ "miscselect-any", required_argument, NULL, SIGN_MISCSELECT_ANY },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct options reading = { ":ho:", options, usage, take_option };
	struct signing s = { 0 };
	int status;

	build_init(&s.build, argv[0]);
	status = read_options(argc, argv, &reading, &s);
	if (status >= 0)
		return status;
	if (!one_operand(argc, argv, "an ELF file", &s.build.file) || !check_options(&s))
		return EXIT_USAGE;
	return sign(&s);
}
