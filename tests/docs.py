#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What test_docs.sh asks of the documents: do they and the code name things that are there?

    docs.py sources     each "Source:" of a comment names what a reader can open
    docs.py explain     so does each line on standard input (the sources that explain prints)
    docs.py links       links, paths and functions named in the documents exist
    docs.py pages       each page of facts is in the index

Run in the source tree. Says what is wrong, a line each; exit 1 when anything is.
"""
import glob
import os
import re
import sys

ROOMS = "src include doc tests fixtures man completions"
PATH = re.compile(r"(?<![\w/.-])([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.*-]+)+)")
FILE = re.compile(r"\.(?:c|h|md|sh|py|json|txt|reg|ps1)$")
DOCUMENT = re.compile(r"doc/[\w/.-]+\.md")
OPENABLE = re.compile(r'doc/[\w/.-]+\.md|"[^"]+"|\[MS-\w+\]|\bRFC \d+|\bKB\d+|Specification'
                      r"|\b[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
OWN = re.compile(r"reference sheet|\.\./shared")
bad = []


def complain(where, what):
    bad.append(f"{where}: {what}")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def headings(path):
    return [m.group(1).strip() for m in re.finditer(r"^#+ (.*)$", read(path), re.M)]


def slug(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def is_there(path):
    return bool(glob.glob(path)) if "*" in path else os.path.exists(path)


# ---- sources ----

def judge_source(where, text):
    """text: one source, on one line."""
    if OWN.search(text):
        complain(where, f"names what is not in the tree: {text}")
    if not OPENABLE.search(text):
        complain(where, f"names nothing that can be opened: {text}")
    for m in DOCUMENT.finditer(text):
        if not os.path.exists(m.group()):
            complain(where, f"{m.group()} is not there")
            continue
        there = headings(m.group())
        quoted = re.match(r'(?:,? (?:and )?"[^"]+")*', text[m.end():]).group()
        for heading in re.findall(r'"([^"]+)"', quoted):
            if heading not in there:
                complain(where, f'{m.group()} has no heading "{heading}"')
    for word in text.replace(";", " ").split():
        word = word.strip('.,:()"')
        before = text[:text.index(word)]
        if FILE.search(word) and not os.path.exists(word) and not re.search(
                r"[\w-]+/[\w.-]+, $", before):
            complain(where, f"{word} is not in the tree, and no repository is named")


def comments(path):
    """Sources in the comments of a C file, with their lines."""
    text = read(path)
    for m in re.finditer(r"/\*.*?\*/", text, re.S):
        for s in re.finditer(r"\bSources?: (.*?)(?=\n \*\n|\*/|\Z)", m.group(), re.S):
            line = text.count("\n", 0, m.start() + s.start()) + 1
            yield line, " ".join(s.group(1).replace("\n *", " ").split())


def sources():
    n = 0
    for folder in ("src", "include", "fixtures"):
        for path in sorted(glob.glob(folder + "/**/*.[ch]", recursive=True)):
            for line, text in comments(path):
                judge_source(f"{path}:{line}", text)
                n += 1
    if n < 60:
        complain("sources", f"only {n} found")


def explained():
    n = 0
    for line in sys.stdin:
        rule, text = line.rstrip("\n").split("\t")
        judge_source(rule, text)
        n += 1
    if n < 60:
        complain("explain", f"only {n} sources")


# ---- documents ----

def documents():
    return sorted(glob.glob("doc/**/*.md", recursive=True) + glob.glob("*.md") +
                  glob.glob("fixtures/*.md"))


def judge_link(path, target):
    file, _, anchor = target.partition("#")
    place = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
    if not os.path.exists(place):
        complain(path, f"link to {target}, which is not there")
    elif anchor and anchor not in [slug(h) for h in headings(place)]:
        complain(path, f"link to {target}: no such heading")


def links():
    names = set()
    for folder in ROOMS.split():
        for path in glob.glob(folder + "/**/*.[chs]*", recursive=True):
            if os.path.isfile(path):
                names.update(re.findall(r"\w+", read(path)))
    for path in documents():
        text = re.sub(r"```.*?```", "", read(path), flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match(r"[a-z]+:", target):
                judge_link(path, target)
        for test in re.findall(r"tests/(?:test|fuzz)_\w+(?![\w.*])", read(path)):
            if not any(is_there(test + end) for end in (".c", ".sh")):
                complain(path, f"{test} is no test")
        for code in re.findall(r"`([^`\n]+)`", text):
            for named in PATH.findall(code):
                if named.split("/")[0] in ROOMS.split() and FILE.search(named) and \
                        not is_there(named):
                    complain(path, f"{named} is not there")
            if re.fullmatch(r"[a-z][a-z0-9_]*\(\)", code) and code[:-2] not in names:
                complain(path, f"{code} is nowhere in the code")
        if OWN.search(text):
            complain(path, "names a place outside of the tree")


def pages():
    index = read("doc/FORMATS/README.md")
    for path in sorted(glob.glob("doc/FORMATS/*.md")):
        name = os.path.basename(path)
        if name != "README.md" and f"| [{name}]({name}) |" not in index:
            complain(path, "is not in the index")


{"sources": sources, "explain": explained, "links": links, "pages": pages}[sys.argv[1]]()
for text in bad:
    print(text)
sys.exit(bool(bad))
