/* SPDX-License-Identifier: MIT */
/*
 * A disk as the judge shall see it below a Windows: as it is, as it would be with what is staged, or
 * as another reader finds it after a write. The three differ in the partition table, the boot stores
 * and the bytes; which files are there is the same in all of them, because no repair moves one.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

static const struct partition *numbered(const struct partition_table *t, unsigned number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].number == number)
			return &t->items[i];
	return NULL;
}

int view_as_it_is(struct session *s, struct disk_view *out, struct err *err)
{
	*out = (struct disk_view){.image = s->image, .table = s->table};
	return session_stores(s, &out->stores, &out->n_stores, err);
}

/* The session's stores, for another table. Those whose partition it does not have are left out. */
static int copy_stores(struct session *s, struct arena *arena, struct disk_view *v, struct err *err)
{
	struct boot_store *all;
	size_t n;
	if (session_stores(s, &all, &n, err) < 0)
		return -1;
	v->n_stores = 0;
	v->stores = arena_array(arena, n, sizeof(*v->stores), err);
	for (size_t i = 0; v->stores && i < n; i++) {
		const struct partition *p = numbered(&v->table, all[i].partition->number);
		v->stores[v->n_stores] = all[i];
		v->stores[v->n_stores].partition = p;
		v->n_stores += p != NULL;
	}
	return v->stores ? 0 : -1;
}

static const char *store_name(const struct boot_store *store, struct arena *arena)
{
	return arena_printf(arena, "%u:%s", store->partition->number, store->path);
}

static int read_again(struct boot_store *store, const struct hive *h, struct arena *arena,
		      struct err *err)
{
	struct err why = {0};
	store->error = (struct err){0};
	if (bcd_read(h, arena, &store->store, &why) == 0)
		return 0;
	if (why.code == E_MEMORY)
		return err_pass(err, &why);
	store->error = why;
	return 0;
}

/* ---- as it would be ---- */

bool view_differs(struct session *s)
{
	struct boot_store *stores;
	size_t n;
	bool differs = s->edited_image != NULL;
	if (session_stores(s, &stores, &n, NULL) < 0)
		return differs;
	for (size_t i = 0; i < n; i++) {
		const char *name = store_name(&stores[i], s->scratch);
		const struct hive_file *f = name ? session_hive(s, name, NULL) : NULL;
		differs |= f && f->edit;
	}
	return differs;
}

int view_as_it_would_be(struct session *s, struct arena *arena, struct disk_view *out,
			struct err *err)
{
	if (!view_differs(s))
		return view_as_it_is(s, out, err);
	*out = (struct disk_view){.image = s->image, .table = s->table};
	if (s->edited_image) {
		out->image = s->edited_image;
		if (partition_list(out->image, arena, &out->table, err) < 0)
			return -1;
	}
	if (copy_stores(s, arena, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n_stores; i++) {
		const char *name = store_name(&out->stores[i], arena);
		const struct hive_file *f = name ? session_hive(s, name, NULL) : NULL;
		if (f && f->edit &&
		    read_again(&out->stores[i], session_hive_view(f), arena, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- as another reader finds it ---- */

static int read_store(struct session *s, struct image *img, struct boot_store *store,
		      struct arena *arena, struct err *err)
{
	struct hive h;
	struct hive_recovery recovery;
	const char *name = store_name(store, arena);
	struct hive_file *f = name ? session_hive(s, name, NULL) : NULL;
	struct span is;
	if (!f)
		return 0; /* unreadable before, and still */
	if (image_file_bytes(img, store->partition, store->path, arena, &is, err) < 0 ||
	    hive_file_recover(s, f, is, arena, &recovery, err) < 0 ||
	    hive_open(&h, recovery.bytes, err) < 0)
		return err_at(err, "%s", name);
	return read_again(store, &h, arena, err);
}

int view_of_reader(struct session *s, struct image *img, struct arena *arena, struct disk_view *out,
		   struct err *err)
{
	*out = (struct disk_view){.image = img};
	if (partition_list(img, arena, &out->table, err) < 0 || copy_stores(s, arena, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n_stores; i++)
		if (read_store(s, img, &out->stores[i], arena, err) < 0)
			return -1;
	return 0;
}
