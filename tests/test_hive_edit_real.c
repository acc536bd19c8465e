/* SPDX-License-Identifier: MIT */
/*
 * Random edits on every real hive of the data folder: after them the whole-hive check finds
 * nothing that was not there before, other readers read the tree of the model, and taking back
 * everything that was created gives the tree there was. Dirty hives are edited as if they were
 * recovered. Skipped where the data folder is absent.
 */
#include "hive_random.h"

#include <dirent.h>

#define SLACK (1u << 20) /* room that a hive gets behind its bins */
#define SMALL (2u << 20) /* bytes of bins up to which hivex and reged are asked, too */
#define MANY  1200u      /* subkeys that split a leaf */
#define FEW   50u

/* libregf loses a few bytes of its own when it refuses a key; LeakSanitizer asks here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libregf_key_item_initialize";
}

/* The hive as if recovered, with slack; false when it cannot be edited. */
static bool prepare(struct span *bytes)
{
	struct hive h;
	if (hive_open(&h, *bytes, NULL) || h.damaged_bin != HIVE_NONE)
		return false;
	uint8_t *p = calloc(1, bytes->len + SLACK);
	assert_non_null(p);
	memcpy(p, bytes->p, bytes->len);
	memcpy(p + 8, p + 4, 4);
	data_free(*bytes);
	*bytes = (struct span){p, bytes->len + SLACK};
	put_le32(p + 508, hive_checksum(*bytes));
	return true;
}

/* Create keys and delete them again: the tree is the old one but for the root's time. */
static void there_and_back(struct random_edits *r, uint32_t n)
{
	const struct hive *view = hive_edit_view(r->e);
	char key[64];
	for (uint32_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "stop7b test\\%u\\below", i * 7919 % n);
		assert_int_equal(hive_edit_create_key(r->e, key, r->when, NULL), 1);
	}
	assert_int_equal(hive_edit_set(r->e, "stop7b test\\9", "v", REG_BINARY,
				       (struct span){(const uint8_t *)"12345678", 8}, r->when,
				       NULL),
			 0);
	assert_int_equal(key_subkey_count(find(view, "stop7b test")), n);
	random_check(r, "with keys created");
	assert_int_equal(hive_edit_delete_key(r->e, "stop7b test", r->when, NULL), 0);
	random_check(r, "with keys deleted");
	r->m->written = r->when;
	model_compare(r->m, hive_root(view), true);
}

static void edit_sound(struct random_edits *r, struct span bytes, uint32_t n)
{
	there_and_back(r, n);
	for (unsigned i = random_count(60); i > 0; i--)
		random_edit(r);
	random_check(r, "after");
	hive_edit_finish(r->e, r->when);
	const struct hive *view = hive_edit_view(r->e);
	model_compare(r->m, hive_root(view), true);
	random_ask_libregf(r, bytes);
	if (view->bins_size < SMALL || getenv("S7B_EDITS"))
		random_ask_others(r, bytes);
}

/* 1 when the file is a hive without defects that was edited. */
static size_t edit_file(const char *path, uint32_t n)
{
	struct random_edits r;
	struct span bytes = data_load(path);
	size_t edited = 0;
	if (prepare(&bytes)) {
		random_begin(&r, bytes, 4711);
		if (r.before.defects == 0) {
			edit_sound(&r, bytes, n);
			edited = 1;
		}
		random_end(&r);
	}
	data_free(bytes);
	return edited;
}

static size_t edit_folder(const char *folder, uint32_t many)
{
	char path[4096], file[512];
	data_path(path, folder);
	DIR *dir = opendir(path);
	size_t n = 0;
	if (!dir)
		return 0;
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		if (d->d_name[0] != '.' && !strstr(d->d_name, ".LOG")) {
			snprintf(file, sizeof(file), "%s/%s", folder, d->d_name);
			n += edit_file(file, many);
		}
	closedir(dir);
	return n;
}

static void test_all_hives(void **state)
{
	(void)state;
	static const char *const users[] = {
		"logs/dfwinreg_ntuser/NTUSER.DAT.xz",
		"logs/galtonlai_winpe/DEFAULT",
		"expected/regipy_NTUSER_recovered.xz",
	};
	size_t n = edit_folder("system", MANY);
	if (n == 0)
		skip();
	n += edit_folder("otherhives", FEW) + edit_folder("bcd", FEW);
	for (size_t i = 0; i < COUNT(users); i++)
		n += edit_file(users[i], FEW);
	assert_true(n >= 76);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_hives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
