#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutate.py BUILD [-n COUNT] [-s SEED] [-j JOBS] [ROOM...]: break the code in many places, one at a time, and see
whether a test notices.

BUILD is a configured build folder of a copy of the tree: the sources of that copy are changed and put back. A
mutant is one condition inverted, one comparison or number off by one, one call left out, or one failure
returned as success. Of each file of a room COUNT are tried, chosen by SEED. A mutant that does not compile
does not count; one that every test of its room passes survives and is printed.

tests/mutants.txt names survivors that are no fault, with the reason, by file, line of code and change; others
end the run with status 1. Rooms and the tests that must notice stand in the table below.
"""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys

# Room: files, then the test programs that know them, the quick ones first.
ROOMS = {
    "change": (["src/change/[!p]*.c", "src/change/patch.c"],
               "test_undo test_patch test_writes test_staged test_save test_lock test_apply_order test_apply "
               "test_apply_hostile test_session test_session_edits test_session_bytes"),
    "package": (["src/change/package*.c"], "test_package_registry test_package test_session_packages"),
    "place": (["src/disk/*place*.c", "src/disk/vhdx_update.c", "src/disk/vhd_bitmap.c"],
              "test_block_places test_vhd_bitmap test_vhd_place test_vhdx_place test_vhd test_vhdx test_vhd_child "
              "test_vhdx_parent test_apply test_session"),
    "hive_edit": (["src/registry/hive_edit*.c"],
                  "test_hive_edit test_hive_edit_cells test_hive_edit_keys test_hive_edit_name test_hive_edit_old "
                  "test_hive_edit_values test_hive_edit_bounds test_registry_edit test_hive_edit_random"),
    "ntfs_write": (["src/fs/ntfs_write*.c"],
                   "test_ntfs_write test_ntfs_write_names test_ntfs_write_refused test_session_packages"),
}
LIMIT = 120  # seconds a test may take: a mutant that hangs is noticed

CALL = re.compile(r"^(\t+)([a-z_][\w>.-]*\([^;{}]*\));$")
SWAPS = [("<=", "<"), (">=", ">"), ("==", "!="), ("!=", "=="), ("&&", "||"), ("||", "&&"), (" < ", " <= "),
         (" > ", " >= "), (" + 1", ""), (" - 1", ""), ("return -1;", "return 0;"), ("return true;", "return false;"),
         ("return false;", "return true;"), (" |= ", " = "), (" += ", " = "), (" + ", " - ")]


def code_of(line):
    """The line with strings blanked out, and nothing for comments and what the preprocessor reads."""
    if re.match(r"\s*(/\*|\*|//|#)", line):
        return ""
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: '"' + "_" * (len(m.group(0)) - 2) + '"', line.split("/*")[0])


def changes_of(line):
    """Every other line that it could be, with a word for the change."""
    code = code_of(line)
    found = re.match(r"(\s*(?:\} else )?(?:if|while) )\((.*)\)( \{)?$", code)
    if found:
        inner = line[len(found.group(1)) + 1:len(line.rstrip()) - 1 - len(found.group(3) or "")]
        yield "inverted", f"{found.group(1)}(!({inner})){found.group(3) or ''}"
    if CALL.match(code) and not code.lstrip().startswith(("return", "va_", "free(", "arena_free(", "close(")):
        yield "left out", CALL.match(code).group(1) + ";"
    for old, new in SWAPS:
        at = code.find(old)
        while at >= 0:
            yield f"{old.strip()} -> {new.strip() or 'nothing'}", line[:at] + new + line[at + len(old):]
            at = code.find(old, at + len(old))
    for number in re.finditer(r"(?<![\w.\"'])(\d+)(?=u?[\s;,)\]])", code):
        if code.lstrip().startswith(("case", "static", "struct", "enum", "return -")):
            break
        yield f"{number.group(1)} + 1", line[:number.start(1)] + str(int(number.group(1)) + 1) + line[number.end(1):]


class Tree:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        source = re.search(r"^abs_top_srcdir = (.*)$", (self.build / "Makefile").read_text(encoding="utf-8"), re.M)
        self.source = pathlib.Path(source.group(1))

    def make(self, tests, jobs):
        names = [f"tests/{name}" for name in tests]
        return subprocess.run(["make", "-s", f"-j{jobs}", *names], cwd=self.build, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def passes(self, name):
        here = dict(os.environ, S7B_SRC=str(self.source), S7B_IMAGES=str(self.build / "images"),
                    S7B=str(self.build / "stop7b"), FIXTURE_BIN=str(self.build / "fixtures"), S7B_DATA="/nonexistent",
                    LC_ALL="C.UTF-8")
        try:
            run = subprocess.run([str(self.build / "tests" / name)], cwd=self.build, env=here, timeout=LIMIT,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            return False
        return run.returncode == 0


def explained(tree):
    path = tree.source / "tests/mutants.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {tuple(part.strip() for part in line.split("|")[:3]) for line in lines if line.count("|") >= 3}


def mutants_of(path, count, chance):
    lines = path.read_text(encoding="utf-8").split("\n")
    every = [(i, word, new) for i, line in enumerate(lines) for word, new in changes_of(line)]
    return lines, sorted(chance.sample(every, min(count, len(every))))


def try_file(tree, path, tests, options, chance, known, sums):
    name = str(path.relative_to(tree.source))
    lines, mutants = mutants_of(path, options.n, chance)
    try:
        for at, word, new in mutants:
            path.write_text("\n".join([*lines[:at], new, *lines[at + 1:]]), encoding="utf-8")
            if not tree.make(tests, options.j):
                sums["not code"] += 1
                continue
            if not all(tree.passes(test) for test in tests):
                sums["noticed"] += 1
                continue
            key = (name, lines[at].strip().replace("|", "¦"), word.replace("|", "¦"))
            sums["explained" if key in known else "survived"] += 1
            if key not in known:
                print(f"{name}:{at + 1} | {key[1]} | {key[2]}", flush=True)
    finally:
        path.write_text("\n".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("rooms", nargs="*", default=[])
    parser.add_argument("-n", type=int, default=8)
    parser.add_argument("-s", type=int, default=1)
    parser.add_argument("-j", type=int, default=2)
    options = parser.parse_intermixed_args()
    tree, survived = Tree(options.build), 0
    for room in options.rooms or ROOMS:
        patterns, tests = ROOMS[room][0], ROOMS[room][1].split()
        if not tree.make(tests, options.j) or not all(tree.passes(test) for test in tests):
            sys.exit(f"mutate.py: the tests of {room} do not pass as they are")
        sums = {"noticed": 0, "survived": 0, "explained": 0, "not code": 0}
        for path in sorted({p for pattern in patterns for p in tree.source.glob(pattern)}):
            try_file(tree, path, tests, options, random.Random(f"{options.s} {path.name}"), explained(tree), sums)
        print(f"{room}: " + ", ".join(f"{count} {word}" for word, count in sums.items()), flush=True)
        tree.make(tests, options.j)
        survived += sums["survived"]
    sys.exit(1 if survived else 0)


main()
