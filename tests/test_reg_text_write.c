/* SPDX-License-Identifier: MIT */
/*
 * Writing registry texts: the text of a small hive character by character, what is left out and
 * how that is said, damage, and a sink that fails.
 */
#include "reg_text_test.h"

/* A hive with one key "k" below the root, with the values given. */
struct one {
	struct tiny t;
	struct hive h;
	uint32_t key;
};

static struct one one_new(void)
{
	struct one o = {.t = {.p = calloc(1, TINY_SIZE), .next = 32}};
	assert_non_null(o.t.p);
	o.t.root = tiny_ascii_key(&o.t, "ROOT");
	return o;
}

static void one_open(struct one *o)
{
	tiny_base(&o->t);
	o->h = tiny_open(&o->t);
}

/* What becomes of the key that forms_new() makes. */
static const char all_forms[] = V5
	"\r\n[HKEY_LOCAL_MACHINE\\X\\k]\r\n"
	"@=\"default\"\r\n"
	"\"q\\\"\\\\n\"=\"a\\\"b\\\\c;\"\r\n"
	"\"Start\"=dword:000003fe\r\n"
	"\"Short\"=hex(4):01,02,03\r\n"
	"\"Expand\"=hex(2):25,00,41,00,00,00\r\n"
	"\"Multi\"=hex(7):78,00,00,00,00,00\r\n"
	"\"NoEnd\"=hex(1):61,00,62,00\r\n"
	"\"Lines\"=hex(1):61,00,0a,00,62,00,00,00\r\n"
	"\"Return\"=hex(1):61,00,0d,00,62,00,00,00\r\n"
	"\"Inside\"=hex(1):61,00,00,00,62,00,00,00\r\n"
	"\"OddText\"=hex(1):61,00,00\r\n"
	"\"NoText\"=hex(1):\r\n"
	"\"Empty\"=\"\"\r\n"
	"\"Nothing\"=hex:\r\n"
	"\"None\"=hex(0):ff\r\n"
	"\"Other\"=hex(ffff0012):01\r\n"
	"\"Blob\"=hex:ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,"
	"ab,ab,\\\r\n  ab,ab,ab,ab,ab,ab,ab,ab\r\n"
	"\"Blob1\"=hex:ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,"
	"ab,ab\r\n"
	"\"Blobb\"=hex:ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,"
	"ab\r\n"
	"\r\n[HKEY_LOCAL_MACHINE\\X\\k\\[sub]\r\n\r\n";

/* A key with a value of each form, and two more keys. */
static struct one forms_new(void)
{
	struct one o = one_new();
	struct tiny *t = &o.t;
	uint8_t bytes[30];
	memset(bytes, 0xab, sizeof(bytes));
	uint32_t k = tiny_ascii_key(t, "k"), second = tiny_ascii_key(t, "s]"),
		 sub = tiny_ascii_key(t, "[sub");
	uint32_t values[] = {
		tiny_text(t, "", REG_SZ, "default", 8),
		tiny_text(t, "q\"\\n", REG_SZ, "a\"b\\c;", 7),
		tiny_dword(t, "Start", 0x3fe),
		tiny_value(t, "Short", REG_DWORD, "\1\2\3", 3),
		tiny_text(t, "Expand", REG_EXPAND_SZ, "%A", 3),
		tiny_text(t, "Multi", REG_MULTI_SZ, "x\0", 3),
		tiny_text(t, "NoEnd", REG_SZ, "ab", 2),
		tiny_text(t, "Lines", REG_SZ, "a\nb", 4),
		tiny_text(t, "Return", REG_SZ, "a\rb", 4),
		tiny_text(t, "Inside", REG_SZ, "a\0b", 4),
		tiny_value(t, "OddText", REG_SZ, "a\0\0", 3),
		tiny_vk(t, "NoText", REG_SZ, 0x80000000u, 0),
		tiny_text(t, "Empty", REG_SZ, "", 1),
		tiny_vk(t, "Nothing", REG_BINARY, 0x80000000u, 0),
		tiny_value(t, "None", REG_NONE, "\xff", 1),
		tiny_value(t, "Other", 0xffff0012, "\1", 1),
		tiny_value(t, "Blob", REG_BINARY, bytes, 30),
		tiny_value(t, "Blob1", REG_BINARY, bytes, 22),
		tiny_value(t, "Blobb", REG_BINARY, bytes, 21),
	};
	tiny_values(t, k, values, COUNT(values));
	tiny_subkeys(t, k, tiny_list(t, "lf", &sub, 1), 1);
	tiny_subkeys(t, t->root, tiny_list(t, "lf", (uint32_t[]){k, second}, 2), 2);
	return o;
}

static void test_written(void **state)
{
	(void)state;
	struct one o = forms_new();
	one_open(&o);
	struct text wide = written(find(&o.h, "k"), "HKEY_LOCAL_MACHINE\\X\\k", 0);
	struct text got = narrowed(&wide);
	assert_string_equal(got.p, all_forms);
	free(got.p);
	free(wide.p);
	wide = written(hive_root(&o.h), "\xc3\xa4", 0);
	got = read_bytes((struct span){(uint8_t *)wide.p, wide.n});
	assert_non_null(strstr(got.p, "+\xc3\xa4\n+\xc3\xa4\\k\n=\xc3\xa4\\k||1|"));
	assert_non_null(strstr(got.p, "+\xc3\xa4\\k\\[sub\n+\xc3\xa4\\s]\n"));
	free(got.p);
	free(wide.p);
	tiny_free(&o.t);
}

/* Names that the form cannot hold, and limits of the reader. */
static void test_left_out(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t len;
		unsigned flags;
		const char *shown;
	} names[] = {
		{"a\0b", 3, 0x20, "; skipped: a\\x00b: a key with a name"},
		{"a\nb", 3, 0x20, "; skipped: a\\x0ab: a key with a name"},
		{"a\rb", 3, 0x20, "; skipped: a\\x0db: a key with a name"},
		{"a\\b", 3, 0x20, "; skipped: a\\b: a key with a name"},
		{"", 0, 0x20, "; skipped: : a key with a name"},
		{"a\0\0", 3, 0, "; skipped: a: a key with a name"},
		{"b\0\n\0", 4, 0, "; skipped: b\\x0a: a key with a name"},
	};
	for (size_t i = 0; i < COUNT(names); i++) {
		struct one o = one_new();
		uint32_t bad = tiny_key(&o.t, names[i].name, names[i].len, names[i].flags),
			 sub = tiny_ascii_key(&o.t, "sub"), good = tiny_ascii_key(&o.t, "z");
		uint32_t value = tiny_dword(&o.t, i == 0 ? "x\ny" : "x", 1);
		tiny_values(&o.t, good, &value, 1);
		tiny_subkeys(&o.t, bad, tiny_list(&o.t, "li", &sub, 1), 1);
		tiny_subkeys(&o.t, o.t.root, tiny_list(&o.t, "li", (uint32_t[]){bad, good}, 2), 2);
		one_open(&o);
		struct text wide = written(hive_root(&o.h), "P", i == 0 ? 2 : 1);
		struct text got = narrowed(&wide);
		if (!strstr(got.p, names[i].shown) || strstr(got.p, "sub"))
			fail_msg("%s", got.p);
		assert_non_null(strstr(got.p, i == 0 ? "; skipped: x\\x0ay: a value with a name"
						     : "[P\\z]\r\n\"x\"=dword:00000001\r\n"));
		free(read_bytes((struct span){(uint8_t *)wide.p, wide.n}).p);
		free(got.p);
		free(wide.p);
		tiny_free(&o.t);
	}
}

static void test_long_names(void **state)
{
	(void)state;
	char name[256];
	memset(name, 'n', sizeof(name));
	for (size_t len = 255; len <= 256; len++) {
		struct one o = one_new();
		uint32_t k = tiny_key(&o.t, name, len, 0x20);
		tiny_subkeys(&o.t, o.t.root, tiny_list(&o.t, "li", &k, 1), 1);
		one_open(&o);
		struct text wide = written(hive_root(&o.h), "P", len == 256);
		free(read_bytes((struct span){(uint8_t *)wide.p, wide.n}).p);
		free(wide.p);
		tiny_free(&o.t);
	}
}

/* Damage is named in comments, and what is left comes. */
static void test_damaged(void **state)
{
	(void)state;
	struct one o = one_new();
	uint32_t a = tiny_ascii_key(&o.t, "a"), b = tiny_ascii_key(&o.t, "b");
	uint32_t values[] = {tiny_dword(&o.t, "x", 1), tiny_vk(&o.t, "far", REG_BINARY, 8, 0x30000),
			     tiny_vk(&o.t, "huge", REG_BINARY, 0x7fffffff, 0x20), 0x20};
	tiny_values(&o.t, a, values, COUNT(values));
	tiny_subkeys(&o.t, o.t.root, tiny_list(&o.t, "li", (uint32_t[]){a, b, values[0]}, 3), 3);
	one_open(&o);
	struct text wide = written(hive_root(&o.h), "P", 4);
	struct text got = narrowed(&wide);
	assert_string_equal(got.p, V5
			    "\r\n[P]\r\n\r\n[P\\a]\r\n\"x\"=dword:00000001\r\n"
			    "; skipped: far: a value whose data is damaged\r\n"
			    "; skipped: huge: a value too large to be read back\r\n"
			    "; skipped: damaged values: vk cell at 0x20: not a value, signature "
			    "0x6e6b\r\n\r\n[P\\b]\r\n\r\n"
			    "; skipped: damaged subkeys: nk cell at 0x128: 28 bytes where 76 are "
			    "needed\r\n\r\n");
	free(got.p);
	free(wide.p);
	tiny_free(&o.t);
}

/* A key that is its own subkey, and values that share their data: the walk ends. */
static void test_endless(void **state)
{
	(void)state;
	for (int deep = 0; deep < 2; deep++) {
		struct one o = one_new();
		struct err err = {0};
		struct text t = {0};
		struct arena *arena = arena_new();
		uint32_t big = tiny_big(&o.t, "Big"), values[40], k = tiny_ascii_key(&o.t, "k");
		for (size_t i = 0; i < COUNT(values); i++)
			values[i] = big;
		uint32_t list = tiny_list(&o.t, "li", (uint32_t[]){k, k}, 2);
		tiny_subkeys(&o.t, o.t.root, list, 2);
		if (deep)
			tiny_subkeys(&o.t, k, list, 2);
		else
			tiny_values(&o.t, k, values, COUNT(values));
		one_open(&o);
		assert_int_equal(reg_text_write(hive_root(&o.h), "P", arena, into_text, &t, &err),
				 -1);
		assert_int_equal(err.code, E_CORRUPT);
		assert_true(t.n < 100 * TINY_BIN);
		arena_free(arena);
		free(t.p);
		tiny_free(&o.t);
	}
}

/* Exactly as deep as keys can be, and one more. */
static void test_deep(void **state)
{
	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		struct one o = one_new();
		uint32_t key = o.t.root;
		for (uint32_t i = 0; i < HIVE_DEPTH_MAX + more; i++) {
			uint32_t sub = tiny_ascii_key(&o.t, "k");
			tiny_subkeys(&o.t, key, tiny_list(&o.t, "li", &sub, 1), 1);
			key = sub;
		}
		one_open(&o);
		struct text wide = written(hive_root(&o.h), "HKLM\\X", (int)more);
		struct text got = narrowed(&wide);
		assert_int_equal(strstr(got.p, "; skipped: k: a key nested") != NULL, more);
		free(read_bytes((struct span){(uint8_t *)wide.p, wide.n}).p);
		free(got.p);
		free(wide.p);
		tiny_free(&o.t);
	}
}

struct failing {
	int left, calls;
};

static int fail_later(void *ctx, struct span bytes, struct err *err)
{
	struct failing *f = ctx;
	(void)bytes;
	f->calls++;
	return f->left-- > 0 ? 0 : err_set(err, E_WRITE, "no room");
}

static void test_failing_sink(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	for (int n = 0; n < 3; n++) {
		struct failing f = {.left = n};
		struct err err = {0};
		struct arena *arena = arena_new();
		assert_int_equal(reg_text_write(hive_root(&h), "P", arena, fail_later, &f, &err),
				 -1);
		assert_int_equal(err.code, E_WRITE);
		assert_int_equal(f.calls, n + 1); /* none behind the one that failed */
		arena_free(arena);
	}
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),      cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_long_names),   cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_endless),      cmocka_unit_test(test_deep),
		cmocka_unit_test(test_failing_sink),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
