// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has each helper of isa/abi.h exactly one row, and a function in the module unless
 * the row says that it has none? The module's table is read as text.
 */
#include "verifier/helper.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "verifier/rule.h"

#define TABLE "module/helper/table.c"

static char *read_table(void)
{
	const size_t room = 1 << 20;
	char *text = calloc(1, room);
	FILE *file = fopen(TABLE, "r");

	if (!text || !file || !fread(text, 1, room - 1, file)) {
		check_failed(TABLE, 0, "cannot be read: run from the top of the tree");
		exit(1);
	}
	fclose(file);
	return text;
}

static const struct {
	const char *name;
	s32 id;
} listed[] = {
#define LIST(name, id) { #name, id },
	MODBPF_HELPERS(LIST) MODBPF_KFUNCS(LIST) MODBPF_OWN_HELPERS(LIST)
#undef LIST
};

static void each_has_one_row(void)
{
	u32 i, rows = 0;
	s32 id;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);

		if (helper_row_cnt(listed[i].id) != 1 || !helper || strcmp(helper->name, listed[i].name))
			check_failed(__FILE__, __LINE__, "bpf_%s#%d has %u rows", listed[i].name,
				     listed[i].id, helper_row_cnt(listed[i].id));
	}
	for (id = -1; id <= MODBPF_FUNC_LIMIT; id++)
		rows += helper_row_cnt(id);
	CHECK_EQ(rows, ARRAY_SIZE(listed));
	CHECK_EQ(helper_of(-1) != NULL, false);
	CHECK_EQ(helper_of(MODBPF_FUNC_LIMIT) != NULL, false);
}

static void each_is_given_to_someone(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);

		if (helper && !helper->types)
			check_failed(__FILE__, __LINE__, "bpf_%s has no program type",
				     listed[i].name);
	}
}

/* check_args() remembers one until all arguments are checked. */
static void each_fills_one_memory(void)
{
	u32 i, arg, fills;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);

		for (arg = 0, fills = 0; helper && arg < ARRAY_SIZE(helper->args); arg++)
			fills += helper->args[arg] == ARG_FILL || helper->args[arg] == ARG_FILL_8 ||
				 helper->args[arg] == ARG_FILL_OR_NULL || helper->args[arg] == ARG_VALUE_FILL;
		if (fills > 1)
			check_failed(__FILE__, __LINE__, "bpf_%s fills %u pieces of memory",
				     listed[i].name, fills);
	}
}

static void absent_means_no_function(void)
{
	char *table = read_table(), entry[96];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);
		bool has, wants = helper && !(helper->flags & HELPER_ABSENT);

		/* tail_call is carried out by who runs the program. */
		if (!helper || listed[i].id == MODBPF_FUNC_tail_call)
			continue;
		snprintf(entry, sizeof(entry), "[MODBPF_FUNC_%s] = ", listed[i].name);
		has = strstr(table, entry) != NULL;
		if (has != wants)
			check_failed(__FILE__, __LINE__, "bpf_%s: its row and " TABLE " disagree",
				     listed[i].name);
	}
	free(table);
}

/* Direct stores and helpers that store are for the same programs. */
static void writers_may_write(void)
{
	u32 i, type;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);

		if (!helper || !(helper->flags & HELPER_WRITES_PACKET))
			continue;
		for (type = 0; type < MODBPF_PROG_TYPE_COUNT; type++)
			if (helper->types >> type & 1 && !prog_rule_of(type)->packet_write)
				check_failed(__FILE__, __LINE__, "bpf_%s is given to type %u, which may not write",
					     listed[i].name, type);
	}
}

/* Whoever moves the packet knows where the program keeps its view of it. */
static void movers_have_the_context(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(listed); i++) {
		const struct helper *helper = helper_of(listed[i].id);

		if (helper && helper->flags & HELPER_MOVES_PACKET && helper->args[0] != ARG_CTX)
			check_failed(__FILE__, __LINE__, "bpf_%s moves a packet that it does not know",
				     listed[i].name);
	}
}

static const struct check_case cases[] = {
	{ "each helper has one row", each_has_one_row },
	{ "each helper is given to a program type", each_is_given_to_someone },
	{ "each helper fills one piece of memory at most", each_fills_one_memory },
	{ "a helper without a function says so", absent_means_no_function },
	{ "a helper that writes to packets is given to who may", writers_may_write },
	{ "a helper that moves the packet has the context", movers_have_the_context },
};

int main(int argc, char **argv)
{
	return check_run("helper_rows", cases, ARRAY_SIZE(cases), argc, argv);
}
