# SPDX-License-Identifier: GPL-2.0-only
"""A file of the corpus (format: tests/support/corpus.h)."""
from rfc9669 import M64


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
