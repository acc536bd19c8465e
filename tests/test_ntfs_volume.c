/* SPDX-License-Identifier: MIT */
/*
 * The NTFS module on volumes: made by mkntfs, ntfscp and the project's ntfsfill, written by
 * Windows where they are present, and damaged here.
 *
 * Expected names and content come from ntfs-3g's tools and 7zz. A mapped offset is believed only
 * when the volume's bytes there equal what the file was filled with.
 */
#include "ntfs_test.h"

/* ---- volumes made here ---- */

/* A volume whose root holds small.txt (resident), a.bin and b.bin (in several runs). */
static void make_plain(const char *options)
{
	uint8_t *p = pattern(200000);
	spill("small.txt", "hello\n", 6);
	spill("a.bin", p, 200000);
	free(p);
	if (run("truncate -s 8M v.img && mkntfs -F -Q -q %s v.img && ntfscp v.img small.txt "
		"small.txt",
		options) != 0)
		skip();
	assert_int_equal(
		run("for i in 20000 90000 150000 200000; do for f in a b; do "
		    "head -c $i a.bin > x && ntfscp -f v.img x $f.bin || exit 1; done; done"),
		0);
}

static void check_plain(struct volume *v)
{
	uint8_t *want = pattern(200000);
	size_t n;
	const struct ntfs_entry *e = list(v, "", &n);
	const struct ntfs_entry *a = entry_named(e, n, "a.bin");
	assert_non_null(a);
	assert_int_equal(a->size, 200000);
	assert_false(a->directory);
	assert_true(a < entry_named(e, n, "b.bin") && a < entry_named(e, n, "small.txt"));
	assert_true(entry_named(e, n, "$MFT") && entry_named(e, n, "small.txt"));
	assert_true(entry_named(e, n, "$Extend")->directory);
	assert_null(entry_named(e, n, "."));
	expect_content(v, "small.txt", (const uint8_t *)"hello\n", 6);
	expect_content(v, "a.bin", want, 200000);
	expect_content(v, "\\B.BIN", want, 200000);
	assert_true(expect_mapped(v, "a.bin", want, 200000) > 1);
	assert_true(expect_mapped(v, "b.bin", want, 200000) > 1);
	expect_refused(v, "small.txt", 6, "resident");
	expect_refused(v, "$MFT", 1024, "NTFS itself");
	expect_refused(v, "", 0, "NTFS itself");
	free(want);
}

static void test_plain(void **state)
{
	static const char *const sizes[] = {"-c 512", "-c 4096", "-c 65536"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct volume v;
		struct ntfs_state s;
		make_plain(sizes[i]);
		open_volume(&v, "v.img");
		assert_int_equal(ntfs_core(v.ntfs)->geometry.cluster, atoi(sizes[i] + 3));
		assert_string_equal(ntfs_label(v.ntfs), "");
		check_plain(&v);
		assert_int_equal(ntfs_state(v.ntfs, &s, &v.err), 0);
		assert_false(s.dirty || s.hibernated || s.hiberfile_unreadable || s.flags);
		assert_int_equal(s.log, NTFS_LOG_CLEAN);
		close_volume(&v);
	}
}

static void test_not_found(void **state)
{
	static const char *const missing[] = {
		"nofile",           "small.txt\\x", "small.tx", "small.txt1",
		"$Extend\\nothing", "A\xcc",        "zzzz",     "\x01"};
	struct volume v;
	(void)state;
	make_plain("");
	open_volume(&v, "v.img");
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		struct err err = {0};
		assert_null(ntfs_file_open(v.ntfs, missing[i], &err));
		assert_int_equal(err.code, E_NOTFOUND);
	}
	close_volume(&v);
}

/* A run list too long for one record: pieces in other records, named by an attribute list. */
static void test_attribute_list(void **state)
{
	struct volume v;
	uint8_t *want = pattern(6000000);
	(void)state;
	spill("r.bin", want, 6000000);
	if (run("truncate -s 64M v.img && mkntfs -F -Q -q -c 512 v.img") != 0)
		skip();
	assert_int_equal(run("for i in $(seq 1 290); do head -c $((i * 20480)) r.bin > x; "
			     "for f in a b; do ntfscp -f v.img x $f.bin || exit 1; done; done"),
			 0);
	assert_int_equal(run("ntfsinfo -v -F a.bin v.img | grep 'ATTRIBUTE_LIST (0x20)'"), 0);
	open_volume(&v, "v.img");
	expect_content(&v, "a.bin", want, 290 * 20480);
	assert_true(expect_mapped(&v, "a.bin", want, 290 * 20480) > 200);
	close_volume(&v);
	free(want);
}

/* ---- what must not be overwritten, and names ---- */

static void test_refusals(void **state)
{
	struct volume v;
	uint8_t *want = calloc(1, 200000);
	uint64_t valid = 0;
	(void)state;
	memset(want, 0x41, 12345);
	fill("v.img", "16M", "",
	     "fill \\valid.bin 50000 41\nvalid \\valid.bin 12345\n"
	     "dir \\comp\ncompress \\comp\nfill \\comp\\c.bin 300000 42\nsparse \\sparse.bin "
	     "200000\n"
	     "wof \\wof.sys 40000\nfill \\enc.bin 9000 43\nencrypted \\enc.bin\n");
	open_volume(&v, "v.img");
	expect_content(&v, "valid.bin", want, 50000);
	assert_int_equal(expect_mapped(&v, "valid.bin", want, 12345), 1);
	struct ntfs_file *f = open_file(&v, "valid.bin");
	assert_int_equal(ntfs_file_valid_length(f, &valid, NULL), 0);
	assert_int_equal(valid, 12345);
	assert_int_equal(ntfs_file_in_place(f, 12345, NULL), 0);
	ntfs_file_close(f);
	expect_refused(&v, "valid.bin", 12346, "valid data length");
	expect_refused(&v, "comp\\c.bin", 1, "it is compressed");
	expect_refused(&v, "sparse.bin", 1, "it is sparse");
	expect_refused(&v, "wof.sys", 1, "reparse");
	expect_refused(&v, "enc.bin", 1, "it is encrypted");
	expect_refused(&v, "comp", 0, "no data");
	memset(want, 0, 12345);
	expect_content(&v, "sparse.bin", want, 200000);
	free(want);
	close_volume(&v);
}

/* Files that the system keeps compressed: their form is told, their content read. */
static void test_packed(void **state)
{
	enum { LEN = 70000 };
	static const char *const names[] = {"0.sys", "1.sys", "2.sys", "3.sys", "plain"};
	static const enum ntfs_packing forms[] = {NTFS_XPRESS4K, NTFS_LZX, NTFS_XPRESS8K,
						  NTFS_XPRESS16K, NTFS_NOT_PACKED};
	struct volume v;
	uint8_t *want = malloc(LEN);
	(void)state;
	for (size_t i = 0; i < LEN; i++)
		want[i] = (uint8_t)(i / 4096 * 7 + i);
	spill("content", want, LEN);
	fill("v.img", "16M", "",
	     "packed \\0.sys content 0\npacked \\1.sys content 1\npacked \\2.sys content 2\n"
	     "packed \\3.sys content 3\nfile \\plain content\n");
	open_volume(&v, "v.img");
	for (size_t i = 0; i < 5; i++) {
		struct ntfs_entry e;
		struct ntfs_file *f = open_file(&v, names[i]);
		assert_int_equal(ntfs_file_stat(f, v.arena, &e, NULL), 0);
		assert_int_equal(e.packing, forms[i]);
		assert_int_equal(e.size, LEN);
		ntfs_file_close(f);
		expect_content(&v, names[i], want, LEN);
	}
	expect_refused(&v, "0.sys", 1, "reparse");
	close_volume(&v);
	free(want);
}

static void test_large_directory(void **state)
{
	static const char *const options[] = {"", "-c 65536"};
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct volume v;
		size_t n, want;
		fill("v.img", "64M", options[i],
		     "many \\Windows\\System32 3000\ntext \\Windows\\System32\\config\\SYSTEM "
		     "hive\n"
		     "text \"\\Windows\\System32\\Gr\xc3\xbc\xc3\x9f"
		     "e.txt\" x\nlabel Disk\n");
		assert_int_equal(run("ntfsls -p /Windows/System32 v.img | grep -v '^[.]*$' | "
				     "LC_ALL=C sort -f > names"),
				 0);
		uint8_t *names = slurp("names", &want);
		open_volume(&v, "v.img");
		assert_string_equal(ntfs_label(v.ntfs), "Disk");
		struct ntfs_entry *e = list(&v, "/windows/SYSTEM32/", &n);
		assert_int_equal(n, 3002);
		struct ntfs_file *dir = open_file(&v, "Windows\\System32");
		char *line = strtok((char *)names, "\n");
		names[want] = '\0';
		for (size_t k = 0; k < n; k++, line = strtok(NULL, "\n")) {
			assert_string_equal(e[k].name, line);
			struct ntfs_file *f = ntfs_file_child(dir, e[k].raw_name, &v.err);
			assert_non_null(f);
			ntfs_file_close(f);
		}
		assert_null(line);
		ntfs_file_close(dir);
		expect_content(&v, "windows\\system32\\CONFIG\\system", (const uint8_t *)"hive", 4);
		ntfs_file_close(open_file(&v, "Windows/System32/GR\xc3\x9c\xc3\x9f"
					      "E.TXT"));
		free(names);
		close_volume(&v);
	}
}

static void test_state(void **state)
{
	static const struct {
		const char *script;
		bool dirty, hibernated;
		enum ntfs_log log;
	} cases[] = {
		{"log open\n", false, false, NTFS_LOG_OPEN},
		{"log clean\n", false, false, NTFS_LOG_CLEAN},
		{"log fast-restart\n", false, false, NTFS_LOG_FAST_RESTART},
		{"dirty on\n", true, false, NTFS_LOG_CLEAN},
		{"fill \\hiberfil.sys 8192 00\n", false, false, NTFS_LOG_CLEAN},
		{"fill \\hiberfil.sys 4000 00\n", false, true, NTFS_LOG_CLEAN},
		{"dir \\hiberfil.sys\n", false, true, NTFS_LOG_CLEAN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct volume v;
		struct ntfs_state s;
		fill("v.img", "8M", "", cases[i].script);
		open_volume(&v, "v.img");
		assert_int_equal(ntfs_state(v.ntfs, &s, &v.err), 0);
		if (s.dirty != cases[i].dirty || s.hibernated != cases[i].hibernated ||
		    s.log != cases[i].log)
			fail_msg("%s: dirty %d hibernated %d log %d", cases[i].script, s.dirty,
				 s.hibernated, s.log);
		close_volume(&v);
	}
}

/* ---- damage ---- */

/* Byte of the volume where MFT record `number` begins; $MFT of a new volume lies in one run. */
static size_t record_at(const struct volume *v, unsigned number)
{
	struct span s = {v->bytes, v->len};
	return (size_t)le64(s, 48) * ntfs_core(v->ntfs)->geometry.cluster + 1024u * number;
}

/* Byte of the volume where attribute `type` of a record begins. */
static size_t attribute_at(const struct volume *v, unsigned number, uint32_t type)
{
	struct span s = {v->bytes, v->len};
	size_t at = record_at(v, number);
	size_t a = at + le16(s, at + 20);
	while (le32(s, a) != type)
		a += le32(s, a + 4);
	return a;
}

static size_t run_list_at(const struct volume *v, unsigned number)
{
	size_t a = attribute_at(v, number, 0x80);
	return a + le16((struct span){v->bytes, v->len}, a + 32);
}

static void expect_corrupt(struct volume *v, const char *path)
{
	struct err err = {0};
	reopen(v);
	assert_non_null(v->ntfs);
	struct ntfs_file *f = ntfs_file_open(v->ntfs, path, &err);
	if (f)
		assert_int_equal(ntfs_file_in_place(f, 1, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	ntfs_file_close(f);
}

/* The first file of a new volume is record 64: small.txt; then a.bin and b.bin. */
static void test_damaged_record(void **state)
{
	static const struct {
		unsigned in_record;
		int in_data;
		uint8_t value;
	} cases[] = {{0, -1, 'B'}, {6, -1, 9},  {16, -1, 77},  {20, -1, 57},
		     {22, -1, 0},  {32, -1, 9}, {0, 4, 1},     {0, 16, 1},
		     {0, 24, 0},   {0, 32, 8},  {0, 55, 0x10}, {0, 58, 0x10}};
	struct volume v;
	struct ntfs_state s;
	(void)state;
	make_plain("");
	assert_int_equal(run("ntfscp v.img a.bin hiberfil.sys"), 0);
	open_volume(&v, "v.img");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at = cases[i].in_data < 0
				    ? record_at(&v, 65) + cases[i].in_record
				    : attribute_at(&v, 65, 0x80) + (size_t)cases[i].in_data;
		uint8_t old = v.bytes[at];
		v.bytes[at] = cases[i].value;
		expect_corrupt(&v, "a.bin");
		v.bytes[at] = old;
	}
	reopen(&v);
	check_plain(&v);
	assert_int_equal(ntfs_state(v.ntfs, &s, NULL), 0);
	assert_false(s.hibernated || s.hiberfile_unreadable);
	v.bytes[record_at(&v, 67)] = 'B';
	assert_int_equal(ntfs_state(v.ntfs, &s, NULL), 0);
	assert_true(s.hibernated && s.hiberfile_unreadable);
	close_volume(&v);
}

/* Runs that lead into $MFT, into the boot sector, or twice to the same clusters. */
static void test_shared_clusters(void **state)
{
	static const uint8_t to_mft[] = {0x11, 0x31, 0x05, 0}, to_boot[] = {0x11, 0x31, 0x01, 0},
			     twice[] = {0x21, 0x20, 0x00, 0x04, 0x11, 0x11, 0x10, 0};
	static const struct {
		const uint8_t *runs;
		size_t len;
	} cases[] = {{to_mft, sizeof(to_mft)}, {to_boot, sizeof(to_boot)}, {twice, sizeof(twice)}};
	struct volume v;
	(void)state;
	make_plain("");
	open_volume(&v, "v.img");
	for (size_t i = 0; i < 3; i++) {
		memcpy(v.bytes + run_list_at(&v, 65), cases[i].runs, cases[i].len);
		reopen(&v);
		struct ntfs_file *f = open_file(&v, "a.bin");
		struct err err = {0};
		assert_int_equal(ntfs_file_in_place(f, 1, &err), -1);
		assert_int_equal(err.code, E_CORRUPT);
		assert_non_null(strstr(err.text, "used twice"));
		ntfs_file_close(f);
	}
	close_volume(&v);
}

/* An index node whose entry leads back to the node itself. */
static void test_index_loop(void **state)
{
	struct volume v;
	(void)state;
	make_plain("");
	assert_int_equal(run("for i in $(seq 1 80); do ntfscp v.img small.txt "
			     "a-name-that-fills-the-root-directory-soon-$i || exit 1; done"),
			 0);
	open_volume(&v, "v.img");
	struct span s = {v.bytes, v.len};
	size_t at = 0;
	while (at < v.len && memcmp(v.bytes + at, "INDX", 4) != 0)
		at += 4096;
	assert_true(at < v.len);
	/* Give the node's first entry a child: the node itself. */
	size_t entry = at + 24 + le32(s, at + 24);
	put_le16(v.bytes + entry + 12, 1);
	put_le64(v.bytes + entry + le16(s, entry + 8) - 8, le64(s, at + 16));
	reopen(&v);
	struct ntfs_file *root = open_file(&v, "");
	struct ntfs_entry *e;
	struct err err = {0};
	size_t n;
	assert_int_equal(ntfs_file_list(root, v.arena, &e, &n, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "used twice"));
	ntfs_file_close(root);
	close_volume(&v);
}

static void test_damaged_volume(void **state)
{
	struct volume v;
	(void)state;
	make_plain("");
	open_volume(&v, "v.img");
	size_t mft = record_at(&v, 0);
	for (size_t i = 0; i < 1024; i += 3) { /* no byte of $MFT's record may crash or hang it */
		uint8_t old = v.bytes[mft + i];
		v.bytes[mft + i] ^= 0xff;
		reopen(&v);
		assert_true(v.ntfs || v.err.code == E_CORRUPT);
		v.bytes[mft + i] = old;
	}
	size_t whole = v.len;
	v.len /= 2;
	reopen(&v);
	assert_null(v.ntfs);
	assert_int_equal(v.err.code, E_CORRUPT);
	v.len = 511;
	reopen(&v);
	assert_int_equal(v.err.code, E_FORMAT);
	v.len = whole;
	v.bytes[11] = 0;
	v.bytes[12] = 16; /* 4096 bytes per sector on a disk of 512 */
	reopen(&v);
	assert_int_equal(v.err.code, E_UNSUPPORTED);
	close_volume(&v);
}

/* A name with half a surrogate pair is listed, found, and spoils no other name. */
static void test_lone_surrogate(void **state)
{
	struct volume v;
	size_t n;
	(void)state;
	make_plain("");
	open_volume(&v, "v.img");
	for (size_t i = 0; i + 10 < v.len; i++) { /* "b.bin" -> "b<d800>bin", in record and index */
		if (memcmp(v.bytes + i, "b\0.\0b\0i\0n", 10) == 0)
			put_le16(v.bytes + i + 2, 0xd800);
	}
	reopen(&v);
	struct ntfs_entry *e = list(&v, "", &n);
	const struct ntfs_entry *odd = entry_named(e, n, "b\\ud800bin");
	assert_non_null(odd);
	ntfs_file_close(open_file(&v, odd->raw_name));
	ntfs_file_close(open_file(&v, "a.bin"));
	ntfs_file_close(open_file(&v, "small.txt"));
	close_volume(&v);
}

/* A directory's copy of a file's size may be old, and it names some files twice. */
static void test_directory_copies(void **state)
{
	struct volume v;
	size_t n, patched = 0;
	(void)state;
	make_plain("");
	open_volume(&v, "v.img");
	size_t own = record_at(&v, 65);
	for (size_t i = 1024; i + 10 < v.len; i++) {
		if ((i < own || i >= own + 1024) && memcmp(v.bytes + i, "a\0.\0b\0i\0n", 10) == 0) {
			put_le64(v.bytes + i - 66 + 48, 777);
			patched++;
		}
		if (memcmp(v.bytes + i, "b\0.\0b\0i\0n", 10) == 0)
			v.bytes[i - 1] = 2; /* now an 8.3 name: found, not listed */
	}
	assert_int_not_equal(patched, 0);
	reopen(&v);
	struct ntfs_entry *e = list(&v, "", &n);
	assert_int_equal(entry_named(e, n, "a.bin")->size, 200000);
	assert_null(entry_named(e, n, "b.bin"));
	ntfs_file_close(open_file(&v, "b.bin"));
	close_volume(&v);
}

/* ---- volumes that Windows and Linux wrote ---- */

/* Compare a directory and all below it with what 7zz unpacked; returns the number of files. */
static size_t compare_tree(struct volume *v, const char *path, const char *unpacked)
{
	size_t n, files = 0;
	struct ntfs_entry *e = list(v, path, &n);
	for (size_t i = 0; i < n; i++) {
		char ours[4 * PATH], theirs[5 * PATH];
		if (e[i].name[0] == '$')
			continue;
		snprintf(ours, sizeof(ours), "%s/%s", path, e[i].raw_name);
		snprintf(theirs, sizeof(theirs), "%s%s", unpacked, ours);
		if (e[i].directory) {
			files += compare_tree(v, ours, unpacked);
			continue;
		}
		size_t len;
		uint8_t *want = slurp(theirs, &len);
		if (!want)
			fail_msg("%s: 7zz has no such file", ours);
		assert_int_equal(e[i].size, len);
		expect_content(v, ours, want, len);
		free(want);
		files++;
	}
	return files;
}

static void test_real_volumes(void **state)
{
	static const struct {
		const char *name;
		enum ntfs_log log;
	} volumes[] = {
		{"dissect_ntfs.bin", NTFS_LOG_CLEAN},
		{"dfirntfs_ntfs3_attrlist.raw", NTFS_LOG_CLEAN},
		{"tinyntfs_partition.dd", NTFS_LOG_OPEN},
		{"velociraptor_partition_image.dd", NTFS_LOG_CLEAN},
	};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct volume v;
		struct ntfs_state s;
		real_volume(&v, volumes[i].name);
		run("rm -rf unpacked; 7zz x -tntfs -y -ounpacked real.img -x'!*:*'");
		assert_int_equal(
			run("cd unpacked && rm -rf '[SYSTEM]' '[DELETED]' && "
			    "find . -name '$*' -prune -o -type f -print | wc -l > ../count"),
			0);
		size_t len;
		char *count = (char *)slurp("count", &len);
		count[len] = '\0';
		assert_int_equal(compare_tree(&v, "", "unpacked"), atoi(count));
		assert_int_equal(ntfs_state(v.ntfs, &s, &v.err), 0);
		assert_int_equal(s.log, volumes[i].log);
		assert_false(s.dirty || s.hibernated);
		free(count);
		close_volume(&v);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_plain),
		T(test_not_found),
		T(test_attribute_list),
		T(test_refusals),
		T(test_packed),
		T(test_large_directory),
		T(test_state),
		T(test_damaged_record),
		T(test_shared_clusters),
		T(test_index_loop),
		T(test_damaged_volume),
		T(test_lone_surrogate),
		T(test_directory_copies),
		T(test_real_volumes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
