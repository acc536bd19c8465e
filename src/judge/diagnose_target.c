/* SPDX-License-Identifier: MIT */
/*
 * From what a person asked for to the ways that are tried: one target by its name, "portable" for
 * every machine of the disk's firmware that this Windows has drivers for, "last" for the machine
 * that Enum remembers.
 */
#include "diagnose_internal.h"

#define ID_PORTABLE "portable"

/* Every machine of the firmware that the disk is made for. */
static int try_portable(struct docket *d, struct tally *t, struct err *err)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	enum firmware made_for;
	t->v->id = ID_PORTABLE;
	t->v->title = N_("any machine that this Windows has drivers for");
	if (disk_way_made_for(d, &made_for, err) < 0 ||
	    disk_way_try(d, t, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	t->v->stands_for = arena_array(d->j.arena, n, sizeof(*t->v->stands_for), err);
	if (!t->v->stands_for)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_portable_to(&d->j, &all[i], made_for))
			continue;
		t->v->stands_for[t->v->n_stands_for++] = all[i].id;
		if (way_try_target(d, t, &all[i], err) < 0)
			return -1;
	}
	return 0;
}

static int try_last(struct docket *d, struct tally *t, struct err *err)
{
	struct chain chain;
	t->v->id = ID_LAST;
	t->v->title = N_("the machine it last ran on");
	t->last = true;
	if (chain_of_last_machine(&d->j, &chain, err) < 0 ||
	    disk_way_try(d, t, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	return way_try_chain(d, t, &chain, err);
}

static int try_named(struct docket *d, struct tally *t, const char *id, struct err *err)
{
	const struct target *target = catalogue_target(id);
	if (!target)
		return err_set(err, E_USAGE, "unknown target '%s'", id);
	t->v->id = target->id;
	t->v->title = target->title;
	t->v->release = why_not_there(&d->j, target);
	if (!t->v->release.plain && target->native && d->request->disk)
		t->v->release = said_of(bootpath_not_native(d->request->disk));
	if (t->v->release.plain)
		return 0;
	if (disk_way_try(d, t, target->firmware, target->native, target->platform == PLATFORM_AZURE,
			 err) < 0 ||
	    disk_way_note_firmware(d, t, target, err) < 0)
		return -1;
	return disk_way_is_other_firmware(target, t->v) ? way_name_services(d, t, target, err)
							: way_try_target(d, t, target, err);
}

int target_try(struct docket *d, struct tally *t, const char *id, struct err *err)
{
	t->v->machine = machine_asked(d->j.inst, d->request->machine, text_equal(id, ID_LAST));
	d->j.machine = machine_id(t->v->machine);
	if (text_equal(t->v->machine, MACHINE_LAST))
		tally_lose(t->v,
			   said_of("this Windows did not record which machine it ran on last"),
			   STEP_DRIVERS);
	return text_equal(id, ID_PORTABLE) ? try_portable(d, t, err)
	       : text_equal(id, ID_LAST)   ? try_last(d, t, err)
					   : try_named(d, t, id, err);
}
