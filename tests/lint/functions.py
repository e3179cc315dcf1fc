# SPDX-License-Identifier: GPL-2.0-only
"""Where are the functions of a C file in kernel style, how long and how deep are they?"""
import re

CONTROL = re.compile(r'^(?:\} )?(?:if|else if|for|while|switch|[a-z_]*for_each[a-z_]*) ?\(')
CASE = re.compile(r'^(?:case\b.*|default\s*):')
LABEL = re.compile(r'^[a-z_0-9]+:$')


class Function:
    """A definition: from the line of its name (1-based) to its closing brace."""

    def __init__(self, name, line, body):
        self.name = name
        self.line = line
        self.body = body        # lines between the braces, comments blanked

    def length(self):
        """Lines between the braces."""
        return len(self.body)

    def is_flat(self):
        """A table of one-line cases: no case is more than four lines."""
        run, longest, cases = 0, 0, 0
        for line in self.body:
            text = line.strip()
            if CASE.match(text):
                run, cases = 0, cases + 1
            elif text and cases:
                run += 1
                longest = max(longest, run if text != '}' else 0)
        outside = next((i for i, l in enumerate(self.body) if CASE.match(l.strip())), 0)
        return cases >= 10 and longest <= 6 and outside <= 15

    def depth(self):
        """The deepest nesting of control structures, by indentation of statements."""
        deepest, fresh, parens = 0, True, 0
        for line in self.body:
            text = line.strip()
            if not text or text.startswith('#') or LABEL.match(text):
                continue
            if fresh:
                tabs = len(line) - len(line.lstrip('\t'))
                deepest = max(deepest, tabs - 1)
            parens += text.count('(') - text.count(')')
            header = CONTROL.match(text) or text in ('else', 'do') or text.endswith('else')
            fresh = parens == 0 and (text[-1] in ';{}:' or bool(header) or
                                     (not fresh and text.endswith(')')))
        return deepest


def functions(code):
    """Definitions in C whose comments are blanked."""
    lines = code.split('\n')
    found = []
    for start, line in enumerate(lines):
        if line != '{' or start == 0:
            continue
        head, at = '', start - 1
        while at >= 0 and lines[at].strip() and lines[at][0] not in '#}':
            head = lines[at] + ' ' + head
            if lines[at][0] not in ' \t' and '(' in head:
                break
            at -= 1
        head = re.sub(r'__printf\([^)]*\)', '', head)
        name = re.search(r'([A-Za-z_0-9]+)\s*\(', head)
        if not name or '=' in head.split('(')[0]:
            continue
        end = next((i for i in range(start, len(lines)) if lines[i].startswith('}')), len(lines) - 1)
        found.append(Function(name.group(1), at + 1, lines[start + 1:end]))
    return found
