# SPDX-License-Identifier: GPL-2.0-only
"""docs/rejections.md is made from the rows of verifier/refusal.c.

usage: python3 tests/lint/rejections.py >docs/rejections.md
"""
import re
import sys

ROWS = 'verifier/refusal.c'
PAGE = 'docs/rejections.md'
ROW = re.compile(r'\[REFUSE_\w+\] = \{ "([^"]+)", -(\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}')
HEAD = '''# Why a program is refused

Under a refused program the verifier's log, `modbpf check` and the JSON of both say a code. A code is one reason; it
keeps its name and its meaning. This page is made from `verifier/refusal.c`:
`python3 tests/lint/rejections.py >docs/rejections.md`.

| code | errno | needed | what to do |
|---|---|---|---|
'''


def joined(literals):
    """One string of adjacent C string literals."""
    text = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
    return text.replace('\\"', '"').replace('|', '\\|')


def page(rows):
    """The page that goes with the text of refusal.c."""
    return HEAD + ''.join('| `%s` | %s | %s | %s |\n' % (name, err, joined(needs), joined(hint))
                          for name, err, needs, hint in ROW.findall(rows))


if __name__ == '__main__':
    with open(ROWS, encoding='utf-8') as source:
        sys.stdout.write(page(source.read()))
