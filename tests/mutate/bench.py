# SPDX-License-Identifier: GPL-2.0-only
"""How are the tests built with a bug in them, and which of them sees it?"""
import os
import re
import resource
import subprocess
import threading

BUILD = 'build/mutate'
PLAIN = (BUILD + '/asan', '-O1 -g0')    # the Makefile's name; here it is built without sanitizers
SANITIZED = ('build/asan', '-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer')
SLOW = 4                            # times as many seconds of CPU as without a bug, and two more
HANGS = 900                         # seconds
SAMPLE_TESTS = ['test_verifier+', 'test_verifier_run+']
SAMPLE_LIMIT = 60

# Likely and cheap ones first; those with a "+" are built with sanitizers. See DOMAINS for which files some are.
TESTS = ['test_golden', 'test_map_attr', 'test_map_btf', 'test_load_rule', 'test_conversion', 'test_helper_rows',
         'test_kfunc', 'test_scalar64', 'test_tnum', 'test_scalar', 'test_range', 'test_fence', 'test_verifier',
         'test_verifier_run', 'test_verifier_bounds', 'test_verifier_result', 'test_offline_log', 'test_verified',
         'fuzz_verifier', 'test_callback_rounds', 'test_verifier_run+', 'test_verifier+']
DOMAINS = {'test_tnum': ['tnum'], 'test_range': ['range', 'range_div'],
           'test_scalar': ['tnum', 'scalar', 'scalar_branch', 'range'],
           'test_scalar64': ['tnum', 'scalar', 'scalar_branch', 'range', 'range_div'],
           'test_fence': ['fence'], 'test_map_attr': ['map_attr'], 'test_map_btf': ['map_btf'],
           'test_load_rule': ['load_rule'], 'test_conversion': ['conversion'], 'test_helper_rows': ['helper'],
           'test_kfunc': ['bind', 'helper']}
ARGUMENTS = {'fuzz_verifier': ['60', '1']}
ENVIRONMENT = dict(os.environ, MODBPF_FIRST_FAILURE='1', MODBPF_FUZZ_INSNS='600000')


def run(command, **how):
    """Run it quietly."""
    return subprocess.run(command, capture_output=True, text=True, errors='replace', check=False, **how)


def variable(name):
    """The value that sources.mk gives it."""
    with open('sources.mk', encoding='utf-8') as lists:
        match = re.search(r'^%s := ((?:.*\\\n)*.*)' % name, lists.read(), re.M)
    return match.group(1).replace('\\\n', ' ').split() if match else []


def source_of(test):
    """Where a test's own source is."""
    test = test.rstrip('+')
    return 'tests/%s/%s.c' % ('fuzz' if test.startswith('fuzz') else 'unit', test)


def includes(test, path):
    """Does the test compile that file itself, at a width of its own?"""
    with open(source_of(test), encoding='utf-8') as source:
        return '#include "%s"' % path in source.read()


def support_objects(folder):
    """What all tests are linked with."""
    return ['%s/%s.o' % (folder, path[:-2])
            for path in variable('TEST_CORPUS_SRCS') + variable('TEST_SUPPORT_SRCS')]


def seconds_of_children():
    """CPU that all commands have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Bench:
    """The tests without a bug."""

    def __init__(self, sample):
        self.tests = SAMPLE_TESTS if sample else TESTS
        self.sample, self.seconds, self.lock = sample, {}, threading.Lock()

    def kind(self, test):
        """Folder of objects, and flags: what 'make check' builds serves for a sample."""
        return SANITIZED if test.endswith('+') else PLAIN

    def program(self, test):
        """Where it is."""
        return '%s/%s' % (self.kind(test)[0], test.rstrip('+'))

    def object(self, test):
        """Its own object."""
        return '%s/%s.o' % (self.kind(test)[0], source_of(test)[:-2])

    def build(self):
        """All of them; returns what went wrong."""
        for objects, flags in PLAIN, SANITIZED:
            tests = [test for test in self.tests if self.kind(test)[0] == objects]
            # Objects that no goal names are removed by make once the program is there.
            programs = [self.program(test) for test in tests] + [self.object(test) for test in tests]
            if not tests:
                continue
            programs += support_objects(objects)
            done = run(['make', '-s', '-j%d' % (os.cpu_count() or 1), 'B=' + os.path.dirname(objects),
                        'ASAN_CFLAGS=' + flags] + programs)
            if done.returncode:
                return done.stdout + done.stderr
        return ''

    def users(self, path):
        """The files of the verifier that are compiled anew if it changes."""
        if path.endswith('.c'):
            return [path]
        found = []
        for source in variable('VERIFIER_SRCS'):
            with open('%s/%s.d' % (self.kind(self.tests[0])[0], source[:-2]), encoding='utf-8') as rule:
                if path in rule.read().split():
                    found.append(source)
        return found

    def limit(self, test):
        """Seconds of CPU that it may take with a bug. The first to ask measures."""
        if self.sample:
            return SAMPLE_LIMIT
        with self.lock:
            if test not in self.seconds:
                done = run(['bash', '-c', 'TIMEFORMAT="%U %S"; time "$0" "$@" >/dev/null 2>&1', self.program(test)] +
                           ARGUMENTS.get(test, []), env=ENVIRONMENT)
                if done.returncode:
                    raise RuntimeError('%s fails without a bug' % test)
                self.seconds[test] = 2 + round(SLOW * sum(map(float, done.stderr.split()[-2:])))
            return self.seconds[test]


class Trial:
    """A bug, and what the tests make of it."""

    def __init__(self, bug, folder, bench):
        self.bug, self.folder, self.bench = bug, folder, bench
        self.sources = [os.path.join(folder, path) for path in bench.users(bug.path)]
        self.compiled = None        # flags with which bug.o was made
        self.stem = os.path.basename(bug.path)[:-2]

    def plant(self):
        """Write the file with the bug, or without; a header's users are read beside it."""
        def copy(path, change):
            with open(path, encoding='utf-8') as source:
                lines = source.read().split('\n')
            if change:
                lines[self.bug.number] = self.bug.new
            with open(os.path.join(self.folder, path), 'w', encoding='utf-8') as out:
                out.write('\n'.join(lines))

        os.makedirs(os.path.join(self.folder, 'verifier/helper_row'), exist_ok=True)
        for path in self.bench.users(self.bug.path):
            copy(path, False)
        copy(self.bug.path, True)

    def compile(self, sources, name, flags, bug=True):
        """Into one object in the folder, with or without a bug in a header; does it compile?"""
        return run(['gcc', '-r', '-nostdlib'] + flags.split() + ['-w', '-std=gnu11'] +
                   (['-I' + self.folder] if bug else []) +
                   ['-I.', '-o', os.path.join(self.folder, name)] + sources).returncode == 0

    def compiles(self, flags):
        """Make bug.o; a bug that the compiler does not take is none."""
        if self.compiled != flags:
            if not self.compile(self.sources, 'bug.o', flags):
                return False
            self.compiled = flags
        return True

    def same_code(self):
        """Does the compiler make of it what it makes of the program without?"""
        codes = []
        for sources, bug in (self.sources, True), (self.bench.users(self.bug.path), False):
            self.compile(sources, 'code.o', '-O2 -g0', bug)
            with open(os.path.join(self.folder, 'code.o'), 'rb') as code:
                codes.append(code.read())
        return codes[0] == codes[1]

    def link(self, test):
        """The test with the bug in it."""
        objects, flags = self.bench.kind(test)
        own, bug = self.bench.object(test), [self.folder + '/bug.o']
        if not self.compiles(flags):
            raise RuntimeError('%s does not compile with %s' % (self.bug.key(), flags))
        if includes(test, self.bug.path):
            if not self.compile([source_of(test)], 'test.o', flags):
                return False
            own, bug = self.folder + '/test.o', []
        done = run(['gcc', '-o', self.folder + '/test'] + flags.split() + [own] + support_objects(objects) + bug +
                   [objects + '/libmodbpf-core.a', '-lm'] + variable('TEST_LIBS_' + test.rstrip('+')))
        if done.returncode:
            raise RuntimeError(done.stderr)
        return True

    def complaint(self, test):
        """What the test says of the bug: None if it sees nothing."""
        if not self.link(test):
            return 'does not compile'
        command = 'ulimit -c 0 -t %d; exec "$0" "$@"' % self.bench.limit(test)
        try:
            done = run(['bash', '-c', command, self.folder + '/test'] + ARGUMENTS.get(test, []), timeout=HANGS,
                       env=ENVIRONMENT)
        except subprocess.TimeoutExpired:
            return 'hangs'
        if done.returncode <= 0:
            return 'signal %d' % -done.returncode if done.returncode else None
        words = re.search(r'^FAIL (.*)', done.stderr, re.M) or re.search(r'(ERROR: .*|runtime error: .*)', done.stderr)
        return words.group(1) if words else 'exit status %d' % done.returncode

    def killer(self):
        """Which test sees it, and what it says?  None: it survives."""
        for test in self.bench.tests:
            # Tests that compile a file themselves would have what a header's users define twice.
            if (self.stem if self.bug.path.endswith('.c') else None) not in DOMAINS.get(test, [self.stem, None]):
                continue
            complaint = self.complaint(test)
            if complaint:
                return '%s: %s' % (test, complaint)
        return None

    def result(self):
        """One of 'killed', 'survived', 'no bug', and why."""
        self.plant()
        if not self.compiles(self.bench.kind(self.bench.tests[0])[1]):
            return 'no bug', 'does not compile'
        killer = self.killer()
        if killer:
            return 'killed', killer
        if self.same_code():
            return 'no bug', 'the same machine code'
        return 'survived', ''
