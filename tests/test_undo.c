/* SPDX-License-Identifier: MIT */
/*
 * The undo record's bytes: what is encoded comes back; what was damaged, cut or forged with a
 * right checksum is refused or still describes writes inside the image that do not overlap. And
 * what a record says about an image that holds old, new, mixed or foreign bytes.
 */
#include "test.h"

#include "stop7b/undo.h"

#define IMAGE_LEN 8192u
#define N_WRITES  3u
#define N_VALUES  2u
#define HASH_LEN  SHA256_LEN

/* Offsets of the format, as undo_format.c documents them. */
#define AT_TEXTS_LEN  12u
#define AT_TOTAL      16u
#define AT_LENGTH     24u
#define AT_N_WRITES   56u
#define AT_N_VALUES   60u
#define AT_PATH_TEXT  64u
#define AT_ID_TEXT    68u
#define AT_NEW_LENGTH 80u
#define AT_WRITES     96u
#define WRITE_LEN     16u
#define AT_VALUES     (AT_WRITES + N_WRITES * WRITE_LEN)
#define VALUE_LEN     32u
#define AT_POOL       (AT_VALUES + N_VALUES * VALUE_LEN)

struct fixture {
	struct arena *arena;
	uint8_t old_image[IMAGE_LEN], new_image[IMAGE_LEN];
	struct undo_record record;
	uint8_t *bytes; /* encoded record and mark */
	size_t len;
};

static const struct write places[N_WRITES] = {
	{.off = 512, .len = 64, .what = SAID("Start of msahci")},
	{.off = 1024, .len = 48, .what = SAID("hive header")},
	{.off = IMAGE_LEN - 40, .len = 40, .what = SAID("bitmap")},
};

static struct undo_value values[N_VALUES] = {
	{"msahci", "Start", "3 Demand", "0 Boot", 520, 4},
	{"pciide", "StartOverride\\0", "3", "0", IMAGE_LEN - 8, 4},
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	struct err err = {0};
	x->arena = arena_new();
	for (size_t i = 0; i < IMAGE_LEN; i++)
		x->old_image[i] = x->new_image[i] = (uint8_t)(i * 5 + i / 256);
	x->record = (struct undo_record){.image_path = "/srv/d\xc3\xa9j\xc3\xa0 \xff vu.vhd",
					 .image_id = "b3f4",
					 .image_length = IMAGE_LEN,
					 .new_length = IMAGE_LEN,
					 .device = 0x1234567890,
					 .inode = 0xfedcba9876543210,
					 .created = 130000000000000000u,
					 .who = "root@rescue1",
					 .writes.arena = x->arena,
					 .values = values,
					 .n_values = N_VALUES};
	for (size_t i = 0; i < N_WRITES; i++) {
		struct write w = places[i];
		for (size_t j = 4; j + 2 < w.len; j++)
			x->new_image[w.off + j] ^= 0xa5;
		w.old_bytes = x->old_image + w.off;
		w.new_bytes = x->new_image + w.off;
		assert_int_equal(writes_add(&x->record.writes, &w, &err), 0);
	}
	struct span s;
	assert_int_equal(undo_encode(&x->record, x->arena, &s, &err), 0);
	x->len = s.len + UNDO_MARK_LEN;
	x->bytes = arena_alloc(x->arena, x->len, NULL);
	memcpy(x->bytes, s.p, s.len);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	arena_free(x->arena);
	free(x);
	return 0;
}

/* Decode into an arena of its own; the code of the error, E_OK when accepted. */
static enum err_code decode(const void *bytes, size_t len, struct arena *arena,
			    struct undo_record *out)
{
	struct err err = {0};
	uint8_t *exact = malloc(len + 1); /* so that a read past the end is seen */
	uint8_t *kept = arena_alloc(arena, len, NULL);
	assert_non_null(exact);
	assert_non_null(kept);
	memcpy(exact, bytes, len);
	memcpy(kept, bytes, len);
	struct undo_record seen;
	int seen_rc = undo_decode((struct span){exact, len}, arena, &seen, NULL);
	int rc = undo_decode((struct span){kept, len}, arena, out, &err);
	assert_int_equal(rc, seen_rc);
	assert_int_equal(rc < 0, err.code != E_OK);
	free(exact);
	return err.code;
}

static bool same_write(const struct write *a, const struct write *b)
{
	return a->off == b->off && a->len == b->len && strcmp(a->what.plain, b->what.plain) == 0 &&
	       memcmp(a->old_bytes, b->old_bytes, a->len) == 0 &&
	       memcmp(a->new_bytes, b->new_bytes, a->len) == 0;
}

static bool same_value(const struct undo_value *a, const struct undo_value *b)
{
	return strcmp(a->subject, b->subject) == 0 && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->was, b->was) == 0 && strcmp(a->becomes, b->becomes) == 0 &&
	       a->file_at == b->file_at && a->len == b->len;
}

/* Everything but the completion state. */
static bool same_record(const struct undo_record *a, const struct undo_record *b)
{
	bool same = strcmp(a->image_path, b->image_path) == 0 &&
		    strcmp(a->image_id, b->image_id) == 0 && strcmp(a->who, b->who) == 0 &&
		    a->image_length == b->image_length && a->device == b->device &&
		    a->inode == b->inode && a->created == b->created &&
		    a->writes.n == b->writes.n && a->n_values == b->n_values;
	for (size_t i = 0; same && i < a->writes.n; i++)
		same = same_write(&a->writes.items[i], &b->writes.items[i]);
	for (size_t i = 0; same && i < a->n_values; i++)
		same = same_value(&a->values[i], &b->values[i]);
	return same;
}

/* ---- round trip ---- */

static void comes_back(void **state)
{
	struct fixture *x = *state;
	struct undo_record r;
	assert_int_equal(decode(x->bytes, x->len, x->arena, &r), E_OK);
	assert_true(same_record(&r, &x->record));
	assert_false(r.complete);
	assert_int_equal(x->len % 512, 0);
	undo_mark((struct span){x->bytes, x->len - UNDO_MARK_LEN},
		  x->bytes + x->len - UNDO_MARK_LEN);
	assert_int_equal(decode(x->bytes, x->len, x->arena, &r), E_OK);
	assert_true(same_record(&r, &x->record));
	assert_true(r.complete);
}

static void empty_lists_come_back(void **state)
{
	struct fixture *x = *state;
	struct undo_record none = {.image_path = "", .image_id = "", .who = ""}, r;
	struct err err = {0};
	struct span s;
	uint8_t bytes[4096] = {0};
	none.writes.arena = x->arena;
	assert_int_equal(undo_encode(&none, x->arena, &s, &err), 0);
	memcpy(bytes, s.p, s.len);
	assert_int_equal(decode(bytes, s.len + UNDO_MARK_LEN, x->arena, &r), E_OK);
	assert_true(same_record(&r, &none));
}

static void writes_come_back_sorted(void **state)
{
	struct fixture *x = *state;
	struct write *items = x->record.writes.items, first = items[0];
	struct undo_record r;
	struct err err = {0};
	struct span s;
	items[0] = items[2];
	items[2] = first;
	assert_int_equal(undo_encode(&x->record, x->arena, &s, &err), 0);
	memcpy(x->bytes, s.p, s.len);
	assert_int_equal(decode(x->bytes, x->len, x->arena, &r), E_OK);
	assert_int_equal(r.writes.items[0].off, 512);
	assert_int_equal(r.writes.items[2].off, IMAGE_LEN - 40);
	assert_memory_equal(r.writes.items[2].new_bytes, x->new_image + IMAGE_LEN - 40, 40);
}

/* ---- damage ---- */

static void every_flipped_byte_is_noticed(void **state)
{
	struct fixture *x = *state;
	size_t body = x->len - UNDO_MARK_LEN;
	undo_mark((struct span){x->bytes, body}, x->bytes + body);
	for (size_t at = 0; at < x->len; at++)
		for (unsigned flip = 1; flip < 256; flip = flip == 128 ? 255 : flip * 2) {
			struct arena *arena = arena_new();
			struct undo_record r;
			x->bytes[at] ^= (uint8_t)flip;
			enum err_code code = decode(x->bytes, x->len, arena, &r);
			x->bytes[at] ^= (uint8_t)flip;
			if (at < body)
				assert_true(code == E_FORMAT || code == E_CORRUPT ||
					    code == E_UNSUPPORTED);
			else
				assert_true(code == E_OK && !r.complete &&
					    same_record(&r, &x->record));
			arena_free(arena);
			if (flip == 255)
				break;
		}
}

static void every_length_but_its_own_is_refused(void **state)
{
	struct fixture *x = *state;
	struct undo_record r;
	uint8_t *longer = calloc(1, x->len + 512);
	memcpy(longer, x->bytes, x->len);
	for (size_t len = 0; len <= x->len + 512; len++) {
		enum err_code code = decode(longer, len, x->arena, &r);
		if (len == x->len)
			assert_int_equal(code, E_OK);
		else
			assert_int_equal(code, len < 8    ? E_FORMAT
					       : len < 12 ? E_UNSUPPORTED
							  : E_CORRUPT);
	}
	free(longer);
}

/* A mark that was written only in part, or is of another record, is no mark. */
static void torn_mark_is_no_mark(void **state)
{
	struct fixture *x = *state;
	size_t body = x->len - UNDO_MARK_LEN;
	struct undo_record r;
	uint8_t mark[UNDO_MARK_LEN];
	undo_mark((struct span){x->bytes, body}, mark);
	for (size_t n = 0; n < 8 + HASH_LEN; n++) {
		memset(x->bytes + body, 0, UNDO_MARK_LEN);
		memcpy(x->bytes + body, mark, n);
		assert_int_equal(decode(x->bytes, x->len, x->arena, &r), E_OK);
		assert_false(r.complete);
		memcpy(x->bytes + body, mark, UNDO_MARK_LEN);
		memset(x->bytes + body, 0, n + 1);
		assert_int_equal(decode(x->bytes, x->len, x->arena, &r), E_OK);
		assert_false(r.complete);
	}
}

/* ---- forgery: bad numbers under a right checksum ---- */

static void rehash(uint8_t *bytes, size_t len)
{
	size_t body = len - UNDO_MARK_LEN - HASH_LEN;
	sha256_of((struct span){bytes, body}, bytes + body);
}

struct forgery {
	const char *what;
	size_t at, len; /* number of 1, 4 or 8 bytes */
	uint64_t value;
	enum err_code code;
};

static const struct forgery forgeries[] = {
	{"magic", 0, 1, 's', E_FORMAT},
	{"version", 8, 4, 2, E_UNSUPPORTED},
	{"no total", AT_TOTAL, 8, 0, E_CORRUPT},
	{"huge total", AT_TOTAL, 8, UINT64_MAX - 511, E_CORRUPT},
	{"text pool of 4 GiB", AT_TEXTS_LEN, 4, UINT32_MAX, E_CORRUPT},
	{"text pool of 0", AT_TEXTS_LEN, 4, 0, E_CORRUPT},
	{"image of 0 bytes", AT_LENGTH, 8, 0, E_CORRUPT},
	{"image one byte short", AT_LENGTH, 8, IMAGE_LEN - 1, E_CORRUPT},
	{"image that shrinks", AT_NEW_LENGTH, 8, IMAGE_LEN - 1, E_CORRUPT},
	{"4 G writes", AT_N_WRITES, 4, UINT32_MAX, E_CORRUPT},
	{"1 M writes", AT_N_WRITES, 4, 1u << 20, E_CORRUPT},
	{"one write more", AT_N_WRITES, 4, N_WRITES + 1, E_CORRUPT},
	{"4 G values", AT_N_VALUES, 4, UINT32_MAX, E_CORRUPT},
	{"a hundred values", AT_N_VALUES, 4, 100, E_CORRUPT},
	{"path outside", AT_PATH_TEXT, 4, UINT32_MAX, E_CORRUPT},
	{"path inside a text", AT_PATH_TEXT, 4, 1, E_CORRUPT},
	{"id shares the path", AT_ID_TEXT, 4, 0, E_CORRUPT},
	{"write behind the image", AT_WRITES, 8, IMAGE_LEN, E_CORRUPT},
	{"write over the end", AT_WRITES, 8, IMAGE_LEN - 63, E_CORRUPT},
	{"write that wraps", AT_WRITES, 8, UINT64_MAX - 10, E_CORRUPT},
	{"overlap", AT_WRITES + WRITE_LEN, 8, 512 + 63, E_CORRUPT},
	{"same place", AT_WRITES + WRITE_LEN, 8, 512, E_CORRUPT},
	{"write of 4 GiB", AT_WRITES + 8, 4, UINT32_MAX, E_CORRUPT},
	{"write text outside", AT_WRITES + 12, 4, 100000, E_CORRUPT},
	{"write text shared", AT_WRITES + WRITE_LEN + 12, 4, 0, E_CORRUPT},
	{"value text outside", AT_VALUES, 4, UINT32_MAX, E_CORRUPT},
	{"value text shared", AT_VALUES + VALUE_LEN + 12, 4, 0, E_CORRUPT},
};

static void put_number(uint8_t *p, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void forged_numbers_are_refused(void **state)
{
	struct fixture *x = *state;
	uint8_t *copy = malloc(x->len);
	struct undo_record r;
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		const struct forgery *f = &forgeries[i];
		memcpy(copy, x->bytes, x->len);
		put_number(copy + f->at, f->len, f->value);
		rehash(copy, x->len);
		enum err_code code = decode(copy, x->len, x->arena, &r);
		if (code != f->code)
			fail_msg("%s: %s", f->what, err_name(code));
	}
	/* lengths that cancel out, one of them 0 */
	memcpy(copy, x->bytes, x->len);
	put_number(copy + AT_WRITES + 8, 4, 0);
	put_number(copy + AT_WRITES + WRITE_LEN + 8, 4, 64 + 48);
	rehash(copy, x->len);
	assert_int_equal(decode(copy, x->len, x->arena, &r), E_CORRUPT);
	/* a last text without its NUL */
	memcpy(copy, x->bytes, x->len);
	copy[AT_POOL + le32((struct span){copy, x->len}, AT_TEXTS_LEN) - 1] = 'x';
	rehash(copy, x->len);
	assert_int_equal(decode(copy, x->len, x->arena, &r), E_CORRUPT);
	free(copy);
}

static void check_accepted(const struct undo_record *r)
{
	uint64_t end = 0;
	for (size_t i = 0; i < r->writes.n; i++) {
		const struct write *w = &r->writes.items[i];
		assert_true(w->len > 0 && w->off >= end && w->off <= r->new_length &&
			    w->len <= r->new_length - w->off);
		end = w->off + w->len;
		assert_non_null(w->what.plain);
	}
	for (size_t i = 0; i < r->n_values; i++)
		assert_true(r->values[i].subject && r->values[i].becomes);
}

/* Whatever random numbers stand in the lists: refused, or writes that stay inside the image. */
static void random_forgeries_stay_inside(void **state)
{
	struct fixture *x = *state;
	uint8_t *copy = malloc(x->len);
	unsigned accepted = 0, seed = 7;
	for (unsigned round = 0; round < 20000; round++) {
		struct arena *arena = arena_new();
		struct undo_record r;
		memcpy(copy, x->bytes, x->len);
		for (unsigned n = 1 + (unsigned)rand_r(&seed) % 2; n > 0; n--)
			copy[8 + (unsigned)rand_r(&seed) % (AT_POOL - 8)] = (uint8_t)rand_r(&seed);
		rehash(copy, x->len);
		if (decode(copy, x->len, arena, &r) == E_OK) {
			check_accepted(&r);
			accepted++;
		}
		arena_free(arena);
	}
	free(copy);
	assert_true(accepted > 100 && accepted < 19000);
}

static void hostile_texts_are_escaped(void **state)
{
	struct fixture *x = *state;
	struct undo_record r = x->record, back;
	struct err err = {0};
	struct span s;
	uint8_t bytes[4096] = {0};
	r.who = "root\x1b[2J\n";
	r.writes.items[0].what = said_as_is("\xe2\x80\xae");
	assert_int_equal(undo_encode(&r, x->arena, &s, &err), 0);
	memcpy(bytes, s.p, s.len);
	assert_int_equal(decode(bytes, s.len + UNDO_MARK_LEN, x->arena, &back), E_OK);
	assert_string_equal(back.who, "root\\x1b[2J\\x0a");
	assert_string_equal(back.writes.items[0].what.plain, "\\u202e");
	assert_string_equal(back.image_path, x->record.image_path);
}

/* ---- which image ---- */

static void fits_only_its_image(void **state)
{
	struct fixture *x = *state;
	struct image_info info = {
		.real_path = x->record.image_path, .file_size = IMAGE_LEN, .id = "b3f4"};
	struct err err = {0};
	assert_int_equal(undo_fits(&x->record, &info, &err), 0);
	info.real_path = "/mnt/elsewhere/other.vhd"; /* it was moved and renamed since */
	assert_int_equal(undo_fits(&x->record, &info, &err), 0);
	info.file_size++;
	assert_int_equal(undo_fits(&x->record, &info, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	info.file_size--;
	strcpy(info.id, "b3f5");
	assert_int_equal(undo_fits(&x->record, &info, NULL), -1);
}

static struct undo_check compare(const struct fixture *x, const uint8_t *image)
{
	struct err err = {0};
	struct undo_check check;
	struct image *img = image_open_memory(image, IMAGE_LEN, 512, &err);
	assert_non_null(img);
	assert_int_equal(undo_compare(&x->record, img, x->arena, &check, &err), 0);
	image_close(img);
	return check;
}

static void knows_old_new_mixed_and_foreign(void **state)
{
	struct fixture *x = *state;
	uint8_t is[IMAGE_LEN];
	struct undo_check c = compare(x, x->old_image);
	assert_int_equal(c.state, UNDO_OLD);
	assert_int_equal(c.values[0], UNDO_OLD);
	assert_true(c.foreign_at == UINT64_MAX);
	c = compare(x, x->new_image);
	assert_int_equal(c.state, UNDO_NEW);
	assert_int_equal(c.values[1], UNDO_NEW);
	memcpy(is, x->old_image, IMAGE_LEN); /* one whole write done */
	memcpy(is + 512, x->new_image + 512, 64);
	c = compare(x, is);
	assert_int_equal(c.state, UNDO_MIXED);
	assert_int_equal(c.writes[0], UNDO_NEW);
	assert_int_equal(c.writes[1], UNDO_OLD);
	assert_int_equal(c.values[0], UNDO_NEW);
	assert_int_equal(c.values[1], UNDO_OLD);
	is[512 + 9] = x->old_image[512 + 9]; /* torn inside a value */
	c = compare(x, is);
	assert_int_equal(c.writes[0], UNDO_MIXED);
	assert_int_equal(c.values[0], UNDO_MIXED);
	is[IMAGE_LEN - 3] = x->old_image[IMAGE_LEN - 3] ^ 0x11;
	c = compare(x, is);
	assert_int_equal(c.state, UNDO_FOREIGN);
	assert_int_equal(c.writes[2], UNDO_FOREIGN);
	assert_int_equal(c.foreign_at, IMAGE_LEN - 3);
	assert_int_equal(c.foreign_byte, is[IMAGE_LEN - 3]);
	is[100] ^= 1; /* bytes that the record does not name do not matter */
	is[IMAGE_LEN - 3] = x->old_image[IMAGE_LEN - 3];
	assert_int_equal(compare(x, is).state, UNDO_MIXED);
}

/* Values that lie in no write, before, between and behind them, are not believed. */
static void values_outside_are_foreign(void **state)
{
	struct fixture *x = *state;
	static const uint64_t outside[] = {0, 511, 576, 1023, 1072, IMAGE_LEN - 41, UINT64_MAX};
	struct undo_value v = values[0];
	x->record.values = &v;
	x->record.n_values = 1;
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		v.file_at = outside[i];
		assert_int_equal(compare(x, x->old_image).values[0], UNDO_FOREIGN);
	}
	v.file_at = 512; /* the first byte of a write is inside it */
	assert_int_equal(compare(x, x->old_image).values[0], UNDO_OLD);
	v.file_at = 1024 + 40;
	v.len = UINT32_MAX;
	assert_int_equal(compare(x, x->new_image).values[0], UNDO_NEW);
}

/* ---- where records lie ---- */

static void paths(void **state)
{
	struct fixture *x = *state;
	assert_string_equal(undo_path("/a/b.vhd", NULL, 0, x->arena), "/a/b.vhd.stop7b-undo");
	assert_string_equal(undo_path("/a/b.vhd", NULL, 12, x->arena), "/a/b.vhd.stop7b-undo.12");
	char *one = undo_path("/a/b.vhd", "/u", 3, x->arena);
	/* sha256sum of "/a/b.vhd" begins with these digits */
	assert_string_equal(one, "/u/b.vhd-27dbbc0e3023896b.stop7b-undo.3");
	assert_string_not_equal(one, undo_path("/c/b.vhd", "/u", 3, x->arena));
	assert_string_equal(undo_path("b.vhd", NULL, 0, x->arena), "b.vhd.stop7b-undo");
	assert_string_equal(undo_path("/b.vhd", NULL, 0, x->arena), "/b.vhd.stop7b-undo");
}

/* Every name that a file can have has records that can be made: with number and ".new". */
static void long_names_become_their_hash(void **state)
{
	struct fixture *x = *state;
	char name[3 + 255 + 1] = "/a/";
	for (size_t len = 1; len <= 255; len++) {
		memset(name + 3, 'x', len);
		name[3 + len] = '\0';
		for (int in_dir = 0; in_dir < 2; in_dir++) {
			const char *path = undo_path(name, in_dir ? "/a" : NULL, 999, x->arena);
			assert_true(strlen(path + 3) + strlen(".new") <= 255);
			if (!in_dir && len <= 230)
				assert_memory_equal(path, name, 3 + len);
		}
	}
	/* sha256sum of the name, and of the path, begin with these digits */
	assert_string_equal(undo_path(name, NULL, 0, x->arena),
			    "/a/d22609da3ae3956ca4877056a8e580ee.stop7b-undo");
	assert_string_equal(undo_path(name, "/u", 0, x->arena),
			    "/u/ccc12b05d71b5dad25f157561129cbbe.stop7b-undo");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_back),
		TEST(empty_lists_come_back),
		TEST(writes_come_back_sorted),
		TEST(every_flipped_byte_is_noticed),
		TEST(every_length_but_its_own_is_refused),
		TEST(torn_mark_is_no_mark),
		TEST(forged_numbers_are_refused),
		TEST(random_forgeries_stay_inside),
		TEST(hostile_texts_are_escaped),
		TEST(fits_only_its_image),
		TEST(knows_old_new_mixed_and_foreign),
		TEST(values_outside_are_foreign),
		TEST(paths),
		TEST(long_names_become_their_hash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
