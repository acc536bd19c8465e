/* SPDX-License-Identifier: MIT */
/*
 * All that can be wrong with a boot store: values of other types and lengths, objects without a
 * type, names that are none, too much of everything, lists used twice, and any byte of the hive.
 */
#include "bcd_test.h"

/* ---- damage ---- */

static const struct wrong_value {
	uint32_t id;
	const char *value, *problem, *text;
	bool damaged;
} wrong_values[] = {
	{0x11000001, "\"text\"", "REG_SZ where REG_BINARY belongs", "7400650078007400000", true},
	{0x12000004, "dword:00000001", "REG_DWORD where REG_SZ belongs", "01000000", true},
	{0x12000004, "hex(1):41,00,42", "text of 3 bytes", "410042", true},
	{0x12000004, "hex(1e):41,00", "an unknown type where REG_SZ belongs", "4100", true},
	{0x23000003, "\"not an id\"", "\"not an id\" is not an object's id", "", true},
	{0x23000003, "\"{11111111-0000-11e4-9e43-806e6f6e6963\"", "is not an object's id", "",
	 true},
	{0x23000003, "\"{1111111g-0000-11e4-9e43-806e6f6e6963}\"", "is not an object's id", "",
	 true},
	{0x24000001, "multi:\"" LOADER_1 "\",\"x\"", "\"x\" is not an object's id", "", true},
	{0x24000001, "\"" LOADER_1 "\"", "REG_SZ where REG_MULTI_SZ belongs", "", true},
	{0x25000004, "hex:", "a number of 0 bytes", "", true},
	{0x25000004, "hex:01,02,03,04,05,06,07,08,09", "a number of 9 bytes", "010203040506070809",
	 true},
	{0x26000020, "hex:", "yes or no in 0 bytes", "", true},
	{0x26000020, "hex:00,00,00,00,00,00,00,00,00", "yes or no in 9 bytes", "00", true},
	{0x27000030, "hex:01,02,03,04,05,06,07,08,09", "numbers of 8 bytes in 9 bytes",
	 "010203040506070809", true},
	{0x29000001, "hex:aa", "values of format 9 are not known", "aa", false},
	{0x20000001, "hex:aa", "values of format 0 are not known", "aa", false},
	{0x11000001, "fill:200,07", "bytes, there are 184", "0707", true},
};

static void test_wrong_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong_values) / sizeof(wrong_values[0]); i++) {
		const struct wrong_value *w = &wrong_values[i];
		struct bench b;
		bench_begin(&b);
		object(&b, MANAGER, BCD_BOOT_MANAGER);
		element(&b, MANAGER, w->id, w->value);
		bench_read(&b);
		const struct bcd_element *e = bcd_element(&b.store.objects[0], w->id);
		assert_non_null(e);
		if (!e->problem || !strstr(e->problem, w->problem))
			fail_msg("value %zu: %s", i, e->problem ? e->problem : "taken");
		assert_int_equal(strncmp(e->text, w->text, strlen(w->text)), 0);
		assert_true(strlen(e->text) <= 64 * 2 + 3);
		assert_int_equal(e->damaged, w->damaged);
		assert_int_equal(b.store.whole, !w->damaged);
		assert_int_equal(b.store.problem != NULL, w->damaged);
		assert_true(!e->device && !e->string && !e->guids && !e->integers);
		assert_non_null(b.store.objects[0].problem);
		bench_end(&b);
	}
}

/* A form of device that is not known is no damage. */
static void test_unknown_device(void **state)
{
	struct bench b;
	struct blob body = {.len = 0};
	(void)state;
	add_zeros(&body, 40);
	struct blob network = device_of(4, &body), e = element_of(0, &network);
	bench_begin(&b);
	object(&b, LOADER_1, BCD_LOADER);
	element_bytes(&b, LOADER_1, BCD_DEVICE, &e);
	bench_read(&b);
	const struct bcd_element *found = bcd_element(&b.store.objects[0], BCD_DEVICE);
	assert_string_equal(found->problem, "device at 0x10: type 4");
	assert_string_equal(found->name, "device");
	assert_false(found->damaged);
	assert_null(found->device);
	assert_true(b.store.whole);
	assert_null(b.store.problem);
	assert_string_equal(b.store.objects[0].problem,
			    "Elements\\11000001: device at 0x10: type 4");
	bench_end(&b);
}

static void test_odd_objects(void **state)
{
	static const struct {
		const char *text, *problem;
		size_t elements;
	} cases[] = {
		{"[Objects\\" LOADER_1 "\\Elements\\12000004]\n\"Element\"=\"x\"\n",
		 "no type: ", 1},
		{"[Objects\\" LOADER_1 "\\Description]\n\"Type\"=\"text\"\n", "no type: Type: ", 0},
		{"[Objects\\" LOADER_1 "\\Description]\n\"Type\"=dword:10200003\n"
		 "[Objects\\" LOADER_1 "\\Elements\\1200000]\n\"Element\"=\"x\"\n",
		 "Elements\\1200000: not the name of an element", 0},
		{"[Objects\\" LOADER_1 "\\Description]\n\"Type\"=dword:10200003\n"
		 "[Objects\\" LOADER_1 "\\Elements\\1200000g]\n\"Element\"=\"x\"\n",
		 "Elements\\1200000g: not the name of an element", 0},
		{"[Objects\\" LOADER_1 "\\Description]\n\"Type\"=dword:10200003\n"
		 "[Objects\\" LOADER_1 "\\Elements\\12000004]\n\"Other\"=\"x\"\n",
		 "Elements\\12000004: ", 0},
		{"[Objects\\" LOADER_1 "\\Description]\n\"Type\"=dword:10200003\n"
		 "[Objects\\" LOADER_1 "\\Elements]\n[Objects\\junk]\n",
		 "not an object's id", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;
		bench_begin(&b);
		fputs(cases[i].text, b.text);
		bench_read(&b);
		assert_false(b.store.whole);
		if (!strstr(b.store.problem, cases[i].problem))
			fail_msg("case %zu: %s", i, b.store.problem);
		assert_int_equal(bcd_object(&b.store, LOADER_1)->n, cases[i].elements);
		bench_end(&b);
	}
}

static void test_unknown_type(void **state)
{
	struct bench b;
	char *text;
	(void)state;
	bench_begin(&b);
	object(&b, LOADER_1, 0x12345678);
	element(&b, LOADER_1, 0x22000002, "\"x\"");
	bench_read(&b);
	assert_string_equal(b.store.objects[0].kind, "Unknown (12345678)");
	assert_true(b.store.whole);
	assert_int_equal(bcd_print(&b.store, b.arena, &text, NULL), 0);
	assert_non_null(strstr(text, "custom:22000002         x\n"));
	bench_end(&b);
}

/* Settings are looked for in 64 objects, no more. */
static void test_long_inheritance(void **state)
{
	struct bench b;
	char guid[64], parent[64];
	(void)state;
	bench_begin(&b);
	for (unsigned i = 0; i < 70; i++) {
		snprintf(guid, sizeof(guid), "{00000000-0000-0000-0000-%012u}", i);
		snprintf(parent, sizeof(parent), "multi:\"{00000000-0000-0000-0000-%012u}\"",
			 i + 1);
		object(&b, guid, BCD_LOADER);
		element(&b, guid, BCD_INHERITED, parent);
		element(&b, guid, 0x22000100 + i, "\"x\"");
	}
	bench_read(&b);
	const struct bcd_object *o = &b.store.objects[0];
	assert_non_null(bcd_inherited(&b.store, o, 0x22000100 + 63));
	assert_null(bcd_inherited(&b.store, o, 0x22000100 + 64));
	assert_null(bcd_inherited(&b.store, o, 0x22000100 + 69));
	assert_null(b.store.note);
	bench_end(&b);
}

static void test_damaged_bin(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	object(&b, LOADER_1, BCD_LOADER);
	bench_make(&b, "");
	uint8_t *copy = malloc(b.bytes.len);
	memcpy(copy, b.bytes.p, b.bytes.len);
	copy[HIVE_BASE] = 'x';
	assert_int_equal(hive_open(&b.hive, (struct span){copy, b.bytes.len}, NULL), 0);
	assert_int_equal(bcd_read(&b.hive, b.arena, &b.store, NULL), 0);
	assert_false(b.store.whole);
	assert_string_equal(b.store.problem, "the hive bin at 0x0 is damaged");
	free(copy);
	bench_end(&b);
}

static void test_limits(void **state)
{
	(void)state;
	for (unsigned step = 0; step < 2; step++) {
		struct bench b;
		struct err err = {0};
		char guid[64];
		bench_begin(&b);
		for (unsigned i = 0; step == 0 && i < 10000; i++) {
			snprintf(guid, sizeof(guid), "{00000000-0000-0000-0000-%012u}", i);
			fprintf(b.text, "[Objects\\%s]\n", guid);
			if (i > 0) /* a way down of 10,000 steps */
				fprintf(b.text,
					"[Objects\\%s\\Elements\\14000006]\n\"Element\"=multi:"
					"\"{00000000-0000-0000-0000-%012u}\"\n",
					guid, i - 1);
		}
		bench_make(&b, "");
		if (step == 1)
			b.hive.bins_size = BCD_BINS_MAX + 1;
		assert_int_equal(bcd_read(&b.hive, b.arena, &b.store, &err), step == 0 ? 0 : -1);
		assert_int_equal(err.code, step == 0 ? E_OK : E_UNSUPPORTED);
		for (unsigned i = 0; i < b.store.n; i++)
			assert_ptr_equal(bcd_object(&b.store, b.store.objects[i].guid),
					 &b.store.objects[i]);
		bench_end(&b);
	}
}

/* Many objects whose list of elements is the same one: counted against what a hive can hold. */
static void test_shared_lists(void **state)
{
	enum { NK_COUNT = 20, NK_LIST = 28, NK_NAME = 76 };
	struct bench b;
	char guid[64];
	const uint8_t *first = NULL;
	size_t n = 0;
	(void)state;
	bench_begin(&b);
	for (unsigned i = 0; i < 80; i++) {
		snprintf(guid, sizeof(guid), "{00000000-0000-0000-0000-%012u}", i);
		object(&b, guid, BCD_LOADER);
		for (unsigned k = 0; k < (i == 0 ? 200u : 1u); k++)
			element(&b, guid, 0x22000100 + k, "\"x\"");
	}
	bench_make(&b, "");
	uint8_t *copy = malloc(b.bytes.len);
	memcpy(copy, b.bytes.p, b.bytes.len);
	for (size_t at = 0; at + NK_NAME + 8 < b.bytes.len; at += 4) {
		uint8_t *nk = copy + at;
		if (memcmp(nk, "nk", 2) != 0 || memcmp(nk + NK_NAME, "Elements", 8) != 0)
			continue;
		if (le32((struct span){nk, 80}, NK_COUNT) == 200)
			first = nk;
	}
	assert_non_null(first);
	for (size_t at = 0; at + NK_NAME + 8 < b.bytes.len; at += 4) {
		uint8_t *nk = copy + at;
		if (memcmp(nk, "nk", 2) != 0 || memcmp(nk + NK_NAME, "Elements", 8) != 0)
			continue;
		memcpy(nk + NK_COUNT, first + NK_COUNT, 4);
		memcpy(nk + NK_LIST, first + NK_LIST, 4);
	}
	assert_int_equal(hive_open(&b.hive, (struct span){copy, b.bytes.len}, NULL), 0);
	assert_int_equal(bcd_read(&b.hive, b.arena, &b.store, NULL), 0);
	for (size_t i = 0; i < b.store.n; i++)
		n += b.store.objects[i].n;
	assert_true(n > 200);
	assert_true(n <= hive_keys_max(&b.hive));
	assert_false(b.store.whole);
	assert_non_null(strstr(b.store.problem, "more keys than the hive can hold"));
	free(copy);
	bench_end(&b);
}

static void test_dirty(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	object(&b, LOADER_1, BCD_LOADER);
	bench_make(&b, "--sequence 5 4");
	assert_int_equal(bcd_read(&b.hive, b.arena, &b.store, NULL), 0);
	assert_false(b.store.whole);
	assert_string_equal(b.store.problem, "the hive was not closed cleanly");
	assert_int_equal(b.store.n, 1);
	bench_end(&b);
}

/* Any byte may be wrong: an answer, in bounded time, and no wrong memory. */
static void test_any_byte(void **state)
{
	struct bench b;
	(void)state;
	bench_begin(&b);
	write_store(&b);
	bench_make(&b, "");
	uint8_t *copy = malloc(b.bytes.len);
	for (size_t at = 0; at < b.bytes.len; at += 3) {
		struct arena *arena = arena_new();
		struct hive h;
		char *text;
		memcpy(copy, b.bytes.p, b.bytes.len);
		copy[at] ^= (uint8_t)(1 + at % 255);
		if (hive_open(&h, (struct span){copy, b.bytes.len}, NULL) == 0 &&
		    bcd_read(&h, arena, &b.store, NULL) == 0) {
			assert_int_equal(b.store.whole, b.store.problem == NULL);
			assert_int_equal(bcd_print(&b.store, arena, &text, NULL), 0);
		}
		arena_free(arena);
	}
	free(copy);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_unknown_device),
		cmocka_unit_test(test_odd_objects),
		cmocka_unit_test(test_unknown_type),
		cmocka_unit_test(test_long_inheritance),
		cmocka_unit_test(test_damaged_bin),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_shared_lists),
		cmocka_unit_test(test_dirty),
		cmocka_unit_test(test_any_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
