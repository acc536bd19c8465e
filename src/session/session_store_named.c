/* SPDX-License-Identifier: MIT */
/*
 * A boot store that a user names: a file of this machine, or a file inside an image. It is a hive
 * and is read as such, logs included; nothing is written. Its bytes end up in the caller's memory,
 * and the session of an image is closed again.
 */
#include "session_internal.h"

#include "stop7b/session_store.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STORE_MAX (BCD_BINS_MAX + 4096u) /* bytes of bins and the base block */
#define LOG_MAX   (64u << 20)            /* bytes; real logs of stores are below 1 MiB */

/* ---- a store of this machine ---- */

static int read_open(int fd, size_t limit, struct arena *arena, struct span *out, struct err *err)
{
	off_t end = lseek(fd, 0, SEEK_END);
	if (end < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
	if ((uint64_t)end > limit)
		return err_set(err, E_UNSUPPORTED, "larger than %zu bytes", limit);
	uint8_t *p = arena_alloc(arena, (size_t)end, err);
	size_t len = 0;
	ssize_t got = 1;
	while (p && len < (size_t)end && got > 0) {
		got = read(fd, p + len, (size_t)end - len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else
			len += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
	*out = (struct span){p, len};
	return p ? 0 : -1;
}

static int read_here(const char *path, size_t limit, struct arena *arena, struct span *out,
		     struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, E_OPEN, "cannot be opened (%s)", strerror(errno));
	int rc = read_open(fd, limit, arena, out, err);
	close(fd);
	return rc;
}

/* A log that is not there is none; one that cannot be read leaves the store as it is. */
static int read_logs(const char *path, struct arena *arena, struct hive_log_input *in)
{
	static const char *const suffixes[HIVE_LOGS] = {".LOG1", ".LOG2", ".LOG"};
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		const char *log = arena_printf(arena, "%s%s", path, suffixes[i]);
		struct err err = {0};
		if (!log)
			return -1;
		if (access(log, F_OK) == 0 &&
		    read_here(log, LOG_MAX, arena, &in->logs[i], &err) < 0)
			return -1;
	}
	return 0;
}

static int bytes_here(const char *path, struct arena *arena, struct span *out, struct err *err)
{
	struct hive_log_input in = {.primary = {NULL, 0}};
	struct hive_recovery recovery;
	if (read_here(path, STORE_MAX, arena, &in.primary, err) < 0 ||
	    hive_recover(&in, arena, &recovery, err) < 0)
		return -1;
	if (recovery.was_dirty && read_logs(path, arena, &in) == 0 &&
	    hive_recover(&in, arena, &recovery, err) < 0)
		return -1;
	*out = recovery.bytes;
	return 0;
}

/* ---- a store inside an image ---- */

/* Where ":N:\PATH" begins, or NULL. */
static const char *inner_name(const char *name)
{
	for (const char *p = strchr(name, ':'); p; p = strchr(p + 1, ':')) {
		const char *end = p + 1;
		while (isdigit((unsigned char)*end))
			end++;
		if (p > name && end > p + 1 && *end == ':' && (end[1] == '\\' || end[1] == '/'))
			return p;
	}
	return NULL;
}

static int copy_hive(struct session *s, const char *inner, struct arena *arena, struct span *out,
		     struct err *err)
{
	const struct hive_file *f = session_hive(s, inner, err);
	if (!f)
		return -1;
	if (f->recovery.bytes.len > STORE_MAX)
		return err_set(err, E_UNSUPPORTED, "larger than %u bytes", STORE_MAX);
	*out = (struct span){arena_copy(arena, f->recovery.bytes.p, f->recovery.bytes.len),
			     f->recovery.bytes.len};
	return out->p ? 0 : err_set(err, E_MEMORY, "no memory for a boot store");
}

static int bytes_in_image(const char *name, const char *inner, const struct image_options *options,
			  struct arena *arena, struct span *out, struct err *err)
{
	struct session_options session = {.read_only = true};
	char *image = arena_copy(arena, name, (size_t)(inner - name) + 1);
	if (!image)
		return err_set(err, E_MEMORY, "no memory for a boot store");
	image[inner - name] = '\0';
	if (options)
		session.image = *options;
	struct session *s = session_open(image, &session, NULL, NULL, err);
	int rc = -1;
	if (s && s->interrupted)
		err_set(err, E_INTERRUPTED,
			"an earlier apply was interrupted; recover this image first");
	else if (s)
		rc = copy_hive(s, inner + 1, arena, out, err);
	if (s && rc < 0)
		err_at(err, "%s", s->name);
	session_close(s);
	return rc;
}

int session_store_read(const char *name, const struct image_options *options, struct arena *arena,
		       struct bcd_store *out, const char **shown_name, struct err *err)
{
	const char *inner = inner_name(name);
	struct span bytes = {0};
	struct hive hive;
	*shown_name = text_utf8(arena, name);
	if (!*shown_name)
		return err_set(err, E_MEMORY, "no memory for a boot store");
	if (inner && bytes_in_image(name, inner, options, arena, &bytes, err) < 0)
		return -1;
	if ((!inner && bytes_here(name, arena, &bytes, err) < 0) ||
	    hive_open(&hive, bytes, err) < 0 || bcd_read(&hive, arena, out, err) < 0)
		return err_at(err, "%s", *shown_name);
	return 0;
}
