# SPDX-License-Identifier: MIT
"""bad_volumes.py: what bad_bytes.py does, for what lies inside a raw disk: NTFS, and hives in it.

The volume is found through the partition table, files through their MFT records; changes are made behind the
update sequences and checksums, which fit again afterwards. A hive file by itself is a disk of one file here.
"""
import struct

from bad_bytes import anywhere, gpt, other, poke

BOOT = ((0, "<B"), (3, "<Q"), (11, "<H"), (13, "<B"), (14, "<H"), (28, "<I"), (40, "<Q"), (48, "<Q"), (56, "<Q"),
        (64, "<B"), (68, "<B"), (72, "<Q"), (510, "<H"))
RECORD = ((4, "<H"), (6, "<H"), (16, "<H"), (18, "<H"), (20, "<H"), (22, "<H"), (24, "<I"), (28, "<I"), (32, "<Q"),
          (40, "<H"), (44, "<I"))
ATTRIBUTE = ((0, "<I"), (4, "<I"), (8, "<B"), (9, "<B"), (10, "<H"), (12, "<H"), (14, "<H"))
RESIDENT = ((16, "<I"), (20, "<H"), (22, "<B"))
RUNS = ((16, "<Q"), (24, "<Q"), (32, "<H"), (34, "<H"), (40, "<Q"), (48, "<Q"), (56, "<Q"))


def runs(data, at):
    """The runs (cluster, clusters) of a mapping; a hole has cluster -1."""
    out, lcn = [], 0
    while at < len(data) and data[at]:
        a, b = data[at] & 15, data[at] >> 4
        n = int.from_bytes(data[at + 1:at + 1 + a], "little", signed=True)
        lcn += int.from_bytes(data[at + 1 + a:at + 1 + a + b], "little", signed=True)
        out.append((lcn if b else -1, n))
        at += 1 + a + b
    return out


def sequenced(data, unit, taking):
    """Take an update sequence out of a record, or put it in; False where there is none."""
    at, n = struct.unpack_from("<HH", data, 4)
    if n < 2 or (n - 1) * unit > len(data) or at + 2 * n > unit:
        return False
    for i in range(1, n):
        end, mine = i * unit - 2, at + 2 * i
        if taking:
            data[end:end + 2] = data[mine:mine + 2]
        else:
            data[mine:mine + 2], data[end:end + 2] = data[end:end + 2], data[at:at + 2]
    return True


class Volume:
    """An NTFS volume at a byte offset of a raw disk."""

    def __init__(self, f, start):
        self.f, self.start = f, start
        boot = f.get(start, 512)
        self.sector = struct.unpack_from("<H", boot, 11)[0]
        self.cluster = self.sector * boot[13]
        size = struct.unpack_from("<b", boot, 64)[0]
        self.record = 1 << -size if size < 0 else size * self.cluster
        self.mft = start + struct.unpack_from("<Q", boot, 48)[0] * self.cluster
        self.files, self.places = {}, []
        self.scan()

    def scan(self):
        first = self.f.get(self.mft, self.record)
        sequenced(first, 512, True)
        for kind, at in self.attributes(first):
            if kind == 0x80 and first[at + 8]:
                where = struct.unpack_from("<H", first, at + 32)[0]
                for lcn, n in runs(first, at + where):
                    base = self.start + lcn * self.cluster
                    self.places += range(base, base + n * self.cluster - self.record + 1, self.record)
        for place in self.places:
            self.name(place)

    def attributes(self, data):
        at = struct.unpack_from("<H", data, 20)[0]
        while at + 16 <= len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 0xFFFFFFFF or length < 16:
                return
            yield kind, at
            at += length

    def get(self, place):
        data = self.f.get(place, self.record)
        return data if data[:4] == b"FILE" and sequenced(data, 512, True) else None

    def name(self, place):
        data = self.get(place)
        if not data:
            return
        name, where = "", []
        for kind, at in self.attributes(data):
            if kind == 0x30:
                value = at + struct.unpack_from("<H", data, at + 20)[0]
                name = data[value + 66:value + 66 + 2 * data[value + 64]].decode("utf-16-le", "replace")
            if kind == 0x80 and not data[at + 9] and data[at + 8]:
                where = runs(data, at + struct.unpack_from("<H", data, at + 32)[0])
        if where and where[0][0] >= 0:
            first = self.start + where[0][0] * self.cluster
            self.files.setdefault(name.upper(), (place, first, where[0][1] * self.cluster))


def volumes(f):
    """NTFS volumes of the disk, by MBR or GPT of either sector size."""
    starts = [f.number(446 + 16 * i + 8, "<I") * 512 for i in range(4)]
    for unit in (512, 4096):
        if f.get(unit, 8) == b"EFI PART":
            starts = [f.number(2 * unit + 128 * i + 32, "<Q") * unit for i in range(8)]
    return [Volume(f, s) for s in starts if s and f.get(s + 3, 4) == b"NTFS"]


def ntfs_boot(f, rng):
    volume = rng.choice(volumes(f))
    data = f.get(volume.start, 512)
    words = poke(rng, data, *rng.choice(BOOT))
    f.put(volume.start, data)
    return f"NTFS boot sector {words}"


def chosen_record(volume, rng):
    named = [place for name, (place, _, _) in sorted(volume.files.items()) if name in ("SYSTEM", "BCD", "SYSTEM.LOG1")]
    return rng.choice(volume.places[:12] + named * 4 + rng.sample(volume.places, min(8, len(volume.places))))


def ntfs_record(f, rng):
    """A field of an MFT record, of one of its attributes, or a byte of its runs or its value."""
    volume = rng.choice(volumes(f))
    place = chosen_record(volume, rng)
    data = volume.get(place)
    if not data:
        return ntfs_boot(f, rng)
    kind, at = rng.choice(list(volume.attributes(data)) or [(0, 56)])
    choice = rng.randrange(8)
    if choice == 0:
        words = poke(rng, data, *rng.choice(RECORD[2:]))
    elif choice < 4:
        k, form = rng.choice(ATTRIBUTE + (RUNS if data[at + 8] else RESIDENT))
        words = poke(rng, data, at + k, form)
    else:
        skip = struct.unpack_from("<H", data, at + (32 if data[at + 8] else 20))[0]
        end = at + struct.unpack_from("<I", data, at + 4)[0]
        spot = rng.randrange(at + skip, max(end, at + skip + 1)) % (len(data) - 8)
        words = poke(rng, data, spot, rng.choice(("<B", "<B", "<I", "<Q")))
    sequenced(data, 512, False)
    f.put(place, data)
    return f"MFT record at {place}, attribute {kind:#x}, {words}"


def ntfs_index(f, rng):
    """A field of an index block, or of one of its entries."""
    volume = rng.choice(volumes(f))
    blocks = []
    for place in volume.places:
        data = volume.get(place)
        for kind, at in volume.attributes(data) if data else ():
            if kind == 0xA0 and data[at + 8]:
                where = runs(data, at + struct.unpack_from("<H", data, at + 32)[0])
                blocks += [volume.start + lcn * volume.cluster for lcn, _ in where if lcn >= 0]
    if not blocks:
        return ntfs_record(f, rng)
    place = rng.choice(blocks)
    data = f.get(place, 4096)
    if data[:4] != b"INDX" or not sequenced(data, 512, True):
        return ntfs_record(f, rng)
    entries, at = [], 24 + struct.unpack_from("<I", data, 24)[0]
    while at + 16 <= 4096 and struct.unpack_from("<H", data, at + 8)[0] >= 16 and not data[at + 12] & 2:
        entries.append(at)
        at += struct.unpack_from("<H", data, at + 8)[0]
    e = rng.choice(entries or [64])
    node = ((16, "<Q"), (24, "<I"), (28, "<I"), (32, "<I"), (36, "<B"))
    entry = ((e, "<Q"), (e + 8, "<H"), (e + 10, "<H"), (e + 12, "<H"), (e + 80, "<B"), (e + 81, "<B"), (e + 82, "<H"))
    words = poke(rng, data, *rng.choice(node + entry))
    sequenced(data, 512, False)
    f.put(place, data)
    return f"index block at {place} {words}"


# ---- hives ----

BASE = ((4, "<I"), (8, "<I"), (20, "<I"), (24, "<I"), (28, "<I"), (32, "<I"), (36, "<I"), (40, "<I"), (44, "<I"))
CELL = {b"nk": ((2, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<I"), (32, "<I"), (36, "<I"), (40, "<I"),
                (44, "<I"), (48, "<I"), (72, "<H"), (74, "<H"), (76, "<B")),
        b"vk": ((2, "<H"), (4, "<I"), (8, "<I"), (12, "<I"), (16, "<H"), (20, "<B")),
        b"lf": ((2, "<H"), (4, "<I"), (8, "<I")), b"lh": ((2, "<H"), (4, "<I"), (8, "<I")),
        b"li": ((2, "<H"), (4, "<I")), b"ri": ((2, "<H"), (4, "<I")), b"db": ((2, "<H"), (4, "<I")),
        b"sk": ((4, "<I"), (8, "<I"), (12, "<I"), (16, "<I"))}


def cells(data):
    """Offsets of the cells of a hive's bins."""
    out, at = [], 4096
    while at + 32 <= len(data) and data[at:at + 4] == b"hbin":
        end = at + struct.unpack_from("<I", data, at + 8)[0]
        if end <= at:
            break
        cell = at + 32
        while cell + 8 <= min(end, len(data)):
            size = abs(struct.unpack_from("<i", data, cell)[0])
            if size < 8:
                break
            out.append(cell)
            cell += size
        at = end
    return out


def change_hive(data, rng):
    if rng.random() < 0.1:
        words = "base block " + poke(rng, data, *rng.choice(BASE))
        total = 0
        for i in range(0, 508, 4):
            total ^= struct.unpack_from("<I", data, i)[0]
        struct.pack_into("<I", data, 508, {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total))
        return words
    all_cells = cells(data)
    if not all_cells:
        return "no cell"
    kind = rng.choice(sorted(CELL))
    same = [c for c in all_cells if data[c + 4:c + 6] == kind] or all_cells
    cell = rng.choice(same + all_cells[:3])
    size = abs(struct.unpack_from("<i", data, cell)[0])
    choice = rng.randrange(10)
    if choice == 0:
        return f"cell {cell} size " + poke(rng, data, cell, "<I")
    if choice < 3:  # another cell's place: loops, two owners, the wrong kind
        at = cell + 4 + rng.choice(CELL.get(bytes(data[cell + 4:cell + 6]), ((0, "<I"),)))[0]
        at = min(at, len(data) - 4)
        struct.pack_into("<I", data, at, rng.choice(all_cells) - 4096)
        return f"cell {cell} field at {at} leads to another cell"
    if choice < 7:
        at, form = rng.choice(CELL.get(bytes(data[cell + 4:cell + 6]), ((0, "<I"), (0, "<H"), (4, "<I"))))
        if cell + 4 + at + 8 <= len(data):
            return f"cell {cell} " + poke(rng, data, cell + 4 + at, form)
    if choice < 9:
        at = rng.randrange(cell + 4, max(cell + size, cell + 8)) % (len(data) - 8)
        return f"cell {cell} " + poke(rng, data, at, rng.choice(("<B", "<H", "<I")))
    return f"value {named_value(data, rng, all_cells)}"


NAMES = (b"Start", b"Type", b"ImagePath", b"Group", b"ErrorControl", b"Current", b"Default", b"LastId", b"Id", b"List",
         b"UpperFilters", b"LowerFilters", b"Service", b"Element", b"Version", b"BootFlags", b"BootDriverFlags")


def named_value(data, rng, all_cells):
    """The data, the type or the length of a value that the program asks for."""
    name = rng.choice(NAMES)
    found = [c for c in all_cells if data[c + 4:c + 6] == b"vk" and
             data[c + 24:c + 24 + struct.unpack_from("<H", data, c + 6)[0]] == name]
    if not found:
        return f"{name} is not there"
    cell = rng.choice(found)
    choice = rng.randrange(3)
    if choice == 0:
        return f"{name} type " + poke(rng, data, cell + 16, "<I")
    if choice == 1:
        struct.pack_into("<I", data, cell + 8, other(rng, struct.unpack_from("<I", data, cell + 8)[0], 4))
        return f"{name} length"
    size, at = struct.unpack_from("<II", data, cell + 8)
    place = cell + 12 if size & 0x80000000 else 4096 + at + 4 + rng.randrange(max(1, min(size, 4000)))
    return f"{name} data " + poke(rng, data, min(place, len(data) - 4), rng.choice(("<B", "<H", "<I")))


def hive_in(names):
    """A function that changes a hive of those names inside the disk."""
    def change(f, rng):
        found = [v.files[n] for v in volumes(f) for n in names if n in v.files]
        if not found:
            return anywhere(f, rng)
        _, at, size = rng.choice(found)
        data = f.get(at, size)
        words = [change_hive(data, rng) for _ in range(rng.choice((1, 1, 1, 2)))]
        f.put(at, data)
        return f"{names[0]}: " + "; ".join(words)
    return change


def hive_file(f, rng):
    data = f.get(0, f.size)
    words = change_hive(data, rng)
    f.put(0, data)
    return f"hive file: {words}"


def boot_ini(f, rng):
    """Bytes of boot.ini, where it lies in its MFT record or in clusters of its own."""
    for volume in volumes(f):
        for place in volume.places:
            data = volume.get(place)
            at = data.find(b"[boot loader]") if data else -1
            if at >= 0:
                words = poke(rng, data, at + rng.randrange(180), rng.choice(("<B", "<B", "<I")))
                sequenced(data, 512, False)
                f.put(place, data)
                return f"boot.ini {words}"
    return ntfs_record(f, rng)


# ---- hive logs ----

def marvin(data):
    """Marvin32 with the seed of hive logs; the length is a multiple of 4."""
    top = 0xFFFFFFFF
    lo, hi = 0x7A4E55C5, 0x82EF4D88

    def turned(v, n):
        return (v << n | v >> (32 - n)) & top
    for word in [*struct.unpack(f"<{len(data) // 4}I", data), 0x80, 0]:
        lo = (lo + word) & top
        hi ^= lo
        lo = (turned(lo, 20) + hi) & top
        hi = turned(hi, 9) ^ lo
        lo = (turned(lo, 27) + hi) & top
        hi = (turned(hi, 19) + lo) & top
    return struct.pack("<II", lo, hi)


LOG_ENTRY = ((4, "<I"), (8, "<I"), (12, "<I"), (16, "<I"), (20, "<I"), (40, "<I"), (44, "<I"))


def hive_log(f, rng):
    """A field of the first entry of SYSTEM.LOG1, or a cell in its pages; both hashes fit again."""
    found = [v.files["SYSTEM.LOG1"] for v in volumes(f) if "SYSTEM.LOG1" in v.files]
    if not found:
        return ntfs_record(f, rng)
    at = found[0][1] + 512
    size = f.number(at + 4, "<I")
    entry = f.get(at, size) if 40 < size <= 1 << 20 else bytearray()
    if entry[:4] != b"HvLE" or size % 4:
        return ntfs_record(f, rng)
    if rng.random() < 0.6:
        words = poke(rng, entry, *rng.choice(LOG_ENTRY))
    else:
        words = poke(rng, entry, rng.randrange(48, size - 8), rng.choice(("<B", "<H", "<I")))
    entry[24:32] = marvin(bytes(entry[40:]))
    entry[32:40] = marvin(bytes(entry[:32]))
    f.put(at, entry)
    return f"log entry {words}"


# ---- FAT ----

FAT = ((11, "<H"), (13, "<B"), (14, "<H"), (16, "<B"), (17, "<H"), (19, "<H"), (22, "<H"), (32, "<I"), (36, "<I"),
       (40, "<H"), (44, "<I"), (48, "<H"))


def fat(f, rng):
    """A field of the boot sector of the EFI partition, an entry of its table, or bytes of its root."""
    start = f.number(1024 + 32, "<Q") * 512
    data = f.get(start, 512)
    if data[82:85] != b"FAT":
        return gpt(f, rng)
    reserved, tables = struct.unpack_from("<HB", data, 14)
    root = tables * struct.unpack_from("<I", data, 36)[0] * 512
    choice = rng.randrange(3)
    if choice == 0:
        words = poke(rng, data, *rng.choice(FAT))
        f.put(start, data)
        return f"FAT boot sector {words}"
    at = start + reserved * 512 + (4 * rng.randrange(2, 40) if choice == 1 else root + 4 * rng.randrange(900))
    cell = f.get(at, 4)
    words = poke(rng, cell, 0, "<I")
    f.put(at, cell)
    return f"FAT {'table' if choice == 1 else 'folders'} at {at} {words}"
