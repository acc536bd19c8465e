/* SPDX-License-Identifier: MIT */
/*
 * The repairs of the way to the loader on real disks of the fixtures: each is broken in one place
 * through the program itself, and what it then proposes must make the judge say that it boots, on the
 * disk as it would be and on the one that was written; undo twice gives the first bytes back.
 */
#include "bcd_test.h"
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "stop7b/session.h"

#define AT_MANAGER "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements\\"
#define LOADER_7   "Objects\\{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}\\Elements\\"
#define STORE_7    "1:\\Boot\\BCD"
#define STORE_10   "1:\\EFI\\Microsoft\\Boot\\BCD"

#define LOADER_10 "Objects\\{b5a1e6d2-36c1-11ea-9d2f-000c29d4e5f6}\\Elements\\"

struct disk {
	char dir[TEST_PATH], path[TEST_PATH + 32];
	uint8_t *before;
	size_t len;
	struct session *s;
	struct arena *arena;
};

static void open_disk(struct disk *d, const char *name, const char *target)
{
	char from[TEST_PATH];
	struct err err = {0};
	const char *images = getenv("S7B_IMAGES");
	snprintf(from, sizeof(from), "%s/%s.vhd", images ? images : "", name);
	if (access(from, R_OK) < 0)
		skip();
	test_scratch(d->dir);
	snprintf(d->path, sizeof(d->path), "%s/disk.vhd", d->dir);
	d->before = test_read(from, &d->len);
	test_write(d->path, d->before, d->len);
	d->arena = arena_new();
	const struct session_options options = {
		.undo_dir = d->dir, .targets = &target, .n_targets = 1};
	d->s = session_open(d->path, &options, NULL, NULL, &err);
	if (!d->s)
		fail_msg("%s", err.text);
}

static void apply(struct disk *d)
{
	struct err err = {0};
	struct review r;
	struct result result;
	if (session_review(d->s, &r, &err) < 0 ||
	    session_apply(d->s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	review_free(&r);
}

static void close_disk(struct disk *d, unsigned applied)
{
	struct err err = {0};
	struct result result;
	while (applied-- > 0)
		if (session_undo_written(d->s, NULL, NULL, &result, &err) < 0)
			fail_msg("%s", err.text);
	session_close(d->s);
	size_t len;
	uint8_t *is = test_read(d->path, &len);
	assert_int_equal(len, d->len);
	assert_memory_equal(is, d->before, len);
	free(is);
	free(d->before);
	arena_free(d->arena);
	test_scratch_remove(d->dir);
}

static void stage(struct disk *d, struct edit e)
{
	struct err err = {0};
	if (session_stage_edits(d->s, NULL, &e, 1, &err) != 1)
		fail_msg("%s", err.text);
}

static struct edit text(struct disk *d, const char *store, const char *key, const char *words)
{
	struct span data = {0};
	assert_int_equal(text_to_utf16le(d->arena, words, &data, NULL), 0);
	data.len += 2;
	return (struct edit){
		.hive = store, .key = key, .name = "Element", .type = REG_SZ, .data = data};
}

static struct edit bytes(struct disk *d, uint64_t at, uint32_t number, size_t len)
{
	uint8_t raw[4];
	put_le32(raw, number);
	return (struct edit){.kind = EDIT_DISK_BYTES,
			     .at = at,
			     .data = {arena_copy(d->arena, raw, len), len},
			     .meaning = "broken"};
}

static const struct finding *found(const struct diagnosis *d, const char *rule)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->findings[i].rule->id, rule) == 0)
			return &d->findings[i];
	return NULL;
}

static bool boots(const struct diagnosis *d)
{
	return verdict_is_good(verdict_worst(d->targets, d->n_targets));
}

/* What is broken is staged: write it, let it be mended, look before and after the write. */
static void mend(struct disk *d, const char *rule, const char *words)
{
	struct err err = {0};
	assert_true(boots(&d->s->now) && !found(&d->s->now, rule));
	apply(d);
	const struct finding *f = found(&d->s->now, rule);
	if (!f || !f->fixable || !f->n_edits || f->no_fix.plain)
		fail_msg("%s: %s", rule, f ? f->no_fix.plain : "not found");
	assert_string_equal(f->fix_words.plain, words);
	assert_false(boots(&d->s->now));
	if (session_stage_all(d->s, &err) < 1)
		fail_msg("%s: %s", rule, err.text);
	assert_true(boots(&d->s->after) && !found(&d->s->after, rule));
	apply(d);
	assert_true(boots(&d->s->now) && !found(&d->s->now, rule));
}

/* ---- the store ---- */

static void test_loader_kind(void **state)
{
	(void)state;
	struct disk d;
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, text(&d, STORE_7, LOADER_7 "12000002", "\\Windows\\system32\\winload.efi"));
	mend(&d, "B6", "winload.exe");
	close_disk(&d, 2);
	open_disk(&d, "win10-gpt-dynamic", "kvm-sata");
	stage(&d, text(&d, STORE_10, LOADER_10 "12000002", "\\Windows\\system32\\winload.exe"));
	mend(&d, "B6", "winload.efi");
	close_disk(&d, 2);
}

static void test_loader_missing(void **state)
{
	(void)state;
	struct disk d;
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, text(&d, STORE_7, LOADER_7 "12000002", "\\Windows\\elsewhere\\winload.exe"));
	mend(&d, "B7", "winload.exe");
	close_disk(&d, 2);
}

static void test_root(void **state)
{
	(void)state;
	struct disk d;
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, text(&d, STORE_7, LOADER_7 "22000002", "\\Winnt"));
	mend(&d, "B8", "systemroot");
	close_disk(&d, 2);
}

static void test_nothing_starts(void **state)
{
	(void)state;
	struct disk d;
	const char *nobody = "{00000000-1111-2222-3333-444444444444}";
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, text(&d, STORE_7, AT_MANAGER "23000003", nobody));
	stage(&d, (struct edit){.hive = STORE_7,
				.key = AT_MANAGER "24000001",
				.name = "",
				.op = HIVE_DELETE_KEY});
	mend(&d, "B40", "the default");
	close_disk(&d, 2);
}

/* A default that is not there while the menu has one: a note, mended by name alone. */
static void test_default(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d,
	      text(&d, STORE_7, AT_MANAGER "23000003", "{00000000-1111-2222-3333-444444444444}"));
	apply(&d);
	assert_true(boots(&d.s->now));
	assert_non_null(found(&d.s->now, "B11"));
	assert_int_equal(session_stage_all(d.s, &err), 0);
	static const char *const only[] = {"B11"};
	d.s->options.only = only;
	d.s->options.n_only = 1;
	assert_int_equal(session_stage_all(d.s, &err), 1);
	assert_null(found(&d.s->after, "B11"));
	close_disk(&d, 1);
}

/* The only loader is another disk's Windows, in another folder: it stays, and one is made of it. */
static void test_new_entry(void **state)
{
	(void)state;
	struct disk d;
	uint8_t device[88] = {[0x10] = 6, [0x18] = 0x48, [0x34] = 1, [0x38] = 0x11, [0x21] = 0x10};
	struct edit e = {.hive = STORE_7,
			 .name = "Element",
			 .type = REG_BINARY,
			 .data = {device, sizeof(device)}};
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	e.key = LOADER_7 "11000001";
	stage(&d, e);
	e.key = LOADER_7 "21000001";
	stage(&d, e);
	stage(&d, text(&d, STORE_7, LOADER_7 "22000002", "\\Other"));
	mend(&d, "B3", "a new entry");
	const struct hive_file *f = session_hive(d.s, STORE_7, NULL);
	struct bcd_store store;
	assert_int_equal(bcd_read(&f->hive, d.arena, &store, NULL), 0);
	assert_true(store.whole);
	size_t loaders = 0;
	for (size_t i = 0; i < store.n; i++)
		loaders += store.objects[i].type == BCD_LOADER;
	assert_int_equal(loaders, 2);
	close_disk(&d, 2);
}

static void test_devices_differ(void **state)
{
	(void)state;
	struct disk d;
	/* partition 1 of that disk: 1 MiB, signature 5b7d0007 */
	uint8_t device[88] = {[0x10] = 6,    [0x18] = 0x48, [0x22] = 0x10, [0x34] = 1,
			      [0x38] = 0x07, [0x3a] = 0x7d, [0x3b] = 0x5b};
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, (struct edit){.hive = STORE_7,
				.key = LOADER_7 "21000001",
				.name = "Element",
				.type = REG_BINARY,
				.data = {device, sizeof(device)}});
	mend(&d, "B5", "one partition");
	close_disk(&d, 2);
}

/* A resume object and a recovery loader on a ramdisk name the same dead partition. */
static const struct bcd_element *element_in(struct disk *d, const char *guid, uint32_t id)
{
	const struct hive_file *f = session_hive(d->s, STORE_7, NULL);
	struct bcd_store *store = arena_alloc(d->arena, sizeof(*store), NULL);
	assert_int_equal(bcd_read(session_hive_view(f), d->arena, store, NULL), 0);
	const struct bcd_element *e = bcd_element(bcd_object(store, guid), id);
	assert_non_null(e);
	return e;
}

static void add_object(struct disk *d, const char *guid, uint32_t type)
{
	const char *key = arena_printf(d->arena, "Objects\\%s\\Description", guid);
	uint8_t raw[4];
	put_le32(raw, type);
	stage(d, (struct edit){.hive = STORE_7, .key = key, .name = "", .op = HIVE_CREATE_KEY});
	stage(d, (struct edit){.hive = STORE_7,
			       .key = key,
			       .name = "Type",
			       .type = REG_DWORD,
			       .data = {arena_copy(d->arena, raw, 4), 4}});
}

static void add_element(struct disk *d, const char *guid, uint32_t id, struct edit e)
{
	const char *key = arena_printf(d->arena, "Objects\\%s\\Elements\\%08x", guid, id);
	stage(d, (struct edit){.hive = STORE_7, .key = key, .name = "", .op = HIVE_CREATE_KEY});
	e.hive = STORE_7;
	e.key = key;
	e.name = "Element";
	stage(d, e);
}

#define RESUME   "{11111111-96a8-11e0-8b4c-000c29a1b2c3}"
#define RECOVERY "{22222222-96a8-11e0-8b4c-000c29a1b2c3}"
#define OTHER    "{33333333-96a8-11e0-8b4c-000c29a1b2c3}"

static void test_relatives(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	/* 11 MiB of the old disk, 1a2b3c4d */
	uint8_t dead[88] = {[0x10] = 6,    [0x18] = 0x48, [0x22] = 0xb0, [0x34] = 1,
			    [0x38] = 0x4d, [0x39] = 0x3c, [0x3a] = 0x2b, [0x3b] = 0x1a};
	uint8_t ram[0x8c + 4] = {[0x10] = 0, [0x14] = 1,    [0x18] = 0x80, [0x20] = 3,
				 [0x38] = 1, [0x3c] = 0x58, [0x40] = 5,    [0x8c] = 'x'};
	uint8_t far[88];
	memcpy(ram + 0x44, dead + 0x10, 0x48);
	memcpy(far, dead, sizeof(far));
	far[0x38] = 0x99;
	const struct edit plain = {.type = REG_BINARY, .data = {dead, sizeof(dead)}};
	open_disk(&d, "cloned-mbr", "vmware-ide");
	add_object(&d, RESUME, BCD_RESUME);
	add_element(&d, RESUME, BCD_DEVICE, plain);
	add_element(&d, RESUME, 0x21000001, plain);
	add_object(&d, RECOVERY, BCD_LOADER);
	add_element(&d, RECOVERY, BCD_DEVICE,
		    (struct edit){.type = REG_BINARY, .data = {ram, sizeof(ram)}});
	add_element(&d, RECOVERY, BCD_WINPE,
		    (struct edit){.type = REG_BINARY, .data = {(const uint8_t *)"\1", 1}});
	add_object(&d, OTHER, BCD_LOADER); /* of a third disk */
	add_element(&d, OTHER, BCD_DEVICE,
		    (struct edit){.type = REG_BINARY, .data = {far, sizeof(far)}});
	apply(&d);
	if (session_stage_all(d.s, &err) < 1)
		fail_msg("%s", err.text);
	assert_true(boots(&d.s->after));
	const char *here =
		element_in(&d, "{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}", BCD_DEVICE)->text;
	assert_string_equal(here, "partition=mbr:5b7d0007:0xb00000");
	assert_string_equal(element_in(&d, RESUME, BCD_DEVICE)->text, here);
	assert_string_equal(element_in(&d, RESUME, 0x21000001)->text, here);
	assert_non_null(
		strstr(element_in(&d, RECOVERY, BCD_DEVICE)->text, "mbr:5b7d0007:0xb00000"));
	assert_int_equal(element_in(&d, RECOVERY, BCD_DEVICE)->raw.len, sizeof(ram));
	assert_string_equal(element_in(&d, OTHER, BCD_DEVICE)->text,
			    "partition=mbr:1a2b3c99:0xb00000");
	assert_string_equal(
		element_in(&d, "{9dea862c-5cdd-4e70-acc1-f32b344d4795}", BCD_DEVICE)->text,
		"partition=mbr:5b7d0007:0x100000");
	apply(&d);
	assert_true(boots(&d.s->now));
	close_disk(&d, 2);
}

/* Devices that are missing are made, of the boot manager too. */
static void test_devices_made(void **state)
{
	(void)state;
	static const struct {
		const char *disk, *target, *store, *keys[3];
	} cases[] = {
		{"win7-mbr-dynamic", "vmware-ide", STORE_7, {LOADER_7 "11000001"}},
		{"win7-mbr-dynamic",
		 "vmware-ide",
		 STORE_7,
		 {LOADER_7 "21000001", LOADER_7 "11000001", AT_MANAGER "11000001"}},
		{"win10-gpt-dynamic", "kvm-sata", STORE_10, {LOADER_10 "21000001"}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk d;
		open_disk(&d, cases[i].disk, cases[i].target);
		for (size_t k = 0; k < 3 && cases[i].keys[k]; k++)
			stage(&d, (struct edit){.hive = cases[i].store,
						.key = cases[i].keys[k],
						.name = "",
						.op = HIVE_DELETE_KEY});
		mend(&d, "B4", "name this disk");
		close_disk(&d, 2);
	}
}

/* A search for what is not there, and a virtual disk whose file is gone, become the partition. */
static void test_devices_replaced(void **state)
{
	(void)state;
	const struct blob here = mbr_partition(0x5b7d0007, 0xb00000);
	const struct blob search = search_path("\\nowhere.exe");
	const struct blob forms[] = {element_of(0, &search),
				     vhd_element(&here, "\\gone.vhd", 0x22000002)};
	for (size_t i = 0; i < 2; i++) {
		struct disk d;
		open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
		stage(&d, (struct edit){.hive = STORE_7,
					.key = LOADER_7 "11000001",
					.name = "Element",
					.type = REG_BINARY,
					.data = {forms[i].p, forms[i].len}});
		mend(&d, "B4", "name this disk");
		assert_int_equal(
			element_in(&d, "{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}", BCD_DEVICE)
				->raw.len,
			88);
		close_disk(&d, 2);
	}
}

/* ---- sectors ---- */

static void test_signature(void **state)
{
	(void)state;
	struct disk d;
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	stage(&d, bytes(&d, 0x1b8, 0, 4));
	mend(&d, "B4", "the signature");
	assert_string_equal(d.s->table.disk_id, "0x5b7d0007");
	close_disk(&d, 2);
}

static void test_active(void **state)
{
	(void)state;
	static const uint8_t flags[][2] = {{0, 0}, {0x80, 0x80}, {0, 0x80}};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct disk d;
		open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
		stage(&d, bytes(&d, 0x1be, flags[i][0], 1));
		struct edit e = bytes(&d, 0x1ce, flags[i][1], 1);
		e.meaning = "broken, too";
		stage(&d, e);
		mend(&d, "B16", "active flag");
		assert_true(d.s->table.items[0].active && !d.s->table.items[1].active);
		close_disk(&d, 2);
	}
}

static uint32_t number_at(struct disk *d, uint64_t at)
{
	uint8_t raw[4];
	assert_int_equal(image_read(d->s->image, at, raw, 4, NULL), 0);
	return le32((struct span){raw, 4}, 0);
}

/* In the boot sector and in its copy at the end of the partition. */
static void test_hidden(void **state)
{
	(void)state;
	struct disk d;
	open_disk(&d, "win7-mbr-dynamic", "vmware-ide");
	const struct partition *p = d.s->volumes[0].partition;
	const uint64_t start = p->start, copy = p->start + p->size - 512;
	assert_int_equal(number_at(&d, start + 28), start / 512);
	stage(&d, bytes(&d, start + 28, 63, 4));
	mend(&d, "B19", "hidden sectors");
	assert_int_equal(number_at(&d, start + 28), start / 512);
	uint8_t first[28], last[28];
	assert_int_equal(image_read(d.s->image, start, first, 28, NULL), 0);
	assert_int_equal(image_read(d.s->image, copy, last, 28, NULL), 0);
	if (memcmp(first, last, 28) == 0)
		assert_int_equal(number_at(&d, copy + 28), start / 512);
	close_disk(&d, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loader_kind),
		cmocka_unit_test(test_loader_missing),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_nothing_starts),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_new_entry),
		cmocka_unit_test(test_devices_differ),
		cmocka_unit_test(test_relatives),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_active),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_devices_made),
		cmocka_unit_test(test_devices_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
