/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the boot store module share: device elements put together byte by byte, and
 * stores written as registry text and made by mkhive (FIXTURE_BIN; skipped without).
 */
#ifndef BCD_TEST_H
#define BCD_TEST_H

#include "test.h"

#include "stop7b/bcd.h"

#define UNUSED_OK __attribute__((unused))

#define MANAGER  "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
#define GLOBAL   "{7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}"
#define LOADERS  "{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}"
#define LOADER_1 "{11111111-0000-11e4-9e43-806e6f6e6963}"
#define LOADER_2 "{22222222-0000-11e4-9e43-806e6f6e6963}"
#define LOADER_3 "{33333333-0000-11e4-9e43-806e6f6e6963}"
#define RESUME_1 "{1111aaaa-0000-11e4-9e43-806e6f6e6963}"
#define RESUME_2 "{2222aaaa-0000-11e4-9e43-806e6f6e6963}"

/* ---- bytes ---- */

struct blob {
	uint8_t p[4096];
	size_t len;
};

UNUSED_OK static struct span blob_span(const struct blob *b)
{
	return (struct span){b->p, b->len};
}

UNUSED_OK static void add(struct blob *b, const void *p, size_t len)
{
	assert_true(b->len + len <= sizeof(b->p));
	memcpy(b->p + b->len, p, len);
	b->len += len;
}

UNUSED_OK static void add32(struct blob *b, uint32_t v)
{
	uint8_t raw[4];
	put_le32(raw, v);
	add(b, raw, sizeof(raw));
}

UNUSED_OK static void add64(struct blob *b, uint64_t v)
{
	add32(b, (uint32_t)v);
	add32(b, (uint32_t)(v >> 32));
}

UNUSED_OK static void add_zeros(struct blob *b, size_t len)
{
	while (len-- > 0)
		add(b, "", 1);
}

/* ASCII as UTF-16 with its NUL. */
UNUSED_OK static void add_path(struct blob *b, const char *path)
{
	for (size_t i = 0; i <= strlen(path); i++) {
		uint8_t unit[2] = {(uint8_t)path[i], 0};
		add(b, unit, sizeof(unit));
	}
}

/* A DEVICE around body. */
UNUSED_OK static struct blob device_of(uint32_t type, const struct blob *body)
{
	struct blob d = {.len = 0};
	add32(&d, type);
	add32(&d, 0);
	add32(&d, (uint32_t)body->len + 16);
	add32(&d, 0);
	add(&d, body->p, body->len);
	return d;
}

UNUSED_OK static struct blob boot_device(void)
{
	struct blob body = {.len = 0};
	add_zeros(&body, 0x38);
	return device_of(5, &body);
}

UNUSED_OK static struct blob mbr_partition(uint32_t signature, uint64_t offset)
{
	struct blob body = {.len = 0};
	add64(&body, offset);
	add64(&body, 0);
	add32(&body, 0); /* hard disk */
	add32(&body, 1); /* MBR */
	add32(&body, signature);
	add_zeros(&body, 12 + 16);
	return device_of(6, &body);
}

/* The GUIDs are sixteen equal bytes. */
UNUSED_OK static struct blob gpt_partition(uint8_t disk, uint8_t partition)
{
	struct blob body = {.len = 0};
	uint8_t guid[16];
	memset(guid, partition, 16);
	add(&body, guid, 16);
	add32(&body, 0);
	add32(&body, 0);
	memset(guid, disk, 16);
	add(&body, guid, 16);
	add_zeros(&body, 16);
	return device_of(6, &body);
}

UNUSED_OK static struct blob search_path(const char *path)
{
	struct blob body = {.len = 0};
	add32(&body, 1);
	add32(&body, 0);
	add32(&body, 0);
	add_path(&body, path);
	return device_of(8, &body);
}

/* FILE, as it stands in LOCAL. */
UNUSED_OK static void add_file(struct blob *b, const struct blob *host, const char *path)
{
	size_t at = b->len;
	add32(b, 1);
	add32(b, 0);
	add32(b, 5);
	add(b, host->p, host->len);
	add_path(b, path);
	put_le32(b->p + at + 4, (uint32_t)(b->len - at));
}

UNUSED_OK static struct blob file_on(const struct blob *host, const char *path)
{
	struct blob body = {.len = 0};
	add32(&body, 5);
	add_file(&body, host, path);
	return device_of(0, &body);
}

UNUSED_OK static struct blob ramdisk_on(const struct blob *host, const char *path)
{
	struct blob body = {.len = 0};
	add32(&body, 3);
	add_zeros(&body, 20);
	add_file(&body, host, path);
	return device_of(0, &body);
}

UNUSED_OK static struct blob vhd_in(const struct blob *file)
{
	struct blob body = {.len = 0};
	add32(&body, 6);
	add_zeros(&body, 20);
	add(&body, file->p, file->len);
	return device_of(0, &body);
}

/* A partition of a virtual disk, as Windows writes it when it runs from one. */
UNUSED_OK static struct blob partition_of_vhd(uint32_t signature, uint64_t offset,
					      const struct blob *file)
{
	struct blob body = {.len = 0};
	add64(&body, offset);
	add64(&body, 0);
	add32(&body, 6);
	add32(&body, 1);
	add32(&body, signature);
	add_zeros(&body, 12);
	add(&body, file->p, file->len);
	return device_of(6, &body);
}

UNUSED_OK static struct blob search_element(uint32_t element, const struct blob *parent)
{
	struct blob body = {.len = 0};
	add32(&body, 0);
	add32(&body, element);
	add32(&body, parent ? 16 + 12 + 2 : 0);
	add_path(&body, "");
	if (parent)
		add(&body, parent->p, parent->len);
	return device_of(8, &body);
}

/* The element's bytes: options (sixteen equal bytes) and the device. */
UNUSED_OK static struct blob element_of(uint8_t options, const struct blob *device)
{
	struct blob b = {.len = 0};
	for (int i = 0; i < 16; i++)
		add(&b, &options, 1);
	add(&b, device->p, device->len);
	return b;
}

/* What bcdedit writes for vhd=[host]path. */
UNUSED_OK static struct blob vhd_element(const struct blob *host, const char *path,
					 uint32_t element)
{
	struct blob file = file_on(host, path), vhd = vhd_in(&file);
	struct blob search = search_element(element, &vhd);
	return element_of(0, &search);
}

/* ---- stores ---- */

struct bench {
	char dir[TEST_PATH];
	FILE *text;
	struct span bytes;
	struct hive hive;
	struct arena *arena;
	struct bcd_store store;
};

UNUSED_OK static void bench_begin(struct bench *b)
{
	char path[TEST_PATH + 16];
	const char *bin = getenv("FIXTURE_BIN");
	if (!bin || !*bin)
		skip();
	*b = (struct bench){.arena = arena_new()};
	test_scratch(b->dir);
	snprintf(path, sizeof(path), "%s/t.reg", b->dir);
	b->text = fopen(path, "w");
	assert_non_null(b->text);
	fputs("Windows Registry Editor Version 5.00\n\n[Description]\n\"KeyName\"=\"BCD00000000\"\n"
	      "[Objects]\n",
	      b->text);
}

UNUSED_OK static void bench_end(struct bench *b)
{
	test_scratch_remove(b->dir);
	arena_free(b->arena);
	union {
		const uint8_t *given;
		void *owned;
	} p = {.given = b->bytes.p};
	free(p.owned);
}

UNUSED_OK static void object(struct bench *b, const char *guid, uint32_t type)
{
	fprintf(b->text, "[Objects\\%s\\Description]\n\"Type\"=dword:%08x\n", guid, type);
}

UNUSED_OK static void element(struct bench *b, const char *guid, uint32_t id, const char *value)
{
	fprintf(b->text, "[Objects\\%s\\Elements\\%08x]\n\"Element\"=%s\n", guid, id, value);
}

UNUSED_OK static void element_bytes(struct bench *b, const char *guid, uint32_t id,
				    const struct blob *raw)
{
	fprintf(b->text, "[Objects\\%s\\Elements\\%08x]\n\"Element\"=hex:", guid, id);
	for (size_t i = 0; i < raw->len; i++)
		fprintf(b->text, "%s%02x", i ? "," : "", raw->p[i]);
	fputs("\n", b->text);
}

/* Make the hive; options for mkhive. */
UNUSED_OK static void bench_make(struct bench *b, const char *options)
{
	char command[3 * TEST_PATH], path[TEST_PATH + 16];
	size_t len;
	struct err err = {0};
	assert_int_equal(fclose(b->text), 0);
	char *bin = realpath(getenv("FIXTURE_BIN"), NULL);
	snprintf(command, sizeof(command), "cd '%s' && '%s/mkhive' --minor 3 %s t.reg h", b->dir,
		 bin, options);
	free(bin);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s/h", b->dir);
	b->bytes.p = test_read(path, &len);
	b->bytes.len = len;
	assert_int_equal(hive_open(&b->hive, b->bytes, &err), 0);
}

UNUSED_OK static void bench_read(struct bench *b)
{
	struct err err = {0};
	bench_make(b, "");
	if (bcd_read(&b->hive, b->arena, &b->store, &err) != 0)
		fail_msg("%s", err.text);
}

/* A store with one loader that has every format of value. */
UNUSED_OK static void write_store(struct bench *b)
{
	struct blob boot = boot_device(), device = element_of(0, &boot);
	object(b, MANAGER, BCD_BOOT_MANAGER);
	element_bytes(b, MANAGER, BCD_DEVICE, &device);
	element(b, MANAGER, BCD_DESCRIPTION, "\"Windows Boot Manager\"");
	element(b, MANAGER, BCD_INHERITED, "multi:\"" GLOBAL "\"");
	element(b, MANAGER, BCD_DEFAULT, "\"" LOADER_1 "\"");
	element(b, MANAGER, BCD_DISPLAY_ORDER, "multi:\"" LOADER_1 "\",\"" LOADER_2 "\"");
	element(b, MANAGER, BCD_TIMEOUT, "hex:1e,00,00,00,00,00,00,00");
	object(b, LOADER_1, BCD_LOADER);
	element(b, LOADER_1, BCD_PATH, "\"\\\\Windows\\\\system32\\\\winload.exe\"");
	element(b, LOADER_1, BCD_DESCRIPTION, "\"say \\\"hi\\\" {U+202E}%PATH%\"");
	element(b, LOADER_1, BCD_INHERITED, "multi:\"" LOADERS "\"");
	element(b, LOADER_1, BCD_RECOVERY_ENABLED, "hex:01");
	element(b, LOADER_1, 0x17000077, "hex:75,00,00,15,00,00,00,00,01,00,00,00,00,00,00,00");
	element(b, LOADER_1, 0x21000026, "hex:00");
	element(b, LOADER_1, BCD_RESUME_OBJECT, "\"{1111AAAA-0000-11E4-9E43-806E6F6E6963}\"");
	element(b, LOADER_1, 0x25000020, "hex:02");
	element(b, LOADER_1, 0x25000033, "hex:00,10");
	element(b, LOADER_1, 0x2500ffff, "hex:34,12");
	element(b, LOADER_1, 0x250000c2, "hex:09");
	element(b, LOADER_1, 0x26000010, "hex:00");
	element(b, LOADER_1, 0x28000001, "hex:de,ad");
	object(b, LOADERS, 0x20200003);
	element(b, LOADERS, BCD_INHERITED, "multi:\"" GLOBAL "\"");
	element(b, LOADERS, BCD_WINPE, "hex:01");
	object(b, GLOBAL, 0x20100000);
	element(b, GLOBAL, BCD_LOCALE, "\"ja-JP\"");
	object(b, "{5189b25c-5558-4bf2-bca4-289b11bd29e2}", 0x20100000);
	object(b, RESUME_1, BCD_RESUME);
	element(b, RESUME_1, BCD_SYSTEM_ROOT, "\"\\\\hiberfil.sys\"");
}

#endif
