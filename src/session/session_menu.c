/* SPDX-License-Identifier: MIT */
/*
 * Reads the host's store and asks bcd_match.c which entries are this disk's. The disk is known by
 * its path on the host, by the name of the image file, and by the identifiers of its own
 * partitions, for entries that start them directly.
 */
#include "stop7b/session_menu.h"

#include "session_internal.h"
#include "stop7b/store.h"

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

static void describe_disk(const struct session *s, struct bcd_match_request *out)
{
	const struct partition_table *t = &s->table;
	out->table = t->scheme == SCHEME_GPT   ? BCD_TABLE_GPT
		     : t->scheme == SCHEME_MBR ? BCD_TABLE_MBR
					       : BCD_TABLE_RAW;
	if (t->scheme == SCHEME_GPT)
		take_guid(t->disk_id, out->disk);
	else if (t->scheme == SCHEME_MBR && t->disk_id)
		out->signature = (uint32_t)strtoul(t->disk_id, NULL, 16);
}

static int describe_partitions(const struct session *s, struct arena *arena,
			       struct bcd_match_request *out, struct err *err)
{
	struct bcd_partition_id *ids = arena_array(arena, s->table.n, sizeof(*ids), err);
	if (!ids)
		return -1;
	for (size_t i = 0; i < s->table.n; i++) {
		ids[i].offset = s->table.items[i].start;
		take_guid(s->table.items[i].id, ids[i].guid);
	}
	out->partitions = ids;
	out->n_partitions = s->table.n;
	return 0;
}

bool menu_is_safe(const struct bcd_match *m)
{
	return m->certain && !m->forbidden && !m->is_last_loader && m->how != BCD_MATCH_NONE;
}

int session_menu_read(struct session *s, const struct menu_request *request, struct arena *arena,
		      struct menu *out, struct err *err)
{
	struct bcd_match_request match = {
		.vhd = request->vhd,
		.image = request->image,
		.listed = request->listed,
		.files = request->files,
		.n_files = request->n_files,
	};
	const struct image_options *options = s ? &s->options.image : NULL;
	*out = (struct menu){0};
	if (session_store_read(request->store, options, arena, &out->store, &out->name, err) < 0)
		return -1;
	if (s)
		describe_disk(s, &match);
	if ((s && describe_partitions(s, arena, &match, err) < 0) ||
	    bcd_match(&out->store, &match, arena, &out->matches, err) < 0)
		return -1;
	out->chosen = arena_array(arena, out->matches.n, sizeof(*out->chosen), err);
	if (!out->chosen)
		return -1;
	for (size_t i = 0; i < out->matches.n; i++)
		out->chosen[i] = out->store.whole && menu_is_safe(&out->matches.items[i]);
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
