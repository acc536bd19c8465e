/* SPDX-License-Identifier: MIT */
/*
 * Entries of a boot store that belong to one virtual disk.
 *
 * An entry is two devices: where the loader lies and where Windows lies. Both must mean the disk
 * before a match is certain; when they disagree, or one is not understood, the weaker reading
 * is kept with the reason. Two entries with the same path on different volumes are never certain:
 * which of the volumes holds the disk cannot be known from a store. This file only looks; what
 * hangs on an entry is bcd_related.c's part.
 */
#include "bcd_match_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

/* ---- what one device means ---- */

static bool same_partition(const struct bcd_match_request *q, const struct bcd_device *d)
{
	for (size_t i = 0; i < q->n_partitions; i++) {
		const struct bcd_partition_id *p = &q->partitions[i];
		if (d->table == BCD_TABLE_GPT ? *p->guid && text_equal(p->guid, d->partition)
					      : p->offset == d->offset)
			return true;
	}
	return false;
}

static bool same_disk(const struct bcd_match_request *q, const struct bcd_device *d)
{
	if (d->table != q->table)
		return false;
	return d->table == BCD_TABLE_GPT ? *q->disk && text_equal(q->disk, d->disk)
					 : d->table == BCD_TABLE_MBR && q->signature != 0 &&
						   q->signature == d->signature;
}

/* How a device means the disk; *vhd is the file of the virtual disk it names, or NULL. */
static enum bcd_match_how match_device(const struct matcher *m, const struct bcd_element *e,
				       const struct bcd_device **vhd)
{
	const struct bcd_device *d = e ? e->device : NULL;
	*vhd = bcd_device_vhd(d);
	if (!d)
		return BCD_MATCH_NONE;
	if (*vhd && m->path.len && bcd_path_equal(m->path, (*vhd)->raw_path))
		return BCD_MATCH_PATH;
	if (*vhd && ((m->path.len && bcd_path_same_name(m->path, (*vhd)->raw_path)) ||
		     (m->image.len && bcd_path_same_name(m->image, (*vhd)->raw_path))))
		return BCD_MATCH_NAME;
	if (d->kind == BCD_DEVICE_PARTITION && same_disk(m->request, d) &&
	    same_partition(m->request, d))
		return BCD_MATCH_PARTITION;
	return BCD_MATCH_NONE;
}

/* ---- what both mean ---- */

static bool same_device(const struct bcd_device *a, const struct bcd_device *b)
{
	if (!a || !b)
		return a == b;
	return a->kind == b->kind && a->table == b->table && a->signature == b->signature &&
	       a->offset == b->offset && strcmp(a->disk, b->disk) == 0 &&
	       strcmp(a->partition, b->partition) == 0 && a->raw_path.len == b->raw_path.len &&
	       (a->raw_path.len == 0 || bcd_path_equal(a->raw_path, b->raw_path)) &&
	       same_device(a->parent, b->parent);
}

struct halves {
	const struct bcd_element *device, *os;
	const struct bcd_device *device_vhd, *os_vhd;
	enum bcd_match_how device_how, os_how;
};

static enum bcd_match_how stronger(enum bcd_match_how a, enum bcd_match_how b)
{
	return a > b ? a : b;
}

/* Why the two devices do not make a certain match, or NULL. */
static const char *doubt(const struct halves *h)
{
	const struct {
		bool doubtful;
		const char *why;
	} rules[] = {
		{!h->device, N_("it has no device")},
		{!h->os, N_("it has no osdevice")},
		{h->device && h->device->problem, N_("its device is not understood")},
		{h->os && h->os->problem, N_("its osdevice is not understood")},
		{h->device_how != h->os_how,
		 N_("its device and its osdevice mean different disks")},
		{h->device_how == BCD_MATCH_NAME, N_("only the file name is the same")},
		{!same_device(h->device_vhd, h->os_vhd),
		 N_("its device and its osdevice name different files")},
		{h->device_how == BCD_MATCH_PARTITION && h->device_vhd,
		 N_("it names this disk inside a file of another name")},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].doubtful)
			return rules[i].why;
	}
	return NULL;
}

static const char *reason(enum bcd_match_how how)
{
	static const char *const words[] = {
		[BCD_MATCH_NONE] = N_("it is another disk"),
		[BCD_MATCH_NAME] = N_("only the file name is the same"),
		[BCD_MATCH_PATH] = N_("device and osdevice name this path"),
		[BCD_MATCH_PARTITION] = N_("its devices are partitions of this disk"),
	};
	return words[how];
}

/* The second element of a resume object is where the hibernation file lies. */
static struct halves halves_of(const struct matcher *m, const struct bcd_object *o)
{
	struct halves h = {
		.device = bcd_element(o, BCD_DEVICE),
		.os = bcd_element(o, BCD_OS_DEVICE),
	};
	h.device_how = match_device(m, h.device, &h.device_vhd);
	h.os_how = match_device(m, h.os, &h.os_vhd);
	return h;
}

/* The boot manager and the tools have one device only. */
static bool has_two(const struct bcd_object *o)
{
	return o->type == BCD_LOADER || o->type == BCD_RESUME;
}

static void match_object(const struct matcher *m, const struct bcd_object *o, struct bcd_match *out)
{
	struct halves h = halves_of(m, o);
	const struct bcd_device *file = h.os_vhd ? h.os_vhd : h.device_vhd;
	*out = (struct bcd_match){
		.object = o,
		.how = stronger(h.device_how, h.os_how),
		.vhd = file ? file->path : NULL,
		.on = file ? file->parent : NULL,
	};
	const char *why = has_two(o) ? doubt(&h) : NULL;
	out->certain = out->how != BCD_MATCH_NONE && !why;
	out->why = out->how != BCD_MATCH_NONE && why ? why : reason(out->how);
	out->dead = file && m->request->listed && !matcher_lists(m, file->raw_path);
}

bool matcher_lists(const struct matcher *m, struct span path)
{
	for (size_t i = 0; i < m->n_files; i++) {
		if (bcd_path_equal(m->files[i], path))
			return true;
	}
	return false;
}

/* ---- all entries ---- */

/* An earlier loader that starts the same Windows of the same virtual disk. */
static const struct bcd_object *twin_of(const struct bcd_store *store, const struct bcd_object *o)
{
	const struct bcd_element *os = bcd_element(o, BCD_OS_DEVICE);
	const struct bcd_element *root = bcd_element(o, BCD_SYSTEM_ROOT);
	const struct bcd_device *file = os ? bcd_device_vhd(os->device) : NULL;
	for (size_t i = 0; file && &store->objects[i] < o; i++) {
		const struct bcd_object *other = &store->objects[i];
		const struct bcd_element *e = bcd_element(other, BCD_OS_DEVICE);
		const struct bcd_element *r = bcd_element(other, BCD_SYSTEM_ROOT);
		if (other->type == o->type && e && same_device(bcd_device_vhd(e->device), file) &&
		    text_equal(root ? root->string : NULL, r ? r->string : NULL))
			return other;
	}
	return NULL;
}

/* Is a resume object some loader's? Then it goes with that loader. */
static bool has_loader(const struct bcd_store *store, const struct bcd_object *o)
{
	for (size_t i = 0; i < store->n; i++) {
		if (store->objects[i].type == BCD_LOADER &&
		    bcd_names(bcd_element(&store->objects[i], BCD_RESUME_OBJECT), o->guid))
			return true;
	}
	return false;
}

static bool is_wanted(const struct bcd_store *store, const struct bcd_match *match)
{
	const struct bcd_object *o = match->object;
	if (o->type >> 28 != BCD_APPLICATION || (o->type == BCD_RESUME && has_loader(store, o)))
		return false;
	return match->how != BCD_MATCH_NONE || match->dead || match->twin;
}

/* The same path on different volumes: which one it is cannot be known. */
static void doubt_volumes(struct bcd_matches *matches)
{
	const struct bcd_device *on = NULL;
	bool differ = false;
	for (size_t i = 0; i < matches->n; i++) {
		const struct bcd_match *m = &matches->items[i];
		if (m->how != BCD_MATCH_PATH || m->on->kind == BCD_DEVICE_LOCATE)
			continue;
		differ |= on && !same_device(on, m->on);
		on = m->on;
	}
	for (size_t i = 0; differ && i < matches->n; i++) {
		struct bcd_match *m = &matches->items[i];
		if (m->how != BCD_MATCH_PATH || !m->certain)
			continue;
		m->certain = false;
		m->why = N_("the store has this path on several volumes");
	}
}

static int prepare(struct matcher *m, struct err *err)
{
	const struct bcd_match_request *q = m->request;
	struct span *files = arena_array(m->arena, q->n_files, sizeof(*files), err);
	if (!files || (q->vhd && bcd_path_take(q->vhd, m->arena, &m->path, err) != 0))
		return -1;
	/* File names of this system need not be UTF-8; such a one is equal to nothing. */
	if (q->image && text_to_utf16le(m->arena, q->image, &m->image, NULL) != 0)
		m->image = (struct span){0};
	for (size_t i = 0; i < q->n_files; i++) {
		if (bcd_path_take(q->files[i], m->arena, &files[m->n_files], NULL) == 0)
			m->n_files++;
	}
	m->files = files;
	return 0;
}

int bcd_match(const struct bcd_store *store, const struct bcd_match_request *request,
	      struct arena *arena, struct bcd_matches *out, struct err *err)
{
	struct matcher m = {.store = store, .request = request, .arena = arena};
	*out = (struct bcd_matches){
		.items = arena_array(arena, store->n, sizeof(*out->items), err)};
	if (!out->items || prepare(&m, err) != 0)
		return -1;
	for (size_t i = 0; i < store->n; i++) {
		struct bcd_match *match = &out->items[out->n];
		match_object(&m, &store->objects[i], match);
		match->twin = twin_of(store, match->object);
		if (!is_wanted(store, match))
			continue;
		if (matcher_relate(&m, match, err) != 0)
			return -1;
		out->n++;
	}
	doubt_volumes(out);
	return 0;
}
