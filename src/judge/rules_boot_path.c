/* SPDX-License-Identifier: MIT */
/*
 * The rows of the rules of the boot path, and what belongs there and cannot be seen
 * from the disk. Two tables, nothing else; the order is that of enum bootpath_rule.
 */
#include "judge_internal.h"

#define PLAN "Microsoft, \"BCDBoot Command-Line Options\", \"BCDEdit Command-Line Options\""
#define INI  "doc/FORMATS/boot-path.md, \"boot.ini\"; Microsoft, Q102873"
#define NATIVE                                                                                     \
	"Microsoft, \"Boot to a virtual hard disk (native boot)\"; doc/FORMATS/boot-path.md, "     \
	"\"Native boot\""
#define DYNAMIC                                                                                    \
	"Microsoft, \"Basic and dynamic disks\", \"Boot to a virtual hard disk (native boot)\""
#define PART "doc/FORMATS/partitions.md; UEFI Specification 2.10, section 5"

static const struct rule rows[BOOTPATH_RULES] = {
	[BOOTPATH_NO_STORE] =
		{
			.id = "B1",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "no boot store on this disk",
			.title = "No boot store",
			.means = "The disk has no boot store (BCD) at the place where its boot "
				 "manager "
				 "looks.",
			.stops = "Without a boot store the disk starts only through the store of "
				 "another "
				 "one, as a virtual disk of its host does.",
			.seen = "0xc000000f or 0xc0000225, \"the boot configuration data file is "
				"missing\".",
			.fix = "For a disk that starts by itself: bcdboot C:\\Windows /s S: from "
			       "Windows' installation medium. For native boot: nothing.",
			.source = PLAN,
		},
	[BOOTPATH_STORE_DAMAGED] =
		{
			.id = "B2",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "the boot store is damaged",
			.title = "Boot store damaged",
			.means = "The boot store is there and cannot be read whole.",
			.stops = "A boot manager that cannot read its store starts nothing.",
			.seen = "An error of the boot manager that names \\Boot\\BCD, such as "
				"0xc000000d.",
			.fix = "Rename the store and make a new one: bcdboot C:\\Windows /s S:.",
			.source = PLAN,
		},
	[BOOTPATH_NO_ENTRY] =
		{
			.id = "B3",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "no entry for this Windows",
			.title = "No entry for this Windows",
			.means = "No loader entry of the disk's store leads to the partition of "
				 "this "
				 "Windows.",
			.stops = "The boot menu does not offer this Windows, whatever its drivers "
				 "can do.",
			.seen = "Another system starts, or the menu is empty.",
			.fix = "Add one: bcdboot C:\\Windows /s S:.",
			.source = PLAN,
		},
	[BOOTPATH_OTHER_DISK] =
		{
			.id = "B4",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "its entry names another disk",
			.title = "The entry names another disk",
			.means =
				"device or osdevice of the entry is a disk identifier or a "
				"partition "
				"that this disk does not have, or is not there at all. A store "
				"names "
				"disks by MBR signature or GPT identifiers and partitions by their "
				"start; a copy or another Windows that saw two equal signatures "
				"changes "
				"them.",
			.stops = "The boot manager looks for a partition that no disk of the "
				 "machine has.",
			.seen = "0xc000000e or 0xc0000225, \"a required device isn't "
				"connected\".",
			.fix = "Put the old signature back (4 bytes at 0x1b8 of the disk), or set "
			       "both: bcdedit /store FILE /set {id} device partition=C: and the "
			       "same for osdevice.",
			.source = "doc/FORMATS/boot-path.md, \"The entry\"",
		},
	[BOOTPATH_DEVICES_DIFFER] =
		{
			.id = "B5",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "its entry names two partitions",
			.title = "device and osdevice differ",
			.means = "The entry loads winload from one partition and Windows from "
				 "another one.",
			.stops = "The loader of one Windows starts the files of another, or finds "
				 "none.",
			.seen = "0xc000000e, or a stop early in the start.",
			.fix = "bcdedit /store FILE /set {id} device partition=C: and the same for "
			       "osdevice.",
			.source = PLAN,
		},
	[BOOTPATH_LOADER_KIND] =
		{
			.id = "B6",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "its loader is for other firmware",
			.title = "Loader for other firmware",
			.means = "A store for BIOS names winload.efi, or a store for UEFI names "
				 "winload.exe.",
			.stops = "Each boot manager starts only loaders of its own kind.",
			.seen = "0xc0000359 or 0xc000000f, with the name of winload.",
			.fix = "bcdedit /store FILE /set {id} path "
			       "\\Windows\\system32\\winload.exe "
			       "(BIOS) or winload.efi (UEFI).",
			.source = PLAN,
		},
	[BOOTPATH_LOADER_MISSING] =
		{
			.id = "B7",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "its loader is missing",
			.title = "Loader file missing",
			.means = "The file that the entry's path names is not on the partition of "
				 "this "
				 "Windows.",
			.stops = "The boot manager has nothing to start.",
			.seen = "0xc000000f, with the file's name.",
			.fix = "Correct the path, or copy winload from the same Windows' WinSxS "
			       "folder.",
			.source = PLAN,
		},
	[BOOTPATH_SYSTEM_ROOT] =
		{
			.id = "B8",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "its entry names another folder",
			.title = "Another Windows folder",
			.means = "systemroot of the entry is not the folder in which this Windows "
				 "lies.",
			.stops = "The loader looks for the registry and the drivers in another "
				 "folder.",
			.seen = "An error of the loader that names \\config\\SYSTEM.",
			.fix = "bcdedit /store FILE /set {id} systemroot \\Windows.",
			.source = PLAN,
		},
	[BOOTPATH_OTHER_MODE] =
		{
			.id = "B9",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.brief = "entry found, but not for an ordinary start",
			.title = "Not an ordinary start",
			.means = "The entry is set to safe mode, Windows PE or the last known good "
				 "configuration.",
			.stops = "Windows starts with other drivers, or another control set, than "
				 "an "
				 "ordinary start.",
			.seen = "Safe mode in the corners of the screen, or a command window.",
			.fix = "bcdedit /store FILE /deletevalue {id} safeboot (or winpe).",
			.source = "Microsoft, \"BCDEdit /set\"",
		},
	[BOOTPATH_LEFTOVERS] =
		{
			.id = "B10",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Settings left over",
			.means = "The entry has settings that a search for a fault or a "
				 "preparation left "
				 "behind: test signing, debugging, boot log, detecthal, limits of "
				 "processors or memory.",
			.stops = "They weaken or slow the start and hide what an ordinary one "
				 "would do.",
			.seen = "A mark on the desktop, a wait for a debugger, or nothing.",
			.fix = "bcdedit /store FILE /deletevalue {id} NAME for each.",
			.source = "Microsoft, \"BCDEdit /set\"",
		},
	[BOOTPATH_DEFAULT] =
		{
			.id = "B11",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Another entry is the default",
			.means = "The store's default entry is not the one of this Windows.",
			.stops = "Unless somebody chooses in the menu, another entry is started.",
			.seen = "The other system, or its error.",
			.fix = "bcdedit /store FILE /default {id}.",
			.source = PLAN,
		},
	[BOOTPATH_MANAGER_ENTRY] =
		{
			.id = "B12",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.brief = "the boot manager's entry is wrong",
			.title = "Boot manager's own entry",
			.means = "The object {bootmgr} is missing, or its device is not the "
				 "partition on "
				 "which the store lies.",
			.stops = "Tools of Windows then change another store than the one that "
				 "starts it.",
			.seen = "Often nothing at the start; bcdedit and updates may fail.",
			.fix = "bcdedit /store FILE /set {bootmgr} device partition=S:.",
			.source = PLAN,
		},
	[BOOTPATH_MANAGER_MISSING] =
		{
			.id = "B13",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "the boot manager is missing",
			.title = "Boot manager's file missing",
			.means = "The boot manager (bootmgr, bootmgfw.efi; ntldr and NTDETECT.COM "
				 "before "
				 "Vista) is not on the partition that is started.",
			.stops = "Nothing reads the boot store.",
			.seen = "\"BOOTMGR is missing\", \"NTLDR is missing\", or the firmware's "
				"own "
				"menu.",
			.fix = "bcdboot C:\\Windows /s S:, or copy the files from Windows' "
			       "installation "
			       "medium.",
			.source = PLAN,
		},
	[BOOTPATH_NO_FALLBACK] =
		{
			.id = "B14",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "No fallback loader",
			.means = "The EFI system partition has no \\EFI\\Boot\\boot*.efi for this "
				 "architecture.",
			.stops = "A machine that has no entry of its own for this disk, as any new "
				 "machine, finds nothing to start on it.",
			.seen = "\"No bootable device\"; the disk is not in the firmware's menu.",
			.fix = "Copy \\EFI\\Microsoft\\Boot\\bootmgfw.efi to "
			       "\\EFI\\Boot\\bootx64.efi, "
			       "or run bcdboot.",
			.source = "UEFI Specification 2.10, section 3.5.1",
		},
	[BOOTPATH_SEQUENCE] =
		{
			.id = "B15",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Recovery or one-time order left over",
			.means = "A boot sequence for the next start only is still set, or a "
				 "recovery "
				 "entry is named that does not exist.",
			.stops = "The next start takes another way, or recovery fails when it is "
				 "needed.",
			.seen = "Recovery or setup starts once, or \"recovery is not available\".",
			.fix = "bcdedit /store FILE /deletevalue {bootmgr} bootsequence; reagentc "
			       "/enable.",
			.source = "Microsoft, \"BCDEdit /bootsequence\", \"REAgentC Command-Line "
				  "Options\"",
		},
	[BOOTPATH_ACTIVE] =
		{
			.id = "B16",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "the active partition is wrong",
			.title = "Active partition",
			.means = "No partition of the MBR is active, several are, or the active "
				 "one has "
				 "no boot manager while another one has.",
			.stops = "BIOS starts the one active partition and no other.",
			.seen = "\"Missing operating system\", \"invalid partition table\", "
				"\"BOOTMGR is "
				"missing\".",
			.fix = "Mark the partition with the boot manager active and no other: "
			       "diskpart, active "
			       "and inactive.",
			.source = PART,
		},
	[BOOTPATH_TYPE] =
		{
			.id = "B17",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Partition type",
			.means =
				"A partition of the boot path has a type that is not for its use: "
				"hidden, recovery, or data instead of EFI system; or an EFI system "
				"partition is not FAT.",
			.stops = "Firmware skips an EFI partition of another type or without FAT, "
				 "and Windows gives no letter to a hidden one.",
			.seen = "\"No bootable device\", or STOP 0x7B after the loader.",
			.fix = "Set the type: diskpart, set id.",
			.source = PART,
		},
	[BOOTPATH_NO_SIGNATURE] =
		{
			.id = "B18",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "No disk identifier",
			.means = "The disk signature of the MBR, or the disk's GUID, is zero.",
			.stops = "The store and MountedDevices find the disk by it; Windows writes "
				 "a new "
				 "one at the first sight, and the store no longer fits.",
			.seen = "0xc000000e, or another drive letter for Windows.",
			.fix = "Write the signature that the store names (4 bytes at 0x1b8).",
			.source = PART,
		},
	[BOOTPATH_HIDDEN_SECTORS] =
		{
			.id = "B19",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "the boot sector has a wrong start",
			.title = "Hidden sectors",
			.means = "The boot sector of the started partition gives another start of "
				 "the "
				 "partition than the partition table.",
			.stops = "The boot code adds this number to every address and so reads "
				 "other "
				 "sectors.",
			.seen = "\"A disk read error occurred\", or a black screen.",
			.fix = "Write the partition's first sector into the boot sector (4 bytes "
			       "at "
			       "0x1c).",
			.source = "doc/FORMATS/partitions.md, \"What a BIOS reads of them\"",
		},
	[BOOTPATH_VOLUME_SIZE] =
		{
			.id = "B20",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FILE_SYSTEM,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Volume larger than its partition",
			.means = "The boot sector gives more sectors than the partition has.",
			.stops = "Windows does not mount such a volume.",
			.seen = "STOP 0x7B.",
			.fix = "Give the partition its old size back; then chkdsk.",
			.source = "doc/FORMATS/ntfs.md, \"The boot sector\"",
		},
	[BOOTPATH_BOOT_SECTOR] =
		{
			.id = "B21",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "the boot sector starts nothing",
			.title = "Boot sector without Windows' code",
			.means = "The boot sector of the started partition lacks its mark 0xaa55, "
				 "or its "
				 "code does not start BOOTMGR (NTLDR before Vista).",
			.stops = "BIOS starts this code and nothing else of the partition.",
			.seen = "\"Missing operating system\", \"this is not a bootable disk\", "
				"\"NTLDR "
				"is missing\".",
			.fix = "bootsect /nt60 S: (or /nt52) from Windows' installation medium.",
			.source = "Microsoft, \"Bootsect Command-Line Options\"; "
				  "doc/FORMATS/boot-path.md, \"The way of BIOS\"",
		},
	[BOOTPATH_MBR_CODE] =
		{
			.id = "B22",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "the MBR has no boot code",
			.title = "MBR without code",
			.means = "The disk's first sector has a partition table but no boot code.",
			.stops = "BIOS starts this code; it looks for the active partition.",
			.seen = "\"Operating system not found\", or the next boot device.",
			.fix = "bootsect /nt60 S: /mbr, or bootrec /fixmbr.",
			.source = PART,
		},
	[BOOTPATH_NO_ESP] =
		{
			.id = "B23",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "no EFI system partition",
			.title = "No EFI system partition",
			.means = "The disk has a GPT and no EFI system partition.",
			.stops = "Windows starts from GPT disks by UEFI only, and UEFI starts from "
				 "that "
				 "partition.",
			.seen = "\"No bootable device\".",
			.fix = "Make one of 100 MiB, FAT32, and run bcdboot C:\\Windows /s S: /f "
			       "UEFI. "
			       "For native boot: nothing.",
			.source = "Microsoft, \"UEFI/GPT-based hard drive partitions\"",
		},
	[BOOTPATH_FIRMWARE] =
		{
			.id = "B24",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "the disk is for other firmware",
			.title = "Other firmware",
			.means = "The target starts disks by one kind of firmware and this disk is "
				 "made "
				 "for the other.",
			.stops = "BIOS does not start a GPT disk with Windows, and UEFI does not "
				 "start an "
				 "MBR disk without an EFI store.",
			.seen = "The firmware finds no bootable device.",
			.fix = "Choose the other generation or mode of the machine, or convert "
			       "with "
			       "mbr2gpt.",
			.source = "Microsoft, \"MBR2GPT\"; doc/FORMATS/boot-path.md, \"The way of "
				  "UEFI\"",
		},
	[BOOTPATH_GPT_GAP] =
		{
			.id = "B25",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_VOLUMES,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.title = "Empty entry before Windows' partition",
			.means =
				"The GPT has an unused entry before that of the Windows partition.",
			.stops = "Microsoft names such an empty entry as a cause of this stop.",
			.seen = "STOP 0x7B.",
			.fix = "Put the entries in order (sgdisk --sort), then correct the store.",
			.source = "Microsoft, \"Stop error 7B or Inaccessible_Boot_Device "
				  "troubleshooting\"",
		},
	[BOOTPATH_BEYOND_BIOS] =
		{
			.id = "B26",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Behind the reach of the MBR",
			.means = "A partition that the boot needs ends behind sector 2^32.",
			.stops = "An MBR and the BIOS boot code count sectors in 32 bits.",
			.seen = "\"A disk read error occurred\", sometimes only after files were "
				"moved.",
			.fix = "Shrink or move the partition, or convert to GPT.",
			.source = PART,
		},
	[BOOTPATH_4K] =
		{
			.id = "B27",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Sectors of 4096 bytes",
			.means = "The disk has logical sectors of 4096 bytes and this Windows is "
				 "older "
				 "than 8.",
			.stops = "Windows before 8 does not start from such a disk.",
			.seen = "An error of the boot manager, or STOP 0x7B.",
			.fix = "Convert the image to sectors of 512 bytes.",
			.source = "Microsoft, \"Microsoft support policy for 4K sector hard drives "
				  "in Windows\"",
		},
	[BOOTPATH_SECTOR_SIZE] =
		{
			.id = "B28",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FILE_SYSTEM,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Sector size changed",
			.means = "A volume was made for another sector size than the disk has now.",
			.stops = "Windows mounts no volume whose sectors are not the disk's.",
			.seen = "STOP 0x7B, or the volume shows as RAW.",
			.fix = "Give the image its old sector size back, or copy files to a new "
			       "volume.",
			.source = "doc/FORMATS/boot-path.md, \"The disk\"",
		},
	[BOOTPATH_AZURE_SIZE] =
		{
			.id = "B29",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Size for Azure",
			.means = "The size of the virtual disk is not a multiple of 1 MiB.",
			.stops = "Azure refuses to make a machine of such a disk.",
			.seen = "The upload or the new machine fails with an unsupported virtual "
				"size.",
			.fix = "Resize-VHD, or qemu-img resize to the next MiB before converting "
			       "to a "
			       "fixed VHD.",
			.source = "Microsoft, \"Prepare a Windows VHD or VHDX to upload to Azure\"",
		},
	[BOOTPATH_BOOT_INI] =
		{
			.id = "B30",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "boot.ini leads elsewhere",
			.title = "boot.ini leads elsewhere",
			.means = "The line of boot.ini that starts (Windows before Vista) names a "
				 "disk, a partition or a folder where this Windows is not.",
			.stops = "NTLDR looks for Windows in the place that boot.ini names, and "
				 "finds none.",
			.seen = "\"<Windows root>\\system32\\hal.dll is missing or corrupt\", the "
				"same with ntoskrnl.exe, or a disk configuration problem.",
			.fix = "Write the line that is needed into boot.ini, below default= and "
			       "below [operating systems], from the recovery console (bootcfg "
			       "/rebuild) or by hand. stop7b shows the line and never writes it.",
			.source = INI,
		},
	[BOOTPATH_BOOT_INI_DAMAGED] =
		{
			.id = "B31",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "boot.ini cannot be used",
			.title = "boot.ini cannot be used",
			.means = "boot.ini is there, and is no text that NTLDR is known to read: "
				 "UTF-16, far too large, or its bytes cannot be read.",
			.stops = "NTLDR then starts \\WINDOWS of the first partition, or nothing.",
			.seen = "\"Invalid BOOT.INI file, booting from C:\\WINDOWS\\\".",
			.fix = "Write a new boot.ini with the line that is needed, as plain bytes. "
			       "stop7b shows the line and never writes it.",
			.source = INI,
		},
	[BOOTPATH_BOOT_INI_DEFAULT] =
		{
			.id = "B32",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Default of boot.ini",
			.means =
				"boot.ini is absent, or its default is not a line of this Windows; "
				"this Windows is reached all the same.",
			.stops = "Another system starts unless somebody chooses in the menu, or "
				 "this one starts without the options of its line.",
			.seen = "\"Invalid BOOT.INI file\" for a moment, a line \"(default)\" in "
				"the menu, or the other system.",
			.fix = "Write the line that is needed behind default=. stop7b shows the "
			       "line and never writes it.",
			.source = INI,
		},
	[BOOTPATH_DYNAMIC] =
		{
			.id = "B33",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_VOLUMES,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Dynamic disk (LDM)",
			.means =
				"The partitions have the type of a dynamic disk: where its volumes "
				"lie is in a database of Windows (LDM) at the end of the disk.",
			.stops = "Its volumes come up only when volmgrx starts (XP and 2003: dmio "
				 "and dmload), and native boot does not take such a disk.",
			.seen = "The type is 0x42 in the MBR, or that of LDM in the GPT.",
			.fix = "Nothing for a machine that starts it by itself. Another type (set "
			       "id) does not make the disk basic; copying its volumes to a new "
			       "disk does.",
			.source = DYNAMIC,
		},
	[BOOTPATH_NATIVE_DYNAMIC] =
		{
			.id = "B34",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "a dynamic disk is not booted natively",
			.title = "Dynamic disk, natively booted",
			.means = "The disk in the file is a dynamic one (LDM) and is to be started "
				 "by its host.",
			.stops = "The host's boot manager finds no volume on a dynamic disk, and "
				 "native boot supports basic ones only.",
			.seen = "0xc000000e or 0xc0000225 for this entry of the host's menu.",
			.fix = "Copy its volumes to a basic disk. Another type (set id) does not "
			       "make it one.",
			.source = DYNAMIC,
		},
	[BOOTPATH_DRIVE_LETTER] =
		{
			.id = "B35",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FILE_SYSTEM,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "C: is another partition",
			.means = "MountedDevices gives the letter C: to another partition of this "
				 "disk than that of this Windows.",
			.stops =
				"It hardly does: Windows starts, and what asks for C: comes to the "
				"wrong volume. That it causes 0x7B is disputed.",
			.seen = "The logon hangs, or nothing works behind it.",
			.fix = "Set the value by hand, or delete it: Windows then gives C: to its "
			       "own partition.",
			.source = "libyal/winreg-kb, mounted devices; "
				  "doc/FORMATS/root-causes.md, \"Filters, devices, policy\"",
		},
	[BOOTPATH_NATIVE_FIRMWARE] =
		{
			.id = "B36",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Natively on one kind of host",
			.means = "The disk has a loader, or a Windows, for one kind of firmware "
				 "only; which kind a host has is not known here.",
			.stops = "A host with BIOS starts winload.exe, one with a 64-bit UEFI a "
				 "64-bit winload.efi.",
			.seen = "0xc000000f or 0xc0000359 on a host of the other kind.",
			.fix = "Choose a host of that kind, or copy the other loader from the same "
			       "Windows' WinSxS folder.",
			.source = NATIVE,
		},
	[BOOTPATH_NATIVE_EDITION] =
		{
			.id = "B37",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_DRIVERS,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Edition for native boot",
			.means = "Windows 7 starts natively as Enterprise or Ultimate; Windows "
				 "Server 2008 R2 in every edition.",
			.stops = "Another edition refuses to run from a virtual disk.",
			.seen = "It stops early, whatever its drivers do.",
			.fix = "Install one of these editions; the note is there only where "
			       "SOFTWARE names another one, or cannot be read.",
			.source = NATIVE,
		},
	[BOOTPATH_FIRMWARE_FREE] =
		{
			.id = "B38",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "The machine's firmware is a setting",
			.means = "The target can start by BIOS or by UEFI, and this disk is made "
				 "for one of them.",
			.stops = "Set to the other one, the machine finds nothing to start on it.",
			.seen = "The firmware says that there is no bootable device.",
			.fix = "Choose that firmware when the machine is made.",
			.source = "doc/FORMATS/boot-path.md, \"The way of UEFI\"",
		},
	[BOOTPATH_KERNEL] =
		{
			.id = "B39",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_LOADER,
			.severity = SEVERITY_STOP,
			.by_place = true,
			.brief = "no kernel that it could load",
			.title = "Kernel or HAL cannot be loaded",
			.means = "ntoskrnl.exe and hal.dll are what the loader reads first. One is "
				 "missing, empty, cut short, or made for another processor.",
			.stops = "Without both there is nothing that could run.",
			.seen = "The file's name, missing or corrupt: 0xc0000098, 0xc000000f or "
				"0xc000007b; of XP in words alone.",
			.fix = "Put the file back, from WinSxS or the setup medium of the same "
			       "Windows and service pack.",
			.source = "doc/FORMATS/driver-files.md, \"The files of every boot\"",
		},
	[BOOTPATH_IDENTITY] =
		{
			.id = "B41",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "The other cure: this disk's identifier",
			.means = "The store names another disk and the right partition of it: "
				 "with the identifier of that disk, this one fits.",
			.stops = "Nothing by itself. The elements of the store are the smaller "
				 "change; the identifier also mends what else goes by it, and must "
				 "not be given while the other disk is in the same machine.",
			.seen = "With B4.",
			.fix = "--only disk-signature writes it: 4 bytes of the MBR, or both GPT "
			       "headers with their checksums.",
			.source = PART,
		},
	[BOOTPATH_FOOTER_COPY] =
		{
			.id = "B42",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "Damaged footer of the VHD",
			.means = "The two copies of the VHD's footer are not the same, or one of "
				 "them is damaged.",
			.stops = "It stops no start by itself, but some programs refuse the file, "
				 "and nothing else is written into it here.",
			.seen = "\"The file or directory is corrupted\" when Windows attaches it.",
			.fix = "--only footer-copy copies the 512 sound bytes over the others, "
			       "and nothing else with them.",
			.source = "Virtual Hard Disk Image Format Specification 1.0, \"Hard Disk "
				  "Footer Format\"",
		},
	[BOOTPATH_GPT_COPY] =
		{
			.id = "B43",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_FIRMWARE,
			.severity = SEVERITY_NOTE,
			.by_place = true,
			.title = "One copy of the GPT is damaged",
			.means = "A GPT is there twice, at both ends of the disk. One copy breaks "
				 "its checksums or rules, the other one is sound.",
			.stops = "It hardly does: firmware and Windows use the sound one, as long "
				 "as it is that. Some firmware starts by the primary alone.",
			.seen = "Nothing, or a firmware that finds no partition.",
			.fix = "--only gpt-copy makes it like the sound one, header and entries, "
			       "with its checksums.",
			.source = PART,
		},
	[BOOTPATH_NOTHING_STARTS] =
		{
			.id = "B40",
			.looks_at = OF_BOOT_PATH,
			.step = STEP_BOOT_STORE,
			.severity = SEVERITY_LIKELY,
			.by_place = true,
			.brief = "its boot menu names nothing",
			.title = "Nothing to start",
			.means = "Neither the default nor the menu (displayorder) of the boot "
				 "manager names an entry that the store has; or the default is one "
				 "that starts nothing.",
			.stops = "The boot manager has no entry to start, though the store has "
				 "one for this Windows.",
			.seen = "0xc0000225, or an empty menu.",
			.fix = "The default and the menu are made to name this Windows; or "
			       "bcdedit /store FILE /default {id}.",
			.source = PLAN,
		},
};

const struct rule *rules_of_boot_path(size_t *n)
{
	*n = BOOTPATH_RULES;
	return rows;
}

static const struct bootpath_gap gaps[] = {
	{"Firmware mode",
	 "Whether the machine starts by BIOS or UEFI, and its Secure Boot keys, are "
	 "settings of the machine."},
	{"Firmware's boot entries", "UEFI keeps its list of boot entries in its own memory."},
	{"Which disk the machine starts", "The boot order is a setting of the machine."},
	{"The host's boot store",
	 "A natively booted disk is started by its host's store; give that store to "
	 "plan --bcd."},
	{"Free space on the host's volume",
	 "A dynamic disk that is expanded at native boot needs its full size there; "
	 "this is the host's disk."},
	{"Attributes of the image file on its Windows host",
	 "Sparse, compressed or encrypted files do not boot; the copy here need not "
	 "have the same."},
	{"BitLocker, hibernation, a dirty volume",
	 "Guards of the image page say so; no rule is needed."},
	{"The parents of a differencing disk",
	 "Opening the image checks the chain and refuses a broken one."},
	{"GPT attributes of partitions",
	 "Hidden or without letter: the loader does not ask for them."},
	{"The backup boot sector", "Only repair programs read it."},
	{"Boot code, byte by byte",
	 "It is known by the file it names; a virus or a damaged instruction would "
	 "not show."},
	{"Signatures of loader files",
	 "Secure Boot checks them with keys that are not on the disk."},
	{"Memory and disk faults", "They show on the machine only."},
};

const struct bootpath_gap *bootpath_not_checkable(size_t *n)
{
	*n = sizeof(gaps) / sizeof(gaps[0]);
	return gaps;
}
