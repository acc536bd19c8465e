/* SPDX-License-Identifier: MIT */
/*
 * Registry texts of real hives: what is written is compared with the hive, with hivexregedit's own
 * text of it, and with the hive that hivexregedit makes from ours; reged's text must name the same
 * keys, values and types. Skipped where the data folder is absent, and each comparison where its
 * program is.
 */
#include "reg_text_test.h"

#define PREFIX "HKEY_LOCAL_MACHINE\\SYSTEM"

static void walk(struct text *t, struct key k, const char *path, struct arena *arena)
{
	struct value_iter values = key_values(k);
	struct key_iter subkeys = key_subkeys(k);
	struct value v;
	struct key sub;
	struct span data;
	text_entry(t, '+', path, "", 0, (struct span){0});
	while (value_next(&values, &v)) {
		assert_int_equal(value_data(v, arena, &data, NULL), 0);
		text_entry(t, '=', path, value_name(v, arena), v.type, data);
	}
	while (key_next(&subkeys, &sub))
		walk(t, sub, arena_printf(arena, "%s\\%s", path, key_name(sub, arena)), arena);
	assert_int_equal(subkeys.err.code, E_OK);
}

static struct text walked(const struct hive *h)
{
	struct text t = {0};
	struct arena *arena = arena_new();
	walk(&t, hive_root(h), PREFIX, arena);
	arena_free(arena);
	return t;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines in order; with names_only without data, and without what is not a value's. */
static void sort_lines(struct text *t, bool names_only)
{
	size_t n = 0, i = 0;
	for (char *p = t->p; (p = strchr(p, '\n')); p++)
		n++;
	char **lines = calloc(n, sizeof(*lines)), *copy = strdup(t->p), *rest = copy;
	assert_true(lines && copy);
	for (char *line; i < n && (line = strsep(&rest, "\n")); i++) {
		if (names_only && strrchr(line, '|'))
			*strrchr(line, '|') = '\0';
		lines[i] = line;
	}
	qsort(lines, n, sizeof(*lines), by_text);
	t->n = 0;
	for (i = 0; i < n; i++) {
		text_put(t, lines[i]);
		text_put(t, "\n");
	}
	free(copy);
	free(lines);
}

static void same_lines(struct text *ours, struct text *theirs, bool names_only)
{
	sort_lines(ours, names_only);
	sort_lines(theirs, names_only);
	size_t i = 0;
	while (ours->p[i] && ours->p[i] == theirs->p[i])
		i++;
	if (ours->p[i] != theirs->p[i])
		fail_msg("ours: %.200s\ntheirs: %.200s", ours->p + (i > 80 ? i - 80 : 0),
			 theirs->p + (i > 80 ? i - 80 : 0));
}

/* Run a command in dir; false when its program is not there. */
static bool run_tool(const char *dir, const char *tool, const char *arguments)
{
	char command[3 * TEST_PATH];
	snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
	if (system(command) != 0)
		return false;
	snprintf(command, sizeof(command), "cd '%s' && %s %s", dir, tool, arguments);
	assert_int_equal(system(command), 0);
	return true;
}

static struct text read_file(const char *dir, const char *name)
{
	char path[TEST_PATH + 64];
	size_t len;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	uint8_t *bytes = test_read(path, &len);
	struct text t = read_bytes((struct span){bytes, len});
	free(bytes);
	return t;
}

static void put_file(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[TEST_PATH + 64];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	test_write(path, bytes, len);
}

/* hivexregedit ends the path of the root key with a backslash, which the reader drops. */
static void ask_hivex(const char *dir, struct text *ours)
{
	if (!run_tool(dir, "hivexregedit",
		      "--export --prefix '" PREFIX "' hive '\\' >theirs.reg 2>/dev/null"))
		return;
	struct text theirs = read_file(dir, "theirs.reg");
	same_lines(ours, &theirs, false);
	free(theirs.p);
}

/* reged ends texts anew and does not know big data: names and types must agree. */
static void ask_reged(const char *dir, struct text *ours)
{
	if (!run_tool(dir, "reged", "-x hive '" PREFIX "' '\\' reged.reg >/dev/null"))
		return;
	struct text theirs = read_file(dir, "reged.reg");
	same_lines(ours, &theirs, true);
	free(theirs.p);
}

/* The text merged into an empty hive gives the same tree, where it is ASCII. */
static void merge_with_hivex(const char *dir, struct text *ours)
{
	struct span minimal = data_load("otherhives/hivex_minimal");
	if (minimal.len == 0)
		return;
	put_file(dir, "made", minimal.p, minimal.len);
	data_free(minimal);
	if (!run_tool(dir, "hivexregedit",
		      "--version >/dev/null 2>&1; iconv -f UTF-16 -t UTF-8 ours.reg >utf8.reg && "
		      "hivexregedit --merge --prefix '" PREFIX "' made utf8.reg"))
		return;
	char path[TEST_PATH + 64];
	snprintf(path, sizeof(path), "%s/made", dir);
	struct hive h;
	size_t len;
	uint8_t *bytes = test_read(path, &len);
	assert_int_equal(hive_open(&h, (struct span){bytes, len}, NULL), 0);
	struct text theirs = walked(&h);
	same_lines(ours, &theirs, false);
	free(theirs.p);
	free(bytes);
}

/* What the other programs can be asked: none of them is sure beyond ASCII. */
struct real {
	const char *name;
	bool export, merge, reged;
};

static void check_real(const struct real *real, struct span bytes)
{
	char dir[TEST_PATH];
	struct hive h;
	assert_int_equal(hive_open(&h, bytes, NULL), 0);
	test_scratch(dir);
	struct text wide = written(hive_root(&h), PREFIX, 0), model = walked(&h);
	struct text ours = read_bytes((struct span){(uint8_t *)wide.p, wide.n});
	assert_string_equal(ours.p, model.p);
	put_file(dir, "hive", bytes.p, bytes.len);
	put_file(dir, "ours.reg", wide.p, wide.n);
	if (real->export)
		ask_hivex(dir, &ours);
	if (real->merge)
		merge_with_hivex(dir, &ours);
	if (real->reged)
		ask_reged(dir, &ours);
	test_scratch_remove(dir);
	free(ours.p);
	free(model.p);
	free(wide.p);
}

static void test_real(void **state)
{
	(void)state;
	static const struct real hives[] = {
		{"system/win10_trimmed_qthivex.SYSTEM.xz", true, true, false},
		{"system/xp_sp3_x86_iecompatvhd.SYSTEM.xz", true, false, false},
		{"bcd/win10_BCD-Template.BCD", true, true, true},
		{"bcd/esp_deepin.BCD", true, false, false},
		{"bcd/italuh_mbr.BCD", true, true, true},
		{"otherhives/nt-hive_offreg_testhive", false, false, false},
	};
	size_t n = 0;
	for (size_t i = 0; i < COUNT(hives); i++) {
		struct span bytes = data_load(hives[i].name);
		if (bytes.len == 0)
			continue;
		print_message("  %s\n", hives[i].name);
		check_real(&hives[i], bytes);
		data_free(bytes);
		n++;
	}
	if (n == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
