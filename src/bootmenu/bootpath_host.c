/* SPDX-License-Identifier: MIT */
/*
 * Native boot: the entry for this virtual disk in the stores of its host, where some were given.
 * Which entry it is, bcd_match.c finds by the disk's path or, uncertain, by its file name. What
 * the host starts by default is the host's business and is not judged.
 */
#include "bootpath_internal.h"

#include "stop7b/bcd_match.h"

static int check_match(struct bootpath *b, const struct boot_store *store,
		       const struct bcd_match *match)
{
	struct judged j = {.b = b, .store = store, .object = match->object};
	if (!match->certain && match->how == BCD_MATCH_PATH &&
	    judged_add(&j, BOOTPATH_DEVICES_DIFFER, "device, osdevice", match->why,
		       "the same file of one volume") < 0)
		return -1;
	return judged_check_root(&j) < 0 ? -1 : judged_check_settings(&j);
}

/* How many entries are this disk's, or -1. */
static int check_matches(struct bootpath *b, const struct boot_store *store)
{
	const struct bcd_match_request request = {.vhd = b->q->vhd, .image = b->q->image};
	struct bcd_matches matches;
	int n = 0;
	if (bcd_match(&store->store, &request, b->arena, &matches, b->err) < 0)
		return -1;
	for (size_t i = 0; i < matches.n; i++) {
		const struct bcd_match *m = &matches.items[i];
		if (m->object->type != BCD_LOADER ||
		    (m->how != BCD_MATCH_PATH && m->how != BCD_MATCH_NAME))
			continue;
		n++;
		if (check_match(b, store, m) < 0)
			return -1;
	}
	return n;
}

static int add(struct bootpath *b, enum bootpath_rule rule, const char *store, const char *found,
	       const char *needed)
{
	return bootpath_add(b, rule,
			    (struct bootpath_fact){
				    .subject = "host's boot store",
				    .key = store,
				    .found = found,
				    .needed = needed,
			    });
}

static int check_whole(struct bootpath *b, const struct boot_store *store)
{
	const bool readable = store->error.code == E_OK;
	if (readable && store->store.whole)
		return 0;
	const char *why = readable ? store->store.problem
				   : arena_strdup(b->arena, store->error.text);
	return add(b, BOOTPATH_STORE_DAMAGED, store->path,
		   arena_printf(b->arena, "is damaged%s%s", why ? ": " : "", why ? why : ""),
		   "a whole boot store");
}

int bootpath_check_host(struct bootpath *b)
{
	const struct boot_store *stores = b->q->host_stores;
	const char *name = b->q->vhd ? b->q->vhd : b->q->image;
	int found = 0;
	for (size_t i = 0; i < b->q->n_host_stores; i++) {
		bool readable = stores[i].error.code == E_OK;
		if (check_whole(b, &stores[i]) < 0)
			return -1;
		int n = readable ? check_matches(b, &stores[i]) : 1; /* it may be in there */
		if (n < 0)
			return -1;
		found += n;
	}
	if (b->q->n_host_stores == 0 || found > 0 || !name)
		return 0;
	return add(b, BOOTPATH_NO_ENTRY, stores[0].path, "has no entry for this disk", name);
}
