/* SPDX-License-Identifier: MIT */
/*
 * Which entries a plan deletes. By itself it takes what certainly is this disk's, from a store
 * that was read whole; a person may add uncertain and foreign entries by their id. Nobody may add
 * what Windows itself needs, and one loader that starts Windows always stays. Whatever is left out
 * is in the plan too, with its reason.
 */
#include "cleanup_internal.h"

#include <stdio.h>
#include <string.h>

#define BOOT_MANAGER "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"

/* ---- questions about one object ---- */

static size_t index_of(const struct planner *p, const struct bcd_object *object)
{
	return (size_t)(object - p->store->objects);
}

bool planner_is_doomed(const struct planner *p, const struct bcd_object *object)
{
	return p->doomed[index_of(p, object)];
}

const struct bcd_object *planner_manager(const struct planner *p)
{
	return bcd_object(p->store, BOOT_MANAGER);
}

const char *planner_description(const struct bcd_object *object)
{
	const struct bcd_element *e = bcd_element(object, BCD_DESCRIPTION);
	return e && e->string ? e->string : "";
}

const struct bcd_match *planner_match(const struct planner *p, const struct bcd_object *object)
{
	const struct bcd_matches *all = p->request->matches;
	for (size_t i = 0; all && i < all->n; i++) {
		if (all->items[i].object == object)
			return &all->items[i];
	}
	return NULL;
}

static bool is_named(const struct planner *p, const struct bcd_object *object)
{
	for (size_t i = 0; i < p->request->n_entries; i++) {
		if (text_equal(p->request->entries[i], object->guid))
			return true;
	}
	return false;
}

bool planner_by_hand(const struct planner *p, const struct bcd_object *object)
{
	const struct bcd_match *m = planner_match(p, object);
	const bool *chosen = p->request->chosen;
	return is_named(p, object) || (m && chosen && chosen[m - p->request->matches->items]);
}

/* ---- what is left out ---- */

static void refuse(const struct planner *p, const char *guid, const char *description,
		   const char *why)
{
	p->plan->refusals[p->plan->n_refusals++] = (struct cleanup_refusal){
		.guid = guid, .description = description, .why = why};
}

/* Left out, but a person may have it otherwise. */
static void leave_out(const struct planner *p, const struct bcd_object *object, const char *why)
{
	refuse(p, object->guid, planner_description(object), why);
	p->plan->refusals[p->plan->n_refusals - 1].open = true;
}

/* Why nobody may delete it, or NULL. */
static const char *forbidden(const struct bcd_object *object, const struct bcd_match *match)
{
	if (!bcd_is_guid(object->guid))
		return "its id is damaged";
	if (bcd_is_reserved(object->guid))
		return "its id is one of Windows' own";
	if (match && match->forbidden)
		return match->forbidden;
	if (object->type != BCD_LOADER && object->type != BCD_RESUME)
		return "it is not an entry that starts Windows";
	if (planner_has_control(object))
		return "its text holds control characters: what bcdedit prints of it may deceive";
	return NULL;
}

/* Why it is not deleted unless chosen by hand, or NULL. */
static const char *doubtful(const struct planner *p, const struct bcd_match *match)
{
	if (p->request->chosen)
		return "left out by hand";
	if (match->how == BCD_MATCH_NONE)
		return match->dead ? "its virtual disk is not there any more; only by hand"
				   : "a duplicate for another disk; only by hand";
	if (!match->certain)
		return match->why;
	return p->store->whole ? NULL : "the store was not read whole; only by hand";
}

static void choose_object(const struct planner *p, const struct bcd_object *object)
{
	const struct bcd_match *match = planner_match(p, object);
	bool by_hand = planner_by_hand(p, object);
	const char *why = forbidden(object, match);
	if (!match && !by_hand)
		return;
	const char *doubt = why || by_hand ? NULL : doubtful(p, match);
	if (why)
		refuse(p, object->guid, planner_description(object), why);
	if (doubt)
		leave_out(p, object, doubt);
	p->doomed[index_of(p, object)] = !why && !doubt;
}

static void refuse_unknown_entries(const struct planner *p)
{
	for (size_t i = 0; i < p->request->n_entries; i++) {
		if (!bcd_object(p->store, p->request->entries[i]))
			refuse(p, p->request->entries[i], "",
			       bcd_is_guid(p->request->entries[i])
				       ? "the store has no such entry"
				       : "it is not an id like "
					 "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}");
	}
}

/* ---- what must stay ---- */

static bool stays_and_boots(const struct planner *p, const struct bcd_object *object)
{
	const struct bcd_match *match = planner_match(p, object);
	return bcd_is_guid(object->guid) && !planner_is_doomed(p, object) &&
	       !(match && match->dead) && bcd_is_ordinary_loader(p->store, object);
}

static void keep_loader(const struct planner *p, const struct bcd_object *object)
{
	struct cleanup_plan *plan = p->plan;
	for (size_t i = 0; i < plan->n_others; i++) {
		if (strcmp(plan->others[i], object->guid) == 0)
			return;
	}
	if (stays_and_boots(p, object))
		plan->others[plan->n_others++] = object->guid;
}

/* Loaders that stay, those of the menu first and in its order. */
static void find_others(const struct planner *p)
{
	const struct bcd_element *order = bcd_element(planner_manager(p), BCD_DISPLAY_ORDER);
	for (size_t i = 0; order && order->guids && i < order->n; i++) {
		const struct bcd_object *object = bcd_object(p->store, order->guids[i]);
		if (object)
			keep_loader(p, object);
	}
	for (size_t i = 0; i < p->store->n; i++)
		keep_loader(p, &p->store->objects[i]);
}

/* Of doomed loaders the one to keep: the default, else the first that is not dead, else any. */
static const struct bcd_object *spare(const struct planner *p)
{
	const struct bcd_object *best = NULL;
	int best_rank = 0;
	for (size_t i = 0; i < p->store->n; i++) {
		const struct bcd_object *o = &p->store->objects[i];
		const struct bcd_match *m = planner_match(p, o);
		if (!p->doomed[i] || o->type != BCD_LOADER)
			continue;
		int rank = 1 + 2 * !(m && m->dead) +
			   bcd_names(bcd_element(planner_manager(p), BCD_DEFAULT), o->guid);
		if (rank > best_rank)
			best = o;
		best_rank = rank > best_rank ? rank : best_rank;
	}
	return best;
}

static void keep_last_loader(const struct planner *p)
{
	const struct bcd_object *last;
	find_others(p);
	if (p->plan->n_others > 0 || !(last = spare(p)))
		return;
	refuse(p, last->guid, planner_description(last),
	       "it is the last entry that starts Windows");
	p->doomed[index_of(p, last)] = false;
	find_others(p);
}

/* Not even the spare one boots: then every loader stays. */
static void keep_all_loaders(const struct planner *p)
{
	for (size_t i = 0; p->plan->n_others == 0 && i < p->store->n; i++) {
		const struct bcd_object *o = &p->store->objects[i];
		if (!p->doomed[i])
			continue;
		refuse(p, o->guid, planner_description(o),
		       "no entry that starts Windows would be left");
		p->doomed[i] = false;
	}
}

/* ---- the plan ---- */

void planner_note(const struct planner *p, const char *note)
{
	struct cleanup_plan *plan = p->plan;
	if (plan->n_notes < sizeof(plan->notes) / sizeof(plan->notes[0]))
		plan->notes[plan->n_notes++] = note;
}

void planner_deletion_notes(const struct planner *p)
{
	planner_note(p, "The virtual disk's file is not deleted.");
	planner_note(p, "Entries of the firmware are not touched.");
	planner_note(p, "Where BitLocker protects the host, suspend it first: a changed boot menu "
			"can make it ask for the recovery key.");
	if (p->request->store_on_host)
		return;
	planner_note(p, "Which entry is running now cannot be known here: the commands ask for it "
			"on the host and stop when it is one of these.");
	planner_note(p, "On a UEFI machine an import can leave a second firmware entry of the "
			"same name.");
}

/* Two plans never share a name, and the name holds no character that needs quoting. */
static const char *backup_name(const struct planner *p)
{
	char stamp[24];
	size_t n = 0;
	for (const char *s = p->request->when ? p->request->when : ""; *s && n < 20; s++) {
		if ((*s >= '0' && *s <= '9') || *s == 'T' || *s == 'Z')
			stamp[n++] = *s;
	}
	stamp[n] = '\0';
	return arena_printf(p->arena, "bcd-before-stop7b-%s.bak", stamp);
}

static int fill_blocks(const struct planner *p, struct err *err)
{
	struct cleanup_plan *plan = p->plan;
	for (size_t i = 0; i < p->store->n; i++) {
		if (p->doomed[i] &&
		    planner_block(p, &p->store->objects[i], &plan->blocks[plan->n++], err) != 0)
			return -1;
	}
	return 0;
}

static int plan_deletion(struct planner *p, struct err *err)
{
	size_t n = p->store->n;
	p->doomed = arena_array(p->arena, n, sizeof(*p->doomed), err);
	p->plan->blocks = arena_array(p->arena, n, sizeof(*p->plan->blocks), err);
	p->plan->others = arena_array(p->arena, n, sizeof(*p->plan->others), err);
	/* An object is refused once before and once after the choice; so is each id given. */
	p->plan->refusals = arena_array(p->arena, 2 * n + p->request->n_entries,
					sizeof(*p->plan->refusals), err);
	if (!p->doomed || !p->plan->blocks || !p->plan->others || !p->plan->refusals)
		return -1;
	for (size_t i = 0; i < n; i++)
		choose_object(p, &p->store->objects[i]);
	refuse_unknown_entries(p);
	keep_last_loader(p);
	keep_all_loaders(p);
	planner_deletion_notes(p);
	return fill_blocks(p, err);
}

int planner_check_path(const struct planner *p, const char *path, const char *option,
		       struct err *err)
{
	const char *shown = text_utf8(p->arena, path);
	if (!shown || strcmp(shown, path) != 0)
		return err_set(err, shown ? E_USAGE : E_MEMORY,
			       "%s holds bytes that are no text, or control characters", option);
	return cleanup_check_path(path, option, err);
}

/* NULL where no store is looked at. */
static const char *store_name(const struct planner *p)
{
	const struct cleanup_plan_request *q = p->request;
	if (q->add || !q->store)
		return NULL;
	return q->store_name ? text_utf8(p->arena, q->store_name) : "-";
}

int cleanup_plan(const struct cleanup_plan_request *request, struct arena *arena,
		 struct cleanup_plan *out, struct err *err)
{
	struct planner p = {
		.request = request, .store = request->store, .arena = arena, .plan = out};
	if (request->store_on_host &&
	    planner_check_path(&p, request->store_on_host, "--store", err) != 0)
		return -1;
	*out = (struct cleanup_plan){
		.add = request->add,
		.tool = request->tool,
		.when = request->when,
		.image = request->image ? text_utf8(arena, request->image) : NULL,
		.vhd = request->vhd ? text_utf8(arena, request->vhd) : NULL,
		.store_name = store_name(&p),
		.store_on_host = request->store_on_host,
		.backup = backup_name(&p),
	};
	if (!out->backup || (request->store && !request->add && !out->store_name))
		return no_memory(err);
	if (request->add)
		return planner_add(&p, err);
	if (!request->store)
		return planner_search(&p, err);
	if (!request->store->whole)
		out->problem = request->store->problem ? request->store->problem
						       : "the store is damaged";
	return plan_deletion(&p, err);
}
