/* SPDX-License-Identifier: MIT */
/*
 * One entry of the plan: what hangs on it, what to warn of, the commands in their order.
 *
 * `/delete ... /cleanup` takes the entry out of the display order and deletes a resume object that
 * no other loader names. What it leaves is done before it (default, one-time boot sequence, tools
 * menu) or only reported (recovery, device options and inherited objects).
 */
#include "cleanup_internal.h"

#include <stdio.h>
#include <string.h>

#define RELATED_MAX  8
#define WARNINGS_MAX 16
#define COMMANDS_MAX 8

/* ---- what hangs on it ---- */

static void relate(struct cleanup_block *b, const char *guid, const char *what, const char *fate)
{
	if (b->n_related < RELATED_MAX)
		b->related[b->n_related++] = (struct cleanup_related){
			.guid = guid, .what = what, .fate = fate};
}

/* In its text, or as the options of a device? */
static bool refers(const struct bcd_element *e, const char *guid)
{
	char options[GUID_TEXT + 2];
	snprintf(options, sizeof(options), "{%s}", e->device ? e->device->options : "");
	return bcd_names(e, guid) || text_casecmp(options, guid) == 0;
}

/* Does an object other than `except` name guid in any element? doomed ones do not count. */
static const struct bcd_object *named_by(const struct planner *p, const char *guid,
					 const struct bcd_object *except, uint32_t id)
{
	for (size_t i = 0; i < p->store->n; i++) {
		const struct bcd_object *o = &p->store->objects[i];
		if (o == except || planner_is_doomed(p, o))
			continue;
		for (size_t k = 0; k < o->n; k++) {
			if ((id == 0 || o->elements[k].id == id) && refers(&o->elements[k], guid))
				return o;
		}
	}
	return NULL;
}

static const struct bcd_object *named(const struct planner *p, const struct bcd_object *o,
				      uint32_t id)
{
	const struct bcd_element *e = bcd_element(o, id);
	const struct bcd_object *other = e && e->guids && e->n > 0
						 ? bcd_object(p->store, e->guids[0])
						 : NULL;
	return other && bcd_is_guid(other->guid) ? other : NULL;
}

static bool is_related(const struct cleanup_block *b, const char *guid)
{
	for (size_t i = 0; i < b->n_related; i++)
		if (strcmp(b->related[i].guid, guid) == 0)
			return true;
	return false;
}

/* The objects that hold more about the devices of one that goes, or that nobody needs any more. */
static void relate_options(const struct planner *p, const struct bcd_object *o, const char *what,
			   struct cleanup_block *b)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct bcd_device *d = o->elements[i].device;
		const char *guid = d && *d->options ? arena_printf(p->arena, "{%s}", d->options)
						    : NULL;
		if (!guid || bcd_is_reserved(guid) || is_related(b, guid))
			continue;
		relate(b, guid, what,
		       named_by(p, guid, o, 0) ? "stays: others use it"
					       : "no longer referenced; not deleted");
	}
}

static void relate_resume(const struct planner *p, const struct bcd_object *o,
			  struct cleanup_block *b)
{
	const struct bcd_object *resume = named(p, o, BCD_RESUME_OBJECT);
	if (o->type != BCD_LOADER || !resume)
		return;
	const struct bcd_object *user = named_by(p, resume->guid, o, BCD_RESUME_OBJECT);
	bool stays = (user && user->type == BCD_LOADER) || bcd_is_reserved(resume->guid);
	relate(b, resume->guid, "its resume object",
	       stays ? "stays: another entry uses it" : "goes with it (/cleanup)");
	if (!stays)
		relate_options(p, resume, "the device options of its resume object", b);
	if (bcd_names(bcd_element(planner_manager(p), BCD_MANAGER_RESUME), resume->guid))
		relate(b, resume->guid, "named by the boot manager as resumeobject",
		       "the boot manager's own element stays as it is");
}

static void relate_recovery(const struct planner *p, const struct bcd_object *o,
			    struct cleanup_block *b)
{
	const struct bcd_object *recovery = named(p, o, BCD_RECOVERY_SEQUENCE);
	if (!recovery || recovery == o)
		return;
	bool used = named_by(p, recovery->guid, o, 0) != NULL;
	relate(b, recovery->guid, "its recovery entry",
	       used ? "stays: others use it" : "no longer referenced; not deleted");
	if (!used)
		relate_options(p, recovery, "the ramdisk options of its recovery entry", b);
}

static void relate_inherited(const struct planner *p, const struct bcd_object *o,
			     struct cleanup_block *b)
{
	const struct bcd_element *e = bcd_element(o, BCD_INHERITED);
	for (size_t i = 0; e && e->guids && i < e->n; i++) {
		if (bcd_is_reserved(e->guids[i]) || !bcd_is_guid(e->guids[i]))
			continue;
		relate(b, e->guids[i], "settings it inherits",
		       named_by(p, e->guids[i], o, 0) ? "stays: others use it"
						      : "no longer referenced; not deleted");
	}
}

/* ---- warnings ---- */

static void warn(struct cleanup_block *b, const char *text)
{
	if (b->n_warnings < WARNINGS_MAX)
		b->warnings[b->n_warnings++] = text;
}

static bool in_menu(const struct planner *p, const struct bcd_object *o, uint32_t id)
{
	return bcd_names(bcd_element(planner_manager(p), id), o->guid);
}

static bool in_firmware(const struct planner *p, const struct bcd_object *o)
{
	for (size_t i = 0; i < p->store->n; i++) {
		const struct bcd_object *f = &p->store->objects[i];
		if (f->type == BCD_FIRMWARE_MANAGER &&
		    bcd_names(bcd_element(f, BCD_DISPLAY_ORDER), o->guid))
			return true;
	}
	return false;
}

/* An object that stays and will then name an entry that is gone. */
static const struct bcd_object *left_behind(const struct planner *p, const struct bcd_object *o)
{
	for (size_t i = 0; i < p->store->n; i++) {
		const struct bcd_object *other = &p->store->objects[i];
		if (other == o || other->type == BCD_BOOT_MANAGER ||
		    other->type == BCD_FIRMWARE_MANAGER || planner_is_doomed(p, other))
			continue;
		for (size_t k = 0; k < other->n; k++) {
			if (bcd_names(&other->elements[k], o->guid))
				return other;
		}
	}
	return NULL;
}

static void add_warnings(const struct planner *p, const struct bcd_object *o,
			 struct cleanup_block *b)
{
	const struct bcd_object *other = left_behind(p, o);
	const struct {
		bool is;
		const char *text;
	} rules[] = {
		{b->by_hand && !b->certain,
		 "Chosen by hand: it is not certain that it is this disk."},
		{b->was_default, "It is the default entry: another one becomes the default first."},
		{in_menu(p, o, BCD_BOOT_SEQUENCE), "It was to be started once at the next boot."},
		{in_menu(p, o, BCD_TOOLS_ORDER), "It is in the tools menu."},
		{in_firmware(p, o), "The firmware's boot order names it; that is not touched."},
		{o->problem != NULL, "Something in it was not understood."},
		{o->type == BCD_LOADER && !bcd_is_ordinary_loader(p->store, o),
		 "It does not start an installed Windows (ramdisk or recovery)."},
		{!p->request->store_on_host && o->type == BCD_LOADER,
		 "If it is the Windows that is running, the plan stops on the host."},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].is)
			warn(b, rules[i].text);
	}
	if (other)
		warn(b, arena_printf(p->arena, "%s names it and will name nothing.",
				     bcd_is_guid(other->guid) ? other->guid : "Another object"));
}

/* ---- commands ---- */

static struct cleanup_command *command(struct cleanup_block *b, const char *verb, const char *id,
				       const char *option, const char *why)
{
	struct cleanup_command *c = &b->commands[b->n_commands++];
	*c = (struct cleanup_command){.words = {verb, id, option}, .n = option ? 3 : 2, .why = why};
	return c;
}

static void add_commands(const struct planner *p, const struct bcd_object *o,
			 struct cleanup_block *b)
{
	command(b, "/enum", b->guid, "/v", "look: is it the entry that is meant?");
	if (b->was_default && p->plan->n_others > 0)
		command(b, "/default", p->request->store_on_host ? p->plan->others[0] : "{current}",
			NULL,
			arena_printf(
				p->arena,
				"it is the default: another one first (%s if the running one is "
				"not to be it)",
				p->plan->others[0]));
	if (in_menu(p, o, BCD_BOOT_SEQUENCE))
		command(b, "/bootsequence", b->guid, "/remove", "it was to be started once");
	if (in_menu(p, o, BCD_TOOLS_ORDER))
		command(b, "/toolsdisplayorder", b->guid, "/remove", "it is in the tools menu");
	command(b, "/delete", b->guid, "/cleanup",
		"deletes it, its line in the menu, and a resume object nobody else uses");
}

struct cleanup_command planner_undo(const struct planner *p)
{
	if (p->request->store_on_host)
		return (struct cleanup_command){
			.why = "copy the saved file back over the store; all entries of the plan "
			       "return"};
	return (struct cleanup_command){
		.words = {"/import", arena_printf(p->arena, CLEANUP_DRIVE "%s", p->plan->backup)},
		.n = 2,
		.why = "puts the exported store back; all entries of the plan return"};
}

/* ---- the block ---- */

static const char *device_text(const struct planner *p, const struct bcd_object *o, uint32_t id)
{
	const struct bcd_element *e = bcd_element(o, id);
	return e && e->device ? bcd_device_text(e->device, p->arena) : e ? e->text : "";
}

static const char *vhd_of(const struct bcd_object *o)
{
	static const uint32_t ids[] = {BCD_OS_DEVICE, BCD_DEVICE};
	for (size_t i = 0; i < 2; i++) {
		const struct bcd_element *e = bcd_element(o, ids[i]);
		const struct bcd_device *file = e && e->device ? bcd_device_vhd(e->device) : NULL;
		if (file)
			return file->path;
	}
	return NULL;
}

static void describe(const struct planner *p, const struct bcd_object *o, struct cleanup_block *b)
{
	const struct bcd_match *m = planner_match(p, o);
	const struct bcd_element *def = bcd_element(planner_manager(p), BCD_DEFAULT);
	*b = (struct cleanup_block){
		.guid = o->guid,
		.description = planner_description(o),
		.kind = o->type == BCD_LOADER ? "osloader" : "resume",
		.vhd = vhd_of(o),
		.device = device_text(p, o, BCD_DEVICE),
		.osdevice = device_text(p, o, BCD_OS_DEVICE),
		.matched = m ? m->why : "it matched nothing",
		.by_hand = planner_by_hand(p, o),
		.certain = m && m->certain,
		.dead = m && m->dead,
		.was_default = bcd_names(def, o->guid),
	};
}

int planner_block(const struct planner *p, const struct bcd_object *object, struct cleanup_block *b,
		  struct err *err)
{
	describe(p, object, b);
	b->related = arena_array(p->arena, RELATED_MAX, sizeof(*b->related), err);
	b->warnings = arena_array(p->arena, WARNINGS_MAX, sizeof(*b->warnings), err);
	b->commands = arena_array(p->arena, COMMANDS_MAX, sizeof(*b->commands), err);
	if (!b->related || !b->warnings || !b->commands || !b->device || !b->osdevice)
		return no_memory(err);
	relate_resume(p, object, b);
	relate_options(p, object, "its device options", b);
	relate_recovery(p, object, b);
	relate_inherited(p, object, b);
	if (planner_facts(p, object, b, err) != 0)
		return -1;
	add_warnings(p, object, b);
	add_commands(p, object, b);
	b->undo = planner_undo(p);
	return 0;
}
