/* SPDX-License-Identifier: MIT */
/*
 * Device elements: which disk, partition, file or virtual disk an entry of the boot menu means.
 *
 * The bytes are a GUID and one DEVICE: a header with a type and a size, and a body in which other
 * DEVICEs may lie (a virtual disk holds the file, the file holds the partition it lies on). Every
 * size is checked against the DEVICE around it before a byte inside is believed, and the nesting is
 * bounded. Forms whose layout is not known are refused, never guessed. The layout is not
 * published: it was read from stores made by bcdedit, in which all sizes meet the end exactly.
 */
#include "bcd_internal.h"

#include <string.h>

#define DEPTH_MAX 8u /* own limit; bcdedit's deepest form has 4 levels */

/* A DEVICE; offsets from its beginning. */
enum {
	AT_TYPE = 0,
	AT_SIZE = 8,
	BODY = 16,
	AT_PARTITION_ID = BODY,
	AT_PARTITION_LOCAL = BODY + 16,
	AT_LOCATE_TYPE = BODY,
	AT_LOCATE_ELEMENT = BODY + 4,
	AT_LOCATE_PARENT = BODY + 8,
	AT_LOCATE_PATH = BODY + 12,
	FIRST_DEVICE = 16 /* in the element, behind the GUID of additional options */
};

/* LOCAL, the part that names a disk or file; offsets from its beginning. */
enum {
	AT_KIND = 0,
	AT_TABLE = 4,
	AT_DISK_ID = 8,
	DISK_ID_LEN = 16,
	LOCAL_DISK_LEN = 24,
	AT_FILE = 4,
	AT_RAMDISK_FILE = 24,
	AT_VHD_DEVICE = 24
};

/* FILE; offsets from its beginning. */
enum { AT_VERSION = 0, AT_LENGTH = 4, AT_PATH_TYPE = 8, AT_FILE_PARENT = 12 };

#define FILE_VERSION   1u
#define FILE_PATH_TYPE 5u /* a path below the parent device */

enum device_type { TYPE_LOCAL = 0, TYPE_BOOT = 5, TYPE_PARTITION = 6, TYPE_LOCATE = 8 };
enum local_kind {
	LOCAL_DISK = 0,
	LOCAL_FLOPPY = 1,
	LOCAL_CD = 2,
	LOCAL_RAMDISK = 3,
	LOCAL_FILE = 5,
	LOCAL_VHD = 6
};

struct decoder {
	const uint8_t *begin; /* of the element, for naming offsets */
	struct arena *arena;
	unsigned depth;
	struct err *err;
};

static int decode(struct decoder *d, struct span s, struct bcd_device *out);

static unsigned offset(const struct decoder *d, struct span s)
{
	return (unsigned)(s.p - d->begin);
}

static int too_short(const struct decoder *d, struct span s, const char *what)
{
	return err_set(d->err, E_CORRUPT, "%s at 0x%x: cut off after %zu bytes", what, offset(d, s),
		       s.len);
}

/* The DEVICE at off of s, into a new parent of out. */
static int decode_parent(struct decoder *d, struct span s, uint64_t off, struct bcd_device *out)
{
	struct bcd_device *parent = arena_alloc(d->arena, sizeof(*parent), d->err);
	if (!parent)
		return -1;
	if (!span_holds(s, off, BODY))
		return too_short(d, s, "device");
	out->parent = parent;
	return decode(d, (struct span){s.p + off, s.len - off}, parent);
}

/* UTF-16 up to a NUL, which must be there. The bytes it takes with the NUL, or 0 with err. */
static size_t take_path(struct decoder *d, struct span s, struct bcd_device *out)
{
	size_t len = 0;
	while (span_holds(s, len, 2) && le16(s, len) != 0)
		len += 2;
	if (!span_holds(s, len, 2)) {
		too_short(d, s, "path");
		return 0;
	}
	out->raw_path = span_sub(s, 0, len);
	out->path = text_utf16le(d->arena, out->raw_path);
	if (!out->path) {
		err_set(d->err, E_MEMORY, "no memory for a path");
		return 0;
	}
	return len + 2;
}

/* FILE: version, length, path type, DEVICE it lies on, path. */
static int decode_file(struct decoder *d, struct span s, struct bcd_device *out)
{
	uint32_t length = le32(s, AT_LENGTH);
	if (!span_holds(s, 0, AT_FILE_PARENT + BODY))
		return too_short(d, s, "file");
	if (le32(s, AT_VERSION) != FILE_VERSION || le32(s, AT_PATH_TYPE) != FILE_PATH_TYPE)
		return err_set(d->err, E_UNSUPPORTED, "file at 0x%x: version %u, path type %u",
			       offset(d, s), le32(s, AT_VERSION), le32(s, AT_PATH_TYPE));
	if (length > s.len || length < AT_FILE_PARENT + BODY)
		return err_set(d->err, E_CORRUPT, "file at 0x%x: %u bytes, there are %zu",
			       offset(d, s), length, s.len);
	s.len = length;
	if (decode_parent(d, s, AT_FILE_PARENT, out) != 0)
		return -1;
	uint64_t at = AT_FILE_PARENT + (uint64_t)le32(s, AT_FILE_PARENT + AT_SIZE);
	return take_path(d, (struct span){s.p + at, s.len - at}, out) ? 0 : -1;
}

/* Table type and id of a disk, real or virtual. */
static int decode_disk(struct decoder *d, struct span s, struct bcd_device *out)
{
	uint32_t table = le32(s, AT_TABLE);
	if (!span_holds(s, 0, LOCAL_DISK_LEN))
		return too_short(d, s, "disk");
	if (table > BCD_TABLE_RAW)
		return err_set(d->err, E_UNSUPPORTED, "disk at 0x%x: partition table type %u",
			       offset(d, s), table);
	out->table = (enum bcd_table)table;
	if (out->table == BCD_TABLE_MBR)
		out->signature = le32(s, AT_DISK_ID);
	if (out->table == BCD_TABLE_GPT)
		guid_text(s, AT_DISK_ID, out->disk);
	return 0;
}

static int decode_file_of(struct decoder *d, struct span s, struct bcd_device *out)
{
	unsigned at = out->kind == BCD_DEVICE_RAMDISK ? AT_RAMDISK_FILE : AT_FILE;
	if (!span_holds(s, at, 1))
		return too_short(d, s, "file");
	return decode_file(d, (struct span){s.p + at, s.len - at}, out);
}

/* The loader looks for a virtual disk by its file alone: bcdedit leaves its identifier zero. */
static int decode_vhd(struct decoder *d, struct span s, struct bcd_device *out)
{
	static const uint8_t none[DISK_ID_LEN];
	if (decode_disk(d, s, out) != 0 || decode_parent(d, s, AT_VHD_DEVICE, out) != 0)
		return -1;
	if (memcmp(s.p + AT_DISK_ID, none, DISK_ID_LEN) == 0)
		out->disk[0] = '\0';
	if (out->parent->kind != BCD_DEVICE_FILE)
		return err_set(d->err, E_UNSUPPORTED, "virtual disk at 0x%x: not in a file",
			       offset(d, s));
	return 0;
}

static const struct local_form {
	enum local_kind kind;
	enum bcd_device_kind means;
	int (*decode)(struct decoder *d, struct span s, struct bcd_device *out);
} local_forms[] = {
	{LOCAL_DISK, BCD_DEVICE_DISK, decode_disk},
	{LOCAL_FLOPPY, BCD_DEVICE_FLOPPY, decode_disk},
	{LOCAL_CD, BCD_DEVICE_CD, decode_disk},
	{LOCAL_RAMDISK, BCD_DEVICE_RAMDISK, decode_file_of},
	{LOCAL_FILE, BCD_DEVICE_FILE, decode_file_of},
	{LOCAL_VHD, BCD_DEVICE_VHD, decode_vhd},
};

/* LOCAL at off of the DEVICE s. */
static int decode_local(struct decoder *d, struct span s, uint64_t off, struct bcd_device *out)
{
	if (!span_holds(s, off, AT_TABLE))
		return too_short(d, s, "device");
	uint32_t kind = le32(s, off);
	for (size_t i = 0; i < sizeof(local_forms) / sizeof(local_forms[0]); i++) {
		const struct local_form *form = &local_forms[i];
		if ((uint32_t)form->kind != kind)
			continue;
		out->kind = form->means;
		return form->decode(d, (struct span){s.p + off, s.len - off}, out);
	}
	return err_set(d->err, E_UNSUPPORTED, "device at 0x%x: local device kind %u", offset(d, s),
		       kind);
}

/* A partition of a disk, or of a virtual disk, which becomes the parent. */
static int decode_partition(struct decoder *d, struct span s, struct bcd_device *out)
{
	struct bcd_device disk = {0};
	struct bcd_device *kept;
	if (decode_local(d, s, AT_PARTITION_LOCAL, &disk) != 0)
		return -1;
	if (disk.kind != BCD_DEVICE_DISK && disk.kind != BCD_DEVICE_VHD)
		return err_set(d->err, E_UNSUPPORTED,
			       "partition at 0x%x: not of a hard disk or virtual disk",
			       offset(d, s));
	*out = disk;
	out->kind = BCD_DEVICE_PARTITION;
	if (out->table == BCD_TABLE_GPT)
		guid_text(s, AT_PARTITION_ID, out->partition);
	else
		out->offset = le64(s, AT_PARTITION_ID);
	if (disk.kind == BCD_DEVICE_DISK)
		return 0;
	kept = arena_copy(d->arena, &disk, sizeof(disk));
	out->parent = kept;
	return kept ? 0 : err_set(d->err, E_MEMORY, "no memory for a device");
}

static int decode_locate(struct decoder *d, struct span s, struct bcd_device *out)
{
	enum { BY_ELEMENT, BY_PATH };
	uint32_t type = le32(s, AT_LOCATE_TYPE), parent = le32(s, AT_LOCATE_PARENT);
	if (!span_holds(s, 0, AT_LOCATE_PATH))
		return too_short(d, s, "search");
	if (type != BY_ELEMENT && type != BY_PATH)
		return err_set(d->err, E_UNSUPPORTED, "search at 0x%x: type %u", offset(d, s),
			       type);
	out->kind = BCD_DEVICE_LOCATE;
	out->element = type == BY_ELEMENT ? le32(s, AT_LOCATE_ELEMENT) : 0;
	size_t used = take_path(d, (struct span){s.p + AT_LOCATE_PATH, s.len - AT_LOCATE_PATH},
				out);
	if (used == 0)
		return -1;
	if (parent == 0)
		return 0;
	if (parent < AT_LOCATE_PATH + used)
		return err_set(d->err, E_CORRUPT,
			       "search at 0x%x: its device begins at 0x%x inside it", offset(d, s),
			       parent);
	return decode_parent(d, s, parent, out);
}

static int decode_boot(struct decoder *d, struct span s, struct bcd_device *out)
{
	(void)d;
	(void)s;
	out->kind = BCD_DEVICE_BOOT;
	return 0;
}

static int decode_local_device(struct decoder *d, struct span s, struct bcd_device *out)
{
	return decode_local(d, s, BODY, out);
}

static const struct device_form {
	enum device_type type;
	int (*decode)(struct decoder *d, struct span s, struct bcd_device *out);
} device_forms[] = {
	{TYPE_LOCAL, decode_local_device},
	{TYPE_BOOT, decode_boot},
	{TYPE_PARTITION, decode_partition},
	{TYPE_LOCATE, decode_locate},
};

/* The DEVICE at the beginning of s, which may go on behind it. */
static int decode(struct decoder *d, struct span s, struct bcd_device *out)
{
	uint32_t size = le32(s, AT_SIZE), type = le32(s, AT_TYPE);
	*out = (struct bcd_device){.type = type, .path = ""};
	if (d->depth == DEPTH_MAX)
		return err_set(d->err, E_CORRUPT, "device at 0x%x: more than %u levels",
			       offset(d, s), DEPTH_MAX);
	if (size < BODY || size > s.len)
		return err_set(d->err, E_CORRUPT, "device at 0x%x: %u bytes, there are %zu",
			       offset(d, s), size, s.len);
	s.len = size;
	for (size_t i = 0; i < sizeof(device_forms) / sizeof(device_forms[0]); i++) {
		if ((uint32_t)device_forms[i].type != type)
			continue;
		d->depth++;
		int r = device_forms[i].decode(d, s, out);
		d->depth--;
		out->type = type;
		return r;
	}
	return err_set(d->err, E_UNSUPPORTED, "device at 0x%x: type %u", offset(d, s), type);
}

static void take_options(struct span raw, struct bcd_device *out)
{
	static const uint8_t none[16];
	if (memcmp(raw.p, none, sizeof(none)) != 0)
		guid_text(raw, 0, out->options);
}

int bcd_device_decode(struct span raw, struct arena *arena, struct bcd_device *out, struct err *err)
{
	struct err e = {0};
	struct decoder d = {.begin = raw.p, .arena = arena, .err = &e};
	*out = (struct bcd_device){.path = ""};
	if (!span_holds(raw, 0, FIRST_DEVICE + BODY))
		return err_set(err, E_CORRUPT, "device of %zu bytes", raw.len);
	if (decode(&d, (struct span){raw.p + FIRST_DEVICE, raw.len - FIRST_DEVICE}, out) != 0) {
		*out = (struct bcd_device){.path = "", .type = le32(raw, FIRST_DEVICE)};
		return err_pass(err, &e);
	}
	take_options(raw, out);
	return 0;
}

const struct bcd_device *bcd_device_vhd(const struct bcd_device *device)
{
	for (; device; device = device->parent) {
		if (device->kind == BCD_DEVICE_VHD)
			return device->parent;
	}
	return NULL;
}
