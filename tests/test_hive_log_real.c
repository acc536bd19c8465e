/* SPDX-License-Identifier: MIT */
/*
 * Recovery of hives that Windows left dirty, against what Windows itself made of them and against
 * results of an independent program; other readers (libregf, hivex) must then find in them what
 * stood only in the logs. At the end, all of it damaged at random. Skipped where the data folder
 * is absent.
 */
#include "hive_log_test.h"
#include "steps.h"

#include <unistd.h>

#include "stop7b/hive_reference.h"

#define YARP      "logs/yarp_"
#define NEW_HIVE  YARP "NewDirtyHive1/NewDirtyHive"
#define OLD_HIVE  YARP "OldDirtyHive/OldDirtyHive.xz"
#define OLD_LOG   YARP "OldDirtyHive/OldDirtyHive.LOG1"
#define OLD_AFTER "expected/yarp_OldDirtyHive_recovered.xz"
#define USER      "logs/regipy_ntuser/NTUSER.DAT"

/* libregf loses a few bytes of its own when it refuses a key; LeakSanitizer asks here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libregf_key_item_initialize";
}

struct recorded {
	const char *primary, *logs[HIVE_LOGS], *after; /* after: the whole file as expected */
	bool recovered;
	const char *kind;
	uint32_t pages, last;
	size_t entries;
	uint64_t keys, values; /* as hivexml counts them in the expected file */
	const char *words, *note;
	const char *key, *name, *data; /* what hivexget shows, the beginning */
};

/* clang-format off */
static const struct recorded recordings[] = {
	{NEW_HIVE, {NEW_HIVE ".LOG1", NEW_HIVE ".LOG2"},
	 YARP "NewDirtyHive1/RecoveredHive_Windows10", true, "new", 5, 5, 4, 5, 1,
	 "5 pages replayed from LOG1+LOG2", NULL, "Key3", "@", "1111111111111111"},
	{NEW_HIVE, {NEW_HIVE ".LOG2", NEW_HIVE ".LOG1"}, "expected/yarp_NewDirtyHive1_recovered",
	 true, "new", 5, 5, 4, 5, 1, "5 pages replayed from LOG1+LOG2", NULL, NULL, NULL, NULL},
	/* Base block unusable: its checksum is that of another program's attempt. */
	{"logs/nt-hive2_NewDirtyHive.clean1", {NEW_HIVE ".LOG1", NEW_HIVE ".LOG2"},
	 YARP "NewDirtyHive1/RecoveredHive_Windows10", true, "new", 5, 5, 3, 5, 1,
	 "5 pages replayed from LOG2", "the base block is unusable and was taken from LOG2", NULL,
	 NULL, NULL},
	{USER ".xz", {USER ".LOG1.xz", USER ".LOG2"}, "expected/regipy_NTUSER_recovered.xz", true,
	 "new", 124, 588, 23, 3105, 4695, "124 pages replayed from LOG1",
	 "LOG2: begins with entry 562, the hive holds all before 566", "Control Panel\\Desktop",
	 "MaxVirtualDesktopDimension", "2880"},
	{USER ".xz", {USER ".LOG2", USER ".LOG1.xz"}, "expected/regipy_NTUSER_recovered.xz", true,
	 "new", 124, 588, 23, 3105, 4695, "124 pages replayed from LOG2", NULL, NULL, NULL, NULL},
	{OLD_HIVE, {OLD_LOG}, OLD_AFTER, true, "old", 64, 5, 1, 5003, 1,
	 "64 pages replayed from LOG1", NULL, "key_with_many_subkeys\\4500", "V", "a\n"},
	{OLD_HIVE, {NULL, OLD_LOG}, OLD_AFTER, true, "old", 64, 5, 1, 5003, 1,
	 "64 pages replayed from LOG2", NULL, NULL, NULL, NULL},
	/* The same log with bytes of older pages behind its last one. */
	{OLD_HIVE, {YARP "OldLogWithRemnantData"}, OLD_AFTER, true, "old", 64, 5, 1, 5003, 1,
	 "64 pages replayed from LOG1", NULL, NULL, NULL, NULL},
	/* Version 1.1 and a wrong checksum in the primary; the log has the right block. */
	{YARP "BadBaseBlockHive/BadBaseBlockHive.xz",
	 {YARP "BadBaseBlockHive/BadBaseBlockHive.LOG1",
	  YARP "BadBaseBlockHive/BadBaseBlockHive.LOG2"},
	 OLD_AFTER, true, "old", 64, 5, 1, 5003, 1, "64 pages replayed from LOG1",
	 "taken from LOG1, whose time is not the first bin's", NULL, NULL, NULL},
	{YARP "BadLogHive1/BadLogHive.xz", {YARP "BadLogHive1/BadLogHive.LOG1"}, NULL, false,
	 "none", 0, 0, 0, 0, 0, "LOG1: its base block is damaged", NULL, NULL, NULL, NULL},
	{YARP "BadLogHive2/BadLogHive.xz", {YARP "BadLogHive2/BadLogHive.LOG1"}, NULL, false,
	 "none", 0, 0, 0, 0, 0, "LOG1: it has no list of dirty pages", NULL, NULL, NULL, NULL},
	{"system/win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz", {NULL}, NULL, false, "none", 0, 0,
	 0, 0, 0, "there is no log", NULL, NULL, NULL, NULL},
	/* Logs of another machine, older ones with the same time of the installation image. */
	{"system/win81_x64_sensei_dirty_nolog.SYSTEM.xz",
	 {"logs/pyregistry_new_log_1_logsonly/SYSTEM.LOG1.xz",
	  "logs/pyregistry_new_log_1_logsonly/SYSTEM.LOG2.xz"},
	 NULL, false, "none", 0, 0, 0, 0, 0,
	 "LOG1: begins with entry 178, the hive holds all before 204; "
	 "LOG2: begins with entry 186, the hive holds all before 204", NULL, NULL, NULL, NULL},
};
/* clang-format on */

struct loaded {
	struct span primary, logs[HIVE_LOGS];
};

static bool load(const char *primary, const char *const logs[HIVE_LOGS], struct loaded *out)
{
	*out = (struct loaded){.primary = data_load(primary)};
	for (size_t i = 0; i < HIVE_LOGS; i++)
		if (logs[i])
			out->logs[i] = data_load(logs[i]);
	return out->primary.len > 0;
}

static struct outcome recover_loaded(const struct loaded *l)
{
	return recover(l->primary, l->logs[0], l->logs[1], l->logs[2]);
}

static void unload(struct loaded *l)
{
	data_free(l->primary);
	for (size_t i = 0; i < HIVE_LOGS; i++)
		data_free(l->logs[i]);
}

static void ask_libregf(struct span bytes, const struct recorded *want)
{
	struct hive h;
	struct hive_tally tally;
	struct err err = {0};
	if (hive_open(&h, bytes, &err))
		fail_msg("%s", err.text);
	assert_false(h.dirty);
	assert_int_equal(h.damaged_bin, HIVE_NONE);
	struct hive_reference *r = hive_reference_open(bytes, &err);
	if (!r || hive_reference_compare(r, &h, NULL, &tally, &err))
		fail_msg("%s", err.text);
	assert_int_equal(tally.keys, want->keys);
	assert_int_equal(tally.values, want->values);
	hive_reference_close(r);
}

static void ask_hivex(struct span bytes, const struct recorded *want)
{
	char dir[4096], path[4200], command[8192], line[256] = "";
	const char *base = getenv("TMPDIR");
	if (!want->key || system("command -v hivexget >/dev/null") != 0)
		return;
	snprintf(dir, sizeof(dir), "%s/s7b-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/hive", dir);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command), "hivexget '%s' '%s' '%s'", path, want->key, want->name);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgetc(f) != EOF)
		;
	assert_int_equal(pclose(f), 0);
	assert_memory_equal(line, want->data, strlen(want->data));
	unlink(path);
	rmdir(dir);
}

static void check_recovered(const struct recorded *want, const struct loaded *l,
			    const struct hive_recovery *got)
{
	struct span after = data_load(want->after);
	assert_int_equal(got->bytes.len, after.len);
	assert_memory_equal(got->bytes.p, after.p, after.len);
	assert_int_equal(got->needs_len, 4096 + le32(after, 40));
	assert_true(got->bytes.p != l->primary.p);
	ask_libregf(got->bytes, want);
	ask_hivex(got->bytes, want);
	data_free(after);
}

static void test_recordings(void **state)
{
	(void)state;
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(recordings); i++) {
		const struct recorded *want = &recordings[i];
		struct loaded l;
		if (!load(want->primary, want->logs, &l))
			continue;
		print_message("  %s\n", want->primary);
		struct outcome o = recover_loaded(&l);
		assert_true(o.got.was_dirty);
		assert_int_equal(o.got.recovered, want->recovered);
		assert_false(o.got.doubtful);
		assert_string_equal(o.got.log_kind, want->kind);
		assert_string_equal(o.got.words.plain, want->words);
		assert_int_equal(o.got.pages, want->pages);
		assert_int_equal(o.got.entries, want->entries);
		assert_int_equal(o.got.last_sequence, want->last);
		if (want->note)
			assert_true(has_note(&o.got, want->note));
		if (want->after)
			check_recovered(want, &l, &o.got);
		else
			assert_ptr_equal(o.got.bytes.p, l.primary.p);
		outcome_free(&o);
		unload(&l);
		seen++;
	}
	if (seen == 0)
		skip();
}

/*
 * Windows 7's own file after the same recovery. It differs where Windows 7 went on to write:
 *   4      both numbers: 7, two writes later
 *   12     time of that write; again in the first bin, at 4096 + 20
 *   48     the name the hive was opened by on that machine
 *   508    the checksum of all that
 *   0x6bdc8  one key's "largest value name", 24 in the log, 2 in Windows' file: it was computed
 *          again, and the key's only value has a name of one character
 */
static void test_windows7(void **state)
{
	(void)state;
	static const struct range theirs[] = {{4, 8},   {12, 8},        {48, 64},
					      {508, 4}, {4096 + 20, 8}, {0x6bdc8, 4}};
	struct loaded l;
	struct span windows = data_load(YARP "OldDirtyHive/RecoveredHive_Windows7.xz");
	if (windows.len == 0 || !load(OLD_HIVE, (const char *const[HIVE_LOGS]){OLD_LOG}, &l))
		skip();
	struct outcome o = recover_loaded(&l);
	assert_changed(o.got.bytes, windows, theirs, COUNT(theirs));
	assert_int_equal(le32(windows, 0x6bdc8), 2);
	outcome_free(&o);
	unload(&l);
	data_free(windows);
}

/*
 * Hives that were closed cleanly, with the logs that Windows had written out before. As they are,
 * nothing is replayed. With the secondary number put back to where it was, the log is replayed
 * and, as the pages are in the hive already, changes none of them.
 */
static void test_closed_hives(void **state)
{
	(void)state;
	static const struct {
		const char *primary, *logs[HIVE_LOGS];
		const char *used;
	} cases[] = {
		{"logs/dfwinreg_ntuser/NTUSER.DAT.xz",
		 {NULL, NULL, "logs/dfwinreg_ntuser/NTUSER.DAT.LOG"},
		 "LOG"},
		{"logs/galtonlai_winpe/DEFAULT", {"logs/galtonlai_winpe/DEFAULT.LOG1"}, "LOG1"},
		{"bcd/esp_deepin.BCD", {NULL, NULL, "bcd/esp_deepin.BCD.LOG"}, "LOG"},
		{"bcd/esp_fisummer.BCD", {NULL, NULL, "bcd/esp_fisummer.BCD.LOG"}, "LOG"},
		{"bcd/esp_maxsun_b660m.BCD",
		 {"bcd/esp_maxsun_b660m.BCD.LOG1", NULL, "bcd/esp_maxsun_b660m.BCD.LOG"},
		 "LOG"},
		{"bcd/esp_multios_x230t.BCD", {NULL, NULL, "bcd/esp_multios_x230t.BCD.LOG"}, "LOG"},
		{"bcd/italuh_mbr.BCD", {NULL, NULL, "bcd/italuh_mbr.BCD.LOG"}, "LOG"},
		{"bcd/vichingo_mbr.BCD", {NULL, NULL, "bcd/vichingo_mbr.BCD.LOG"}, "LOG"},
	};
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loaded l;
		if (!load(cases[i].primary, cases[i].logs, &l))
			continue;
		print_message("  %s\n", cases[i].primary);
		struct outcome o = recover_loaded(&l);
		assert_string_equal(o.got.words.plain, "closed cleanly");
		assert_ptr_equal(o.got.bytes.p, l.primary.p);
		outcome_free(&o);
		uint8_t *dirty = malloc(l.primary.len);
		assert_non_null(dirty);
		memcpy(dirty, l.primary.p, l.primary.len);
		put_le32(dirty + 8, le32(l.primary, 8) - 1);
		own_checksum(dirty);
		o = recover((struct span){dirty, l.primary.len}, l.logs[0], l.logs[1], l.logs[2]);
		assert_true(o.got.recovered);
		assert_string_equal(strstr(o.got.words.plain, "LOG"), cases[i].used);
		assert_int_equal(o.got.bytes.len, l.primary.len);
		assert_memory_equal(o.got.bytes.p, l.primary.p, l.primary.len);
		outcome_free(&o);
		free(dirty);
		unload(&l);
		seen++;
	}
	if (seen == 0)
		skip();
}

/* Copy the pages of every entry of a log, believing all it says. Returns the entries. */
static size_t replay_blindly(struct span log, uint8_t *bins)
{
	size_t n = 0;
	for (uint64_t at = 512; le32(log, at) == 0x454c7648; at += le32(log, at + 4), n++) {
		uint32_t count = le32(log, at + 20);
		uint64_t page = at + 40 + 8 * (uint64_t)count;
		for (uint64_t ref = at + 40; count-- > 0; ref += 8) {
			memcpy(bins + le32(log, ref), log.p + page, le32(log, ref + 4));
			page += le32(log, ref + 4);
		}
		assert_int_equal(own_marvin(log.p + at + 40, le32(log, at + 4) - 40),
				 le64(log, at + 24));
	}
	return n;
}

/* The logs of a Windows 8.1 SYSTEM hive, 8 and 31 entries, onto an empty file. */
static void test_lone_logs(void **state)
{
	(void)state;
	enum { BINS = 7434240, ENTRIES = 39 };
	struct span logs[] = {data_load("logs/pyregistry_new_log_1_logsonly/SYSTEM.LOG1.xz"),
			      data_load("logs/pyregistry_new_log_1_logsonly/SYSTEM.LOG2.xz")};
	uint8_t *hive = calloc(2, 4096 + BINS), *plain = hive + 4096 + BINS;
	if (logs[0].len == 0 || logs[1].len == 0 || !hive) {
		free(hive);
		skip();
	}
	made_base(hive, 178, 177, 0, BINS);
	assert_int_equal(replay_blindly(logs[0], plain + 4096), 8);
	assert_int_equal(replay_blindly(logs[1], plain + 4096), 31);
	for (int swap = 0; swap < 2; swap++) {
		struct outcome o = recover((struct span){hive, 4096 + BINS}, logs[swap],
					   logs[!swap], (struct span){0});
		assert_true(o.got.recovered);
		assert_int_equal(o.got.entries, ENTRIES);
		assert_int_equal(o.got.last_sequence, 216);
		assert_int_equal(o.got.needs_len, 4096 + BINS);
		assert_int_equal(o.got.dummy_bins, 0);
		assert_int_equal(le32(o.got.bytes, 144), 1);
		assert_memory_equal(o.got.bytes.p + 4096, plain + 4096, BINS);
		outcome_free(&o);
	}
	free(hive);
	data_free(logs[0]);
	data_free(logs[1]);
}

/* ---- damage ---- */

#define ROUNDS 300

static uint32_t draw(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 8;
}

/* A copy of s, of exact length so that sanitizers see every byte beyond, damaged and cut. */
static struct span damaged(struct span s, uint32_t *random)
{
	static const uint32_t numbers[] = {0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 4096, 512};
	size_t len = draw(random) % 4 == 0 && s.len > 0 ? draw(random) % s.len : s.len;
	uint8_t *p = malloc(len + 1);
	assert_non_null(p);
	if (len > 0)
		memcpy(p, s.p, len);
	for (uint32_t n = draw(random) % 6; n > 0 && len >= 4; n--) {
		/* mostly in the first 1024 bytes, where base block and first entry are */
		size_t span = draw(random) % 3 && len > 1024 ? 1024 : len;
		size_t at = draw(random) % (span - 3);
		if (draw(random) % 2)
			p[at] ^= (uint8_t)(1u << draw(random) % 8);
		else
			put_le32(p + at / 4 * 4, numbers[draw(random) % COUNT(numbers)]);
	}
	if (draw(random) % 2 && len >= 512)
		own_checksum(p);
	return (struct span){p, len};
}

static void check_damaged(const struct loaded *l)
{
	struct hive h;
	steps = 0;
	struct outcome o = recover_loaded(l);
	uint64_t all = 4096 + l->primary.len + l->logs[0].len + l->logs[1].len + l->logs[2].len;
	assert_true(o.got.bytes.len <= all);
	assert_true(steps <= all); /* each byte is hashed once, four in a step */
	assert_true(o.got.n_notes <= HIVE_NOTES);
	assert_true(o.got.recovered || o.got.bytes.p == l->primary.p);
	if (o.got.recovered && hive_open(&h, o.got.bytes, NULL) == 0)
		assert_false(h.dirty);
	outcome_free(&o);
}

static void test_damage(void **state)
{
	(void)state;
	uint32_t random = 7;
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(recordings); i++) {
		struct loaded whole;
		if (!recordings[i].recovered ||
		    !load(recordings[i].primary, recordings[i].logs, &whole))
			continue;
		for (size_t n = 0; n < ROUNDS; n++) {
			struct loaded l = {.primary = damaged(whole.primary, &random)};
			for (size_t k = 0; k < HIVE_LOGS; k++)
				l.logs[k] = damaged(whole.logs[k], &random);
			check_damaged(&l);
			unload(&l);
		}
		unload(&whole);
		seen++;
	}
	if (seen == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recordings),   cmocka_unit_test(test_windows7),
		cmocka_unit_test(test_closed_hives), cmocka_unit_test(test_lone_logs),
		cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
