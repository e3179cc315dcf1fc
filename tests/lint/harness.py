# SPDX-License-Identifier: GPL-2.0-only
"""Does the test machinery itself see failures?  None is fine, a string says what is wrong."""
import os
import subprocess
import tempfile

CHECKS = []
GOOD = '''    KTAP version 1
    # Subtest: tnum
    1..2
    ok 1 one
    ok 2 two
ok 1 tnum
'''


def check(function):
    """Register."""
    CHECKS.append((function.__name__.replace('_', ' '), function))
    return function


def sh(root, script, text):
    """Run a shell script with a file of the given text as $1: status and output."""
    with tempfile.NamedTemporaryFile('w', suffix='.log') as log:
        log.write(text)
        log.flush()
        done = subprocess.run(['bash', '-c', script, 'sh', log.name], cwd=root, capture_output=True,
                              text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@check
def ktap_is_read_strictly(root):
    """Cases that must fail, each derived from a good log."""
    wrong = {
        'a failed case': GOOD.replace('ok 2 two', 'not ok 2 two').replace('ok 1 tnum', 'not ok 1 tnum'),
        'a case too few': GOOD.replace('    ok 2 two\n', ''),
        'no plan': GOOD.replace('    1..2\n', ''),
        'no end': GOOD.replace('ok 1 tnum\n', ''),
        'an empty log': '',
        'a suite twice': GOOD + GOOD,
        'a case twice': GOOD.replace('ok 2 two', 'ok 1 one'),
        'an empty suite': GOOD.replace('1..2', '1..0').replace('    ok 1 one\n    ok 2 two\n', ''),
    }
    _, output = sh(root, 'tests/tier/ktap 1 "$1"', GOOD)
    if output != 'passed\t2\tkunit tnum\t\n':
        return 'reads a good log as: ' + output
    for what, text in wrong.items():
        if 'failed\t' not in sh(root, 'tests/tier/ktap 1 "$1"', text)[1]:
            return 'does not see ' + what
    stamped = ''.join('[    1.%06d] %s\n' % (i, line) for i, line in enumerate(GOOD.split('\n')))
    if 'passed\t2' not in sh(root, 'tests/tier/ktap 1 "$1"', stamped)[1]:
        return 'cannot read time stamps'
    return None


@check
def kernel_complaints_are_seen(root):
    """A line of each kind, and a boot log without any."""
    calm = ('Kernel command line: panic=-1 panic_on_oops=1\nkasan: KernelAddressSanitizer initialized\n'
            'kmemleak: Kernel memory leak detector initialized (mem pool available: 11868)\n'
            'x86/mm: Checked W+X mappings: passed, no W+X pages found.\n')
    if sh(root, 'tests/vm/complaints "$1"', calm)[0] != 0:
        return 'complains of a calm boot'
    for line in ('WARNING: CPU: 0 PID: 1 at kernel/x.c:3 f+0x1/0x2', 'BUG: unable to handle page fault',
                 'BUG: KASAN: use-after-free in f', 'UBSAN: shift-out-of-bounds in x.c', 'Oops: 0002 [#1] SMP',
                 'WARNING: possible recursive locking detected', 'rcu: INFO: rcu_preempt self-detected stall on CPU',
                 'general protection fault, probably for non-canonical address', 'Kernel panic - not syncing: x',
                 'Unpatched return thunk in use. This should not happen!', 'kmemleak: 3 new suspected memory leaks',
                 'BUG: sleeping function called from invalid context at x.c', 'ODEBUG: free active object',
                 'x86/mm: Found insecure W+X mapping at address', 'refcount_t: underflow; use-after-free.'):
        status, output = sh(root, 'tests/vm/complaints "$1"', calm + '[    3.2] ' + line + '\n')
        if status != 1 or line not in output:
            return 'does not see "%s"' % line
    return None


@check
def results_are_tallied(root):
    """What a program says, and what its exit status says."""
    script = ('export RESULTS=$(mktemp); . tests/tier/results; tally x "$1" %d; '
              'cut -f 1,2 $RESULTS | tr "\\t\\n" " ;"; rm $RESULTS')
    for text, status, want in (('x: 3 passed, 0 failed\n', 0, 'passed 3;'),
                               ('FAIL a\nx: 3 passed, 2 failed\n', 1, 'failed 2;passed 3;'),
                               ('x: 3 passed, 0 failed\n', 1, 'failed 1;passed 3;'),
                               ('x: 0 passed, 0 failed\n', 0, 'failed 1;'),
                               ('skip: a: no kernel\nx: 1 passed, 0 failed\n', 0, 'skipped 1;passed 1;'),
                               ('Segmentation fault\n', 139, 'failed 1;'),
                               ('', 0, 'failed 1;')):
        got = sh(root, script % status, text)[1]
        if got != want:
            return 'reads %r with status %d as %s, not %s' % (text, status, got, want)
    reason = sh(root, script.replace('cut -f 1,2', 'cut -f 4') % 1, 'x.c:3:1: runtime error: y\n    #0 0x1\n\n')[1]
    return None if 'x.c:3:1: runtime error: y' in reason else 'says of what a sanitizer found: ' + reason


@check
def shell_scripts_parse(root):
    """bash -n of each."""
    listed = subprocess.run(['git', 'grep', '-lI', '--untracked', '-E', '^#!/bin/(ba)?sh'], cwd=root,
                            capture_output=True, text=True, check=False).stdout.split()
    for path in listed:
        done = subprocess.run(['bash', '-n', os.path.join(root, path)], capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip()
    return None if listed or not os.path.isdir(os.path.join(root, '.git')) else 'found no scripts'
