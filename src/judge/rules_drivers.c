/* SPDX-License-Identifier: MIT */
/*
 * The rows of the rules about drivers: what each looks at, where it stops a boot, and what people
 * are told. What a rule finds is in judge_start.c and the other files of its function.
 */
#include "judge_internal.h"

static const struct rule rows[] = {
	{
		.id = "R1",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = controller_not_started,
		.title = "A disk controller driver or filter does not start at boot",
		.means = "The loader reads drivers with Start=0 into memory before Windows runs. "
			 "This one has another value, so it is not there when the boot disk must "
			 "be read.",
		.stops = "Nobody else can load it: the driver lies on the disk that only it can "
			 "read. Windows up to 7 parks unused storage drivers like that by itself.",
		.seen = "Start of the service key in the set that boots is not 0, and no "
			"BootFlags promote it for this kind of boot.",
		.fix = "Sets Start to 0, and every StartOverride of the driver too, in the "
		       "chosen control sets. Never for a driver whose file is missing or empty.",
		.source = "Microsoft KB3024175 and KB922976; doc/FORMATS/boot-drivers.md, \"Parked "
			  "drivers\"",
	},
	{
		.id = "R2",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = start_overridden,
		.title = "StartOverride replaces Start",
		.means = "Windows 8 and later keep Start=0 and write another number below "
			 "StartOverride for the machine on which the driver was not needed.",
		.stops = "On that machine the number counts instead of Start, so the driver is "
			 "not loaded. It bites when the same machine changes its controller, or a "
			 "clone keeps its identity.",
		.seen = "A value of the StartOverride key is not 0. The value's name is the "
			"number of a hardware configuration.",
		.fix = "Sets each such value to 0, four bytes in place; with --remove-overrides "
		       "the key is deleted, as Windows itself does.",
		.source = "Azure/SAP-on-Azure-Scripts-and-Utilities, issues 132 and 147; "
			  "doc/FORMATS/boot-drivers.md, \"StartOverride\"",
	},
	{
		.id = "R3",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = chain_broken,
		.title = "A bus or core driver does not start: the chain is broken",
		.means = "Between the processor and the boot volume stands a chain of drivers: "
			 "bus, controller, disk, partitions, volume. This link is not loaded at "
			 "boot.",
		.stops = "Everything below a missing link is never found, however well its own "
			 "drivers start.",
		.seen = "Start of a bus driver, or of one of the disk and volume stack, is not 0 "
			"in the set that boots, and no BootFlags promote it for this kind of "
			"boot.",
		.fix = "Sets Start to 0, and every StartOverride of the driver too, in the "
		       "chosen control sets. Never for a driver whose file is missing or empty.",
		.source = "Azure/SAP-on-Azure-Scripts-and-Utilities, issue 147; Microsoft, \"Stop "
			  "error 7B or Inaccessible_Boot_Device troubleshooting\"",
	},
	{
		.id = "R4",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.absent = true,
		.look = driver_absent,
		.title = "A needed driver is not there",
		.means = "The set that boots has no service key for the driver, or a key without "
			 "values.",
		.stops = "Windows does not know the driver, so the device stays without one.",
		.seen = "The service key is absent, or has no Start value.",
		.fix = "If Windows brings the driver and its file is still in place, the key is "
		       "made again with the values of that Windows. Otherwise a driver package "
		       "that fits (--drivers, or the DriverStore) is needed: its file, its service "
		       "and what binds it are added.",
		.source = "doc/FORMATS/boot-drivers.md, \"Core stack\"",
	},
	{
		.id = "R5",
		.looks_at = OF_LINK | OF_BYSTANDER,
		.step = STEP_DRIVERS,
		.absent = true,
		.look = file_gone,
		.title = "A driver file is missing, or cannot be loaded",
		.means = "The service is there. Its file is not, or is empty, cut short, made for "
			 "another processor or no driver at all, or compressed in a form that this "
			 "Windows' loader does not know.",
		.stops = "The loader stops at a critical driver without a file; that of Windows 10 "
			 "and later was seen to stop at others too. A needed one that is skipped "
			 "leaves the device without a driver.",
		.seen = "The path of the service is looked up on the Windows volume, and the "
			"file's headers are read. Without ImagePath it is "
			"System32\\drivers\\<service>.sys. XPRESS4K is read from build 10240 on, "
			"other forms from 18362 on.",
		.fix = "From a driver package that fits (--drivers, or the DriverStore), where no "
		       "file has the name: its file and what binds it. Otherwise put the file "
		       "back, from the "
		       "driver store of the same Windows; unpack a compressed one (compact /u "
		       "/exe).",
		.source = "ntdevlabs/tiny11builder, issue 340; Microsoft, \"INF AddService "
			  "Directive\"",
	},
	{
		.id = "R6",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = type_is_no_driver,
		.title = "The Type of a driver is not that of a driver",
		.means = "Type 1 is a kernel driver, 2 a file system driver, 8 a file system "
			 "recognizer; anything else is a program.",
		.stops = "The loader takes only drivers, so this one is left out.",
		.seen = "Type of a service that the boot needs is another number, or absent.",
		.fix = "Sets Type to what this Windows gives the driver, where that is known.",
		.source = "Microsoft, \"INF AddService Directive\"; doc/FORMATS/boot-drivers.md, "
			  "\"Start values\"",
	},
	{
		.id = "R7",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = unbound_in_critical_devices,
		.title = "The controller is not in CriticalDeviceDatabase",
		.means = "Up to Windows 7 this key says which driver a device gets that was never "
			 "seen before.",
		.stops = "The driver is loaded but bound to nothing: the controller stays without "
			 "it.",
		.seen = "No entry for the controller's hardware id names a driver that is there.",
		.fix = "Makes the entry, with Service and ClassGUID as a healthy Windows has "
		       "them.",
		.source = "Microsoft KB314082; libguestfs/virt-v2v; doc/FORMATS/boot-drivers.md, "
			  "\"Binding databases\"",
	},
	{
		.id = "R8",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = unbound_in_driver_database,
		.title = "The controller is not in DriverDatabase",
		.means = "From Windows 8 on this key says which package serves a device that was "
			 "never seen.",
		.stops = "The driver is loaded but bound to nothing: the controller stays without "
			 "it.",
		.seen = "DriverDatabase\\DeviceIds has no entry for the controller's hardware id.",
		.fix = "From a driver package that fits (--drivers, or the DriverStore): its "
		       "entries, as it describes them. Otherwise the package must be installed.",
		.source = "libguestfs/virt-v2v; lxc/distrobuilder; doc/FORMATS/boot-drivers.md, "
			  "\"Binding databases\"",
	},
	{
		.id = "R9",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.absent = true,
		.look = vendor_driver_absent,
		.title = "The vendor's driver of the last machine's controller is gone",
		.means = "The controller was driven by a driver that is no part of Windows, and "
			 "its service has been removed.",
		.stops = "The device still names the driver, so Windows gives it no other one.",
		.seen = "Enum names a service for the controller that is not there.",
		.fix = "None: install the driver again, or let the inbox driver start and "
		       "remove the device.",
		.source = "xcp-ng/win-pv-drivers, XenBootFix",
	},
	{
		.id = "R10",
		.looks_at = OF_LEFTOVER,
		.step = STEP_OF_SUBJECT,
		.look = hypervisor_leftover,
		.title = "A driver of another hypervisor still loads",
		.means = "Guest tools of Xen, Parallels or SUSE that stayed behind when the disk "
			 "was "
			 "moved.",
		.stops = "On other machines some of them fail, and with them the stacks that they "
			 "filter. On their own they are right.",
		.seen = "A service of a known name has its file and Start=0, or stands in a filter "
			"list, and the target is another platform.",
		.fix = "Takes the name out of every list, of classes and of devices, then sets "
		       "Start to 4. Not while a target is asked for that boots by it.",
		.source = "xcp-ng/win-pv-drivers, XenBootFix; libguestfs/virt-v2v",
	},
	{
		.id = "R11",
		.looks_at = OF_BYSTANDER,
		.step = STEP_DRIVERS,
		.look = early_launch_file_gone,
		.title = "An early launch driver has no file",
		.means = "Early launch drivers belong to virus scanners and are started before "
			 "all others.",
		.stops = "A critical one without its file stops the boot, before any disk is "
			 "looked for.",
		.seen = "A Start=0 service of the group Early-Launch whose file is missing or "
			"empty.",
		.fix = "None: put the file back, or set its Start by hand.",
		.source = "mvaferreira/RepairAzVMDisk; Microsoft, \"INF AddService Directive\"",
	},
	{
		.id = "R12",
		.looks_at = OF_SERVICE,
		.step = STEP_DRIVERS,
		.look = type_refused,
		.title = "A value of a boot driver has a type that is not taken",
		.means = "The loader wants ErrorControl as a number (REG_DWORD), Group as REG_SZ, "
			 "ImagePath as REG_SZ or REG_EXPAND_SZ.",
		.stops = "NT's loader leaves a driver out that has them in another type. No "
			 "healthy Windows has such a value.",
		.seen = "The types of these values of services with Start=0.",
		.fix = "None: set the value by hand.",
		.source = "reactos/reactos, ntoskrnl/config/cmboot.c; doc/FORMATS/boot-drivers.md, "
			  "\"Start "
			  "values\"",
	},
	{
		.id = "R13",
		.looks_at = OF_BYSTANDER,
		.step = STEP_FILE_SYSTEM,
		.look = file_system_gone,
		.title = "The file system's driver cannot be loaded",
		.means = "The loader reads the driver of the boot volume's file system, Ntfs.sys, "
			 "last of all and whatever its Start says. Its file is missing, or "
			 "nothing that could be loaded.",
		.stops = "The volume is found and cannot be mounted.",
		.seen = "The path of the service Ntfs is looked up on the Windows volume, and the "
			"file's headers are read.",
		.fix = "None: put the file back, from the driver store or WinSxS of the same "
		       "Windows.",
		.source = "doc/FORMATS/boot-order.md, \"How the loader sorts\"",
	},
	{
		.id = "R14",
		.looks_at = OF_LINK,
		.step = STEP_OF_SUBJECT,
		.look = runs_from_store,
		.title = "A controller's driver is started from the DriverStore",
		.means = "ImagePath of the controller's driver leads into "
			 "System32\\DriverStore\\FileRepository, and no device of this Windows was "
			 "ever bound to it.",
		.stops = "Windows starts drivers from there, but was not seen to do so at boot.",
		.seen = "ImagePath of a Start=0 service that Enum does not name.",
		.fix = "With the package in the DriverStore and the volume in order: a hard link "
		       "in "
		       "System32\\drivers, and ImagePath to it.",
		.source = "doc/FORMATS/packages.md, \"What binds it\"",
	},
};

const struct rule *rules_of_drivers(size_t *n)
{
	*n = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
