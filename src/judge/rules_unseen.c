/* SPDX-License-Identifier: MIT */
/*
 * Causes of the same stop that leave no trace on a disk that is not running: a verdict of "boots"
 * says nothing about them, and these rows say so. Nothing ever finds them.
 */
#include "judge_internal.h"

static const struct rule rows[] = {
	{
		.id = "X1",
		.title = "What the target really is",
		.means = "A target stands for a kind of machine; the controller that is in it, "
			 "and its mode, are not on the disk.",
		.stops = "A controller of another id than the target's needs another driver.",
		.seen = "Only the machine knows it. Firmware may switch between AHCI, RAID and "
			"VMD.",
		.fix = "Look into the firmware's setup, or at the controller's id in another "
		       "system.",
		.source = "doc/FORMATS/boot-drivers.md, \"Targets\"",
	},
	{
		.id = "X2",
		.title = "Firmware: BIOS or UEFI, Secure Boot, boot order",
		.means = "Which way the machine starts, and what it allows to start.",
		.stops = "A disk made for one way does not start in the other; that fails before "
			 "0x7B.",
		.seen = "It is a setting of the machine.",
		.fix = "Set the machine to the way of the disk.",
		.source = "doc/FORMATS/boot-path.md, \"What cannot be seen\"",
	},
	{
		.id = "X3",
		.title = "Faults of disk, cable, memory",
		.means = "Hardware that answers wrongly or late.",
		.stops = "The boot volume is found and cannot be read, or not found at all.",
		.seen = "An image is only the bytes that could be read from the disk.",
		.fix = "Test the hardware.",
		.source =
			"Microsoft, \"Stop error 7B or Inaccessible_Boot_Device troubleshooting\"",
	},
	{
		.id = "X4",
		.title = "What a driver does when it runs",
		.means = "A driver that is there, whole and bound may still fail on a machine.",
		.stops = "It reports failure, and its device does not start.",
		.seen = "Only running it shows it. Versions and known faults are not in a list "
			"here.",
		.fix = "Use the version that the machine's maker names.",
		.source = "doc/FORMATS/root-causes.md, \"What cannot be seen\"",
	},
	{
		.id = "X5",
		.title = "Virus scanners and management that forbid devices",
		.means = "Products on the disk, and a domain's policies that are fetched anew, may "
			 "forbid new devices.",
		.stops = "The controller is new on another machine, and is refused.",
		.seen = "What they will do cannot be seen. Policies that are in force on the disk "
			"can: F10.",
		.fix = "Ask whoever manages the machine.",
		.source = "Red Hat Bugzilla 1260689; doc/FORMATS/root-causes.md, \"Filters, "
			  "devices, policy\"",
	},
	{
		.id = "X6",
		.title = "Drive letters on another machine",
		.means = "MountedDevices says which partition was C:. Other disks of the new "
			 "machine "
			 "may claim letters too.",
		.stops = "A wrong letter troubles the logon; that it causes 0x7B is disputed.",
		.seen = "Which other disks there are cannot be seen. That C: is another partition "
			"of this disk can: B35.",
		.fix = "None: Windows sorts it out, or the letter is deleted by hand.",
		.source = "doc/FORMATS/installation.md, \"History\"; doc/FORMATS/root-causes.md, "
			  "\"Filters, devices, policy\"",
	},
	{
		.id = "X7",
		.title = "How Windows orders and promotes drivers exactly",
		.means = "Places of drivers in groups that no list names, and of several filters "
			 "of one device, are not documented.",
		.stops = "Order matters for filters and early launch, hardly for finding a disk.",
		.seen = "No source says it, so the order of filters is never a finding.",
		.fix = "None.",
		.source = "doc/FORMATS/boot-order.md, \"How the loader sorts\"",
	},
	{
		.id = "X8",
		.title = "Signatures and revocation",
		.means = "Windows refuses drivers whose signature is not good, or was revoked.",
		.stops = "A refused boot driver is as good as missing (0xc0000428 in the loader).",
		.seen = "Signatures are not checked here; only that a file is there and whole.",
		.fix = "Put back the file that Windows' own store has.",
		.source = "doc/FORMATS/root-causes.md, \"What cannot be seen\"",
	},
	{
		.id = "X9",
		.title = "The host volume of a VHD",
		.means = "A VHD that boots natively lies on a volume of another disk.",
		.stops = "Room, BitLocker, compression and sparseness of that volume decide "
			 "(0x12F, 0x136).",
		.seen = "An image does not show the volume that it lies on in the target machine.",
		.fix = "Keep the full size free; no BitLocker, compression or sparse file. Of "
		       "Windows 7 only Enterprise and Ultimate boot so.",
		.source = "doc/FORMATS/root-causes.md, \"Disk, file system, firmware\"",
	},
};

const struct rule *rules_unseen(size_t *n)
{
	*n = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
