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
	[STEP_RELEASE] = {N_("the release"),
			  N_("This Windows must be one that runs on such a machine.")},
	[STEP_FIRMWARE] = {N_("the firmware"),
			   N_("The firmware finds the disk and starts its boot manager.")},
	[STEP_LOADER] = {N_("the loader"), N_("The boot manager reads Windows' loader.")},
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
	static const char glyphs[] = {
		[REHEARSAL_OK] = '=',    [REHEARSAL_DOUBT] = '~', [REHEARSAL_LIKELY] = '!',
		[REHEARSAL_STOPS] = 'X', [REHEARSAL_WAITS] = '?', [REHEARSAL_UNKNOWN] = '?'};
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
	if (item->words.plain)
		return item->words.shown;
	if (item->state == LOAD_FILE_UNCHECKED && !item->file)
		return _("on another volume");
	if (item->state == LOAD_FILE_UNCHECKED && item->service->file.state == FILE_PRESENT)
		return _("present, not read");
	return _(words[item->state]);
}

/* ---- the verdict ---- */

enum boot_step boot_verdict_step(const struct rehearsal *r)
{
	const size_t steps[VERDICTS] = {[VERDICT_BOOTS] = BOOT_STEPS,
					[VERDICT_DOUBT] = r->doubt_at,
					[VERDICT_LIKELY_STOPS] = r->likely_at,
					[VERDICT_STOPS] = r->stops_at,
					[VERDICT_UNKNOWN] = r->unknown_at};
	return (enum boot_step)steps[r->verdict];
}

const struct rehearsal_step *boot_first_bad(const struct rehearsal *r)
{
	enum boot_step at = r->verdict == VERDICT_UNKNOWN ? BOOT_STEPS : boot_verdict_step(r);
	return at < BOOT_STEPS ? &r->steps[at] : NULL;
}

/* tail: behind the machine where that is named, else behind the words */
static void say(const struct rehearsal *r, const char *words, const char *tail,
		struct boot_words *out)
{
	enum boot_step at = boot_verdict_step(r);
	bool named = r->machine_words.plain && (verdict_is_good(r->verdict) || at >= STEP_DRIVERS);
	snprintf(out->words, sizeof(out->words), "%s%s", words, tail);
	if (named)
		snprintf(out->whole, sizeof(out->whole), _("%s on %s%s"), words,
			 r->machine_words.shown, tail);
	else
		snprintf(out->whole, sizeof(out->whole), "%s", out->words);
}

static void say_where(const struct rehearsal *r, const char *verb, struct boot_words *out)
{
	char words[sizeof(out->words)];
	enum boot_step at = boot_verdict_step(r);
	const char *state = at < BOOT_STEPS ? r->steps[at].words.shown : NULL;
	if (at == BOOT_STEPS) {
		say(r, verb, "", out);
		return;
	}
	snprintf(words, sizeof(words), _("%s at %s"), verb, _(places[at].at));
	say(r, words, "", out);
	if (at > STEP_DRIVERS)
		snprintf(out->rest, sizeof(out->rest),
			 ngettext("%zu driver loads before it", "%zu drivers load before it",
				  r->n_loading),
			 r->n_loading);
	else if (at == STEP_DRIVERS)
		snprintf(out->rest, sizeof(out->rest), "%s", r->steps[at].needs.shown);
	else
		snprintf(out->rest, sizeof(out->rest), "%s", state ? state : "");
}

static void say_stops(const struct rehearsal *r, struct boot_words *out)
{
	say_where(r, _("STOPS"), out);
}

static void say_likely(const struct rehearsal *r, struct boot_words *out)
{
	say_where(r, _("LIKELY STOPS"), out);
}

static void say_loading(const struct rehearsal *r, struct boot_words *out)
{
	snprintf(out->rest, sizeof(out->rest),
		 r->files_checked
			 ? ngettext("%zu driver loads, nothing seen stops it",
				    "%zu drivers load, nothing seen stops it", r->n_loading)
			 : ngettext("%zu driver loads; no file could be read",
				    "%zu drivers load; no file could be read", r->n_loading),
		 r->n_loading);
}

static void say_boots(const struct rehearsal *r, struct boot_words *out)
{
	say(r, _("BOOTS"), "", out);
	say_loading(r, out);
}

static void say_doubt(const struct rehearsal *r, struct boot_words *out)
{
	say(r, _("BOOTS"), _(", a doubt"), out);
	say_loading(r, out);
}

static void say_unknown(const struct rehearsal *r, struct boot_words *out)
{
	say(r, _("NOT CHECKED"), "", out);
	snprintf(out->rest, sizeof(out->rest), "%s",
		 r->target_words.plain ? r->target_words.shown : "");
}

void boot_words_of(const struct rehearsal *r, struct boot_words *out)
{
	static const struct {
		char glyph;
		void (*say)(const struct rehearsal *, struct boot_words *);
	} table[] = {[VERDICT_BOOTS] = {'=', say_boots},
		     [VERDICT_DOUBT] = {'~', say_doubt},
		     [VERDICT_LIKELY_STOPS] = {'!', say_likely},
		     [VERDICT_STOPS] = {'X', say_stops},
		     [VERDICT_UNKNOWN] = {'?', say_unknown}};
	*out = (struct boot_words){.glyph = table[r->verdict].glyph};
	table[r->verdict].say(r, out);
}

/* ---- which machines ---- */

int boot_judge(struct session *s, const char *const *targets, size_t n, struct arena *arena,
	       struct diagnosis *out, struct err *err)
{
	const struct session_question question = {.targets = targets, .n = n};
	if (!s->chosen)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	return session_diagnose(s, s->chosen, &s->edited, &question, arena, out, err);
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

/* Those that the judge takes "portable" for. */
static int add_portable(struct session *s, struct machines *m, struct arena *arena, struct err *err)
{
	static const char *const portable[] = {ID_PORTABLE};
	struct diagnosis d;
	if (boot_judge(s, portable, 1, arena, &d, err) < 0)
		return -1;
	for (size_t i = 0; i < d.targets[0].n_stands_for; i++)
		add_machine(m, d.targets[0].stands_for[i]);
	return 0;
}

int boot_targets(struct session *s, const char *const *targets, size_t n, struct arena *arena,
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
		else if (add_portable(s, &m, arena, err) < 0)
			return -1;
	}
	if (m.n == 0) /* a Windows that nothing portable is known for */
		add_machine(&m, "last");
	*out = m.ids;
	*n_out = m.n;
	return 0;
}

const char *boot_worst(struct session *s, const char *const *targets, size_t n, struct arena *arena,
		       struct err *err)
{
	static const enum verdict order[] = {VERDICT_STOPS, VERDICT_LIKELY_STOPS, VERDICT_UNKNOWN,
					     VERDICT_DOUBT};
	struct diagnosis d;
	if (boot_judge(s, targets, n, arena, &d, err) < 0)
		return NULL;
	for (size_t v = 0; v < COUNT(order); v++)
		for (size_t i = 0; i < n; i++)
			if (d.targets[i].verdict == order[v])
				return targets[i];
	return targets[0];
}
