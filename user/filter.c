// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf filter: what tcpdump compiles judges the packets of a netfilter hook. The filter
 * becomes the one subprogram of a SCHED_CLS program, whose main part turns what it returns
 * into a verdict: a load from outside of the packet ends the filter alone, with "no match".
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isa/classic.h"
#include "isa/disasm.h"
#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/libmodbpf.h"
#include "user/object.h"
#include "user/offline.h"
#include "user/out.h"
#include "user/pin.h"

#define TC_ACT_OK 0
#define TC_ACT_SHOT 2
#define MAIN_INSNS 6
#define LOG_BYTES (1 << 16)

struct filter {
	struct classic_insn *classic;
	uint32_t classic_cnt;
	struct modbpf_insn *insns;	/* of the whole program */
	uint32_t cnt;
};

static void filter_free(struct filter *filter)
{
	free(filter->classic);
	free(filter->insns);
}

/* Commas are spaces, as in the one line that bpf_asm and nft have. */
static int next_char(FILE *file)
{
	int c;

	do
		c = getc(file);
	while (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',');
	return c;
}

/* One number of the text. */
static int read_number(FILE *file, uint64_t max, uint64_t *out)
{
	int c = next_char(file);

	if (c < '0' || c > '9')
		return -1;
	for (*out = 0; c >= '0' && c <= '9'; c = getc(file)) {
		*out = *out * 10 + (c - '0');
		if (*out > max)
			return -1;
	}
	ungetc(c, file);
	return 0;
}

static int read_insn(FILE *file, struct classic_insn *insn)
{
	uint64_t code, jt, jf, k;

	if (read_number(file, UINT16_MAX, &code) || read_number(file, UINT8_MAX, &jt) ||
	    read_number(file, UINT8_MAX, &jf) || read_number(file, UINT32_MAX, &k))
		return -1;
	*insn = (struct classic_insn){ code, jt, jf, k };
	return 0;
}

static int read_text(FILE *file, const char *path, struct filter *filter)
{
	uint64_t cnt;
	uint32_t i;

	if (read_number(file, CLASSIC_MAX_INSNS, &cnt) || !cnt)
		return out_error("%s: wanted the number of instructions, 1 to %u, as 'tcpdump -ddd' prints it first",
				 path, CLASSIC_MAX_INSNS);
	filter->classic = calloc(cnt, sizeof(*filter->classic));
	if (!filter->classic)
		return out_error("no memory");
	for (i = 0; i < cnt; i++)
		if (read_insn(file, &filter->classic[i]))
			return out_error("%s: instruction %u is not 'CODE JT JF K', four decimal numbers",
					 path, i);
	filter->classic_cnt = cnt;
	if (next_char(file) != EOF)
		return out_error("%s: more follows behind the last of %u instructions", path, i);
	return 0;
}

/* if (filter(ctx)) return @match; return @other; */
static void put_main(struct modbpf_insn *out, int match, int other)
{
	const struct modbpf_insn main[MAIN_INSNS] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = MAIN_INSNS - 1 },
		{ .code = BPF_JMP32 | BPF_JEQ | BPF_K, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = match },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = other },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	memcpy(out, main, sizeof(main));
}

static int translate(const char *path, struct filter *filter, int match, int other)
{
	struct classic_error error;
	struct modbpf_insn *body;
	uint32_t cnt;
	int err = classic_check(filter->classic, filter->classic_cnt, &error);

	if (err == -EINVAL)
		return out_error("%s: instruction %u %s", path, error.insn, error.what);
	if (!err)
		err = classic_translate(filter->classic, filter->classic_cnt, &body, &cnt);
	if (err)
		return out_error("no memory");
	filter->cnt = MAIN_INSNS + cnt;
	filter->insns = calloc(filter->cnt, sizeof(*filter->insns));
	if (filter->insns) {
		put_main(filter->insns, match, other);
		memcpy(filter->insns + MAIN_INSNS, body, cnt * sizeof(*body));
	}
	modbpf_free(body);
	return filter->insns ? 0 : out_error("no memory");
}

/* A packet that matches gets @match. */
static int filter_read(const char *path, struct filter *filter, int match, int other)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int err;

	memset(filter, 0, sizeof(*filter));
	if (!file)
		return out_error("%s: %s", path, error_text(errno));
	err = read_text(file, path, filter);
	if (file != stdin)
		fclose(file);
	return err ? : translate(path, filter, match, other);
}

/* An fd, or -1 after an error. */
static int filter_load(const char *path, const struct filter *filter, char *log)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = LOG_BYTES, .log_level = 1);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "filter", "GPL",
			       (const struct bpf_insn *)filter->insns, filter->cnt, &opts);

	if (fd < 0)
		out_error("%s: cannot be loaded: %s\n%s", path, error_text(errno), log);
	return fd;
}

static void print_insns(const struct filter *filter)
{
	char text[MODBPF_DISASM_BYTES];
	uint32_t i;

	for (i = 0; i < filter->cnt; i++) {
		modbpf_insn_print(&filter->insns[i], NULL, text, sizeof(text));
		printf("%4u: %s\n", i, text);
	}
}

/* Would it be accepted? Asks no device. */
static int filter_check(struct args *args)
{
	const char *path = args_need(args, "FILE");
	struct offline_verdict verdict;
	struct json_object *object;
	struct filter filter;
	char *log;
	int err;

	if (!path || args_end(args))
		return -1;
	log = calloc(1, LOG_BYTES);
	if (!log)
		return out_error("no memory");
	err = filter_read(path, &filter, TC_ACT_SHOT, TC_ACT_OK);
	if (!err) {
		offline_begin(log, &verdict);
		err = filter_load(path, &filter, log) < 0 ? -1 : 0;
	}
	if (!err && out_is_json()) {
		object = json_object_new_object();
		json_add_u64(object, "classic_insns", filter.classic_cnt);
		json_add_u64(object, "insns", filter.cnt);
		out_json(object);
	} else if (!err) {
		printf("accepted: %u classic instructions, %u of eBPF\n", filter.classic_cnt, filter.cnt);
		if (verbosity)
			print_insns(&filter);
	}
	filter_free(&filter);
	free(log);
	return err;
}

static int say_attached(int link_fd)
{
	struct modbpf_link_info info;
	uint32_t len = sizeof(info);
	struct json_object *object;

	memset(&info, 0, sizeof(info));
	if (bpf_obj_get_info_by_fd(link_fd, &info, &len))
		return out_error("can't get link info: %s", error_text(errno));
	if (out_is_json()) {
		object = json_object_new_object();
		json_add_u64(object, "link_id", info.id);
		json_add_u64(object, "prog_id", info.prog_id);
		out_json(object);
	} else {
		printf("attached: link %u  prog %u\n", info.id, info.prog_id);
	}
	fflush(stdout);
	return 0;
}

static int stay(int link_fd, const char *pin)
{
	if ((pin && pin_fd(link_fd, pin)) || say_attached(link_fd))
		return -1;
	if (pin)
		return 0;
	out_note("Ctrl-C detaches");
	while (!is_ended)
		poll(NULL, 0, 200);
	return 0;
}

static int attach_filter(const char *path, const struct modbpf_place *place, bool drops,
			 const char *pin)
{
	struct filter filter;
	int prog_fd = -1, link_fd = -1, err;
	char *log = calloc(1, LOG_BYTES);

	err = !log || filter_read(path, &filter, drops ? TC_ACT_SHOT : TC_ACT_OK,
				  drops ? TC_ACT_OK : TC_ACT_SHOT) ? -1 : 0;
	if (!err) {
		prog_fd = filter_load(path, &filter, log);
		filter_free(&filter);
	}
	if (prog_fd >= 0) {
		link_fd = modbpf_link_netfilter(prog_fd, place);
		if (link_fd < 0)
			out_error("%s: cannot be attached: %s", path, error_text(errno));
	}
	err = link_fd < 0 ? -1 : stay(link_fd, pin);
	if (link_fd >= 0)
		close(link_fd);
	if (prog_fd >= 0)
		close(prog_fd);
	free(log);
	return err;
}

/* Those show a program of tc's, which a filter becomes, the link layer's header first. */
static bool begins_with_link_layer(const struct modbpf_place *place)
{
	return place->pf == NFPROTO_NETDEV || place->pf == NFPROTO_BRIDGE;
}

static int filter_attach(struct args *args)
{
	const char *path = args_need(args, "FILE"), *at, *wrong, *pin = NULL;
	struct modbpf_place place;
	bool drops = true;

	at = path ? args_need(args, "[FAMILY/]HOOK[/PRIORITY]") : NULL;
	if (!at)
		return -1;
	if (modbpf_place_parse(at, &place, &wrong))
		return out_error("'%s' is no place: wanted " MODBPF_PLACE_WANTED, wrong);
	if (begins_with_link_layer(&place))
		return out_error("'%s' is no place for a filter, which counts from the network header: packets "
				 "of devices and bridges begin before it", at);
	if (args_take(args, "accept"))
		drops = false;
	else
		args_take(args, "drop");
	if (args_take(args, "pin")) {
		pin = args_need(args, "FILE");
		if (!pin)
			return -1;
	}
	if (args_end(args) || need_device())
		return -1;
	catch_end();
	return attach_filter(path, &place, drops, pin);
}

int filter_command(struct args *args)
{
	static const struct command commands[] = {
		{ "attach", filter_attach },
		{ "check", filter_check },
		{ "help", help_command },
		{ NULL, NULL },
	};

	return command_run(commands, "filter command", args);
}
