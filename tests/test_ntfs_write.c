/* SPDX-License-Identifier: MIT */
/*
 * Adding names to volumes made by mkntfs in many geometries: what ntfscat, 7zz, icat, ntfsfix and
 * an independent checker say of the result, what else changed (nothing), and the way back.
 */
#include "ntfs_write_test.h"

/* ---- the result in other people's eyes ---- */

/* A list "sha256 path" of all files but what is expected to be new. */
static void hash_all(const char *image, const char *out, const char *but)
{
	assert_int_equal(run("rm -rf all; 7zz x -tntfs -y -oall %s -x'!*:*' && cd all && "
			     "find . -type f ! -path '%s' ! -name '$MFT' ! -name '$MFTMirr' "
			     "! -name '$Bitmap' | sort | xargs -d '\\n' sha256sum > ../%s",
			     image, but, out),
			 0);
}

static void judge_content(const char *path, const uint8_t *want, size_t len)
{
	spill("want", want, len);
	assert_int_equal(run("ntfscat after.img '%s' | cmp - want", path), 0);
	assert_int_equal(run("n=$(ifind -f ntfs -n '%s' after.img) && icat -f ntfs after.img $n | "
			     "cmp - want",
			     path),
			 0);
}

/* before.img and after.img: other files equal, ntfsfix and the checker no worse. */
static void judge_rest(const char *but)
{
	hash_all("before.img", "before.sums", but);
	hash_all("after.img", "after.sums", but);
	assert_int_equal(run("cmp before.sums after.sums"), 0);
	assert_int_equal(run("ntfsfix -n before.img > a; ntfsfix -n after.img | sed "
			     "s/after/before/ > b; cmp a b"),
			 0);
	if (judge("before.img") && judge("after.img"))
		assert_int_equal(run("cmp before.img.judged after.img.judged"), 0);
}

/* Write news on v, judge it all, and go back. Leaves after.img. */
static void add_and_judge(struct volume *v, const struct ntfs_new *news, size_t n, const char *but)
{
	struct ntfs_written out, again;
	uint8_t *copy = malloc(v->len);
	memcpy(copy, v->bytes, v->len);
	expect_written(v, news, n, &out);
	assert_memory_equal(copy, v->bytes, v->len);
	expect_written(v, news, n, &again);
	assert_int_equal(out.sectors.n, again.sectors.n);
	put_sectors(copy, v->len, &out.sectors, true);
	for (size_t i = 0; i < again.sectors.n; i++)
		assert_memory_equal(again.sectors.items[i].new_bytes,
				    out.sectors.items[i].new_bytes, out.sectors.items[i].len);
	spill("before.img", v->bytes, v->len);
	spill("after.img", copy, v->len);
	judge_rest(but);
	put_sectors(copy, v->len, &out.sectors, false);
	assert_memory_equal(copy, v->bytes, v->len);
	free(copy);
}

static const struct {
	const char *size, *options;
} geometries[] = {
	{"8M", "-c 512"},   {"8M", "-c 1024"},   {"16M", "-c 2048"},   {"16M", "-c 4096"},
	{"32M", "-c 8192"}, {"64M", "-c 32768"}, {"128M", "-c 65536"},
};

static void test_geometries(void **state)
{
	uint8_t *want = pattern(123457);
	(void)state;
	need_3g();
	for (size_t i = 0; i < sizeof(geometries) / sizeof(geometries[0]); i++) {
		struct volume v;
		struct ntfs_new new = new_file("viostor.sys", want, 123457);
		fill("v.img", geometries[i].size, geometries[i].options, BASE_SCRIPT);
		open_volume(&v, "v.img");
		add_and_judge(&v, &new, 1, "*/viostor.sys");
		judge_content("/Windows/System32/drivers/viostor.sys", want, 123457);
		close_volume(&v);
	}
	free(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_geometries, make_scratch, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
