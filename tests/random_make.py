# SPDX-License-Identifier: MIT
"""random_make.py: the bytes of a Disk of random_windows.py.

Hives are registry texts made into hives by mkhive, volumes are mkntfs and ntfsfill, the EFI partition mkfs.fat and
mtools; partition tables are written here, from the format. Containers: random_containers.py.
"""
import binascii
import functools
import os
import struct
from pathlib import Path

import random_containers as container
from random_containers import BIN, SRC, run
from random_windows import BOOT_FLAGS, FILES, TYPE2

HEADER = "Windows Registry Editor Version 5.00\n\n;; written 2020-01-14T09:02:00Z\n\n"
CLASSES = {"disk": "{4d36e967-e325-11ce-bfc1-08002be10318}", "hdc": "{4d36e96a-e325-11ce-bfc1-08002be10318}",
           "scsi": "{4d36e97b-e325-11ce-bfc1-08002be10318}", "system": "{4d36e97d-e325-11ce-bfc1-08002be10318}",
           "volume": "{71a27cdd-812a-11d0-bec7-08002be2092f}"}
DATABASE = {"ACPI\\VMBus": "wvmbus.inf", "GenDisk": "disk.inf", "PCI\\CC_0101": "mshdc.inf", "PCI\\CC_010601": "mshdc.inf",
            "PCI\\CC_010802": "stornvme.inf", "PCI\\VEN_1000&DEV_0054": "lsi_sas.inf", "PCI\\VEN_8086&DEV_7111": "mshdc.inf",
            "PCI\\VEN_8086&DEV_7010": "mshdc.inf", "VMBUS\\{44c4f61d-4444-4400-9d52-802e27ede19f}": "wvpci.inf",
            "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}": "wstorvsc.inf", "STORAGE\\Volume": "volume.inf"}
UUID = "{25194d56-caef-8737-5c44-50fe82f3ffde}"


# ---- registry ----

def key(path, *values):
    return f"[{path}]\n" + "".join(v + "\n" for v in values) + "\n"


def dword(name, number):
    return f'"{name}"=dword:{number:08x}'


def multi(name, *words):
    return f'"{name}"=multi:' + ",".join(f'"{w}"' for w in words)


def service_text(disk, root, s):
    values = [dword("Type", 2 if s.name in TYPE2 else 1), dword("Start", s.start), dword("ErrorControl", s.error)]
    if s.group:
        values.append(f'"Group"="{s.group}"')
    if s.name not in ("Ntfs", "KSecDD", "MountMgr", "PartMgr", "NDIS"):
        values.append(f'"ImagePath"=expand:"System32\\\\drivers\\\\{file_of(s.name)}"')
    if s.name in BOOT_FLAGS:
        values.append(dword("BootFlags", BOOT_FLAGS[s.name]))
    text = key(f"{root}\\{s.name}", *values)
    if s.override:
        text += key(f"{root}\\{s.name}\\StartOverride", *(dword(k, n) for k, n in s.override.items()))
    return text


def file_of(name):
    return FILES.get(name, name + ".sys")


def filters_text(disk, root):
    lists = {("disk", "Upper"): ["partmgr"], ("volume", "Lower"): ["fvevol", "iorate", "rdyboost"]}
    if disk.release == "xp":
        lists = {("disk", "Upper"): ["PartMgr"], ("volume", "Upper"): ["VolSnap"]}
    elif disk.release in ("7", "8.1"):
        lists[("volume", "Lower")] = ["fvevol", "rdyboost"]
    else:
        lists[("volume", "Upper")] = ["volsnap"]
    if disk.x64:
        lists[("disk", "Lower")] = ["EhStorClass"]
    for kind, what in disk.filters.items():
        names = lists.setdefault((kind, "Upper"), [])
        if what == "no-partmgr":
            names[:] = ["EhStorClass"] if disk.x64 else ["disk"]
        else:
            names.append(what)
    out = ""
    for kind, guid in CLASSES.items():
        out += key(f"{root}\\{guid}", *(multi(side + "Filters", *names) for (k, side), names in lists.items() if k == kind and names))
    return out


def critical_text(disk, root):
    rows = {"GenDisk": "disk", "Primary_IDE_Channel": "atapi", "Secondary_IDE_Channel": "atapi", "STORAGE#Volume": "volsnap"}
    if disk.release == "7":
        rows.update({"Internal_IDE_Channel": "atapi", "ACPI#VMBus": "vmbus",
                     "VMBUS#{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}": "storvsc"})
    rows.update(disk.critical)
    return "".join(key(f"{root}\\{i if disk.release == '7' else i.lower()}", f'"ClassGUID"="{CLASSES["hdc"].upper()}"',
                       f'"Service"="{s}"') for i, s in rows.items())


def set_text(disk, number, services):
    root = f"ControlSet{number:03d}"
    text = key(root + "\\Control", *([dword("BootDriverFlags", 0x1C)] if disk.x64 else []),
               '"SystemBootDevice"="multi(0)disk(0)rdisk(0)partition(1)"')
    text += key(root + "\\Control\\Session Manager", multi("BootExecute", "autocheck autochk *"))
    text += key(root + "\\Control\\Session Manager\\Environment", '"OS"="Windows_NT"',
                f'"PROCESSOR_ARCHITECTURE"="{"AMD64" if disk.x64 else "x86"}"')
    text += key(root + "\\Control\\ProductOptions", '"ProductType"="WinNT"')
    text += key(root + "\\Control\\PnP", dword("PollBootPartitionTimeout", 30000))
    text += key(root + "\\Control\\ServiceGroupOrder",
                multi("List", "System Reserved", "WdfLoadGroup", "Boot Bus Extender", "System Bus Extender", "SCSI miniport", "Port",
                      "Primary Disk", "SCSI Class", "FSFilter Infrastructure", "FSFilter Bottom", "FSFilter Top", "Filter",
                      "Boot File System", "Base", "File System", "Network", "NDIS Wrapper", "Cryptography", "Extended Base"))
    text += filters_text(disk, root + "\\Control\\Class")
    if not disk.x64:
        text += critical_text(disk, root + "\\Control\\CriticalDeviceDatabase")
    text += "".join(service_text(disk, root + "\\Services", s) for s in services.values() if s.there)
    if disk.release == "xp":
        text += key(root + "\\Services\\srservice", dword("Type", 0x20), dword("Start", 2), dword("ErrorControl", 1))
    if "xenfilt" in disk.filters.values():
        text += key(root + "\\Services\\xenfilt", dword("Type", 1), dword("Start", 0), dword("ErrorControl", 1),
                    '"ImagePath"=expand:"System32\\\\drivers\\\\xenfilt.sys"')
    return text


def build_text(release):
    """An inbox package, whose version is the build."""
    major, minor, build = {"8.1": (6, 3, 9600), "10": (10, 0, 19041), "11": (10, 0, 22631)}[release]
    version = bytes.fromhex("ffff090000000000 67e9364d25e3ce11bfc108002be10318 00808ca3c594c601")
    version += struct.pack("<HHHH", 1, build, minor, major) + bytes(8)
    label = "disk.inf_amd64_18632ebfbf46b676"
    return key("DriverDatabase\\DriverInfFiles\\disk.inf", f'"Active"="{label}"') + \
        key("DriverDatabase\\DriverPackages\\" + label, '"Version"=hex:' + version.hex(","))


def system_text(disk):
    boots = disk.sets
    text = HEADER + key("Select", dword("Current", 1), dword("Default", boots), dword("Failed", 0),
                        dword("LastKnownGood", 1 if disk.x64 else 3 - boots))
    text += key("Setup", dword("SetupType", 0), dword("SystemSetupInProgress", 0), '"CmdLine"=""')
    text += key("MountedDevices")
    for number in range(1, disk.sets + 1):
        text += set_text(disk, number, disk.services if number == boots else disk.sound)
    if disk.x64:
        text += key("HardwareConfig", f'"LastConfig"="{UUID}"', dword("LastId", 0))
        text += key("HardwareConfig\\" + UUID, dword("Id", 0), '"SystemManufacturer"="Somebody"', '"SystemProductName"="Box"',
                    dword("BootDriverFlags", 0))
        version = 0x06030000 if disk.release == "8.1" else 0x0A000000
        text += key("DriverDatabase", dword("Version", version), dword("Architecture", 9))
        text += build_text(disk.release)
        text += "".join(key("DriverDatabase\\DeviceIds\\" + i, f'"{inf}"=hex:01,ff,00,00') for i, inf in DATABASE.items())
    return text


def other_numbers(text):
    """The same layout with other Start numbers: what stood there before the log was written."""
    return text.replace('"Start"=dword:00000000', '"Start"=dword:00000002').replace('"Start"=dword:00000003', '"Start"=dword:00000000')


def hive(out, text, *options):
    path = out.with_suffix(".reg")
    path.write_text(text, encoding="utf-8")
    run(BIN / "mkhive", "--name", out.name, *options, path, out)


def store_text(disk):
    name = "bcd7.reg" if disk.scheme == "mbr" else "bcd10.reg"
    text = (SRC / "fixtures" / name).read_text(encoding="utf-8")
    if disk.scheme == "mbr" and not disk.two_parts:
        text = text.replace("00,00,00,00,00,00,b0", "00,00,00,00,00,00,10")
    if disk.store == "other":
        text = text.replace("07,00,7d,5b", "21,43,65,87") if disk.scheme == "mbr" else text.replace("00,00,b7,57", "99,00,b7,57")
    return text


# ---- volumes ----

def system_files(disk, work):
    """Script lines for SYSTEM and its logs."""
    text, config = system_text(disk), f"/{folder(disk)}/System32/config"
    minor = ("--minor", disk.minor)
    logs = {"SYSTEM.LOG1": "", "SYSTEM.LOG2": ""}
    if disk.log in ("log1", "log2"):
        hive(work / "NEW", text, "--sequence", 7, 7, *minor)
        hive(work / "SYSTEM", other_numbers(text), "--sequence", 8, 7, *minor)
        run(BIN / "mklog", work / "SYSTEM", work / "NEW", work / "LOG")
        logs["SYSTEM." + disk.log.upper()] = work / "LOG"
    else:
        hive(work / "SYSTEM", text, "--sequence", 8 if disk.log == "lost" else 7, 7, *minor)
    yield f"file {config}/SYSTEM {work}/SYSTEM"
    for name, source in logs.items():
        yield f"file {config}/{name} {source}" if source else f"text {config}/{name}"


def folder(disk):
    return "WINDOWS" if disk.release == "xp" else "Windows"


def windows_script(disk, work):
    root = "/" + folder(disk)
    yield "security 101"
    for name in ("drivers", "config", "DriverStore/FileRepository"):
        yield f"dir {root}/System32/{name}"
    yield from system_files(disk, work)
    if disk.kernel:
        yield f"file {root}/System32/ntoskrnl.exe {work}/kernel.exe"
    yield f"file {root}/System32/hal.dll {work}/kernel.exe"
    if disk.release != "xp" and disk.loader:
        for name in ("winload.exe", "winload.efi"):
            yield f"file {root}/System32/{name} {work}/kernel.exe"
    names = list(disk.services.values())
    for s in names:
        if s.file != "missing":
            yield f"{'file' if s.file == 'present' else 'text'} {root}/System32/drivers/{file_of(s.name)}" + \
                (f" {work}/driver.sys" if s.file == "present" else "")
    if disk.release == "xp":
        yield f"file {root}/System32/drivers/ntfs.sys {work}/driver.sys"
    if "xenfilt" in disk.filters.values():
        yield f"file {root}/System32/drivers/xenfilt.sys {work}/driver.sys"


def boot_script(disk, work):
    """Lines of the active partition of a disk with MBR."""
    if disk.release == "xp":
        arc = f"multi(0)disk(0)rdisk(0)partition({disk.boot_ini_part})\\WINDOWS"
        (work / "boot.ini").write_text("\r\n".join(("[boot loader]", "timeout=30", "default=" + arc, "[operating systems]",
                                                    arc + '="Windows XP" /fastdetect', "")), encoding="ascii")
        return [f"file /ntldr {work}/kernel.exe", "text /NTDETECT.COM MZ", f"file /boot.ini {work}/boot.ini"]
    lines = ["dir /Boot", f"file /bootmgr {work}/kernel.exe"]
    if disk.store != "none":
        hive(work / "BCD", store_text(disk), "--minor", 3, "--root", "NewStoreRoot")
        lines.append(f"file /Boot/BCD {work}/BCD")
    return lines


def ntfs(disk, work, name, start, sectors, lines):
    path, script = work / (name + ".ntfs"), work / (name + ".txt")
    with open(path, "wb") as f:
        f.truncate(sectors * disk.sector)
    run("mkntfs", "-F", "-Q", "-T", "-q", "-s", disk.sector, "-c", disk.cluster, "-p", start, "-H", 16, "-S", 63, path)
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run(BIN / "ntfsfill", path, script)
    with open(path, "r+b") as f:
        f.seek(352)
        f.write(b"NTLDR" if disk.release == "xp" else b"BOOTMGR")  # as Windows' own boot code does
        if disk.hidden == "wrong":
            for at in (28, (sectors - 1) * disk.sector + 28):
                f.seek(at)
                f.write(struct.pack("<I", start + 63))
    return path


@functools.lru_cache(maxsize=None)
def efi(sector, start, sectors, store_reg, machine):
    """The bytes of an EFI partition with that store."""
    work = Path(os.environ["TMPDIR"]) / f"efi-{os.getpid()}"
    work.mkdir(exist_ok=True)
    path, kernel = work / "fat", work / "boot.efi"
    path.write_bytes(b"")
    os.truncate(path, sectors * sector)
    run("mkfs.fat", "--invariant", "-F", 32 if sector == 512 else 16, "-s", 1, "-S", sector, "-h", start, "-n", "SYSTEM", path)
    run("mmd", "-i", path, "::EFI", "::EFI/Microsoft", "::EFI/Microsoft/Boot", "::EFI/Boot")
    run(BIN / "mkpe", kernel, "--machine", machine, "--size", 65536)
    for name in ("EFI/Microsoft/Boot/bootmgfw.efi", "EFI/Boot/bootx64.efi"):
        run("mcopy", "-i", path, kernel, "::" + name)
    if store_reg:
        hive(work / "BCD", store_reg, "--minor", 3, "--root", "NewStoreRoot")
        run("mcopy", "-i", path, work / "BCD", "::EFI/Microsoft/Boot/BCD")
    return path.read_bytes()


# ---- the raw disk ----

def put(f, at, source, skip=bytes(65536)):
    """The bytes of a file, or bytes, without what is zero."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    for i in range(0, len(data), 65536):
        if data[i:i + 65536] != skip[:len(data) - i]:
            f.seek(at + i)
            f.write(data[i:i + 65536])


def guid(text):
    a, b, c, d, e = text.split("-")
    return struct.pack("<IHH", int(a, 16), int(b, 16), int(c, 16)) + bytes.fromhex(d + e)


def gpt(f, sector, total, parts):
    """Both copies, for partitions (type, id, start, sectors)."""
    array = b"".join(guid(t) + guid(i) + struct.pack("<QQQ", a, a + n - 1, 0) + bytes(72) for t, i, a, n in parts).ljust(16384, b"\0")
    span = 16384 // sector

    def header(own, other, at):
        h = bytearray(b"EFI PART" + struct.pack("<IIIIQQQQ", 0x10000, 92, 0, 0, own, other, 2 + span, total - 2 - span) +
                      guid("57B70000-1000-4000-8007-000000000000") + struct.pack("<QIII", at, 128, 128, binascii.crc32(array)))
        struct.pack_into("<I", h, 16, binascii.crc32(h))
        return bytes(h)
    protective = bytearray(512)
    protective[446:462] = struct.pack("<8BII", 0, 0, 2, 0, 0xEE, 255, 255, 255, 1, total - 1)
    protective[510:] = b"\x55\xaa"
    for at, data in ((0, bytes(protective)), (1, header(1, total - 1, 2)), (2, array), (total - 1 - span, array),
                     (total - 1, header(total - 1, 1, total - 1 - span))):
        f.seek(at * sector)
        f.write(data)


def mbr(disk, f, parts):
    table = bytearray(512)
    table[:4] = b"\x33\xc0\x8e\xd0"  # the first bytes of Windows' code
    struct.pack_into("<I", table, 440, 0x5B7D0007)
    for i, (start, sectors) in enumerate(parts):
        active = {"one": i == 0, "none": False, "two": True}[disk.active]
        table[446 + 16 * i:462 + 16 * i] = struct.pack("<8BII", 0x80 if active else 0, 0, 2, 0, 7, 255, 255, 255, start, sectors)
    table[510:] = b"\x55\xaa"
    f.seek(0)
    f.write(table)


ESP, BASIC = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"


def raw(disk, work):
    """The disk as raw bytes; (path, start of Windows' volume, its bytes)."""
    path, unit = work / "disk.raw", disk.sector
    small = 10 << 20
    sectors = (28 << 20) // unit
    run(BIN / "mkpe", work / "driver.sys", "--machine", "x64" if disk.x64 else "x86", "--size", 4096)
    run(BIN / "mkpe", work / "kernel.exe", "--machine", "x64" if disk.x64 else "x86", "--size", 16384)
    first = (34 << 20) // unit + 2048 if disk.scheme == "gpt" else 63 if disk.release == "xp" and disk.cluster % 1024 else 2048
    start = first + small // unit if disk.two_parts else first
    total = start + sectors + 2048
    lines = list(windows_script(disk, work))
    with open(path, "wb") as f:
        f.truncate(total * unit)
        if disk.scheme == "mbr":
            if disk.two_parts:
                put(f, first * unit, ntfs(disk, work, "boot", first, small // unit, boot_script(disk, work)))
            else:
                lines += boot_script(disk, work)
            parts = [(first, small // unit)] if disk.two_parts else []
            mbr(disk, f, parts + [(start, sectors)])
        else:
            parts = [(BASIC, "57B70003-1000-4000-8007-000000000003", start, sectors)]
            if disk.scheme == "gpt":
                text = None if disk.store == "none" else store_text(disk)
                put(f, 2048 * unit, efi(unit, 2048, (34 << 20) // unit, text, "x64"))
                parts.insert(0, (ESP, "57B70001-1000-4000-8007-000000000001", 2048, (34 << 20) // unit))
            gpt(f, unit, total, parts)
        put(f, start * unit, ntfs(disk, work, "windows", start, sectors, lines))
    return path, start * unit, sectors * unit


def make(disk, work, out):
    """The image file in out; (its path, start and size of Windows' volume)."""
    source, start, size = raw(disk, work)
    kind = disk.container
    image = out / ("disk." + ("img" if kind == "raw" else kind.split("-")[0]))
    if kind == "raw":
        os.rename(source, image)
    elif kind == "vhd-fixed":
        os.rename(source, image)
        with open(image, "ab") as f:
            f.write(container.footer(f.tell(), 2, (1 << 64) - 1, image.name))
    elif kind == "vhd-dynamic":
        container.vhd_sparse(image, source, image.name)
    elif kind == "vhd-child":
        container.vhd_child(image, source, "base.vhd")
    elif kind == "vhdx-child":
        container.vhdx(out / "base.vhdx", source, disk, "dynamic")
        run("qemu-img", "create", "-q", "-f", "vhdx", "-o", "subformat=dynamic,block_size=1M,block_state_zero=off", image,
            os.path.getsize(source))
        run(BIN / "vhdxchild", image, out / "base.vhdx")
    else:
        container.vhdx(image, source, disk, kind.split("-")[1])
    return image, start, size
