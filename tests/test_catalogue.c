/* SPDX-License-Identifier: MIT */
/*
 * The tables of drivers and targets: rows agree with each other and with the reference, and what
 * is shown fits its column.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stop7b/bytes.h"
#include "stop7b/catalogue.h"

#define ROLE_COLUMNS  34
#define WORDS_COLUMNS 62

/* Every service that a chain or the reference names; a misspelt row would go unnoticed. */
static void test_drivers_are_known(void **state)
{
	static const struct {
		const char *service;
		enum driver_part part;
		unsigned error_control, since;
	} expected[] = {
		{"acpi", PART_BUS, 3, WIN_2000},
		{"PCI", PART_BUS, 3, WIN_2000},
		{"Disk", PART_CORE, 1, WIN_NT4},
		{"PartMgr", PART_CORE, 3, WIN_2000},
		{"VOLMGR", PART_CORE, 3, WIN_VISTA},
		{"volume", PART_CORE, 3, WIN_10},
		{"volsnap", PART_CORE, 3, WIN_XP},
		{"fvevol", PART_FILTER, 3, WIN_VISTA},
		{"pciide", PART_BUS, 3, WIN_NT4},
		{"intelide", PART_BUS, 3, WIN_2000},
		{"atapi", PART_CONTROLLER, 3, WIN_NT4},
		{"msahci", PART_CONTROLLER, 3, WIN_VISTA},
		{"storahci", PART_CONTROLLER, 3, WIN_8},
		{"stornvme", PART_CONTROLLER, 3, WIN_81},
		{"lsi_sas", PART_CONTROLLER, 1, WIN_VISTA},
		{"vmbus", PART_BUS, 1, WIN_7},
		{"storvsc", PART_CONTROLLER, 1, WIN_7},
		{"iorate", PART_FILTER, 3, WIN_10},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct driver *d = catalogue_driver(expected[i].service);
		assert_non_null(d);
		assert_int_equal(d->part, expected[i].part);
		assert_int_equal(d->error_control, expected[i].error_control);
		assert_int_equal(d->since, expected[i].since);
	}
	assert_null(catalogue_driver("msahc"));
	assert_null(catalogue_driver("msahci2"));
	assert_null(catalogue_driver(""));
}

static void test_normal_demand_start(void **state)
{
	static const char *const normal[] = {"vhdmp",    "FsDepends", "Ntfs",   "USBSTOR",
					     "UASPStor", "USBXHCI",   "usbhub", "cdrom",
					     "iScsiPrt", "ReFS"};
	static const char *const never[] = {"storahci", "msahci", "atapi", "pci", "disk", "vmbus"};
	(void)state;
	for (size_t i = 0; i < sizeof(normal) / sizeof(normal[0]); i++)
		assert_true(catalogue_driver(normal[i])->demand_is_normal);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_false(catalogue_driver(never[i])->demand_is_normal);
}

static void test_file_names(void **state)
{
	(void)state;
	assert_string_equal(catalogue_driver("storflt")->file, "vmstorfl.sys");
	assert_string_equal(catalogue_driver("iScsiPrt")->file, "msiscsi.sys");
	assert_string_equal(catalogue_driver("cht4iscsi")->file, "cht4sx64.sys");
	assert_null(catalogue_driver("storahci")->file);
}

/* The releases that carry AHCI, told by the driver rows and by the chain alike. */
static void test_inbox_ranges(void **state)
{
	static const struct {
		const char *service;
		uint16_t release;
		bool carried;
	} cases[] = {
		{"msahci", WIN_XP, false},  {"msahci", WIN_VISTA, true}, {"msahci", WIN_7, true},
		{"msahci", WIN_8, false},   {"storahci", WIN_7, false},  {"storahci", WIN_8, true},
		{"stornvme", WIN_8, false}, {"stornvme", WIN_81, true},  {"stornvme", WIN_10, true},
		{"viostor", WIN_10, false}, {"pvscsi", WIN_7, false},    {"volume", WIN_81, false},
		{"LSI_SCSI", WIN_7, true},  {"LSI_SCSI", WIN_8, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct driver *d = catalogue_driver(cases[i].service);
		assert_int_equal(release_within(cases[i].release, d->since, d->until),
				 cases[i].carried);
	}
}

static void test_release_within(void **state)
{
	(void)state;
	assert_true(release_within(WIN_7, WIN_7, WIN_7));
	assert_true(release_within(WIN_7, WIN_ANY, WIN_LATEST));
	assert_false(release_within(WIN_7, WIN_8, WIN_LATEST));
	assert_false(release_within(WIN_8, WIN_ANY, WIN_7));
}

static void check_links(const struct link *links, size_t n)
{
	for (size_t i = 0; i < n && links[i].service; i++) {
		const struct driver *d = catalogue_driver(links[i].service);
		assert_non_null(d);
		assert_true(strlen(d->role) > 0 && strlen(d->role) <= ROLE_COLUMNS);
		assert_true(links[i].since <= links[i].until);
	}
}

static const char *const asked_for[] = {
	"azure-gen1",
	"azure-gen2",
	"gcp-nvme",
	"emmc-sd",
	"ufs",
	"iscsi",
	"nutanix-ahv",
	"oracle-cloud",
	"parallels",
	"virtualbox-nvme",
	"kvm-nvme",
	"physical-ide",
	"physical-ahci",
	"physical-nvme",
	"physical-raid",
	"physical-vmd",
	"usb",
	"virtual-pc",
	"hyperv-gen1",
	"hyperv-gen2",
	"azure",
	"azure-nvme",
	"aws-nitro",
	"gcp",
	"vmware-lsi-sas",
	"vmware-sata",
	"vmware-lsi-parallel",
	"vmware-nvme",
	"vmware-pvscsi",
	"vmware-ide",
	"kvm-virtio-blk",
	"kvm-virtio-scsi",
	"kvm-sata",
	"kvm-ide",
	"virtualbox-sata",
	"virtualbox-ide",
	"xen",
	"vhd-on-ide",
	"vhd-on-ahci",
	"vhd-on-nvme",
	"vhd-on-raid",
	"vhd-on-vmd",
	"vhd-on-usb",
};

static void test_targets(void **state)
{
	size_t n, core;
	const struct target *t = catalogue_targets(&n);
	const struct link *links = catalogue_core(&core);
	(void)state;
	assert_true(n >= 7);
	check_links(links, core);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(catalogue_target(t[i].id), &t[i]);
		assert_true(strlen(t[i].id) <= 19);
		assert_true(strlen(t[i].words) > 0 && strlen(t[i].words) <= WORDS_COLUMNS);
		assert_true(strlen(t[i].title) > 0);
		assert_non_null(t[i].links[0].service);
		bool vhd = strncmp(t[i].id, "vhd-on-", 7) == 0, usb = strstr(t[i].id, "usb");
		assert_true(t[i].ids && t[i].ids[0]);
		assert_true(i == 0 || t[i - 1].group <= t[i].group);
		assert_int_equal(t[i].native, vhd);
		assert_int_equal(t[i].native, t[i].group == GROUP_VHD);
		if (vhd || usb)
			assert_int_equal(t[i].boot_flags, (vhd ? 0x02 : 0) | (usb ? 0x14 : 0));
		assert_int_equal(t[i].own_controllers, strstr(t[i].id, "raid") != NULL);
		check_links(t[i].links, 16);
	}
	for (size_t i = 0; i < sizeof(asked_for) / sizeof(asked_for[0]); i++)
		assert_non_null(catalogue_target(asked_for[i]));
	assert_null(catalogue_target("portable"));
	assert_null(catalogue_target("last"));
	assert_null(catalogue_target("physical"));
}

/* The controller chain of a target for a release, as "a b c". */
static void expect_chain(const char *id, uint16_t release, const char *expected)
{
	char found[256] = "";
	const struct target *t = catalogue_target(id);
	assert_non_null(t);
	for (const struct link *l = t->links; l->service; l++) {
		if (!release_within(release, l->since, l->until))
			continue;
		if (*found)
			strcat(found, " ");
		strcat(found, l->service);
	}
	assert_string_equal(found, expected);
}

static void test_chains(void **state)
{
	(void)state;
	expect_chain("physical-ahci", WIN_7, "pci msahci");
	expect_chain("physical-ahci", WIN_8, "pci storahci");
	expect_chain("physical-ahci", WIN_10, "pci storahci");
	expect_chain("physical-ide", WIN_7, "pci pciide intelide atapi");
	expect_chain("physical-ide", WIN_NT4, "atapi");
	expect_chain("physical-nvme", WIN_10, "pci stornvme");
	expect_chain("virtual-pc", WIN_7, "pci intelide atapi");
	expect_chain("hyperv-gen1", WIN_XP, "pci intelide atapi");
	expect_chain("hyperv-gen1", WIN_10, "pci intelide atapi vmbus storvsc storflt");
	expect_chain("hyperv-gen2", WIN_10, "vmbus storvsc");
	expect_chain("vmware-lsi-sas", WIN_7, "pci LSI_SAS");
	expect_chain("vmware-sata", WIN_7, "pci msahci");
	expect_chain("vmware-nvme", WIN_10, "pci stornvme");
	expect_chain("kvm-sata", WIN_10, "pci storahci");
	expect_chain("kvm-ide", WIN_7, "pci intelide atapi");
	expect_chain("virtualbox-sata", WIN_81, "pci storahci");
	expect_chain("virtualbox-ide", WIN_XP, "pci intelide atapi");
	expect_chain("physical-raid", WIN_10, "pci");
	expect_chain("physical-vmd", WIN_10, "pci iaStorVD");
	expect_chain("azure", WIN_10, "pci intelide atapi vmbus storvsc storflt");
	expect_chain("azure-gen1", WIN_10, "pci intelide atapi vmbus storvsc storflt");
	expect_chain("azure-gen2", WIN_10, "vmbus storvsc");
	expect_chain("emmc-sd", WIN_10, "pci sdbus sdstor");
	expect_chain("ufs", WIN_10, "pci storufs");
	expect_chain("iscsi", WIN_10, "pci iScsiPrt");
	expect_chain("gcp-nvme", WIN_10, "pci stornvme");
	expect_chain("kvm-nvme", WIN_10, "pci stornvme");
	expect_chain("virtualbox-nvme", WIN_10, "pci stornvme");
	expect_chain("nutanix-ahv", WIN_10, "pci vioscsi");
	expect_chain("oracle-cloud", WIN_10, "pci vioscsi");
	expect_chain("parallels", WIN_7, "pci msahci");
	expect_chain("azure-nvme", WIN_10, "vmbus vpci pci stornvme");
	expect_chain("aws-nitro", WIN_7, "pci AWSNVMe");
	expect_chain("aws-nitro", WIN_10, "pci stornvme");
	expect_chain("gcp", WIN_10, "pci vioscsi");
	expect_chain("vmware-lsi-parallel", WIN_XP, "pci symmpi");
	expect_chain("vmware-lsi-parallel", WIN_7, "pci LSI_SCSI");
	expect_chain("usb", WIN_7, "pci usbehci usbhub usbccgp USBSTOR");
	expect_chain("usb", WIN_10,
		     "pci usbehci usbhub USBXHCI UCX01000 USBHUB3 usbccgp USBSTOR UASPStor");
	expect_chain("vhd-on-ide", WIN_7, "pci pciide intelide atapi vdrvroot vhdmp FsDepends");
	expect_chain("vhd-on-ahci", WIN_7, "pci msahci vdrvroot vhdmp FsDepends");
	expect_chain("vhd-on-nvme", WIN_10, "pci stornvme vdrvroot vhdmp FsDepends");
	expect_chain("vhd-on-raid", WIN_10, "pci vdrvroot vhdmp FsDepends");
	expect_chain("vhd-on-vmd", WIN_10, "pci iaStorVD vdrvroot vhdmp FsDepends");
	expect_chain("vhd-on-usb", WIN_7,
		     "pci usbehci usbhub usbccgp USBSTOR vdrvroot vhdmp FsDepends");
}

/* Where Windows cannot run at all, which is not the same as lacking a driver. */
static void test_where_each_runs(void **state)
{
	static const struct {
		const char *id;
		unsigned since, runs;
		enum firmware firmware;
	} cases[] = {
		{"physical-ide", WIN_ANY, ARCH_X86 | ARCH_X64, FIRMWARE_BIOS},
		{"physical-ahci", WIN_2000, 0, FIRMWARE_ANY},
		{"physical-nvme", WIN_XP, 0, FIRMWARE_ANY},
		{"physical-vmd", WIN_7, ARCH_X86 | ARCH_X64, FIRMWARE_UEFI},
		{"emmc-sd", WIN_8, 0, FIRMWARE_UEFI},
		{"vhd-on-usb", WIN_7, 0, FIRMWARE_ANY},
		{"hyperv-gen1", WIN_ANY, ARCH_X86 | ARCH_X64, FIRMWARE_BIOS},
		{"hyperv-gen2", WIN_8, ARCH_X64 | ARCH_ARM64, FIRMWARE_UEFI},
		{"azure-gen1", WIN_7, ARCH_X64, FIRMWARE_BIOS},
		{"azure-gen2", WIN_8, ARCH_X64 | ARCH_ARM64, FIRMWARE_UEFI},
		{"azure-nvme", WIN_81, ARCH_X64 | ARCH_ARM64, FIRMWARE_UEFI},
		{"vmware-lsi-parallel", WIN_XP, ARCH_X86 | ARCH_X64, FIRMWARE_BIOS},
		{"vmware-ide", WIN_ANY, ARCH_X86 | ARCH_X64, FIRMWARE_ANY},
		{"gcp", WIN_7, ARCH_X64, FIRMWARE_ANY},
		{"virtual-pc", WIN_ANY, ARCH_X86, FIRMWARE_BIOS},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct target *t = catalogue_target(cases[i].id);
		assert_int_equal(t->since, cases[i].since);
		assert_int_equal(t->runs, cases[i].runs);
		assert_int_equal(t->firmware, cases[i].firmware);
	}
	assert_int_equal(catalogue_target("kvm-virtio-blk")->portable, PORTABLE_IF_PRESENT);
	assert_int_equal(catalogue_target("vmware-pvscsi")->portable, PORTABLE_IF_PRESENT);
	assert_int_equal(catalogue_target("kvm-sata")->portable, PORTABLE_YES);
}

static void test_aliases(void **state)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	(void)state;
	assert_string_equal(catalogue_target("azure")->id, "azure-gen1");
	for (size_t i = 0; i < n; i++) {
		for (const char *const *a = all[i].aliases; a && *a; a++) {
			assert_ptr_equal(catalogue_target(*a), &all[i]);
			assert_string_not_equal(*a, all[i].id);
		}
	}
}

/* Each target's own controller, by the id that only it shows. */
static void test_own_ids(void **state)
{
	static const struct {
		const char *id, *first, *service;
		bool every;
	} cases[] = {
		{"kvm-ide", "PCI\\VEN_8086&DEV_7010", "intelide", false},
		{"virtual-pc", "PCI\\VEN_8086&DEV_7111", "intelide", false},
		{"hyperv-gen1", "PCI\\VEN_8086&DEV_7111", "intelide", false},
		{"vmware-ide", "PCI\\VEN_8086&DEV_7111", "intelide", false},
		{"virtualbox-ide", "PCI\\VEN_8086&DEV_7111", "intelide", false},
		{"physical-ide", "PCI\\CC_0101", "pciide", false},
		{"physical-vmd", "PCI\\VEN_8086&DEV_9A0B", "iaStorVD", false},
		{"kvm-virtio-blk", "PCI\\VEN_1AF4&DEV_1001", "viostor", true},
		{"kvm-virtio-scsi", "PCI\\VEN_1AF4&DEV_1004", "vioscsi", true},
		{"emmc-sd", "PCI\\CC_080501", "sdbus", false},
		{"xen", "PCI\\VEN_5853&DEV_0001", "xenbus", false},
	};
	size_t n;
	const struct target *all = catalogue_targets(&n);
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct target *t = catalogue_target(cases[i].id);
		assert_string_equal(t->ids[0], cases[i].first);
		assert_true(catalogue_is_own(t, cases[i].service));
		assert_int_equal(t->every_id, cases[i].every);
	}
	assert_false(catalogue_is_own(catalogue_target("kvm-ide"), "atapi"));
	assert_false(catalogue_is_own(catalogue_target("physical-ide"), "intelide"));
	for (size_t i = 0; i < n; i++) {
		bool any = all[i].own_controllers;
		for (const struct link *l = all[i].links; l->service; l++)
			any |= catalogue_is_own(&all[i], l->service);
		assert_true(any);
	}
	assert_true(catalogue_id_covers("PCI\\VEN_1AF4&DEV_1001", "pci\\ven_1af4&dev_1001&rev_00"));
	assert_false(catalogue_id_covers("PCI\\CC_0101", "PCI\\CC_010185"));
	assert_false(catalogue_id_covers("PCI\\CC_010601", "PCI\\CC_0106"));
}

#define BLK "PCI\\VEN_1AF4&DEV_1001"
#define VMD "PCI\\VEN_8086&DEV_9A0B"
#define SAS "PCI\\VEN_1000&DEV_0054&SUBSYS_197615AD&REV_01"

/* An id of another board is none of the target's; one of a board that nobody knows may be. */
static void test_boards(void **state)
{
	static const struct {
		const char *id, *bound;
		enum id_shown shown;
	} cases[] = {
		{BLK, BLK, ID_SHOWN},
		{BLK, BLK "&REV_00", ID_SHOWN},
		{BLK, BLK "&subsys_00021af4", ID_SHOWN},
		{BLK, BLK "&SUBSYS_00021AF4&REV_00", ID_SHOWN},
		{BLK, BLK "&SUBSYS_00081AF4&REV_00", ID_NOT_SHOWN},
		{BLK, BLK "&SUBSYS_00021AF40", ID_NOT_SHOWN},
		{BLK, "PCI\\VEN_1AF4&DEV_10010", ID_NOT_SHOWN},
		{VMD, VMD "&CC_0104", ID_SHOWN},
		{VMD, VMD "&SUBSYS_88888086", ID_ON_SOME_BOARDS},
		{VMD, "PCI\\VEN_8086&DEV_467F&SUBSYS_88888086", ID_NOT_SHOWN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(catalogue_id_shown(cases[i].id, cases[i].bound), cases[i].shown);
	assert_true(catalogue_device_shows(SAS, "PCI\\VEN_1000&DEV_0054"));
	assert_true(catalogue_device_shows(SAS, "pci\\ven_1000&dev_0054&rev_01"));
	assert_true(catalogue_device_shows(SAS, "PCI\\VEN_1000&DEV_0054&SUBSYS_197615AD"));
	assert_true(catalogue_device_shows("ROOT\\ISCSIPRT", "Root\\iscsiprt"));
	assert_false(catalogue_device_shows(SAS, "PCI\\VEN_1000&DEV_0054&SUBSYS_1F041028"));
	assert_false(catalogue_device_shows(SAS, "PCI\\VEN_1000&DEV_0054&REV_02"));
	assert_false(catalogue_device_shows(SAS, "PCI\\VEN_1000&DEV_005"));
	assert_false(catalogue_device_shows(SAS, "PCI\\VEN_1000"));
	assert_false(catalogue_device_shows(SAS, "PCI\\VEN_1000&REV_01"));
}

/* The core stack of a release, as "a b c". */
static void expect_core(uint16_t release, const char *expected)
{
	char found[256] = "";
	size_t n;
	const struct link *core = catalogue_core(&n);
	for (size_t i = 0; i < n; i++) {
		if (core[i].need != NEED_CERTAIN ||
		    !release_within(release, core[i].since, core[i].until))
			continue;
		if (*found)
			strcat(found, " ");
		strcat(found, core[i].service);
	}
	assert_string_equal(found, expected);
}

static void test_core(void **state)
{
	(void)state;
	expect_core(WIN_NT4, "disk");
	expect_core(WIN_2000, "ACPI disk partmgr Ftdisk mountmgr");
	expect_core(WIN_XP, "ACPI disk partmgr Ftdisk volsnap mountmgr");
	expect_core(WIN_7, "ACPI disk partmgr volmgr volsnap mountmgr");
	expect_core(WIN_10, "ACPI disk partmgr volmgr volume volsnap mountmgr");
}

static void test_buses_above(void **state)
{
	const char *const *above = catalogue_driver("atapi")->above;
	(void)state;
	assert_string_equal(above[0], "intelide");
	assert_string_equal(above[1], "pciide");
	assert_string_equal(catalogue_driver("storvsc")->above[0], "vmbus");
	assert_null(catalogue_driver("storvsc")->above[1]);
	assert_null(catalogue_driver("storahci")->above);
}

static void test_devices(void **state)
{
	size_t n;
	const struct device *d = catalogue_devices(&n);
	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct driver *driver = catalogue_driver(d[i].service);
		assert_non_null(driver);
		assert_true(d[i].since <= d[i].until);
		assert_true(i == 0 || text_casecmp(d[i - 1].id, d[i].id) <= 0);
		assert_true(strlen(d[i].id) < 63);
		assert_int_equal(strlen(d[i].class_guid), 38);
		assert_int_equal(d[i].generic, strncmp(d[i].id, "PCI\\CC_", 7) == 0);
		if (driver->since <= driver->until) {
			assert_true(d[i].since >= driver->since);
			assert_true(d[i].until <= driver->until);
		}
	}
}

/* What can be made again is what Windows brings, with the group and path of that release. */
static void test_forms(void **state)
{
	static const struct {
		const char *service;
		uint16_t release;
		uint32_t type, start, error_control, boot_flags;
		const char *group, *path;
	} expected[] = {
		{"MSAHCI", WIN_7, 1, 0, 3, 0, "SCSI Miniport", "system32\\drivers\\msahci.sys"},
		{"msahci", WIN_VISTA, 1, 0, 3, 0, "SCSI Miniport", "system32\\drivers\\msahci.sys"},
		{"storahci", WIN_10, 1, 0, 3, 0, "SCSI Miniport",
		 "System32\\drivers\\storahci.sys"},
		{"pciide", WIN_XP, 1, 0, 1, 0, "System Bus Extender",
		 "system32\\DRIVERS\\pciide.sys"},
		{"partmgr", WIN_2003, 1, 0, 1, 0, "System Bus Extender", NULL},
		{"disk", WIN_81, 1, 0, 1, 0, NULL, "System32\\drivers\\disk.sys"},
		{"storflt", WIN_10, 1, 0, 1, 0, "Extended Base", "System32\\drivers\\vmstorfl.sys"},
		{"ACPI", WIN_8, 1, 0, 3, 0, "Core", "System32\\drivers\\ACPI.sys"},
		{"FsDepends", WIN_7, 2, 3, 3, 2, "Filter", "System32\\drivers\\FsDepends.sys"},
		{"vhdmp", WIN_10, 1, 3, 1, 2, "SCSI miniport",
		 "\\SystemRoot\\System32\\drivers\\vhdmp.sys"},
	};
	static const struct {
		const char *service;
		uint16_t release;
	} none[] = {{"viostor", WIN_10},  {"msahci", WIN_10},   {"storahci", WIN_7},
		    {"stornvme", WIN_8},  {"disk", WIN_2000},   {"disk", WIN_NT4},
		    {"vmbus", WIN_VISTA}, {"volume", WIN_81},   {"disk", 0},
		    {"vpci", WIN_8},      {"nonesuch", WIN_10}, {"iorate", WIN_81}};
	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct service_form *f = catalogue_form(expected[i].service,
							      expected[i].release);
		assert_non_null(f);
		assert_int_equal(f->type, expected[i].type);
		assert_int_equal(f->start, expected[i].start);
		assert_int_equal(f->error_control, expected[i].error_control);
		assert_int_equal(f->boot_flags, expected[i].boot_flags);
		assert_true(text_equal(f->group, expected[i].group));
		assert_true(text_equal(f->image_path, expected[i].path));
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(catalogue_form(none[i].service, none[i].release));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drivers_are_known),
		cmocka_unit_test(test_normal_demand_start),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_inbox_ranges),
		cmocka_unit_test(test_release_within),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_where_each_runs),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_own_ids),
		cmocka_unit_test(test_boards),
		cmocka_unit_test(test_core),
		cmocka_unit_test(test_buses_above),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
