# SPDX-License-Identifier: MIT
"""bad_bytes.py: changes one thing of a sound input, in the form that its format gives it.

Each function takes the file (a Bytes), and a random.Random, changes a field, a list entry or a cell, puts the
checksums and update sequences right again, and returns words for what it did. Knows layouts; knows nothing
of the program. Written from the formats, shares no code with it.
"""
import binascii
import hashlib
import os
import struct

ODD = (0, 1, 2, 3, 7, 0x7F, 0x80, 0xFF, 0x100, 0x1FF, 0x200, 0xFFF, 0x1000, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
       0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF, 1 << 32, 1 << 40, (1 << 62) + 8, (1 << 63) - 1, 1 << 63,
       (1 << 64) - 1)


class Bytes:
    """A file that is changed in place; offsets are the file's own."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR)
        self.size = os.fstat(self.fd).st_size

    def close(self):
        os.close(self.fd)

    def get(self, at, n):
        return bytearray(os.pread(self.fd, n, at)) if 0 <= at < self.size else bytearray()

    def put(self, at, data):
        os.pwrite(self.fd, bytes(data), at)

    def number(self, at, form):
        data = self.get(at, struct.calcsize(form))
        return struct.unpack(form, data)[0] if len(data) == struct.calcsize(form) else 0


def other(rng, old, width):
    """Another number in that many bytes: near the old one, far from it, or one with a name."""
    top = (1 << 8 * width) - 1
    return rng.choice((old + 1, old - 1, old * 2, old // 2, old ^ 1 << rng.randrange(8 * width),
                       rng.randrange(top + 1), rng.choice(ODD), rng.choice(ODD))) & top


def poke(rng, data, at, form):
    """One field of data, which stands there, becomes another number."""
    old = struct.unpack_from(form, data, at)[0]
    new = other(rng, old, struct.calcsize(form))
    struct.pack_into(form, data, at, new)
    return f"byte {at}: {old:#x} -> {new:#x}"


# ---- VHD ----

FOOTER = ((0, ">Q"), (8, ">I"), (12, ">I"), (16, ">Q"), (40, ">Q"), (48, ">Q"), (56, ">H"), (58, ">B"), (59, ">B"),
          (60, ">I"), (68, ">Q"), (84, ">B"))
DYNAMIC = ((0, ">Q"), (16, ">Q"), (24, ">I"), (28, ">I"), (32, ">I"), (40, ">Q"), (56, ">I"), (64, ">H"),
           (576, ">I"), (580, ">I"), (584, ">I"), (592, ">Q"), (600, ">I"))


def vhd_sum(data, at):
    struct.pack_into(">I", data, at, 0)
    struct.pack_into(">I", data, at, ~sum(data) & 0xFFFFFFFF)


def vhd_footer(f, rng):
    tail = f.size - 512
    data = f.get(tail, 512)
    words = poke(rng, data, *rng.choice(FOOTER))
    vhd_sum(data, 64)
    where = rng.choice(("both", "tail", "head"))
    if where != "head":
        f.put(tail, data)
    if where != "tail" and f.get(0, 8) == b"conectix":
        f.put(0, data)
    return f"VHD footer ({where}) {words}"


def vhd_header(f, rng):
    at = f.number(16, ">Q")
    data = f.get(at, 1024)
    if len(data) < 1024:
        return vhd_footer(f, rng)
    words = poke(rng, data, *rng.choice(DYNAMIC))
    vhd_sum(data, 36)
    f.put(at, data)
    return f"VHD header {words}"


def vhd_table(f, rng):
    table, entries = f.number(528, ">Q"), f.number(540, ">I")
    if not 0 < entries < 1 << 20:
        return vhd_footer(f, rng)
    at = table + 4 * rng.randrange(entries)
    data = f.get(at, 4)
    if rng.random() < 0.4:
        data[:] = f.get(table + 4 * rng.randrange(entries), 4)
        words = "twice the same"
    else:
        words = poke(rng, data, 0, ">I")
    f.put(at, data)
    return f"VHD table at {at} {words}"


def vhd_bitmap(f, rng):
    table, entries = f.number(528, ">Q"), f.number(540, ">I")
    at = f.number(table + 4 * rng.randrange(max(1, min(entries, 64))), ">I") * 512
    f.put(at, bytes(rng.choice((0, 0xFF, 0x0F, 0xAA)) for _ in range(64)))
    return f"VHD bitmap at {at}"


# ---- VHDX ----

def crc32c_table():
    rows = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        rows.append(i)
    return rows


CRC32C = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def vhdx_summed(f, rng, at, size, fields):
    data = f.get(at, size)
    words = poke(rng, data, *rng.choice(fields))
    struct.pack_into("<I", data, 4, 0)
    struct.pack_into("<I", data, 4, crc32c(data))
    f.put(at, data)
    return words


def vhdx_header(f, rng):
    fields = ((8, "<Q"), (16, "<Q"), (48, "<Q"), (64, "<H"), (66, "<H"), (68, "<I"), (72, "<Q"))
    words = [vhdx_summed(f, rng, at, 4096, fields) for at in rng.choice(((65536,), (131072,), (65536, 131072)))]
    return "VHDX headers " + ", ".join(words)


def vhdx_regions(f, rng):
    fields = [(8, "<I")] + [(16 + 32 * i + k, form) for i in range(2)
                            for k, form in ((0, "<Q"), (16, "<Q"), (24, "<I"), (28, "<I"))]
    words = [vhdx_summed(f, rng, at, 65536, fields) for at in rng.choice(((196608,), (196608, 262144)))]
    return "VHDX regions " + ", ".join(words)


def vhdx_region(f, kind):
    """Where a region lies: kind 0 the block table, 1 the metadata."""
    for i in range(f.number(196608 + 8, "<I") & 3):
        if (f.get(196608 + 16 + 32 * i, 4) == b"\x06\xa2\x7c\x8b") == bool(kind):
            return f.number(196608 + 32 + 32 * i, "<Q")
    return 2 << 20


def vhdx_metadata(f, rng):
    base = vhdx_region(f, 1)
    item = rng.randrange(max(1, min(f.number(base + 10, "<H"), 8)))
    entry = base + 32 + 32 * item
    at, form = rng.choice(((base + 10, "<H"), (entry, "<Q"), (entry + 16, "<I"), (entry + 20, "<I"), (entry + 24, "<I"),
                           (base + f.number(entry + 16, "<I"), "<I"), (base + f.number(entry + 16, "<I"), "<Q")))
    data = f.get(at, struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        return vhdx_header(f, rng)
    words = poke(rng, data, 0, form)
    f.put(at, data)
    return f"VHDX metadata at {at} {words}"


def vhdx_table(f, rng):
    at = vhdx_region(f, 0) + 8 * rng.randrange(48)
    data = f.get(at, 8)
    if rng.random() < 0.5:
        data[0] = data[0] & 0xF8 | rng.randrange(8)
        words = "state"
    else:
        words = poke(rng, data, 0, "<Q")
    f.put(at, data)
    return f"VHDX table at {at} {words}"


# ---- partition tables ----

def mbr(f, rng):
    entry = 446 + 16 * rng.randrange(4)
    if rng.random() < 0.3:
        new = bytes((rng.choice((0, 0x80, 1)), 0, 2, 0, rng.choice((5, 15, 7, 0xEE, 0x42, 0x27)), 255, 255, 255))
        f.put(entry, new + struct.pack("<II", rng.choice((0, 1, 63, 2048, 0xFFFFFFFF)), rng.choice(ODD) & 0xFFFFFFFF))
        return f"MBR entry at {entry}"
    at, form = rng.choice(((entry, "<B"), (entry + 4, "<B"), (entry + 8, "<I"), (entry + 12, "<I"), (440, "<I"),
                           (510, "<H")))
    data = f.get(at, struct.calcsize(form))
    words = poke(rng, data, 0, form)
    f.put(at, data)
    return f"MBR at {at} {words}"


def gpt(f, rng):
    unit = 512 if f.get(512, 8) == b"EFI PART" else 4096
    copies = [unit, f.number(unit + 32, "<Q") * unit]
    fields = [(0, 24, "<Q"), (0, 32, "<Q"), (0, 40, "<Q"), (0, 48, "<Q"), (0, 72, "<Q"), (0, 80, "<I"), (0, 84, "<I"),
              (0, 12, "<I"), (0, 8, "<I")]
    fields += [(1, 128 * i + k, form) for i in range(5) for k, form in
               ((0, "<Q"), (16, "<Q"), (32, "<Q"), (40, "<Q"), (48, "<Q"), (56, "<Q"))]
    chosen = rng.choice(fields)
    words = []
    for at in rng.choice((copies[:1], copies, copies[1:])):
        words.append(gpt_copy(f, rng, at, unit, chosen))
    return "GPT " + ", ".join(words)


def gpt_copy(f, rng, at, unit, chosen):
    header, array_at = f.get(at, 512), f.number(at + 72, "<Q") * unit
    array = f.get(array_at, 128 * 128)
    if len(header) < 92 or len(array) < 128 * 128:
        return "no such copy"
    in_array, place, form = chosen
    words = poke(rng, array if in_array else header, place, form)
    struct.pack_into("<I", header, 88, binascii.crc32(array))
    struct.pack_into("<I", header, 16, 0)
    struct.pack_into("<I", header, 16, binascii.crc32(header[:92]))
    f.put(array_at, array)
    f.put(at, header)
    return f"at {at}: {words}"


# ---- texts and records ----

def text(f, rng):
    """Lines of an .inf, a .reg or a boot.ini: gone, doubled, cut, with odd characters, very long."""
    data = bytes(f.get(0, f.size))
    lines = data.split(b"\n")
    for _ in range(rng.randrange(1, 4)):
        i = rng.randrange(len(lines))
        lines[i] = odd_line(rng, lines[i])
    data = b"\n".join(lines)
    if rng.random() < 0.1:
        data = data[:rng.randrange(len(data) + 1)]
    if rng.random() < 0.1:
        data = b"\xff\xfe" + data.decode("latin-1").encode("utf-16-le")[rng.randrange(2):]
    os.ftruncate(f.fd, 0)
    f.put(0, data)
    return "text lines"


def odd_line(rng, line):
    at = rng.randrange(len(line) + 1)
    odd = rng.choice((b"\0", b'"', b"\\", b"%", b"[", b"]", b"=", b",", b"hex(7):", b"dword:", b"\xff\xfe", b"\x1b[2J",
                      b"..\\..\\", b"%1%", b"-", b"@", b";", b"\xe2\x80\xae"))
    return rng.choice((b"", line + b"\n" + line, line[:at], line[:at] + odd + line[at:],
                       line[:at] + odd * 3000 + line[at:], line[:at] + line[at + 1:], line.replace(b"\\", b""), line * 40))


def undo_record(f, rng):
    """A number or a text of an undo record; its hash, and mostly its mark, fit again."""
    total = f.number(16, "<Q")
    data = f.get(0, total)
    n, values = struct.unpack_from("<II", data, 56)
    fields = [(at, "<I") for at in (8, 12, 56, 60, 64, 68, 72, 76)] + [(at, "<Q") for at in (16, 24, 32, 40, 80, 88)]
    writes = [(96 + 16 * i + k, form) for i in range(min(n, 40)) for k, form in ((0, "<Q"), (8, "<I"), (12, "<I"))]
    at = 96 + 16 * n
    rows = [(at + 32 * i + 4 * k, "<I") for i in range(min(values, 40)) for k in range(8)]
    place = (rng.randrange(at, total - 64), "<B")
    words = poke(rng, data, *rng.choice((rng.choice(fields), rng.choice(writes), rng.choice(rows or writes), place)))
    data[-32:] = hashlib.sha256(data[:-32]).digest()
    f.put(0, data)
    if rng.random() < 0.8 and f.size >= total + 40:
        f.put(total + 8, data[-32:])
    if rng.random() < 0.3:
        f.put(total, bytes(512))
        words += ", unmarked"
    return f"undo record {words}"


def anywhere(f, rng):
    at = rng.randrange(f.size)
    f.put(at, bytes(rng.randrange(256) for _ in range(rng.randrange(1, 16))))
    return f"bytes at {at}"


def cut(f, rng):
    size = rng.choice((0, 1, 511, 512, 513, f.size // 2, f.size - 1, f.size - 512, rng.randrange(f.size)))
    os.ftruncate(f.fd, max(0, size))
    return f"cut to {size} bytes"
