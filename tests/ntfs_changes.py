#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ntfs_changes.py [--disk FIRST LAST HIVE] BEFORE AFTER DIRECTORY NAME...: what is each changed sector of?

Written from the format, shares no code with the program. BEFORE and AFTER are volumes; NAME... were
added, or were empty and filled, in DIRECTORY (and to directories below it that were made). Prints one line of counts; exit 1 when
a sector changed that belongs to none of: free clusters of the old $Bitmap, $Bitmap, $MFT's bitmap (bits
set only), MFT records of the new files, their directories, $MFT and of linked files, records behind the
old end of $MFT, $MFTMirr, the directory's index.

With --disk BEFORE and AFTER are whole disks, as raw bytes, and the volume is bytes FIRST to LAST of them.
No other sector of the disk may be another one. The content of the file HIVE may change in place.
The streams of $LogFile, $Volume, $Secure, $Extend and $UsnJrnl, wherever they are, are compared one by one.
"""
import collections
import struct
import sys


class Volume:
    def __init__(self, raw):
        self.raw = raw
        boot = self.raw[:512]
        self.sector = struct.unpack_from("<H", boot, 11)[0]
        n = boot[13]
        self.cluster = self.sector * (n if n <= 128 else 1 << (256 - n))
        mft = struct.unpack_from("<Q", boot, 48)[0]
        r = struct.unpack_from("<b", boot, 64)[0]
        self.rec = self.cluster * r if r > 0 else 1 << -r
        r = struct.unpack_from("<b", boot, 68)[0]
        self.block = self.cluster * r if r > 0 else 1 << -r
        self.total = struct.unpack_from("<Q", boot, 40)[0] * self.sector // self.cluster
        self.mft = self.runs_of([self.fixed(self.raw[mft * self.cluster:][:self.rec])], 0x80, "")
        self.mft = self.runs(0, 0x80, "")
        self.mft_size = self.size(0, 0x80, "")

    @staticmethod
    def fixed(raw):
        b = bytearray(raw)
        at, n = struct.unpack_from("<HH", b, 4)
        for i in range(1, n):
            assert b[i * 512 - 2:i * 512] == b[at:at + 2], "torn record"
            b[i * 512 - 2:i * 512] = b[at + 2 * i:at + 2 * i + 2]
        return bytes(b)

    def read(self, runs, off, n):
        out = b""
        while n:
            vcn, inside = divmod(off, self.cluster)
            for first, lcn, length in runs:
                if first <= vcn < first + length:
                    k = min(n, (first + length) * self.cluster - off)
                    if lcn is None:
                        out += bytes(k)
                    else:
                        at = (lcn + vcn - first) * self.cluster + inside
                        out += self.raw[at:at + k]
                    break
            else:
                raise ValueError("no run")
            off += k
            n -= k
        return out

    def record(self, number):
        return self.fixed(self.read(self.mft, number * self.rec, self.rec))

    @staticmethod
    def attributes(rec):
        at = struct.unpack_from("<H", rec, 20)[0]
        while True:
            kind, n = struct.unpack_from("<II", rec, at)
            if kind == 0xffffffff:
                return
            a = rec[at:at + n]
            off = struct.unpack_from("<H", a, 10)[0]
            yield kind, a[off:off + 2 * a[9]].decode("utf-16le"), a
            at += n

    @staticmethod
    def value(a):
        n, at = struct.unpack_from("<IH", a, 16)
        return a[at:at + n]

    @staticmethod
    def decode(a):
        at, vcn, lcn = struct.unpack_from("<H", a, 32)[0], struct.unpack_from("<Q", a, 16)[0], 0
        while a[at]:
            k, m = a[at] & 15, a[at] >> 4
            n = int.from_bytes(a[at + 1:at + 1 + k], "little")
            if m:
                lcn += int.from_bytes(a[at + 1 + k:at + 1 + k + m], "little", signed=True)
            yield vcn, lcn if m else None, n
            vcn += n
            at += 1 + k + m

    def runs_of(self, records, kind, name):
        out = []
        for rec in records:
            for t, nm, a in self.attributes(rec):
                if t == kind and nm == name and a[8]:
                    out += self.decode(a)
        return sorted(out, key=lambda r: r[0])

    def numbers(self, number):
        """The base record and those that its attribute list names."""
        out = [number]
        for t, _, a in self.attributes(self.record(number)):
            if t != 0x20:
                continue
            data = self.read(list(self.decode(a)), 0, struct.unpack_from("<Q", a, 48)[0]) if a[8] else self.value(a)
            at = 0
            while at + 26 <= len(data):
                n = struct.unpack_from("<H", data, at + 4)[0]
                ref = struct.unpack_from("<Q", data, at + 16)[0] & 0xffffffffffff
                if ref not in out:
                    out.append(ref)
                at += n
        return out

    def runs(self, number, kind, name):
        return self.runs_of([self.record(n) for n in self.numbers(number)], kind, name)

    def first(self, number, kind, name):
        for n in self.numbers(number):
            for t, nm, a in self.attributes(self.record(n)):
                if t == kind and nm == name and (not a[8] or struct.unpack_from("<Q", a, 16)[0] == 0):
                    return a
        return None

    def size(self, number, kind, name):
        a = self.first(number, kind, name)
        return struct.unpack_from("<Q", a, 48)[0] if a[8] else len(self.value(a))

    def stream(self, number, kind, name):
        a = self.first(number, kind, name)
        if a is None:
            return b""
        if not a[8]:
            return self.value(a)
        return self.read(self.runs(number, kind, name), 0, self.size(number, kind, name))

    def entries(self, number):
        """(name, reference, name space) of a directory, in no order."""
        def take(buf, at):
            while True:
                ref, n, k, flags = struct.unpack_from("<QHHH", buf, at)
                if flags & 2:
                    return
                key = buf[at + 16:at + 16 + k]
                yield key[66:66 + 2 * key[64]].decode("utf-16le", "replace"), ref, key[65]
                at += n
        root = self.stream(number, 0x90, "$I30")
        yield from take(root, 16 + struct.unpack_from("<I", root, 16)[0])
        block = struct.unpack_from("<I", root, 8)[0]
        nodes, used = self.stream(number, 0xa0, "$I30"), self.stream(number, 0xb0, "$I30")
        for i in range(len(nodes) // block):
            if used[i >> 3] >> (i & 7) & 1:
                b = self.fixed(nodes[i * block:(i + 1) * block])
                yield from take(b, 24 + struct.unpack_from("<I", b, 24)[0])

    def find(self, number, name):
        for nm, ref, _ in self.entries(number):
            if nm.lower() == name.lower():
                return ref & 0xffffffffffff
        return None


def spans(v, runs, what, out):
    for vcn, lcn, n in runs:
        if lcn is not None:
            out.append((lcn * v.cluster, (lcn + n) * v.cluster, vcn * v.cluster, what))


def walk(v, path):
    number = 5
    for part in path.strip("/").split("/"):
        number = v.find(number, part) if number is not None else None
    return number


def read(path):
    with open(path, "rb") as f:
        return f.read()


def outside(a, b, first, last):
    """Sectors that are others before and behind the volume."""
    return sum(a[at:at + 512] != b[at:at + 512] for start, end in ((0, first), (last, len(a)))
               for piece in range(start, end, 1 << 16) if a[piece:piece + (1 << 16)] != b[piece:piece + (1 << 16)]
               for at in range(piece, min(piece + (1 << 16), end), 512))


def untouched(old, new, bad):
    """The files that Windows keeps its own books in: each stream of each record, byte by byte."""
    journal = walk(old, "$Extend/$UsnJrnl") if old.find(5, "$Extend") else None
    names = {"$LogFile": 2, "$Volume": 3, "$Secure": 9, "$Extend": 11, "$UsnJrnl": journal}
    for name, number in names.items():
        if number is None:
            continue
        if old.record(number) != new.record(number):
            bad.append("the record of %s" % name)
        streams = {(t, nm) for n in old.numbers(number) for t, nm, _ in old.attributes(old.record(n))}
        for t, nm in streams:
            if old.stream(number, t, nm) != new.stream(number, t, nm):
                bad.append("%s, attribute %#x %s" % (name, t, nm))
    return [name for name, number in names.items() if number is not None]


def main():
    args, hive, rest = sys.argv[1:], None, ""
    bad = []
    if args[0] == "--disk":
        first, last = int(args[1]), int(args[2])
        a, b = read(args[4]), read(args[5])
        assert len(a) == len(b)
        n = outside(a, b, first, last)
        if n:
            bad.append("%d sectors outside of the volume" % n)
        old, new = Volume(a[first:last]), Volume(b[first:last])
        hive, args = args[3], args[4:]
        rest = " outside %d" % n
    else:
        old, new = Volume(read(args[0])), Volume(read(args[1]))
    rest += " untouched " + " ".join(untouched(old, new, bad))
    directory, dirs, files = walk(new, args[2]), [], []
    for path in args[3:]:
        at = directory
        for part in path.split("/"):
            if at not in dirs:
                dirs.append(at)
            at = new.find(at, part)
        files.append(at)
    bits = old.stream(6, 0x80, "")
    mft_bits = old.stream(0, 0xb0, "")
    old_records = old.mft_size // old.rec
    used = lambda n: n < old_records and mft_bits[n >> 3] >> (n & 7) & 1
    allowed = set()
    for n in [0] + dirs + files:
        if used(n):
            allowed |= set(old.numbers(n))
        for k in new.numbers(n):
            if not used(k):
                allowed.add(k)
    known, after = [], []
    if hive:
        number = walk(old, hive)
        spans(old, old.runs(number, 0x80, ""), "hive", known)
        assert old.record(number) == new.record(number), "the hive's record"
    for v, out in ((old, known), (new, after)):
        spans(v, v.mft, "record", out)
        spans(v, v.runs(0, 0xb0, ""), "mft-bitmap", out)
        spans(v, v.runs(6, 0x80, ""), "bitmap", out)
        spans(v, v.runs(1, 0x80, ""), "mirror", out)
        for d in dirs:
            if v is new or used(d):
                spans(v, v.runs(d, 0xa0, "$I30"), "index", out)
                spans(v, v.runs(d, 0xb0, "$I30"), "index", out)
    for n in files:
        if not used(n) or not old.size(n, 0x80, ""):
            spans(new, new.runs(n, 0x80, ""), "content", after)
    counts, records = collections.Counter(), set()
    hit = lambda table, at: next((s for s in table if s[0] <= at < s[1]), None)
    step = old.sector
    a, b = old.raw, new.raw
    assert len(a) == len(b)
    for base in range(0, len(a), 1 << 16):
        if a[base:base + (1 << 16)] == b[base:base + (1 << 16)]:
            continue
        for at in range(base, min(base + (1 << 16), len(a)), step):
            x, y = a[at:at + step], b[at:at + step]
            if x == y:
                continue
            s = hit(known, at)
            what = s[3] if s else None
            if s and what in ("record", "mirror"):
                for k in range(0, step, min(step, old.rec)):
                    n = (s[2] + at - s[0] + k) // old.rec
                    if x[k:k + old.rec] != y[k:k + old.rec]:
                        records.add(n)
                        if n not in allowed and n < old_records:
                            bad.append("record %d" % n)
            elif s and what in ("bitmap", "mft-bitmap"):
                if any(p & ~q for p, q in zip(x, y)):
                    bad.append("%s loses bits at %#x" % (what, at))
            elif not s:
                c = at // old.cluster
                if c >= old.total or bits[c >> 3] >> (c & 7) & 1:
                    bad.append("sector at %#x, cluster %d" % (at, c))
                    continue
                s = hit(after, at)
                what = s[3] if s else "free"
                if what == "record":
                    records.update((s[2] + at - s[0] + k) // old.rec for k in range(0, step, min(step, old.rec))
                                   if x[k:k + old.rec] != y[k:k + old.rec])
            counts[what] += 1
    print("sectors %d:" % sum(counts.values()),
          " ".join("%s %d" % (k, counts[k]) for k in
                   ("record", "mirror", "index", "bitmap", "mft-bitmap", "content", "free") +
                   (("hive",) if hive else ())),
          "records %d%s" % (len(records), rest))
    for line in bad[:20]:
        print("not allowed:", line)
    sys.exit(1 if bad else 0)


main()
