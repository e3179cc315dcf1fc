# SPDX-License-Identifier: GPL-2.0-only
"""Do the tests see a bug in the verifier?  Plants one at a time, and says which test saw it.

usage: python3 tests/mutate [--list] [--every N | --sample N [--seed S]] [--resume LOG] [--jobs N] [FILE...]

A bug is one changed line of verifier/*.c, see rules.py. Only the changed file is compiled
anew; the tests run cheapest first, and the first that fails ends the matter. A bug that
does not compile, or that makes a test take ten times as long, is seen as well.

Without FILE all files have their turn; every function has at least one bug, and with
--every N at least one in N of those that the rules make (16). What survives is
looked up in tests/mutate/survivors, which says why no test can see it. Fails if one that
survives is not there, or if less than 95 % are killed.

--resume: what LOG, an earlier run's output, says was killed is not tried again.

--sample takes N bugs anywhere and two tests: does all this still work? One must be killed.
"""
import argparse
import concurrent.futures
import glob
import os
import random
import re
import subprocess
import sys
import threading
import zlib

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True
from tests.mutate.rules import bugs_of  # noqa: E402  pylint: disable=wrong-import-position

BUILD = 'build/mutate'
PLAIN = (BUILD + '/asan', '-O1 -g0')    # the Makefile's name; here it is built without sanitizers
SANITIZED = ('build/asan', '-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer')
REASONS = 'tests/mutate/survivors'
LEAST = 95                          # per cent killed
SLOW = 10                           # times as long as without a bug, and five seconds
SAMPLE_TESTS = ['test_verifier+', 'test_verifier_run+']
SAMPLE_SECONDS = 60

# Cheapest first; those with a "+" are built with sanitizers. See DOMAINS for which files some are.
TESTS = ['test_load_rule', 'test_map_attr', 'test_map_btf', 'test_conversion', 'test_helper_rows', 'test_offline_log',
         'test_fence', 'test_golden', 'test_verifier', 'test_verifier_run', 'test_verifier_bounds', 'test_verified',
         'test_tnum', 'test_scalar', 'test_range', 'test_scalar64', 'test_callback_rounds', 'test_verifier+', 'test_verifier_run+', 'fuzz_verifier+']
DOMAINS = {'test_tnum': ['tnum'], 'test_range': ['range', 'range_div'],
           'test_scalar': ['tnum', 'scalar', 'scalar_branch', 'range'],
           'test_scalar64': ['tnum', 'scalar', 'scalar_branch', 'range', 'range_div']}
ARGUMENTS = {'fuzz_verifier+': ['6', '1']}


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
        """All of them, or the end."""
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
                sys.exit(done.stdout + done.stderr)

    def limit(self, test):
        """Seconds that it may take with a bug. The first to ask measures."""
        if self.sample:
            return SAMPLE_SECONDS
        with self.lock:
            if test not in self.seconds:
                before = os.times().elapsed
                done = run([self.program(test)] + ARGUMENTS.get(test, []))
                if done.returncode:
                    raise RuntimeError('%s fails without a bug:\n%s%s' % (test, done.stdout, done.stderr))
                self.seconds[test] = 5 + SLOW * (os.times().elapsed - before)
            return self.seconds[test]


class Trial:
    """A bug, and what the tests make of it."""

    def __init__(self, bug, folder, bench):
        self.bug, self.folder, self.bench = bug, folder, bench
        self.compiled = None        # flags with which bug.o was made

    def plant(self):
        """Write the file with the bug."""
        path = os.path.join(self.folder, self.bug.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(self.bug.path, encoding='utf-8') as source:
            lines = source.read().split('\n')
        lines[self.bug.number] = self.bug.new
        with open(path, 'w', encoding='utf-8') as out:
            out.write('\n'.join(lines))

    def compile(self, source, name, flags):
        """Into the folder; does it compile?"""
        return run(['gcc'] + flags.split() + ['-w', '-std=gnu11', '-I' + self.folder, '-I.', '-c', '-o',
                                              os.path.join(self.folder, name), source]).returncode == 0

    def link(self, test):
        """The test with the bug in it."""
        objects, flags = self.bench.kind(test)
        own, bug = self.bench.object(test), [self.folder + '/bug.o']
        if self.compiled != flags:
            if not self.compile(os.path.join(self.folder, self.bug.path), 'bug.o', flags):
                return False
            self.compiled = flags
        if includes(test, self.bug.path):
            if not self.compile(source_of(test), 'test.o', flags):
                return False
            own, bug = self.folder + '/test.o', []
        done = run(['gcc', '-o', self.folder + '/test'] + flags.split() + [own] + support_objects(objects) + bug +
                   [objects + '/libmodbpf-core.a', '-lm'] + variable('TEST_LIBS_' + test.rstrip('+')))
        if done.returncode:
            raise RuntimeError(done.stderr)
        return True

    def killer(self):
        """Which test sees it?  None: it survives."""
        self.plant()
        stem = os.path.basename(self.bug.path)[:-2]
        for test in self.bench.tests:
            if stem not in DOMAINS.get(test, [stem]):
                continue
            if not self.link(test):
                return 'the compiler'
            try:
                done = run([self.folder + '/test'] + ARGUMENTS.get(test, []), timeout=self.bench.limit(test))
            except subprocess.TimeoutExpired:
                return test + ' (too slow)'
            if done.returncode:
                return test
        return None


def reasons():
    """Bugs that no test can see: key and why."""
    known, key = {}, None
    with open(REASONS, encoding='utf-8') as lines:
        for line in lines.read().split('\n'):
            if line.startswith('\t'):
                known[key] = (known[key] + ' ' + line.strip()).strip()
            elif line and not line.startswith('#'):
                key = line
                known[key] = ''
    return known


def choose(args):
    """The bugs of this run."""
    bugs = [bug for path in args.files or sorted(glob.glob('verifier/*.c')) for bug in bugs_of(path)]
    if args.sample:
        return random.Random(args.seed).sample(bugs, min(args.sample, len(bugs)))
    chosen, by_function = [], {}
    for bug in bugs:
        by_function.setdefault((bug.path, bug.function), []).append(bug)
    for group in by_function.values():
        group.sort(key=lambda bug: zlib.crc32(bug.key().encode()))
        chosen += group[:-(-len(group) // args.every)]
    return sorted(chosen, key=lambda bug: zlib.crc32(bug.key().encode()))


def killed_before(path):
    """Keys that an earlier run's output says were killed."""
    with open(path, encoding='utf-8') as log:
        return {line.rstrip('\n').split(': ', 2)[2] for line in log if line.startswith('killed ')}


def attempt(job):
    """One bug in a folder of its own."""
    number, bug, bench = job
    folder = '%s/bug%d' % (BUILD, number)
    os.makedirs(folder, exist_ok=True)
    killer = Trial(bug, folder, bench).killer()
    run(['rm', '-rf', folder])
    return bug, killer


def try_all(bugs, bench, jobs):
    """Plant them all; returns those that survive, and those of them that nothing explains."""
    known, survived, fresh = reasons(), [], []
    work = [(number, bug, bench) for number, bug in enumerate(bugs)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for bug, killer in pool.map(attempt, work):
            if killer:
                print('killed    %s: %s: %s' % (killer, bug.rule, bug.key()), flush=True)
                continue
            survived.append(bug)
            why = known.get(bug.key())
            if not why:
                fresh.append(bug)
            print('SURVIVED  %s:%d %s: %s%s' % (bug.path, bug.number + 1, bug.rule, bug.key(),
                                                '\n          ' + why if why else ''), flush=True)
    return survived, fresh


def main():
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog='tests/mutate')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--every', type=int, default=16)
    parser.add_argument('--sample', type=int, default=0)
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 32))
    parser.add_argument('--resume')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('files', nargs='*')
    args = parser.parse_args()
    bugs = choose(args)
    if args.list:
        print('\n'.join('%s: %s' % (bug.rule, bug.key()) for bug in bugs))
        return 0
    bench = Bench(args.sample)
    bench.build()
    before = killed_before(args.resume) if args.resume else set()
    survived, fresh = try_all([bug for bug in bugs if bug.key() not in before], bench, args.jobs)
    killed = len(bugs) - len(survived)
    if args.sample:
        failed = not killed
        print('seed %d: %d of %d bugs killed' % (args.seed, killed, len(bugs)))
        print('mutate: %d passed, %d failed' % (not failed, failed))
        return failed
    print('%d of %d bugs killed (%.1f %%), %d survived, %d of them without a reason in %s' %
          (killed, len(bugs), 100 * killed / len(bugs), len(survived), len(fresh), REASONS))
    return bool(fresh) or 100 * killed < LEAST * len(bugs)


if __name__ == '__main__':
    sys.exit(main())
