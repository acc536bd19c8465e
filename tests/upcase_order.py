# SPDX-License-Identifier: MIT
"""upcase_order.py HIVE UPCASE N NAME: the N subkeys of the key called NAME that has so many.

Read by the format's description alone: the lists of that key must stand in the order of their
names as UPCASE (a volume's $UpCase) makes capitals of them, and each hash must be that of the
capitals.

Source: msuhanov/regf, "Windows registry file format specification", "Subkeys list".
"""
import struct
import sys

hive, table = (open(name, "rb").read() for name in sys.argv[1:3])
count, wanted = int(sys.argv[3]), sys.argv[4]
upper = struct.unpack("<65536H", table)


def record(at):
    size = -struct.unpack_from("<i", hive, 4096 + at)[0]
    assert size > 0, hex(at)
    return hive[4100 + at : 4096 + at + size]


def name_of(nk):
    flags, length = struct.unpack_from("<H", nk, 2)[0], struct.unpack_from("<H", nk, 72)[0]
    raw = nk[76 : 76 + length]
    units = list(raw) if flags & 0x20 else list(struct.unpack("<%dH" % (length // 2), raw))
    assert bool(flags & 0x20) == all(u < 256 for u in units), "compressed, or not"
    return units


def keys():
    for at in range(0, len(hive) - 4180, 8):
        if hive[4100 + at : 4102 + at] == b"nk" and struct.unpack_from("<i", hive, 4096 + at)[0] < 0:
            nk = record(at)
            if name_of(nk) == [ord(c) for c in wanted] and struct.unpack_from("<I", nk, 20)[0] == count:
                yield nk


found = 0
for nk in keys():
    found += 1
    leaf = record(struct.unpack_from("<I", nk, 28)[0])
    assert leaf[:2] == b"lh" and struct.unpack_from("<H", leaf, 2)[0] == count
    capitals = []
    for i in range(count):
        child, hashed = struct.unpack_from("<II", leaf, 4 + 8 * i)
        units = [upper[u] for u in name_of(record(child))]
        own = 0
        for u in units:
            own = (37 * own + u) & 0xFFFFFFFF
        assert own == hashed, units
        capitals.append(units)
    assert capitals == sorted(capitals) and len({tuple(c) for c in capitals}) == count
assert found == 1, found
