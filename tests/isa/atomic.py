# SPDX-License-Identifier: GPL-2.0-only
"""The corpus: atomic operations (section 5.3)."""
from corpus import Corpus
from memory import BYTES, SIZES, changed, image_of, words_of
from rfc9669 import M32, M64


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
