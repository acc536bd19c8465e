/* SPDX-License-Identifier: MIT */
/*
 * Repairs that change more than a number: services made again, filter lists, entries of the
 * device database, StartOverride keys. Each is applied to a hive by the editor, the result is read
 * and judged again, and hivexget (where it is installed) reads what was written.
 */
#include "diagnose_edit.h"

#define HDC_GUID  "{4D36E96A-E325-11CE-BFC1-08002BE10318}"
#define DISK_GUID "{4d36e967-e325-11ce-bfc1-08002be10318}"

/* Enough of Windows 7 for physical-ahci but for what a test leaves out. */
#define CORE7(set)                                                                                 \
	DRIVER(set, "ACPI", "0")                                                                   \
	DRIVER(set, "pci", "0")                                                                    \
	DRIVER(set, "disk", "0")                                                                   \
	DRIVER(set, "partmgr", "0")                                                                \
	DRIVER(set, "volmgr", "0")                                                                 \
	DRIVER(set, "volsnap", "0") DRIVER(set, "mountmgr", "0") DRIVER(set, "pcw", "0")

static const struct finding *finding_of(const struct diagnosis *d, const char *rule,
					const char *subject)
{
	for (size_t i = 0; i < d->n; i++) {
		if (text_equal(d->findings[i].rule->id, rule) &&
		    text_equal(d->findings[i].subject, subject))
			return &d->findings[i];
	}
	fail_msg("no %s %s", rule, subject);
	return NULL;
}

/* ---- services made again ---- */

static void expect_data(struct bench *b, const char *key, const char *name, uint32_t type,
			const char *expected)
{
	struct key k;
	struct value v;
	char *text = NULL;
	assert_int_equal(key_find(hive_root(&b->hive), key, &k, NULL), 0);
	if (!expected) {
		assert_int_equal(value_find(k, name, &v, NULL), -1);
		return;
	}
	assert_int_equal(value_find(k, name, &v, NULL), 0);
	assert_int_equal(v.type, type);
	if (type == REG_DWORD) {
		uint32_t number;
		assert_int_equal(value_u32(v, &number, NULL), 0);
		assert_int_equal(number, strtoul(expected, NULL, 10));
		return;
	}
	assert_int_equal(value_text(v, b->arena, &text, NULL), 0);
	assert_string_equal(text, expected);
	assert_int_equal(v.size, 2 * (strlen(expected) + 1));
}

static void test_create_service(void **state)
{
	static const char *const key = "ControlSet001\\Services\\msahci";
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b, SELECT CORE7("001"), &err), 0);
	assert_int_equal(b->inst.release, WIN_7);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	assert_false(finding_of(&d, "R4", "msahci")->fixable);
	suppose_file(b, "msahci", FILE_PRESENT);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	const struct finding *f = finding_of(&d, "R4", "msahci");
	assert_true(f->fixable);
	assert_string_equal(f->fix_words.plain, "create");
	apply(b, f);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	expect_data(b, key, "Type", REG_DWORD, "1");
	expect_data(b, key, "Start", REG_DWORD, "0");
	expect_data(b, key, "ErrorControl", REG_DWORD, "3");
	expect_data(b, key, "Group", REG_SZ, "SCSI Miniport");
	expect_data(b, key, "ImagePath", REG_EXPAND_SZ, "system32\\drivers\\msahci.sys");
	expect_data(b, key, "Tag", REG_DWORD, NULL);
	assert_int_equal(service_of(b, 1, "msahci")->file.state, FILE_PRESENT);
	write_hive(b, "edited");
	int rc = run(b,
		     "command -v hivexget && hivexget edited '%s' | "
		     "grep -qi 'ErrorControl.*=dword:00000003'",
		     key);
	assert_true(rc == 0 || run(b, "command -v hivexget") != 0);
}

/* A driver that is promoted for its boot is made again as it was: on demand, with its flags. */
static void test_create_on_demand(void **state)
{
	static const char *const key = "ControlSet001\\Services\\vhdmp";
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT CORE7("001") DRIVER("001", "msahci", "0") DRIVER(
					  "001", "vdrvroot", "0") DRIVER("001", "FsDepends", "3"),
				  &err),
			 0);
	suppose_file(b, "vhdmp", FILE_PRESENT);
	assert_string_equal(verdict_of(b, "vhd-on-ahci", &d), "stops");
	apply(b, finding_of(&d, "R4", "vhdmp"));
	assert_string_equal(verdict_of(b, "vhd-on-ahci", &d), "boots");
	expect_data(b, key, "Start", REG_DWORD, "3");
	expect_data(b, key, "BootFlags", REG_DWORD, "2");
}

static void test_create_states(void **state)
{
	static const enum file_state states[] = {FILE_UNCHECKED, FILE_MISSING, FILE_EMPTY};
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b, SELECT CORE7("001"), &err), 0);
	for (size_t i = 0; i < COUNT(states); i++) {
		suppose_file(b, "msahci", states[i]);
		verdict_of(b, "physical-ahci", &d);
		assert_false(finding_of(&d, "R4", "msahci")->fixable);
	}
	suppose_file(b, "msahci", FILE_PRESENT);
	b->inst.sets[0].problem = said_as_is("damaged");
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "unknown");
}

/* An empty key becomes a service again; in the set that has it, it is only started. */
static void test_create_in_both_sets(void **state)
{
	static const unsigned both[] = {1, 2};
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT CORE7("001") "[ControlSet001\\Services\\msahci]\n\n" CORE7(
					  "002") DRIVER("002", "msahci", "3"),
				  &err),
			 0);
	suppose_file(b, "msahci", FILE_PRESENT);
	b->request = (struct diagnose_request){.fix_sets = both, .n_fix_sets = 2};
	verdict_of(b, "physical-ahci", &d);
	apply(b, finding_of(&d, "R4", "msahci"));
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	b->request.control_set = 2;
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	expect_data(b, "ControlSet002\\Services\\msahci", "Group", REG_SZ, NULL);
	expect_data(b, "ControlSet001\\Services\\msahci", "Group", REG_SZ, "SCSI Miniport");
}

/* What is right in a key without Start is left alone, and an old override does not come back. */
static void test_create_from_remains(void **state)
{
	static const struct {
		const char *path;
		size_t edits;
	} cases[] = {{"\\\\SystemRoot\\\\System32\\\\drivers\\\\msahci.sys", 2}, {"other.sys", 3}};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct diagnosis d;
		struct err err = {0};
		char text[2048];
		snprintf(text, sizeof(text),
			 "%s[ControlSet001\\Services\\msahci]\n\"Type\"=dword:1\n"
			 "\"ErrorControl\"=dword:3\n\"Group\"=\"scsi miniport\"\n"
			 "\"ImagePath\"=\"%s\"\n\n"
			 "[ControlSet001\\Services\\msahci\\StartOverride]\n\"0\"=dword:3\n",
			 SELECT CORE7("001"), cases[i].path);
		assert_int_equal(model_of(b, text, &err), 0);
		suppose_file(b, "msahci", FILE_PRESENT);
		verdict_of(b, "physical-ahci", &d);
		const struct finding *f = finding_of(&d, "R4", "msahci");
		assert_int_equal(f->n_edits, cases[i].edits);
		assert_int_equal(f->edits[0].op, HIVE_DELETE_KEY);
		assert_string_equal(f->edits[1].name, "Start");
		apply(b, f);
		assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
		assert_false(service_of(b, 1, "msahci")->has_overrides);
	}
}

/* A filter of Windows' own that can be made again is, instead of leaving the list. */
static void test_create_filter(void **state)
{
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT CORE7("001") DRIVER(
					  "001", "msahci",
					  "0") "[ControlSet001\\Control\\Class\\" DISK_GUID "]\n"
					       "\"UpperFilters\"=multi:\"partmgr\"\n"
					       "\"LowerFilters\"=multi:\"fvevol\",\"ghost\"\n",
				  &err),
			 0);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	assert_string_equal(finding_of(&d, "F1", "fvevol")->found.plain, "no service, and 1 more");
	suppose_file(b, "fvevol", FILE_PRESENT);
	verdict_of(b, "physical-ahci", &d);
	assert_int_equal(d.n, 2);
	apply(b, finding_of(&d, "F1", "ghost"));
	apply(b, finding_of(&d, "R4", "fvevol"));
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	assert_int_equal(b->inst.sets[0].n_filters, 2);
}

/* ---- filter lists ---- */

static void expect_bytes(struct bench *b, const char *name, const char *hex)
{
	char found[512] = "";
	struct key k;
	struct value v;
	struct span data;
	assert_int_equal(key_find(hive_root(&b->hive), "ControlSet001\\Control\\Class\\" DISK_GUID,
				  &k, NULL),
			 0);
	if (!hex) {
		assert_int_equal(value_find(k, name, &v, NULL), -1);
		return;
	}
	assert_int_equal(value_find(k, name, &v, NULL), 0);
	assert_int_equal(value_data(v, b->arena, &data, NULL), 0);
	for (size_t i = 0; i < data.len; i++)
		snprintf(found + 2 * i, 3, "%02x", data.p[i]);
	assert_string_equal(found, hex);
}

/* Names keep their bytes, even those that cannot be shown; a list without names is deleted. */
static void test_filter_bytes(void **state)
{
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b,
				  SELECT CORE7("001") DRIVER("001", "msahci", "0") DRIVER(
					  "001", "keep",
					  "0") "[ControlSet001\\Control\\Class\\" DISK_GUID "]\n"
					       "\"LowerFilters\"=multi:\"ghost\",\"ghoul\"\n"
					       "\"UpperFilters\"=hex(7):67,00,00,00,4b,00,65,00,65,"
					       "00,50,00,00,00,"
					       "01,d8,00,00,50,00,61,00,72,00,74,00,4d,00,67,00,72,"
					       "00,00,00,00,00\n",
				  &err),
			 0);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	assert_int_equal(d.targets[0].n, 2);
	finding_of(&d, "F4", "keep");
	apply(b, finding_of(&d, "F1", "g"));
	expect_bytes(b, "UpperFilters",
		     "4b0065006500500000005000610072007400"
		     "4d0067007200000000"
		     "00");
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	apply(b, finding_of(&d, "F1", "ghost"));
	expect_bytes(b, "LowerFilters", NULL);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
}

/* ---- device database ---- */

#define CRITICAL(id, service)                                                                      \
	"[ControlSet001\\Control\\CriticalDeviceDatabase\\" id "]\n\"Service\"=\"" service "\"\n"  \
	"\n"
#define BOUND7 CRITICAL("gendisk", "disk")

static void test_binding(void **state)
{
	static const char *const key =
		"ControlSet001\\Control\\CriticalDeviceDatabase\\PCI#CC_010601";
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b, SELECT CORE7("001") DRIVER("001", "msahci", "0") BOUND7, &err),
			 0);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "likely-stops");
	assert_int_equal(d.n, 1);
	const struct finding *f = finding_of(&d, "R7", "msahci");
	assert_string_equal(f->found.plain, "PCI\\CC_010601 not bound");
	apply(b, f);
	expect_data(b, key, "Service", REG_SZ, "msahci");
	expect_data(b, key, "ClassGUID", REG_SZ, HDC_GUID);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	assert_int_equal(b->inst.sets[0].n_bindings, 2);
}

/* Another driver that is there is as good; one that is not, or no database at all, is not. */
static void test_binding_to_others(void **state)
{
	static const struct {
		const char *text, *verdict;
	} cases[] = {
		{"", "boots"},
		{BOUND7, "likely-stops"},
		{BOUND7 CRITICAL("pci#cc_010601", "msahci"), "boots"},
		{BOUND7 CRITICAL("pci#cc_010601", "acme"), "likely-stops"},
		{BOUND7 DRIVER("001", "acme", "0") CRITICAL("pci#cc_010601", "acme"), "boots"},
		{CRITICAL("pci#cc_010601", "msahci"), "stops"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[4096];
		struct diagnosis d;
		struct err err = {0};
		snprintf(text, sizeof(text), "%s%s",
			 SELECT CORE7("001") DRIVER("001", "msahci", "0"), cases[i].text);
		assert_int_equal(model_of(b, text, &err), 0);
		assert_string_equal(verdict_of(b, "physical-ahci", &d), cases[i].verdict);
	}
}

#define DATABASE                                                                                   \
	"[DriverDatabase]\n\"Version\"=dword:0a000000\n\n"                                         \
	"[DriverDatabase\\DeviceIds\\GenDisk]\n\"disk.inf\"=hex:01,ff,00,00\n\n"
#define CORE10 CORE7("001") DRIVER("001", "volume", "0") DRIVER("001", "viostor", "0") DATABASE
#define VIRTIO_ID                                                                                  \
	"[DriverDatabase\\DeviceIds\\PCI\\VEN_1AF4&DEV_1001&REV_00]\n"                             \
	"\"oem1.inf\"=hex:01,ff,00,00\n\n"
#define MODERN_ID                                                                                  \
	"[DriverDatabase\\DeviceIds\\PCI\\VEN_1AF4&DEV_1042&REV_01]\n"                             \
	"\"oem1.inf\"=hex:01,ff,00,00\n\n"
#define VIRTIO_PACKAGE                                                                             \
	"[DriverDatabase\\DriverInfFiles\\oem1.inf]\n\"Active\"=\"oem1.inf_amd64_0\"\n\n"          \
	"[DriverDatabase\\DriverPackages\\oem1.inf_amd64_0\\Descriptors\\PCI\\"                    \
	"VEN_1AF4&DEV_1001&REV_00]\n\"Configuration\"=\"c\"\n\n"                                   \
	"[DriverDatabase\\DriverPackages\\oem1.inf_amd64_0\\Configurations\\c]\n"                  \
	"\"Service\"=\"%s\"\n\n"

static void test_driver_database(void **state)
{
	static const struct {
		const char *text, *verdict;
	} cases[] = {
		{CORE10, "likely-stops"},
		{CORE10 VIRTIO_ID, "likely-stops"}, /* 1001 and not 1042 */
		{CORE10 VIRTIO_ID VIRTIO_PACKAGE, "likely-stops"},
		{CORE10 VIRTIO_ID VIRTIO_PACKAGE MODERN_ID, "boots"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[4096], whole[8192];
		struct diagnosis d;
		struct err err = {0};
		snprintf(text, sizeof(text), "%s%s", SELECT, cases[i].text);
		snprintf(whole, sizeof(whole), "%s", text);
		char *slot = strstr(whole, "%s");
		if (slot)
			snprintf(slot, 200, "viostor%s", strstr(text, "%s") + 2);
		assert_int_equal(model_of(b, whole, &err), 0);
		assert_string_equal(verdict_of(b, "kvm-virtio-blk", &d), cases[i].verdict);
		if (i == 0)
			assert_false(finding_of(&d, "R8", "viostor")->fixable);
		const struct binding *found = binding_at(&b->inst, &b->inst.sets[0],
							 "PCI\\VEN_1AF4&DEV_1001&REV_00");
		assert_int_equal(found != NULL, i > 0);
		if (found)
			assert_true(text_equal(found->service, i >= 2 ? "viostor" : NULL));
	}
}

/* A database without Windows' own ids is one that somebody cut down: no alarm. */
static void test_cut_database(void **state)
{
	struct bench *b = *state;
	struct diagnosis d;
	struct err err = {0};
	assert_int_equal(model_of(b, SELECT CORE10 DRIVER("001", "storahci", "0"), &err), 0);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
	assert_int_equal(finding_of(&d, "R8", "storahci")->severity, SEVERITY_NOTE);
}

/* ---- overrides ---- */

static void test_remove_overrides(void **state)
{
	static const char *const key = "ControlSet001\\Services\\storahci\\StartOverride";
	struct bench *b = *state;
	struct diagnosis d;
	struct key k;
	struct err err = {0};
	assert_int_equal(
		model_of(b,
			 SELECT CORE7("001") DRIVER("001", "volume", "0")
				 DRIVER("001", "storahci", "3") "[ControlSet001\\Services\\storahci"
								"\\StartOverride]\n\"0\"=dword:3\n"
								"\"1\"=\"text\"\n\n[DriverDatabase]"
								"\n\"Version\"=dword:0a000000\n",
			 &err),
		0);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "stops");
	assert_false(finding_of(&d, "R1", "storahci")->fixable);
	b->request.remove_overrides = true;
	verdict_of(b, "physical-ahci", &d);
	const struct finding *f = finding_of(&d, "R1", "storahci");
	assert_int_equal(f->n_edits, 2);
	assert_int_equal(f->edits[1].op, HIVE_DELETE_KEY);
	assert_string_equal(f->edits[1].key, key);
	apply(b, f);
	assert_int_equal(key_find(hive_root(&b->hive), key, &k, NULL), -1);
	assert_string_equal(verdict_of(b, "physical-ahci", &d), "boots");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(test_create_service),      IN_SCRATCH(test_create_on_demand),
		IN_SCRATCH(test_create_states),       IN_SCRATCH(test_create_in_both_sets),
		IN_SCRATCH(test_create_from_remains), IN_SCRATCH(test_create_filter),
		IN_SCRATCH(test_filter_bytes),        IN_SCRATCH(test_binding),
		IN_SCRATCH(test_binding_to_others),   IN_SCRATCH(test_driver_database),
		IN_SCRATCH(test_cut_database),        IN_SCRATCH(test_remove_overrides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
