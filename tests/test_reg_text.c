/* SPDX-License-Identifier: MIT */
/*
 * Reading registry texts: what becomes of each form of entry, what is refused and with which
 * words, the limits, and the encodings.
 */
#include "reg_text_test.h"

/* ---- reading ---- */

struct reading {
	const char *text; /* behind the first line */
	const char *changes;
};

/* clang-format off */
static const struct reading readings[] = {
	{"", ""},
	{"\r\n\r\n; a comment\r\n  ; another\r\n", ""},
	{"[HKEY_LOCAL_MACHINE\\X]\r\n", "+HKEY_LOCAL_MACHINE\\X\n"},
	{"[a]", "+a\n"},
	{"  [a]  ; comment", "+a\n"},
	{"[a\\]\n", "+a\n"},
	{"[-a\\b]\n", "-a\\b\n"},
	{"[a]b]\n[x[y]\n[[]\n", "+a]b\n+x[y\n+[\n"},
	{"[ a \\ b ]\n", "+ a \\ b \n"},
	{"[\xc3\x84rger \xf0\x9f\x98\x80]\n", "+\xc3\x84rger \xf0\x9f\x98\x80\n"},
	{"[a]\n@=\"\"\n", "+a\n=a||1|0000\n"},
	{"[a]\r\n\"n\"=\"t\"\r\n", "+a\n=a|n|1|74000000\n"},
	{"[a]\n \"n\" = \"t\" ; comment\n", "+a\n=a|n|1|74000000\n"},
	{"[a]\n\"q\\\"\\\\]=@\"=\"\\\\\\\"\"\n", "+a\n=a|q\"\\]=@|1|5c0022000000\n"},
	{"[a]\n\"n\"=\"x;y\"\n", "+a\n=a|n|1|78003b0079000000\n"},
	{"[a]\n\"n\"=\"x\r\ny\"\n\"m\"=-\n", "+a\n=a|n|1|78000d000a0079000000\n!a|m\n"},
	{"[a]\n\"n\"=\"\xe2\x82\xac\xf0\x9f\x98\x80\"\n", "+a\n=a|n|1|ac203dd800de0000\n"},
	{"[a]\n\"n\"=dword:0000000a\n\"m\"=dword:FfFfFfFe\n\"o\"=DWORD:1\n",
	 "+a\n=a|n|4|0a000000\n=a|m|4|feffffff\n=a|o|4|01000000\n"},
	{"[a]\n\"n\"=hex:\n\"m\"=hex:0f,A0\n\"o\"=hex:1, 2 ,3\n",
	 "+a\n=a|n|3|\n=a|m|3|0fa0\n=a|o|3|010203\n"},
	{"[a]\n\"n\"=hex:01,\\\r\n  02,\\\r\n  03\r\n@=-\r\n", "+a\n=a|n|3|010203\n!a|\n"},
	{"[a]\n\"n\"=hex:\\\n  01,\\ \n02 \\\n ,03\n", "+a\n=a|n|3|010203\n"},
	{"[a]\n\"n\"=hex(0):\n\"m\"=hex(2):41,00\n\"o\"=hex(b):01\n\"p\"=hex(ffff0012):01 ; x\n",
	 "+a\n=a|n|0|\n=a|m|2|4100\n=a|o|b|01\n=a|p|ffff0012|01\n"},
	{"[a]\n\"n\"=hex(1):41,00\n", "+a\n=a|n|1|4100\n"},
	{"[-a]\n[b]\n\"n\"=-\n[a]\n\"n\"=dword:1\n", "-a\n+b\n!b|n\n+a\n=a|n|4|01000000\n"},
};

static const struct refusal {
	const char *text;
	enum err_code code;
	const char *words;
} refusals[] = {
	{"", E_FORMAT, "not a registry text"},
	{"REGEDIT5\n", E_FORMAT, "not a registry text"},
	{"REGEDIT45\n", E_CORRUPT, "line 1: something stands behind"},
	{"\n" V5, E_FORMAT, "not a registry text"},
	{"Windows Registry Editor Version 5.0", E_FORMAT, "not a registry text"},
	{"Windows Registry Editor Version 5.001\n", E_CORRUPT, "line 1: something stands behind"},
	{V5 "x\n", E_CORRUPT, "line 2: the line is neither"},
	{V5 "\xc3\x84\n", E_CORRUPT, "line 2: the line is neither"},
	{V5 "\xff\n", E_CORRUPT, "line 2: the text is neither UTF-8 nor UTF-16"},
	{V5 "\r\n\r\n; \xc0\x80\n", E_CORRUPT, "line 4: the text is neither UTF-8 nor UTF-16"},
	{V5 "[a\n[b]\n", E_CORRUPT, "line 2: a key has no name, or no closing bracket"},
	{V5 "[]\n", E_CORRUPT, "line 2: a key has no name"},
	{V5 "[-]\n", E_CORRUPT, "line 2: a key has no name"},
	{V5 "[\\]\n", E_CORRUPT, "line 2: a key has an empty name"},
	{V5 "[\\a]\n", E_CORRUPT, "line 2: a key has an empty name"},
	{V5 "[a\\\\b]\n", E_CORRUPT, "line 2: a key has an empty name"},
	{V5 "[a\\\\]\n", E_CORRUPT, "line 2: a key has an empty name"},
	{V5 "[a] b\n", E_CORRUPT, "line 2: something stands behind"},
	{V5 "\"n\"=-\n", E_CORRUPT, "line 2: a value stands in front of the first key"},
	{V5 "[-a]\n@=-\n", E_CORRUPT, "line 3: a value stands below a deleted key"},
	{V5 "[a]\n\"n\"\n", E_CORRUPT, "line 3: = is missing"},
	{V5 "[a]\n\"n=1\n\n", E_CORRUPT, "line 5: a text has no closing quote"},
	{V5 "[a]\n\"n\"=\"C:\\Windows\"\n", E_CORRUPT, "line 3: in a text, \\ stands only in"},
	{V5 "[a]\n\"n\"=\"x\" y\n", E_CORRUPT, "line 3: something stands behind"},
	{V5 "[a]\n\"n\"=12\n", E_CORRUPT, "line 3: the data is neither"},
	{V5 "[a]\n\"n\"=\n", E_CORRUPT, "line 3: the data is neither"},
	{V5 "[a]\n\"n\"=-1\n", E_CORRUPT, "line 3: something stands behind"},
	{V5 "[a]\n\"n\"=dword:\n", E_CORRUPT, "line 3: a number is missing"},
	{V5 "[a]\n\"n\"=dword:123456789\n", E_CORRUPT, "line 3: a number has too many digits"},
	{V5 "[a]\n\"n\"=dword:1g\n", E_CORRUPT, "line 3: something stands behind"},
	{V5 "[a]\n\"n\"=hex:123\n", E_CORRUPT, "line 3: a number has too many digits"},
	{V5 "[a]\n\"n\"=hex:120\n", E_CORRUPT, "line 3: a number has too many digits"},
	{V5 "[a]\n\"n\"=hex:1,\n", E_CORRUPT, "line 3: a number is missing"},
	{V5 "[a]\n\"n\"=hex:1,,2\n", E_CORRUPT, "line 3: a number is missing"},
	{V5 "[a]\n\"n\"=hex:1,\\\n", E_CORRUPT, "line 4: a number is missing"},
	{V5 "[a]\n\"n\"=hex:1\\ 2\n", E_CORRUPT, "line 3: \\ is not at the end"},
	{V5 "[a]\n\"n\"=hex:1 2\n", E_CORRUPT, "line 3: something stands behind"},
	{V5 "[a]\n\"n\"=hex():1\n", E_CORRUPT, "line 3: a number is missing"},
	{V5 "[a]\n\"n\"=hex(1:1\n", E_CORRUPT, "line 3: hex(TYPE): is not complete"},
	{V5 "[a]\n\"n\"=hex(123456789):1\n", E_CORRUPT, "line 3: a number has too many digits"},
	{V5 "[a]\n\"n\"=qword:1\n", E_CORRUPT, "line 3: the data is neither"},
	{"REGEDIT4\n[\xc3\xa4]\n", E_UNSUPPORTED, "REGEDIT4 with another character"},
	{"REGEDIT4\n; \xc2\x80\n", E_UNSUPPORTED, "REGEDIT4 with another character"},
	{"REGEDIT4\n[a]\n\"n\"=hex(7):41,e4\n", E_UNSUPPORTED, "line 3: REGEDIT4 with another"},
	{"\xfe\xff", E_UNSUPPORTED, "big-endian"},
	{"\xff\xfe" "a", E_CORRUPT, "ends inside a character"},
};
/* clang-format on */

static void test_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct text t = {0};
		text_put(&t, V5);
		text_put(&t, readings[i].text);
		struct text got = read_bytes(as_span(t.p));
		if (strcmp(got.p, readings[i].changes) != 0)
			fail_msg("case %zu: %s", i, got.p);
		free(got.p);
		free(t.p);
	}
}

static void assert_refused(struct span bytes, enum err_code code, const char *words)
{
	struct err err = {0};
	struct arena *arena = arena_new();
	struct reg_change *changes;
	size_t n;
	if (reg_text_read(bytes, arena, &changes, &n, &err) == 0)
		fail_msg("read, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
	arena_free(arena);
}

static void test_refusals(void **state)
{
	(void)state;
	static const char nul_key[] = V5 "[a\0b]\n", nul_text[] = V5 "[a]\n\"n\"=\"\0\"\n",
			  nul_line[] = V5 "\0\n";
	for (size_t i = 0; i < COUNT(refusals); i++)
		assert_refused(as_span(refusals[i].text), refusals[i].code, refusals[i].words);
	assert_refused((struct span){(const uint8_t *)nul_key, sizeof(nul_key) - 1}, E_CORRUPT,
		       "line 2: a NUL stands in a key");
	assert_refused((struct span){(const uint8_t *)nul_text, sizeof(nul_text) - 1}, E_CORRUPT,
		       "line 3: a NUL stands in a text");
	assert_refused((struct span){(const uint8_t *)nul_line, sizeof(nul_line) - 1}, E_CORRUPT,
		       "line 2:");
}

/* V5, a head, n times the same, and a tail. */
static struct text repeated(const char *head, const char *again, size_t n, const char *tail)
{
	struct text t = {0};
	text_put(&t, V5);
	text_put(&t, head);
	for (size_t i = 0; i < n; i++)
		text_put(&t, again);
	text_put(&t, tail);
	return t;
}

static void test_limits(void **state)
{
	(void)state;
	static const struct {
		const char *head, *again;
		size_t most;
		const char *tail;
		enum err_code code;
		const char *words;
	} limits[] = {
		{"[b\\", "n", 255, "]\n", E_CORRUPT, "longer than 255"},
		{"[", "n\\", 513, "n]\n", E_CORRUPT, "deeper than 512"},
		{"[a]\n\"", "n", 16383, "\"=-\n", E_CORRUPT, "longer than 16383"},
		{"[a]\n\"n\"=\"", "n", REG_TEXT_DATA_MAX / 2 - 1, "\"\n", E_MEMORY,
		 "line 3: more than"},
		{"[a]\n@=hex:1", ",2", REG_TEXT_DATA_MAX - 1, "\n", E_MEMORY, "line 3: more than"},
	};
	for (size_t i = 0; i < COUNT(limits); i++) {
		struct text t = repeated(limits[i].head, limits[i].again, limits[i].most,
					 limits[i].tail);
		free(read_bytes(as_span(t.p)).p);
		free(t.p);
		t = repeated(limits[i].head, limits[i].again, limits[i].most + 1, limits[i].tail);
		assert_refused(as_span(t.p), limits[i].code, limits[i].words);
		free(t.p);
	}
}

/* Many entries, so that the list grows, each with its line. */
static void test_lines(void **state)
{
	(void)state;
	enum { KEYS = 1000 };
	struct text t = repeated("", "\n[a]\n; c\n\"n\"=hex:1,\\\n2\n@=\"x\ny\"\n", KEYS, "");
	struct arena *arena = arena_new();
	struct reg_change *c;
	size_t n;
	assert_int_equal(reg_text_read(as_span(t.p), arena, &c, &n, NULL), 0);
	assert_int_equal(n, 3 * KEYS);
	for (unsigned i = 0; i < KEYS; i++) {
		assert_int_equal(c[3 * i].line, 7 * i + 3);
		assert_int_equal(c[3 * i].op, REG_OP_CREATE_KEY);
		assert_string_equal(c[3 * i].name, "");
		assert_int_equal(c[3 * i + 1].line, 7 * i + 5);
		assert_int_equal(c[3 * i + 2].line, 7 * i + 7);
	}
	arena_free(arena);
	free(t.p);
}

/* ASCII text as UTF-16LE with a mark. */
static struct text widened(const char *s)
{
	struct text t = {0};
	text_add(&t, "\xff\xfe", 2);
	for (; *s; s++)
		text_add(&t, (char[]){*s, 0}, 2);
	return t;
}

static void test_encodings(void **state)
{
	(void)state;
	static const char body[] = V5 "[a]\n\"n\"=\"t\"\n", same[] = "+a\n=a|n|1|74000000\n";
	struct text wide = widened(body), marked = {0};
	text_put(&marked, "\xef\xbb\xbf");
	text_put(&marked, body);
	struct text got[] = {read_bytes(as_span(body)), read_bytes(as_span(marked.p)),
			     read_bytes((struct span){(uint8_t *)wide.p, wide.n})};
	for (size_t i = 0; i < COUNT(got); i++) {
		assert_string_equal(got[i].p, same);
		free(got[i].p);
	}
	/* surrogates: a pair, and alone in front of and behind a letter */
	wide.n -= 2 * strlen("\"n\"=\"t\"\n");
	static const uint16_t tail[] = {'@',    '=',    '"',    0xd83d, 0xde00, 0xd83d,
					'x',    0xde00, '"',    '\n',   '[',    0xd83d,
					0xde00, 'x',    0xde00, 0xd83d, ']'};
	for (size_t i = 0; i < COUNT(tail); i++)
		text_add(&wide, (uint8_t[]){(uint8_t)tail[i], (uint8_t)(tail[i] >> 8)}, 2);
	struct text lone = read_bytes((struct span){(uint8_t *)wide.p, wide.n});
	assert_string_equal(lone.p, "+a\n=a||1|3dd800de3dd8780000de0000\n"
				    "+\xf0\x9f\x98\x80x\xed\xb8\x80\xed\xa0\xbd\n");
	free(lone.p);
	free(wide.p);
	free(marked.p);
}

static void test_regedit4(void **state)
{
	(void)state;
	struct text got = read_bytes(as_span(
		"REGEDIT4\n[a]\n\"n\"=hex(7):41,42,00,00\n\"m\"=hex(2):41,00\n\"o\"=hex(1):41\n"
		"\"p\"=hex(0):41,e4\n\"q\"=hex:e4\n\"r\"=\"x\"\n"));
	assert_string_equal(got.p, "+a\n=a|n|7|4100420000000000\n=a|m|2|41000000\n=a|o|1|4100\n"
				   "=a|p|0|41e4\n=a|q|3|e4\n=a|r|1|78000000\n");
	free(got.p);
}

/* A value that is set anew at once is one change, the last word; a text of many costs no more. */
static void test_said_again(void **state)
{
	(void)state;
	enum { TIMES = 1000 };
	struct text t = {0};
	struct reg_change *changes;
	struct arena *arena = arena_new();
	struct err err = {0};
	size_t n;
	char line[64];
	text_put(&t, V5 "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\a]\r\n\"other\"=dword:1\r\n");
	for (unsigned i = 0; i < TIMES; i++) {
		snprintf(line, sizeof(line), "\"x\"=dword:%x\r\n", i);
		text_put(&t, line);
	}
	text_put(
		&t,
		"\"y\"=dword:1\r\n\"y\"=-\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\b]\r\n\"y\"=dword:2\r\n");
	if (reg_text_read((struct span){(const uint8_t *)t.p, t.n}, arena, &changes, &n, &err))
		fail_msg("%s", err.text);
	assert_int_equal(n, 6);
	assert_int_equal(le32(changes[2].data, 0), TIMES - 1);
	assert_int_equal(changes[3].op, REG_OP_DELETE_VALUE);
	assert_int_equal(changes[4].op, REG_OP_CREATE_KEY);
	assert_string_equal(changes[5].name, "y");
	arena_free(arena);
	free(t.p);
}

static void test_roots(void **state)
{
	(void)state;
	static const char *const paths[][2] = {
		{"HKEY_LOCAL_MACHINE\\SYSTEM\\a\\b", "a\\b"},
		{"hkey_local_machine\\anything\\a", "a"},
		{"HKLM\\SYSTEM\\a", "a"},
		{"HKU\\S-1\\a", "a"},
		{"HKEY_USERS\\.DEFAULT\\a", "a"},
		{"HKEY_LOCAL_MACHINE\\SYSTEM", ""},
		{"HKEY_LOCAL_MACHINE", NULL},
		{"HKLM", NULL},
		{"HKEY_CURRENT_USER\\a", NULL},
		{"HKEY_LOCAL_MACHINES\\x\\a", NULL},
		{"HKLMX\\x", "HKLMX\\x"},
		{"ControlSet001\\Services", "ControlSet001\\Services"},
		{"a", "a"},
	};
	for (size_t i = 0; i < COUNT(paths); i++) {
		const char *rest = reg_text_strip_root(paths[i][0]);
		if (!paths[i][1])
			assert_null(rest);
		else
			assert_string_equal(rest, paths[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),    cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),     cmocka_unit_test(test_lines),
		cmocka_unit_test(test_encodings),  cmocka_unit_test(test_regedit4),
		cmocka_unit_test(test_said_again), cmocka_unit_test(test_roots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
