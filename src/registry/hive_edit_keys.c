/* SPDX-License-Identifier: MIT */
/*
 * Keys created and deleted.
 *
 * A new key shares its parent's security descriptor, as a key does that Windows creates without
 * one of its own. Deleting takes the whole subtree: values, lists, class names, and the uses of
 * security descriptors; one that is not used any more leaves the ring of descriptors and is
 * freed. Not touched are keys that mean something else than what they hold: predefined handles
 * and tombstones of layers, wherever in a subtree; symbolic links as the target of an edit.
 * Deleting a tree with a link in it deletes the link, never what it points at. Keys that Windows
 * would not delete (the root, flag "no delete") are refused too.
 *
 * A subtree is followed to HIVE_DEPTH_MAX and every key is freed as soon as it is left, so a list
 * that leads to the same key twice or in a circle ends in an error, not in a second visit.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Key node", "Key
 * security".
 */
#include "hive_edit_internal.h"

#include <string.h>

enum {
	SK_FLINK_AT = 4,
	SK_BLINK_AT = 8,
	SK_USES_AT = 12,
	SK_SIZE = 20,
};

#define COMPONENT_MAX 1024u /* bytes: 255 characters of UTF-8, and room for an escaped one */

int edit_check_key(struct key k, struct err *err)
{
	struct span nk;
	if (hive_key_record(k, &nk, err))
		return -1;
	uint16_t flags = le16(nk, NK_FLAGS_AT);
	if (flags & NK_SYMLINK)
		return err_set(err, E_UNSUPPORTED, "the key is a symbolic link");
	if (flags & NK_PREDEFINED)
		return err_set(err, E_UNSUPPORTED, "the key is a predefined handle");
	if (k.hive->flags & BASE_LAYERED && (u8(nk, NK_LAYERS_AT) & NK_LAYER_MASK) == NK_TOMBSTONE)
		return err_set(err, E_UNSUPPORTED, "the key is the tombstone of a layer");
	return 0;
}

/* ---- paths ---- */

/* Take the next name off *path. 1, 0 at its end, -1 when it is longer than any name. */
static int next_name(const char **path, char name[COMPONENT_MAX], struct err *err)
{
	*path += strspn(*path, "\\");
	size_t len = strcspn(*path, "\\");
	if (len == 0)
		return 0;
	if (len >= COMPONENT_MAX)
		return err_set(err, E_UNSUPPORTED, "a key name of %zu bytes", len);
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len;
	return 1;
}

/* ---- security descriptors ---- */

static int open_sk(const struct hive_edit *e, uint32_t at, struct span *out, struct err *err)
{
	if (hive_cell(&e->view, at, SK_SIZE, "sk", out, err))
		return -1;
	if (memcmp(out->p, "sk", 2) != 0)
		return err_set(err, E_CORRUPT, "sk cell at 0x%x: not a security descriptor", at);
	return 0;
}

/* One more key uses the descriptor; HIVE_NONE stands for none. */
static int use_sk(struct hive_edit *e, uint32_t at, struct err *err)
{
	struct span sk;
	if (at == HIVE_NONE)
		return 0;
	if (open_sk(e, at, &sk, err))
		return -1;
	uint32_t uses = le32(sk, SK_USES_AT);
	if (uses == UINT32_MAX)
		return err_set(err, E_CORRUPT, "sk cell at 0x%x: used %u times", at, uses);
	edit_put32(e, record_off(at, SK_USES_AT), uses + 1);
	return 0;
}

static int unlink_sk(struct hive_edit *e, uint32_t at, struct span sk, struct err *err)
{
	uint32_t next = le32(sk, SK_FLINK_AT), before = le32(sk, SK_BLINK_AT);
	struct span sk_next, sk_before;
	if (open_sk(e, next, &sk_next, err) || open_sk(e, before, &sk_before, err))
		return -1;
	if (next == at || le32(sk_next, SK_BLINK_AT) != at || le32(sk_before, SK_FLINK_AT) != at)
		return err_set(err, E_CORRUPT, "sk cell at 0x%x: not in the ring of descriptors",
			       at);
	edit_put32(e, record_off(next, SK_BLINK_AT), before);
	edit_put32(e, record_off(before, SK_FLINK_AT), next);
	return cell_free(e, at, "sk", err);
}

static int drop_sk(struct hive_edit *e, uint32_t at, struct err *err)
{
	struct span sk;
	if (at == HIVE_NONE)
		return 0;
	if (open_sk(e, at, &sk, err))
		return -1;
	uint32_t uses = le32(sk, SK_USES_AT);
	if (uses == 0)
		return err_set(err, E_CORRUPT, "sk cell at 0x%x: used by a key, and counts 0", at);
	edit_put32(e, record_off(at, SK_USES_AT), uses - 1);
	return uses > 1 ? 0 : unlink_sk(e, at, sk, err);
}

/* ---- creating ---- */

static void put_record(struct hive_edit *e, uint32_t at, struct key parent, struct hive_name name,
		       uint64_t when)
{
	static const uint32_t none[] = {NK_LIST_AT, NK_VOLATILE_LIST_AT, NK_VALUE_LIST_AT,
					NK_CLASS_AT};
	edit_put(e, record_off(at, 0), (struct span){(const uint8_t *)"nk", 2});
	edit_put16(e, record_off(at, NK_FLAGS_AT), name.latin1 ? NK_LATIN1 : 0);
	edit_put64(e, record_off(at, NK_TIME_AT), when);
	edit_put32(e, record_off(at, NK_PARENT_AT), parent.at);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		edit_put32(e, record_off(at, none[i]), HIVE_NONE);
	edit_put32(e, record_off(at, NK_SK_AT),
		   le32(e->view.bytes, record_off(parent.at, NK_SK_AT)));
	edit_put16(e, record_off(at, NK_NAME_LEN_AT), (uint16_t)name.bytes.len);
	edit_put(e, record_off(at, NK_SIZE), name.bytes);
}

static int create_child(struct hive_edit *e, struct key parent, const char *text, uint64_t when,
			struct key *out, struct err *err)
{
	struct hive_name name;
	*out = (struct key){.hive = &e->view};
	if (edit_name_make(e, text, KEY_NAME_MAX, &name, err) || edit_name_check(e, name, err) ||
	    edit_check_key(parent, err) || cell_alloc(e, NK_SIZE + name.bytes.len, &out->at, err) ||
	    use_sk(e, le32(e->view.bytes, record_off(parent.at, NK_SK_AT)), err))
		return -1;
	put_record(e, out->at, parent, name, when);
	if (list_insert(e, parent, name, out->at, err))
		return -1;
	edit_bound_subkeys(e, parent);
	edit_bound_child(e, parent, *out);
	key_finder_added(&e->finder, parent, *out);
	edit_put64(e, record_off(parent.at, NK_TIME_AT), when);
	return 0;
}

int edit_create_key(struct hive_edit *e, const char *path, uint64_t when, struct err *err)
{
	char name[COMPONENT_MAX];
	struct key k = hive_root(&e->view), child;
	int more, created = 0;
	for (unsigned depth = 1; (more = next_name(&path, name, err)) > 0; depth++) {
		struct err absent = {0};
		if (depth >= HIVE_DEPTH_MAX)
			return err_set(err, E_UNSUPPORTED, "keys more than %u deep",
				       HIVE_DEPTH_MAX);
		if (created || key_finder_find(&e->finder, k, name, &child, &absent)) {
			if (!created && absent.code != E_NOTFOUND)
				return err_pass(err, &absent);
			if (create_child(e, k, name, when, &child, err))
				return -1;
			created = 1;
		}
		k = child;
	}
	return more < 0 ? -1 : created;
}

/* ---- deleting ---- */

static int check_deletable(struct key k, struct err *err)
{
	struct span nk;
	struct err why = {0};
	if (hive_key_record(k, &nk, err))
		return -1;
	uint16_t flags = le16(nk, NK_FLAGS_AT);
	if (k.at == k.hive->root || flags & NK_NO_DELETE)
		return err_set(err, E_UNSUPPORTED, "nk cell at 0x%x: the key may not be deleted",
			       k.at);
	if (!(flags & NK_SYMLINK) && edit_check_key(k, &why))
		return err_set(err, why.code, "nk cell at 0x%x: %s", k.at, ERR_ARG(&why));
	return 0;
}

/* Free what the record of k names, and then its cell. */
static int free_key(struct hive_edit *e, struct key k, struct err *err)
{
	struct span nk;
	if (hive_key_record(k, &nk, err))
		return -1;
	key_finder_deleted(&e->finder, k);
	uint32_t class = le32(nk, NK_CLASS_AT), sk = le32(nk, NK_SK_AT);
	bool has_class = class != HIVE_NONE && le16(nk, NK_CLASS_LEN_AT) > 0;
	if (edit_free_values(e, k, err) || list_free(e, k, err) ||
	    (has_class && cell_free(e, class, "class name", err)) || drop_sk(e, sk, err))
		return -1;
	return cell_free(e, k.at, "nk", err);
}

/* Recursion is bounded by HIVE_DEPTH_MAX. */
static int free_tree(struct hive_edit *e, struct key k, unsigned depth, struct err *err)
{
	if (depth > HIVE_DEPTH_MAX)
		return err_set(err, E_CORRUPT, "nk cell at 0x%x: more than %u keys deep", k.at,
			       HIVE_DEPTH_MAX);
	if (check_deletable(k, err))
		return -1;
	struct key_iter it = key_subkeys(k);
	struct key sub;
	while (key_next(&it, &sub))
		if (free_tree(e, sub, depth + 1, err))
			return -1;
	if (it.err.code != E_OK)
		return err_pass(err, &it.err);
	return free_key(e, k, err);
}

static int delete_child(struct hive_edit *e, struct key parent, struct key k, uint64_t when,
			struct err *err)
{
	if (edit_check_key(k, err) || edit_check_key(parent, err) ||
	    list_remove(e, parent, k.at, err))
		return -1;
	key_finder_gone(&e->finder, parent.at, k);
	if (free_tree(e, k, 0, err))
		return -1;
	if (key_subkey_count(parent) == 0) {
		edit_put16(e, record_off(parent.at, NK_LARGEST_NAME_AT), 0);
		edit_put32(e, record_off(parent.at, NK_LARGEST_CLASS_AT), 0);
	}
	edit_bound_subkeys(e, parent);
	edit_put64(e, record_off(parent.at, NK_TIME_AT), when);
	return 0;
}

int edit_delete_key(struct hive_edit *e, const char *path, uint64_t when, struct err *err)
{
	char name[COMPONENT_MAX];
	struct key k = hive_root(&e->view), parent = k;
	int more;
	while ((more = next_name(&path, name, err)) > 0) {
		parent = k;
		if (key_finder_find(&e->finder, k, name, &k, err))
			return -1;
	}
	if (more < 0)
		return -1;
	if (k.at == e->view.root)
		return err_set(err, E_UNSUPPORTED, "the root key cannot be deleted");
	return delete_child(e, parent, k, when, err);
}
