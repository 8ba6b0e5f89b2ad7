// SPDX-License-Identifier: LGPL-2.1-or-later
/* R30, R40.4: small enclave programs, one after the other and many at once. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "inside.h"

#define SIGSTRUCT_FILE	"/tmp/starts.sigstruct"
#define PROGRAM_MARK	"AVOW_TEST_STARTED"
#define STATUS_GOOD	42

#define IN_A_ROW	500
#define AT_ONCE		30
#define WAVES		4

/* The program: this file's, executed anew. All it shares with others is the signature. */
static int program(void)
{
	struct op op = { .id = OP_COUNT };
	struct avow_params params = { 0 };
	struct scene s;
	ssize_t size;
	int fd, i;

	scene_open(&s);
	if (avow_image_open(&s.image, data_path("enclave.elf")))
		return 2;
	params.size = s.image.size;
	if (avow_enclave_create(&s.e, &params) || avow_enclave_add_image(&s.e, &s.image))
		return 3;
	fd = open(SIGSTRUCT_FILE, O_RDONLY | O_CLOEXEC);
	size = read(fd, &s.e.sig, sizeof(s.e.sig));
	close(fd);
	if (size != sizeof(s.e.sig))
		return 4;
	if (avow_enclave_init(&s.e) || avow_enclave_map_image(&s.e, &s.image))
		return 5;
	for (i = 1; i <= 3; i++)
		if (enter(&s, 0, &op).leaf != ENCLU_EEXIT || op.value != (u64)i)
			return 6;
	if (enter(&s, 0, &(struct op){ .id = OP_UD }).vector != VECTOR_UD)
		return 7;
	return STATUS_GOOD;
}

__attribute__((constructor)) static void started(void)
{
	if (getenv(PROGRAM_MARK))
		_exit(program());
}

static pid_t start(void)
{
	char data[256];
	char *argv[] = { "program", NULL }, *envp[] = { PROGRAM_MARK "=1", data, NULL };
	pid_t pid;

	snprintf(data, sizeof(data), "AVOW_DATA=%s", getenv("AVOW_DATA") ? getenv("AVOW_DATA") : "data");
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		execve("/proc/self/exe", argv, envp);
		_exit(1);
	}
	return pid;
}

static void expect_good(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status))
		FAIL("died of SIG%s", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != STATUS_GOOD)
		FAIL("status %d", WEXITSTATUS(status));
}

/* Signs once: that takes longer than all the rest of a start. */
static void sign_once(void)
{
	struct avow_params params = { 0 };
	struct scene s;
	int fd;

	scene_open(&s);
	REQUIRE_OK(avow_image_open(&s.image, data_path("enclave.elf")));
	params.size = s.image.size;
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(avow_enclave_add_image(&s.e, &s.image));
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	fd = open(SIGSTRUCT_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	REQUIRE(write(fd, &s.e.sig, sizeof(s.e.sig)) == sizeof(s.e.sig));
	close(fd);
	scene_close(&s);
}

static u64 used(void)
{
	struct scene s;
	u64 bytes;

	scene_open(&s);
	bytes = epc_used(&s);
	scene_close(&s);
	return bytes;
}

static void in_a_row(void)
{
	int i;

	sign_once();
	for (i = 0; i < IN_A_ROW && !test_failed(); i++)
		expect_good(start());
	EXPECT_EQ(used(), 0);
}

static void at_once(void)
{
	pid_t pid[AT_ONCE];
	int wave, i;

	sign_once();
	for (wave = 0; wave < WAVES && !test_failed(); wave++) {
		for (i = 0; i < AT_ONCE; i++)
			pid[i] = start();
		for (i = 0; i < AT_ONCE; i++)
			expect_good(pid[i]);
	}
	EXPECT_EQ(used(), 0);
}

TESTS(
	{ "R30 R40.4 five hundred starts in a row", in_a_row, ONCE },
	{ "R30 R40.4 thirty starts at once", at_once, ONCE },
)
