/* SPDX-License-Identifier: MIT */
/*
 * What the judge may see of the disk below a Windows: the image's table, its own boot stores, its
 * bytes and which files are there. What they mean for a target is the judge's part.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

static int read_disk(void *ctx, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct session *s = ctx;
	return image_read(s->image, off, buf, len, err);
}

static int file_exists(void *ctx, const struct partition *p, const char *path)
{
	struct err err = {0};
	struct session_file *f = session_file_open(ctx, p->number, path, &err);
	session_file_close(f);
	return f ? 1 : err.code == E_NOTFOUND ? 0 : -1;
}

static int read_file(void *ctx, const struct partition *p, const char *path, size_t limit,
		     struct arena *arena, struct span *out, struct err *err)
{
	return session_file_bytes(ctx, p->number, path, limit, arena, out, err);
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

int session_disk(struct session *s, const struct windows *w, struct bootpath_request *out,
		 struct err *err)
{
	const struct image_info *info = image_info(s->image);
	struct boot_store *stores;
	size_t n_stores;
	if (session_stores(s, &stores, &n_stores, err) < 0 || read_host_store(s, err) < 0)
		return -1;
	*out = (struct bootpath_request){
		.table = &s->table,
		.install = &w->install,
		.stores = stores,
		.n_stores = n_stores,
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
		.edition = session_edition,
		.ctx = s,
	};
	return 0;
}
