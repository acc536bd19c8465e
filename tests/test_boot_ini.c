/* SPDX-License-Identifier: MIT */
/*
 * boot.ini taken apart: which line is chosen, what its path names, and what any bytes give.
 */
#include "test.h"

#include "src/bootmenu/boot_ini.h"

static struct boot_ini read_bytes(struct arena *arena, const char *text, size_t len)
{
	struct boot_ini ini;
	struct err err = {0};
	if (boot_ini_read((struct span){(const uint8_t *)text, len}, arena, &ini, &err) < 0)
		fail_msg("%s", err.text);
	return ini;
}

static struct boot_ini read_text(struct arena *arena, const char *text)
{
	return read_bytes(arena, text, strlen(text));
}

/* ---- paths ---- */

static const struct {
	const char *text;
	enum arc_kind kind;
	unsigned disk, rdisk, partition;
	uint32_t signature;
	const char *folder;
} paths[] = {
	{"multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS", ARC_MULTI, 0, 0, 1, 0, "\\WINDOWS"},
	{"MULTI(0)Disk(0)RDISK(12)Partition(34)\\a\\b\\", ARC_MULTI, 0, 12, 34, 0, "\\a\\b"},
	{"multi()disk()rdisk()partition(2)", ARC_MULTI, 0, 0, 2, 0, "\\"},
	{"multi(0)disk(0)rdisk(0)partition(1)\\", ARC_MULTI, 0, 0, 1, 0, "\\"},
	{"scsi(0)disk(3)rdisk(1)partition(1)\\WINNT", ARC_SCSI, 3, 1, 1, 0, "\\WINNT"},
	{"signature(8b467c12)disk(1)rdisk(0)partition(2)\\WINNT", ARC_SIGNATURE, 1, 0, 2,
	 0x8b467c12, "\\WINNT"},
	{"signature(F)disk(0)rdisk(0)partition(2)\\W", ARC_SIGNATURE, 0, 0, 2, 15, "\\W"},
	{"C:\\", ARC_DRIVE, 0, 0, 0, 0, NULL},
	{"c:\\cmdcons\\bootsect.dat", ARC_DRIVE, 0, 0, 0, 0, NULL},
	{"C:", ARC_BAD, 0, 0, 0, 0, NULL},
	{"\\WINDOWS", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)rdisk(0)partition(1)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(1)W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(1", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(-1)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(1000001)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(4294967297)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi 0", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(", ARC_BAD, 0, 0, 0, 0, NULL},
	{"signature()disk(0)rdisk(0)partition(2)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"signature(123456789)disk(0)rdisk(0)partition(2)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"signature(xyz)disk(0)rdisk(0)partition(2)\\W", ARC_BAD, 0, 0, 0, 0, NULL},
	{"signature(12", ARC_BAD, 0, 0, 0, 0, NULL},
	{"multi(0)disk(0)rdisk(0)partition(1)\\W\x8eN", ARC_MULTI, 0, 0, 1, 0, NULL},
};

static void test_paths(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct boot_ini ini = read_text(
			arena, arena_printf(arena, "[boot loader]\ndefault=%s\n", paths[i].text));
		assert_non_null(ini.chosen);
		const struct arc_path *p = &ini.chosen->path;
		if (p->kind != paths[i].kind || p->disk != paths[i].disk ||
		    p->rdisk != paths[i].rdisk || p->partition != paths[i].partition ||
		    p->signature != paths[i].signature || !text_equal(p->folder, paths[i].folder))
			fail_msg("%s: %d %u %u %u %08x %s", paths[i].text, p->kind, p->disk,
				 p->rdisk, p->partition, p->signature, p->folder);
	}
	arena_free(arena);
}

/* ---- lines ---- */

#define PATH "multi(0)disk(0)rdisk(0)partition(1)\\W"

static const struct {
	const char *text, *chosen; /* NULL: none */
	bool listed;
	size_t n;
} texts[] = {
	{"", NULL, false, 0},
	{"[boot loader]", NULL, false, 0},
	{"[boot loader]\ndefault", NULL, false, 0},
	{"[boot loader]\ndefault= \t\r\n", NULL, false, 0},
	{"default=" PATH, NULL, false, 0},
	{"[other]\ndefault=" PATH, NULL, false, 0},
	{"[boot loader]\nmydefault=" PATH, NULL, false, 0},
	{"[boot loader]\ndefault=" PATH, PATH, false, 0},
	{"[boot loader\ndefault=" PATH, PATH, false, 0},
	{"[flexboot]\r\ndefault=" PATH "\r\n[multiboot]\r\n" PATH "=\"x\"", PATH, true, 1},
	{" [ BOOT LOADER ] \r\n DEFAULT = " PATH " \r\n", PATH, false, 0},
	{"[boot loader]\ndefault=x\ndefault=" PATH, "x", false, 0},
	{"[operating systems]\na=\"A\"\n\n=\"none\"\nb\n[boot loader]\ndefault=B\n", "B", true, 2},
	{"[operating systems]\nab=\"A\"\n[boot loader]\ndefault=a\n", "a", false, 1},
};

static void test_texts(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct boot_ini ini = read_text(arena, texts[i].text);
		const char *chosen = ini.chosen ? ini.chosen->shown : NULL;
		assert_null(ini.problem);
		if (!text_equal(chosen, texts[i].chosen) || ini.listed != texts[i].listed ||
		    ini.n != texts[i].n)
			fail_msg("%s: %s, %d, %zu", texts[i].text, chosen, ini.listed, ini.n);
	}
	arena_free(arena);
}

/* ---- any bytes ---- */

static void test_hostile(void **state)
{
	static const char nul[] = "[boot loader]\ndefault=a\0b\n";
	struct arena *arena = arena_new();
	struct boot_ini ini = read_bytes(arena, nul, sizeof(nul) - 1);
	(void)state;
	assert_string_equal(ini.chosen->shown, "a");
	ini = read_text(arena, "[boot loader]\ndefault=a\x1b[2J\x07\xfe\n");
	assert_string_equal(ini.chosen->shown, "a\\x1b[2J\\x07\xc3\xbe");
	assert_non_null(read_bytes(arena, "\xff\xfe[\0", 4).problem);
	assert_non_null(read_bytes(arena, "\xfe\xff\0[", 4).problem);
	assert_non_null(read_bytes(arena, "[\0b\0", 4).problem);
	assert_non_null(read_bytes(arena, "\0[\0b", 4).problem);
	assert_non_null(read_text(arena, "\xef\xbb\xbf[boot loader]").problem);
	assert_null(read_bytes(arena, "\0\0\0\0", 4).problem);
	assert_null(read_bytes(arena, "\xff", 1).problem);
	arena_free(arena);
}

/* More entries than are kept, and a line as long as the file: time and room stay in proportion. */
static void test_large(void **state)
{
	struct arena *arena = arena_new();
	char *text = malloc(BOOT_INI_MAX);
	size_t n = (size_t)sprintf(text, "[boot loader]\ndefault=x\n[operating systems]\n");
	(void)state;
	while (n + 4 < BOOT_INI_MAX)
		n += (size_t)sprintf(text + n, "y=\n");
	struct boot_ini ini = read_bytes(arena, text, n);
	assert_int_equal(ini.n, BOOT_INI_ENTRIES_MAX);
	assert_false(ini.listed);
	memset(text + 22, 'x', BOOT_INI_MAX - 22);
	ini = read_bytes(arena, text, BOOT_INI_MAX);
	assert_int_equal(strlen(ini.chosen->shown), 131);
	assert_int_equal(ini.chosen->raw.len, BOOT_INI_MAX - 22);
	free(text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
