/* SPDX-License-Identifier: MIT */
/*
 * Devices of real boot stores: each element that bcdedit wrote is made anew from another one and the
 * identifiers of its disk and partition, and must come out byte for byte as bcdedit wrote it.
 */
#include "test.h"

#include <dirent.h>
#include <stdbool.h>

#include "hive_fixture.h"

#include "src/bootmenu/bootpath_internal.h"

struct seen {
	struct arena *arena;
	const struct bcd_element *last[2]; /* a plain element of that table, of an earlier object */
	size_t plain, pairs, ramdisks;
};

/* A disk with the one partition that a device names. */
static void disk_of(const struct bcd_device *d, struct arena *arena, struct partition_table *t,
		    struct partition *p)
{
	bool gpt = d->table == BCD_TABLE_GPT;
	*p = (struct partition){.number = 1,
				.scheme = gpt ? SCHEME_GPT : SCHEME_MBR,
				.start = d->offset,
				.id = gpt ? d->partition : NULL};
	*t = (struct partition_table){.scheme = p->scheme,
				      .items = p,
				      .n = 1,
				      .disk_id = gpt ? d->disk
						     : arena_printf(arena, "0x%08x", d->signature)};
}

/* Make `from` name what `d` names; the bytes, or an empty span. */
static struct span made(const struct bcd_element *from, const struct bcd_device *d,
			struct arena *arena)
{
	static const struct boot_store here = {.path = "\\Boot\\BCD"};
	struct partition_table t;
	struct partition p;
	disk_of(d, arena, &t, &p);
	const struct bootpath_request q = {.table = &t};
	struct bootpath b = {.q = &q, .arena = arena};
	struct mending m = {.b = &b, .store = &here, .hive = "1:\\Boot\\BCD"};
	const struct bcd_object o = {.guid = "{x}"};
	if (!mend_device(&m, &o, from, &p))
		return (struct span){0};
	assert_int_equal(m.edits[m.n - 1].type, REG_BINARY);
	return m.edits[m.n - 1].data;
}

static void is_equal(struct span is, struct span want)
{
	assert_int_equal(is.len, want.len);
	assert_memory_equal(is.p, want.p, want.len);
}

static void look(struct seen *s, const struct bcd_element *e)
{
	const struct bcd_device *d = e->device;
	if (e->problem || !d)
		return;
	if (d->kind == BCD_DEVICE_PARTITION && !d->parent && d->table != BCD_TABLE_RAW) {
		const struct bcd_element **last = &s->last[d->table == BCD_TABLE_GPT];
		is_equal(made(e, d, s->arena), e->raw);
		if (*last) {
			is_equal(made(*last, d, s->arena), e->raw);
			is_equal(made(e, (*last)->device, s->arena), (*last)->raw);
			s->pairs++;
		}
		*last = e;
		s->plain++;
	} else if (d->kind == BCD_DEVICE_RAMDISK && d->parent->kind == BCD_DEVICE_PARTITION) {
		is_equal(made(e, d->parent, s->arena), e->raw);
		s->ramdisks++;
	} else if (d->kind != BCD_DEVICE_BOOT) {
		const struct bcd_device any = {.kind = BCD_DEVICE_PARTITION,
					       .table = BCD_TABLE_MBR};
		assert_int_equal(made(e, &any, s->arena).len, 0); /* no form that is written */
	}
}

static void look_at_store(struct seen *s, const char *path)
{
	struct bcd_store store;
	struct hive h;
	struct span bytes = data_load(path);
	const uint8_t *copy = bytes.p ? arena_copy(s->arena, bytes.p, bytes.len) : NULL;
	struct span kept = {copy, bytes.len};
	data_free(bytes);
	if (!copy || hive_open(&h, kept, NULL) < 0 || bcd_read(&h, s->arena, &store, NULL) < 0)
		return;
	for (size_t i = 0; i < store.n; i++)
		for (size_t k = 0; k < store.objects[i].n; k++)
			look(s, &store.objects[i].elements[k]);
}

static void test_siblings(void **state)
{
	struct seen s = {.arena = arena_new()};
	char folder[4096];
	(void)state;
	data_path(folder, "bcd");
	DIR *d = opendir(folder);
	if (!d) {
		arena_free(s.arena);
		skip();
	}
	for (const struct dirent *e; (e = readdir(d));) {
		char name[300];
		size_t len = strlen(e->d_name);
		if (len < 4 || strcmp(e->d_name + len - 4, ".BCD") != 0)
			continue;
		snprintf(name, sizeof(name), "bcd/%s", e->d_name);
		look_at_store(&s, name);
	}
	closedir(d);
	print_message("%zu plain elements, %zu pairs, %zu ramdisks\n", s.plain, s.pairs,
		      s.ramdisks);
	assert_true(s.plain > 100 && s.pairs > 100 && s.ramdisks > 10);
	arena_free(s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_siblings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
