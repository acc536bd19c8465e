/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: edit any bytes that open as a hive. The last 64 bytes of the input, whatever else
 * they are, are a program of 16 edits: kind, key, name, length. A failed edit must change
 * nothing; a hive that the whole-hive check finds sound must stay so, and give back what was set.
 */
#include "stop7b/hive_check.h"
#include "stop7b/hive_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS     16u
#define STEP_SIZE 4u
#define DEPTH     4u
#define DATA_MAX  40000u
#define PATH_MAX_ 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	struct hive_edit *e;
	uint8_t *before; /* bytes in front of the edit that runs */
	struct hive_report report;
	bool sound;
};

struct step {
	uint8_t kind, key, name, length;
};

/* Some key's path: every second bit of `which` says how many subkeys to pass over. */
static void choose_key(const struct hive *h, uint8_t which, char path[PATH_MAX_])
{
	struct arena *arena = arena_new();
	struct key k = hive_root(h), sub;
	size_t len = 0;
	path[0] = '\0';
	for (unsigned depth = 0; arena && depth < DEPTH; depth++, which >>= 2) {
		struct key_iter it = key_subkeys(k);
		unsigned skip = which & 3;
		bool more;
		while ((more = key_next(&it, &sub)) && skip-- > 0)
			;
		char *name = more ? key_name(sub, arena) : NULL;
		if (!name || len + strlen(name) + 2 > PATH_MAX_ - 64)
			break;
		len += (size_t)sprintf(path + len, "%s%s", depth ? "\\" : "", name);
		k = sub;
	}
	arena_free(arena);
}

static void check_set(const struct fuzz *f, const char *path, const char *name, struct span data)
{
	struct arena *arena = arena_new();
	struct key k;
	struct value v;
	struct span back;
	if (!arena || key_find(hive_root(hive_edit_view(f->e)), path, &k, NULL) ||
	    value_find(k, name, &v, NULL) || value_data(v, arena, &back, NULL) ||
	    back.len != data.len || (data.len > 0 && memcmp(back.p, data.p, data.len) != 0))
		abort();
	arena_free(arena);
}

static int run_step(struct fuzz *f, struct step s)
{
	static const uint8_t data[DATA_MAX] = {1, 2, 3};
	char path[PATH_MAX_], name[16];
	struct span d = {data, (size_t)s.length * s.length % DATA_MAX};
	choose_key(hive_edit_view(f->e), s.key, path);
	snprintf(name, sizeof(name), "%.*s%u", s.name & 1 ? 5 : 0, "Start", s.name >> 1 & 7);
	switch (s.kind % 5) {
	case 0:
		return hive_edit_delete_key(f->e, path, 1, NULL);
	case 1:
		return hive_edit_delete_value(f->e, path, s.name & 2 ? "Start" : name, 2, NULL);
	case 2:
		sprintf(path + strlen(path), "\\%s\\new%u", name, s.length % 8u);
		return hive_edit_create_key(f->e, path, 3, NULL);
	default:
		if (hive_edit_set(f->e, path, name, s.kind % 12, d, 4, NULL))
			return -1;
		if (f->sound)
			check_set(f, path, name, d);
		return 0;
	}
}

static void check_step(struct fuzz *f, struct step s)
{
	const struct hive *view = hive_edit_view(f->e);
	uint32_t bins = view->bins_size;
	memcpy(f->before, view->bytes.p, view->bytes.len);
	if (run_step(f, s) < 0 &&
	    (bins != view->bins_size || memcmp(f->before, view->bytes.p, view->bytes.len) != 0))
		abort();
}

static void check_end(struct fuzz *f, struct arena *arena)
{
	struct hive_report now;
	struct err err = {0};
	hive_edit_finish(f->e, 5);
	if (!f->sound || hive_check(hive_edit_view(f->e), arena, &now, NULL))
		return;
	if (hive_check_no_worse(&f->report, &now, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hive h;
	struct fuzz f = {0};
	if (hive_open(&h, (struct span){data, size}, NULL))
		return 0;
	struct arena *arena = arena_new();
	f.before = malloc(size);
	f.e = hive_edit_open(&h, NULL);
	if (arena && f.before && f.e && hive_check(&h, arena, &f.report, NULL) == 0) {
		const uint8_t *program = data + size - STEPS * STEP_SIZE;
		f.sound = f.report.defects == 0;
		for (unsigned i = 0; i < STEPS; i++, program += STEP_SIZE)
			check_step(&f, (struct step){(uint8_t)(program[0] + i),
						     (uint8_t)(program[1] + 37 * i),
						     (uint8_t)(program[2] + 11 * i),
						     (uint8_t)(program[3] + 53 * i)});
		check_end(&f, arena);
	}
	hive_edit_close(f.e);
	free(f.before);
	arena_free(arena);
	return 0;
}
