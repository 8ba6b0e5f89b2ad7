// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "asked.h"
#include "scene.h"

#define SOURCE_PAGES	256

EVP_PKEY *scene_key(void)
{
	static EVP_PKEY *key;

	if (!key)
		REQUIRE_OK(avow_key_read(&key, data_path("key.pem")));
	return key;
}

u8 source_byte(u64 page, u64 at)
{
	return at ? (u8)(page * 37 + at * 11 + at / 256) : 0xc3;	/* RET */
}

static void fill(u8 *to, u64 pages)
{
	u64 page, at;

	for (page = 0; page < pages; page++)
		for (at = 0; at < PAGE; at++)
			to[page * PAGE + at] = source_byte(page, at);
}

u8 *source_anon(u64 pages, int prot)
{
	u8 *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(at != MAP_FAILED);
	fill(at, pages);
	REQUIRE(!mprotect(at, pages * PAGE, prot));
	return at;
}

const u8 *source_code(u64 pages)
{
	static const u8 *code;

	REQUIRE(pages <= SOURCE_PAGES);
	if (!code)
		code = source_anon(SOURCE_PAGES, PROT_READ | PROT_EXEC);
	return code;
}

int source_file(const char *dir, u64 pages, char path[64])
{
	u8 *bytes = source_anon(pages, PROT_READ);
	int fd;

	snprintf(path, 64, "%s/source-XXXXXX", dir);
	fd = mkstemp(path);
	REQUIRE(fd >= 0);
	REQUIRE(write(fd, bytes, pages * PAGE) == (ssize_t)(pages * PAGE));
	REQUIRE(!fchmod(fd, 0755));
	munmap(bytes, pages * PAGE);
	return fd;
}

void scene_open(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	REQUIRE_OK(avow_enclave_open(&s->e, NULL));
	if (strict())
		REQUIRE_OK(avow_set_contract(s->e.fd, AVOW_STRICT));
}

void scene_create(struct scene *s, u64 pages)
{
	struct avow_params params = { .size = pages * PAGE };

	scene_open(s);
	REQUIRE_OK(avow_enclave_create(&s->e, &params));
}

void scene_image_with(struct scene *s, u64 free_pages, const struct avow_params *params)
{
	struct avow_params p = { 0 };
	const struct avow_pages *last;
	u64 end;

	if (params)
		p = *params;
	scene_open(s);
	REQUIRE_OK(avow_image_open(&s->image, data_path("enclave.elf")));
	last = &s->image.segments[s->image.nr - 1].pages;
	s->play = last->offset + last->length;
	end = s->play + free_pages * PAGE;
	for (p.size = s->image.size; p.size < end; p.size *= 2)
		;
	REQUIRE_OK(avow_enclave_create(&s->e, &p));
	REQUIRE_OK(avow_enclave_add_image(&s->e, &s->image));
}

void scene_image(struct scene *s, u64 free_pages)
{
	scene_image_with(s, free_pages, NULL);
}

static void add(struct scene *s, u64 offset, u64 pages, u32 rwx, u64 flags)
{
	const struct avow_pages p = {
		.src = source_code(pages),
		.offset = offset,
		.length = pages * PAGE,
		.secinfo = avow_secinfo_reg(rwx),
		.flags = flags | SGX_PAGE_MEASURE,
	};

	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
}

void scene_add(struct scene *s, u64 offset, u64 pages, u32 rwx)
{
	add(s, offset, pages, rwx, 0);
}

void scene_add_intent(struct scene *s, u64 offset, u64 pages, u32 rwx, u32 intent)
{
	add(s, offset, pages, rwx, avow_page_intent(intent));
}

void scene_init(struct scene *s)
{
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
	REQUIRE_OK(avow_enclave_init(&s->e));
	REQUIRE_OK(avow_enclave_map_image(&s->e, &s->image));
}

void scene_map(struct scene *s, u64 offset, u64 pages, int prot)
{
	REQUIRE_OK(avow_enclave_map(&s->e, offset, pages * PAGE, prot));
}

void scene_ready(struct scene *s, u64 pages, u32 rwx, u32 intent)
{
	scene_image(s, pages);
	scene_add_intent(s, s->play, pages, rwx, intent);
	scene_init(s);
}

void scene_close(struct scene *s)
{
	avow_enclave_close(&s->e);
	if (s->image.nr)
		avow_image_close(&s->image);
}

int raw_add(struct scene *s, const void *src, u64 offset, u64 length, u64 secinfo, u64 flags,
	    u64 *count)
{
	struct avow_secinfo info = { .flags = secinfo };
	struct sgx_enclave_add_pages arg = {
		.src = (u64)src,
		.offset = offset,
		.length = length,
		.secinfo = (u64)&info,
		.flags = flags,
	};
	int ret = ioctl(s->e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg);

	if (count)
		*count = arg.count;
	return ret;
}

int raw_protect(struct scene *s, u64 offset, u64 pages, int prot)
{
	asked_mapping(AVOW_OP_MPROTECT, offset, pages * PAGE, prot);
	return mprotect((void *)scene_at(s, offset), pages * PAGE, prot);
}

int raw_map(struct scene *s, u64 offset, u64 pages, int prot)
{
	void *at;

	asked_mapping(AVOW_OP_MMAP, offset, pages * PAGE, prot);
	at = mmap((void *)scene_at(s, offset), pages * PAGE, prot, MAP_SHARED | MAP_FIXED_NOREPLACE,
		  s->e.fd, 0);
	return at == MAP_FAILED ? -1 : 0;
}

void scene_unmap(struct scene *s, u64 offset, u64 pages)
{
	REQUIRE(!munmap((void *)scene_at(s, offset), pages * PAGE));
}

int raw_restrict(struct scene *s, u64 offset, u64 pages, u32 rwx)
{
	struct sgx_enclave_restrict_permissions arg = {
		.offset = offset,
		.length = pages * PAGE,
		.permissions = rwx,
	};

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg);
}

int raw_modify(struct scene *s, u64 offset, u64 pages, u32 type)
{
	struct sgx_enclave_modify_types arg = {
		.offset = offset,
		.length = pages * PAGE,
		.page_type = type,
	};

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg);
}

int raw_remove(struct scene *s, u64 offset, u64 pages)
{
	struct sgx_enclave_remove_pages arg = { .offset = offset, .length = pages * PAGE };

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg);
}

struct avow_run scene_run(struct scene *s, u64 offset)
{
	struct avow_run run = { 0 }, *runs;
	size_t nr;

	REQUIRE_OK(avow_list_runs(s->e.fd, offset, PAGE, &runs, &nr));
	REQUIRE(nr <= 1);
	if (nr)
		run = runs[0];
	free(runs);
	return run;
}

void expect_slot(const char *file, int line, struct scene *s, u64 offset, u32 intent, u32 epcm,
		 u32 state)
{
	struct avow_run run = scene_run(s, offset);

	if (state == ~0U) {
		if (run.length)
			test_fail(file, line, "page %#llx is not a hole", (unsigned long long)offset);
		return;
	}
	if (!run.length)
		test_fail(file, line, "page %#llx is a hole", (unsigned long long)offset);
	else if (run.intent != intent || run.epcm != epcm || run.state != state)
		test_fail(file, line, "page %#llx: intent %x, EPCM %x, state %#x, not %x, %x, %#x",
			  (unsigned long long)offset, run.intent, run.epcm, run.state, intent, epcm,
			  state);
}

u64 epc_used(struct scene *s)
{
	struct avow_info info;

	REQUIRE_OK(avow_get_info(s->e.fd, &info));
	return info.epc_used;
}
