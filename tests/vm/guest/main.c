// SPDX-License-Identifier: LGPL-2.1-or-later
/* init of the virtual machine: sets the system up, then does its job. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "../job.h"
#include "init.h"

void (*lost_listener)(const char *reason);

void power_off(unsigned int value)
{
	sync();
	if (!ioperm(EXIT_PORT, 4, 1))
		outl(value, EXIT_PORT);
	/* Without the exit device: any end that is not success. */
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void lost(const char *format, ...)
{
	char reason[512];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	fprintf(stderr, "init: %s\n", reason);
	if (lost_listener)
		lost_listener(reason);
	power_off(EXIT_VALUE_LOST);
}

int main(void)
{
	char *mode;

	if (getpid() != 1) {
		fprintf(stderr, "init: to be run as process 1 of the virtual machine\n");
		return 1;
	}
	mount_system("");
	mode = file_line(JOB_MODE);
	if (!mode)
		lost("no job in the initramfs");
	if (!strcmp(mode, "suite"))
		power_off(suite_main());
	if (!strcmp(mode, "run") || !strcmp(mode, "shell"))
		power_off(run_main(!strcmp(mode, "shell")));
	lost("unknown mode '%s'", mode);
}
