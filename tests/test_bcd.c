/* SPDX-License-Identifier: MIT */
/*
 * Sound boot stores, written as registry text: every format of value, the layout of bcdedit,
 * inheritance, well-known ids. Damaged ones are test_bcd_damage.c's part, real ones
 * test_bcd_real.c's.
 */
#include "bcd_test.h"

/* ---- stores ---- */

#define ABSENT "{99999999-0000-11e4-9e43-806e6f6e6963}"

static const char printed[] = "\nWindows Boot Manager\n--------------------\n"
			      "identifier              {9dea862c-5cdd-4e70-acc1-f32b344d4795}\n"
			      "device                  boot\n"
			      "description             Windows Boot Manager\n"
			      "inherit                 {7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}\n"
			      "default                 " LOADER_1 "\n"
			      "displayorder            " LOADER_1 "\n"
			      "                        " LOADER_2 "\n"
			      "timeout                 30\n"
			      "\nWindows Boot Loader\n-------------------\n"
			      "identifier              " LOADER_1 "\n"
			      "path                    \\Windows\\system32\\winload.exe\n"
			      "description             say \"hi\" \\u202e%PATH%\n"
			      "inherit                 {6efb52bf-1766-41db-a6b3-0ee5eff72bd7}\n"
			      "recoveryenabled         Yes\n"
			      "allowedinmemorysettings 0x15000075 0x1\n"
			      "custom:21000026         00\n"
			      "                        device of 1 bytes\n"
			      "resumeobject            " RESUME_1 "\n"
			      "nx                      AlwaysOff\n"
			      "perfmem                 4096\n"
			      "bootmenupolicy          9\n"
			      "custom:2500ffff         0x1234\n"
			      "detecthal               No\n"
			      "custom:28000001         dead\n"
			      "\nResume from Hibernate\n---------------------\n"
			      "identifier              " RESUME_1 "\n"
			      "filepath                \\hiberfil.sys\n"
			      "\nRAM Defects\n-----------\n"
			      "identifier              {5189b25c-5558-4bf2-bca4-289b11bd29e2}\n"
			      "\nGlobal Settings\n---------------\n"
			      "identifier              {7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}\n"
			      "locale                  ja-JP\n"
			      "\nBoot Loader Settings\n--------------------\n"
			      "identifier              {6efb52bf-1766-41db-a6b3-0ee5eff72bd7}\n"
			      "inherit                 {7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}\n"
			      "winpe                   Yes\n";

static void test_print(void **state)
{
	struct bench b;
	char *text;
	(void)state;
	bench_begin(&b);
	write_store(&b);
	bench_read(&b);
	assert_int_equal(bcd_print(&b.store, b.arena, &text, NULL), 0);
	assert_string_equal(text, printed);
	assert_string_equal(b.store.key_name, "BCD00000000");
	bench_end(&b);
}

static void test_values(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	write_store(&b);
	bench_read(&b);
	assert_int_equal(b.store.n, 6);
	const struct bcd_object *o = bcd_object(&b.store, "{9DEA862C-5cdd-4e70-acc1-f32b344d4795}");
	assert_string_equal(o->alias, "{bootmgr}");
	assert_string_equal(o->guid, MANAGER);
	assert_int_equal(bcd_element(o, BCD_TIMEOUT)->integers[0], 30);
	assert_int_equal(bcd_element(o, BCD_DEVICE)->device->kind, BCD_DEVICE_BOOT);
	assert_string_equal(bcd_element(o, BCD_DISPLAY_ORDER)->text, LOADER_1 " " LOADER_2);
	assert_true(bcd_names(bcd_element(o, BCD_DISPLAY_ORDER), LOADER_2));
	assert_false(bcd_names(bcd_element(o, BCD_DISPLAY_ORDER), LOADER_3));
	assert_false(bcd_names(NULL, LOADER_1));
	o = bcd_object(&b.store, LOADER_1);
	assert_null(o->alias);
	assert_int_equal(o->type, BCD_LOADER);
	assert_string_equal(bcd_element(o, BCD_RESUME_OBJECT)->guids[0], RESUME_1);
	assert_int_equal(bcd_element(o, 0x17000077)->n, 2);
	assert_int_equal(bcd_element(o, 0x17000077)->integers[1], 1);
	assert_int_equal(bcd_element(o, BCD_RECOVERY_ENABLED)->integers[0], 1);
	assert_null(bcd_element(o, BCD_TIMEOUT));
	assert_null(bcd_element(NULL, BCD_TIMEOUT));
	assert_null(bcd_object(&b.store, ABSENT));
	/* The device of one byte is the one thing wrong. */
	assert_false(b.store.whole);
	assert_int_equal(b.store.n_problems, 1);
	assert_string_equal(b.store.problem, LOADER_1 ": Elements\\21000026: device of 1 bytes");
	assert_string_equal(o->problem, "Elements\\21000026: device of 1 bytes");
	bench_end(&b);
}

/* The shortest and longest values that count. */
static void test_lengths(void **state)
{
	static const struct {
		uint32_t id;
		const char *value, *text;
		size_t n;
	} cases[] = {
		{0x25000061, "hex:07", "7", 1},
		{0x25000061, "hex:ff,ff,ff,ff,ff,ff,ff,ff", "18446744073709551615", 1},
		{0x26000022, "hex:00,00,00,00,00,00,00,01", "Yes", 1},
		{0x27000030, "hex:", "", 0},
		{0x27000030, "hex:01,02", "0x201", 1},
		{0x27000030, "hex:01,00,00,00,00,00,00,00", "0x1", 1},
		{0x12000004, "\"\"", "", 0},
		{0x14000006, "hex(7):00,00", "", 0},
		{0x28000001, "fill:64,ab", "abababab", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;
		bench_begin(&b);
		object(&b, LOADER_1, BCD_LOADER);
		element(&b, LOADER_1, cases[i].id, cases[i].value);
		bench_read(&b);
		const struct bcd_element *e = bcd_element(&b.store.objects[0], cases[i].id);
		assert_true(b.store.whole);
		assert_null(e->problem);
		assert_int_equal(e->n, cases[i].n);
		if (e->format == BCD_FORMAT_BINARY)
			assert_int_equal(strlen(e->text), 2 * 64);
		else
			assert_string_equal(e->text, cases[i].text);
		bench_end(&b);
	}
}

static void test_inheritance(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	write_store(&b);
	bench_read(&b);
	const struct bcd_object *o = bcd_object(&b.store, LOADER_1);
	assert_string_equal(bcd_inherited(&b.store, o, BCD_LOCALE)->text, "ja-JP");
	assert_string_equal(bcd_inherited(&b.store, o, BCD_WINPE)->text, "Yes");
	assert_string_equal(bcd_inherited(&b.store, o, BCD_DETECT_HAL)->text, "No");
	assert_null(bcd_inherited(&b.store, o, BCD_SAFE_BOOT));
	assert_null(bcd_inherited(&b.store, NULL, BCD_SAFE_BOOT));
	assert_null(b.store.note);
	bench_end(&b);
}

static void test_circle(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	object(&b, LOADER_1, BCD_LOADER);
	element(&b, LOADER_1, BCD_INHERITED, "multi:\"" LOADERS "\",\"" ABSENT "\"");
	object(&b, LOADERS, 0x20200003);
	element(&b, LOADERS, BCD_INHERITED, "multi:\"" GLOBAL "\"");
	object(&b, GLOBAL, 0x20100000);
	element(&b, GLOBAL, BCD_INHERITED, "multi:\"" LOADERS "\",\"" GLOBAL "\"");
	element(&b, GLOBAL, BCD_LOCALE, "\"de-DE\"");
	bench_read(&b);
	const struct bcd_object *o = bcd_object(&b.store, LOADER_1);
	assert_string_equal(bcd_inherited(&b.store, o, BCD_LOCALE)->text, "de-DE");
	assert_null(bcd_inherited(&b.store, o, BCD_WINPE));
	assert_true(b.store.whole);
	assert_string_equal(b.store.note, LOADERS " inherits from itself");
	bench_end(&b);
}

/* Two ways to the same settings are no circle. */
static void test_no_circle(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	object(&b, LOADER_1, BCD_LOADER);
	element(&b, LOADER_1, BCD_INHERITED, "multi:\"" LOADERS "\",\"" GLOBAL "\"");
	object(&b, LOADERS, 0x20200003);
	element(&b, LOADERS, BCD_INHERITED, "multi:\"" GLOBAL "\"");
	object(&b, GLOBAL, 0x20100000);
	bench_read(&b);
	assert_null(b.store.note);
	assert_true(b.store.whole);
	bench_end(&b);
}

static void test_reserved(void **state)
{
	(void)state;
	assert_string_equal(bcd_alias(MANAGER), "{bootmgr}");
	assert_null(bcd_alias(LOADER_1));
	assert_true(bcd_is_reserved("{A5A30FA2-3D06-4E9F-B5F4-A01DF9D1FCBA}"));
	assert_true(bcd_is_reserved("{7619dcc9-fafe-11d9-b411-000476eba25f}"));
	assert_null(bcd_alias("{7619dcc9-fafe-11d9-b411-000476eba25f}"));
	assert_false(bcd_is_reserved(LOADER_1));
}

/* The fixture disks' own stores. */
static void test_fixture_stores(void **state)
{
	static const struct {
		const char *text, *device;
	} stores[] = {
		{"bcd7.reg", "partition=mbr:5b7d0007:0xb00000"},
		{"bcd10.reg", "partition=gpt:"},
	};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bench b;
		char command[3 * TEST_PATH];
		const char *src = getenv("S7B_SRC");
		bench_begin(&b);
		fclose(b.text);
		snprintf(command, sizeof(command), "cp '%s/fixtures/%s' '%s/t.reg'",
			 src ? src : ".", stores[i].text, b.dir);
		assert_int_equal(system(command), 0);
		snprintf(command, sizeof(command), "%s/t.reg", b.dir);
		b.text = fopen(command, "a");
		bench_read(&b);
		assert_true(b.store.whole);
		const struct bcd_object *o = bcd_object(&b.store, MANAGER);
		o = bcd_object(&b.store, bcd_element(o, BCD_DEFAULT)->guids[0]);
		assert_int_equal(o->type, BCD_LOADER);
		const char *text = bcd_element(o, BCD_OS_DEVICE)->text;
		assert_int_equal(strncmp(text, stores[i].device, strlen(stores[i].device)), 0);
		bench_end(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),    cmocka_unit_test(test_values),
		cmocka_unit_test(test_lengths),  cmocka_unit_test(test_inheritance),
		cmocka_unit_test(test_circle),   cmocka_unit_test(test_no_circle),
		cmocka_unit_test(test_reserved), cmocka_unit_test(test_fixture_stores),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
