/* SPDX-License-Identifier: MIT */
/*
 * The parent of a differencing VHD: the names in the parent locators and in the dynamic header,
 * the unique id that decides, and the time stamp that only gives a note (many programs store 0,
 * and a parent that was copied has another time).
 *
 * Read are the locators of Windows paths, W2ru (relative) and W2ku (absolute): UTF-16
 * little-endian, unlike everything else in the format. Macintosh locators and the old 8-bit ones
 * are passed over. A locator that lies outside the file is passed over too: the others may help.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Dynamic Disk Header Format" and
 * "Parent Locator".
 */
#include "vhd_parent.h"

#include <sys/stat.h>

#define W2RU 0x57327275u
#define W2KU 0x57326b75u
/* Windows' longest path is 32,767 characters. */
#define NAME_LEN_MAX ((uint32_t)32767 * 2)
#define EPOCH_2000   INT64_C(946684800) /* 2000-01-01 UTC, in seconds since 1970 */

static const char *const locator_words[VHD_LOCATORS] = {
	"parent locator 1", "parent locator 2", "parent locator 3", "parent locator 4",
	"parent locator 5", "parent locator 6", "parent locator 7", "parent locator 8",
};

static bool is_inside(const struct image_file *f, const struct vhd_locator *l)
{
	uint64_t end;
	return l->len >= 2 && l->len <= NAME_LEN_MAX &&
	       !__builtin_add_overflow(l->at, l->len, &end) && end <= image_file_size(f);
}

static int add_locator(struct image_file *f, const struct vhd_locator *l, const char *where,
		       struct arena *arena, struct chain_want *out, struct err *err)
{
	if (!is_inside(f, l))
		return 0;
	uint8_t *bytes = arena_alloc(arena, l->len, err);
	if (!bytes || image_file_read(f, l->at, bytes, l->len, err) < 0)
		return -1;
	out->names[out->n_names++] = (struct chain_name){
		.text = {bytes, l->len},
		.relative = l->platform == W2RU,
		.where = where,
	};
	return 0;
}

static int add_locators(struct image_file *f, const struct vhd_header *h, uint32_t platform,
			struct arena *arena, struct chain_want *out, struct err *err)
{
	for (unsigned i = 0; i < VHD_LOCATORS; i++)
		if (h->locators[i].platform == platform &&
		    add_locator(f, &h->locators[i], locator_words[i], arena, out, err) < 0)
			return -1;
	return 0;
}

static int add_header_name(const struct vhd_header *h, struct arena *arena, struct chain_want *out,
			   struct err *err)
{
	const uint8_t *copy = arena_copy(arena, h->parent_name.p, h->parent_name.len);
	if (!copy)
		return err_set(err, E_MEMORY, "no memory for the parent's name");
	if (be16(h->parent_name, 0) != 0)
		out->names[out->n_names++] = (struct chain_name){
			.text = {copy, h->parent_name.len},
			.big_endian = true,
			.where = "VHD dynamic header",
		};
	return 0;
}

int vhd_parent_want(struct image_file *f, const struct vhd_header *h, struct arena *arena,
		    struct chain_want *out, struct err *err)
{
	_Static_assert(CHAIN_NAMES_MAX >= VHD_LOCATORS + 1, "room for every name");
	*out = (struct chain_want){.container = &vhd_container, .id_name = "unique id"};
	for (size_t i = 0; i < GUID_TEXT; i++)
		out->ids[0][i] = h->parent_id[i];
	if (add_locators(f, h, W2RU, arena, out, err) < 0 ||
	    add_locators(f, h, W2KU, arena, out, err) < 0)
		return -1;
	return add_header_name(h, arena, out, err);
}

static int note_time(const struct vhd_header *h, const struct image_info *parent,
		     struct image_info *info, struct err *err)
{
	struct stat st;
	if (h->parent_time == 0 || stat(parent->real_path, &st) < 0 ||
	    (int64_t)st.st_mtime - EPOCH_2000 == (int64_t)h->parent_time)
		return 0;
	return image_note(
		info,
		said_of("the parent file's time is not the one that this disk remembers: it was "
			"copied, or changed after this disk was made (then both do not fit)"),
		err);
}

struct image *vhd_parent_open(struct image_file *f, const struct vhd_header *h,
			      const struct image_options *options, struct image_info *info,
			      struct arena *arena, struct err *err)
{
	struct chain_want want;
	if (vhd_parent_want(f, h, arena, &want, err) < 0)
		return NULL;
	struct image *parent = chain_open(f, &want, options, info, arena, err);
	if (!parent)
		return NULL;
	if (chain_check_size(image_info(parent), info, err) < 0 ||
	    note_time(h, image_info(parent), info, err) < 0) {
		image_close(parent);
		return NULL;
	}
	return parent;
}
