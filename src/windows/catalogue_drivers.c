/* SPDX-License-Identifier: MIT */
/*
 * The drivers: what each boot-start and storage service is, in words for a list, with the group
 * and error control of a healthy Windows 8 or later and the releases that carry it as an inbox
 * driver (VENDOR rows: none).
 *
 * The table is for showing and for "is this part of that Windows?". It never decides that a
 * service is needed: chains do that (catalogue.c). Values come from SYSTEM hives of NT 4, XP,
 * 2003, 7, 8.1 and 10; a group of NULL means that the service has none there, or that nobody has
 * seen one. Where the first release of a RAID driver is not known exactly, the oldest hive that
 * holds it stands here.
 */
#include "stop7b/catalogue.h"

#include <string.h>
#include <strings.h>

#include "stop7b/bytes.h"
#include "stop7b/i18n.h"

#define ROW(service_, role_, part_, group_, error_control_, since_, until_)                        \
	.service = (service_), .role = (role_), .part = (part_), .group = (group_),                \
	.error_control = (error_control_), .since = (since_), .until = (until_)
/* Not an inbox driver of any release: an empty range, since is behind until. */
#define VENDOR(service_, role_, part_, group_)                                                     \
	ROW((service_), (role_), (part_), (group_), 1, WIN_LATEST, WIN_ANY)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define BOOT_BUS   "Boot Bus Extender"
#define SYSTEM_BUS "System Bus Extender"
#define MINIPORT   "SCSI Miniport"
#define PNP_FILTER "PnP Filter"

static const char *const ide_controllers[] = {"intelide", "pciide", "amdide", "aliide",
					      "cmdide",   "viaide", NULL};
static const char *const vmbus_only[] = {"vmbus", NULL};
static const char *const xenbus_only[] = {"xenbus", NULL};

static const struct driver drivers[] = {
	/* core stack */
	{ROW("ACPI", "ACPI platform bus", PART_BUS, "Core", 3, WIN_2000, WIN_LATEST),
	 .everywhere = true},
	{ROW("acpiex", "ACPI 5 platform bus", PART_BUS, BOOT_BUS, 3, WIN_8, WIN_LATEST),
	 .everywhere = true},
	{ROW("pci", "PCI bus", PART_BUS, BOOT_BUS, 3, WIN_2000, WIN_LATEST),
	 .step_title = N_("PCI bus"), .enumerator = "PCI"},
	{ROW("msisadrv", "ISA/LPC bus", PART_BUS, BOOT_BUS, 3, WIN_VISTA, WIN_LATEST),
	 .everywhere = true},
	{ROW("isapnp", "ISA Plug and Play bus", PART_BUS, BOOT_BUS, 3, WIN_2000, WIN_LATEST),
	 .everywhere = true},
	{ROW("vdrvroot", "Virtual disk root, above vhdmp", PART_BUS, BOOT_BUS, 3, WIN_7,
	     WIN_LATEST)},
	{ROW("disk", "Disk class driver", PART_CORE, NULL, 1, WIN_NT4, WIN_LATEST),
	 .step = STEP_DISK, .landmark = true},
	{ROW("partmgr", "Partition manager", PART_CORE, BOOT_BUS, 3, WIN_2000, WIN_LATEST),
	 .step = STEP_VOLUMES, .landmark = true},
	{ROW("volmgr", "Volume manager", PART_CORE, SYSTEM_BUS, 3, WIN_VISTA, WIN_LATEST),
	 .step = STEP_VOLUMES, .landmark = true},
	{ROW("volmgrx", "Dynamic disks", PART_CORE, SYSTEM_BUS, 3, WIN_VISTA, WIN_LATEST),
	 .step = STEP_VOLUMES},
	{ROW("mountmgr", "Mount point manager", PART_CORE, SYSTEM_BUS, 3, WIN_2000, WIN_LATEST),
	 .step = STEP_VOLUMES},
	{ROW("volume", "Volume class driver", PART_CORE, NULL, 3, WIN_10, WIN_LATEST),
	 .step = STEP_VOLUMES},
	{ROW("volsnap", "Volume snapshots", PART_CORE, NULL, 3, WIN_XP, WIN_LATEST),
	 .step = STEP_FILTERS, .landmark = true},
	{ROW("spaceport", "Storage Spaces", PART_OTHER, SYSTEM_BUS, 3, WIN_8, WIN_LATEST),
	 .step = STEP_VOLUMES},
	{ROW("FltMgr", "File system filter manager", PART_CORE, "FSFilter Infrastructure", 3,
	     WIN_XP, WIN_LATEST),
	 .step = STEP_FILTERS},
	{ROW("Ftdisk", "Volume manager of basic disks", PART_CORE, "Filter", 1, WIN_NT4, WIN_2003),
	 .step = STEP_VOLUMES, .landmark = true},
	{ROW("dmio", "Dynamic disks", PART_OTHER, SYSTEM_BUS, 1, WIN_2000, WIN_2003),
	 .step = STEP_VOLUMES},
	{ROW("dmload", "Dynamic disk loader", PART_OTHER, SYSTEM_BUS, 1, WIN_2000, WIN_2003),
	 .step = STEP_VOLUMES},

	/* filters of the disk and volume stacks */
	{ROW("EhStorClass", "Enhanced storage filter", PART_FILTER, "SCSI Class", 1, WIN_8,
	     WIN_LATEST)},
	{ROW("fvevol", "BitLocker volume filter", PART_FILTER, PNP_FILTER, 3, WIN_VISTA,
	     WIN_LATEST)},
	{ROW("rdyboost", "ReadyBoost volume filter", PART_FILTER, PNP_FILTER, 3, WIN_7,
	     WIN_LATEST)},
	{ROW("iorate", "I/O rate volume filter", PART_FILTER, PNP_FILTER, 3, WIN_10, WIN_LATEST)},
	{ROW("storflt", "Hyper-V storage filter", PART_FILTER, "Extended Base", 1, WIN_7,
	     WIN_LATEST),
	 .file = "vmstorfl.sys"},
	{ROW("bttflt", "VHD block tracking filter", PART_FILTER, PNP_FILTER, 1, WIN_10,
	     WIN_LATEST)},
	{ROW("FileInfo", "File information minifilter", PART_FILTER, "FSFilter Bottom", 1,
	     WIN_VISTA, WIN_LATEST)},
	{ROW("Wof", "Compressed system files", PART_FILTER, "FSFilter Compression", 1, WIN_81,
	     WIN_LATEST)},
	{ROW("WdFilter", "Defender minifilter", PART_FILTER, "FSFilter Anti-Virus", 1, WIN_8,
	     WIN_LATEST)},
	{ROW("WdBoot", "Defender early launch driver", PART_OTHER, "Early-Launch", 1, WIN_8,
	     WIN_LATEST)},
	{ROW("amdxata", "AMD SATA filter", PART_FILTER, MINIPORT, 1, WIN_7, WIN_LATEST)},
	{ROW("EhStorTcgDrv", "Self-encrypting disks", PART_FILTER, "SCSI Class", 1, WIN_8,
	     WIN_LATEST)},
	{ROW("crcdisk", "Disk checksum filter", PART_FILTER, PNP_FILTER, 1, WIN_2003, WIN_7)},

	/* kernel support: a wrong start stops the boot, but not with 0x7B */
	{ROW("CLFS", "Common log", PART_OTHER, "Filter", 3, WIN_VISTA, WIN_LATEST)},
	{ROW("CNG", "Cryptography", PART_OTHER, "Core", 3, WIN_VISTA, WIN_LATEST)},
	{ROW("KSecDD", "Security support", PART_OTHER, "Base", 3, WIN_NT4, WIN_LATEST)},
	{ROW("KSecPkg", "Security packages", PART_OTHER, "Cryptography", 3, WIN_7, WIN_LATEST)},
	{ROW("pcw", "Performance counters", PART_OTHER, "System Reserved", 1, WIN_7, WIN_LATEST)},
	{ROW("Wdf01000", "Driver framework", PART_OTHER, "WdfLoadGroup", 1, WIN_VISTA, WIN_LATEST)},
	{ROW("NDIS", "Network driver interface", PART_OTHER, "NDIS Wrapper", 3, WIN_NT4,
	     WIN_LATEST)},
	{ROW("hwpolicy", "Hardware policy", PART_OTHER, NULL, 0, WIN_7, WIN_LATEST)},
	{ROW("intelpep", "Intel power engine", PART_OTHER, "Core Security Extensions", 1, WIN_81,
	     WIN_LATEST)},
	{ROW("agp440", "Intel AGP bus filter", PART_OTHER, PNP_FILTER, 1, WIN_2000, WIN_81)},

	/* IDE, AHCI, NVMe */
	{ROW("pciide", "IDE controller, generic", PART_BUS, SYSTEM_BUS, 3, WIN_NT4, WIN_LATEST),
	 .channel = "atapi"},
	{ROW("intelide", "IDE controller, Intel", PART_BUS, SYSTEM_BUS, 3, WIN_2000, WIN_LATEST),
	 .channel = "atapi"},
	{ROW("amdide", "IDE controller, AMD", PART_BUS, SYSTEM_BUS, 3, WIN_VISTA, WIN_7),
	 .channel = "atapi"},
	{ROW("aliide", "IDE controller, ALi", PART_BUS, SYSTEM_BUS, 3, WIN_2000, WIN_7),
	 .channel = "atapi"},
	{ROW("cmdide", "IDE controller, CMD", PART_BUS, SYSTEM_BUS, 3, WIN_2000, WIN_7),
	 .channel = "atapi"},
	{ROW("viaide", "IDE controller, VIA", PART_BUS, SYSTEM_BUS, 3, WIN_2000, WIN_81),
	 .channel = "atapi"},
	{ROW("atapi", "IDE channel", PART_CONTROLLER, MINIPORT, 3, WIN_NT4, WIN_LATEST),
	 .above = ide_controllers, .step_title = N_("IDE controller")},
	{ROW("msahci", "AHCI/SATA disk controller", PART_CONTROLLER, MINIPORT, 3, WIN_VISTA, WIN_7),
	 .step_title = N_("AHCI controller"), .kind = N_("AHCI")},
	{ROW("storahci", "AHCI/SATA disk controller", PART_CONTROLLER, MINIPORT, 3, WIN_8,
	     WIN_LATEST),
	 .step_title = N_("AHCI controller"), .kind = N_("AHCI")},
	{ROW("stornvme", "NVMe disk controller", PART_CONTROLLER, MINIPORT, 3, WIN_81, WIN_LATEST),
	 .step_title = N_("NVMe controller"), .kind = N_("NVMe"), .hotfix = WIN_7},
	{VENDOR("AWSNVMe", "NVMe disk controller, AWS", PART_CONTROLLER, NULL), .kind = N_("NVMe"),
	 .source = N_("Amazon's package brings it"), .step_title = N_("NVMe controller")},

	/* RAID and SCSI */
	{VENDOR("iaStor", "Intel RAID", PART_CONTROLLER, MINIPORT)},
	{VENDOR("iaStorA", "Intel RST RAID", PART_CONTROLLER, MINIPORT)},
	{VENDOR("iaStorAC", "Intel RST RAID", PART_CONTROLLER, MINIPORT)},
	{VENDOR("iaStorE", "Intel RSTe RAID", PART_CONTROLLER, MINIPORT)},
	{VENDOR("iaStorVD", "Intel VMD", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("VMD controller"), .kind = N_("Intel VMD"),
	 .source = N_("Intel's package brings it")},
	{VENDOR("iaVROC", "Intel VMD, servers", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("VMD controller")},
	{ROW("iaStorV", "Intel RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("iaStorAV", "Intel RST RAID", PART_CONTROLLER, MINIPORT, 1, WIN_81, WIN_LATEST)},
	{ROW("iaStorAVC", "Intel RST RAID", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("amdsata", "AMD SATA", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_LATEST)},
	{ROW("amdsbs", "AMD RAID", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_LATEST)},
	{ROW("nvraid", "nForce RAID bus", PART_BUS, SYSTEM_BUS, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("nvstor", "nForce SATA", PART_CONTROLLER, MINIPORT, 3, WIN_VISTA, WIN_LATEST)},
	{ROW("LSI_SAS", "LSI SAS, also of VMware", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA,
	     WIN_LATEST),
	 .step_title = N_("LSI SAS controller"), .kind = N_("LSI SAS")},
	{ROW("LSI_SAS2", "LSI SAS 6G", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_81)},
	{ROW("LSI_SAS3", "LSI SAS 12G", PART_CONTROLLER, MINIPORT, 1, WIN_81, WIN_81)},
	{ROW("LSI_SAS2i", "LSI SAS 6G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("LSI_SAS3i", "LSI SAS 12G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("LSI_SSS", "LSI SSS6200", PART_CONTROLLER, MINIPORT, 1, WIN_8, WIN_LATEST)},
	{ROW("LSI_SCSI", "LSI parallel SCSI", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_7),
	 .kind = N_("LSI SCSI")},
	{ROW("LSI_FC", "LSI Fibre Channel", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_7)},
	{ROW("symmpi", "LSI parallel SCSI, also of VMware", PART_CONTROLLER, MINIPORT, 1, WIN_2003,
	     WIN_2003),
	 .kind = N_("LSI SCSI")},
	{VENDOR("vmscsi", "VMware BusLogic SCSI", PART_CONTROLLER, MINIPORT)},
	{ROW("BusLogic", "BusLogic SCSI", PART_CONTROLLER, MINIPORT, 1, WIN_NT4, WIN_2000)},
	{ROW("aic78xx", "Adaptec SCSI", PART_CONTROLLER, MINIPORT, 1, WIN_NT4, WIN_7)},
	{ROW("megasas", "MegaRAID SAS", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("megasas2i", "MegaRAID SAS 6G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("megasas35i", "MegaRAID SAS 12G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("MegaSR", "MegaRAID software RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA,
	     WIN_LATEST)},
	{ROW("percsas2i", "Dell PERC 6G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("percsas3i", "Dell PERC 12G", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("HpSAMD", "HP Smart Array", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_LATEST)},
	{ROW("SmartSAMD", "Microsemi Smart Array", PART_CONTROLLER, MINIPORT, 1, WIN_10,
	     WIN_LATEST)},
	{ROW("arcsas", "Adaptec RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("ADP80XX", "PMC-Sierra SAS", PART_CONTROLLER, MINIPORT, 1, WIN_81, WIN_LATEST)},
	{ROW("3ware", "3ware RAID", PART_CONTROLLER, MINIPORT, 1, WIN_8, WIN_LATEST)},
	{ROW("ItSas35i", "Broadcom SAS", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST)},
	{ROW("SiSRaid2", "SiS RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("SiSRaid4", "SiS RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("stexstor", "Promise RAID", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_LATEST)},
	{ROW("vsmraid", "VIA RAID", PART_CONTROLLER, MINIPORT, 1, WIN_VISTA, WIN_LATEST)},
	{ROW("VSTXRAID", "VIA StorX RAID", PART_CONTROLLER, MINIPORT, 1, WIN_8, WIN_LATEST)},
	{ROW("mvumis", "Marvell RAID", PART_CONTROLLER, MINIPORT, 1, WIN_8, WIN_LATEST)},
	{ROW("cht4iscsi", "Chelsio iSCSI", PART_CONTROLLER, MINIPORT, 1, WIN_10, WIN_LATEST),
	 .file = "cht4sx64.sys"},

	/* paravirtual */
	{ROW("vmbus", "Hyper-V bus, carries storvsc", PART_BUS, SYSTEM_BUS, 1, WIN_7, WIN_LATEST),
	 .step_title = N_("Hyper-V bus"), .kind = N_("Hyper-V"),
	 .source = N_("its integration services bring it")},
	{ROW("storvsc", "Hyper-V SCSI disk controller", PART_CONTROLLER, "Base", 1, WIN_7,
	     WIN_LATEST),
	 .above = vmbus_only, .step_title = N_("Hyper-V SCSI controller"),
	 .kind = N_("Hyper-V SCSI"), .source = N_("its integration services bring it")},
	{ROW("vpci", "Hyper-V PCI bus, carries NVMe", PART_BUS, SYSTEM_BUS, 1, WIN_81, WIN_LATEST),
	 .above = vmbus_only, .kind = N_("Hyper-V PCI")},
	{ROW("vmbusr", "Hyper-V bus of the host side", PART_OTHER, "Extended Base", 1, WIN_8,
	     WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("hvservice", "Hyper-V service of the host side", PART_OTHER, "Extended Base", 1, WIN_8,
	     WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("gencounter", "Hyper-V generation counter", PART_OTHER, "Extended Base", 1, WIN_8,
	     WIN_LATEST),
	 .demand_is_normal = true, .file = "vmgencounter.sys"},
	{ROW("netvsc", "Hyper-V network", PART_OTHER, "Extended Base", 1, WIN_7, WIN_LATEST),
	 .demand_is_normal = true},
	{VENDOR("pvscsi", "VMware paravirtual SCSI", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("VMware SCSI controller"), .kind = N_("VMware SCSI"),
	 .source = N_("VMware Tools bring it")},
	{VENDOR("viostor", "virtio disk controller", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio disk"), .kind = N_("virtio"),
	 .source = N_("virtio-win brings it")},
	{VENDOR("vioscsi", "virtio SCSI controller", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio SCSI controller"), .kind = N_("virtio SCSI"),
	 .source = N_("virtio-win brings it")},
	{VENDOR("virtio_blk", "virtio disk controller, SUSE", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio disk")},
	{VENDOR("vrtioblk", "virtio disk controller, SUSE", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio disk")},
	{VENDOR("pvvxblk", "virtio or Xen disk, SUSE", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio disk")},
	{VENDOR("vtioscsi", "virtio SCSI controller, SUSE", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio SCSI controller")},
	{VENDOR("pvvxscsi", "virtio or Xen SCSI, SUSE", PART_CONTROLLER, MINIPORT),
	 .step_title = N_("virtio SCSI controller")},
	{VENDOR("xenbus", "Xen bus, carries xenvbd", PART_BUS, BOOT_BUS),
	 .step_title = N_("Xen bus"), .kind = N_("Xen"),
	 .source = N_("Xen's guest tools bring it")},
	{VENDOR("xenfilt", "Xen device filter", PART_FILTER, BOOT_BUS)},
	{VENDOR("xenvbd", "Xen disk controller", PART_CONTROLLER, MINIPORT), .above = xenbus_only,
	 .step_title = N_("Xen disk"), .kind = N_("Xen disk"),
	 .source = N_("Xen's guest tools bring it")},
	{VENDOR("XenBlk", "Xen disk controller, SUSE", PART_CONTROLLER, MINIPORT),
	 .above = xenbus_only, .step_title = N_("Xen disk")},
	{VENDOR("xendisk", "Xen disk filter", PART_FILTER, NULL)},

	/* VHD native boot */
	{ROW("vhdmp", "VHD and VHDX disks", PART_VHD, MINIPORT, 1, WIN_7, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("FsDepends", "VHD file dependency filter", PART_VHD, "FSFilter Top", 3, WIN_7,
	     WIN_LATEST),
	 .demand_is_normal = true},

	/* file systems: the loader brings the one it boots from */
	{ROW("Ntfs", "NTFS file system", PART_OTHER, "Boot File System", 1, WIN_NT4, WIN_LATEST),
	 .demand_is_normal = true, .step = STEP_FILE_SYSTEM},
	{ROW("fastfat", "FAT file system", PART_OTHER, "Boot File System", 1, WIN_NT4, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("exfat", "exFAT file system", PART_OTHER, NULL, 1, WIN_VISTA, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("ReFS", "ReFS file system", PART_OTHER, "Boot File System", 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("ReFSv1", "ReFS file system, version 1", PART_OTHER, NULL, 1, WIN_10, WIN_LATEST),
	 .demand_is_normal = true},

	/* USB, SD, optical, iSCSI and what else may carry a disk */
	{ROW("USBSTOR", "USB disk", PART_CONTROLLER, NULL, 1, WIN_2000, WIN_LATEST),
	 .demand_is_normal = true, .step_title = N_("USB disk")},
	{ROW("UASPStor", "USB attached SCSI disk", PART_CONTROLLER, NULL, 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true, .step_title = N_("USB disk")},
	{ROW("usbccgp", "USB composite device", PART_BUS, "Base", 1, WIN_XP, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("usbhub", "USB hub", PART_BUS, "Base", 1, WIN_2000, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("usbehci", "USB 2 controller", PART_BUS, "Base", 1, WIN_XP, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("usbohci", "USB 1 controller", PART_BUS, "Base", 1, WIN_XP, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("usbuhci", "USB 1 controller", PART_BUS, "Base", 1, WIN_XP, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("USBXHCI", "USB 3 controller", PART_BUS, NULL, 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("UCX01000", "USB 3 controller support", PART_BUS, BOOT_BUS, 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("USBHUB3", "USB 3 hub", PART_BUS, "Base", 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("sdbus", "SD host controller", PART_BUS, NULL, 1, WIN_VISTA, WIN_LATEST),
	 .demand_is_normal = true, .kind = N_("SD host")},
	{ROW("sdstor", "SD card disk", PART_CONTROLLER, NULL, 1, WIN_8, WIN_LATEST),
	 .demand_is_normal = true, .kind = N_("SD card"), .step_title = N_("SD card")},
	{ROW("storufs", "UFS disk controller", PART_CONTROLLER, NULL, 1, WIN_10, WIN_LATEST),
	 .kind = N_("UFS"), .step_title = N_("UFS controller")},
	{ROW("sbp2port", "FireWire disk", PART_CONTROLLER, NULL, 1, WIN_XP, WIN_LATEST)},
	{ROW("pcmcia", "PC Card bus", PART_BUS, SYSTEM_BUS, 1, WIN_2000, WIN_LATEST)},
	{ROW("Ramdisk", "RAM disk", PART_CONTROLLER, NULL, 1, WIN_8, WIN_LATEST)},
	{ROW("scmbus", "Persistent memory bus", PART_BUS, NULL, 1, WIN_10, WIN_LATEST)},
	{ROW("pmem", "Persistent memory disk", PART_CONTROLLER, NULL, 1, WIN_10, WIN_LATEST)},
	{ROW("nvdimm", "NVDIMM", PART_BUS, NULL, 1, WIN_10, WIN_LATEST)},
	{ROW("cdrom", "CD/DVD class driver", PART_OTHER, "SCSI CDROM Class", 1, WIN_NT4,
	     WIN_LATEST),
	 .demand_is_normal = true},
	{ROW("iScsiPrt", "iSCSI initiator", PART_CONTROLLER, NULL, 1, WIN_VISTA, WIN_LATEST),
	 .demand_is_normal = true, .file = "msiscsi.sys", .step_title = N_("iSCSI initiator")},
	{ROW("CompositeBus", "Composite device bus", PART_OTHER, NULL, 1, WIN_7, WIN_LATEST),
	 .demand_is_normal = true},
};

const struct driver *catalogue_driver(const char *service)
{
	for (size_t i = 0; i < COUNT(drivers); i++) {
		if (text_equal(drivers[i].service, service))
			return &drivers[i];
	}
	return NULL;
}

const struct driver *catalogue_bus_of(const char *hardware)
{
	for (size_t i = 0; i < COUNT(drivers); i++) {
		const char *begins = drivers[i].enumerator;
		if (begins && strncasecmp(hardware, begins, strlen(begins)) == 0)
			return &drivers[i];
	}
	return NULL;
}
