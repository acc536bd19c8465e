/* SPDX-License-Identifier: MIT */
/*
 * Whether a Windows fits a target before any of its drivers is looked at: can it run there at all,
 * does "portable" stand for that target too, and was a driver that is missing ever part of it.
 *
 * Two answers that are not the same: a release or processor that the machine does not take, and a
 * driver that this release never had, which a vendor may bring all the same. Neither is a repair.
 * Source: doc/FORMATS/boot-drivers.md, "Targets".
 */
#include "judge_internal.h"

/* The processor of a Windows that the machine does not have, in words; NULL: it has it. */
static const char *wrong_processor(const struct install *inst, const struct target *t)
{
	static const struct {
		const char *name, *words;
		enum architecture bit;
	} all[] = {{"x86", N_("32-bit Windows"), ARCH_X86},
		   {"x64", N_("64-bit Windows"), ARCH_X64},
		   {"arm64", N_("Windows for ARM"), ARCH_ARM64}};
	for (size_t i = 0; t->runs && i < sizeof(all) / sizeof(all[0]); i++) {
		if (text_equal(inst->architecture, all[i].name) && !(t->runs & all[i].bit))
			return all[i].words;
	}
	return NULL;
}

static bool is_too_old(const struct install *inst, const struct target *t)
{
	return inst->release != 0 && inst->release < t->since;
}

bool runs_there(const struct install *inst, const struct target *t)
{
	return !wrong_processor(inst, t) && !is_too_old(inst, t);
}

struct said why_not_there(const struct judge *j, const struct target *t)
{
	const char *processor = wrong_processor(j->inst, t);
	const char *where = said_word(t->where ? t->where : N_("there"), j->arena);
	if (runs_there(j->inst, t))
		return said_of(NULL);
	const struct said why = is_too_old(j->inst, t)
					? said_make(j->arena, "%s does not run %s.",
						    j->inst->version, where)
					: said_make(j->arena, "No %s runs %s.",
						    said_word(processor, j->arena), where);
	return why.plain ? why : said_of("This Windows does not run there.");
}

struct said never_had(const struct judge *j, const struct chain_link *link)
{
	const struct driver *d = link->driver;
	const struct driver_file *file = install_absent_file(j->inst, link->service);
	uint16_t release = j->inst->release;
	if (!d || release == 0 || release_within(release, d->since, d->until) ||
	    set_service(j->set, link->service) || (file && file->state == FILE_PRESENT))
		return said_of(NULL);
	if (!d->kind)
		return said_make(j->arena, "%s never had the driver %s.", j->inst->version,
				 d->service);
	const char *source = said_word(d->source ? d->source : N_("a vendor's"), j->arena);
	if (release == d->hotfix)
		return said_make(j->arena,
				 "%s has no %s driver of its own: Microsoft's hotfix, or %s.",
				 j->inst->version, d->kind, source);
	return said_make(j->arena, "%s has no %s driver of its own: %s.", j->inst->version, d->kind,
			 source);
}

/* ---- portable ---- */

/* This release brings the driver of the device and binds it. */
static bool is_inbox(const struct judge *j, const struct device *device)
{
	uint16_t release = j->inst->release;
	const struct driver *d;
	if (!release_within(release, device->since, device->until))
		return false;
	d = catalogue_driver(device->service);
	return d && release_within(release, d->since, d->until);
}

static bool has_inbox_driver(const struct judge *j, const struct target *t)
{
	size_t n;
	const struct device *all = catalogue_devices(&n);
	for (size_t i = 0; i < n; i++) {
		for (const char *const *id = t->ids; *id; id++) {
			if (catalogue_id_covers(*id, all[i].id) && is_inbox(j, &all[i]))
				return true;
		}
	}
	return j->inst->release == 0;
}

static bool all_present(const struct judge *j, const struct target *t)
{
	struct chain own = {.target = t};
	if (chain_add_links(j, &own, t, NULL) < 0)
		return false;
	for (size_t i = 0; i < own.n; i++) {
		const struct service *s = set_service(j->set, own.links[i].service);
		if (own.links[i].need != NEED_OPTIONAL && (!is_driver(s) || file_is_gone(s)))
			return false;
	}
	return true;
}

bool is_portable_to(const struct judge *j, const struct target *t, enum firmware made_for)
{
	bool other = t->firmware != FIRMWARE_ANY && made_for != FIRMWARE_ANY &&
		     t->firmware != made_for;
	if (t->portable == PORTABLE_NO || other || !runs_there(j->inst, t))
		return false;
	return (t->portable == PORTABLE_YES && has_inbox_driver(j, t)) || all_present(j, t);
}
