// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does "modbpf check" say of every program that the tests have? The verifier's cases,
 * the instruction corpus and objects go through the code behind it; each call, the verdict
 * and the log are written to FILE, for tests/e2e/replay.c to compare the device with.
 *
 *	record FILE [OBJECT...]
 *
 * Without objects, the cases and the corpus. What a case needs that bpf(2) cannot say is
 * left out and counted: a budget, rights that are withheld, fences, a made-up kernel's
 * types, maps of a type that there is not.
 */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/record/recorded.h"
#include "tests/support/corpus.h"
#include "tests/support/verify_btf.h"
#include "tests/support/verify_case.h"
#include "user/object.h"
#include "user/offline.h"
#include "user/transport.h"
#include "verifier/program.h"

#define MAX_MAPS 64
#define LOG_BYTES (1U << 20)
#define LONG_LOG 100	/* instructions processed: above, not every line is compared */
#define RARE 16		/* every so-manieth case is loaded at other levels, and with a log that is cut, too */
#define SHORT_LOG 200	/* bytes */
#define MAX_FDS 4096
#define NO_FD (MAX_FDS - 1)	/* never given out */

static FILE *file;
static char name[RECORDED_NAME];	/* of what is loaded now */
static char *program_log;
static struct offline_verdict verdict;
static int (*answer_offline)(int cmd, const void *attr, size_t size);
static u32 loads, left_out;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "record: %s: ", name);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

/* --- the record --------------------------------------------------------------------------- */

struct writer {
	struct recorded *record;
	u32 bytes;
};

/* A copy of @cnt bytes behind the record; where it is. */
static u32 add(struct writer *to, const void *bytes, size_t cnt)
{
	u32 at = to->bytes;

	to->bytes = (at + cnt + 7) & ~7U;
	to->record = realloc(to->record, to->bytes);
	memset((char *)to->record + at, 0, to->bytes - at);
	memcpy((char *)to->record + at, bytes, cnt);
	return at;
}

/* Of the map @fd, as it was created. */
static struct map_sizes { u32 key, value; bool are_progs; } map_sizes[MAX_FDS];

/* How many bytes stand at the address that is at @at in @attr? */
static size_t bytes_at(const union modbpf_attr *attr, u32 at)
{
	switch (at) {
	case offsetof(union modbpf_attr, insns):
		return (size_t)attr->insn_cnt * sizeof(struct modbpf_insn);
	case offsetof(union modbpf_attr, license):
		return strlen((const char *)(uintptr_t)attr->license) + 1;
	case offsetof(union modbpf_attr, func_info):
		return (size_t)attr->func_info_cnt * attr->func_info_rec_size;
	case offsetof(union modbpf_attr, line_info):
		return (size_t)attr->line_info_cnt * attr->line_info_rec_size;
	}
	die("no size of what is at %u", at);
}

static size_t bytes_of(u32 cmd, const union modbpf_attr *attr, u32 at)
{
	const struct map_sizes *sizes;

	if (cmd == MODBPF_CMD_BTF_LOAD)
		return attr->btf_size;
	if (cmd == MODBPF_CMD_MAP_UPDATE_ELEM && attr->map_fd >= MAX_FDS)
		die("fd %u", attr->map_fd);
	if (cmd == MODBPF_CMD_MAP_UPDATE_ELEM) {
		sizes = &map_sizes[attr->map_fd];
		return at == offsetof(union modbpf_attr, key) ? sizes->key : sizes->value;
	}
	return bytes_at(attr, at);
}

static void put_addresses(struct writer *to, u32 cmd, const union modbpf_attr *attr)
{
	const struct recorded_address *address;
	u64 place;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(recorded_addresses); i++) {
		address = &recorded_addresses[i];
		memcpy(&place, (const char *)attr + address->at, sizeof(place));
		if (address->cmd != cmd || !place)
			continue;
		place = add(to, (const void *)(uintptr_t)place, bytes_of(cmd, attr, address->at));
		memcpy((char *)&to->record->attr + address->at, &place, sizeof(place));
	}
}

/* libbpf puts a program into its array that was not to be loaded: there is no fd of it. */
static bool puts_nothing(u32 cmd, const union modbpf_attr *attr)
{
	return cmd == MODBPF_CMD_MAP_UPDATE_ELEM && attr->map_fd < MAX_FDS &&
	       map_sizes[attr->map_fd].are_progs && *(const int *)(uintptr_t)attr->value < 0;
}

/* A program without a log is one that libbpf tries by itself, before each object. */
static bool is_recorded(u32 cmd, const union modbpf_attr *attr)
{
	if (puts_nothing(cmd, attr))
		return false;
	return cmd == MODBPF_CMD_MAP_CREATE || cmd == MODBPF_CMD_MAP_UPDATE_ELEM ||
	       cmd == MODBPF_CMD_MAP_FREEZE || cmd == MODBPF_CMD_BTF_LOAD ||
	       (cmd == MODBPF_CMD_PROG_LOAD && attr->log_buf);
}

/* A kernel function has no number that is the same on every kernel. */
static bool calls_kfunc(const struct modbpf_insn *insns, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++)
		if (insn_is_kfunc_call(&insns[i]))
			return true;
	return false;
}

static int answer(int cmd, const void *given, size_t size)
{
	struct recorded head = { .cmd = cmd };
	struct writer to = { 0 };
	int result = answer_offline(cmd, given, size);
	u64 log = 0;
	u32 at;

	memcpy(&head.attr, given, size < sizeof(head.attr) ? size : sizeof(head.attr));
	if (!is_recorded(cmd, &head.attr))
		return result;
	if (cmd == MODBPF_CMD_PROG_LOAD && calls_kfunc((const void *)(uintptr_t)head.attr.insns, head.attr.insn_cnt)) {
		left_out++;
		return result;
	}
	head.result = result;
	memcpy(head.name, name, sizeof(name));
	if (cmd == MODBPF_CMD_MAP_CREATE && result >= 0 && result < MAX_FDS)
		map_sizes[result] = (struct map_sizes){ head.attr.key_size, head.attr.value_size,
							head.attr.map_type == MODBPF_MAP_PROG_ARRAY };
	add(&to, &head, sizeof(head));
	put_addresses(&to, cmd, &head.attr);
	if (recorded_log_at(cmd))
		memcpy(&log, (char *)&head.attr + recorded_log_at(cmd), sizeof(log));
	if (log) {
		at = add(&to, (const char *)(uintptr_t)log, strlen((const char *)(uintptr_t)log) + 1);
		to.record->log = at;
	}
	to.record->bytes = to.bytes;
	loads += cmd == MODBPF_CMD_PROG_LOAD;
	if (fwrite(to.record, to.bytes, 1, file) != 1)
		die("the file cannot be written");
	free(to.record);
	return result;
}

static void begin(void)
{
	offline_begin(program_log, &verdict);
	answer_offline = transport_answer;
	transport_answer = answer;
}

/* --- maps of the cases ---------------------------------------------------------------------- */

static int maps[MAX_MAPS];	/* fds; below 0: there is no such map */

static int ask(u32 cmd, union modbpf_attr *attr)
{
	return transport_answer(cmd, attr, sizeof(*attr));
}

static int load_btf(const struct btf_blob *blob)
{
	union modbpf_attr attr = { .btf = (uintptr_t)blob->bytes, .btf_size = blob->cnt };

	return ask(MODBPF_CMD_BTF_LOAD, &attr);
}

/* Of a key of @desc, and of a value with the kernel's fields in it. */
static void describe_fields(const struct map_desc *desc, union modbpf_attr *attr)
{
	bool has_lock = desc->field_end[MAP_FIELD_LOCK], has_timer = desc->field_end[MAP_FIELD_TIMER];
	u32 words[] = {
		BLOB_TYPE(NAME_LOCK, MODBPF_BTF_STRUCT, 0, 1, 4), NAME_A, BLOB_INT, 0,
		BLOB_TYPE(NAME_TIMER, MODBPF_BTF_STRUCT, 0, 1, 16), NAME_A, BLOB_INT, 0,
		BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, has_lock + has_timer, desc->value_size),
		0, 0, 0, 0, 0, 0,
	};
	u32 cnt = ARRAY_SIZE(words) - 6, i;
	struct btf_blob blob;

	for (i = 0; i < MAP_FIELD_COUNT; i++) {
		if (!desc->field_end[i])
			continue;
		words[cnt++] = NAME_B;
		words[cnt++] = BLOB_NEXT + i;
		words[cnt++] = 8 * map_field_at(desc->field_end, i);
	}
	btf_blob_make(&blob, words, cnt);
	attr->btf_fd = load_btf(&blob);
	attr->btf_key_type_id = desc->key_size == 4 ? BLOB_INT : BLOB_STRUCT;
	attr->btf_value_type_id = BLOB_NEXT + MAP_FIELD_COUNT;
}

static int make_map(const struct map_desc *desc)
{
	union modbpf_attr attr = {
		.map_type = desc->type, .key_size = desc->key_size, .value_size = desc->value_size,
		.max_entries = desc->max_entries, .map_flags = desc->flags,
	};
	u32 zero = 0;
	int fd;

	snprintf(attr.map_name, sizeof(attr.map_name), "%s", desc->name ? desc->name : "");
	if (map_has_fields(desc->field_end))
		describe_fields(desc, &attr);
	if (desc->inner)
		attr.inner_map_fd = make_map(desc->inner);
	fd = ask(MODBPF_CMD_MAP_CREATE, &attr);
	if (fd < 0 || !desc->frozen)
		return fd;
	attr = (union modbpf_attr){
		.map_fd = fd, .key = (uintptr_t)&zero, .value = (uintptr_t)desc->frozen,
	};
	if (ask(MODBPF_CMD_MAP_UPDATE_ELEM, &attr))
		die("a constant cannot be set");
	attr = (union modbpf_attr){ .map_fd = fd };
	if (ask(MODBPF_CMD_MAP_FREEZE, &attr))
		die("a map cannot be frozen");
	return fd;
}

static void make_maps(void)
{
	const struct map_desc *descs = verify_request_of(NULL, 0, 1).maps;
	u32 i;

	for (i = 0; i < verify_map_cnt; i++) {
		snprintf(name, sizeof(name), "map %s", verify_map_names[i]);
		maps[i] = make_map(&descs[i]);
	}
}

/* --- cases -------------------------------------------------------------------------------- */

/* An array of programs is of the type of the first program that names it: each case has its own. */
static int map_for_case(u32 nth)
{
	const struct map_desc *desc = &verify_request_of(NULL, 0, 1).maps[nth];

	if (desc->type == MODBPF_MAP_PROG_ARRAY) {
		close(maps[nth]);
		maps[nth] = make_map(desc);
	}
	return maps[nth];
}

/* The maps' fds go into the program. False: one of them there is not. */
static bool bind_maps(struct asm_prog *prog)
{
	struct modbpf_insn *insn;
	u32 i;

	for (i = 0; i + 1 < prog->insn_cnt; i += insn_slots(insn)) {
		insn = &prog->insns[i];
		if (!insn_is_ld_imm64(insn) || (insn->src_reg != BPF_PSEUDO_MAP_FD &&
						insn->src_reg != BPF_PSEUDO_MAP_VALUE))
			continue;
		if ((u32)insn->imm >= verify_map_cnt)
			insn->imm = NO_FD;
		else if (maps[insn->imm] < 0)
			return false;
		else
			insn->imm = map_for_case(insn->imm);
	}
	return true;
}

static void load(union modbpf_attr *attr, u32 level, u32 log_bytes)
{
	int fd;

	attr->log_level = level;
	attr->log_size = log_bytes;
	attr->log_buf = (uintptr_t)program_log;
	program_log[0] = 0;
	fd = ask(MODBPF_CMD_PROG_LOAD, attr);
	if (fd >= 0)
		close(fd);
	if (attr->log_true_size < strlen(program_log) + 1 || attr->log_true_size > LOG_BYTES)
		die("the log has %u bytes", attr->log_true_size);
}

static void load_at_levels(union modbpf_attr *attr)
{
	static u32 nth;
	bool is_rare = nth++ % RARE == 0, is_short;

	load(attr, MODBPF_LOG_LEVEL1, LOG_BYTES);
	is_short = verdict.stats.insns_processed <= LONG_LOG;
	if (is_rare) {
		load(attr, MODBPF_LOG_STATS, LOG_BYTES);
		load(attr, MODBPF_LOG_FIXED, LOG_BYTES);
	}
	if (is_rare && is_short) {
		load(attr, MODBPF_LOG_LEVEL2, SHORT_LOG);
		load(attr, MODBPF_LOG_LEVEL2 | MODBPF_LOG_FIXED, SHORT_LOG);
	}
	if (is_short)
		load(attr, MODBPF_LOG_LEVEL1 | MODBPF_LOG_LEVEL2 | MODBPF_LOG_STATS, LOG_BYTES);
}

/* What bpf(2) has no word for. */
static bool can_be_said(const struct verify_input *input)
{
	return !input->max_work && !input->withheld && !input->target && !input->fence;
}

static void load_case(const struct verify_input *input, const struct verify_request *req,
		      const struct verify_btf *btf)
{
	union modbpf_attr attr = {
		.prog_type = input->prog_type, .expected_attach_type = input->attach_type,
		.insns = (uintptr_t)req->insns, .insn_cnt = req->insn_cnt,
		.license = (uintptr_t)(input->proprietary ? "proprietary" : "GPL"),
		.func_info = (uintptr_t)req->funcs, .func_info_cnt = req->func_cnt,
		.func_info_rec_size = sizeof(*req->funcs),
		.line_info = (uintptr_t)req->lines, .line_info_cnt = req->line_cnt,
		.line_info_rec_size = sizeof(*req->lines),
	};
	int btf_fd = req->btf ? load_btf(&btf->blob) : -1;

	if (req->btf)
		attr.prog_btf_fd = btf_fd;
	load_at_levels(&attr);
	if (btf_fd >= 0)
		close(btf_fd);
}

static void record_case(const struct verify_case *data, void *cookie)
{
	const struct verify_input *input = &data->input;
	struct verify_btf *btf = calloc(1, sizeof(*btf));
	struct verify_request req;
	struct asm_prog prog;

	snprintf(name, sizeof(name), "%s: %.100s", data->file, data->name);
	if (asm_parse(input->text, verify_map_names, verify_map_cnt, &prog))
		die("%s", prog.error);
	req = verify_request_of(prog.insns, prog.insn_cnt, input->prog_type);
	if (!can_be_said(input) || calls_kfunc(prog.insns, prog.insn_cnt) ||
	    verify_btf_make(btf, input, &prog, &req) || !bind_maps(&prog)) {
		left_out++;
	} else {
		load_case(input, &req, btf);
	}
	modbpf_btf_free(btf->types);
	asm_free(&prog);
	free(btf);
}

static void complain(const char *path, const char *what)
{
	die("%s: %s", path, what);
}

/* --- the instruction corpus --------------------------------------------------------------- */

/* Cases that differ in their memory share a program. */
static void record_corpus_case(const struct corpus_case *c, void *cookie)
{
	static struct modbpf_insn *last;
	static u32 last_cnt;
	const int *map = cookie;
	struct modbpf_insn *insns = calloc(c->insn_cnt + CORPUS_WRAP_SLOTS, sizeof(*insns));
	u32 cnt = corpus_wrap(c, insns);
	union modbpf_attr attr = {
		.prog_type = MODBPF_PROG_SCHED_CLS, .insns = (uintptr_t)insns, .insn_cnt = cnt,
		.license = (uintptr_t)"GPL",
	};

	insns[0].imm = *map;
	insns[3].imm = *map;
	if (last && cnt == last_cnt && !memcmp(insns, last, cnt * sizeof(*insns))) {
		free(insns);
		return;
	}
	snprintf(name, sizeof(name), "%s", c->name);
	load(&attr, MODBPF_LOG_LEVEL1, LOG_BYTES);
	free(last);
	last = insns;
	last_cnt = cnt;
}

static void record_corpus(void)
{
	const struct map_desc desc = {
		.type = MODBPF_MAP_ARRAY, .key_size = 4, .value_size = CORPUS_VALUE_BYTES,
		.max_entries = 1, .name = "memory",
	};
	int map;

	strcpy(name, "tests/isa");
	map = make_map(&desc);
	if (map < 0 || corpus_read("tests/isa", record_corpus_case, &map) < 0)
		die("the corpus cannot be read");
}

/* --- objects ------------------------------------------------------------------------------ */

/* The @nth program of the object, alone. False: there are not so many. */
static bool record_program(const char *path, u32 nth)
{
	struct bpf_object *obj = object_open(path);
	struct bpf_program *prog;
	bool is_there = false;
	u32 at = 0, type;

	if (!obj)
		die("%s cannot be opened", path);
	bpf_object__for_each_program(prog, obj) {
		bpf_program__set_autoload(prog, at == nth);
		if (at++ != nth)
			continue;
		is_there = true;
		/* The kernel's types differ with the kernel: what asks for them is compared by 76-check. */
		type = bpf_program__type(prog);
		if (type == MODBPF_PROG_TRACING || type == MODBPF_PROG_NETFILTER) {
			left_out++;
			bpf_program__set_autoload(prog, false);
			continue;
		}
		snprintf(name, sizeof(name), "%.80s: %.60s", path, bpf_program__name(prog));
		bpf_program__set_log_buf(prog, program_log, LOG_BYTES);
		bpf_program__set_log_level(prog, MODBPF_LOG_LEVEL1);
		program_log[0] = 0;
	}
	if (is_there) {
		begin();
		bpf_object__load(obj);
	}
	bpf_object__close(obj);
	return is_there;
}

int main(int argc, char **argv)
{
	int i;
	u32 nth;

	file = argc > 1 ? fopen(argv[1], "we") : NULL;
	program_log = calloc(1, LOG_BYTES);
	if (!file || !program_log)
		die("usage: record FILE [OBJECT...]");
	object_catch_log(false);
	begin();
	if (argc == 2) {
		make_maps();
		verify_cases_read(record_case, complain, NULL);
		record_corpus();
	}
	for (i = 2; i < argc; i++)
		for (nth = 0; record_program(argv[i], nth); nth++)
			;
	printf("%u programs to load, %u left out\n", loads, left_out);
	return fclose(file) != 0;
}
