/* SPDX-License-Identifier: MIT */
/*
 * Names in the whole-hive check: hashes, hints and the order of lists with the letters whose upper
 * case is known and those where it is not, and values of the same name.
 */
#include "hive_check_test.h"

/* A subkey of Beta with this name, in a list of this kind with this hash or hint. */
static struct hive_report listed(const char *kind, const char *name, size_t len, unsigned flags,
				 uint32_t hint)
{
	struct sound s = sound_new();
	uint32_t key = sound_key(&s, name, len, flags, s.alpha);
	uint32_t list = tiny_list(&s.t, kind, &key, 1);
	put_le32(tiny_at(&s.t, list) + 8, hint);
	tiny_subkeys(&s.t, s.beta, list, 1);
	put_le32(tiny_at(&s.t, key) + 16, s.beta);
	put_le32(tiny_at(&s.t, s.beta) + 52, 0xffff);
	put_le32(tiny_at(&s.t, s.sk_one) + 12, 7);
	sound_bins(&s.t);
	struct hive_report r = check_sound(&s);
	tiny_free(&s.t);
	return r;
}

static struct hive_report renamed(const char *name, size_t len, unsigned flags, uint32_t hash)
{
	return listed("lh", name, len, flags, hash);
}

static void test_hints(void **state)
{
	(void)state;
	assert_int_equal(listed("lf", "ab", 2, 0x20, 0x6261).defects, 0);
	assert_int_equal(listed("lf", "ab", 2, 0x20, 0x4241).defects, 1);
	assert_int_equal(listed("lf", "\xe4", 1, 0x20, 0xe4).defects, 0);
	assert_int_equal(listed("lf", "abcdef", 6, 0x20, 0x64636261).defects, 0);
	/* a character outside Latin-1: the first byte is 0 */
	assert_int_equal(listed("lf", "a\0\0\x01", 4, 0, 0).defects, 0);
	assert_int_equal(listed("lf", "a\0\0\x01", 4, 0, 0x6100).defects, 0);
	assert_int_equal(listed("lf", "a\0\0\x01", 4, 0, 0x61).defects, 1);
	assert_int_equal(listed("lf", "a\0b\0", 4, 0, 0x6261).defects, 0);
}

static void test_names(void **state)
{
	(void)state;
	char long_name[256];
	memset(long_name, '1', sizeof(long_name));
	uint32_t hash = 0;
	for (size_t i = 0; i < 255; i++)
		hash = 37 * hash + '1';
	assert_int_equal(renamed(long_name, 255, 0x20, hash).defects, 0);
	assert_int_equal(renamed(long_name, 256, 0x20, 37 * hash + '1').defects, 1);
	/* upper case: a-umlaut is 0xc4, y-diaeresis 0x178, the division sign and sharp s stay */
	assert_int_equal(renamed("\xe4", 1, 0x20, 0xc4).defects, 0);
	assert_int_equal(renamed("\xe4", 1, 0x20, 0xe4).defects, 1);
	assert_int_equal(renamed("\xff", 1, 0x20, 0x178).defects, 0);
	assert_int_equal(renamed("\xf7", 1, 0x20, 0xf7).defects, 0);
	assert_int_equal(renamed("\xdf", 1, 0x20, 0xdf).defects, 0);
	assert_int_equal(renamed("\xe4\0", 2, 0, 0xc4).defects, 0);
	/* an ideograph has one hash; of a Greek letter the upper case is not known here */
	assert_int_equal(renamed("\x01\x4e", 2, 0, 0x4e01).defects, 0);
	assert_int_equal(renamed("\x01\x4e", 2, 0, 1).defects, 1);
	assert_int_equal(renamed("\xb1\x03", 2, 0, 1).defects, 0);
	assert_int_equal(renamed("\0\x01", 2, 0, 1).defects, 0);
	assert_int_equal(renamed("\0\xa0", 2, 0, 1).defects, 0);
	assert_int_equal(renamed("\x80\x2e", 2, 0, 1).defects, 1);
	assert_int_equal(renamed("z", 1, 0x20, 'Z').defects, 0);
	assert_int_equal(renamed("\xe0", 1, 0x20, 0xc0).defects, 0);
	assert_int_equal(renamed("\xfe", 1, 0x20, 0xde).defects, 0);
	/* Windows makes such names */
	assert_int_equal(renamed("a\0b", 3, 0x20, ('A' * 37 + 0) * 37 + 'B').defects, 0);
}

/* Is a key called a in order in front of one called b? Both as UTF-16. */
static bool in_order(const char *a, size_t len_a, const char *b, size_t len_b)
{
	struct sound s = sound_new();
	uint32_t keys[] = {sound_key(&s, a, len_a, 0, s.beta), sound_key(&s, b, len_b, 0, s.beta)};
	tiny_subkeys(&s.t, s.beta, tiny_list(&s.t, "li", keys, 2), 2);
	put_le32(tiny_at(&s.t, s.sk_one) + 12, 8);
	sound_bins(&s.t);
	struct hive_report r = check_sound(&s);
	if (r.defects > 0)
		assert_expected(&r, &(struct expected){"order of names", keys[1]}, 1, 0);
	tiny_free(&s.t);
	return r.defects == 0;
}

static void test_order(void **state)
{
	(void)state;
	assert_true(in_order("a\0", 2, "a\0b\0", 4));
	assert_false(in_order("a\0b\0", 4, "a\0", 2));
	assert_false(in_order("a\0b\0", 4, "A\0B\0", 4));
	assert_true(in_order("a\0B\0", 4, "a\0_\0", 4));
	assert_false(in_order("a\0_\0", 4, "a\0B\0", 4));
	assert_true(in_order("\xfe\0", 2, "\xff\0", 2));
	assert_false(in_order("\xff\0", 2, "\xfe\0", 2));
	/* not sure: upper and lower case of the same Greek letter, of a Greek and an ASCII one */
	assert_true(in_order("\xb1\x03", 2, "\x91\x03", 2));
	assert_true(in_order("\xb1\x03", 2, "b\0", 2));
	assert_true(in_order("b\0", 2, "\xb1\x03", 2));
	assert_false(in_order("b\0\xb1\x03", 4, "a\0\xb1\x03", 4));
}

/* Twins are found wherever they stand. */
static void test_twins(void **state)
{
	(void)state;
	enum { VALUES = 60 };
	for (uint32_t twin = 0; twin < VALUES - 1; twin += 7) {
		struct sound s = sound_new();
		uint32_t values[VALUES];
		for (uint32_t i = 0; i < VALUES; i++) {
			char name[8];
			bool last = i + 1 == VALUES;
			snprintf(name, sizeof(name), last ? "V%02u" : "v%02u", last ? twin : i);
			values[i] = tiny_dword(&s.t, name, i);
		}
		tiny_values(&s.t, s.beta, values, VALUES);
		sound_bins(&s.t);
		struct hive_report r = check_sound(&s);
		assert_expected(&r, &(struct expected){"same name", values[VALUES - 1]}, 1, twin);
		tiny_free(&s.t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_twins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
