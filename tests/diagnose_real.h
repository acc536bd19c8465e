/* SPDX-License-Identifier: MIT */
/*
 * Part of test_diagnose_real.c: what the diagnosis must say about each real hive, worked out from
 * doc/FORMATS/boot-drivers.md. Every target of the catalogue stands once in each hive's rows.
 * Findings: X stop, ! likely, - note.
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
	/* disk, atapi Start 0; PCI is in the HAL */
	{NT4,
	 "last portable physical-ide virtual-pc hyperv-gen1 vmware-ide kvm-ide "
	 "virtualbox-ide",
	 "boots", ""},
	/* the drivers for these begin with XP to 10, native VHD boot with 7 */
	{NT4,
	 "physical-ahci vmware-sata kvm-sata virtualbox-sata physical-nvme "
	 "aws-nitro vmware-nvme physical-vmd usb hyperv-gen2 azure azure-nvme gcp "
	 "kvm-virtio-scsi vmware-lsi-sas vmware-lsi-parallel vmware-pvscsi "
	 "kvm-virtio-blk xen vhd-on-ide vhd-on-ahci vhd-on-raid vhd-on-nvme "
	 "vhd-on-vmd vhd-on-usb",
	 NOT_HERE, "*"},
	{NT4, "physical-raid", "unknown", ""}, /* Enum names no controller besides IDE */
	/* ---- XP on Virtual PC ---- */
	/* intelide, atapi Start 0 and bound */
	{XP, "last virtual-pc hyperv-gen1 vmware-ide kvm-ide virtualbox-ide", "boots", ""},
	/* PCIIde Start 4; CC_0101 is not in its database */
	{XP, "portable physical-ide", "stops", "X R3 PCIIde, ! R7 PCIIde"},
	/* the drivers for these begin with Vista to 10 */
	{XP,
	 "physical-ahci vmware-sata kvm-sata virtualbox-sata physical-nvme "
	 "aws-nitro vmware-nvme physical-vmd usb hyperv-gen2 azure azure-nvme gcp "
	 "vmware-lsi-sas vhd-on-ide vhd-on-ahci vhd-on-raid vhd-on-nvme "
	 "vhd-on-vmd vhd-on-usb",
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
	 "portable physical-ide virtual-pc hyperv-gen1 vmware-lsi-parallel "
	 "vmware-ide vmware-pvscsi kvm-ide kvm-virtio-blk kvm-virtio-scsi "
	 "virtualbox-ide xen",
	 "unknown", ""},
	/* the drivers for these begin with Vista to 10 */
	{DAMAGED,
	 "physical-ahci physical-nvme physical-vmd usb hyperv-gen2 azure "
	 "azure-nvme aws-nitro gcp vmware-lsi-sas vmware-sata vmware-nvme "
	 "kvm-sata virtualbox-sata vhd-on-ide vhd-on-ahci vhd-on-nvme vhd-on-raid "
	 "vhd-on-vmd vhd-on-usb",
	 NOT_HERE, "*"},
	/* ---- 7, 32 bit, on VMware LSI SAS ---- */
	/* LSI_SAS, LSI_SCSI, intelide, atapi Start 0 */
	{W7,
	 "last physical-raid virtual-pc vmware-lsi-sas vmware-lsi-parallel "
	 "vmware-ide kvm-ide virtualbox-ide",
	 "boots", ""},
	/* parked with Start 3 */
	{W7, "portable", "stops", "X R3 pciide, X R1 msahci, X R1 storvsc"},
	{W7, "physical-ide", "stops", "X R3 pciide"}, /* parked with Start 3 */
	/* parked with Start 3 */
	{W7, "physical-ahci vmware-sata kvm-sata virtualbox-sata", "stops", "X R1 msahci"},
	/* NVMe, VMD and generation 2 need 8 to 10, Azure and Google 64 bit */
	{W7,
	 "physical-nvme vmware-nvme physical-vmd hyperv-gen2 azure azure-nvme gcp "
	 "vhd-on-nvme vhd-on-vmd",
	 NOT_HERE, "*"},
	/* Control\BootDriverFlags is 0 on 7, PollBootPartitionTimeout 0 */
	{W7, "usb", "likely-stops", "! F8 USBSTOR, - F9 USBSTOR"},
	{W7, "hyperv-gen1", "stops", "X R1 storvsc"},     /* parked with Start 3 */
	{W7, "aws-nitro", "stops", "X R4 AWSNVMe"},       /* no AWSNVMe in this hive */
	{W7, "vmware-pvscsi", "stops", "X R4 pvscsi"},    /* no pvscsi in this hive */
	{W7, "kvm-virtio-blk", "stops", "X R4 viostor"},  /* no viostor in this hive */
	{W7, "kvm-virtio-scsi", "stops", "X R4 vioscsi"}, /* no vioscsi in this hive */
	{W7, "xen", "stops", "X R4 xenbus, X R4 xenvbd"}, /* no xenbus in this hive */
	/* parked with Start 3 */
	{W7, "vhd-on-ide", "stops", "X R3 pciide, - D11 FsDepends"},
	/* parked with Start 3 */
	{W7, "vhd-on-ahci", "stops", "X R1 msahci, - D11 FsDepends"},
	/* vhdmp, FsDepends Start 3 are right; ExpandOnMount 1 */
	{W7, "vhd-on-raid", "boots", "- D11 FsDepends"},
	/* Control\BootDriverFlags is 0 on 7, PollBootPartitionTimeout 0 */
	{W7, "vhd-on-usb", "likely-stops", "! F8 USBSTOR, - F9 USBSTOR, - D11 FsDepends"},
	/* ---- 8.1 on VirtualBox AHCI ---- */
	/* storahci has no override; 5: BootDriverFlags 0x1C */
	{W81, "last physical-ahci usb vmware-sata kvm-sata virtualbox-sata", "boots", ""},
	/* StartOverride 3 for hardware id 0 */
	{W81, "portable", "likely-stops",
	 "! R2 pciide, ! R2 intelide, ! R2 atapi, ! R2 stornvme, ! R2 vmbus, ! R2 "
	 "storvsc, ! R2 storflt, ! R2 LSI_SAS"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "physical-ide", "likely-stops", "! R2 pciide, ! R2 intelide, ! R2 atapi"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "physical-nvme aws-nitro vmware-nvme", "likely-stops", "! R2 stornvme"},
	{W81, "physical-raid", "unknown", ""}, /* Enum names AHCI only */
	/* LSI_SCSI ends with 7; VMD begins with 10 */
	{W81, "physical-vmd vmware-lsi-parallel vhd-on-vmd", NOT_HERE, "*"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "virtual-pc vmware-ide kvm-ide virtualbox-ide", "likely-stops",
	 "! R2 intelide, ! R2 atapi"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "hyperv-gen1 azure", "likely-stops",
	 "! R2 intelide, ! R2 atapi, ! R2 vmbus, ! R2 storvsc, ! R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "hyperv-gen2", "likely-stops", "! R2 vmbus, ! R2 storvsc"},
	/* vpci Start 3 up to 18362; 3: vmbus, stornvme 3 */
	{W81, "azure-nvme", "stops", "X R3 vpci, ! R2 vmbus, ! R2 stornvme"},
	{W81, "gcp kvm-virtio-scsi", "stops", "X R4 vioscsi"}, /* no vioscsi in this hive */
	/* StartOverride 3 for hardware id 0 */
	{W81, "vmware-lsi-sas", "likely-stops", "! R2 LSI_SAS"},
	{W81, "vmware-pvscsi", "stops", "X R4 pvscsi"},    /* no pvscsi in this hive */
	{W81, "kvm-virtio-blk", "stops", "X R4 viostor"},  /* no viostor in this hive */
	{W81, "xen", "stops", "X R4 xenbus, X R4 xenvbd"}, /* no xenbus in this hive */
	/* StartOverride 3 for hardware id 0 */
	{W81, "vhd-on-ide", "likely-stops",
	 "! R2 pciide, ! R2 intelide, ! R2 atapi, - D11 FsDepends"},
	/* vhdmp, FsDepends Start 3 are right; ExpandOnMount 1 */
	{W81, "vhd-on-ahci vhd-on-usb", "boots", "- D11 FsDepends"},
	/* StartOverride 3 for hardware id 0 */
	{W81, "vhd-on-nvme", "likely-stops", "! R2 stornvme, - D11 FsDepends"},
	{W81, "vhd-on-raid", "unknown", "- D11 FsDepends"}, /* Enum names AHCI only */
	/* ---- 10 build 18362 on VMware LSI SAS and AHCI ---- */
	/* LSI_SAS, storahci, intelide, atapi have none; 5: 0x1C */
	{W10,
	 "last physical-ahci physical-raid usb virtual-pc vmware-lsi-sas "
	 "vmware-sata vmware-ide kvm-sata kvm-ide virtualbox-sata virtualbox-ide",
	 "boots", ""},
	/* StartOverride 3 for hardware id 0 */
	{W10, "portable", "likely-stops",
	 "! R2 pciide, ! R2 stornvme, ! R2 vmbus, ! R2 storvsc, ! R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "physical-ide", "likely-stops", "! R2 pciide"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "physical-nvme aws-nitro vmware-nvme", "likely-stops", "! R2 stornvme"},
	{W10, "physical-vmd", "stops", "X R4 iaStorVD"}, /* VMD needs the vendor package */
	/* StartOverride 3 for hardware id 0 */
	{W10, "hyperv-gen1 azure", "likely-stops", "! R2 vmbus, ! R2 storvsc, ! R2 storflt"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "hyperv-gen2", "likely-stops", "! R2 vmbus, ! R2 storvsc"},
	/* vpci Start 3 up to 18362; 3: vmbus, stornvme 3 */
	{W10, "azure-nvme", "stops", "X R3 vpci, ! R2 vmbus, ! R2 stornvme"},
	{W10, "gcp kvm-virtio-scsi", "stops", "X R4 vioscsi"}, /* no vioscsi in this hive */
	{W10, "vmware-lsi-parallel", NOT_HERE, "*"},           /* LSI_SCSI ends with 7 */
	/* no pvscsi in this hive (the key is empty) */
	{W10, "vmware-pvscsi", "stops", "X R4 pvscsi"},
	{W10, "kvm-virtio-blk", "stops", "X R4 viostor"},  /* no viostor in this hive */
	{W10, "xen", "stops", "X R4 xenbus, X R4 xenvbd"}, /* no xenbus in this hive */
	/* StartOverride 3 for hardware id 0 */
	{W10, "vhd-on-ide", "likely-stops", "! R2 pciide, - D11 FsDepends"},
	/* vhdmp, FsDepends Start 3 are right; ExpandOnMount 1 */
	{W10, "vhd-on-ahci vhd-on-raid vhd-on-usb", "boots", "- D11 FsDepends"},
	/* StartOverride 3 for hardware id 0 */
	{W10, "vhd-on-nvme", "likely-stops", "! R2 stornvme, - D11 FsDepends"},
	/* VMD needs the vendor package */
	{W10, "vhd-on-vmd", "stops", "X R4 iaStorVD, - D11 FsDepends"},
};

#endif
