/* SPDX-License-Identifier: MIT */
/*
 * Keys created and deleted: the record of a new key, sorted lists of every kind, leaves that
 * split and index roots that come and go, uses of security descriptors, and what may not be
 * touched.
 */
#include "hive_edit_test.h"

#define MANY 3000u
#define SOME 1300u /* enough to split a leaf */

static void test_record(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 4096);
	create_key(&b, "StartOverride");
	struct key k = find(b.view, "startoverride");
	uint32_t root = b.view->root, sk = field32(&b, root, 44), list = field32(&b, root, 28);
	uint8_t wanted[96 - 4] = "nk\x20";
	put_le64(wanted + 4, WHEN);
	put_le32(wanted + 16, root);
	put_le32(wanted + 28, HIVE_NONE);
	put_le32(wanted + 32, HIVE_NONE);
	put_le32(wanted + 40, HIVE_NONE);
	put_le32(wanted + 44, sk);
	put_le32(wanted + 48, HIVE_NONE);
	put_le16(wanted + 72, 13);
	memcpy(wanted + 76, "StartOverride", 13);
	assert_memory_equal(b.view->bytes.p + key_at(k), wanted, sizeof(wanted));
	assert_int_equal(le32(b.view->bytes, key_at(k) - 4), 0u - 96u);
	assert_int_equal(field32(&b, root, 20), 1);
	assert_int_equal(field16(&b, root, 52), 26);
	assert_int_equal(field32(&b, sk, 12), 2);
	assert_int_equal(key_written(hive_root(b.view)), WHEN);
	assert_memory_equal(b.view->bytes.p + 4096 + list + 4, "lh\1\0", 4);
	assert_int_equal(field32(&b, list, 4), k.at);
	uint32_t hash = 0;
	for (const char *p = "STARTOVERRIDE"; *p; p++)
		hash = hash * 37 + (uint8_t)*p;
	assert_int_equal(field32(&b, list, 8), hash);
	assert_sound(&b);
	bench_close(&b);
}

static void test_fast_leaf(void **state)
{
	(void)state;
	struct bench b = bench_new(3, 4096);
	create_key(&b, "Objects");
	create_key(&b, "De");
	uint32_t list = field32(&b, b.view->root, 28);
	assert_memory_equal(b.view->bytes.p + 4096 + list + 4, "lf\2\0", 4);
	assert_memory_equal(b.view->bytes.p + 4096 + list + 4 + 8, "De\0\0", 4);
	assert_memory_equal(b.view->bytes.p + 4096 + list + 4 + 16, "Obje", 4);
	assert_sound(&b);
	bench_close(&b);
}

static void test_path(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 4096);
	struct err err = {0};
	create_key(&b, "\\a\\b\\\\c\\");
	assert_int_equal(hive_edit_create_key(b.e, "A\\B\\C", LATER, &err), 0);
	assert_int_equal(hive_edit_create_key(b.e, "", LATER, &err), 0);
	assert_int_equal(key_written(find(b.view, "a\\b")), WHEN);
	assert_int_equal(hive_edit_create_key(b.e, "A\\b\\D", LATER, &err), 1);
	assert_int_equal(key_written(find(b.view, "a\\b")), LATER);
	assert_int_equal(key_written(find(b.view, "a\\b\\d")), LATER);
	assert_int_equal(key_written(find(b.view, "a")), WHEN);
	assert_int_equal(assert_sound(&b).keys, 5);
	delete_key(&b, "\\a\\B\\");
	assert_int_equal(key_written(find(b.view, "a")), LATER);
	assert_int_equal(key_subkey_count(find(b.view, "a")), 0);
	assert_int_equal(assert_sound(&b).keys, 2);
	bench_close(&b);
}

/* Names that sort: without case, '_' behind letters, shorter first. */
static void test_order(void **state)
{
	(void)state;
	static const char *const given[] = {"b", "A", "_",  "a1", "Z", "z1",
					    "~", " ", "ab", "AA", "["};
	static const char *const sorted[] = {" ", "A",  "a1", "AA", "ab", "b",
					     "Z", "z1", "[",  "_",  "~"};
	struct bench b = bench_new(5, 4096);
	for (size_t i = 0; i < COUNT(given); i++)
		create_key(&b, given[i]);
	struct key_iter it = key_subkeys(hive_root(b.view));
	struct key k;
	for (size_t i = 0; i < COUNT(sorted); i++)
		assert_true(key_next(&it, &k) && key_is(k, sorted[i]));
	assert_sound(&b);
	bench_close(&b);
}

/* A stored NUL is a character like others: what ends before it sorts before it. */
static void test_nul_in_name(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 4096);
	create_key(&b, "aXc");
	struct span copy = bench_copy(&b);
	bench_record(copy, find(b.view, "aXc").at)[77] = '\0';
	uint32_t list = field32(&b, b.view->root, 28);
	put_le32(bench_record(copy, list) + 8, ('A' * 37 + 0) * 37 + 'C');
	bench_reopen(&b, copy);
	create_key(&b, "a");
	create_key(&b, "a b");
	struct key_iter it = key_subkeys(hive_root(b.view));
	struct key k;
	assert_true(key_next(&it, &k) && key_is(k, "a"));
	assert_true(key_next(&it, &k) && !key_is(k, "a b"));
	assert_true(key_next(&it, &k) && key_is(k, "a b"));
	assert_sound(&b);
	bench_close(&b);
}

/* The list of the root: leaves it has, and that none is longer than may be. */
static unsigned leaves(const struct bench *b)
{
	uint32_t list = field32(b, b->view->root, 28);
	if (memcmp(b->view->bytes.p + 4096 + list + 4, "ri", 2) != 0)
		return 1;
	uint32_t n = field16(b, list, 2);
	for (uint32_t i = 0; i < n; i++)
		assert_in_range(field16(b, field32(b, list, 4 + 4 * i), 2), 1, 1012);
	return n;
}

/* n keys; step is prime to n, so every key comes once. */
static void many(uint32_t minor, uint32_t n, uint32_t step, unsigned least, unsigned most)
{
	char name[32];
	struct bench b = bench_new(minor, 1 << 20);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "Key %04u", i * step % n);
		create_key(&b, name);
		assert_int_equal(leaves(&b) > 1, i >= 1012);
	}
	assert_in_range(leaves(&b), least, most);
	assert_int_equal(assert_sound(&b).keys, n + 1);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "Key %04u", i * 1009 % n);
		delete_key(&b, name);
		if (i % 500 == 0)
			assert_sound(&b);
	}
	uint32_t root = b.view->root;
	assert_int_equal(field32(&b, root, 20), 0);
	assert_int_equal(field32(&b, root, 28), HIVE_NONE);
	assert_int_equal(field16(&b, root, 52), 0);
	assert_int_equal(assert_sound(&b).cells_used, 2);
	bench_close(&b);
}

static void test_many(void **state)
{
	(void)state;
	many(5, MANY, 1, 5, 5);        /* ascending: every leaf but the last is half full */
	many(5, SOME, SOME - 1, 2, 2); /* descending */
	many(3, SOME, 1013, 2, 2);
}

static void test_leaf_dropped(void **state)
{
	(void)state;
	char name[32];
	struct bench b = bench_new(5, 1 << 20);
	for (unsigned i = 0; i < 1013; i++) {
		snprintf(name, sizeof(name), "%04u", i);
		create_key(&b, name);
	}
	assert_int_equal(leaves(&b), 2);
	uint32_t list = field32(&b, b.view->root, 28), second = field32(&b, list, 8);
	for (unsigned i = 0; i < 506; i++) {
		snprintf(name, sizeof(name), "%04u", i);
		delete_key(&b, name);
	}
	assert_int_equal(leaves(&b), 1);
	assert_int_equal(field32(&b, b.view->root, 28), list); /* a root of one leaf stays */
	assert_int_equal(field32(&b, list, 4), second);
	assert_sound(&b);
	create_key(&b, "0");
	second = field32(&b, list, 4); /* it may have moved */
	assert_int_equal(field32(&b, field32(&b, second, 4), 76) & 0xff, '0');
	assert_int_equal(field16(&b, field32(&b, second, 4), 72), 1);
	assert_sound(&b);
	bench_close(&b);
}

/* A plain leaf stays one; the lists of the tiny hive are of all kinds. */
static void test_kinds_kept(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	uint32_t services = t.services;
	struct bench b = bench_on((struct span){t.p, TINY_SIZE});
	create_key(&b, "ControlSet001\\Services\\zzz");
	create_key(&b, "ControlSet001\\Services\\aaa");
	create_key(&b, "ControlSet001\\Services\\storahci\\New");
	uint32_t ri = field32(&b, services, 28), first = field32(&b, ri, 4);
	assert_memory_equal(b.view->bytes.p + 4096 + first + 4, "lh\3\0", 4);
	assert_memory_equal(b.view->bytes.p + 4096 + field32(&b, ri, 8) + 4, "li\5\0", 4);
	assert_int_equal(field32(&b, services, 20), 8);
	assert_int_equal(field32(&b, first, 8), (('A' * 37) + 'A') * 37 + 'A');
	assert_memory_equal(
		b.view->bytes.p + 4096 +
			field32(&b, find(b.view, "ControlSet001\\Services\\storahci").at, 28) + 4,
		"lf\2\0", 4);
	find(b.view, "ControlSet001\\Services\\zzz");
	/* Two of the keys have the same value, which cannot be freed twice. */
	assert_refused(&b, DELETE, "ControlSet001\\Services", 0, E_CORRUPT, "the cell is free");
	delete_key(&b, "ControlSet001\\Services\\msahci");
	delete_key(&b, "ControlSet001\\Class");
	assert_int_equal(key_subkey_count(find(b.view, "ControlSet001")), 1);
	bench_close(&b);
}

/* A tree with everything in it leaves nothing behind. */
static void test_delete_tree(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	char name[64];
	create_key(&b, "stays");
	struct hive_report before = assert_sound(&b);
	for (unsigned i = 0; i < 1100; i++) {
		snprintf(name, sizeof(name), "tree\\%u\\x", i);
		create_key(&b, name);
	}
	set_bytes(&b, "tree\\7", "big", 60000, 1);
	set_bytes(&b, "tree\\7\\x", "small", 2, 1);
	set_bytes(&b, "tree\\8\\x", "cell", 200, 1);
	assert_sound(&b);
	delete_key(&b, "tree");
	struct hive_report after = assert_sound(&b);
	assert_int_equal(after.keys, 2);
	assert_int_equal(after.cells_used, before.cells_used);
	assert_int_equal(field32(&b, field32(&b, b.view->root, 44), 12), 2);
	bench_close(&b);
}

/* Give key k of b a class name and a descriptor of its own, the second in the ring. */
static void decorate(struct bench *b)
{
	set_bytes(b, "k", "class", 12, 1); /* two cells that become something else */
	set_bytes(b, "k", "sk", 40, 1);
	uint32_t class = field32(b, find_value(b->view, "k", "class").at, 8);
	uint32_t sk = field32(b, find_value(b->view, "k", "sk").at, 8);
	uint32_t k = find(b->view, "k").at, old = field32(b, k, 44);
	struct span copy = bench_copy(b);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t vk = field32(b, field32(b, k, 40), 4 * i);
		put_le32(bench_record(copy, vk) + 4, 0x80000000);
	}
	put_le32(bench_record(copy, k) + 48, class);
	put_le16(bench_record(copy, k) + 74, 10);
	put_le32(bench_record(copy, b->view->root) + 56, 10);
	memcpy(bench_record(copy, sk), bench_record(copy, old), 40);
	put_le32(bench_record(copy, k) + 44, sk);
	put_le32(bench_record(copy, sk) + 4, old);
	put_le32(bench_record(copy, sk) + 8, old);
	put_le32(bench_record(copy, sk) + 12, 1);
	put_le32(bench_record(copy, old) + 4, sk);
	put_le32(bench_record(copy, old) + 8, sk);
	put_le32(bench_record(copy, old) + 12, 1);
	bench_reopen(b, copy);
}

static void test_descriptors(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 16);
	create_key(&b, "k");
	decorate(&b);
	uint32_t sk = field32(&b, find(b.view, "k").at, 44), old = field32(&b, b.view->root, 44);
	create_key(&b, "k\\sub");
	assert_int_equal(field32(&b, find(b.view, "k\\sub").at, 44), sk);
	assert_int_equal(field32(&b, sk, 12), 2);
	delete_key(&b, "k\\sub");
	assert_int_equal(field32(&b, sk, 12), 1);
	delete_key(&b, "k");
	assert_int_equal(field32(&b, old, 4), old); /* alone in the ring again */
	assert_int_equal(field32(&b, old, 8), old);
	assert_int_equal(field32(&b, b.view->root, 56), 0); /* no subkeys, no class names */
	assert_int_equal(assert_sound(&b).cells_used, 2);
	bench_close(&b);
}

static void test_damaged_descriptors(void **state)
{
	(void)state;
	static const struct {
		bool old;
		uint32_t field, value;
		enum edit_kind kind;
		const char *text;
	} cases[] = {
		{false, 12, 0, DELETE, "counts 0"},
		{false, 12, UINT32_MAX, CREATE, "used 4294967295 times"},
		{false, 0, 0, CREATE, "not a security descriptor"},
		{false, 0, 0, DELETE, "not a security descriptor"},
		{true, 4, 0, DELETE, "not in the ring"},
		{true, 8, 0, DELETE, "not in the ring"},
		{false, 4, 0, DELETE, "no cell can be there"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench_new(5, 1 << 16);
		create_key(&b, "k");
		decorate(&b);
		uint32_t sk = field32(&b, cases[i].old ? b.view->root : find(b.view, "k").at, 44);
		struct span copy = bench_copy(&b);
		put_le32(bench_record(copy, sk) + cases[i].field, cases[i].value);
		bench_reopen(&b, copy);
		assert_refused(&b, cases[i].kind, cases[i].kind == CREATE ? "k\\new" : "k", 0,
			       E_CORRUPT, cases[i].text);
		bench_close(&b);
	}
}

/* ---- refusals ---- */

static void test_refusals(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 16);
	char longest[257] = {0};
	memset(longest, 'k', 255);
	create_key(&b, longest);
	assert_int_equal(field16(&b, b.view->root, 52), 510);
	longest[255] = 'k';
	assert_refused(&b, CREATE, longest, 0, E_UNSUPPORTED, "more than 255 characters");
	assert_refused(&b, CREATE, "a\\b\\\xff", 0, E_UNSUPPORTED, "not UTF-8");
	assert_refused(&b, DELETE, "", 0, E_UNSUPPORTED, "root");
	assert_refused(&b, DELETE, "\\", 0, E_UNSUPPORTED, "root");
	assert_refused(&b, DELETE, "none", 0, E_NOTFOUND, "no key none");
	assert_refused(&b, DELETE, "none\\none", 0, E_NOTFOUND, "no key none");
	assert_sound(&b);
	bench_close(&b);
}

static void test_depth(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	char path[2 * 512 + 1];
	for (size_t i = 0; i < 512; i++)
		memcpy(path + 2 * i, "d\\", 3);
	struct err err = {0};
	assert_int_equal(hive_edit_create_key(b.e, path, WHEN, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	assert_int_equal(b.view->bins_size, 4096);
	path[2 * 511] = '\0';
	create_key(&b, path);
	assert_int_equal(assert_sound(&b).keys, 512);
	path[2 * 511] = 'x';
	path[2 * 511 + 1] = '\0';
	assert_int_equal(hive_edit_create_key(b.e, path, WHEN, NULL), -1);
	assert_int_equal(assert_sound(&b).keys, 512);
	delete_key(&b, "d");
	assert_int_equal(assert_sound(&b).cells_used, 2);
	bench_close(&b);
}

/* Flags of k, or of k\sub, and which edits they forbid. */
static void test_special(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		uint16_t flags;
		uint8_t layers;
		bool set, create, delete_k;
	} cases[] = {
		{"k", 0x20, 0, true, true, true},       {"k", 0x30, 0, false, false, false},
		{"k", 0x60, 0, false, false, false},    {"k", 0x28, 0, true, true, false},
		{"k", 0x20, 0x81, false, false, false}, {"k", 0x20, 0x82, true, true, true},
		{"k\\sub", 0x30, 0, true, true, true},  {"k\\sub", 0x60, 0, true, true, false},
		{"k\\sub", 0x28, 0, true, true, false}, {"k\\sub", 0x20, 0x81, true, true, false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (enum edit_kind kind = SET; kind <= DELETE; kind++) {
			struct bench b = bench_new(5, 1 << 16);
			create_key(&b, "k\\sub");
			set_bytes(&b, "k", "v", 9, 1);
			struct span copy = bench_copy(&b);
			uint8_t *nk = bench_record(copy, find(b.view, cases[i].key).at);
			put_le16(nk + 2, cases[i].flags);
			nk[13] = cases[i].layers;
			put_le32(bench_record(copy, 0) - 4096 - 4 + 144, 2);
			bench_reopen(&b, copy);
			if (kind == DELETE && !cases[i].delete_k)
				assert_refused(&b, DELETE, "k", 0, E_UNSUPPORTED, "key");
			else if (kind == CREATE && !cases[i].create)
				assert_refused(&b, CREATE, "k\\new", 0, E_UNSUPPORTED, "key is");
			else if ((kind == SET || kind == UNSET) && !cases[i].set)
				assert_refused(&b, kind, "k", 9, E_UNSUPPORTED, "key is");
			else if (kind == DELETE)
				delete_key(&b, "k");
			else if (kind == CREATE)
				create_key(&b, "k\\new");
			bench_close(&b);
		}
	}
}

/* ---- lists that lie ---- */

static void test_damaged_lists(void **state)
{
	(void)state;
	static const struct {
		uint32_t field, value;
		enum edit_kind kind;
		const char *text;
	} cases[] = {
		{0, 0x0002686c, DELETE, "nk cell"}, /* the child twice: freed once */
		{0, 0x0063686c, DELETE, "99 subkeys"},
		{0, 0x0063686c, CREATE, "99 subkeys"},
		{0, 0x00017a7a, CREATE, "unknown signature"},
		{0, 0x00017a7a, DELETE, "unknown signature"},
		{4, 0x20, DELETE, "not to be deleted"},
		{4, 8, DELETE, "no cell can be there"},
		{4, 8, CREATE, "no cell can be there"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench_new(5, 1 << 16);
		create_key(&b, "k\\sub");
		create_key(&b, "k\\twin");
		delete_key(&b, "k\\twin");
		uint32_t k = find(b.view, "k").at, list = field32(&b, k, 28);
		struct span copy = bench_copy(&b);
		put_le32(bench_record(copy, list) + cases[i].field, cases[i].value);
		if (cases[i].value == 0x0002686c) {
			put_le32(bench_record(copy, k) + 20, 2);
			memcpy(bench_record(copy, list) + 12, bench_record(copy, list) + 4, 8);
		}
		bench_reopen(&b, copy);
		assert_refused(&b, cases[i].kind, cases[i].kind == CREATE ? "k\\new" : "k", 0,
			       cases[i].field == 4 && cases[i].value == 0x20 ? E_UNSUPPORTED
									     : E_CORRUPT,
			       cases[i].field == 4 && cases[i].value == 0x20 ? "" : cases[i].text);
		bench_close(&b);
	}
}

/* A key below itself. */
static void test_loop(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 16);
	create_key(&b, "a\\b\\c");
	uint32_t list = field32(&b, find(b.view, "a\\b").at, 28), a = find(b.view, "a").at;
	struct span copy = bench_copy(&b);
	put_le32(bench_record(copy, list) + 4, a);
	bench_reopen(&b, copy);
	assert_refused(&b, DELETE, "a", 0, E_CORRUPT, "512 keys deep");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_fast_leaf),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nul_in_name),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_leaf_dropped),
		cmocka_unit_test(test_kinds_kept),
		cmocka_unit_test(test_delete_tree),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_damaged_descriptors),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_damaged_lists),
		cmocka_unit_test(test_loop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
