#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""random_disks.py [--count N] [--seed N] [--first N] [--keep FOLDER]: whole disks whose verdict is known before.

Each disk is put together by chance (random_windows.py says what follows from it, random_make.py makes its bytes).
check must say the verdict, the step and the rules; fix must mend what can be mended and leave what cannot, and say
so in its exit status; undo must bring back every byte; other programs must read what was written. The disk of a
number is always the same. Prints what is not so, and a line of counts. Environment: S7B, S7B_SRC, FIXTURE_BIN.
"""
import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import random_containers as container
import random_make as make
import random_windows as w


class Trial:
    def __init__(self, disk, number, folder, said):
        self.disk, self.number, self.folder, self.said = disk, number, folder, said
        self.counts, self.somewhere = collections.Counter(), set()

    def bad(self, words):
        self.said.append(f"{self.number} {self.disk.words()}: {words}")

    def run(self, *words):
        done = subprocess.run([os.environ["S7B"], *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        self.counts["runs"] += 1
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    # ---- check ----

    def check(self, targets, machine="new", left=None):
        """What check says is what is expected, of all targets at once; left: problems instead of all."""
        named = [word for t in targets for word in ("--target", t)]
        status, out, err = self.run("check", "--json", *named, "--machine", machine, self.image.name)
        try:
            there = json.loads(out)["installations"][0]
            told = there["targets"]
        except (ValueError, IndexError):
            self.bad(f"check {machine}: exit {status} {err[:300]}")
            return
        if there["version"] != "Windows " + self.disk.release.upper():
            self.bad(f"it is called {there['version']}")
        good = True
        expected = [w.expect(self.disk, t, machine) for t in targets]
        # a finding that several targets share is fixable when it is so for one of them
        self.somewhere = {p.subject.lower() for _, problems in expected for p in problems if p.mendable is True}
        for target, got, (blocked, problems) in zip(targets, told, expected):
            problems = problems if left is None else left
            words = f"check {target} {machine}{'' if left is None else ' after fix'}"
            findings = [there["findings"][i] for i in got["findings"]]
            rules = sorted((f["rule"], f["subject"] or "", f["fixable"]) for f in findings
                           if f["severity"] != "note")
            self.judge(words, got, blocked, problems, rules)
            good = good and got["verdict"] in ("boots", "doubt")
        if status != (0 if good else 1):
            self.bad(f"check {machine}: exit {status}")

    def judge(self, words, got, blocked, problems, rules):
        wanted, steps = w.verdict(blocked, problems)
        self.counts[got["verdict"]] += 1
        if got["verdict"] != wanted or got["step"] not in steps:
            self.bad(f"{words}: {got['verdict']} at {got['step']}, not {wanted} at {'/'.join(map(str, steps))}; "
                     f"{rules}, not {short(problems)}")
        elif not blocked:
            self.check_rules(words, problems, rules)

    def check_rules(self, words, problems, rules):
        """Each problem is told by one of its rules, with the right word about mending; nothing else is told."""
        missing = [p for p in problems if p.severity != "note" and not any(self.is_told(p, r) for r in rules)]
        more = [r for r in rules if not any(r[0] in p.rules and p.severity != "note" for p in problems)]
        if missing or more:
            self.bad(f"{words}: not told {short(missing)}, told besides {more}; all: {rules}")

    def is_told(self, problem, row):
        rule, subject, fixable = row
        return rule in problem.rules and problem.subject.lower() in subject.lower() and \
            (problem.mendable in (None, fixable) or fixable and problem.subject.lower() in self.somewhere)

    # ---- fix ----

    def fix(self, target):
        blocked, problems = w.expect(self.disk, target)
        before, times = self.sums(), self.base_state()
        status, out, err = self.run("fix", "--yes", "--target", target, self.image.name)
        self.counts["fixes"] += 1
        wrote = self.sums() != before
        weighty = [p for p in problems if p.severity != "note"]
        mendable = [p for p in weighty if p.mendable is True]
        left = w.mended(weighty)
        good = w.verdict(blocked, left)[0] in ("boots", "doubt")
        # SYSTEM alone lacks its log: boot sectors and stores can be mended
        lost = self.disk.log == "lost" and any(p.rules[0][0] != "B" for p in mendable)
        wanted = 4 if lost and mendable and not blocked else 0 if good and not blocked else 1
        if status != wanted or wrote != bool(mendable and not blocked and not lost):
            self.bad(f"fix {target}: exit {status}, not {wanted}; {'wrote' if wrote else 'wrote nothing'}; {short(problems)}; "
                     f"{(out[-300:] + err[-300:])!r}")
        if not wrote:
            return
        self.counts["written"] += 1
        self.check([target], left=left)
        if self.number % 2 == 0:
            self.second_opinion(target, problems)
        status, out, err = self.run("undo", "--yes", self.image.name)
        if status != 0 or self.sums() != before or self.base_state() != times:
            self.bad(f"undo {target}: exit {status}, {'same' if self.sums() == before else 'other'} bytes {err[-300:]}")

    def sums(self):
        return digest(self.image)

    def base_state(self):
        return [(p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(self.folder.glob("base.*"))]

    # ---- other programs ----

    def second_opinion(self, target, problems):
        """qemu-img reads the container, ntfscat or 7zz the volume, hivex the hive: the drivers start now."""
        flat = self.folder.with_name("flat.raw")
        volume = self.folder.with_name("flat.ntfs")
        kind = {"img": "raw", "vhd": "vpc", "vhdx": "vhdx"}[self.image.suffix[1:]]
        if self.disk.container == "vhdx-child" or self.disk.container == "vhd-child" or self.disk.sector == 4096:
            return  # qemu-img 7.2 opens neither differencing files nor sectors of 4096 bytes
        container.run("qemu-img", "convert", "-f", kind, "-O", "raw", self.image, flat)
        if kind == "vhdx":
            container.run("qemu-img", "check", "-q", "-f", kind, self.image)
        with open(flat, "rb") as f, open(volume, "wb") as out:
            f.seek(self.start)
            out.write(f.read(self.size))
        hive = self.folder.with_name("flat.SYSTEM")
        with open(hive, "wb") as out:
            subprocess.run(["ntfscat", "-f", str(volume), f"/{make.folder(self.disk)}/System32/config/SYSTEM"],
                           env=container.ENV, stdout=out, stderr=subprocess.DEVNULL, check=True)
        self.counts["second opinions"] += 1
        for p in problems:
            if p.mendable is True and set(p.rules) & {"R1", "R3", "R4"}:
                name = self.disk.service(p.subject).name
                got = subprocess.run(["hivexget", str(hive), f"ControlSet{self.disk.sets:03d}\\Services\\{name}", "Start"],
                                     capture_output=True, check=False).stdout.decode().strip()
                if got not in ("0", "dword:00000000", "0x00000000"):
                    self.bad(f"hivex: Start of {name} is {got!r} after fix {target}")


def short(problems):
    return [(p.step, p.severity, "/".join(p.rules), p.subject, p.mendable) for p in problems]


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def one(number, seed, keep, said):
    rng = random.Random(seed * 1_000_003 + number)
    disk = w.choose(rng)
    with tempfile.TemporaryDirectory() as scratch:
        work, out = Path(scratch, "work"), Path(scratch, "out")
        work.mkdir()
        out.mkdir()
        trial = Trial(disk, number, out, said)
        trial.image, trial.start, trial.size = make.make(disk, work, out)
        before = len(said)
        targets = sorted(t for t in w.TARGETS if judged(disk, t))
        trial.check(targets)
        if disk.x64:
            trial.check(targets, "0")
        trial.fix(rng.choice(targets))
        if keep and len(said) > before:
            shutil.copytree(out, os.path.join(keep, str(number)), dirs_exist_ok=True)
    trial.counts[f"{disk.release} {disk.container}"] += 1
    return trial.counts


def judged(disk, target):
    """A VHD that boots natively is a VHD of 512-byte sectors whose own way to the loader is its host's."""
    native = target.startswith("vhd-on")
    return not native or disk.container != "raw" and disk.sector == 512 and disk.loader


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", help="folder for the disks that are told otherwise")
    args = parser.parse_args()
    said, counts, shown, wrong = [], collections.Counter(), 0, 0
    for number in range(args.first, args.first + args.count):
        counts += one(number, args.seed, args.keep, said)
        wrong += len(said) > shown
        for line in said[shown:shown + 5]:
            print(line, flush=True)
        if len(said) > shown + 5:
            print(f"{number} and {len(said) - shown - 5} more like it", flush=True)
        shown = len(said)
    print(f"{args.count} disks, {wrong} told otherwise; " + ", ".join(f"{k} {n}" for k, n in sorted(counts.items())))
    return 1 if said else 0


sys.exit(main())
