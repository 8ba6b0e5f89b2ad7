// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/mman.h>

#include "forged.h"

/* In the first word of an op the code leaves its mark. */
static struct op host;

#define MARK(value)	0x48, 0xc7, 0x07, value, 0, 0, 0	/* movq $value, (%rdi) */
#define UD2		0x0f, 0x0b

static const u8 evil[] = { MARK(MARK_EVIL), UD2 };
static const u8 innocent[] = { MARK(MARK_INNOCENT), UD2 };
static const u8 stores[] = {
	0x49, 0xb8, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3,	/* movabs $..., %r8 */
	MARK(MARK_EVIL), UD2,
};

static u8 *blank(void)
{
	u8 *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(page != MAP_FAILED);
	return page;
}

int forged_add(struct forged *f, u64 offset, const void *bytes, u64 secinfo, u64 flags)
{
	const struct avow_pages p = {
		.src = bytes,
		.offset = offset,
		.length = PAGE,
		.secinfo = secinfo,
		.flags = flags | SGX_PAGE_MEASURE,
	};

	return avow_enclave_add(&f->s.e, &p, NULL);
}

static void add_code(struct forged *f)
{
	u8 *page = blank();

	memcpy(page + FORGED_EVIL, evil, sizeof(evil));
	memcpy(page + FORGED_INNOCENT, innocent, sizeof(innocent));
	memcpy(page + FORGED_STORES, stores, sizeof(stores));
	REQUIRE_OK(forged_add(f, f->code, page, avow_secinfo_reg(AVOW_R | AVOW_X), 0));
}

static void add_saved(struct forged *f)
{
	u8 *page = blank();
	struct avow_ssa_gprs *gprs = (void *)(page + PAGE - sizeof(*gprs));

	gprs->rip = scene_at(&f->s, f->code) + FORGED_EVIL;
	gprs->rdi = (u64)&host;
	gprs->fsbase = gprs->gsbase = f->s.e.base;
	page[24] = 0x80;	/* MXCSR, as it is after reset */
	page[25] = 0x1f;
	REQUIRE_OK(forged_add(f, f->saved, page, avow_secinfo_reg(AVOW_R | AVOW_W), 0));
}

void forged_begin(struct forged *f, const struct avow_params *params)
{
	scene_image_with(&f->s, 5, params);
	f->code = f->s.play;
	f->saved = f->code + PAGE;
	f->frame = f->saved + PAGE;
	f->tcs = f->frame + PAGE;
	f->spare = f->tcs + PAGE;
	add_code(f);
	add_saved(f);
}

void forged_add_frame(struct forged *f)
{
	REQUIRE_OK(forged_add(f, f->frame, blank(), avow_secinfo_reg(AVOW_R | AVOW_W), 0));
}

struct avow_tcs *forged_tcs(const struct forged *f, u32 cssa, u64 entry)
{
	struct avow_tcs *tcs = (void *)blank();

	*tcs = (struct avow_tcs){
		.ossa = cssa ? f->saved : f->frame,
		.cssa = cssa,
		.nssa = cssa + 1,
		.oentry = f->code + entry,
		.fslimit = ~0U,
		.gslimit = ~0U,
	};
	return tcs;
}

void forged_map(struct forged *f)
{
	scene_map(&f->s, f->code, 1, PROT_READ | PROT_EXEC);
	scene_map(&f->s, f->saved, 3, PROT_READ | PROT_WRITE);
}

void forged_with_tcs(struct forged *f, u32 cssa, u64 entry, u64 secinfo)
{
	forged_begin(f, NULL);
	forged_add_frame(f);
	REQUIRE_OK(forged_add(f, f->tcs, forged_tcs(f, cssa, entry), secinfo, 0));
}

void forged_init(struct forged *f)
{
	scene_init(&f->s);
	forged_map(f);
}

static u8 ended(struct exit got, struct exit *x)
{
	if (x)
		*x = got;
	return (u8)*(volatile unsigned long *)&host.id;
}

u8 forged_enter(struct forged *f, struct exit *x)
{
	host.id = 0;
	return ended(enter(&f->s, f->tcs, &host), x);
}

u8 forged_resume(struct forged *f, struct exit *x)
{
	host.id = 0;
	return ended(resume(&f->s, f->tcs), x);
}

void forged_verdict(u8 got, const struct exit *x, const char *proof)
{
	if (got == MARK_EVIL)
		got_through("%s", proof);
	if (got == MARK_INNOCENT)
		stopped("the TCS: it is as it was");
	if (!x->ret)
		could_not_try("neither mark nor exception");
	stopped("entry: exception %d, error code %#llx", x->vector, (unsigned long long)x->error);
}
