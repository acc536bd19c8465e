/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the NTFS module share: a scratch directory, other programs, volumes opened
 * from memory, and the checks on files that compare with bytes from elsewhere.
 */
#ifndef NTFS_TEST_H
#define NTFS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/fs/ntfs_internal.h"

#define PATH      512
#define UNUSED_OK __attribute__((unused))

static char *scratch; /* the directory of one test, also the current one */

/* ---- helpers ---- */

UNUSED_OK static int make_scratch(void **state)
{
	const char *base = getenv("TMPDIR");
	(void)state;
	scratch = malloc(PATH);
	snprintf(scratch, PATH, "%s/ntfs-test-XXXXXX", base && *base ? base : "/tmp");
	return mkdtemp(scratch) ? 0 : -1;
}

UNUSED_OK static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

UNUSED_OK static int remove_scratch(void **state)
{
	(void)state;
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(scratch);
	return 0;
}

/* Run a shell command inside the scratch directory; its exit status. */
UNUSED_OK static __attribute__((format(printf, 1, 2))) int run(const char *fmt, ...)
{
	char command[2048], whole[4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "cd '%s' && { %s; } >/dev/null 2>&1 </dev/null", scratch,
		 command);
	return system(whole);
}

UNUSED_OK static uint8_t *slurp(const char *name, size_t *len)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s%s%s", *name == '/' ? "" : scratch, *name == '/' ? "" : "/",
		 name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	*len = (size_t)ftell(f);
	rewind(f);
	uint8_t *p = malloc(*len + 1);
	assert_int_equal(fread(p, 1, *len, f), *len);
	fclose(f);
	return p;
}

UNUSED_OK static void spill(const char *name, const void *p, size_t len)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	fclose(f);
}

UNUSED_OK static uint8_t *pattern(size_t len)
{
	uint8_t *p = malloc(len + 1);
	uint32_t x = 0x12345678;
	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (uint8_t)(x >> 24);
	}
	return p;
}

struct volume {
	uint8_t *bytes;
	size_t len;
	struct image *img;
	struct ntfs *ntfs;
	struct arena *arena;
	struct err err;
};

/* The disk's sectors are as long as the volume's boot sector says: 512 or 4096. */
UNUSED_OK static void open_bytes(struct volume *v, uint8_t *bytes, size_t len)
{
	bool large = len > 512 && bytes[11] == 0 && bytes[12] == 0x10;
	*v = (struct volume){.bytes = bytes, .len = len, .arena = arena_new()};
	v->img = image_open_memory(bytes, len, large ? 4096 : 512, &v->err);
	assert_non_null(v->img);
	v->ntfs = ntfs_open(v->img, 0, len, &v->err);
}

UNUSED_OK static void open_volume(struct volume *v, const char *name)
{
	size_t len = 0;
	uint8_t *bytes = slurp(name, &len);
	assert_non_null(bytes);
	open_bytes(v, bytes, len);
	if (!v->ntfs)
		fail_msg("%s: %s", name, v->err.text);
}

UNUSED_OK static void close_volume(struct volume *v)
{
	ntfs_close(v->ntfs);
	image_close(v->img);
	arena_free(v->arena);
	free(v->bytes);
}

UNUSED_OK static void reopen(struct volume *v)
{
	ntfs_close(v->ntfs);
	image_close(v->img);
	v->err = (struct err){0};
	v->img = image_open_memory(v->bytes, v->len, 512, &v->err);
	v->ntfs = ntfs_open(v->img, 0, v->len, &v->err);
}

UNUSED_OK static struct ntfs_file *open_file(struct volume *v, const char *path)
{
	struct err err = {0};
	struct ntfs_file *f = ntfs_file_open(v->ntfs, path, &err);
	if (!f)
		fail_msg("%s: %s", path, err.text);
	return f;
}

UNUSED_OK static void expect_content(struct volume *v, const char *path, const uint8_t *want,
				     size_t len)
{
	struct ntfs_file *f = open_file(v, path);
	uint8_t *got = malloc(len + 1);
	struct err err = {0};
	assert_int_equal(ntfs_file_size(f), len);
	if (ntfs_file_read(f, 0, got, len, &err) != 0)
		fail_msg("%s", err.text);
	assert_memory_equal(got, want, len);
	size_t at = len / 3;
	assert_int_equal(ntfs_file_read(f, at, got, len - at, &err), 0);
	assert_memory_equal(got, want + at, len - at);
	assert_int_equal(ntfs_file_read(f, len, got, 1, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	for (size_t most = 1; most <= len && most <= 1u << 20; most *= 8) {
		size_t n;
		assert_int_equal(ntfs_file_head(f, got, most, &n, NULL), 0);
		assert_int_equal(n, most);
		assert_memory_equal(got, want, n);
	}
	free(got);
	ntfs_file_close(f);
}

/* Every byte of the file is where ntfs_file_map() says. Returns the number of runs. */
UNUSED_OK static size_t expect_mapped(struct volume *v, const char *path, const uint8_t *want,
				      size_t len)
{
	struct ntfs_file *f = open_file(v, path);
	struct err err = {0};
	uint64_t at, run;
	size_t runs = 0;
	assert_int_equal(ntfs_file_in_place(f, len, &err), 0);
	for (size_t off = 0; off < len; off += (size_t)run, runs++) {
		if (ntfs_file_map(f, off, len - off, &at, &run, &err) != 0)
			fail_msg("%s", err.text);
		assert_true(run > 0 && run <= len - off && at + run <= v->len);
		assert_memory_equal(v->bytes + at, want + off, run);
	}
	assert_int_equal(ntfs_file_map(f, 1, 1, &at, &run, &err), 0);
	assert_int_equal(run, 1);
	assert_int_equal(v->bytes[at], want[1]);
	assert_int_equal(ntfs_file_map(f, len, 1, &at, &run, &err), -1);
	ntfs_file_close(f);
	return runs;
}

UNUSED_OK static void expect_refused(struct volume *v, const char *path, uint64_t len,
				     const char *reason)
{
	struct ntfs_file *f = open_file(v, path);
	struct err err = {0};
	uint64_t at, run;
	assert_int_equal(ntfs_file_in_place(f, len, &err), -1);
	assert_int_equal(err.code, E_MAP);
	if (!strstr(err.text, reason))
		fail_msg("%s: not \"%s\": %s", path, reason, err.text);
	if (len && len <= ntfs_file_size(f))
		assert_int_equal(ntfs_file_map(f, len - 1, 1, &at, &run, NULL), -1);
	ntfs_file_close(f);
}

UNUSED_OK static struct ntfs_entry *list(struct volume *v, const char *path, size_t *n)
{
	struct ntfs_file *f = open_file(v, path);
	struct ntfs_entry *entries;
	struct err err = {0};
	if (ntfs_file_list(f, v->arena, &entries, n, &err) != 0)
		fail_msg("%s: %s", path, err.text);
	ntfs_file_close(f);
	return entries;
}

UNUSED_OK static const struct ntfs_entry *entry_named(const struct ntfs_entry *e, size_t n,
						      const char *name)
{
	const struct ntfs_entry *found = NULL;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(e[i].name, name) != 0)
			continue;
		assert_null(found); /* once */
		found = &e[i];
	}
	return found;
}

UNUSED_OK static const char *data_dir(void)
{
	static char path[PATH];
	const char *src = getenv("S7B_SRC"), *data = getenv("S7B_DATA");
	if (data)
		return data;
	snprintf(path, sizeof(path), "%s/../shared/data", src ? src : ".");
	return path;
}

/* Unpack a real volume to "real.img"; skips the test when it is not there. */
UNUSED_OK static void real_volume(struct volume *v, const char *name)
{
	char path[2 * PATH], whole[PATH_MAX];
	snprintf(path, sizeof(path), "%s/ntfs/%s.xz", data_dir(), name);
	if (!realpath(path, whole))
		skip();
	assert_int_equal(run("xz -dc '%s' > real.img", whole), 0);
	open_volume(v, "real.img");
}

UNUSED_OK static void fill(const char *image, const char *size, const char *options,
			   const char *script)
{
	const char *bin = getenv("FIXTURE_BIN");
	char whole[PATH_MAX];
	if (!bin || !realpath(bin, whole))
		skip();
	spill("script", script, strlen(script));
	assert_int_equal(
		run("truncate -s %s %s && mkntfs -F -Q -q %s %s && '%s'/ntfsfill %s script", size,
		    image, options, image, whole, image),
		0);
}

#endif
