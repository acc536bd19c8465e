/* SPDX-License-Identifier: MIT */
/*
 * The registry part of a driver against real hives. A package is put together from what Windows has
 * written for one of its own drivers; what is then still missing says where this program writes
 * otherwise than Windows does.
 */
#include "test.h"

#include "hive_fixture.h"
#include "stop7b/package_registry.h"

struct bench {
	struct arena *arena;
	struct span file;
	struct hive hive;
	struct install inst;
	struct package package;
	struct edit *edits;
	size_t n;
};

static void open_hive(struct bench *b, const char *name)
{
	struct err err = {0};
	*b = (struct bench){.arena = arena_new(), .file = data_load(name)};
	if (!b->file.len)
		skip();
	if (hive_open(&b->hive, b->file, &err) < 0 ||
	    install_read(&b->hive, b->arena, &b->inst, &err) < 0)
		fail_msg("%s: %s", name, err.text);
}

static void close_hive(struct bench *b)
{
	data_free(b->file);
	arena_free(b->arena);
}

static void guid_of(struct package *p, const char *hex)
{
	for (size_t i = 0; i < 16; i++) {
		unsigned byte;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		p->class_guid[i] = (uint8_t)byte;
	}
	p->has_class_guid = true;
}

/* LSI_SAS, which the Windows 7 and 10 here start from. */
static void lsi_sas(struct bench *b, const char *label, const char *configuration)
{
	static const char *const names[] = {"PCI\\VEN_1000&DEV_0050", "PCI\\VEN_1000&DEV_0054",
					    "PCI\\VEN_1000&DEV_0056", "PCI\\VEN_1000&DEV_0058"};
	static const uint8_t bus_type[] = {0x0a, 0, 0, 0}, one[] = {1, 0, 0, 0};
	static const struct package_value values[] = {
		{"Parameters", "BusType", REG_DWORD, {bus_type, 4}, false},
		{"Parameters\\PnpInterface", "5", REG_DWORD, {one, 4}, false},
	};
	struct package_id *ids = arena_array(b->arena, 4, sizeof(*ids), NULL);
	for (size_t i = 0; i < 4; i++)
		ids[i] = (struct package_id){names[i], configuration, 1};
	b->package = (struct package){.inf = "lsi_sas.inf",
				      .label = label,
				      .origin = label ? PACKAGE_IN_STORE : PACKAGE_GIVEN,
				      .service = "LSI_SAS",
				      .file = "lsi_sas.sys",
				      .group = "SCSI Miniport",
				      .error_control = 1,
				      .feature_score = 0xff,
				      .values = values,
				      .n_values = 2,
				      .ids = ids,
				      .n_ids = 4,
				      .fits = true};
	guid_of(&b->package, "7be9364d25e3ce11bfc108002be10318");
}

static void make(struct bench *b)
{
	struct err err = {0};
	const unsigned sets[] = {b->inst.boots_with};
	const struct package_install request = {.package = &b->package,
						.inst = &b->inst,
						.hive = &b->hive,
						.sets = sets,
						.n_sets = 1};
	if (package_registry(&request, b->arena, &b->edits, &b->n, &err) < 0)
		fail_msg("%s", err.text);
}

/* Only edits of that value name are left, n of them. */
static void expect_left(const struct bench *b, const char *name, size_t n)
{
	for (size_t i = 0; i < b->n; i++)
		if (!text_equal(b->edits[i].name, name))
			fail_msg("%s \"%s\"", b->edits[i].key, b->edits[i].name);
	assert_int_equal(b->n, n);
}

/* Everything that Windows wrote for its own driver is what would be written. */
static void test_windows10(void **state)
{
	struct bench b;
	(void)state;
	open_hive(&b, "system/win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz");
	lsi_sas(&b, "lsi_sas.inf_amd64_74bb5e3e01cfd526", "LSI_SAS_Inst");
	make(&b);
	expect_left(&b, NULL, 0);
	close_hive(&b);
}

/* Its image path has another spelling there. */
static void test_windows7(void **state)
{
	struct bench b;
	(void)state;
	open_hive(&b, "system/win7_sp1_x86_wks732.SYSTEM.xz");
	lsi_sas(&b, NULL, "LSI_SAS_Inst");
	make(&b);
	expect_left(&b, "ImagePath", 1);
	close_hive(&b);
}

/* Imported from VMware's tools, never installed: all that a start needs is missing, no entry is new. */
static void test_imported(void **state)
{
	struct bench b;
	struct package_id id = {"PCI\\VEN_15AD&DEV_07C0", "pvscsi.Install.NTamd64", 1};
	size_t keys = 0;
	(void)state;
	open_hive(&b, "system/win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz");
	lsi_sas(&b, "pvscsi.inf_amd64_b0d59727d712523f", NULL);
	b.package.inf = "pvscsi.inf";
	b.package.service = "pvscsi";
	b.package.file = "pvscsi.sys";
	b.package.ids = &id;
	b.package.n_ids = 1;
	make(&b);
	for (size_t i = 0; i < b.n; i++) {
		const struct edit *e = &b.edits[i];
		keys += e->op == HIVE_CREATE_KEY;
		assert_false(text_equal(e->key, "DriverDatabase\\DriverInfFiles\\pvscsi.inf"));
		assert_false(text_equal(e->name, "Version"));
		if (text_equal(e->name, "Configurations"))
			assert_string_equal(e->key, "DriverDatabase\\DriverInfFiles\\oem4.inf");
	}
	assert_int_equal(keys, 4); /* two of Parameters, the configuration, the descriptor */
	close_hive(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows10),
		cmocka_unit_test(test_windows7),
		cmocka_unit_test(test_imported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
