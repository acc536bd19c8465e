/* SPDX-License-Identifier: MIT */
/*
 * Sentences about a diagnosis, shared by the screen and the commands. Pure: strings are made in
 * the caller's arena, nothing is printed. A function returns a constant when memory runs out.
 */
#include "stop7b/words.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"

static const struct {
	char glyph;
	const char *brief;	/* on the targets page */
	const char *headline;	/* of the whole disk */
} verdicts[] = {
    [VERDICT_BOOTS] = {'=', N_("boots"), N_("NO DISABLED BOOT DRIVER")},
    [VERDICT_LIKELY_STOPS] = {'!', N_("likely 0x7B"), N_("STOP 0x7B LIKELY")},
    [VERDICT_STOPS] = {'X', N_("STOP 0x7B"), N_("STOP 0x7B EXPECTED")},
    [VERDICT_UNKNOWN] = {'?', N_("not checked"), N_("NOT CHECKED")},
};

char verdict_glyph(enum verdict v)
{
	return verdicts[v].glyph;
}

const char *verdict_short(enum verdict v)
{
	return _(verdicts[v].brief);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static const char *headline(const struct diagnosis *d, enum verdict worst, struct arena *arena)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_targets; i++)
		n += d->targets[i].verdict == worst;
	if (d->n_targets < 2 || worst == VERDICT_BOOTS)
		return _(verdicts[worst].headline);
	return or_empty(arena_printf(arena, _("%s on %zu of %zu targets"),
				     _(verdicts[worst].headline), n, d->n_targets));
}

static const char *count_words(const struct diagnosis *d, enum verdict worst, struct arena *arena)
{
	const char *form = _("%zu of %zu boot-critical drivers will not load");
	size_t n = d->n_blocked;
	if (worst == VERDICT_LIKELY_STOPS) {
		form = _("%zu of %zu boot-critical drivers will probably not load");
	} else if (worst == VERDICT_BOOTS) {
		form = _("%zu of %zu boot-critical drivers can load");
		n = d->n_critical - d->n_blocked;
	}
	return or_empty(arena_printf(arena, form, n, d->n_critical));
}

struct verdict_words verdict_words(const struct diagnosis *d, struct arena *arena)
{
	enum verdict worst = verdict_worst(d->targets, d->n_targets);
	return (struct verdict_words){verdicts[worst].glyph, headline(d, worst, arena),
				      count_words(d, worst, arena)};
}

/* "a", "a and b", "a, b and 3 more" over the subjects of findings of one severity. */
static const char *subjects(const struct diagnosis *d, enum severity severity, struct arena *arena)
{
	const char *names[2] = {"", ""};
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (d->findings[i].severity != severity)
			continue;
		if (n < 2)
			names[n] = d->findings[i].subject;
		n++;
	}
	if (n == 0)
		return NULL;
	if (n <= 2)
		return arena_printf(arena, "%s%s%s", names[0], n == 2 ? _(" and ") : "", names[1]);
	return arena_printf(arena, _("%s, %s and %zu more"), names[0], names[1], n - 2);
}

const char *verdict_reason(const struct diagnosis *d, struct arena *arena)
{
	for (size_t i = 0; i < d->n_targets; i++)
		if (d->targets[i].verdict == VERDICT_UNKNOWN && d->targets[i].unknown)
			return d->targets[i].unknown;
	const char *stop = subjects(d, SEVERITY_STOP, arena);
	const char *likely = subjects(d, SEVERITY_LIKELY, arena);
	if (stop && likely)
		return or_empty(arena_printf(arena, _("Not loaded: %s; parked for one machine: %s."),
					     stop, likely));
	if (stop)
		return or_empty(arena_printf(arena, _("Not loaded at boot: %s."), stop));
	if (likely)
		return or_empty(arena_printf(arena, _("Parked by StartOverride: %s."), likely));
	return "";
}

const char *start_now_words(const struct service *svc, struct arena *arena)
{
	char buf[24];
	if (!svc)
		return _("absent");
	const char *start = start_words(svc->start, buf);
	for (size_t i = 0; i < svc->n_overrides; i++)
		if (svc->overrides[i].value != 0)
			return or_empty(arena_printf(arena, _("%s, override"), start));
	return or_empty(arena_strdup(arena, start));
}

const char *role_words(const struct service *svc, const char *name)
{
	const struct driver *d = catalogue_driver(name);
	if (d)
		return d->role;
	if (svc && svc->start == START_ABSENT)
		return _("(no service)");
	return _("(not boot-critical)");
}

const char *size_words(uint64_t bytes, struct arena *arena)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	if (bytes < 1024)
		return or_empty(arena_printf(arena, _("%llu bytes"), (unsigned long long)bytes));
	size_t unit = 0;
	uint64_t rest = bytes;
	while (rest >= 1024 * 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		rest /= 1024;
		unit++;
	}
	return or_empty(arena_printf(arena, "%llu.%llu %s", (unsigned long long)(rest / 1024),
				     (unsigned long long)(rest % 1024 * 10 / 1024), units[unit]));
}

const char *number_words(uint64_t n, struct arena *arena)
{
	char digits[32], out[48];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *p = out;
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return or_empty(arena_strdup(arena, out));
}

const char *install_words(const struct install *inst, struct arena *arena)
{
	static const struct {
		const char *id, *words;
	} widths[] = {{"x86", N_("32-bit")}, {"x64", N_("64-bit")}, {"arm64", N_("ARM64")}};
	const char *width = "";
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (inst->architecture && strcmp(inst->architecture, widths[i].id) == 0)
			width = _(widths[i].words);
	return or_empty(arena_printf(arena, "%s%s%s, %s", inst->version ? inst->version : "Windows",
				     *width ? ", " : "", width, inst->root ? inst->root : ""));
}
