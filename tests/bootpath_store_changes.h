/* SPDX-License-Identifier: MIT */
/*
 * Changes to the boot store and the boot files of the healthy disks of bootpath_test.h, one place
 * each: what is wrong, and beside it what looks alike and is right. test_bootpath.c says which rule
 * each one gives.
 */
#ifndef BOOTPATH_STORE_CHANGES_H
#define BOOTPATH_STORE_CHANGES_H

#include "bootpath_test.h"

/* ---- stores ---- */

UNUSED_OK static void no_store(struct stage *s)
{
	s->request.n_stores = 0;
}

UNUSED_OK static void store_error(struct stage *s)
{
	err_set(&s->stores[0].error, E_CORRUPT, "not a hive");
}

UNUSED_OK static void store_not_whole(struct stage *s)
{
	s->stores[0].store.whole = false;
	s->stores[0].store.problem = "an object is damaged";
}

UNUSED_OK static void entry_of_other_partition(struct stage *s)
{
	set_partition(s, device_of(s, LOADER, BCD_DEVICE), 1);
	set_partition(s, device_of(s, LOADER, BCD_OS_DEVICE), 1);
}

UNUSED_OK static void entry_of_vhd(struct stage *s)
{
	struct bcd_device *vhd = device_of(s, LOADER, BCD_OS_DEVICE);
	struct bcd_device *file = arena_alloc(s->arena, sizeof(*file), NULL);
	file->kind = BCD_DEVICE_FILE;
	file->path = "\\x.vhd";
	vhd->kind = BCD_DEVICE_VHD;
	vhd->parent = file;
}

/* ---- native boot ---- */

#define HOST_LOADER "{33333333-0000-11e4-9e43-806e6f6e6963}"

/* ASCII as UTF-16 without NUL, as the decoder gives paths. */
UNUSED_OK static struct span wide(struct stage *s, const char *text)
{
	size_t n = strlen(text);
	uint8_t *p = arena_alloc(s->arena, 2 * n, NULL);
	for (size_t i = 0; i < n; i++)
		p[2 * i] = (uint8_t)text[i];
	return (struct span){p, 2 * n};
}

UNUSED_OK static void add_vhd(struct stage *s, struct bcd_object *o, uint32_t id, const char *path)
{
	struct bcd_device *vhd = add_device(s, o, id, BCD_DEVICE_VHD);
	struct bcd_device *file = arena_alloc(s->arena, sizeof(*file), NULL);
	struct bcd_device *host = arena_alloc(s->arena, sizeof(*host), NULL);
	host->kind = BCD_DEVICE_BOOT;
	host->path = "";
	file->kind = BCD_DEVICE_FILE;
	file->path = path;
	file->raw_path = wide(s, path);
	file->parent = host;
	vhd->parent = file;
}

/* The disk goes to a host whose store has an entry for \vhd\win7.vhd. */
UNUSED_OK static void hosted(struct stage *s)
{
	s->request.native = true;
	s->request.vhd = "D:\\VHD\\Win7.vhd";
	s->request.host_stores = &s->stores[1];
	s->request.n_host_stores = 1;
	s->stores[1].path = "host.bcd";
	struct bcd_object *o = add_object(s, 1, HOST_LOADER, BCD_LOADER);
	add_vhd(s, o, BCD_DEVICE, "\\vhd\\win7.vhd");
	add_vhd(s, o, BCD_OS_DEVICE, "\\vhd\\win7.vhd");
	add_string(o, BCD_SYSTEM_ROOT, "\\Windows");
	add_string(o, BCD_PATH, "\\Windows\\system32\\winload.exe");
	add_number(s, o, BCD_DETECT_HAL, 1);
	s->install.release = WIN_8;
}

UNUSED_OK static void hosted_as_other(struct stage *s)
{
	hosted(s);
	s->request.vhd = "D:\\other.vhd";
}

UNUSED_OK static void hosted_by_name(struct stage *s)
{
	hosted(s);
	s->request.vhd = NULL;
	s->request.image = "/images/win7.vhd";
}

UNUSED_OK static void hosted_halves(struct stage *s)
{
	hosted(s);
	s->objects[1][0].elements[1] = s->objects[1][0].elements[0];
	s->objects[1][0].elements[1].id = BCD_OS_DEVICE;
	s->objects[1][0].elements[1].device = NULL;
	s->objects[1][0].elements[1].problem = "not understood";
}

UNUSED_OK static void hosted_folder(struct stage *s)
{
	hosted(s);
	s->objects[1][0].elements[2].string = "\\Win";
}

UNUSED_OK static void hosted_by_uefi(struct stage *s)
{
	hosted(s);
	s->objects[1][0].elements[3].string = "\\Windows\\system32\\winload.efi";
}

UNUSED_OK static void hosted_by_uefi_64(struct stage *s)
{
	hosted_by_uefi(s);
	s->install.architecture = "x64";
}

UNUSED_OK static void hosted_no_loader(struct stage *s)
{
	hosted(s);
	remove_file(s, "2:\\Windows\\system32\\winload.exe");
}

UNUSED_OK static void hosted_no_path(struct stage *s)
{
	hosted(s);
	s->objects[1][0].elements[3].string = "";
}

UNUSED_OK static void hosted_damaged_without_entry(struct stage *s)
{
	hosted_as_other(s);
	s->stores[1].store.whole = false;
}

UNUSED_OK static void hosted_safe(struct stage *s)
{
	hosted(s);
	add_number(s, &s->objects[1][0], BCD_SAFE_BOOT, 1);
}

UNUSED_OK static void hosted_damaged(struct stage *s)
{
	hosted(s);
	s->stores[1].store.whole = false;
}

UNUSED_OK static void hosted_unreadable(struct stage *s)
{
	hosted(s);
	err_set(&s->stores[1].error, E_FORMAT, "no hive");
}

/* ---- other entries ---- */

UNUSED_OK static void entry_is_recovery(struct stage *s)
{
	struct bcd_object *o = add_object(s, 0, LOADER_2, BCD_LOADER);
	add_guid(s, o, BCD_RECOVERY_SEQUENCE, LOADER);
}

UNUSED_OK static void other_signature(struct stage *s)
{
	device_of(s, LOADER, BCD_DEVICE)->signature ^= 1;
	device_of(s, LOADER, BCD_OS_DEVICE)->signature ^= 1;
}

UNUSED_OK static void other_offset(struct stage *s)
{
	device_of(s, LOADER, BCD_DEVICE)->offset += 512;
}

UNUSED_OK static void other_disk_guid(struct stage *s)
{
	device_of(s, LOADER, BCD_OS_DEVICE)->disk[0] = '0';
}

UNUSED_OK static void other_partition_guid(struct stage *s)
{
	device_of(s, LOADER, BCD_OS_DEVICE)->partition[0] = '0';
}

UNUSED_OK static void mbr_entry_on_gpt(struct stage *s)
{
	device_of(s, LOADER, BCD_OS_DEVICE)->table = BCD_TABLE_MBR;
}

UNUSED_OK static void no_osdevice(struct stage *s)
{
	remove_element(s, LOADER, BCD_OS_DEVICE);
}

UNUSED_OK static void unknown_device(struct stage *s)
{
	element_of(s, LOADER, BCD_DEVICE)->device = NULL;
	element_of(s, LOADER, BCD_DEVICE)->problem = "not understood";
}

/* One right device is enough to know the entry, whatever its folder. */
UNUSED_OK static void no_osdevice_other_root(struct stage *s)
{
	no_osdevice(s);
	element_of(s, LOADER, BCD_SYSTEM_ROOT)->string = "\\x";
}

UNUSED_OK static void device_on_cd(struct stage *s)
{
	device_of(s, LOADER, BCD_DEVICE)->kind = BCD_DEVICE_CD;
}

UNUSED_OK static void entry_of_ramdisk(struct stage *s)
{
	device_of(s, LOADER, BCD_DEVICE)->kind = BCD_DEVICE_RAMDISK;
	device_of(s, LOADER, BCD_OS_DEVICE)->kind = BCD_DEVICE_RAMDISK;
}

UNUSED_OK static void device_on_vhd(struct stage *s)
{
	struct bcd_device *vhd = device_of(s, LOADER, BCD_DEVICE);
	struct bcd_device *file = arena_alloc(s->arena, sizeof(*file), NULL);
	file->kind = BCD_DEVICE_FILE;
	file->path = "\\x.vhd";
	vhd->kind = BCD_DEVICE_VHD;
	vhd->parent = file;
}

UNUSED_OK static void devices_differ(struct stage *s)
{
	set_partition(s, device_of(s, LOADER, BCD_OS_DEVICE), 1);
}

UNUSED_OK static void device_is_boot(struct stage *s)
{
	device_of(s, LOADER, BCD_DEVICE)->kind = BCD_DEVICE_BOOT;
}

UNUSED_OK static void both_searched(struct stage *s)
{
	struct bcd_device *d = device_of(s, LOADER, BCD_DEVICE);
	struct bcd_device *os = device_of(s, LOADER, BCD_OS_DEVICE);
	d->kind = os->kind = BCD_DEVICE_LOCATE;
	d->element = BCD_PATH;
	os->path = "\\Windows";
	add_file(s, "2:\\Windows");
}

UNUSED_OK static void searched_in_vain(struct stage *s)
{
	both_searched(s);
	remove_file(s, "2:\\Windows");
}

UNUSED_OK static void searched_for_nothing(struct stage *s)
{
	both_searched(s);
	device_of(s, LOADER, BCD_OS_DEVICE)->path = "";
}

UNUSED_OK static void wrong_loader_kind(struct stage *s)
{
	const char *path = s->table.scheme == SCHEME_MBR ? "\\Windows\\system32\\winload.efi"
							 : "\\Windows\\system32\\winload.exe";
	element_of(s, LOADER, BCD_PATH)->string = path;
	add_file(s, arena_printf(s->arena, "%u:%s", s->install.partition, path));
}

UNUSED_OK static void loader_missing(struct stage *s)
{
	remove_file(s, "2:\\Windows\\system32\\winload.exe");
}

UNUSED_OK static void kernel_missing(struct stage *s)
{
	s->install.kernel[0] = (struct driver_file){.path = "\\Windows\\System32\\ntoskrnl.exe",
						    .state = FILE_MISSING};
}

UNUSED_OK static void bare_volume_hal_bad(struct stage *s)
{
	s->table.scheme = SCHEME_NONE;
	s->install.kernel[1] = (struct driver_file){.path = "\\Windows\\System32\\hal.dll",
						    .state = FILE_BAD,
						    .fault = {"truncated", "truncated"}};
}

UNUSED_OK static void loader_unknown(struct stage *s)
{
	loader_missing(s);
	s->unknown = "2:\\Windows\\system32\\winload.exe";
}

UNUSED_OK static void no_path(struct stage *s)
{
	remove_element(s, LOADER, BCD_PATH);
}

UNUSED_OK static void other_root(struct stage *s)
{
	element_of(s, LOADER, BCD_SYSTEM_ROOT)->string = "\\Windows.old";
}

UNUSED_OK static void root_as_long(struct stage *s)
{
	element_of(s, LOADER, BCD_SYSTEM_ROOT)->string = "\\WindowZ";
}

UNUSED_OK static void root_longer(struct stage *s)
{
	element_of(s, LOADER, BCD_SYSTEM_ROOT)->string = "\\Windows\\x";
}

UNUSED_OK static void root_of_volume(struct stage *s)
{
	s->install.root = "\\";
	element_of(s, LOADER, BCD_SYSTEM_ROOT)->string = "\\";
}

UNUSED_OK static void no_root(struct stage *s)
{
	remove_element(s, LOADER, BCD_SYSTEM_ROOT);
}

UNUSED_OK static void safe_boot(struct stage *s)
{
	add_number(s, object_of(s, LOADER), BCD_SAFE_BOOT, 0);
}

UNUSED_OK static void winpe(struct stage *s)
{
	add_number(s, object_of(s, LOADER), BCD_WINPE, 1);
}

UNUSED_OK static void winpe_off(struct stage *s)
{
	add_number(s, object_of(s, LOADER), BCD_WINPE, 0);
}

UNUSED_OK static void test_signing(struct stage *s)
{
	add_number(s, object_of(s, LOADER), 0x16000049, 1);
	add_number(s, object_of(s, LOADER), 0x26000090, 1);
}

UNUSED_OK static void inherited_debug(struct stage *s)
{
	static const char settings[] = "{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}";
	add_guid(s, object_of(s, LOADER), BCD_INHERITED, settings);
	add_number(s, add_object(s, 0, settings, 0x20200003), 0x260000a0, 1);
}

UNUSED_OK static void detect_hal(struct stage *s)
{
	add_number(s, object_of(s, LOADER), BCD_DETECT_HAL, 1);
}

UNUSED_OK static void signing_off(struct stage *s)
{
	add_number(s, object_of(s, LOADER), 0x16000049, 0);
}

UNUSED_OK static void other_default(struct stage *s)
{
	add_loader(s, 0, LOADER_2, 1, "\\x");
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = LOADER_2;
	add_file(s, "1:\\x");
	add_file(s, "1:\\Windows\\");
}

/* Another Windows is started, which is missing in one way or another. */
UNUSED_OK static void default_on_other_disk(struct stage *s)
{
	other_default(s);
	device_of(s, LOADER_2, BCD_DEVICE)->signature ^= 1;
	device_of(s, LOADER_2, BCD_OS_DEVICE)->signature ^= 1;
}

UNUSED_OK static void default_without_loader(struct stage *s)
{
	other_default(s);
	remove_file(s, "1:\\x");
}

UNUSED_OK static void default_for_uefi(struct stage *s)
{
	other_default(s);
	element_of(s, LOADER_2, BCD_PATH)->string = "\\winload.efi";
	add_file(s, "1:\\winload.efi");
}

/* On this Windows' own partition. */
UNUSED_OK static void default_without_folder(struct stage *s)
{
	struct bcd_object *o = add_loader(s, 0, LOADER_2, 2, "\\Windows\\system32\\winload.exe");
	o->elements[3].string = "\\Gone";
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = LOADER_2;
}

UNUSED_OK static void default_on_vhd(struct stage *s)
{
	default_without_loader(s);
	add_vhd(s, object_of(s, LOADER_2), BCD_RESUME_OBJECT, "\\x.vhd");
	*device_of(s, LOADER_2, BCD_OS_DEVICE) = *device_of(s, LOADER_2, BCD_RESUME_OBJECT);
}

UNUSED_OK static void default_is_tester(struct stage *s)
{
	default_without_loader(s);
	object_of(s, LOADER_2)->type = BCD_MEMORY_TESTER;
}

UNUSED_OK static void first_on_other_disk(struct stage *s)
{
	default_on_other_disk(s);
	remove_element(s, MANAGER, BCD_DEFAULT);
	element_of(s, MANAGER, BCD_DISPLAY_ORDER)->guids[0] = LOADER_2;
}

/* The entry may be in the part that is lost. */
UNUSED_OK static void damaged_without_entry(struct stage *s)
{
	entry_of_other_partition(s);
	store_not_whole(s);
}

UNUSED_OK static void dangling_default(struct stage *s)
{
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = LOADER_2;
}

/* Neither the default nor the menu has an entry that is there. */
UNUSED_OK static void nothing_starts(struct stage *s)
{
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = LOADER_2;
	for (size_t i = 0; i < s->stores[0].store.n; i++)
		if (bcd_element(&s->stores[0].store.objects[i], BCD_DISPLAY_ORDER))
			remove_element(s, s->stores[0].store.objects[i].guid, BCD_DISPLAY_ORDER);
}

UNUSED_OK static void default_is_manager(struct stage *s)
{
	element_of(s, MANAGER, BCD_DEFAULT)->guids[0] = MANAGER;
}

/* An object of settings, in the menu of a store without a default. */
UNUSED_OK static void menu_of_settings(struct stage *s)
{
	remove_element(s, MANAGER, BCD_DEFAULT);
	add_object(s, 0, LOADER_2, 0x20200003);
	element_of(s, MANAGER, BCD_DISPLAY_ORDER)->guids[0] = LOADER_2;
}

UNUSED_OK static void own_recovery(struct stage *s)
{
	add_guid(s, object_of(s, LOADER), BCD_RECOVERY_SEQUENCE, LOADER);
}

UNUSED_OK static void no_default(struct stage *s)
{
	remove_element(s, MANAGER, BCD_DEFAULT);
}

UNUSED_OK static void no_manager(struct stage *s)
{
	object_of(s, MANAGER)->guid = RECOVERY;
}

UNUSED_OK static void manager_elsewhere(struct stage *s)
{
	set_partition(s, device_of(s, MANAGER, BCD_DEVICE), s->install.partition);
}

UNUSED_OK static void manager_boot(struct stage *s)
{
	device_of(s, MANAGER, BCD_DEVICE)->kind = BCD_DEVICE_BOOT;
}

UNUSED_OK static void no_bootmgr(struct stage *s)
{
	remove_file(s, "1:\\bootmgr");
}

UNUSED_OK static void no_bootmgfw(struct stage *s)
{
	remove_file(s, "1:\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
}

UNUSED_OK static void no_ntldr(struct stage *s)
{
	remove_file(s, "1:\\ntldr");
}

UNUSED_OK static void no_ntdetect(struct stage *s)
{
	remove_file(s, "1:\\NTDETECT.COM");
}

UNUSED_OK static void no_fallback(struct stage *s)
{
	remove_file(s, "1:\\EFI\\Boot\\bootx64.efi");
}

UNUSED_OK static void arm_fallback(struct stage *s)
{
	no_fallback(s);
	s->install.architecture = "arm64";
	add_file(s, "1:\\EFI\\Boot\\bootaa64.efi");
}

UNUSED_OK static void boot_sequence(struct stage *s)
{
	add_guid(s, object_of(s, MANAGER), BCD_BOOT_SEQUENCE, LOADER);
}

UNUSED_OK static void empty_sequence(struct stage *s)
{
	boot_sequence(s);
	element_of(s, MANAGER, BCD_BOOT_SEQUENCE)->n = 0;
}

UNUSED_OK static void empty_default(struct stage *s)
{
	element_of(s, MANAGER, BCD_DEFAULT)->n = 0;
}

UNUSED_OK static void damaged_default(struct stage *s)
{
	dangling_default(s);
	element_of(s, MANAGER, BCD_DEFAULT)->problem = "no id";
}

UNUSED_OK static void empty_boolean(struct stage *s)
{
	winpe(s);
	element_of(s, LOADER, BCD_WINPE)->n = 0;
}

UNUSED_OK static void damaged_boolean(struct stage *s)
{
	winpe(s);
	element_of(s, LOADER, BCD_WINPE)->problem = "two bytes";
}

UNUSED_OK static void dangling_recovery(struct stage *s)
{
	add_guid(s, object_of(s, LOADER), BCD_RECOVERY_SEQUENCE, RECOVERY);
}

UNUSED_OK static void recovery_there(struct stage *s)
{
	dangling_recovery(s);
	add_object(s, 0, RECOVERY, BCD_LOADER);
}

#endif
