/* SPDX-License-Identifier: MIT */
/*
 * Native boot: the entry for this virtual disk in the stores of its host, where some were given.
 * Which entry it is, bcd_match.c finds by the disk's path or, uncertain, by its file name. What
 * the host starts by default is the host's business and is not judged.
 */
#include "bootpath_internal.h"

#include <string.h>

#include "stop7b/bcd_match.h"

static bool ends_in_efi(const char *path)
{
	size_t n = strlen(path);
	return n > 4 && text_equal(path + n - 4, ".efi");
}

/* The loader inside the virtual disk, on whatever partition; and whether the host can run it. */
static int check_loader(struct judged *j)
{
	const struct partition_table *t = j->b->q->table;
	const char *path = judged_string(j->object, BCD_PATH);
	bool there = false;
	for (size_t i = 0; path && i < t->n; i++)
		there |= bootpath_exists(j->b, &t->items[i], path) != 0;
	if (!there)
		return judged_add(j, BOOTPATH_LOADER_MISSING, "path",
				  path ? said_make(j->b->arena,
						   "%s: its loader %s is missing on this disk",
						   judged_name(j), path)
				       : judged_no_path(j),
				  path ? said_as_is(path) : said_of("a path to winload"));
	if (!ends_in_efi(path) || !text_equal(j->b->q->install->architecture, "x86"))
		return 0;
	return judged_fact(j, BOOTPATH_LOADER_KIND,
			   (struct bootpath_fact){
				   .value = "path",
				   .found = said_make(j->b->arena,
						      "%s: its loader is %s, so the host has "
						      "UEFI, and this Windows is 32-bit",
						      judged_name(j), path),
				   .needed = said_of("a 64-bit Windows on a host with UEFI"),
				   .doubtful = true, /* a few machines have a 32-bit UEFI */
			   });
}

static int check_match(struct bootpath *b, const struct boot_store *store,
		       const struct bcd_match *match)
{
	struct judged j = {.b = b, .store = store, .object = match->object};
	if (!match->certain && match->how == BCD_MATCH_PATH &&
	    judged_add(
		    &j, BOOTPATH_DEVICES_DIFFER, "device, osdevice",
		    said_make(b->arena, "%s: %s", judged_name(&j), said_word(match->why, b->arena)),
		    said_of("the same file of one volume")) < 0)
		return -1;
	return check_loader(&j) < 0 || judged_check_root(&j) < 0 ? -1 : judged_check_settings(&j);
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

static int add(struct bootpath *b, enum bootpath_rule rule, const char *store, struct said found,
	       struct said needed)
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
	b->doubtful = true; /* whatever else is said of entries: they may be in the lost part */
	const char *why = readable ? store->store.problem : ERR_ARG(&store->error);
	return add(b, BOOTPATH_STORE_DAMAGED, store->path,
		   why ? said_make(b->arena, "the host's boot store is damaged: %s", why)
		       : said_of("the host's boot store is damaged"),
		   said_of("a whole boot store"));
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
	return add(b, BOOTPATH_NO_ENTRY, stores[0].path,
		   said_of("the host's boot store has no entry for this disk"), said_as_is(name));
}
