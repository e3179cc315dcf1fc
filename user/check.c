// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf check: would the device accept the programs of an object? The device's
 * verifier is asked in user space: no module, no device, no rights. Each
 * program is loaded alone, from the file, so that one does not hide another.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/kernel_types.h"
#include "user/names.h"
#include "user/object.h"
#include "user/offline.h"
#include "user/out.h"
#include "user/rejection.h"

int verbosity;

struct check {
	const char *path;
	const char *section, *program;	/* only those; NULL: all */
	const char *btf;		/* of the kernel that they are for; NULL: of the one that runs */
	char *log;			/* OBJECT_LOG_BYTES, of the program that is loaded */
	struct offline_verdict verdict;
	struct json_object *array;	/* under -j */
	u32 asked, rejected;		/* programs */
};

static bool is_wanted(const struct check *check, const struct bpf_program *prog)
{
	return (!check->section || !strcmp(check->section, bpf_program__section_name(prog))) &&
	       (!check->program || !strcmp(check->program, bpf_program__name(prog)));
}

static const char *type_text(const struct bpf_program *prog)
{
	const char *name = prog_type_name(bpf_program__type(prog));

	return name ? name : "unknown";
}

/* --- text ------------------------------------------------------------------------- */

static void print_rejection(const struct check *check, const struct bpf_object *obj)
{
	struct rejection why;

	rejection_read(check->log, obj, &why);
	rejection_print(&why, error_text(-check->verdict.err));
}

static void print_verdict(const struct check *check, const struct bpf_object *obj,
			  const struct bpf_program *prog)
{
	const struct offline_verdict *verdict = &check->verdict;

	if (verbosity)
		out_lines(stdout, check->log);
	out_line(stdout, bpf_program__name(prog));
	fputs("  section ", stdout);
	out_line(stdout, bpf_program__section_name(prog));
	printf("  type %s  %s  insns %u  processed %u  states %u  peak %lluKiB",
	       type_text(prog), verdict->err ? "rejected" : "accepted", verdict->insn_cnt,
	       verdict->stats.insns_processed, verdict->stats.states_total,
	       (verdict->peak_bytes + 1023) / 1024);
	out_duration("verify", verdict->nsecs);
	putchar('\n');
	if (verdict->err)
		print_rejection(check, obj);
	fflush(stdout);
}

/* --- JSON ------------------------------------------------------------------------- */

static void add_rejection(struct json_object *object, const struct check *check,
			  const struct bpf_object *obj)
{
	struct rejection why;

	json_add_u64(object, "errno", -check->verdict.err);
	json_add_str(object, "error", error_text(-check->verdict.err));
	rejection_read(check->log, obj, &why);
	rejection_add_json(object, &why);
}

static void add_verdict(const struct check *check, const struct bpf_object *obj,
			const struct bpf_program *prog)
{
	const struct offline_verdict *verdict = &check->verdict;
	struct json_object *object = json_object_new_object();

	json_add_str(object, "name", bpf_program__name(prog));
	json_add_str(object, "section", bpf_program__section_name(prog));
	json_add_str(object, "type", type_text(prog));
	json_add_str(object, "verdict", verdict->err ? "rejected" : "accepted");
	json_add_u64(object, "insns", verdict->insn_cnt);
	json_add_u64(object, "insns_processed", verdict->stats.insns_processed);
	json_add_u64(object, "states_total", verdict->stats.states_total);
	json_add_u64(object, "states_peak", verdict->stats.states_peak);
	json_add_u64(object, "stack_depth", verdict->stats.stack_depth);
	json_add_u64(object, "bytes_peak", verdict->peak_bytes);
	json_add_u64(object, "verify_ns", verdict->nsecs);
	if (verdict->err)
		add_rejection(object, check, obj);
	json_add_str(object, "log", check->log);
	json_object_array_add(check->array, object);
}

/* --- asking ----------------------------------------------------------------------- */

static u32 log_level(void)
{
	return verbosity > 1 ? MODBPF_LOG_LEVEL2 | MODBPF_LOG_STATS : MODBPF_LOG_LEVEL1;
}

/* The @index-th program that is wanted, and no other, is to be loaded. NULL: no such. */
static struct bpf_program *select_nth(const struct check *check, struct bpf_object *obj, u32 index)
{
	struct bpf_program *prog, *found = NULL;
	u32 at = 0;

	bpf_object__for_each_program(prog, obj) {
		bool is_it = is_wanted(check, prog) && at++ == index;

		bpf_program__set_autoload(prog, is_it);
		if (is_it)
			found = prog;
	}
	return found;
}

static int ask(struct check *check, struct bpf_object *obj, struct bpf_program *prog)
{
	int err;

	memset(&check->verdict, 0, sizeof(check->verdict));
	check->log[0] = 0;
	bpf_program__set_log_buf(prog, check->log, OBJECT_LOG_BYTES);
	bpf_program__set_log_level(prog, log_level());
	offline_begin(check->log, &check->verdict);
	source_watch();
	object_mistrust(check->path);
	err = bpf_object__load(obj);
	object_trust();
	if (!check->verdict.was_asked)
		return out_error("%s: %s", check->path, object_warning(-err));
	/* Of this process, not of the program. */
	if (check->verdict.err == -ENOMEM || check->verdict.err == -EFAULT)
		return out_error("%s: program '%s' cannot be verified: %s", check->path,
				 bpf_program__name(prog), error_text(-check->verdict.err));
	check->asked++;
	check->rejected += check->verdict.err != 0;
	if (out_is_json())
		add_verdict(check, obj, prog);
	else
		print_verdict(check, obj, prog);
	return 0;
}

/* All that are wanted. 0 or -1 after an error. */
static int ask_all(struct check *check)
{
	struct bpf_program *prog;
	struct bpf_object *obj;
	u32 index;
	int err;

	for (index = 0;; index++) {
		obj = object_open(check->path);
		if (!obj)
			return -1;
		prog = select_nth(check, obj, index);
		err = prog ? ask(check, obj, prog) : 0;
		bpf_object__close(obj);
		if (err || !prog)
			return err;
	}
}

static int read_words(struct args *args, struct check *check)
{
	const char **word;

	check->path = args_need(args, "FILE");
	if (!check->path)
		return -1;
	while (args->cnt) {
		if (args_take(args, "section") || args_take(args, "--section"))
			word = &check->section;
		else if (args_take(args, "program") || args_take(args, "--program"))
			word = &check->program;
		else if (args_take(args, "btf") || args_take(args, "--btf"))
			word = &check->btf;
		else
			return args_end(args);
		*word = args_need(args, word == &check->section ? "a section's name" :
					word == &check->program ? "a program's name" :
								  "a kernel's BTF file");
		if (!*word)
			return -1;
	}
	return check->btf ? kernel_types_use(check->btf) : 0;
}

static int report(struct check *check)
{
	if (!check->asked && check->program)
		return out_error("%s: no program is named '%s'", check->path, check->program);
	if (!check->asked)
		return out_error("%s: no program is in a section '%s'", check->path, check->section);
	if (out_is_json())
		out_json(json_object_get(check->array));
	return check->rejected ? 1 : 0;
}

int check_command(struct args *args)
{
	struct check check = { 0 };
	int err;

	if (read_words(args, &check))
		return -1;
	check.log = calloc(1, OBJECT_LOG_BYTES);
	if (!check.log)
		return out_error("no memory");
	check.array = json_object_new_array();
	err = ask_all(&check);
	if (!err)
		err = report(&check);
	source_forget();
	json_object_put(check.array);
	free(check.log);
	return err;
}
