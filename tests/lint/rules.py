# SPDX-License-Identifier: GPL-2.0-only
"""Rules that need only the text of the files.

A rule is a function of a Tree that yields (path, line, message), with an example of bad
text that it has to find: a rule that cannot fail is not a rule.
"""
import re

import functions
import kernels
import rejections
from tree import PURE, strip_comments

RULES = []
C = ('.c', '.h')
CODE = ('isa', 'verifier', 'jit', 'module', 'uapi', 'user', 'tests', 'examples')


def rule(bad, good=None):
    """Register a rule; @bad and @good are {path: text}."""
    def add(check):
        RULES.append((check.__name__.replace('_', ' '), check, bad, good or {}))
        return check
    return add


def lines_of(text):
    """Numbered from 1."""
    return enumerate(text.split('\n'), 1)


# --- layers -------------------------------------------------------------------

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
MAY = {
    'isa': {'isa'},
    'verifier': {'isa', 'verifier'},
    'jit': {'isa', 'verifier', 'jit'},
    'module': {'isa', 'verifier', 'jit', 'module', 'uapi'},
    'uapi': set(),
    'user': {'isa', 'verifier', 'jit', 'uapi', 'user'},
    'examples': {'uapi', 'user', 'examples'},
}


def includes(tree, path):
    """(line, quote, name) of each include."""
    for number, line in lines_of(strip_comments(tree[path], strings=False)):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


@rule({'isa/a.c': '#include "verifier/tnum.h"\n', 'verifier/tnum.h': '\n'},
      {'verifier/b.c': '#include "isa/insn.h"\n', 'isa/insn.h': '\n'})
def layers(tree):
    """isa <- verifier <- jit <- module; names are relative to the root, and exist."""
    for path in tree.of(*C, '.S', under=MAY):
        top = path.split('/')[0]
        for line, quote, name in includes(tree, path):
            if quote == '<':
                continue
            local = path.rsplit('/', 1)[0] + '/' + name
            if name not in tree and not (top == 'examples' and (local in tree or name.endswith('.skel.h'))):
                yield path, line, '"%s" is not a file of the project (names start at the root)' % name
            elif name in tree and name.split('/')[0] not in MAY[top]:
                yield path, line, '%s/ must not include %s/' % (top, name.split('/')[0])


@rule({'jit/a.c': '#include <linux/slab.h>\n'}, {'isa/platform.h': '#include <stdint.h>\n'})
def pure_code_is_freestanding(tree):
    """System headers come in through isa/platform.h alone."""
    for path in tree.of(*C, under=PURE):
        for line, quote, name in includes(tree, path):
            if quote == '<' and path != 'isa/platform.h':
                yield path, line, 'pure code includes <%s>' % name


@rule({'module/a.h': '#include "module/b.h"\n', 'module/b.h': '#include "module/a.h"\n'})
def include_cycles(tree):
    """No header includes itself, however indirectly."""
    graph = {p: [n for _, q, n in includes(tree, p) if q == '"' and n in tree] for p in tree.of('.h')}
    done = {}

    def visit(path, trail):
        if done.get(path):
            return
        if path in trail:
            yield path, 1, 'include cycle: ' + ' -> '.join(trail[trail.index(path):] + [path])
            return
        for name in graph.get(path, []):
            yield from visit(name, trail + [path])
        done[path] = True

    for path in graph:
        yield from visit(path, [])


GUARD = re.compile(r'^\s*#\s*ifndef\s+(\w+)\s*$')


@rule({'verifier/a.c': '#ifdef __KERNEL__\n#endif\n'}, {'isa/a.h': '#ifndef A_H\n#define A_H\n#endif\n'})
def no_ifdef_in_pure_code(tree):
    """What differs between kernel and user space is in isa/platform.h.

    A header's guard, and "#ifndef X / #define X default", are not variants.
    """
    for path in tree.of(*C, under=PURE):
        lines = strip_comments(tree[path]).split('\n')
        for number, line in lines_of('\n'.join(lines)):
            if not re.match(r'^\s*#\s*(if|ifdef|ifndef|elif)\b', line) or path == 'isa/platform.h':
                continue
            guard = GUARD.match(line)
            following = lines[number] if number < len(lines) else ''
            if guard and re.match(r'^\s*#\s*define\s+%s\b' % guard.group(1), following):
                continue
            yield path, number, 'conditional code outside isa/platform.h'


@rule({'module/prog.c': '#if LINUX_VERSION_CODE > 5\n#endif\n'},
      {'module/compat/a.h': '#if LINUX_VERSION_CODE > 5\n#endif\n'})
def kernel_versions_only_in_compat(tree):
    """LINUX_VERSION_CODE and KERNEL_VERSION() live in module/compat/."""
    for path in tree.of(*C, '.S', under=('module', 'isa', 'verifier', 'jit')):
        if path.startswith('module/compat/'):
            continue
        for number, line in lines_of(tree.code(path)):
            if re.search(r'\bLINUX_VERSION_CODE\b|\bKERNEL_VERSION\b', line):
                yield path, number, 'kernel version outside module/compat/'


@rule({'verifier/a.c': 'static unsigned __int128 x;\n'})
def no_128_bit_integers_in_pure_code(tree):
    """The kernel has no library for them."""
    for path in tree.of(*C, under=PURE):
        for number, line in lines_of(tree.code(path)):
            if re.search(r'\b__u?int128(_t)?\b|\bfloat\b|\bdouble\b', line):
                yield path, number, '128-bit or floating-point number in pure code'


@rule({'module/map/array.c': 'int f(void)\n{\n\treturn copy_to_user(a, b, c);\n}\n'},
      {'module/caller.c': 'copy_to_user(a, b, c);\n'})
def user_memory_only_where_commands_are(tree):
    """copy_to_user and its kin: in the ioctl and map-command files."""
    allowed = ('module/caller.c', 'module/device.c', 'module/command.c', 'module/map_cmd.c')
    for path in tree.of(*C, under=('module',)):
        if path in allowed:
            continue
        for number, line in lines_of(tree.code(path)):
            if re.search(r'\b(copy_(to|from)_user|(get|put)_user)\b', line):
                yield path, number, 'user memory is touched outside ' + ', '.join(allowed)


@rule({'module/prog_load.c': 'int x = current->pid;\n'}, {'module/helper/task.c': 'current->pid;\n'})
def current_only_where_a_caller_is_made(tree):
    """Commands get a struct caller; programs run in whatever task there is."""
    allowed = ('module/caller.c', 'module/event/', 'module/helper/', 'module/hook/', 'module/compat/', 'module/arch/',
               'module/prog.c', 'module/prog_run.h')
    for path in tree.of('.c', '.h', under=('module',)):
        if path.startswith(allowed):
            continue
        for number, line in lines_of(tree.code(path)):
            if re.search(r'(?<!->)(?<!\.)\bcurrent\b', re.sub(r'signal_pending\(current\)', '', line)):
                yield path, number, '"current" is read outside module/caller.c'


@rule({'jit/x86/select.c': '\temit_byte(out, 0xe8);\n'}, {'jit/x86/encode.c': '\temit_byte(out, 0xe8);\n'})
def opcode_bytes_only_in_the_encoder(tree):
    """jit/x86/encode* names each opcode once."""
    for path in tree.of(*C, under=('jit',)):
        if path.startswith('jit/x86/encode') or not path.startswith('jit/x86/'):
            continue
        for number, line in lines_of(tree.code(path)):
            for byte in re.findall(r'\b0x[0-9a-fA-F]{2}\b', line):
                if byte.lower() not in ('0xff', '0x7f', '0x80'):
                    yield path, number, 'the byte %s: opcodes belong to jit/x86/encode*' % byte


@rule({'module/a.c': 'void f(void)\n{\n\tpr_info("at %px", p);\n}\n'})
def kernel_addresses_are_not_printed(tree):
    """%px, and %p in a log that user space reads."""
    for path in tree.of(*C, under=('module', 'verifier', 'isa', 'jit')):
        for number, line in lines_of(strip_comments(tree[path], strings=False)):
            if path == 'module/helper/trace_format.c' and '"%p"' in line:
                continue    # a program's own %p, which printf hashes
            if re.search(r'%-?\d*p(x|K|[^A-Za-z])', line):
                yield path, number, 'prints an address'


# --- files ----------------------------------------------------------------------

LICENCE = {
    'module': 'GPL-2.0-only',
    'isa': 'GPL-2.0-only OR BSD-2-Clause',
    'verifier': 'GPL-2.0-only OR BSD-2-Clause',
    'jit': 'GPL-2.0-only OR BSD-2-Clause',
    'uapi': 'GPL-2.0 WITH Linux-syscall-note OR BSD-2-Clause',
    'user': 'LGPL-2.1 OR BSD-2-Clause',
}
NO_COMMENTS = ('.md', '.json', '.config', '.golden')


@rule({'isa/a.c': '// SPDX-License-Identifier: GPL-2.0-only\n'},
      {'module/a.c': '// SPDX-License-Identifier: GPL-2.0-only\n'})
def licences(tree):
    """An SPDX line in each file, the one of its folder."""
    for path in sorted(tree):
        top = path.split('/')[0]
        if not tree[path] or path.endswith(NO_COMMENTS) or path.startswith('LICENSE') or top == 'docs':
            continue
        want = LICENCE.get(top, 'GPL-2.0-only')
        if path.endswith('.md') or '/data/' in path:
            continue
        head = '\n'.join(tree[path].split('\n')[:2])
        found = re.search(r'SPDX-License-Identifier: ([^*\n]+?) *(\*/)?(\n|$)', head)
        if not found:
            yield path, 1, 'no SPDX line'
            continue
        alternatives = {want, want.replace('GPL-2.0-only', '(GPL-2.0-only)'), '(%s)' % want}
        if found.group(1) not in alternatives:
            yield path, 1, 'licence %s, not %s' % (found.group(1), want)
        if path.endswith('.h') and not head.startswith('/*'):
            yield path, 1, "a header's SPDX line is a /* */ comment"
        if path.endswith('.c') and not head.startswith('//'):
            yield path, 1, "a source's SPDX line is a // comment"


@rule({'sources.mk': 'ISA_SRCS := \\\n\tisa/gone.c \\\n'},
      {'sources.mk': 'ISA_SRCS := \\\n\tisa/a.c \\\n', 'isa/a.c': ''})
def sources_mk_names_what_is_there(tree):
    """Each name is a file, each source is named, in order."""
    named = {}
    current, last = None, ''
    for number, line in lines_of(tree.get('sources.mk', '')):
        match = re.match(r'^([A-Z_]+) :=', line)
        if match:
            current, last = match.group(1), ''
        match = re.match(r'^\t(\S+) \\$', line)
        if not match:
            continue
        name = match.group(1)
        if name in named:
            yield 'sources.mk', number, '%s is named twice' % name
        named[name] = current
        if name not in tree:
            yield 'sources.mk', number, '%s does not exist' % name
        if name < last:
            yield 'sources.mk', number, '%s is out of order' % name
        last = name
    for path in tree.of('.c', '.S', under=('isa', 'verifier', 'jit', 'module', 'user')):
        if path not in named:
            yield path, 1, 'is not in sources.mk'
    for path in tree.of('.c'):
        if path.startswith(('tests/support/', 'tests/kunit/')) and path not in named:
            yield path, 1, 'is not in sources.mk'


@rule({'module/map_util.c': '\n'}, {'module/map.c': '\n'})
def file_names(tree):
    """A file is named for one noun."""
    for path in tree.of(*C, '.S'):
        words = re.split(r'[/_.]', path)
        for word in ('util', 'utils', 'common', 'misc', 'manager', 'stuff'):
            if word in words:
                yield path, 1, '"%s" says nothing' % word


@rule({'isa/a.c': 'int x;\n' * 701})
def file_length(tree):
    """At most 700 lines."""
    for path in tree.of(*C, '.S'):
        count = tree[path].count('\n')
        if count > 700:
            yield path, 700, '%d lines, more than 700' % count


# --- functions --------------------------------------------------------------------

LONG = 'int f(void)\n{\n' + '\tg();\n' * 81 + '}\n'
FLAT = 'int f(int x)\n{\n\tswitch (x) {\n' + '\tcase 1:\n\t\treturn 2;\n' * 50 + '\t}\n}\n'
DEEP = ('int f(void)\n{\n\tif (a) {\n\t\tif (b) {\n\t\t\tif (c) {\n\t\t\t\tif (d) {\n'
        '\t\t\t\t\tif (e)\n\t\t\t\t\t\tg();\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n}\n')
SHALLOW = ('int f(void)\n{\n\tif (a) {\n\t\tif (b) {\n\t\t\tif (c) {\n\t\t\t\tif (d)\n'
           '\t\t\t\t\tg(one,\n\t\t\t\t\t\ttwo);\n\t\t\t}\n\t\t}\n\t}\n}\n')


def each_function(tree):
    """(path, Function) of everything that is not an example for eBPF."""
    for path in tree.of(*C, under=CODE):
        for function in functions.functions(tree.code(path)):
            yield path, function


@rule({'isa/a.c': LONG}, {'isa/a.c': FLAT})
def function_length(tree):
    """A function fits a screen; a flat table of cases is exempt."""
    for path, function in each_function(tree):
        if function.length() > 80 and not function.is_flat():
            yield path, function.line, '%s() has %d lines, more than 80' % (function.name, function.length())


@rule({'isa/a.c': DEEP}, {'isa/a.c': SHALLOW})
def nesting(tree):
    """At most four levels."""
    for path, function in each_function(tree):
        if function.depth() > 4:
            yield path, function.line, '%s() nests %d deep, more than 4' % (function.name, function.depth())


@rule({'module/a.c': 'static int handle_map(int x)\n{\n\treturn x;\n}\n'},
      {'module/a.c': 'static int window(int x)\n{\n\treturn x;\n}\n'})
def function_names(tree):
    """Names say what, not that something is done."""
    for path, function in each_function(tree):
        if re.match(r'^(do|handle|process)_', function.name) or \
           re.search(r'(^|_)(utils?|misc|manager)(_|$)', function.name):
            yield path, function.line, '%s(): do_, handle_, util, misc, manager say nothing' % function.name


# --- style --------------------------------------------------------------------------

@rule({'isa/a.c': 'int x; \n'})
def no_trailing_space(tree):
    """Nor carriage returns, nor a missing last line break."""
    for path in sorted(tree):
        if not tree[path] or path.endswith('.md') or '/data/' in path or path.startswith('LICENSE'):
            continue
        for number, line in lines_of(tree[path]):
            if line != line.rstrip():
                yield path, number, 'space at the end of the line'
        if not tree[path].endswith('\n'):
            yield path, tree[path].count('\n') + 1, 'no line break at the end'
        if tree[path].endswith('\n\n'):
            yield path, tree[path].count('\n'), 'empty line at the end'


@rule({'isa/a.c': 'int f(void)\n{\n        return 1;\n}\n'},
      {'isa/a.c': 'int f(int a,\n      int b)\n{\n\treturn g(a,\n\t         b);\n}\n'})
def tabs(tree):
    """Indentation is tabs; spaces only align what continues a line."""
    for path in tree.of(*C, under=CODE):
        for number, line in lines_of(tree.code(path)):
            if line.startswith('        ') and line.strip():
                yield path, number, 'indented with spaces'


@rule({'isa/a.c': '\t' * 3 + 'x' * 97 + '\n'})
def line_length(tree):
    """120 columns."""
    for path in tree.of(*C, '.S', under=CODE):
        for number, line in lines_of(tree[path]):
            if len(line.expandtabs(8)) > 120:
                yield path, number, '%d columns, more than 120' % len(line.expandtabs(8))


PATTERNS = (
    (re.compile(r'\b(if|for|while|switch)\('), 'no space before the parenthesis'),
    (re.compile(r'\b(if|for|while|switch)\b.*\)\{|\belse\{|\}else\b|\bdo\{'), 'no space before or after the brace'),
    (re.compile(r'^\t+\}\n?\s*$(?!.)'), None),
    (re.compile(r'^\s+else\b.*(?<!\\)$'), None),
    (re.compile(r'^\s*\}\s*\n\s*else'), 'else belongs behind the brace'),
    (re.compile(r'^[a-z].*\)\s*\{$'), "a function's brace stands on its own line"),
    (re.compile(r'\b(u8|u16|u32|u64|s8|s16|s32|s64|int|char|void|long|bool|struct \w+)\* ?\w'), "the * belongs to the name"),
    (re.compile(r',[^\s\\]'), 'no space after the comma'),
    (re.compile(r'\breturn\s*\([^()]*\);'), 'return is not a function'),
    (re.compile(r'\btypedef\s+struct\b'), 'typedef hides a struct'),
    (re.compile(r';;\s*$'), 'two semicolons'),
    (re.compile(r'^ +\t'), 'space before a tab'),
)


@rule({'isa/a.c': 'int f(void)\n{\n\tif(x)\n\t\treturn 1;\n}\n'},
      {'isa/a.c': 'int f(void)\n{\n\tif (x)\n\t\treturn 1;\n\treturn g(1, 2);\n}\n'})
def style(tree):
    """The parts of kernel style that a pattern can see."""
    for path in tree.of(*C, under=CODE):
        for number, line in lines_of(tree.code(path)):
            for pattern, message in PATTERNS:
                if message and pattern.search(line):
                    if message.startswith("a function's") and re.match(r'^(for|while|if|else|do|switch|#|struct|enum|union|extern)', line):
                        continue
                    yield path, number, message
        for match in re.finditer(r'\n\n\n', tree[path]):
            yield path, tree[path].count('\n', 0, match.start()) + 2, 'two empty lines'


@rule({'isa/a.c': '// SPDX\nint x;\t// why\n'}, {'isa/a.c': '// SPDX\nint x;\t/* why */\nchar *u = "http://x";\n'})
def comments(tree):
    """/* */ but for the SPDX line."""
    for path in tree.of(*C, under=CODE):
        text = tree[path]
        for match in re.finditer(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', text, re.S):
            if match.group(0).startswith('//') and 'SPDX' not in match.group(0):
                yield path, text.count('\n', 0, match.start()) + 1, '// comment'


HEADED = re.compile(r'^(//[^\n]*\n|/\* SPDX[^\n]*\n)\s*/\*')


@rule({'isa/a.c': '// SPDX-License-Identifier: GPL-2.0-only\n#include "isa/b.h"\n'},
      {'isa/a.c': '// SPDX-License-Identifier: GPL-2.0-only\n/*\n * Which?\n */\n'})
def first_lines_say_what_for(tree):
    """A file opens with the question that it answers."""
    for path in tree.of(*C, under=CODE):
        if tree[path] and not HEADED.match(tree[path]):
            yield path, 2, 'no opening comment'


ONE_ROW = 'x[] = {\n\t[REFUSE_A] = { "a", -EINVAL,\n\t\t"b "\n\t\t"c",\n\t\t"d" },\n};\n'


@rule({rejections.ROWS: ONE_ROW, rejections.PAGE: rejections.HEAD},
      {rejections.ROWS: ONE_ROW, rejections.PAGE: rejections.HEAD + '| `a` | EINVAL | b c | d |\n'})
def rejections_are_documented(tree):
    """docs/rejections.md has every row of verifier/refusal.c."""
    wanted = rejections.page(tree[rejections.ROWS])
    if tree[rejections.PAGE] != wanted:
        yield rejections.PAGE, 1, 'not what %s says: python3 tests/lint/rejections.py >%s' % (
            rejections.ROWS, rejections.PAGE)


KERNEL_TABLES = {kernels.KERNELS: '6.1\t-\tdebian\tbookworm\t-\ta b\n', kernels.FEATURES: 'f\ta feature\n',
                 kernels.LACKING: '6.1\tf\tit has none\n', kernels.RUNS: '6.1\t6.1.0\t3\t0\t0\n'}


@rule({**KERNEL_TABLES, kernels.PAGE: kernels.HEAD},
      {**KERNEL_TABLES, kernels.PAGE: kernels.page(*KERNEL_TABLES.values())})
def kernels_are_documented(tree):
    """docs/kernels.md has every kernel and feature, and the tables name no others."""
    texts = [tree[path] for path in KERNEL_TABLES]
    for path, name in kernels.unknown(*texts):
        yield path, 1, 'no kernel or feature is called ' + name
    if tree[kernels.PAGE] != kernels.page(*texts):
        yield kernels.PAGE, 1, 'not what its tables say: python3 tests/lint/kernels.py >%s' % kernels.PAGE


REFUSED_BY_HAND = re.compile(r'vlog_line\([^;]*;\s*return -E(INVAL|ACCES|PERM|2BIG)\b')


@rule({'verifier/a.c': 'int f(void)\n{\n\tvlog_line(log, "no");\n\treturn -EINVAL;\n}\n'},
      {'verifier/b.c': 'int f(void)\n{\n\treturn refuse(step, REFUSE_A, 0, "no");\n}\n'})
def refusals_have_a_code(tree):
    """What is said and then returned is a refusal: refuse() gives its code and errno."""
    for path in tree.of('.c', under=('verifier',)):
        text = strip_comments(tree[path], strings=False)
        for match in REFUSED_BY_HAND.finditer(text):
            yield path, text.count('\n', 0, match.start()) + 1, 'refuse() it'
