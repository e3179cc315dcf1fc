// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows each command as it is run: time, process, parent, name, file and what
 * execve(2) returned. Ctrl-C ends it.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "examples/execsnoop/execsnoop.h"
#include "user/libmodbpf.h"

static volatile sig_atomic_t is_over;

static void end(int signal)
{
	is_over = 1;
}

/* The wall clock's time of @ns on CLOCK_MONOTONIC. */
static void print_time(__u64 ns)
{
	struct timespec wall, mono;
	struct tm tm;
	time_t second;
	char text[32];
	long long at;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	at = (wall.tv_sec - mono.tv_sec) * 1000000000LL + wall.tv_nsec - mono.tv_nsec + ns;
	second = at / 1000000000;
	localtime_r(&second, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%s.%03lld", text, at / 1000000 % 1000);
}

/* Names are anyone's bytes: nothing of them may steer the terminal. */
static void print_name(const char *name, size_t size, int width)
{
	char clean[sizeof(((struct exec_event *)0)->file) + 1];
	size_t i;

	for (i = 0; i < size && name[i]; i++)
		clean[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	clean[i] = 0;
	printf(" %-*s", width, i ? clean : "-");
}

static int print_event(void *cookie, void *data, size_t size)
{
	const struct exec_event *event = data;

	if (size < sizeof(*event))
		return 0;
	print_time(event->time);
	printf(" %7u %7u %4d ", event->pid, event->ppid, event->ret);
	print_name(event->comm, sizeof(event->comm), 15);
	print_name(event->file, sizeof(event->file), 0);
	if (event->ret)
		printf("  (%s)", strerror(-event->ret));
	putchar('\n');
	fflush(stdout);
	return 0;
}

static int watch(struct bpf_object *obj)
{
	struct bpf_map *events = bpf_object__find_map_by_name(obj, "exec_events");
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(events), print_event, NULL, NULL);
	if (!ring)
		return -errno;
	printf("%-12s %7s %7s %4s  %-15s %s\n", "TIME", "PID", "PPID", "RET", "COMM", "FILE");
	fflush(stdout);
	while (!is_over && err >= 0) {
		err = ring_buffer__poll(ring, 100);
		if (err == -EINTR)
			err = 0;
	}
	ring_buffer__free(ring);
	return err < 0 ? err : 0;
}

static int attach_all(struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		if (!bpf_program__attach(prog)) {
			fprintf(stderr, "execsnoop: %s cannot be attached to %s: %s\n",
				bpf_program__name(prog), bpf_program__section_name(prog),
				strerror(errno));
			return -errno;
		}
	}
	return 0;
}

/* The object is beside this program, unless an argument names it. */
static struct bpf_object *open_object(const char *path)
{
	char beside[4096];
	ssize_t len;

	if (!path) {
		len = readlink("/proc/self/exe", beside, sizeof(beside) - sizeof(".bpf.o"));
		if (len < 0)
			return NULL;
		strcpy(beside + len, ".bpf.o");
		path = beside;
	}
	return bpf_object__open(path);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end };
	struct bpf_object *obj;
	int err;

	if (modbpf_device() < 0) {
		fprintf(stderr, "%s\n", modbpf_device_error(errno));
		return 1;
	}
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		fprintf(stderr, "execsnoop: the offsets of task_struct are taken from "
			"/sys/kernel/btf/vmlinux, which this kernel does not have\n");
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	modbpf_register_sections();
	obj = open_object(argv[1]);
	if (!obj) {
		fprintf(stderr, "execsnoop: the object cannot be opened: %s\n", strerror(errno));
		return 1;
	}
	err = bpf_object__load(obj);
	if (!err)
		err = attach_all(obj);
	if (!err)
		err = watch(obj);
	bpf_object__close(obj);	/* and the links end with this process */
	return err ? 1 : 0;
}
