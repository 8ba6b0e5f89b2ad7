// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cmd.h"
#include "core.h"
#include "number.h"
#include "progress.h"

#define AT_ONCE		(4ULL << 20)	/* bytes that are added between two signs of life */
#define XSAVE_LEAST	576		/* bytes of an XSAVE area of x87 and SSE */

void build_init(struct build *b, const char *verb)
{
	*b = (struct build){ .verb = verb, .params.attributes = ATTR_MODE64BIT };
}

/* ---- options ---- */

static bool number_of(const struct build *b, const char *option, const char *value, __u64 max, __u64 *number)
{
	if (number_read(value, max, number))
		return true;
	complain("%s: --%s is a number of at most 0x%llx, not '%s'; see avow %s --help", b->verb, option, max, value, b->verb);
	return false;
}

bool build_option(struct build *b, int option, const char *value)
{
	struct avow_params *p = &b->params;
	u64 number;

	switch ((enum build_option)option) {
	case BUILD_SIZE:
		if (number_read_size(value, &p->size) && p->size)
			return true;
		complain("%s: --size is a number of bytes, as 0x10000 or 64K, not '%s'; see avow %s --help", b->verb, value, b->verb);
		return false;
	case BUILD_ATTRIBUTES:
		/* DEBUG may have been given before. */
		if (!number_of(b, "attributes", value, ~0ULL, &number))
			return false;
		p->attributes = number | (p->attributes & ATTR_DEBUG);
		return true;
	case BUILD_DEBUG:
		p->attributes |= ATTR_DEBUG;
		return true;
	case BUILD_XFRM:
		return number_of(b, "xfrm", value, ~0ULL, &p->xfrm);
	case BUILD_MISCSELECT:
		if (!number_of(b, "miscselect", value, ~0U, &number))
			return false;
		p->miscselect = (u32)number;
		return true;
	case BUILD_SSA_FRAME_SIZE:
		if (!number_of(b, "ssa-frame-size", value, 0x10000, &number))
			return false;
		p->ssa_frame_size = (u32)number;
		return true;
	case BUILD_OPTIONS_END:
		break;
	}
	return false;
}

/* ---- messages ---- */

static void on_message(void *context, int err, const char *text)
{
	const struct build *b = context;

	(void)err;
	if (b->file && strncmp(text, b->file, strlen(b->file)))
		complain("%s: %s: %s", b->verb, b->file, text);
	else
		complain("%s: %s", b->verb, text);
}

void build_listen(const struct build *b)
{
	avow_set_message_handler(on_message, (void *)b, NULL, NULL);
}

/* ---- building ---- */

/* What CREATE would refuse on any machine (R21), so that nothing is signed that never runs. */
static int check_params(const struct build *b)
{
	const struct avow_machine any = {
		.xfrm = ~0ULL, .attributes = ATTR_KNOWN, .miscselect = MISC_EXINFO, .xsave_size = XSAVE_LEAST,
	};
	const struct avow_params *p = &b->params;
	struct avow_secs secs = {
		.size = p->size, .attributes = p->attributes, .miscselect = p->miscselect, .ssa_frame_size = p->ssa_frame_size,
		.xfrm = p->xfrm,
	};
	avow_verdict verdict = avow_args_create(&secs, &any);
	char rule[AVOW_WORD_SIZE];

	if (p->size < avow_image_size(b->image)) {
		complain("%s: %s: it needs 0x%llx bytes, and --size says 0x%llx", b->verb, b->file, avow_image_size(b->image), p->size);
		return -EINVAL;
	}
	if (!verdict)
		return 0;
	complain("%s: %s: such an enclave cannot be created: %s: %s; %s", b->verb, b->file,
		 avow_rule_name(avow_rule(verdict), rule), avow_rule_says(avow_rule(verdict)), avow_rule_change(avow_rule(verdict)));
	return -EINVAL;
}

static u64 bytes_of(const struct avow_image *image)
{
	const struct avow_segment *s;
	unsigned int i;
	u64 sum = 0;

	for (i = 0; (s = avow_image_segment((struct avow_image *)image, i)); i++)
		sum += s->pages.length;
	return sum;
}

static int add_segment(struct avow_enclave *e, const struct avow_pages *pages, struct progress *progress, u64 *sum)
{
	struct avow_pages part = *pages;
	u64 done = 0;
	int err = 0;

	while (!err && done < pages->length) {
		part.src = (const char *)pages->src + done;
		part.offset = pages->offset + done;
		part.length = pages->length - done < AT_ONCE ? pages->length - done : AT_ONCE;
		err = avow_enclave_add(e, &part, NULL);
		done += part.length;
		progress_show(progress, *sum += part.length);
	}
	return err;
}

static int add_image(struct build *b, const char *what)
{
	const struct avow_segment *s;
	struct progress progress;
	unsigned int i;
	u64 sum = 0;
	int err = 0;

	progress_begin(&progress, what, bytes_of(b->image));
	for (i = 0; !err && (s = avow_image_segment(b->image, i)); i++)
		err = add_segment(b->e, &s->pages, &progress, &sum);
	progress_end(&progress);
	return err;
}

int build_read(struct build *b)
{
	struct avow_params *p = &b->params;
	int err = avow_image_new(&b->image, b->file);

	if (err)
		return err;
	p->size = p->size ? p->size : avow_image_size(b->image);
	p->xfrm = p->xfrm ? p->xfrm : XFRM_X87_SSE;
	p->ssa_frame_size = p->ssa_frame_size ? p->ssa_frame_size : 1;
	return check_params(b);
}

int build_create(struct build *b, const char *what)
{
	int err = avow_enclave_create(b->e, &b->params);

	return err ? err : add_image(b, what);
}

int build_offline(struct build *b)
{
	int err = avow_enclave_new_offline(&b->e);

	return err ? err : build_create(b, "measuring");
}

void build_free(struct build *b)
{
	avow_set_message_handler(NULL, NULL, NULL, NULL);
	avow_enclave_free(b->e);
	avow_image_free(b->image);
}

int build_sign_once(struct avow_enclave *e)
{
	struct evp_pkey_st *key;
	struct progress progress;
	int err;

	progress_begin(&progress, "making a key", 0);
	progress_show(&progress, 0);
	err = avow_key_generate(&key);
	progress_end(&progress);
	if (!err)
		err = avow_enclave_sign(e, key);
	avow_key_free(key);
	return err;
}

/* ---- TCSs ---- */

/* What EADD refuses, and what no EENTER could make use of. */
static const char *wrong_tcs(const struct build *b, const struct avow_tcs *tcs)
{
	const struct avow_params *p = &b->params;

	if (avow_args_tcs(tcs))
		return avow_rule_says(avow_rule(avow_args_tcs(tcs)));
	if (tcs->oentry >= p->size)
		return "its entry point is outside of the enclave";
	if (!tcs->nssa)
		return "it has no SSA frame";
	if (tcs->ossa >= p->size || (u64)tcs->nssa * p->ssa_frame_size * SGX_PAGE_SIZE > p->size - tcs->ossa)
		return "its SSA frames are not in the enclave";
	return NULL;
}

char *build_wrong_tcs(const struct build *b)
{
	const struct avow_segment *s = avow_image_segment(b->image, 0);
	char *text = NULL;
	u64 at;

	for (at = 0; at < s->pages.length; at += SGX_PAGE_SIZE) {
		const char *wrong = wrong_tcs(b, (const struct avow_tcs *)((const char *)s->pages.src + at));

		if (wrong && asprintf(&text, "the page at offset 0x%llx is in the first segment, and no TCS: %s",
				      s->pages.offset + at, wrong) < 0)
			return NULL;
		if (wrong)
			return text;
	}
	return NULL;
}
