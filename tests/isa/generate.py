#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the instruction corpus, tests/isa/*.test (format: tests/support/corpus.h).

What must come out is computed from the text of RFC 9669 (rfc9669.py), in unbounded
integers, independently of the C code. The files are committed:
	generate.py		writes them
	generate.py --check	says which of them differ, and exits 1
"""
import os
import sys

sys.dont_write_bytecode = True

from arithmetic import alu_imm, alu_reg, alu_unary, registers
from atomic import atomic_stack, atomics, compare_exchange, ordered
from control import branch_registers, branches_imm, branches_reg, calls, control_flow
from memory import constants, loads, stack, stores

HERE = os.path.dirname(os.path.abspath(__file__))

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
