/* SPDX-License-Identifier: MIT */
/*
 * The SOFTWARE hive of a Windows, of which a few keys are asked for. It is the largest file of the
 * registry, so it is read as it is walked (session_pieces.h). A hive that is not there, or damaged, says
 * nothing.
 */
#include "session_internal.h"
#include "session_pieces.h"

#include <stdio.h>
#include <string.h>

#define SOFTWARE_MAX (2048ull * 1024 * 1024) /* bytes; real ones: 30 to 300 MB */

struct software {
	struct hive hive;
	struct ntfs_file *file;
	struct pieces *pieces;
};

static void software_close(struct software *s)
{
	ntfs_file_close(s->file);
	pieces_close(s->pieces);
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
	uint64_t size = s->file ? ntfs_file_size(s->file) : 0;
	if (size > 0 && size <= SOFTWARE_MAX)
		s->pieces = pieces_open(s->file, size, NULL);
	if (s->pieces) {
		const struct hive_source source = pieces_source(s->pieces);
		if (hive_open_sparse(&s->hive, pieces_span(s->pieces), &source, NULL) == 0)
			return true;
	}
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
