// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which bytes may be read after a packet pointer was compared with the end of what it
 * runs through? Worked out without the verifier: a packet of every length is tried, and a
 * read is safe if no length that takes this way is too short for it.
 */
#include "verifier/verifier.h"

#include "tests/support/check.h"
#include "tests/support/verify.h"

#define LENGTHS 64	/* beyond all that the programs read */
#define LEAST_TRIED 500	/* programs of each verdict that a case must have seen */

enum order { POINTER_FIRST, END_FIRST };

struct comparison {
	const char *sign;
	bool is_signed;		/* tells nothing of addresses */
	bool is_equality;
	bool (*holds)(s32 a, s32 b);
};

static bool above(s32 a, s32 b) { return a > b; }
static bool at_least(s32 a, s32 b) { return a >= b; }
static bool below(s32 a, s32 b) { return a < b; }
static bool at_most(s32 a, s32 b) { return a <= b; }
static bool equal(s32 a, s32 b) { return a == b; }
static bool differs(s32 a, s32 b) { return a != b; }

static const struct comparison comparisons[] = {
	{ ">", false, false, above }, { ">=", false, false, at_least },
	{ "<", false, false, below }, { "<=", false, false, at_most },
	{ "==", false, true, equal }, { "!=", false, true, differs },
	{ "s>", true, false, above }, { "s>=", true, false, at_least },
	{ "s<", true, false, below }, { "s<=", true, false, at_most },
};

/* Where the context has both pointers. */
struct region {
	u32 prog_type;
	u32 start, end;
	bool is_region;		/* the end is that of what begins at the start */
};

static const struct region data_to_end[] = {
	{ MODBPF_PROG_XDP, 0, 4, true }, { MODBPF_PROG_SCHED_CLS, 76, 80, true },
};
static const struct region meta_to_data[] = {
	{ MODBPF_PROG_XDP, 8, 0, true }, { MODBPF_PROG_SCHED_CLS, 140, 76, true },
};
static const struct region unrelated[] = {
	{ MODBPF_PROG_XDP, 8, 4, false }, { MODBPF_PROG_XDP, 0, 8, false },
	{ MODBPF_PROG_SCHED_CLS, 140, 80, false }, { MODBPF_PROG_SCHED_CLS, 76, 140, false },
};

/* if (start + checked OP end + moved) goto taken; one of the two ways reads. */
struct attempt {
	const struct region *region;
	const struct comparison *comparison;
	enum order order;
	bool taken;
	s32 checked, moved, from, size;
};

enum safety { UNREACHED, UNSAFE, SAFE };

static enum safety safety_of(const struct attempt *try)
{
	enum safety safety = UNREACHED;
	s32 length;

	for (length = 0; length < LENGTHS; length++) {
		s32 end = length + try->moved;
		bool holds = try->order == POINTER_FIRST ?
			     try->comparison->holds(try->checked, end) :
			     try->comparison->holds(end, try->checked);

		if (holds != try->taken)
			continue;
		if (try->from + try->size > length)
			return UNSAFE;
		safety = SAFE;
	}
	if (!try->region->is_region || try->comparison->is_signed)
		return UNSAFE;
	return safety;
}

static int verdict_of(const struct attempt *try)
{
	struct verify_input input = { .prog_type = try->region->prog_type };
	struct verify_output out;
	char text[640], read[64], move[32] = "";
	int err;

	/* Nothing may be added to the packet's end, not even 0. */
	if (try->moved)
		snprintf(move, sizeof(move), "	r3 += %d\n", try->moved);
	snprintf(read, sizeof(read), "	r0 = *(u%d *)(r2 +%d)\n", 8 * try->size, try->from);
	snprintf(text, sizeof(text),
		 "	r2 = *(u32 *)(r1 +%u)\n	r3 = *(u32 *)(r1 +%u)\n"
		 "%s	r4 = r2\n	r4 += %d\n"
		 "	if %s %s %s goto taken\n"
		 "%s	r0 = 0\n	exit\n"
		 "taken:	r0 = 0\n%s	r0 = 0\n	exit\n",
		 try->region->start, try->region->end, move, try->checked,
		 try->order == POINTER_FIRST ? "r4" : "r3", try->comparison->sign,
		 try->order == POINTER_FIRST ? "r3" : "r4",
		 try->taken ? "" : read, try->taken ? read : "");
	input.text = text;
	verify_text(&input, &out);
	CHECK_STR(out.syntax, "");
	err = out.err;
	verify_output_free(&out);
	return err;
}

struct tally {
	u32 accepted, refused;
};

static void judge(const struct attempt *try, bool exactly, struct tally *tally)
{
	enum safety safety = safety_of(try);
	int err = verdict_of(try);

	if (err)
		tally->refused++;
	else
		tally->accepted++;
	if ((safety == UNSAFE && err != -EACCES) || (exactly && safety == SAFE && err)) {
		check_failed(__FILE__, __LINE__,
			     "type %u, %u+%d %s %u+%d, %s first, %s: %d bytes at %d are %s, verdict %d",
			     try->region->prog_type, try->region->start, try->checked,
			     try->comparison->sign, try->region->end, try->moved,
			     try->order == POINTER_FIRST ? "pointer" : "end",
			     try->taken ? "taken" : "fell", try->size, try->from,
			     safety == UNSAFE ? "unsafe" : "safe", err);
	}
}

/* Reads that end two bytes before what was compared, to two bytes behind. */
static void judge_reads(struct attempt *try, bool exactly, struct tally *tally)
{
	s32 end;

	for (try->size = 1; try->size <= 8; try->size *= 2)
		for (end = try->checked - 2; end <= try->checked + 2; end++) {
			try->from = end - try->size;
			if (try->from >= 0)
				judge(try, exactly, tally);
		}
}

static void judge_region(const struct region *region, s32 moved, struct tally *tally)
{
	static const s32 checked[] = { 0, 1, 2, 8, 14 };
	struct attempt try = { .region = region, .moved = moved };
	u32 op, place, form;
	bool exactly;

	for (op = 0; op < ARRAY_SIZE(comparisons); op++)
		for (place = 0; place < ARRAY_SIZE(checked); place++)
			for (form = 0; form < 4; form++) {
				try.comparison = &comparisons[op];
				try.checked = checked[place];
				try.order = form & 1 ? END_FIRST : POINTER_FIRST;
				try.taken = form & 2;
				/* That a packet with another length than 0 has a byte is more than is asked. */
				exactly = !moved && (try.checked || !try.comparison->is_equality);
				judge_reads(&try, exactly, tally);
			}
}

static void knows_data(void)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(data_to_end); i++)
		judge_region(&data_to_end[i], 0, &tally);
	CHECK(tally.accepted > LEAST_TRIED);
	CHECK(tally.refused > LEAST_TRIED);
}

static void knows_meta(void)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(meta_to_data); i++)
		judge_region(&meta_to_data[i], 0, &tally);
	CHECK(tally.accepted > LEAST_TRIED);
	CHECK(tally.refused > LEAST_TRIED);
}

/* The metadata ends where the packet begins, not at a pointer somewhere in the packet. */
static void believes_no_moved_end(void)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(meta_to_data); i++) {
		judge_region(&meta_to_data[i], 1, &tally);
		judge_region(&meta_to_data[i], 8, &tally);
	}
	CHECK(tally.refused > LEAST_TRIED);
}

static void believes_no_other_end(void)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(unrelated); i++)
		judge_region(&unrelated[i], 0, &tally);
	CHECK_EQ(tally.accepted, 0);
	CHECK(tally.refused > LEAST_TRIED);
}

static const struct check_case cases[] = {
	{ "data compared with data_end tells exactly which bytes may be read", knows_data },
	{ "data_meta compared with data tells exactly which bytes may be read", knows_meta },
	{ "data that was added to is not the end of the metadata", believes_no_moved_end },
	{ "pointers that are no start and end of each other tell nothing", believes_no_other_end },
};

int main(int argc, char **argv)
{
	return check_run("packet_compare", cases, ARRAY_SIZE(cases), argc, argv);
}
