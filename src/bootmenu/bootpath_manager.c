/* SPDX-License-Identifier: MIT */
/*
 * The boot manager's own object in a store: its device, its default and menu, and what is set for the
 * next start alone. What the entries themselves are is bootpath_entry.c's matter.
 *
 * A default for another Windows is a note; one that is no entry at all, or that nobody can find
 * because the object is gone, leaves nothing to start.
 */
#include "bootpath_internal.h"

static struct said entry_words(const struct judged *j, const char *guid)
{
	const struct bcd_object *o = bcd_object(&j->store->store, guid);
	const char *description = o ? judged_string(o, BCD_DESCRIPTION) : NULL;
	return said_make(j->b->arena, "%s: its default is %s (%s)", judged_name(j), guid,
			 description ? description
				     : said_word(o ? N_("no description") : N_("no such entry"),
						 j->b->arena));
}

static int check_default(struct judged *j, const struct bcd_object *chosen)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_DEFAULT);
	if (!e || e->problem || bcd_names(e, chosen->guid))
		return 0;
	struct bootpath_fact fact = {
		.value = "default",
		.found = e->n > 0 ? entry_words(j, e->guids[0])
				  : said_make(j->b->arena, "%s: its default is empty",
					      judged_name(j)),
		.needed = said_as_is(chosen->guid),
	};
	struct mending m = mend_begin(j->b, j->store);
	mend_default(&m, chosen->guid);
	return mend_done(&m, N_("the default"), &fact) < 0 ? -1
							   : judged_fact(j, BOOTPATH_DEFAULT, fact);
}

/* The default is there, and is settings, or the boot manager itself. */
static const char *idle_default(const struct judged *j)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_DEFAULT);
	const char *guid = e && !e->problem && e->n > 0 ? e->guids[0] : NULL;
	const struct bcd_object *o = guid ? bcd_object(&j->store->store, guid) : NULL;
	return o && !bootpath_can_start(o) ? guid : NULL;
}

/* Neither the default nor the menu names an entry that is there, or the default starts nothing. */
static int check_start(struct judged *j, const struct bcd_object *chosen)
{
	const char *idle = idle_default(j);
	const bool starts = bootpath_starts(&j->store->store) != NULL;
	struct bootpath_fact fact = {
		.value = "default",
		.found = idle ? entry_words(j, idle)
			      : said_make(j->b->arena,
					  "%s names no entry that is there, neither as default nor "
					  "in its menu",
					  judged_name(j)),
		.needed = said_as_is(chosen->guid),
	};
	if (starts && !idle)
		return check_default(j, chosen);
	struct mending m = mend_begin(j->b, j->store);
	mend_default(&m, chosen->guid);
	if (!starts)
		mend_menu(&m, chosen->guid);
	return mend_done(&m, N_("the default"), &fact) < 0
		       ? -1
		       : judged_fact(j, BOOTPATH_NOTHING_STARTS, fact);
}

static int check_sequence(struct judged *j)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_BOOT_SEQUENCE);
	if (!e || e->n == 0)
		return 0;
	return judged_add(j, BOOTPATH_SEQUENCE, "bootsequence",
			  said_make(j->b->arena, "%s: its next start is set once, to %s",
				    judged_name(j), e->text),
			  said_of("not set"));
}

static int add_manager_device(struct judged *j)
{
	const struct bcd_element *device = bcd_element(j->object, BCD_DEVICE);
	const struct partition *p = j->store->partition;
	struct bootpath_fact fact = {
		.value = "device",
		.found =
			device ? said_make(
					 j->b->arena,
					 "%s: its device is %s, and the store lies on partition %u",
					 judged_name(j), device->text, p->number)
			       : said_make(j->b->arena, "%s has no device", judged_name(j)),
		.needed = judged_identifiers(j->b, p),
	};
	struct mending m = mend_begin(j->b, j->store);
	if (!bootpath_has_no_signature(j->b))
		mend_device_anew(&m, j->object, BCD_DEVICE, p);
	return mend_done(&m, N_("name this disk"), &fact) < 0
		       ? -1
		       : judged_fact(j, BOOTPATH_MANAGER_ENTRY, fact);
}

/* Its default and its menu are gone with it. */
static int no_manager(struct judged *j, const struct bcd_object *chosen)
{
	static const struct bcd_object absent = {.guid = BCD_MANAGER_GUID};
	const char *path = j->store->path;
	j->object = &absent;
	return judged_fact(
		j, chosen ? BOOTPATH_NOTHING_STARTS : BOOTPATH_MANAGER_ENTRY,
		(struct bootpath_fact){
			.found = said_make(j->b->arena, "%s is not in the store", judged_name(j)),
			.needed = said_as_is("{bootmgr}"),
			.cure = said_make(
				j->b->arena,
				"Make it anew, with S: for the partition of the store: "
				"bcdedit /store S:%s /create {bootmgr}, then with the same "
				"/store /set {bootmgr} device partition=S:, /displayorder "
				"%s /addlast, /default %s.",
				path, chosen ? chosen->guid : "{id}",
				chosen ? chosen->guid : "{id}"),
		});
}

int bootpath_check_manager(struct bootpath *b, const struct boot_store *store,
			   const struct bcd_object *chosen)
{
	struct judged j = judged_entry(b, store, bcd_object(&store->store, BCD_MANAGER_GUID));
	if (!j.object)
		return no_manager(&j, chosen);
	if (judged_named(&j, BCD_DEVICE, store->partition).names != NAMES_HERE &&
	    add_manager_device(&j) < 0)
		return -1;
	if (chosen && check_start(&j, chosen) < 0)
		return -1;
	return check_sequence(&j);
}
