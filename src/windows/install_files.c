/* SPDX-License-Identifier: MIT */
/*
 * Are the driver files there? Looks up the file of every service that matters at boot.
 *
 * Each directory is opened once and asked for names: nearly all files lie in one directory of
 * thousands. A file that the system keeps compressed (WOF) counts as present where this Windows'
 * loader can read it; whose content lies in another file (WIM) stays unchecked. What cannot be looked up because the volume is damaged stays unchecked, with a note;
 * unchecked is never "missing". A named driver without a service is looked up where setup would
 * have put its file, so that the service can be made again. Of files that the loader reads the first
 * bytes are looked at, while they are open.
 */
#include "install_internal.h"

#include <string.h>
#include <strings.h>

#include "stop7b/catalogue.h"

#define DIRECTORIES_MAX 16u /* drivers, drivers\wd, a few packages; the rest is opened each time */
#define START_BOOT      0u
/* Loaders of Windows 10 read XPRESS4K, those from this build on the other forms of WOF too. */
#define BUILD_OF_ALL_FORMS 18362u

struct directory {
	const char *path;
	struct ntfs_file *dir; /* NULL: could not be opened, for the reason in why */
	enum err_code why;
};

struct lookup {
	struct reader note; /* for install_note() */
	struct ntfs *vol;
	struct arena *arena;
	const char *machine; /* that a driver must be for; NULL: not known */
	struct directory dirs[DIRECTORIES_MAX];
	size_t n_dirs;
	bool said_unreadable;
};

static void say_unreadable(struct lookup *l, const char *path, const struct err *why)
{
	if (!l->said_unreadable)
		install_note(&l->note, "%s could not be looked up: %s", path, ERR_ARG(why));
	l->said_unreadable = true;
}

static struct directory open_directory(struct lookup *l, const char *path)
{
	struct err why = {0};
	struct directory d = {.path = path, .dir = ntfs_file_open(l->vol, path, &why)};
	d.why = why.code;
	if (!d.dir && why.code != E_NOTFOUND)
		say_unreadable(l, path, &why);
	return d;
}

static struct directory *known_directory(struct lookup *l, const char *path)
{
	for (size_t i = 0; i < l->n_dirs; i++) {
		if (text_equal(l->dirs[i].path, path))
			return &l->dirs[i];
	}
	return NULL;
}

/*
 * The overlay's driver is not there yet when the loader reads: it must know the form by itself.
 * Where neither release nor build tells, nothing is said.
 */
static enum file_state packed_state(const struct install *inst, enum ntfs_packing packing)
{
	bool old = inst->release != 0 && inst->release < WIN_10;
	if (packing == NTFS_NOT_PACKED || inst->release == 0)
		return FILE_PRESENT;
	if (packing == NTFS_PACKED_ELSEWHERE)
		return FILE_UNCHECKED;
	if (old || packing == NTFS_XPRESS4K)
		return old ? FILE_PACKED : FILE_PRESENT;
	if (inst->build == 0)
		return FILE_UNCHECKED;
	return inst->build < BUILD_OF_ALL_FORMS ? FILE_PACKED : FILE_PRESENT;
}

static int stat_file(struct lookup *l, struct ntfs_file *f, struct driver_file *out,
		     struct err *err)
{
	struct ntfs_entry e;
	if (ntfs_file_stat(f, l->arena, &e, err) < 0)
		return -1;
	out->size = e.size;
	out->modified = e.modified;
	out->packing = e.packing;
	out->state = e.directory                 ? FILE_MISSING
		     : e.size == 0 && !e.reparse ? FILE_EMPTY
						 : packed_state(l->note.out, e.packing);
	return 0;
}

/* Who would use the file: Windows' loader, which takes only what is made for it, or somebody. */
enum user { FOR_LOADER, FOR_ANY };

static int look_up_name(struct lookup *l, const struct directory *d, const char *name,
			enum user user, struct driver_file *out, struct err *err)
{
	struct err why = {0};
	int rc = 0;
	if (!d->dir) {
		out->state = d->why == E_NOTFOUND ? FILE_MISSING : FILE_UNCHECKED;
		return 0;
	}
	struct ntfs_file *f = ntfs_file_child(d->dir, name, &why);
	if (!f && why.code == E_NOTFOUND)
		out->state = FILE_MISSING;
	else if (!f || stat_file(l, f, out, &why) < 0)
		say_unreadable(l, out->path, &why);
	else if (user == FOR_LOADER && out->state == FILE_PRESENT)
		rc = judge_head(f, l->machine, l->arena, out, err);
	ntfs_file_close(f);
	return rc;
}

static int look_up(struct lookup *l, enum user user, struct driver_file *out, struct err *err)
{
	const char *raw = driver_file_raw(out), *slash = strrchr(raw, '\\');
	char *path = slash ? arena_printf(l->arena, "%.*s", (int)(slash - raw), raw) : NULL;
	if (!path)
		return slash ? err_set(err, E_MEMORY, "no memory for a path") : 0;
	struct directory *known = known_directory(l, path);
	struct directory d = known ? *known : open_directory(l, path);
	int rc = look_up_name(l, &d, slash + 1, user, out, err);
	if (known)
		return rc;
	if (l->n_dirs < DIRECTORIES_MAX)
		l->dirs[l->n_dirs++] = d;
	else
		ntfs_file_close(d.dir);
	return rc;
}

/* A file by its raw path, not looked up yet. 0, or -1 without memory. */
static int name_file(struct driver_file *f, const char *raw, struct arena *arena)
{
	*f = (struct driver_file){.path = text_utf8(arena, raw)};
	if (!f->path)
		return -1;
	if (strcmp(f->path, raw) != 0)
		f->raw_path = raw;
	return 0;
}

static int check_service(struct lookup *l, struct service *s, struct err *err)
{
	char *raw = service_path(s, l->note.out->root, l->arena);
	s->file = (struct driver_file){.state = FILE_ELSEWHERE};
	if (!raw)
		return 0;
	if (name_file(&s->file, raw, l->arena) < 0)
		return no_memory(err);
	return look_up(l, FOR_LOADER, &s->file, err);
}

static bool is_listed(const struct class_filter *filters, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (text_equal(filters[i].service, name))
			return true;
	}
	return false;
}

static bool is_bound(const struct binding *bindings, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (text_equal(bindings[i].service, name))
			return true;
	}
	return false;
}

static bool is_named(const struct install *inst, const struct control_set *set,
		     const struct install_files_wanted *wanted, const char *name)
{
	for (size_t i = 0; i < wanted->n; i++) {
		if (text_equal(wanted->names[i], name))
			return true;
	}
	if (text_equal(name, FILE_SYSTEM))
		return true;
	if (is_listed(set->filters, set->n_filters, name) ||
	    is_listed(set->device_filters, set->n_device_filters, name) ||
	    is_bound(set->bindings, set->n_bindings, name) ||
	    is_bound(inst->bindings, inst->n_bindings, name))
		return true;
	for (size_t i = 0; i < inst->n_controllers; i++) {
		if (text_equal(inst->controllers[i].service, name))
			return true;
	}
	return false;
}

/* Sets mostly agree: take what an earlier set's service of the same name and path found. */
static bool take_from(const struct control_set *earlier, struct service *s)
{
	const struct service *same = set_service(earlier, s->name);
	if (!same || !same->file.path || !text_equal(stored_image_path(same), stored_image_path(s)))
		return false;
	s->file = same->file;
	return true;
}

static int check_set(struct lookup *l, struct install *inst, size_t at,
		     const struct install_files_wanted *wanted, struct err *err)
{
	struct control_set *set = &inst->sets[at];
	for (size_t i = 0; i < set->n; i++) {
		struct service *s = &set->services[i];
		if (s->start == START_ABSENT ||
		    (s->start != START_BOOT && !is_named(inst, set, wanted, s->name)))
			continue;
		if (at > 0 && take_from(&inst->sets[0], s))
			continue;
		if (check_service(l, s, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- kernel and HAL ---- */

/* Where the hive does not say which processor this Windows is for, its kernel does. */
static void learn_machine(struct lookup *l, const char *kernel)
{
	l->machine = l->note.out->architecture;
	struct ntfs_file *f = l->machine ? NULL : ntfs_file_open(l->vol, kernel, NULL);
	if (f)
		l->machine = machine_of_file(f);
	ntfs_file_close(f);
}

static int check_kernel(struct lookup *l, struct install *inst, struct err *err)
{
	static const char *const names[KERNEL_FILES] = {"ntoskrnl.exe", "hal.dll"};
	for (size_t i = 0; i < KERNEL_FILES; i++) {
		const char *path = arena_printf(l->arena, "%s\\System32\\%s", inst->root, names[i]);
		if (!path || name_file(&inst->kernel[i], path, l->arena) < 0)
			return no_memory(err);
		if (i == 0)
			learn_machine(l, path);
		if (look_up(l, FOR_LOADER, &inst->kernel[i], err) < 0)
			return -1;
	}
	return 0;
}

/* ---- files that are no drivers ---- */

/* Up to the first space, with `.exe` behind it: "autochk *" is autochk.exe in System32. */
static char *program_path(struct lookup *l, const char *command)
{
	static const char checker[] = "autocheck ";
	const char *name = command;
	if (strncasecmp(name, checker, strlen(checker)) == 0)
		name += strlen(checker);
	int len = (int)strcspn(name, " ");
	bool has_suffix = len > 4 && strncasecmp(name + len - 4, ".exe", 4) == 0;
	if (memchr(name, '\\', (size_t)len) || memchr(name, '%', (size_t)len))
		return NULL;
	return arena_printf(l->arena, "%s\\System32\\%.*s%s", l->note.out->root, len, name,
			    has_suffix ? "" : ".exe");
}

static int check_programs(struct lookup *l, struct control_set *set, struct err *err)
{
	for (size_t i = 0; i < set->n_programs; i++) {
		struct boot_program *p = &set->programs[i];
		p->file = (struct driver_file){.path = program_path(l, p->command)};
		if (p->file.path && look_up(l, FOR_ANY, &p->file, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- what setup runs ---- */

/* The program of a command line: in quotes, up to its suffix, or up to the first space. */
static char *program_of(struct lookup *l, const char *command)
{
	static const char *const suffixes[] = {".exe", ".com", ".cmd", ".bat"};
	command += strspn(command, " ");
	if (*command == '"')
		return arena_printf(l->arena, "%.*s", (int)strcspn(command + 1, "\""), command + 1);
	for (const char *p = command; *p; p++) {
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
			const char *end = path_behind(p, suffixes[i]);
			if (end && (!*end || *end == ' '))
				return arena_printf(l->arena, "%.*s", (int)(end - command),
						    command);
		}
	}
	return arena_printf(l->arena, "%.*s.exe", (int)strcspn(command, " "), command);
}

/* Below the system root, or where an absolute path leads; no path leaves it as it is. */
static int look_up_program(struct lookup *l, const char *program, const char *folder,
			   struct driver_file *out, struct err *err)
{
	const char *path = arena_printf(l->arena, "%s%s", folder, program);
	char *raw = path ? image_path_resolve(path, "", l->note.out->root, l->arena) : NULL;
	if (!path)
		return no_memory(err);
	if (!raw)
		return 0;
	if (name_file(out, raw, l->arena) < 0)
		return no_memory(err);
	return look_up(l, FOR_ANY, out, err);
}

/* A bare name is looked for in System32, then in the system root. */
static int check_setup(struct lookup *l, struct install *inst, struct err *err)
{
	struct driver_file *f = &inst->setup_program;
	*f = (struct driver_file){0};
	if (inst->setup_type == 0 || !inst->raw_setup_command)
		return 0;
	const char *program = program_of(l, inst->raw_setup_command);
	if (!program)
		return no_memory(err);
	bool bare = program[0] != '\\' && program[0] != '%' && program[0] && program[1] != ':';
	if (bare && look_up_program(l, program, "System32\\", f, err) < 0)
		return -1;
	struct driver_file below = *f;
	if (f->state != FILE_PRESENT && look_up_program(l, program, "", &below, err) < 0)
		return -1;
	if (!f->path || below.state == FILE_PRESENT)
		*f = below;
	return 0;
}

static int check_pending(struct lookup *l, struct install *inst, struct err *err)
{
	struct driver_file *f = &inst->pending_xml;
	*f = (struct driver_file){0};
	f->path = arena_printf(l->arena, "%s\\WinSxS\\pending.xml", inst->root);
	if (!f->path)
		return err_set(err, E_MEMORY, "no memory for a path");
	return look_up(l, FOR_ANY, f, err);
}

/* ---- files of services that are not there ---- */

/* Neither Windows nor a vendor would put a file there: nothing to look up. */
static bool has_a_file(const struct install *inst, const char *name)
{
	const struct driver *d = catalogue_driver(name);
	bool vendor = d && d->since > d->until;
	return vendor || inst->release == 0 || catalogue_form(name, inst->release);
}

static bool is_absent_somewhere(const struct install *inst, const char *name)
{
	for (size_t i = 0; i < inst->n_sets; i++) {
		const struct service *s = set_service(&inst->sets[i], name);
		if (!s || s->start == START_ABSENT)
			return true;
	}
	return false;
}

/* The file that setup would give the driver: its own name when that is not the service's. */
static char *default_path(struct lookup *l, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	if (!d || !d->file)
		return image_path_resolve(NULL, service, l->note.out->root, l->arena);
	return arena_printf(l->arena, "%s\\System32\\drivers\\%s", l->note.out->root, d->file);
}

static int check_absent(struct lookup *l, struct install *inst,
			const struct install_files_wanted *wanted, struct err *err)
{
	inst->n_absent = 0;
	inst->absent = arena_array(l->arena, wanted->n, sizeof(*inst->absent), err);
	if (!inst->absent)
		return -1;
	for (size_t i = 0; i < wanted->n; i++) {
		struct absent_service *a = &inst->absent[inst->n_absent];
		if (!has_a_file(inst, wanted->names[i]) ||
		    !is_absent_somewhere(inst, wanted->names[i]))
			continue;
		a->name = wanted->names[i];
		a->file.path = default_path(l, a->name);
		if (!a->file.path)
			return err_set(err, E_MEMORY, "no memory for a path");
		if (look_up(l, FOR_LOADER, &a->file, err) < 0)
			return -1;
		inst->n_absent++;
	}
	return 0;
}

int install_check_files(struct install *inst, struct ntfs *vol, struct arena *arena,
			const struct install_files_wanted *wanted, struct err *err)
{
	struct lookup l = {.note = {.arena = arena, .out = inst}, .vol = vol, .arena = arena};
	int rc = check_kernel(&l, inst, err);
	for (size_t i = 0; rc == 0 && i < inst->n_sets; i++)
		rc = check_set(&l, inst, i, wanted, err);
	for (size_t i = 0; rc == 0 && i < inst->n_sets; i++)
		rc = check_programs(&l, &inst->sets[i], err);
	if (rc == 0)
		rc = check_absent(&l, inst, wanted, err);
	if (rc == 0)
		rc = check_pending(&l, inst, err);
	if (rc == 0)
		rc = check_setup(&l, inst, err);
	while (l.n_dirs > 0)
		ntfs_file_close(l.dirs[--l.n_dirs].dir);
	return rc;
}
