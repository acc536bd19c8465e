/* SPDX-License-Identifier: MIT */
/*
 * check in brief, schema "stop7b.check-brief/1": for each Windows its verdicts and what gives them, by
 * the names that programs compare. No service, no prose; a few hundred bytes for a healthy disk.
 */
#include "cli_internal.h"

static json_t *brief_targets(const struct diagnosis *d)
{
	json_t *out = json_object();
	for (size_t i = 0; i < d->n_targets; i++)
		json_object_set_new(out, d->targets[i].id,
				    json_text(verdict_name(d->targets[i].verdict)));
	return out;
}

static json_t *brief_findings(const struct diagnosis *d)
{
	json_t *out = json_array();
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		if (f->severity != SEVERITY_NOTE)
			json_array_append_new(
				out, json_pack("{s:s, s:o, s:s, s:b}", "rule", f->rule->id,
					       "subject", json_text(f->subject), "severity",
					       severity_name(f->severity), "fixable", f->fixable));
	}
	return out;
}

static json_t *brief_guards(const struct hive_file *f)
{
	json_t *out = json_array();
	for (size_t i = 0; i < f->n_guards; i++)
		json_array_append_new(out, json_text(f->guards[i].id));
	return out;
}

static json_t *brief_windows(struct session *s, size_t i)
{
	const struct windows *w = &s->windows[i];
	struct err err = w->error;
	const struct diagnosis none = {0};
	bool judged = w->readable && (s->chosen == w || session_choose(s, i, &err) == 0);
	const struct diagnosis *d = judged ? &s->now : &none;
	enum verdict worst = judged ? verdict_worst(d->targets, d->n_targets) : VERDICT_UNKNOWN;
	return json_pack("{s:i, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "partition",
			 (int)w->partition->number, "root", w->place.root, "version",
			 json_text(w->readable ? w->install.version : NULL), "architecture",
			 json_text(w->install.architecture), "verdict", verdict_name(worst),
			 "targets", brief_targets(d), "findings", brief_findings(d), "guards",
			 brief_guards(w->system), "error", json_error(&err));
}

json_t *json_check_brief(struct session *s, const char *path, const struct err *err, int status,
			 struct arena *arena)
{
	json_t *installations = json_array();
	const char *shown = text_utf8(arena, path);
	for (size_t i = 0; s && i < s->n_windows; i++)
		if (check_counts(s, &s->windows[i]))
			json_array_append_new(installations, brief_windows(s, i));
	return json_pack("{s:s, s:s, s:o, s:b, s:o, s:i}", "schema", "stop7b.check-brief/1",
			 "image", shown ? shown : "", "installations", installations, "interrupted",
			 s && s->interrupted, "error", json_error(err), "exit", status);
}
