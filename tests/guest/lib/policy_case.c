// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "policy_case.h"

static struct output said;

static int put(struct output *out, const char *format, va_list args)
{
	FILE *file = fopen(POLICY_FILE, "we");

	REQUIRE(file);
	vfprintf(file, format, args);
	REQUIRE(!fclose(file));
	run(out, false, "avow policy load " POLICY_FILE);
	return out->status;
}

int policy_try(struct output *out, const char *format, ...)
{
	va_list args;
	int status;

	va_start(args, format);
	status = put(out, format, args);
	va_end(args);
	return status;
}

u32 policy_put(const char *format, ...)
{
	va_list args;
	int status;
	u32 serial = 0;

	va_start(args, format);
	status = put(&said, format, args);
	va_end(args);
	if (status)
		FAIL("%s", said.text);
	else
		sscanf(said.text, "policy %u", &serial);
	REQUIRE(serial);
	return serial;
}

void policy_drop(void)
{
	run(&said, false, "avow policy unload");
	if (said.status)
		EXPECT_TEXT(&said, "no policy is loaded");
}

bool kernel_tells_hooks_apart(void)
{
	int major = 0, minor = 0;
	struct utsname name;

	REQUIRE(!uname(&name));
	REQUIRE(sscanf(name.release, "%d.%d", &major, &minor) == 2);
	return major > 6 || (major == 6 && minor >= 12);
}

int policy_load_page(const void *src, u32 intent)
{
	struct scene s;
	int ret, err;

	scene_create(&s, 2);
	ret = raw_add(&s, src, 0, PAGE, avow_secinfo_reg(intent), SGX_PAGE_MEASURE, NULL);
	err = errno;
	scene_close(&s);
	errno = err;
	return ret;
}

void *map_file(const char *path, int prot)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at;

	REQUIRE(fd >= 0);
	at = mmap(NULL, PAGE, prot, MAP_PRIVATE, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	return at;
}

void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	REQUIRE(fd >= 0);
	REQUIRE(write(fd, source_code(1), PAGE) == (ssize_t)PAGE);
	REQUIRE(!fchmod(fd, 0755));
	close(fd);
}
