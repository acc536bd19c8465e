/* SPDX-License-Identifier: MIT */
/*
 * The targets: for each machine a disk may go to, the services that must be loaded by the time
 * its boot volume is mounted.
 *
 * A chain is the part of the core stack that finds buses, then the target's own links (bus first,
 * then the controller), then the rest of the core stack. Links carry the releases they count for,
 * so that one row is right from NT 4 to 11. What lies between two releases is left out rather
 * than guessed: a release outside a link's range does not need that link.
 *
 * The file refuses to know what a hive holds; it never changes at run time. The drivers
 * themselves are in catalogue_drivers.c, the core stack in catalogue_core.c.
 * Source: doc/FORMATS/boot-drivers.md, "Targets".
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define ALWAYS        WIN_ANY, WIN_LATEST
#define FROM(release) (release), WIN_LATEST
#define COUNT(a)      (sizeof(a) / sizeof((a)[0]))

#define CERTAIN  NEED_CERTAIN, NULL
#define LIKELY   NEED_LIKELY, NULL
#define OPTIONAL NEED_OPTIONAL, NULL
#define DEMAND   NEED_DEMAND, NULL
#define END                                                                                        \
	{                                                                                          \
		NULL, ALWAYS, CERTAIN                                                              \
	}

/* PCI needs a driver of its own from 2000 on; in NT 4 it is part of the HAL. */
#define PCI_BUS                                                                                    \
	{                                                                                          \
		"pci", FROM(WIN_2000), CERTAIN                                                     \
	}

/*
 * Generic IDE. Controllers with Intel's own ids bind intelide instead of pciide, and which of
 * the two a machine has is not known here: intelide parked is `likely`.
 */
#define GENERIC_IDE                                                                                \
	{"pciide", FROM(WIN_2000), CERTAIN}, {"intelide", FROM(WIN_2000), LIKELY},                 \
	{                                                                                          \
		"atapi", ALWAYS, CERTAIN                                                           \
	}

/* The PIIX controller that virtual machines emulate; NT 4's atapi needs no driver above it. */
#define PIIX_IDE                                                                                   \
	{"intelide", FROM(WIN_2000), CERTAIN},                                                     \
	{                                                                                          \
		"atapi", ALWAYS, CERTAIN                                                           \
	}

#define AHCI                                                                                       \
	{"msahci", WIN_VISTA, WIN_7, CERTAIN},                                                     \
	{                                                                                          \
		"storahci", FROM(WIN_8), CERTAIN                                                   \
	}
#define NVME                                                                                       \
	{                                                                                          \
		"stornvme", ALWAYS, CERTAIN                                                        \
	}
#define VMD                                                                                        \
	{                                                                                          \
		"iaStorVD", ALWAYS, CERTAIN                                                        \
	}

/*
 * Which host controller and hub carry the disk is not known here. Start=3 is right for all of
 * them: BootFlags promote them when the disk is on USB.
 */
#define USB_DISK                                                                                   \
	{"usbehci", WIN_ANY, WIN_7, LIKELY}, {"usbhub", WIN_ANY, WIN_7, LIKELY},                   \
		{"usbehci", FROM(WIN_8), OPTIONAL}, {"usbhub", FROM(WIN_8), OPTIONAL},             \
		{"USBXHCI", FROM(WIN_8), LIKELY}, {"UCX01000", FROM(WIN_8), LIKELY},               \
		{"USBHUB3", FROM(WIN_8), LIKELY}, {"usbccgp", ALWAYS, OPTIONAL},                   \
		{"USBSTOR", ALWAYS, CERTAIN},                                                      \
	{                                                                                          \
		"UASPStor", FROM(WIN_8), LIKELY                                                    \
	}

/* A VHD file on the disk that the links before it reach. */
#define IN_VHD                                                                                     \
	{"vdrvroot", ALWAYS, CERTAIN}, {"vhdmp", ALWAYS, DEMAND},                                  \
	{                                                                                          \
		"FsDepends", ALWAYS, DEMAND                                                        \
	}

static const struct link generic_ide[] = {PCI_BUS, GENERIC_IDE, END};
static const struct link piix_ide[] = {PCI_BUS, PIIX_IDE, END};
static const struct link ahci[] = {PCI_BUS, AHCI, END};
static const struct link nvme[] = {PCI_BUS, NVME, END};
static const struct link vmd[] = {PCI_BUS, VMD, END};
static const struct link raid[] = {PCI_BUS, END};
static const struct link usb[] = {PCI_BUS, USB_DISK, END};

static const struct link vhd_on_ide[] = {PCI_BUS, GENERIC_IDE, IN_VHD, END};
static const struct link vhd_on_ahci[] = {PCI_BUS, AHCI, IN_VHD, END};
static const struct link vhd_on_nvme[] = {PCI_BUS, NVME, IN_VHD, END};
static const struct link vhd_on_vmd[] = {PCI_BUS, VMD, IN_VHD, END};
static const struct link vhd_on_raid[] = {PCI_BUS, IN_VHD, END};
static const struct link vhd_on_usb[] = {PCI_BUS, USB_DISK, IN_VHD, END};

/* The boot disk is on the emulated IDE controller; from 7 on the synthetic path takes it over. */
static const struct link hyperv_gen1[] = {
	PCI_BUS,
	PIIX_IDE,
	{"vmbus", FROM(WIN_7), CERTAIN},
	{"storvsc", FROM(WIN_7), CERTAIN},
	{"storflt", FROM(WIN_7), OPTIONAL},
	END,
};

static const struct link hyperv_gen2[] = {
	{"vmbus", ALWAYS, CERTAIN},
	{"storvsc", ALWAYS, CERTAIN},
	END,
};

/* NVMe disks of newer sizes sit behind a virtual PCI bus. */
static const struct link azure_nvme[] = {
	{"vmbus", ALWAYS, CERTAIN}, {"vpci", ALWAYS, CERTAIN}, PCI_BUS, NVME, END,
};

/* Before 8.1 there is no NVMe driver but Amazon's. */
static const struct link aws_nitro[] = {
	PCI_BUS,
	{"AWSNVMe", WIN_7, WIN_8, CERTAIN},
	{"stornvme", FROM(WIN_81), NEED_CERTAIN, "AWSNVMe"},
	END,
};

static const struct link lsi_parallel[] = {
	PCI_BUS,
	{"symmpi", WIN_XP, WIN_2003, CERTAIN},
	{"LSI_SCSI", WIN_VISTA, WIN_7, CERTAIN},
	END,
};

static const struct link lsi_sas[] = {PCI_BUS, {"LSI_SAS", ALWAYS, CERTAIN}, END};
static const struct link pvscsi[] = {PCI_BUS, {"pvscsi", ALWAYS, CERTAIN}, END};
static const struct link viostor[] = {PCI_BUS, {"viostor", ALWAYS, CERTAIN}, END};
static const struct link vioscsi[] = {PCI_BUS, {"vioscsi", ALWAYS, CERTAIN}, END};
static const struct link xen[] = {
	PCI_BUS,
	{"xenbus", ALWAYS, CERTAIN},
	{"xenvbd", ALWAYS, CERTAIN},
	END,
};

#define ID_IDE     "PCI\\CC_0101"
#define ID_PIIX    "PCI\\VEN_8086&DEV_7111"
#define ID_AHCI    "PCI\\CC_010601"
#define ID_NVME    "PCI\\CC_010802"
#define ID_RAID    "PCI\\CC_0104"
#define ID_USB     "USB\\Class_08"
#define ID_VIOSCSI "PCI\\VEN_1AF4&DEV_1004"
#define ID_STORVSC "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}"

#define USB_FLAGS (BOOT_FROM_USB | BOOT_FROM_USB3)

#define TARGET(id_, title_, words_, hardware_, links_, since_, until_, portable_)                  \
	.id = (id_), .title = (title_), .words = (words_), .hardware = (hardware_),                \
	.links = (links_), .since = (since_), .until = (until_), .portable = (portable_)

static const struct target targets[] = {
	{TARGET("physical-ide", "IDE on a physical machine",
		"IDE, or SATA in IDE mode; also the metal under a VHD", ID_IDE, generic_ide,
		WIN_ANY, WIN_LATEST, PORTABLE_YES),
	 .only_pc = true},
	{TARGET("physical-ahci", "AHCI on a physical machine",
		"any SATA controller in AHCI mode; also the metal under a VHD", ID_AHCI, ahci,
		WIN_VISTA, WIN_LATEST, PORTABLE_YES)},
	{TARGET("physical-nvme", "NVMe on a physical machine",
		"any NVMe disk; also the metal under a VHD", ID_NVME, nvme, WIN_81, WIN_LATEST,
		PORTABLE_YES)},
	{TARGET("physical-raid", "RAID on the machine it knows",
		"the RAID and SCSI controllers this Windows has met", ID_RAID, raid, WIN_ANY,
		WIN_LATEST, PORTABLE_NO),
	 .own_controllers = true, .only_pc = true},
	{TARGET("physical-vmd", "Intel VMD on a physical machine",
		"NVMe disks behind Intel VMD (Rapid Storage driver)", NULL, vmd, WIN_10, WIN_LATEST,
		PORTABLE_NO),
	 .only_pc = true},
	{TARGET("usb", "USB disk", "a disk or stick on USB 2 or USB 3", ID_USB, usb, WIN_7,
		WIN_LATEST, PORTABLE_NO),
	 .boot_flags = USB_FLAGS},
	{TARGET("virtual-pc", "Microsoft Virtual PC", "Virtual PC and Virtual Server, IDE disk",
		ID_PIIX, piix_ide, WIN_ANY, WIN_LATEST, PORTABLE_YES),
	 .firmware = FIRMWARE_BIOS, .only_pc = true},
	{TARGET("hyperv-gen1", "Hyper-V generation 1", "Hyper-V with BIOS; the boot disk is on IDE",
		ID_PIIX, hyperv_gen1, WIN_ANY, WIN_LATEST, PORTABLE_YES),
	 .firmware = FIRMWARE_BIOS, .platform = PLATFORM_HYPERV, .only_pc = true},
	{TARGET("hyperv-gen2", "Hyper-V generation 2",
		"Hyper-V with UEFI; the boot disk is on SCSI, there is no PCI", ID_STORVSC,
		hyperv_gen2, WIN_8, WIN_LATEST, PORTABLE_YES),
	 .firmware = FIRMWARE_UEFI, .platform = PLATFORM_HYPERV, .only_64bit = true},
	{TARGET("azure", "Azure", "Azure, disks on the Hyper-V IDE and SCSI controllers",
		ID_STORVSC, hyperv_gen1, WIN_7, WIN_LATEST, PORTABLE_NO),
	 .platform = PLATFORM_AZURE, .only_64bit = true, .only_pc = true},
	{TARGET("azure-nvme", "Azure, NVMe",
		"Azure sizes with NVMe: behind Hyper-V's virtual PCI bus", ID_NVME, azure_nvme,
		WIN_81, WIN_LATEST, PORTABLE_NO),
	 .firmware = FIRMWARE_UEFI, .platform = PLATFORM_AZURE, .only_64bit = true},
	{TARGET("aws-nitro", "AWS, Nitro", "AWS Nitro instances: NVMe", ID_NVME, aws_nitro, WIN_7,
		WIN_LATEST, PORTABLE_NO),
	 .only_pc = true, .platform = PLATFORM_AWS},
	{TARGET("gcp", "Google Cloud", "Google Compute Engine: virtio SCSI", ID_VIOSCSI, vioscsi,
		WIN_7, WIN_LATEST, PORTABLE_NO),
	 .only_64bit = true, .only_pc = true, .platform = PLATFORM_KVM},
	{TARGET("vmware-lsi-sas", "VMware, LSI SAS", "VMware with the LSI Logic SAS controller",
		"PCI\\VEN_1000&DEV_0054", lsi_sas, WIN_VISTA, WIN_LATEST, PORTABLE_YES),
	 .only_pc = true},
	{TARGET("vmware-lsi-parallel", "VMware, LSI parallel",
		"VMware with the LSI Logic parallel controller", "PCI\\VEN_1000&DEV_0030",
		lsi_parallel, WIN_XP, WIN_7, PORTABLE_IF_PRESENT),
	 .only_pc = true},
	{TARGET("vmware-sata", "VMware, SATA", "VMware with a SATA (AHCI) controller", ID_AHCI,
		ahci, WIN_VISTA, WIN_LATEST, PORTABLE_YES)},
	{TARGET("vmware-nvme", "VMware, NVMe", "VMware with an NVMe controller", ID_NVME, nvme,
		WIN_81, WIN_LATEST, PORTABLE_YES)},
	{TARGET("vmware-ide", "VMware, IDE", "VMware with an IDE disk", ID_PIIX, piix_ide, WIN_ANY,
		WIN_LATEST, PORTABLE_YES),
	 .only_pc = true},
	{TARGET("vmware-pvscsi", "VMware, paravirtual SCSI",
		"VMware with the paravirtual controller (VMware Tools driver)",
		"PCI\\VEN_15AD&DEV_07C0", pvscsi, WIN_XP, WIN_LATEST, PORTABLE_IF_PRESENT),
	 .only_pc = true},
	{TARGET("kvm-sata", "KVM, SATA", "KVM q35 with a SATA (AHCI) disk", ID_AHCI, ahci,
		WIN_VISTA, WIN_LATEST, PORTABLE_YES),
	 .platform = PLATFORM_KVM},
	{TARGET("kvm-ide", "KVM, IDE", "KVM with an IDE disk", ID_PIIX, piix_ide, WIN_ANY,
		WIN_LATEST, PORTABLE_YES),
	 .only_pc = true, .platform = PLATFORM_KVM},
	{TARGET("kvm-virtio-blk", "KVM, virtio-blk",
		"KVM with a virtio disk (viostor from virtio-win)", "PCI\\VEN_1AF4&DEV_1001",
		viostor, WIN_XP, WIN_LATEST, PORTABLE_IF_PRESENT),
	 .platform = PLATFORM_KVM},
	{TARGET("kvm-virtio-scsi", "KVM, virtio-scsi",
		"KVM with virtio SCSI (vioscsi from virtio-win)", ID_VIOSCSI, vioscsi, WIN_XP,
		WIN_LATEST, PORTABLE_IF_PRESENT),
	 .platform = PLATFORM_KVM},
	{TARGET("virtualbox-sata", "VirtualBox, SATA", "VirtualBox with a SATA (AHCI) controller",
		ID_AHCI, ahci, WIN_VISTA, WIN_LATEST, PORTABLE_YES),
	 .only_pc = true},
	{TARGET("virtualbox-ide", "VirtualBox, IDE", "VirtualBox with an IDE controller", ID_PIIX,
		piix_ide, WIN_ANY, WIN_LATEST, PORTABLE_YES),
	 .only_pc = true},
	{TARGET("xen", "Xen, paravirtual disk", "Xen with its paravirtual drivers", NULL, xen,
		WIN_XP, WIN_LATEST, PORTABLE_IF_PRESENT),
	 .only_pc = true, .platform = PLATFORM_XEN},
	{TARGET("vhd-on-ide", "VHD booted from an IDE disk",
		"a VHD file on an IDE disk, started without a hypervisor", ID_IDE, vhd_on_ide,
		WIN_7, WIN_LATEST, PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD, .only_pc = true},
	{TARGET("vhd-on-ahci", "VHD booted from an AHCI disk",
		"a VHD file on an AHCI disk, started without a hypervisor", ID_AHCI, vhd_on_ahci,
		WIN_7, WIN_LATEST, PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD},
	{TARGET("vhd-on-nvme", "VHD booted from an NVMe disk",
		"a VHD file on an NVMe disk, started without a hypervisor", ID_NVME, vhd_on_nvme,
		WIN_81, WIN_LATEST, PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD},
	{TARGET("vhd-on-raid", "VHD booted from a known RAID",
		"a VHD file on a RAID or SCSI controller that it has met", ID_RAID, vhd_on_raid,
		WIN_7, WIN_LATEST, PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD, .own_controllers = true, .only_pc = true},
	{TARGET("vhd-on-vmd", "VHD booted behind Intel VMD",
		"a VHD file on an NVMe disk behind Intel VMD", NULL, vhd_on_vmd, WIN_10, WIN_LATEST,
		PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD, .only_pc = true},
	{TARGET("vhd-on-usb", "VHD booted from a USB disk",
		"a VHD file on a USB disk, started without a hypervisor", ID_USB, vhd_on_usb, WIN_7,
		WIN_LATEST, PORTABLE_NO),
	 .native = true, .boot_flags = BOOT_FROM_VHD | USB_FLAGS},
};

const struct target *catalogue_targets(size_t *n)
{
	*n = COUNT(targets);
	return targets;
}

const struct target *catalogue_target(const char *id)
{
	for (size_t i = 0; i < COUNT(targets); i++) {
		if (text_equal(targets[i].id, id))
			return &targets[i];
	}
	return NULL;
}
