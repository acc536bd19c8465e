/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: open any bytes as a hive and read everything in it through the public interface.
 */
#include "stop7b/hive_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct budget {
	uint64_t keys, values, bytes;
};

static void read_value(struct value v, struct budget *left)
{
	struct arena *arena = arena_new();
	struct span data;
	char *text, **texts;
	size_t n;
	uint32_t number;
	if (!arena)
		return;
	value_name(v, arena);
	value_is(v, "Start");
	value_data_at(v);
	if (value_data(v, arena, &data, NULL) == 0)
		left->bytes -= data.len < left->bytes ? data.len : left->bytes;
	value_u32(v, &number, NULL);
	value_text(v, arena, &text, NULL);
	value_texts(v, arena, &texts, &n, NULL);
	arena_free(arena);
}

static void read_names(struct key k)
{
	struct arena *arena = arena_new();
	if (!arena)
		return;
	key_name(k, arena);
	key_is(k, "Services");
	key_written(k);
	arena_free(arena);
}

static void read_key(struct key k, unsigned depth, struct budget *left)
{
	struct value_iter values = key_values(k);
	struct key_iter subkeys = key_subkeys(k);
	struct value v;
	struct key sub;
	read_names(k);
	for (; left->values > 0 && left->bytes > 0 && value_next(&values, &v); left->values--)
		read_value(v, left);
	while (depth < HIVE_DEPTH_MAX && left->keys > 0 && key_next(&subkeys, &sub)) {
		left->keys--;
		read_key(sub, depth + 1, left);
	}
}

static void edit(const struct hive *h)
{
	static const uint8_t zero[4];
	struct hive_edit *e = hive_edit_open(h, NULL);
	if (!e)
		return;
	hive_edit_set(e, "ControlSet001\\Services\\msahci", "Start", REG_DWORD,
		      (struct span){zero, sizeof(zero)}, 1, NULL);
	hive_edit_finish(e, 2);
	hive_edit_close(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hive h;
	struct key k;
	if (hive_open(&h, (struct span){data, size}, NULL))
		return 0;
	struct budget left = {hive_keys_max(&h), hive_values_max(&h), h.bins_size};
	read_key(hive_root(&h), 0, &left);
	key_find(hive_root(&h), "ControlSet001\\Services\\storahci\\StartOverride", &k, NULL);
	edit(&h);
	return 0;
}
