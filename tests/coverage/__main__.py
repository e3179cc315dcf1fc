# SPDX-License-Identifier: GPL-2.0-only
"""How much of the verifier do the tests run?  Lines and branches of verifier/, by file.

usage: python3 tests/coverage [--fuzz SECONDS [--seed S]] [--missing [FILE...]]

Everything is built once more, with --coverage and without optimisation, in build/coverage;
then the tests of "make check" that run the verifier do, and "modbpf check" on the programs
of tests/verifier/c. With --fuzz nothing but the fuzzer runs. --missing prints what was not
run: a line, or for a branch the line and which of its ways.

Fails below 95 % of the lines or 90 % of the branches; the fuzzer alone below 85 % of the lines.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True

BUILD = 'build/coverage'
FLAGS = '-O0 -g --coverage'
LEAST = {'lines': 95, 'branches': 90}       # per cent
LEAST_FUZZ = {'lines': 85, 'branches': 0}
# Those of tests/unit whose source, or whose support, calls the verifier.
USES = re.compile(r'"(verifier/|tests/support/(verify|agreement|jitrun)\.h)')
LEVELS = ['14-v1-O1', '14-v3-O2', '19-v1-Os', '19-v4-O2']     # of the compiled corpus


def run(command, **how):
    """Run it quietly; the end if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors='replace', check=False, **how)
    if done.returncode:
        sys.exit('%s fails:\n%s%s' % (' '.join(command[:3]), done.stdout[-4000:], done.stderr[-4000:]))
    return done.stdout


def unit_tests():
    """Names of those that run the verifier."""
    found = []
    for path in sorted(glob.glob('tests/unit/test_*.c')):
        with open(path, encoding='utf-8') as source:
            if USES.search(source.read()):
                found.append(os.path.basename(path)[:-2])
    return found


def build(names, objects):
    """The tests with counters, and what they read."""
    jobs = '-j%d' % (os.cpu_count() or 1)
    run(['make', '-s', jobs, 'B=' + BUILD, 'ASAN_CFLAGS=' + FLAGS] +
        ['%s/asan/%s' % (BUILD, name) for name in names])
    if objects:
        run(['make', '-s', jobs] + objects)
    for path in glob.glob(BUILD + '/**/*.gcda', recursive=True):
        os.remove(path)


def run_tests():
    """All that counts; how many programs ran."""
    names = unit_tests()
    objects = ['build/corpus/%s/%s.o' % (level, os.path.basename(path)[:-6])
               for level in LEVELS for path in sorted(glob.glob('tests/verifier/c/*.bpf.c'))]
    build(names + ['fuzz_verifier', 'modbpf'], objects)
    for name in names:
        print(run(['%s/asan/%s' % (BUILD, name)]).splitlines()[-1], flush=True)
    print(run([BUILD + '/asan/fuzz_verifier', '5', '1']).splitlines()[-1], flush=True)
    for path in objects:
        run([BUILD + '/asan/modbpf', 'check', '-v', path])
    print('modbpf check: %d objects' % len(objects))


def run_fuzzer(seconds, seed):
    """The fuzzer alone."""
    build(['fuzz_verifier'], [])
    print(run([BUILD + '/asan/fuzz_verifier', str(seconds), str(seed)]))


class File:
    """What was run of one."""

    def __init__(self, path):
        self.path, self.lines, self.branches = path, {}, {}

    def add(self, line):
        """A line of an object's account; a header's come from many objects."""
        number = line['line_number']
        self.lines[number] = self.lines.get(number, 0) + line['count']
        for way, branch in enumerate(line['branches']):
            self.branches[number, way] = self.branches.get((number, way), 0) + branch['count']

    def totals(self):
        """Lines run and there, branches run and there."""
        return (sum(count > 0 for count in self.lines.values()), len(self.lines),
                sum(count > 0 for count in self.branches.values()), len(self.branches))


def account():
    """Files of verifier/ by path, from the counters."""
    files = {}
    for counters in sorted(glob.glob(BUILD + '/asan/verifier/**/*.gcno', recursive=True)):
        source = os.path.relpath(counters, BUILD + '/asan')[:-5] + '.c'
        if not os.path.exists(source):      # built before it was renamed
            continue
        for text in run(['gcov', '--json-format', '--stdout', '--branch-probabilities', counters]).splitlines():
            for entry in json.loads(text)['files']:
                if entry['file'].startswith('verifier/'):
                    known = files.setdefault(entry['file'], File(entry['file']))
                    for line in entry['lines']:
                        known.add(line)
    return files


def row(name, totals):
    """A line of the table."""
    part = [100 * totals[at] / totals[at + 1] if totals[at + 1] else 100 for at in (0, 2)]
    return '%-32s %5d of %5d %6.1f %% %6d of %5d %6.1f %%' % ((name,) + totals[:2] + (part[0],) + totals[2:] + (part[1],))


def print_missing(files, wanted):
    """Which lines and branches were not run."""
    for path, known in sorted(files.items()):
        if wanted and path not in wanted:
            continue
        with open(path, encoding='utf-8') as source:
            text = source.read().split('\n')
        for number in sorted(known.lines):
            ways = [way for (line, way), count in sorted(known.branches.items()) if line == number and not count]
            if not known.lines[number]:
                print('%s:%d: never run: %s' % (path, number, text[number - 1].strip()))
            elif ways:
                print('%s:%d: not taken: %s of %d: %s' % (
                    path, number, ' '.join(map(str, ways)),
                    sum(line == number for line, _ in known.branches), text[number - 1].strip()))


def main():
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog='tests/coverage')
    parser.add_argument('--fuzz', type=int, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--missing', nargs='*')
    args = parser.parse_args()
    if args.fuzz:
        run_fuzzer(args.fuzz, args.seed)
    else:
        run_tests()
    files = account()
    if args.missing is not None:
        print_missing(files, args.missing)
    print('%-32s %23s %25s' % ('file', 'lines', 'branches'))
    for path in sorted(files):
        print(row(path, files[path].totals()))
    total = tuple(sum(known.totals()[at] for known in files.values()) for at in range(4))
    print(row('total', total))
    least = LEAST_FUZZ if args.fuzz else LEAST
    ok = 100 * total[0] >= least['lines'] * total[1] and 100 * total[2] >= least['branches'] * total[3]
    print('coverage: %s %d %% of the lines and %d %% of the branches' %
          ('at least' if ok else 'FAILED: below', least['lines'], least['branches']))
    return not ok


if __name__ == '__main__':
    sys.exit(main())
