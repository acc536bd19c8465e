/* SPDX-License-Identifier: MIT */
/*
 * What would mend the disk's own boot store, as edits of its hive: elements that name partitions of
 * this disk, in the bytes that they have.
 *
 * Only the plain forms are written (doc/FORMATS/bcd.md, "Devices"): a partition or "boot", 88
 * bytes for 88 bytes, and the partition that a ramdisk's file lies on. In the entry that starts
 * this Windows a missing device is made, and one of another form is replaced. What belongs to
 * another system of the same store stays, and a partition that cannot be told is left. A host's
 * store is never edited, nor one that could not be read whole.
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define AT_PLAIN       0x10u /* the DEVICE of a plain element, behind the options GUID */
#define AT_RAMDISK     0x44u /* the DEVICE that a ramdisk's file lies on */
#define DEVICE_LEN     0x48u /* of a partition or boot DEVICE */
#define PLAIN_LEN      (AT_PLAIN + DEVICE_LEN)
#define TYPE_PARTITION 6u
#define TYPE_BOOT      5u
#define AT_SIZE        8u /* in a DEVICE, as the next three */
#define AT_PARTITION   0x10u
#define AT_TABLE       0x24u
#define AT_DISK        0x28u
#define ID_LEN         16u

/* ---- edits in the making ---- */

struct mending mend_begin(struct bootpath *b, const struct boot_store *store)
{
	struct mending m = {.b = b, .store = store};
	if (store->partition && store->error.code == E_OK && store->store.whole)
		m.hive = arena_printf(b->arena, "%u:%s", store->partition->number, store->path);
	return m;
}

void mend_add(struct mending *m, struct edit edit)
{
	struct edit *edits = m->hive ? list_grow(m->b->arena, m->edits, m->n, &m->cap,
						 sizeof(*edits), NULL)
				     : NULL;
	m->failed |= m->hive && (!edits || !edit.key);
	if (!edits || !edit.key)
		return;
	edit.hive = m->hive;
	m->edits = edits;
	m->edits[m->n++] = edit;
}

static void add_bytes(struct mending *m, struct edit edit)
{
	struct edit *edits = list_grow(m->b->arena, m->edits, m->n, &m->cap, sizeof(*edits), NULL);
	m->failed |= !edits || !edit.data.p || !edit.meaning;
	if (m->failed)
		return;
	m->edits = edits;
	m->edits[m->n++] = edit;
}

void mend_bytes(struct mending *m, struct edit edit)
{
	edit.kind = EDIT_DISK_BYTES;
	add_bytes(m, edit);
}

void mend_file(struct mending *m, uint64_t at, struct span data, const char *meaning)
{
	add_bytes(m, (struct edit){.kind = EDIT_CONTAINER_BYTES,
				   .at = at,
				   .data = data,
				   .meaning = meaning});
}

int mend_done(struct mending *m, const char *words, struct bootpath_fact *fact)
{
	if (m->failed)
		return err_set(m->b->err, E_MEMORY, "no memory for a repair");
	fact->fix_words = m->n > 0 ? words : NULL;
	fact->edits = m->edits;
	fact->n_edits = m->n;
	return 0;
}

const char *mend_element_key(struct mending *m, const char *guid, uint32_t id)
{
	return arena_printf(m->b->arena, "Objects\\%s\\Elements\\%08x", guid, id);
}

void mend_element(struct mending *m, const struct mend_element *e)
{
	const char *key = mend_element_key(m, e->guid, e->id);
	const struct bcd_object *o = bcd_object(&m->store->store, e->guid);
	if (!bcd_element(o, e->id))
		mend_add(m, (struct edit){.op = HIVE_CREATE_KEY, .key = key, .name = ""});
	mend_add(m, (struct edit){.op = HIVE_SET,
				  .key = key,
				  .name = "Element",
				  .type = e->type,
				  .data = e->data});
}

void mend_string(struct mending *m, const char *guid, uint32_t id, const char *text)
{
	struct span data;
	if (!text || text_to_utf16le(m->b->arena, text, &data, NULL) < 0) {
		m->failed = true;
		return;
	}
	data.len += 2; /* its NUL, which lies behind */
	mend_element(m, &(struct mend_element){guid, id, REG_SZ, data});
}

void mend_list(struct mending *m, const char *guid, uint32_t id, const char *const *guids, size_t n)
{
	uint8_t *p = arena_alloc(m->b->arena, n * 2 * GUID_TEXT + 2, NULL);
	size_t len = 0;
	for (size_t i = 0; p && i < n; i++) {
		for (const char *c = guids[i]; *c && c - guids[i] < GUID_TEXT - 1; c++, len += 2)
			p[len] = (uint8_t)*c;
		len += 2;
	}
	m->failed |= !p;
	if (p)
		mend_element(m, &(struct mend_element){guid, id, REG_MULTI_SZ, {p, len + 2}});
}

/* ---- devices ---- */

static bool put_partition(const struct bootpath *b, const struct partition *p, uint8_t *device)
{
	const struct partition_table *t = b->q->table;
	bool gpt = p->scheme == SCHEME_GPT;
	memset(device, 0, DEVICE_LEN);
	put_le32(device, TYPE_PARTITION);
	put_le32(device + AT_SIZE, DEVICE_LEN);
	put_le32(device + AT_TABLE, gpt ? BCD_TABLE_GPT : BCD_TABLE_MBR);
	if (gpt)
		return bootpath_guid(p->id, device + AT_PARTITION) &&
		       bootpath_guid(t->disk_id, device + AT_DISK);
	put_le64(device + AT_PARTITION, p->start);
	put_le32(device + AT_DISK, t->disk_id ? (uint32_t)strtoul(t->disk_id, NULL, 16) : 0);
	return t->disk_id != NULL;
}

bool mend_device_bytes(const struct bootpath *b, const struct partition *p, uint8_t out[88])
{
	_Static_assert(PLAIN_LEN == 88, "the plain form has 88 bytes");
	memset(out, 0, PLAIN_LEN);
	return put_partition(b, p, out + AT_PLAIN);
}

/* Where the DEVICE is that names a partition of a disk, or 0: a form that is not written. */
static size_t device_at(const struct bcd_element *e)
{
	uint32_t type = le32(e->raw, AT_PLAIN), size = le32(e->raw, AT_RAMDISK + AT_SIZE);
	if (!e->device || e->device->kind == BCD_DEVICE_UNKNOWN)
		return 0;
	if (e->raw.len == PLAIN_LEN && (type == TYPE_BOOT || type == TYPE_PARTITION))
		return e->device->parent ? 0 : AT_PLAIN;
	if (e->device->kind == BCD_DEVICE_RAMDISK && e->device->parent && size == DEVICE_LEN &&
	    e->device->parent->kind == BCD_DEVICE_PARTITION && !e->device->parent->parent &&
	    e->raw.len > AT_RAMDISK + DEVICE_LEN)
		return AT_RAMDISK;
	return 0;
}

bool mend_device(struct mending *m, const struct bcd_object *o, const struct bcd_element *e,
		 const struct partition *p)
{
	size_t at = e && p ? device_at(e) : 0;
	uint8_t *raw = at ? arena_copy(m->b->arena, e->raw.p, e->raw.len) : NULL;
	if (!raw || !put_partition(m->b, p, raw + at))
		return false;
	mend_element(m, &(struct mend_element){o->guid, e->id, REG_BINARY, {raw, e->raw.len}});
	return true;
}

/* Forms that lead to a volume: what is behind one that is not understood nobody knows. */
static bool may_be_replaced(const struct bcd_element *e)
{
	const struct bcd_device *d = e->problem ? NULL : e->device;
	return d &&
	       (d->kind == BCD_DEVICE_BOOT || d->kind == BCD_DEVICE_LOCATE || bcd_device_vhd(d));
}

bool mend_device_anew(struct mending *m, const struct bcd_object *o, uint32_t id,
		      const struct partition *p)
{
	const struct bcd_element *e = bcd_element(o, id);
	if (mend_device(m, o, e, p))
		return true;
	uint8_t *raw = !e || may_be_replaced(e) ? arena_alloc(m->b->arena, MEND_DEVICE, NULL)
						: NULL;
	if (!raw || !mend_device_bytes(m->b, p, raw))
		return false;
	mend_element(m, &(struct mend_element){o->guid, id, REG_BINARY, {raw, MEND_DEVICE}});
	return true;
}

/* ---- the others that name what is not there ---- */

/* The device of a disk's partition that an element means, or NULL. */
static const struct bcd_device *partition_of(const struct bcd_element *e)
{
	const struct bcd_device *d = e->device;
	if (d && d->kind == BCD_DEVICE_RAMDISK)
		d = d->parent;
	return d && d->kind == BCD_DEVICE_PARTITION && !d->parent ? d : NULL;
}

static bool is_same(const struct bcd_device *a, const struct bcd_device *b)
{
	if (!a || !b || a->table != b->table)
		return false;
	if (a->table == BCD_TABLE_MBR)
		return a->signature == b->signature && a->offset == b->offset;
	return text_equal(a->disk, b->disk) && text_equal(a->partition, b->partition);
}

struct dead {
	const struct bcd_device *windows,
		*system; /* what stands for them; NULL: nothing dead does */
};

static bool is_dead(const struct bootpath *b, const struct bcd_device *d)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; d && judged_is_of_disk(t, d) && i < t->n; i++)
		if (judged_is_partition(&t->items[i], d))
			return false;
	return d != NULL;
}

static const struct bcd_device *dead_of(const struct bootpath *b, const struct bcd_object *o,
					uint32_t id)
{
	const struct bcd_element *e = bcd_element(o, id);
	const struct bcd_device *d = e ? partition_of(e) : NULL;
	return d && is_dead(b, d) ? d : NULL;
}

/* A clone keeps where its partitions begin: the same disk's, at the same byte. */
static const struct partition *at_same_byte(const struct bootpath *b, const struct dead *dead,
					    const struct bcd_device *d)
{
	const struct bcd_device *known = dead->windows ? dead->windows : dead->system;
	const struct partition_table *t = b->q->table;
	if (!known || t->scheme != SCHEME_MBR || d->table != BCD_TABLE_MBR ||
	    known->table != BCD_TABLE_MBR || d->signature != known->signature)
		return NULL;
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].start == d->offset)
			return &t->items[i];
	return NULL;
}

static const struct partition *meant(const struct judged *j, const struct dead *dead,
				     const struct bcd_object *o, const struct bcd_device *d)
{
	const struct partition *system = j->store->partition, *windows = j->b->windows;
	const struct bcd_element *resume = bcd_element(j->object, BCD_RESUME_OBJECT);
	if (o->type == BCD_BOOT_MANAGER || o->type == BCD_MEMORY_TESTER)
		return system;
	if (bcd_names(resume, o->guid) || is_same(d, dead->windows))
		return windows;
	return is_same(d, dead->system) ? system : at_same_byte(j->b, dead, d);
}

/* A loader of another Windows is told apart by what it starts: that is there, or it stays. */
static bool is_there(const struct judged *j, const struct bcd_object *o, const struct partition *p)
{
	const char *path = judged_string(o, BCD_PATH);
	const char *root = judged_string(o, BCD_SYSTEM_ROOT);
	bool ram = bcd_element(o, BCD_WINPE) != NULL;
	if (o->type != BCD_LOADER || ram)
		return true;
	return path && root && bootpath_exists(j->b, p, path) == 1 &&
	       bootpath_exists(j->b, p, root) == 1;
}

static void mend_object(struct mending *m, const struct judged *j, const struct dead *dead,
			const struct bcd_object *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct bcd_element *e = &o->elements[i];
		const struct bcd_device *d = e->problem ? NULL : partition_of(e);
		const struct partition *p = is_dead(j->b, d) ? meant(j, dead, o, d) : NULL;
		if (p && is_there(j, o, p))
			mend_device(m, o, e, p);
	}
}

static bool is_firmware(const struct bcd_object *o)
{
	return o->type == BCD_FIRMWARE_MANAGER || o->type == BCD_FIRMWARE_APPLICATION;
}

void mend_others(struct mending *m, const struct judged *j)
{
	const struct bcd_store *store = &j->store->store;
	const struct dead dead = {
		.windows = dead_of(j->b, j->object, BCD_DEVICE)
				   ? dead_of(j->b, j->object, BCD_DEVICE)
				   : dead_of(j->b, j->object, BCD_OS_DEVICE),
		.system = dead_of(j->b, bcd_object(store, BCD_MANAGER_GUID), BCD_DEVICE),
	};
	for (size_t i = 0; i < store->n; i++)
		if (&store->objects[i] != j->object && !is_firmware(&store->objects[i]))
			mend_object(m, j, &dead, &store->objects[i]);
}

/* ---- what starts when nobody chooses ---- */

void mend_default(struct mending *m, const char *guid)
{
	const struct bcd_object *manager = bcd_object(&m->store->store, BCD_MANAGER_GUID);
	if (manager)
		mend_string(m, manager->guid, BCD_DEFAULT, guid);
}

void mend_menu(struct mending *m, const char *guid)
{
	const struct bcd_object *manager = bcd_object(&m->store->store, BCD_MANAGER_GUID);
	const struct bcd_element *e = bcd_element(manager, BCD_DISPLAY_ORDER);
	size_t n = 0, most = e && !e->problem ? e->n : 0;
	const char **guids = arena_array(m->b->arena, most + 1, sizeof(*guids), NULL);
	m->failed |= !guids;
	if (!manager || !guids || (e && bcd_names(e, guid)))
		return;
	for (size_t i = 0; i < most; i++)
		if (bcd_object(&m->store->store, e->guids[i]))
			guids[n++] = e->guids[i];
	guids[n++] = guid;
	mend_list(m, manager->guid, BCD_DISPLAY_ORDER, guids, n);
}
