#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs_run.py DOCUMENT: run the console blocks of a document in this folder, command by command.

A line "$ command" is run by sh; "# exit N" behind it is its exit status; lines between are found in what it
printed, wherever they stand and however they are spaced. Says what is not so, a line each; exit 1 then.
"""
import re
import subprocess
import sys

bad = []


def packed(text):
    return " ".join(text.split())


def judge(command, shown, status):
    run = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = packed(run.stdout.decode("utf-8", "replace"))
    if run.returncode != status:
        bad.append(f"{command}: exit {run.returncode}, not {status}: {said[-300:]}")
    for line in shown:
        if packed(line) not in said:
            bad.append(f"{command}: does not say {packed(line)}")


def run_block(block):
    command, shown = None, []
    for line in [*block.splitlines(), "$ "]:
        if line.startswith("$ "):
            if command:
                bad.append(f"{command}: the document does not say how it ends")
            command, shown = line[2:], []
        elif line.startswith("# exit "):
            judge(command, shown, int(line[7:]))
            command = None
        elif line.strip():
            shown.append(line)


with open(sys.argv[1], encoding="utf-8") as document:
    blocks = re.findall(r"^```console\n(.*?)^```", document.read(), re.M | re.S)
for one in blocks:
    run_block(one)
if not blocks:
    bad.append("no console block")
print("\n".join(bad))
sys.exit(bool(bad))
