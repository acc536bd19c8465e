/* SPDX-License-Identifier: MIT */
/*
 * Has another disk of the folder this identifier? Two disks with one signature or GUID in one machine
 * make Windows write a new one into either of them, so a disk is not given one that is in use beside
 * it. Every regular file of the folder that is a disk image is asked for its partition table alone.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "chain.h"
#include "stop7b/partition.h"

#define FILES_MAX 1024 /* of a folder that are looked at */

struct folder {
	const char *path;
	struct stat self;
	const char *disk_id;
};

static bool is_other_file(const struct folder *f, int fd, const char *name)
{
	struct stat st;
	return fstatat(fd, name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_dev != f->self.st_dev || st.st_ino != f->self.st_ino);
}

static bool has_id(const struct folder *f, const char *name, struct arena *scratch)
{
	struct partition_table table;
	const char *path = arena_printf(scratch, "%s/%s", f->path, name);
	struct image *img = path ? image_open(path, NULL, NULL) : NULL;
	bool has = img && partition_list(img, scratch, &table, NULL) == 0 && table.disk_id &&
		   text_equal(table.disk_id, f->disk_id);
	image_close(img);
	return has;
}

static int search(const struct folder *f, DIR *d, struct arena *arena, const char **name,
		  struct err *err)
{
	const struct dirent *e;
	for (unsigned n = 0; (e = readdir(d)); n++) {
		if (n == FILES_MAX)
			return err_set(err, E_UNSUPPORTED,
				       "more than %u files lie beside the image", FILES_MAX);
		struct arena *scratch = is_other_file(f, dirfd(d), e->d_name) ? arena_new() : NULL;
		bool has = scratch && has_id(f, e->d_name, scratch);
		arena_free(scratch);
		if (!has)
			continue;
		*name = text_utf8(arena, e->d_name);
		return *name ? 1 : no_memory(err);
	}
	return 0;
}

int image_same_id(const char *path, const char *disk_id, struct arena *arena, const char **name,
		  struct err *err)
{
	struct folder f = {.disk_id = disk_id};
	char *real = realpath(path, NULL);
	*name = NULL;
	bool there = real && stat(real, &f.self) == 0;
	f.path = there ? chain_folder(real, arena) : NULL;
	free(real);
	DIR *d = f.path ? opendir(f.path) : NULL;
	if (!d)
		return err_set(err, E_OPEN, "cannot look for other disks beside it: %s",
			       strerror(errno));
	int rc = search(&f, d, arena, name, err);
	closedir(d);
	return rc;
}
