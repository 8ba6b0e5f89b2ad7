// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "asked.h"
#include "rights.h"

static _Thread_local struct asked last;

void asked_forget(void)
{
	last = (struct asked){ .op = 0 };
}

void asked_mapping(u32 op, u64 offset, u64 length, int prot)
{
	last = (struct asked){
		.op = op,
		.ranged = true,
		.offset = offset,
		.length = length,
		.rights = (u32)prot & AVOW_RWX,	/* the same numbers */
	};
}

struct asked asked_last(void)
{
	return last;
}

/* The argument may be no memory at all. */
static bool peek(void *to, u64 from, size_t size)
{
	struct iovec here = { to, size }, there = { (void *)from, size };

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

static const struct {
	unsigned long cmd;
	u32 op;
} ops[] = {
	{ SGX_IOC_ENCLAVE_CREATE, AVOW_OP_CREATE },
	{ SGX_IOC_ENCLAVE_ADD_PAGES, AVOW_OP_ADD_PAGES },
	{ SGX_IOC_ENCLAVE_INIT, AVOW_OP_INIT },
	{ SGX_IOC_ENCLAVE_PROVISION, AVOW_OP_PROVISION },
	{ SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS, AVOW_OP_RESTRICT },
	{ SGX_IOC_ENCLAVE_MODIFY_TYPES, AVOW_OP_MODIFY_TYPES },
	{ SGX_IOC_ENCLAVE_REMOVE_PAGES, AVOW_OP_REMOVE_PAGES },
	{ AVOW_IOC_SET_CONTRACT, AVOW_OP_SET_CONTRACT },
	{ AVOW_IOC_DECLARE_DYNAMIC, AVOW_OP_DECLARE_DYNAMIC },
	{ AVOW_IOC_LOWER_INTENT, AVOW_OP_LOWER_INTENT },
};

static void note_add(const struct sgx_enclave_add_pages *arg)
{
	struct avow_secinfo secinfo;

	last.offset = arg->offset;
	last.length = arg->length;
	last.count = arg->count;
	last.src = arg->src;
	last.explicit = arg->flags & AVOW_PAGE_INTENT;
	if (last.explicit)
		last.rights = (u32)(arg->flags >> AVOW_PAGE_INTENT_SHIFT) & AVOW_RWX;
	if (peek(&secinfo, arg->secinfo, sizeof(secinfo)))
		last.secinfo = secinfo.flags;
}

#define NOTE(arg, given) do {					\
	last.offset = (arg).offset;				\
	last.length = (arg).length;				\
	last.rights = (u32)(given) & AVOW_RWX;			\
} while (0)

/* What the argument says; again after the call, for what it tells then. */
static void note(unsigned long cmd, u64 at)
{
	union {
		struct sgx_enclave_add_pages add;
		struct sgx_enclave_restrict_permissions restrict_;
		struct sgx_enclave_modify_types modify;
		struct sgx_enclave_remove_pages remove;
		struct avow_declare_dynamic declare;
		struct avow_lower_intent lower;
	} arg;

	if (!peek(&arg, at, _IOC_SIZE(cmd)))
		return;
	last.ranged = true;
	switch (last.op) {
	case AVOW_OP_ADD_PAGES:
		note_add(&arg.add);
		break;
	case AVOW_OP_RESTRICT:
		NOTE(arg.restrict_, arg.restrict_.permissions);
		last.count = arg.restrict_.count;
		break;
	case AVOW_OP_MODIFY_TYPES:
		NOTE(arg.modify, 0);
		last.count = arg.modify.count;
		break;
	case AVOW_OP_REMOVE_PAGES:
		NOTE(arg.remove, 0);
		last.count = arg.remove.count;
		break;
	case AVOW_OP_DECLARE_DYNAMIC:
		NOTE(arg.declare, arg.declare.intent);
		break;
	case AVOW_OP_LOWER_INTENT:
		NOTE(arg.lower, arg.lower.intent);
		break;
	default:
		last.ranged = false;
	}
}

int __real_ioctl(int fd, unsigned long cmd, ...);
int __wrap_ioctl(int fd, unsigned long cmd, ...);
int __wrap_ioctl(int fd, unsigned long cmd, ...)
{
	va_list args;
	u64 arg;
	size_t i;
	int ret, err;

	va_start(args, cmd);
	arg = va_arg(args, u64);
	va_end(args);
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]) && ops[i].cmd != cmd; i++)
		;
	if (i == sizeof(ops) / sizeof(ops[0]))
		return __real_ioctl(fd, cmd, arg);
	last = (struct asked){ .op = ops[i].op };
	ret = __real_ioctl(fd, cmd, arg);
	err = errno;
	note(cmd, arg);
	errno = err;
	return ret;
}

bool asked_by_page(const struct asked *asked, u32 rule)
{
	switch (rule / 100) {
	case 5:		/* the source */
	case 6:
	case 7:
	case 13:
	case 41:	/* what a hook answered */
		return asked->ranged;
	}
	switch (rule) {
	case 201:	/* one slot of the range */
	case 304:
	case 2206:
	case 2209:
	case 2405: case 2406: case 2407:
	case 2504: case 2506:
	case 2602: case 2603:
		return true;
	case 205:
	case 303:
		FAIL("rule %u is about a slot or about all: say which", rule);
	}
	return false;
}

/* R1.1, R1.2: where it was looked at. R1.3 and R1.4, as far as flags tell, come before SECINFO. */
static u32 add_rights(const struct asked *asked, u32 rule)
{
	u32 rights = (u32)asked->secinfo & AVOW_RWX;

	if (asked->explicit)
		return asked->rights;
	switch (rule) {
	case 103: case 104:
	case 2201: case 2202: case 2203:
		return 0;
	case 102: case 2205:
		return rights;
	default:
		return avow_secinfo_type(asked->secinfo) == PT_TCS ? AVOW_R | AVOW_W : rights;
	}
}

u32 asked_rights(const struct asked *asked, u32 rule)
{
	return asked->op == AVOW_OP_ADD_PAGES ? add_rights(asked, rule) : asked->rights;
}

u32 mapped_rights(u64 addr)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long long start, end;
	char line[512], rwx[4];
	u32 rights = 0;

	REQUIRE(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx %3s", &start, &end, rwx) == 3 && addr >= start && addr < end)
			rights = (rwx[0] == 'r' ? AVOW_R : 0) | (rwx[1] == 'w' ? AVOW_W : 0) |
				 (rwx[2] == 'x' ? AVOW_X : 0);
	fclose(file);
	return rights;
}
