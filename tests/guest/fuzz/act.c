// SPDX-License-Identifier: LGPL-2.1-or-later
/* A step, done in earnest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "../lib/inside.h"
#include "../lib/probe.h"
#include "actor.h"

#define RET		0xc3
#define NOWHERE		0x1000ULL	/* where nothing is mapped */

static struct m_outcome nothing(void)
{
	return (struct m_outcome){ .value = -1, .or_value = -1 };
}

static struct m_outcome answer(int ret)
{
	struct m_outcome out = nothing();

	out.err = ret < 0 ? errno : 0;
	return out;
}

/* An ioctl with an argument, or with an address where none is. */
static struct m_outcome ask(const struct stage *stage, const struct step *step,
			    unsigned long number, void *arg)
{
	if (step_wrong(step) == WRONG_POINTER && step->op != OP_CREATE && step->op != OP_INIT)
		arg = (void *)NOWHERE;
	return answer(ioctl(stage->fds[step->fd], number, arg));
}

static struct m_outcome create(const struct stage *stage, const struct step *step)
{
	struct avow_secs secs = stage->shared->secs;
	struct sgx_enclave_create arg = { .src = (u64)&secs };

	if (secs_wrong(step->arg[0], &secs) == SECS_UNREADABLE)
		arg.src = NOWHERE;
	return ask(stage, step, SGX_IOC_ENCLAVE_CREATE, &arg);
}

static struct m_outcome init(const struct stage *stage, const struct step *step)
{
	struct sgx_enclave_init arg = { .sigstruct = (u64)&stage->shared->sig };

	if (step->arg[0] == SIG_UNREADABLE)
		arg.sigstruct = NOWHERE;
	return ask(stage, step, SGX_IOC_ENCLAVE_INIT, &arg);
}

static struct m_outcome provision(const struct stage *stage, const struct step *step)
{
	static const char *const paths[] = {
		[FD_PROVISION] = "/dev/sgx_provision",
		[FD_OTHER] = "/dev/null",
	};
	bool opens = step->arg[0] == FD_PROVISION || step->arg[0] == FD_OTHER;
	int fd = opens ? open(paths[step->arg[0]], O_RDONLY | O_CLOEXEC) : -1;
	struct sgx_enclave_provision arg = {
		.fd = (u64)(step->arg[0] == FD_ENCLAVE ? stage->fds[step->fd] : fd),
	};
	struct m_outcome out;

	if (opens && fd < 0)
		FAIL("%s: %s", paths[step->arg[0]], strerror(errno));
	out = ask(stage, step, SGX_IOC_ENCLAVE_PROVISION, &arg);
	if (fd >= 0)
		close(fd);
	return out;
}

static struct m_outcome add(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	enum wrong wrong = step_wrong(step);
	struct avow_secinfo secinfo = { .flags = (u32)step->arg[ADD_SECINFO] };
	struct sgx_enclave_add_pages arg = {
		.src = SOURCES + (u64)step->arg[ADD_SRC] * PAGE + (wrong == WRONG_SRC ? 0x800 : 0),
		.offset = range.offset,
		.length = range.length,
		.secinfo = wrong == WRONG_SECINFO ? NOWHERE : (u64)&secinfo,
		.flags = step_add_flags(step),
	};
	struct m_outcome out;

	secinfo.reserved[17] = wrong == WRONG_SECINFO_RESERVED;
	out = ask(stage, step, SGX_IOC_ENCLAVE_ADD_PAGES, &arg);
	out.count = arg.count;
	return out;
}

static struct m_outcome image(struct stage *stage, const struct step *step)
{
	struct m_outcome out = nothing();
	unsigned int i;

	for (i = 0; i < stage->scene.image.nr && !out.err; i++) {
		const struct avow_pages *pages = &stage->scene.image.segments[i].pages;
		struct avow_secinfo secinfo = { .flags = pages->secinfo };
		struct sgx_enclave_add_pages arg = {
			.src = (u64)pages->src,
			.offset = pages->offset,
			.length = pages->length,
			.secinfo = (u64)&secinfo,
		};

		out = answer(ioctl(stage->fds[step->fd], SGX_IOC_ENCLAVE_ADD_PAGES, &arg));
		out.count = arg.count;
	}
	return out;
}

static struct m_outcome map_image(struct stage *stage, const struct step *step)
{
	struct m_outcome out = nothing();
	unsigned int i;

	for (i = 0; i < stage->scene.image.nr && !out.err; i++) {
		const struct avow_segment *segment = &stage->scene.image.segments[i];
		void *at = (void *)(BASE + segment->pages.offset);

		out = answer(mmap(at, segment->pages.length, segment->prot, MAP_SHARED | MAP_FIXED,
				  stage->fds[step->fd], 0) == MAP_FAILED ? -1 : 0);
	}
	return out;
}

static struct m_outcome restrict_rights(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct sgx_enclave_restrict_permissions arg = {
		.offset = range.offset,
		.length = range.length,
		.permissions = (u32)step->arg[A_WHAT],
		.result = range.result,
		.count = range.count,
	};
	struct m_outcome out = ask(stage, step, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, &arg);

	out.count = arg.count - range.count;
	out.result = arg.result - range.result;
	return out;
}

static struct m_outcome modify_types(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct sgx_enclave_modify_types arg = {
		.offset = range.offset,
		.length = range.length,
		.page_type = (u32)step->arg[A_WHAT],
		.result = range.result,
		.count = range.count,
	};
	struct m_outcome out = ask(stage, step, SGX_IOC_ENCLAVE_MODIFY_TYPES, &arg);

	out.count = arg.count - range.count;
	out.result = arg.result - range.result;
	return out;
}

static struct m_outcome remove_pages(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct sgx_enclave_remove_pages arg = {
		.offset = range.offset,
		.length = range.length,
		.count = range.count,
	};
	struct m_outcome out = ask(stage, step, SGX_IOC_ENCLAVE_REMOVE_PAGES, &arg);

	out.count = arg.count - range.count;
	return out;
}

static struct m_outcome declare(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct avow_declare_dynamic arg = {
		.offset = range.offset,
		.length = range.length,
		.intent = (u32)step->arg[A_WHAT],
		.reserved = range.reserved,
	};

	return ask(stage, step, AVOW_IOC_DECLARE_DYNAMIC, &arg);
}

static struct m_outcome lower(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct avow_lower_intent arg = {
		.offset = range.offset,
		.length = range.length,
		.intent = (u32)step->arg[A_WHAT],
		.reserved = range.reserved,
		.count = range.count,
	};
	struct m_outcome out = ask(stage, step, AVOW_IOC_LOWER_INTENT, &arg);

	out.count = arg.count - range.count;
	return out;
}

static struct m_outcome set_contract(const struct stage *stage, const struct step *step)
{
	struct avow_contract arg = {
		.contract = (u32)step->arg[0],
		.reserved = step_wrong(step) == WRONG_RESERVED,
	};

	return ask(stage, step, AVOW_IOC_SET_CONTRACT, &arg);
}

static struct m_outcome list(const struct stage *stage, const struct step *step)
{
	struct m_range range = step_range(step);
	struct avow_list *arg = &stage->shared->list;

	*arg = (struct avow_list){
		.offset = range.offset,
		.length = range.length,
		.runs = step_wrong(step) == WRONG_ARRAY ? NOWHERE : (u64)stage->shared->runs,
		.nr = (u32)step->arg[A_WHAT],
		.reserved = range.reserved,
	};
	memset(stage->shared->runs, UNTOUCHED, sizeof(stage->shared->runs));
	return ask(stage, step, AVOW_IOC_LIST, arg);
}

static struct m_outcome refusals(const struct stage *stage, const struct step *step)
{
	void *to = stage->shared->refusals;
	struct avow_refusals arg = {
		.refusals = step_wrong(step) == WRONG_ARRAY ? NOWHERE : (u64)to,
		.nr = (u32)step->arg[1],
		.reserved = step_wrong(step) == WRONG_RESERVED,
		.seq = (u32)step->arg[0],
	};
	struct m_outcome out = ask(stage, step, AVOW_IOC_REFUSALS, &arg);

	if (!out.err) {
		out.count = arg.nr;
		out.result = arg.seq | arg.lost << 32;
	}
	return out;
}

static struct m_outcome info(const struct stage *stage, const struct step *step)
{
	struct avow_info arg = { 0 };
	struct m_outcome out = ask(stage, step, AVOW_IOC_INFO, &arg);

	if (!out.err)
		out.result = arg.state | (u64)arg.contract << 8 | arg.size << 16;
	return out;
}

static struct m_outcome map(struct stage *stage, const struct step *step)
{
	static const int flags[] = {
		[MAP_OVER] = MAP_SHARED | MAP_FIXED,
		[MAP_NO_REPLACE] = MAP_SHARED | MAP_FIXED_NOREPLACE,
		[MAP_PRIVATELY] = MAP_PRIVATE | MAP_FIXED,
		[MAP_OFFSET] = MAP_SHARED | MAP_FIXED,
	};
	const int32_t *arg = step->arg;
	void *at = (void *)(BASE + (u64)((__s64)arg[0] * (__s64)PAGE));
	off_t offset = arg[3] == MAP_OFFSET ? 37 * (off_t)PAGE : 0;

	at = mmap(at, (size_t)arg[1] * PAGE, arg[2], flags[arg[3]], stage->fds[step->fd], offset);
	return answer(at == MAP_FAILED ? -1 : 0);
}

static struct m_outcome mapped(const struct step *step)
{
	const int32_t *arg = step->arg;
	char *base = (char *)BASE, *at = base + (__s64)arg[0] * (__s64)PAGE, *to;
	size_t length = (size_t)arg[1] * PAGE, now = (size_t)arg[2] * PAGE;

	switch (step->op) {
	case OP_MPROTECT:
		/* With the key -1 it is mprotect(), by another door. */
		return answer(arg[3] ? (int)syscall(SYS_pkey_mprotect, at, length, arg[2], -1)
				     : mprotect(at, length, arg[2]));
	case OP_MUNMAP:
		return answer(munmap(at, length));
	default:
		to = base + (__s64)arg[3] * (__s64)PAGE;
		at = mremap(at, length, now, MREMAP_MAYMOVE | (to == at ? 0 : MREMAP_FIXED), to);
		return answer(at == MAP_FAILED ? -1 : 0);
	}
}

static struct m_outcome descriptor(struct stage *stage, const struct step *step)
{
	int *fds = stage->fds, fd = fds[step->fd], copy, old;

	if (step->op == OP_CLOSE) {
		fds[step->fd] = -1;
		return answer(close(fd));
	}
	copy = dup(fd);
	if (copy < 0)
		return answer(copy);
	old = fds[step->arg[0]];
	fds[step->arg[0]] = copy;
	if (old >= 0)
		close(old);
	return nothing();
}

static u64 address(int32_t page)
{
	return BASE + (u64)((__s64)page * (__s64)PAGE);
}

/* ---- outside ---- */

static struct m_outcome outside(const struct step *step)
{
	u64 at = address(step->arg[0]);
	bool code = step->op != OP_OUT_READ && (step->op == OP_OUT_EXEC || step->arg[1] < 0);
	struct m_outcome out = nothing();
	struct fault f;

	if (!code)
		at += TAG_AT;
	if (step->op == OP_OUT_READ)
		f = probe_read(at);
	else if (step->op == OP_OUT_WRITE)
		f = probe_write(at, code ? RET : (u8)step->arg[1]);
	else
		f = probe_exec(at);
	if (!f.signo) {
		out.how = H_WORKS;
		out.value = step->op == OP_OUT_READ ? f.value : -1;
	} else if (f.addr != at) {
		out.how = H_OTHER;
	} else {
		out.how = f.signo == SIGBUS ? H_BUS : f.signo == SIGSEGV ? H_SEGV : H_OTHER;
	}
	return out;
}

/* Errors of /proc/PID/mem are its own: it reads nothing, and says EIO. */
static struct m_outcome debug(const struct step *step)
{
	bool write = step->op == OP_DEBUG_WRITE, code = write && step->arg[1] < 0;
	u8 byte = code ? RET : (u8)step->arg[1];
	off_t at = (off_t)address(step->arg[0]) + (code ? 0 : TAG_AT);
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	struct m_outcome out;
	ssize_t n;

	if (mem < 0)
		FAIL("/proc/self/mem: %s", strerror(errno));
	n = write ? pwrite(mem, &byte, 1, at) : pread(mem, &byte, 1, at);
	out = answer(n == 1 ? 0 : -1);
	close(mem);
	if (n == 1 && !write)
		out.value = byte;
	return out;
}

struct enclu {
	u64 leaf, at;
};

static void enclu(void *arg)
{
	const struct enclu *e = arg;
	static const struct avow_secinfo secinfo = { .flags = (u64)PT_REG << SECINFO_PT_SHIFT | AVOW_R };
	u64 rax = e->leaf, rcx = e->at, rdx = 0;

	__asm__ volatile(".byte 0x0f, 0x01, 0xd7"
			 : "+a"(rax), "+c"(rcx), "+d"(rdx)
			 : "b"(&secinfo)
			 : "memory", "cc");
}

static struct m_outcome outside_leaf(const struct step *step)
{
	struct enclu e = { (u32)step->arg[1], address(step->arg[0]) };
	struct m_outcome out = nothing();
	struct fault f = probe_run(enclu, &e);

	out.how = !f.signo ? H_WORKS : f.signo == SIGSEGV && f.trapno == VECTOR_GP ? H_SEGV : H_OTHER;
	return out;
}

void act_all(struct stage *stage, const struct step *step)
{
	struct step one_access;
	unsigned int n;

	for (n = 0; all_access(n, step, &one_access); n++)
		if (!stage->shared->skip[n])
			stage->shared->all[n] = outside(&one_access);
}

/* ---- inside ---- */

static u64 access_bits(const struct step *step)
{
	return step->op == OP_IN_WRITE ? PF_WRITE : step->op == OP_IN_EXEC ? PF_FETCH : 0;
}

static bool is_leaf(const struct step *step)
{
	return step->op == OP_ENCLU || step->op == OP_EACCEPT || step->op == OP_EMODPE || step->op == OP_EACCEPTCOPY;
}

static enum m_how page_fault(const struct step *step, const struct exit *x)
{
	bool of_operand = x->addr == address(step->arg[0]) ||
			  (step->op == OP_EACCEPTCOPY && x->addr == address(step->arg[3]));

	if (!of_operand)
		return H_OTHER;
	if (!is_leaf(step) && (x->error & (PF_WRITE | PF_FETCH)) != access_bits(step))
		return H_OTHER;
	return x->error & PF_SGX ? H_EPCM : H_SEGV;
}

static enum m_how how(const struct step *step, const struct exit *x)
{
	if (!x->ret)
		return H_WORKS;
	if (x->leaf == ENCLU_EENTER)
		return x->vector == VECTOR_PF && x->addr == BASE ? H_NO_ENTRY_PF :
		       x->vector == VECTOR_GP ? H_NO_ENTRY_GP : H_OTHER;
	if (x->vector == VECTOR_PF)
		return page_fault(step, x);
	return x->vector == VECTOR_GP ? H_GP : H_OTHER;
}

static struct op operation(const struct step *step)
{
	struct op op = { .id = OP_NOTHING, .addr = address(step->arg[0]) };

	switch (step->op) {
	case OP_IN_READ:
		op.id = OP_READ;
		op.addr += TAG_AT;
		break;
	case OP_IN_WRITE:
		op.id = OP_WRITE;
		op.addr += step->arg[1] < 0 ? 0 : TAG_AT;
		op.value = step->arg[1] < 0 ? RET : (u64)step->arg[1];
		break;
	case OP_IN_EXEC:
		op.id = OP_EXEC;
		break;
	case OP_EACCEPT:
	case OP_EMODPE:
	case OP_EACCEPTCOPY:
		op.id = OP_LEAF;
		op.rax = step->op == OP_EACCEPT ? ENCLU_EACCEPT :
			 step->op == OP_EMODPE ? ENCLU_EMODPE : ENCLU_EACCEPTCOPY;
		op.flags = (u32)step->arg[1];
		op.rcx = BASE + (u64)step_address(step, step->arg[0]);
		op.rdx = address(step->arg[3]);
		break;
	case OP_ENCLU:
		op.id = OP_LEAF;
		op.rax = (u32)step->arg[1];
		op.flags = (u64)PT_REG << SECINFO_PT_SHIFT | AVOW_R;
		op.rcx = op.addr;
		break;
	}
	return op;
}

static struct m_outcome inside(struct stage *stage, const struct step *step)
{
	struct m_outcome out = nothing();
	struct op op = operation(step);
	struct exit x = enter_once(&stage->scene, 0, &op);

	out.how = how(step, &x);
	if (out.how != H_WORKS)
		return out;
	if (step->op == OP_IN_READ)
		out.value = (u8)op.value;
	if (is_leaf(step) && step->op != OP_EMODPE) {
		out.result = op.rax;
		if (!!(op.flags & 0x40) != !!op.rax)
			out.how = H_OTHER;
	}
	return out;
}

struct m_outcome act(struct stage *stage, const struct step *step)
{
	struct avow_info unused;

	switch (step->op) {
	case OP_CREATE:
		return create(stage, step);
	case OP_IMAGE:
		return image(stage, step);
	case OP_ADD:
		return add(stage, step);
	case OP_INIT:
		return init(stage, step);
	case OP_RESTRICT:
		return restrict_rights(stage, step);
	case OP_MODIFY:
		return modify_types(stage, step);
	case OP_REMOVE:
		return remove_pages(stage, step);
	case OP_PROVISION:
		return provision(stage, step);
	case OP_CONTRACT:
		return set_contract(stage, step);
	case OP_DECLARE:
		return declare(stage, step);
	case OP_LOWER:
		return lower(stage, step);
	case OP_REFUSALS:
		return refusals(stage, step);
	case OP_INFO:
		return info(stage, step);
	case OP_LIST:
		return list(stage, step);
	case OP_UNKNOWN:
		return answer(ioctl(stage->fds[step->fd], step_command(step), &unused));
	case OP_MMAP:
		return map(stage, step);
	case OP_MPROTECT:
	case OP_MUNMAP:
	case OP_MREMAP:
		return mapped(step);
	case OP_MAP_IMAGE:
		return map_image(stage, step);
	case OP_DUP:
	case OP_CLOSE:
		return descriptor(stage, step);
	case OP_OUT_READ:
	case OP_OUT_WRITE:
	case OP_OUT_EXEC:
		return outside(step);
	case OP_OUT_ENCLU:
		return outside_leaf(step);
	case OP_DEBUG_READ:
	case OP_DEBUG_WRITE:
		return debug(step);
	default:
		return inside(stage, step);
	}
}
