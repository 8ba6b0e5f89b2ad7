// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The program of somebody else's CI job (workflow.sh): is there SGX, by CPUID and by the device? Its exit
 * status is the number in the file "status" of the directory that it is run in.
 */
#include <asm/sgx.h>
#include <cpuid.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int has_sgx(void)
{
	unsigned int a, b = 0, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1U << 2);
}

int main(void)
{
	struct sgx_enclave_create create = { 0 };
	int fd = open("/dev/sgx_enclave", O_RDWR | O_CLOEXEC), status = 99;
	FILE *file = fopen("status", "re");

	printf("CPUID %s SGX\n", has_sgx() ? "has" : "lacks");
	if (fd < 0)
		perror("/dev/sgx_enclave");
	else if (ioctl(fd, SGX_IOC_ENCLAVE_CREATE, &create))	/* of a SECS at address 0 */
		perror("ECREATE");
	if (!file || fscanf(file, "%d", &status) != 1)
		puts("no file");
	if (file)
		fclose(file);
	if (fd >= 0)
		close(fd);
	return status;
}
