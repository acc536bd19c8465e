/* SPDX-License-Identifier: MIT */
/*
 * A stage for the boot path checks: a healthy Windows 7 disk that BIOS starts and a healthy Windows
 * 10 disk that UEFI starts, put together in memory, which a test then breaks in one place. Stores
 * are made as decoded objects; what decodes them has tests of its own.
 */
#ifndef BOOTPATH_TEST_H
#define BOOTPATH_TEST_H

#include "test.h"

#include "stop7b/bootpath_judge.h"

#define UNUSED_OK __attribute__((unused))

#define MANAGER   "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
#define LOADER    "{11111111-0000-11e4-9e43-806e6f6e6963}"
#define LOADER_2  "{22222222-0000-11e4-9e43-806e6f6e6963}"
#define RECOVERY  "{44444444-0000-11e4-9e43-806e6f6e6963}"
#define DISK_GPT  "57b70000-1000-4000-8007-000000000000"
#define TYPE_ESP  "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define TYPE_MSR  "e3c9e316-0b5c-4db8-817d-f92df00215ae"
#define TYPE_DATA "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"
#define SIGNATURE 0x5b7d0007u
#define MIB       (UINT64_C(1) << 20)

#define PARTITIONS 6u
#define OBJECTS    8u
#define ELEMENTS   24u
#define FILES      16u
#define RECORD     8192u

struct stage {
	struct arena *arena;
	struct partition partitions[PARTITIONS];
	struct partition_table table;
	struct install install;
	struct bcd_object objects[2][OBJECTS];
	struct bcd_element elements[2][OBJECTS][ELEMENTS];
	struct boot_store stores[2];
	const char *files[FILES]; /* "1:\bootmgr" */
	size_t n_files;
	const char *unknown; /* a file whose presence cannot be told */
	size_t asked;        /* how often a file was asked for */
	uint8_t mbr[512];
	uint8_t records[PARTITIONS][RECORD];
	bool unreadable; /* every read fails */
	struct span ini; /* boot.ini of the active partition */
	struct err ini_error;
	struct bootpath_request request;
	struct finding *findings;
	size_t n;
};

/* ---- parts ---- */

UNUSED_OK static struct partition *add_partition(struct stage *s, const char *type, uint64_t start,
						 uint64_t size, enum filesystem fs)
{
	struct partition *p = &s->partitions[s->table.n++];
	*p = (struct partition){
		.number = (unsigned)s->table.n,
		.scheme = s->table.scheme,
		.start = start,
		.size = size,
		.type = "some type",
		.type_id = type,
		.name = "",
		.id = s->table.scheme == SCHEME_GPT
			      ? arena_printf(s->arena, "57b7000%zu-1000-4000-8007-000000000000",
					     s->table.n)
			      : NULL,
		.filesystem = fs,
	};
	return p;
}

/* A boot sector of Windows for partition n (from 1). */
UNUSED_OK static void write_record(struct stage *s, unsigned n, const char *name)
{
	uint8_t *p = s->records[n - 1];
	const struct partition *at = &s->partitions[n - 1];
	memset(p, 0, RECORD);
	p[11] = 0;
	p[12] = 2; /* 512 bytes a sector */
	put_le32(p + 28, (uint32_t)(at->start / 512));
	if (at->filesystem == FS_NTFS)
		put_le64(p + 40, at->size / 512 - 1);
	for (size_t i = 0; name && i < strlen(name); i++)
		p[514 + 2 * i] = (uint8_t)name[i];
	p[510] = 0x55;
	p[511] = 0xaa;
}

UNUSED_OK static struct bcd_object *add_object(struct stage *s, size_t store, const char *guid,
					       uint32_t type)
{
	struct bcd_store *b = &s->stores[store].store;
	struct bcd_object *o = &s->objects[store][b->n];
	*o = (struct bcd_object){.guid = guid, .type = type, .elements = s->elements[store][b->n]};
	b->n++;
	b->objects = s->objects[store];
	return o;
}

UNUSED_OK static struct bcd_element *add_element(struct bcd_object *o, uint32_t id)
{
	struct bcd_element *e = &o->elements[o->n++];
	*e = (struct bcd_element){
		.id = id, .format = (enum bcd_format)(id >> 24 & 15), .text = "text"};
	return e;
}

UNUSED_OK static void add_string(struct bcd_object *o, uint32_t id, const char *text)
{
	struct bcd_element *e = add_element(o, id);
	e->string = e->text = text;
}

UNUSED_OK static void add_guid(struct stage *s, struct bcd_object *o, uint32_t id, const char *guid)
{
	struct bcd_element *e = add_element(o, id);
	e->text = guid;
	e->guids = arena_alloc(s->arena, sizeof(char *), NULL);
	e->guids[0] = guid;
	e->n = 1;
}

UNUSED_OK static void add_number(struct stage *s, struct bcd_object *o, uint32_t id, uint64_t n)
{
	struct bcd_element *e = add_element(o, id);
	e->integers = arena_alloc(s->arena, sizeof(uint64_t), NULL);
	e->integers[0] = n;
	e->n = 1;
}

UNUSED_OK static struct bcd_device *add_device(struct stage *s, struct bcd_object *o, uint32_t id,
					       enum bcd_device_kind kind)
{
	struct bcd_element *e = add_element(o, id);
	struct bcd_device *d = arena_alloc(s->arena, sizeof(*d), NULL);
	d->kind = kind;
	d->path = "";
	e->device = d;
	return d;
}

UNUSED_OK static void set_partition(const struct stage *s, struct bcd_device *d, unsigned n)
{
	const struct partition *p = &s->partitions[n - 1];
	d->kind = BCD_DEVICE_PARTITION;
	d->table = s->table.scheme == SCHEME_GPT ? BCD_TABLE_GPT : BCD_TABLE_MBR;
	d->offset = p->start;
	d->signature = SIGNATURE;
	if (p->id) {
		snprintf(d->disk, sizeof(d->disk), "%s", DISK_GPT);
		snprintf(d->partition, sizeof(d->partition), "%s", p->id);
	}
}

UNUSED_OK static void add_on_partition(struct stage *s, struct bcd_object *o, uint32_t id,
				       unsigned n)
{
	set_partition(s, add_device(s, o, id, BCD_DEVICE_PARTITION), n);
}

UNUSED_OK static struct bcd_element *element_of(struct stage *s, const char *guid, uint32_t id)
{
	union {
		const struct bcd_element *given;
		struct bcd_element *own; /* of the stage, which the test may change */
	} e = {.given = bcd_element(bcd_object(&s->stores[0].store, guid), id)};
	assert_non_null(e.given);
	return e.own;
}

UNUSED_OK static struct bcd_device *device_of(struct stage *s, const char *guid, uint32_t id)
{
	union {
		const struct bcd_device *given;
		struct bcd_device *own;
	} d = {.given = element_of(s, guid, id)->device};
	return d.own;
}

UNUSED_OK static struct bcd_object *object_of(struct stage *s, const char *guid)
{
	for (size_t i = 0; i < s->stores[0].store.n; i++)
		if (strcmp(s->objects[0][i].guid, guid) == 0)
			return &s->objects[0][i];
	fail_msg("no %s", guid);
	return NULL;
}

UNUSED_OK static void remove_element(struct stage *s, const char *guid, uint32_t id)
{
	struct bcd_object *o = object_of(s, guid);
	struct bcd_element *e = element_of(s, guid, id);
	size_t behind = (size_t)(o->elements + o->n - e) - 1;
	memmove(e, e + 1, behind * sizeof(*e));
	o->n--;
}

UNUSED_OK static void add_file(struct stage *s, const char *file)
{
	assert_true(s->n_files < FILES);
	s->files[s->n_files++] = file;
}

UNUSED_OK static void remove_file(struct stage *s, const char *file)
{
	for (size_t i = 0; i < s->n_files; i++)
		if (strcmp(s->files[i], file) == 0) {
			s->files[i] = s->files[--s->n_files];
			return;
		}
	fail_msg("no %s", file);
}

/* ---- callbacks ---- */

UNUSED_OK static int stage_read(void *ctx, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct stage *s = ctx;
	if (s->unreadable)
		return err_set(err, E_IO, "no");
	memset(buf, 0, len);
	if (off == 0)
		memcpy(buf, s->mbr, len < sizeof(s->mbr) ? len : sizeof(s->mbr));
	for (size_t i = 0; i < s->table.n; i++)
		if (off == s->partitions[i].start)
			memcpy(buf, s->records[i], len < RECORD ? len : RECORD);
	return 0;
}

UNUSED_OK static int stage_exists(void *ctx, const struct partition *p, const char *path)
{
	struct stage *s = ctx;
	char name[256];
	s->asked++;
	snprintf(name, sizeof(name), "%u:%s", p->number, path);
	if (s->unknown && text_casecmp(s->unknown, name) == 0)
		return -1;
	for (size_t i = 0; i < s->n_files; i++)
		if (text_casecmp(s->files[i], name) == 0)
			return 1;
	return 0;
}

UNUSED_OK static int stage_read_file(void *ctx, const struct partition *p, const char *path,
				     size_t limit, struct arena *arena, struct span *out,
				     struct err *err)
{
	const struct stage *s = ctx;
	(void)arena;
	assert_true(p->active);
	assert_string_equal(path, "\\boot.ini");
	if (s->ini_error.code != E_OK)
		return err_set(err, s->ini_error.code, "%s", s->ini_error.text);
	assert_true(s->ini.len <= limit);
	*out = s->ini;
	return 0;
}

UNUSED_OK static void set_ini(struct stage *s, const char *text)
{
	s->ini = (struct span){(const uint8_t *)text, strlen(text)};
}

/* ---- two healthy disks ---- */

UNUSED_OK static void begin(struct stage *s, enum partition_scheme scheme, const char *disk_id)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena_new();
	s->table = (struct partition_table){
		.scheme = scheme, .items = s->partitions, .disk_id = disk_id};
	s->install = (struct install){.root = "\\Windows", .version = "Windows"};
	s->request = (struct bootpath_request){
		.table = &s->table,
		.install = &s->install,
		.stores = s->stores,
		.n_stores = 1,
		.disk_size = 88 * MIB,
		.sector_size = 512,
		.read = stage_read,
		.exists = stage_exists,
		.read_file = stage_read_file,
		.ctx = s,
	};
	s->stores[0].store.whole = s->stores[1].store.whole = true;
}

UNUSED_OK static void add_manager(struct stage *s, size_t store, unsigned partition)
{
	struct bcd_object *o = add_object(s, store, MANAGER, BCD_BOOT_MANAGER);
	add_on_partition(s, o, BCD_DEVICE, partition);
	add_guid(s, o, BCD_DEFAULT, LOADER);
	add_guid(s, o, BCD_DISPLAY_ORDER, LOADER);
}

UNUSED_OK static struct bcd_object *add_loader(struct stage *s, size_t store, const char *guid,
					       unsigned partition, const char *path)
{
	struct bcd_object *o = add_object(s, store, guid, BCD_LOADER);
	add_on_partition(s, o, BCD_DEVICE, partition);
	add_string(o, BCD_PATH, path);
	add_on_partition(s, o, BCD_OS_DEVICE, partition);
	add_string(o, BCD_SYSTEM_ROOT, "\\WINDOWS\\");
	return o;
}

/* System partition 1 (active), Windows 7 on partition 2. */
UNUSED_OK static void begin_mbr(struct stage *s)
{
	begin(s, SCHEME_MBR, "0x5b7d0007");
	add_partition(s, "0x07", MIB, 10 * MIB, FS_NTFS)->active = true;
	add_partition(s, "0x07", 11 * MIB, 36 * MIB, FS_NTFS);
	s->install.partition = 2;
	s->install.release = WIN_7;
	s->install.architecture = "x86";
	s->stores[0].partition = &s->partitions[0];
	s->stores[0].path = "\\Boot\\BCD";
	add_manager(s, 0, 1);
	add_loader(s, 0, LOADER, 2, "\\Windows\\system32\\winload.exe");
	add_file(s, "1:\\bootmgr");
	add_file(s, "2:\\Windows\\system32\\winload.exe");
	add_file(s, "2:\\Windows\\system32\\winload.efi");
	s->mbr[0] = 0x33;
	write_record(s, 1, "BOOTMGR");
	write_record(s, 2, "BOOTMGR");
}

/* EFI system, reserved, Windows 10 on partition 3. */
UNUSED_OK static void begin_gpt(struct stage *s)
{
	begin(s, SCHEME_GPT, DISK_GPT);
	add_partition(s, TYPE_ESP, MIB, 34 * MIB, FS_FAT32);
	add_partition(s, TYPE_MSR, 35 * MIB, MIB, FS_UNKNOWN);
	add_partition(s, TYPE_DATA, 36 * MIB, 36 * MIB, FS_NTFS);
	s->install.partition = 3;
	s->install.release = WIN_10;
	s->install.architecture = "x64";
	s->stores[0].partition = &s->partitions[0];
	s->stores[0].path = "\\EFI\\Microsoft\\Boot\\BCD";
	s->stores[0].efi = true;
	add_manager(s, 0, 1);
	add_loader(s, 0, LOADER, 3, "\\Windows\\system32\\winload.efi");
	add_file(s, "1:\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
	add_file(s, "1:\\EFI\\Boot\\bootx64.efi");
	add_file(s, "3:\\Windows\\system32\\winload.efi");
	add_file(s, "3:\\Windows\\system32\\winload.exe");
	write_record(s, 1, NULL);
	write_record(s, 3, NULL);
}

/* Windows XP on partition 1: no store. */
UNUSED_OK static void begin_xp(struct stage *s)
{
	begin(s, SCHEME_MBR, "0x5b7d0099");
	add_partition(s, "0x07", 63 * 512, 36 * MIB, FS_NTFS)->active = true;
	s->install.partition = 1;
	s->install.release = WIN_XP;
	s->install.root = "\\WINDOWS";
	s->install.architecture = "x86";
	s->request.n_stores = 0;
	add_file(s, "1:\\ntldr");
	add_file(s, "1:\\NTDETECT.COM");
	s->mbr[0] = 0x33;
	write_record(s, 1, "NTLDR");
	set_ini(s, "[boot loader]\r\ntimeout=30\r\n"
		   "default=multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS\r\n"
		   "[operating systems]\r\n"
		   "multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS=\"Windows XP\" /fastdetect\r\n");
}

/* ---- running ---- */

UNUSED_OK static void run(struct stage *s)
{
	struct err err = {0};
	struct bootpath_judgement boot;
	if (bootpath_judge(&s->request, s->arena, &boot, &err) < 0)
		fail_msg("%s", err.text);
	s->findings = boot.findings;
	s->n = boot.n;
}

UNUSED_OK static void end(struct stage *s)
{
	arena_free(s->arena);
}

/* The rules found: "B4 B5", in s's arena. */
UNUSED_OK static const char *rules_found(struct stage *s)
{
	const char *text = "";
	for (size_t i = 0; i < s->n; i++)
		text = arena_printf(s->arena, "%s%s%s", text, i ? " " : "",
				    s->findings[i].rule->id);
	return text;
}

#endif
