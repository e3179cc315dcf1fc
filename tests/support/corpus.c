// SPDX-License-Identifier: GPL-2.0-only
/* Which programs are in the corpus, and what must they do? The format is in corpus.h. */
#include "tests/support/corpus.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/asm.h"

#define MAX_PARAMS 6
#define WORD_BYTES 64		/* of a name or an argument */
#define TEXT_BYTES 16384	/* of a program */

struct reader {
	const char *path;
	u32 line;
	corpus_visit visit;
	void *cookie;
	int cases;
	char name[WORD_BYTES];		/* of the program */
	char params[MAX_PARAMS][WORD_BYTES];
	u32 param_cnt;
	char text[TEXT_BYTES];		/* its instructions */
	u32 text_len;
	u64 memory[CORPUS_MAX_WORDS];
	u32 word_cnt;
};

static int complain(const struct reader *rd, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", rd->path, rd->line, what);
	return -EINVAL;
}

/* Copies the next blank-separated word; false at the end or at '|'. */
static bool next_word(const char **pos, char word[WORD_BYTES])
{
	u32 len;

	*pos += strspn(*pos, " \t");
	if (!**pos || **pos == '|')
		return false;
	len = strcspn(*pos, " \t|");
	snprintf(word, WORD_BYTES, "%.*s", (int)len, *pos);
	*pos += len;
	return true;
}

static bool parse_number(const char *text, u64 *value)
{
	char *end;

	*value = text[0] == '-' ? (u64)strtoll(text, &end, 0) : strtoull(text, &end, 0);
	return end != text && !*end;
}

/* Words up to '|' or the end change @memory; returns how many words it then has, or -1. */
static int read_words(const char **pos, u64 *memory, u32 cnt)
{
	char word[WORD_BYTES], *equals;
	u64 index, value;
	u32 next = 0;

	while (next_word(pos, word)) {
		index = next;
		equals = strchr(word, '=');
		if (equals) {
			*equals = 0;
			if (!parse_number(word, &index))
				return -1;
		}
		if (!parse_number(equals ? equals + 1 : word, &value) ||
		    index >= CORPUS_MAX_WORDS)
			return -1;
		memory[index] = value;
		next = index + 1;
		if (next > cnt)
			cnt = next;
	}
	return cnt;
}

/* The parameter that "$NAME" at @text is, by the longest name that fits; *@len is its length. */
static int find_param(const struct reader *rd, const char *text, u32 *len)
{
	int found = -1;
	u32 i, name_len;

	*len = 0;
	for (i = 0; i < rd->param_cnt; i++) {
		name_len = strlen(rd->params[i]);
		if (name_len > *len && !strncmp(text + 1, rd->params[i], name_len)) {
			found = i;
			*len = name_len;
		}
	}
	return found;
}

static bool substitute(const struct reader *rd, char (*args)[WORD_BYTES], char *out)
{
	const char *in = rd->text;
	u32 len = 0, name_len;
	int param;

	while (*in) {
		if (len > TEXT_BYTES * 4 - WORD_BYTES)
			return false;
		if (*in != '$') {
			out[len++] = *in++;
			continue;
		}
		param = find_param(rd, in, &name_len);
		if (param < 0)
			return false;
		len += snprintf(out + len, WORD_BYTES, "%s", args[param]);
		in += 1 + name_len;
	}
	out[len] = 0;
	return true;
}

static int run_case(struct reader *rd, char (*args)[WORD_BYTES], struct corpus_case *c)
{
	char *text = malloc(TEXT_BYTES * 4);
	struct asm_prog prog;
	u32 i;
	int err = 0, len;

	if (!text)
		abort();
	len = snprintf(c->name, sizeof(c->name), "%s:%u: %s", rd->path, rd->line, rd->name);
	for (i = 0; i < rd->param_cnt && len < (int)sizeof(c->name); i++)
		len += snprintf(c->name + len, sizeof(c->name) - len, " %s", args[i]);
	if (!substitute(rd, args, text)) {
		err = complain(rd, "no parameter has this name, or the program is too long");
	} else if (asm_parse(text, NULL, 0, &prog)) {
		err = complain(rd, prog.error);
	} else {
		c->insns = prog.insns;
		c->insn_cnt = prog.insn_cnt;
		rd->visit(c, rd->cookie);
		rd->cases++;
		asm_free(&prog);
	}
	free(text);
	return err;
}

static int read_case(struct reader *rd, const char *pos)
{
	char args[MAX_PARAMS][WORD_BYTES], word[WORD_BYTES];
	struct corpus_case c = {};
	u32 arg_cnt = 0;
	int cnt;

	while (arg_cnt < MAX_PARAMS && next_word(&pos, args[arg_cnt]))
		arg_cnt++;
	if (arg_cnt != rd->param_cnt || *pos++ != '|')
		return complain(rd, "not as many arguments as the program has parameters");
	memcpy(c.before, rd->memory, sizeof(c.before));
	cnt = read_words(&pos, c.before, rd->word_cnt);
	if (cnt < 0 || *pos++ != '|')
		return complain(rd, "words of memory and '|' expected");
	c.word_cnt = cnt;
	if (!next_word(&pos, word) || !parse_number(word, &c.r0))
		return complain(rd, "R0 expected");
	memcpy(c.after, c.before, sizeof(c.after));
	pos += strspn(pos, " \t");
	if (*pos == '|') {
		pos++;
		if (read_words(&pos, c.after, c.word_cnt) != cnt)
			return complain(rd, "words of the case's memory expected");
	}
	if (*pos)
		return complain(rd, "unexpected text");
	return run_case(rd, args, &c);
}

static int read_prog(struct reader *rd, const char *pos)
{
	rd->text_len = 0;
	rd->text[0] = 0;
	rd->word_cnt = 0;
	rd->param_cnt = 0;
	memset(rd->memory, 0, sizeof(rd->memory));
	if (!next_word(&pos, rd->name))
		return complain(rd, "the program's name expected");
	while (rd->param_cnt < MAX_PARAMS && next_word(&pos, rd->params[rd->param_cnt]))
		rd->param_cnt++;
	return *pos ? complain(rd, "too many parameters") : 0;
}

static int read_line(struct reader *rd, const char *line)
{
	int cnt;

	if (!*line || *line == '#')
		return 0;
	if (*line == '\t') {
		if (rd->text_len + strlen(line) + 2 > TEXT_BYTES)
			return complain(rd, "the program is too long");
		rd->text_len += sprintf(rd->text + rd->text_len, "%s\n", line);
		return 0;
	}
	if (!strncmp(line, "prog ", 5))
		return read_prog(rd, line + 5);
	if (!strncmp(line, "case ", 5))
		return read_case(rd, line + 5);
	if (strncmp(line, "memory ", 7))
		return complain(rd, "prog, memory, case or an instruction after a tab expected");
	line += 7;
	cnt = read_words(&line, rd->memory, 0);
	rd->word_cnt = cnt;
	return cnt < 0 || *line ? complain(rd, "words of memory expected") : 0;
}

static int read_file(const char *path, corpus_visit visit, void *cookie)
{
	struct reader *rd = calloc(1, sizeof(*rd));
	FILE *file = fopen(path, "r");
	char line[4096];
	int err = 0;

	if (!rd)
		abort();
	rd->path = path;
	rd->visit = visit;
	rd->cookie = cookie;
	if (!file)
		err = complain(rd, strerror(errno));
	while (!err && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		rd->line++;
		err = read_line(rd, line);
	}
	if (file)
		fclose(file);
	if (!err)
		err = rd->cases;
	free(rd);
	return err;
}

static int is_test_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".test");
}

int corpus_read(const char *path, corpus_visit visit, void *cookie)
{
	struct dirent **names;
	struct stat st;
	char file[512];
	int i, cnt, got, cases = 0;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return read_file(path, visit, cookie);
	cnt = scandir(path, &names, is_test_file, alphasort);
	for (i = 0; i < cnt; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		free(names[i]);
		if (cases < 0)
			continue;
		got = read_file(file, visit, cookie);
		cases = got < 0 ? got : cases + got;
	}
	if (cnt >= 0)
		free(names);
	return cases;
}

/* Where the main program ends: at the first subprogram that is called. */
static u32 main_end(const struct corpus_case *c)
{
	u32 end = c->insn_cnt, i;

	for (i = 0; i < c->insn_cnt; i += insn_is_ld_imm64(&c->insns[i]) ? 2 : 1) {
		const struct modbpf_insn *insn = &c->insns[i];

		if (insn_is_subprog_call(insn) && i + 1 + insn->imm < end)
			end = i + 1 + insn->imm;
	}
	return end;
}

u32 corpus_wrap(const struct corpus_case *c, struct modbpf_insn *out)
{
	/* The way out stands before the program, so that no offset within it changes. */
	static const struct modbpf_insn frame[CORPUS_WRAP_SLOTS] = {
		{ MODBPF_LD_IMM64, 1, BPF_PSEUDO_MAP_VALUE, 0, 0 }, {},
		{ BPF_JMP | BPF_JA, 0, 0, CORPUS_WRAP_SLOTS - 3, 0 },
		{ MODBPF_LD_IMM64, 1, BPF_PSEUDO_MAP_VALUE, 0, 0 }, { .imm = CORPUS_MAX_WORDS * 8 },
		{ BPF_STX | BPF_MEM | BPF_DW, 1, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0 },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	struct modbpf_insn to_frame = { .code = BPF_JMP32 | BPF_JA };
	u32 end = main_end(c), i;

	memcpy(out, frame, sizeof(frame));
	memcpy(out + CORPUS_WRAP_SLOTS, c->insns, c->insn_cnt * sizeof(*out));
	for (i = 0; i < end; i += insn_is_ld_imm64(&c->insns[i]) ? 2 : 1) {
		if (c->insns[i].code != (BPF_JMP | BPF_EXIT))
			continue;
		to_frame.imm = 3 - (s32)(CORPUS_WRAP_SLOTS + i + 1);
		out[CORPUS_WRAP_SLOTS + i] = to_frame;
	}
	return CORPUS_WRAP_SLOTS + c->insn_cnt;
}
