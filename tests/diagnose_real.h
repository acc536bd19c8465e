/* SPDX-License-Identifier: MIT */
/*
 * Part of test_diagnose_real.c: what the diagnosis must say about each real hive, worked out from
 * doc/FORMATS/boot-drivers.md. Every target of the catalogue stands once in each hive's rows.
 * Findings: X stop, ! likely, ~ doubt, - note. The machine asked for is a new one.
 */
#ifndef DIAGNOSE_REAL_H
#define DIAGNOSE_REAL_H

/* NOT_HERE: this release cannot run there, which is a verdict of "stops" of its own kind. */
#define NOT_HERE "not here"

#define NT4     "nt4_x86_dc_server"
#define XP      "xp_sp3_x86_iecompatvhd"
#define DAMAGED "xp_x86_ginevra_corrupted"
#define W7      "win7_sp1_x86_wks732"
#define W81     "win81_x64_sensei_dirty_nolog"
#define W10     "win10_190x_x64_2kgm189_dirty_nolog"

static const struct expected_verdict {
	const char *hive;
	const char *targets; /* ids, separated by spaces */
	const char *verdict;
	const char *findings;
} expected_verdicts[] = {
	/* ---- NT 4.0 server of 2023: IDE and BusLogic ---- */
	/* disk, atapi Start 0; PCI is in the HAL, and no driver stands above atapi */
	{NT4,
	 "last portable physical-ide virtual-pc hyperv-gen1 vmware-ide kvm-ide "
	 "virtualbox-ide",
	 "boots", ""},
	/* nobody makes drivers for these before 2000 to 10, native VHD boot begins with 7 */
	{NT4,
	 "physical-ahci vmware-sata kvm-sata virtualbox-sata parallels physical-nvme "
	 "kvm-nvme virtualbox-nvme aws-nitro gcp-nvme vmware-nvme physical-vmd emmc-sd ufs "
	 "usb iscsi hyperv-gen2 azure-gen1 azure-gen2 azure-nvme gcp oracle-cloud "
	 "nutanix-ahv kvm-virtio-scsi vmware-lsi-sas vmware-lsi-parallel vmware-pvscsi "
	 "kvm-virtio-blk xen vhd-on-ide vhd-on-ahci vhd-on-raid vhd-on-nvme "
	 "vhd-on-vmd vhd-on-usb",
	 NOT_HERE, "*"},
	{NT4, "physical-raid", "unknown", ""}, /* Enum names no controller besides IDE */
	/* ---- XP on Virtual PC ---- */
	/* intelide, atapi Start 0; 7111 is bound */
	{XP, "last virtual-pc hyperv-gen1 vmware-ide virtualbox-ide", "boots", ""},
	{XP, "kvm-ide", "stops", "X R7 IntelIde"}, /* QEMU shows 7010, XP binds 7111 alone */
	/* PCIIde Start 4; neither CC_0101 nor 7010 is in its database */
	{XP, "portable", "stops", "X R3 PCIIde, X R7 IntelIde, ! R7 PCIIde"},
	{XP, "physical-ide", "stops", "X R3 PCIIde, ! R7 PCIIde"},
	/* XP never had these drivers; a vendor's would do */
	{XP, "physical-ahci vmware-sata kvm-sata virtualbox-sata parallels", "stops",
	 "X R4 storahci"},
	{XP, "physical-nvme vmware-nvme kvm-nvme virtualbox-nvme", "stops", "X R4 stornvme"},
	{XP, "vmware-lsi-sas", "stops", "X R4 LSI_SAS"},
	/* generation 2 begins with 8, the clouds and native VHD boot with 7 */
	{XP,
	 "aws-nitro gcp-nvme physical-vmd emmc-sd ufs usb iscsi hyperv-gen2 azure-gen1 "
	 "azure-gen2 azure-nvme gcp oracle-cloud nutanix-ahv vhd-on-ide vhd-on-ahci "
	 "vhd-on-raid vhd-on-nvme vhd-on-vmd vhd-on-usb",
	 NOT_HERE, "*"},
	{XP, "physical-raid", "unknown", ""}, /* Enum names no controller besides IDE */
	{XP, "vmware-lsi-parallel", "stops", "X R4 symmpi"}, /* no symmpi in this hive */
	{XP, "vmware-pvscsi", "stops", "X R4 pvscsi"},       /* no pvscsi in this hive */
	{XP, "kvm-virtio-blk", "stops", "X R4 viostor"},     /* no viostor in this hive */
	{XP, "kvm-virtio-scsi", "stops", "X R4 vioscsi"},    /* no vioscsi in this hive */
	{XP, "xen", "stops", "X R4 xenbus, X R4 xenvbd"},    /* no xenbus in this hive */
	/* ---- XP on VMware, services and device database damaged ---- */
	/* Enum names vmscsi, which starts; it is enough for both */
	{DAMAGED, "last physical-raid", "boots", ""},
	/* an absent driver may be in the damaged part */
	{DAMAGED,
	 "portable physical-ide physical-ahci physical-nvme virtual-pc hyperv-gen1 "
	 "vmware-lsi-sas vmware-lsi-parallel vmware-sata vmware-nvme vmware-ide "
	 "vmware-pvscsi kvm-sata kvm-ide kvm-nvme kvm-virtio-blk kvm-virtio-scsi "
	 "virtualbox-sata virtualbox-ide virtualbox-nvme parallels xen",
	 "unknown", ""},
	/* as above */
	{DAMAGED,
	 "physical-vmd emmc-sd ufs usb iscsi hyperv-gen2 azure-gen1 azure-gen2 azure-nvme "
	 "aws-nitro gcp gcp-nvme oracle-cloud nutanix-ahv vhd-on-ide vhd-on-ahci "
	 "vhd-on-nvme vhd-on-raid vhd-on-vmd vhd-on-usb",
	 NOT_HERE, "*"},
	/* ---- 7, 32 bit, on VMware LSI SAS ---- */
	/* LSI_SAS, LSI_SCSI, intelide, atapi Start 0; 7010 and 7111 are bound */
	{W7,
	 "last physical-raid virtual-pc vmware-lsi-sas vmware-lsi-parallel "
	 "vmware-ide kvm-ide virtualbox-ide",
	 "boots", ""},
	/* BootFlags promote iScsiPrt; the card is not seen */
	{W7, "iscsi", "boots", "- F14 iScsiPrt"},
	/* parked with Start 3 */
	{W7, "portable", "stops", "X R3 pciide, X R1 msahci, ! R1 storvsc"},
	{W7, "physical-ide", "stops", "X R3 pciide"}, /* parked with Start 3 */
	/* parked with Start 3 */
	{W7, "physical-ahci vmware-sata kvm-sata virtualbox-sata parallels", "stops",
	 "X R1 msahci"},
	/* 7 has no NVMe driver of its own; the hotfix is not in this hive */
	{W7, "physical-nvme vmware-nvme kvm-nvme virtualbox-nvme", "stops", "X R4 stornvme"},
	{W7, "physical-vmd", "stops", "X R4 iaStorVD"}, /* VMD needs the vendor package */
	/* generation 2, eMMC and UFS begin with 8, Azure and other clouds are 64 bit */
	{W7,
	 "emmc-sd ufs hyperv-gen2 azure-gen1 azure-gen2 azure-nvme gcp gcp-nvme "
	 "oracle-cloud",
	 NOT_HERE, "*"},
	/* Control\BootDriverFlags is 0 on 7, PollBootPartitionTimeout 0 */
	{W7, "usb", "likely-stops", "! F8 USBSTOR, - F9 USBSTOR"},
	/* parked with Start 3; the emulated controller reaches the disk all the same */
	{W7, "hyperv-gen1", "likely-stops", "! R1 storvsc"},
	{W7, "aws-nitro", "stops", "X R4 AWSNVMe"},                   /* no AWSNVMe in this hive */
	{W7, "vmware-pvscsi", "stops", "X R4 pvscsi"},                /* no pvscsi in this hive */
	{W7, "kvm-virtio-blk", "stops", "X R4 viostor"},              /* no viostor in this hive */
	{W7, "kvm-virtio-scsi nutanix-ahv", "stops", "X R4 vioscsi"}, /* no vioscsi */
	{W7, "xen", "stops", "X R4 xenbus, X R4 xenvbd"},             /* no xenbus in this hive */
	/* parked with Start 3 */
	{W7, "vhd-on-ide", "stops", "X R3 pciide"},
	/* parked with Start 3 */
	{W7, "vhd-on-ahci", "stops", "X R1 msahci"},
	/* 7 has no driver of its own for these */
	{W7, "vhd-on-nvme", "stops", "X R4 stornvme"},
	{W7, "vhd-on-vmd", "stops", "X R4 iaStorVD"},
	/* vhdmp, FsDepends Start 3 are right */
	{W7, "vhd-on-raid", "boots", ""},
	/* Control\BootDriverFlags is 0 on 7, PollBootPartitionTimeout 0 */
	{W7, "vhd-on-usb", "likely-stops", "! F8 USBSTOR, - F9 USBSTOR"},
	/* ---- 8.1 on VirtualBox AHCI ---- */
	/* storahci has no override */
	{W81, "last physical-ahci vmware-sata kvm-sata virtualbox-sata parallels", "boots", ""},
	/* BootFlags promote iScsiPrt; the card is not seen */
	{W81, "iscsi", "boots", "- F14 iScsiPrt"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "portable", "doubt",
	 "~ R2 pciide, ~ R2 intelide, ~ R2 atapi, ~ R2 stornvme, ~ R2 vmbus, ~ R2 "
	 "storvsc, ~ R2 storflt, ~ R2 LSI_SAS"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "physical-ide", "doubt", "~ R2 pciide, ~ R2 intelide, ~ R2 atapi"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "physical-nvme aws-nitro gcp-nvme vmware-nvme kvm-nvme virtualbox-nvme", "doubt",
	 "~ R2 stornvme"},
	{W81, "physical-raid", "unknown", ""}, /* Enum names AHCI only */
	/* LSI_SCSI ends with 7, storufs begins with 10, VMD needs the vendor package */
	{W81, "vmware-lsi-parallel", "stops", "X R4 LSI_SCSI"},
	{W81, "ufs", "stops", "X R4 storufs"},
	{W81, "physical-vmd", "stops", "X R4 iaStorVD"},
	{W81, "vhd-on-vmd", "stops", "X R4 iaStorVD"},
	{W81, "virtual-pc", NOT_HERE, "*"}, /* 64 bit */
	/* StartOverride 3 for hardware id 0 */
	{W81, "vmware-ide kvm-ide virtualbox-ide", "doubt", "~ R2 intelide, ~ R2 atapi"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "hyperv-gen1 azure-gen1", "doubt",
	 "~ R2 intelide, ~ R2 atapi, ~ R2 vmbus, ~ R2 storvsc, ~ R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "hyperv-gen2 azure-gen2", "doubt", "~ R2 vmbus, ~ R2 storvsc"},
	/* vpci Start 3 up to 18362; 3: vmbus, stornvme 3 */
	{W81, "azure-nvme", "stops", "X R3 vpci, ~ R2 vmbus, ~ R2 stornvme"},
	/* no vioscsi in this hive */
	{W81, "gcp oracle-cloud nutanix-ahv kvm-virtio-scsi", "stops", "X R4 vioscsi"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "vmware-lsi-sas", "doubt", "~ R2 LSI_SAS"},
	{W81, "vmware-pvscsi", "stops", "X R4 pvscsi"},    /* no pvscsi in this hive */
	{W81, "kvm-virtio-blk", "stops", "X R4 viostor"},  /* no viostor in this hive */
	{W81, "xen", "stops", "X R4 xenbus, X R4 xenvbd"}, /* no xenbus in this hive */
	/* StartOverride 3 for hardware id 0 */
	{W81, "vhd-on-ide", "doubt", "~ R2 pciide, ~ R2 intelide, ~ R2 atapi"},
	/* vhdmp, FsDepends Start 3 are right */
	{W81, "vhd-on-ahci", "boots", ""},
	/* Control\BootDriverFlags 0x1C, but 0 on the machine it knows */
	{W81, "usb vhd-on-usb", "doubt", "~ F8 USBSTOR"},
	{W81, "emmc-sd", "doubt", "~ F8 sdstor"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "vhd-on-nvme", "doubt", "~ R2 stornvme"},
	{W81, "vhd-on-raid", "unknown", ""}, /* Enum names AHCI only */
	/* ---- 10 build 18362 on VMware LSI SAS and AHCI ---- */
	/* LSI_SAS, storahci, intelide, atapi have none; BootDriverFlags 0x1C */
	{W10,
	 "last physical-ahci physical-raid usb emmc-sd vmware-lsi-sas vmware-sata "
	 "vmware-ide kvm-sata kvm-ide virtualbox-sata virtualbox-ide parallels",
	 "boots", ""},
	/* BootFlags promote iScsiPrt; the card is not seen */
	{W10, "iscsi", "boots", "- F14 iScsiPrt"},
	{W10, "virtual-pc", NOT_HERE, "*"}, /* 64 bit */
	/* StartOverride 3 for hardware id 0 */
	{W10, "portable", "doubt",
	 "~ R2 pciide, ~ R2 stornvme, ~ R2 vmbus, ~ R2 storvsc, ~ R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "physical-ide", "doubt", "~ R2 pciide"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "physical-nvme aws-nitro gcp-nvme vmware-nvme kvm-nvme virtualbox-nvme", "doubt",
	 "~ R2 stornvme"},
	{W10, "ufs", "doubt", "~ R2 storufs"},           /* StartOverride 3 for hardware id 0 */
	{W10, "physical-vmd", "stops", "X R4 iaStorVD"}, /* VMD needs the vendor package */
	/* StartOverride 3 for hardware id 0 */
	{W10, "hyperv-gen1 azure-gen1", "doubt", "~ R2 vmbus, ~ R2 storvsc, ~ R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "hyperv-gen2 azure-gen2", "doubt", "~ R2 vmbus, ~ R2 storvsc"},
	/* vpci Start 3 up to 18362; 3: vmbus, stornvme 3 */
	{W10, "azure-nvme", "stops", "X R3 vpci, ~ R2 vmbus, ~ R2 stornvme"},
	/* no vioscsi in this hive */
	{W10, "gcp oracle-cloud nutanix-ahv kvm-virtio-scsi", "stops", "X R4 vioscsi"},
	{W10, "vmware-lsi-parallel", "stops", "X R4 LSI_SCSI"}, /* LSI_SCSI ends with 7 */
	/* no pvscsi in this hive (the key is empty) */
	{W10, "vmware-pvscsi", "stops", "X R4 pvscsi"},
	{W10, "kvm-virtio-blk", "stops", "X R4 viostor"},  /* no viostor in this hive */
	{W10, "xen", "stops", "X R4 xenbus, X R4 xenvbd"}, /* no xenbus in this hive */
	/* StartOverride 3 for hardware id 0 */
	{W10, "vhd-on-ide", "doubt", "~ R2 pciide"},
	/* vhdmp, FsDepends Start 3 are right */
	{W10, "vhd-on-ahci vhd-on-raid vhd-on-usb", "boots", ""},
	/* StartOverride 3 for hardware id 0 */
	{W10, "vhd-on-nvme", "doubt", "~ R2 stornvme"},
	/* VMD needs the vendor package */
	{W10, "vhd-on-vmd", "stops", "X R4 iaStorVD"},
};

/*
 * The same for the last machine, with the number that LastId gives it: its overrides count, so what
 * is a doubt above is certain here, and its own BootDriverFlags decide what is promoted. Up to 7
 * one Start counts everywhere: there these answers are those above.
 */
static const struct expected_verdict expected_on_last[] = {
	/* ---- 8.1, id 0: VirtualBox AHCI ---- */
	/* storahci has no override: it ran on it */
	{W81, "last physical-ahci vhd-on-ahci vmware-sata kvm-sata virtualbox-sata parallels",
	 "boots", ""},
	/* iScsiPrt has no override either, and BootFlags 1 */
	{W81, "iscsi", "boots", "- F14 iScsiPrt"},
	/* what portable stands for, all parked; storflt is no must, and of IDE one driver is */
	{W81, "portable", "stops",
	 "X R2 pciide, X R2 intelide, X R2 atapi, X R2 stornvme, X R2 vmbus, X R2 "
	 "storvsc, X R2 LSI_SAS, ! R2 storflt"},
	/* a physical controller may be pciide's alone: intelide is likely */
	{W81, "physical-ide vhd-on-ide", "stops", "X R2 pciide, X R2 atapi, ! R2 intelide"},
	{W81, "vmware-ide kvm-ide virtualbox-ide", "stops", "X R2 intelide, X R2 atapi"},
	{W81,
	 "physical-nvme vhd-on-nvme vmware-nvme kvm-nvme virtualbox-nvme aws-nitro "
	 "gcp-nvme",
	 "stops", "X R2 stornvme"},
	/* the emulated path is parked, which is certain; the synthetic one would not be needed */
	{W81, "hyperv-gen1 azure-gen1", "stops",
	 "X R2 intelide, X R2 atapi, ! R2 vmbus, ! R2 storvsc, ! R2 storflt"},
	{W81, "hyperv-gen2 azure-gen2", "stops", "X R2 vmbus, X R2 storvsc"},
	{W81, "azure-nvme", "stops", "X R2 vmbus, X R3 vpci, X R2 stornvme"},
	{W81, "vmware-lsi-sas", "stops", "X R2 LSI_SAS"},
	/* HardwareConfig\{id}\BootDriverFlags is 0: neither USB nor SD is promoted there */
	{W81, "usb vhd-on-usb", "stops", "X F8 USBSTOR"},
	{W81, "emmc-sd", "stops", "X F8 sdstor"},
	/* as for a new machine: no override can make up for a driver that is not there */
	{W81, "physical-raid vhd-on-raid", "unknown", ""},
	{W81, "vmware-lsi-parallel", "stops", "X R4 LSI_SCSI"},
	{W81, "ufs", "stops", "X R4 storufs"},
	{W81, "physical-vmd vhd-on-vmd", "stops", "X R4 iaStorVD"},
	{W81, "virtual-pc", NOT_HERE, "*"},
	{W81, "gcp oracle-cloud nutanix-ahv kvm-virtio-scsi", "stops", "X R4 vioscsi"},
	{W81, "vmware-pvscsi", "stops", "X R4 pvscsi"},
	{W81, "kvm-virtio-blk", "stops", "X R4 viostor"},
	{W81, "xen", "stops", "X R4 xenbus, X R4 xenvbd"},
	/* ---- 10, id 0: VMware LSI SAS and AHCI ---- */
	/* none of these has an override; its own BootDriverFlags are 0x1C: USB and SD too */
	{W10,
	 "last physical-ahci physical-raid usb emmc-sd vhd-on-ahci vhd-on-raid vhd-on-usb "
	 "vmware-lsi-sas vmware-sata vmware-ide kvm-sata kvm-ide virtualbox-sata "
	 "virtualbox-ide parallels",
	 "boots", ""},
	{W10, "iscsi", "boots", "- F14 iScsiPrt"},
	{W10, "portable", "stops",
	 "X R2 pciide, X R2 stornvme, X R2 vmbus, X R2 storvsc, ! R2 storflt"},
	{W10, "physical-ide vhd-on-ide", "stops", "X R2 pciide"},
	{W10,
	 "physical-nvme vhd-on-nvme vmware-nvme kvm-nvme virtualbox-nvme aws-nitro "
	 "gcp-nvme",
	 "stops", "X R2 stornvme"},
	{W10, "ufs", "stops", "X R2 storufs"},
	/* intelide and atapi start, and reach the disk without the synthetic path */
	{W10, "hyperv-gen1 azure-gen1", "likely-stops", "! R2 vmbus, ! R2 storvsc, ! R2 storflt"},
	{W10, "hyperv-gen2 azure-gen2", "stops", "X R2 vmbus, X R2 storvsc"},
	{W10, "azure-nvme", "stops", "X R2 vmbus, X R3 vpci, X R2 stornvme"},
	{W10, "physical-vmd vhd-on-vmd", "stops", "X R4 iaStorVD"},
	{W10, "virtual-pc", NOT_HERE, "*"},
	{W10, "gcp oracle-cloud nutanix-ahv kvm-virtio-scsi", "stops", "X R4 vioscsi"},
	{W10, "vmware-lsi-parallel", "stops", "X R4 LSI_SCSI"},
	{W10, "vmware-pvscsi", "stops", "X R4 pvscsi"},
	{W10, "kvm-virtio-blk", "stops", "X R4 viostor"},
	{W10, "xen", "stops", "X R4 xenbus, X R4 xenvbd"},
};

#endif
