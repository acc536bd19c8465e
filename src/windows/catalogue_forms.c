/* SPDX-License-Identifier: MIT */
/*
 * Service keys of Windows' own boot drivers, value by value, as each generation writes them: what
 * a deleted key is made from again when its driver file is still there.
 *
 * Three generations: XP and 2003, Vista and 7, 8 and later. Windows 2000 and NT 4 have no row,
 * because nobody has seen their keys. Tags have no column: they are places in a list of the same
 * image and mean nothing in another. A driver that is loaded on demand keeps Start=3 and the
 * BootFlags that promote it.
 *
 * Values from SYSTEM hives of XP, 2003, 7, 8.1 and 10. vmbus, storvsc, vdrvroot and vhdmp are new in
 * 7 and have no row for Vista.
 * Source: doc/FORMATS/boot-drivers.md, "Core stack".
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define XP    WIN_XP, WIN_2003
#define VISTA WIN_VISTA, WIN_7
#define SEVEN WIN_7, WIN_7
#define EIGHT WIN_8, WIN_LATEST
#define NINE  WIN_81, WIN_LATEST /* 8.1 */
#define TEN   WIN_10, WIN_LATEST

#define KERNEL      1
#define FILE_SYSTEM 2
#define BOOT        0
#define DEMAND      3

#define BOOT_BUS   "Boot Bus Extender"
#define SYSTEM_BUS "System Bus Extender"
#define MINIPORT   "SCSI Miniport"
#define PNP_FILTER "PnP Filter"

#define DRIVERS_XP   "system32\\DRIVERS\\"
#define DRIVERS_7    "system32\\drivers\\"
#define DRIVERS_8    "System32\\drivers\\"
#define ROOT_DRIVERS "\\SystemRoot\\System32\\drivers\\"

static const struct service_form forms[] = {
	{"ACPI", XP, KERNEL, BOOT, 1, 0, BOOT_BUS, DRIVERS_XP "ACPI.sys"},
	{"pci", XP, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_XP "pci.sys"},
	{"isapnp", XP, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_XP "isapnp.sys"},
	{"disk", XP, KERNEL, BOOT, 1, 0, "SCSI Class", DRIVERS_XP "disk.sys"},
	{"partmgr", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, NULL},
	{"Ftdisk", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_XP "ftdisk.sys"},
	{"volsnap", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, NULL},
	{"mountmgr", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, NULL},
	{"pciide", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_XP "pciide.sys"},
	{"intelide", XP, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_XP "intelide.sys"},
	{"atapi", XP, KERNEL, BOOT, 1, 0, "SCSI miniport", DRIVERS_XP "atapi.sys"},

	{"ACPI", VISTA, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_7 "ACPI.sys"},
	{"pci", VISTA, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_7 "pci.sys"},
	{"msisadrv", VISTA, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_7 "msisadrv.sys"},
	{"disk", VISTA, KERNEL, BOOT, 1, 0, NULL, DRIVERS_7 "disk.sys"},
	{"partmgr", VISTA, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_8 "partmgr.sys"},
	{"volmgr", VISTA, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_7 "volmgr.sys"},
	{"volmgrx", VISTA, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "volmgrx.sys"},
	{"volsnap", VISTA, KERNEL, BOOT, 3, 0, NULL, DRIVERS_7 "volsnap.sys"},
	{"mountmgr", VISTA, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "mountmgr.sys"},
	{"FltMgr", VISTA, FILE_SYSTEM, BOOT, 3, 0, "FSFilter Infrastructure",
	 DRIVERS_7 "fltmgr.sys"},
	{"fvevol", VISTA, KERNEL, BOOT, 3, 0, PNP_FILTER, "System32\\DRIVERS\\fvevol.sys"},
	{"pciide", VISTA, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_7 "pciide.sys"},
	{"intelide", VISTA, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_7 "intelide.sys"},
	{"atapi", VISTA, KERNEL, BOOT, 3, 0, MINIPORT, DRIVERS_7 "atapi.sys"},
	{"msahci", VISTA, KERNEL, BOOT, 3, 0, MINIPORT, DRIVERS_7 "msahci.sys"},
	{"iaStorV", VISTA, KERNEL, BOOT, 1, 0, MINIPORT, DRIVERS_7 "iaStorV.sys"},
	{"LSI_SAS", VISTA, KERNEL, BOOT, 1, 0, MINIPORT, DRIVERS_7 "lsi_sas.sys"},
	{"LSI_SCSI", VISTA, KERNEL, BOOT, 1, 0, MINIPORT, DRIVERS_7 "lsi_scsi.sys"},
	{"rdyboost", SEVEN, KERNEL, BOOT, 3, 0, PNP_FILTER, DRIVERS_8 "rdyboost.sys"},
	{"vdrvroot", SEVEN, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_7 "vdrvroot.sys"},
	{"vmbus", SEVEN, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_7 "vmbus.sys"},
	{"storvsc", SEVEN, KERNEL, BOOT, 1, 0, "Base", DRIVERS_7 "storvsc.sys"},
	{"storflt", SEVEN, KERNEL, BOOT, 1, 0, "Extended Base", DRIVERS_7 "vmstorfl.sys"},
	{"vhdmp", SEVEN, KERNEL, DEMAND, 1, 2, "SCSI miniport",
	 "\\SystemRoot\\system32\\drivers\\vhdmp.sys"},
	{"FsDepends", SEVEN, FILE_SYSTEM, DEMAND, 3, 2, "Filter", DRIVERS_8 "FsDepends.sys"},

	{"ACPI", EIGHT, KERNEL, BOOT, 3, 0, "Core", DRIVERS_8 "ACPI.sys"},
	{"acpiex", EIGHT, KERNEL, BOOT, 3, 0, BOOT_BUS, "System32\\Drivers\\acpiex.sys"},
	{"pci", EIGHT, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_8 "pci.sys"},
	{"msisadrv", EIGHT, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_8 "msisadrv.sys"},
	{"vdrvroot", EIGHT, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_8 "vdrvroot.sys"},
	{"disk", EIGHT, KERNEL, BOOT, 1, 0, NULL, DRIVERS_8 "disk.sys"},
	{"partmgr", EIGHT, KERNEL, BOOT, 3, 0, BOOT_BUS, DRIVERS_8 "partmgr.sys"},
	{"volmgr", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "volmgr.sys"},
	{"volmgrx", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "volmgrx.sys"},
	{"volume", TEN, KERNEL, BOOT, 3, 0, NULL, DRIVERS_8 "volume.sys"},
	{"volsnap", EIGHT, KERNEL, BOOT, 3, 0, NULL, DRIVERS_8 "volsnap.sys"},
	{"mountmgr", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "mountmgr.sys"},
	{"FltMgr", EIGHT, FILE_SYSTEM, BOOT, 3, 0, "FSFilter Infrastructure",
	 DRIVERS_7 "fltmgr.sys"},
	{"EhStorClass", EIGHT, KERNEL, BOOT, 1, 0, "SCSI Class", DRIVERS_8 "EhStorClass.sys"},
	{"fvevol", EIGHT, KERNEL, BOOT, 3, 0, PNP_FILTER, "System32\\DRIVERS\\fvevol.sys"},
	{"rdyboost", EIGHT, KERNEL, BOOT, 3, 0, PNP_FILTER, DRIVERS_8 "rdyboost.sys"},
	{"iorate", TEN, KERNEL, BOOT, 3, 0, PNP_FILTER, DRIVERS_7 "iorate.sys"},
	{"spaceport", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "spaceport.sys"},
	{"pciide", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "pciide.sys"},
	{"intelide", EIGHT, KERNEL, BOOT, 3, 0, SYSTEM_BUS, DRIVERS_8 "intelide.sys"},
	{"atapi", EIGHT, KERNEL, BOOT, 3, 0, MINIPORT, DRIVERS_8 "atapi.sys"},
	{"storahci", EIGHT, KERNEL, BOOT, 3, 0, MINIPORT, DRIVERS_8 "storahci.sys"},
	{"stornvme", NINE, KERNEL, BOOT, 3, 0, MINIPORT, DRIVERS_8 "stornvme.sys"},
	{"iaStorV", EIGHT, KERNEL, BOOT, 1, 0, MINIPORT, DRIVERS_8 "iaStorV.sys"},
	{"LSI_SAS", EIGHT, KERNEL, BOOT, 1, 0, MINIPORT, DRIVERS_8 "lsi_sas.sys"},
	{"vmbus", EIGHT, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_8 "vmbus.sys"},
	{"storvsc", EIGHT, KERNEL, BOOT, 1, 0, "Base", DRIVERS_8 "storvsc.sys"},
	{"storflt", EIGHT, KERNEL, BOOT, 1, 0, "Extended Base", DRIVERS_8 "vmstorfl.sys"},
	{"vpci", NINE, KERNEL, BOOT, 1, 0, SYSTEM_BUS, DRIVERS_8 "vpci.sys"},
	{"vhdmp", EIGHT, KERNEL, DEMAND, 1, 2, "SCSI miniport", ROOT_DRIVERS "vhdmp.sys"},
	{"FsDepends", EIGHT, FILE_SYSTEM, DEMAND, 3, 2, "FSFilter Top", DRIVERS_8 "FsDepends.sys"},
};

const struct service_form *catalogue_form(const char *service, uint16_t release)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (text_equal(forms[i].service, service) &&
		    release_within(release, forms[i].since, forms[i].until))
			return &forms[i];
	}
	return NULL;
}
