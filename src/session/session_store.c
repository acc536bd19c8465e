/* SPDX-License-Identifier: MIT */
/*
 * The boot stores that lie on the image: looked for under the two paths where boot managers look, on
 * every volume that can be read, once in the life of a session. One that is there and cannot be
 * read is kept with its error: that is a finding, not a failure.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

#define STORE_PATHS 2u

static const struct {
	const char *path;
	bool efi;
} paths[STORE_PATHS] = {
	{"\\EFI\\Microsoft\\Boot\\BCD", true},
	{"\\Boot\\BCD", false},
};

/* Is there such a file? What cannot be opened for another reason is there. */
static bool is_there(struct session *s, unsigned partition, const char *path)
{
	struct err err = {0};
	struct session_file *f = session_file_open(s, partition, path, &err);
	session_file_close(f);
	return f || err.code != E_NOTFOUND;
}

static int read_own(struct session *s, struct boot_store *store, struct err *err)
{
	const char *name = arena_printf(s->arena, "%u:%s", store->partition->number, store->path);
	if (!name)
		return err_set(err, E_MEMORY, "no memory for a boot store");
	const struct hive_file *f = session_hive(s, name, &store->error);
	if (f && bcd_read(&f->hive, s->arena, &store->store, &store->error) < 0)
		err_at(&store->error, "%s", name);
	return store->error.code == E_MEMORY ? err_set(err, E_MEMORY, "%s", store->error.text) : 0;
}

static int read_stores_of(struct session *s, const struct volume *v, struct err *err)
{
	for (size_t i = 0; (v->ntfs || v->fat) && i < STORE_PATHS; i++) {
		if (!is_there(s, v->partition->number, paths[i].path))
			continue;
		struct boot_store *store = &s->stores[s->n_stores];
		*store = (struct boot_store){
			.partition = v->partition,
			.path = paths[i].path,
			.efi = paths[i].efi,
		};
		if (read_own(s, store, err) < 0)
			return -1;
		s->n_stores++;
	}
	return 0;
}

int session_stores(struct session *s, struct boot_store **out, size_t *n, struct err *err)
{
	if (!s->stores_read) {
		s->n_stores = 0;
		s->stores = arena_array(s->arena, s->table.n * STORE_PATHS, sizeof(*s->stores),
					err);
		if (!s->stores)
			return -1;
		for (size_t i = 0; s->volumes && i < s->table.n; i++)
			if (read_stores_of(s, &s->volumes[i], err) < 0)
				return -1;
		s->stores_read = true;
	}
	*out = s->stores;
	*n = s->n_stores;
	return 0;
}
