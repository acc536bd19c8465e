/* SPDX-License-Identifier: MIT */
/*
 * What the parts of test_install.c share: a scratch directory, hives written as text, and the
 * model read from them.
 */
#ifndef INSTALL_TEST_H
#define INSTALL_TEST_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "stop7b/diagnose.h"

#define PATH     512
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct bench {
	char dir[PATH];
	struct arena *arena;
	uint8_t *bytes;
	struct image *img;
	struct ntfs *vol;
	struct hive hive;
	struct install inst;
	struct diagnose_request request; /* what a test adds to the question; targets are set */
};

/* ---- scratch, other programs, files ---- */

static int setup(void **state)
{
	const char *base = getenv("TMPDIR");
	struct bench *b = calloc(1, sizeof(*b));
	snprintf(b->dir, sizeof(b->dir), "%s/install-test-XXXXXX", base && *base ? base : "/tmp");
	b->arena = arena_new();
	*state = b;
	return mkdtemp(b->dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct bench *b = *state;
	ntfs_close(b->vol);
	image_close(b->img);
	free(b->bytes);
	arena_free(b->arena);
	nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(b);
	return 0;
}

static __attribute__((format(printf, 2, 3))) int run(struct bench *b, const char *fmt, ...)
{
	char command[2048], whole[4096];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	snprintf(whole, sizeof(whole), "cd '%s' && { %s; } >/dev/null 2>&1 </dev/null", b->dir,
		 command);
	return system(whole);
}

static void write_text(struct bench *b, const char *name, const char *text)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct span slurp(struct bench *b, const char *name)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	size_t len = (size_t)ftell(f);
	rewind(f);
	free(b->bytes);
	b->bytes = malloc(len + 1);
	assert_int_equal(fread(b->bytes, 1, len, f), len);
	fclose(f);
	return (struct span){b->bytes, len};
}

static const char *fixture_bin(void)
{
	const char *bin = getenv("FIXTURE_BIN");
	if (!bin || !*bin)
		skip();
	return bin;
}

static int read_model(struct bench *b, const char *file, struct err *err)
{
	struct span bytes = slurp(b, file);
	assert_int_equal(hive_open(&b->hive, bytes, err), 0);
	return install_read(&b->hive, b->arena, &b->inst, err);
}

/* The model of a hive written as text. */
static __attribute__((unused)) int model_of(struct bench *b, const char *text, struct err *err)
{
	const char *bin = fixture_bin();
	char whole[8192];
	snprintf(whole, sizeof(whole), "Windows Registry Editor Version 5.00\n\n%s", text);
	write_text(b, "t.reg", whole);
	assert_int_equal(run(b, "'%s/mkhive' t.reg h", bin), 0);
	return read_model(b, "h", err);
}

#define SELECT "[Select]\n\"Current\"=dword:1\n\"Default\"=dword:1\n\"Failed\"=dword:0\n\n"
#define DRIVER(set, name, start)                                                                   \
	"[ControlSet" set "\\Services\\" name "]\n\"Start\"=dword:" start "\n\"Type\"=dword:1\n\n"

/* A new NTFS volume, filled by an ntfsfill script. */
/* A small driver file, for scripts of open_volume(). */
static __attribute__((unused)) void write_driver(struct bench *b, const char *name,
						 const char *machine)
{
	assert_int_equal(
		run(b, "'%s/mkpe' %s --machine %s --size 5120", fixture_bin(), name, machine), 0);
}

static __attribute__((unused)) void open_volume(struct bench *b, const char *script)
{
	const char *bin = fixture_bin();
	struct err err = {0};
	write_text(b, "script", script);
	assert_int_equal(run(b,
			     "truncate -s 8M v && PATH=$PATH:/usr/sbin:/sbin mkntfs -F -q -Q v "
			     "&& '%s/ntfsfill' v script",
			     bin),
			 0);
	struct span bytes = slurp(b, "v");
	b->img = image_open_memory(bytes.p, bytes.len, 512, &err);
	assert_non_null(b->img);
	b->vol = ntfs_open(b->img, 0, bytes.len, &err);
	if (!b->vol)
		fail_msg("%s", err.text);
}

static __attribute__((unused)) const struct service *service_of(struct bench *b, unsigned set,
								const char *name)
{
	const struct service *s = set_service(install_set(&b->inst, set), name);
	if (!s)
		fail_msg("no service %s in set %u", name, set);
	return s;
}

/* The entry of a hardware id in the device database that counts for set; NULL when none. */
static __attribute__((unused)) const struct binding *binding_at(const struct install *inst,
								const struct control_set *set,
								const char *id)
{
	size_t n;
	const struct binding *all = install_bindings(inst, set, &n);
	for (size_t i = 0; i < n; i++) {
		if (text_equal(all[i].id, id))
			return &all[i];
	}
	return NULL;
}

static __attribute__((unused)) bool noted(const struct install *inst, const char *words)
{
	for (size_t i = 0; i < inst->n_notes; i++) {
		if (strstr(inst->notes[i].plain, words))
			return true;
	}
	return false;
}

#endif
