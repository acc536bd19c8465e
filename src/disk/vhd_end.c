/* SPDX-License-Identifier: MIT */
/*
 * Which footer of a VHD to believe. The one at the end of the file decides. If it is damaged and a
 * dynamic disk has a good copy at the start, the disk can be read but not written (no_writes); the
 * same when the copy differs, because nobody can say which of the two is right.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), "Hard Disk Footer
 * Format".
 */
#include "vhd_end.h"

#include <string.h>

/* Read and check the footer of len bytes at `at`; the bytes stay in raw. */
static int try_footer(struct vhd_end *e, uint64_t at, size_t len, uint8_t *raw, struct err *err)
{
	if (at > image_file_size(e->file) || len > image_file_size(e->file) - at)
		return err_set(err, E_CORRUPT, "the file is too short for a VHD footer");
	if (image_file_read(e->file, at, raw, len, err) < 0)
		return -1;
	e->at = at;
	e->len = len;
	return vhd_footer_parse((struct span){raw, len}, at, &e->footer, err);
}

/* These bytes of the file are right, and those are not. */
static void offer_copy(struct image_info *info, uint64_t from, uint64_t to)
{
	info->mend_from = from;
	info->mend_to = to;
	info->mend_len = VHD_FOOTER_LEN;
}

static int restrict_writes(struct image_info *info, enum hint_kind hint, struct err *err)
{
	info->no_writes = hint_row(hint)->found;
	info->hint = hint;
	return image_note(info, said_of(info->no_writes), err);
}

static int compare_copy(struct vhd_end *e, const uint8_t *footer, struct image_info *info,
			struct err *err)
{
	uint8_t copy[VHD_FOOTER_LEN];
	if (image_file_read(e->file, 0, copy, e->len, err) < 0)
		return -1;
	if (memcmp(copy, footer, e->len) == 0)
		return 0;
	offer_copy(info, e->at, 0);
	return restrict_writes(info, HINT_FOOTERS_DIFFER, err);
}

static int use_old_footer(struct vhd_end *e, struct image_info *info, uint8_t *raw, struct err *err)
{
	uint64_t size = image_file_size(e->file);
	if (size < VHD_FOOTER_OLD_LEN)
		return err_set(err, E_CORRUPT, "the file is too short for a VHD footer");
	if (try_footer(e, size - VHD_FOOTER_OLD_LEN, VHD_FOOTER_OLD_LEN, raw, err) < 0)
		return -1;
	return restrict_writes(info, HINT_FOOTER_OLD, err);
}

/* What stands at the end still says that it is one. */
static bool is_damaged_footer(struct image_file *f)
{
	uint8_t cookie[8];
	uint64_t size = image_file_size(f);
	return size >= 2 * VHD_FOOTER_LEN && size % VHD_FOOTER_LEN == 0 &&
	       image_file_read(f, size - VHD_FOOTER_LEN, cookie, sizeof(cookie), NULL) == 0 &&
	       memcmp(cookie, "conectix", sizeof(cookie)) == 0;
}

/* Blocks may reach to the end of the file: nothing is known about where the footer was. */
static int use_head_copy(struct vhd_end *e, struct image_info *info, uint8_t *raw, struct err *err)
{
	if (try_footer(e, 0, VHD_FOOTER_LEN, raw, err) < 0)
		return -1;
	if (e->footer.type == VHD_FIXED)
		return err_set(err, E_CORRUPT, "a fixed VHD without a footer at its end");
	e->at = image_file_size(e->file);
	if (is_damaged_footer(e->file)) {
		offer_copy(info, 0, e->at - VHD_FOOTER_LEN);
		return restrict_writes(info, HINT_FOOTER_DAMAGED, err);
	}
	return restrict_writes(info, HINT_FOOTER_GONE, err);
}

int vhd_end_find(struct image_file *f, struct vhd_end *e, struct image_info *info, struct err *err)
{
	*e = (struct vhd_end){.file = f};
	uint64_t size = image_file_size(e->file);
	uint8_t raw[VHD_FOOTER_LEN] = {0};
	struct err tail = {0};
	uint64_t at = size < VHD_FOOTER_LEN ? size : size - VHD_FOOTER_LEN;
	if (try_footer(e, at, VHD_FOOTER_LEN, raw, &tail) == 0)
		return e->footer.type == VHD_FIXED ? 0 : compare_copy(e, raw, info, err);
	if (tail.code == E_UNSUPPORTED || tail.code == E_IO)
		return err_pass(err, &tail);
	if (use_old_footer(e, info, raw, NULL) == 0 || use_head_copy(e, info, raw, NULL) == 0)
		return 0;
	return err_set(err, tail.code, "%s, and there is no sound copy at the start",
		       ERR_ARG(&tail));
}
