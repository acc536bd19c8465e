/* SPDX-License-Identifier: MIT */
/*
 * The parent locator: pairs of UTF-16 texts, of which five keys are known. The linkage is the
 * parent's DataWriteGuid, so a parent that was written no longer fits its children. Paths are
 * Windows' own and are handed on as they are, in the order in which Windows tries them.
 *
 * Source: [MS-VHDX] 2.6.2.6.
 */
#include "vhdx_parent.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"

#define LOCATOR_KIND "b04aefb7-d19e-4a81-b789-25b8e9445913"
#define HEAD_LEN     20u
#define ENTRY_LEN    12u
/* Windows writes five; a locator of 1 MiB could name the same text 65,535 times. */
#define ENTRIES_MAX 64u
#define ZERO_GUID   "00000000-0000-0000-0000-000000000000"

enum key { LINKAGE, LINKAGE2, RELATIVE, VOLUME, ABSOLUTE, KEYS };

static const char *const keys[KEYS] = {
	[LINKAGE] = "parent_linkage",       [LINKAGE2] = "parent_linkage2",
	[RELATIVE] = "relative_path",       [VOLUME] = "volume_path",
	[ABSOLUTE] = "absolute_win32_path",
};

/* The values of the known keys, inside the locator's bytes. */
struct values {
	struct span text[KEYS];
};

static enum key find_key(const char *name)
{
	unsigned k = 0;
	while (k < KEYS && strcmp(keys[k], name) != 0)
		k++;
	return (enum key)k;
}

static int take_entry(struct span raw, struct span entry, struct arena *arena, struct values *out,
		      struct err *err)
{
	uint32_t key_at = le32(entry, 0), value_at = le32(entry, 4);
	uint16_t key_len = le16(entry, 8), value_len = le16(entry, 10);
	if (!span_holds(raw, key_at, key_len) || !span_holds(raw, value_at, value_len))
		return err_set(err, E_CORRUPT, "a text lies outside of %zu bytes", raw.len);
	const char *name = text_utf16le(arena, span_sub(raw, key_at, key_len));
	if (!name)
		return err_set(err, E_MEMORY, "no memory for the parent's name");
	enum key k = find_key(name);
	if (k < KEYS)
		out->text[k] = span_sub(raw, value_at, value_len);
	return 0;
}

static int parse(struct span raw, struct arena *arena, struct values *out, struct err *err)
{
	char kind[GUID_TEXT];
	uint16_t n = le16(raw, 18);
	guid_text(raw, 0, kind);
	if (strcmp(kind, LOCATOR_KIND) != 0)
		return err_set(err, E_UNSUPPORTED, "kind %s is not known", kind);
	if (n > ENTRIES_MAX || !span_holds(raw, HEAD_LEN, (uint64_t)n * ENTRY_LEN))
		return err_set(err, E_CORRUPT, "%u entries in %zu bytes", n, raw.len);
	for (uint32_t i = 0; i < n; i++)
		if (take_entry(raw, span_sub(raw, HEAD_LEN + i * ENTRY_LEN, ENTRY_LEN), arena, out,
			       err) < 0)
			return -1;
	return 0;
}

/* "{7584F8FB-...}" as guid_text() writes it; "" when it is all zero or no GUID. */
static int plain_guid(struct span text, struct arena *arena, char out[GUID_TEXT], struct err *err)
{
	const char *s = text_utf16le(arena, text);
	if (!s)
		return err_set(err, E_MEMORY, "no memory for the parent's identifier");
	size_t len = strlen(s);
	out[0] = '\0';
	if (len != strlen(ZERO_GUID) + 2 || s[0] != '{' || s[len - 1] != '}')
		return 0;
	for (size_t i = 1; i < len - 1; i++)
		out[i - 1] = (char)tolower((unsigned char)s[i]);
	out[len - 2] = '\0';
	if (strcmp(out, ZERO_GUID) == 0)
		out[0] = '\0';
	return 0;
}

static int add_name(struct span text, enum key k, struct arena *arena, struct chain_want *out,
		    struct err *err)
{
	if (text.len == 0)
		return 0;
	const uint8_t *copy = arena_copy(arena, text.p, text.len);
	if (!copy)
		return err_set(err, E_MEMORY, "no memory for the parent's name");
	out->names[out->n_names++] = (struct chain_name){
		.text = {copy, text.len},
		.relative = k == RELATIVE,
		.where = keys[k],
	};
	return 0;
}

static int want_values(const struct values *v, struct arena *arena, struct chain_want *out,
		       struct err *err)
{
	*out = (struct chain_want){
		.container = &vhdx_container,
		.id_name = "data write identifier",
	};
	_Static_assert(CHAIN_IDS_MAX >= 2 && CHAIN_NAMES_MAX >= 3, "room for all");
	if (plain_guid(v->text[LINKAGE], arena, out->ids[0], err) < 0 ||
	    plain_guid(v->text[LINKAGE2], arena, out->ids[1], err) < 0)
		return -1;
	for (enum key k = RELATIVE; k < KEYS; k++)
		if (add_name(v->text[k], k, arena, out, err) < 0)
			return -1;
	if (!out->ids[0][0])
		return err_set(err, E_CORRUPT, "no parent_linkage that is an identifier");
	return out->n_names > 0 ? 0 : err_set(err, E_CORRUPT, "no path of the parent");
}

int vhdx_parent_want(struct vhdx_file *f, const struct vhdx_place *locator, struct arena *arena,
		     struct chain_want *out, struct err *err)
{
	struct values values = {0};
	size_t len = (size_t)locator->len;
	uint8_t *buf = malloc(len);
	if (!buf)
		return err_set(err, E_MEMORY, "no memory for the VHDX parent locator");
	int rc = vhdx_file_read(f, locator->at, buf, len, err);
	if (rc == 0)
		rc = parse((struct span){buf, len}, arena, &values, err);
	if (rc == 0)
		rc = want_values(&values, arena, out, err);
	free(buf);
	return rc < 0 ? err_at(err, "VHDX parent locator at 0x%" PRIx64, locator->at) : 0;
}

static int check_parent(const struct image_info *parent, struct image_info *info, struct err *err)
{
	if (parent->sector_size != info->sector_size)
		return err_set(err, E_PARENT,
			       "the parent %s has sectors of %u bytes, this disk of %u",
			       parent->path, parent->sector_size, info->sector_size);
	info->reference_unsafe |= parent->reference_unsafe;
	return chain_check_size(parent, info, err);
}

struct image *vhdx_parent_open(struct image_file *raw, const struct chain_want *want,
			       const struct image_options *options, struct image_info *info,
			       struct arena *arena, struct err *err)
{
	struct image *parent = chain_open(raw, want, options, info, arena, err);
	if (parent && check_parent(image_info(parent), info, err) < 0) {
		image_close(parent);
		return NULL;
	}
	return parent;
}
