// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does docs/helpers.md say what is so? It is made here, from the helpers' rows:
 * "test_helper_page print >docs/helpers.md". Each helper that there is must be called by
 * a program that a test runs as machine code in the kernel; the page names it. For those
 * of Linux that there are not, the reason stands here.
 */
#include <dirent.h>
#include <stdlib.h>

#include "isa/abi.h"
#include "tests/support/check.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

#define PAGE "docs/helpers.md"
#define LAST_ID 211	/* Linux numbers no more */
#define MAX_PROGRAMS 256

/* --- Linux's list ---------------------------------------------------------------- */

/* Those that have no row. */
static const char *const rowless[LAST_ID + 1] = {
	[49] = "setsockopt", [52] = "sk_redirect_map", [53] = "sock_map_update",
	[57] = "getsockopt", [59] = "sock_ops_cb_flags_set", [60] = "msg_redirect_map",
	[61] = "msg_apply_bytes", [62] = "msg_cork_bytes", [63] = "msg_pull_data", [64] = "bind",
	[66] = "skb_get_xfrm_state", [70] = "sock_hash_update", [71] = "msg_redirect_hash",
	[72] = "sk_redirect_hash", [77] = "rc_repeat", [78] = "rc_keydown",
	[81] = "get_local_storage", [82] = "sk_select_reuseport", [84] = "sk_lookup_tcp",
	[85] = "sk_lookup_udp", [86] = "sk_release", [90] = "msg_push_data",
	[91] = "msg_pop_data", [92] = "rc_pointer_rel", [95] = "sk_fullsock", [96] = "tcp_sock",
	[98] = "get_listener_sock", [99] = "skc_lookup_tcp", [100] = "tcp_check_syncookie",
	[101] = "sysctl_get_name", [102] = "sysctl_get_current_value",
	[103] = "sysctl_get_new_value", [104] = "sysctl_set_new_value", [107] = "sk_storage_get",
	[108] = "sk_storage_delete", [110] = "tcp_gen_syncookie", [111] = "skb_output",
	[116] = "tcp_send_ack", [121] = "xdp_output", [122] = "get_netns_cookie",
	[124] = "sk_assign", [126] = "seq_printf", [127] = "seq_write", [128] = "sk_cgroup_id",
	[129] = "sk_ancestor_cgroup_id", [136] = "skc_to_tcp6_sock", [137] = "skc_to_tcp_sock",
	[138] = "skc_to_tcp_timewait_sock", [139] = "skc_to_tcp_request_sock",
	[140] = "skc_to_udp6_sock", [141] = "get_task_stack", [142] = "load_hdr_opt",
	[143] = "store_hdr_opt", [144] = "reserve_hdr_opt", [145] = "inode_storage_get",
	[146] = "inode_storage_delete", [150] = "seq_printf_btf", [156] = "task_storage_get",
	[157] = "task_storage_delete", [159] = "bprm_opts_set", [161] = "ima_inode_hash",
	[162] = "sock_from_file", [166] = "sys_bpf", [167] = "btf_find_by_name_kind",
	[168] = "sys_close", [178] = "skc_to_unix_sock", [179] = "kallsyms_lookup_name",
	[186] = "get_retval", [187] = "set_retval", [193] = "ima_file_hash", [194] = "kptr_xchg",
	[196] = "skc_to_mptcp_sock", [204] = "tcp_raw_gen_syncookie_ipv4",
	[205] = "tcp_raw_gen_syncookie_ipv6", [206] = "tcp_raw_check_syncookie_ipv4",
	[207] = "tcp_raw_check_syncookie_ipv6", [210] = "cgrp_storage_get",
	[211] = "cgrp_storage_delete",
};

/* Ids of a reason, up to a 0. */
static const struct {
	const char *reason;
	u8 ids[32];
} reasons[] = {
	{ "for programs on sockets, which there are not",
	  { 49, 57, 59, 64, 116, 142, 143, 144 } },
	{ "for programs of control groups, which there are not",
	  { 81, 101, 102, 103, 104, 186, 187 } },
	{ "for maps of sockets, which there are not",
	  { 52, 53, 60, 61, 62, 63, 70, 71, 72, 82, 90, 91 } },
	{ "for infrared receivers, to which nothing attaches", { 77, 78, 92 } },
	{ "gives or takes a socket, and there are no pointers to sockets",
	  { 84, 85, 86, 95, 96, 98, 99, 100, 110, 122, 124, 128, 129, 136, 137, 138, 139, 140, 162,
	    178, 196, 204, 205, 206, 207 } },
	{ "storage that hangs on the kernel's objects needs a place in them",
	  { 107, 108, 145, 146, 156, 157, 210, 211 } },
	{ "for security modules' hooks, to which nothing attaches", { 159, 161, 193 } },
	{ "for iterators, which there are not", { 126, 127, 150 } },
	{ "for SYSCALL programs, which there are not", { 166, 167, 168, 179 } },
	{ "no pointers to the kernel's objects are kept in maps", { 194 } },
	{ "takes a packet from a tracing program", { 111, 121 } },
	{ "sleeps, and no program may", { 148, 191 } },
	{ "needs a processor that records branches", { 119, 176 } },
	{ "for light-weight tunnels, to which nothing attaches", { 73, 74, 75, 76 } },
	{ "sends a packet from XDP, to which nothing attaches", { 51 } },
	{ "a test run's packet has no metadata in front", { 54 } },
	{ "the path behind the hook goes on with the family that the packet came with", { 31 } },
	{ "what is in front of the network header is nobody's at the hooks of IP", { 43 } },
	{ "sends a packet somewhere, which a netfilter hook cannot",
	  { 13, 23, 152, 155 } },
	{ "what it looks at or sets is not there where netfilter's hooks are",
	  { 20, 21, 29, 30, 50, 66, 69, 163, 192 } },
};

static const char *name_of(s32 id)
{
	const struct helper *helper = helper_of(id);

	return helper ? helper->name : rowless[id];
}

static const char *reason_of(s32 id)
{
	u32 i, at;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		for (at = 0; at < ARRAY_SIZE(reasons[i].ids) && reasons[i].ids[at]; at++)
			if (reasons[i].ids[at] == id)
				return reasons[i].reason;
	return NULL;
}

/* --- programs of the tests ------------------------------------------------------------ */

static struct {
	char path[288], *text;
} programs[MAX_PROGRAMS];
static u32 program_cnt;

static char *read_file(const char *path)
{
	const size_t room = 1 << 20;
	char *text = calloc(1, room);
	FILE *file = fopen(path, "r");

	if (!text || !file || !fread(text, 1, room - 1, file)) {
		check_failed(path, 0, "cannot be read: run from the top of the tree");
		exit(1);
	}
	fclose(file);
	return text;
}

static int is_program(const struct dirent *entry)
{
	const char *dot = strchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".bpf.c");
}

static void read_programs(const char *folder)
{
	struct dirent **entries;
	int cnt = scandir(folder, &entries, is_program, alphasort), i;

	for (i = 0; i < cnt && program_cnt < MAX_PROGRAMS; i++) {
		snprintf(programs[program_cnt].path, sizeof(programs[0].path), "%s/%s", folder,
			 entries[i]->d_name);
		programs[program_cnt].text = read_file(programs[program_cnt].path);
		program_cnt++;
		free(entries[i]);
	}
	if (cnt >= 0)
		free(entries);
}

/* The first program that calls it, or NULL. */
static const char *program_of(const char *name)
{
	char called[64];
	u32 i;

	snprintf(called, sizeof(called), "bpf_%s(", name);
	for (i = 0; i < program_cnt; i++)
		if (strstr(programs[i].text, called))
			return programs[i].path;
	return NULL;
}

/* --- the page -------------------------------------------------------------------------- */

static const char *const arg_names[ARG_KIND_COUNT] = {
	[ARG_NUMBER] = "number",
	[ARG_OPTIONAL_PRINTED] = "what is printed, may be unset",
	[ARG_ADDRESS] = "any address",
	[ARG_MAP] = "map",
	[ARG_KEY] = "key",
	[ARG_VALUE] = "value",
	[ARG_READ] = "memory to read",
	[ARG_FILL] = "memory to fill",
	[ARG_FILL_OR_NULL] = "memory to fill, or null",
	[ARG_FILL_8] = "8 bytes to fill",
	[ARG_STRING] = "constant string",
	[ARG_FORMAT] = "format",
	[ARG_CONST_FORMAT] = "constant format",
	[ARG_PRINTED] = "what is printed, or null",
	[ARG_SIZE] = "size",
	[ARG_SIZE_OR_ZERO] = "size or 0",
	[ARG_CONST_SIZE] = "constant size",
	[ARG_CTX] = "context",
	[ARG_RECORD] = "record",
	[ARG_LOCK] = "lock",
	[ARG_TIMER] = "timer",
	[ARG_TIMER_MAP] = "its map",
	[ARG_CALLBACK] = "function",
	[ARG_CALLBACK_CONTEXT] = "stack or null",
	[ARG_VALUE_FILL] = "value to fill",
	[ARG_READ_OR_NULL] = "memory to read, or null",
	[ARG_KEPT] = "memory in a value",
	[ARG_DYNPTR] = "dynptr",
	[ARG_RING_DYNPTR] = "dynptr of a record",
	[ARG_NEW_DYNPTR] = "dynptr to make",
	[ARG_NEW_RING_DYNPTR] = "dynptr to make, to be released",
	[ARG_FREE_DYNPTR] = "dynptr that is no record",
	[ARG_NEW_SKB_DYNPTR] = "dynptr to make",
	[ARG_NEW_SAME_DYNPTR] = "dynptr to make",
	[ARG_SKB] = "context; NETFILTER: the context's skb",
	[ARG_BUFFER_OR_NULL] = "stack or value to lie in, or null",
};

static const char *const result_names[RET_KIND_COUNT] = {
	[RET_NUMBER] = "number",
	[RET_VOID] = "nothing",
	[RET_LENGTH] = "length or error",
	[RET_VALUE_OR_NULL] = "value or null",
	[RET_RECORD_OR_NULL] = "record or null",
	[RET_SLICE_OR_NULL] = "memory or null",
	[RET_CONST_SLICE_OR_NULL] = "memory to read, or null",
	[RET_SKB] = "`struct sk_buff`",
};

static const char head[] =
	"# Helpers\n\n"
	"Linux's helper functions, by Linux's numbers. This page is made by\n"
	"`build/asan/test_helper_page print >docs/helpers.md` from the rows of\n"
	"`verifier/helper_row/`. \"Tested by\" is a program that calls it, as machine code in the\n"
	"kernel, in an end-to-end test.\n\n"
	"None sleeps. Those that tracing programs have can be called from NMI; those that packet programs alone have\n"
	"(\"packet\") run in process context and softirq. PERFMON is CAP_PERFMON, GPL a licence that is\n"
	"compatible with it.\n\n"
	"Formats have `%c %s %p %pK %ps %pS %pB %pks %pus %pi4 %pI4 %pi6 %pI6 %%`, and\n"
	"`%d %i %u %x %X` with nothing, `l` or `ll` in front; a flag (`0`, `+`, `-`, blank) and a width\n"
	"below 64 may precede those without `p`. Pointers are hashed.\n\n"
	"| id | helper | program types | context | needs | arguments | result | tested by |\n"
	"|---|---|---|---|---|---|---|---|\n";

static const char kfuncs_head[] =
	"\n## Kernel functions\n\n"
	"Called by name (`extern ... __ksym`), as Linux's of the same name. A program names one by the id\n"
	"that it has in the kernel's BTF, or in that of the object `modbpf`, which stands among those of the\n"
	"kernel's modules and has them all: libbpf finds either. Which kernel it is does not matter, as long\n"
	"as it has BTF for libbpf. The number is what a final program (`modbpf prog dump xlated`) shows.\n\n"
	"A dynptr of a packet begins where the program's view of it does: at `skb->data` for NETFILTER, at\n"
	"`data` for the others. A slice lies in the packet, or in the buffer where the packet is not in one\n"
	"piece; it ends with a write (`bpf_dynptr_write`) or whatever else moves the packet, and when its\n"
	"buffer is overwritten. Unlike Linux's, NETFILTER programs may write, and the buffer need not be\n"
	"initialised. `bpf_dynptr_data` of a packet is null, as there.\n\n"
	"`bpf_cast_to_kern_ctx` gives the packet's own structure for `struct __sk_buff`, to load from as from\n"
	"a NETFILTER program's `skb` ([abi.md](abi.md)); it is for nothing else: helpers and the other functions\n"
	"take the context. NETFILTER and TRACING programs load from what their contexts point to without it;\n"
	"the other contexts stand for no structure of the kernel's here.\n\n"
	"| number | function | program types | context | needs | arguments | result | tested by |\n"
	"|---|---|---|---|---|---|---|---|\n";

#define TYPE_NAME(name, number) [number] = #name,
static const char *const type_names[] = { MODBPF_PROG_TYPES(TYPE_NAME) };

static void print_types(u64 types)
{
	const char *comma = "";
	u32 i;

	if (types == TYPES_ALL) {
		printf("all");
		return;
	}
	if ((types & TYPES_TRACING) == TYPES_TRACING) {
		printf("tracing");
		types &= ~TYPES_TRACING;
		comma = ", ";
	}
	for (i = 0; i < ARRAY_SIZE(type_names); i++) {
		if (!(types >> i & 1) || !type_names[i])
			continue;
		printf("%s%s", comma, type_names[i]);
		comma = ", ";
	}
}

static void print_needs(u32 flags)
{
	static const struct {
		u32 flag;
		const char *name;
	} needs[] = {
		{ HELPER_GPL, "GPL" }, { HELPER_PERFMON, "PERFMON" },
		{ HELPER_WRITES_USER, "SYS_ADMIN, parameter" },
	};
	const char *comma = "";
	u32 i;

	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		if (!(flags & needs[i].flag))
			continue;
		printf("%s%s", comma, needs[i].name);
		comma = ", ";
	}
}

static void print_helper(s32 id, const struct helper *helper)
{
	const char *comma = "", *program = program_of(helper->name);
	u32 i;

	printf("| %d | `%s` | ", id, helper->name);
	print_types(helper->types);
	printf(" | %s | ", helper->types & ~(TYPES_PACKET | TYPE_BIT(NETFILTER)) ? "any" : "packet");
	print_needs(helper->flags);
	printf(" | ");
	for (i = 0; i < ARRAY_SIZE(helper->args) && helper->args[i] != ARG_NONE; i++) {
		printf("%s%s", comma, arg_names[helper->args[i]]);
		comma = "; ";
	}
	printf(" | %s | %s |\n", result_names[helper->ret], program ? : "**none**");
}

static bool is_present(s32 id)
{
	const struct helper *helper = helper_of(id);

	return helper && !(helper->flags & (HELPER_ABSENT | HELPER_INTERNAL));
}

static void print_page(void)
{
	u32 present = 0;
	s32 id;

	printf("%s", head);
	for (id = 1; id <= LAST_ID; id++) {
		if (!is_present(id))
			continue;
		print_helper(id, helper_of(id));
		present++;
	}
	printf("\nThese are %u.\n\n## Left out\n\n| id | helper | why |\n|---|---|---|\n", present);
	for (id = 1; id <= LAST_ID; id++)
		if (!is_present(id))
			printf("| %d | `%s` | %s |\n", id, name_of(id), reason_of(id) ? : "not made yet");
	printf("%s", kfuncs_head);
	for (id = LAST_ID + 1; id < MODBPF_FUNC_LIMIT; id++)
		if (is_present(id))
			print_helper(id, helper_of(id));
}

/* --- tests ------------------------------------------------------------------------------- */

static void page_is_current(void)
{
	char *page = read_file(PAGE), *made = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&made, &bytes), *before = stdout;

	stdout = out;
	print_page();
	stdout = before;
	fclose(out);
	if (strcmp(page, made))
		check_failed(PAGE, 0, "is not what the rows say: build/asan/test_helper_page print >" PAGE);
	free(made);
	free(page);
}

static void each_is_executed(void)
{
	s32 id;

	for (id = 1; id < MODBPF_FUNC_LIMIT; id++)
		if (is_present(id) && !program_of(helper_of(id)->name))
			check_failed(__FILE__, __LINE__, "no test runs bpf_%s", helper_of(id)->name);
}

static void each_kind_has_a_name(void)
{
	u32 i;

	for (i = 0; i < ARG_KIND_COUNT; i++)
		if (i != ARG_NONE && !arg_names[i])
			check_failed(__FILE__, __LINE__, "argument kind %u has no name", i);
	for (i = 0; i < RET_KIND_COUNT; i++)
		if (!result_names[i])
			check_failed(__FILE__, __LINE__, "result kind %u has no name", i);
}

static void no_reason_for_what_is_there(void)
{
	s32 id;

	for (id = 1; id <= LAST_ID; id++)
		if (is_present(id) && reason_of(id))
			check_failed(__FILE__, __LINE__, "bpf_%s is there", name_of(id));
}

static const struct check_case cases[] = {
	{ "each kind of argument and result has a name", each_kind_has_a_name },
	{ "each helper is run by a test", each_is_executed },
	{ "what is there is not left out", no_reason_for_what_is_there },
	{ PAGE " is current", page_is_current },
};

int main(int argc, char **argv)
{
	read_programs("examples");
	read_programs("tests/e2e");
	if (argc > 1 && !strcmp(argv[1], "print")) {
		print_page();
		return 0;
	}
	return check_run("helper_page", cases, ARRAY_SIZE(cases), argc, argv);
}
