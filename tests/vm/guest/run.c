// SPDX-License-Identifier: LGPL-2.1-or-later
/* The run and shell modes: one program, its streams carried over the link. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../frame.h"
#include "../job.h"
#include "init.h"

#define PORTS	"/sys/class/virtio-ports"
#define PATIENCE_MS	30000	/* for the port to appear, and for the host's BYE */

static int port = -1;

static void send_frame(uint32_t type, const void *data, size_t length)
{
	struct frame_header header = { .type = type, .length = (uint32_t)length };

	/* A host that is gone ends the machine; there is nobody left to tell. */
	if (!write_all(port, &header, sizeof(header)) || !write_all(port, data, length))
		power_off(EXIT_VALUE_LOST);
}

static void send_failure(const char *reason)
{
	send_frame(FRAME_FAILED, reason, strlen(reason));
	poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, PATIENCE_MS);
}

/* Opens the port by its name; the driver makes its node a little later. */
static bool try_open_port(void)
{
	DIR *directory = opendir(PORTS);
	struct dirent *entry;
	char path[512];

	while (directory && port < 0 && (entry = readdir(directory))) {
		char *name;

		snprintf(path, sizeof(path), PORTS "/%s/name", entry->d_name);
		name = file_line(path);
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		if (name && !strcmp(name, FRAME_PORT))
			port = open(path, O_RDWR | O_CLOEXEC);
		free(name);
	}
	if (directory)
		closedir(directory);
	return port >= 0;
}

static void open_port(void)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };

	for (int waited = 0; !try_open_port(); waited += 10) {
		if (waited > PATIENCE_MS)
			lost("the port %s does not appear", FRAME_PORT);
		nanosleep(&pause, NULL);
	}
	lost_listener = send_failure;
}

/* What came from the host and is not delivered yet: at most one frame. */
struct inbox {
	struct frame_header header;
	char payload[FRAME_MAX];
	size_t have;		/* bytes of header and payload received */
	size_t given;		/* bytes of payload written to the program */
};

/* Receives some bytes; true when a whole frame is there. */
static bool receive(struct inbox *box)
{
	size_t want = sizeof(box->header);
	char *at = (char *)&box->header + box->have;
	ssize_t got;

	if (box->have >= sizeof(box->header)) {
		want += box->header.length;
		at = box->payload + (box->have - sizeof(box->header));
	}
	got = read(port, at, want - box->have);
	if (got > 0)
		box->have += (size_t)got;
	if (got == 0)
		power_off(EXIT_VALUE_LOST);	/* the host closed the port */
	if (box->have >= sizeof(box->header) && box->header.length > FRAME_MAX)
		lost("a frame of %u bytes from the host", box->header.length);
	return box->have >= sizeof(box->header) &&
	       box->have == sizeof(box->header) + box->header.length;
}

/* Delivers the frame as far as the program takes it; true when it is done. */
static bool deliver(struct inbox *box, struct child *child, bool terminal)
{
	struct frame_window window;
	ssize_t done;

	if (box->header.type == FRAME_WINDOW && box->header.length == sizeof(window)) {
		memcpy(&window, box->payload, sizeof(window));
		if (terminal)
			ioctl(child->in, TIOCSWINSZ, &(struct winsize){
				.ws_row = window.rows, .ws_col = window.columns });
	}
	if (box->header.type != FRAME_STDIN || child->in < 0)
		return true;
	if (!box->header.length && !terminal) {
		close(child->in);
		child->in = -1;
		return true;
	}
	done = write(child->in, box->payload + box->given, box->header.length - box->given);
	if (done < 0 && errno != EAGAIN && errno != EINTR) {
		close(child->in);	/* the program reads no more: drop the rest */
		child->in = -1;
		return true;
	}
	if (done > 0)
		box->given += (size_t)done;
	return box->given == box->header.length;
}

/* Sends what the stream has; false when it is empty for now or ended. */
static bool forward(int *fd, uint32_t type)
{
	static char data[FRAME_MAX];
	ssize_t got = *fd < 0 ? 0 : read(*fd, data, sizeof(data));

	if (got > 0)
		send_frame(type, data, (size_t)got);
	else if (*fd >= 0 && (!got || (errno != EAGAIN && errno != EINTR))) {
		close(*fd);
		*fd = -1;
	}
	return got > 0;
}

/* Carries the streams until the program has ended; its wait status. */
static int carry(struct child *child, bool terminal)
{
	static struct inbox box;
	bool full = false;
	int status = 0;

	for (bool alive = true; alive;) {
		struct pollfd fds[] = {
			{ .fd = child->out, .events = POLLIN },
			{ .fd = child->err, .events = POLLIN },
			{ .fd = full ? -1 : port, .events = POLLIN },
			{ .fd = full ? child->in : -1, .events = POLLOUT },
		};

		poll(fds, 4, 20);
		alive = child_running(child, &status);
		while (forward(&child->out, FRAME_STDOUT) | forward(&child->err, FRAME_STDERR))
			;
		if (!full && (fds[2].revents & (POLLIN | POLLHUP)))
			full = receive(&box);
		if (full && deliver(&box, child, terminal)) {
			box.have = box.given = 0;
			full = false;
		}
	}
	return status;
}

static void set_nonblocking(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/*
 * Process 1 becomes the root's own init, and a child goes on here, in that root: the machine is
 * ours still, and that init knows nothing of it.
 */
static void split_from_init(struct command *command)
{
	int seen[2];
	char byte;
	pid_t pid;

	if (pipe2(seen, O_CLOEXEC))
		lost("no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		lost("cannot fork: %s", strerror(errno));
	if (pid) {
		close(seen[1]);
		/* The child has to be in the root before it is moved. */
		if (read(seen[0], &byte, 1))
			lost("no end of a pipe that nobody writes to");
		become_init(command->root);
	}
	if (chroot(command->root) || chdir("/"))
		lost("cannot enter %s: %s", command->root, strerror(errno));
	command->root = "";
	close(seen[0]);
	close(seen[1]);
}

static void nothing_leaks(void)
{
	char *report = detectors_leaks();

	if (*report) {
		fprintf(stderr, "%s\n", report);
		lost("memory that nothing points to is left behind");
	}
	free(report);
}

/* As after the tests of the suite, when avow.ko is not used any longer. */
static void look_behind(const struct baseline *before)
{
	char why[512];

	if (detectors_wanted())
		nothing_leaks();
	if (avow_offered() && (!avow_unload(why, sizeof(why)) || leftovers(before, why, sizeof(why))))
		lost("after the program: %s", why);
	if (!detectors_wanted())
		return;
	if (avow_offered())
		nothing_leaks();
	if (!detectors_lockdep())
		lost("the lock validator was switched off; the console says why");
}

unsigned int run_main(bool terminal)
{
	struct command command = { .terminal = terminal, .input = true };
	bool checks = access(JOB_CHECKS, F_OK) == 0;
	struct baseline before;
	char why[256];
	struct child child;
	uint32_t result;
	int status;

	load_kernel_modules();
	open_port();
	mount_shares();
	command.root = mount_root();
	if (checks && detectors_wanted())
		detectors_begin();
	if (checks)
		baseline_take(&before);
	if (avow_offered() && !avow_load(why, sizeof(why)))
		lost("%s", why);
	command.argv = file_list(JOB_ARGV, NULL);
	command.file = *command.argv++;
	command.env = file_list(JOB_ENV, NULL);
	command.cwd = file_line(JOB_CWD);
	if (!*command.root)
		make_directories(command.cwd);
	if (!access(JOB_BOOT, F_OK))
		split_from_init(&command);
	send_frame(FRAME_READY, "", 0);
	if (child_start(&command, &child))
		lost("cannot start %s: %s", command.file, strerror(errno));
	set_nonblocking(child.in);
	set_nonblocking(child.out);
	set_nonblocking(child.err);
	status = carry(&child, terminal);
	kill_everybody();
	if (checks)
		look_behind(&before);
	result = WIFSIGNALED(status) ? 128 + (uint32_t)WTERMSIG(status) :
				       (uint32_t)WEXITSTATUS(status);
	send_frame(FRAME_EXIT, &result, sizeof(result));
	poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, PATIENCE_MS);
	return EXIT_VALUE_GOOD;
}
