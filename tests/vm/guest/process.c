// SPDX-License-Identifier: LGPL-2.1-or-later
/* Starting and ending programs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

/* As a shell has it: 127 not found, 126 found but not to be executed. */
static _Noreturn void become(const struct command *command)
{
	if (*command->root && (chroot(command->root) || chdir("/")))
		goto failed;
	if (chdir(command->cwd))
		goto failed;
	execve(command->file, command->argv, command->env);
failed:
	dprintf(STDERR_FILENO, "avow: %s: %s\n", command->file, strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int start_on_terminal(const struct command *command, struct child *child)
{
	child->pid = forkpty(&child->in, NULL, NULL, NULL);
	if (child->pid < 0)
		return errno;
	if (!child->pid)
		become(command);
	child->out = dup(child->in);
	child->err = -1;
	return 0;
}

int child_start(const struct command *command, struct child *child)
{
	int in[2] = { -1, -1 }, out[2], err[2];

	if (command->terminal)
		return start_on_terminal(command, child);
	if (!command->input)
		in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	else if (pipe2(in, O_CLOEXEC))
		return errno;
	if (in[0] < 0 || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return errno;
	child->pid = fork();
	if (child->pid < 0)
		return errno;
	if (!child->pid) {
		setsid();
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		become(command);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	child->in = in[1];
	child->out = out[0];
	child->err = err[0];
	return 0;
}

/* Reaps whoever has ended; false once the child itself has, with its status. */
bool child_running(const struct child *child, int *status)
{
	bool running = true;
	pid_t pid;
	int ended;

	while ((pid = waitpid(-1, &ended, WNOHANG)) > 0) {
		if (pid != child->pid)
			continue;
		*status = ended;
		running = false;
	}
	return running;
}

/* Every process but init, and wait until they are reaped (or clearly stuck). */
void kill_everybody(void)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };

	for (int tries = 0; tries < 500; tries++) {
		pid_t reaped;

		kill(-1, SIGKILL);
		do
			reaped = waitpid(-1, NULL, WNOHANG);
		while (reaped > 0);
		/* Orphans become init's children: without any, nobody is left. */
		if (reaped < 0 && errno == ECHILD)
			return;
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "init: some process cannot be killed\n");
}
