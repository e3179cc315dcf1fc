# SPDX-License-Identifier: GPL-2.0-only
"""The files that lint reads: a mapping of path to text, and C without its comments."""
import os
import re
import subprocess

PURE = ('isa', 'verifier', 'jit')
TEXT = ('.c', '.h', '.S', '.py', '.sh', '.mk', '.md', '.txt', '.config', '.rc')
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """Keep line breaks, so that line numbers stay; a string keeps its quotes."""
    text = match.group(0)
    if text[0] in '"\'':
        return text[0] + ' ' * (len(text) - 2) + text[0]
    return re.sub(r'[^\n]', ' ', text)


def strip_comments(text, strings=True):
    """Blank out comments, and what is in strings too unless told to keep that."""
    if strings:
        return TOKEN.sub(blank, text)
    return TOKEN.sub(lambda m: m.group(0) if m.group(0)[0] in '"\'' else blank(m), text)


class Tree(dict):
    """Paths below the root, with their text."""

    def of(self, *suffixes, under=None):
        """Paths with one of the suffixes, below one of the folders."""
        for path in sorted(self):
            if path.endswith(suffixes) and (under is None or path.split('/')[0] in under):
                yield path

    def code(self, path):
        """The file's C, comments and strings blanked."""
        return strip_comments(self[path])


def listed(root):
    """What git would keep: tracked files and new ones that are not ignored."""
    git = subprocess.run(['git', '-C', root, 'ls-files', '-co', '--exclude-standard'],
                         capture_output=True, text=True, check=False)
    if git.returncode == 0:
        return sorted(set(git.stdout.split('\n')) - {''})
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in ('.git', 'build', '__pycache__')]
        found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(found)


def read_tree(root):
    """Every text file of the project."""
    tree = Tree()
    for path in listed(root):
        full = os.path.join(root, path)
        if not os.path.isfile(full) or os.path.islink(full):
            continue
        try:
            with open(full, encoding='utf-8', newline='') as source:
                tree[path] = source.read()
        except UnicodeDecodeError:
            tree[path] = ''
    return tree
