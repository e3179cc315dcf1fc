# SPDX-License-Identifier: GPL-2.0-only
"""Which bugs are planted?  A rule makes another line of a line; each function has its bugs."""
import re

from tests.lint.functions import functions

SWAPS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '&&': '||', '||': '&&',
         '&': '|', '|': '&', '^': '|', '+': '-', '-': '+', '<<': '>>', '>>': '<<'}
OPERATOR = re.compile(r' (<=|>=|==|!=|<<|>>|<|>|&&|\|\||[&|^+-])(?= |$)')
NEIGHBOUR = re.compile(r'(?<=[\w)\]]) [+-] 1\b(?![.\w])')
CONDITION = re.compile(r'^(\t+(?:} else )?(?:if|while) \()(.+)(\)( {)?)$')
ANSWER = re.compile(r'\breturn (true|false);')
STATEMENT = re.compile(r'^\t+(?![a-z]+ (?!=)[\w*]+( =|;|\[))[\w>.\[\]*()-]+'
                       r'( [|&+-]?=|\(|\+\+;|--;).*;$')
CHECKED = re.compile(r'^(\t+return )(?!refuse|-)(\w+\(.+\));$')
ELSE = re.compile(r'\berr \? : (\w+\(.+\)|\w+);$')
# Which of two; one case of a switch; the end of a check.
ARMS = re.compile(r'\? ([^?:"]+) : ([^?:"]+);$')
CASE = re.compile(r'^(\t+case )(\w+)(:.*)$')
REFUSED = re.compile(r'^(\t+return )(refuse\w*\(.*)$')
RETURN = re.compile(r'^(\t+return )(.+;)$')
FIELD = re.compile(r'(?<=[\t {])\.\w+ = (?!0\b|{)')
NO_CASE = '-%d' % (1 << 20)
# The smaller, the larger or the absolute one of two: where both are the same it does not matter which.
SAME_IF_EQUAL = re.compile(r'\breturn (\w+) [<>] (\w+) \? (?:\1 : \2|\2 : \1|-\(\w+\)\1 : \(\w+\)\1);')
# What only words a message, or gives memory back.
SILENT = re.compile(r'^\t*(refuse|vlog_|print_|log_|modbpf_free|state_free|program_free|va_|memset\(out|return refuse)')


class Bug:
    """One line of one function, made wrong."""

    def __init__(self, path, function, number, rule, old, new):
        self.path, self.function, self.number, self.rule = path, function, number, rule
        self.old, self.new, self.nth = old, new, 1

    def key(self):
        """Its name, which does not change when lines move."""
        again = '' if self.nth == 1 else ' #%d' % self.nth
        return '%s %s%s: %s -> %s' % (self.path, self.function, again, self.old.strip(),
                                      self.new.strip() or 'nothing')


def balanced(text):
    """Does the piece open and close its own parentheses?"""
    depth = 0
    for char in text:
        depth += (char == '(') - (char == ')')
        if depth < 0:
            return False
    return depth == 0


def spans(pattern, text):
    """Matches outside of string literals."""
    quoted = [m.span() for m in re.finditer(r'"(?:[^"\\]|\\.)*"', text)]
    return [m for m in pattern.finditer(text)
            if not any(a <= m.start() < b for a, b in quoted)]


def fields(line):
    """Start and end of each value that an initializer gives a field."""
    for match in spans(FIELD, line):
        depth, end = 0, match.end()
        while end < len(line) and depth >= 0 and (depth or line[end] not in ',}'):
            depth += (line[end] in '({[') - (line[end] in ')}]')
            end += 1
        if depth == 0:
            yield match.end(), len(line[:end].rstrip())


def variants(line):
    """Rule and line for each bug that the line can have."""
    match = REFUSED.match(line)
    if match:
        yield 'accepted', '%s0 && %s' % match.groups()
    if SILENT.match(line) or not line.strip():
        return
    for match in spans(OPERATOR, line):
        if SAME_IF_EQUAL.search(line) and match.group(1) in '<>':
            continue
        yield 'operator', line[:match.start(1)] + SWAPS[match.group(1)] + line[match.end(1):]
    for match in spans(NEIGHBOUR, line):
        yield 'off by one', line[:match.start()] + line[match.end():]
    match = CONDITION.match(line)
    if match and balanced(match.group(2)):
        yield 'never', '%s0 && (%s)%s' % match.group(1, 2, 3)
        if 'if' in match.group(1):
            yield 'always', '%s1 || (%s)%s' % match.group(1, 2, 3)
    match = ANSWER.search(line)
    if match:
        yield 'answer', line.replace(match.group(1), 'true' if match.group(1) == 'false' else 'false')
    if STATEMENT.match(line) and balanced(line):
        yield 'dropped', re.match(r'\t*', line).group() + ';'
    for start, end in fields(line):
        yield 'field', line[:start] + '0' + line[end:]
    match = ARMS.search(line)
    if match and balanced(match.group(1)) and balanced(match.group(2)):
        yield 'other arm', '%s? %s : %s;' % ((line[:match.start()],) + match.group(2, 1))
    match = CASE.match(line)
    if match:
        yield 'case', match.group(1) + NO_CASE + match.group(3)
    match = ELSE.search(line)
    if match and balanced(match.group(1)):
        yield 'unchecked', line[:match.start()] + 'err;'
    match = CHECKED.match(line)
    if match and re.match(r'check_|state_contains|\w+_contains', match.group(2)):
        yield 'unchecked', '%s%d;' % (match.group(1), not match.group(2).startswith('check_'))


def without_comments(code):
    """The same lines, comments blanked."""
    return re.sub(r'/\*.*?\*/|//[^\n]*', lambda m: re.sub(r'[^\n]', ' ', m.group()), code, flags=re.S)


def last_resort(line, head):
    """For a function that the rules make no bug of: it returns zero, or does less."""
    returns = re.match(r'(?:static |inline |__\w+(?:\([^)]*\))? )*((?:const )?[\w ]+?)( ?\*| )\w+\(', head)
    match = RETURN.match(line)
    if match and returns:
        struct = returns.group(1).startswith('struct') and '*' not in returns.group(2)
        yield 'zero', '%s%s;' % (match.group(1), '(%s){ 0 }' % returns.group(1) if struct else '0')
    elif re.match(r'^\t\w+\(.*\);$', line) and balanced(line):
        yield 'dropped', '\t;'


def functions_of(path):
    """Its lines without comments; for each function its name, the line of its head and those of its body."""
    with open(path, encoding='utf-8') as source:
        lines = [line.rstrip() for line in without_comments(source.read()).split('\n')]
    found = []
    for function in functions('\n'.join(lines)):
        first = next(i for i in range(function.line - 1, len(lines)) if lines[i] == '{') + 1
        found.append((function.name, function.line - 1, range(first, first + len(function.body))))
    return lines, found


def bugs_of(path):
    """All bugs of a file: for each function a list, in order."""
    lines, found = functions_of(path)
    bugs, names = {}, {}
    for function, head, body in found:
        made = [(at, rule, new) for at in body for rule, new in variants(lines[at])]
        if not made:
            made = [(at, rule, new) for at in body for rule, new in last_resort(lines[at], lines[head])]
        group = bugs.setdefault((path, function), [])
        for at, rule, new in made:
            bug = Bug(path, function, at, rule, lines[at], new)
            names[bug.key()] = bug.nth = names.get(bug.key(), 0) + 1
            group.append(bug)
    return bugs
