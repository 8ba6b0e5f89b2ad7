// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>

#include "borrowed.h"
#include "policy_case.h"

int borrowed_policy(void)
{
	int fd;

	make_file(BORROWED_FILE);
	fd = open(BORROWED_FILE, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	borrowed_trust(BORROWED_FILE);
	return fd;
}

void borrowed_trust(const char *path)
{
	char text[PATH_MAX + 256], image[PATH_MAX];

	REQUIRE(realpath(data_path("enclave.elf"), image));
	snprintf(text, sizeof(text),
		 "allow load intent has x, source is file-exec, file is %s or %s\n"
		 "deny load intent has x\ndefault allow\n", path, image);
	attack_policy(text);
}

u8 *borrowed_evil(int prot)
{
	u8 *page = source_anon(1, PROT_READ | PROT_WRITE);

	page[1] = BORROWED_BYTE;
	REQUIRE(!mprotect(page, PAGE, prot));
	return page;
}

int borrowed_add(struct scene *s, const void *src)
{
	return raw_add(s, src, s->play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL);
}

/* What the kernel measured of a page is its EADD alone. */
static void measure(struct scene *s)
{
	REQUIRE_OK(avow_measure_page(s->e.measure, s->play, avow_secinfo_reg(AVOW_R | AVOW_X), NULL));
}

int borrowed_add_behind(struct scene *s, const void *src)
{
	u64 count = 0;
	int ret = raw_add(s, src, s->play, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, &count);
	int err = errno;

	REQUIRE(count >= PAGE);
	measure(s);
	s->play += PAGE;
	errno = err;
	return ret;
}

void borrowed_run(struct scene *s, const char *proof)
{
	u64 at;

	measure(s);
	scene_init(s);
	scene_map(s, s->play, 1, PROT_READ | PROT_EXEC);
	at = scene_at(s, s->play);
	if (probe_read(at + 1).value != BORROWED_BYTE)
		could_not_try("what was added has %#x", probe_read(at + 1).value);
	attempt_exec(s, at);
	got_through("%s", proof);
}

void borrowed_read(struct scene *s, const char *proof)
{
	struct fault f;

	scene_map(s, s->play, 1, PROT_READ | PROT_EXEC);
	f = probe_read(scene_at(s, s->play));
	if (f.signo || f.value == source_byte(0, 0))
		could_not_try("what was added is the file's");
	got_through("%s", proof);
}
