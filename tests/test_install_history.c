/* SPDX-License-Identifier: MIT */
/*
 * The parts of the model that are no services: history, setup state, single values, filters of
 * devices, device databases, and files that belong to no service. From hives written as text and
 * volumes filled for the purpose.
 */
#include "install_test.h"

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define ONE_DRIVER       DRIVER("001", "disk", "0")
#define DISK_GUID        "{4D36E967-E325-11CE-BFC1-08002BE10318}"

static void read_text_hive(struct bench *b, const char *text)
{
	char whole[6144];
	struct err err = {0};
	snprintf(whole, sizeof(whole), "%s%s", SELECT ONE_DRIVER, text);
	if (model_of(b, whole, &err) < 0)
		fail_msg("%s", err.text);
}

static void expect_sentence(struct bench *b, size_t i, const char *expected)
{
	if (i >= b->inst.n_history)
		fail_msg("only %zu sentences, not \"%s\"", b->inst.n_history, expected);
	assert_string_equal(b->inst.history[i].plain, expected);
}

/* ---- history ---- */

static void test_machines(void **state)
{
	struct bench *b = *state;
	read_text_hive(b, "[HardwareConfig]\n\"LastConfig\"=\"{b}\"\n\"LastId\"=dword:1\n\n"
			  "[HardwareConfig\\{a}]\n\"Id\"=dword:0\n\"SystemManufacturer\"=\"Dell\"\n"
			  "\"SystemProductName\"=\"X1\"\n"
			  "\"LastUse\"=hex:80,11,0a,5e,93,e2,d5,01\n\n"
			  "[HardwareConfig\\{b}]\n\"Id\"=dword:1\n\"BootDriverFlags\"=dword:1c\n"
			  "\"SystemBiosVersion\"=multi:\"VBOX   - 1\",\"x\"\n"
			  "\"LastUse\"=hex:c0,de,bf,24,2a,16,d6,01\n\n"
			  "[HardwareConfig\\{c}]\n\"LastUse\"=hex:01,02\n\n"
			  "[HardwareConfig\\Other]\n");
	assert_int_equal(b->inst.n_machines, 3);
	assert_string_equal(b->inst.machines[0].config, "{b}");
	assert_string_equal(b->inst.machines[1].manufacturer, "Dell");
	assert_string_equal(b->inst.machines[1].id, "0");
	assert_int_equal(b->inst.machines[2].last_use, 0);
	assert_null(b->inst.machines[2].id);
	assert_int_equal(b->inst.machines[0].boot_driver_flags.value, 0x1c);
	assert_false(b->inst.machines[1].boot_driver_flags.known);
	expect_sentence(b, 0, "Last ran on a machine with BIOS VBOX   - 1 (2020-04-19).");
	expect_sentence(b, 1, "Before that on Dell X1 (2020-02-13).");
	expect_sentence(b, 2, "Before that on a machine without a name.");
}

static void test_drive_c(void **state)
{
	static const struct {
		const char *data, *sentence;
	} cases[] = {
		{"3e,a0,be,5c,00,00,10,00,00,00,00,00",
		 "C: was at byte 1048576 of the MBR disk 5cbea03e."},
		{"44,4d,49,4f,3a,49,44,3a,03,00,b7,57,00,10,00,40,80,07,00,00,00,00,00,03",
		 "C: was the GPT partition 57b70003-1000-4000-8007-000000000003."},
		{"44,4d,49,4f,3a,49,44,3b,03,00,b7,57,00,10,00,40,80,07,00,00,00,00,00,03",
		 "C: was on a removable or virtual device."},
		{"5c,00,3f,00", "C: was on a removable or virtual device."},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[512];
		snprintf(text, sizeof(text), "[MountedDevices]\n\"\\\\DosDevices\\\\C:\"=hex:%s\n",
			 cases[i].data);
		read_text_hive(b, text);
		expect_sentence(b, 0, cases[i].sentence);
		assert_int_equal(b->inst.letter_c.len, (strlen(cases[i].data) + 1) / 3);
	}
	read_text_hive(b, "");
	assert_null(b->inst.drive_c);
	assert_int_equal(b->inst.letter_c.len, 0);
	assert_int_equal(b->inst.n_history, 0);
}

#define SETUP_VALUES(type, progress, command, oobe)                                                \
	"[Setup]\n\"SetupType\"=dword:" type "\n\"SystemSetupInProgress\"=dword:" progress         \
	"\n\"CmdLine\"=\"" command "\"\n\"OOBEInProgress\"=dword:" oobe "\n\n"

static void test_setup_state(void **state)
{
	static const struct {
		const char *text;
		enum setup_state state;
		uint32_t generalization;
		size_t sentences;
	} cases[] = {
		{"", SETUP_DONE, 0, 0},
		{SETUP_VALUES("0", "0", "setup -newsetup", "0"), SETUP_DONE, 0, 0},
		{SETUP_VALUES("0", "1", "", "0"), SETUP_RUNNING, 0, 1},
		{SETUP_VALUES("2", "1", "oobe\\\\windeploy.exe", "1"), SETUP_SPECIALIZE, 0, 1},
		{SETUP_VALUES("2", "0", "oobe\\\\msoobe.exe", "1"), SETUP_OOBE, 0, 1},
		{SETUP_VALUES("1", "1", "setup.exe", "0"), SETUP_RUNNING, 0, 1},
		{SETUP_VALUES("0", "0", "", "0") "[Setup\\Status]\n\"AuditBoot\"=dword:1\n",
		 SETUP_AUDIT, 0, 1},
		{SETUP_VALUES("0", "0", "", "0") "[Setup\\Status\\SysprepStatus]\n"
						 "\"GeneralizationState\"=dword:7\n",
		 SETUP_DONE, 7, 0},
		{SETUP_VALUES("0", "0", "", "0") "[Setup\\Status\\SysprepStatus]\n"
						 "\"GeneralizationState\"=dword:3\n",
		 SETUP_DONE, 3, 1},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_text_hive(b, cases[i].text);
		assert_int_equal(b->inst.setup, cases[i].state);
		assert_int_equal(b->inst.generalization, cases[i].generalization);
		assert_int_equal(b->inst.n_history, cases[i].sentences);
	}
	assert_string_equal(setup_words(SETUP_DONE), "");
	assert_string_equal(setup_words(SETUP_AUDIT), "in audit mode");
}

static void test_last_boot(void **state)
{
	struct bench *b = *state;
	read_text_hive(b, "[ControlSet001\\Control\\Windows]\n"
			  "\"ShutdownTime\"=hex:33,d7,29,75,06,12,cd,01\n\n"
			  "[ControlSet001\\Services\\storvsc]\n\"Start\"=dword:0\n\n"
			  "[ControlSet001\\Services\\msahci]\n\"Start\"=dword:3\n\n"
			  "[ControlSet001\\Enum\\VMBUS\\{ba}\\0]\n\"Service\"=\"storvsc\"\n\n"
			  "[ControlSet001\\Enum\\VMBUS\\{bb}\\0]\n\"Service\"=\"STORVSC\"\n\n"
			  "[ControlSet001\\Enum\\PCI\\VEN_1\\0]\n\"Service\"=\"msahci\"\n");
	assert_int_equal(b->inst.n_history, 3);
	expect_sentence(b, 0, "It knows devices of Hyper-V.");
	expect_sentence(b, 1, "Controllers it knows and starts: storvsc.");
	expect_sentence(b, 2, "Shut down 2012-04-04T01:58:40Z.");
}

static void test_changed(void **state)
{
	(void)state;
	assert_int_equal(service_changed(&(struct service){.written = 5}), 5);
	assert_int_equal(service_changed(&(struct service){.written = 1, .file = {.modified = 8}}),
			 8);
}

/* ---- single values ---- */

static void test_policy(void **state)
{
	struct bench *b = *state;
	read_text_hive(b,
		       "[ControlSet001\\Services\\partmgr\\Parameters]\n\"SanPolicy\"=dword:3\n\n"
		       "[ControlSet001\\Control]\n\"BootDriverFlags\"=\"text\"\n"
		       "\"PortableOperatingSystem\"=dword:1\n\n"
		       "[ControlSet001\\Control\\PnP]\n\"PollBootPartitionTimeout\"=dword:64\n\n"
		       "[ControlSet001\\Services\\FsDepends\\Parameters]\n"
		       "\"VirtualDiskExpandOnMount\"=dword:4\n\n"
		       "[ControlSet001\\Control\\Session Manager]\n"
		       "\"BootExecute\"=multi:\"autocheck autochk *\",\"x y\"\n"
		       "\"SetupExecute\"=multi:\n"
		       "\"PendingFileRenameOperations\"=multi:\"a\"\n");
	const struct control_set *set = &b->inst.sets[0];
	assert_true(set->san_policy.known);
	assert_int_equal(set->san_policy.value, 3);
	assert_false(set->boot_driver_flags.known);
	assert_true(set->portable_system.known && set->portable_system.value == 1);
	assert_int_equal(set->poll_timeout.value, 100);
	assert_int_equal(set->expand_on_mount.value, 4);
	assert_int_equal(set->n_programs, 2);
	assert_string_equal(set->programs[1].command, "x y");
	assert_string_equal(set->programs[1].value, "BootExecute");
	assert_true(set->pending_renames);
	read_text_hive(b, "[ControlSet001\\Control\\Session Manager]\n"
			  "\"PendingFileRenameOperations\"=multi:\n\"BootExecute\"=\"text\"\n"
			  "\"SetupExecute\"=multi:\"poqexec\"\n");
	assert_false(b->inst.sets[0].pending_renames);
	assert_false(b->inst.sets[0].san_policy.known);
	assert_int_equal(b->inst.sets[0].n_programs, 1);
	assert_string_equal(b->inst.sets[0].programs[0].value, "SetupExecute");
	assert_true(noted(&b->inst, "BootExecute"));
}

/* ---- filters ---- */

static void test_device_filters(void **state)
{
	struct bench *b = *state;
	read_text_hive(b, "[ControlSet001\\Enum\\PCI\\VEN_1\\3&61]\n\"Service\"=\"msahci\"\n"
			  "\"LowerFilters\"=multi:\"b\"\n\"UpperFilters\"=multi:\"a\",\"aa\"\n\n"
			  "[ControlSet001\\Enum\\ACPI\\VMBus\\0]\n\"Service\"=\"vmbus\"\n\n"
			  "[ControlSet001\\Enum\\USB\\V\\1]\n\"UpperFilters\"=multi:\"u\"\n");
	const struct control_set *set = &b->inst.sets[0];
	assert_int_equal(set->n_device_filters, 3);
	assert_string_equal(set->device_filters[1].service, "aa");
	assert_string_equal(set->device_filters[1].value, "UpperFilters");
	assert_string_equal(set->device_filters[2].service, "b");
	assert_string_equal(set->device_filters[2].class_name, "PCI\\VEN_1\\3&61");
	assert_string_equal(set->device_filters[2].key, "ControlSet001\\Enum\\PCI\\VEN_1\\3&61");
	assert_string_equal(set->device_filters[2].device_service, "msahci");
	assert_true(set->old_hyperv_nodes);
	assert_false(set->new_hyperv_nodes);
	read_text_hive(b, "[ControlSet001\\Enum\\ACPI\\MSFT1000\\0]\n\"Service\"=\"vmbus\"\n");
	assert_true(b->inst.sets[0].new_hyperv_nodes);
	assert_false(b->inst.sets[0].old_hyperv_nodes);
}

static void test_classes(void **state)
{
	struct bench *b = *state;
	read_text_hive(b, "[ControlSet001\\Control\\Class\\" DISK_GUID "]\n"
			  "\"UpperFilters\"=hex(7):41,00,00,00,01,d8,00,00,00,00\n");
	const struct control_set *set = &b->inst.sets[0];
	assert_int_equal(set->n_classes, 1);
	assert_string_equal(set->classes[0].name, "DiskDrive");
	assert_int_equal(set->n_filters, 2);
	assert_int_equal(set->filters[0].stored.len, 2);
	assert_int_equal(set->filters[1].stored.len, 2);
	assert_int_equal(le16(set->filters[1].stored, 0), 0xd801);
	assert_false(set->classes[0].unreadable);
	read_text_hive(b, "[ControlSet001\\Control\\Class\\" DISK_GUID "]\n"
			  "\"UpperFilters\"=\"partmgr\"\n\"LowerFilters\"=multi:\"x\"\n");
	assert_true(b->inst.sets[0].classes[0].unreadable);
	assert_int_equal(b->inst.sets[0].n_filters, 1);
}

/* ---- device databases ---- */

static void test_critical_devices(void **state)
{
	struct bench *b = *state;
	read_text_hive(b, "[ControlSet001\\Control\\CriticalDeviceDatabase\\pci#cc_0101]\n"
			  "\"Service\"=\"pciide\"\n\n"
			  "[ControlSet001\\Control\\CriticalDeviceDatabase\\GENDISK]\n\n"
			  "[ControlSet001\\Control\\CriticalDeviceDatabase\\unknown]\n"
			  "\"Service\"=\"x\"\n\n"
			  "[ControlSet002\\Services\\disk]\n\"Start\"=dword:0\n");
	const struct control_set *set = &b->inst.sets[0];
	assert_true(set->has_critical_devices);
	assert_false(b->inst.sets[1].has_critical_devices);
	assert_int_equal(set->n_bindings, 2);
	const struct binding *ide = binding_at(&b->inst, set, "PCI\\CC_0101");
	assert_string_equal(ide->service, "pciide");
	assert_string_equal(ide->key,
			    "ControlSet001\\Control\\CriticalDeviceDatabase\\pci#cc_0101");
	assert_null(binding_at(&b->inst, set, "GenDisk")->service);
	assert_null(binding_at(&b->inst, set, "PCI\\CC_010601"));
	assert_null(binding_at(&b->inst, &b->inst.sets[1], "PCI\\CC_0101"));
	read_text_hive(b, "[ControlSet002\\Services\\disk]\n\"Start\"=dword:0\n\n"
			  "[ControlSet002\\Control\\CriticalDeviceDatabase\\gendisk]\n"
			  "\"Service\"=\"disk\"\n");
	assert_non_null(binding_at(&b->inst, &b->inst.sets[1], "GenDisk"));
}

/* ---- files ---- */

static void expect_absent(struct bench *b, const char *service, enum file_state state)
{
	const struct driver_file *f = install_absent_file(&b->inst, service);
	assert_non_null(f);
	assert_int_equal(f->state, state);
}

static void test_files(void **state)
{
	static const char *const names[] = {"disk",    "msahci",  "pciide",
					    "storflt", "viostor", "stornvme"};
	const struct install_files_wanted wanted = {names, COUNT(names)};
	struct bench *b = *state;
	struct err err = {0};
	struct install edited;
	read_text_hive(
		b,
		DRIVER("001", "pcw",
		       "0") "[ControlSet001\\Services\\pciide]\n\n"
			    "[ControlSet001\\Control\\Session Manager]\n"
			    "\"BootExecute\"=multi:\"autocheck autochk *\",\"lost /x\",\"run.exe\","
			    "\"C:\\\\x\\\\y\"\n");
	write_driver(b, "driver", "x86");
	open_volume(b, "file \\Windows\\System32\\drivers\\msahci.sys driver\n"
		       "fill \\Windows\\System32\\drivers\\pciide.sys 0 00\n"
		       "file \\Windows\\System32\\drivers\\vmstorfl.sys driver\n"
		       "fill \\Windows\\System32\\autochk.exe 9 4d\n"
		       "fill \\Windows\\System32\\run.exe 9 4d\n"
		       "fill \\Windows\\WinSxS\\pending.xml 9 3c\n");
	assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &wanted, &err), 0);
	expect_absent(b, "MSAHCI", FILE_PRESENT);
	expect_absent(b, "pciide", FILE_EMPTY);
	expect_absent(b, "storflt", FILE_PRESENT);
	expect_absent(b, "viostor", FILE_MISSING);
	assert_null(install_absent_file(&b->inst, "disk"));
	assert_null(install_absent_file(&b->inst, "stornvme"));
	assert_int_equal(b->inst.pending_xml.state, FILE_PRESENT);
	const struct boot_program *programs = b->inst.sets[0].programs;
	assert_int_equal(programs[0].file.state, FILE_PRESENT);
	assert_int_equal(programs[1].file.state, FILE_MISSING);
	assert_int_equal(programs[2].file.state, FILE_PRESENT);
	assert_int_equal(programs[3].file.state, FILE_UNCHECKED);

	/* Made again, a service has the file that was there; with another path it is not known. */
	const struct install before = b->inst;
	read_text_hive(b,
		       "[ControlSet001\\Services\\msahci]\n\"Start\"=dword:0\n"
		       "\"ImagePath\"=\"\\\\SystemRoot\\\\System32\\\\Drivers\\\\msahci.sys\"\n\n"
		       "[ControlSet001\\Services\\pciide]\n\"Start\"=dword:0\n\n"
		       "[ControlSet001\\Services\\storflt]\n\"Start\"=dword:0\n"
		       "\"ImagePath\"=\"x\\\\vmstorfl.sys\"\n\n"
		       "[ControlSet001\\Control\\Session Manager]\n"
		       "\"BootExecute\"=multi:\"lost /x\"\n");
	edited = b->inst;
	install_copy_files(&before, &edited);
	b->inst = edited;
	assert_int_equal(service_of(b, 1, "msahci")->file.state, FILE_PRESENT);
	assert_int_equal(service_of(b, 1, "pciide")->file.state, FILE_EMPTY);
	assert_int_equal(service_of(b, 1, "storflt")->file.state, FILE_UNCHECKED);
	assert_int_equal(b->inst.sets[0].programs[0].file.state, FILE_MISSING);
	assert_int_equal(b->inst.pending_xml.state, FILE_PRESENT);
	expect_absent(b, "viostor", FILE_MISSING);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_machines),         IN_SCRATCH(test_drive_c),
		IN_SCRATCH(test_setup_state),      IN_SCRATCH(test_last_boot),
		IN_SCRATCH(test_changed),          IN_SCRATCH(test_policy),
		IN_SCRATCH(test_device_filters),   IN_SCRATCH(test_classes),
		IN_SCRATCH(test_critical_devices), IN_SCRATCH(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
