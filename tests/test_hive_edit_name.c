/* SPDX-License-Identifier: MIT */
/*
 * New names outside ASCII: compressed where all units are below 0x100, else UTF-16; keys sorted and
 * hashed by the table that the volume gives, which here is one of the test's own, so that it shows
 * whether it is used.
 */
#include "hive_edit_test.h"

static uint8_t table[0x20000];

/* ASCII and Latin-1 as everywhere, Cyrillic, and a rule that no Windows has: U+0250 becomes C. */
static uint16_t own_upper(uint16_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) ||
	    (c >= 0x430 && c <= 0x44f))
		return c - 32;
	return c == 0x250 ? 'C' : c == 0xff ? 0x178 : c;
}

static struct span own_table(void)
{
	for (uint32_t c = 0; c <= 0xffff; c++)
		put_le16(table + 2 * (size_t)c, own_upper((uint16_t)c));
	return (struct span){table, sizeof(table)};
}

struct name {
	const char *utf8;
	uint16_t units[8];
	uint16_t n;
	bool compressed;
};

/* In the order of their capitals. */
static const struct name sorted[] = {
	{"B", {'B'}, 1, true},
	{"\xc9\x90"
	 "A",
	 {0x250, 'A'},
	 2,
	 false}, /* sorts as CA */
	{"cb", {'c', 'b'}, 2, true},
	{"\xc3\xa4rger", {0xe4, 'r', 'g', 'e', 'r'}, 5, true},
	{"\xc3\xbf", {0xff}, 1, true},
	{"\xd0\xb6", {0x436}, 1, false}, /* U+0416 is its capital, before U+0417 */
	{"\xd0\x97\xd1\x8f", {0x417, 0x44f}, 2, false},
	{"\xe6\x97\xa5\xe6\x9c\xac", {0x65e5, 0x672c}, 2, false},
	{"\xf0\x9f\x98\x80", {0xd83d, 0xde00}, 2, false},
	{"\xed\xa0\xbe", {0xd83e}, 1, false}, /* half of a pair */
};

static void assert_stored(const struct bench *b, struct key k, const struct name *want)
{
	const uint8_t *nk = b->view->bytes.p + key_at(k);
	assert_int_equal(nk[2] & 0x20, want->compressed ? 0x20 : 0);
	assert_int_equal(nk[72], want->n * (want->compressed ? 1 : 2));
	for (uint16_t i = 0; i < want->n; i++)
		assert_int_equal(want->compressed ? nk[76 + i]
						  : nk[76 + 2 * i] | nk[77 + 2 * i] << 8,
				 want->units[i]);
}

static uint32_t own_hash(const struct name *n)
{
	uint32_t hash = 0;
	for (uint16_t i = 0; i < n->n; i++)
		hash = 37 * hash + own_upper(n->units[i]);
	return hash;
}

static void keys_of_version(uint32_t minor)
{
	static const size_t order[] = {4, 0, 7, 2, 9, 1, 5, 3, 8, 6};
	struct bench b = bench_new(minor, 1 << 16);
	struct key k;
	hive_edit_upcase(b.e, own_table());
	for (size_t i = 0; i < COUNT(order); i++)
		create_key(&b, sorted[order[i]].utf8);
	struct key_iter it = key_subkeys(hive_root(b.view));
	uint32_t list = field32(&b, b.view->root, 28);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		const struct name *want = &sorted[i];
		assert_true(key_next(&it, &k));
		assert_stored(&b, k, want);
		uint32_t hint = field32(&b, list, 4 + 8 * (uint32_t)i + 4);
		if (minor >= 5)
			assert_int_equal(hint, own_hash(want));
		else if (!want->compressed)
			assert_int_equal(hint & 0xff, 0);
		else
			assert_int_equal(hint & 0xff, want->units[0]);
		assert_int_equal(key_find(hive_root(b.view), want->utf8, &k, NULL), 0);
	}
	assert_int_equal(field16(&b, b.view->root, 52), 10);
	delete_key(&b, sorted[7].utf8);
	hive_edit_finish(b.e, LATER);
	assert_int_equal(report_of(b.view).defects, 0);
	bench_close(&b);
}

static void test_keys(void **state)
{
	(void)state;
	keys_of_version(3);
	keys_of_version(5);
}

static void test_values(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 16);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		set_bytes(&b, "", sorted[i].utf8, 8, (unsigned)i);
		struct value v = find_value(b.view, "", sorted[i].utf8);
		const uint8_t *vk = b.view->bytes.p + value_at(v);
		assert_int_equal(vk[16], sorted[i].compressed);
		assert_int_equal(vk[2], sorted[i].n * (sorted[i].compressed ? 1 : 2));
	}
	set_bytes(&b, "", "", 8, 1);
	assert_int_equal((b.view->bytes.p + value_at(find_value(b.view, "", "")))[16], 0);
	assert_int_equal(field32(&b, b.view->root, 60), 10);
	assert_sound(&b);
	bench_close(&b);
}

static void test_refused(void **state)
{
	(void)state;
	static char longest[3 * 256 + 1];
	struct bench b = bench_new(5, 1 << 16);
	/* Without the volume's table. */
	create_key(&b, "\xc3\xa4\xe6\x97\xa5");
	assert_refused(&b, CREATE, "\xd0\xb6", 0, E_UNSUPPORTED, "the volume's own table");
	set_bytes(&b, "", "\xd0\xb6", 8, 1); /* values have no order */
	hive_edit_upcase(b.e, own_table());
	create_key(&b, "\xd0\xb6");
	assert_refused(&b, CREATE, "a\\\xff", 0, E_UNSUPPORTED, "not UTF-8");
	for (size_t i = 0; i < 256; i++)
		memcpy(longest + 3 * i, "\xe6\x97\xa5", 3);
	assert_refused(&b, CREATE, longest, 0, E_UNSUPPORTED, "");
	longest[3 * 255] = '\0';
	create_key(&b, longest);
	for (size_t i = 0; i < 128; i++)
		memcpy(longest + 4 * i, "\xf0\x9f\x98\x80", 4);
	longest[4 * 128] = '\0';
	assert_refused(&b, CREATE, longest, 0, E_UNSUPPORTED, "");
	/* What the table makes equal is one name, though nothing else here knows that. */
	create_key(&b, "xC");
	assert_refused(&b, CREATE, "X\xc9\x90", 0, E_UNSUPPORTED, "in other letters");
	hive_edit_upcase(b.e, (struct span){table, 100});
	assert_refused(&b, CREATE, "\xd0\xb7", 0, E_UNSUPPORTED, "the volume's own table");
	assert_int_equal(report_of(b.view).defects, 0);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
