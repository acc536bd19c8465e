/* SPDX-License-Identifier: MIT */
/*
 * Adding names to volumes made by mkntfs in many geometries: what ntfscat, 7zz, icat, ntfsfix and
 * an independent checker say of the result, what else changed (nothing, nor in the change journal),
 * and the way back.
 */
#include "ntfs_write_judge.h"

static const struct {
	const char *size, *options;
} geometries[] = {
	{"8M", "-c 512"},   {"8M", "-c 1024"},   {"16M", "-c 2048"},   {"16M", "-c 4096"},
	{"32M", "-c 8192"}, {"64M", "-c 32768"}, {"128M", "-c 65536"},
};

/* Windows' change journal stands in every one of them: for ntfscat it is the one that was there. */
static void judge_journal(void)
{
	assert_int_equal(run("grep -q ' $UsnJrnl$' places && "
			     "for s in '$J' '$Max'; do for v in before after; do "
			     "ntfscat -a 0x80 -n \"$s\" $v.img '$Extend/$UsnJrnl' > $v.part && "
			     "[ -s $v.part ] || exit 1; done; cmp before.part after.part; done"),
			 0);
}

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
		judge_journal();
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
