/* SPDX-License-Identifier: MIT */
/*
 * The targets: for each machine a disk may go to, what starts it, the ids of the controller that
 * its boot disk is on, and the services that must be loaded by the time its boot volume is mounted.
 *
 * A chain is the part of the core stack that finds buses, then the target's own links (bus first,
 * then the controller), then the rest of the core stack. Links carry the releases they count for,
 * so that one row is right from NT 4 to 11. A release outside a link's range does not need it; a
 * target whose controller no driver of that release serves still runs with a vendor's, so its own
 * range says only where Windows cannot run at all.
 *
 * The file refuses to know what a hive holds; it never changes at run time. The drivers themselves
 * are in catalogue_drivers.c, the core stack in catalogue_core.c.
 * Source: doc/FORMATS/boot-drivers.md, "Targets".
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"
#include "stop7b/i18n.h"

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

/* ---- links ---- */

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

/* The PIIX controllers that virtual machines emulate; NT 4's atapi needs no driver above it. */
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
static const struct link ufs[] = {PCI_BUS, {"storufs", ALWAYS, CERTAIN}, END};

static const struct link vhd_on_ide[] = {PCI_BUS, GENERIC_IDE, IN_VHD, END};
static const struct link vhd_on_ahci[] = {PCI_BUS, AHCI, IN_VHD, END};
static const struct link vhd_on_nvme[] = {PCI_BUS, NVME, IN_VHD, END};
static const struct link vhd_on_vmd[] = {PCI_BUS, VMD, IN_VHD, END};
static const struct link vhd_on_raid[] = {PCI_BUS, IN_VHD, END};
static const struct link vhd_on_usb[] = {PCI_BUS, USB_DISK, IN_VHD, END};

/* Start=3 is right for both: BootFlags promote them. */
static const struct link emmc_sd[] = {
	PCI_BUS,
	{"sdbus", ALWAYS, CERTAIN},
	{"sdstor", ALWAYS, CERTAIN},
	END,
};

/* The card and its addresses come from the firmware, and its driver is any of hundreds. */
static const struct link iscsi[] = {PCI_BUS, {"iScsiPrt", ALWAYS, CERTAIN}, END};

/*
 * The boot disk is on the emulated IDE controller. From 7 on the synthetic path takes it over
 * later, so that a boot without it is slow at most.
 */
static const struct link hyperv_gen1[] = {
	PCI_BUS,
	PIIX_IDE,
	{"vmbus", FROM(WIN_7), LIKELY},
	{"storvsc", FROM(WIN_7), LIKELY},
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
	{"xenvbd", ALWAYS, NEED_CERTAIN, "XenBlk"},
	END,
};

/* ---- hardware ids, the most particular first ---- */

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define ID_IDE     "PCI\\CC_0101"
#define IDS_IDE    IDS(ID_IDE)
#define IDS_PIIX3  IDS("PCI\\VEN_8086&DEV_7010", ID_IDE)
#define IDS_PIIX4  IDS("PCI\\VEN_8086&DEV_7111", ID_IDE)
#define IDS_AHCI   IDS("PCI\\CC_010601")
#define IDS_NVME   IDS("PCI\\CC_010802")
#define IDS_RAID   IDS("PCI\\CC_0104")
#define IDS_UFS    IDS("PCI\\CC_010901", "ACPI\\CC_010901")
#define IDS_SD     IDS("PCI\\CC_080501", "PCI\\CC_080500", "ACPI\\PNP0D40")
#define IDS_USB    IDS("USB\\Class_08")
#define IDS_ISCSI  IDS("ROOT\\ISCSIPRT")
#define IDS_LSI    IDS("PCI\\VEN_1000&DEV_0030")
#define IDS_SAS    IDS("PCI\\VEN_1000&DEV_0054")
#define IDS_PVSCSI IDS("PCI\\VEN_15AD&DEV_07C0")
#define IDS_NITRO  IDS("PCI\\VEN_1D0F&DEV_8061", "PCI\\CC_010802")
#define IDS_XEN    IDS("PCI\\VEN_5853&DEV_0001", "PCI\\VEN_5853&DEV_0002")
#define IDS_SYNTH  IDS("VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}")
/* Transitional and modern; slot and options of the machine decide which it shows. */
#define IDS_BLK  IDS("PCI\\VEN_1AF4&DEV_1001", "PCI\\VEN_1AF4&DEV_1042"), .every_id = true
#define IDS_SCSI IDS("PCI\\VEN_1AF4&DEV_1004", "PCI\\VEN_1AF4&DEV_1048"), .every_id = true
#define IDS_VMD                                                                                    \
	IDS("PCI\\VEN_8086&DEV_9A0B", "PCI\\VEN_8086&DEV_467F", "PCI\\VEN_8086&DEV_4C3D",          \
	    "PCI\\VEN_8086&DEV_A77F", "PCI\\VEN_8086&DEV_7D0B", "PCI\\VEN_8086&DEV_AD0B",          \
	    "PCI\\VEN_8086&DEV_201D", "PCI\\VEN_8086&DEV_28C0")

/* ---- the rows, group by group ---- */

#define TARGET(id_, title_, words_) .id = (id_), .title = (title_), .words = (words_)
#define BIOS                        .firmware = FIRMWARE_BIOS
#define UEFI                        .firmware = FIRMWARE_UEFI
#define PORTABLE                    .portable = PORTABLE_YES
#define IF_PRESENT                  .portable = PORTABLE_IF_PRESENT
#define USB_FLAGS                   (BOOT_FROM_USB | BOOT_FROM_USB3)
#define PC                          .runs = ARCH_X86 | ARCH_X64
#define PC_64BIT                    .runs = ARCH_X64
#define ANY_64BIT                   .runs = ARCH_X64 | ARCH_ARM64
#define AZURE                       .group = GROUP_HYPERV, .platform = PLATFORM_AZURE
#define HYPERV                      .group = GROUP_HYPERV, .platform = PLATFORM_HYPERV
#define VMWARE                      .group = GROUP_VMWARE
#define KVM                         .group = GROUP_KVM, .platform = PLATFORM_KVM
#define CLOUD                       .group = GROUP_KVM
#define OTHER                       .group = GROUP_OTHER
#define IN_FILE                                                                                    \
	.group = GROUP_VHD, .native = true, .since = WIN_7, .where = N_("from a VHD on its own")

static const struct target targets[] = {
	{TARGET("physical-ide", N_("IDE on a physical machine"),
		"IDE, or SATA in IDE mode; also the PC that boots a VHD"),
	 .ids = IDS_IDE, .links = generic_ide, BIOS, PC, PORTABLE},
	{TARGET("physical-ahci", N_("AHCI on a physical machine"),
		"any SATA controller in AHCI mode; also the PC that boots a VHD"),
	 .ids = IDS_AHCI, .links = ahci, .since = WIN_2000, PORTABLE},
	{TARGET("physical-nvme", N_("NVMe on a physical machine"),
		"any NVMe disk; also the PC that boots a VHD"),
	 .ids = IDS_NVME, .links = nvme, .since = WIN_XP, PORTABLE},
	{TARGET("physical-raid", N_("RAID on the machine it knows"),
		"the RAID and SCSI controllers this Windows has met"),
	 .ids = IDS_RAID, .links = raid, .own_controllers = true, PC},
	{TARGET("physical-vmd", N_("Intel VMD on a physical machine"),
		"NVMe disks behind Intel VMD (Rapid Storage driver)"),
	 .ids = IDS_VMD, .links = vmd, .since = WIN_7, UEFI, PC},
	{TARGET("emmc-sd", N_("eMMC or SD card"),
		"a tablet or small machine with eMMC or an SD card"),
	 .ids = IDS_SD, .links = emmc_sd, .since = WIN_8, UEFI, .boot_flags = BOOT_FROM_SD},
	{TARGET("ufs", N_("UFS"), "a tablet with universal flash storage"), .ids = IDS_UFS,
	 .links = ufs, .since = WIN_8, UEFI},
	{TARGET("usb", N_("USB disk"), "a disk or stick on USB 2 or USB 3"), .ids = IDS_USB,
	 .links = usb, .since = WIN_7, .where = N_("from a USB disk"), .boot_flags = USB_FLAGS},
	{TARGET("iscsi", N_("iSCSI"), "a disk on the network; the card's settings cannot be seen"),
	 .ids = IDS_ISCSI, .links = iscsi, .since = WIN_VISTA, .where = N_("from iSCSI"),
	 .boot_flags = BOOT_FROM_NETWORK,
	 .unseen = N_("the network card's driver and its settings in the firmware (iBFT)")},

	{TARGET("vhd-on-ide", N_("VHD booted from an IDE disk"),
		"a VHD file on an IDE disk, started without a hypervisor"),
	 IN_FILE, .ids = IDS_IDE, .links = vhd_on_ide, .boot_flags = BOOT_FROM_VHD, PC},
	{TARGET("vhd-on-ahci", N_("VHD booted from an AHCI disk"),
		"a VHD file on an AHCI disk, started without a hypervisor"),
	 IN_FILE, .ids = IDS_AHCI, .links = vhd_on_ahci, .boot_flags = BOOT_FROM_VHD},
	{TARGET("vhd-on-nvme", N_("VHD booted from an NVMe disk"),
		"a VHD file on an NVMe disk, started without a hypervisor"),
	 IN_FILE, .ids = IDS_NVME, .links = vhd_on_nvme, .boot_flags = BOOT_FROM_VHD},
	{TARGET("vhd-on-raid", N_("VHD booted from a known RAID"),
		"a VHD file on a RAID or SCSI controller that it has met"),
	 IN_FILE, .ids = IDS_RAID, .links = vhd_on_raid, .boot_flags = BOOT_FROM_VHD,
	 .own_controllers = true, PC},
	{TARGET("vhd-on-vmd", N_("VHD booted behind Intel VMD"),
		"a VHD file on an NVMe disk behind Intel VMD"),
	 IN_FILE, .ids = IDS_VMD, .links = vhd_on_vmd, .boot_flags = BOOT_FROM_VHD, PC},
	{TARGET("vhd-on-usb", N_("VHD booted from a USB disk"),
		"a VHD file on a USB disk, started without a hypervisor"),
	 IN_FILE, .ids = IDS_USB, .links = vhd_on_usb, .boot_flags = BOOT_FROM_VHD | USB_FLAGS},

	{TARGET("hyperv-gen1", N_("Hyper-V generation 1"),
		"Hyper-V with BIOS; the boot disk is on IDE"),
	 HYPERV, .ids = IDS_PIIX4, .links = hyperv_gen1, BIOS, PC, PORTABLE},
	{TARGET("hyperv-gen2", N_("Hyper-V generation 2"),
		"Hyper-V with UEFI; the boot disk is on SCSI, there is no PCI"),
	 HYPERV, .ids = IDS_SYNTH, .links = hyperv_gen2, .since = WIN_8,
	 .where = N_("on Hyper-V generation 2"), UEFI, ANY_64BIT, PORTABLE},
	{TARGET("azure-gen1", N_("Azure, generation 1"),
		"Azure sizes with BIOS; the boot disk is on IDE"),
	 AZURE, .aliases = IDS("azure"), .ids = IDS_PIIX4, .links = hyperv_gen1, .since = WIN_7,
	 .where = N_("on Azure"), BIOS, PC_64BIT},
	{TARGET("azure-gen2", N_("Azure, generation 2"),
		"Azure sizes with UEFI; the boot disk is on SCSI"),
	 AZURE, .ids = IDS_SYNTH, .links = hyperv_gen2, .since = WIN_8,
	 .where = N_("on Azure generation 2"), UEFI, ANY_64BIT},
	{TARGET("azure-nvme", N_("Azure, NVMe"),
		"Azure sizes with NVMe: behind Hyper-V's virtual PCI bus"),
	 AZURE, .ids = IDS_NVME, .links = azure_nvme, .since = WIN_81,
	 .where = N_("on Azure's NVMe disks"), UEFI, ANY_64BIT},

	{TARGET("vmware-lsi-sas", N_("VMware, LSI SAS"),
		"VMware with the LSI Logic SAS controller"),
	 VMWARE, .ids = IDS_SAS, .links = lsi_sas, .since = WIN_2000, PC, PORTABLE},
	{TARGET("vmware-lsi-parallel", N_("VMware, LSI parallel"),
		"VMware with the LSI Logic parallel controller"),
	 VMWARE, .ids = IDS_LSI, .links = lsi_parallel, .since = WIN_XP, BIOS, PC, IF_PRESENT},
	{TARGET("vmware-sata", N_("VMware, SATA"), "VMware with a SATA (AHCI) controller"), VMWARE,
	 .ids = IDS_AHCI, .links = ahci, .since = WIN_2000, PORTABLE},
	{TARGET("vmware-nvme", N_("VMware, NVMe"), "VMware with an NVMe controller"), VMWARE,
	 .ids = IDS_NVME, .links = nvme, .since = WIN_XP, PORTABLE},
	{TARGET("vmware-ide", N_("VMware, IDE"), "VMware with an IDE disk"), VMWARE,
	 .ids = IDS_PIIX4, .links = piix_ide, PC, PORTABLE},
	{TARGET("vmware-pvscsi", N_("VMware, paravirtual SCSI"),
		"VMware with the paravirtual controller (VMware Tools driver)"),
	 VMWARE, .ids = IDS_PVSCSI, .links = pvscsi, .since = WIN_XP, PC, IF_PRESENT},

	{TARGET("kvm-sata", N_("KVM, SATA"), "KVM q35 with a SATA (AHCI) disk"), KVM,
	 .ids = IDS_AHCI, .links = ahci, .since = WIN_2000, PORTABLE},
	{TARGET("kvm-ide", N_("KVM, IDE"), "KVM with an IDE disk"), KVM, .ids = IDS_PIIX3,
	 .links = piix_ide, PC, PORTABLE},
	{TARGET("kvm-nvme", N_("KVM, NVMe"), "KVM with an NVMe disk"), KVM, .ids = IDS_NVME,
	 .links = nvme, .since = WIN_XP, PORTABLE},
	{TARGET("kvm-virtio-blk", N_("KVM, virtio-blk"),
		"KVM with a virtio disk (viostor from virtio-win)"),
	 KVM, .ids = IDS_BLK, .links = viostor, .since = WIN_XP, IF_PRESENT},
	{TARGET("kvm-virtio-scsi", N_("KVM, virtio-scsi"),
		"KVM with virtio SCSI (vioscsi from virtio-win)"),
	 KVM, .ids = IDS_SCSI, .links = vioscsi, .since = WIN_XP, IF_PRESENT},
	{TARGET("nutanix-ahv", N_("Nutanix AHV"), "Nutanix AHV: virtio SCSI"), KVM, .ids = IDS_SCSI,
	 .links = vioscsi, .since = WIN_7, PC},
	{TARGET("aws-nitro", N_("AWS, Nitro"), "AWS Nitro instances: NVMe"), CLOUD,
	 .platform = PLATFORM_AWS, .ids = IDS_NITRO, .links = aws_nitro, .since = WIN_7,
	 .where = N_("on AWS Nitro"), PC},
	{TARGET("gcp", N_("Google Cloud"), "Google Compute Engine: virtio SCSI"), KVM,
	 .ids = IDS_SCSI, .links = vioscsi, .since = WIN_7, .where = N_("on Google Cloud"),
	 PC_64BIT},
	{TARGET("gcp-nvme", N_("Google Cloud, NVMe"), "Google Compute Engine: NVMe"), CLOUD,
	 .ids = IDS_NVME, .links = nvme, .since = WIN_7, .where = N_("on Google Cloud"), PC_64BIT},
	{TARGET("oracle-cloud", N_("Oracle Cloud"), "Oracle Cloud, paravirtualised: virtio SCSI"),
	 KVM, .ids = IDS_SCSI, .links = vioscsi, .since = WIN_7, .where = N_("on Oracle Cloud"),
	 PC_64BIT},

	{TARGET("virtual-pc", N_("Microsoft Virtual PC"),
		"Virtual PC and Virtual Server, IDE disk"),
	 OTHER, .ids = IDS_PIIX4, .links = piix_ide, .where = N_("in Virtual PC"), BIOS,
	 .runs = ARCH_X86, PORTABLE},
	{TARGET("virtualbox-sata", N_("VirtualBox, SATA"),
		"VirtualBox with a SATA (AHCI) controller"),
	 OTHER, .ids = IDS_AHCI, .links = ahci, .since = WIN_2000, PC, PORTABLE},
	{TARGET("virtualbox-ide", N_("VirtualBox, IDE"), "VirtualBox with an IDE controller"),
	 OTHER, .ids = IDS_PIIX4, .links = piix_ide, PC, PORTABLE},
	{TARGET("virtualbox-nvme", N_("VirtualBox, NVMe"), "VirtualBox with an NVMe controller"),
	 OTHER, .ids = IDS_NVME, .links = nvme, .since = WIN_XP, PORTABLE},
	{TARGET("parallels", N_("Parallels"), "Parallels Desktop with a SATA (AHCI) disk"), OTHER,
	 .platform = PLATFORM_PARALLELS, .ids = IDS_AHCI, .links = ahci, .since = WIN_2000,
	 PORTABLE},
	{TARGET("xen", N_("Xen, paravirtual disk"), "Xen with its paravirtual drivers"), OTHER,
	 .platform = PLATFORM_XEN, .ids = IDS_XEN, .links = xen, .since = WIN_XP, PC, IF_PRESENT},
};

const struct target *catalogue_targets(size_t *n)
{
	*n = COUNT(targets);
	return targets;
}

static bool is_called(const struct target *t, const char *id)
{
	for (size_t i = 0; t->aliases && t->aliases[i]; i++) {
		if (text_equal(t->aliases[i], id))
			return true;
	}
	return text_equal(t->id, id);
}

const struct target *catalogue_target(const char *id)
{
	for (size_t i = 0; i < COUNT(targets); i++) {
		if (is_called(&targets[i], id))
			return &targets[i];
	}
	return NULL;
}

const char *catalogue_group(enum target_group group)
{
	static const char *const names[TARGET_GROUPS] = {
		N_("physical"), N_("native VHD"),     N_("Hyper-V and Azure"),
		N_("VMware"),   N_("KVM and clouds"), N_("others"),
	};
	return names[group];
}

const char *catalogue_firmware(enum firmware firmware)
{
	static const char *const names[] = {"either", "bios", "uefi"};
	return names[firmware];
}
