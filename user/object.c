// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What is in an object file, and does it load? The file is looked at before
 * libbpf is: so the error can say what was wanted. libbpf's own words are kept,
 * for the failures that only it can explain. It trusts an object's BTF: a damaged
 * one can end the process, which says so with its last words.
 */
#define _GNU_SOURCE
#include "user/object.h"

#include <bpf/libbpf.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/kernel_types.h"
#include "user/libmodbpf.h"
#include "user/out.h"
#include "user/rejection.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

#define SECTIONS_WANTED \
	"kprobe/FUNCTION, kretprobe/FUNCTION, " \
	"kprobe.multi/PATTERN, kretprobe.multi/PATTERN, ksyscall/CALL, kretsyscall/CALL, " \
	"fentry/FUNCTION, fexit/FUNCTION, tp_btf/EVENT, netfilter/PLACE, cgroup_skb/PLACE or tc/PLACE"

static char last_warning[512];
static bool prints_all;

/* Lines that only repeat that it failed, without saying why. */
static bool is_echo(const char *line)
{
	return strstr(line, "failed to load object") || strstr(line, "failed to load: -") ||
	       strstr(line, "failed to initialize: -");
}

static int catch_line(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char line[sizeof(last_warning)], *all;
	va_list copy;

	if (level == LIBBPF_WARN) {
		va_copy(copy, args);
		vsnprintf(line, sizeof(line), fmt, copy);
		va_end(copy);
		line[strcspn(line, "\n")] = 0;
		if (!is_echo(line))
			strcpy(last_warning, line);
	}
	if (prints_all && vasprintf(&all, fmt, args) >= 0) {
		out_lines(stderr, all);
		free(all);
	}
	return 0;
}

void object_catch_log(bool all)
{
	prints_all = all;
	libbpf_set_print(catch_line);
}

const char *object_warning(int err)
{
	static const char prefix[] = "libbpf: ";

	if (!last_warning[0])
		return error_text(err);
	return last_warning + (strncmp(last_warning, prefix, strlen(prefix)) ? 0 : strlen(prefix));
}

/* --- faults of libbpf's ----------------------------------------------------------- */

#define STACK_BYTES (64 << 10)	/* that of the process may be what is full */

static const int faults[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
static char *last_words;
static int last_words_fd;

static void on_fault(int number)
{
	ssize_t done = write(last_words_fd, last_words, strlen(last_words));

	_exit(done < 0 ? 254 : 255);
}

static void set_fault_handler(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESETHAND };
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &action, NULL);
}

void object_mistrust(const char *path)
{
	static char stack[STACK_BYTES];
	const stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	char *text;

	if (asprintf(&text, "%s: libbpf cannot read it: the object is damaged", path) < 0)
		return;
	last_words = out_error_ahead(text, &last_words_fd);
	free(text);
	if (!last_words)
		return;
	fflush(stdout);
	sigaltstack(&alternative, NULL);
	set_fault_handler(on_fault);
}

void object_trust(void)
{
	int err = errno;	/* libbpf's */

	set_fault_handler(SIG_DFL);
	free(last_words);
	last_words = NULL;
	errno = err;
}

/* --- opening ---------------------------------------------------------------------- */

int need_device(void)
{
	return modbpf_device() < 0 ? out_error("%s", modbpf_device_error(errno)) : 0;
}

static int check_elf(const char *path)
{
	FILE *file = fopen(path, "re");
	Elf64_Ehdr header;
	size_t len;

	if (!file)
		return out_error("%s: cannot be opened: %s", path, error_text(errno));
	memset(&header, 0, sizeof(header));
	len = fread(&header, 1, sizeof(header), file);
	if (!len && ferror(file)) {
		fclose(file);
		return out_error("%s: cannot be read: %s", path, error_text(errno));
	}
	fclose(file);
	if (len < sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG))
		return out_error("%s: not an ELF file; wanted an object made by 'clang -target bpf'", path);
	if (header.e_ident[EI_DATA] != ELFDATA2LSB)
		return out_error("%s: a big-endian object; wanted little-endian (clang -target bpfel)",
				 path);
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_BPF)
		return out_error("%s: ELF for machine %u, not for eBPF (%u); "
				 "wanted an object made by 'clang -target bpf'",
				 path, header.e_machine, EM_BPF);
	if (header.e_type != ET_REL)
		return out_error("%s: not a relocatable object; wanted what 'clang -c' makes", path);
	return 0;
}

/* Programs of a type that libbpf could not tell have a section that nobody knows. */
static int check_sections(const struct bpf_object *obj, const char *path)
{
	struct bpf_program *prog;
	int cnt = 0;

	bpf_object__for_each_program(prog, obj) {
		cnt++;
		if (bpf_program__type(prog) == BPF_PROG_TYPE_UNSPEC)
			return out_error("%s: section '%s' (program '%s'): unknown SEC() name; wanted "
					 SECTIONS_WANTED, path, bpf_program__section_name(prog),
					 bpf_program__name(prog));
	}
	if (!cnt)
		return out_error("%s: no section with a program; wanted a function with SEC() "
				 SECTIONS_WANTED, path);
	return 0;
}

struct bpf_object *object_open(const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = kernel_types_path());
	struct bpf_object *obj;

	if (check_elf(path))
		return NULL;
	if (modbpf_register_sections()) {
		out_error("libbpf does not take the SEC() names");
		return NULL;
	}
	last_warning[0] = 0;
	object_mistrust(path);
	obj = bpf_object__open_file(path, &opts);
	object_trust();
	if (!obj) {
		out_error("%s: %s", path, object_warning(errno));
		return NULL;
	}
	if (check_sections(obj, path)) {
		bpf_object__close(obj);
		return NULL;
	}
	return obj;
}

/* --- loading ---------------------------------------------------------------------- */

static int select_program(struct bpf_object *obj, const char *path, const char *only)
{
	struct bpf_program *prog;
	bool found = false, is_it;

	bpf_object__for_each_program(prog, obj) {
		is_it = !strcmp(bpf_program__name(prog), only);
		found |= is_it;
		bpf_program__set_autoload(prog, is_it);
	}
	return found ? 0 : out_error("%s: no program is named '%s'", path, only);
}

/* The program that was being loaded when it failed; NULL: it was not a program. */
static struct bpf_program *failed_program(struct bpf_object *obj)
{
	struct bpf_program *prog;
	size_t size;

	bpf_object__for_each_program(prog, obj)
		if (bpf_program__log_buf(prog, &size)[0])
			return prog;
	return NULL;
}

static int explain_load(struct bpf_object *obj, const char *path, int err)
{
	struct bpf_program *prog = failed_program(obj);
	struct json_object *details = NULL;
	struct rejection why;
	const char *log;
	char at[512] = "";
	size_t size;

	if (!prog && err == EPERM)
		return out_error("%s: not permitted: CAP_BPF is needed, for tracing programs "
				 "CAP_PERFMON, for packet programs CAP_NET_ADMIN; or the user has "
				 "too many objects (limit_objects)", path);
	if (!prog)
		return out_error("%s: %s", path, object_warning(err));
	log = bpf_program__log_buf(prog, &size);
	rejection_read(log, obj, &why);
	if (why.at.has_source)
		snprintf(at, sizeof(at), " (%s:%u: %s)", why.at.source.file, why.at.source.line,
			 why.at.source.text);
	if (!out_is_json())
		out_lines(stderr, log);
	else
		rejection_add_json(details = json_object_new_object(), &why);
	return out_error_about("rejection", details, "%s: section '%s', program '%s': %s: %s%s", path,
			       bpf_program__section_name(prog), bpf_program__name(prog),
			       error_text(err), why.reason, at);
}

static void free_logs(struct bpf_object *obj)
{
	struct bpf_program *prog;
	size_t size;

	bpf_object__for_each_program(prog, obj) {
		free((char *)bpf_program__log_buf(prog, &size));
		bpf_program__set_log_buf(prog, NULL, 0);
	}
}

int object_load(struct bpf_object *obj, const char *path, const char *only)
{
	struct bpf_program *prog;
	char *log;
	int err;

	if (only && select_program(obj, path, only))
		return -1;
	if (need_device())
		return -1;
	bpf_object__for_each_program(prog, obj) {
		log = calloc(1, OBJECT_LOG_BYTES);
		if (!log) {
			free_logs(obj);
			return out_error("no memory");
		}
		bpf_program__set_log_buf(prog, log, OBJECT_LOG_BYTES);
	}
	last_warning[0] = 0;
	source_watch();
	object_mistrust(path);
	err = bpf_object__load(obj);
	object_trust();
	if (err)
		err = explain_load(obj, path, -err);
	free_logs(obj);
	return err;
}
