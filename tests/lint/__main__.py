# SPDX-License-Identifier: GPL-2.0-only
"""Do the sources keep the rules?  Each rule is tried on bad text first.

usage: python3 tests/lint [RULE...]	words of a rule's name choose rules
"""
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness
import rules
import tools
from tree import Tree, read_tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLATFORM = 'isa/platform.h'


def written(files, folder):
    """Put a tree on disk, for tools."""
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as out:
            out.write(text)
    return Tree(files)


def finds_text(check, bad, good):
    """Does a rule find the bad text, and let the good pass?"""
    if not any(True for _ in check(Tree(bad))):
        return 'does not find its bad example'
    wrong = list(check(Tree(good))) if good else []
    return 'finds fault with its good example: %s' % (wrong[0],) if wrong else None


def finds_tool(check, bad):
    """The same, with files."""
    with tempfile.TemporaryDirectory() as folder:
        if not any(True for _ in check(written(bad, folder), folder)):
            return 'does not find its bad example'
    return None


def report(name, broken, findings, started):
    """Print one rule's outcome; true if it is kept."""
    findings = sorted(set(findings))
    if broken is None and not findings:
        print('ok    %-45s %4.1f s' % (name, time.time() - started), flush=True)
        return True
    if broken:
        print('FAIL  %s: the rule itself %s' % (name, broken))
    for path, line, message in findings[:50]:
        print('FAIL  %s:%d: %s [%s]' % (path, line, message, name))
    if len(findings) > 50:
        print('FAIL  and %d more [%s]' % (len(findings) - 50, name))
    sys.stdout.flush()
    return False


def main():
    wanted = sys.argv[1:]
    tree = read_tree(ROOT)
    passed = failed = 0

    def count(name, run):
        nonlocal passed, failed
        if wanted and not any(word in name for word in wanted):
            return
        if report(name, *run()):
            passed += 1
        else:
            failed += 1

    for name, check, bad, good in rules.RULES:
        count(name, lambda c=check, b=bad, g=good, t=time.time():
              (finds_text(c, b, g), list(c(tree)), t))
    for name, check, bad in tools.RULES:
        count(name, lambda c=check, b=bad, t=time.time():
              (finds_tool(c, b), list(c(tree, ROOT)), t))
    for name, check in harness.CHECKS:
        count(name, lambda c=check, t=time.time(): (c(ROOT), [], t))
    print('lint: %d passed, %d failed' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
