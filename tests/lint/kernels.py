# SPDX-License-Identifier: GPL-2.0-only
"""docs/kernels.md is made from the tables of kernels, features, what lacks what, and runs.

usage: python3 tests/lint/kernels.py >docs/kernels.md	(make matrix does it)
"""
import sys

KERNELS = 'tests/vm/kernels.txt'
FEATURES = 'tests/matrix/features.txt'
LACKING = 'tests/matrix/lacking.txt'
RUNS = 'tests/matrix/runs.txt'
PAGE = 'docs/kernels.md'
HEAD = '''# Kernels

The same source builds for each of these, and the end-to-end tests run on each: `make matrix`, or
`make matrix MATRIX='7.2 5.10'`. This page is made by it, from `tests/vm/kernels.txt`, `tests/matrix/` and how it went:
`python3 tests/lint/kernels.py >docs/kernels.md`. Continuous integration runs 6.1, 6.12 and the debug kernel. What differs
between them is known by `module/compat/` alone.

| kernel | which | Debian's suite | last run on | passed | failed | skipped |
|---|---|---|---|---|---|---|
'''
TABLE = '''
## What each kernel has

Each cell is tried (`tests/e2e/features.sh`): a feature that is missing without a reason fails, and so does one that is there
with one. `?`: not yet on that kernel. `-` above: this test has run there, but not yet all of the others.

'''


def rows(text):
    """The fields of each line that is no comment."""
    return [line.split('\t') for line in text.splitlines() if line and not line.startswith('#')]


def page(kernels, features, lacking, runs):
    """The page that goes with the texts of the four tables."""
    names = [row[0] for row in rows(kernels)]
    ran = {row[0]: row[1:] for row in rows(runs)}
    out = HEAD
    for name, _, _, suite, _, what in rows(kernels):
        out += '| %s | %s | %s | %s |\n' % (name, what, suite, ' | '.join(ran.get(name, ['not yet', '', '', ''])))
    reasons = {}
    cells = {}
    for which, what, reason in rows(lacking):
        number = reasons.setdefault(reason, len(reasons) + 1)
        for cell in ((k, f) for k in which.split(',') for f in what.split(',')):
            cells[cell] = '- (%d)' % number
    for name in names:
        cells.update({(name, row[0]): '?' for row in rows(features) if name not in ran})
    out += TABLE + '| feature | | %s |\n|---|---|%s\n' % (' | '.join(names), '---|' * len(names))
    for feature, what in rows(features):
        out += '| `%s` | %s | %s |\n' % (feature, what, ' | '.join(cells.get((n, feature), 'yes') for n in names))
    return out + '\n' + ''.join('%d. %s\n' % (number, reason) for reason, number in reasons.items())


def unknown(kernels, features, lacking, runs):
    """Names in the tables that are no kernel or no feature."""
    names = {row[0] for row in rows(kernels)}
    known = {row[0] for row in rows(features)}
    for which, what, _ in rows(lacking):
        yield from ((LACKING, name) for name in set(which.split(',')) - names)
        yield from ((LACKING, name) for name in set(what.split(',')) - known)
    yield from ((RUNS, row[0]) for row in rows(runs) if row[0] not in names)


if __name__ == '__main__':
    TEXTS = []
    for path in (KERNELS, FEATURES, LACKING, RUNS):
        with open(path, encoding='utf-8') as source:
            TEXTS.append(source.read())
    sys.stdout.write(page(*TEXTS))
