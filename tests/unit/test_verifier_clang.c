// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verifier accept what clang makes of ordinary BPF C? The programs of
 * tests/verifier/c and of examples/ are compiled for each ISA version and given
 * to libbpf; its bpf(2) calls come here, and PROG_LOAD is answered by the
 * verifier.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <glob.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "verifier/verifier.h"

#define MAX_FDS 1024

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

/* What each fd that was handed out stands for; type 0: no map. */
static struct map_desc fds[MAX_FDS];

static const struct ctx_slot *context_slots(void)
{
	static struct ctx_slot slots[CTX_SOURCE_COUNT];
	u32 i;

	for (i = 0; i < CTX_SOURCE_COUNT; i++)
		slots[i] = (struct ctx_slot){ .hop = -1, .offset = 8 * i,
					      .size = i <= CTX_SKB_DATA_META ? 8 : 4 };
	return slots;
}

static int new_fd(void)
{
	int fd = memfd_create("fake", 0);

	if (fd >= 0 && fd < MAX_FDS)
		memset(&fds[fd], 0, sizeof(fds[fd]));
	return fd;
}

static long fake_map_create(const union bpf_attr *attr)
{
	int fd = new_fd();

	if (fd < 0 || fd >= MAX_FDS)
		return -EMFILE;
	fds[fd] = (struct map_desc){ attr->map_type, attr->key_size, attr->value_size,
				     attr->max_entries, attr->map_flags, NULL, 0 };
	return fd;
}

/* Remember the value of a map that may be frozen. */
static long fake_map_update(const union bpf_attr *attr)
{
	struct map_desc *map = &fds[attr->map_fd];
	u8 *copy;

	if (map->max_entries != 1 || !(map->flags & MODBPF_F_RDONLY_PROG))
		return 0;
	copy = malloc(map->value_size);
	memcpy(copy, (void *)(long)attr->value, map->value_size);
	free((void *)map->frozen);
	map->frozen = copy;
	map->frozen_size = map->value_size;
	return 0;
}

struct used_maps {
	struct map_desc maps[MODBPF_MAX_USED_MAPS];
	int fds[MODBPF_MAX_USED_MAPS];
	u32 cnt;
};

static int map_index_of(void *cookie, s32 fd, bool by_index)
{
	struct used_maps *used = cookie;
	u32 i;

	if (by_index || fd < 0 || fd >= MAX_FDS || !fds[fd].type)
		return -EBADF;
	for (i = 0; i < used->cnt; i++)
		if (used->fds[i] == fd)
			return i;
	used->maps[used->cnt] = fds[fd];
	used->fds[used->cnt] = fd;
	return used->cnt++;
}

static char last_log[65536];
static u32 last_log_bytes;

static void log_write(struct verify_log *log, const char *text, u32 bytes)
{
	if (bytes >= sizeof(last_log) - last_log_bytes)
		return;
	memcpy(last_log + last_log_bytes, text, bytes);
	last_log_bytes += bytes;
	last_log[last_log_bytes] = 0;
}

static u32 loaded;
static u32 processed;

static long fake_prog_load(const union bpf_attr *attr)
{
	struct verify_log log = { log_write, 1 };
	u32 bytes = attr->insn_cnt * sizeof(struct modbpf_insn);
	struct modbpf_insn *insns = malloc(bytes);
	struct used_maps used = { .cnt = 0 };
	struct verify_request req = {
		.insns = insns, .insn_cnt = attr->insn_cnt, .prog_type = attr->prog_type,
		.expected_attach_type = attr->expected_attach_type,
		.rights = VERIFY_RIGHT_PERFMON, .gpl_compatible = true, .log = &log,
		.maps = used.maps, .ctx = context_slots(),
	};
	struct verified_prog *prog;
	struct verify_stats stats;
	int err;

	memcpy(insns, (void *)(long)attr->insns, bytes);
	last_log_bytes = 0;
	last_log[0] = 0;
	err = modbpf_insns_bind_maps(insns, attr->insn_cnt, map_index_of, &used);
	req.map_cnt = used.cnt;
	if (!err)
		err = modbpf_verify(&req, &prog, &stats);
	free(insns);
	if (err)
		return err;
	modbpf_verified_free(prog);
	loaded++;
	processed += stats.insns_processed;
	return new_fd();
}

static long fake_bpf(long cmd, const union bpf_attr *attr)
{
	switch (cmd) {
	case BPF_MAP_CREATE:
		return fake_map_create(attr);
	case BPF_MAP_UPDATE_ELEM:
		return fake_map_update(attr);
	case BPF_MAP_FREEZE:
		return 0;
	case BPF_PROG_LOAD:
		return fake_prog_load(attr);
	case BPF_BTF_LOAD:
		return new_fd();
	default:
		return -EINVAL;
	}
}

long __wrap_syscall(long number, ...)
{
	va_list args;
	long a[6], result;
	u32 i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number != SYS_bpf)
		return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	result = fake_bpf(a[0], (const union bpf_attr *)a[1]);
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static void forget_fds(void)
{
	u32 i;

	for (i = 0; i < MAX_FDS; i++) {
		free((void *)fds[i].frozen);
		memset(&fds[i], 0, sizeof(fds[i]));
	}
}

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

/* The section names that this project adds to libbpf's. */
static const char *plain_section(const char *section)
{
	if (!strncmp(section, "kretsyscall", 11))
		return "kretprobe";
	if (!strncmp(section, "ksyscall", 8))
		return "kprobe";
	if (!strncmp(section, "cgroup_skb/", 11))
		return "cgroup_skb";
	return section;
}

static enum bpf_prog_type type_of_section(const char *section)
{
	section = plain_section(section);
	if (!strncmp(section, "kprobe", 6) || !strncmp(section, "kretprobe", 9))
		return BPF_PROG_TYPE_KPROBE;
	if (!strcmp(section, "cgroup_skb"))
		return BPF_PROG_TYPE_CGROUP_SKB;
	if (!strcmp(section, "tc"))
		return BPF_PROG_TYPE_SCHED_CLS;
	return BPF_PROG_TYPE_SOCKET_FILTER;
}

static void check_object(const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = getenv("MODBPF_TEST_BTF"));
	struct bpf_object *object = bpf_object__open_file(path, &opts);
	struct bpf_program *program;
	int err;

	check_begin(path);
	loaded = 0;
	if (!object) {
		check_failed(path, 0, "libbpf cannot open it");
		check_end();
		return;
	}
	bpf_object__for_each_program(program, object)
		bpf_program__set_type(program, type_of_section(bpf_program__section_name(program)));
	err = bpf_object__load(object);
	if (err)
		check_failed(path, 0, "load: %d, log of the verifier:\n%s", err, last_log);
	if (!loaded)
		check_failed(path, 0, "no program was loaded");
	bpf_object__close(object);
	forget_fds();
	check_end();
}

static void compile_and_check(const char *source, const char *cpu, const char *opt)
{
	char name[128], object[256], command[768];
	const char *base = strrchr(source, '/');

	snprintf(name, sizeof(name), "%s", base ? base + 1 : source);
	name[strcspn(name, ".")] = 0;
	snprintf(object, sizeof(object), "build/tests/verifier/%s.%s%s.o", name, cpu, opt);
	snprintf(command, sizeof(command),
		 "mkdir -p build/tests/verifier && clang %s -g -target bpf -mcpu=%s -I. "
		 "-I/usr/include/$(gcc -print-multiarch) -c -o %s %s", opt, cpu, object, source);
	if (system(command)) {
		check_begin(object);
		check_failed(source, 0, "clang fails: %s", command);
		check_end();
		return;
	}
	check_object(object);
}

static void check_sources(const char *pattern)
{
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		compile_and_check(found.gl_pathv[i], "v1", "-O2");
		compile_and_check(found.gl_pathv[i], "v2", "-O2");
		compile_and_check(found.gl_pathv[i], "v3", "-O2");
		compile_and_check(found.gl_pathv[i], "v3", "-O1");
		compile_and_check(found.gl_pathv[i], "v2", "-Os");
	}
	globfree(&found);
}

static void something_was_processed(void)
{
	CHECK(processed > 10000);
}

static const struct check_case cases[] = {
	{ "the verifier was asked", something_was_processed },
};

int main(int argc, char **argv)
{
	libbpf_set_print(argc > 1 ? NULL : print_nothing);
	check_sources("tests/verifier/c/*.bpf.c");
	check_sources("examples/*/*.bpf.c");
	return check_run("test_verifier_clang", cases, ARRAY_SIZE(cases), 1, argv);
}
