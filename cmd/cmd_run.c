// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow run: loads the enclave in an ELF file, enters it, and tells what came back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "cmd.h"
#include "exception.h"
#include "number.h"
#include "sentence.h"
#include "sgx_arch.h"
#include "sigstruct_file.h"

#define CALLS_MAX	64
#define BUFFER_MAX	(1ULL << 20)
#define WIDTH		100	/* of an explanation */

/* What RDI, RSI and RDX are to be. */
struct asked {
	__u64 value[3];
	bool is_buffer[3];	/* in its place: the buffer's address */
};

/* What came of it. */
struct answered {
	struct avow_call call;
	int err;		/* of avow_enclave_enter() */
};

struct run {
	struct build build;
	const char *key, *sigstruct, *device, *buffer_name;
	int contract;		/* enum avow_contract_id; -1: the device's own */
	__u64 tcs;
	bool json;
	struct asked calls[CALLS_MAX];
	struct answered answers[CALLS_MAX];
	size_t nr_calls, nr_answers;
	unsigned char *buffer, *before;	/* what was put in, and a copy */
	size_t buffer_size;
	char *explanation;	/* of what was refused, or NULL */
};

enum run_option {
	RUN_KEY = BUILD_OPTIONS_END,
	RUN_SIGSTRUCT,
	RUN_CALL,
	RUN_TCS,
	RUN_BUFFER,
	RUN_CONTRACT,
	RUN_DEVICE,
};

static void usage(FILE *to)
{
	fputs("Usage: avow run [OPTION...] FILE\n\n"
	      "Loads the enclave in an ELF file, enters it through the vDSO, and tells how it left: by EEXIT,\n"
	      "with the registers as it left them, or by an exception. It is signed by FILE.sig, if there\n"
	      "is one, or else by a key that is made for this once. What was refused is explained.\n\n"
	      "  --key KEY            sign it by this key: a file in PEM or DER, or a URI\n"
	      "  --sigstruct FILE     take this SIGSTRUCT, in the place of FILE.sig\n"
	      "  --call RDI,RSI,RDX   enter with these in the registers; zero for those that are left out,\n"
	      "                       and the word buffer for its address; again for another call\n"
	      "  --buffer FILE        memory outside with these bytes; what was changed is shown\n"
	      "  --tcs N              enter at page N of the first segment; else 0\n"
	      "  --contract CONTRACT  compat or strict; else the device's own\n"
	      "  --device PATH        in the place of " AVOW_DEVICE "\n"
	      BUILD_HELP
	      "  --json               as JSON, for programs\n"
	      "  --help               this text\n\n"
	      "Exit status: 0 if each call ended by EEXIT, 1 otherwise, 2 for wrong usage.\n", to);
}

/* ---- options ---- */

/* "1,0x20,buffer" */
static bool read_call(struct run *r, const char *text)
{
	struct asked *call = &r->calls[r->nr_calls];
	char *copy = strdup(text), *rest = copy, *word;
	unsigned int i;
	bool good = copy;

	if (r->nr_calls == CALLS_MAX) {
		complain("run: more than %d calls", CALLS_MAX);
		free(copy);
		return false;
	}
	for (i = 0; good && (word = strsep(&rest, ",")); i++) {
		good = i < 3;
		if (good && !strcmp(word, "buffer"))
			call->is_buffer[i] = true;
		else if (good)
			good = number_read(word, ~0ULL, &call->value[i]);
	}
	free(copy);
	if (good)
		r->nr_calls++;
	else
		complain("run: --call is up to three numbers with commas between, not '%s'; see avow run --help", text);
	return good;
}

static bool read_contract(struct run *r, const char *text)
{
	int i;

	for (i = AVOW_COMPAT; i <= AVOW_STRICT; i++)
		if (!strcmp(text, avow_contract_word((__u32)i)))
			r->contract = i;
	if (r->contract < 0)
		complain("run: --contract is compat or strict, not '%s'; see avow run --help", text);
	return r->contract >= 0;
}

static bool take_option(void *context, int option, const char *value)
{
	struct run *r = context;

	switch (option) {
	case 'j':
		r->json = true;
		return true;
	case RUN_KEY:
		r->key = value;
		return true;
	case RUN_SIGSTRUCT:
		r->sigstruct = value;
		return true;
	case RUN_BUFFER:
		r->buffer_name = value;
		return true;
	case RUN_DEVICE:
		r->device = value;
		return true;
	case RUN_CALL:
		return read_call(r, value);
	case RUN_CONTRACT:
		return read_contract(r, value);
	case RUN_TCS:
		if (number_read(value, ~0U, &r->tcs))
			return true;
		complain("run: --tcs is a number, not '%s'; see avow run --help", value);
		return false;
	default:
		return build_option(&r->build, option, value);
	}
}

static bool check_options(const struct run *r)
{
	const char *wrong = NULL;
	size_t i;

	if (r->key && r->sigstruct)
		wrong = "either --key or --sigstruct";
	for (i = 0; !wrong && !r->buffer_name && i < r->nr_calls; i++)
		if (r->calls[i].is_buffer[0] || r->calls[i].is_buffer[1] || r->calls[i].is_buffer[2])
			wrong = "which buffer? --buffer is missing";
	if (wrong)
		complain("run: %s; see avow run --help", wrong);
	return !wrong;
}

/* ---- signing ---- */

static int sign_by(struct avow_enclave *e, const char *name)
{
	struct evp_pkey_st *key = NULL;
	int err = avow_key_read(&key, name);

	if (!err)
		err = avow_enclave_sign(e, key);
	avow_key_free(key);
	return err;
}

/* The SIGSTRUCT says what the enclave must be like, where it says so. */
static void take_demands(struct avow_params *p, const struct avow_sigstruct_fields *f)
{
	p->attributes = (f->attributes & f->attributes_mask) | (p->attributes & ~f->attributes_mask);
	p->xfrm = (f->xfrm & f->xfrm_mask) | (p->xfrm & ~f->xfrm_mask);
	p->miscselect = (f->miscselect & f->miscselect_mask) | (p->miscselect & ~f->miscselect_mask);
}

/* *name: of the SIGSTRUCT's file, to be freed; NULL: it is to be signed here. */
static int read_sigstruct(struct run *r, struct signature *signature, char **name)
{
	int err = 0;

	*name = NULL;
	if (r->key)
		return 0;
	*name = r->sigstruct ? strdup(r->sigstruct) : sigstruct_name(r->build.file);
	if (!r->sigstruct && access(*name, F_OK)) {
		free(*name);
		*name = NULL;
		return 0;
	}
	err = bytes_read(*name, signature->bytes, sizeof(signature->bytes));
	if (err) {
		complain("run: %s: %s", *name, err == -EMSGSIZE ? "no SIGSTRUCT, which has 1808 bytes" : strerror(-err));
		return err;
	}
	signature_judge(signature);
	if (*signature->wrong) {
		complain("run: %s: %s", *name, signature->wrong);
		return -EBADMSG;
	}
	take_demands(&r->build.params, &signature->fields);
	return 0;
}

/* Said here, since INIT says no more than EPERM to it. */
static int check_fits(const struct run *r, const struct signature *signature, const char *name)
{
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	char got[HEX32_SIZE], want[HEX32_SIZE];
	int err = avow_enclave_mrenclave(r->build.e, mrenclave);

	if (err || !memcmp(mrenclave, signature->fields.mrenclave, sizeof(mrenclave)))
		return err;
	complain("run: %s: %s is of another enclave: MRENCLAVE is %s here, and %s there", r->build.file, name,
		 hex_word(mrenclave, sizeof(mrenclave), got), hex_word(signature->fields.mrenclave, sizeof(mrenclave), want));
	return -EPERM;
}

/* ---- loading ---- */

static int read_buffer(struct run *r)
{
	struct stat st;
	int err;

	if (!r->buffer_name)
		return 0;
	err = stat(r->buffer_name, &st) ? -errno : 0;
	if (!err && (!st.st_size || (unsigned long long)st.st_size > BUFFER_MAX)) {
		complain("run: %s: a buffer has 1 to %llu bytes", r->buffer_name, BUFFER_MAX);
		return -EFBIG;
	}
	if (!err) {
		r->buffer_size = (size_t)st.st_size;
		/* Aligned, since enclaves may ask for it. */
		r->buffer = aligned_alloc(4096, (r->buffer_size + 4095) & ~4095UL);
		r->before = malloc(r->buffer_size);
		err = r->buffer && r->before ? bytes_read(r->buffer_name, r->buffer, r->buffer_size) : -ENOMEM;
	}
	if (err)
		complain("run: %s: %s", r->buffer_name, strerror(-err));
	else
		memcpy(r->before, r->buffer, r->buffer_size);
	return err;
}

static int check_tcs(const struct run *r)
{
	const struct avow_segment *first = avow_image_segment(r->build.image, 0);

	if (r->tcs < first->pages.length / SGX_PAGE_SIZE)
		return 0;
	complain("run: %s: the first segment, that of the TCSs, has %llu pages, and none of number %llu", r->build.file,
		 first->pages.length / SGX_PAGE_SIZE, r->tcs);
	return -EINVAL;
}

static int open_device(struct run *r)
{
	int err = avow_can_enter();

	if (err) {
		complain("run: the kernel's vDSO does not know enclaves: CONFIG_X86_SGX is not set");
		return err;
	}
	err = avow_enclave_new(&r->build.e, r->device);
	if (!err && r->contract >= 0)
		err = avow_set_contract(avow_enclave_fd(r->build.e), (enum avow_contract_id)r->contract);
	return err;
}

static int init(struct run *r, const struct signature *signature, const char *name)
{
	struct avow_enclave *e = r->build.e;
	int err;

	if (!name)
		err = r->key ? sign_by(e, r->key) : build_sign_once(e);
	else
		err = check_fits(r, signature, name);
	if (!err && name)
		err = avow_enclave_set_sigstruct(e, signature->bytes);
	if (!err)
		err = avow_enclave_init(e);
	return err ? err : avow_enclave_map_image(e, r->build.image);
}

static int load(struct run *r)
{
	struct signature signature;
	char *name = NULL;
	int err = read_buffer(r);

	if (!err)
		err = read_sigstruct(r, &signature, &name);
	if (!err)
		err = build_read(&r->build);
	if (!err)
		err = check_tcs(r);
	if (!err)
		err = open_device(r);
	if (!err)
		err = build_create(&r->build, "loading");
	if (!err)
		err = init(r, &signature, name);
	free(name);
	return err;
}

/* ---- calling ---- */

static __u64 argument(const struct run *r, const struct asked *asked, int i)
{
	return asked->is_buffer[i] ? (__u64)r->buffer : asked->value[i];
}

/* Until one does not end by EEXIT: its TCS is then in the middle of something. */
static int call_all(struct run *r)
{
	const struct avow_segment *first = avow_image_segment(r->build.image, 0);
	int err = 0;

	while (!err && r->nr_answers < r->nr_calls) {
		const struct asked *asked = &r->calls[r->nr_answers];
		struct answered *answer = &r->answers[r->nr_answers++];

		answer->call = (struct avow_call){
			.rdi = argument(r, asked, 0), .rsi = argument(r, asked, 1), .rdx = argument(r, asked, 2),
		};
		err = avow_enclave_enter(r->build.e, first->pages.offset + r->tcs * SGX_PAGE_SIZE, &answer->call);
		answer->err = err;
	}
	return err;
}

/* NULL where nothing was, or it is not Avow's device. */
static char *explain(const struct run *r)
{
	char *text = NULL;

	avow_set_message_handler(NULL, NULL, NULL, NULL);
	if (r->build.e && avow_enclave_fd(r->build.e) >= 0 && avow_explain_last(avow_enclave_fd(r->build.e), &text))
		text = NULL;
	return text;
}

/* ---- telling ---- */

static char *ending(const struct run *r, const struct answered *answer, char *text, size_t size)
{
	if (answer->err == -EFAULT)
		return exception_words(&answer->call.run, avow_enclave_base(r->build.e), avow_enclave_size(r->build.e), text, size);
	snprintf(text, size, "%s", answer->err ? strerror(-answer->err) : "EEXIT");
	return text;
}

static size_t next_change(const struct run *r, size_t at)
{
	while (at < r->buffer_size && r->buffer[at] == r->before[at])
		at++;
	return at;
}

/* Lines of 16 bytes in which there is a change. */
static void print_buffer(const struct run *r)
{
	size_t at = next_change(r, 0), end;
	char hex[2 * 16 + 1];

	if (r->buffer && at == r->buffer_size)
		puts("buffer      as it was");
	while (at < r->buffer_size) {
		at &= ~(size_t)15;
		end = at + 16 < r->buffer_size ? at + 16 : r->buffer_size;
		printf("buffer+%04zx %s\n", at, hex_word(r->buffer + at, end - at, hex));
		at = next_change(r, end);
	}
}

static void print_explanation(FILE *to, const char *text)
{
	const char *at;

	for (at = text; at && *at; at += strcspn(at, "\n") + 1)
		wrap(to, 4, WIDTH, at, strcspn(at, "\n"));
}

static void print_text(const struct run *r)
{
	char text[320], size[SIZE_SIZE];
	size_t i;

	printf("loaded      at 0x%llx, %s\n", avow_enclave_base(r->build.e), size_word(avow_enclave_size(r->build.e), size));
	for (i = 0; i < r->nr_answers; i++) {
		const struct answered *answer = &r->answers[i];
		const struct avow_call *c = &answer->call;

		printf("call %-6zu %s\n", i + 1, ending(r, answer, text, sizeof(text)));
		if (!answer->err)
			printf("            rdi 0x%llx, rsi 0x%llx, rdx 0x%llx, r8 0x%llx, r9 0x%llx\n", c->rdi, c->rsi, c->rdx, c->r8, c->r9);
	}
	if (r->nr_answers < r->nr_calls)
		printf("            %zu more not made\n", r->nr_calls - r->nr_answers);
	print_buffer(r);
	if (r->explanation)
		puts("refused last");
	print_explanation(stdout, r->explanation);
}

static void add_answer(struct json_object *array, const struct run *r, const struct answered *answer)
{
	struct json_object *one = json_object_new_object();
	const struct avow_call *c = &answer->call;
	const bool exception = answer->err == -EFAULT;
	char text[320], word[AVOW_WORD_SIZE];

	json_text(one, "ended", ending(r, answer, text, sizeof(text)));
	json_object_object_add(one, "eexit", json_object_new_boolean(!answer->err));
	json_address(one, "rdi", c->rdi);
	json_address(one, "rsi", c->rsi);
	json_address(one, "rdx", c->rdx);
	json_address(one, "r8", c->r8);
	json_address(one, "r9", c->r9);
	json_text(one, "exception", exception ? exception_name(c->run.exception_vector, word) : NULL);
	if (exception) {
		json_object_object_add(one, "inside", json_object_new_boolean(c->run.function == ENCLU_ERESUME));
		json_address(one, "error_code", c->run.exception_error_code);
		json_address(one, "address", c->run.exception_addr);
	}
	json_object_array_add(array, one);
}

static void print_json(const struct run *r)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	char *hex;
	size_t i;

	json_text(object, "file", r->build.file);
	json_address(object, "base", avow_enclave_base(r->build.e));
	json_number(object, "size", avow_enclave_size(r->build.e));
	for (i = 0; i < r->nr_answers; i++)
		add_answer(array, r, &r->answers[i]);
	json_object_object_add(object, "calls", array);
	hex = r->buffer ? malloc(2 * r->buffer_size + 1) : NULL;
	json_text(object, "buffer", hex ? hex_word(r->buffer, r->buffer_size, hex) : NULL);
	free(hex);
	json_text(object, "refused", r->explanation);
	json_print(object);
}

static int run(struct run *r)
{
	int err;

	build_listen(&r->build);
	err = load(r);
	if (err) {
		r->explanation = explain(r);
		print_explanation(stderr, r->explanation);
	} else {
		err = call_all(r);
		r->explanation = explain(r);
		if (r->json)
			print_json(r);
		else
			print_text(r);
	}
	free(r->explanation);
	free(r->buffer);
	free(r->before);
	build_free(&r->build);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		BUILD_OPTIONS,
		{ "key", required_argument, NULL, RUN_KEY },
		{ "sigstruct", required_argument, NULL, RUN_SIGSTRUCT },
		{ "call", required_argument, NULL, RUN_CALL },
		{ "buffer", required_argument, NULL, RUN_BUFFER },
		{ "tcs", required_argument, NULL, RUN_TCS },
		{ "contract", required_argument, NULL, RUN_CONTRACT },
		{ "device", required_argument, NULL, RUN_DEVICE },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct options reading = { ":h", options, usage, take_option };
	static struct run r;
	int status;

	build_init(&r.build, argv[0]);
	r.contract = -1;
	status = read_options(argc, argv, &reading, &r);
	if (status >= 0)
		return status;
	if (!one_operand(argc, argv, "an ELF file", &r.build.file) || !check_options(&r))
		return EXIT_USAGE;
	if (!r.nr_calls)
		r.nr_calls = 1;
	return run(&r);
}
