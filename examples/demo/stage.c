// SPDX-License-Identifier: LGPL-2.1-or-later
/* The demonstration's enclaves. What fails here is not part of the story. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

#define PLUGINS_MAX	2

const char *data_path(const char *name)
{
	static char path[512];
	const char *dir = getenv("AVOW_DATA");

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "data", name);
	return path;
}

static void must(const char *what, int err)
{
	if (err)
		give_up(what, -err);
}

void stage_begin(struct stage *s, enum avow_contract_id contract)
{
	struct avow_params params = { 0 };
	const struct avow_pages *last;
	struct avow_info info;

	tell_enclave();
	must(AVOW_DEVICE, avow_enclave_new(&s->e, NULL));
	must("AVOW_IOC_INFO", avow_get_info(avow_enclave_fd(s->e), &info));
	if (info.contract != contract)
		must("AVOW_IOC_SET_CONTRACT", avow_set_contract(avow_enclave_fd(s->e), contract));
	must(data_path("enclave.elf"), avow_image_new(&s->image, data_path("enclave.elf")));
	last = &avow_image_segment(s->image, avow_image_nr_segments(s->image) - 1)->pages;
	s->plugin = last->offset + last->length;
	for (params.size = avow_image_size(s->image); params.size < s->plugin + PLUGINS_MAX * PAGE; )
		params.size *= 2;
	must("CREATE", avow_enclave_create(s->e, &params));
	must("ADD_PAGES", avow_enclave_add_image(s->e, s->image));
}

void stage_ready(struct stage *s)
{
	struct evp_pkey_st *key;

	must(data_path("key.pem"), avow_key_read(&key, data_path("key.pem")));
	must("signing", avow_enclave_sign(s->e, key));
	avow_key_free(key);
	must("INIT", avow_enclave_init(s->e));
	must("mmap", avow_enclave_map_image(s->e, s->image));
	must("mmap", avow_enclave_map(s->e, s->plugin, PLUGINS_MAX * PAGE, PROT_NONE));
}

void stage_end(struct stage *s)
{
	avow_enclave_free(s->e);
	avow_image_free(s->image);
}

int stage_add(struct stage *s, const void *source, __u64 offset, __u32 secinfo, __u64 flags)
{
	const struct avow_pages pages = {
		.src = source,
		.offset = offset,
		.length = PAGE,
		.secinfo = avow_secinfo_reg(secinfo),
		.flags = SGX_PAGE_MEASURE | flags,
	};

	return avow_enclave_add(s->e, &pages, NULL);
}

int stage_protect(struct stage *s, __u64 offset, __u32 rights)
{
	return mprotect((void *)(avow_enclave_base(s->e) + offset), PAGE, (int)rights) ? -errno : 0;
}

struct avow_run stage_run(int fd, __u64 offset)
{
	struct avow_run run = { 0 }, *runs;
	size_t nr;

	must("AVOW_IOC_LIST", avow_list_runs(fd, offset, PAGE, &runs, &nr));
	if (nr)
		run = runs[0];
	free(runs);
	return run;
}

/* The enclave's handler makes the frame leave, and the resumed frame does. */
static void clear_exception(struct stage *s)
{
	struct avow_call call = { .function = AVOW_EENTER };

	must("the enclave's exception handler", avow_enclave_enter(s->e, 0, &call));
	call = (struct avow_call){ .function = AVOW_ERESUME };
	must("ERESUME", avow_enclave_enter(s->e, 0, &call));
}

int stage_ask(struct stage *s, struct ask *ask)
{
	struct avow_call call = { .rdi = (__u64)ask };
	int err = avow_enclave_enter(s->e, 0, &call);

	if (err == -EFAULT && call.run.function == AVOW_ERESUME)
		clear_exception(s);
	else
		must("entering the enclave", err);
	return err;
}

int stage_call(struct stage *s, __u64 offset, __u64 *value)
{
	struct ask ask = { .what = ASK_CALL, .target = avow_enclave_base(s->e) + offset, .value = 21 };
	int err = stage_ask(s, &ask);

	*value = ask.value;
	return err;
}

static int open_plugin(void)
{
	int fd = open(data_path("plugin.bin"), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up(data_path("plugin.bin"), errno);
	return fd;
}

void *plugin_copy(int prot)
{
	int fd = open_plugin();
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		give_up("memory", errno);
	if (read(fd, at, PAGE) != (ssize_t)PAGE)
		give_up(data_path("plugin.bin"), EIO);
	close(fd);
	if (mprotect(at, PAGE, prot))
		give_up("mprotect of a source", errno);
	return at;
}

void *plugin_file(int prot, char path[64])
{
	int from = open_plugin(), to;
	void *at;

	snprintf(path, 64, "/tmp/plugin-XXXXXX");
	to = mkstemp(path);
	if (to < 0 || sendfile(to, from, NULL, PAGE) != (ssize_t)PAGE)
		give_up(path, errno);
	at = mmap(NULL, PAGE, prot, MAP_PRIVATE, to, 0);
	if (at == MAP_FAILED)
		give_up(path, errno);
	close(from);
	close(to);
	return at;
}
