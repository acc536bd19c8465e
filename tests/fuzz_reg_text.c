/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: read any bytes as a registry text, and write any bytes that open as a hive as one;
 * what was written must be read again.
 */
#include "stop7b/reg_text.h"

#include <stdlib.h>
#include <string.h>

#define WRITTEN_MAX (32u * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct written {
	uint8_t *p;
	size_t n, cap;
};

static int into_memory(void *ctx, struct span bytes, struct err *err)
{
	struct written *w = ctx;
	if (bytes.len > WRITTEN_MAX - w->n)
		return err_set(err, E_MEMORY, "enough");
	if (bytes.len > w->cap - w->n) {
		size_t cap = 2 * (w->cap + bytes.len);
		uint8_t *p = realloc(w->p, cap);
		if (!p)
			return err_set(err, E_MEMORY, "no memory");
		w->p = p;
		w->cap = cap;
	}
	memcpy(w->p + w->n, bytes.p, bytes.len);
	w->n += bytes.len;
	return 0;
}

static void check_changes(const struct reg_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		reg_text_strip_root(c[i].key);
		if (c[i].line == 0 || !c[i].name || c[i].data.len > REG_TEXT_DATA_MAX)
			abort();
	}
}

static void write_hive(const struct hive *h, struct arena *arena)
{
	struct written w = {0};
	struct reg_change *changes;
	size_t n;
	int left_out = reg_text_write(hive_root(h), "HKEY_LOCAL_MACHINE\\X", arena, into_memory, &w,
				      NULL);
	if (left_out >= 0) {
		if (reg_text_read((struct span){w.p, w.n}, arena, &changes, &n, NULL))
			abort();
		check_changes(changes, n);
	}
	free(w.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {data, size};
	struct reg_change *changes;
	struct hive h;
	size_t n;
	struct arena *arena = arena_new();
	if (!arena)
		return 0;
	if (reg_text_read(bytes, arena, &changes, &n, NULL) == 0)
		check_changes(changes, n);
	if (hive_open(&h, bytes, NULL) == 0)
		write_hive(&h, arena);
	arena_free(arena);
	return 0;
}
