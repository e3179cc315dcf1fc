// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * What does a loaded program look like inside? The module's own disassembler
 * prints eBPF; capstone prints machine code.
 */
#include "user/dump.h"

#include <bpf/bpf.h>
#include <capstone/capstone.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/disasm.h"
#include "user/lines.h"
#include "user/out.h"

/* The program's bytes of either kind, to be freed; NULL after an error. */
static void *read_code(int fd, bool is_jited, struct bpf_prog_info *info, uint32_t *size)
{
	uint32_t len = sizeof(*info);
	void *code;

	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, info, &len)) {
		out_error("can't get prog info: %s", error_text(errno));
		return NULL;
	}
	*size = is_jited ? info->jited_prog_len : info->xlated_prog_len;
	if (!*size) {
		out_error(is_jited ? "no instructions returned: the program is not jited" :
				     "no instructions returned");
		return NULL;
	}
	code = calloc(1, *size);
	if (!code) {
		out_error("no memory");
		return NULL;
	}
	memset(info, 0, sizeof(*info));
	if (is_jited) {
		info->jited_prog_len = *size;
		info->jited_prog_insns = (uintptr_t)code;
	} else {
		info->xlated_prog_len = *size;
		info->xlated_prog_insns = (uintptr_t)code;
	}
	if (!bpf_obj_get_info_by_fd(fd, info, &len) &&
	    (is_jited ? info->jited_prog_insns : info->xlated_prog_insns))
		return code;
	out_error("the instructions are not told: %s", errno ? error_text(errno) : "CAP_PERFMON is needed");
	free(code);
	return NULL;
}

static int write_code(const char *path, void *code, uint32_t size)
{
	FILE *file = fopen(path, "we");
	bool is_written = file && fwrite(code, 1, size, file) == size;

	if (file && fclose(file))
		is_written = false;
	free(code);
	if (!is_written)
		return out_error("%s: cannot be written: %s", path, error_text(errno));
	out_nothing();
	return 0;
}

static void print_line(const char *text)
{
	printf("; ");
	out_line(stdout, text);
	putchar('\n');
}

static void print_head(const char *name)
{
	printf("%s:\n", name);
}

/* A call of a subprogram, as bpftool has it. */
static bool name_callee(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size)
{
	if (!insn_is_subprog_call(insn))
		return false;
	snprintf(buf, size, "pc%+d", insn->imm);
	return true;
}

static bool name_constant(void *cookie, const struct modbpf_insn *insn, char *buf, u32 size)
{
	if (insn->src_reg == BPF_PSEUDO_MAP_FD)
		snprintf(buf, size, "map[id:%d]", insn->imm);
	else if (insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		snprintf(buf, size, "map[id:%d][0]+%u", insn->imm, (u32)insn[1].imm);
	else
		return false;
	return true;
}

static void print_insn(struct json_object *array, const struct modbpf_insn *insn, u32 i, u32 slots,
		       bool with_opcodes, const char *line)
{
	static const struct disasm_names names = {
		.callee = name_callee, .constant = name_constant,
	};
	char text[256];
	struct json_object *object;

	modbpf_insn_print(insn, &names, text, sizeof(text));
	if (!out_is_json()) {
		if (line)
			print_line(line);
		printf("%4u: (%02x) %s\n", i, insn->code, text);
		if (with_opcodes) {
			printf("      ");
			out_hex(insn, slots * sizeof(*insn));
			putchar('\n');
		}
		return;
	}
	object = json_object_new_object();
	if (line)
		json_add_str(object, "src", line);
	json_add_u64(object, "pc", i);
	json_add_strf(object, "disasm", "(%02x) %s", insn->code, text);
	if (with_opcodes)
		json_object_object_add(object, "opcodes", json_hex(insn, slots * sizeof(*insn)));
	json_object_array_add(array, object);
}

/* Where a function begins its name stands: of main too, if there are others. */
static void print_func_head(const struct prog_lines *lines, u32 insn)
{
	u32 i;

	for (i = 0; lines->func_cnt > 1 && i < lines->func_cnt; i++)
		if (lines->funcs[i].insn_off == insn && prog_lines_func(lines, i))
			print_head(prog_lines_func(lines, i));
}

static void print_insns(const struct modbpf_insn *insns, u32 cnt, bool with_opcodes,
			const struct prog_lines *lines, struct json_object *array)
{
	u32 i, slots;

	for (i = 0; i < cnt; i += slots) {
		slots = insn_is_ld_imm64(&insns[i]) ? 2 : 1;
		if (i + slots > cnt)
			break;
		if (!out_is_json())
			print_func_head(lines, i);
		print_insn(array, &insns[i], i, slots, with_opcodes,
			   prog_lines_at_insn(lines, i));
	}
}

int dump_xlated(int fd, const char *file, bool with_opcodes)
{
	struct json_object *array;
	struct bpf_prog_info info;
	struct modbpf_insn *insns;
	struct prog_lines lines;
	u32 size;

	insns = read_code(fd, false, &info, &size);
	if (!insns)
		return -1;
	if (file)
		return write_code(file, insns, size);
	array = json_object_new_array();
	prog_lines_read(fd, &lines);
	print_insns(insns, size / sizeof(*insns), with_opcodes, &lines, array);
	prog_lines_free(&lines);
	if (out_is_json())
		out_json(json_object_get(array));
	json_object_put(array);
	free(insns);
	return 0;
}

static void print_machine_insn(struct json_object *array, const cs_insn *insn, bool with_opcodes,
			       const char *line)
{
	struct json_object *object;

	if (!out_is_json()) {
		if (line)
			print_line(line);
		printf("%4llx:\t%s%s%s\n", (unsigned long long)insn->address, insn->mnemonic,
		       insn->op_str[0] ? " " : "", insn->op_str);
		if (with_opcodes) {
			putchar('\t');
			out_hex(insn->bytes, insn->size);
			putchar('\n');
		}
		return;
	}
	object = json_object_new_object();
	if (line)
		json_add_str(object, "src", line);
	json_add_strf(object, "pc", "0x%llx", (unsigned long long)insn->address);
	json_add_str(object, "operation", insn->mnemonic);
	json_add_str(object, "operands", insn->op_str);
	if (with_opcodes)
		json_object_object_add(object, "opcodes", json_hex(insn->bytes, insn->size));
	json_object_array_add(array, object);
}

/*
 * Print the @size bytes of a function that runs at @base; bytes that are no
 * instruction stop it, and are printed as they are.
 */
static int disassemble(const uint8_t *code, size_t size, u64 base, bool with_opcodes,
		       const struct prog_lines *lines, struct json_object *array)
{
	uint64_t address = 0;
	cs_insn *insn;
	csh handle;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle))
		return out_error("capstone does not start");
	cs_option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	insn = cs_malloc(handle);
	while (insn && cs_disasm_iter(handle, &code, &size, &address, insn))
		print_machine_insn(array, insn, with_opcodes,
				   prog_lines_at_addr(lines, base + insn->address));
	if (size && !out_is_json()) {
		printf("%4llx:\t.byte ", (unsigned long long)address);
		out_hex(code, size);
		putchar('\n');
	}
	if (insn)
		cs_free(insn, 1);
	cs_close(&handle);
	return 0;
}

/* One function, under @name; JSON: an object in @array. */
static int dump_func(const char *name, const uint8_t *code, size_t size, u64 base,
		     bool with_opcodes, const struct prog_lines *lines, struct json_object *array)
{
	struct json_object *insns = json_object_new_array(), *object;
	int err;

	if (!out_is_json())
		print_head(name);
	err = disassemble(code, size, base, with_opcodes, lines, insns);
	object = json_object_new_object();
	json_add_str(object, "name", name);
	json_object_object_add(object, "insns", insns);
	json_object_array_add(array, object);
	return err;
}

/* As /proc/kallsyms has Linux's: the tag, and the name. */
static void name_of_main(const struct bpf_prog_info *info, const char *func, char *name,
			 size_t room)
{
	char tag[2 * BPF_TAG_SIZE + 1];
	u32 i;

	for (i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(tag + 2 * i, 3, "%02x", info->tag[i]);
	if (!func && !info->name[0])
		snprintf(name, room, "bpf_prog_%s", tag);
	else
		snprintf(name, room, "bpf_prog_%s_%.*s", tag,
			 func ? 200 : (int)sizeof(info->name), func ? func : info->name);
}

/* Each function where it is; without a list of them all is one. */
static int dump_funcs(const struct bpf_prog_info *info, const u8 *code, u32 size,
		      bool with_opcodes, const struct prog_lines *lines, struct json_object *array)
{
	u32 i, at = 0, bytes = size;
	char name[300];
	int err = 0;

	name_of_main(info, prog_lines_func(lines, 0), name, sizeof(name));
	if (!lines->ksym_cnt)
		return dump_func(name, code, size, 0, with_opcodes, lines, array);
	for (i = 0; i < lines->ksym_cnt && !err; i++) {
		const char *func = prog_lines_func(lines, i);

		at = lines->ksyms[i] - lines->ksyms[0];
		bytes = lines->lens[i];
		if (at > size || bytes > size - at)
			return out_error("the functions lie outside of the code");
		if (i && func)
			snprintf(name, sizeof(name), "%s", func);
		else if (i)
			snprintf(name, sizeof(name), "subprogram %u", i);
		err = dump_func(name, code + at, bytes, lines->ksyms[i], with_opcodes, lines, array);
	}
	return err;
}

int dump_jited(int fd, const char *file, bool with_opcodes)
{
	struct json_object *array;
	struct bpf_prog_info info;
	struct prog_lines lines;
	u32 size;
	u8 *code;
	int err;

	code = read_code(fd, true, &info, &size);
	if (!code)
		return -1;
	if (file)
		return write_code(file, code, size);
	array = json_object_new_array();
	prog_lines_read(fd, &lines);
	err = dump_funcs(&info, code, size, with_opcodes, &lines, array);
	prog_lines_free(&lines);
	free(code);
	if (!err && out_is_json())
		out_json(json_object_get(array));
	json_object_put(array);
	return err;
}
