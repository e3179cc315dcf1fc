#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the instruction corpus, tests/isa/*.test (format: tests/support/corpus.h).

What must come out is computed here from the text of RFC 9669, in unbounded
integers, independently of the C code. The files are committed:
	generate.py		writes them
	generate.py --check	says which of them differ, and exits 1
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
M64 = (1 << 64) - 1
M32 = (1 << 32) - 1
REGS = ["r%d" % n for n in range(10)]


def signed(value, bits):
    """The two's complement reading of the low bits."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def imm_operand(imm, bits):
    """A 32-bit immediate, sign-extended to the operation's width (section 4.1)."""
    return signed(imm, 32) & ((1 << bits) - 1)


def truncated_div(a, b):
    """Signed division that rounds towards zero (section 4.1)."""
    q = abs(a) // abs(b)
    return -q if (a < 0) != (b < 0) else q


# --- section 4.1: one function an operation, on unsigned operands of `bits` bits ---

def op_div(a, b, bits):
    return a // b if b else 0


def op_sdiv(a, b, bits):
    return truncated_div(signed(a, bits), signed(b, bits)) if b else 0


def op_mod(a, b, bits):
    return a % b if b else a


def op_smod(a, b, bits):
    a, b = signed(a, bits), signed(b, bits)
    return a - b * truncated_div(a, b) if b else a


def shift(b, bits):
    return b & (bits - 1)


ALU = {
    "add": ("+=", lambda a, b, n: a + b),
    "sub": ("-=", lambda a, b, n: a - b),
    "mul": ("*=", lambda a, b, n: a * b),
    "div": ("/=", op_div),
    "sdiv": ("s/=", op_sdiv),
    "mod": ("%=", op_mod),
    "smod": ("s%=", op_smod),
    "or": ("|=", lambda a, b, n: a | b),
    "and": ("&=", lambda a, b, n: a & b),
    "xor": ("^=", lambda a, b, n: a ^ b),
    "lsh": ("<<=", lambda a, b, n: a << shift(b, n)),
    "rsh": (">>=", lambda a, b, n: a >> shift(b, n)),
    "arsh": ("s>>=", lambda a, b, n: signed(a, n) >> shift(b, n)),
    "mov": ("=", lambda a, b, n: b),
}
SHIFTS = ("lsh", "rsh", "arsh")
DIVISIONS = ("div", "sdiv", "mod", "smod")


def alu(name, a, b, bits):
    """The 64-bit register after an operation; a 32-bit one zeroes the upper half."""
    mask = (1 << bits) - 1
    return ALU[name][1](a & mask, b & mask, bits) & mask


# --- section 4.3 ---

JUMPS = {
    "jeq": ("==", lambda a, b, n: a == b),
    "jgt": (">", lambda a, b, n: a > b),
    "jge": (">=", lambda a, b, n: a >= b),
    "jset": ("&", lambda a, b, n: a & b != 0),
    "jne": ("!=", lambda a, b, n: a != b),
    "jsgt": ("s>", lambda a, b, n: signed(a, n) > signed(b, n)),
    "jsge": ("s>=", lambda a, b, n: signed(a, n) >= signed(b, n)),
    "jlt": ("<", lambda a, b, n: a < b),
    "jle": ("<=", lambda a, b, n: a <= b),
    "jslt": ("s<", lambda a, b, n: signed(a, n) < signed(b, n)),
    "jsle": ("s<=", lambda a, b, n: signed(a, n) <= signed(b, n)),
}


def jump(name, a, b, bits):
    mask = (1 << bits) - 1
    return bool(JUMPS[name][1](a & mask, b & mask, bits))


# --- boundary values ---

VALUES64 = [0, 1, M64, 2, 0x7FFFFFFF, 0x80000000, M32, 1 << 63, (1 << 63) - 1, 0x123456789ABCDEF0]
PAIRS64 = [0, 1, M64, 0x7FFFFFFF, 0xFFFFFFFF80000000, M32, 1 << 63, (1 << 63) - 1, 0x123456789ABCDEF0]
PAIRS32 = [0, 1, M32, 0x7FFFFFFF, 0x80000000, 7, 0xDEADBEEF00000000, 0xDEADBEEF80000001, M64]
SHIFT_COUNTS = [0, 1, 7, 31, 32, 33, 63, 64, 127, M64, 0x100000001]
IMMS = [0, 1, -1, 127, 128, -128, -129, 0x7FFFFFFF, -0x80000000, 0x12345678]


class Corpus:
    """The lines of one file."""

    def __init__(self, title):
        self.lines = ["# SPDX-License-Identifier: GPL-2.0-only",
                      "# Written by tests/isa/generate.py: %s" % title]

    def prog(self, name, code, params="", memory=None):
        self.lines += ["", ("prog %s %s" % (name, params)).rstrip()]
        if memory is not None:
            self.lines.append("memory " + " ".join(words(memory)))
        for line in code.strip().split("\n"):
            self.lines.append("\t" + line.strip())

    def case(self, args, before, r0, after=None):
        line = "case %s| %s| %#x" % ("".join("%s " % a for a in args),
                                     "".join(w + " " for w in words(before)), r0 & M64)
        if after is not None:
            line += " | " + " ".join(words(after))
        self.lines.append(line.rstrip())

    def text(self):
        return "\n".join(self.lines) + "\n"


def words(memory):
    """A list of words, or a dictionary of those that differ."""
    if isinstance(memory, dict):
        return ["%d=%#x" % (i, w & M64) for i, w in sorted(memory.items())]
    return ["%#x" % (w & M64) for w in memory]


# --- arithmetic ---

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


# --- loads and stores ---

BYTES = [0x8786858483828180, 0x0F0E0D0C0B0A0908, 0x9796959493929190, 0x1F1E1D1C1B1A1918]
SIZES = ((8, "B"), (16, "H"), (32, "W"), (64, "DW"))


def image_of(memory):
    return b"".join(w.to_bytes(8, "little") for w in memory)


def words_of(image):
    return [int.from_bytes(image[i:i + 8], "little") for i in range(0, len(image), 8)]


def changed(old, new):
    return {i: b for i, (a, b) in enumerate(zip(old, new)) if a != b}


def loads():
    out = Corpus("loads of each size, zero- and sign-extended, at any alignment, by every register")
    image = image_of(BYTES)
    for sign in "us":
        for bits, _ in SIZES:
            if sign == "s" and bits == 64:
                continue
            kind = "ld%s%d" % ("x" if sign == "u" else "sx", bits)

            def value(at):
                raw = int.from_bytes(image[at:at + bits // 8], "little")
                return signed(raw, bits) if sign == "s" else raw

            out.prog(kind, "r0 = *(%s%d *)(r1 +$off)\nexit" % (sign, bits), "off", BYTES)
            for off in range(0, 17):
                out.case([off], {}, value(off))
            out.prog(kind + "_regs", """
                r1 += 8
                $s = r1
                $d = *({0}{1} *)($s $off)
                r0 = $d
                exit""".format(sign, bits), "s d off", BYTES)
            for s in range(10):
                for d, off in ((0, -8), (s, 8), ((s + 5) % 10, 1), (9, 0)):
                    out.case(["r%d" % s, "r%d" % d, "%+d" % off], {}, value(off + 8))
            out.prog(kind + "_far", """
                r1 += $back
                r0 = *({0}{1} *)(r1 $off)
                exit""".format(sign, bits), "back off", BYTES)
            for off in (-128, -129, 127, 128, 32767, -32768, 255, 256):
                out.case([9 - off, "%+d" % off], {}, value(9))
    return out


def stores():
    out = Corpus("stores of each size, of registers and constants, at any alignment")
    values = [0x1122334455667788, M64, 0x8000000000000000]
    for bits, _ in SIZES:
        size = bits // 8

        def stored(at, value):
            image = bytearray(image_of(BYTES))
            image[at:at + size] = (value & ((1 << bits) - 1)).to_bytes(size, "little")
            return changed(BYTES, words_of(bytes(image)))

        out.prog("stx%d" % bits, """
            r2 = *(u64 *)(r1 +24)
            *(u{0} *)(r1 $off) = r2
            r0 = 0
            exit""".format(bits), "off", BYTES)
        for off in range(0, 13):
            out.case(["%+d" % off], {}, 0, stored(off, BYTES[3]))
        out.prog("stx%d_regs" % bits, """
            $p = r1
            $v = {0} ll
            *(u{1} *)($p $off) = $v
            r0 = 0
            exit""".format("$value", bits), "p v off value", BYTES)
        for n in range(100):
            p, v, value, off = n // 10, n % 10, values[n % 3], (0, 3, 17)[n % 3]
            if p != v:
                out.case(["r%d" % p, "r%d" % v, "%+d" % off, "%#x" % value], {}, 0, stored(off, value))
        out.prog("st%d" % bits, """
            $p = r1
            *(u{0} *)($p $off) = $imm
            r0 = 0
            exit""".format(bits), "p off imm", BYTES)
        for n, imm in enumerate(IMMS + [-2, 255, 256, 0x7FFF, -0x8000]):
            off = n % 9
            out.case(["r%d" % (n % 10), "%+d" % off, imm], {}, 0, stored(off, imm))
        out.prog("st%d_far" % bits, """
            r1 += $back
            *(u{0} *)(r1 $off) = -2
            *(u{0} *)(r1 $next) = 77
            r0 = 0
            exit""".format(bits), "back off next", BYTES)
        for off in (-128, -129, 126, 127, 128, 32700, -32768):
            image = bytearray(image_of(BYTES))
            image[9:9 + size] = (-2 & ((1 << bits) - 1)).to_bytes(size, "little")
            image[18:18 + size] = (77).to_bytes(size, "little")
            out.case([9 - off, "%+d" % off, "%+d" % (off + 9)], {}, 0,
                     changed(BYTES, words_of(bytes(image))))
    return out


def stack():
    out = Corpus("loads and stores of the program's stack")
    for bits, _ in SIZES:
        mask = (1 << bits) - 1
        out.prog("stack%d" % bits, """
            r2 = *(u64 *)(r1 +0)
            *(u64 *)(r10 -512) = 0
            *(u{0} *)(r10 $off) = r2
            r0 = *(u{0} *)(r10 $off)
            exit""".format(bits), "off")
        for off in (-8, -16, -120, -128, -136, -256, -504, -512):
            out.case([off], [0x8182838485868788], 0x8182838485868788 & mask)
        out.prog("stack%d_imm" % bits, """
            *(u{0} *)(r10 $off) = -3
            r0 = *(u{0} *)(r10 $off)
            exit""".format(bits), "off")
        for off in (-8, -128, -136, -512):
            out.case([off], [], -3 & mask)
    out.prog("stack_pointer_copies", """
        r6 = r10
        r6 += -24
        *(u64 *)(r6 +0) = 11
        *(u64 *)(r6 +8) = 22
        *(u64 *)(r6 +16) = 33
        r0 = *(u64 *)(r10 -24)
        r2 = *(u64 *)(r10 -16)
        r3 = *(u64 *)(r10 -8)
        r2 *= 100
        r3 *= 10000
        r0 += r2
        r0 += r3
        exit""")
    out.case([], [], 332211)
    return out


def constants():
    out = Corpus("64-bit constants")
    out.prog("ld_imm64", """
        $d = $value ll
        r0 = $d
        exit""", "d value")
    for n, value in enumerate(VALUES64 + [0xFFFFFFFF7FFFFFFF, 0xFFFFFFFF80000000, 0x1FFFFFFFF]):
        for d in (n % 10, (n + 5) % 10):
            out.case(["r%d" % d, "%#x" % value], [], value)
    return out


# --- section 5.3: atomic operations ---

ATOMICS = {
    "add": lambda a, b: a + b,
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "xor": lambda a, b: a ^ b,
    "xchg": lambda a, b: b,
}
ATOMIC_SYMBOLS = {"add": "+=", "or": "|=", "and": "&=", "xor": "^="}
GUARD = 0xC3C3C3C3C3C3C3C3


def atomic_word(old, new, bits, high):
    """The word of memory after the low (or high) 32 bits, or all, became `new`."""
    if bits == 64:
        return new & M64
    if high:
        return (old & M32) | (new & M32) << 32
    return (old & ~M32) | (new & M32)


def atomics():
    out = Corpus("atomic operations on 32 and 64 bits, with every register as operand and as address")
    pairs = [(5, 3), (M64, 1), (0x80000000, 0x80000000), (0x123456789ABCDEF0, 0xFF00FF00FF00FF00),
             (M32, 1), (1 << 63, 1 << 63)]
    for bits in (64, 32):
        width = "64" if bits == 64 else ""
        mask = (1 << bits) - 1
        offsets = ((8, False), (16, False)) if bits == 64 else ((8, False), (12, True))
        for name, function in ATOMICS.items():
            forms = [("atomic%s_xchg" % width, "$s = atomic%s_xchg((u%d *)($p $off), $s)" % (width, bits), True)]
            if name != "xchg":
                forms = [("atomic%d_%s" % (bits, name),
                          "lock *(u%d *)($p $off) %s $s" % (bits, ATOMIC_SYMBOLS[name]), False),
                         ("atomic%d_fetch_%s" % (bits, name),
                          "$s = atomic%s_fetch_%s((u%d *)($p $off), $s)" % (width, name, bits), True)]
            for title, insn, fetches in forms:
                out.prog(title, """
                    $p = r1
                    $s = *(u64 *)($p +0)
                    {0}
                    r0 = $s
                    exit""".format(insn), "p s off", [0, GUARD, GUARD, GUARD])
                combos = [(1 + n % 9, (1 + n % 9 + 1 + n // 9) % 10) for n in range(27)]
                combos += [(0, n) for n in range(1, 10)]
                for n, (p, s) in enumerate(combos):
                    old, operand = pairs[n % len(pairs)]
                    off, high = offsets[n % 2]
                    part = old & mask
                    word = old if bits == 64 or not high else (old & M32) << 32 | 0x77
                    new = function(part, operand & mask)
                    result = atomic_word(word, new, bits, high)
                    at = off // 8
                    out.case(["r%d" % p, "r%d" % s, "%+d" % off], {0: operand, at: word},
                             part if fetches else operand, {at: result})
    return out


def compare_exchange():
    out = Corpus("compare and exchange, equal and not, with every register")
    for bits in (64, 32):
        width = "64" if bits == 64 else ""
        mask = (1 << bits) - 1
        out.prog("cmpxchg%d" % bits, """
            $p = r1
            r0 = *(u64 *)($p +0)
            $s = *(u64 *)($p +8)
            r0 = atomic{0}_cmpxchg((u{1} *)($p $off), r0, $s)
            *(u64 *)($p +24) = $s
            exit""".format(width, bits), "p s off", [0, 0, GUARD, 0])
        # With equal upper halves or not: only the operand's bits are compared.
        cases = [(5, 5, 9), (5, 6, 9), (M64, M64, 1), (M32, M64, 2), (M64, M32, 3), (0, 1 << 32, 4),
                 (1 << 63, 1 << 63, 0x123456789ABCDEF0), (0x80000000, 0xFFFFFFFF80000000, M64)]
        combos = [(p, s) for p in range(1, 10) for s in range(1, 10) if p != s]
        for n, (p, s) in enumerate(combos):
            memory, expected, new = cases[n % len(cases)]
            equal = memory & mask == expected & mask
            after = {3: new}
            if equal:
                after[2] = atomic_word(memory, new, bits, False)
            out.case(["r%d" % p, "r%d" % s, "+16"], {0: expected, 1: new, 2: memory},
                     memory & mask, after)
        # R0 is what is compared and what is stored as well.
        out.prog("cmpxchg%d_r0" % bits, """
            r2 = r1
            r0 = *(u64 *)(r2 +0)
            r0 = atomic{0}_cmpxchg((u{1} *)(r2 +8), r0, r0)
            exit""".format(width, bits))
        for memory, expected, _ in cases:
            equal = memory & mask == expected & mask
            after = {1: atomic_word(memory, expected, bits, False)} if equal else {}
            out.case([], [expected, memory], memory & mask, after)
    return out


def ordered():
    out = Corpus("loads with acquire and stores with release order")
    image = image_of(BYTES)
    for bits, _ in SIZES:
        size = bits // 8
        out.prog("load_acquire%d" % bits, """
            $s = r1
            $d = load_acquire((u{0} *)($s $off))
            r0 = $d
            exit""".format(bits), "s d off", BYTES)
        for n in range(20):
            off = (n % 8) * size % 32
            out.case(["r%d" % (n % 10), "r%d" % ((n * 3 + 1) % 10), "%+d" % off], {},
                     int.from_bytes(image[off:off + size], "little"))
        out.prog("store_release%d" % bits, """
            $p = r1
            $s = *(u64 *)($p +24)
            store_release((u{0} *)($p $off), $s)
            r0 = $s
            exit""".format(bits), "p s off", BYTES)
        for n in range(20):
            p, s, off = n % 10, (n * 3 + 1) % 10, (n % 8) * size % 24
            if p == s:
                s = (s + 1) % 10
            stored = bytearray(image)
            stored[off:off + size] = (BYTES[3] & ((1 << bits) - 1)).to_bytes(size, "little")
            out.case(["r%d" % p, "r%d" % s, "%+d" % off], {}, BYTES[3],
                     changed(BYTES, words_of(bytes(stored))))
    return out


def atomic_stack():
    out = Corpus("atomic operations on the stack; a branch asks what a verifier believes it holds")
    values = [0, 1, 5, 272, 256, M64, 0x8182838485868788]
    for bits, _ in SIZES:
        mask = (1 << bits) - 1
        out.prog("store_release_stack%d" % bits, """
            r2 = *(u64 *)(r1 +0)
            *(u64 *)(r10 -8) = 0
            store_release((u{0} *)(r10 -8), r2)
            r0 = *(u64 *)(r10 -8)
            if r0 == 272 goto same
            r0 += 1
            same: exit""".format(bits))
        for value in values:
            stored = value & mask
            out.case([], [value], stored if stored == 272 else stored + 1)
        out.prog("load_acquire_stack%d" % bits, """
            r2 = *(u64 *)(r1 +0)
            *(u64 *)(r10 -8) = r2
            r0 = load_acquire((u{0} *)(r10 -8))
            if r0 == 256 goto same
            r0 += 1
            same: exit""".format(bits))
        for value in values:
            loaded = value & mask
            out.case([], [value], loaded if loaded == 256 else loaded + 1)
    for bits in (64, 32):
        width = "64" if bits == 64 else ""
        mask = (1 << bits) - 1
        for name, function in ATOMICS.items():
            insn = "r2 = atomic%s_%s((u%d *)(r10 -8), r2)" % (
                width, name if name == "xchg" else "fetch_" + name, bits)
            out.prog("atomic%d_%s_stack" % (bits, name), """
                r2 = *(u64 *)(r1 +0)
                *(u64 *)(r10 -8) = 5
                {0}
                r0 = *(u64 *)(r10 -8)
                if r0 == 5 goto same
                r0 += 1
                same: if r2 == 5 goto fetched
                r0 = -1
                fetched: exit""".format(insn))
            for value in values:
                new = function(5, value & mask) & mask
                out.case([], [value], new if new == 5 else new + 1)
        out.prog("cmpxchg%d_stack" % bits, """
            r0 = *(u64 *)(r1 +0)
            r2 = 7
            *(u64 *)(r10 -8) = 5
            r0 = atomic{0}_cmpxchg((u{1} *)(r10 -8), r0, r2)
            r3 = *(u64 *)(r10 -8)
            if r3 == 5 goto kept
            if r0 != 5 goto wrong
            r0 = 100
            exit
            wrong: r0 = 200
            exit
            kept: exit""".format(width, bits))
        for value in values + [1 << 32 | 5]:
            out.case([], [value], 100 if value & mask == 5 else 5)
    return out


# --- jumps ---

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


FILES = {
    "alu64_reg": lambda: alu_reg(64),
    "alu32_reg": lambda: alu_reg(32),
    "alu64_imm": lambda: alu_imm(64),
    "alu32_imm": lambda: alu_imm(32),
    "alu_unary": alu_unary,
    "registers": registers,
    "loads": loads,
    "stores": stores,
    "stack": stack,
    "constants": constants,
    "atomics": atomics,
    "compare_exchange": compare_exchange,
    "ordered": ordered,
    "atomic_stack": atomic_stack,
    "branches64_reg": lambda: branches_reg(64),
    "branches32_reg": lambda: branches_reg(32),
    "branches64_imm": lambda: branches_imm(64),
    "branches32_imm": lambda: branches_imm(32),
    "branch_registers": branch_registers,
    "control_flow": control_flow,
    "calls": calls,
}


def main():
    check = sys.argv[1:] == ["--check"]
    different = [n for n in os.listdir(HERE) if n.endswith(".test") and n[:-5] not in FILES]
    for name, make in FILES.items():
        path = os.path.join(HERE, name + ".test")
        text = make().text()
        if check:
            if not os.path.exists(path) or open(path).read() != text:
                different.append(name + ".test")
        else:
            with open(path, "w") as file:
                file.write(text)
    if check:
        for name in different:
            print("tests/isa/%s is not what generate.py writes" % name)
        sys.exit(1 if different else 0)


main()
