/* SPDX-License-Identifier: MIT */
/*
 * The rules in plain words. Rows with an X stand for causes of the same stop that leave no trace
 * on a disk that is not running: a verdict of "boots" says nothing about them, and this list says
 * so.
 *
 * The ids are those of the findings (diagnose.h) and of doc/FORMATS/root-causes.md. A test
 * compares them with what the diagnosis can say.
 */
#include "stop7b/explain.h"

#include "stop7b/bootpath_rules.h"

#include "stop7b/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define RULE(id_, title_, means_, stops_, seen_, fix_, source_)                                    \
	{                                                                                          \
		(id_), (title_), (means_), (stops_), (seen_), (fix_), (source_), true              \
	}
#define UNSEEN(id_, title_, means_, stops_, seen_, fix_, source_)                                  \
	{                                                                                          \
		(id_), (title_), (means_), (stops_), (seen_), (fix_), (source_), false             \
	}

static const struct explanation rows[] = {
	RULE("R1", "A disk controller driver or filter does not start at boot",
	     "The loader reads drivers with Start=0 into memory before Windows runs. This one has "
	     "another value, so it is not there when the boot disk must be read.",
	     "Nobody else can load it: the driver lies on the disk that only it can read. Windows "
	     "up to 7 parks unused storage drivers like that by itself.",
	     "Start of the service key in the set that boots is not 0, and no BootFlags promote it "
	     "for this kind of boot.",
	     "Sets Start to 0, and every StartOverride of the driver too, in the chosen control "
	     "sets. Never for a driver whose file is missing or empty.",
	     "Microsoft KB3024175 and KB922976; doc/FORMATS/boot-drivers.md, \"Parked drivers\""),
	RULE("R2", "StartOverride replaces Start",
	     "Windows 8 and later keep Start=0 and write another number below StartOverride for "
	     "the machine on which the driver was not needed.",
	     "On that machine the number counts instead of Start, so the driver is not loaded. "
	     "It bites when the same machine changes its controller, or a clone keeps its "
	     "identity.",
	     "A value of the StartOverride key is not 0. The value's name is the number of a "
	     "hardware configuration.",
	     "Sets each such value to 0, four bytes in place; with --remove-overrides the key is "
	     "deleted, as Windows itself does.",
	     "Azure/SAP-on-Azure-Scripts-and-Utilities, issues 132 and 147; "
	     "doc/FORMATS/boot-drivers.md, \"StartOverride\""),
	RULE("R3", "A bus or core driver does not start: the chain is broken",
	     "Between the processor and the boot volume stands a chain of drivers: bus, "
	     "controller, "
	     "disk, partitions, volume. This link is not loaded at boot.",
	     "Everything below a missing link is never found, however well its own drivers start.",
	     "Start of a bus driver, or of one of the disk and volume stack, is not 0 in the set "
	     "that boots, and no BootFlags promote it for this kind of boot.",
	     "Sets Start to 0, and every StartOverride of the driver too, in the chosen control "
	     "sets. Never for a driver whose file is missing or empty.",
	     "Azure/SAP-on-Azure-Scripts-and-Utilities, issue 147; Microsoft, \"Stop error 7B or "
	     "Inaccessible_Boot_Device troubleshooting\""),
	RULE("R4", "A needed driver is not there",
	     "The set that boots has no service key for the driver, or a key without values.",
	     "Windows does not know the driver, so the device stays without one.",
	     "The service key is absent, or has no Start value.",
	     "If Windows brings the driver and its file is still in place, the key is made again "
	     "with the values of that Windows. Otherwise the driver must be installed.",
	     "doc/FORMATS/boot-drivers.md, \"Core stack\""),
	RULE("R5", "A driver file is missing or empty",
	     "The service is there, its file is not, or holds nothing.",
	     "The loader stops at a critical driver without a file; a needed one that is skipped "
	     "leaves the device without a driver.",
	     "The path of the service is looked up on the Windows volume. Without ImagePath it is "
	     "System32\\drivers\\<service>.sys.",
	     "None: put the file back, from the driver store of the same Windows.",
	     "ntdevlabs/tiny11builder, issue 340; Microsoft, \"INF AddService Directive\""),
	RULE("R6", "The Type of a driver is not that of a driver",
	     "Type 1 is a kernel driver and 2 a file system driver; anything else is a program.",
	     "The loader takes only drivers, so this one is left out.",
	     "Type of a service that the boot needs is another number, or absent.",
	     "Sets Type to what this Windows gives the driver, where that is known.",
	     "Microsoft, \"INF AddService Directive\"; doc/FORMATS/boot-drivers.md, \"Start "
	     "values\""),
	RULE("R7", "The controller is not in CriticalDeviceDatabase",
	     "Up to Windows 7 this key says which driver a device gets that was never seen before.",
	     "The driver is loaded but bound to nothing: the controller stays without it.",
	     "No entry for the controller's hardware id names a driver that is there.",
	     "Makes the entry, with Service and ClassGUID as a healthy Windows has them.",
	     "Microsoft KB314082; libguestfs/virt-v2v; doc/FORMATS/boot-drivers.md, \"Binding "
	     "databases\""),
	RULE("R8", "The controller is not in DriverDatabase",
	     "From Windows 8 on this key says which package serves a device that was never seen.",
	     "The driver is loaded but bound to nothing: the controller stays without it.",
	     "DriverDatabase\\DeviceIds has no entry for the controller's hardware id.",
	     "None: entries belong to signed packages. Install the driver's package, with DISM for "
	     "instance.",
	     "libguestfs/virt-v2v; lxc/distrobuilder; doc/FORMATS/boot-drivers.md, \"Binding "
	     "databases\""),
	RULE("R9", "The vendor's driver of the last machine's controller is gone",
	     "The controller was driven by a driver that is no part of Windows, and its service "
	     "has been removed.",
	     "The device still names the driver, so Windows gives it no other one.",
	     "Enum names a service for the controller that is not there.",
	     "None: install the driver again, or let the inbox driver start and remove the device.",
	     "xcp-ng/win-pv-drivers, XenBootFix"),
	RULE("R10", "A driver of another hypervisor still starts",
	     "Drivers of Xen or Parallels that stayed behind when the disk was moved.",
	     "On other machines some of them fail, and with them the stacks that they filter.",
	     "A service of a known name has Start=0.",
	     "None by itself. By hand: first out of the filter lists, then Start=4.",
	     "xcp-ng/win-pv-drivers, XenBootFix; libguestfs/virt-v2v"),
	RULE("R11", "An early launch driver has no file",
	     "Early launch drivers belong to virus scanners and are started before all others.",
	     "A critical one without its file stops the boot, before any disk is looked for.",
	     "A Start=0 service of the group Early-Launch whose file is missing or empty.",
	     "None: put the file back, or set its Start by hand.",
	     "mvaferreira/RepairAzVMDisk; Microsoft, \"INF AddService Directive\""),
	RULE("F1", "A filter list names a driver that cannot load",
	     "UpperFilters and LowerFilters of a device class name drivers that sit in the stack "
	     "of "
	     "every device of the class.",
	     "If one of them cannot be loaded, no device of the class starts: no disk, no volume.",
	     "A name in the list has no service, or the service no file.",
	     "Writes the list without such names, in every chosen control set; an empty list is "
	     "deleted. Windows' own filters are made again if their file is there.",
	     "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\"; "
	     "Azure/repair-script-library, pull request 156"),
	RULE("F2", "A filter list names a driver that is disabled",
	     "The service was set to Start=4 and its name stayed in the list.",
	     "A filter that does not load keeps its devices from starting.",
	     "Start is 4 and the name is listed.",
	     "A filter of Windows' own is started again; another one's name leaves the list.",
	     "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\""),
	RULE("F3", "A filter of Windows' own is missing from its list",
	     "Windows puts partmgr into the list of disks, volsnap and others into that of "
	     "volumes.",
	     "Without partmgr no disk shows its partitions. Without the others a plain boot volume "
	     "is still found; those are notes.",
	     "The class is there, the driver is there, its name is not in the list.",
	     "Puts partmgr, and volsnap from Windows 10 on, back to the front of the list.",
	     "doc/FORMATS/boot-drivers.md, \"Class filters\""),
	RULE("F4", "A filter of another maker",
	     "The list names a driver that is no part of Windows. It is there and can load.",
	     "It does not, by itself. Filters of virus scanners, encryption and backup are a "
	     "common cause when they do not suit a new machine.",
	     "The name is not one that Windows puts there.",
	     "None: take the name out by hand when its product is gone.",
	     "doc/FORMATS/boot-drivers.md, \"Class filters\"; Azure/repair-script-library, pull "
	     "request 156"),
	RULE("F5", "A filter on a single device cannot load",
	     "A bus, controller or disk has a filter list of its own.",
	     "That device does not start, and nothing behind it is found.",
	     "A name of a service that is absent, disabled or without its file stands in "
	     "UpperFilters "
	     "or LowerFilters of the device's key below Enum. Lists of controllers and disks count "
	     "for the last machine only.",
	     "Takes the name off the list; an empty list is deleted.",
	     "Azure/repair-script-library, pull request 156"),
	RULE("F6", "Hyper-V's bus has an older name",
	     "A newer Hyper-V host shows its bus as ACPI\\MSFT1000; this Windows has only met "
	     "ACPI\\VMBus.",
	     "On Server 2012 and 2012 R2 the new name is not bound to vmbus, so the disk is not "
	     "found.",
	     "Enum\\ACPI has VMBus and not MSFT1000, and Windows is 8 or 8.1.",
	     "None: the device's key must be copied with its access rights.",
	     "MicrosoftDocs/SupportArticles-docs, "
	     "windows-server-2012r2-boot-failure-platform-update.md"),
	RULE("F7", "SanPolicy keeps disks offline",
	     "partmgr's SanPolicy says what happens to disks that Windows has not met.",
	     "With 3, or with 4 for a disk that is not external, such a disk stays offline.",
	     "SanPolicy is 3 or 4. All healthy hives have 1; servers may have 2.", "Sets it to 1.",
	     "Microsoft, \"VDS_SAN_POLICY enumeration\"; doc/FORMATS/boot-drivers.md, "
	     "\"Policies\""),
	RULE("F8", "Booting from USB is not enabled",
	     "BootDriverFlags says for which kinds of boot drivers are promoted to boot start.",
	     "Drivers of USB have Start=3 and are loaded in time only when promoted.",
	     "Control\\BootDriverFlags lacks 0x4, or from Windows 8 on 0x10. Flags that "
	     "HardwareConfig "
	     "keeps for a known machine are not judged.",
	     "Adds the bits. Whether every release looks there is not certain.",
	     "Microsoft, \"Specifying Driver Load Order\"; doc/FORMATS/boot-drivers.md, "
	     "\"BootFlags and BootDriverFlags\""),
	RULE("F9", "The wait for the boot disk is short",
	     "PollBootPartitionTimeout is how long Windows waits for the boot partition.",
	     "A disk on USB may show up later than that.",
	     "The value is below 30000 ms or absent, and the disk is on USB.",
	     "None: its effect is not certain.", "doc/FORMATS/boot-drivers.md, \"USB boot\""),
	RULE("F12", "Setup or sysprep has work left",
	     "The Setup key says that the next boot goes on with setup.",
	     "It does not. Devices are detected anew, but the boot drivers that are needed to get "
	     "that far are needed all the same.",
	     "SetupType, CmdLine, AuditBoot and GeneralizationState of the Setup key.",
	     "None needed.", "doc/FORMATS/boot-drivers.md, \"Policies\""),
	RULE("F13", "A program that runs before Windows is not there",
	     "BootExecute and SetupExecute name programs that run before Windows starts.",
	     "It does not: a missing program is skipped. It is a sign that something was removed.",
	     "The program is looked up in System32.", "None: take the entry out by hand.",
	     "mvaferreira/RepairAzVMDisk; doc/FORMATS/boot-drivers.md, \"Policies\""),
	RULE("H3", "Select is unusual",
	     "Select names the control set that boots (Default), that ran last (Current), that "
	     "failed, and that was good.",
	     "If Default and Current differ, a change in one is not seen by the other.",
	     "Default and Current differ, Failed is not 0, or LastKnownGood is not there.",
	     "Fixes edit the set that boots and Current. Select is left alone.",
	     "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\"; "
	     "doc/FORMATS/root-causes.md, \"Hive and control set\""),
	RULE("U1", "Updates are half done", "pending.xml or SetupExecute waits for the next boot.",
	     "Half-replaced drivers are a known cause; most often the next boot just goes on.",
	     "\\Windows\\WinSxS\\pending.xml is there, or SetupExecute has entries.",
	     "None: by hand, and only if nothing else helps.",
	     "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\"; KB4041676"),
	RULE("D11", "A dynamic VHD is expanded when it boots natively",
	     "Windows makes room for the whole disk on the volume that holds the VHD file.",
	     "Without that room it stops with 0x136, not 0x7B.",
	     "VirtualDiskExpandOnMount is not 4.", "None: 4 leaves the file as it is.",
	     "Microsoft, \"Bug Check 0x136\"; doc/FORMATS/boot-drivers.md, \"VHD native boot\""),

	UNSEEN("X1", "What the target really is",
	       "A target stands for a kind of machine; the controller that is in it, and its mode, "
	       "are not on the disk.",
	       "A controller of another id than the target's needs another driver.",
	       "Only the machine knows it. Firmware may switch between AHCI, RAID and VMD.",
	       "Look into the firmware's setup, or at the controller's id in another system.",
	       "doc/FORMATS/boot-drivers.md, \"Targets\""),
	UNSEEN("X2", "Firmware: BIOS or UEFI, Secure Boot, boot order",
	       "Which way the machine starts, and what it allows to start.",
	       "A disk made for one way does not start in the other; that fails before 0x7B.",
	       "It is a setting of the machine.", "Set the machine to the way of the disk.",
	       "doc/FORMATS/boot-path.md, \"What cannot be seen\""),
	UNSEEN("X3", "Faults of disk, cable, memory", "Hardware that answers wrongly or late.",
	       "The boot volume is found and cannot be read, or not found at all.",
	       "An image is only the bytes that could be read from the disk.", "Test the hardware.",
	       "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\""),
	UNSEEN("X4", "What a driver does when it runs",
	       "A driver that is there, whole and bound may still fail on a machine.",
	       "It reports failure, and its device does not start.",
	       "Only running it shows it. Versions and known faults are not in a list here.",
	       "Use the version that the machine's maker names.",
	       "doc/FORMATS/root-causes.md, \"What cannot be seen\""),
	UNSEEN("X5", "Policies that forbid devices",
	       "Group policy and virus scanners may forbid new devices.",
	       "The controller is new on another machine, and is refused.",
	       "The rules are in the SOFTWARE hive and in products, not in the SYSTEM hive.",
	       "Look at Policies\\Microsoft\\Windows\\DeviceInstall in SOFTWARE.",
	       "Red Hat Bugzilla 1260689; doc/FORMATS/root-causes.md, \"Filters, devices, "
	       "policy\""),
	UNSEEN("X6", "Drive letters", "MountedDevices says which partition was C:.",
	       "A wrong letter troubles the logon; that it causes 0x7B is disputed.",
	       "Letters of a disk that moved are given anew at boot; history shows the old one.",
	       "None: Windows sorts it out, or the letter is deleted by hand.",
	       "doc/FORMATS/installation.md, \"History\"; doc/FORMATS/root-causes.md, \"Filters, "
	       "devices, policy\""),
	UNSEEN("X7", "How Windows orders and promotes drivers exactly",
	       "Places of drivers in groups that no list names, and of several filters of one "
	       "device, are not documented.",
	       "Order matters for filters and early launch, hardly for finding a disk.",
	       "No source says it, so the order of filters is never a finding.", "None.",
	       "doc/FORMATS/boot-order.md, \"How the loader sorts\""),
	UNSEEN("X8", "Signatures and revocation",
	       "Windows refuses drivers whose signature is not good, or was revoked.",
	       "A refused boot driver is as good as missing (0xc0000428 in the loader).",
	       "Signatures are not checked here; only that a file is there and whole.",
	       "Put back the file that Windows' own store has.",
	       "doc/FORMATS/root-causes.md, \"What cannot be seen\""),
	UNSEEN("X9", "The host volume of a VHD",
	       "A VHD that boots natively lies on a volume of another disk.",
	       "Room, BitLocker, compression and sparseness of that volume decide (0x12F, 0x136).",
	       "An image does not show the volume that it lies on in the target machine.",
	       "Keep the full size free; no BitLocker, compression or sparse file. Of Windows 7 "
	       "only "
	       "Enterprise and Ultimate boot so.",
	       "doc/FORMATS/root-causes.md, \"Disk, file system, firmware\""),
};

/* The rules of the boot path explain themselves. */
static const struct explanation *boot_row(const char *rule)
{
	size_t n;
	const struct explanation *all = bootpath_rules(&n);
	for (size_t i = 0; i < n; i++)
		if (text_equal(all[i].id, rule))
			return &all[i];
	return NULL;
}

const struct explanation *explain(const char *rule)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (text_equal(rows[i].id, rule))
			return &rows[i];
	}
	return boot_row(rule);
}

const struct explanation *explain_all(size_t *n)
{
	*n = COUNT(rows);
	return rows;
}
