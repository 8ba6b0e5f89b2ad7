// SPDX-License-Identifier: LGPL-2.1-or-later
/* The run and shell modes: a program's streams, carried over the link. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../frame.h"
#include "console.h"
#include "fail.h"
#include "machine.h"

#define BOOT_SECONDS	300

/* Frames on their way to the guest; more input is read when it is empty. */
struct outbox {
	char data[sizeof(struct frame_header) + FRAME_MAX];
	size_t length, sent;
};

struct inbox {
	char data[sizeof(struct frame_header) + FRAME_MAX];
	size_t length;
};

struct session {
	const struct options *options;
	struct machine machine;
	struct console console;
	struct inbox in;
	struct outbox out;
	bool ready, input_ended;
	bool failed;		/* the guest has said why it gives up */
	bool terminal;
	int status;		/* the program's, -1 until it is known */
};

static volatile sig_atomic_t resized;
static struct termios saved;
static bool raw;

static void restore_terminal(void)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
	raw = false;
}

static void note_resize(int number)
{
	(void)number;
	resized = 1;
}

static void make_raw(void)
{
	struct sigaction action = { .sa_handler = note_resize };
	struct termios mode;

	if (tcgetattr(STDIN_FILENO, &saved))
		fail("a shell needs a terminal as its standard input");
	mode = saved;
	cfmakeraw(&mode);
	raw = true;
	on_signal = restore_terminal;
	atexit(restore_terminal);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	sigaction(SIGWINCH, &action, NULL);
	resized = 1;
}

static void queue_frame(struct outbox *out, uint32_t type, const void *payload, size_t length)
{
	struct frame_header header = { .type = type, .length = (uint32_t)length };

	memcpy(out->data, &header, sizeof(header));
	memmove(out->data + sizeof(header), payload, length);
	out->length = sizeof(header) + length;
	out->sent = 0;
}

static void send_queued(struct session *session)
{
	struct outbox *out = &session->out;
	ssize_t done = send(session->machine.link, out->data + out->sent, out->length - out->sent,
			    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (done > 0)
		out->sent += (size_t)done;
	if (out->sent == out->length)
		out->length = out->sent = 0;
}

static void queue_window(struct session *session)
{
	struct winsize size;
	struct frame_window window;

	resized = 0;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		return;
	window = (struct frame_window){ .rows = size.ws_row, .columns = size.ws_col };
	queue_frame(&session->out, FRAME_WINDOW, &window, sizeof(window));
}

static void read_input(struct session *session)
{
	char *payload = session->out.data + sizeof(struct frame_header);
	ssize_t got = read(STDIN_FILENO, payload, FRAME_MAX);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	session->input_ended = got <= 0;
	queue_frame(&session->out, FRAME_STDIN, payload, got > 0 ? (size_t)got : 0);
}

static void print(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t done = write(fd, data, length);

		if (done < 0 && errno == EPIPE)
			raise(SIGTERM);		/* nobody reads: as SIGPIPE would end us */
		if (done < 0 && errno == EAGAIN)
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		else if (done < 0 && errno != EINTR)
			fail("cannot write the program's output: %s", strerror(errno));
		if (done > 0) {
			data += done;
			length -= (size_t)done;
		}
	}
}

static void handle_frame(struct session *session, const struct frame_header *header,
			 const char *payload)
{
	uint32_t status;

	switch (header->type) {
	case FRAME_READY:
		session->ready = true;
		break;
	case FRAME_STDOUT:
		print(STDOUT_FILENO, payload, header->length);
		break;
	case FRAME_STDERR:
		print(STDERR_FILENO, payload, header->length);
		break;
	case FRAME_EXIT:
		memcpy(&status, payload, sizeof(status));
		session->status = (int)status;
		queue_frame(&session->out, FRAME_BYE, "", 0);
		break;
	case FRAME_FAILED:
		restore_terminal();
		session->failed = true;
		note("%.*s", (int)header->length, payload);
		queue_frame(&session->out, FRAME_BYE, "", 0);
		break;
	default:
		fail("the virtual machine sent a frame of unknown type %u", header->type);
	}
}

/* False at the end of the link. */
static bool receive(struct session *session)
{
	struct inbox *in = &session->in;
	struct frame_header header;
	ssize_t got = read(session->machine.link, in->data + in->length,
			   sizeof(in->data) - in->length);
	size_t at = 0;

	if (got <= 0)
		return got < 0 && (errno == EINTR || errno == EAGAIN);
	in->length += (size_t)got;
	while (in->length - at >= sizeof(header)) {
		memcpy(&header, in->data + at, sizeof(header));
		if (header.length > FRAME_MAX)
			fail("the virtual machine sent a frame of %u bytes", header.length);
		if (in->length - at < sizeof(header) + header.length)
			break;
		handle_frame(session, &header, in->data + at + sizeof(header));
		at += sizeof(header) + header.length;
	}
	in->length -= at;
	memmove(in->data, in->data + at, in->length);
	return true;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Ends the machine and the program by the clock. */
static void check_time(struct session *session, time_t started)
{
	time_t spent = seconds() - started;
	unsigned int limit = session->options->timeout;

	if (limit && spent >= (time_t)limit) {
		machine_end(&session->machine, false);
		restore_terminal();
		note("ended after %u seconds (--timeout)", limit);
		exit(EXIT_TIMEOUT);
	}
	if (!session->ready && spent >= BOOT_SECONDS) {
		machine_end(&session->machine, false);
		console_show(&session->console, 30);
		fail("the virtual machine has not booted in %d seconds", BOOT_SECONDS);
	}
}

/* Carries data between the program and us until the machine is gone. */
static void carry(struct session *session)
{
	bool linked = true, booted = true;
	time_t started = seconds();

	while (linked || booted) {
		bool idle = !session->out.length, live = session->ready && session->status < 0;
		struct pollfd fds[] = {
			{ .fd = booted ? session->machine.console : -1, .events = POLLIN },
			{ .fd = linked ? session->machine.link : -1,
			  .events = (short)(POLLIN | (idle ? 0 : POLLOUT)) },
			{ .fd = live && idle && !session->input_ended ? STDIN_FILENO : -1,
			  .events = POLLIN },
		};

		if (poll(fds, 3, 500) < 0)
			memset(fds, 0, sizeof(fds));
		if (fds[0].revents)
			booted = console_read(&session->console, session->machine.console,
					      session->options->verbose);
		if (fds[1].revents & (POLLIN | POLLHUP | POLLERR))
			linked = receive(session);
		if (session->out.length && linked)
			send_queued(session);
		else if (fds[2].revents && !session->out.length)
			read_input(session);
		if (resized && live && !session->out.length)
			queue_window(session);
		check_time(session, started);
	}
}

/* What became of the machine; returns where the program's status is the answer. */
static void judge(const struct session *session)
{
	char *complaint = console_complaint(&session->console);

	if (complaint)
		note("the guest's kernel complains: %s", complaint);
	if (session->status < 0 || (complaint && session->options->checks)) {
		console_show(&session->console, 30);
		if (session->status < 0 && !session->failed)
			note("the virtual machine ended before the program did");
		exit(EXIT_MACHINE);
	}
	free(complaint);
}

int program_run(const struct options *options)
{
	static struct session session;
	uint64_t size;
	int image = build_image(options, &size);

	session.options = options;
	session.status = -1;
	session.terminal = !strcmp(options->mode, "shell");
	signal(SIGPIPE, SIG_IGN);
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != STDIN_FILENO)
		fail("cannot open /dev/null");
	if (session.terminal && !isatty(STDIN_FILENO))
		fail("a shell needs a terminal as its standard input");
	machine_start(&session.machine, options, image, size);
	if (session.terminal)
		make_raw();
	carry(&session);
	restore_terminal();
	machine_end(&session.machine, true);
	judge(&session);
	return session.status;
}
