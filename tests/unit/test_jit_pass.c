// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does each pass of the JIT do, and when must it not? Programs are text, become
 * operations, go through the passes that a row names, and are compared as text: one
 * operation after the other, "/" between blocks, "w" for the width 4, what is dropped left out.
 */
#include "isa/abi.h"
#include "jit/ir.h"
#include "jit/jit.h"
#include "tests/support/check.h"
#include "tests/support/prog.h"

#define TEXT 1024

static const char *const conds[] = { "==", "!=", "&", "!&", "<", "<=", ">", ">=", "s<", "s<=", "s>", "s>=" };
static const char *const operators[] = {
	[IR_ADD] = "+", [IR_SUB] = "-", [IR_MUL] = "*", [IR_DIV] = "/", [IR_MOD] = "%",
	[IR_SDIV] = "s/", [IR_SMOD] = "s%", [IR_OR] = "|", [IR_AND] = "&", [IR_XOR] = "^",
	[IR_SHL] = "<<", [IR_SHR] = ">>", [IR_SAR] = "s>>", [IR_ROL] = "rol",
};

static char *put_place(char *at, const struct ir_op *op, u16 base);

static char *put_second(char *at, const struct ir_op *op)
{
	if (op->flags & IR_MEM && !(op->flags & IR_IMM))
		return put_place(at + sprintf(at, "%u", op->bytes), op, op->b);
	if (op->flags & IR_IMM)
		return at + sprintf(at, "%lld", op->imm);
	return at + sprintf(at, "r%u", op->b);
}

static char *put_place(char *at, const struct ir_op *op, u16 base)
{
	at += sprintf(at, "[r%u", base);
	if (op->scale)
		at += sprintf(at, "+r%u*%u", op->index, op->scale);
	if (op->disp)
		at += sprintf(at, "%+d", op->disp);
	return at + sprintf(at, "]");
}

static char *put_op(char *at, const struct ir_op *op)
{
	const char *width = op->width == 4 ? "w" : "";

	switch (op->kind) {
	case IR_NOP:
	case IR_JUMP:
		return at;
	case IR_FENCE:
		return at + sprintf(at, " fence");
	case IR_CONST:
		return at + sprintf(at, " r%u=%lld", op->dst, op->imm);
	case IR_MOV:
		return at + sprintf(at, " r%u=%sr%u", op->dst, width, op->a);
	case IR_LEA:
		return put_place(at + sprintf(at, " r%u=&", op->dst), op, op->a);
	case IR_LOAD:
		return put_place(at + sprintf(at, " r%u=%u", op->dst, op->bytes), op, op->a);
	case IR_STORE:
		at = put_place(at + sprintf(at, " %u", op->bytes), op, op->a);
		return put_second(at + sprintf(at, "="), op);
	case IR_BRANCH:
		if (op->flags & IR_MEM && op->flags & IR_IMM) {
			at = put_place(at + sprintf(at, " if%s %u", width, op->bytes), op, op->a);
			return put_second(at + sprintf(at, "%s", conds[op->cond]), op);
		}
		return put_second(at + sprintf(at, " if%s r%u%s", width, op->a, conds[op->cond]), op);
	case IR_EXIT:
		return at + sprintf(at, " exit");
	case IR_CALL:
		return at + sprintf(at, " call");
	default:
		if (op->kind >= ARRAY_SIZE(operators) || !operators[op->kind])
			return at + sprintf(at, " kind%u", op->kind);
		return put_second(at + sprintf(at, " r%u=%sr%u%s", op->dst, width, op->a,
					       operators[op->kind]), op);
	}
}

static void print_ir(const struct ir_prog *ir, char *at)
{
	u32 i, k;

	*at = 0;
	for (i = 0; i < ir->block_cnt; i++) {
		if (i)
			at += sprintf(at, " /");
		for (k = ir->blocks[i].first; k < ir->blocks[i].end; k++)
			at = put_op(at, &ir->ops[k]);
		if (ir->blocks[i].is_skipped)
			at += sprintf(at, " (skipped)");
	}
}

enum { COPY = 1, DEAD = 2, ROTATE = 4, FUSE = 8, ADDRESS = 16, DEAD_AGAIN = 32, THREAD = 64, STRENGTH = 128,
       OPERAND = 256, NARROW = 512 };

static const struct {
	u32 pass;
	int (*run)(struct ir_prog *ir);
} passes[] = {
	{ NARROW, ir_drop_zero_extensions }, { COPY, ir_propagate_copies },
	{ STRENGTH, ir_reduce_strength }, { DEAD, ir_drop_dead }, { ROTATE, ir_find_rotations },
	{ FUSE, ir_fuse_tests }, { ADDRESS, ir_fold_addresses }, { DEAD_AGAIN, ir_drop_dead },
	{ OPERAND, ir_fuse_loads }, { THREAD, ir_thread_jumps },
};

static const struct row {
	const char *name;
	u32 passes;
	const char *text, *want;
} rows[] = {
	{ "a copy is read where it came from", COPY,
	  "r0 = r1\n r0 += r2\n exit\n", " r0=r1 r0=r1+r2 exit" },
	{ "a copy of the low half is read by what looks at no more", COPY,
	  "w2 = w1\n w0 = w2\n r0 += r2\n exit\n", " r2=wr1 r0=wr1 r0=r0+r2 exit" },
	{ "a copy ends when its source is written", COPY,
	  "r2 = r1\n r1 += 1\n r2 += r1\n r0 = r2\n exit\n", " r2=r1 r1=r1+1 r2=r2+r1 r0=r2 exit" },
	{ "a copy ends when a call writes its source", COPY,
	  "r6 = r1\n call 1\n r0 += r6\n exit\n", " r6=r1 call r0=r0+r6 exit" },
	{ "the count of a shift is not overwritten by what is shifted", COPY,
	  "r2 = r1\n r2 <<= r2\n r0 = r2\n exit\n", " r2=r1 r2=r1<<r1 r0=r2 exit" },
	{ "dst = a - dst is left as it is", COPY,
	  "r2 = r1\n r0 = r3\n r2 -= r0\n exit\n", " r2=r1 r0=r3 r2=r1-r3 exit" },
	{ "a constant stands in the operation", COPY,
	  "r2 = 7\n r1 += r2\n *(u32 *)(r1 +4) = r2\n if r1 == r2 goto out\n exit\nout: exit\n",
	  " r2=7 r1=r1+7 4[r1+4]=7 if r1==7 / exit / exit" },
	{ "a constant of 64 bits does not", COPY,
	  "r2 = 0x123456789a ll\n r1 += r2\n r0 = r1\n exit\n", " r2=78187493530 r1=r1+r2 r0=r1 exit" },
	{ "32 bits that do not sign-extend to the value are none for 64", COPY,
	  "w2 = -1\n r1 += r2\n r0 = r1\n exit\n", " r2=4294967295 r1=r1+r2 r0=r1 exit" },
	{ "operations on constants are constants", COPY,
	  "r2 = 7\n r2 <<= 3\n w2 -= 60\n r0 = r2\n exit\n", " r2=7 r2=56 r2=4294967292 r0=4294967292 exit" },
	{ "what nobody reads goes", DEAD,
	  "r2 = 7\n r3 = r2\n r0 = 1\n exit\n", " r0=1 exit" },
	{ "a load stays", DEAD,
	  "r2 = *(u32 *)(r1 +0)\n r0 = 1\n exit\n", " r2=4[r1] r0=1 exit" },
	{ "what another block reads stays", DEAD,
	  "r2 = 7\n if r1 == 0 goto out\n r2 = 8\nout: r0 = r2\n exit\n",
	  " r2=7 if r1==0 / r2=8 / r0=r2 exit" },
	{ "what a loop reads on its next round stays", DEAD,
	  "r2 = 0\n r0 = 0\nup: r0 += r2\n r2 = 5\n if r0 < 50 goto up\n exit\n",
	  " r2=0 r0=0 / r0=r0+r2 r2=5 if r0<50 / exit" },
	{ "arguments of a call stay, up to R5", DEAD,
	  "r5 = 1\n r6 = 2\n call 1\n exit\n", " r5=1 call exit" },
	{ "shifts become a rotation", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 >>= 25\n w0 |= w1\n exit\n", " r0=wr1rol7 exit" },
	{ "and if the first one was in place", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w2 = w1\n w1 <<= 7\n w2 >>= 25\n w1 |= w2\n w0 = w1\n exit\n", " r1=wr1rol7 r0=wr1 exit" },
	{ "and of 64 bits", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "r0 = r1\n r0 >>= 3\n r1 <<= 61\n r0 ^= r1\n exit\n", " r0=r1rol61 exit" },
	{ "not if the counts do not add up", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 >>= 24\n w0 |= w1\n exit\n", " r0=wr1<<7 r1=wr1>>24 r0=wr0|r1 exit" },
	{ "not if both shift left", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 <<= 25\n w0 |= w1\n exit\n", " r0=wr1<<7 r1=wr1<<25 r0=wr0|r1 exit" },
	{ "not if they shift different values", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w2\n w0 <<= 7\n w1 >>= 25\n w0 |= w1\n exit\n", " r0=wr2<<7 r1=wr1>>25 r0=wr0|r1 exit" },
	{ "not if the value has changed in between", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 += 1\n w1 >>= 25\n w0 |= w1\n exit\n",
	  " r0=wr1<<7 r1=wr1+1 r1=wr1>>25 r0=wr0|r1 exit" },
	{ "not if a shift is read again", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 >>= 25\n w0 |= w1\n r0 += r1\n exit\n",
	  " r0=wr1<<7 r1=wr1>>25 r0=wr0|r1 r0=r0+r1 exit" },
	{ "not if the widths differ", COPY | DEAD | ROTATE | DEAD_AGAIN,
	  "w0 = w1\n w0 <<= 7\n w1 >>= 25\n r0 |= r1\n exit\n", " r0=wr1<<7 r1=wr1>>25 r0=r0|r1 exit" },
	{ "a test keeps no bits", DEAD | FUSE,
	  "r0 = 0\n r1 &= 4\n if r1 != 0 goto out\n r0 = 1\nout: exit\n", " r0=0 if r1&4 / r0=1 / exit" },
	{ "nor if they must be clear", DEAD | FUSE,
	  "r0 = 0\n r1 &= r2\n if r1 == 0 goto out\n r0 = 1\nout: exit\n", " r0=0 if r1!&r2 / r0=1 / exit" },
	{ "but if they are read later", DEAD | FUSE,
	  "r1 &= 4\n if r1 != 0 goto out\n r1 = 1\nout: r0 = r1\n exit\n",
	  " r1=r1&4 if r1!=0 / r1=1 / r0=r1 exit" },
	{ "or compared with another number", DEAD | FUSE,
	  "r0 = 0\n r1 &= 4\n if r1 != 4 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 r1=r1&4 if r1!=4 / r0=1 / exit" },
	{ "or if the test looks at less", DEAD | FUSE,
	  "r0 = 0\n r1 &= -256\n if w1 == 0 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 r1=r1&-256 ifw r1==0 / r0=1 / exit" },
	{ "a load adds its base and index", COPY | DEAD | ADDRESS,
	  "r3 = r1\n r3 += r2\n r0 = *(u8 *)(r3 +1)\n exit\n", " r0=1[r1+r2*1+1] exit" },
	{ "and shifts the index", COPY | DEAD | ADDRESS,
	  "r2 <<= 3\n r1 += r2\n r0 = *(u64 *)(r1 +0)\n exit\n", " r0=8[r1+r2*8] exit" },
	{ "and a constant", COPY | DEAD | ADDRESS,
	  "r2 = r10\n r2 += -16\n r0 = *(u64 *)(r2 +8)\n exit\n", " r0=8[r10-8] exit" },
	{ "a store does", COPY | DEAD | ADDRESS,
	  "r1 += r2\n *(u16 *)(r1 +2) = r3\n r0 = 0\n exit\n", " 2[r1+r2*1+2]=r3 r0=0 exit" },
	{ "not if it stores the sum", COPY | DEAD | ADDRESS,
	  "r1 += r2\n *(u64 *)(r1 +0) = r1\n r0 = 0\n exit\n", " r1=r1+r2 8[r1]=r1 r0=0 exit" },
	{ "not if the sum is read again", COPY | DEAD | ADDRESS,
	  "r1 += r2\n r0 = *(u64 *)(r1 +0)\n r0 += r1\n exit\n", " r1=r1+r2 r0=8[r1] r0=r0+r1 exit" },
	{ "not if the sum was read in between", COPY | DEAD | ADDRESS,
	  "r1 += r2\n r3 = r1\n r3 *= r3\n r0 = *(u64 *)(r1 +0)\n r0 += r3\n exit\n",
	  " r1=r1+r2 r3=r1*r1 r0=8[r1] r0=r0+r3 exit" },
	{ "not if an operand has changed", COPY | DEAD | ADDRESS,
	  "r1 += r2\n r2 = *(u32 *)(r3 +0)\n r0 = *(u64 *)(r1 +0)\n r0 += r2\n exit\n",
	  " r1=r1+r2 r2=4[r3] r0=8[r1] r0=r0+r2 exit" },
	{ "not if the addition is one of 32 bits", COPY | DEAD | ADDRESS,
	  "w1 += w2\n r0 = *(u64 *)(r1 +0)\n exit\n", " r1=wr1+r2 r0=8[r1] exit" },
	{ "not if the displacement would not fit", COPY | DEAD | ADDRESS,
	  "r1 += 0x7fffffff\n r0 = *(u64 *)(r1 +1)\n exit\n", " r1=r1+2147483647 r0=8[r1+1] exit" },
	{ "a sum of a shifted index is one operation", COPY | DEAD | ADDRESS,
	  "r2 <<= 2\n r1 += r2\n r0 = r1\n exit\n", " r1=&[r1+r2*4] r0=r1 exit" },
	{ "not if the shift is too far", COPY | DEAD | ADDRESS,
	  "r2 <<= 4\n r1 += r2\n r0 = r1\n exit\n", " r2=r2<<4 r1=r1+r2 r0=r1 exit" },
	{ "a power of two is a shift or a mask", STRENGTH,
	  "r0 *= 8\n r0 /= 16\n w0 %= 32\n r0 %= 0x40000000\n exit\n",
	  " r0=r0<<3 r0=r0>>4 r0=wr0&31 r0=r0&1073741823 exit" },
	{ "not if it is signed, or no power of two", STRENGTH,
	  "r0 s/= 8\n r0 *= 7\n w0 s%= 4\n r0 *= -8\n exit\n",
	  " r0=r0s/8 r0=r0*7 r0=wr0s%4 r0=r0*-8 exit" },
	{ "the highest bit of 32 is one, of 64 it is not", STRENGTH,
	  "w0 /= -2147483648\n r0 /= -2147483648\n exit\n", " r0=wr0>>31 r0=r0/-2147483648 exit" },
	{ "a load is an operand", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n r0 += r2\n exit\n", " r0=r0+8[r1+8] exit" },
	{ "or is compared", DEAD | OPERAND,
	  "r0 = 0\n r2 = *(u8 *)(r1 +8)\n if r2 > 200 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 if 1[r1+8]>200 / r0=1 / exit" },
	{ "not if it is read again", DEAD | OPERAND,
	  "r0 = *(u8 *)(r1 +8)\n if r0 > 200 goto out\n r0 = 1\nout: exit\n",
	  " r0=1[r1+8] if r0>200 / r0=1 / exit" },
	{ "not if the sizes differ", DEAD | OPERAND,
	  "r2 = *(u32 *)(r1 +8)\n r0 += r2\n exit\n", " r2=4[r1+8] r0=r0+r2 exit" },
	{ "not if the sign would be another", DEAD | OPERAND,
	  "r0 = 0\n r2 = *(u8 *)(r1 +8)\n if r2 s> 2 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 r2=1[r1+8] if r2s>2 / r0=1 / exit" },
	{ "not if the constant would be cut", DEAD | OPERAND,
	  "r0 = 0\n r2 = *(u8 *)(r1 +8)\n if r2 == 256 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 r2=1[r1+8] if r2==256 / r0=1 / exit" },
	{ "not past another access", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n *(u64 *)(r1 +8) = 0\n r0 += r2\n exit\n",
	  " r2=8[r1+8] 8[r1+8]=0 r0=r0+r2 exit" },
	{ "not past a load that is an operand itself", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n r3 = *(u64 *)(r1 +16)\n r0 += r3\n r0 += r2\n exit\n",
	  " r2=8[r1+8] r0=r0+8[r1+16] r0=r0+r2 exit" },
	{ "not if the base has changed", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n r1 = r3\n r0 += r2\n r0 += r1\n exit\n",
	  " r2=8[r1+8] r1=r3 r0=r0+r2 r0=r0+r1 exit" },
	{ "not if the sign is extended", DEAD | OPERAND,
	  "r0 = 0\n r2 = *(s32 *)(r1 +8)\n if w2 == 2 goto out\n r0 = 1\nout: exit\n",
	  " r0=0 r2=4[r1+8] ifw r2==2 / r0=1 / exit" },
	{ "division of 32 bits by 32 bits is narrow", NARROW,
	  "w1 = w1\n r1 /= 10\n w2 = w2\n r1 %= r2\n r0 = r1\n exit\n",
	  " r1=wr1 r1=wr1/10 r2=wr2 r1=wr1%r2 r0=r1 exit" },
	{ "not if either may have more, or is negative", NARROW,
	  "r1 /= 10\n w2 = w2\n r2 /= -10\n w3 = w3\n r3 /= r4\n r0 = r1\n exit\n",
	  " r1=r1/10 r2=wr2 r2=r2/-10 r3=wr3 r3=r3/r4 r0=r1 exit" },
	{ "jumps go where a jump leads", THREAD,
	  "r0 = 0\n if r1 == 0 goto on\n r0 = 1\n exit\non: goto out\n r0 = 2\nout: exit\n",
	  " r0=0 if r1==0 / r0=1 exit / (skipped) / r0=2 / exit" },
};

/* A fence stands before each instruction whose bit is set in .fences. */
static const struct {
	struct row row;
	u32 fences;
} fenced[] = {
	{ { "a fence stays where what it stood before goes", DEAD,
	  "r2 = 7\n r0 = 1\n exit\n", " fence r0=1 exit" }, 1 << 0 },
	{ { "no load goes past a fence to be an operand", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n r0 += r2\n exit\n", " r2=8[r1+8] fence r0=r0+r2 exit" }, 1 << 1 },
	{ { "but one behind it is an operand", DEAD | OPERAND,
	  "r2 = *(u64 *)(r1 +8)\n r0 += r2\n exit\n", " fence r0=r0+8[r1+8] exit" }, 1 << 0 },
	{ { "no jump goes around a fence", THREAD,
	  "r0 = 0\n if r1 == 0 goto on\n r0 = 1\n exit\non: goto out\n r0 = 2\nout: exit\n",
	  " r0=0 if r1==0 / r0=1 exit / fence / r0=2 / exit" }, 1 << 4 },
};

static void check_row(const struct row *row, u32 fences)
{
	static u64 helpers[MODBPF_FUNC_LIMIT] = { [1] = 1 };
	const struct jit_target target = { .helpers = helpers };
	struct verified_prog *prog = prog_from_text(row->text, NULL, 0);
	struct jit_request req = { .prog = prog, .target = &target };
	struct ir_prog ir;
	char text[TEXT];
	u32 i;

	CHECK(prog);
	for (i = 0; i < prog->insn_cnt; i++)
		if (fences >> i & 1)
			prog->facts[i].flags |= FACT_FENCE;
	CHECK_EQ(ir_build(&req, &ir), 0);
	for (i = 0; i < ARRAY_SIZE(passes); i++)
		if (row->passes & passes[i].pass)
			CHECK_EQ(passes[i].run(&ir), 0);
	print_ir(&ir, text);
	CHECK_STR(text, row->want);
	ir_release(&ir);
	prog_free(prog);
}

static void the_passes(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		check_begin(rows[i].name);
		check_row(&rows[i], 0);
		check_end();
	}
	for (i = 0; i < ARRAY_SIZE(fenced); i++) {
		check_begin(fenced[i].row.name);
		check_row(&fenced[i].row, fenced[i].fences);
		check_end();
	}
}

static const struct check_case cases[] = {
	{ "each pass does what its rows say", the_passes },
};

int main(int argc, char **argv)
{
	return check_run("jit_pass", cases, ARRAY_SIZE(cases), argc, argv);
}
