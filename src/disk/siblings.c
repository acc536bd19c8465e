/* SPDX-License-Identifier: MIT */
/*
 * Is a disk the parent of another one? Only its children know, so the other files of its folder
 * are asked: each is identified from its first and last bytes and never opened as a disk. A child
 * in another folder is not found; that cannot be excluded by looking at files.
 *
 * A file that names this one is believed even when its identifier does not fit: a child of an
 * earlier state of this disk is broken already, and a person should hear of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "container.h"

#define SIBLINGS_MAX 4096 /* files of a folder that are looked at */

struct family {
	struct arena *arena;
	const struct container *container;
	struct identity self;
	const char *folder;
	const char *name; /* of the image in its folder */
	struct stat st;   /* of the image */
};

static bool wants(const struct family *fam, const struct chain_want *want, struct arena *scratch)
{
	for (size_t i = 0; i < CHAIN_IDS_MAX; i++)
		if (want->ids[i][0] && strcmp(want->ids[i], fam->self.id) == 0)
			return true;
	return chain_names_file(want, fam->name, scratch);
}

/* Other files than regular ones are not even opened: a device may do something. */
static bool is_other_file(const struct family *fam, int folder, const char *name)
{
	struct stat st;
	return fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_dev != fam->st.st_dev || st.st_ino != fam->st.st_ino);
}

static bool names_us(const struct family *fam, const char *path, struct arena *scratch)
{
	struct identity is = {0};
	struct image_file *f = image_file_open(path, NULL);
	bool child = f && image_probe(f) == fam->container &&
		     fam->container->identify(f, scratch, &is, NULL) == 0 && is.has_parent &&
		     wants(fam, &is.want, scratch);
	image_file_close(f);
	return child;
}

/* What one file says is forgotten before the next one is asked. */
static bool is_child(const struct family *fam, int folder, const char *name)
{
	if (!is_other_file(fam, folder, name))
		return false;
	struct arena *scratch = arena_new();
	const char *path = scratch ? arena_printf(scratch, "%s/%s", fam->folder, name) : NULL;
	bool child = path && names_us(fam, path, scratch);
	arena_free(scratch);
	return child;
}

static int search(const struct family *fam, DIR *d, struct arena *arena, const char **child,
		  struct err *err)
{
	const struct dirent *e;
	for (unsigned n = 0; (e = readdir(d)); n++) {
		if (n == SIBLINGS_MAX)
			return err_set(err, E_UNSUPPORTED,
				       "more than %u files lie beside the image; whether one of "
				       "them is its child was not found out",
				       SIBLINGS_MAX);
		if (!is_child(fam, dirfd(d), e->d_name))
			continue;
		*child = text_utf8(arena, e->d_name);
		return *child ? 1 : err_set(err, E_MEMORY, "no memory for a file name");
	}
	return 0;
}

static int search_folder(const struct family *fam, struct arena *arena, const char **child,
			 struct err *err)
{
	DIR *d = opendir(fam->folder);
	if (!d)
		return err_set(err, E_OPEN, "cannot look for children in %s: %s", fam->folder,
			       strerror(errno));
	int rc = search(fam, d, arena, child, err);
	closedir(d);
	return rc;
}

/* 1 when the image can have children; 0 when its format has none. */
static int identify_self(struct family *fam, const char *path, struct err *err)
{
	struct image_file *f = image_file_open(path, err);
	if (!f)
		return -1;
	fam->container = image_probe(f);
	bool able = fam->container && fam->container->identify;
	int rc = able ? fam->container->identify(f, fam->arena, &fam->self, err) : 0;
	image_file_close(f);
	return rc < 0 ? -1 : able;
}

/* The folder is that of the file itself, not of a link to it: names there are relative to it. */
static int place_self(struct family *fam, const char *path, struct err *err)
{
	char *real = realpath(path, NULL);
	if (!real || stat(real, &fam->st) < 0) {
		free(real);
		return err_set(err, E_OPEN, "cannot find the folder of the image: %s",
			       strerror(errno));
	}
	fam->folder = chain_folder(real, fam->arena);
	fam->name = arena_strdup(fam->arena, strrchr(real, '/') + 1);
	free(real);
	return fam->folder && fam->name ? 0 : err_set(err, E_MEMORY, "no memory for a path");
}

int image_has_children(const char *path, struct arena *arena, const char **child, struct err *err)
{
	struct family fam = {.arena = arena_new()};
	*child = NULL;
	if (!fam.arena)
		return err_set(err, E_MEMORY, "no memory to look for children");
	int rc = identify_self(&fam, path, err);
	if (rc > 0)
		rc = place_self(&fam, path, err);
	if (rc == 0 && fam.folder)
		rc = search_folder(&fam, arena, child, err);
	arena_free(fam.arena);
	return rc;
}
