/* SPDX-License-Identifier: MIT */
/*
 * The boot path checks on what others made: the fixture disks through a session, and real boot
 * stores of the data folder on a disk that has just the partitions their entries name. Healthy ones
 * give no finding; a store that an attacker prepared gives those that belong to it.
 */
#include "test.h"

#include "hive_fixture.h"

#include "src/session/session_internal.h"
#include "stop7b/bootpath_judge.h"
#include "stop7b/session_store.h"

#define MANAGER "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"

/* ---- fixture disks ---- */

static const struct {
	const char *name, *rules;
} disks[] = {
	{"win7-mbr-dynamic", ""},
	{"win7-mbr-fixed", ""},
	{"win10-gpt-dynamic", ""},
	{"win10-mbr-fixed", ""},
	{"xp-mbr", ""},
	{"xp-boot-ini", "B30"},
	{"cloned-mbr", "B4 B4 B12 B41"},
	{"cloned-gpt", "B4 B4 B12"},
	{"ldm-mbr", "B33"},
	{"drive-letter", "B35"},
	/* a GPT, but files and a store for BIOS */
	{"win7-gpt-dynamic", "B1 B23"},
	{"system-root-other-name", "B7 B8"},
};

/* The rules found on the way to a target; NULL: of any firmware, by the disk itself. */
static void rules_of(struct session *s, const char *target, char *out, size_t size)
{
	struct arena *arena = arena_new();
	const struct target *t = target ? catalogue_target(target) : NULL;
	struct err err = {0};
	struct bootpath_judgement boot;
	struct bootpath_request request;
	*out = '\0';
	struct disk_view view;
	if (view_as_it_is(s, &view, &err) < 0 ||
	    session_disk(s, s->chosen, &view, arena, &request, &err) < 0)
		fail_msg("%s", err.text);
	request.firmware = t ? t->firmware : FIRMWARE_ANY;
	request.native = t && t->native;
	request.azure = t && t->platform == PLATFORM_AZURE;
	if (bootpath_judge(&request, arena, &boot, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t k = 0; k < boot.n; k++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", *out ? " " : "",
			 boot.findings[k].rule->id);
	arena_free(arena);
}

static void check_disk(const char *folder, size_t i)
{
	char path[4096], rules[256];
	struct err err = {0};
	snprintf(path, sizeof(path), "%s/%s.vhd", folder, disks[i].name);
	struct session *s = session_open(path, NULL, NULL, NULL, &err);
	if (!s)
		fail_msg("%s: %s", disks[i].name, err.text);
	rules_of(s, NULL, rules, sizeof(rules));
	if (strcmp(rules, disks[i].rules) != 0)
		fail_msg("%s: %s", disks[i].name, rules);
	session_close(s);
}

static void test_disks(void **state)
{
	const char *folder = getenv("S7B_IMAGES");
	(void)state;
	if (!folder || !*folder)
		skip();
	for (size_t i = 0; i < COUNT(disks); i++)
		check_disk(folder, i);
}

/* ---- what targets add ---- */

static const struct {
	const char *disk, *target, *rules;
} journeys[] = {
	{"win10-mbr-fixed.vhd", "hyperv-gen1", ""},
	{"win10-mbr-fixed.vhd", "Hyperv-Gen2", "B24"},
	{"win10-gpt-dynamic.vhd", "hyperv-gen1", "B24"},
	{"win10-gpt-dynamic.vhd", "hyperv-gen2", ""},
	{"win7-gpt-dynamic.vhd", "vhd-on-ahci", "B36"},
	{"win7-gpt-dynamic.vhd", "vmware-sata", "B1 B23"},
	{"ldm-mbr.vhd", "vhd-on-ahci", "B34 B36"},
	{"win10-mbr-fixed.vhd", "vhd-on-ahci", ""},
	{"win10-mbr-fixed.vhd", "azure", ""},
	{"odd.raw", "azure", "B29"},
	{"odd.raw", "vmware-sata", ""},
};

static void check_journey(const char *folder, const char *scratch, size_t i)
{
	char path[5120], rules[256];
	struct err err = {0};
	bool own = strcmp(journeys[i].disk, "odd.raw") == 0;
	snprintf(path, sizeof(path), "%s/%s", own ? scratch : folder, journeys[i].disk);
	struct session *s = session_open(path, NULL, NULL, NULL, &err);
	if (!s)
		fail_msg("%s", err.text);
	rules_of(s, journeys[i].target, rules, sizeof(rules));
	if (strcmp(rules, journeys[i].rules) != 0)
		fail_msg("%s to %s: %s", journeys[i].disk, journeys[i].target, rules);
	session_close(s);
}

/* Overwrite the first bytes of the disk's boot store: a hive whose root key has that name. */
static void spoil_store(const char *path)
{
	static const char root[] = "NewStoreRoot";
	size_t len;
	uint8_t *disk = test_read(path, &len);
	uint8_t *at = memmem(disk, len, root, sizeof(root) - 1);
	assert_non_null(at);
	size_t base = ((size_t)(at - disk) & ~(size_t)4095) - 4096;
	assert_memory_equal(disk + base, "regf", 4);
	disk[base] = 'x';
	test_write(path, disk, len);
	free(disk);
}

static void check_spoilt(const char *scratch)
{
	char path[5120], rules[256];
	struct err err = {0};
	struct boot_store *own;
	size_t n;
	snprintf(path, sizeof(path), "%s/odd.raw", scratch);
	spoil_store(path);
	struct session *s = session_open(path, NULL, NULL, NULL, &err);
	assert_non_null(s);
	rules_of(s, NULL, rules, sizeof(rules));
	assert_string_equal(rules, "B2");
	assert_int_equal(session_stores(s, &own, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(own->error.code, E_FORMAT);
	session_close(s);
}

/* A disk of one sector more than whole MiB is made of the fixed VHD: its data and 512 zeros. */
static void test_targets(void **state)
{
	char scratch[TEST_PATH], command[3 * TEST_PATH];
	const char *folder = getenv("S7B_IMAGES");
	(void)state;
	if (!folder || !*folder)
		skip();
	test_scratch(scratch);
	snprintf(command, sizeof(command),
		 "{ head -c -512 '%s/win10-mbr-fixed.vhd'; head -c 512 /dev/zero; } >'%s/odd.raw'",
		 folder, scratch);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < COUNT(journeys); i++)
		check_journey(folder, scratch, i);
	check_spoilt(scratch);
	test_scratch_remove(scratch);
}

/* The host's store that was given counts for native boot, and one that is not there is damaged. */
static void test_host_store(void **state)
{
	static const struct {
		const char *store, *target, *rules;
	} hosts[] = {
		{"win10-gpt-dynamic.vhd:1:\\EFI\\Microsoft\\Boot\\BCD", "vhd-on-ahci", "B3"},
		{"win10-gpt-dynamic.vhd:1:\\EFI\\Microsoft\\Boot\\BCD", "vmware-sata", ""},
		{"win10-gpt-dynamic.vhd:1:\\none", "vhd-on-ahci", "B2"},
		{"nothing", "vhd-on-ahci", "B2"},
	};
	char path[TEST_PATH], store[TEST_PATH], rules[256];
	const char *folder = getenv("S7B_IMAGES");
	(void)state;
	if (!folder || !*folder)
		skip();
	snprintf(path, sizeof(path), "%s/win7-mbr-dynamic.vhd", folder);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct err err = {0};
		const struct session_options options = {.host_store = store,
							.host_path = "D:\\vhd\\win7.vhd"};
		snprintf(store, sizeof(store), "%s/%s", folder, hosts[i].store);
		struct session *s = session_open(path, &options, NULL, NULL, &err);
		if (!s)
			fail_msg("%s", err.text);
		struct bootpath_request request;
		struct disk_view view;
		assert_int_equal(view_as_it_is(s, &view, &err), 0);
		assert_int_equal(session_disk(s, s->chosen, &view, s->arena, &request, &err), 0);
		assert_string_equal(request.vhd, options.host_path);
		rules_of(s, hosts[i].target, rules, sizeof(rules));
		if (strcmp(rules, hosts[i].rules) != 0)
			fail_msg("%s to %s: %s", hosts[i].store, hosts[i].target, rules);
		session_close(s);
	}
}

/* Windows 7 in a VHDX: no host starts it, a hypervisor does. */
static void test_vhdx(void **state)
{
	static const char *const targets[] = {"vhd-on-ahci", "vmware-lsi-sas"};
	const struct session_question question = {.targets = targets, .n = COUNT(targets)};
	char scratch[TEST_PATH], path[TEST_PATH + 16], command[3 * TEST_PATH];
	const char *folder = getenv("S7B_IMAGES");
	struct diagnosis d;
	struct err err = {0};
	(void)state;
	if (!folder || !*folder)
		skip();
	test_scratch(scratch);
	snprintf(path, sizeof(path), "%s/seven.vhdx", scratch);
	snprintf(command, sizeof(command),
		 "qemu-img convert -U -O vhdx '%s/win7-mbr-fixed.vhd' '%s'", folder, path);
	assert_int_equal(system(command), 0);
	struct session *s = session_open(path, NULL, NULL, NULL, &err);
	assert_non_null(s);
	assert_int_equal(
		session_diagnose(s, s->chosen, &s->chosen->install, &question, s->arena, &d, &err),
		0);
	assert_int_equal(d.targets[0].verdict, VERDICT_STOPS);
	assert_int_equal(d.targets[0].step, STEP_RELEASE);
	assert_non_null(strstr(d.targets[0].release.plain, "VHDX"));
	assert_null(d.targets[1].release.plain);
	session_close(s);
	test_scratch_remove(scratch);
}

/* Stores are read once. */
static void test_stores_once(void **state)
{
	char path[TEST_PATH];
	const char *folder = getenv("S7B_IMAGES");
	struct boot_store *first, *again;
	struct err err = {0};
	size_t n;
	(void)state;
	if (!folder || !*folder)
		skip();
	snprintf(path, sizeof(path), "%s/win10-gpt-dynamic.vhd", folder);
	struct session *s = session_open(path, NULL, NULL, NULL, &err);
	assert_non_null(s);
	assert_int_equal(session_stores(s, &first, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_true(first->efi && first->store.whole);
	assert_int_equal(first->partition->number, 1);
	assert_string_equal(first->path, "\\EFI\\Microsoft\\Boot\\BCD");
	assert_int_equal(session_stores(s, &again, &n, &err), 0);
	assert_ptr_equal(first, again);
	session_close(s);
}

/* ---- stores by name ---- */

/* Not places in an image: files of this machine, named as a whole. */
static const char *const plain[] = {
	":1:\\BCD", "x::\\BCD", "x:1:BCD", "x:1b:\\BCD", "x:b1:\\BCD", "x:1\\BCD", "x:1:",
};

static void test_names(void **state)
{
	const char *folder = getenv("S7B_IMAGES"), *shown;
	char name[4096];
	struct arena *arena = arena_new();
	struct bcd_store store;
	struct err err = {0};
	(void)state;
	if (!folder || !*folder) {
		arena_free(arena);
		skip();
	}
	snprintf(name, sizeof(name), "%s/win7-mbr-dynamic.vhd:1:\\Boot\\BCD", folder);
	assert_int_equal(session_store_read(name, NULL, arena, &store, &shown, &err), 0);
	assert_true(store.whole && bcd_object(&store, MANAGER));
	assert_string_equal(shown, name);
	snprintf(name, sizeof(name), "%s/win10-gpt-dynamic.vhd:1:/efi/microsoft/boot/bcd", folder);
	assert_int_equal(session_store_read(name, NULL, arena, &store, &shown, &err), 0);
	assert_true(store.whole && bcd_object(&store, MANAGER));
	snprintf(name, sizeof(name), "%s/win7-mbr-dynamic.vhd:1:\\Boot\\none", folder);
	assert_int_equal(session_store_read(name, NULL, arena, &store, &shown, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	err_clear(&err);
	assert_int_equal(session_store_read("/nowhere:x:\\BCD", NULL, arena, &store, &shown, &err),
			 -1);
	assert_int_equal(err.code, E_OPEN); /* no number: a file of that name */
	for (size_t i = 0; i < COUNT(plain); i++) {
		char text[128];
		err_clear(&err);
		assert_int_equal(session_store_read(plain[i], NULL, arena, &store, &shown, &err),
				 -1);
		snprintf(text, sizeof(text), "%s: cannot be opened", plain[i]);
		assert_memory_equal(err.text, text, strlen(text));
	}
	arena_free(arena);
}

/* ---- real stores on a disk that fits them ---- */

struct fitting {
	struct arena *arena;
	struct bcd_store store;
	struct partition partitions[2];
	struct partition_table table;
	struct install install;
	struct boot_store own;
	struct bootpath_request request;
	struct bootpath_judgement boot;
};

static const struct {
	const char *name, *loader, *root, *rules;
} stores[] = {
	{"esp_deepin.BCD", "{77307db1-79b0-11e9-aa31-fa9029d27e07}", "\\Windows", ""},
	{"esp_fisummer.BCD", "{347518e1-f3cc-11ea-911e-c7eaa7d84b6c}", "\\Windows", ""},
	{"esp_maxsun_b660m.BCD", "{e3894801-2986-11ef-a396-ac14c537ab8a}", "\\Windows", ""},
	{"esp_multios_x230t.BCD", "{90c29444-1044-11ea-8356-b9573cdf519a}", "\\Windows", ""},
	{"esp_tp300ld.BCD", "{e018a2d0-b134-11ea-95b2-81f0ac71b75b}", "\\Windows", ""},
	/* made to start another loader from the network: Windows PE, no loader file */
	{"bitpixie.BCD", "{e9f88ef3-fa6f-11eb-a962-ef6fc553cae8}", "\\Windows", "B7 B9"},
};

static int exists(void *ctx, const struct partition *p, const char *path)
{
	(void)ctx;
	(void)p;
	return strcmp(path, "\\") != 0;
}

static int read_nothing(void *ctx, uint64_t off, void *buf, size_t len, struct err *err)
{
	(void)ctx;
	(void)off;
	(void)buf;
	(void)len;
	return err_set(err, E_IO, "no disk");
}

/* The partition that a device of an object names. */
static struct partition named_by(const struct bcd_store *store, const char *guid, uint32_t id)
{
	const struct bcd_element *e = bcd_element(bcd_object(store, guid), id);
	assert_non_null(e);
	assert_int_equal(e->device->kind, BCD_DEVICE_PARTITION);
	return (struct partition){
		.scheme = SCHEME_GPT,
		.size = 1 << 20,
		.type = "",
		.name = "",
		.id = e->device->partition,
	};
}

static void fit(struct fitting *f, const char *loader, const char *root)
{
	const struct bcd_element *e = bcd_element(bcd_object(&f->store, MANAGER), BCD_DEVICE);
	f->partitions[0] = named_by(&f->store, MANAGER, BCD_DEVICE);
	f->partitions[0].type_id = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
	f->partitions[0].filesystem = FS_FAT32;
	f->partitions[0].number = 1;
	f->partitions[1] = named_by(&f->store, loader, BCD_OS_DEVICE);
	f->partitions[1].type_id = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";
	f->partitions[1].filesystem = FS_NTFS;
	f->partitions[1].number = 2;
	f->table = (struct partition_table){
		.scheme = SCHEME_GPT, .items = f->partitions, .n = 2, .disk_id = e->device->disk};
	f->install = (struct install){.partition = 2, .root = root, .release = WIN_10};
	f->own = (struct boot_store){.partition = &f->partitions[0],
				     .path = "\\EFI\\Microsoft\\Boot\\BCD",
				     .efi = true,
				     .store = f->store};
	f->request = (struct bootpath_request){.table = &f->table,
					       .install = &f->install,
					       .stores = &f->own,
					       .n_stores = 1,
					       .sector_size = 512,
					       .read = read_nothing,
					       .exists = exists};
}

static void check_store(size_t i)
{
	char path[4096], name[256], rules[256] = "";
	const char *shown;
	struct fitting f = {.arena = arena_new()};
	struct err err = {0};
	snprintf(name, sizeof(name), "bcd/%s", stores[i].name);
	data_path(path, name);
	if (session_store_read(path, NULL, f.arena, &f.store, &shown, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(f.store.whole);
	fit(&f, stores[i].loader, stores[i].root);
	assert_int_equal(bootpath_judge(&f.request, f.arena, &f.boot, &err), 0);
	for (size_t k = 0; k < f.boot.n; k++)
		snprintf(rules + strlen(rules), sizeof(rules) - strlen(rules), "%s%s",
			 *rules ? " " : "", f.boot.findings[k].rule->id);
	if (strcmp(rules, stores[i].rules) != 0)
		fail_msg("%s: %s: %s", stores[i].name, rules,
			 f.boot.n ? f.boot.findings[0].found.plain : "");
	arena_free(f.arena);
}

static void test_stores(void **state)
{
	char path[4096];
	(void)state;
	data_path(path, "bcd/bitpixie.BCD");
	if (access(path, R_OK) != 0)
		skip();
	for (size_t i = 0; i < COUNT(stores); i++)
		check_store(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disks),       cmocka_unit_test(test_targets),
		cmocka_unit_test(test_stores_once), cmocka_unit_test(test_names),
		cmocka_unit_test(test_stores),      cmocka_unit_test(test_host_store),
		cmocka_unit_test(test_vhdx),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
