/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an archive of driver packages: its .inf files are handed over, then read
 * again by their names. No path may lead out of the archive.
 */
#include "src/windows/package_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAMES_MAX 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct taken {
	struct arena *arena;
	struct package_file files[NAMES_MAX];
	size_t n;
};

static int take(void *ctx, const char *path, struct span bytes, struct err *err)
{
	struct taken *t = ctx;
	(void)err;
	if (bytes.len > INF_BYTES_MAX || path[0] == '/' || strncmp(path, "../", 3) == 0 ||
	    strstr(path, "/../") || strlen(path) > PACKAGE_PATH_MAX)
		abort();
	if (t->n < NAMES_MAX)
		t->files[t->n++].path = arena_strdup(t->arena, path);
	return 0;
}

static int pass_over(void *ctx, const char *path, struct err *err)
{
	(void)ctx, (void)path, (void)err;
	return 0;
}

static int note(void *ctx, struct said words, struct err *err)
{
	(void)ctx, (void)err;
	if (!words.plain)
		abort();
	return 0;
}

static void read_archive(const char *path, struct arena *arena)
{
	struct taken t = {.arena = arena};
	struct package_source source = {.place = &package_archive, .name = "fuzz", .path = path};
	const struct package_reader to = {take, pass_over, note, &t};
	package_archive.infs(&source, &to, NULL);
	qsort(t.files, t.n, sizeof(t.files[0]), package_by_path);
	package_archive.read(&source, t.files, t.n, arena, NULL);
	for (size_t i = 0; i < t.n; i++)
		if (t.files[i].bytes.len > PACKAGE_DRIVER_MAX)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40];
	struct arena *arena = arena_new();
	int fd = memfd_create("archive", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (arena && fd >= 0 && write(fd, data, size) == (ssize_t)size)
		read_archive(path, arena);
	if (fd >= 0)
		close(fd);
	arena_free(arena);
	return 0;
}
