/* SPDX-License-Identifier: MIT */
/*
 * Asks bcd_match.c which entries of the host's store are this disk's. The disk is known by
 * its path on the host, by the name of the image file, and by the identifiers of its own
 * partitions, for entries that start them directly.
 */
#include "stop7b/menu.h"

#include <stdlib.h>

/* "{...}" or "..." as a GUID without braces in lower case; "" for anything else. */
static void take_guid(const char *text, char out[GUID_TEXT])
{
	size_t n = 0;
	for (; text && *text && n + 1 < GUID_TEXT; text++)
		if (*text != '{' && *text != '}')
			out[n++] = (char)(*text >= 'A' && *text <= 'F' ? *text + 32 : *text);
	out[n] = '\0';
}

static void describe_disk(const struct partition_table *t, struct bcd_match_request *out)
{
	out->table = t->scheme == SCHEME_GPT   ? BCD_TABLE_GPT
		     : t->scheme == SCHEME_MBR ? BCD_TABLE_MBR
					       : BCD_TABLE_RAW;
	if (t->scheme == SCHEME_GPT)
		take_guid(t->disk_id, out->disk);
	else if (t->scheme == SCHEME_MBR && t->disk_id)
		out->signature = (uint32_t)strtoul(t->disk_id, NULL, 16);
}

static int describe_partitions(const struct partition_table *t, struct arena *arena,
			       struct bcd_match_request *out, struct err *err)
{
	struct bcd_partition_id *ids = arena_array(arena, t->n, sizeof(*ids), err);
	if (!ids)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		ids[i].offset = t->items[i].start;
		take_guid(t->items[i].id, ids[i].guid);
	}
	out->partitions = ids;
	out->n_partitions = t->n;
	return 0;
}

bool menu_is_safe(const struct bcd_match *m)
{
	return m->certain && !m->forbidden && !m->is_last_loader && m->how != BCD_MATCH_NONE;
}

int menu_find(struct menu *menu, const struct menu_request *request, struct arena *arena,
	      struct err *err)
{
	struct bcd_match_request match = {
		.vhd = request->vhd,
		.image = request->image,
		.listed = request->listed,
		.files = request->files,
		.n_files = request->n_files,
	};
	if (request->table)
		describe_disk(request->table, &match);
	if ((request->table && describe_partitions(request->table, arena, &match, err) < 0) ||
	    bcd_match(&menu->store, &match, arena, &menu->matches, err) < 0)
		return -1;
	menu->chosen = arena_array(arena, menu->matches.n, sizeof(*menu->chosen), err);
	if (!menu->chosen)
		return -1;
	for (size_t i = 0; i < menu->matches.n; i++)
		menu->chosen[i] = menu->store.whole && menu_is_safe(&menu->matches.items[i]);
	return 0;
}

struct cleanup_plan_request menu_plan_request(const struct menu *menu,
					      const struct menu_request *request)
{
	return (struct cleanup_plan_request){
		.store = &menu->store,
		.store_name = menu->name,
		.matches = &menu->matches,
		.vhd = request->vhd,
		.image = request->image,
	};
}
