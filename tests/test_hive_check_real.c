/* SPDX-License-Identifier: MIT */
/*
 * The whole-hive check on every real hive there is: SYSTEM hives of Windows NT 4 to 10, boot
 * stores, hives of users, dirty hives with their logs replayed. None has a defect, but for those
 * of the table, which were damaged by hand or by a failing disk: there the numbers are those that
 * their makers describe. The number of steps shows that the check is linear. Skipped where the
 * data folder is absent.
 */
#include "hive_fixture.h"
#include "steps.h"

#include <dirent.h>

#include "stop7b/hive_check.h"
#include "stop7b/hive_log.h"

#define BYTES_A_STEP 2 /* at least; 3.5 in the busiest hive */

static const struct known {
	const char *name;
	size_t defects;
	uint32_t lost;
	const char *first; /* part of the first defect's sentence */
} known[] = {
	/* One key's list leads to another key's list. */
	{"yarp_BadListHive", 3, 2, "as its parent"},
	{"yarp_DuplicateSubkeysHive.xz", 1, 0, "order of names"},
	{"yarp_InvalidParentHive.xz", 1, 0, "as its parent"},
	/* 30 runs of lost pages, and what hung on them. */
	{"xp_x86_ginevra_corrupted.SYSTEM.xz", 303, 5082, "header of the bin"},
	/* Windows 10 left eight cells behind when it recovered the hive. */
	{"yarp_NewDirtyHive1_recovered", 0, 8, NULL},
};

static const struct known *known_hive(const char *name)
{
	static const struct known sound = {0};
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i];
	return &sound;
}

static struct hive_report report_of(const struct hive *h, const char *name)
{
	struct hive_report r;
	struct err err = {0};
	struct arena *arena = arena_new();
	steps = 0;
	if (hive_check(h, arena, &r, &err))
		fail_msg("%s: %s", name, err.text);
	assert_true(steps <= h->bytes.len / BYTES_A_STEP);
	arena_free(arena);
	return r;
}

/* The totals as our walker finds them, when the hive is sound. */
static void compare_walk(const struct hive *h, const struct hive_report *r)
{
	struct census c = census_of(h);
	assert_int_equal(c.err.code, E_OK);
	assert_int_equal(r->keys, c.keys);
	assert_int_equal(r->values, c.values);
}

static void check_hive(const struct hive *h, const char *name)
{
	const struct known *want = known_hive(name);
	struct hive_report r = report_of(h, name);
	if (r.defects != want->defects)
		fail_msg("%s: %zu defects, the first: 0x%x: %s", name, r.defects, r.first[0].at,
			 r.defects ? r.first[0].what : "none");
	if (want->first)
		assert_non_null(strstr(r.first[0].what, want->first));
	assert_int_equal(r.cells_lost, want->lost);
	assert_int_equal(r.free_pairs, 0);
	assert_int_equal(r.low_bounds, strncmp(name, "xp_sp3", 6) == 0 ? 2 : 0);
	if (r.defects == 0)
		compare_walk(h, &r);
}

static size_t check_folder(const char *folder)
{
	char path[4096], name[512];
	size_t n = 0;
	data_path(path, folder);
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && (e = readdir(dir));) {
		struct hive h;
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		if (e->d_name[0] == '.' || strstr(e->d_name, ".LOG"))
			continue;
		struct span bytes = data_load(name);
		if (bytes.len > 0 && hive_open(&h, bytes, NULL) == 0) {
			check_hive(&h, e->d_name);
			n++;
		}
		data_free(bytes);
	}
	if (dir)
		closedir(dir);
	return n;
}

static void test_folders(void **state)
{
	(void)state;
	size_t n = check_folder("system") + check_folder("bcd") + check_folder("otherhives") +
		   check_folder("expected");
	print_message("  %zu hives\n", n);
	if (n == 0)
		skip();
}

static void test_recovered(void **state)
{
	(void)state;
	static const char *const files[][3] = {
		{"logs/regipy_ntuser/NTUSER.DAT.xz", "logs/regipy_ntuser/NTUSER.DAT.LOG1.xz",
		 "logs/regipy_ntuser/NTUSER.DAT.LOG2"},
		{"logs/yarp_OldDirtyHive/OldDirtyHive.xz",
		 "logs/yarp_OldDirtyHive/OldDirtyHive.LOG1", NULL},
	};
	size_t n = 0;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct hive_log_input in = {.primary = data_load(files[i][0])};
		struct hive_recovery got;
		struct hive h;
		struct arena *arena = arena_new();
		for (size_t k = 0; k < 2 && files[i][k + 1]; k++)
			in.logs[k] = data_load(files[i][k + 1]);
		if (in.primary.len > 0) {
			assert_int_equal(hive_recover(&in, arena, &got, NULL), 0);
			assert_true(got.recovered);
			assert_int_equal(hive_open(&h, got.bytes, NULL), 0);
			check_hive(&h, files[i][0]);
			n++;
		}
		arena_free(arena);
		data_free(in.primary);
		for (size_t k = 0; k < 2; k++)
			data_free(in.logs[k]);
	}
	if (n == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_recovered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
