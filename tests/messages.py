#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""messages.py SRC POT: every text that the program can say, a line each, to be read by one pair of eyes.

First the errors, by code, with place, exit status and the hint that follows them on the terminal; then
every other text of the catalogue with its place. Columns are separated by tabs.
"""
import ast
import pathlib
import re
import sys

STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*(?:PRI\w+\s*)?)+)'


def text_of(literals):
    return "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', literals))


def one_line(text):
    return text.replace("\n", "\\n").replace("\t", "\\t")


def hints(src):
    table = {}
    source = (src / "src/base/err.c").read_text(encoding="utf-8")
    for code, status, rest in re.findall(r'\[(E_\w+)\]\s*=\s*\{"E_\w+",\s*(\d+),\s*([^}]*)\}', source):
        table[code] = (status, text_of(rest))
    assert table, "no table of codes in err.c"
    return table


def errors(src):
    call = re.compile(r'err_(?:set|null)\(\s*[^,;]+,\s*(E_\w+),\s*((?:[^;"]|"(?:[^"\\]|\\.)*")*?)\);', re.S)
    for path in sorted((src / "src").rglob("*.c")):
        source = path.read_text(encoding="utf-8")
        for found in call.finditer(source):
            place = f"{path.relative_to(src)}:{source.count(chr(10), 0, found.start()) + 1}"
            for literals in re.findall(STRINGS, found.group(2)):
                text = text_of(literals)
                if " " in text or "%" in text:
                    yield found.group(1), place, text


def catalogue(pot):
    for block in pathlib.Path(pot).read_text(encoding="utf-8").split("\n\n"):
        places = re.findall(r"^#: (.*)$", block, re.M)
        found = re.search(r'^msgid ((?:".*"\n?)+)', block, re.M)
        if places and found and text_of(found.group(1)):
            yield places[0].split()[0].removeprefix("../"), text_of(found.group(1))


def main():
    src = pathlib.Path(sys.argv[1])
    table = hints(src)
    said = set()
    for code, place, text in sorted(errors(src)):
        status, hint = table[code]
        said.add(text)
        print("\t".join([code, status, place, one_line(text), one_line(hint)]))
    for place, text in catalogue(sys.argv[2]):
        if text not in said:
            print("\t".join(["-", "-", place, one_line(text), ""]))


main()
