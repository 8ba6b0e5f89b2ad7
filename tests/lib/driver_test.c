// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R1, R3, R18.4, R24: what libavow asks a driver for, and makes of its answers. The driver is this
 * file, by the linker's --wrap=ioctl: the kernel's own, which cannot be had without the hardware,
 * or Avow's where an answer cannot be provoked.
 */
#include "told.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define PAGE	4096
#define BASE	0x7f0000000000ULL

static struct {
	bool avow;
	int info_err;			/* of AVOW_IOC_INFO; 0: it answers */
	int create_err;			/* of CREATE without an argument */
	unsigned int calls, interrupts;	/* how many times REMOVE_PAGES stops after a page */
	__u64 add_flags, result;
	unsigned int nr_refusals;
	struct avow_refusal refusals[100];
} driver;

int __wrap_ioctl(int fd, unsigned long request, void *arg);

static int answer(int err)
{
	errno = err;
	return err ? -1 : 0;
}

static int answer_info(struct avow_info *info)
{
	if (driver.info_err)
		return answer(driver.info_err);
	if (!driver.avow)
		return answer(ENOTTY);
	*info = (struct avow_info){ .features = AVOW_FEATURE_INTENT, .base = BASE, .size = 0x10000 };
	return 0;
}

static int answer_add(struct sgx_enclave_add_pages *add)
{
	driver.add_flags = add->flags;
	add->count = add->length;
	return 0;
}

static int answer_remove(struct sgx_enclave_remove_pages *remove)
{
	remove->count = remove->length;
	if (driver.interrupts) {
		driver.interrupts--;
		remove->count = PAGE;
		return answer(driver.interrupts % 2 ? EINTR : EAGAIN);
	}
	return 0;
}

static int answer_restrict(struct sgx_enclave_restrict_permissions *restrict_)
{
	restrict_->count = PAGE;
	restrict_->result = driver.result;
	return answer(EFAULT);
}

static int answer_refusals(struct avow_refusals *r)
{
	struct avow_refusal *to = (struct avow_refusal *)r->refusals;
	__u64 at = r->seq ? r->seq - 1 : 0, i;

	for (i = 0; i < r->nr && at + i < driver.nr_refusals; i++)
		to[i] = driver.refusals[at + i];
	r->nr = (__u32)i;
	r->seq = at + i + 1;
	return 0;
}

static int answer_source(struct avow_source *source)
{
	static const char path[] = "/opt/plug\nin.so";

	snprintf((char *)source->path, source->path_size, "%s", path);
	source->path_size = sizeof(path);
	return source->id == 1 ? 0 : answer(ENOENT);
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	(void)fd;
	driver.calls++;
	switch (request) {
	case AVOW_IOC_INFO:
		return answer_info(arg);
	case SGX_IOC_ENCLAVE_CREATE:
		return answer(arg ? 0 : driver.create_err);
	case SGX_IOC_ENCLAVE_ADD_PAGES:
		return answer_add(arg);
	case SGX_IOC_ENCLAVE_REMOVE_PAGES:
		return answer_remove(arg);
	case SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS:
		return answer_restrict(arg);
	case AVOW_IOC_REFUSALS:
		return answer_refusals(arg);
	case AVOW_IOC_SOURCE:
		return answer_source(arg);
	default:
		return answer(ENOTTY);
	}
}

static void be(bool avow)
{
	memset(&driver, 0, sizeof(driver));
	driver.avow = avow;
	driver.create_err = EFAULT;
}

/* Any file that can be opened for writing stands for the device. */
static struct avow_enclave *created(void)
{
	struct avow_enclave *e;

	ALLOWED(avow_enclave_new(&e, "/dev/null"));
	ALLOWED(avow_enclave_create(e, &(struct avow_params){ .size = 0x10000 }));
	return e;
}

static void a_device_is_what_it_answers(void **state)
{
	struct avow_enclave *e;

	(void)state;
	be(true);
	e = created();
	assert_int_equal(avow_enclave_features(e), AVOW_FEATURE_INTENT);
	assert_int_equal(avow_enclave_base(e) % 0x10000, 0);
	assert_int_not_equal(avow_enclave_base(e), 0);
	avow_enclave_free(e);
	be(false);
	e = created();
	assert_int_equal(avow_enclave_features(e), 0);
	avow_enclave_free(e);
	driver.create_err = ENOTTY;
	REFUSED(avow_enclave_new(&e, "/dev/null"), ENODEV, "not a device");
	driver.create_err = 0;
	REFUSED(avow_enclave_new(&e, "/dev/null"), ENODEV, "not a device");
	driver.info_err = EIO;
	REFUSED(avow_enclave_new(&e, "/dev/null"), EIO, "AVOW_IOC_INFO");
	assert_null(e);
}

static int add(struct avow_enclave *e, __u64 secinfo, __u64 flags)
{
	static _Alignas(PAGE) const char page[PAGE];
	const struct avow_pages p = { page, 0, PAGE, secinfo, flags };

	return avow_enclave_add(e, &p, NULL);
}

/* The in-tree driver would take no notice of an intent: what it cannot keep is refused. */
static void intents_in_the_in_tree_way(void **state)
{
	const __u64 rw = avow_secinfo_reg(AVOW_R | AVOW_W);
	struct avow_enclave *e;

	(void)state;
	be(false);
	e = created();
	ALLOWED(add(e, rw, SGX_PAGE_MEASURE | avow_page_intent(AVOW_R | AVOW_W)));
	assert_int_equal(driver.add_flags, SGX_PAGE_MEASURE);
	ALLOWED(add(e, rw, avow_page_intent(AVOW_R)));
	assert_int_equal(driver.add_flags, 0);
	ALLOWED(add(e, AVOW_SECINFO_TCS, avow_page_intent(AVOW_R | AVOW_W)));
	driver.calls = 0;
	REFUSED(add(e, rw, avow_page_intent(AVOW_R | AVOW_X)), EOPNOTSUPP, "no intent beyond");
	assert_int_equal(driver.calls, 0);
	ALLOWED(avow_enclave_declare(e, PAGE, PAGE, AVOW_R | AVOW_W));
	assert_int_equal(driver.calls, 0);
	REFUSED(avow_declare_range(avow_enclave_fd(e), 0, PAGE, AVOW_R), ENOTTY, "not Avow's");
	avow_enclave_free(e);
	be(true);
	e = created();
	ALLOWED(add(e, rw, avow_page_intent(AVOW_RWX)));
	assert_int_equal(driver.add_flags, avow_page_intent(AVOW_RWX));
	avow_enclave_free(e);
}

static void changes_go_on_after_signals(void **state)
{
	struct avow_enclave *e;
	__u64 count;

	(void)state;
	be(true);
	e = created();
	driver.calls = 0;
	driver.interrupts = 3;
	ALLOWED(avow_enclave_remove(e, 0, 8 * PAGE, &count));
	assert_int_equal(count, 8 * PAGE);
	assert_int_equal(driver.calls, 4);
	driver.result = 20;
	REFUSED(avow_enclave_restrict(e, 0, 8 * PAGE, AVOW_R, &count), EFAULT,
		"RESTRICT_PERMISSIONS at offset 0x1000: Bad address (SGX code 20)");
	assert_int_equal(count, PAGE);
	avow_enclave_free(e);
}

static const struct avow_refusal refusal = {
	.seq = 1,
	.start = BASE + 0x7000,
	.end = BASE + 0x8000,
	.rule = 802,
	.err = 13,
	.op = AVOW_OP_MPROTECT,
	.requested = AVOW_R | AVOW_X,
	.declared = AVOW_R,
	.source_class = AVOW_SRC_FILE_EXEC,
	.source = 1,
};

static void the_last_refusal_in_sentences(void **state)
{
	char *text = (char *)1;
	unsigned int i;

	(void)state;
	be(true);
	REFUSED(avow_explain_last(0, &text), ENOENT, "nothing was refused");
	assert_null(text);
	for (i = 0; i < 100; i++) {
		driver.refusals[i] = refusal;
		driver.refusals[i].seq = i + 1;
		driver.refusals[i].requested = i == 99 ? AVOW_RWX : AVOW_R;
	}
	driver.nr_refusals = 100;
	ALLOWED(avow_explain_last(0, &text));
	assert_string_equal(text,
		"It asked mprotect() for RWX at 0x7f0000007000-0x7f0000008000 (offset 0x7000, 1 page). "
		"The intent there is R--. The kernel answered EACCES (Permission denied).\n"
		"R8.2: mprotect() stays within the intent of every page of its range.\n"
		"Source: /opt/plug?in.so, a file mapped executable, unmodified.\n"
		"To get on: ask for fewer rights, or declare the missing right when the page is added.\n");
	free(text);
	driver.refusals[99].source = 2;
	REFUSED(avow_explain_last(0, &text), ENOENT, "AVOW_IOC_SOURCE");
	be(false);
	REFUSED(avow_explain_last(0, &text), ENOTTY, "not Avow's");
}

/* Of a rule that is newer than the library, and a line longer than any buffer. */
static void what_is_not_known_is_said(void **state)
{
	struct avow_refusal r = refusal;
	char line[5000], word[AVOW_WORD_SIZE], *text;
	struct avow_told t = { .refusal = &r, .line = line };

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	r.rule = 9999;
	r.op = 77;
	r.source_class = 88;
	ALLOWED(avow_explain(&t, &text));
	assert_non_null(strstr(text, "It called unknown at"));
	assert_non_null(strstr(text, "R99.99: a rule that this libavow does not know"));
	assert_non_null(strstr(text, line));
	assert_non_null(strstr(text, "Source: unknown."));
	free(text);
	assert_null(avow_rule_says(9999));
	assert_null(avow_rule_change(9999));
	assert_string_equal(avow_errno_word(100000, word), "errno 100000");
	assert_string_equal(avow_signal_word(7, word), "SIGBUS");
}

static int setup(void **state)
{
	(void)state;
	listen_to_library();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_what_it_answers),
		cmocka_unit_test(intents_in_the_in_tree_way),
		cmocka_unit_test(changes_go_on_after_signals),
		cmocka_unit_test(the_last_refusal_in_sentences),
		cmocka_unit_test(what_is_not_known_is_said),
	};

	return cmocka_run_group_tests_name("libavow and a driver", tests, setup, NULL);
}
