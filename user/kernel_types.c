// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* Which kernel are programs checked for? */
#include "user/kernel_types.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/abi.h"
#include "user/out.h"

#define RUNNING_KERNEL "/sys/kernel/btf/vmlinux"

static const char *named;
static struct btf_types *types;	/* of the kernel that is named */

static int read_file(const char *path, u8 **bytes, size_t *size)
{
	FILE *file = fopen(path, "re");
	int err = 0;

	if (!file)
		return -errno;
	*bytes = malloc(MODBPF_BTF_MAX_BYTES + 1);
	*size = *bytes ? fread(*bytes, 1, MODBPF_BTF_MAX_BYTES + 1, file) : 0;
	if (!*bytes || ferror(file))
		err = *bytes ? -EIO : -ENOMEM;
	fclose(file);
	return err;
}

/* 0, and *@found, whose bytes stay; -errno, and @why of BTF that is none. */
static int read_types(const char *path, struct btf_why *why, struct btf_types **found)
{
	u8 *bytes = NULL;
	size_t size = 0;
	int err;

	why->text[0] = 0;
	err = read_file(path, &bytes, &size);
	if (!err)
		err = modbpf_btf_parse(bytes, size, why, found);
	if (err)
		free(bytes);
	return err;
}

const struct btf_types *kernel_types_running(void)
{
	static struct btf_types *running;
	static bool is_read;
	struct btf_why why;

	if (!is_read)
		read_types(RUNNING_KERNEL, &why, &running);
	is_read = true;
	return running;
}

const struct btf_types *kernel_types(void)
{
	return named ? types : kernel_types_running();
}

const char *kernel_types_path(void)
{
	return named;
}

/* --- programs of SEC("fentry/NAME") and the like ------------------------------------------ */

/* What stands in front of the name in the BTF, by expected_attach_type. */
static const struct {
	const char *section, *prefix;
	u32 attach_type;
	u8 kind;
} targets[] = {
	{ "fentry/", "", MODBPF_ATTACH_TRACE_FENTRY, MODBPF_BTF_FUNC },
	{ "fexit/", "", MODBPF_ATTACH_TRACE_FEXIT, MODBPF_BTF_FUNC },
	{ "tp_btf/", "btf_trace_", MODBPF_ATTACH_TRACE_RAW_TP, MODBPF_BTF_TYPEDEF },
};

/* libbpf would look in the kernel that runs. */
static int find_target(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	const char *name = strchr(bpf_program__section_name(prog), '/') + 1;
	const char *prefix = targets[cookie].prefix, *found;
	struct btf_view view;
	u32 id;

	for (id = 1; id < types->cnt; id++) {
		view = btf_view_of(types, id);
		if (view.kind != targets[cookie].kind)
			continue;
		found = btf_string(types, view.name_off);
		if (strncmp(found, prefix, strlen(prefix)) || strcmp(found + strlen(prefix), name))
			continue;
		opts->attach_btf_id = id;
		break;
	}
	/* None: the verifier says so. */
	return 0;
}

int kernel_types_use(const char *path)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = find_target);
	struct btf_why why;
	int err = read_types(path, &why, &types);
	size_t i;

	if (err)
		return out_error("%s: %s", path, why.text[0] ? why.text : error_text(-err));
	named = path;
	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		opts.cookie = i;
		err = libbpf_register_prog_handler(targets[i].section, BPF_PROG_TYPE_TRACING,
						   targets[i].attach_type, &opts);
		if (err < 0)
			return out_error("libbpf does not take the SEC() names");
	}
	return 0;
}
