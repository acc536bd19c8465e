/* SPDX-License-Identifier: MIT */
/*
 * C: in MountedDevices, compared with the partition table. On another partition of this disk it is
 * a note, with the value to write: Windows starts, and looks for its files on the wrong volume. A
 * disk that is not this one says only that the disk was copied; Windows then gives letters anew.
 *
 * The value is twelve bytes, the MBR's signature and the partition's first byte, or "DMIO:ID:" and
 * the GPT partition's id. Source: doc/FORMATS/installation.md, "History".
 */
#include "bootpath_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MBR_DRIVE  12u /* u32 signature, u64 offset in bytes */
#define GPT_DRIVE  24u
#define GPT_MARK   "DMIO:ID:"
#define GUID_BYTES 16u
#define LETTER     "\\DosDevices\\C:"

static uint32_t signature_of(const struct partition_table *t)
{
	return t->disk_id ? (uint32_t)strtoul(t->disk_id, NULL, 16) : 0;
}

/* Is the value that of this partition? */
static bool is_of(const struct partition_table *t, const struct partition *p, struct span value)
{
	char guid[GUID_TEXT];
	if (p->scheme != SCHEME_GPT)
		return value.len == MBR_DRIVE && le32(value, 0) == signature_of(t) &&
		       le64(value, 4) == p->start;
	if (value.len != GPT_DRIVE || memcmp(value.p, GPT_MARK, strlen(GPT_MARK)) != 0)
		return false;
	guid_text(value, strlen(GPT_MARK), guid);
	return text_equal(guid, p->id);
}

/* ---- the value that would be right ---- */

bool bootpath_guid(const char *text, uint8_t out[GUID_BYTES])
{
	static const uint8_t at[GUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
					       8, 9, 10, 11, 12, 13, 14, 15};
	size_t n = 0;
	for (const char *p = text; p && *p && n < GUID_BYTES; p += *p == '-' ? 1 : 2) {
		unsigned byte;
		if (*p == '-')
			continue;
		if (sscanf(p, "%2x", &byte) != 1)
			return false;
		out[at[n++]] = (uint8_t)byte;
	}
	return n == GUID_BYTES;
}

/* The value of the Windows partition in hex; NULL without memory, or without an id. */
static const char *right_value(struct bootpath *b)
{
	uint8_t value[GPT_DRIVE] = GPT_MARK;
	char hex[2 * GPT_DRIVE + 1];
	size_t len = MBR_DRIVE;
	if (b->windows->scheme == SCHEME_GPT) {
		len = GPT_DRIVE;
		if (!bootpath_guid(b->windows->id, value + strlen(GPT_MARK)))
			return NULL;
	} else {
		put_le32(value, signature_of(b->q->table));
		put_le64(value + 4, b->windows->start);
	}
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", value[i]);
	return arena_strdup(b->arena, hex);
}

static int add(struct bootpath *b, const struct partition *named)
{
	const char *value = right_value(b);
	return bootpath_add(
		b, BOOTPATH_DRIVE_LETTER,
		(struct bootpath_fact){
			.subject = "MountedDevices",
			.key = "MountedDevices",
			.value = LETTER,
			.found = said_make(
				b->arena,
				"MountedDevices gives C: to partition %u, and this Windows lies on "
				"partition %u",
				named->number, b->windows->number),
			.needed = said_as_is(value),
			.cure = said_make(b->arena,
					  "If C: was this Windows, set it by hand: stop7b set "
					  "IMAGE MountedDevices %s binary %s.",
					  LETTER, value ? value : ""),
		});
}

int bootpath_check_letter(struct bootpath *b)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; i < t->n; i++)
		if (is_of(t, &t->items[i], b->q->install->letter_c))
			return &t->items[i] == b->windows ? 0 : add(b, &t->items[i]);
	return 0;
}
