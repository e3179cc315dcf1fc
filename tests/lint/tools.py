# SPDX-License-Identifier: GPL-2.0-only
"""Rules that run a tool: the compiler, sparse, cppcheck.

As in rules.py each comes with bad text that it has to find; that runs in a folder of
its own.
"""
import os
import re
import subprocess
import tempfile

RULES = []
JOBS = str(os.cpu_count() or 1)
PURE_CC = ['gcc', '-std=gnu11', '-I.', '-O2', '-Wall', '-Wextra', '-Wno-unused-parameter',
           '-Wmissing-prototypes', '-Wdeclaration-after-statement', '-Wvla', '-Wframe-larger-than=1023',
           '-Wstrict-prototypes', '-Wold-style-definition', '-Wimplicit-fallthrough']


def tool(bad):
    """Register a rule; @bad is {path: text}."""
    def add(check):
        RULES.append((check.__name__.replace('_', ' '), check, bad))
        return check
    return add


def run(argv, folder):
    """Status and all that was printed."""
    done = subprocess.run(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, errors='replace', check=False)
    return done.returncode, done.stdout


def complaints(output, fallback):
    """Lines "path:line[:column]: ... warning|error ...", as findings."""
    found = 0
    for line in output.split('\n'):
        match = re.match(r'^(?:\./)?([^:\s]+):(\d+):(?:\d+:)? (?:.*?)((?:fatal )?(?:warning|error|style|'
                         r'performance|portability)\b.*)$', line)
        if match:
            found += 1
            yield match.group(1), int(match.group(2)), match.group(3)
    if not found and fallback:
        yield fallback, 1, output.strip()[-300:]


def many(commands, folder):
    """Run several commands, as many at a time as there are cores: (status, output) of each."""
    pending, results = list(commands), []
    while pending:
        batch, pending = pending[:int(JOBS)], pending[int(JOBS):]
        procs = [subprocess.Popen(c, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, text=True, errors='replace') for c in batch]
        for proc in procs:
            output = proc.communicate()[0]
            results.append((proc.returncode, output))
    return results


@tool({'isa/a.c': 'int f(int x);\nint f(int x)\n{\n\tx++;\n\tint y = x;\n\treturn y;\n}\n'})
def pure_code_compiles_without_a_warning(tree, folder):
    """With gcc's warnings on, declarations first, no frame of 1 KiB."""
    paths = list(tree.of('.c', under=('isa', 'verifier', 'jit')))
    commands = [PURE_CC + ['-c', '-o', '/dev/null', p] for p in paths]
    for path, (status, output) in zip(paths, many(commands, folder)):
        yield from complaints(output, path if status else None)


@tool({'isa/a.h': 'struct a {\n\tu32 x;\n};\n'})
def headers_compile_alone(tree, folder):
    """Pure ones and the user side's with gcc; uapi also as C++ and as C89 with -pedantic."""
    for path in tree.of('.h', under=('isa', 'verifier', 'jit', 'user', 'uapi')):
        ways = [['gcc', '-std=gnu11', '-I.', '-Wall', '-Werror', '-fsyntax-only', '-x', 'c', path]]
        if path.startswith('uapi/'):
            ways.append(['g++', '-I.', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-x', 'c++', path])
        for way in ways:
            status, output = run(way, folder)
            if status:
                yield from complaints(output, path)


def layout(path, bits, folder):
    """Every size and offset in a header's types, as its debug information has them; or what gcc says."""
    _, arch = run(['gcc', '-print-multiarch'], folder)
    with tempfile.NamedTemporaryFile(suffix='.o') as out:
        status, output = run(['gcc', '-m%d' % bits, '-std=gnu11', '-I.', '-isystem', '/usr/include/' + arch.strip(), '-g',
                              '-fno-eliminate-unused-debug-types', '-c', '-o', out.name, '-x', 'c', path], folder)
        if status == 0:
            _, output = run(['readelf', '--debug-dump=info', out.name], folder)
    entries = re.findall(r'DW_AT_(name|data_member_location|byte_size) *: (?:\(.*?\): )?(.*)', output)
    ours = next((i for i, entry in enumerate(entries) if 'modbpf' in entry[1] and '/' not in entry[1]), len(entries))
    return status, output, entries[ours:]


@tool({'uapi/a.h': '#include <linux/types.h>\nstruct modbpf_a {\n\t__u32 x;\n\t__u64 y;\n};\n'})
def the_interface_is_laid_out_alike_for_32_bit_callers(tree, folder):
    """There is no translation: .compat_ioctl takes what .unlocked_ioctl takes."""
    for path in tree.of('.h', under=('uapi',)):
        status, output, wide = layout(path, 64, folder)
        narrow_status, narrow_output, narrow = layout(path, 32, folder)
        if status or narrow_status:
            yield from complaints(output if status else narrow_output, path)
        elif wide != narrow or not wide:
            first = next((a for a, b in zip(wide, narrow) if a != b), ('no types', ''))
            yield path, 1, 'differs from here on for 32-bit callers: %s %s' % first


@tool({'isa/a.c': 'int f(void);\nint f(void)\n{\n\tint a[2] = { 0, 0 };\n\n\treturn a[2];\n}\n'})
def cppcheck_on_pure_code(tree, folder):
    """Warnings and portability; what only gcc can know is left to gcc."""
    paths = list(tree.of('.c', under=('isa', 'verifier', 'jit')))
    if not paths:
        return
    _, output = run(['cppcheck', '-q', '-j', JOBS, '-I.', '--std=c11', '--platform=unix64', '-D__x86_64__',
                     '--enable=warning,portability', '--inline-suppr',
                     '--suppress=missingIncludeSystem', '--suppress=normalCheckLevelMaxBranches',
                     '--template={file}:{line}: {severity}: {message} [{id}]'] + paths, folder)
    yield from complaints(output, None)


KBUILD = 'obj-m := bad.o\nccflags-y += -I$(src)\n'
BAD_SPARSE = ('#include <linux/module.h>\n#include <linux/uaccess.h>\n'
              'static int __init begin(void)\n{\n\tint __user *p = (void __user *)8;\n\n\treturn *p;\n}\n'
              'module_init(begin);\nMODULE_LICENSE("GPL");\n')


def headers_of_stock(folder):
    """The build folder of the stock kernel, or None."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    status, output = run([os.path.join(here, 'vm', 'kernels'), 'headers', 'stock'], folder)
    return output.strip() if status == 0 else None


@tool({'Kbuild': KBUILD, 'bad.c': BAD_SPARSE})
def sparse_on_the_module(tree, folder):
    """Address spaces, locks, byte order: for the stock kernel; its own headers are not ours."""
    kdir = headers_of_stock(folder)
    if not kdir:
        yield 'Kbuild', 1, 'no kernel headers: make deps'
        return
    if 'Makefile' in tree:
        status, output = run(['make', '--no-print-directory', 'sparse-build'], folder)
    else:
        status, output = run(['make', '-C', kdir, 'M=' + folder, 'C=2', 'modules'], folder)
    if status:
        errors = list(complaints(output, None))
        yield from errors or [('Kbuild', 1, 'the module does not build: ' + output.strip()[-400:])]
        return
    seen = set()
    for line in output.split('\n'):
        match = re.match(r'^(\S+?):(\d+):\d+: (warning|error): (.*)$', line)
        if not match or match.group(1).startswith(('/usr/', './include', './arch')):
            continue
        path = re.sub(r'^.*/build/sparse/', '', match.group(1))
        path = os.path.relpath(path, folder) if path.startswith(folder) else path
        finding = (path, int(match.group(2)), match.group(4))
        if finding not in seen:
            seen.add(finding)
            yield finding
