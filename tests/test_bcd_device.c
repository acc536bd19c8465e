/* SPDX-License-Identifier: MIT */
/*
 * Device elements laid out here byte by byte: every form as bcdedit writes it, cut at every byte,
 * and with every field made wrong.
 */
#include "bcd_test.h"

/* ---- devices ---- */

static struct bcd_device decode(struct arena *arena, struct span raw)
{
	struct bcd_device d;
	struct err err = {0};
	if (bcd_device_decode(raw, arena, &d, &err) != 0)
		fail_msg("%s", err.text);
	return d;
}

static void expect_text(struct blob device, uint8_t options, const char *text)
{
	struct arena *arena = arena_new();
	struct blob b = element_of(options, &device);
	struct bcd_device d = decode(arena, blob_span(&b));
	assert_string_equal(bcd_device_text(&d, arena), text);
	arena_free(arena);
}

#define ELEVENS "11111111-1111-1111-1111-111111111111"
#define TWOS    "22222222-2222-2222-2222-222222222222"

static void test_device_forms(void **state)
{
	struct blob boot = boot_device(), mbr = mbr_partition(0x36234da4, 0x100000);
	struct blob gpt = gpt_partition(0x11, 0x22), search = search_path("\\test.vhd");
	struct blob file = file_on(&mbr, "\\a.vhd"), vhd = vhd_in(&file);
	(void)state;
	expect_text(boot, 0, "boot");
	expect_text(mbr, 0, "partition=mbr:36234da4:0x100000");
	expect_text(gpt, 0, "partition=gpt:{" ELEVENS "}:{" TWOS "}");
	expect_text(search, 0, "locate=\\test.vhd");
	expect_text(file, 0, "file=[mbr:36234da4:0x100000]\\a.vhd");
	expect_text(file_on(&boot, "\\x y"), 0, "file=[boot]\\x y");
	expect_text(ramdisk_on(&boot, "\\sources\\boot.wim"), 0x11,
		    "ramdisk=[boot]\\sources\\boot.wim,{" ELEVENS "}");
	expect_text(ramdisk_on(&gpt, "\\w.wim"), 0,
		    "ramdisk=[gpt:{" ELEVENS "}:{" TWOS "}]\\w.wim");
	expect_text(vhd, 0, "vhd=[mbr:36234da4:0x100000]\\a.vhd");
	expect_text(search_element(0x12000002, &vhd), 0,
		    "vhd=[mbr:36234da4:0x100000]\\a.vhd,locate=custom:12000002");
	expect_text(search_element(0x22000002, NULL), 0, "locate=custom:22000002");
	expect_text(partition_of_vhd(0x74fbb3b1, 0x1f500000, &file), 0,
		    "vhd=[mbr:36234da4:0x100000]\\a.vhd,partition=mbr:74fbb3b1:0x1f500000");
	struct blob found = file_on(&search, "\\test.vhd");
	expect_text(vhd_in(&found), 0, "vhd=[locate]\\test.vhd");
}

/* The offsets of the form that bcdedit writes, counted in a store it made. */
static void test_bcdedit_offsets(void **state)
{
	struct blob mbr = mbr_partition(0x36234da4, 0x100000), search = search_path("\\test.vhd");
	struct blob on = vhd_element(&mbr, "\\vm.vhd", 0x12345678);
	struct blob by = vhd_element(&search, "\\test.vhd", 0x12000002);
	struct arena *arena = arena_new();
	(void)state;
	assert_int_equal(by.len, 186);
	assert_int_equal(le32(blob_span(&on), 0x7e), 0x48);
	assert_int_equal(on.p[0xbe], '\\');
	assert_int_equal(le32(blob_span(&by), 0x7e), 0x30);
	assert_int_equal(by.p[0xa6], '\\');
	struct bcd_device d = decode(arena, blob_span(&on));
	assert_int_equal(d.kind, BCD_DEVICE_LOCATE);
	assert_int_equal(d.element, 0x12345678);
	assert_int_equal(d.parent->kind, BCD_DEVICE_VHD);
	assert_string_equal(d.parent->disk, "");
	const struct bcd_device *file = bcd_device_vhd(&d);
	assert_int_equal(file->kind, BCD_DEVICE_FILE);
	assert_string_equal(file->path, "\\vm.vhd");
	assert_int_equal(file->raw_path.len, 14);
	assert_int_equal(file->raw_path.p[2], 'v');
	assert_int_equal(file->parent->signature, 0x36234da4);
	assert_int_equal(file->parent->offset, 0x100000);
	assert_string_equal(file->parent->disk, "");
	assert_null(bcd_device_vhd(file));
	assert_null(bcd_device_vhd(NULL));
	arena_free(arena);
}

static void test_hostile_path(void **state)
{
	struct blob boot = boot_device(), file = file_on(&boot, "\\\x1b[2J%x%\"&!.vhd");
	struct arena *arena = arena_new();
	struct blob b = element_of(0, &file);
	(void)state;
	struct bcd_device d = decode(arena, blob_span(&b));
	assert_string_equal(d.path, "\\\\x1b[2J%x%\"&!.vhd");
	assert_int_equal(d.raw_path.p[2], 0x1b);
	arena_free(arena);
}

/* Every shorter piece of every form is refused, and nothing behind it is read. */
static void test_cut_devices(void **state)
{
	struct blob boot = boot_device(), mbr = mbr_partition(1, 2);
	struct blob file = file_on(&mbr, "\\a.vhd"), search = search_path("\\b.vhd");
	struct blob vhd = vhd_in(&file);
	struct blob forms[] = {
		boot,
		mbr,
		file,
		search,
		vhd,
		ramdisk_on(&boot, "\\w"),
		search_element(0x12000002, &vhd),
		partition_of_vhd(3, 4, &file),
	};
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct blob whole = element_of(0, &forms[i]);
		for (size_t len = 0; len < whole.len; len++) {
			struct arena *arena = arena_new();
			struct bcd_device d;
			struct err err = {0};
			uint8_t *copy = malloc(len + 1); /* so that a sanitizer sees the end */
			memcpy(copy, whole.p, len);
			if (bcd_device_decode((struct span){copy, len}, arena, &d, &err) == 0)
				fail_msg("form %zu cut at %zu", i, len);
			assert_int_equal(err.code, E_CORRUPT);
			assert_int_equal(d.kind, BCD_DEVICE_UNKNOWN);
			assert_non_null(d.path);
			free(copy);
			arena_free(arena);
		}
	}
}

struct damage {
	size_t at;
	uint32_t value;
	enum err_code code;
	const char *words;
};

static void expect_damage(const struct blob *whole, const struct damage *d)
{
	struct arena *arena = arena_new();
	struct blob b = *whole;
	struct bcd_device out;
	struct err err = {0};
	put_le32(b.p + d->at, d->value);
	assert_int_equal(bcd_device_decode(blob_span(&b), arena, &out, &err), -1);
	if (err.code != d->code || !strstr(err.text, d->words))
		fail_msg("0x%zx: %s %s", d->at, err_name(err.code), err.text);
	assert_int_equal(out.kind, BCD_DEVICE_UNKNOWN);
	arena_free(arena);
}

/* Offsets in the element that bcdedit writes for a virtual disk on a partition. */
static void test_damaged_devices(void **state)
{
	static const struct damage damages[] = {
		{0x10, 2, E_UNSUPPORTED, "device at 0x10: type 2"},
		{0x10, 9, E_UNSUPPORTED, "device at 0x10: type 9"},
		{0x18, 15, E_CORRUPT, "device at 0x10: 15 bytes"},
		{0x18, 0xffffffff, E_CORRUPT, "device at 0x10: 4294967295 bytes"},
		{0x18, 0x20, E_CORRUPT, "cut off"},
		{0x20, 2, E_UNSUPPORTED, "search at 0x10: type 2"},
		{0x28, 0x1c, E_CORRUPT, "its device begins at 0x1c inside it"},
		{0x28, 0xfffffff0, E_CORRUPT, "cut off"},
		{0x2e, 3, E_UNSUPPORTED, "device at 0x2e: type 3"},
		{0x36, 0x1000, E_CORRUPT, "device at 0x2e: 4096 bytes"},
		{0x3e, 4, E_UNSUPPORTED, "device at 0x2e: local device kind 4"},
		{0x3e, 7, E_UNSUPPORTED, "local device kind 7"},
		{0x42, 3, E_UNSUPPORTED, "partition table type 3"},
		{0x56, 5, E_UNSUPPORTED, "not in a file"},
		{0x66, 3, E_UNSUPPORTED, "file at 0x7e: version 72"},
		{0x6a, 2, E_UNSUPPORTED, "version 2"},
		{0x6e, 0x1000, E_CORRUPT, "file at 0x6a: 4096 bytes"},
		{0x6e, 27, E_CORRUPT, "file at 0x6a: 27 bytes"},
		{0x6e, 0x54, E_CORRUPT, "path at 0xbe: cut off after 0 bytes"},
		{0x72, 4, E_UNSUPPORTED, "path type 4"},
		{0x7e, 0x2000, E_CORRUPT, "device at 0x76: 8192 bytes"},
		{0x96, 6, E_CORRUPT, ""},
		{0x96, 5, E_UNSUPPORTED, "file at 0x9a: version 1"},
		{0x9a, 7, E_UNSUPPORTED, "table type 7"},
	};
	struct blob mbr = mbr_partition(0x36234da4, 0x100000);
	struct blob whole = vhd_element(&mbr, "\\vm.vhd", 0x12000002);
	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		expect_damage(&whole, &damages[i]);
}

/* A path without its NUL runs to the end of what it lies in. */
static void test_path_without_end(void **state)
{
	struct blob boot = boot_device(), file = file_on(&boot, "\\abc");
	struct blob b = element_of(0, &file);
	(void)state;
	const struct damage d = {b.len - 4, 0x00640063, E_CORRUPT,
				 "path at 0x78: cut off after 10"};
	expect_damage(&b, &d);
}

static void test_nesting(void **state)
{
	struct blob inner = boot_device();
	struct arena *arena = arena_new();
	struct bcd_device d;
	struct err err = {0};
	(void)state;
	for (int levels = 1; levels < 8; levels++)
		inner = file_on(&inner, "\\f");
	struct blob b = element_of(0, &inner);
	decode(arena, blob_span(&b));
	inner = file_on(&inner, "\\f");
	b = element_of(0, &inner);
	assert_int_equal(bcd_device_decode(blob_span(&b), arena, &d, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "more than 8 levels"));
	arena_free(arena);
}

static void test_disks(void **state)
{
	static const char *const texts[] = {"disk=mbr:00000007", "floppy", "cdrom"};
	(void)state;
	for (uint32_t kind = 0; kind < 3; kind++) {
		struct blob body = {.len = 0};
		add32(&body, kind);
		add32(&body, 1);
		add32(&body, 7);
		add_zeros(&body, 12);
		expect_text(device_of(0, &body), 0, texts[kind]);
		/* A partition is of a hard disk or a virtual disk only. */
		struct blob part = {.len = 0};
		add_zeros(&part, 16);
		add(&part, body.p, body.len);
		struct blob b = device_of(6, &part), e = element_of(0, &b);
		struct arena *arena = arena_new();
		struct bcd_device d;
		struct err err = {0};
		assert_int_equal(bcd_device_decode(blob_span(&e), arena, &d, &err),
				 kind == 0 ? 0 : -1);
		assert_int_equal(err.code, kind == 0 ? E_OK : E_UNSUPPORTED);
		arena_free(arena);
	}
	struct blob body = {.len = 0};
	add32(&body, 0);
	add32(&body, 0);
	for (int i = 0; i < 16; i++)
		add(&body, "\x11", 1);
	expect_text(device_of(0, &body), 0, "disk=gpt:{" ELEVENS "}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_forms),    cmocka_unit_test(test_bcdedit_offsets),
		cmocka_unit_test(test_hostile_path),    cmocka_unit_test(test_cut_devices),
		cmocka_unit_test(test_damaged_devices), cmocka_unit_test(test_path_without_end),
		cmocka_unit_test(test_nesting),         cmocka_unit_test(test_disks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
