/* SPDX-License-Identifier: MIT */
/*
 * The checker and the fence: each finding from the one damage that it is about, nothing on sound
 * volumes; and each kind of change that the fence must not let through, put among the true ones.
 */
#include "ntfs_write_test.h"

#define CLUSTER 4096u
#define RECORD  1024u

static void start(struct volume *v)
{
	fill("v.img", "16M", "", BASE_SCRIPT "many /Windows/System32/drivers 120\n");
	open_volume(v, "v.img");
}

/* ---- where things are ---- */

static uint64_t record_of(struct volume *v, const char *path)
{
	char part[64];
	uint64_t reference = NTFS_RECORD_ROOT;
	for (const char *p = path; *p; p += strspn(p, "/")) {
		size_t n = strcspn(p, "/");
		snprintf(part, sizeof(part), "%.*s", (int)n, p);
		assert_int_equal(ntfs_index_find(ntfs_core(v->ntfs), reference & NTFS_RECORD_MASK,
						 part, &reference, &v->err),
				 1);
		p += n;
	}
	return reference & NTFS_RECORD_MASK;
}

static uint64_t stream_at(struct volume *v, uint64_t record, uint32_t type, const char *name,
			  uint64_t off)
{
	const struct ntfs_stream_id id = {type, name};
	struct ntfs_stream s;
	uint64_t at, run;
	assert_int_equal(ntfs_stream_load(ntfs_core(v->ntfs), record, &id, v->arena, &s, &v->err),
			 0);
	assert_int_equal(ntfs_stream_translate(ntfs_core(v->ntfs), &s, off, &at, &run, &v->err), 0);
	return at;
}

static uint64_t record_at(struct volume *v, uint64_t record)
{
	return stream_at(v, NTFS_RECORD_MFT, NTFS_DATA, "", record * RECORD);
}

/* The place of an attribute in its record's bytes on the volume. */
static uint8_t *attribute_at(struct volume *v, uint64_t record, uint32_t type, unsigned which)
{
	uint8_t *r = v->bytes + record_at(v, record);
	const struct span s = {r, RECORD};
	for (uint64_t at = le16(s, 20); le32(s, at) != 0xffffffff; at += le32(s, at + 4)) {
		if (le32(s, at) == type && which-- == 0)
			return r + at;
	}
	fail_msg("no attribute 0x%x in record %llu", type, (unsigned long long)record);
	return NULL;
}

/* ---- findings ---- */

static void damage_record(struct volume *v)
{
	v->bytes[record_at(v, record_of(v, "Windows/System32/config/SYSTEM")) + 510] ^= 0xff;
}

static void damage_number(struct volume *v)
{
	v->bytes[record_at(v, record_of(v, "Windows/System32/config/SYSTEM")) + 44] ^= 1;
}

static void damage_twice(struct volume *v)
{
	/* disk.sys takes the clusters of storahci.sys */
	uint8_t *a = attribute_at(v, record_of(v, "Windows/System32/drivers/disk.sys"), NTFS_DATA,
				  0);
	const struct span s = {a, 256};
	uint64_t other = stream_at(v, record_of(v, "Windows/System32/drivers/storahci.sys"),
				   NTFS_DATA, "", 0);
	unsigned len = a[le16(s, 32)] & 15, off = a[le16(s, 32)] >> 4;
	for (unsigned i = 0; i < off; i++)
		a[le16(s, 32) + 1 + len + i] = (uint8_t)(other / CLUSTER >> 8 * i);
}

static void set_bit(struct volume *v, uint64_t record, uint32_t type, uint64_t bit, bool on)
{
	uint8_t *p = v->bytes + stream_at(v, record, type, "", bit / 8);
	*p = (uint8_t)(on ? *p | 1u << bit % 8 : *p & ~(1u << bit % 8));
}

static void damage_free(struct volume *v)
{
	uint64_t at = stream_at(v, record_of(v, "Windows/System32/drivers/disk.sys"), NTFS_DATA, "",
				0);
	set_bit(v, NTFS_RECORD_BITMAP, NTFS_DATA, at / CLUSTER, false);
}

static void damage_lost(struct volume *v)
{
	set_bit(v, NTFS_RECORD_BITMAP, NTFS_DATA, v->len / CLUSTER - 100, true);
}

static void damage_mft_bit(struct volume *v)
{
	set_bit(v, NTFS_RECORD_MFT, NTFS_BITMAP, record_of(v, "Windows/System32/config/SYSTEM"),
		false);
}

static void damage_mirror(struct volume *v)
{
	v->bytes[stream_at(v, NTFS_RECORD_MIRROR, NTFS_DATA, "", 2 * RECORD + 200)] ^= 1;
}

static void damage_index(struct volume *v)
{
	memset(v->bytes + stream_at(v, record_of(v, "Windows/System32/drivers"),
				    NTFS_INDEX_ALLOCATION, "$I30", 0),
	       0, 4);
}

/* The first name of the first block, up to its first letter. */
static uint8_t *first_entry(struct volume *v)
{
	uint8_t *b = v->bytes + stream_at(v, record_of(v, "Windows/System32/drivers"),
					  NTFS_INDEX_ALLOCATION, "$I30", 0);
	return b + 24 + le32((struct span){b, 4096}, 24);
}

static void damage_order(struct volume *v)
{
	first_entry(v)[16 + 66] = 'z';
}

static void damage_entry(struct volume *v)
{
	first_entry(v)[6] ^= 0x40; /* sequence number */
}

static void damage_block_bitmap(struct volume *v)
{
	uint8_t *a = attribute_at(v, record_of(v, "Windows/System32/drivers"), NTFS_BITMAP, 0);
	a[le16((struct span){a, 64}, 20)] ^= 1;
}

static void damage_name(struct volume *v)
{
	uint8_t *a = attribute_at(v, record_of(v, "Windows/System32/drivers/disk.sys"),
				  NTFS_FILE_NAME, 0);
	a[24 + 66] = 'q';
}

static void damage_links(struct volume *v)
{
	v->bytes[record_at(v, record_of(v, "Windows/System32/drivers/disk.sys")) + 18] = 7;
}

static void damage_sizes(struct volume *v)
{
	attribute_at(v, record_of(v, "Windows/System32/drivers/disk.sys"), NTFS_DATA, 0)[42] += 1;
}

static void damage_security(struct volume *v)
{
	attribute_at(v, record_of(v, "Windows/System32/drivers/disk.sys"),
		     NTFS_STANDARD_INFORMATION, 0)[24 + 52 + 2] = 9;
}

static void damage_bitmap(struct volume *v)
{
	uint8_t *a = attribute_at(v, NTFS_RECORD_BITMAP, NTFS_DATA, 0);
	a[49] = a[57] = 0;
}

static void damage_extension(struct volume *v)
{
	v->bytes[record_at(v, record_of(v, "Windows/System32/config/SYSTEM")) + 32] = 40;
}

static const struct {
	void (*damage)(struct volume *v);
	enum ntfs_fault fault;
	bool far; /* in a file that adding another does not touch */
} damages[] = {
	{damage_bitmap, NTFS_FAULT_BITMAP, false},
	{damage_extension, NTFS_FAULT_EXTENSION, false},
	{damage_record, NTFS_FAULT_RECORD, false},
	{damage_number, NTFS_FAULT_RECORD, false},
	{damage_twice, NTFS_FAULT_CLUSTER_TWICE, false},
	{damage_free, NTFS_FAULT_CLUSTER_FREE, false},
	{damage_lost, NTFS_FAULT_CLUSTER_LOST, false},
	{damage_mft_bit, NTFS_FAULT_MFT_BITMAP, false},
	{damage_mirror, NTFS_FAULT_MIRROR, false},
	{damage_index, NTFS_FAULT_INDEX, false},
	{damage_order, NTFS_FAULT_ORDER, false},
	{damage_entry, NTFS_FAULT_ENTRY, false},
	{damage_block_bitmap, NTFS_FAULT_INDEX, false},
	{damage_name, NTFS_FAULT_NAME, true},
	{damage_links, NTFS_FAULT_LINKS, true},
	{damage_sizes, NTFS_FAULT_SIZES, true},
	{damage_security, NTFS_FAULT_SECURITY, true},
};

static void check(struct volume *v, struct ntfs_check *c)
{
	static const char *const paths[] = {"Windows\\System32\\drivers",
					    "\\Windows\\System32\\drivers\\disk.sys"};
	const struct ntfs_bytes bytes = ntfs_bytes(v->ntfs);
	struct err err = {0};
	*c = (struct ntfs_check){.arena = v->arena};
	if (ntfs_check(&bytes, paths, 2, c, &err) != 0) {
		/* The path itself leads through the damage. */
		assert_int_equal(err.code, E_CORRUPT);
		c->counts[NTFS_FAULT_INDEX]++;
	}
}

static void test_findings(void **state)
{
	struct volume v;
	struct ntfs_check c;
	(void)state;
	start(&v);
	check(&v, &c);
	if (c.n)
		fail_msg("sound: %s", c.findings[0].text.plain);
	assert_true(c.whole && c.records > 120 && !ntfs_check_worst(&c));
	uint8_t *sound = malloc(v.len);
	memcpy(sound, v.bytes, v.len);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		reopen(&v);
		damages[i].damage(&v);
		reopen(&v);
		assert_non_null(v.ntfs);
		check(&v, &c);
		if (c.counts[damages[i].fault] == 0)
			fail_msg("damage %zu: no %s but %s", i, ntfs_fault_name(damages[i].fault),
				 c.n ? c.findings[0].text.plain : "nothing");
		assert_true(!c.n || !ntfs_check_worst(&c) == ntfs_fault_harmless(damages[i].fault));
		if (!ntfs_fault_harmless(damages[i].fault) && !damages[i].far &&
		    ntfs_write_built()) {
			struct ntfs_new new = new_file("new.sys", sound, 5000);
			expect_no_write(&v, &new, 1, E_GUARD, "not sound");
		}
		memcpy(v.bytes, sound, v.len);
	}
	free(sound);
	close_volume(&v);
}

/* ---- the fence ---- */

struct tried {
	struct volume v;
	struct ntfs_written written;
	struct ntfs_plan plan;
};

/* Change len bytes at off in the list, in a new sector where none of it is there yet. */
static void change(struct tried *t, uint64_t off, const void *bytes, size_t len)
{
	uint64_t sector = off / 512 * 512;
	struct write_list *list = &t->written.sectors;
	struct err err = {0};
	uint8_t new[512];
	size_t i = 0;
	while (i < list->n && list->items[i].off != sector)
		i++;
	if (i == list->n) {
		const struct write w = {.off = sector,
					.len = 512,
					.old_bytes = t->v.bytes + sector,
					.new_bytes = t->v.bytes + sector};
		assert_int_equal(writes_add(list, &w, &err), 0);
	}
	memcpy(new, list->items[i].new_bytes, 512);
	memcpy(new + off % 512, bytes, len);
	list->items[i].new_bytes = arena_copy(t->v.arena, new, 512);
	assert_int_equal(writes_sort(list, &err), 0);
}

static void change_boot(struct tried *t)
{
	change(t, 400, "x", 1);
}

static void change_last_sector(struct tried *t)
{
	change(t, t->v.len - 512, "x", 1);
}

static void change_log(struct tried *t)
{
	change(t, stream_at(&t->v, NTFS_RECORD_LOGFILE, NTFS_DATA, "", 8192), "x", 1);
}

static void change_volume(struct tried *t)
{
	change(t, record_at(&t->v, NTFS_RECORD_VOLUME) + 300, "x", 1);
}

static void change_secure(struct tried *t)
{
	change(t, stream_at(&t->v, NTFS_RECORD_SECURE, NTFS_DATA, "$SDS", 0), "x", 1);
}

static void change_other_content(struct tried *t)
{
	change(t,
	       stream_at(&t->v, record_of(&t->v, "Windows/System32/drivers/disk.sys"), NTFS_DATA,
			 "", 512),
	       "x", 1);
}

static void change_other_record(struct tried *t)
{
	change(t, record_at(&t->v, record_of(&t->v, "Windows/System32")) + 900, "x", 1);
}

static void clear_cluster(struct tried *t)
{
	static const uint8_t none;
	change(t, stream_at(&t->v, NTFS_RECORD_BITMAP, NTFS_DATA, "", 0), &none, 1);
}

static void clear_record_bit(struct tried *t)
{
	static const uint8_t none;
	change(t, stream_at(&t->v, NTFS_RECORD_MFT, NTFS_BITMAP, "", 0), &none, 1);
}

static void rename_other(struct tried *t)
{
	uint8_t *e = first_entry(&t->v);
	change(t, (uint64_t)(e - t->v.bytes) + 16 + 66 + 2, "Z", 1);
}

static void change_directory_times(struct tried *t)
{
	uint8_t *a = attribute_at(&t->v, record_of(&t->v, "Windows/System32/drivers"),
				  NTFS_STANDARD_INFORMATION, 0);
	change(t, (uint64_t)(a - t->v.bytes) + 24, "x", 1);
}

/* The content's first sector: the one that begins as the content does. */
static void change_content(struct tried *t)
{
	struct write_list *list = &t->written.sectors;
	for (size_t i = 0; i < list->n; i++) {
		if (memcmp(list->items[i].new_bytes, t->plan.steps[0].content, 512) == 0) {
			change(t, list->items[i].off + 7, "x", 1);
			return;
		}
	}
	fail_msg("no content");
}

static void forget_name(struct tried *t)
{
	struct write_list *list = &t->written.sectors;
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->items[i].what.plain, "NTFS: index of a directory") != 0)
			list->items[n++] = list->items[i];
	}
	assert_true(n < list->n);
	list->n = n;
}

static const struct {
	void (*change)(struct tried *t);
	const char *reason; /* NULL: let through */
} changes[] = {
	{NULL, NULL},
	{change_boot, "another file"},
	{change_last_sector, "must not change"},
	{change_log, "another file"},
	{change_volume, "MFT record of another file"},
	{change_secure, "another file"},
	{change_other_content, "another file"},
	{change_other_record, "MFT record of another file"},
	{clear_cluster, "call free what is in use"},
	{clear_record_bit, "call free what is in use"},
	{rename_other, "nobody asked for"},
	{change_directory_times, "times or rights"},
	{change_content, "would hold something else"},
	{forget_name, "is not there afterwards"},
};

static void try_change(size_t i, const uint8_t *content)
{
	struct tried t;
	struct ntfs_new new = new_file("vioscsi.sys", content, 5000);
	struct ntfs_places places;
	struct ntfs_core old, after;
	struct err err = {0};
	open_volume(&t.v, "v.img");
	expect_written(&t.v, &new, 1, &t.written);
	t.plan = (struct ntfs_plan){.arena = t.v.arena};
	assert_int_equal(ntfs_plan_make(ntfs_core(t.v.ntfs), &new, 1, &t.plan, &err), 0);
	if (changes[i].change)
		changes[i].change(&t);
	const struct ntfs_bytes bytes = ntfs_bytes(t.v.ntfs);
	struct ntfs_overlay over = {bytes, &t.written.sectors};
	const struct ntfs_bytes above = ntfs_overlay_bytes(&over);
	assert_int_equal(ntfs_core_of(&old, &bytes, t.v.arena, &err), 0);
	assert_int_equal(ntfs_core_of(&after, &above, t.v.arena, &err), 0);
	int r = ntfs_fence(&old, &after, &t.plan, &t.written.sectors, &places, &err);
	if (!changes[i].reason && r != 0)
		fail_msg("%s", err.text);
	if (changes[i].reason &&
	    (r == 0 || err.code != E_MAP || !strstr(err.text, changes[i].reason)))
		fail_msg("change %zu: %s: %s", i, err_name(err.code), err.text);
	close_volume(&t.v);
}

static void test_fence(void **state)
{
	uint8_t *content = pattern(5000);
	struct volume v;
	(void)state;
	need_3g();
	start(&v);
	close_volume(&v);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		try_change(i, content);
	free(content);
}

static void test_words(void **state)
{
	(void)state;
	for (int i = 0; i < NTFS_FAULTS; i++)
		assert_true(ntfs_fault_name((enum ntfs_fault)i)[0] != '\0');
	for (int i = 0; i < NTFS_PLACES; i++)
		assert_true(ntfs_place_name((enum ntfs_place)i)[0] != '\0');
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		T(test_findings),
		T(test_fence),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
