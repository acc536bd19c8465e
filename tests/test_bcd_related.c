/* SPDX-License-Identifier: MIT */
/*
 * What hangs on a matched entry: menus, resume object, recovery, who names it, whether it is the
 * last one; and what must never be deleted.
 */
#include "bcd_match_test.h"

/* ---- what hangs on an entry ---- */

static void write_menu(struct bench *b)
{
	struct blob host = mbr_partition(1, 2), boot = boot_device(),
		    wim = ramdisk_on(&boot, "\\w.wim");
	struct blob e = element_of(0x11, &wim), vhd = vhd_element(&host, "\\a.vhd", 1);
	struct blob alone = vhd_element(&host, "\\a.vhd", 2);
	object(b, FIRMWARE, BCD_FIRMWARE_MANAGER);
	element(b, FIRMWARE, BCD_DISPLAY_ORDER, "multi:\"" MANAGER "\",\"" LOADER_2 "\"");
	object(b, MANAGER, BCD_BOOT_MANAGER);
	element(b, MANAGER, BCD_DEFAULT, "\"" LOADER_1 "\"");
	element(b, MANAGER, BCD_DISPLAY_ORDER, "multi:\"" LOADER_1 "\",\"" LOADER_3 "\"");
	element(b, MANAGER, BCD_BOOT_SEQUENCE, "multi:\"" LOADER_2 "\"");
	element(b, MANAGER, BCD_TOOLS_ORDER, "multi:\"" LOADER_3 "\"");
	add_vhd_loader(b, LOADER_1, &host, "\\a.vhd");
	element(b, LOADER_1, BCD_RESUME_OBJECT, "\"" RESUME_1 "\"");
	element(b, LOADER_1, BCD_RECOVERY_SEQUENCE, "multi:\"" RECOVERY "\"");
	add_vhd_loader(b, LOADER_2, &host, "\\a.vhd");
	element(b, LOADER_2, BCD_RESUME_OBJECT, "\"" RESUME_2 "\"");
	element(b, LOADER_2, BCD_INHERITED, "multi:\"" LOADERS "\"");
	add_vhd_loader(b, LOADER_3, &host, "\\a.vhd");
	element(b, LOADER_3, BCD_RESUME_OBJECT, "\"" RESUME_2 "\"");
	object(b, RESUME_1, BCD_RESUME);
	add_devices(b, RESUME_1, &vhd, &vhd);
	object(b, RESUME_2, BCD_RESUME);
	add_devices(b, RESUME_2, &vhd, &vhd);
	object(b, "{5555cccc-0000-11e4-9e43-806e6f6e6963}", BCD_RESUME); /* of no loader */
	add_devices(b, "{5555cccc-0000-11e4-9e43-806e6f6e6963}", &alone, &alone);
	object(b, LOADERS, 0x20200003);
	element(b, LOADERS, BCD_INHERITED, "multi:\"" LOADER_2 "\"");
	object(b, RECOVERY, BCD_LOADER);
	add_devices(b, RECOVERY, &e, &e);
}

static void test_related(void **state)
{
	struct found f = {.request = {.vhd = "D:\\a.vhd"}};
	(void)state;
	bench_begin(&f.b);
	write_menu(&f.b);
	search(&f);
	assert_int_equal(f.matches.n, 4);
	const struct bcd_match *one = match_of(&f, LOADER_1), *two = match_of(&f, LOADER_2);
	const struct bcd_match *three = match_of(&f, LOADER_3);
	assert_true(one->is_default && one->in_display_order);
	assert_false(one->in_boot_sequence || one->in_tools_order || one->in_firmware_order);
	assert_string_equal(one->resume->guid, RESUME_1);
	assert_false(one->resume_shared);
	assert_string_equal(one->recovery->guid, RECOVERY);
	assert_int_equal(one->n_named_by, 0);
	assert_true(two->in_boot_sequence && two->in_firmware_order);
	assert_false(two->is_default || two->in_display_order || two->in_tools_order);
	assert_string_equal(two->resume->guid, RESUME_2);
	assert_true(two->resume_shared);
	assert_null(two->recovery);
	assert_int_equal(two->n_named_by, 1);
	assert_string_equal(two->named_by[0]->guid, LOADERS);
	assert_true(three->in_tools_order && three->in_display_order && three->resume_shared);
	assert_string_equal(two->twin->guid, LOADER_1);
	const struct bcd_match *resume = match_of(&f, "{5555cccc-0000-11e4-9e43-806e6f6e6963}");
	assert_int_equal(resume->how, BCD_MATCH_PATH);
	assert_null(resume->forbidden);
	assert_false(resume->is_last_loader);
	assert_null(resume->resume);
	bench_end(&f.b);
}

/* A recovery loader, one from a ramdisk, a dead one and a broken one leave nothing to boot. */
static void test_last_loader(void **state)
{
	static const char *const files[] = {"\\a.vhd"};
	struct blob host = mbr_partition(1, 2), far = mbr_partition(9, 9), boot = boot_device();
	struct blob wim = ramdisk_on(&boot, "\\w.wim"), e = element_of(0, &wim);
	(void)state;
	for (int step = 0; step < 5; step++) {
		struct found f = {.request = {.vhd = "D:\\a.vhd",
					      .listed = step != 3,
					      .files = files,
					      .n_files = 1}};
		bench_begin(&f.b);
		add_vhd_loader(&f.b, LOADER_1, &host, "\\a.vhd");
		element(&f.b, LOADER_1, BCD_RECOVERY_SEQUENCE, "multi:\"" RECOVERY "\"");
		add_loader(&f.b, RECOVERY, &far);
		object(&f.b, LOADER_2, BCD_LOADER);
		if (step == 1)
			add_devices(&f.b, LOADER_2, &e, &e);
		if (step == 2 || step == 3)
			add_vhd_loader(&f.b, LOADER_2, &host, "\\gone.vhd");
		if (step == 4)
			add_loader(&f.b, LOADER_2, &far);
		if (step == 4) /* itself: no other entry's recovery */
			element(&f.b, LOADER_2, BCD_RECOVERY_SEQUENCE, "multi:\"" LOADER_2 "\"");
		search(&f);
		assert_int_equal(match_of(&f, LOADER_1)->is_last_loader, step < 3);
		const struct bcd_object *o = bcd_object(&f.b.store, LOADER_2);
		assert_int_equal(bcd_is_ordinary_loader(&f.b.store, o), step >= 2);
		o = bcd_object(&f.b.store, RECOVERY);
		assert_false(bcd_is_ordinary_loader(&f.b.store, o));
		bench_end(&f.b);
	}
}

/* ---- what must stay ---- */

static void test_forbidden(void **state)
{
	static const struct {
		const char *guid, *why;
		uint32_t type;
	} cases[] = {
		{MANAGER, "it is the boot manager", BCD_BOOT_MANAGER},
		{LOADER_1, "it is the boot manager", BCD_BOOT_MANAGER},
		{LOADER_1, "it is the firmware's boot manager", BCD_FIRMWARE_MANAGER},
		{MEMDIAG, "it is the memory tester", BCD_MEMORY_TESTER},
		{LOADER_1, "it is not an entry that starts Windows", 0x101fffff},
		{LOADER_1, "it is not an entry that starts Windows", BCD_LEGACY_LOADER},
		{"{7619dcc9-fafe-11d9-b411-000476eba25f}", "its id is one of Windows' own",
		 BCD_LOADER},
		{"{fa926493-6f1c-4193-a414-58f0b2456d1e}", "its id is one of Windows' own",
		 BCD_LOADER},
		{"{1111}", "its id is damaged", BCD_LOADER},
		{LOADER_1, NULL, BCD_LOADER},
		{RESUME_1, NULL, BCD_RESUME},
	};
	static const struct bcd_partition_id id = {2, ""};
	struct blob here = mbr_partition(1, 2), e = element_of(0, &here);
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct found f = {.request = {.table = BCD_TABLE_MBR,
					      .signature = 1,
					      .partitions = &id,
					      .n_partitions = 1}};
		bench_begin(&f.b);
		object(&f.b, cases[i].guid, cases[i].type);
		add_devices(&f.b, cases[i].guid, &e, &e);
		search(&f);
		assert_int_equal(f.matches.n, 1);
		const struct bcd_match *m = &f.matches.items[0];
		if (!cases[i].why)
			assert_null(m->forbidden);
		else
			assert_string_equal(m->forbidden, cases[i].why);
		assert_int_equal(m->is_last_loader, cases[i].type == BCD_LOADER);
		bench_end(&f.b);
	}
}

/* A boot manager has one device and no more; a resume object and a loader have two. */
static void test_one_device(void **state)
{
	static const struct {
		uint32_t type;
		bool certain;
	} cases[] = {{BCD_BOOT_MANAGER, true}, {BCD_RESUME, false}, {BCD_LOADER, false}};
	static const struct bcd_partition_id id = {2, ""};
	struct blob here = mbr_partition(1, 2), e = element_of(0, &here);
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct found f = {.request = {.table = BCD_TABLE_MBR,
					      .signature = 1,
					      .partitions = &id,
					      .n_partitions = 1}};
		bench_begin(&f.b);
		object(&f.b, LOADER_1, cases[i].type);
		element_bytes(&f.b, LOADER_1, BCD_DEVICE, &e);
		search(&f);
		assert_int_equal(f.matches.n, 1);
		assert_int_equal(f.matches.items[0].how, BCD_MATCH_PARTITION);
		assert_int_equal(f.matches.items[0].certain, cases[i].certain);
		bench_end(&f.b);
	}
}

/* Settings and options are no entries, whatever they hold. */
static void test_not_entries(void **state)
{
	struct found f = {.request = {.vhd = "D:\\a.vhd"}};
	struct blob host = mbr_partition(1, 2), e = vhd_element(&host, "\\a.vhd", 1);
	(void)state;
	bench_begin(&f.b);
	object(&f.b, LOADER_1, 0x20200003);
	add_devices(&f.b, LOADER_1, &e, &e);
	object(&f.b, LOADER_2, 0x30000000);
	add_devices(&f.b, LOADER_2, &e, &e);
	search(&f);
	assert_int_equal(f.matches.n, 0);
	bench_end(&f.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_related),     cmocka_unit_test(test_last_loader),
		cmocka_unit_test(test_forbidden),   cmocka_unit_test(test_one_device),
		cmocka_unit_test(test_not_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
