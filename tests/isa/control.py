# SPDX-License-Identifier: GPL-2.0-only
"""The corpus: branches, loops and calls."""
from arithmetic import ALL_REGISTERS, REGISTER_WORDS
from corpus import Corpus
from rfc9669 import IMMS, JUMPS, M32, M64, PAIRS32, PAIRS64, imm_operand, jump


def branches_reg(bits):
    out = Corpus("if dst op src goto, %d bits, taken and not" % bits)
    letter = "r" if bits == 64 else "w"
    for name, (symbol, _) in JUMPS.items():
        out.prog("%s%d_reg" % (name, bits), """
            r2 = *(u64 *)(r1 +0)
            r3 = *(u64 *)(r1 +8)
            r0 = 1
            if {0}2 {1} {0}3 goto taken
            r0 = 2
            taken: exit""".format(letter, symbol))
        pairs = PAIRS64 if bits == 64 else PAIRS32
        for a in pairs:
            for b in pairs:
                out.case([], [a, b], 1 if jump(name, a, b, bits) else 2)
    return out


def branches_imm(bits):
    out = Corpus("if dst op imm goto, %d bits, taken and not" % bits)
    letter = "r" if bits == 64 else "w"
    for name, (symbol, _) in JUMPS.items():
        out.prog("%s%d_imm" % (name, bits), """
            r2 = *(u64 *)(r1 +0)
            r0 = 1
            if {0}2 {1} $imm goto taken
            r0 = 2
            taken: exit""".format(letter, symbol), "imm")
        for imm in IMMS:
            for a in (0, 1, M64, 127, imm_operand(imm, 64), imm & M32, M32, 1 << 63, 0x80000000):
                out.case([imm], [a], 1 if jump(name, a, imm_operand(imm, bits), bits) else 2)
    return out


def branch_registers():
    out = Corpus("every register in a branch; all registers stay as they are")
    for name, bits in (("jeq", 64), ("jsgt", 64), ("jlt", 32), ("jset", 64), ("jset", 32)):
        letter = "r" if bits == 64 else "w"
        insn = "if %s$d %s %s$s goto pc+1\nr%d = 99" % (letter, JUMPS[name][0], letter, 7)
        out.prog("%s%d_pairs" % (name, bits), ALL_REGISTERS.format(insn), "d s", REGISTER_WORDS)
        for d in range(10):
            for s in range(10):
                taken = jump(name, REGISTER_WORDS[d], REGISTER_WORDS[s], bits)
                out.case([d, s], {}, 0, {} if taken else {7: 99})
    for name, bits, imm in (("jne", 64, 0), ("jeq", 32, 0x2D), ("jset", 64, 4), ("jsle", 32, -100)):
        letter = "r" if bits == 64 else "w"
        insn = "if %s$d %s %d goto pc+1\nr%d = 99" % (letter, JUMPS[name][0], imm, 4)
        out.prog("%s%d_each" % (name, bits), ALL_REGISTERS.format(insn), "d", REGISTER_WORDS)
        for d in range(10):
            taken = jump(name, REGISTER_WORDS[d], imm_operand(imm, bits), bits)
            out.case([d], {}, 0, {} if taken else {4: 99})
    return out


def control_flow():
    out = Corpus("jumps near and far, forwards and backwards, and loops")
    # What is jumped over is reached by another way, since no verifier takes dead code.
    for keyword in ("goto", "gotol"):
        out.prog(keyword + "_forwards", """
            r2 = *(u64 *)(r1 +0)
            r0 = 1
            if r2 != 0 goto fill
            {0} over
            fill: .repeat $count r0 += 1
            over: r0 += 100
            exit""".format(keyword), "count")
        for count in (0, 1, 17, 30, 31, 32, 33, 40, 63, 64, 1000, 32766):
            out.case([count], [0], 101)
            out.case([count], [1], 101 + count)
        out.prog(keyword + "_backwards", """
            r2 = *(u64 *)(r1 +0)
            r0 = 0
            if r2 != 0 goto fill
            {0} start
            back: r0 += 7
            exit
            fill: .repeat $count r0 += 1
            start: r0 += 100
            {0} back""".format(keyword), "count")
        for count in (0, 1, 29, 30, 31, 32, 40, 1000, 32760):
            out.case([count], [0], 107)
            out.case([count], [1], 107 + count)
    out.prog("gotol_beyond_16_bits", """
        r2 = *(u64 *)(r1 +0)
        r0 = 1
        if r2 != 0 goto fill
        gotol over
        fill: .repeat 40000 r0 += 1
        back: r0 += 5
        exit
        over: r0 += 100
        gotol back""")
    out.case([], [0], 106)
    out.case([], [1], 40006)
    out.prog("branch_forwards", """
        r2 = *(u64 *)(r1 +0)
        r0 = 1
        if r2 == 5 goto over
        .repeat $count r0 += 1
        over: r0 += 1000000
        exit""", "count")
    for count in (0, 1, 29, 30, 31, 32, 33, 63, 64, 1000, 32767):
        out.case([count], [5], 1000001)
        out.case([count], [6], 1000001 + count)
    out.prog("branch_backwards", """
        r2 = *(u64 *)(r1 +0)
        r2 &= 3
        r0 = 0
        again: r0 += 1
        .repeat $count r0 += 1
        r2 -= 1
        if r2 s> 0 goto again
        exit""", "count")
    for count in (0, 1, 29, 30, 31, 32, 1000, 32700):
        for rounds in (1, 2, 3):
            out.case([count], [rounds], rounds * (count + 1))
    out.prog("nested_loops", """
        r2 = $a
        r0 = 0
        outer: w3 = $b
        inner: r0 += 1
        w3 -= 1
        if w3 != 0 goto inner
        r2 -= 1
        if r2 != 0 goto outer
        exit""", "a b")
    for a, b in ((1, 1), (2, 3), (7, 11), (30, 30)):
        out.case([a, b], [], a * b)
    out.prog("chain_of_branches", """
        r2 = *(u64 *)(r1 +0)
        r0 = 0
        if r2 == 1 goto one
        if r2 == 2 goto two
        if r2 == 3 goto three
        goto end
        three: r0 += 1
        two: r0 += 10
        one: r0 += 100
        end: exit""")
    for value, result in ((0, 0), (1, 100), (2, 110), (3, 111), (4, 0)):
        out.case([], [value], result)
    out.prog("several_exits", """
        r2 = *(u64 *)(r1 +0)
        r0 = 10
        if r2 > 5 goto big
        exit
        big: r0 = 20
        if r2 > 50 goto bigger
        exit
        bigger: r0 = 30
        exit""")
    for value, result in ((5, 10), (6, 20), (50, 20), (51, 30)):
        out.case([], [value], result)
    return out


def calls():
    out = Corpus("subprograms: arguments, kept registers, frames, depth")
    out.prog("arguments", """
        r6 = r1
        r1 = *(u64 *)(r6 +0)
        r2 = *(u64 *)(r6 +8)
        r3 = *(u64 *)(r6 +16)
        r4 = *(u64 *)(r6 +24)
        r5 = *(u64 *)(r6 +32)
        call sum
        exit
        sum: r0 = r1
        r2 <<= 4
        r0 += r2
        r3 <<= 8
        r0 += r3
        r4 <<= 12
        r0 += r4
        r5 <<= 16
        r0 += r5
        exit""")
    out.case([], [1, 2, 3, 4, 5], 0x54321)
    out.prog("kept_registers", """
        r6 = 6
        r7 = 7
        r8 = 8
        r9 = r1
        call clobber
        r0 = r6
        r7 <<= 8
        r0 |= r7
        r8 <<= 16
        r0 |= r8
        r1 = *(u64 *)(r9 +0)
        r0 += r1
        exit
        clobber: r6 = 111
        r7 = 222
        r8 = 333
        r9 = 444
        r0 = 0
        exit""")
    out.case([], [0x10000000], 0x10080706)
    for depth in range(1, 9):
        code = ["r6 = r1", "r1 = *(u64 *)(r6 +0)", "*(u64 *)(r10 -8) = r1"]
        if depth > 1:
            code += ["r1 += 1", "call sub1"]
        else:
            code += ["r0 = 0"]
        code += ["r1 = *(u64 *)(r10 -8)", "r0 += r1", "exit"]
        for level in range(1, depth):
            code += ["sub%d: *(u64 *)(r10 -8) = r1" % level]
            code += ["r6 = r1", "r1 += 1", "call sub%d" % (level + 1)] if level < depth - 1 else ["r0 = 0", "r6 = r1"]
            code += ["r1 = *(u64 *)(r10 -8)", "r0 += r1", "if r1 == r6 goto pc+1", "r0 = -1", "exit"]
        out.prog("depth_%d" % depth, "\n".join(code))
        for start in (0, 5, 1 << 40):
            out.case([], [start], sum(start + level for level in range(depth)))
    out.prog("frames_do_not_overlap", """
        *(u64 *)(r10 -64) = 1
        *(u64 *)(r10 -8) = 2
        call fill
        r0 = *(u64 *)(r10 -64)
        r1 = *(u64 *)(r10 -8)
        r1 <<= 32
        r0 |= r1
        exit
        fill: .repeat 1 *(u64 *)(r10 -8) = -1
        *(u64 *)(r10 -64) = -1
        *(u64 *)(r10 -128) = -1
        r0 = 0
        exit""")
    out.case([], [], 2 << 32 | 1)
    out.prog("pointer_to_the_callers_stack", """
        *(u64 *)(r10 -8) = 40
        r1 = r10
        r1 += -8
        call add_two
        r0 = *(u64 *)(r10 -8)
        exit
        add_two: r2 = *(u64 *)(r1 +0)
        r2 += 2
        *(u64 *)(r1 +0) = r2
        r0 = 0
        exit""")
    out.case([], [], 42)
    out.prog("called_in_a_loop", """
        r6 = $count
        r7 = 0
        again: r1 = r6
        call square
        r7 += r0
        r6 -= 1
        if r6 != 0 goto again
        r0 = r7
        exit
        square: r0 = r1
        r0 *= r1
        exit""", "count")
    for count in (1, 2, 10, 100):
        out.case([count], [], sum(n * n for n in range(1, count + 1)))
    out.prog("called_twice_and_exits_twice", """
        r6 = r1
        r1 = *(u64 *)(r6 +0)
        call sign
        r7 = r0
        r1 = *(u64 *)(r6 +8)
        call sign
        r7 *= 10
        r0 += r7
        exit
        sign: r0 = 1
        if r1 s< 0 goto negative
        exit
        negative: r0 = 2
        exit""")
    for a, b, result in ((1, 1, 11), (M64, 1, 21), (1, M64, 12), (1 << 63, M64, 22)):
        out.case([], [a, b], result)
    out.prog("far_subprogram", """
        r1 = *(u64 *)(r1 +0)
        if r1 == 0 goto long
        call far
        r0 += 1
        exit
        long: call near
        exit
        near: r0 = 0
        .repeat 33000 r0 += 1
        exit
        far: r0 = r1
        exit""")
    out.case([], [41], 42)
    out.case([], [0], 33000)
    return out
