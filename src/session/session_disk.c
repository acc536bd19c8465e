/* SPDX-License-Identifier: MIT */
/*
 * What the judge may see of the disk below a Windows: a view's table, boot stores and bytes, and
 * which files are there. What they mean for a target is the judge's part.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

struct seen {
	struct session *s;
	struct image *image;
};

static int read_disk(void *ctx, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct seen *seen = ctx;
	return image_read(seen->image, off, buf, len, err);
}

static int id_taken(void *ctx, const char *disk_id)
{
	const struct seen *seen = ctx;
	const char *name;
	return image_same_id(seen->s->path, disk_id, seen->s->scratch, &name, NULL);
}

static int file_exists(void *ctx, const struct partition *p, const char *path)
{
	const struct seen *seen = ctx;
	struct err err = {0};
	struct session_file *f = session_file_open(seen->s, p->number, path, &err);
	session_file_close(f);
	return f ? 1 : err.code == E_NOTFOUND ? 0 : -1;
}

static int read_file(void *ctx, const struct partition *p, const char *path, size_t limit,
		     struct arena *arena, struct span *out, struct err *err)
{
	const struct seen *seen = ctx;
	return session_file_bytes(seen->s, p->number, path, limit, arena, out, err);
}

/* The host's store that the user named; one that cannot be read is kept with its error. */
static int read_host_store(struct session *s, struct err *err)
{
	struct boot_store *store;
	if (s->host || !s->options.host_store)
		return 0;
	store = arena_alloc(s->arena, sizeof(*store), err);
	if (!store)
		return -1;
	if (session_store_read(s->options.host_store, &s->options.image, s->arena, &store->store,
			       &store->path, &store->error) < 0 &&
	    store->error.code == E_MEMORY)
		return err_pass(err, &store->error);
	s->host = store;
	return 0;
}

/* The sound copy of what is damaged in the image file, when it is known which. */
static int read_copy(struct session *s, struct arena *arena, struct bootpath_request *out,
		     struct err *err)
{
	const struct image_info *info = image_info(s->image);
	uint8_t *p = info->mend_len ? arena_alloc(arena, info->mend_len, err) : NULL;
	if (info->mend_len == 0)
		return 0;
	if (!p)
		return -1;
	if (image_read_file(s->image, info->mend_from, p, info->mend_len, NULL) < 0)
		return 0;
	out->copy = (struct span){p, info->mend_len};
	out->copy_to = info->mend_to;
	out->damage = info->no_writes;
	return 0;
}

int session_disk(struct session *s, const struct windows *w, const struct disk_view *view,
		 struct arena *arena, struct bootpath_request *out, struct err *err)
{
	const struct image_info *info = image_info(s->image);
	struct seen *seen = arena_alloc(arena, sizeof(*seen), err);
	if (!seen || read_host_store(s, err) < 0)
		return -1;
	*seen = (struct seen){s, view->image};
	*out = (struct bootpath_request){
		.table = &view->table,
		.install = &w->install,
		.stores = view->stores,
		.n_stores = view->n_stores,
		.host_stores = s->host,
		.n_host_stores = s->host != NULL,
		.vhd = s->options.host_path,
		.image = s->name,
		.vhdx = text_equal(info->format, "vhdx"),
		.disk_size = info->size,
		.grows = !text_equal(info->type, "fixed"),
		.sector_size = info->sector_size,
		.read = read_disk,
		.exists = file_exists,
		.read_file = read_file,
		.id_taken = id_taken,
		.ctx = seen,
	};
	return read_copy(s, arena, out, err);
}
