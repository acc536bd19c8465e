/* SPDX-License-Identifier: MIT */
/*
 * Guards: reasons not to write, collected while reading. Each says what was seen, why it matters
 * and what to do. A guard that cannot be checked counts as raised when being wrong would cost
 * data (hibernation), and is left to the write path when that path checks again anyway (locks).
 */
#include "session_internal.h"

#include <string.h>
#include <sys/stat.h>

#include "stop7b/hive_reference.h"
#include "stop7b/lock.h"

const struct guard_kind guard_kinds[GUARD_CODES] = {
	[GUARD_IN_USE] = {"in-use", OVERRIDE_NONE},
	[GUARD_HIBERNATED] = {"hibernated", OVERRIDE_NONE},
	[GUARD_BITLOCKER] = {"bitlocker", OVERRIDE_NONE},
	[GUARD_HIVE_DIRTY] = {"hive-dirty", OVERRIDE_NONE},
	[GUARD_HIVE_DAMAGED] = {"hive-damaged", OVERRIDE_NONE},
	[GUARD_CANNOT_VERIFY] = {"cannot-verify", OVERRIDE_NONE},
	[GUARD_LOG_PARTIAL] = {"log-partial", OVERRIDE_ALLOW},
	[GUARD_NOT_IN_PLACE] = {"not-in-place", OVERRIDE_NONE},
	[GUARD_NTFS_LOG] = {"ntfs-log", OVERRIDE_ALLOW},
	[GUARD_DIRTY_VOLUME] = {"dirty-volume", OVERRIDE_ALLOW},
	[GUARD_SAVED_STATE] = {"saved-state", OVERRIDE_ALLOW},
	[GUARD_IS_PARENT] = {"is-parent", OVERRIDE_FORCE_PARENT},
	[GUARD_NO_UNDO_PLACE] = {"no-undo-place", OVERRIDE_NONE},
	[GUARD_UNSIGNED] = {"unsigned", OVERRIDE_ALLOW},
};

bool guard_allowed(const struct session *s, enum guard_code code)
{
	const struct guard_kind *kind = &guard_kinds[code];
	if (kind->override == OVERRIDE_FORCE_PARENT)
		return s->options.force_parent;
	for (size_t i = 0; kind->override == OVERRIDE_ALLOW && i < s->options.n_allow; i++)
		if (strcmp(s->options.allow[i], kind->id) == 0)
			return true;
	return false;
}

static void raise_with(struct session *s, struct hive_file *f, enum guard_code code,
		       struct said text, struct said action)
{
	for (size_t i = 0; i < f->n_guards; i++)
		if (f->guards[i].code == code)
			return; /* one reason of a kind is enough to say */
	if (f->n_guards == GUARDS_MAX)
		return;
	f->guards[f->n_guards++] = (struct guard){
		.code = code,
		.id = guard_kinds[code].id,
		.text = text,
		.action = action,
		.blocks = !guard_allowed(s, code),
	};
}

static void raise_guard(struct session *s, struct hive_file *f, enum guard_code code,
			struct said text, const char *action)
{
	raise_with(s, f, code, text, said_of(action));
}

static void check_in_use(struct session *s, struct hive_file *f)
{
	struct err err = {0};
	if (lock_probe(image_info(s->image)->real_path, &err) < 0 && err.code == E_LOCKED)
		raise_guard(s, f, GUARD_IN_USE, said_make(s->arena, "%s", ERR_ARG(&err)),
			    N_("Shut the virtual machine down or detach the image, then open it "
			       "again."));
}

static void check_container(struct session *s, struct hive_file *f)
{
	const struct image_info *info = image_info(s->image);
	if (info->no_writes)
		raise_with(s, f, GUARD_NOT_IN_PLACE, said_of(info->no_writes),
			   hint_todo(info->hint ? info->hint : HINT_NOT_IN_PLACE, s->arena));
	if (info->saved_state)
		raise_guard(s, f, GUARD_SAVED_STATE,
			    said_of(N_("The footer says that a virtual machine was saved with this "
				       "disk; its "
				       "memory would not fit a changed disk.")),
			    N_("Start the machine and shut it down, or discard its saved state."));
}

/* Writing a parent breaks every child; what cannot be excluded counts as found. */
static void check_children(struct session *s, struct hive_file *f)
{
	const char *child = NULL;
	struct err err = {0};
	int rc = image_has_children(image_info(s->image)->real_path, s->arena, &child, &err);
	if (rc == 0)
		return;
	raise_guard(
		s, f, GUARD_IS_PARENT,
		rc > 0 ? said_make(s->arena,
				   "%s names this disk as its parent: a change here would "
				   "destroy what it holds.",
				   child)
		       : said_make(s->arena,
				   "It could not be seen whether another disk has this one as "
				   "its parent: %s.",
				   ERR_ARG(&err)),
		N_("Work on the child instead, or say --force-parent when no child is needed."));
}

static const char *const log_texts[] = {
	[NTFS_LOG_OPEN] = N_(
		"$LogFile was not closed cleanly: Windows will replay it when it mounts the "
		"volume and may put old bytes back."),
	[NTFS_LOG_FAST_RESTART] = N_(
		"$LogFile has version 2.0: Windows keeps metadata cached (fast "
		"restart, or the disk was unplugged)."),
	[NTFS_LOG_UNREADABLE] = N_(
		"$LogFile could not be read, so it may hold work that Windows will "
		"replay."),
};

/* Each volume is asked once: its hiberfil.sys and $LogFile cost reads. */
static const struct volume *volume_state(struct volume *v)
{
	if (!v->state_read && ntfs_state(v->ntfs, &v->state, &v->state_error) < 0)
		v->state = (struct ntfs_state){0};
	v->state_read = true;
	return v;
}

static void raise_hibernated(struct session *s, struct hive_file *f, const struct volume *v)
{
	bool own = v->ntfs == f->volume;
	const char *what =
		v->state.hiberfile_unreadable
			? N_("hiberfil.sys cannot be read, so Windows may be hibernated.")
			: N_("Windows is hibernated or was shut down with Fast Startup: it would "
			     "resume with the old registry in memory and write it back.");
	raise_guard(
		s, f, GUARD_HIBERNATED,
		own ? said_of(what)
		    : said_make(s->arena, "Partition %u: %s It has this volume mounted, too.",
				v->partition->number, said_arg(said_of(what), s->arena)),
		N_("Boot it once and shut it down fully: shutdown /s /t 0 /f, powercfg /h off."));
}

bool is_hibernated(struct volume *v)
{
	return v->ntfs && volume_state(v)->state.hibernated;
}

static void check_hibernation(struct session *s, struct hive_file *f)
{
	for (size_t i = 0; i < s->table.n; i++)
		if (is_hibernated(&s->volumes[i]))
			raise_hibernated(s, f, &s->volumes[i]);
}

static void check_log_and_flags(struct session *s, struct hive_file *f, const struct volume *v)
{
	if (v->state_error.code) {
		raise_guard(s, f, GUARD_DIRTY_VOLUME,
			    said_make(s->arena, "The state of the volume could not be read: %s",
				      ERR_ARG(&v->state_error)),
			    N_("Let Windows check the volume (chkdsk /f)."));
		return;
	}
	if (v->state.log != NTFS_LOG_CLEAN)
		raise_guard(s, f, GUARD_NTFS_LOG, said_of(log_texts[v->state.log]),
			    N_("Boot Windows or run chkdsk once so that it closes the log."));
	if (v->state.dirty)
		raise_guard(s, f, GUARD_DIRTY_VOLUME,
			    said_of(N_("The NTFS volume is marked dirty: Windows will check it at "
				       "the next "
				       "mount and may change what lies on it.")),
			    N_("Let Windows check the volume (chkdsk /f) first."));
}

static void check_fat(struct session *s, struct hive_file *f)
{
	struct fat_state state;
	struct err err = {0};
	if (fat_state(f->fat, &state, &err) < 0)
		raise_guard(s, f, GUARD_DIRTY_VOLUME,
			    said_make(s->arena, "The state of the volume could not be read: %s",
				      ERR_ARG(&err)),
			    N_("Let Windows check the volume (chkdsk /f)."));
	else if (state.mounted || state.errors)
		raise_guard(s, f, GUARD_DIRTY_VOLUME,
			    said_of(state.mounted
					    ? N_("The FAT volume was not put away cleanly: what "
						 "was last written to it may not be complete.")
					    : N_("The FAT volume is marked as having met errors.")),
			    N_("Let Windows check the volume (chkdsk /f) first."));
}

static void check_volume(struct session *s, struct hive_file *f)
{
	check_hibernation(s, f);
	if (f->fat)
		check_fat(s, f);
	for (size_t i = 0; f->volume && i < s->table.n; i++)
		if (s->volumes[i].ntfs == f->volume)
			check_log_and_flags(s, f, volume_state(&s->volumes[i]));
}

static const char *leaf_of(const char *path)
{
	const char *slash = strrchr(path, '\\'), *other = strrchr(path, '/');
	const char *cut = other > slash ? other : slash;
	return cut ? cut + 1 : path;
}

/* The notes of a recovery as one text. */
static const char *notes_of(struct session *s, const struct hive_recovery *rec)
{
	const char *all = "";
	for (size_t i = 0; i < rec->n_notes && all; i++)
		all = arena_printf(s->arena, "%s%s%s", all, i > 0 ? "; " : "",
				   said_arg(rec->notes[i], s->arena));
	return all ? all : "";
}

static void check_log(struct session *s, struct hive_file *f)
{
	if (f->recovery.recovered && f->recovery.partial)
		raise_guard(s, f, GUARD_LOG_PARTIAL,
			    said_make(s->arena,
				      "The %s hive was recovered from its logs only in part: %s. "
				      "Windows had promised to keep those changes; a write here "
				      "gives them up.",
				      leaf_of(f->path), notes_of(s, &f->recovery)),
			    N_("Boot Windows once and shut it down fully, then open the image "
			       "again."));
}

static void check_hive(struct session *s, struct hive_file *f)
{
	struct err err = {0};
	const struct hive_recovery *rec = &f->recovery;
	const char *leaf = leaf_of(f->path);
	if (rec->was_dirty && !rec->recovered)
		raise_guard(
			s, f, GUARD_HIVE_DIRTY,
			said_make(s->arena,
				  "The %s hive was not closed cleanly (sequence numbers "
				  "%u and %u%s) and its logs do not help: %s. Its newest "
				  "changes are missing here.",
				  leaf, f->hive.sequence[0], f->hive.sequence[1],
				  f->hive.checksum_ok ? ""
						      : said_word(N_(", checksum wrong"), s->arena),
				  said_arg(rec->words, s->arena)),
			N_("Boot Windows once and shut it down fully, then open the image again."));
	else if (rec->needs_len > f->clean.len)
		raise_guard(
			s, f, GUARD_HIVE_DIRTY,
			said_make(s->arena,
				  "The recovered %s hive needs %llu bytes, its file has "
				  "%zu, and no file grows here.",
				  leaf, (unsigned long long)rec->needs_len, f->clean.len),
			N_("Boot Windows once and shut it down fully, then open the image again."));
	if (rec->doubtful)
		raise_guard(
			s, f, GUARD_HIVE_DAMAGED,
			said_make(s->arena,
				  "The %s hive could be recovered from its logs only in "
				  "part, or with damage.",
				  leaf),
			N_("Boot Windows once and shut it down fully, or restore a backup of it."));
	uint64_t used = HIVE_BASE + (uint64_t)f->hive.bins_size;
	if (f->file &&
	    ntfs_file_in_place(f->file, used < f->clean.len ? used : f->clean.len, &err) < 0)
		raise_guard(
			s, f, GUARD_NOT_IN_PLACE,
			said_make(s->arena, "The %s file cannot be changed in place: %s.", leaf,
				  ERR_ARG(&err)),
			N_("Uncompress or decrypt the file in Windows (compact /u, cipher /d)."));
}

static void check_undo_place(struct session *s, struct hive_file *f)
{
	struct err err = {0};
	if (apply_undo_place(image_info(s->image)->real_path, s->options.undo_dir, &err) == 0)
		return;
	raise_guard(s, f, GUARD_NO_UNDO_PLACE, said_make(s->arena, "%s", ERR_ARG(&err)),
		    N_("Name a directory on a disk with --undo-dir DIR."));
}

void guards_collect(struct session *s, struct hive_file *f)
{
	f->n_guards = 0;
	check_in_use(s, f);
	check_container(s, f);
	check_children(s, f);
	check_volume(s, f);
	check_hive(s, f);
	check_log(s, f);
	check_undo_place(s, f);
}

void guard_unverifiable(struct session *s, struct hive_file *f, struct err *why)
{
	struct err local = *why;
	raise_with(s, f, GUARD_CANNOT_VERIFY,
		   said_make(s->arena,
			     "The libraries that check a write cannot read this disk as it is: %s. "
			     "What was written could not be verified.",
			     ERR_ARG(&local)),
		   hint_todo(HINT_NOT_IN_PLACE, s->arena));
	*why = (struct err){0};
	err_set(why, E_GUARD, "%s: %s", guard_kinds[GUARD_CANNOT_VERIFY].id, ERR_ARG(&local));
}

void guards_of_bytes(struct session *s, struct hive_file *f, enum edit_kind kind)
{
	f->n_guards = 0;
	check_in_use(s, f);
	if (kind == EDIT_DISK_BYTES) {
		check_container(s, f);
		check_hibernation(s, f);
	}
	check_children(s, f);
	check_undo_place(s, f);
}

/* ---- what cannot be mended ---- */

static void drop_repair_guards(struct hive_file *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->n_guards; i++)
		if (!f->guards[i].of_repair)
			f->guards[kept++] = f->guards[i];
	f->n_guards = kept;
}

static bool any_fixable(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].fixable && d->findings[i].severity != SEVERITY_NOTE)
			return true;
	return false;
}

void guard_repairs(struct session *s)
{
	struct hive_file *f = s->chosen ? s->chosen->system : NULL;
	if (!f)
		return;
	drop_repair_guards(f);
	if (s->now.n_refused == 0 || any_fixable(&s->now))
		return;
	bool damaged = s->now.refusal.code == E_GUARD;
	size_t before = f->n_guards;
	raise_guard(
		s, f, damaged ? GUARD_HIVE_DAMAGED : GUARD_NOT_IN_PLACE,
		said_make(s->arena, "It cannot be mended from here: %s.", ERR_ARG(&s->now.refusal)),
		damaged && s->now.refusal_of_store
			? N_("Rename that store and make a new one in Windows' recovery (bcdboot), "
			     "or restore a backup of it.")
		: damaged ? N_("Repair the hive in Windows, or restore a backup of it.")
			  : N_("Change it in Windows, or work on a copy."));
	if (f->n_guards > before)
		f->guards[before].of_repair = true;
}

static const struct guard *first_blocking(const struct hive_file *f)
{
	for (size_t i = 0; i < f->n_guards; i++)
		if (f->guards[i].blocks)
			return &f->guards[i];
	return NULL;
}

const struct guard *session_writes_off(const struct session *s)
{
	const struct guard *off = NULL;
	const struct hive_file *f;
	bool staged = session_changed(s, 0) != NULL;
	for (size_t i = 0; !off && (f = session_changed(s, i)); i++)
		off = first_blocking(f);
	return staged || !s->chosen ? off : first_blocking(s->chosen->system);
}

/* ---- libregf on the same bytes ---- */

static bool agrees(struct hive_reference *r, struct key root, const char *path, const char *name)
{
	struct key k;
	uint32_t ours = 0, theirs = 0;
	bool have = key_find(root, path, &k, NULL) == 0 && key_u32(k, name, &ours, NULL) == 0;
	bool they = hive_reference_u32(r, path, name, &theirs, NULL) == 0;
	return have == they && (!have || ours == theirs);
}

static const char *first_disagreement(struct session *s, struct hive_reference *r,
				      const struct windows *w)
{
	struct key root = hive_root(&w->system->hive);
	const struct control_set *set = install_set(&w->install, w->install.boots_with);
	if (!agrees(r, root, "Select", "Default"))
		return "Select\\Default";
	for (size_t i = 0; i < s->now.n; i++) {
		const struct service *svc = set_service(set, s->now.findings[i].subject);
		if (svc && !agrees(r, root, svc->key, "Start"))
			return svc->key;
	}
	return NULL;
}

int second_opinion(struct session *s, struct windows *w, struct err *err)
{
	struct err why = {0};
	const char *where = NULL;
	struct hive_reference *r = hive_reference_open(w->system->hive.bytes, &why);
	if (r)
		where = first_disagreement(s, r, w);
	hive_reference_close(r);
	if (r && !where)
		return 0;
	struct said text =
		r ? said_make(s->arena, N_("Two independent readers disagree about %s."), where)
		  : said_make(s->arena,
			      N_("libregf cannot read this hive, so a write could not be "
				 "verified: %s"),
			      ERR_ARG(&why));
	if (!text.plain)
		return no_memory(err);
	raise_guard(s, w->system, GUARD_HIVE_DAMAGED, text,
		    N_("Repair the hive in Windows, or restore a backup of it."));
	return err_set(err, E_GUARD, "%s: %s", guard_kinds[GUARD_HIVE_DAMAGED].id, SAID_ARG(text));
}
