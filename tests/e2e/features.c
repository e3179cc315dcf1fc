// SPDX-License-Identifier: GPL-2.0-only
/*
 * "features OBJECT": which of its programs can be attached on this kernel? Prints a line "NAME yes"
 * or "NAME no ERRNO" for each, and how links on many functions get there.
 */
#include <linux/perf_event.h>
#include <stdlib.h>

#include "tests/e2e/numbers.h"

static struct bpf_link *attach(struct bpf_program *prog)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .size = sizeof(attr),
		.sample_period = 100000000,
	};
	long fd;

	if (bpf_program__type(prog) != BPF_PROG_TYPE_PERF_EVENT)
		return bpf_program__attach(prog);
	fd = syscall(__NR_perf_event_open, &attr, -1, 0, -1, 0);
	return fd < 0 ? NULL : bpf_program__attach_perf_event(prog, fd);
}

/* Has any line of the file @word in it? */
static bool lists(const char *path, const char *word)
{
	FILE *list = fopen(path, "r");
	char line[512];
	bool is_found = false;

	while (list && !is_found && fgets(line, sizeof(line), list))
		is_found = !!strstr(line, word);
	if (list)
		fclose(list);
	return is_found;
}

/* Where the kernel lists them, functions are probed by its kprobes; where not, by ftrace or fprobe. */
static bool is_kprobed(void)
{
	return lists("/sys/kernel/debug/kprobes/list", "");
}

/* The function of perf's begins with ours while a program reads a record. */
static bool is_direct(void)
{
	return lists("/sys/kernel/debug/tracing/enabled_functions", "modbpf_shortcut");
}

static void try(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open(path);
	struct bpf_program *prog;
	struct bpf_link *link = NULL;

	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog, !strcmp(bpf_program__name(prog), name));
	if (!bpf_object__load(object))
		link = attach(bpf_object__find_program_by_name(object, name));
	if (!strcmp(name, "tracepoint_direct"))
		printf("%s %s\n", name, link && is_direct() ? "yes" : "no");
	else if (link)
		printf("%s yes\n", name);
	else
		printf("%s no %s\n", name, strerror(errno));
	if (strstr(name, "_multi"))
		printf("%s_at_once %s\n", name, link && !is_kprobed() ? "yes" : "no");
	bpf_link__destroy(link);
	bpf_object__close(object);
}

/* The reasons of those that cannot be loaded would be many lines. */
static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	return 0;
}

int main(int argc, char **argv)
{
	struct bpf_program *prog;

	if (argc != 2 || modbpf_device() < 0) {
		perror(MODBPF_DEVICE);
		return 1;
	}
	modbpf_register_sections();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(silent);
	object = bpf_object__open(argv[1]);
	if (!object)
		return 1;
	bpf_object__for_each_program(prog, object)
		try(argv[1], bpf_program__name(prog));
	bpf_object__close(object);
	return 0;
}
