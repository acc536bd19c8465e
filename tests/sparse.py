#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sparse.py: files whose holes are larger than anybody wants to read.

    sparse.py put FILE INTO OFFSET   copy what FILE holds into INTO, holes stay holes
    sparse.py same FILE FILE         status 0 when both hold the same bytes
"""
import os
import sys

STEP = 1 << 20


def extents(fd):
    """(offset, length) of what is no hole, in steps that fit in memory."""
    at, end = 0, os.fstat(fd).st_size
    while at < end:
        try:
            start = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:  # nothing but a hole is left
            return
        at = os.lseek(fd, start, os.SEEK_HOLE)
        for off in range(start, at, STEP):
            yield off, min(STEP, at - off)


def put(source, into, offset):
    with open(source, 'rb') as a, open(into, 'r+b') as b:
        for off, size in extents(a.fileno()):
            os.pwrite(b.fileno(), os.pread(a.fileno(), size, off), offset + off)
    return 0


def same(one, other):
    with open(one, 'rb') as a, open(other, 'rb') as b:
        if os.fstat(a.fileno()).st_size != os.fstat(b.fileno()).st_size:
            return 1
        for fd in (a.fileno(), b.fileno()):
            for off, size in extents(fd):
                if os.pread(a.fileno(), size, off) != os.pread(b.fileno(), size, off):
                    return 1
    return 0


if sys.argv[1] == 'put':
    sys.exit(put(sys.argv[2], sys.argv[3], int(sys.argv[4])))
sys.exit(same(sys.argv[2], sys.argv[3]))
