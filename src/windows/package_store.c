/* SPDX-License-Identifier: MIT */
/*
 * Packages in the DriverStore of a Windows: System32\DriverStore\FileRepository, one folder a
 * package, named after its .inf, its processor and a hash. Packages of other processors are passed
 * over by that name. A driver file that the system has compressed could not be linked to, and
 * counts as unreadable.
 */
#include "package_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define STORE "\\System32\\DriverStore\\FileRepository"

int package_store_open(const struct install *inst, struct ntfs *volume, struct arena *arena,
		       struct package_source *out, struct err *err)
{
	*out = (struct package_source){.place = &package_store,
				       .origin = PACKAGE_IN_STORE,
				       .name = "",
				       .volume = volume,
				       .architecture = inf_architecture(inst->architecture)};
	out->path = arena_printf(arena, "%s" STORE, inst->root);
	return out->path ? 0 : no_memory(err);
}

/* The .inf of a folder "viostor.inf_amd64_neutral_0123": what is in front of '_'; NULL: not ours. */
static const char *inf_of_label(const struct package_source *source, const char *label,
				struct arena *arena)
{
	const char *end = strcasestr(label, ".inf_");
	size_t len = strlen(source->architecture ? source->architecture : "");
	if (!end || !len || strncasecmp(end + 5, source->architecture, len) != 0 ||
	    end[5 + len] != '_')
		return NULL;
	return arena_printf(arena, "%.*s", (int)(end + 4 - label), label);
}

static int read_file(struct package_source *source, struct ntfs_file *f, uint64_t limit,
		     struct arena *arena, struct span *out, struct err *err)
{
	struct ntfs_entry entry;
	if (ntfs_file_stat(f, arena, &entry, err) < 0)
		return -1;
	if (entry.directory || entry.packing != NTFS_NOT_PACKED)
		return err_set(err, E_UNSUPPORTED,
			       entry.directory ? N_("a folder") : N_("compressed by the system"));
	if (entry.size > limit)
		return err_set(err, E_UNSUPPORTED, "longer than %llu MiB",
			       (unsigned long long)limit >> 20);
	uint8_t *p = arena_alloc(arena, (size_t)entry.size, err);
	*out = (struct span){p, (size_t)entry.size};
	if (!p || (out->len && ntfs_file_read(f, 0, p, out->len, err) < 0))
		return -1;
	return package_hand(source, out->len, err);
}

/* The .inf of one package's folder. */
static int hand_inf(struct package_source *source, const struct package_reader *to,
		    struct ntfs_file *dir, const char *label, const char *inf, struct err *err)
{
	struct arena *one = arena_new();
	const char *path = one ? arena_printf(one, "%s/%s", label, inf) : NULL;
	struct span bytes = {0};
	struct err bad = {0};
	struct ntfs_file *folder = path ? ntfs_file_child(dir, label, &bad) : NULL;
	struct ntfs_file *f = folder ? ntfs_file_child(folder, inf, &bad) : NULL;
	int rc = path ? 0 : no_memory(err);
	if (f && read_file(source, f, INF_BYTES_MAX, one, &bytes, &bad) == 0)
		rc = to->take(to->ctx, path, bytes, err);
	else if (path && bad.code != E_NOTFOUND) /* a folder without its .inf is no package */
		rc = to->problem(to->ctx,
				 said_make(one, "%s: %s", text_utf8(one, path), ERR_ARG(&bad)),
				 err);
	ntfs_file_close(f);
	ntfs_file_close(folder);
	arena_free(one);
	return rc;
}

static int store_infs(struct package_source *source, const struct package_reader *to,
		      struct err *err)
{
	struct err bad = {0};
	struct ntfs_entry *entries = NULL;
	size_t n = 0, infs = 0;
	struct ntfs_file *dir = ntfs_file_open(source->volume, source->path, &bad);
	if (!dir)
		return bad.code == E_NOTFOUND ? 0 : err_pass(err, &bad);
	struct arena *arena = arena_new();
	int rc = arena ? ntfs_file_list(dir, arena, &entries, &n, err) : no_memory(err);
	for (size_t i = 0; rc == 0 && i < n && infs < PACKAGE_INF_MAX; i++) {
		const char *label = entries[i].raw_name;
		const char *inf = entries[i].directory ? inf_of_label(source, label, arena) : NULL;
		infs += inf != NULL;
		rc = inf ? hand_inf(source, to, dir, label, inf, err) : 0;
	}
	ntfs_file_close(dir);
	arena_free(arena);
	return rc;
}

static int read_wanted(struct package_source *source, struct package_file *file,
		       struct arena *arena, struct err *err)
{
	char *path = arena_printf(arena, "%s\\%s", source->path, file->path);
	if (!path)
		return no_memory(err);
	struct ntfs_file *f = ntfs_file_open(source->volume, path, err);
	int rc = f ? read_file(source, f, PACKAGE_DRIVER_MAX, arena, &file->bytes, err) : -1;
	ntfs_file_close(f);
	return rc;
}

static int store_read(struct package_source *source, struct package_file *files, size_t n,
		      struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct err bad = {0};
		int rc = read_wanted(source, &files[i], arena, &bad);
		files[i].found = rc == 0 || bad.code != E_NOTFOUND;
		if (bad.code == E_MEMORY)
			return err_pass(err, &bad);
		if (rc < 0) {
			files[i].bytes = (struct span){0};
			files[i].problem = said_make(arena, "%s", ERR_ARG(&bad));
		}
	}
	return 0;
}

const struct package_place package_store = {store_infs, store_read};
