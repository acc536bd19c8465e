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
 * themselves are in catalogue_drivers.c. Contents: boot-driver reference, platform profiles and
 * core stacks, taken from SYSTEM hives of NT 4 to 10 and from vendors' INF files.
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define ALWAYS        WIN_ANY, WIN_LATEST
#define FROM(release) (release), WIN_LATEST
#define COUNT(a)      (sizeof(a) / sizeof((a)[0]))
#define END           NULL, ALWAYS, NEED_CERTAIN

/* PCI needs a driver of its own from 2000 on; in NT 4 it is part of the HAL. */
#define PCI_BUS "pci", FROM(WIN_2000), NEED_CERTAIN

static const struct link core[] = {
	{"ACPI", FROM(WIN_2000), NEED_CERTAIN},
	{"acpiex", FROM(WIN_8), NEED_OPTIONAL},
	{"msisadrv", FROM(WIN_VISTA), NEED_OPTIONAL},
	{"isapnp", WIN_2000, WIN_2003, NEED_OPTIONAL},
	{"disk", ALWAYS, NEED_CERTAIN},
	{"partmgr", FROM(WIN_2000), NEED_CERTAIN},
	{"Ftdisk", WIN_2000, WIN_2003, NEED_CERTAIN},
	{"volmgr", FROM(WIN_VISTA), NEED_CERTAIN},
	{"volmgrx", FROM(WIN_VISTA), NEED_OPTIONAL},
	{"volume", FROM(WIN_10), NEED_CERTAIN},
	{"volsnap", FROM(WIN_XP), NEED_CERTAIN},
	{"mountmgr", FROM(WIN_2000), NEED_CERTAIN},
	{"FltMgr", FROM(WIN_VISTA), NEED_OPTIONAL},
};

/*
 * Generic IDE. Controllers with Intel's own ids bind intelide instead of pciide, and which of
 * the two a machine has is not known here: intelide parked is `likely`.
 */
static const struct link generic_ide[] = {
	{PCI_BUS},
	{"pciide", FROM(WIN_2000), NEED_CERTAIN},
	{"intelide", FROM(WIN_2000), NEED_LIKELY},
	{"atapi", ALWAYS, NEED_CERTAIN},
	{END},
};

/* The PIIX controller that virtual machines emulate; NT 4's atapi needs no driver above it. */
static const struct link piix_ide[] = {
	{PCI_BUS},
	{"intelide", FROM(WIN_2000), NEED_CERTAIN},
	{"atapi", ALWAYS, NEED_CERTAIN},
	{END},
};

static const struct link ahci[] = {
	{PCI_BUS},
	{"msahci", WIN_VISTA, WIN_7, NEED_CERTAIN},
	{"storahci", FROM(WIN_8), NEED_CERTAIN},
	{END},
};

static const struct link nvme[] = {
	{PCI_BUS},
	{"stornvme", ALWAYS, NEED_CERTAIN},
	{END},
};

/* The boot disk is on the emulated IDE controller; from 7 on the synthetic path takes it over. */
static const struct link hyperv_gen1[] = {
	{PCI_BUS},
	{"intelide", FROM(WIN_2000), NEED_CERTAIN},
	{"atapi", ALWAYS, NEED_CERTAIN},
	{"vmbus", FROM(WIN_7), NEED_CERTAIN},
	{"storvsc", FROM(WIN_7), NEED_CERTAIN},
	{"storflt", FROM(WIN_7), NEED_OPTIONAL},
	{END},
};

static const struct link hyperv_gen2[] = {
	{"vmbus", ALWAYS, NEED_CERTAIN},
	{"storvsc", ALWAYS, NEED_CERTAIN},
	{END},
};

static const struct link lsi_sas[] = {{PCI_BUS}, {"LSI_SAS", ALWAYS, NEED_CERTAIN}, {END}};
static const struct link pvscsi[] = {{PCI_BUS}, {"pvscsi", ALWAYS, NEED_CERTAIN}, {END}};
static const struct link viostor[] = {{PCI_BUS}, {"viostor", ALWAYS, NEED_CERTAIN}, {END}};
static const struct link vioscsi[] = {{PCI_BUS}, {"vioscsi", ALWAYS, NEED_CERTAIN}, {END}};
static const struct link xen[] = {
	{PCI_BUS},
	{"xenbus", ALWAYS, NEED_CERTAIN},
	{"xenvbd", ALWAYS, NEED_CERTAIN},
	{END},
};

#define ID_IDE     "PCI\\CC_0101"
#define ID_PIIX    "PCI\\VEN_8086&DEV_7111"
#define ID_AHCI    "PCI\\CC_010601"
#define ID_NVME    "PCI\\CC_010802"
#define ID_STORVSC "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}"

static const struct target targets[] = {
	{.id = "physical-ide",
	 .title = "IDE on a physical machine",
	 .words = "IDE, or SATA in IDE mode; also the metal under a VHD",
	 .hardware = ID_IDE,
	 .links = generic_ide,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "physical-ahci",
	 .title = "AHCI on a physical machine",
	 .words = "any SATA controller in AHCI mode; also the metal under a VHD",
	 .hardware = ID_AHCI,
	 .links = ahci,
	 .since = WIN_VISTA,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "physical-nvme",
	 .title = "NVMe on a physical machine",
	 .words = "any NVMe disk; also the metal under a VHD",
	 .hardware = ID_NVME,
	 .links = nvme,
	 .since = WIN_81,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "virtual-pc",
	 .title = "Microsoft Virtual PC",
	 .words = "Virtual PC and Virtual Server, IDE disk",
	 .hardware = ID_PIIX,
	 .links = piix_ide,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "hyperv-gen1",
	 .title = "Hyper-V generation 1",
	 .words = "Hyper-V with BIOS; the boot disk is on IDE",
	 .hardware = ID_PIIX,
	 .links = hyperv_gen1,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "hyperv-gen2",
	 .title = "Hyper-V generation 2",
	 .words = "Hyper-V with UEFI; the boot disk is on SCSI, there is no PCI",
	 .hardware = ID_STORVSC,
	 .links = hyperv_gen2,
	 .since = WIN_8,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES,
	 .only_64bit = true},
	{.id = "vmware-lsi-sas",
	 .title = "VMware, LSI SAS",
	 .words = "VMware with the LSI Logic SAS controller",
	 .hardware = "PCI\\VEN_1000&DEV_0054",
	 .links = lsi_sas,
	 .since = WIN_VISTA,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "vmware-sata",
	 .title = "VMware, SATA",
	 .words = "VMware with a SATA (AHCI) controller",
	 .hardware = ID_AHCI,
	 .links = ahci,
	 .since = WIN_VISTA,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "vmware-nvme",
	 .title = "VMware, NVMe",
	 .words = "VMware with an NVMe controller",
	 .hardware = ID_NVME,
	 .links = nvme,
	 .since = WIN_81,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "vmware-ide",
	 .title = "VMware, IDE",
	 .words = "VMware with an IDE disk",
	 .hardware = ID_PIIX,
	 .links = piix_ide,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "vmware-pvscsi",
	 .title = "VMware, paravirtual SCSI",
	 .words = "VMware with the paravirtual controller (VMware Tools driver)",
	 .hardware = "PCI\\VEN_15AD&DEV_07C0",
	 .links = pvscsi,
	 .since = WIN_XP,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_IF_PRESENT},
	{.id = "kvm-sata",
	 .title = "KVM, SATA",
	 .words = "KVM q35 with a SATA (AHCI) disk",
	 .hardware = ID_AHCI,
	 .links = ahci,
	 .since = WIN_VISTA,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "kvm-ide",
	 .title = "KVM, IDE",
	 .words = "KVM with an IDE disk",
	 .hardware = ID_PIIX,
	 .links = piix_ide,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "kvm-virtio-blk",
	 .title = "KVM, virtio-blk",
	 .words = "KVM with a virtio disk (viostor from virtio-win)",
	 .hardware = "PCI\\VEN_1AF4&DEV_1001",
	 .links = viostor,
	 .since = WIN_XP,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_IF_PRESENT},
	{.id = "kvm-virtio-scsi",
	 .title = "KVM, virtio-scsi",
	 .words = "KVM with virtio SCSI (vioscsi from virtio-win)",
	 .hardware = "PCI\\VEN_1AF4&DEV_1004",
	 .links = vioscsi,
	 .since = WIN_XP,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_IF_PRESENT},
	{.id = "virtualbox-sata",
	 .title = "VirtualBox, SATA",
	 .words = "VirtualBox with a SATA (AHCI) controller",
	 .hardware = ID_AHCI,
	 .links = ahci,
	 .since = WIN_VISTA,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "virtualbox-ide",
	 .title = "VirtualBox, IDE",
	 .words = "VirtualBox with an IDE controller",
	 .hardware = ID_PIIX,
	 .links = piix_ide,
	 .since = WIN_ANY,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_YES},
	{.id = "xen",
	 .title = "Xen, paravirtual disk",
	 .words = "Xen with its paravirtual drivers",
	 .hardware = NULL,
	 .links = xen,
	 .since = WIN_XP,
	 .until = WIN_LATEST,
	 .portable = PORTABLE_IF_PRESENT},
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

const struct link *catalogue_core(size_t *n)
{
	*n = COUNT(core);
	return core;
}

bool release_within(uint16_t release, uint16_t since, uint16_t until)
{
	return release >= since && release <= until;
}
