/* SPDX-License-Identifier: MIT */
/*
 * The boot path of the chosen Windows: hands the image's table, stores and files to bootpath.c,
 * and says which firmware the session's targets have. A target that comes with either kind asks
 * for nothing; targets that contradict each other ask for nothing, too.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

/* NULL for "portable" and "last". */
static const struct target *target_at(const struct session *s, size_t i)
{
	return catalogue_target(s->targets[i]);
}

static enum firmware firmware_at(const struct session *s, size_t i)
{
	const struct target *t = target_at(s, i);
	return t ? t->firmware : FIRMWARE_ANY;
}

static enum firmware common_firmware(const struct session *s)
{
	enum firmware all = s->n_targets ? firmware_at(s, 0) : FIRMWARE_ANY;
	for (size_t i = 1; i < s->n_targets; i++)
		if (firmware_at(s, i) != all)
			return FIRMWARE_ANY;
	return all;
}

/* A disk that must also start by itself is judged as such. */
static bool is_native(const struct session *s)
{
	size_t native = 0;
	for (size_t i = 0; i < s->n_targets; i++)
		native += target_at(s, i) && target_at(s, i)->native;
	return native > 0 && native == s->n_targets;
}

static bool goes_to_azure(const struct session *s)
{
	for (size_t i = 0; i < s->n_targets; i++)
		if (target_at(s, i) && target_at(s, i)->platform == PLATFORM_AZURE)
			return true;
	return false;
}

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

static struct bootpath_request request_of(struct session *s, const struct windows *w,
					  const struct boot_store *stores, size_t n)
{
	const struct image_info *info = image_info(s->image);
	return (struct bootpath_request){
		.table = &s->table,
		.install = &w->install,
		.stores = stores,
		.n_stores = n,
		.firmware = common_firmware(s),
		.native = is_native(s),
		.azure = goes_to_azure(s),
		.disk_size = info->size,
		.sector_size = info->sector_size,
		.read = read_disk,
		.exists = file_exists,
		.ctx = s,
	};
}

int session_bootpath(struct session *s, const struct windows *w, struct arena *arena,
		     struct bootpath_judgement *out, struct err *err)
{
	struct boot_store *stores;
	size_t n_stores;
	*out = (struct bootpath_judgement){.n = 0};
	w = w ? w : s->chosen;
	if (!w)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	if (session_stores(s, &stores, &n_stores, err) < 0)
		return -1;
	const struct bootpath_request request = request_of(s, w, stores, n_stores);
	return bootpath_judge(&request, arena, out, err);
}

void bootpath_refresh(struct session *s)
{
	arena_free(s->boot_arena);
	s->boot_arena = arena_new();
	if (!s->chosen || !s->boot_arena ||
	    session_bootpath(s, NULL, s->boot_arena, &s->boot, NULL) < 0)
		s->boot = (struct bootpath_judgement){
			.step = {REHEARSAL_UNKNOWN, "not looked at", NULL}};
}
