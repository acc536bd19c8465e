/* SPDX-License-Identifier: MIT */
/*
 * Changes to the partition table and the boot sectors of the healthy disks of bootpath_test.h, and
 * to what they are for, one place each; as in bootpath_store_changes.h.
 */
#ifndef BOOTPATH_DISK_CHANGES_H
#define BOOTPATH_DISK_CHANGES_H

#include "bootpath_test.h"

/* ---- partition table ---- */

UNUSED_OK static void none_active(struct stage *s)
{
	s->partitions[0].active = false;
}

UNUSED_OK static void two_active(struct stage *s)
{
	s->partitions[1].active = true;
}

UNUSED_OK static void wrong_active(struct stage *s)
{
	none_active(s);
	two_active(s);
}

UNUSED_OK static void esp_fat16(struct stage *s)
{
	s->partitions[0].filesystem = FS_FAT16;
}

UNUSED_OK static void esp_fat12(struct stage *s)
{
	s->partitions[0].filesystem = FS_FAT12;
}

UNUSED_OK static void windows_hidden(struct stage *s)
{
	s->partitions[1].type_id = "0x17";
}

UNUSED_OK static void system_hidden(struct stage *s)
{
	s->partitions[0].type_id = "0x17";
}

UNUSED_OK static void system_of_maker(struct stage *s)
{
	s->partitions[0].type_id = "0x27";
}

UNUSED_OK static void system_on_fat(struct stage *s)
{
	s->partitions[0].type_id = "0x0c";
	s->partitions[0].filesystem = FS_FAT32;
}

UNUSED_OK static void esp_is_data(struct stage *s)
{
	s->partitions[0].type_id = TYPE_DATA;
}

UNUSED_OK static void windows_is_recovery(struct stage *s)
{
	s->partitions[2].type_id = "de94bba4-06d1-4d40-a16a-bfd50179d6ac";
}

UNUSED_OK static void second_esp_not_fat(struct stage *s)
{
	add_partition(s, TYPE_ESP, 80 * MIB, MIB, FS_NTFS);
	write_record(s, 4, NULL);
}

UNUSED_OK static void no_signature(struct stage *s)
{
	s->table.disk_id = "0x00000000";
	device_of(s, MANAGER, BCD_DEVICE)->signature = 0;
	device_of(s, LOADER, BCD_DEVICE)->signature = 0;
	device_of(s, LOADER, BCD_OS_DEVICE)->signature = 0;
}

UNUSED_OK static void no_disk_guid(struct stage *s)
{
	static const char none[] = "00000000-0000-0000-0000-000000000000";
	s->table.disk_id = none;
	memcpy(device_of(s, MANAGER, BCD_DEVICE)->disk, none, sizeof(none));
	memcpy(device_of(s, LOADER, BCD_DEVICE)->disk, none, sizeof(none));
	memcpy(device_of(s, LOADER, BCD_OS_DEVICE)->disk, none, sizeof(none));
}

UNUSED_OK static void no_esp(struct stage *s)
{
	s->partitions[0].type_id = TYPE_DATA;
	s->partitions[0].filesystem = FS_NTFS;
}

UNUSED_OK static void gap(struct stage *s)
{
	s->partitions[2].number = 4;
	s->install.partition = 4;
	s->files[2] = "4:\\Windows\\system32\\winload.efi";
}

UNUSED_OK static void gap_behind(struct stage *s)
{
	add_partition(s, TYPE_DATA, 80 * MIB, MIB, FS_UNKNOWN)->number = 9;
}

UNUSED_OK static void move_windows(struct stage *s, uint64_t start)
{
	s->partitions[1].start = start;
	set_partition(s, device_of(s, LOADER, BCD_DEVICE), 2);
	set_partition(s, device_of(s, LOADER, BCD_OS_DEVICE), 2);
}

UNUSED_OK static void beyond_bios(struct stage *s)
{
	move_windows(s, (UINT64_C(1) << 41) - 36 * MIB + 512);
}

UNUSED_OK static void system_beyond_bios(struct stage *s)
{
	s->partitions[0].start = (UINT64_C(1) << 41) - 10 * MIB + 512;
	set_partition(s, device_of(s, MANAGER, BCD_DEVICE), 1);
	write_record(s, 1, "BOOTMGR");
}

UNUSED_OK static void just_below(struct stage *s)
{
	move_windows(s, (UINT64_C(1) << 41) - 36 * MIB);
}

/* ---- dynamic disks ---- */

UNUSED_OK static void dynamic_disk(struct stage *s)
{
	s->partitions[0].type_id = s->partitions[1].type_id = "0x42";
}

UNUSED_OK static void dynamic_gpt(struct stage *s)
{
	s->partitions[2].type_id = "af9b60a0-1431-4f62-bc68-3311714a69ad";
}

UNUSED_OK static void dynamic_xp(struct stage *s)
{
	s->partitions[0].type_id = "0x42";
}

/* ---- C: ---- */

UNUSED_OK static void set_letter(struct stage *s, uint32_t signature, uint64_t offset)
{
	uint8_t *p = arena_alloc(s->arena, 12, NULL);
	put_le32(p, signature);
	put_le64(p + 4, offset);
	s->install.letter_c = (struct span){p, 12};
}

UNUSED_OK static void letter_of_system(struct stage *s)
{
	set_letter(s, SIGNATURE, MIB);
}

UNUSED_OK static void letter_of_windows(struct stage *s)
{
	set_letter(s, SIGNATURE, 11 * MIB);
}

UNUSED_OK static void letter_of_other_disk(struct stage *s)
{
	set_letter(s, SIGNATURE + 1, MIB);
}

UNUSED_OK static void letter_of_nothing(struct stage *s)
{
	set_letter(s, SIGNATURE, MIB + 512);
}

/* The GUID of partition n of begin_gpt(). */
UNUSED_OK static void set_gpt_letter(struct stage *s, uint8_t n)
{
	static const uint8_t guid[] = {0,    0,    0xb7, 0x57, 0, 0x10, 0, 0x40,
				       0x80, 0x07, 0,    0,    0, 0,    0, 0};
	uint8_t *p = arena_alloc(s->arena, 25, NULL);
	memcpy(p, "DMIO:ID:", 8);
	memcpy(p + 8, guid, sizeof(guid));
	p[8] = n;
	s->install.letter_c = (struct span){p, 24};
}

UNUSED_OK static void letter_gpt(struct stage *s)
{
	set_gpt_letter(s, 1);
}

UNUSED_OK static void letter_gpt_windows(struct stage *s)
{
	set_gpt_letter(s, 3);
}

UNUSED_OK static void letter_long(struct stage *s)
{
	letter_gpt(s);
	s->install.letter_c.len++;
}

/* ---- sectors ---- */

UNUSED_OK static void hidden_sectors(struct stage *s)
{
	s->records[0][28] ^= 1;
}

UNUSED_OK static void hidden_of_windows(struct stage *s)
{
	s->records[1][28] ^= 1; /* nobody asks for it there */
}

UNUSED_OK static void too_many_sectors(struct stage *s)
{
	put_le64(s->records[1] + 40, s->partitions[1].size / 512 + 1);
}

UNUSED_OK static void all_sectors(struct stage *s)
{
	put_le64(s->records[1] + 40, s->partitions[1].size / 512);
}

UNUSED_OK static void endless_sectors(struct stage *s)
{
	put_le64(s->records[1] + 40, UINT64_MAX);
}

UNUSED_OK static void no_mark(struct stage *s)
{
	s->records[0][510] = 0;
}

UNUSED_OK static void no_code(struct stage *s)
{
	write_record(s, 1, NULL);
}

/* What cannot be a Windows boot sector is not judged as one. */
/* What is in it cannot be seen, so there is no store. */
UNUSED_OK static void esp_bitlocker(struct stage *s)
{
	s->partitions[0].filesystem = FS_BITLOCKER;
	s->request.n_stores = 0;
}

UNUSED_OK static void active_bitlocker(struct stage *s)
{
	no_code(s);
	esp_bitlocker(s);
}

UNUSED_OK static void no_code_bitlocker(struct stage *s)
{
	no_code(s);
	s->partitions[0].filesystem = FS_BITLOCKER;
}

UNUSED_OK static void no_code_problem(struct stage *s)
{
	no_code(s);
	hidden_sectors(s);
	s->partitions[0].problem = said_as_is("overlaps partition 2");
}

UNUSED_OK static void no_code_fat(struct stage *s)
{
	no_code(s);
	s->partitions[0].type_id = "0x0e";
	s->partitions[0].filesystem = FS_FAT16;
}

UNUSED_OK static void ntldr_code(struct stage *s)
{
	write_record(s, 1, "NTLDR");
}

UNUSED_OK static void ascii_code(struct stage *s)
{
	write_record(s, 1, NULL);
	memcpy(s->records[0] + 400, "BOOTMGR is missing", 18);
}

UNUSED_OK static void code_at_the_end(struct stage *s)
{
	write_record(s, 1, NULL);
	memcpy(s->records[0] + RECORD - 7, "BOOTMGR", 7);
}

UNUSED_OK static void no_mbr_code(struct stage *s)
{
	s->mbr[0] = 0;
	s->mbr[440] = 1; /* the signature is no code */
}

UNUSED_OK static void late_mbr_code(struct stage *s)
{
	s->mbr[0] = 0;
	s->mbr[439] = 1;
}

UNUSED_OK static void no_reads(struct stage *s)
{
	s->unreadable = true;
	s->mbr[0] = 0;
	no_code(s);
}

UNUSED_OK static void volume_of_4k(struct stage *s)
{
	s->records[1][12] = 16;
}

/* Sectors of 4096 bytes throughout. */
UNUSED_OK static void disk_of_4k(struct stage *s)
{
	s->request.sector_size = 4096;
	for (size_t i = 0; i < s->table.n; i++) {
		s->records[i][12] = 16;
		put_le32(s->records[i] + 28, (uint32_t)(s->partitions[i].start / 4096));
		put_le64(s->records[i] + 40, s->partitions[i].size / 4096 - 1);
	}
}

UNUSED_OK static void wide_code_at_the_end(struct stage *s)
{
	static const char name[] = "BOOTMGR";
	write_record(s, 1, NULL);
	for (size_t i = 0; i < 7; i++)
		s->records[0][RECORD - 14 + 2 * i] = (uint8_t)name[i];
}

UNUSED_OK static void small_system(struct stage *s)
{
	s->partitions[0].size = RECORD - 512;
	ascii_code(s);
}

UNUSED_OK static void small_system_no_code(struct stage *s)
{
	s->partitions[0].size = RECORD - 512;
	write_record(s, 1, "BOOTMGR"); /* behind the first sector, which is all that is read */
}

UNUSED_OK static void hidden_of_logical(struct stage *s)
{
	hidden_sectors(s);
	s->partitions[0].number = 5;
	s->files[0] = "5:\\bootmgr";
}

UNUSED_OK static void hidden_and_none_active(struct stage *s)
{
	hidden_sectors(s);
	none_active(s);
}

/* ---- other Windows ---- */

UNUSED_OK static void vista(struct stage *s)
{
	s->install.release = WIN_VISTA;
}

UNUSED_OK static void unknown_release_on_4k(struct stage *s)
{
	disk_of_4k(s);
	s->install.release = 0;
}

UNUSED_OK static void windows_8_on_4k(struct stage *s)
{
	disk_of_4k(s);
	s->install.release = WIN_8;
}

UNUSED_OK static void not_in_the_table(struct stage *s)
{
	no_mbr_code(s);
	s->install.partition = 9;
}

/* ---- targets ---- */

UNUSED_OK static void to_uefi(struct stage *s)
{
	s->request.firmware = FIRMWARE_UEFI;
}

UNUSED_OK static void to_bios(struct stage *s)
{
	s->request.firmware = FIRMWARE_BIOS;
}

UNUSED_OK static void to_azure(struct stage *s)
{
	s->request.azure = true;
	s->request.disk_size += 512;
}

UNUSED_OK static void to_azure_whole(struct stage *s)
{
	s->request.azure = true;
}

UNUSED_OK static void odd_size(struct stage *s)
{
	s->request.disk_size += 512;
}

/* Everything that a start of its own would need is gone; a 64-bit Windows 8 with both loaders. */
UNUSED_OK static void native(struct stage *s)
{
	s->request.native = true;
	s->request.n_stores = 0;
	remove_file(s, "1:\\bootmgr");
	s->mbr[0] = 0;
	no_code(s);
	s->partitions[0].active = false;
	s->install.release = WIN_8;
	s->install.architecture = "x64";
}

UNUSED_OK static void native_to_uefi(struct stage *s)
{
	native(s);
	to_uefi(s);
}

UNUSED_OK static void native_7(struct stage *s)
{
	native(s);
	s->install.release = WIN_7;
}

UNUSED_OK static void native_x86(struct stage *s)
{
	native(s);
	s->install.architecture = "x86";
}

UNUSED_OK static void native_no_efi(struct stage *s)
{
	native(s);
	remove_file(s, "2:\\Windows\\system32\\winload.efi");
}

UNUSED_OK static void native_no_exe(struct stage *s)
{
	native(s);
	remove_file(s, "2:\\Windows\\system32\\winload.exe");
}

UNUSED_OK static void native_no_loader(struct stage *s)
{
	native_no_exe(s);
	remove_file(s, "2:\\Windows\\system32\\winload.efi");
}

UNUSED_OK static void native_loader_unknown(struct stage *s)
{
	native_no_exe(s);
	s->unknown = "2:\\Windows\\system32\\winload.exe";
}

UNUSED_OK static void dynamic_native(struct stage *s)
{
	native(s);
	dynamic_disk(s);
}

/* A disk with an MBR that only UEFI starts. */
UNUSED_OK static void mbr_for_uefi(struct stage *s)
{
	s->partitions[0].active = false;
	s->partitions[0].type_id = "0xef";
	s->partitions[0].filesystem = FS_FAT32;
	s->stores[0].efi = true;
	s->stores[0].path = "\\EFI\\Microsoft\\Boot\\BCD";
	s->mbr[0] = 0;
	write_record(s, 1, NULL);
	element_of(s, LOADER, BCD_PATH)->string = "\\Windows\\system32\\winload.efi";
	s->n_files = 0;
	add_file(s, "1:\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
	add_file(s, "1:\\EFI\\Boot\\bootia32.efi");
	add_file(s, "2:\\Windows\\system32\\winload.efi");
}

UNUSED_OK static void mbr_for_uefi_no_store(struct stage *s)
{
	mbr_for_uefi(s);
	s->request.n_stores = 0;
}

UNUSED_OK static void native_gpt(struct stage *s)
{
	s->request.native = true;
	s->request.n_stores = 0;
	no_esp(s);
}

UNUSED_OK static void bare_volume(struct stage *s)
{
	native(s);
	s->request.native = false;
	s->table.scheme = SCHEME_NONE;
}

UNUSED_OK static void nothing(struct stage *s)
{
	(void)s;
}

#endif
