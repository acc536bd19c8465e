/* SPDX-License-Identifier: MIT */
/*
 * The hardware ids of boot disks' controllers, and the driver that Windows binds to each.
 *
 * Up to Windows 7 the CriticalDeviceDatabase of a control set binds a driver to a device that was
 * never seen before; from 8 on DriverDatabase does. The rows say which entry a healthy Windows
 * has: XP and 2003 bind one PIIX controller of the two and no class of IDE. IDE channels have rows up to 7 only: later they come and go with mshdc.inf as a whole,
 * and the controller's own row already tells. Ids of virtio carry the forms that vendors' INF
 * files list; one of them is enough.
 *
 * Sorted by id without case, so that reading a database of thousands is one pass.
 * Source: doc/FORMATS/boot-drivers.md, "Ids of boot disks' controllers".
 */
#include "stop7b/catalogue.h"

#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SYSTEM  "{4D36E97D-E325-11CE-BFC1-08002BE10318}"
#define DISKS   "{4D36E967-E325-11CE-BFC1-08002BE10318}"
#define HDC     "{4D36E96A-E325-11CE-BFC1-08002BE10318}"
#define SCSI    "{4D36E97B-E325-11CE-BFC1-08002BE10318}"
#define SD_HOST "{A0A588A4-C46F-4B37-B7EA-C82FE89870C6}"
#define USB     "{36FC9E60-C465-11CF-8056-444553540000}"

static const struct device devices[] = {
	{"ACPI\\CC_010901", "storufs", WIN_10, WIN_LATEST, SCSI, false},
	{"ACPI\\PNP0D40", "sdbus", WIN_8, WIN_LATEST, SD_HOST, false},
	{"ACPI\\VMBus", "vmbus", WIN_7, WIN_LATEST, SYSTEM, false},
	{"GenDisk", "disk", WIN_2000, WIN_LATEST, DISKS, false},
	{"PCI\\CC_0101", "pciide", WIN_VISTA, WIN_LATEST, HDC, true},
	{"PCI\\CC_010601", "msahci", WIN_VISTA, WIN_7, HDC, true},
	{"PCI\\CC_010601", "storahci", WIN_8, WIN_LATEST, HDC, true},
	{"PCI\\CC_010802", "stornvme", WIN_81, WIN_LATEST, SCSI, true},
	{"PCI\\CC_010901", "storufs", WIN_10, WIN_LATEST, SCSI, true},
	{"PCI\\CC_080500", "sdbus", WIN_8, WIN_LATEST, SD_HOST, true},
	{"PCI\\CC_080501", "sdbus", WIN_8, WIN_LATEST, SD_HOST, true},
	{"PCI\\VEN_1000&DEV_0030", "symmpi", WIN_2003, WIN_2003, SCSI, false},
	{"PCI\\VEN_1000&DEV_0030", "LSI_SCSI", WIN_VISTA, WIN_7, SCSI, false},
	{"PCI\\VEN_1000&DEV_0054", "LSI_SAS", WIN_VISTA, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_15AD&DEV_07C0", "pvscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1001", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1001&REV_00", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00", "viostor", WIN_XP, WIN_LATEST, SCSI,
	 false},
	{"PCI\\VEN_1AF4&DEV_1004", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1004&REV_00", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1004&SUBSYS_00081AF4", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1004&SUBSYS_00081AF4&REV_00", "vioscsi", WIN_XP, WIN_LATEST, SCSI,
	 false},
	{"PCI\\VEN_1AF4&DEV_1042", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1042&REV_01", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1042&SUBSYS_11001AF4", "viostor", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1042&SUBSYS_11001AF4&REV_01", "viostor", WIN_XP, WIN_LATEST, SCSI,
	 false},
	{"PCI\\VEN_1AF4&DEV_1048", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1048&REV_01", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1048&SUBSYS_11001AF4", "vioscsi", WIN_XP, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_1AF4&DEV_1048&SUBSYS_11001AF4&REV_01", "vioscsi", WIN_XP, WIN_LATEST, SCSI,
	 false},
	{"PCI\\VEN_1D0F&DEV_8061", "AWSNVMe", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_5853&DEV_0001", "xenbus", WIN_XP, WIN_LATEST, SYSTEM, false},
	{"PCI\\VEN_5853&DEV_0002", "xenbus", WIN_XP, WIN_LATEST, SYSTEM, false},
	{"PCI\\VEN_8086&DEV_201D", "iaVROC", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_28C0", "iaVROC", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_467F", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_4C3D", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_7010", "intelide", WIN_VISTA, WIN_LATEST, HDC, false},
	{"PCI\\VEN_8086&DEV_7111", "intelide", WIN_2000, WIN_LATEST, HDC, false},
	{"PCI\\VEN_8086&DEV_7D0B", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_9A0B", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_A77F", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"PCI\\VEN_8086&DEV_AD0B", "iaStorVD", WIN_7, WIN_LATEST, SCSI, false},
	{"Primary_IDE_Channel", "atapi", WIN_2000, WIN_7, HDC, false},
	{"ROOT\\ISCSIPRT", "iScsiPrt", WIN_VISTA, WIN_LATEST, SCSI, false},
	{"SD\\CLASS_MMC", "sdstor", WIN_8, WIN_LATEST, DISKS, false},
	{"SD\\CLASS_STORAGE", "sdstor", WIN_8, WIN_LATEST, DISKS, false},
	{"USB\\Class_08&SubClass_06&Prot_50", "USBSTOR", WIN_VISTA, WIN_LATEST, USB, false},
	{"USB\\Class_08&SubClass_06&Prot_62", "UASPStor", WIN_8, WIN_LATEST, SCSI, false},
	{"VMBUS\\{44C4F61D-4444-4400-9D52-802E27EDE19F}", "vpci", WIN_81, WIN_LATEST, SYSTEM,
	 false},
	{"VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}", "storvsc", WIN_7, WIN_LATEST, SCSI,
	 false},
};

const struct device *catalogue_devices(size_t *n)
{
	*n = COUNT(devices);
	return devices;
}

/* What is added to an id begins with '&': "PCI\\VEN_1AF4&DEV_1001&REV_00". */
bool catalogue_id_covers(const char *id, const char *device)
{
	size_t len = strlen(id);
	return strncasecmp(id, device, len) == 0 && (device[len] == '\0' || device[len] == '&');
}

/* ---- boards ---- */

#define BOARD "&SUBSYS_"

/* Length up to the board's part, or 0 where the id is of every board. */
static size_t before_board(const char *id)
{
	const char *board = strcasestr(id, BOARD);
	return board ? (size_t)(board - id) : 0;
}

/* The catalogue knows boards of the device; *same: this one, whatever the revision. */
static bool knows_boards(const char *bound, size_t len, bool *same)
{
	const size_t whole = len + strcspn(bound + len + 1, "&") + 1;
	bool any = false;
	*same = false;
	for (size_t i = 0; i < COUNT(devices); i++) {
		const char *row = devices[i].id;
		if (before_board(row) != len || strncasecmp(row, bound, len) != 0)
			continue;
		any = true;
		*same |= strncasecmp(row, bound, whole) == 0 &&
			 (row[whole] == '\0' || row[whole] == '&');
	}
	return any;
}

enum id_shown catalogue_id_shown(const char *id, const char *bound)
{
	size_t len = before_board(bound);
	bool same;
	if (!catalogue_id_covers(id, bound))
		return ID_NOT_SHOWN;
	if (!len)
		return ID_SHOWN;
	if (!knows_boards(bound, len, &same))
		return ID_ON_SOME_BOARDS;
	return same ? ID_SHOWN : ID_NOT_SHOWN;
}

/* The part is one of those: "REV_01" of "&SUBSYS_197615AD&REV_01". */
static bool has_part(const char *device, const char *part, size_t len)
{
	for (; *device; device += 1 + strcspn(device + 1, "&"))
		if (strcspn(device + 1, "&") == len && strncasecmp(device + 1, part, len) == 0)
			return true;
	return false;
}

bool catalogue_device_shows(const char *device, const char *id)
{
	size_t head = strcspn(id, "&");
	if (!id[head])
		return text_equal(device, id);
	head += 1 + strcspn(id + head + 1, "&");
	if (strncasecmp(device, id, head) != 0 || (device[head] && device[head] != '&'))
		return false;
	for (const char *part = id + head; *part; part += 1 + strcspn(part + 1, "&"))
		if (!has_part(device + head, part + 1, strcspn(part + 1, "&")))
			return false;
	return true;
}

static bool shows(const struct target *t, const char *device)
{
	for (const char *const *id = t->ids; *id; id++) {
		if (catalogue_id_covers(*id, device))
			return true;
	}
	return false;
}

bool catalogue_is_own(const struct target *t, const char *service)
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		if (text_equal(devices[i].service, service) && shows(t, devices[i].id))
			return true;
	}
	return false;
}

bool catalogue_drives_class(const char *service)
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		if (devices[i].generic && text_equal(devices[i].service, service))
			return true;
	}
	return false;
}
