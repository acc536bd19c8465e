/* SPDX-License-Identifier: MIT */
/*
 * Each rule of the boot path: a healthy disk broken in one place gives exactly that rule, and
 * changes that look alike give none.
 */
#include "bootpath_disk_changes.h"
#include "bootpath_ini_changes.h"
#include "bootpath_store_changes.h"

struct broken {
	const char *name;
	void (*begin)(struct stage *s);
	void (*change)(struct stage *s);
	const char *rules;  /* all of them */
	const char *found;  /* of the first finding; NULL: not looked at */
	const char *needed; /* the same */
};

#define NO_STORE "no boot store (BCD) on this disk: normal for a VHD that boots natively"

static const struct broken table[] = {
	{"a Windows 7 disk", begin_mbr, nothing, "", NULL, NULL},
	{"a Windows 10 disk", begin_gpt, nothing, "", NULL, NULL},
	{"a Windows XP disk", begin_xp, nothing, "", NULL, NULL},
	{"no store", begin_mbr, no_store, "B1", NO_STORE, "\\Boot\\BCD on the active partition"},
	{"no EFI store", begin_gpt, no_store, "B1", NO_STORE,
	 "\\EFI\\Microsoft\\Boot\\BCD on the EFI system partition"},
	{"a store that is no hive", begin_mbr, store_error, "B2",
	 "the boot store of partition 1 is damaged: not a hive", NULL},
	{"a damaged store", begin_gpt, store_not_whole, "B2",
	 "the boot store of partition 1 is damaged: an object is damaged", NULL},
	{"no entry", begin_mbr, entry_of_other_partition, "B3",
	 "no entry of \\Boot\\BCD on partition 1 leads to partition 2, that of this Windows",
	 "partition 2: mbr:5b7d0007:0xb00000"},
	{"an entry of a virtual disk", begin_mbr, entry_of_vhd, "B3", NULL, NULL},
	{"a recovery entry", begin_mbr, entry_is_recovery, "B3", NULL, NULL},
	{"another signature", begin_mbr, other_signature, "B4 B4 B41",
	 "the entry " LOADER ": its device is text, and this disk has the signature 5b7d0007",
	 "partition 2: mbr:5b7d0007:0xb00000"},
	{"another offset", begin_mbr, other_offset, "B4",
	 "the entry " LOADER ": its device is text, and this disk has no such partition", NULL},
	{"another disk", begin_gpt, other_disk_guid, "B4",
	 "the entry " LOADER ": its osdevice is text, and this disk is {" DISK_GPT "}", NULL},
	{"another partition", begin_gpt, other_partition_guid, "B4", NULL, NULL},
	{"an MBR entry on a GPT disk", begin_gpt, mbr_entry_on_gpt, "B4", NULL, NULL},
	{"no osdevice", begin_mbr, no_osdevice, "B4", "the entry " LOADER " has no osdevice", NULL},
	{"no osdevice, another folder", begin_mbr, no_osdevice_other_root, "B4", NULL, NULL},
	{"a device on a CD", begin_mbr, device_on_cd, "B4",
	 "the entry " LOADER ": its device is text, which is no partition", NULL},
	{"an entry in memory", begin_mbr, entry_of_ramdisk, "B3", NULL, NULL},
	{"a device on a virtual disk", begin_mbr, device_on_vhd, "B3", NULL, NULL},
	{"a device not understood", begin_mbr, unknown_device, "B4",
	 "the entry " LOADER ": its device is text, which is not understood", NULL},
	{"a search in vain", begin_mbr, searched_in_vain, "B4",
	 "the entry " LOADER ": its osdevice is text, and what it searches for is not there", NULL},
	{"a search for nothing", begin_mbr, searched_for_nothing, "B4", NULL, NULL},
	{"a search", begin_mbr, both_searched, "", NULL, NULL},
	{"two partitions", begin_mbr, devices_differ, "B5", NULL, NULL},
	{"boot is the store's partition", begin_mbr, device_is_boot, "B5 B7", NULL, NULL},
	{"winload.efi for BIOS", begin_mbr, wrong_loader_kind, "B6",
	 "the entry " LOADER
	 ": its path is \\Windows\\system32\\winload.efi, a loader for UEFI, in a store for BIOS",
	 "winload.exe"},
	{"winload.exe for UEFI", begin_gpt, wrong_loader_kind, "B6", NULL, "winload.efi"},
	{"no kernel", begin_mbr, kernel_missing, "B39", "ntoskrnl.exe: missing",
	 "the file of this Windows"},
	{"a volume without its disk, a HAL cut short", begin_mbr, bare_volume_hal_bad, "B39",
	 "hal.dll: truncated", NULL},
	{"no winload", begin_mbr, loader_missing, "B7",
	 "the entry " LOADER
	 ": its loader \\Windows\\system32\\winload.exe is missing on partition 2",
	 NULL},
	{"winload not to be told", begin_mbr, loader_unknown, "", NULL, NULL},
	{"no path", begin_mbr, no_path, "B7",
	 "the entry " LOADER " names no loader: it has no path", NULL},
	{"another folder", begin_mbr, other_root, "B8",
	 "the entry " LOADER ": its systemroot is \\Windows.old", "\\Windows"},
	{"a folder as long", begin_mbr, root_as_long, "B8",
	 "the entry " LOADER ": its systemroot is \\WindowZ", NULL},
	{"a longer folder", begin_mbr, root_longer, "B8", NULL, NULL},
	{"the root of the volume", begin_mbr, root_of_volume, "", NULL, NULL},
	{"no folder", begin_mbr, no_root, "B8", "the entry " LOADER " has no systemroot", NULL},
	{"safe mode", begin_mbr, safe_boot, "B9", "the entry " LOADER " sets safeboot text",
	 "not set"},
	{"Windows PE", begin_gpt, winpe, "B9", "the entry " LOADER " sets winpe text", NULL},
	{"Windows PE off", begin_gpt, winpe_off, "", NULL, NULL},
	{"test signing", begin_gpt, test_signing, "B10",
	 "the entry " LOADER " sets testsigning text, bootlog text", NULL},
	{"debugging, inherited", begin_gpt, inherited_debug, "B10",
	 "the entry " LOADER " sets debug text", NULL},
	{"detecthal", begin_gpt, detect_hal, "B10", "the entry " LOADER " sets detecthal text",
	 NULL},
	{"test signing off", begin_gpt, signing_off, "", NULL, NULL},
	{"another default", begin_mbr, other_default, "B11",
	 "the boot manager's own entry: its default is " LOADER_2 " (no description)", LOADER},
	{"a default on another disk", begin_mbr, default_on_other_disk, "B4 B11",
	 "the entry " LOADER_2 ": its device is text, and this disk has the signature 5b7d0007",
	 NULL},
	{"a default without loader", begin_mbr, default_without_loader, "B7 B11",
	 "the entry " LOADER_2 ": its loader \\x is missing on partition 1", NULL},
	{"a default for other firmware", begin_mbr, default_for_uefi, "B6 B11", NULL, NULL},
	{"a default without its folder", begin_mbr, default_without_folder, "B8 B11",
	 "the entry " LOADER_2 ": its systemroot \\Gone is not on partition 2", NULL},
	{"a default on a virtual disk", begin_mbr, default_on_vhd, "B11", NULL, NULL},
	{"a default that tests memory", begin_mbr, default_is_tester, "B11", NULL, NULL},
	{"the first of the menu, no default", begin_mbr, first_on_other_disk, "B4", NULL, NULL},
	{"a default that is not there", begin_mbr, dangling_default, "B11",
	 "the boot manager's own entry: its default is " LOADER_2 " (no such entry)", LOADER},
	{"nothing starts", begin_mbr, nothing_starts, "B40",
	 "the boot manager's own entry names no entry that is there, neither as default nor in "
	 "its menu",
	 LOADER},
	{"a default that is the boot manager", begin_mbr, default_is_manager, "B40",
	 "the boot manager's own entry: its default is " MANAGER " (no description)", LOADER},
	{"a menu of settings, no default", begin_mbr, menu_of_settings, "B40",
	 "the boot manager's own entry names no entry that is there, neither as default nor in "
	 "its menu",
	 LOADER},
	{"an empty default", begin_mbr, empty_default, "B11",
	 "the boot manager's own entry: its default is empty", NULL},
	{"a default not understood", begin_mbr, damaged_default, "", NULL, NULL},
	{"an empty boolean", begin_mbr, empty_boolean, "", NULL, NULL},
	{"a boolean not understood", begin_mbr, damaged_boolean, "", NULL, NULL},
	{"no default", begin_mbr, no_default, "", NULL, NULL},
	{"no boot manager object", begin_mbr, no_manager, "B40",
	 "the boot manager's own entry is not in the store", "{bootmgr}"},
	{"its device elsewhere", begin_gpt, manager_elsewhere, "B12", NULL, NULL},
	{"its device is boot", begin_gpt, manager_boot, "", NULL, NULL},
	{"no bootmgr", begin_mbr, no_bootmgr, "B13", "\\bootmgr is missing on partition 1",
	 "\\bootmgr"},
	{"no bootmgfw.efi", begin_gpt, no_bootmgfw, "B13",
	 "\\EFI\\Microsoft\\Boot\\bootmgfw.efi is missing on partition 1",
	 "\\EFI\\Microsoft\\Boot\\bootmgfw.efi"},
	{"no ntldr", begin_xp, no_ntldr, "B13", NULL, "\\ntldr"},
	{"no NTDETECT.COM", begin_xp, no_ntdetect, "B13", NULL, "\\NTDETECT.COM"},
	{"no fallback", begin_gpt, no_fallback, "B14", NULL, "\\EFI\\Boot\\bootx64.efi"},
	{"the fallback of ARM64", begin_gpt, arm_fallback, "", NULL, NULL},
	{"a sequence", begin_mbr, boot_sequence, "B15",
	 "the boot manager's own entry: its next start is set once, to " LOADER, "not set"},
	{"an empty sequence", begin_mbr, empty_sequence, "", NULL, NULL},
	{"no recovery entry", begin_mbr, dangling_recovery, "B15",
	 "the entry " LOADER ": its recovery entry " RECOVERY " is not in the store", NULL},
	{"an entry that is its own recovery", begin_mbr, own_recovery, "", NULL, NULL},
	{"a recovery entry that is there", begin_mbr, recovery_there, "", NULL, NULL},
	{"none active with XP", begin_xp, none_active, "B16", "no partition is active",
	 "partition 1, with \\ntldr"},
	{"none active", begin_mbr, none_active, "B16", "no partition is active",
	 "partition 1, with \\bootmgr"},
	{"two active", begin_mbr, two_active, "B16", "2 partitions are active", NULL},
	{"the wrong one active", begin_mbr, wrong_active, "B16",
	 "partition 2 is active, and \\bootmgr lies on partition 1", "partition 1, with \\bootmgr"},
	{"Windows hidden", begin_mbr, windows_hidden, "B17",
	 "partition 2 has the type 0x17 (some type)", "0x07"},
	{"the system partition hidden", begin_mbr, system_hidden, "B17", NULL, NULL},
	{"a maker's system partition", begin_mbr, system_of_maker, "", NULL, NULL},
	{"a FAT system partition", begin_mbr, system_on_fat, "", NULL, NULL},
	{"an EFI partition of type data", begin_gpt, esp_is_data, "B17", NULL, TYPE_ESP},
	{"an EFI partition with FAT16", begin_gpt, esp_fat16, "", NULL, NULL},
	{"an EFI partition with FAT12", begin_gpt, esp_fat12, "", NULL, NULL},
	{"Windows on a recovery partition", begin_gpt, windows_is_recovery, "B17", NULL, TYPE_DATA},
	{"an EFI partition under BitLocker", begin_gpt, esp_bitlocker, "B1 B17",
	 "no boot store (BCD) is seen: partition 1 is encrypted with BitLocker", NULL},
	{"an active partition under BitLocker", begin_mbr, active_bitlocker, "B1",
	 "no boot store (BCD) is seen: partition 1 is encrypted with BitLocker", NULL},
	{"an EFI partition with NTFS", begin_gpt, second_esp_not_fat, "B17",
	 "partition 4 has the type of an EFI system partition, and no FAT on it (ntfs)", "FAT"},
	{"no signature", begin_mbr, no_signature, "B18", "the disk signature is 0x00000000", NULL},
	{"no disk GUID", begin_gpt, no_disk_guid, "B18", NULL, NULL},
	{"hidden sectors", begin_mbr, hidden_sectors, "B19",
	 "the boot sector of partition 1 counts 2049 hidden sectors, and the partition begins at "
	 "sector 2048",
	 "2048"},
	{"hidden sectors of Windows", begin_mbr, hidden_of_windows, "", NULL, NULL},
	{"one sector too many", begin_mbr, too_many_sectors, "B20",
	 "the boot sector of partition 2 counts 73729 sectors, the partition has 73728",
	 "at most 73728"},
	{"as many sectors as the partition", begin_mbr, all_sectors, "", NULL, NULL},
	{"endless sectors", begin_mbr, endless_sectors, "B20", NULL, NULL},
	{"no boot mark", begin_mbr, no_mark, "B21",
	 "the boot sector of partition 1 ends with 0xaa00, not 0xaa55", "0xaa55"},
	{"no boot code", begin_mbr, no_code, "B21",
	 "the boot sector of partition 1 names no boot manager of Windows",
	 "code that starts BOOTMGR"},
	{"no boot code on FAT", begin_mbr, no_code_fat, "B21", NULL, NULL},
	{"no boot code under BitLocker", begin_mbr, no_code_bitlocker, "", NULL, NULL},
	{"no boot code, overlapping", begin_mbr, no_code_problem, "", NULL, NULL},
	{"old boot code", begin_mbr, ntldr_code, "B21",
	 "the boot sector of partition 1 starts NTLDR", NULL},
	{"no boot code of XP", begin_xp, no_code, "B21", NULL, "code that starts NTLDR"},
	{"a name in ASCII", begin_mbr, ascii_code, "", NULL, NULL},
	{"a name at the end", begin_mbr, code_at_the_end, "", NULL, NULL},
	{"a name in UTF-16 at the end", begin_mbr, wide_code_at_the_end, "", NULL, NULL},
	{"a small system partition", begin_mbr, small_system, "", NULL, NULL},
	{"a small one without code", begin_mbr, small_system_no_code, "B21", NULL, NULL},
	{"hidden sectors of a logical one", begin_mbr, hidden_of_logical, "", NULL, NULL},
	{"hidden sectors, none active", begin_mbr, hidden_and_none_active, "B16 B19", NULL, NULL},
	{"no code in the MBR", begin_mbr, no_mbr_code, "B22", NULL, NULL},
	{"code in the MBR's last byte", begin_mbr, late_mbr_code, "", NULL, NULL},
	{"sectors that cannot be read", begin_mbr, no_reads, "", NULL, NULL},
	{"no EFI partition", begin_gpt, no_esp, "B23",
	 "the disk has a GPT and no EFI system partition", NULL},
	{"no EFI partition, native boot", begin_gpt, native_gpt, "", NULL, NULL},
	{"BIOS disk to UEFI", begin_mbr, to_uefi, "B24",
	 "the disk is made for BIOS, and the machine starts by UEFI only", "UEFI"},
	{"UEFI disk to BIOS", begin_gpt, to_bios, "B24",
	 "the disk is made for UEFI, and the machine starts by BIOS only", "BIOS"},
	{"BIOS disk to BIOS", begin_mbr, to_bios, "", NULL, NULL},
	{"UEFI disk to UEFI", begin_gpt, to_uefi, "", NULL, NULL},
	{"a gap before Windows", begin_gpt, gap, "B25",
	 "entry 3 of the GPT is empty, before that of partition 4", NULL},
	{"a gap behind Windows", begin_gpt, gap_behind, "", NULL, NULL},
	{"beyond 2 TiB", begin_mbr, beyond_bios, "B26", "partition 2 ends at sector 4294967297",
	 NULL},
	{"the boot manager beyond 2 TiB", begin_mbr, system_beyond_bios, "B26", NULL, NULL},
	{"up to 2 TiB", begin_mbr, just_below, "", NULL, NULL},
	{"4096 bytes with Windows 7", begin_mbr, disk_of_4k, "B27",
	 "the disk has sectors of 4096 bytes", "512 for Windows"},
	{"4096 bytes with Windows 8", begin_mbr, windows_8_on_4k, "", NULL, NULL},
	{"4096 bytes with another", begin_mbr, unknown_release_on_4k, "", NULL, NULL},
	{"a volume of 4096", begin_mbr, volume_of_4k, "B28",
	 "the boot sector of partition 2 says 4096 bytes per sector, the disk has 512", "512"},
	{"to Azure", begin_gpt, to_azure, "B29", NULL, NULL},
	{"to Azure, whole MiB", begin_gpt, to_azure_whole, "", NULL, NULL},
	{"an odd size elsewhere", begin_gpt, odd_size, "", NULL, NULL},
	{"native boot", begin_mbr, native, "", NULL, NULL},
	{"native boot of 7", begin_mbr, native_7, "B37", NULL, NULL},
	{"native boot, 32-bit", begin_mbr, native_x86, "B36",
	 "a 32-bit Windows starts on hosts with BIOS, not on those with a 64-bit UEFI",
	 "a host with BIOS"},
	{"native boot without winload.efi", begin_mbr, native_no_efi, "B36",
	 "without winload.efi it starts on hosts with BIOS only", "a host with BIOS"},
	{"native boot without winload.exe", begin_mbr, native_no_exe, "B36",
	 "without winload.exe it starts on hosts with UEFI only", "a host with UEFI"},
	{"native boot without winload", begin_mbr, native_no_loader, "B7",
	 "neither winload.exe nor winload.efi is in \\Windows\\system32", NULL},
	{"native boot, winload not to be told", begin_mbr, native_loader_unknown, "", NULL, NULL},
	{"native boot from UEFI", begin_mbr, native_to_uefi, "", NULL, NULL},
	{"an MBR disk for UEFI", begin_mbr, mbr_for_uefi, "", NULL, NULL},
	{"an MBR disk for UEFI, no store", begin_mbr, mbr_for_uefi_no_store, "B1", NULL,
	 "\\EFI\\Microsoft\\Boot\\BCD on the EFI system partition"},
	{"Vista", begin_mbr, vista, "", NULL, NULL},
	{"a Windows of no partition", begin_mbr, not_in_the_table, "", NULL, NULL},
	{"a host's entry", begin_mbr, hosted, "", NULL, NULL},
	{"a host's entry for another disk", begin_mbr, hosted_as_other, "B3",
	 "the host's boot store has no entry for this disk", "D:\\other.vhd"},
	{"a host's entry of that name", begin_mbr, hosted_by_name, "", NULL, NULL},
	{"a host's entry with one device", begin_mbr, hosted_halves, "B5",
	 "the entry " HOST_LOADER ": its osdevice is not understood", NULL},
	{"a host's entry, another folder", begin_mbr, hosted_folder, "B8",
	 "the entry " HOST_LOADER ": its systemroot is \\Win", "\\Windows"},
	{"a host's entry for UEFI, 32-bit", begin_mbr, hosted_by_uefi, "B6", NULL, NULL},
	{"a host's entry for UEFI, 64-bit", begin_mbr, hosted_by_uefi_64, "", NULL, NULL},
	{"a host's entry, no loader", begin_mbr, hosted_no_loader, "B7",
	 "the entry " HOST_LOADER ": its loader \\Windows\\system32\\winload.exe is missing on "
	 "this disk",
	 NULL},
	{"a host's entry, no path", begin_mbr, hosted_no_path, "B7", NULL, NULL},
	{"a host's store, damaged, no entry", begin_mbr, hosted_damaged_without_entry, "B2 B3",
	 NULL, NULL},
	{"a host's entry, safe mode", begin_gpt, hosted_safe, "B9", NULL, NULL},
	{"a host's store, damaged", begin_gpt, hosted_damaged, "B2",
	 "the host's boot store is damaged", NULL},
	{"a host's store, no hive", begin_gpt, hosted_unreadable, "B2",
	 "the host's boot store is damaged: no hive", NULL},
	{"a volume without a disk", begin_mbr, bare_volume, "", NULL, NULL},
	{"a dynamic disk", begin_mbr, dynamic_disk, "B33",
	 "this is a dynamic disk (LDM): volmgrx must start on it", "a basic disk, for native boot"},
	{"a dynamic disk with a GPT", begin_gpt, dynamic_gpt, "B33", NULL, NULL},
	{"a dynamic disk with XP", begin_xp, dynamic_xp, "B33",
	 "this is a dynamic disk (LDM): dmio and dmload must start on it", NULL},
	{"a dynamic disk, natively", begin_mbr, dynamic_native, "B34", NULL, NULL},
	{"C: of another partition", begin_mbr, letter_of_system, "B35",
	 "MountedDevices gives C: to partition 1, and this Windows lies on partition 2",
	 "07007d5b0000b00000000000"},
	{"C: of Windows", begin_mbr, letter_of_windows, "", NULL, NULL},
	{"C: of another disk", begin_mbr, letter_of_other_disk, "", NULL, NULL},
	{"C: of no partition", begin_mbr, letter_of_nothing, "", NULL, NULL},
	{"C: of another GPT partition", begin_gpt, letter_gpt, "B35",
	 "MountedDevices gives C: to partition 1, and this Windows lies on partition 3",
	 "444d494f3a49443a0300b757001000408007000000000000"},
	{"C: of Windows on GPT", begin_gpt, letter_gpt_windows, "", NULL, NULL},
	{"C: of something long", begin_gpt, letter_long, "", NULL, NULL},
	{"C: of an MBR disk on GPT", begin_gpt, letter_of_system, "", NULL, NULL},
	{"boot.ini with another partition", begin_xp, ini_partition, "B30",
	 "the default of boot.ini, " MULTI
	 "partition(2)\\WINDOWS, names partition 2, which this disk does not have",
	 "default=" MULTI "partition(1)\\WINDOWS"},
	{"boot.ini with another disk", begin_xp, ini_rdisk, "B30",
	 "the default of boot.ini, multi(0)disk(0)rdisk(1)partition(1)\\WINDOWS, names another "
	 "disk, number 1 "
	 "of the BIOS",
	 NULL},
	{"boot.ini with another folder", begin_xp, ini_folder, "B30",
	 "the default of boot.ini, " MULTI
	 "partition(1)\\WINNT, names \\WINNT of partition 1, where no Windows "
	 "is",
	 NULL},
	{"boot.ini without a folder", begin_xp, ini_no_folder, "B30", NULL, NULL},
	{"boot.ini in other letters", begin_xp, ini_letters, "", NULL, NULL},
	{"boot.ini with another signature", begin_xp, ini_other_signature, "B30",
	 "the default of boot.ini, signature(12345678)disk(0)rdisk(0)partition(1)\\WINDOWS, names "
	 "the disk "
	 "signature 12345678, this disk has 0x5b7d0099",
	 NULL},
	{"boot.ini with the signature", begin_xp, ini_signature, "", NULL, NULL},
	{"boot.ini with scsi()", begin_xp, ini_scsi, "B30", NULL, NULL},
	{"boot.ini with scsi(), no driver", begin_xp, ini_scsi_no_driver, "B30",
	 "the default of boot.ini, scsi(0)disk(0)rdisk(0)partition(1)\\WINDOWS, needs "
	 "NTBOOTDD.SYS, which is "
	 "missing",
	 NULL},
	{"boot.ini with nonsense", begin_xp, ini_nonsense, "B30", NULL, NULL},
	{"boot.ini with a folder of a code page", begin_xp, ini_code_page, "B30", NULL, NULL},
	{"boot.ini counts as NTLDR does", begin_xp, ini_third, "", NULL, NULL},
	{"boot.ini counts from 1", begin_xp, ini_third_by_slot, "B30", NULL,
	 "default=" MULTI "partition(3)\\WINDOWS"},
	{"boot.ini with another Windows alone", begin_xp, ini_other_alone, "B30",
	 "the default of boot.ini, " MULTI
	 "partition(2)\\WINNT, is another Windows, \\WINNT of partition 2",
	 "default=" MULTI "partition(1)\\WINDOWS"},
	{"boot.ini with another Windows first", begin_xp, ini_other_first, "B32",
	 "the default of boot.ini, " MULTI
	 "partition(2)\\WINNT, is another Windows, \\WINNT of partition 2",
	 NULL},
	{"boot.ini with a boot sector first", begin_xp, ini_boot_sector, "B32",
	 "the default of boot.ini, C:\\bootsect.dos, is a boot sector of another system", NULL},
	{"boot.ini whose default is no entry", begin_xp, ini_not_listed, "B32", NULL, NULL},
	{"no boot.ini", begin_xp, ini_absent, "B32",
	 "there is no boot.ini: NTLDR then starts \\WINDOWS of the first partition, which is this "
	 "Windows",
	 NULL},
	{"no boot.ini, 2000", begin_xp, ini_absent_2000, "B30",
	 "there is no boot.ini: NTLDR then starts \\WINNT of the first partition, which is not "
	 "this "
	 "Windows",
	 NULL},
	{"no boot.ini, Windows on the second", begin_xp, ini_absent_second, "B30", NULL, NULL},
	{"no default", begin_xp, ini_no_default, "B32", NULL, NULL},
	{"no default, right entry, wrong place", begin_xp, ini_no_default_second, "B30", NULL,
	 NULL},
	{"boot.ini in UTF-16", begin_xp, ini_utf16, "B31",
	 "boot.ini cannot be used: it is UTF-16 text, and NTLDR reads bytes",
	 "default=" MULTI "partition(1)\\WINDOWS"},
	{"boot.ini far too large", begin_xp, ini_large, "B31",
	 "boot.ini cannot be used: larger than 65536 bytes", NULL},
	{"boot.ini with hostile characters", begin_xp, ini_hostile, "B30", NULL, NULL},
	{"boot.ini behind a NUL", begin_xp, ini_nul, "B32", NULL, NULL},
	{"boot.ini not asked for", begin_xp, ini_unasked, "", NULL, NULL},
};

static void check_first(const struct broken *row, const struct finding *f)
{
	if (row->found)
		assert_string_equal(f->found.plain, row->found);
	if (row->needed)
		assert_string_equal(f->needed.plain, row->needed);
}

static void check_finding(const struct finding *f)
{
	assert_true(f->severity == f->rule->severity ||
		    (f->rule->severity == SEVERITY_STOP && f->severity == SEVERITY_LIKELY));
	assert_int_equal(f->step, f->rule->step);
	assert_int_equal(f->fixable, f->n_edits > 0);
	assert_int_equal(f->fixable, f->fix_words.plain[0] != '\0');
	assert_non_null(f->subject);
	assert_non_null(f->key);
	assert_non_null(f->why.plain);
	assert_int_equal(f->fixable, f->no_fix.plain == NULL);
}

static void test_table(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		table[i].begin(s);
		table[i].change(s);
		run(s);
		if (strcmp(rules_found(s), table[i].rules) != 0)
			fail_msg("%s: %s, not %s", table[i].name, rules_found(s), table[i].rules);
		if (s->n > 0)
			check_first(&table[i], &s->findings[0]);
		for (size_t f = 0; f < s->n; f++)
			check_finding(&s->findings[f]);
		end(s);
	}
	free(s);
}

/* A store for BIOS on a GPT disk is none. */
static void test_no_esp(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_gpt(s);
	no_esp(s);
	s->stores[0].efi = false;
	s->stores[0].path = "\\Boot\\BCD";
	run(s);
	assert_string_equal(rules_found(s), "B1 B23");
	end(s);
	free(s);
}

/* Of two stores the one on the active partition counts; the other is a leftover. */
static void test_two_stores(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	s->stores[1] = s->stores[0];
	s->stores[1].partition = &s->partitions[1];
	err_set(&s->stores[1].error, E_CORRUPT, "a leftover");
	s->request.n_stores = 2;
	run(s);
	assert_string_equal(rules_found(s), "");
	s->partitions[0].active = false;
	s->partitions[1].active = true;
	add_file(s, "2:\\bootmgr");
	run(s);
	assert_string_equal(rules_found(s), "B2");
	end(s);
	free(s);
}

/* The entry with both devices wins over one with the same folder on another disk. */
static void test_best_entry(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	other_signature(s);
	add_loader(s, 0, LOADER_2, 2, "\\Windows\\system32\\winload.exe");
	run(s);
	assert_string_equal(rules_found(s), "B4 B11");
	assert_string_equal(s->findings[0].subject, LOADER);
	assert_string_equal(s->findings[0].fix_words.plain, "the default");
	assert_string_equal(s->findings[0].edits[0].hive, "1:\\Boot\\BCD");
	assert_string_equal(s->findings[0].edits[0].key,
			    "Objects\\" MANAGER "\\Elements\\23000003");
	s->stores[0].store.whole = false; /* half a store is not edited */
	run(s);
	assert_non_null(strstr(s->findings[1].no_fix.plain, "BCD /default " LOADER_2));
	s->stores[0].store.whole = true;
	run(s);
	assert_string_equal(s->findings[1].needed.plain, LOADER_2);
	end(s);
	free(s);
}

/* Also when the other one comes first and has the folder right. */
static void test_half_an_entry(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	device_of(s, LOADER, BCD_DEVICE)->signature ^= 1;
	add_loader(s, 0, LOADER_2, 2, "\\Windows\\system32\\winload.exe")->elements[3].string =
		"\\x";
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = LOADER_2;
	run(s);
	assert_string_equal(rules_found(s), "B8");
	assert_string_equal(s->findings[0].subject, LOADER_2);
	end(s);
	free(s);
}

/* Where a finding is: store, entry and element. */
static void test_evidence(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	devices_differ(s);
	element_of(s, LOADER, BCD_OS_DEVICE)->text = "os";
	run(s);
	assert_int_equal(s->n, 1);
	assert_string_equal(s->findings[0].subject, LOADER);
	assert_string_equal(s->findings[0].key, "1:\\Boot\\BCD " LOADER);
	assert_string_equal(s->findings[0].value, "osdevice");
	assert_string_equal(s->findings[0].found.plain,
			    "the entry " LOADER ": its device is text and its osdevice os");
	set_partition(s, device_of(s, LOADER, BCD_OS_DEVICE), 2);
	device_is_boot(s);
	element_of(s, LOADER, BCD_DEVICE)->text = "dev";
	run(s);
	assert_int_equal(s->n, 2);
	assert_string_equal(s->findings[0].value, "device");
	assert_string_equal(s->findings[0].found.plain,
			    "the entry " LOADER ": its device is dev and its osdevice os");
	end(s);
	begin_gpt(s);
	other_disk_guid(s);
	add_number(s, object_of(s, LOADER), BCD_SAFE_BOOT, 0);
	run(s);
	assert_int_equal(s->n, 2);
	assert_string_equal(s->findings[0].value, "osdevice");
	assert_string_equal(s->findings[0].needed.plain,
			    "partition 3: gpt:{" DISK_GPT "}:{57b70003-1000-4000-8007-"
			    "000000000000}");
	assert_string_equal(s->findings[1].rule->id, "B9");
	assert_string_equal(s->findings[1].value, "safeboot");
	end(s);
	free(s);
}

/* A clone: the four bytes of the old signature, and the lines for bcdedit. */
static void test_cures(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	other_signature(s);
	run(s);
	assert_non_null(
		strstr(s->findings[0].no_fix.plain, "the bytes 06 00 7d 5b at byte 440 (0x1b8)"));
	assert_non_null(strstr(s->findings[0].no_fix.plain,
			       "bcdedit /store S:\\Boot\\BCD /set " LOADER " device partition=C:"));
	assert_non_null(strstr(s->findings[0].no_fix.plain, LOADER " osdevice partition=C:"));
	other_offset(s); /* another disk altogether */
	run(s);
	assert_null(strstr(s->findings[0].no_fix.plain, "signature"));
	end(s);
	begin_gpt(s);
	other_disk_guid(s);
	run(s);
	assert_null(strstr(s->findings[0].no_fix.plain, "signature"));
	assert_non_null(strstr(s->findings[0].no_fix.plain, "S:\\EFI\\Microsoft\\Boot\\BCD /set"));
	end(s);
	free(s);
}

/* A VHDX natively: from Windows 8 on; what is not known is not refused. */
static void test_not_native(void **state)
{
	static const struct {
		uint16_t release;
		bool vhdx, refused;
	} cases[] = {{WIN_7, true, true},  {WIN_VISTA, true, true}, {WIN_7, false, false},
		     {WIN_8, true, false}, {WIN_10, true, false},   {0, true, false}};
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s->install.release = cases[i].release;
		s->request.vhdx = cases[i].vhdx;
		assert_int_equal(bootpath_not_native(&s->request) != NULL, cases[i].refused);
	}
	end(s);
	free(s);
}

/* The line to write is shown whole, and what is shown of the file's own is escaped. */
static void test_boot_ini_words(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_xp(s);
	ini_partition(s);
	run(s);
	assert_string_equal(s->findings[0].subject, "boot.ini");
	assert_string_equal(s->findings[0].key, "1:\\boot.ini");
	assert_string_equal(s->findings[0].value, "default");
	assert_non_null(
		strstr(s->findings[0].no_fix.plain, MULTI "partition(1)\\WINDOWS=\"Windows\""));
	ini_hostile(s);
	run(s);
	for (const char *p = s->findings[0].found.plain; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	assert_non_null(strstr(s->findings[0].found.plain, "..."));
	assert_true(strlen(s->findings[0].found.plain) < 600);
	end(s);
	free(s);
}

/* Two EFI stores: the one on FAT counts. */
static void test_two_efi_stores(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_gpt(s);
	s->stores[1] = s->stores[0];
	s->stores[1].partition = &s->partitions[2];
	err_set(&s->stores[1].error, E_CORRUPT, "a leftover");
	s->request.n_stores = 2;
	run(s);
	assert_string_equal(rules_found(s), "");
	end(s);
	free(s);
}

/* Both ways at once: an MBR disk with both stores is good for either firmware. */
static void test_both_ways(void **state)
{
	static const enum firmware firmwares[] = {FIRMWARE_ANY, FIRMWARE_BIOS, FIRMWARE_UEFI};
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	begin_mbr(s);
	add_partition(s, "0x0c", 60 * MIB, MIB, FS_FAT32);
	write_record(s, 3, NULL);
	s->stores[1].partition = &s->partitions[2];
	s->stores[1].path = "\\EFI\\Microsoft\\Boot\\BCD";
	s->stores[1].efi = true;
	add_manager(s, 1, 3);
	add_loader(s, 1, LOADER, 2, "\\Windows\\system32\\winload.efi");
	add_file(s, "3:\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
	add_file(s, "3:\\EFI\\Boot\\bootia32.efi");
	s->request.n_stores = 2;
	for (size_t i = 0; i < 3; i++) {
		s->request.firmware = firmwares[i];
		run(s);
		assert_string_equal(rules_found(s), "");
	}
	remove_file(s, "2:\\Windows\\system32\\winload.efi"); /* only one of the two fails */
	run(s);
	assert_string_equal(rules_found(s), "B7");
	assert_int_equal(s->findings[0].severity, SEVERITY_STOP);
	s->request.firmware = FIRMWARE_ANY;
	run(s);
	assert_string_equal(rules_found(s), "B7");
	assert_int_equal(s->findings[0].severity, SEVERITY_LIKELY);
	add_file(s, "2:\\Windows\\system32\\winload.efi");
	s->request.firmware = FIRMWARE_UEFI;
	s->partitions[0].active = false; /* UEFI does not ask for it */
	run(s);
	assert_string_equal(rules_found(s), "");
	s->request.firmware = FIRMWARE_ANY;
	run(s);
	assert_string_equal(rules_found(s), "B16");
	end(s);
	free(s);
}

/* ---- tables ---- */

static void test_rules(void **state)
{
	size_t n = 0, n_gaps;
	const struct rule *rule;
	const struct bootpath_gap *gaps = bootpath_not_checkable(&n_gaps);
	(void)state;
	for (size_t i = 0; (rule = rules_get(i)); i++) {
		char id[32];
		if (rule->looks_at != OF_BOOT_PATH)
			continue;
		snprintf(id, sizeof(id), "B%zu", ++n);
		assert_string_equal(rule->id, id);
		assert_null(rule->look);
		assert_true(strlen(rule->title) <= 40);
	}
	assert_int_equal(n, BOOTPATH_RULES);
	assert_true(n_gaps > 5);
	for (size_t i = 0; i < n_gaps; i++)
		assert_true(gaps[i].subject && gaps[i].why);
}

static bool is_triggered(const char *id)
{
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++)
		if (strcmp(table[k].rules, id) == 0)
			return true;
	return false;
}

/* Every rule is triggered alone by some row above; B41 comes with B4, B42 and B43 from the image
 * file. */
static void test_all_triggered(void **state)
{
	const struct rule *rule;
	(void)state;
	for (size_t i = 0; (rule = rules_get(i)); i++)
		if (rule->looks_at == OF_BOOT_PATH && strcmp(rule->id, "B38") != 0 &&
		    strcmp(rule->id, "B41") != 0 && strcmp(rule->id, "B42") != 0 &&
		    strcmp(rule->id, "B43") != 0 && !is_triggered(rule->id))
			fail_msg("nothing triggers %s alone", rule->id);
}

/* The one that the disk's facts do not give: of machines that can be set to either. */
static void test_firmware_note(void **state)
{
	struct finding f;
	(void)state;
	assert_false(bootpath_note_firmware(FIRMWARE_ANY, &f));
	assert_true(bootpath_note_firmware(FIRMWARE_BIOS, &f));
	assert_string_equal(f.rule->id, "B38");
	assert_string_equal(f.needed.plain, "BIOS");
	assert_int_equal(f.severity, SEVERITY_NOTE);
	assert_true(bootpath_note_firmware(FIRMWARE_UEFI, &f));
	assert_string_equal(f.found.plain,
			    "the disk is made for UEFI: the machine must be set to it");
}

/* Each way is looked at once, however often it is asked for. */
static void test_ways(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));
	struct bootpath_ways ways = {0};
	(void)state;
	begin_mbr(s);
	loader_missing(s);
	ways.arena = s->arena;
	s->request.firmware = FIRMWARE_BIOS;
	const struct bootpath_judgement *bios = bootpath_way(&ways, &s->request, NULL);
	assert_int_equal(bios->n, 1);
	assert_int_equal(bios->made_for, FIRMWARE_BIOS);
	size_t asked = s->asked;
	assert_true(asked > 0);
	assert_ptr_equal(bootpath_way(&ways, &s->request, NULL), bios);
	assert_int_equal(s->asked, asked);
	s->request.native = true;
	assert_ptr_not_equal(bootpath_way(&ways, &s->request, NULL), bios);
	assert_true(s->asked > asked);
	s->request.native = false;
	s->request.firmware = FIRMWARE_UEFI;
	s->request.azure = true;
	const struct bootpath_judgement *last = bootpath_way(&ways, &s->request, NULL);
	assert_ptr_equal(last, &ways.judged[BOOTPATH_WAYS - 3]);
	end(s);
	free(s);
}

/* ---- how bad, and where ---- */

static const struct {
	void (*begin)(struct stage *s);
	void (*change)(struct stage *s);
	enum severity severity; /* of the worst finding; SEVERITY_NOTE: none, or only notes */
	enum boot_step step;    /* its own */
} weights[] = {
	{begin_mbr, nothing, SEVERITY_NOTE, BOOT_STEPS},
	{begin_xp, nothing, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, no_store, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, native, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, hosted, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, hosted_as_other, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, bare_volume, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, loader_missing, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, kernel_missing, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, bare_volume_hal_bad, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, other_signature, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, none_active, SEVERITY_STOP, STEP_FIRMWARE},
	{begin_mbr, test_signing, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, safe_boot, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, devices_differ, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_mbr, unknown_device, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_mbr, device_is_boot, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, wrong_loader_kind, SEVERITY_STOP, STEP_LOADER},
	{begin_gpt, wrong_loader_kind, SEVERITY_STOP, STEP_LOADER},
	{begin_gpt, other_disk_guid, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_gpt, other_partition_guid, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, entry_of_other_partition, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, damaged_without_entry, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_gpt, store_not_whole, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_mbr, store_error, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_mbr, other_default, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, default_on_other_disk, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, default_without_loader, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, two_active, SEVERITY_STOP, STEP_FIRMWARE},
	{begin_mbr, wrong_active, SEVERITY_LIKELY, STEP_FIRMWARE},
	{begin_mbr, hidden_sectors, SEVERITY_LIKELY, STEP_FIRMWARE},
	{begin_gpt, no_esp, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_mbr, to_uefi, SEVERITY_STOP, STEP_FIRMWARE},
	{begin_gpt, to_bios, SEVERITY_STOP, STEP_FIRMWARE},
	{begin_xp, to_uefi, SEVERITY_STOP, STEP_FIRMWARE},
	{begin_mbr, dynamic_disk, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, native_7, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, native_x86, SEVERITY_NOTE, BOOT_STEPS},
	{begin_mbr, native_no_loader, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, hosted_by_uefi, SEVERITY_LIKELY, STEP_LOADER},
	{begin_mbr, hosted_no_loader, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, hosted_damaged_without_entry, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_mbr, dynamic_native, SEVERITY_STOP, STEP_LOADER},
	{begin_mbr, letter_of_system, SEVERITY_NOTE, BOOT_STEPS},
	{begin_xp, ini_partition, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_xp, ini_scsi_no_driver, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_xp, ini_scsi, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_nonsense, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_code_page, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_utf16, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_large, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_absent, SEVERITY_NOTE, BOOT_STEPS},
	{begin_xp, ini_absent_2000, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_xp, ini_no_default_second, SEVERITY_LIKELY, STEP_BOOT_STORE},
	{begin_xp, ini_other_alone, SEVERITY_STOP, STEP_BOOT_STORE},
	{begin_xp, ini_other_first, SEVERITY_NOTE, BOOT_STEPS},
};

static const struct finding *worst_of(const struct stage *s)
{
	const struct finding *worst = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->findings[i].severity != SEVERITY_NOTE &&
		    (!worst || s->findings[i].severity < worst->severity))
			worst = &s->findings[i];
	return worst;
}

static void test_weights(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	(void)state;
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		weights[i].begin(s);
		weights[i].change(s);
		run(s);
		const struct finding *worst = worst_of(s);
		assert_int_equal(worst ? worst->severity : SEVERITY_NOTE, weights[i].severity);
		assert_int_equal(worst ? worst->step : BOOT_STEPS, weights[i].step);
		end(s);
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),          cmocka_unit_test(test_no_esp),
		cmocka_unit_test(test_two_stores),     cmocka_unit_test(test_best_entry),
		cmocka_unit_test(test_half_an_entry),  cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_two_efi_stores), cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_rules),          cmocka_unit_test(test_all_triggered),
		cmocka_unit_test(test_weights),        cmocka_unit_test(test_boot_ini_words),
		cmocka_unit_test(test_cures),          cmocka_unit_test(test_firmware_note),
		cmocka_unit_test(test_ways),           cmocka_unit_test(test_not_native),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
