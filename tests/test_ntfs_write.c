/* SPDX-License-Identifier: MIT */
/*
 * Adding names to volumes made by mkntfs in many geometries: what ntfscat, 7zz, icat, ntfsfix and
 * an independent checker say of the result, what else changed (nothing), and the way back.
 */
#include "ntfs_write_judge.h"

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
		judge_content(DRIVERS_SLASH "viostor.sys", want, 123457);
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
