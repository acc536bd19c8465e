/* SPDX-License-Identifier: MIT */
/*
 * Keys: the nk record, its name, time and class, and finding a key by path.
 * A key is a cell offset until its record has been checked; every function here checks it again,
 * because handles are copied freely and a check costs less than remembering one.
 */
#include "hive_internal.h"

#include <string.h>

int hive_key_record(struct key k, struct span *out, struct err *err)
{
	if (hive_cell(k.hive, k.at, NK_SIZE, "nk", out, err))
		return -1;
	if (memcmp(out->p, "nk", 2) != 0)
		return err_set(err, E_CORRUPT, "nk cell at 0x%x: not a key, signature 0x%04x", k.at,
			       be16(*out, 0));
	if (!span_holds(*out, NK_SIZE, le16(*out, NK_NAME_LEN_AT)))
		return err_set(err, E_CORRUPT, "nk cell at 0x%x: name of %u bytes in a cell of %zu",
			       k.at, le16(*out, NK_NAME_LEN_AT), out->len + CELL_HEADER);
	return 0;
}

struct hive_name hive_key_name(struct span nk)
{
	return (struct hive_name){
		.bytes = span_sub(nk, NK_SIZE, le16(nk, NK_NAME_LEN_AT)),
		.latin1 = le16(nk, NK_FLAGS_AT) & NK_LATIN1,
	};
}

int hive_find_child(struct key parent, const char *name, size_t len, struct key *out,
		    struct err *err)
{
	int found = hive_list_find(parent, name, len, out);
	if (found >= 0)
		return found ? 0 : err_set(err, E_NOTFOUND, "there is no key %.*s", (int)len, name);
	struct key_iter it = key_subkeys(parent);
	struct key sub;
	while (key_next(&it, &sub)) {
		struct span nk;
		if (hive_key_record(sub, &nk, NULL) == 0 &&
		    hive_name_is(hive_key_name(nk), name, len)) {
			*out = sub;
			return 0;
		}
	}
	if (it.err.code != E_OK)
		return err_pass(err, &it.err);
	return err_set(err, E_NOTFOUND, "there is no key %.*s", (int)len, name);
}

int key_find(struct key k, const char *path, struct key *out, struct err *err)
{
	const char *name = path;
	while (*name) {
		size_t len = strcspn(name, "\\");
		if (len > 0 && hive_find_child(k, name, len, &k, err))
			return err_at(err, "%s", path);
		name += len + (name[len] == '\\');
	}
	*out = k;
	return 0;
}

/* A number from the key's record; 0 when the record is damaged. */
static uint32_t field(struct key k, uint32_t at)
{
	struct span nk;
	return hive_key_record(k, &nk, NULL) ? 0 : le32(nk, at);
}

uint32_t key_subkey_count(struct key k)
{
	return field(k, NK_SUBKEYS_AT);
}

uint32_t key_value_count(struct key k)
{
	struct span nk;
	if (hive_key_record(k, &nk, NULL) || le16(nk, NK_FLAGS_AT) & NK_PREDEFINED)
		return 0;
	return le32(nk, NK_VALUES_AT);
}

char *key_name(struct key k, struct arena *arena)
{
	struct span nk;
	if (hive_key_record(k, &nk, NULL))
		return arena_strdup(arena, "");
	return hive_name_text(hive_key_name(nk), arena);
}

char *key_raw_name(struct key k, struct arena *arena)
{
	struct span nk;
	if (hive_key_record(k, &nk, NULL))
		return arena_strdup(arena, "");
	return hive_name_raw(hive_key_name(nk), arena);
}

bool key_plain_name(struct key k, char *out, size_t room)
{
	struct span nk;
	if (hive_key_record(k, &nk, NULL))
		return false;
	struct hive_name name = hive_key_name(nk);
	if (!name.latin1 || name.bytes.len >= room)
		return false;
	for (size_t i = 0; i < name.bytes.len; i++) {
		if (name.bytes.p[i] < ' ' || name.bytes.p[i] > '~')
			return false;
		out[i] = (char)name.bytes.p[i];
	}
	out[name.bytes.len] = '\0';
	return true;
}

bool key_is(struct key k, const char *name)
{
	struct span nk;
	return hive_key_record(k, &nk, NULL) == 0 &&
	       hive_name_is(hive_key_name(nk), name, strlen(name));
}

uint64_t key_written(struct key k)
{
	struct span nk;
	return hive_key_record(k, &nk, NULL) ? 0 : le64(nk, NK_TIME_AT);
}

uint64_t key_at(struct key k)
{
	return (uint64_t)HIVE_BASE + k.at + CELL_HEADER;
}

struct hive_range key_range(struct key k, enum key_part part)
{
	static const struct hive_range parts[] = {
		[KEY_RECORD] = {0, NK_SIZE},
		[KEY_TIME] = {NK_TIME_AT, 8},
		[KEY_SUBKEYS] = {NK_SUBKEYS_AT, 8}, /* stable ones, volatile ones */
		[KEY_VALUES] = {NK_VALUES_AT, 8},
	};
	return (struct hive_range){key_at(k) + parts[part].at, parts[part].len};
}
