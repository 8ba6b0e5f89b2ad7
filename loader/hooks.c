// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where programs are attached. libbpf, given a function's name, takes the first module that
 * has one in its types: any module may. So the functions are looked up in avow.ko's types,
 * and the kernel is told that these are meant. Linux 6.1 still looks for the address by the
 * name alone, later kernels (6.12) in the module with these types: prove.c is needed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "private.h"

#define PREFIX	"security_enclave_"

/* What programs are aimed at; libbpf's callback has no other way to it. */
static struct {
	struct avow_hooks hooks;
	int btf;		/* descriptor of the module's types; 0: none */
} aim;

/* The last one: those of a module that is gone stay as long as somebody uses them. */
static int find_module(u32 *module)
{
	char name[32];
	u32 id = 0;

	*module = 0;
	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { .name = (u64)name, .name_len = sizeof(name) };
		u32 size = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf && !strcmp(name, "avow"))
			*module = id;
		close(fd);
	}
	if (*module)
		return 0;
	return errno ? -errno : -ENOENT;
}

int avow_hooks_find(struct avow_hooks *hooks)
{
	struct btf *base, *btf;
	char name[64];
	int i, id, err;

	err = find_module(&hooks->module);
	if (err)
		return err;
	base = btf__load_vmlinux_btf();
	if (!base)
		return -errno;
	btf = btf__load_from_kernel_by_id_split(hooks->module, base);
	err = btf ? 0 : -errno;
	for (i = 0; !err && i < AVOW_HOOKS; i++) {
		snprintf(name, sizeof(name), PREFIX "%s", avow_loader_hook_names[i]);
		id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
		if (id < 0)
			err = id;
		else
			hooks->functions[i] = (u32)id;
	}
	btf__free(btf);
	btf__free(base);
	return err;
}

static int prepare(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	const char *name = strstr(bpf_program__section_name(program), "/" PREFIX);
	int i;

	(void)cookie;
	for (i = 0; name && aim.btf && i < AVOW_HOOKS; i++)
		if (!strcmp(name + strlen("/" PREFIX), avow_loader_hook_names[i])) {
			opts->attach_btf_obj_fd = (u32)aim.btf;
			opts->attach_btf_id = aim.hooks.functions[i];
			return 0;
		}
	return -ESRCH;
}

static int attach(const struct bpf_program *program, long cookie, struct bpf_link **link)
{
	(void)cookie;
	*link = bpf_program__attach_trace(program);
	return *link ? 0 : -errno;
}

/* In place of libbpf's own way with these sections. */
static int take_sections(void)
{
	static bool taken;
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = prepare, .prog_attach_fn = attach);
	int id;

	if (taken)
		return 0;
	id = libbpf_register_prog_handler("fmod_ret/", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, &opts);
	if (id >= 0)
		id = libbpf_register_prog_handler("fexit/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, &opts);
	taken = id >= 0;
	return taken ? 0 : id;
}

int avow_hooks_aim(void)
{
	int err = take_sections();

	avow_hooks_release();
	if (!err)
		err = avow_hooks_find(&aim.hooks);
	if (err)
		return err;
	aim.btf = bpf_btf_get_fd_by_id(aim.hooks.module);
	if (aim.btf > 0)
		return 0;
	aim.btf = 0;
	return -errno;
}

void avow_hooks_release(void)
{
	if (aim.btf)
		close(aim.btf);
	aim.btf = 0;
}
