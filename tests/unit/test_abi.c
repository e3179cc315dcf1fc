// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are the numbers of isa/abi.h and isa/insn.h those of this machine's <linux/bpf.h>?
 * An older header lacks some names: those are counted and printed.
 *
 * The header's enumerators cannot be asked for by the preprocessor, so the header
 * is read as text: an enumerator is a name, and "= number" or one more than the last.
 */
#include "isa/abi.h"

#include <ctype.h>
#include <stdlib.h>

#include "isa/insn.h"
#include "tests/support/check.h"

/* Both headers in one file: the macros must have the same replacement. */
#include <linux/bpf.h>

static char *header;	/* <linux/bpf.h> without comments */
static u32 compared, missing;

static void strip_comments(char *text)
{
	char *from = text, *to = text;

	while (*from) {
		if (from[0] == '/' && from[1] == '*') {
			from = strstr(from, "*/");
			if (!from)
				break;
			from += 2;
			*to++ = ' ';
			continue;
		}
		*to++ = *from++;
	}
	*to = 0;
}

static void read_header(void)
{
	FILE *file = fopen("/usr/include/linux/bpf.h", "r");
	const size_t room = 4 << 20;

	header = calloc(1, room);
	if (!file || !header || !fread(header, 1, room - 1, file)) {
		fprintf(stderr, "test_abi: /usr/include/linux/bpf.h cannot be read\n");
		exit(1);
	}
	fclose(file);
	strip_comments(header);
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The number of @name in "enum @tag", or -1. */
static s64 enumerator(const char *tag, const char *name)
{
	char *pos, *end, opening[64];
	size_t len = strlen(name);
	s64 value = -1;

	snprintf(opening, sizeof(opening), "enum %s {", tag);
	pos = strstr(header, opening);
	if (!pos)
		return -1;
	end = strchr(pos, '}');
	pos += strlen(opening);
	while (pos < end) {
		char *word;
		size_t word_len;

		while (pos < end && !is_word_char(*pos))
			pos++;
		word = pos;
		while (pos < end && is_word_char(*pos))
			pos++;
		word_len = pos - word;
		pos += strspn(pos, " \t\n");
		value = *pos == '=' ? strtoll(pos + 1, &pos, 0) : value + 1;
		if (word_len == len && !memcmp(word, name, len))
			return value;
		pos += strcspn(pos, ",}");
	}
	return -1;
}

static void compare(const char *tag, const char *name, s64 ours)
{
	s64 theirs = enumerator(tag, name);

	if (theirs < 0) {
		printf("not in this <linux/bpf.h>: %s\n", name);
		missing++;
		return;
	}
	compared++;
	if (theirs != ours)
		check_failed(__FILE__, __LINE__, "%s is %lld, not %lld", name, (long long)ours,
			     (long long)theirs);
}

static void program_types(void)
{
#define COMPARE(name, number) compare("bpf_prog_type", "BPF_PROG_TYPE_" #name, number);
	MODBPF_PROG_TYPES(COMPARE)
#undef COMPARE
}

static void map_types(void)
{
#define COMPARE(name, number) compare("bpf_map_type", "BPF_MAP_TYPE_" #name, number);
	MODBPF_MAP_TYPES(COMPARE)
#undef COMPARE
}

static void attach_types(void)
{
	compare("bpf_attach_type", "BPF_CGROUP_INET_INGRESS", MODBPF_ATTACH_CGROUP_INGRESS);
	compare("bpf_attach_type", "BPF_CGROUP_INET_EGRESS", MODBPF_ATTACH_CGROUP_EGRESS);
	compare("bpf_attach_type", "BPF_CGROUP_INET_SOCK_CREATE", MODBPF_ATTACH_INET_SOCK_CREATE);
	compare("bpf_attach_type", "BPF_CGROUP_INET4_BIND", MODBPF_ATTACH_INET4_BIND);
	compare("bpf_attach_type", "BPF_CGROUP_INET6_BIND", MODBPF_ATTACH_INET6_BIND);
	compare("bpf_attach_type", "BPF_CGROUP_INET4_CONNECT", MODBPF_ATTACH_INET4_CONNECT);
	compare("bpf_attach_type", "BPF_CGROUP_INET6_CONNECT", MODBPF_ATTACH_INET6_CONNECT);
	compare("bpf_attach_type", "BPF_CGROUP_INET4_POST_BIND", MODBPF_ATTACH_INET4_POST_BIND);
	compare("bpf_attach_type", "BPF_CGROUP_INET6_POST_BIND", MODBPF_ATTACH_INET6_POST_BIND);
	compare("bpf_attach_type", "BPF_CGROUP_UDP4_SENDMSG", MODBPF_ATTACH_UDP4_SENDMSG);
	compare("bpf_attach_type", "BPF_CGROUP_UDP6_SENDMSG", MODBPF_ATTACH_UDP6_SENDMSG);
	compare("bpf_attach_type", "BPF_CGROUP_UDP4_RECVMSG", MODBPF_ATTACH_UDP4_RECVMSG);
	compare("bpf_attach_type", "BPF_CGROUP_UDP6_RECVMSG", MODBPF_ATTACH_UDP6_RECVMSG);
	compare("bpf_attach_type", "BPF_CGROUP_INET4_GETPEERNAME", MODBPF_ATTACH_INET4_GETPEERNAME);
	compare("bpf_attach_type", "BPF_CGROUP_INET6_GETPEERNAME", MODBPF_ATTACH_INET6_GETPEERNAME);
	compare("bpf_attach_type", "BPF_CGROUP_INET4_GETSOCKNAME", MODBPF_ATTACH_INET4_GETSOCKNAME);
	compare("bpf_attach_type", "BPF_CGROUP_INET6_GETSOCKNAME", MODBPF_ATTACH_INET6_GETSOCKNAME);
	compare("bpf_attach_type", "BPF_CGROUP_INET_SOCK_RELEASE", MODBPF_ATTACH_INET_SOCK_RELEASE);
	compare("bpf_attach_type", "BPF_TRACE_RAW_TP", MODBPF_ATTACH_TRACE_RAW_TP);
	compare("bpf_attach_type", "BPF_TRACE_FENTRY", MODBPF_ATTACH_TRACE_FENTRY);
	compare("bpf_attach_type", "BPF_TRACE_FEXIT", MODBPF_ATTACH_TRACE_FEXIT);
	compare("bpf_attach_type", "BPF_PERF_EVENT", MODBPF_ATTACH_PERF_EVENT);
	compare("bpf_attach_type", "BPF_TRACE_KPROBE_MULTI", MODBPF_ATTACH_KPROBE_MULTI);
	compare("bpf_attach_type", "BPF_NETFILTER", MODBPF_ATTACH_NETFILTER);
}

/* The header's list: "FN(name)", counted from 0, or "FN(name, id, ...)" in newer ones. */
static s64 helper_id_of(const char *name)
{
	char *pos = strstr(header, "FN(unspec"), *word;
	size_t len = strlen(name);
	s64 id = 0;

	for (; pos; pos = strstr(pos, "FN("), id++) {
		word = pos + 3;
		pos = word + strcspn(word, ",)");
		if ((size_t)(pos - word) == len && !memcmp(word, name, len))
			return *pos == ',' && isdigit((unsigned char)pos[2]) ? atoll(pos + 1) : id;
	}
	return -1;
}

static void helper_ids(void)
{
#define COMPARE(name, id) do { \
		compared++; \
		CHECK_EQ(helper_id_of(#name), id); \
	} while (0);
	MODBPF_HELPERS(COMPARE)
#undef COMPARE
	/* The reader itself: by the header's own enumeration. */
	CHECK_EQ(helper_id_of("map_lookup_elem"), BPF_FUNC_map_lookup_elem);
	CHECK_EQ(helper_id_of("ringbuf_query"), BPF_FUNC_ringbuf_query);
	CHECK_EQ(helper_id_of("nonexistent"), -1);
}

static void flags(void)
{
	static const struct {
		u64 ours, theirs;
	} pairs[] = {
		{ MODBPF_F_NO_PREALLOC, BPF_F_NO_PREALLOC },
		{ MODBPF_F_NO_COMMON_LRU, BPF_F_NO_COMMON_LRU },
		{ MODBPF_F_NUMA_NODE, BPF_F_NUMA_NODE },
		{ MODBPF_F_RDONLY, BPF_F_RDONLY },
		{ MODBPF_F_WRONLY, BPF_F_WRONLY },
		{ MODBPF_F_STACK_BUILD_ID, BPF_F_STACK_BUILD_ID },
		{ MODBPF_F_ZERO_SEED, BPF_F_ZERO_SEED },
		{ MODBPF_F_RDONLY_PROG, BPF_F_RDONLY_PROG },
		{ MODBPF_F_WRONLY_PROG, BPF_F_WRONLY_PROG },
		{ MODBPF_F_CLONE, BPF_F_CLONE },
		{ MODBPF_F_MMAPABLE, BPF_F_MMAPABLE },
		{ MODBPF_F_PRESERVE_ELEMS, BPF_F_PRESERVE_ELEMS },
		{ MODBPF_F_INNER_MAP, BPF_F_INNER_MAP },
		{ MODBPF_ANY, BPF_ANY },
		{ MODBPF_NOEXIST, BPF_NOEXIST },
		{ MODBPF_EXIST, BPF_EXIST },
		{ MODBPF_F_LOCK, BPF_F_LOCK },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		CHECK_EQ(pairs[i].ours, pairs[i].theirs);
	compared += i;
}

static void instruction_layout(void)
{
	struct bpf_insn theirs = { .code = 0x18, .dst_reg = 3, .src_reg = 9, .off = -2, .imm = -3 };
	struct modbpf_insn ours = { .code = 0x18, .dst_reg = 3, .src_reg = 9, .off = -2, .imm = -3 };

	CHECK_EQ(sizeof(ours), sizeof(theirs));
	CHECK(!memcmp(&ours, &theirs, sizeof(ours)));
	CHECK_EQ(MODBPF_REG_FP, BPF_REG_10);
	CHECK_EQ(MODBPF_REG_AX, MAX_BPF_REG);
	CHECK_EQ(MODBPF_MAX_FRAMES, 8);
}

static void count_what_is_missing(void)
{
	printf("compared %u numbers, %u are not in this <linux/bpf.h>\n", compared, missing);
	CHECK(compared > 100);
	CHECK(missing < 10);
}

static const struct check_case cases[] = {
	{ "program types have Linux's numbers", program_types },
	{ "map types have Linux's numbers", map_types },
	{ "attach types have Linux's numbers", attach_types },
	{ "helpers have Linux's ids", helper_ids },
	{ "flags have Linux's values", flags },
	{ "an instruction has Linux's layout", instruction_layout },
	{ "what this machine's header lacks is little", count_what_is_missing },
};

int main(int argc, char **argv)
{
	int result;

	read_header();
	result = check_run("abi", cases, ARRAY_SIZE(cases), argc, argv);
	free(header);
	return result;
}
