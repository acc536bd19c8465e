/* SPDX-License-Identifier: MIT */
/*
 * What the tests of ntfs_write share: a Windows-like volume with drivers that have security ids,
 * other people's judgement of the result, and the sectors put over a copy.
 */
#ifndef NTFS_WRITE_TEST_H
#define NTFS_WRITE_TEST_H

#include "ntfs_test.h"

#include "src/fs/ntfs_write_internal.h"
#include "stop7b/ntfs_check.h"

#define DRIVERS   "\\Windows\\System32\\drivers"
#define SOME_TIME 0x01d5a0c0b0a09080ull /* a FILETIME of 2019 */
#define ARCHIVE   0x20u
#define BASE_SCRIPT                                                                                \
	"journal 3145728\n"                                                                        \
	"security 101\ndir /Windows/System32/drivers\ndir /Windows/System32/config\n"              \
	"fill /Windows/System32/drivers/disk.sys 70000 41\n"                                       \
	"fill /Windows/System32/drivers/storahci.sys 90000 42\n"                                   \
	"text /Windows/System32/config/SYSTEM regf\n"                                              \
	"dir /Windows/System32/DriverStore/FileRepository/viostor.inf_amd64_1\n"                   \
	"fill /Windows/System32/DriverStore/FileRepository/viostor.inf_amd64_1/viostor.sys 50000 " \
	"43\n"

#define STORED "\\Windows\\System32\\DriverStore\\FileRepository\\viostor.inf_amd64_1\\viostor.sys"

/* Tests that need libntfs-3g in the program. */
UNUSED_OK static void need_3g(void)
{
	if (!ntfs_write_built()) {
		print_message("built without libntfs-3g\n");
		skip();
	}
}

UNUSED_OK static struct ntfs_new new_file(const char *name, const uint8_t *bytes, size_t len)
{
	return (struct ntfs_new){.directory = DRIVERS,
				 .name = name,
				 .content = {bytes, len},
				 .time = SOME_TIME,
				 .attributes = ARCHIVE};
}

UNUSED_OK static struct ntfs_new new_link(const char *name, const char *existing)
{
	return (struct ntfs_new){.directory = DRIVERS, .name = name, .existing = existing};
}

UNUSED_OK static void expect_written(struct volume *v, const struct ntfs_new *news, size_t n,
				     struct ntfs_written *out)
{
	struct err err = {0};
	if (ntfs_write(v->ntfs, news, n, v->arena, out, &err) != 0)
		fail_msg("%s: %s", err_name(err.code), err.text);
	assert_true(out->sectors.n > 0);
}

/* The call fails with that code and a text that holds reason, and says nothing else. */
UNUSED_OK static void expect_no_write(struct volume *v, const struct ntfs_new *news, size_t n,
				      enum err_code code, const char *reason)
{
	struct ntfs_written out;
	struct err err = {0};
	assert_int_equal(ntfs_write(v->ntfs, news, n, v->arena, &out, &err), -1);
	if (err.code != code || !strstr(err.text, reason))
		fail_msg("not %s \"%s\" but %s: %s", err_name(code), reason, err_name(err.code),
			 err.text);
	assert_int_equal(out.sectors.n, 0);
}

UNUSED_OK static void put_sectors(uint8_t *bytes, size_t len, const struct write_list *list,
				  bool new)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct write *w = &list->items[i];
		assert_true(w->off + w->len <= len);
		assert_memory_equal(bytes + w->off, new ? w->old_bytes : w->new_bytes, w->len);
		memcpy(bytes + w->off, new ? w->new_bytes : w->old_bytes, w->len);
	}
}

/* Run the independent checker where it is; its complaints go to file NAME.judged. */
UNUSED_OK static bool judge(const char *image)
{
	char path[2 * PATH], whole[PATH_MAX];
	snprintf(path, sizeof(path), "%s/../tools/ntfscheck.py", data_dir());
	if (!realpath(path, whole))
		return false;
	/* Its last lines are its complaints; the first names the image. */
	run("python3 '%s' %s | tail -n +2 | sort > %s.judged", whole, image, image);
	return true;
}

#endif
