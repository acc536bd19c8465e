/* SPDX-License-Identifier: MIT */
/*
 * The rows of the rules about filters, settings and the state of a Windows.
 */
#include "judge_internal.h"

static const struct rule rows[] = {
	{
		.id = "F1",
		.looks_at = OF_LIST,
		.step = STEP_FILTERS,
		.by_place = true,
		.look = filter_dangles,
		.title = "A filter list names a driver that cannot load",
		.means = "UpperFilters and LowerFilters of a device class name drivers that sit "
			 "in the stack of every device of the class.",
		.stops = "If one of them cannot be loaded, no device of the class starts: no "
			 "disk, no volume. The class USB counts for disks on USB alone.",
		.seen = "A name in the list has no service, or the service no file.",
		.fix = "Writes the list without such names, in every chosen control set; an "
		       "empty list is deleted. Windows' own filters are made again if their "
		       "file is there.",
		.source = "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device "
			  "troubleshooting\"; Azure/repair-script-library, pull request 156",
	},
	{
		.id = "F2",
		.looks_at = OF_LINK | OF_LIST,
		.step = STEP_FILTERS,
		.by_place = true,
		.look = filter_disabled,
		.title = "A filter list names a driver that is disabled",
		.means = "The service was set to Start=4 and its name stayed in the list.",
		.stops = "A filter that does not load keeps its devices from starting.",
		.seen = "Start is 4 and the name is listed.",
		.fix = "A filter of Windows' own is started again; another one's name leaves "
		       "the list.",
		.source =
			"Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\"",
	},
	{
		.id = "F3",
		.looks_at = OF_STANDARD,
		.step = STEP_OF_SUBJECT,
		.by_place = true,
		.look = standard_filter_missing,
		.title = "A filter of Windows' own is missing from its list",
		.means = "Windows puts partmgr into the list of disks, volsnap and others into "
			 "that of volumes.",
		.stops = "Without partmgr no disk shows its partitions. Without the others a "
			 "plain boot volume is still found; those are notes.",
		.seen = "The class is there, the driver is there, its name is not in the list.",
		.fix = "Puts partmgr, and volsnap from Windows 10 on, back to the front of the "
		       "list.",
		.source = "doc/FORMATS/boot-drivers.md, \"Class filters\"",
	},
	{
		.id = "F4",
		.looks_at = OF_FILTER,
		.step = STEP_FILTERS,
		.by_place = true,
		.look = stranger_filter,
		.title = "A filter of another maker",
		.means = "The list names a driver that is no part of Windows. It is there and can "
			 "load.",
		.stops = "It does not, by itself. Filters of virus scanners, encryption and "
			 "backup are a common cause when they do not suit a new machine.",
		.seen = "The name is not one that Windows puts there.",
		.fix = "None: take the name out by hand when its product is gone.",
		.source = "doc/FORMATS/boot-drivers.md, \"Class filters\"; "
			  "Azure/repair-script-library, pull request 156",
	},
	{
		.id = "F5",
		.looks_at = OF_DEVICE_LIST,
		.step = STEP_FILTERS,
		.by_place = true,
		.look = device_filter_dangles,
		.title = "A filter on a single device cannot load",
		.means = "A bus, controller or disk has a filter list of its own.",
		.stops = "That device does not start, and nothing behind it is found.",
		.seen = "A name of a service that is absent, disabled or without its file stands "
			"in UpperFilters or LowerFilters of the device's key below Enum. Lists "
			"of controllers and disks count for the last machine only.",
		.fix = "Takes the name off the list; an empty list is deleted.",
		.source = "Azure/repair-script-library, pull request 156",
	},
	{
		.id = "F6",
		.looks_at = OF_CHAIN,
		.step = STEP_FILTERS,
		.look = hyperv_bus_old,
		.title = "Hyper-V's bus has an older name",
		.means = "A newer Hyper-V host shows its bus as ACPI\\MSFT1000; this Windows has "
			 "only met ACPI\\VMBus.",
		.stops = "On Server 2012 and 2012 R2 the new name is not bound to vmbus, so the "
			 "disk is not found.",
		.seen = "Enum\\ACPI has VMBus and not MSFT1000, and Windows is 8 or 8.1.",
		.fix = "None: the device's key must be copied with its access rights.",
		.source = "MicrosoftDocs/SupportArticles-docs, "
			  "windows-server-2012r2-boot-failure-platform-update.md",
	},
	{
		.id = "F7",
		.looks_at = OF_WINDOWS,
		.step = STEP_VOLUMES,
		.look = san_policy_offline,
		.title = "SanPolicy keeps other disks offline",
		.means = "partmgr's SanPolicy says what happens to disks that Windows has not met.",
		.stops = "It does not: the disk that Windows starts from is exempt. Others, with a "
			 "database on them for instance, stay offline.",
		.seen = "SanPolicy is 3, or 4 where PortableOperatingSystem does not say Windows "
			"To "
			"Go, which wants 4.",
		.fix = "None: to put disks online that other machines share can destroy data. The "
		       "diskpart command san sets it.",
		.source = "Microsoft, \"VDS_SAN_POLICY enumeration\"; doc/FORMATS/boot-drivers.md, "
			  "\"Policies\"",
	},
	{
		.id = "F8",
		.looks_at = OF_CHAIN,
		.step = STEP_CONTROLLER,
		.look = boot_flags_missing,
		.title = "Booting from USB or SD is not enabled",
		.means = "BootDriverFlags says for which kinds of boot drivers are promoted to "
			 "boot start.",
		.stops = "Drivers of USB and SD have Start=3 and are loaded in time only when "
			 "promoted.",
		.seen = "BootDriverFlags lacks 0x4, or from Windows 8 on 0x10, for USB, or 0x8 for "
			"SD: that of the machine's "
			"HardwareConfig key, which is made at its first boot; without one, that of "
			"Control.",
		.fix = "Adds 0x14, or 0x8, to both, in Control for machines to come and for each "
		       "machine "
		       "that Windows knows; other bits stay.",
		.source = "Microsoft, \"Specifying Driver Load Order\"; "
			  "doc/FORMATS/boot-drivers.md, \"BootFlags and BootDriverFlags\"",
	},
	{
		.id = "F9",
		.looks_at = OF_CHAIN,
		.step = STEP_CONTROLLER,
		.look = wait_short,
		.title = "The wait for the boot disk is short",
		.means = "PollBootPartitionTimeout is how long Windows waits for the boot "
			 "partition.",
		.stops = "A disk on USB may show up later than that.",
		.seen = "The value is below 30000 ms or absent, and the disk is on USB.",
		.fix = "None: its effect is not certain.",
		.source = "doc/FORMATS/boot-drivers.md, \"USB boot\"",
	},
	{
		.id = "F10",
		.looks_at = OF_WINDOWS,
		.step = STEP_CONTROLLER,
		.look = devices_denied,
		.title = "A policy forbids new devices",
		.means = "Policies of a domain or of this computer forbid to set up devices, all "
			 "that no other policy allows or those of a list.",
		.stops =
			"The controller of another machine is a new device. Whether it may be used "
			"at boot all the same depends on the policy's lists.",
		.seen = "Values Deny... that are not 0 below Policies\\Microsoft\\Windows\\"
			"DeviceInstall\\Restrictions of SOFTWARE.",
		.fix = "None: it is for whoever manages the machine to lift it before the move.",
		.source =
			"Red Hat Bugzilla 1260689; doc/FORMATS/root-causes.md, \"Filters, devices, "
			"policy\"",
	},
	{
		.id = "F12",
		.looks_at = OF_WINDOWS,
		.step = STEP_FILTERS,
		.look = setup_pending,
		.title = "Setup or sysprep has work left",
		.means = "SetupType says what the next boot does: 0 log on, 1 run CmdLine and "
			 "restart, 2 run CmdLine and log on. With 0 a CmdLine that is still there "
			 "means nothing.",
		.stops = "Not before Windows runs. A CmdLine whose program is missing or fails "
			 "comes "
			 "again with every boot, and no logon is reached.",
		.seen = "SetupType, CmdLine, AuditBoot and GeneralizationState of the Setup key. "
			"The "
			"program of CmdLine is looked up in System32 and in the system root.",
		.fix = "None: windeploy, oobe and setup are Windows' own first run, and a "
		       "generalized "
		       "image waits for it. What a tool left behind is ended by SetupType=0.",
		.source = "doc/FORMATS/boot-drivers.md, \"Policies\"",
	},
	{
		.id = "F13",
		.looks_at = OF_PROGRAM,
		.step = STEP_FILTERS,
		.by_place = true,
		.look = program_missing,
		.title = "A program that runs before Windows is not there",
		.means = "BootExecute and SetupExecute name programs that run before Windows "
			 "starts.",
		.stops = "It does not: a missing program is skipped. It is a sign that something "
			 "was removed.",
		.seen = "The program is looked up in System32.",
		.fix = "None: take the entry out by hand.",
		.source = "mvaferreira/RepairAzVMDisk; doc/FORMATS/boot-drivers.md, \"Policies\"",
	},
	{
		.id = "F14",
		.looks_at = OF_CHAIN,
		.step = STEP_CONTROLLER,
		.look = target_unseen,
		.title = "The boot needs settings that no disk shows",
		.means = "A disk on the network is reached through a card whose driver and "
			 "settings belong to the machine.",
		.stops = "Without them the disk is not found, however well its own drivers start.",
		.seen = "It is not: the target is of that kind.",
		.fix = "None: look at the machine and its firmware.",
		.source = "doc/FORMATS/boot-drivers.md, \"Targets\"",
	},
	{
		.id = "H3",
		.looks_at = OF_WINDOWS,
		.step = STEP_HIVE,
		.look = select_unusual,
		.title = "Select is unusual",
		.means = "Select names the control set that boots (Default), that ran last "
			 "(Current), that failed, and that was good.",
		.stops = "If Default and Current differ, a change in one is not seen by the other.",
		.seen = "Default and Current differ, Failed is not 0, or LastKnownGood is not "
			"there.",
		.fix = "Fixes edit the set that boots and Current. Select is left alone.",
		.source = "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device "
			  "troubleshooting\"; doc/FORMATS/root-causes.md, \"Hive and control set\"",
	},
	{
		.id = "U1",
		.looks_at = OF_WINDOWS,
		.step = STEP_DRIVERS,
		.look = half_serviced,
		.title = "Updates are half done",
		.means = "pending.xml or SetupExecute waits for the next boot.",
		.stops = "Half-replaced drivers are a known cause; most often the next boot just "
			 "goes on.",
		.seen = "\\Windows\\WinSxS\\pending.xml is there, or SetupExecute has entries.",
		.fix = "None: by hand, and only if nothing else helps.",
		.source = "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device "
			  "troubleshooting\"; KB4041676",
	},
	{
		.id = "D11",
		.looks_at = OF_CHAIN,
		.step = STEP_VOLUMES,
		.look = vhd_expands,
		.title = "A dynamic VHD is expanded when it boots natively",
		.means = "Windows makes room for the whole disk on the volume that holds the VHD "
			 "file.",
		.stops = "Without that room it stops with 0x136, not 0x7B.",
		.seen = "The disk is a dynamic or differencing one, and VirtualDiskExpandOnMount "
			"is "
			"not 4. A fixed one has its full size already.",
		.fix = "None: 4 leaves the file as it is.",
		.source = "Microsoft, \"Bug Check 0x136\"; doc/FORMATS/boot-drivers.md, \"VHD "
			  "native boot\"",
	},
};

const struct rule *rules_of_windows(size_t *n)
{
	*n = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
