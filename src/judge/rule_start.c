/* SPDX-License-Identifier: MIT */
/*
 * What can be wrong with one service, how sure that is, and what mends it: R1 to R5, R9, R11 and
 * F2 of a single driver.
 *
 * At most one of them speaks about a service; another one would only repeat it. `stop` is for what
 * is certain on any machine of the kind, `likely` for what depends on the machine. Start=3 alone
 * is no evidence: only a link of a chain is ever judged.
 * Source: doc/FORMATS/root-causes.md.
 */
#include "judge_internal.h"

#include <string.h>

#define START_BOOT     0u
#define START_DEMAND   3u
#define START_DISABLED 4u
#define ERROR_CRITICAL 3u

struct suspect {
	const struct judge *j;
	const struct chain *chain;
	const struct chain_link *link;
	const struct service *s; /* NULL when the key is absent */
};

/* ---- words ---- */

static const char *const start_effects[] = {
	N_("Windows loads it"),           N_("Windows starts it too late"),
	N_("Windows starts it too late"), N_("Windows loads it on demand"),
	N_("Windows never loads it"),
};

static const char *start_effect(uint32_t start)
{
	return start < sizeof(start_effects) / sizeof(start_effects[0]) ? start_effects[start]
									: N_("it is not loaded");
}

static const char *file_name(const struct judge *j, const struct service *s)
{
	const char *name = driver_file_name(&s->file, j->arena);
	return name ? name : s->name;
}

/* Of a file that only the running Windows can read. */
static const char unpack[] = N_(
	"unpack it with the disk attached to a newer Windows: compact /u /exe FILE");

static const char *file_state(const struct judge *j, const struct service *s)
{
	return said_arg(driver_file_fault(&s->file), j->arena);
}

static struct said file_found(const struct judge *j, const struct service *s)
{
	const char *name = file_name(j, s);
	if (s->file.state == FILE_BAD)
		return said_make(j->arena, "%s: %s", name, file_state(j, s));
	if (s->file.state != FILE_PACKED)
		return said_make(j->arena, "%s %s", name, file_state(j, s));
	return said_make(j->arena, "%s %s (%s)", name, file_state(j, s),
			 ntfs_packing_name(s->file.packing));
}

/* "pciide.sys is empty", "lsi_sas.sys: is for x64, this Windows is x86" */
static const char *file_is(const struct judge *j, const struct service *s)
{
	const char *name = file_name(j, s), *state = file_state(j, s);
	return said_arg(s->file.state == FILE_BAD ? said_make(j->arena, "%s: %s", name, state)
						  : said_make(j->arena, "%s is %s", name, state),
			j->arena);
}

/* ---- how sure ---- */

bool stops_the_loader(const struct service *s, const char *machine)
{
	return is_driver(s) && service_start_on(s, machine) == START_BOOT &&
	       s->error_control == ERROR_CRITICAL && file_fails(s);
}

static enum severity severity_of(const struct suspect *x)
{
	bool certain = x->link->need == NEED_CERTAIN || x->link->need == NEED_DEMAND;
	return certain && x->j->inst->release != 0 ? SEVERITY_STOP : SEVERITY_LIKELY;
}

static uint32_t needed_start(const struct suspect *x)
{
	return x->link->need == NEED_DEMAND ? START_DEMAND : START_BOOT;
}

static bool is_bus_or_core(const struct chain_link *l)
{
	return l->driver && (l->driver->part == PART_BUS || l->driver->part == PART_CORE);
}

/* Parked for a link that Windows can do without, and without a file: as good as not there. */
static bool is_dispensable(const struct suspect *x)
{
	return x->link->need == NEED_OPTIONAL && x->s->start != START_BOOT;
}

/* ---- overrides ---- */

static bool overrides_exist_there(const struct install *inst)
{
	return inst->release == 0 || inst->release >= WIN_8;
}

/* Does this override keep the driver from loading where it counts? */
static bool override_bites(const struct suspect *x, const struct override *o)
{
	if (x->chain->machine && !text_equal(o->id, x->chain->machine))
		return false;
	return x->link->need == NEED_DEMAND ? o->value == START_DISABLED : o->value != START_BOOT;
}

/* Of several that bite the last machine's speaks, else the first. */
static const struct override *biting_override(const struct suspect *x, size_t *n)
{
	const struct override *chosen = NULL;
	*n = 0;
	for (size_t i = 0; i < x->s->n_overrides; i++) {
		const struct override *o = &x->s->overrides[i];
		if (!override_bites(x, o))
			continue;
		if (!chosen || text_equal(o->id, x->j->inst->last_id))
			chosen = o;
		++*n;
	}
	return chosen;
}

/* ---- the rules, in the order they speak ---- */

/* Listed as a filter and disabled: Windows' own, for others leave the list. */
static bool is_disabled_filter(const struct suspect *x)
{
	return x->link->filter && is_driver(x->s) && x->s->start == START_DISABLED &&
	       !file_is_gone(x->s);
}

static int disabled_filter(const struct suspect *x, struct finding *f, struct err *err)
{
	const struct class_filter *filter = x->link->filter;
	if (!is_disabled_filter(x))
		return 0;
	f->severity = SEVERITY_STOP;
	f->key = x->s->key;
	f->value = "Start";
	f->found = said_of("4 Disabled");
	f->needed = said_of("0 Boot");
	f->needed_start = START_BOOT;
	f->why = said_make(x->j->arena, "%s of %s names %s, which is disabled: 0x7B.",
			   filter->value, filter->class_name, x->s->name);
	if (fix_service(x->j, x->s, START_BOOT, f, err) < 0)
		return -1;
	if (f->fixable)
		f->fix_words = f->needed;
	return 1;
}

static int no_service(const struct suspect *x, struct finding *f, struct err *err)
{
	const struct driver *d = x->link->driver;
	const struct said never = never_had(x->j, x->link);
	if (is_driver(x->s) || x->link->need == NEED_OPTIONAL)
		return 0;
	f->severity = severity_of(x);
	f->key = x->s ? x->s->key : NULL;
	f->needed = said_of("a driver");
	f->found = said_of("no service");
	if (x->s)
		f->found = said_of("key without a driver");
	else if (never.plain && d->since <= d->until)
		f->found = said_of("not part of this Windows");
	if (fix_absent(x->j, x->link->service, needed_start(x), f, err) < 0)
		return -1;
	if (f->fixable)
		f->fix_words = said_of("create");
	const char *found = said_arg(f->found, x->j->arena);
	f->why = never.plain  ? never
		 : f->fixable ? said_make(x->j->arena, "%s: %s; its driver file is there.",
					  x->link->service, found)
			      : said_make(x->j->arena, "There is no driver %s on this disk: %s.",
					  x->link->service, found);
	return 1;
}

static bool is_overridden(const struct service *s)
{
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value != START_BOOT)
			return true;
	}
	return false;
}

/*
 * Of a boot-start driver that nothing needs: from 10 on a loader was seen to stop at it whatever
 * its ErrorControl says.
 */
static enum severity severity_without_file(const struct judge *j, const struct service *s)
{
	if (s->error_control == ERROR_CRITICAL)
		return is_overridden(s) ? SEVERITY_LIKELY : SEVERITY_STOP;
	return j->inst->release >= WIN_10 ? SEVERITY_LIKELY : SEVERITY_NOTE;
}

static int no_file(const struct suspect *x, struct finding *f, struct err *err)
{
	(void)err;
	if (!file_fails(x->s) || is_dispensable(x))
		return 0;
	f->severity = stops_the_loader(x->s, x->chain->machine) ? SEVERITY_STOP
		      : x->link->need == NEED_OPTIONAL          ? severity_without_file(x->j, x->s)
								: severity_of(x);
	f->key = x->s->key;
	f->value = "ImagePath";
	f->found = file_found(x->j, x->s);
	f->needed = said_of("the driver file");
	f->no_fix = said_of(x->s->file.state == FILE_PACKED
				    ? unpack
				    : N_("put the file back; a driver without its file is never "
					 "made boot-start"));
	f->why = said_make(x->j->arena, "%s, so %s cannot be loaded at all.", file_is(x->j, x->s),
			   x->s->name);
	return 1;
}

/*
 * Start as it counts here. BootFlags promote a driver for one kind of boot; on the last machine
 * its own override has the word.
 */
static bool starts_in_time(const struct suspect *x)
{
	const struct service *s = x->s;
	if (x->link->need == NEED_DEMAND)
		return s->start != START_DISABLED;
	if (s->start == START_BOOT)
		return true;
	if (service_start_on(x->s, x->chain->machine) == START_BOOT)
		return true;
	return s->boot_flags != UINT32_MAX && (s->boot_flags & x->chain->boot_flags) != 0;
}

static int start_finding(const struct suspect *x, const char *consequence, struct finding *f,
			 struct err *err)
{
	struct arena *arena = x->j->arena;
	const struct service *s = x->s;
	char buf[24];
	if (starts_in_time(x))
		return 0;
	f->severity = s->start == START_BAD ? SEVERITY_LIKELY : severity_of(x);
	f->key = s->key;
	f->value = "Start";
	f->needed = said_of(x->link->need == NEED_DEMAND ? N_("3 Manual") : N_("0 Boot"));
	f->needed_start = needed_start(x);
	if (s->start == START_BAD) {
		f->found = said_make(arena, "Start is %s", s->start_type);
		f->why = said_of("Start is not a number; what Windows makes of that is not known.");
	} else {
		f->found = said_make(arena, "%s", said_word(start_words(s->start, buf), arena));
		f->why = said_make(arena, "Start=%u: %s, so %s: 0x7B.", s->start,
				   said_word(start_effect(s->start), arena),
				   said_word(consequence, arena));
	}
	if (fix_service(x->j, s, needed_start(x), f, err) < 0)
		return -1;
	if (f->fixable)
		f->fix_words = f->needed;
	return 1;
}

/* What the override does: on the machine that is asked for, or on one that may be it. */
static struct said override_effect(const struct suspect *x, const struct override *o)
{
	struct arena *arena = x->j->arena;
	const char *machine = said_arg(machine_words(x->j->inst, o->id, arena), arena);
	if (x->chain->machine)
		return said_make(arena, "Parked for %s: it is not loaded there, so 0x7B.", machine);
	return said_make(arena,
			 "Parked for %s: not loaded there if it now uses this controller, nor on a "
			 "clone of it.",
			 machine);
}

static int overridden(const struct suspect *x, struct finding *f, struct err *err)
{
	struct arena *arena = x->j->arena;
	size_t n;
	if (!overrides_exist_there(x->j->inst))
		return 0;
	const struct override *o = biting_override(x, &n);
	if (!o)
		return 0;
	struct said value = o->value == START_BAD ? said_of("bad type")
						  : said_make(arena, "%u", o->value);
	struct said more = n == 1 ? said_as_is("") : said_make(arena, " and %zu more", n - 1);
	f->severity = x->chain->machine ? severity_of(x) : SEVERITY_DOUBT;
	f->key = arena_printf(arena, "%s\\StartOverride", x->s->key);
	f->value = o->id;
	f->machine = o->id;
	f->found = said_make(arena, "StartOverride\\%s = %s%s", o->id, said_arg(value, arena),
			     said_arg(more, arena));
	f->needed = said_of(needed_start(x) == START_DEMAND ? N_("3 Manual") : N_("0 Boot"));
	f->needed_start = needed_start(x);
	f->why = override_effect(x, o);
	if (!f->key || !value.plain || !more.plain)
		return no_memory(err);
	if (fix_service(x->j, x->s, needed_start(x), f, err) < 0)
		return -1;
	if (f->fixable)
		f->fix_words = x->j->remove_overrides
				       ? said_of("delete overrides")
				       : said_make(arena, "override %u", needed_start(x));
	return 1;
}

/* ---- the rules ---- */

static struct suspect suspect_of(const struct judge *j, const struct question *at)
{
	return (struct suspect){j, at->chain, at->link, at->service};
}

/* There and able to load, so that its start is what counts. */
static bool is_startable(const struct suspect *x)
{
	return is_driver(x->s) && (!file_fails(x->s) || is_dispensable(x)) &&
	       !is_disabled_filter(x);
}

int disabled_filter_link(const struct judge *j, const struct question *at, struct finding *f,
			 struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	return disabled_filter(&x, f, err);
}

/* The vendor's own driver of the last machine: R9; any other one: R4. */
static bool is_vendors(const struct suspect *x)
{
	const struct driver *d = x->link->driver;
	return x->chain->last_machine && !x->link->filter && (!d || d->since > d->until);
}

int driver_absent(const struct judge *j, const struct question *at, struct finding *out,
		  struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	return is_vendors(&x) ? 0 : no_service(&x, out, err);
}

int vendor_driver_absent(const struct judge *j, const struct question *at, struct finding *out,
			 struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	return is_vendors(&x) ? no_service(&x, out, err) : 0;
}

int controller_not_started(const struct judge *j, const struct question *at, struct finding *out,
			   struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	if (!is_startable(&x) || is_bus_or_core(at->link))
		return 0;
	return start_finding(&x, N_("it cannot read the boot disk"), out, err);
}

int chain_broken(const struct judge *j, const struct question *at, struct finding *out,
		 struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	if (!is_startable(&x) || !is_bus_or_core(at->link))
		return 0;
	return start_finding(&x, N_("the boot disk is not reached"), out, err);
}

int start_overridden(const struct judge *j, const struct question *at, struct finding *out,
		     struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	return is_startable(&x) && starts_in_time(&x) ? overridden(&x, out, err) : 0;
}

static int bystander_without_file(const struct judge *j, const struct service *s,
				  struct finding *out, struct err *err)
{
	(void)err;
	static const char *const effects[] = {
		[SEVERITY_STOP] = N_("the boot stops without it"),
		[SEVERITY_LIKELY] = N_("newer loaders stop"),
		[SEVERITY_NOTE] = N_("the boot goes on"),
	};
	bool critical = s->error_control == ERROR_CRITICAL;
	if (s->start != START_BOOT || !file_fails(s))
		return 0;
	out->severity = severity_without_file(j, s);
	out->key = s->key;
	out->value = "ImagePath";
	out->found = file_found(j, s);
	out->needed = said_of("the driver file");
	out->no_fix = said_of(s->file.state == FILE_PACKED
				      ? unpack
				      : N_("put the file back, or set its Start by hand"));
	out->why = said_make(
		j->arena, "%s; Start=0 and ErrorControl %s: %s.", file_is(j, s),
		critical ? "3" : said_word(N_("is not 3"), j->arena),
		said_word(effects[critical ? SEVERITY_STOP : out->severity], j->arena));
	return 1;
}

static bool is_early_launch(const struct service *s)
{
	return text_equal(s->group, "Early-Launch");
}

static bool is_file_system(const struct service *s)
{
	return text_equal(s->name, FILE_SYSTEM);
}

int file_system_gone(const struct judge *j, const struct question *at, struct finding *out,
		     struct err *err)
{
	const struct service *s = at->service;
	(void)err;
	if (!is_file_system(s) || !is_driver(s) || !file_fails(s))
		return 0;
	out->severity = SEVERITY_STOP;
	out->key = s->key;
	out->value = "ImagePath";
	out->found = file_found(j, s);
	out->needed = said_of("the driver file");
	out->no_fix = said_of("put the file back");
	out->why = said_make(j->arena, "%s, so the boot volume cannot be mounted.", file_is(j, s));
	return 1;
}

int file_gone(const struct judge *j, const struct question *at, struct finding *out,
	      struct err *err)
{
	const struct suspect x = suspect_of(j, at);
	if (at->link)
		return is_driver(x.s) ? no_file(&x, out, err) : 0;
	bool other = is_early_launch(at->service) || is_file_system(at->service);
	return other ? 0 : bystander_without_file(j, at->service, out, err);
}

int early_launch_file_gone(const struct judge *j, const struct question *at, struct finding *out,
			   struct err *err)
{
	return is_early_launch(at->service) ? bystander_without_file(j, at->service, out, err) : 0;
}
