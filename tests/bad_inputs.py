#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bad_inputs.py [--count N] [--seed N] [--first N] [--keep FOLDER] SEEDS: does the program hold on inputs with one lie?

Each input is a copy of a sound one of SEEDS (see test_bad_inputs.sh) with one or two fields that lie, checksums
right (bad_bytes.py, bad_volumes.py). Commands that read must leave every file as it is. All must end with a
documented exit status, within 5 s of CPU and 256 MiB, without a signal or a word of a sanitizer; what fails must
say so in words, with --json in one of the codes of enum err_code. What fix writes, undo must take back. The
input of a number is always the same. Prints what is not so, and a line of counts. Environment: S7B.
"""
import argparse
import collections
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bad_bytes as b
import bad_volumes as v

CPU, MEMORY = 5, 256 << 20
ERRORS = Path(os.environ["S7B_SRC"], "include/stop7b/err.h").read_text(encoding="utf-8")
CODES = set(re.findall(r"^\t(E_[A-Z]+)", ERRORS, re.M))
UGLY = re.compile(r"Sanitizer|runtime error|internal error|Assertion|\(null\)")
TARGETS = ("portable", "all", "last", "physical-ahci", "physical-nvme", "hyperv-gen2", "kvm-virtio-blk", "vhd-on-ahci",
           "usb", "xen")
SYSTEM = v.hive_in(("SYSTEM",))
STORE = v.hive_in(("BCD", "SYSTEM"))

# seed: (what may be changed, how often), and the partition and folder of its Windows
IMAGES = {
    "7.vhd": ((b.vhd_footer, b.vhd_header, b.vhd_table, b.vhd_bitmap, b.cut), "2"),
    "child.vhd": ((b.vhd_footer, b.vhd_header, b.vhd_table, b.cut), "2"),
    "fixed.vhd": ((b.vhd_footer, b.cut), "2"),
    "7.vhdx": ((b.vhdx_header, b.vhdx_regions, b.vhdx_metadata, b.vhdx_table, b.cut), "2"),
    "child.vhdx": ((b.vhdx_header, b.vhdx_regions, b.vhdx_metadata, b.vhdx_table), "2"),
    "7.raw": ((b.mbr, v.ntfs_boot, v.ntfs_record, v.ntfs_record, v.ntfs_index, SYSTEM, SYSTEM, SYSTEM, STORE), "2"),
    "10.raw": ((b.gpt, v.fat, v.ntfs_record, v.ntfs_index, SYSTEM, SYSTEM), "3"),
    "xp.raw": ((b.mbr, v.boot_ini, v.ntfs_record, SYSTEM), "1"),
    "4k.raw": ((b.gpt, v.ntfs_boot, v.ntfs_record, SYSTEM), "1"),
    "dirty.raw": ((v.hive_log, v.hive_log, v.ntfs_record, SYSTEM), "2"),
}
FILES = {"x.reg": (b.text, b.text), "x.inf": (b.text,), "bcd": (v.hive_file, v.hive_file, b.cut),
         "listing.txt": (b.text,), "undo": (b.undo_record, b.undo_record, b.cut)}


def image_readers(image, n):
    """Commands that only read, for an image whose Windows lies on partition n."""
    return [["check", image], ["check", "--summary", image], ["check", "--json", "--brief", "--target", "all", image],
            ["boot", image], ["boot", "--json", "--target", "physical-ahci", image], ["diff", image],
            ["diff", "--json", "--target", "hyperv-gen1", image], ["fix", image], ["drivers", "--json", image],
            ["reg", "--json", image, "Select"], ["reg", image, "CurrentControlSet\\Services\\disk"],
            ["reg", "--export", image, "ControlSet001\\Control"], ["ls", "--json", image],
            ["ls", image, n + ":\\Windows\\System32\\drivers"],
            ["cat", image, n + ":\\Windows\\System32\\config\\SYSTEM"],
            ["aid", "--json", image], ["aid", image, "show-stop"], ["aid", image, "safe-mode"],
            ["set", image, "CurrentControlSet\\Control", "X", "multi-sz", "a", "b"], ["undo", "--list", image],
            ["recover", "--undo", image], ["plan", "--bcd", image + ":1:\\Boot\\BCD", "--vhd", "C:\\x.vhd"],
            ["bcd", "--json", image + ":1:\\EFI\\Microsoft\\Boot\\BCD"], ["bcd", image + ":1:\\Boot\\BCD"],
            ["drivers", "--drivers", "x.inf", image], ["report", "--format", "html", image]]


def image_writers(image):
    return [["aid", "--yes", image, "show-stop"], ["aid", "--yes", image, "safe-mode"],
            ["set", "--yes", image, "CurrentControlSet\\Control\\New\\Key", "X", "sz", "words " * 30],
            ["set", "--json", "--yes", image, "Select", "Default", "dword", "2"]]


class Judge:
    def __init__(self, folder, number, said):
        self.folder, self.number, self.said = folder, number, said
        self.words, self.last = "", {}
        self.exits = collections.Counter()

    def bad(self, command, words, said=""):
        self.said.append(f"{self.number} {self.words}: {' '.join(command)}: {words} {said[-1500:]}".rstrip())

    def run(self, command):
        out, err = self.folder + ".out", self.folder + ".err"
        with open(out, "wb") as o, open(err, "wb") as e:
            child = subprocess.Popen([os.environ["S7B"], *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=o,
                                     stderr=e)
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (CPU + 1, CPU + 1))
            _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out, err = (Path(p).read_bytes().decode("utf-8", "replace") for p in (out, err))
        self.exits[child.returncode] += 1
        self.judge(command, child.returncode, used, out, err)
        return child.returncode

    def judge(self, command, status, used, out, err):
        if not 0 <= status <= 6 or UGLY.search(err):
            self.bad(command, f"exit {status}", err)
        elif used.ru_utime + used.ru_stime > CPU:
            self.bad(command, f"{used.ru_utime + used.ru_stime:.1f} s")
        elif used.ru_maxrss * 1024 > MEMORY:
            self.bad(command, f"{used.ru_maxrss >> 10} MiB")
        elif status > 1 and not err.strip() and not out.strip():
            self.bad(command, f"exit {status} without a word")
        elif "--json" in command:
            self.judge_json(command, status, out)

    def judge_json(self, command, status, out):
        try:
            got = json.loads(out)
        except ValueError:
            self.bad(command, "no JSON:", out)
            return
        error = got.get("error")
        if got.get("exit", status) != status or error and error["code"] not in CODES:
            self.bad(command, f"exit {status}, JSON says {got.get('exit')}, {error}")

    def state(self):
        """Names, times and bytes of every file of the folder; of sparse ones the bytes that they hold."""
        return {p.name: (p.stat().st_mtime_ns, p.stat().st_size, digest(p))
                for p in sorted(Path(self.folder).rglob("*")) if p.is_file()}

    def read(self, commands):
        before = self.state()
        for command in commands:
            self.run(command)
        self.last = self.state()
        if self.last != before:
            self.bad(commands[0], f"or one of {len(commands) - 1} more wrote")

    def write(self, command, image):
        path = Path(self.folder, image)
        before = self.last[image][2]
        self.run(command)
        if digest(path) != before and (self.run(["undo", "--yes", image]) != 0 or digest(path) != before):
            self.bad(command, "was not taken back")


def extents(fd):
    at, end = 0, os.fstat(fd).st_size
    while at < end:
        try:
            at = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            return
        stop = os.lseek(fd, at, os.SEEK_HOLE)
        yield at, stop - at
        at = stop


def digest(path):
    """Of the bytes that are not zero, by blocks, so that a hole and zeros are the same."""
    total, block = hashlib.sha256(), 65536
    fd = os.open(path, os.O_RDONLY)
    places = {i for at, n in extents(fd) for i in range(at // block, (at + n - 1) // block + 1)}
    for i in sorted(places):
        data = os.pread(fd, block, i * block)
        if data.count(0) != len(data):
            total.update(b"%d %d " % (i, len(data)))
            total.update(data)
    os.close(fd)
    return total.hexdigest()


def copy(source, target):
    """A copy with the same holes."""
    fd, new = os.open(source, os.O_RDONLY), os.open(target, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(new, os.fstat(fd).st_size)
    for at, n in extents(fd):
        os.pwrite(new, os.pread(fd, n, at), at)
    os.close(fd)
    os.close(new)


def changed(path, changes, rng):
    words = []
    for _ in range(rng.choice((1, 1, 1, 2))):
        f = b.Bytes(path)
        try:
            words.append(rng.choice(changes)(f, rng))
        except (IndexError, ValueError, struct_error) as error:  # the first change may have left nothing to change
            words.append(f"nothing ({error})")
        f.close()
    return ", ".join(words)


struct_error = b.struct.error


def one_image(seeds, judge, rng):
    name = rng.choice(sorted(IMAGES))
    changes, n = IMAGES[name]
    for other in [name] + [p for p in ("7.vhd", "7.vhdx") if name == "child" + p[1:]]:
        copy(seeds / other, Path(judge.folder, other))
    if name.startswith("child") and rng.random() < 0.2:
        judge.words = "parent: " + changed(Path(judge.folder, "7" + name[5:]), IMAGES["7" + name[5:]][0], rng)
    else:
        judge.words = f"{name}: " + changed(Path(judge.folder, name), changes, rng)
    judge.read(rng.sample(image_readers(name, n), 3))
    if rng.random() < 0.5:
        judge.write(["fix", "--yes", "--target", rng.choice(TARGETS), name], name)
    else:
        judge.write(rng.choice(image_writers(name)), name)


def one_file(seeds, judge, rng):
    name = rng.choice(sorted(FILES))
    target = {"undo": "7.vhd.stop7b-undo"}.get(name, name)
    copy(seeds / ("after.vhd" if name == "undo" else "7.vhd"), Path(judge.folder, "7.vhd"))
    copy(seeds / name, Path(judge.folder, target))
    if name == "x.inf":
        copy(seeds / "viostor.sys", Path(judge.folder, "viostor.sys"))
    judge.words = f"{name}: " + changed(Path(judge.folder, target), FILES[name], rng)
    if name == "undo":
        judge.read([["undo", "--list", "7.vhd"], ["undo", "7.vhd"], ["recover", "--undo", "7.vhd"],
                    ["check", "--json", "7.vhd"]])
        judge.run(rng.choice((["undo", "--yes", "7.vhd"], ["recover", "--yes", "--undo", "7.vhd"],
                              ["recover", "--yes", "--finish", "7.vhd"],
                              ["recover", "--yes", "--undo", "--record", target, "7.vhd"])))
    elif name == "x.reg":
        judge.read([["set", "--file", name, "7.vhd"], ["set", "--json", "--file", name, "7.vhd"]])
        judge.write(["set", "--yes", "--file", name, "7.vhd"], "7.vhd")
    elif name == "x.inf":
        judge.read([["drivers", "--all", "--json", "--drivers", ".", "7.vhd"],
                    ["check", "--drivers", name, "--target", "kvm-virtio-blk", "7.vhd"]])
        judge.write(["fix", "--yes", "--drivers", name, "--target", "kvm-virtio-blk", "7.vhd"], "7.vhd")
    else:
        judge.read(rng.sample(store_readers(name, seeds), 3))


def store_readers(name, seeds):
    if name == "bcd":
        return [["bcd", name], ["bcd", "--json", name], ["plan", "--bcd", name, "--vhd", "C:\\seven.vhd", "7.vhd"],
                ["plan", "--format", "json", "--bcd", name, "--vhd", "C:\\seven.vhd"],
                ["plan", "--format", "md", "--bcd", name, "7.vhd"],
                ["plan", "--bcd", name, "--entry", "{default}", "7.vhd"]]
    store = str(seeds / "bcd")
    return [["plan", "--bcd", store, "--listing", name, "--vhd", "C:\\seven.vhd"],
            ["plan", "--format", "json", "--bcd", store, "--listing", name, "--vhd", "C:\\seven.vhd"],
            ["plan", "--format", "md", "--bcd", store, "--listing", name, "--vhd", "C:\\x.vhd"]]


def one(seeds, number, seed, keep, said):
    rng = random.Random(seed * 1_000_003 + number)
    with tempfile.TemporaryDirectory() as scratch:
        judge = Judge(os.path.join(scratch, "case"), number, said)
        os.mkdir(judge.folder)
        before = len(said)
        (one_image if rng.random() < 0.75 else one_file)(seeds, judge, rng)
        if keep and len(said) > before:
            shutil.copytree(judge.folder, os.path.join(keep, str(number)), dirs_exist_ok=True)
    return judge.exits


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", help="folder for the inputs that are not held")
    parser.add_argument("seeds", type=Path)
    args = parser.parse_args()
    said, exits, shown = [], collections.Counter(), 0
    for number in range(args.first, args.first + args.count):
        exits += one(args.seeds.resolve(), number, args.seed, args.keep, said)
        for line in said[shown:]:
            print(line, flush=True)
        shown = len(said)
    print(f"{args.count} inputs, {sum(exits.values())} runs, exit " +
          ", ".join(f"{k}: {n}" for k, n in sorted(exits.items())) + f"; {len(said)} not held")
    return 1 if said else 0


sys.exit(main())
