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
		       bool with_opcodes)
{
	static const struct disasm_names names = {
		.callee = name_callee, .constant = name_constant,
	};
	char text[256];
	struct json_object *object;

	modbpf_insn_print(insn, &names, text, sizeof(text));
	if (!out_is_json()) {
		printf("%4u: (%02x) %s\n", i, insn->code, text);
		if (with_opcodes) {
			printf("      ");
			out_hex(insn, slots * sizeof(*insn));
			putchar('\n');
		}
		return;
	}
	object = json_object_new_object();
	json_add_u64(object, "pc", i);
	json_add_strf(object, "disasm", "(%02x) %s", insn->code, text);
	if (with_opcodes)
		json_object_object_add(object, "opcodes", json_hex(insn, slots * sizeof(*insn)));
	json_object_array_add(array, object);
}

int dump_xlated(int fd, const char *file, bool with_opcodes)
{
	struct json_object *array;
	struct bpf_prog_info info;
	struct modbpf_insn *insns;
	u32 size, cnt, i, slots;

	insns = read_code(fd, false, &info, &size);
	if (!insns)
		return -1;
	if (file)
		return write_code(file, insns, size);
	array = json_object_new_array();
	cnt = size / sizeof(*insns);
	for (i = 0; i < cnt; i += slots) {
		slots = insn_is_ld_imm64(&insns[i]) ? 2 : 1;
		if (i + slots > cnt)
			break;
		print_insn(array, &insns[i], i, slots, with_opcodes);
	}
	if (out_is_json())
		out_json(json_object_get(array));
	json_object_put(array);
	free(insns);
	return 0;
}

static void print_machine_insn(struct json_object *array, const cs_insn *insn, bool with_opcodes)
{
	struct json_object *object;

	if (!out_is_json()) {
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
	json_add_strf(object, "pc", "0x%llx", (unsigned long long)insn->address);
	json_add_str(object, "operation", insn->mnemonic);
	json_add_str(object, "operands", insn->op_str);
	if (with_opcodes)
		json_object_object_add(object, "opcodes", json_hex(insn->bytes, insn->size));
	json_object_array_add(array, object);
}

/* Print @size bytes; bytes that are no instruction stop it, and are printed as they are. */
static int disassemble(const uint8_t *code, size_t size, bool with_opcodes, struct json_object *array)
{
	uint64_t address = 0;
	cs_insn *insn;
	csh handle;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle))
		return out_error("capstone does not start");
	cs_option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	insn = cs_malloc(handle);
	while (insn && cs_disasm_iter(handle, &code, &size, &address, insn))
		print_machine_insn(array, insn, with_opcodes);
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

int dump_jited(int fd, const char *file, bool with_opcodes)
{
	struct json_object *array, *object;
	struct bpf_prog_info info;
	u32 size, i;
	u8 *code;
	int err;

	code = read_code(fd, true, &info, &size);
	if (!code)
		return -1;
	if (file)
		return write_code(file, code, size);
	if (!out_is_json()) {
		printf("bpf_prog_");
		for (i = 0; i < BPF_TAG_SIZE; i++)
			printf("%02x", info.tag[i]);
		printf("%s%.*s:\n", info.name[0] ? "_" : "", (int)sizeof(info.name), info.name);
	}
	array = json_object_new_array();
	err = disassemble(code, size, with_opcodes, array);
	free(code);
	if (err || !out_is_json()) {
		json_object_put(array);
		return err;
	}
	object = json_object_new_object();
	json_add_strf(object, "name", "%.*s", (int)sizeof(info.name), info.name);
	json_object_object_add(object, "insns", array);
	out_json(object);
	return 0;
}
