/* SPDX-License-Identifier: MIT */
/*
 * What a rehearsal says in words, and which machines are rehearsed. Nothing is judged here that
 * the rehearsal or the diagnosis did not judge.
 */
#include "stop7b/boot_words.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"

#define ID_PORTABLE "portable"
#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))

/* ---- steps and files ---- */

static const struct {
	const char *at, *meaning;
} places[BOOT_STEPS] = {
	[STEP_BOOT_STORE] = {N_("the boot store"),
			     N_("The boot entry names the disk, the folder and the loader's "
				"file.")},
	[STEP_HIVE] = {N_("the hive"),
			    N_("The loader reads the SYSTEM hive and takes the control set that "
			       "boots from it.")},
	[STEP_DRIVERS] = {N_("the boot-start drivers"),
			       N_("The loader reads these files itself, through the firmware; a "
				  "critical one that it cannot use ends the boot.")},
	[STEP_BUS] = {N_("the bus"), N_("The bus finds the disk controller.")},
	[STEP_CONTROLLER] = {N_("the disk controller"),
				  N_("The controller's driver is the way to the disk once the "
				     "firmware is out of reach.")},
	[STEP_DISK] = {N_("the disk"), N_("The disk driver takes what the controller finds.")},
	[STEP_VOLUMES] = {N_("the volumes"),
			      N_("Partitions become volumes; one of them is the boot volume.")},
	[STEP_FILTERS] = {N_("the filters"),
			       N_("A filter that is named and does not load keeps its devices "
				  "from starting.")},
	[STEP_FILE_SYSTEM] = {N_("the file system"),
				   N_("The boot volume is mounted; from here on Windows reads "
				      "its own files.")},
};

char boot_step_glyph(enum rehearsal_state state)
{
	static const char glyphs[] = {[REHEARSAL_OK] = '=',
				      [REHEARSAL_LIKELY] = '!',
				      [REHEARSAL_STOPS] = 'X',
				      [REHEARSAL_WAITS] = '?',
				      [REHEARSAL_UNKNOWN] = '?'};
	return glyphs[state];
}

const char *boot_step_meaning(enum boot_step place)
{
	return _(places[place].meaning);
}

char boot_file_glyph(const struct load_item *item)
{
	static const char glyphs[] = {
		[LOAD_FILE_UNCHECKED] = '?', [LOAD_FILE_GOOD] = '=',  [LOAD_FILE_DOUBTFUL] = '!',
		[LOAD_FILE_MISSING] = 'X',   [LOAD_FILE_EMPTY] = 'X', [LOAD_FILE_BAD] = 'X'};
	return glyphs[item->state];
}

const char *boot_file_words(const struct load_item *item)
{
	static const char *const words[] = {[LOAD_FILE_UNCHECKED] = N_("not looked at"),
					    [LOAD_FILE_GOOD] = N_("good"),
					    [LOAD_FILE_DOUBTFUL] = N_("doubtful"),
					    [LOAD_FILE_MISSING] = N_("missing"),
					    [LOAD_FILE_EMPTY] = N_("empty"),
					    [LOAD_FILE_BAD] = N_("bad")};
	if (item->words)
		return item->words;
	if (item->state == LOAD_FILE_UNCHECKED && !item->file)
		return _("on another volume");
	if (item->state == LOAD_FILE_UNCHECKED && item->service->file.state == FILE_PRESENT)
		return _("present, not read");
	return _(words[item->state]);
}

/* ---- the verdict ---- */

static size_t bad_place(const struct rehearsal *r)
{
	return r->verdict == VERDICT_STOPS          ? r->stops_at
	       : r->verdict == VERDICT_LIKELY_STOPS ? r->likely_at
						    : BOOT_STEPS;
}

const struct rehearsal_step *boot_first_bad(const struct rehearsal *r)
{
	size_t at = bad_place(r);
	return at < BOOT_STEPS ? &r->steps[at] : NULL;
}

static void say_where(const struct rehearsal *r, const char *verb, struct boot_words *out)
{
	size_t at = bad_place(r);
	if (at == BOOT_STEPS) {
		snprintf(out->words, sizeof(out->words), "%s", verb);
		return;
	}
	snprintf(out->words, sizeof(out->words), _("%s at %s"), verb, _(places[at].at));
	if (at > STEP_DRIVERS)
		snprintf(out->rest, sizeof(out->rest),
			 ngettext("%zu driver loads before it", "%zu drivers load before it",
				  r->n_loading),
			 r->n_loading);
	else if (at == STEP_DRIVERS)
		snprintf(out->rest, sizeof(out->rest), "%s", r->steps[at].needs);
}

static void say_stops(const struct rehearsal *r, struct boot_words *out)
{
	say_where(r, _("STOPS"), out);
}

static void say_likely(const struct rehearsal *r, struct boot_words *out)
{
	say_where(r, _("LIKELY STOPS"), out);
}

static void say_boots(const struct rehearsal *r, struct boot_words *out)
{
	snprintf(out->words, sizeof(out->words), "%s", _("BOOTS"));
	snprintf(out->rest, sizeof(out->rest),
		 r->files_checked
			 ? ngettext("%zu driver loads, nothing seen stops it",
				    "%zu drivers load, nothing seen stops it", r->n_loading)
			 : ngettext("%zu driver loads; no file could be read",
				    "%zu drivers load; no file could be read", r->n_loading),
		 r->n_loading);
}

static void say_unknown(const struct rehearsal *r, struct boot_words *out)
{
	snprintf(out->words, sizeof(out->words), "%s", _("NOT CHECKED"));
	snprintf(out->rest, sizeof(out->rest), "%s", r->target_words ? r->target_words : "");
}

void boot_words_of(const struct rehearsal *r, struct boot_words *out)
{
	static const struct {
		char glyph;
		void (*say)(const struct rehearsal *, struct boot_words *);
	} table[] = {[VERDICT_BOOTS] = {'=', say_boots},
		     [VERDICT_LIKELY_STOPS] = {'!', say_likely},
		     [VERDICT_STOPS] = {'X', say_stops},
		     [VERDICT_UNKNOWN] = {'?', say_unknown}};
	*out = (struct boot_words){.glyph = table[r->verdict].glyph};
	table[r->verdict].say(r, out);
}

/* ---- which machines ---- */

int boot_judge(const struct session *s, const char *const *targets, size_t n, struct arena *arena,
	       struct diagnosis *out, struct err *err)
{
	const struct diagnose_request request = {
		.targets = targets, .n_targets = n, .control_set = s->options.control_set};
	if (!s->chosen)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	return diagnose(&s->edited, &request, arena, out, err);
}

struct machines {
	const char **ids;
	size_t n;
};

static void add_machine(struct machines *m, const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->ids[i], id) == 0)
			return;
	m->ids[m->n++] = id;
}

static void add_portable(const struct session *s, struct machines *m, struct arena *arena)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t i = 0; i < n; i++)
		if (diagnose_is_portable(&s->edited, s->options.control_set, &all[i], arena))
			add_machine(m, all[i].id);
}

int boot_targets(const struct session *s, const char *const *targets, size_t n, struct arena *arena,
		 const char ***out, size_t *n_out, struct err *err)
{
	size_t most;
	catalogue_targets(&most);
	struct machines m = {.ids = arena_array(arena, most + n, sizeof(*m.ids), err)};
	if (!m.ids)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(targets[i], ID_PORTABLE) != 0)
			add_machine(&m, targets[i]);
		else
			add_portable(s, &m, arena);
	}
	if (m.n == 0) /* a Windows that nothing portable is known for */
		add_machine(&m, "last");
	*out = m.ids;
	*n_out = m.n;
	return 0;
}

const char *boot_worst(const struct session *s, const char *const *targets, size_t n,
		       struct arena *arena, struct err *err)
{
	static const enum verdict order[] = {VERDICT_STOPS, VERDICT_LIKELY_STOPS, VERDICT_UNKNOWN};
	struct diagnosis d;
	if (boot_judge(s, targets, n, arena, &d, err) < 0)
		return NULL;
	for (size_t v = 0; v < COUNT(order); v++)
		for (size_t i = 0; i < n; i++)
			if (d.targets[i].verdict == order[v])
				return targets[i];
	return targets[0];
}
