# SPDX-License-Identifier: GPL-2.0-only
"""Do the tests see a bug in the verifier?  Plants one at a time, and says which test saw it.

usage: python3 tests/mutate [--list] [--every N | --sample N [--seed S]] [--match TEXT] [--retry]
                            [--resume LOG] [--jobs N] [FILE...]

A bug is one changed line of a function of verifier/, see rules.py. Only the changed file is
compiled anew (of a header, the files that include it); the tests run cheapest first, and the
first case that fails ends the matter. A test that takes several times as long sees it as well.
A change that does not compile, or of which the compiler makes the same, is no bug.

Without FILE all files have their turn; every function has at least one bug, and with
--every N at least one in N of those that the rules make (16). What survives is
looked up in tests/mutate/survivors, which says why no test can see it, and why a function
has no bug. Fails if one is not there, or if less than 95 % are killed. A bug that is there
counts as one that survives and is not tried, but with --retry.

--match: only bugs with TEXT in the name that they have in the output.

--resume: what LOG, an earlier run's output, says was killed is not tried again.

--sample takes bugs anywhere and two tests until N are killed: does all this still work? Those two
see four in five, so that 16 times N, and not N killed, is no bad luck.
"""
import argparse
import concurrent.futures
import glob
import os
import random
import sys
import zlib

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from tests.mutate.bench import BUILD, Bench, Trial, run, seconds_of_children  # noqa: E402
from tests.mutate.rules import bugs_of  # noqa: E402

REASONS = 'tests/mutate/survivors'
LEAST = 95                          # per cent killed
SAMPLE_TRIES = 16                   # bugs planted for one that is killed


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


def checksum(bug):
    """Chance, but the same in each run."""
    return zlib.crc32(bug.key().encode())


class Group:
    """A function's bugs: so many of them are planted, the next if one turns out to be none."""

    def __init__(self, path, function, bugs, every):
        self.name = '%s %s' % (path, function)
        self.path, self.bugs = path, sorted(bugs, key=checksum)
        self.share = -(-len(bugs) // every)
        self.results = []           # bug, result, why

    def chosen(self):
        """What is planted if all are bugs."""
        return self.bugs[:self.share]

    def count(self, *results):
        """How many ended so?"""
        return sum(result in results for _, result, _ in self.results)

    def planted(self):
        """How many were bugs?"""
        return self.count('killed', 'survived')

    def attempt(self, bench, before, known, retry):
        """Plant them. @before: results of an earlier run; @known: reasons."""
        folder = '%s/%s' % (BUILD, self.name.replace('/', '.').replace(' ', '-'))
        for bug in self.bugs:
            if self.planted() == self.share:
                break
            if bug.key() in before:
                result, why = before[bug.key()]
            elif bug.key() in known and not retry:
                result, why = 'survived', known[bug.key()]
            else:
                os.makedirs(folder, exist_ok=True)
                result, why = Trial(bug, folder, bench).result()
                run(['rm', '-rf', folder])
                why = why or known.get(bug.key(), '')
            self.results.append((bug, result, why))
            print('%s\t%s\t%s\t%s' % (result, bug.rule, bug.key(), why), flush=True)
        return self


def groups_of(paths, every, text):
    """All functions of the files, and their bugs; only those whose name has @text, if there is one."""
    groups = [Group(path, function, bugs, every)
              for name in paths for (path, function), bugs in bugs_of(name).items()]
    for group in groups if text else []:
        group.bugs = [bug for bug in group.bugs if text in bug.key()]
        group.share = len(group.bugs)
    return [group for group in groups if group.bugs or not text]


def results_of(path):
    """Key, and how it ended, of what need not be tried again since an earlier run."""
    before = {}
    with open(path, encoding='utf-8') as log:
        for line in log:
            parts = line.rstrip('\n').split('\t')
            if parts[0] in ('killed', 'no bug'):
                before[parts[2]] = parts[0], parts[3]
    return before


def table(groups):
    """The result by file."""
    print('\n%-26s %9s %8s %7s %9s %8s' % ('file', 'functions', 'planted', 'killed', 'explained', 'survived'))
    sums = [0] * 5
    for path in sorted({group.path for group in groups}):
        mine = [group for group in groups if group.path == path]
        survivors = [why for group in mine for _, result, why in group.results if result == 'survived']
        row = [len(mine), sum(group.planted() for group in mine), sum(group.count('killed') for group in mine),
               sum(bool(why) for why in survivors), sum(not why for why in survivors)]
        sums = [a + b for a, b in zip(sums, row)]
        print('%-26s %9d %8d %7d %9d %8d' % tuple([path] + row))
    print('%-26s %9d %8d %7d %9d %8d' % tuple(['all'] + sums))
    return sums[1], sums[2], sums[4]


def stale(groups, known):
    """Reasons for what is gone."""
    names = {group.name for group in groups} | {bug.key() for group in groups for bug in group.bugs}
    paths = {group.path for group in groups}
    return [name for name in known if name.split(' ')[0] in paths and name not in names]


def report(groups, known):
    """What came out; returns whether it is too little."""
    planted, killed, fresh = table(groups)
    for group in groups:
        for bug, result, why in group.results:
            if result == 'survived':
                print('\nsurvived: %s:%d %s\n\t%s' % (bug.path, bug.number + 1, bug.key(), why or 'no reason is known'))
    bare = [group.name for group in groups if not group.planted()]
    for name in bare:
        print('\nno bug in %s\n\t%s' % (name, known.get(name) or 'no reason is known'))
    bare = [name for name in bare if not known.get(name)]
    print('\n%d of %d bugs killed (%.1f %%), %d survive without a reason in %s, %d functions without a bug; '
          '%d s of CPU' % (killed, planted, 100 * killed / max(planted, 1), fresh, REASONS, len(bare),
                           seconds_of_children()))
    return bool(fresh or bare) or 100 * killed < LEAST * planted


def sample(bugs, bench, number, seed):
    """Plant a few, anywhere, until so many are killed."""
    killed = planted = 0
    for bug in random.Random(seed).sample(bugs, min(SAMPLE_TRIES * number, len(bugs))):
        group = Group(bug.path, bug.function, [bug], 1).attempt(bench, {}, {}, False)
        killed, planted = killed + group.count('killed'), planted + 1
        if killed == number:
            break
    print('seed %d: %d of %d bugs killed' % (seed, killed, planted))
    print('mutate: %d passed, %d failed' % (killed == number, killed != number))
    return killed != number


def main():
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog='tests/mutate')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--every', type=int, default=16)
    parser.add_argument('--sample', type=int, default=0)
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 32))
    parser.add_argument('--match')
    parser.add_argument('--retry', action='store_true')
    parser.add_argument('--resume')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('files', nargs='*')
    args = parser.parse_args()
    groups = groups_of(args.files or sorted(glob.glob('verifier/*.[ch]')), args.every, args.match)
    if args.list:
        print('\n'.join('%s: %s' % (bug.rule, bug.key()) for group in groups for bug in group.chosen()))
        return 0
    bench = Bench(args.sample)
    wrong = bench.build()
    if wrong:
        print(wrong)
        return 1
    if args.sample:
        return sample([bug for group in groups for bug in group.bugs], bench, args.sample, args.seed)
    before = results_of(args.resume) if args.resume else {}
    known = reasons()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(lambda group: group.attempt(bench, before, known, args.retry),
                      sorted(groups, key=lambda group: zlib.crc32(group.name.encode()))))
    for name in [] if args.match else stale(groups, known):
        print('gone, but there is a reason: %s' % name)
    return report(groups, known)


if __name__ == '__main__':
    sys.exit(main())
