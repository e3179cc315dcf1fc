# SPDX-License-Identifier: GPL-2.0-only
"""What RFC 9669 says of each operation, in unbounded integers, and values at the boundaries."""

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
