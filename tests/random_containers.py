# SPDX-License-Identifier: MIT
"""random_containers.py: a raw disk as a VHD or VHDX file, alone or as a child with its parent.

VHD files and their children are written here, from the format; VHDX files by qemu-img, their children by the fixture
tool vhdxchild, their sectors of 4096 bytes by two numbers of the metadata. Knows nothing of what the disk holds.
"""
import hashlib
import os
import struct
import subprocess
from pathlib import Path

SRC, BIN = Path(os.environ["S7B_SRC"]), Path(os.environ["FIXTURE_BIN"])
ENV = dict(os.environ, SOURCE_DATE_EPOCH="1333803914", TZ="UTC", MTOOLS_SKIP_CHECK="1",
           PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")


def run(*words):
    done = subprocess.run([str(w) for w in words], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stdout.decode('utf-8', 'replace')}")


BLOCK = 2 << 20


def footer(size, kind, offset, name):
    f = bytearray(b"conectix" + struct.pack(">IIQI", 2, 0x10000, offset, 600000000) + b"win " + struct.pack(">I", 0xA0000) + b"Wi2k" +
                  struct.pack(">QQHBBI", size, size, min(size // 512 // 16 // 63, 65535), 16, 63, kind))
    f += bytes(4) + hashlib.md5(name.encode()).digest() + bytes(428)
    struct.pack_into(">I", f, 64, ~sum(f) & 0xFFFFFFFF)
    return bytes(f)


def vhd_sparse(path, source, name, parent=None, wanted=lambda block: True):
    """A dynamic VHD of the blocks that are wanted and not zero; with a parent a child that has each of them whole."""
    size = os.path.getsize(source)
    entries = (size + BLOCK - 1) // BLOCK
    head = bytearray(b"cxsparse" + b"\xff" * 8 + struct.pack(">QIII", 1536, 0x10000, entries, BLOCK)).ljust(1024, b"\0")
    table_end = 1536 + (4 * entries + 511) // 512 * 512
    words = b""
    if parent:
        words = (".\\" + parent).encode("utf-16-le")
        head[40:56] = hashlib.md5(parent.encode()).digest()
        head[64:64 + 2 * len(parent)] = parent.encode("utf-16-be")
        head[576:600] = struct.pack(">4sIIIQ", b"W2ru", 512, len(words), 0, table_end)
    struct.pack_into(">I", head, 36, ~sum(head) & 0xFFFFFFFF)
    foot = footer(size, 4 if parent else 3, 512, name)
    table, at = [], table_end + (512 if parent else 0)
    with open(source, "rb") as f, open(path, "wb") as out:
        out.seek(at)
        for block in range(entries):
            data = f.read(BLOCK)
            if not wanted(block) or not data.strip(b"\0"):
                table.append(0xFFFFFFFF)
                continue
            table.append(at // 512)
            out.write(b"\xff" * 512 + data.ljust(BLOCK, b"\0"))
            at += 512 + BLOCK
        out.write(foot)
        out.seek(0)
        out.write(foot + head + struct.pack(f">{entries}I", *table).ljust(table_end - 1536, b"\xff") + words)


def vhd_child(path, source, parent):
    """A chain: the child has every second block, the parent the others and nonsense where the child speaks."""
    base = path.with_name(parent)
    mixed = Path(str(source) + ".parent")
    with open(source, "rb") as f, open(mixed, "wb") as out:
        out.truncate(os.path.getsize(source))
        block = 0
        while data := f.read(BLOCK):
            if data.strip(b"\0"):
                out.seek(block * BLOCK)
                out.write(data if block % 2 else b"\xa5" * len(data))
            block += 1
    vhd_sparse(base, mixed, parent)
    # a block that is all zeros in the disk is in neither, so the child need not speak there
    vhd_sparse(path, source, path.name, parent, lambda block: block % 2 == 0)


def vhdx(path, source, disk, form):
    run("qemu-img", "convert", "-q", "-f", "raw", "-O", "vhdx", "-o", f"subformat={form},block_size=1M", source, path)
    if disk.sector == 4096:
        patch_sector(path)


def patch_sector(path):
    """Logical and physical sectors of 4096 bytes; metadata carries no checksum, and one chunk holds the disk at either size."""
    with open(path, "r+b") as f:
        f.seek(2 << 20)
        area = f.read(2 << 20)
        base = area.index(b"metadata")
        count = struct.unpack_from("<H", area, base + 10)[0]
        for i in range(count):
            entry = base + 32 + 32 * i
            if area[entry:entry + 4] in (b"\x1d\xbf\x41\x81", b"\xc7\x48\xa3\xcd"):
                f.seek((2 << 20) + base + struct.unpack_from("<I", area, entry + 16)[0])
                f.write(struct.pack("<I", 4096))
