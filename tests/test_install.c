/* SPDX-License-Identifier: MIT */
/*
 * The model of an installation: from hives written as text by mkhive, from volumes filled by
 * ntfsfill (both named by FIXTURE_BIN, skipped without), and from real hives where the data
 * folder is present, compared with what another reader found in them.
 */
#include "install_real.h"
#include "install_test.h"

/* ---- words and paths ---- */

static void test_start_words(void **state)
{
	static const struct {
		uint32_t start;
		const char *words, *name;
	} cases[] = {{0, "0 Boot", "Boot"},           {1, "1 System", "System"},
		     {2, "2 Automatic", "Automatic"}, {3, "3 Manual", "Manual"},
		     {4, "4 Disabled", "Disabled"},   {5, "5", ""},
		     {START_ABSENT, "absent", ""},    {START_BAD, "bad type", ""}};
	char buf[24];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_string_equal(start_words(cases[i].start, buf), cases[i].words);
		assert_string_equal(start_name(cases[i].start), cases[i].name);
	}
}

static void test_image_path(void **state)
{
	static const struct {
		const char *path, *resolved;
	} cases[] = {
		{NULL, "\\Win7\\System32\\drivers\\x.sys"},
		{"", "\\Win7\\System32\\drivers\\x.sys"},
		{"system32\\drivers\\y.sys", "\\Win7\\system32\\drivers\\y.sys"},
		{"\\SystemRoot\\System32\\y.sys", "\\Win7\\System32\\y.sys"},
		{"\\systemroot\\a\\y.sys", "\\Win7\\a\\y.sys"},
		{"%SystemRoot%\\y.sys", "\\Win7\\y.sys"},
		{"\\??\\C:\\Tools\\y.sys", "\\Tools\\y.sys"},
		{"\\??\\D:\\win7\\y.sys", "\\win7\\y.sys"},
		{"C:\\Tools\\y.sys", "\\Tools\\y.sys"},
		{"\\??\\D:\\Tools\\y.sys", NULL},
		{"D:\\win7000\\y.sys", NULL},
		{"\\Device\\HarddiskVolume2\\y.sys", NULL},
		{"\\??\\C:", NULL},
		{"\\??\\", NULL},
		{"C", "\\Win7\\C"},
		{"\"C:\\Tools\\y.sys\" -k", "\\Tools\\y.sys"},
		{"system32\\y.SYS -k x.sys", "\\Win7\\system32\\y.SYS"},
		{"system32\\y.sys.old\\z.sys", "\\Win7\\system32\\y.sys.old\\z.sys"},
		{"system32\\a\\..\\.\\y.sys", "\\Win7\\system32\\y.sys"},
		{"..\\Other\\y.sys", "\\Other\\y.sys"},
		{"..\\..\\y.sys", NULL},
		{"a\\..\\..", NULL},
		{"C:\\a\\\\b\\", "\\a\\b"},
		{"%SystemDrive%\\Tools\\y.sys", "\\Tools\\y.sys"},
		{"%Temp%\\y.sys", NULL},
		{"\"", NULL},
		{" y.sys", "\\Win7\\y.sys"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *r = image_path_resolve(cases[i].path, "x", "\\Win7", b->arena);
		if (cases[i].resolved)
			assert_string_equal(r, cases[i].resolved);
		else
			assert_null(r);
	}
}

/* ---- hives written as text ---- */

static void test_select(void **state)
{
	static const struct {
		const char *text;
		unsigned boots;
		const char *note;
	} cases[] = {
		{"\"Current\"=dword:1\n\"Default\"=dword:3\n", 3, NULL},
		{"\"Current\"=dword:1\n", 1, NULL},
		{"\"Current\"=dword:3\n\"Default\"=dword:0\n", 3, NULL},
		{"\"Current\"=dword:1\n\"Default\"=dword:5\n", 1, "ControlSet005"},
		{"\"Current\"=dword:7\n\"Default\"=dword:5\n", 0, "Select names no"},
		{"\"Default\"=\"1\"\n", 0, "Select names no"},
		{"", 0, "Select names no"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[1024];
		struct err err = {0};
		snprintf(text, sizeof(text), "[Select]\n%s\n%s%s", cases[i].text,
			 DRIVER("003", "disk", "0"), DRIVER("001", "disk", "0"));
		assert_int_equal(model_of(b, text, &err), 0);
		assert_int_equal(b->inst.boots_with, cases[i].boots);
		assert_int_equal(b->inst.n_sets, 2);
		assert_int_equal(b->inst.sets[0].number, 1);
		assert_int_equal(b->inst.sets[1].number, 3);
		if (cases[i].note)
			assert_true(noted(&b->inst, cases[i].note));
	}
}

static void test_not_a_system_hive(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  "[Microsoft\\Windows]\n\"x\"=dword:1\n\n"
				  "[ControlSet1]\n\n[ControlSet0001]\n\n[ControlSet00x]\n\n"
				  "[ControlSet000]\n",
				  &err),
			 -1);
	assert_int_equal(err.code, E_NOWINDOWS);
	err_clear(&err);
	assert_int_equal(model_of(b, "[ControlSet002]\n", &err), 0);
	assert_int_equal(b->inst.boots_with, 0);
	assert_true(noted(&b->inst, "has no Services key"));
	assert_int_equal(model_of(b, DRIVER("001", "vdrvroot", "0"), &err), 0);
	assert_int_equal(b->inst.boots_with, 0);
	assert_string_equal(b->inst.version, "Windows 7");
}

static void test_machine_before_8(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT DRIVER("001", "disk", "0") "[ControlSet001\\Control\\SystemInformat"
							   "ion]\n\"SystemManufacturer\"=\"HP\"\n"
							   "\"SystemProductName\"=\"Z2\"\n",
			 &err),
		0);
	assert_string_equal(b->inst.manufacturer, "HP");
	assert_string_equal(b->inst.product, "Z2");
	assert_null(b->inst.last_id);
	assert_null(b->inst.last_config);
	assert_true(noted(&b->inst, "devices of the last machine"));
}

static void test_service_values(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT
			 "[ControlSet001\\Services\\Full]\n\"Start\"=dword:3\n\"Type\"=dword:2\n"
			 "\"ErrorControl\"=dword:3\n\"Tag\"=dword:21\n\"BootFlags\"=dword:14\n"
			 "\"Group\"=\"SCSI "
			 "Miniport\"\n\"ImagePath\"=expand:\"system32\\\\drivers\\\\f.sys\"\n"
			 "\"DisplayName\"=\"@f.inf,%d%;Full driver\"\n\n"
			 "[ControlSet001\\Services\\full\\StartOverride]\n\"0\"=dword:3\n\"7\"="
			 "\"x\"\n\n"
			 "[ControlSet001\\Services\\Empty]\n\n"
			 "[ControlSet001\\Services\\text]\n\"Start\"=\"0\"\n\"Group\"=\"\"\n"
			 "\"DisplayName\"=\"@f.dll,-1\"\n\n"
			 "[ControlSet001\\Services\\text\\StartOverride]\n\n"
			 "[HardwareConfig]\n\"LastId\"=dword:0\n\"LastConfig\"=\"{AB-12}\"\n\n"
			 "[HardwareConfig\\{ab-12}]\n\"SystemManufacturer\"=\"Dell\"\n"
			 "\"SystemProductName\"=\"X1\"\n",
			 &err),
		0);
	const struct service *s = service_of(b, 1, "FULL");
	assert_string_equal(s->name, "Full");
	assert_string_equal(s->key, "ControlSet001\\Services\\Full");
	assert_int_equal(s->start, 3);
	assert_int_equal(le32((struct span){b->bytes, HIVE_BASE * 4}, s->start_at), 3);
	assert_int_equal(s->type, 2);
	assert_int_equal(s->error_control, 3);
	assert_int_equal(s->tag, 0x21);
	assert_int_equal(s->boot_flags, 0x14);
	assert_string_equal(s->group, "SCSI Miniport");
	assert_string_equal(s->image_path, "system32\\drivers\\f.sys");
	assert_string_equal(s->display_name, "Full driver");
	assert_int_equal(s->n_overrides, 2);
	assert_string_equal(s->overrides[0].id, "0");
	assert_int_equal(s->overrides[0].value, 3);
	assert_int_equal(s->overrides[1].value, START_BAD);
	s = service_of(b, 1, "Empty");
	assert_int_equal(s->start, START_ABSENT);
	assert_int_equal(s->type, UINT32_MAX);
	assert_false(s->has_overrides);
	assert_null(s->group);
	s = service_of(b, 1, "text");
	assert_int_equal(s->start, START_BAD);
	assert_string_equal(s->start_type, "REG_SZ");
	assert_int_equal(s->start_at, 0);
	assert_null(s->display_name);
	assert_null(s->group);
	assert_true(s->has_overrides);
	assert_string_equal(b->inst.last_id, "0");
	assert_string_equal(b->inst.last_config, "AB-12");
	assert_string_equal(b->inst.manufacturer, "Dell");
	assert_string_equal(b->inst.product, "X1");
}

/* Types that the loader does not take: the first one of a service is kept. */
static void test_refused_values(void **state)
{
	static const struct {
		const char *values, *refused, *type;
	} cases[] = {
		{"\"ErrorControl\"=dword:1\n\"Group\"=\"Base\"\n\"ImagePath\"=\"a.sys\"\n", NULL,
		 NULL},
		{"\"ImagePath\"=expand:\"a.sys\"\n", NULL, NULL},
		{"\"ErrorControl\"=\"1\"\n", "ErrorControl", "REG_SZ"},
		{"\"ErrorControl\"=hex(4):1,0\n", "ErrorControl", "REG_DWORD of a wrong size"},
		{"\"Group\"=expand:\"Base\"\n", "Group", "REG_EXPAND_SZ"},
		{"\"ImagePath\"=multi:\"a.sys\"\n", "ImagePath", "REG_MULTI_SZ"},
		{"\"Group\"=dword:1\n\"ImagePath\"=dword:1\n", "Group", "REG_DWORD"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[512];
		struct err err = {0};
		snprintf(text, sizeof(text),
			 SELECT "[ControlSet001\\Services\\x]\n\"Start\"=dword:0\n%s",
			 cases[i].values);
		assert_int_equal(model_of(b, text, &err), 0);
		const struct service *s = service_of(b, 1, "x");
		assert_int_equal(s->refused != NULL, cases[i].refused != NULL);
		if (!s->refused)
			continue;
		assert_string_equal(s->refused, cases[i].refused);
		assert_string_equal(s->refused_type, cases[i].type);
	}
}

static void test_effective_start(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT DRIVER("001", "a",
				       "0") "[ControlSet001\\Services\\a\\StartOverride]"
					    "\n\"2\"=dword:3\n\n" DRIVER(
						    "001", "b",
						    "0") "[ControlSet001\\Services\\b\\S"
							 "tartOverride]\n\"1\"=dword:"
							 "3\n\n" DRIVER(
								 "001", "c",
								 "3") "[ControlSe"
								      "t001\\Serv"
								      "ices\\c\\S"
								      "tartOverri"
								      "de]"
								      "\n\"2\"="
								      "dword:"
								      "0\n"
								      "\n" DRIVER(
									      "001", "d",
									      "3") "[HardwareConfig"
										   "]\n\"LastId\"="
										   "dword:2\n",
			 &err),
		0);
	assert_int_equal(service_of(b, 1, "a")->effective_start, 3);
	assert_int_equal(service_of(b, 1, "b")->effective_start, 0);
	assert_int_equal(service_of(b, 1, "c")->effective_start, 0);
	assert_int_equal(service_of(b, 1, "d")->effective_start, 3);
}

static void test_version(void **state)
{
	static const struct {
		const char *text;
		uint16_t release;
		const char *version, *architecture;
	} cases[] = {
		{DRIVER("001", "vdrvroot", "0") DRIVER("001", "volmgr", "0"), WIN_7, "Windows 7",
		 NULL},
		{DRIVER("001", "volmgr", "0"), WIN_VISTA, "Windows Vista", NULL},
		{DRIVER("001", "VolSnap", "0") DRIVER("001", "crcdisk", "0"), WIN_2003,
		 "Windows XP x64", NULL},
		{DRIVER("001", "volsnap", "0") "[ControlSet001\\Control\\ProductOptions]\n"
					       "\"ProductType\"=\"ServerNT\"\n",
		 WIN_2003, "Windows Server 2003", NULL},
		{DRIVER("001", "volsnap", "0") "[ControlSet001\\Control\\ProductOptions]\n"
					       "\"ProductType\"=\"WinNT\"\n",
		 WIN_XP, "Windows XP", NULL},
		{DRIVER("001", "PartMgr", "0"), WIN_2000, "Windows 2000", NULL},
		{DRIVER("001", "Ftdisk", "4"), WIN_NT4, "Windows NT 4.0", NULL},
		{DRIVER("001", "storahci", "0") DRIVER("001", "volmgr", "0"), 0, "Windows", NULL},
		{DRIVER("001", "something", "0"), 0, "Windows", NULL},
		{"[DriverDatabase]\n\"Version\"=dword:06020000\n\"Architecture\"=dword:0\n", WIN_8,
		 "Windows 8", "x86"},
		{"[DriverDatabase]\n\"Version\"=dword:0a000000\n\"Architecture\"=dword:c\n", WIN_10,
		 "Windows 10", "arm64"},
		{"[DriverDatabase]\n\"Version\"=dword:0a000000\n\n[DriverDatabase\\DriverInfFiles\\"
		 "disk.inf]\n\"Active\"=\"d1\"\n\n[DriverDatabase\\DriverPackages\\d1]"
		 "\n\"Version\"="
		 "hex:00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,"
		 "00,00,00,00,00,00,00,00,01,00,58,65,00,00,0a,00\n",
		 WIN_10, "Windows 11", NULL},
		{"[DriverDatabase]\n\"Version\"=dword:0a000000\n\n[DriverDatabase\\DriverInfFiles\\"
		 "mshdc.inf]\n\"Active\"=\"m1\"\n\n[DriverDatabase\\DriverPackages\\m1]"
		 "\n\"Version\"="
		 "hex:00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,"
		 "00,00,00,00,00,00,00,00,01,00,63,45,00,00,0a,00\n\n"
		 "[ControlSet001\\Control\\ProductOptions]\n\"ProductType\"=\"ServerNT\"\n",
		 WIN_10, "Windows Server 2019", NULL},
		{"[ControlSet001\\Control\\Session Manager\\Environment]\n"
		 "\"PROCESSOR_ARCHITECTURE\"=\"AMD64\"\n\n" DRIVER("001", "pcw", "0"),
		 WIN_7, "Windows 7", "x64"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[2048];
		struct err err = {0};
		snprintf(text, sizeof(text), "%s[ControlSet001\\Services]\n\n%s", SELECT,
			 cases[i].text);
		assert_int_equal(model_of(b, text, &err), 0);
		assert_string_equal(b->inst.version, cases[i].version);
		assert_int_equal(b->inst.release, cases[i].release);
		assert_int_equal(noted(&b->inst, "cannot tell"), cases[i].release == 0);
		if (cases[i].architecture)
			assert_string_equal(b->inst.architecture, cases[i].architecture);
		else
			assert_null(b->inst.architecture);
	}
}

#define DEVICE(path, service, class)                                                               \
	"[ControlSet001\\Enum\\" path "]\n\"Service\"=\"" service                                  \
	"\"\n\"ClassGUID\"=\"" class "\"\n\n"
#define HDC "{4D36E96A-E325-11CE-BFC1-08002BE10318}"
#define NET "{4d36e972-e325-11ce-bfc1-08002be10318}"

static void test_controllers(void **state)
{
	static const char *const expected[][2] = {
		{"acmeraid", "PCI\\VEN_1"}, {"stornvme", "PCI\\VEN_3"}, {"storvsc", "VMBUS\\{ba}"}};
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT DRIVER("001", "disk", "0") DEVICE("PCI\\VEN_1\\a", "acmeraid", HDC)
				 DEVICE("PCI\\VEN_1\\b", "ACMERAID",
					HDC) DEVICE("PCI\\VEN_2\\a", "e1000",
						    NET) DEVICE("PCI\\VEN_3\\a", "stornvme", NET)
					 DEVICE("VMBUS\\{ba}\\a", "storvsc",
						HDC) DEVICE("ROOT\\spaceport\\0", "spaceport", HDC)
						 DEVICE("ROOT\\LEGACY_ATAPI\\0", "atapi", HDC)
							 DEVICE("USB\\V\\1", "UASPStor", HDC),
			 &err),
		0);
	assert_int_equal(b->inst.n_controllers, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_string_equal(b->inst.controllers[i].service, expected[i][0]);
		assert_string_equal(b->inst.controllers[i].hardware, expected[i][1]);
	}
	assert_int_equal(model_of(b,
				  SELECT DRIVER("001", "disk", "0")
					  DEVICE("Root\\spaceport\\0", "spaceport", HDC)
						  DEVICE("Root\\LEGACY_ATAPI\\0", "atapi", HDC),
				  &err),
			 0);
	assert_int_equal(b->inst.n_controllers, 1);
	assert_string_equal(b->inst.controllers[0].service, "atapi");
}

static void test_filters(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT DRIVER("001", "disk",
				       "0") "[ControlSet001\\Control\\Class\\{4D36E967-E325-11CE-"
					    "BFC1-08002BE10318}]\n"
					    "\"UpperFilters\"=multi:\"PartMgr\"\n\"LowerFilters\"="
					    "multi:\"EhStorClass\",\"acme\"\n\n"
					    "[ControlSet001\\Control\\Class\\" NET
					    "]\n\"UpperFilters\"=multi:\"other\"\n",
			 &err),
		0);
	const struct control_set *set = install_set(&b->inst, 1);
	assert_int_equal(set->n_filters, 3);
	assert_string_equal(set->filters[0].service, "PartMgr");
	assert_string_equal(set->filters[0].value, "UpperFilters");
	assert_string_equal(set->filters[2].service, "acme");
	assert_string_equal(set->filters[2].class_name, "DiskDrive");
}

/* The class USB is on the way of USB disks alone; an empty list, as Windows 7 has one, says nothing. */
static void test_usb_filters(void **state)
{
	static const char usb[] = "[ControlSet001\\Control\\Class\\{36FC9E60-C465-11CF-8056-"
				  "444553540000}]\n\"UpperFilters\"=multi:";
	static const char disk[] = "[ControlSet001\\Control\\Class\\{4D36E967-E325-11CE-BFC1-"
				   "08002BE10318}]\n\"UpperFilters\"=multi:\"partmgr\"\n\n";
	struct bench *b = *state;
	for (int empty = 0; empty < 2; empty++) {
		char text[1024];
		struct err err = {0};
		snprintf(text, sizeof(text), "%s%s%s%s\n", SELECT DRIVER("001", "disk", "0"), disk,
			 usb, empty ? "" : "\"USBPcap\"");
		assert_int_equal(model_of(b, text, &err), 0);
		const struct control_set *set = install_set(&b->inst, 1);
		assert_int_equal(set->n_filters, empty ? 1 : 2);
		assert_int_equal(set->filters[0].boot_flags, 0);
		if (empty)
			continue;
		assert_string_equal(set->filters[1].class_name, "USB");
		assert_int_equal(set->filters[1].boot_flags, 0x14);
	}
}

/* Lists of other classes are read for what guest tools leave, and kept only where they name it. */
static void test_other_class_filters(void **state)
{
	static const char lists[] =
		"[ControlSet001\\Control\\Class\\" NET
		"]\n\"UpperFilters\"=multi:\"a\",\"XENFILT\"\n"
		"\"LowerFilters\"=multi:\"b\"\n\n"
		"[ControlSet001\\Control\\Class\\{1}]\n\"UpperFilters\"=multi:\"c\"\n\n";
	struct bench *b = *state;
	for (int leftover = 0; leftover < 2; leftover++) {
		char text[1024];
		struct err err = {0};
		snprintf(text, sizeof(text), "%s%s%s", SELECT DRIVER("001", "disk", "0"),
			 leftover ? DRIVER("001", "xenfilt", "0") : "", lists);
		assert_int_equal(model_of(b, text, &err), 0);
		const struct control_set *set = install_set(&b->inst, 1);
		assert_int_equal(set->n_filters, 0);
		assert_int_equal(set->n_other_filters, leftover ? 2 : 0);
		if (!leftover)
			continue;
		assert_string_equal(set->other_filters[1].service, "XENFILT");
		assert_string_equal(set->other_filters[0].value, "UpperFilters");
		assert_string_equal(set->other_filters[0].class_name, NET);
	}
}

/* Each form that the system compresses files in, for loaders that know it and others. */
static void test_packed_files(void **state)
{
	static const char *const names[] = {"xp4", "lzx", "xp8", "xp16"};
	static const struct {
		uint16_t release;
		unsigned build;
		enum file_state first, others;
	} cases[] = {
		{WIN_81, 9600, FILE_PACKED, FILE_PACKED},
		{WIN_7, 0, FILE_PACKED, FILE_PACKED},
		{WIN_10, 10240, FILE_PRESENT, FILE_PACKED},
		{WIN_10, 18361, FILE_PRESENT, FILE_PACKED},
		{WIN_10, 18362, FILE_PRESENT, FILE_PRESENT},
		{WIN_10, 0, FILE_PRESENT, FILE_UNCHECKED},
		{WIN_ANY, 0, FILE_PRESENT, FILE_PRESENT},
	};
	const struct install_files_wanted none = {0};
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT DRIVER("001", "xp4", "0") DRIVER("001", "lzx", "0")
					  DRIVER("001", "xp8", "0") DRIVER("001", "xp16", "0"),
				  &err),
			 0);
	write_driver(b, "content", "x64");
	char script[1024] = "", *p = script, *end = script + sizeof(script);
	for (size_t i = 0; i < COUNT(names); i++)
		p += snprintf(p, (size_t)(end - p),
			      "packed \\Windows\\System32\\drivers\\%s.sys content %zu\n", names[i],
			      i);
	open_volume(b, script);
	for (size_t i = 0; i < COUNT(cases); i++) {
		b->inst.release = cases[i].release;
		b->inst.build = cases[i].build;
		assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &none, &err), 0);
		for (size_t k = 0; k < COUNT(names); k++) {
			const struct driver_file *f = &service_of(b, 1, names[k])->file;
			assert_int_equal(f->packing, NTFS_XPRESS4K + k);
			if (f->state != (k == 0 ? cases[i].first : cases[i].others))
				fail_msg("build %u: %s: %d", cases[i].build, names[k], f->state);
		}
	}
}

/* Where the program of a command line is looked for. */
static void test_setup_program(void **state)
{
	static const struct {
		uint32_t type;
		const char *command;
		enum file_state state;
		const char *path;
	} cases[] = {
		{2, "oobe\\windeploy.exe", FILE_PRESENT,
		 "\\Windows\\System32\\oobe\\windeploy.exe"},
		{1, "setup -newsetup", FILE_PRESENT, "\\Windows\\setup.exe"},
		{2, "C:\\My tools\\run.cmd /x", FILE_PRESENT, "\\My tools\\run.cmd"},
		{2, "\"C:\\My tools\\run.cmd\" -k", FILE_PRESENT, "\\My tools\\run.cmd"},
		{2, "%SystemRoot%\\gone.exe", FILE_MISSING, "\\Windows\\gone.exe"},
		{2, "gone", FILE_MISSING, "\\Windows\\System32\\gone.exe"},
		{2, "D:\\gone.exe", FILE_UNCHECKED, NULL},
		{2, "", FILE_MISSING, "\\Windows\\System32\\.exe"},
		{0, "gone", FILE_UNCHECKED, NULL},
	};
	const struct install_files_wanted none = {0};
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT DRIVER("001", "disk", "3") "[Setup]\n\"SetupType\"=dword:2\n"
							   "\"CmdLine\"=\"a{U+202E}\"\n",
			 &err),
		0);
	assert_int_equal(b->inst.setup_type, 2);
	assert_string_equal(b->inst.setup_command, "a\\u202e");
	assert_string_equal(b->inst.raw_setup_command, "a\xe2\x80\xae");
	open_volume(b, "fill \\Windows\\System32\\oobe\\windeploy.exe 10 4d\n"
		       "fill \\Windows\\setup.exe 10 4d\n"
		       "fill \"\\My tools\\run.cmd\" 10 4d\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct driver_file *f = &b->inst.setup_program;
		b->inst.setup_type = cases[i].type;
		b->inst.raw_setup_command = cases[i].command;
		assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &none, &err), 0);
		if (f->state != cases[i].state || !text_equal(f->path, cases[i].path))
			fail_msg("%s: %d %s", cases[i].command, f->state, f->path ? f->path : "-");
	}
}

/*
 * Characters that are escaped for showing: the file is looked up by its name as it is stored, which
 * the backslashes of the escapes are no part of.
 */
static void test_escaped_names(void **state)
{
	static const struct {
		const char *service;
		enum file_state state;
		const char *path, *name;
	} expected[] = {
		{"bidi", FILE_PRESENT, "\\Windows\\System32\\drivers\\\\u202egnp.sys",
		 "\\u202egnp.sys"},
		{"gone", FILE_MISSING, "\\Windows\\a\\x01b\\c.sys", "c.sys"},
		{"half", FILE_PRESENT, "\\Windows\\\\ud800.sys", "\\ud800.sys"},
		{"\\u202ename", FILE_PRESENT, "\\Windows\\System32\\drivers\\\\u202ename.sys",
		 "\\u202ename.sys"},
		{"plain", FILE_MISSING, "\\Windows\\u202egnp.sys", "u202egnp.sys"},
	};
	const struct install_files_wanted none = {0};
	struct bench *b = *state;
	struct err err = {0};
#define AT(name, path)                                                                             \
	"[ControlSet001\\Services\\" name "]\n\"Start\"=dword:0\n\"ImagePath\"=\"" path "\"\n\n"
	assert_int_equal(model_of(b,
				  SELECT AT("bidi", "System32\\\\drivers\\\\{U+202E}gnp.sys") AT(
					  "gone", "a{U+0001}b\\\\c.sys") AT("half", "{U+D800}.sys")
					  AT("plain", "u202egnp.sys")
						  DRIVER("001", "{U+202E}name", "0"),
				  &err),
			 0);
#undef AT
	write_driver(b, "driver", "x86");
	open_volume(b, "file \\Windows\\System32\\drivers\\{U+202E}gnp.sys driver\n"
		       "file \\Windows\\{U+D800}.sys driver\n"
		       "file \\Windows\\System32\\drivers\\{U+202E}name.sys driver\n");
	assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &none, &err), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct service *s = service_of(b, 1, expected[i].service);
		assert_string_equal(s->file.path, expected[i].path);
		assert_string_equal(driver_file_name(&s->file, b->arena), expected[i].name);
		if (s->file.state != expected[i].state)
			fail_msg("%s: %d", s->name, s->file.state);
	}
	assert_null(service_of(b, 1, "plain")->raw_image_path);
	assert_null(service_of(b, 1, "plain")->file.raw_path);
}

/* ---- volumes ---- */

static void test_find(void **state)
{
	static const struct {
		const char *root;
		bool old;
	} expected[] = {{"\\SYS", false}, {"\\WINNT", false}, {"\\Windows.old\\WINDOWS", true}};
	struct bench *b = *state;
	struct install_place *places;
	struct err err = {0};
	size_t n, at = 0;
	open_volume(b, "dir \\Windows\\System32\\config\n"
		       "text \\WINNT\\system32\\config\\SYSTEM regf\n"
		       "fill \\SYS\\System32\\CONFIG\\system 0 00\n"
		       "text \\Windows.old\\WINDOWS\\System32\\config\\SYSTEM regf\n"
		       "dir \\Odd\\System32\\config\\SYSTEM\n"
		       "text \\deep\\er\\System32\\config\\SYSTEM regf\n"
		       "text \\System32 file\n");
	assert_int_equal(install_find(b->vol, b->arena, &places, &n, &err), 0);
	assert_int_equal(n, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		for (at = 0; at < n && strcmp(places[at].root, expected[i].root) != 0; at++)
			;
		assert_true(at < n);
		assert_int_equal(places[at].old, expected[i].old);
	}
	assert_string_equal(places[at].hive_path,
			    "\\Windows.old\\WINDOWS\\System32\\config\\SYSTEM");
}

/* What is there and still no driver of this Windows, by its first bytes. */
static void test_heads(void **state)
{
	static const struct {
		const char *service;
		enum file_state state;
		const char *fault;
	} expected[] = {
		{"good", FILE_PRESENT, NULL},       {"far", FILE_BAD, "is for x64, this Windows"},
		{"zeros", FILE_BAD, "no MZ"},       {"cut", FILE_BAD, "truncated"},
		{"few", FILE_BAD, "not a program"}, {"tail", FILE_PRESENT, NULL},
	};
	const struct install_files_wanted none = {0};
	struct bench *b = *state;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT DRIVER("001", "good", "0") DRIVER("001", "far", "0")
					  DRIVER("001", "zeros", "0") DRIVER("001", "cut", "0")
						  DRIVER("001", "few", "0")
							  DRIVER("001", "tail", "0"),
				  &err),
			 0);
	write_driver(b, "x86", "x86");
	write_driver(b, "x64", "x64");
	assert_int_equal(run(b, "head -c 3000 x86 >cut; head -c 9 x86 >few; (cat x86; echo) >tail"),
			 0);
	open_volume(b, "file \\Windows\\System32\\drivers\\good.sys x86\n"
		       "file \\Windows\\System32\\drivers\\far.sys x64\n"
		       "fill \\Windows\\System32\\drivers\\zeros.sys 9216 00\n"
		       "file \\Windows\\System32\\drivers\\cut.sys cut\n"
		       "file \\Windows\\System32\\drivers\\few.sys few\n"
		       "file \\Windows\\System32\\drivers\\tail.sys tail\n"
		       "file \\Windows\\System32\\ntoskrnl.exe x86\n"
		       "text \\Windows\\System32\\hal.dll MZ\n");
	/* what processor the hive does not say, the kernel says */
	b->inst.architecture = NULL;
	assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &none, &err), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct driver_file *f = &service_of(b, 1, expected[i].service)->file;
		if (f->state != expected[i].state)
			fail_msg("%s: %d", expected[i].service, f->state);
		if (expected[i].fault && !strstr(f->fault.plain, expected[i].fault))
			fail_msg("%s: %s", expected[i].service, f->fault.plain);
	}
	assert_int_equal(b->inst.kernel[0].state, FILE_PRESENT);
	assert_int_equal(b->inst.kernel[1].state, FILE_BAD);
	assert_string_equal(b->inst.kernel[1].path, "\\Windows\\System32\\hal.dll");
	b->inst.architecture = "x64";
	assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &none, &err), 0);
	assert_int_equal(b->inst.kernel[0].state, FILE_BAD);
	assert_int_equal(service_of(b, 1, "far")->file.state, FILE_PRESENT);
}

static void test_check_files(void **state)
{
	static const char *const names[] = {"msahci"};
	static const struct {
		const char *service;
		enum file_state state;
	} expected[] = {
		{"disk", FILE_PRESENT},   {"gone", FILE_MISSING},    {"hollow", FILE_EMPTY},
		{"far", FILE_ELSEWHERE},  {"lost", FILE_MISSING},    {"packed", FILE_PACKED},
		{"folder", FILE_MISSING}, {"msahci", FILE_MISSING},  {"manual", FILE_UNCHECKED},
		{"acme", FILE_MISSING},   {"empty", FILE_UNCHECKED}, {"seen", FILE_MISSING},
	};
	struct install_files_wanted wanted = {names, 1};
	struct bench *b = *state;
	struct err err = {0};
	struct install again;
	assert_int_equal(
		model_of(
			b,
			SELECT DRIVER("001", "disk", "0") DRIVER("001", "gone", "0") DRIVER(
				"001", "hollow", "0") DRIVER("001", "packed", "0")
				DRIVER("001", "folder",
				       "0") "[ControlSet001\\Services\\far]\n\"Start\"=dword:"
					    "0\n\"ImagePath\"=\"\\\\??\\\\E:\\\\f.sys\"\n\n"
					    "[ControlSet001\\Services\\lost]\n\"Start\"=dword:"
					    "0\n\"ImagePath\"=\"No\\\\Dir\\\\l.sys\"\n\n" DRIVER(
						    "001", "msahci",
						    "3") DRIVER("001", "manual",
								"3") DRIVER("001", "acme", "3")
						    DRIVER("001", "seen", "3") DRIVER(
							    "002", "disk",
							    "0") "[ControlSet002\\Services\\hollow]"
								 "\n\"Start\"=dword:"
								 "0\n\"ImagePath\"=\"no."
								 "sys\"\n\n" DEVICE(
									 "PCI\\V\\1", "seen",
									 HDC) "[ControlSe"
									      "t001\\Serv"
									      "ices\\empt"
									      "y]\n\n"
									      "[ControlSe"
									      "t001\\Cont"
									      "rol\\Class"
									      "\\{"
									      "4d36e967-"
									      "e325-11ce-"
									      "bfc1-"
									      "08002be103"
									      "18}]\n"
									      "\"LowerFil"
									      "ters\"="
									      "multi:"
									      "\"acme\""
									      "\n",
			&err),
		0);
	again = b->inst;
	again.sets[0].services = arena_copy(b->arena, again.sets[0].services,
					    again.sets[0].n * sizeof(struct service));
	write_driver(b, "driver", "x86");
	open_volume(b, "file \\Windows\\System32\\drivers\\DISK.SYS driver\n"
		       "fill \\Windows\\System32\\drivers\\hollow.sys 0 00\n"
		       "wof \\Windows\\System32\\drivers\\packed.sys 9000\n"
		       "dir \\Windows\\System32\\drivers\\folder.sys\n"
		       "time \\Windows\\System32\\drivers\\DISK.SYS 2012-04-07T13:05:14Z\n");
	assert_int_equal(install_check_files(&b->inst, b->vol, b->arena, &wanted, &err), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		if (service_of(b, 1, expected[i].service)->file.state != expected[i].state)
			fail_msg("%s: %d", expected[i].service,
				 service_of(b, 1, expected[i].service)->file.state);
	}
	assert_int_equal(service_of(b, 1, "disk")->file.size, 5120);
	assert_true(service_of(b, 1, "disk")->file.modified > 0);
	assert_string_equal(service_of(b, 2, "disk")->file.path,
			    "\\Windows\\System32\\drivers\\disk.sys");
	assert_int_equal(service_of(b, 2, "disk")->file.state, FILE_PRESENT);
	assert_int_equal(set_service(&again.sets[0], "gone")->file.state, FILE_UNCHECKED);
	assert_int_equal(service_of(b, 2, "hollow")->file.state, FILE_MISSING);
	again.sets[0].services[0].image_path = "moved.sys";
	install_copy_files(&b->inst, &again);
	assert_int_equal(again.sets[0].services[0].file.state, FILE_UNCHECKED);
	assert_int_equal(set_service(&again.sets[0], "gone")->file.state, FILE_MISSING);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_words),
		IN_SCRATCH(test_image_path),
		IN_SCRATCH(test_select),
		IN_SCRATCH(test_not_a_system_hive),
		IN_SCRATCH(test_service_values),
		IN_SCRATCH(test_refused_values),
		IN_SCRATCH(test_effective_start),
		IN_SCRATCH(test_version),
		IN_SCRATCH(test_controllers),
		IN_SCRATCH(test_filters),
		IN_SCRATCH(test_usb_filters),
		IN_SCRATCH(test_find),
		IN_SCRATCH(test_machine_before_8),
		IN_SCRATCH(test_heads),
		IN_SCRATCH(test_check_files),
		IN_SCRATCH(test_other_class_filters),
		IN_SCRATCH(test_packed_files),
		IN_SCRATCH(test_setup_program),
		IN_SCRATCH(test_escaped_names),
		IN_SCRATCH(test_real_services),
		IN_SCRATCH(test_real_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
