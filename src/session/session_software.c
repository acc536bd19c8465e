/* SPDX-License-Identifier: MIT */
/*
 * The SOFTWARE hive of a Windows, of which a few keys are asked for. It is the largest file of the
 * registry, so it is read as it is walked: 4096 bytes at a time, into memory that the system gives
 * only where it is touched. A hive that is not there, or damaged, says nothing.
 */
#include "session_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE         4096u
#define SOFTWARE_MAX (2048ull * 1024 * 1024) /* bytes; real ones: 30 to 300 MB */

struct software {
	struct hive hive;
	struct ntfs_file *file;
	uint8_t *bytes;
	bool *have; /* one for each page */
	uint64_t size;
};

/* The pages of [off, off+len) that are not there yet, neighbours at once. */
static int fetch(void *context, uint64_t off, uint64_t len, struct err *err)
{
	struct software *s = context;
	if (len == 0 || off >= s->size || len > s->size - off)
		return err_set(err, E_CORRUPT, "%llu bytes at 0x%llx are not inside the hive",
			       (unsigned long long)len, (unsigned long long)off);
	uint64_t page = off / PAGE, end = (off + len - 1) / PAGE + 1;
	while (page < end) {
		uint64_t first = page, to;
		while (page < end && !s->have[page])
			s->have[page++] = true;
		to = page * PAGE < s->size ? page * PAGE : s->size;
		if (page > first &&
		    ntfs_file_read_once(s->file, first * PAGE, s->bytes + first * PAGE,
					(size_t)(to - first * PAGE), err) < 0)
			return -1;
		while (page < end && s->have[page])
			page++;
	}
	return 0;
}

static void software_close(struct software *s)
{
	ntfs_file_close(s->file);
	free(s->bytes);
	free(s->have);
}

/* False when it cannot be read; nothing is left open then. */
static bool software_open(struct software *s, const struct windows *w)
{
	const char *system = w->place.hive_path, *slash = strrchr(system, '\\');
	char path[512];
	*s = (struct software){0};
	if (!slash || (size_t)(slash - system) > sizeof(path) - 16)
		return false;
	snprintf(path, sizeof(path), "%.*s\\SOFTWARE", (int)(slash - system), system);
	s->file = ntfs_file_open(w->volume, path, NULL);
	s->size = s->file ? ntfs_file_size(s->file) : 0;
	if (s->size > 0 && s->size <= SOFTWARE_MAX) {
		s->bytes = calloc(1, (size_t)s->size);
		s->have = calloc((size_t)(s->size / PAGE + 1), sizeof(*s->have));
	}
	if (s->bytes && s->have &&
	    hive_open_sparse(&s->hive, (struct span){s->bytes, (size_t)s->size}, fetch, s, NULL) ==
		    0)
		return true;
	software_close(s);
	return false;
}

int session_read_policy(struct session *s, struct windows *w, struct err *err)
{
	struct software software;
	if (!software_open(&software, w))
		return 0;
	int rc = install_read_policy(&software.hive, s->arena, &w->install, err);
	software_close(&software);
	return rc;
}

const char *session_edition(struct session *s, const struct install *install)
{
	const char *edition = NULL;
	struct software software;
	for (size_t i = 0; i < s->n_windows; i++) {
		const struct windows *w = &s->windows[i];
		if (&w->install != install || !software_open(&software, w))
			continue;
		install_read_edition(&software.hive, s->arena, &edition, NULL);
		software_close(&software);
	}
	return edition;
}
