// SPDX-License-Identifier: LGPL-2.1-or-later
/* QEMU as a child process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../frame.h"
#include "../job.h"
#include "fail.h"
#include "machine.h"

#define QEMU	"qemu-system-x86_64"

void (*on_signal)(void);
static volatile pid_t running;		/* QEMU, for the signal handler */

void list_add(struct list *list, char *item)
{
	list->items = realloc(list->items, (list->count + 2) * sizeof(*list->items));
	if (!list->items)
		fail("out of memory");
	list->items[list->count++] = item;
	list->items[list->count] = NULL;
}

static void handle_signal(int number)
{
	pid_t pid = running;

	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	if (on_signal)
		on_signal();
	_exit(128 + number);
}

/* A connected pair: our end is kept to ourselves, QEMU's is inherited. */
static int channel(int *theirs)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		fail("socketpair: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	*theirs = ends[1];
	return ends[0];
}

/* QEMU wants each comma within an option's value doubled. */
static char *quote(const char *value)
{
	char *result = must_alloc(2 * strlen(value) + 1), *at = result;

	for (; *value; value++) {
		*at++ = *value;
		if (*value == ',')
			*at++ = ',';
	}
	return result;
}

/*
 * no_timer_check: the kernel counts a few ticks by the processor's clock, and panics if QEMU,
 * on a busy machine, was late with them. oops=panic: who is killed by an oops leaves locks held,
 * and what waits for them would wait until the time is over.
 */
static char *kernel_command_line(const struct options *options)
{
	char *line = must_format("console=ttyS0,115200 rdinit=/init panic=-1 oops=panic"
				 " no_timer_check %s%s",
				 options->verbose || options->checks ? "loglevel=7" :
								       "loglevel=5",
				 options->checks ? " panic_on_warn=1 slub_debug=FZPU page_poison=1"
						   " init_on_free=1" : "");

	for (size_t i = 0; i < options->kernel_args.count; i++)
		line = must_format("%s %s", line, options->kernel_args.items[i]);
	return line;
}

static void add_9p(struct list *arguments, const char *tag, const char *path, bool writable)
{
	list_add(arguments, "-fsdev");
	list_add(arguments, must_format("local,id=%s,path=%s,security_model=none,multidevs=remap%s",
					tag, quote(path), writable ? "" : ",readonly=on"));
	list_add(arguments, "-device");
	list_add(arguments, must_format("virtio-9p-pci,fsdev=%s,mount_tag=%s", tag, tag));
}

static void add_channel(struct list *arguments, const char *name, int fd)
{
	list_add(arguments, "-chardev");
	list_add(arguments, must_format("socket,id=%s,fd=%d", name, fd));
}

/* Enough for the unpacked initramfs, its packed form, and the work itself. */
static unsigned int memory_for(const struct options *options, uint64_t image_size)
{
	return options->memory ? options->memory :
				 1024 + (unsigned int)(2 * image_size >> 20) / 64 * 64;
}

static void add_processor(struct list *arguments, const struct options *options)
{
	list_add(arguments, "-accel");
	list_add(arguments, options->icount || options->one_thread ? (char *)"tcg,thread=single" :
					      (char *)"tcg,thread=multi");
	if (options->icount) {
		list_add(arguments, "-icount");
		/* While the processor has nothing to do, time goes on at once. */
		list_add(arguments, "shift=0,sleep=off");
	}
	list_add(arguments, "-cpu");
	list_add(arguments, (char *)options->cpu);
	list_add(arguments, "-smp");
	list_add(arguments, must_format("%u", options->cpus));
}

static char **qemu_arguments(const struct options *options, int image, uint64_t image_size,
			     const int channels[3])
{
	struct list arguments = { 0 };
	const char *const fixed[] = {
		QEMU, "-no-user-config", "-nodefaults", "-display", "none", "-no-reboot",
		"-serial", "chardev:console", "-serial", "chardev:results",
		"-device", "virtio-serial-pci",
		"-device", "virtserialport,chardev=link,name=" FRAME_PORT,
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (!strcmp(fixed[i], "-serial") && strstr(fixed[i + 1], "console")) {
			add_channel(&arguments, "console", channels[0]);
			add_channel(&arguments, "results", channels[1]);
			add_channel(&arguments, "link", channels[2]);
		}
		list_add(&arguments, (char *)fixed[i]);
	}
	list_add(&arguments, "-device");
	list_add(&arguments, must_format("isa-debug-exit,iobase=%#x,iosize=4", EXIT_PORT));
	list_add(&arguments, "-m");
	list_add(&arguments, must_format("%u", memory_for(options, image_size)));
	add_processor(&arguments, options);
	list_add(&arguments, "-kernel");
	list_add(&arguments, (char *)options->kernel);
	list_add(&arguments, "-initrd");
	list_add(&arguments, must_format("/proc/self/fd/%d", image));
	list_add(&arguments, "-append");
	list_add(&arguments, kernel_command_line(options));
	for (size_t i = 0; !options->no_9p && i < options->shares.count; i++)
		add_9p(&arguments, must_format("share%zu", i), options->shares.items[i], true);
	if (options->root)
		add_9p(&arguments, "root", options->root, false);
	return arguments.items;
}

static void become_qemu(char **arguments, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	/* Not in the terminal's process group: Ctrl-C is for us to handle. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(QEMU, arguments);
	fprintf(stderr, "avow: cannot run %s: %s\n", QEMU, strerror(errno));
	_exit(127);
}

void machine_start(struct machine *machine, const struct options *options, int image,
		   uint64_t image_size)
{
	const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = handle_signal };
	int theirs[3];
	char **arguments;
	sigset_t set, old;
	pid_t parent = getpid();

	machine->console = channel(&theirs[0]);
	machine->results = channel(&theirs[1]);
	machine->link = channel(&theirs[2]);
	arguments = qemu_arguments(options, image, image_size, theirs);
	sigfillset(&action.sa_mask);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	/* No signal between the fork and the moment the handler knows the child. */
	sigprocmask(SIG_BLOCK, &set, &old);
	machine->pid = fork();
	if (machine->pid < 0)
		fail("cannot start %s: %s", QEMU, strerror(errno));
	if (!machine->pid) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		become_qemu(arguments, parent);
	}
	running = machine->pid;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	for (size_t i = 0; i < 3; i++)
		close(theirs[i]);
	close(image);
}

int machine_end(struct machine *machine, bool wait)
{
	int status;

	if (!wait)
		kill(machine->pid, SIGKILL);
	while (waitpid(machine->pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waiting for %s: %s", QEMU, strerror(errno));
	running = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
