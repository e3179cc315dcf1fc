# SPDX-License-Identifier: GPL-2.0-only
"""The corpus: arithmetic."""
from corpus import Corpus
from rfc9669 import (ALU, DIVISIONS, IMMS, M64, PAIRS32, PAIRS64, REGS, SHIFTS, SHIFT_COUNTS, VALUES64, alu,
                     imm_operand, signed)


def alu_reg(bits):
    out = Corpus("dst op= src, %d bits, of values at the boundaries" % bits)
    letter = "r" if bits == 64 else "w"
    for name, (symbol, _) in ALU.items():
        out.prog("%s%d_reg" % (name, bits), """
            r0 = *(u64 *)(r1 +0)
            r2 = *(u64 *)(r1 +8)
            {0}0 {1} {0}2
            exit""".format(letter, symbol))
        pairs = PAIRS64 if bits == 64 else PAIRS32
        for a in pairs:
            for b in SHIFT_COUNTS if name in SHIFTS else pairs:
                out.case([], [a, b], alu(name, a, b, bits))
    return out


def alu_imm(bits):
    out = Corpus("dst op= imm, %d bits, of values at the boundaries" % bits)
    letter = "r" if bits == 64 else "w"
    for name, (symbol, _) in ALU.items():
        out.prog("%s%d_imm" % (name, bits), """
            r0 = *(u64 *)(r1 +0)
            {0}0 {1} $imm
            exit""".format(letter, symbol), "imm")
        imms = IMMS
        if name in SHIFTS:
            imms = [i for i in (0, 1, 7, 31, 32, 63) if i < bits]
        elif name in DIVISIONS:
            imms = [i for i in IMMS if i] + [7, -7, 10]
        for imm in imms:
            for a in VALUES64[:2] + VALUES64[4:]:
                out.case([imm], [a], alu(name, a, imm_operand(imm, bits), bits))
    return out


def alu_unary():
    out = Corpus("negation, byte swaps and sign-extending moves")
    for bits, letter in ((64, "r"), (32, "w")):
        out.prog("neg%d" % bits, """
            r0 = *(u64 *)(r1 +0)
            {0}0 = -{0}0
            exit""".format(letter))
        for a in VALUES64:
            out.case([], [a], -a & ((1 << bits) - 1))
    for kind in ("le", "be", "bswap"):
        for bits in (16, 32, 64):
            out.prog("%s%d" % (kind, bits), """
                $d = *(u64 *)(r1 +0)
                $d = {0}{1} $d
                r0 = $d
                exit""".format(kind, bits), "d")
            for n, a in enumerate(VALUES64 + [0x0102030405060708, 0xF1F2F3F4F5F6F7F8]):
                low = (a & ((1 << bits) - 1)).to_bytes(bits // 8, "little")
                order = "little" if kind == "le" else "big"
                out.case([REGS[n % 10]], [a], int.from_bytes(low, order))
    for bits, letter in ((64, "r"), (32, "w")):
        for width in (8, 16, 32):
            if width == bits:
                continue
            out.prog("movsx%d_%d" % (bits, width), """
                $s = *(u64 *)(r1 +0)
                {0} = (s{1}){2}
                r0 = $d
                exit""".format("$D", width, "$S"), "d s D S")
            edge = 1 << (width - 1)
            values = VALUES64 + [edge - 1, edge, edge + 1, (1 << width) - 1, 1 << width, M64 ^ edge]
            for n, a in enumerate(values):
                d, s = n % 10, (n * 7 + 3) % 10
                out.case(["r%d" % d, "r%d" % s, "%s%d" % (letter, d), "%s%d" % (letter, s)],
                         [a], signed(a, width) & ((1 << bits) - 1))
    return out


# Loads all ten registers from the memory, runs one instruction on two of them, stores them all.
ALL_REGISTERS = """
    *(u64 *)(r10 -8) = r1
    r0 = *(u64 *)(r1 +0)
    r2 = *(u64 *)(r1 +16)
    r3 = *(u64 *)(r1 +24)
    r4 = *(u64 *)(r1 +32)
    r5 = *(u64 *)(r1 +40)
    r6 = *(u64 *)(r1 +48)
    r7 = *(u64 *)(r1 +56)
    r8 = *(u64 *)(r1 +64)
    r9 = *(u64 *)(r1 +72)
    r1 = *(u64 *)(r1 +8)
    {0}
    *(u64 *)(r10 -16) = r0
    r0 = *(u64 *)(r10 -8)
    *(u64 *)(r0 +8) = r1
    *(u64 *)(r0 +16) = r2
    *(u64 *)(r0 +24) = r3
    *(u64 *)(r0 +32) = r4
    *(u64 *)(r0 +40) = r5
    *(u64 *)(r0 +48) = r6
    *(u64 *)(r0 +56) = r7
    *(u64 *)(r0 +64) = r8
    *(u64 *)(r0 +72) = r9
    r1 = *(u64 *)(r10 -16)
    *(u64 *)(r0 +0) = r1
    r0 = 0
    exit"""
REGISTER_WORDS = [0xFFFFFFFF80000005, 0x9000000000000003, 0x700000025, 0xFFFFFFFFFFFFFF83, 0x1F,
                  0x8000000000000000, 0x8000002D, 0x100000001, 0xA5A5A5A5A5A5A5A5, 0x7FFFFFFFFFFFFFFF]


def registers():
    out = Corpus("every pair of registers as operands; all others stay as they are")
    for name, bits in (("mov", 64), ("add", 32), ("sub", 64), ("mul", 64), ("mul", 32), ("xor", 64),
                       ("div", 64), ("sdiv", 32), ("mod", 32), ("smod", 64),
                       ("lsh", 64), ("rsh", 32), ("arsh", 64)):
        letter = "r" if bits == 64 else "w"
        insn = "%s$d %s %s$s" % (letter, ALU[name][0], letter)
        out.prog("%s%d_pairs" % (name, bits), ALL_REGISTERS.format(insn), "d s", REGISTER_WORDS)
        for d in range(10):
            for s in range(10):
                result = alu(name, REGISTER_WORDS[d], REGISTER_WORDS[s], bits)
                out.case([d, s], {}, 0, {d: result})
    for name, bits, imm in (("mov", 64, -5), ("add", 64, 0x12345678), ("mul", 64, -7), ("and", 32, -16),
                            ("div", 64, 10), ("sdiv", 64, -10), ("mod", 32, 7), ("smod", 32, -7),
                            ("lsh", 32, 5), ("arsh", 64, 33)):
        letter = "r" if bits == 64 else "w"
        insn = "%s$d %s %d" % (letter, ALU[name][0], imm)
        out.prog("%s%d_imm_each" % (name, bits), ALL_REGISTERS.format(insn), "d", REGISTER_WORDS)
        for d in range(10):
            out.case([d], {}, 0, {d: alu(name, REGISTER_WORDS[d], imm_operand(imm, bits), bits)})
    return out
