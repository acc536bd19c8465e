/* SPDX-License-Identifier: MIT */
/*
 * Every boot store of the data folder against the table beside it (expected/boot-stores.txt), which
 * another reader made: the same objects with the same types, the same elements, and devices that
 * decode to the same disks, partitions, files and paths. Skipped where the folder is absent.
 */
#include "hive_fixture.h"

#include <ctype.h>

#include "stop7b/bcd.h"

#define LINE_BYTES  16384
#define PATH_SHOWN  60u /* the table cuts longer paths in the middle */
#define PATH_HEAD   40u
#define PATH_TAIL   12u
#define BYTES_SHOWN 32u

/* ---- the table's notation, from a decoded device ---- */

static void put(char *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(char *out, const char *fmt, ...)
{
	size_t n = strlen(out);
	va_list args;
	va_start(args, fmt);
	vsnprintf(out + n, LINE_BYTES - n, fmt, args);
	va_end(args);
}

static void put_path(char *out, const char *path)
{
	size_t n = strlen(path);
	if (n <= PATH_SHOWN)
		put(out, "%s", path);
	else
		put(out, "%.*s..%zu chars..%s", PATH_HEAD, path, n, path + n - PATH_TAIL);
}

static void put_device(char *out, const struct bcd_device *d)
{
	switch (d->kind) {
	case BCD_DEVICE_BOOT:
		put(out, "boot");
		return;
	case BCD_DEVICE_PARTITION:
		if (d->table == BCD_TABLE_GPT)
			put(out, "part[gpt disk={%s} part={%s}]", d->disk, d->partition);
		else
			put(out, "part[mbr sig=%08x off=0x%llx]", d->signature,
			    (unsigned long long)d->offset);
		return;
	case BCD_DEVICE_RAMDISK:
	case BCD_DEVICE_FILE:
		put(out, d->kind == BCD_DEVICE_FILE ? "file[" : "ramdisk(fl=1)[");
		put_device(out, d->parent);
		put_path(out, d->path);
		put(out, "]");
		return;
	case BCD_DEVICE_VHD:
		put(out, "vhd[");
		put_device(out, d->parent);
		put(out, "]");
		return;
	case BCD_DEVICE_LOCATE:
		put(out, "locate[kind=%d elem=%08x", d->element ? 0 : 1, d->element);
		if (*d->path)
			put(out, " %s", d->path);
		if (d->parent) {
			put(out, " parent=");
			put_device(out, d->parent);
		}
		put(out, "]");
		return;
	default:
		put(out, "?");
	}
}

static void put_guids(char *out, const struct bcd_element *e)
{
	put(out, "[");
	for (size_t i = 0; i < e->n; i++)
		put(out, "%s'%s'", i ? ", " : "", e->guids[i]);
	put(out, "]");
}

static void put_value(char *out, const struct bcd_element *e)
{
	*out = '\0';
	if (e->problem) {
		put(out, "problem %s", e->problem);
	} else if (e->format == BCD_FORMAT_DEVICE) {
		put(out, "DEV ");
		if (*e->device->options)
			put(out, "opts={%s} ", e->device->options);
		put_device(out, e->device);
	} else if (e->format == BCD_FORMAT_GUIDS) {
		put_guids(out, e);
	} else if (e->guids || e->string) {
		put(out, "%s", e->guids ? e->guids[0] : e->string);
	} else {
		put(out, "t3 ");
		for (size_t i = 0; i < e->raw.len && i < BYTES_SHOWN; i++)
			put(out, "%02x", e->raw.p[i]);
		put(out, "%s", e->raw.len > BYTES_SHOWN ? ".." : "");
	}
}

/* ---- one store after another ---- */

struct running {
	struct span bytes;
	struct arena *arena;
	struct bcd_store store;
	const struct bcd_object *object;
	size_t objects, elements; /* of this store, by the table */
	size_t stores, devices, vhds, on_vhd;
	char name[LINE_BYTES];
};

static void finish_object(struct running *r)
{
	if (r->object && r->elements != r->object->n)
		fail_msg("%s: %s: %zu elements, the table has %zu", r->name, r->object->guid,
			 r->object->n, r->elements);
	r->object = NULL;
	r->elements = 0;
}

static void check_print(struct running *r)
{
	char *text;
	size_t headings = 0;
	assert_int_equal(bcd_print(&r->store, r->arena, &text, NULL), 0);
	for (const char *p = text; (p = strstr(p, "\n---")); p++)
		headings++;
	assert_int_equal(headings, r->store.n);
}

static void finish_store(struct running *r)
{
	finish_object(r);
	if (!r->arena)
		return;
	if (r->objects != r->store.n)
		fail_msg("%s: %zu objects, the table has %zu", r->name, r->store.n, r->objects);
	check_print(r);
	arena_free(r->arena);
	r->arena = NULL;
	data_free(r->bytes);
	r->objects = 0;
}

/* "# bcd/NAME" */
static void begin_store(struct running *r, const char *name)
{
	struct hive h;
	struct err err = {0};
	finish_store(r);
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->bytes = data_load(name);
	r->arena = arena_new();
	if (hive_open(&h, r->bytes, &err) != 0 || bcd_read(&h, r->arena, &r->store, &err) != 0)
		fail_msg("%s: %s", name, err.text);
	if (!r->store.whole || r->store.problem || r->store.n_problems)
		fail_msg("%s: %s", name, r->store.problem);
	r->stores++;
}

/* "  {guid} type 10200003 osloader" */
static void begin_object(struct running *r, const char *line)
{
	char guid[64];
	unsigned type;
	finish_object(r);
	assert_int_equal(sscanf(line, " %63s type %x", guid, &type), 2);
	r->object = bcd_object(&r->store, guid);
	if (!r->object)
		fail_msg("%s: no %s", r->name, guid);
	assert_int_equal(r->object->type, type);
	assert_null(strstr(r->object->kind, "Unknown"));
	assert_null(r->object->problem);
	r->objects++;
}

/* "    11000001 DEV boot" */
static void check_element(struct running *r, const char *line)
{
	char text[LINE_BYTES];
	uint32_t id = (uint32_t)strtoul(line, NULL, 16);
	const struct bcd_element *e = bcd_element(r->object, id);
	if (!e)
		fail_msg("%s: %s: no %08x", r->name, r->object->guid, id);
	put_value(text, e);
	if (strcmp(text, line + 4 + 9) != 0)
		fail_msg("%s: %s: %08x\n%s\n%s", r->name, r->object->guid, id, text, line + 4 + 9);
	r->elements++;
	r->devices += e->format == BCD_FORMAT_DEVICE;
	r->vhds += bcd_device_vhd(e->device) != NULL;
	r->on_vhd += e->device && e->device->kind == BCD_DEVICE_PARTITION && e->device->parent;
}

static void check_line(struct running *r, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "# bcd/", 6) == 0)
		begin_store(r, line + 2);
	else if (strncmp(line, "  {", 3) == 0)
		begin_object(r, line);
	else if (strncmp(line, "    ", 4) == 0 && isxdigit((unsigned char)line[4]))
		check_element(r, line);
}

static bool ends_first_part(const struct running *r, const char *line)
{
	return line[0] == '#' && strcmp(r->name, "bcd/windeploy_mbr.BCD") == 0;
}

static void test_table(void **state)
{
	char path[4096], line[LINE_BYTES];
	struct running r = {0};
	(void)state;
	data_path(path, "expected/boot-stores.txt");
	FILE *f = fopen(path, "r");
	if (!f)
		skip();
	/* The store after this one begins the table's second part, excerpts with bytes in hex. */
	while (fgets(line, sizeof(line), f) && !ends_first_part(&r, line))
		check_line(&r, line);
	finish_store(&r);
	fclose(f);
	assert_int_equal(r.stores, 39);
	assert_int_equal(r.devices, 289);
	assert_int_equal(r.vhds, 42);
	/* Windows writes partitions of virtual disks too: resume objects of the lyshie stores. */
	assert_int_equal(r.on_vhd, 7);
}

/* Other hives are refused as such. */
static void test_not_stores(void **state)
{
	static const char *const names[] = {"otherhives/hivex_minimal", "otherhives/ez_NTUSER1.DAT",
					    "system/win10_trimmed_qthivex.SYSTEM.xz"};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span bytes = data_load(names[i]);
		struct arena *arena = arena_new();
		struct bcd_store store;
		struct hive h;
		struct err err = {0};
		if (!bytes.p)
			skip();
		assert_int_equal(hive_open(&h, bytes, &err), 0);
		assert_int_equal(bcd_read(&h, arena, &store, &err), -1);
		assert_int_equal(err.code, E_FORMAT);
		arena_free(arena);
		data_free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_not_stores),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
