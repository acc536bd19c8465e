# SPDX-License-Identifier: MIT
"""random_windows.py: what a Windows has, what a machine needs, and so what must be said of a disk with a fault.

The tables are those of the facts sheets on boot drivers and root causes; nothing here asks the program. A Disk
is a choice of container, table, cluster size, Windows, hive, log and faults. expect() says what follows for a target:
the problems, each with step, severity, rules it may be told by, and whether it can be mended in place.
"""
import collections
import copy

# name: group, ErrorControl, Start before 8, Start from 8 on; None where that Windows does not have it. All are kernel
# drivers, those of TYPE2 file systems. From XP to 7 and from 8.1 on.
CORE = {
    "ACPI": ("Boot Bus Extender", 3, 0, 0), "pci": ("Boot Bus Extender", 3, 0, 0), "acpiex": ("Boot Bus Extender", 3, None, 0),
    "msisadrv": ("Boot Bus Extender", 3, 0, 0), "vdrvroot": ("Boot Bus Extender", 3, 0, 0),
    "partmgr": ("Boot Bus Extender", 3, 0, 0), "volmgr": ("System Bus Extender", 3, 0, 0),
    "volmgrx": ("System Bus Extender", 3, 0, 0), "mountmgr": ("System Bus Extender", 3, 0, 0),
    "volume": ("", 3, None, 0), "volsnap": ("", 3, 0, 0), "disk": ("", 1, 0, 0), "spaceport": ("System Bus Extender", 3, None, 0),
    "EhStorClass": ("SCSI Class", 1, None, 0), "fvevol": ("PnP Filter", 3, 0, 0), "rdyboost": ("PnP Filter", 3, 0, 0),
    "iorate": ("PnP Filter", 3, None, 0), "FltMgr": ("FSFilter Infrastructure", 3, 0, 0), "FileInfo": ("FSFilter Bottom", 1, 0, 0),
    "CLFS": ("Filter", 3, 0, 0), "CNG": ("Core", 3, 0, 0), "KSecDD": ("Base", 1, 0, 0), "KSecPkg": ("Cryptography", 1, 0, 0),
    "pcw": ("System Reserved", 1, 0, 0), "Wdf01000": ("WdfLoadGroup", 1, 0, 0), "NDIS": ("NDIS Wrapper", 3, 0, 0),
    "hwpolicy": ("", 0, 0, 0), "Ntfs": ("Boot File System", 1, 3, 3),
    "pciide": ("System Bus Extender", 3, 3, 0), "intelide": ("System Bus Extender", 3, 3, 0),
    "atapi": ("SCSI Miniport", 3, 0, 0), "msahci": ("SCSI Miniport", 3, 3, None), "storahci": ("SCSI Miniport", 3, None, 0),
    "stornvme": ("SCSI Miniport", 3, None, 0), "LSI_SAS": ("SCSI Miniport", 1, 3, 0), "iaStorV": ("SCSI Miniport", 1, 3, 0),
    "amdsata": ("SCSI Miniport", 1, 3, 0), "amdxata": ("SCSI Miniport", 1, 0, 0), "megasas": ("SCSI Miniport", 1, 3, 0),
    "nvraid": ("System Bus Extender", 1, 3, 0), "vsmraid": ("SCSI Miniport", 1, 3, 0),
    "vmbus": ("System Bus Extender", 1, 0, 0), "storvsc": ("Base", 1, 3, 0), "storflt": ("Extended Base", 1, 0, 0),
    "vpci": ("System Bus Extender", 1, None, 0), "vhdmp": ("SCSI Miniport", 1, 3, 3), "FsDepends": ("FSFilter Top", 3, 3, 3),
}
XP = {
    "ACPI": ("Boot Bus Extender", 1), "PCI": ("Boot Bus Extender", 3), "isapnp": ("Boot Bus Extender", 3),
    "Disk": ("SCSI Class", 1), "PartMgr": ("System Bus Extender", 1), "Ftdisk": ("Filter", 1), "MountMgr": ("System Bus Extender", 1),
    "VolSnap": ("System Bus Extender", 1), "dmio": ("System Bus Extender", 1), "dmload": ("System Bus Extender", 1),
    "FltMgr": ("FSFilter Infrastructure", 1), "KSecDD": ("Base", 1), "Mup": ("Network", 1), "NDIS": ("NDIS Wrapper", 1),
    "atapi": ("SCSI miniport", 1), "IntelIde": ("System Bus Extender", 1),
}
TYPE2 = ("FltMgr", "FileInfo", "Ntfs", "FsDepends", "Mup")
FILES = {"storflt": "vmstorfl.sys"}  # file names that are not the service's
LATER = {"volume": "10", "iorate": "10"}  # not in 8.1
BOOT_FLAGS = {"vhdmp": 2, "FsDepends": 2}

RELEASES = ("xp", "7", "8.1", "10", "11")
# What must be Start 0 on every machine, and the part of the way that it serves.
NEEDED = {"ACPI": "bus", "pci": "bus", "disk": "disk", "partmgr": "volume", "volmgr": "volume", "mountmgr": "volume",
          "volsnap": "filters", "volume": "volume", "Ftdisk": "volume"}

Target = collections.namedtuple("Target", "firmware chain id")
# firmware: b, u or e (either); the controllers of its boot disk in releases from 8 on; the id that they show
TARGETS = {
    "physical-ide": Target("b", ("pciide", "atapi"), "PCI#CC_0101"),
    "physical-ahci": Target("e", ("storahci",), "PCI#CC_010601"),
    "physical-nvme": Target("e", ("stornvme",), "PCI#CC_010802"),
    "virtual-pc": Target("b", ("intelide", "atapi"), "PCI#VEN_8086&DEV_7111"),
    "hyperv-gen1": Target("b", ("intelide", "atapi"), "PCI#VEN_8086&DEV_7111"),
    "hyperv-gen2": Target("u", ("vmbus", "storvsc"), ""),
    "azure-gen2": Target("u", ("vmbus", "storvsc"), ""),
    "azure-nvme": Target("u", ("vmbus", "vpci", "stornvme"), ""),
    "vmware-lsi-sas": Target("e", ("LSI_SAS",), "PCI#VEN_1000&DEV_0054"),
    "vmware-sata": Target("e", ("storahci",), "PCI#CC_010601"),
    "vmware-nvme": Target("e", ("stornvme",), "PCI#CC_010802"),
    "vmware-ide": Target("e", ("intelide", "atapi"), "PCI#VEN_8086&DEV_7111"),
    "kvm-sata": Target("e", ("storahci",), "PCI#CC_010601"),
    "kvm-ide": Target("e", ("intelide", "atapi"), "PCI#VEN_8086&DEV_7010"),
    "kvm-nvme": Target("e", ("stornvme",), "PCI#CC_010802"),
    "kvm-virtio-blk": Target("e", ("viostor",), ""),
    "gcp-nvme": Target("e", ("stornvme",), "PCI#CC_010802"),
    "virtualbox-sata": Target("e", ("storahci",), "PCI#CC_010601"),
    "virtualbox-ide": Target("e", ("intelide", "atapi"), "PCI#VEN_8086&DEV_7111"),
    "parallels": Target("e", ("storahci",), "PCI#CC_010601"),
    "vhd-on-ide": Target("e", ("pciide", "atapi"), "PCI#CC_0101"),
    "vhd-on-ahci": Target("e", ("storahci",), "PCI#CC_010601"),
    "vhd-on-nvme": Target("e", ("stornvme",), "PCI#CC_010802"),
}
# Up to 7 what serves which id of a boot controller; channels and disks have entries of their own.
CRITICAL = {"xp": {"PCI#VEN_8086&DEV_7111": "IntelIde"},
            "7": {"PCI#CC_0101": "pciide", "PCI#CC_010601": "msahci", "PCI#VEN_1000&DEV_0054": "LSI_SAS",
                  "PCI#VEN_8086&DEV_7111": "intelide", "PCI#VEN_8086&DEV_7010": "intelide"}}

STEPS = ("release", "firmware", "boot-store", "loader", "hive", "drivers", "bus", "controller", "disk", "volume", "filters",
         "file-system")
WORSE = ("note", "doubt", "likely", "stop")
VERDICT = {"note": "boots", "doubt": "doubt", "likely": "likely-stops", "stop": "stops"}


class Service:
    def __init__(self, name, group, error, start):
        self.name, self.group, self.error, self.start = name, group, error, start
        self.override = {}
        self.file = "present"  # missing, empty
        self.there = True


def services_of(release):
    if release == "xp":
        return {n: Service(n, g, e, 0) for n, (g, e) in XP.items()}
    column = 2 if release == "7" else 3
    return {n: Service(n, row[0], row[1], row[column]) for n, row in CORE.items()
            if row[column] is not None and not (release == "8.1" and n in LATER)}


Problem = collections.namedtuple("Problem", "step severity rules subject mendable")


class Disk:
    """Everything about one disk; what is not said is as in a sound one."""

    def __init__(self, release, scheme, container):
        self.release, self.scheme, self.container = release, scheme, container
        self.x64 = release not in ("xp", "7")
        self.services = services_of(release)
        self.sound = copy.deepcopy(self.services)
        self.critical = dict(CRITICAL.get(release, {}))
        self.sector, self.cluster, self.minor, self.two_parts = 512, 4096, 5, False
        self.log, self.sets, self.filters, self.faults = "clean", 1, {}, []
        self.active, self.hidden, self.store, self.loader, self.kernel = "one", "right", "own", True, True
        self.boot_ini_part = 1

    def service(self, name):
        return next((s for n, s in self.services.items() if n.lower() == name.lower()), None)

    def words(self):
        return (f"{self.release} {self.container} {self.scheme} sector {self.sector} cluster {self.cluster} 1.{self.minor} "
                f"log {self.log} sets {self.sets}: {', '.join(self.faults) or 'sound'}")


def chain_of(disk, target):
    chain = TARGETS[target].chain
    if not disk.x64:
        chain = tuple("msahci" if n == "storahci" else n for n in chain)
    if disk.release == "7" and "intelide" in chain and not disk.services["intelide"].there:
        # the sheets do not say whether a controller whose own driver is gone falls back to that of its class; the
        # program says so, and no Windows was asked
        chain = tuple("pciide" if n == "intelide" else n for n in chain)
    return chain


def about_driver(disk, name, step, severity, machine):
    """What is wrong with a driver that is needed."""
    s = disk.service(name)
    rule = {"bus": "R3", "disk": "R3", "volume": "R3", "filters": "R3"}.get(step)
    if s is None or not s.there:
        inbox = disk.sound.get(s.name) if s else None
        yield Problem(step, severity, ("R4",), name if s else "", bool(inbox) and s.file == "present")
        return
    parked = [k for k, n in s.override.items() if n and (machine == "new" or k == machine)]
    if s.file != "present":
        # the loader stops at a critical one; without another one its device stays without a driver
        critical = s.error == 3 and s.start == 0 and not (parked and machine != "new")
        yield Problem("drivers" if critical else step, "stop" if critical else severity, ("R5",), name, False)
        return
    if s.start != 0:
        yield Problem(step, severity, (rule,) if rule else ("R1", "R3"), name, True)
    if parked and s.start == 0:
        yield Problem(step, "doubt" if machine == "new" else severity, ("R2",), name, True)


def about_strays(disk, needed, machine):
    """Start=0 drivers that nobody needs and whose files are not there."""
    for s in disk.services.values():
        if s.name.lower() in needed or not s.there or s.file == "present" or s.start != 0:
            continue
        if machine != "new" and s.override.get(machine):
            continue
        # one that is parked somewhere: whether a new machine reads it is inferred
        severity = "likely" if s.override and s.error == 3 else "stop" if s.error == 3 else \
            "likely" if disk.release in ("10", "11") else "note"
        yield Problem("drivers", severity, ("R5",), s.name, None)


def about_way(disk, target):
    """From the firmware to the kernel."""
    native = target.startswith("vhd-on")
    if disk.kernel is False:
        yield Problem("loader", "stop", ("B39",), "", False)
    if native:
        return
    if disk.scheme == "mbr":
        if disk.active != "one":
            yield Problem("firmware", "stop", ("B16",), "", True)
        if disk.hidden != "right":
            yield Problem("firmware", "likely", ("B19",), "", True)
    if disk.scheme == "gpt-no-esp":
        yield Problem("boot-store", "stop", ("B23",), "", False)
        yield Problem("boot-store", "stop", ("B1",), "", False)
        return
    if disk.release == "xp":
        if disk.boot_ini_part != 1:
            yield Problem("boot-store", "stop", ("B30",), "", False)  # a text: the line is shown
        return
    if disk.store == "none":
        yield Problem("boot-store", "stop", ("B1",), "", False)
    if disk.store == "other":
        yield Problem("boot-store", "stop", ("B4",), "", True)
    if not disk.loader and disk.store != "none":  # its path stands in the store
        yield Problem("loader", "stop", ("B7",), "", False)


def cannot_run(disk, target):
    """(step) of a Windows that does not run there, or of the wrong firmware."""
    native, t = target.startswith("vhd-on"), TARGETS[target]
    old = disk.release in ("xp", "7")
    if old and target in ("hyperv-gen2", "azure-gen2", "azure-nvme") or disk.x64 and target == "virtual-pc":
        return "release"
    if target.startswith("gcp") and not disk.x64:
        return "release"
    if native and (disk.release == "xp" or disk.release == "7" and "vhdx" in disk.container):
        return "release"
    mine = "b" if disk.scheme == "mbr" else "u"
    if not native and t.firmware != "e" and t.firmware != mine:
        return "firmware"
    return None


def expect(disk, target, machine="new"):
    """(step that cannot be passed at all or None, problems)"""
    blocked = cannot_run(disk, target)
    if blocked:
        return blocked, []
    native, chain = target.startswith("vhd-on"), chain_of(disk, target)
    problems = list(about_way(disk, target))
    needed = {n.lower(): (step, "stop") for n, step in NEEDED.items() if disk.sound.get(n) or disk.release == "xp" and
              any(n.lower() == k.lower() for k in disk.sound)}
    for name in chain:
        needed[name.lower()] = ("bus" if name in ("vmbus", "vpci") else "controller", "stop")
    if target == "hyperv-gen1" and disk.release != "xp":
        for name in ("vmbus", "storvsc"):
            needed.setdefault(name, ("bus" if name == "vmbus" else "controller", "likely"))
    if target in ("physical-ide", "vhd-on-ide"):
        needed.setdefault("intelide", ("controller", "likely"))
    if native:
        for name in ("vhdmp", "fsdepends", "vdrvroot"):
            needed[name] = ("bus" if name == "vdrvroot" else "controller", "flags")
    if target in ("hyperv-gen2", "azure-gen2"):
        del needed["pci"]  # there is no PCI bus
    for name, (step, severity) in needed.items():
        if severity == "flags":
            problems += about_flagged(disk, name, step)
        else:
            problems += about_driver(disk, name, step, severity, machine)
    if target not in ("hyperv-gen2", "azure-gen2", "azure-nvme") and not disk.x64:
        problems += about_binding(disk, target, chain)
    problems += about_strays(disk, set(needed) | {"ntfs"}, machine)
    problems += about_filters(disk, target)
    if disk.service("Ntfs") and disk.service("Ntfs").file != "present":
        problems.append(Problem("file-system", "stop", ("R13", "R5"), "ntfs", False))
    if any(set(p.rules) & {"B7", "B23", "B30", "B39"} for p in problems):  # it gets nowhere near its drivers
        problems = [p._replace(mendable=False) if p.step not in STEPS[:4] else p for p in problems]
    return None, problems


def about_flagged(disk, name, step):
    """Promoted by BootFlags for a VHD: Start 3 is right; vdrvroot starts by itself."""
    s = disk.service(name)
    if s is None or not s.there:
        yield Problem(step, "stop", ("R4",), name, bool(s) and s.file == "present")
    elif s.file != "present":
        yield Problem("drivers" if s.error == 3 and s.start == 0 else step, "stop", ("R5",), name, False)
    elif name == "vdrvroot" and s.start != 0 or s.start == 4:
        yield Problem(step, "stop", ("R1", "R3"), name, True)


def about_binding(disk, target, chain):
    wanted = TARGETS[target].id
    driver = disk.service(chain[0])
    if wanted and driver and driver.there and driver.file == "present" and wanted not in disk.critical:
        # by its class alone a controller may be bound through an id that is more its own
        yield Problem("controller", "likely" if "CC_" in wanted else "stop", ("R7",), chain[0], True)


def about_filters(disk, target):
    for kind, what in disk.filters.items():
        if what == "xenfilt":
            yield Problem("filters", "likely", ("R10",), "xenfilt", True)
        elif what == "ghost":
            yield Problem("filters", "stop", ("F1", "F2"), "ghost", True)
        elif what == "no-partmgr" and kind == "disk":
            yield Problem("volume", "stop", ("F3",), "partmgr", True)  # no volume appears


def verdict(blocked, problems):
    """(verdict, the steps that may be named as the one that decides)"""
    if blocked:
        return "stops", {blocked}
    worst = max((p.severity for p in problems), key=WORSE.index, default="note")
    if worst == "note":
        return "boots", {None}
    steps = [p.step for p in problems if p.severity == worst]
    return VERDICT[worst], {min(steps, key=STEPS.index)}


def mended(problems):
    """What is left when all is written that can be mended in place."""
    return [p for p in problems if p.mendable is not True]


# ---- faults ----

def choose(rng):
    release = rng.choice(("xp", "7", "7", "8.1", "10", "10", "11"))
    container = rng.choice(("raw", "vhd-fixed", "vhd-dynamic", "vhd-dynamic", "vhd-child", "vhdx-dynamic", "vhdx-fixed",
                            "vhdx-child"))
    scheme = "mbr" if release == "xp" or rng.random() < 0.45 else "gpt" if release != "7" or rng.random() < 0.3 else "mbr"
    disk = Disk(release, scheme, container)
    if release == "7" and scheme == "gpt":
        disk.scheme = "gpt-no-esp"
    if disk.scheme == "gpt" and container in ("raw", "vhdx-dynamic", "vhdx-fixed") and rng.random() < 0.4:
        disk.sector = 4096
    disk.cluster = rng.choice([c for c in (512, 1024, 2048, 4096, 4096, 8192, 16384, 32768, 65536) if c >= disk.sector])
    disk.minor = rng.choice((3, 5, 5))
    disk.two_parts = disk.scheme == "mbr" and release != "xp" and rng.random() < 0.4
    if release != "xp":
        disk.log = rng.choice(("clean", "clean", "clean", "log1", "log2", "lost"))
    disk.sets = rng.choice((1, 1, 1, 2))
    for service in disk.services.values():  # parked for the last machine, as in every hive from 8 on
        if disk.x64 and service.name in ("pciide", "intelide", "vmbus", "storvsc", "vpci", "megasas", "vsmraid", "LSI_SAS", "iaStorV",
                                         "stornvme", "nvraid") and rng.random() < 0.4:
            service.override["0"] = 3
    if not disk.x64 and release == "7":
        for name in ("pciide", "intelide", "msahci", "LSI_SAS", "storvsc"):
            disk.services[name].start = rng.choice((0, 0, 3))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        break_one(disk, rng)
    return disk


def break_one(disk, rng):
    names = [n for n in disk.services if n not in ("Ntfs", "vhdmp", "FsDepends", "KSecDD", "Mup", "isapnp", "dmio", "dmload")]
    wanted = [n for n in names if n.lower() in {c.lower() for t in TARGETS for c in chain_of(disk, t)}]
    core = [n for n in names if n.lower() in {k.lower() for k in NEEDED}]
    stray = [n for n in names if n in ("megasas", "vsmraid", "iaStorV", "nvraid", "amdsata")]
    name = rng.choice(rng.choice([k for k in (wanted, wanted, core, stray) if k]))
    service = disk.services[name]
    kind = rng.choice(("start", "start", "override", "disabled", "gone", "no file", "empty file", "filter", "way", "way", "binding"))
    if kind == "start":
        service.start = rng.choice((1, 2, 3)) if name in wanted else 3
    elif kind == "override" and disk.x64:
        service.override["0"] = 3
    elif kind == "disabled":
        service.start = 4
    elif kind == "gone":
        service.there = False
        if rng.random() < 0.4:
            service.file = "missing"
    elif kind in ("no file", "empty file"):
        service.file = "missing" if kind == "no file" else "empty"
    elif kind == "filter":
        what = rng.choice(("ghost", "ghost", "xenfilt", "no-partmgr"))
        disk.filters = {"disk": what} if what != "xenfilt" else {"hdc": what}
        name = what
    elif kind == "binding" and not disk.x64 and disk.critical:
        name = rng.choice([k for k in sorted(disk.critical) if disk.release == "xp" or k in ("PCI#CC_010601", "PCI#VEN_1000&DEV_0054")] or
                          [None])
        disk.critical.pop(name, None)
    elif kind == "way":
        name = break_way(disk, rng)
    else:
        return
    disk.faults.append(f"{kind} {name}")


def break_way(disk, rng):
    kinds = ["kernel"]
    if disk.scheme == "mbr":
        kinds += ["active", "hidden"]
    if disk.release == "xp":
        kinds += ["boot.ini"]
    elif disk.scheme != "gpt-no-esp":
        kinds += ["store none", "store other", "store other", "loader"]
    kind = rng.choice(kinds)
    if kind == "kernel":
        disk.kernel = False
    elif kind == "active":
        disk.active = rng.choice(("none", "two") if disk.two_parts else ("none",))
    elif kind == "hidden":
        disk.hidden = "wrong"
    elif kind == "boot.ini":
        disk.boot_ini_part = 2
    elif kind == "loader":
        disk.loader = False
    else:
        disk.store = kind[6:]
    return kind
