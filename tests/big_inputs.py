# SPDX-License-Identifier: MIT
"""big_inputs.py FOLDER: registry texts as large as somebody will feed the program one day.

keys.reg       200,000 new keys below one, a value in each, about 50 MB
hex.reg        12,500 new keys, 5,000 bytes as hex in each, about 190 MB
values.reg     20,000 new values in one key
one-value.reg  one value set a million times
deletions.reg  300,000 deletions of values that are not there
services.reg   100,000 services, for mkhive
store.reg      10,000 objects of a boot store, for mkhive

`make big-inputs` makes them in big/ of the build folder; nothing of them is part of the tests.
"""
import sys
from pathlib import Path

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
HEADER = "Windows Registry Editor Version 5.00\n\n"
TOP = "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\"


def write(name, lines):
    with open(folder / name, "w", encoding="ascii", newline="\n") as out:
        out.write(HEADER)
        out.writelines(lines)


def keys(n=200_000):
    for i in range(n):
        yield "[%sBig\\Key %06d]\n" % (TOP, i * 7919 % n)
        yield '"A value with a name"="%s"\n\n' % ("words " * 26)


def hexes(n=12_500, length=5_000):
    for i in range(n):
        data = bytes((i * 31 + j) & 0xFF for j in range(256)) * (length // 256 + 1)
        yield "[%sBig\\Key %06d]\n" % (TOP, i)
        yield '"Bytes"=hex:%s\n\n' % data[:length].hex(",")


def values(n=20_000):
    yield "[%sBig]\n" % TOP
    for i in range(n):
        yield '"Value %06d"=dword:%08x\n' % (i * 7919 % n, i)


def one_value(n=1_000_000):
    yield "[%sControl]\n" % TOP
    for i in range(n):
        yield '"Counter"=dword:%08x\n' % i


def deletions(n=300_000):
    yield "[%sControl]\n" % TOP
    for i in range(n):
        yield '"Value that is not there %06d"=-\n' % i


def services(n=100_000):
    for i in range(n):
        yield "[ControlSet001\\services\\Big %06d]\n" % i
        yield '"Type"=dword:00000001\n"Start"=dword:00000003\n"ErrorControl"=dword:00000001\n\n'


def store(n=10_000):
    for i in range(n):
        top = "Objects\\{%08x-0000-4000-8000-000000000000}" % i
        yield '[%s\\Description]\n"Type"=dword:10200003\n\n' % top
        yield '[%s\\Elements\\12000004]\n"Element"="Entry %d"\n\n' % (top, i)


write("keys.reg", keys())
write("hex.reg", hexes())
write("values.reg", values())
write("one-value.reg", one_value())
write("deletions.reg", deletions())
write("services.reg", services())
write("store.reg", store())
