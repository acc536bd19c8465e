/* SPDX-License-Identifier: MIT */
/*
 * The JSON forms. The check object is a contract: fields are added, never renamed or left out;
 * what is unknown is null. Words in JSON are never translated.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/session_regback.h"
#include "stop7b/session_store.h"

json_t *json_text(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *json_number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* UINT32_MAX, START_ABSENT and START_BAD stand for "no usable number". */
static json_t *json_u32(uint32_t n)
{
	return n >= START_BAD ? json_null() : json_integer((json_int_t)n);
}

static json_t *json_time(uint64_t filetime)
{
	char text[TIME_TEXT];
	filetime_text(filetime, text);
	return text[0] ? json_string(text) : json_null();
}

json_t *json_error(const struct err *err)
{
	if (!err || err->code == E_OK)
		return json_null();
	struct arena *arena = arena_new();
	char *text = arena ? text_utf8(arena, err->text) : NULL;
	json_t *out = json_pack("{s:s, s:s, s:s}", "code", err_name(err->code), "text",
				text ? text : "", "hint", err_hint(err->code));
	arena_free(arena);
	return out;
}

static json_t *json_image(struct session *s, const char *path)
{
	json_t *parents = json_array();
	if (!s)
		return json_pack("{s:s, s:n, s:n, s:n, s:n, s:o}", "path", path, "format", "type",
				 "size", "sector_size", "parents", parents);
	const struct image_info *info = image_info(s->image);
	for (size_t i = 0; i < info->n_parents; i++)
		json_array_append_new(parents, json_text(info->parents[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:i, s:o}", "path", path, "format", info->format,
			 "type", info->type, "size", json_number(info->size), "sector_size",
			 (int)info->sector_size, "parents", parents);
}

json_t *json_texts(const char *const *texts, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(texts[i]));
	return list;
}

json_t *json_saids(const struct said *saids, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(saids[i].plain));
	return list;
}

static json_t *json_partition(struct session *s, size_t i)
{
	const struct partition *p = &s->table.items[i];
	const char *label = s->volumes ? session_label(&s->volumes[i]) : NULL;
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o}", "number",
			 (int)p->number, "scheme", scheme_name(p->scheme), "type",
			 json_text(p->type), "type_id", json_text(p->type_id), "name",
			 json_text(p->name), "start", json_number(p->start), "size",
			 json_number(p->size), "active", p->active, "filesystem",
			 filesystem_name(p->filesystem), "label", json_text(label), "problem",
			 json_text(p->problem.plain));
}

json_t *json_partitions(struct session *s)
{
	json_t *list = json_array();
	for (size_t i = 0; s && i < s->table.n; i++)
		json_array_append_new(list, json_partition(s, i));
	return list;
}

/* ---- one installation ---- */

static json_t *json_machine(const struct install *inst)
{
	return json_pack("{s:o, s:o, s:o}", "manufacturer", json_text(inst->manufacturer),
			 "product", json_text(inst->product), "config_id",
			 json_text(inst->last_id));
}

/* In units of 4096 bytes, whatever the log's own unit is. */
static int recovered_pages(const struct hive_recovery *rec)
{
	uint64_t bytes = (uint64_t)rec->pages * rec->page_size;
	return rec->recovered ? (int)((bytes + 4095) / 4096) : 0;
}

json_t *json_recovery(const struct hive_file *f)
{
	const struct hive_recovery *rec = &f->recovery;
	if (!rec->was_dirty || !rec->recovered)
		return json_null();
	return json_pack("{s:s, s:b, s:o}", "words", rec->words.plain, "partial", rec->partial,
			 "notes", json_saids(rec->notes, rec->n_notes));
}

static json_t *json_hive(const struct windows *w)
{
	uint32_t sequences[2];
	hive_sequences(w->system->clean, sequences);
	return json_pack("{s:s, s:o, s:s, s:s, s:i, s:o, s:[I,I]}", "path", w->place.hive_path,
			 "size", json_number(w->system->clean.len), "state",
			 w->system->recovery.was_dirty ? "dirty" : "clean", "log", w->system->log,
			 "recovered_pages", recovered_pages(&w->system->recovery), "recovery",
			 json_recovery(w->system), "sequence", (json_int_t)sequences[0],
			 (json_int_t)sequences[1]);
}

json_t *json_guards(const struct hive_file *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->n_guards; i++) {
		const struct guard *g = &f->guards[i];
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:b, s:b}", "id", g->id, "text", g->text.plain,
					"blocks_writing", g->blocks, "overridable",
					guard_kinds[g->code].override != OVERRIDE_NONE));
	}
	return list;
}

static json_t *json_overrides(const struct service *svc)
{
	json_t *map = json_object();
	for (size_t i = 0; i < svc->n_overrides; i++)
		json_object_set_new(map, svc->overrides[i].id, json_u32(svc->overrides[i].value));
	return map;
}

static const char *const file_states[] = {
	[FILE_UNCHECKED] = "unchecked",
	[FILE_PRESENT] = "present",
	[FILE_MISSING] = "missing",
	[FILE_EMPTY] = "empty",
	[FILE_ELSEWHERE] = "unchecked",
	[FILE_PACKED] = "packed",
	[FILE_BAD] = "bad",
};

static json_t *json_file(const struct driver_file *f)
{
	bool known = f->state == FILE_PRESENT || f->state == FILE_EMPTY ||
		     f->state == FILE_PACKED || f->state == FILE_BAD;
	return json_pack("{s:o, s:s, s:o}", "path", json_text(f->path), "state",
			 file_states[f->state], "size", known ? json_number(f->size) : json_null());
}

static json_t *json_service(const struct service *svc)
{
	const struct driver *d = catalogue_driver(svc->name);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "name", svc->name, "type", json_u32(svc->type), "start",
			 json_u32(svc->start), "start_override", json_overrides(svc), "boot_flags",
			 json_u32(svc->boot_flags), "effective_start",
			 json_u32(svc->effective_start), "error_control",
			 json_u32(svc->error_control), "group", json_text(svc->group), "tag",
			 json_u32(svc->tag), "image_path", json_text(svc->image_path), "file",
			 json_file(&svc->file), "last_written", json_time(svc->written), "role",
			 json_text(d ? d->role : NULL));
}

static json_t *json_services(const struct install *inst)
{
	json_t *list = json_array();
	const struct control_set *set = install_set(inst, inst->boots_with);
	for (size_t i = 0; set && i < set->n; i++)
		json_array_append_new(list, json_service(&set->services[i]));
	return list;
}

static json_t *json_finding(const struct finding *f)
{
	char when[TIME_TEXT];
	filetime_text(f->written, when);
	return json_pack("{s:s, s:s, s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}",
			 "rule", f->rule->id, "severity", severity_name(f->severity), "step",
			 json_text(boot_step_name(f->step)), "subject", f->subject, "control_set",
			 (int)f->control_set, "key", json_text(f->key), "last_written",
			 when[0] ? json_string(when) : json_null(), "value", json_text(f->value),
			 "found", json_text(f->found.plain), "needed", json_text(f->needed.plain),
			 "fixable", f->fixable, "why", json_text(f->why.plain), "no_fix",
			 json_text(f->no_fix.plain));
}

static json_t *json_machines(const struct target_verdict *t)
{
	json_t *list = json_array();
	for (size_t i = 0; i < t->n_machines; i++) {
		const struct machine_verdict *m = &t->machines[i];
		json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:s}", "machine", m->machine,
						      "name", json_text(m->name), "last", m->last,
						      "verdict", verdict_name(m->verdict)));
	}
	return list;
}

static json_t *json_target(const struct target_verdict *t)
{
	json_t *findings = json_array();
	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(findings, json_number(t->findings[i]));
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "id", t->id, "title",
			 json_text(t->title), "verdict", verdict_name(t->verdict), "step",
			 json_text(boot_step_name(t->step)), "machines", json_machines(t),
			 "findings", findings, "unknown", json_text(t->unknown.plain));
}

static void add_diagnosis(json_t *out, const struct diagnosis *d)
{
	json_t *targets = json_array(), *findings = json_array();
	for (size_t i = 0; i < d->n_targets; i++)
		json_array_append_new(targets, json_target(&d->targets[i]));
	for (size_t i = 0; i < d->n; i++)
		json_array_append_new(findings, json_finding(&d->findings[i]));
	json_object_set_new(out, "targets", targets);
	json_object_set_new(out, "findings", findings);
}

/* The chosen targets, or portable and then the whole catalogue. */
static int judge_for_json(struct session *s, const struct windows *w, struct arena *arena,
			  struct diagnosis *d, struct err *err)
{
	size_t n = s->n_targets, all;
	const char **ids = s->targets;
	const struct target *rows = catalogue_targets(&all);
	if (s->options.n_targets == 0) {
		ids = arena_array(arena, all + 1, sizeof(*ids), err);
		if (!ids)
			return -1;
		ids[0] = "portable";
		for (size_t i = 0; i < all; i++)
			ids[i + 1] = rows[i].id;
		n = all + 1;
	}
	const struct session_question question = {.targets = ids, .n = n, .all_machines = true};
	return session_diagnose(s, w, &w->install, &question, arena, d, err);
}

static json_t *json_control_sets(const struct install *inst)
{
	json_t *list = json_array();
	for (size_t i = 0; i < inst->n_sets; i++)
		json_array_append_new(list, json_integer(inst->sets[i].number));
	return list;
}

/* null where the hive is whole */
static json_t *json_old_copy(struct session *s, const struct windows *w, struct arena *arena)
{
	struct regback copy;
	char time[TIME_TEXT];
	if (!session_wants_regback(w) || session_regback(s, w, arena, &copy, NULL) < 0 ||
	    !copy.path)
		return json_null();
	filetime_text(copy.modified, time);
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:o}", "path", copy.path, "size",
			 json_number(copy.size), "modified", time, "computer",
			 json_text(copy.computer), "room", json_number(copy.room), "fits",
			 copy.n > 0, "why_not", json_text(copy.why_not.plain));
}

static json_t *json_windows(struct session *s, const struct windows *w, struct arena *arena)
{
	const struct install *inst = &w->install;
	struct diagnosis d = {0};
	struct err err = w->error;
	json_t *out = json_pack("{s:i, s:s}", "partition", (int)w->partition->number, "root",
				w->place.root);
	if (w->readable && judge_for_json(s, w, arena, &d, &err) < 0)
		d = (struct diagnosis){0};
	json_object_set_new(out, "version", json_text(w->readable ? inst->version : NULL));
	json_object_set_new(out, "architecture", json_text(inst->architecture));
	json_object_set_new(out, "control_sets", json_control_sets(inst));
	json_object_set_new(out, "boots_with",
			    inst->boots_with ? json_integer(inst->boots_with) : json_null());
	json_object_set_new(out, "last_machine", json_machine(inst));
	json_object_set_new(out, "history", json_saids(inst->history, inst->n_history));
	json_object_set_new(out, "hive", w->readable ? json_hive(w) : json_null());
	json_object_set_new(out, "old_copy", json_old_copy(s, w, arena));
	json_object_set_new(out, "guards", json_guards(w->system));
	json_object_set_new(out, "services", json_services(inst));
	add_diagnosis(out, &d);
	json_object_set_new(out, "error", json_error(&err));
	return out;
}

json_t *json_check(struct session *s, const char *path, const struct err *err, int status,
		   struct arena *arena)
{
	json_t *installations = json_array();
	const char *shown = text_utf8(arena, path);
	for (size_t i = 0; s && i < s->n_windows; i++)
		json_array_append_new(installations, json_windows(s, &s->windows[i], arena));
	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:i}", "schema", "stop7b.check/2", "image",
			 json_image(s, shown ? shown : ""), "partitions", json_partitions(s),
			 "installations", installations, "interrupted", s && s->interrupted,
			 "error", json_error(err), "exit", status);
}

/* ---- the review ---- */

static const char *const op_names[] = {
	[HIVE_SET] = "set",
	[HIVE_DELETE_VALUE] = "delete-value",
	[HIVE_CREATE_KEY] = "create-key",
	[HIVE_DELETE_KEY] = "delete-key",
};

/* What has no place in a layer has none to show. */
static json_t *json_place(bool has, uint64_t at)
{
	return has ? json_number(at) : json_null();
}

static json_t *json_file_package(const struct edit_package *p)
{
	return p->inf ? json_pack("{s:s, s:s, s:o, s:o}", "inf", p->inf, "source", p->source,
				  "version", json_text(p->version), "date", json_text(p->date))
		      : json_null();
}

static json_t *json_value(const struct review *r, const struct review_value *v)
{
	const char *operation = v->kind == EDIT_REGISTRY ? op_names[v->op]
				: v->kind == EDIT_FILE   ? "add-file"
							 : "bytes";
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
		"subject", v->subject, "hive", r->hives[v->hive], "operation", operation, "key",
		v->key, "name", v->name, "old_type", v->was_type, "type", v->type, "was",
		v->was.plain, "becomes", v->becomes.plain, "package",
		json_file_package(&v->package), "bytes", json_number(v->bytes), "hive_offset",
		json_place(v->kind == EDIT_REGISTRY, v->hive_at), "volume_offset",
		json_place(v->kind == EDIT_REGISTRY, v->volume_at), "disk_offset",
		json_place(v->kind != EDIT_CONTAINER_BYTES, v->disk_at), "image_offset",
		json_number(v->file_at));
}

static json_t *json_range(const struct review *review, const struct patch_range *r)
{
	bool of_hive = r->hive < review->n_hives, of_disk = r->hive <= review->n_hives;
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "what", r->what.plain, "value",
			 r->value, "length", json_number(r->len), "hive_offset",
			 json_place(of_hive, r->hive_at), "volume_offset",
			 json_place(of_hive, r->volume_at), "disk_offset",
			 json_place(of_disk, r->disk_at), "image_offset", json_number(r->file_at));
}

static json_t *json_sectors(const struct write_list *sectors)
{
	json_t *list = json_array();
	for (size_t i = 0; i < sectors->n; i++)
		json_array_append_new(list, json_pack("[o,o]", json_number(sectors->items[i].off),
						      json_number(sectors->items[i].len)));
	return list;
}

json_t *json_review(const struct review *r)
{
	const struct patch *p = &r->patch;
	json_t *values = json_array(), *ranges = json_array();
	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(values, json_value(r, &r->values[i]));
	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(ranges, json_range(r, &p->ranges[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "hive",
			 json_text(r->n_hives ? r->hives[0] : NULL), "values", values, "ranges",
			 ranges, "sectors", json_sectors(&p->sectors), "grows_by",
			 json_number(p->file_growth), "new_blocks", json_number(p->new_blocks),
			 "copied_sectors", json_number(p->copied), "copied_up_from",
			 json_text(r->parent), "warnings", json_saids(r->warnings, r->n_warnings),
			 "file_system", json_saids(r->added, r->n_added), "undo_record",
			 r->undo_file);
}
