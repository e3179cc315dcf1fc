# SPDX-License-Identifier: GPL-2.0-only
"""The corpus: loads, stores, the stack and constants."""
from corpus import Corpus
from rfc9669 import IMMS, M64, VALUES64, signed


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
