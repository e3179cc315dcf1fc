#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What is in a bench program's object file?  Writes its instructions, and the constants
beside them, as text: FILE.o NAME.insns.  Map index 0 is bench_data, 1 the constants."""
import struct
import sys


def sections(elf):
    shoff, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3a)
    rows = [struct.unpack_from("<IIQQQQIIQQ", elf, shoff + i * size) for i in range(count)]
    base = rows[names][4]
    for row in rows:
        name = elf[base + row[0]:elf.index(b"\0", base + row[0])].decode()
        yield name, row[1], elf[row[4]:row[4] + row[5]] if row[1] != 8 else b""


def main(path, out):
    with open(path, "rb") as file:
        elf = file.read()
    rows = list(sections(elf))
    text = bytearray(next(data for name, _, data in rows if name == ".text"))
    symbols = next(data for _, kind, data in rows if kind == 2)
    pool = {}
    constants = b""
    for index, (name, _, data) in enumerate(rows):
        if name.startswith(".rodata"):
            pool[index] = len(constants)
            constants += data + bytes(-len(data) % 8)
    for name, _, data in rows:
        if name != ".rel.text":
            continue
        for at in range(0, len(data), 16):
            place, info = struct.unpack_from("<QQ", data, at)
            if info & 0xffffffff != 1:
                sys.exit(f"{path}: relocation {info & 0xffffffff} is not known here")
            _, _, _, section, value, _ = struct.unpack_from("<IBBHQQ", symbols, (info >> 32) * 24)
            offset = value + struct.unpack_from("<i", text, place + 4)[0]
            text[place + 1] = text[place + 1] & 0xf | 2 << 4
            is_constant = section in pool
            struct.pack_into("<i", text, place + 4, int(is_constant))
            struct.pack_into("<i", text, place + 12, offset + pool.get(section, 0))
    with open(out, "w", encoding="ascii") as file:
        file.write("# SPDX-License-Identifier: GPL-2.0-only\n")
        file.write(f"constants {constants.hex()}\n" if constants else "")
        for at in range(0, len(text), 8):
            file.write(text[at:at + 8].hex() + "\n")


main(*sys.argv[1:])
