/* SPDX-License-Identifier: MIT */
/*
 * Files a person asked for: whole or not at all, nothing overwritten unless asked, nothing but a
 * plain file ever replaced, and no temporary file left by any failure.
 */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "stop7b/save.h"

#define LARGE 100000u

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16];
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	test_scratch(x->dir);
	snprintf(x->path, sizeof(x->path), "%s/plan.cmd", x->dir);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	chmod(x->dir, 0700);
	test_scratch_remove(x->dir);
	free(x);
	return 0;
}

static struct span text(const char *s)
{
	return (struct span){(const uint8_t *)s, strlen(s)};
}

/* Names in the directory, "." and ".." apart. */
static int entries(const char *dir)
{
	int n = -2;
	DIR *d = opendir(dir);
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void check_content(const char *path, const char *expected)
{
	size_t len;
	uint8_t *is = test_read(path, &len);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(is, expected, len);
	free(is);
}

static void saves(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	struct stat st;
	assert_int_equal(save_file(x->path, text("one\r\n"), false, &err), 0);
	check_content(x->path, "one\r\n");
	assert_int_equal(entries(x->dir), 1);
	assert_int_equal(stat(x->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(st.st_nlink, 1);
}

static void saves_nothing_and_much(void **state)
{
	struct fixture *x = *state;
	char *large = malloc(LARGE + 1);
	memset(large, 'x', LARGE);
	large[LARGE] = '\0';
	assert_int_equal(save_file(x->path, (struct span){0}, false, NULL), 0);
	check_content(x->path, "");
	assert_int_equal(save_file(x->path, text(large), true, NULL), 0);
	check_content(x->path, large);
	free(large);
}

static void saves_into_the_current_directory(void **state)
{
	struct fixture *x = *state;
	char *before = getcwd(NULL, 0);
	assert_int_equal(chdir(x->dir), 0);
	int rc = save_file("here.txt", text("x"), false, NULL);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_int_equal(rc, 0);
	assert_int_equal(entries(x->dir), 1);
}

static void overwrites_only_when_asked(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	assert_int_equal(save_file(x->path, text("one"), false, &err), 0);
	assert_int_equal(save_file(x->path, text("two"), false, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	assert_non_null(strstr(err.text, "is there already"));
	check_content(x->path, "one");
	assert_int_equal(entries(x->dir), 1);
	err_clear(&err);
	assert_int_equal(save_file(x->path, text("two"), true, &err), 0);
	check_content(x->path, "two");
	assert_int_equal(entries(x->dir), 1);
}

/* A link, even one that leads nowhere, is a name that exists; its target stays as it is. */
static void links_and_directories_are_refused(void **state)
{
	struct fixture *x = *state;
	char target[TEST_PATH + 16];
	snprintf(target, sizeof(target), "%s/target", x->dir);
	assert_int_equal(symlink(target, x->path), 0);
	assert_int_equal(save_file(x->path, text("x"), false, NULL), -1);
	assert_int_equal(save_file(x->path, text("x"), true, NULL), -1);
	test_write(target, "keep", 4);
	assert_int_equal(save_file(x->path, text("x"), true, NULL), -1);
	check_content(target, "keep");
	assert_int_equal(entries(x->dir), 2);
	assert_int_equal(save_file(x->dir, text("x"), false, NULL), -1);
	assert_int_equal(save_file(x->dir, text("x"), true, NULL), -1);
	assert_int_equal(unlink(x->path), 0);
	assert_int_equal(mkfifo(x->path, 0600), 0); /* stands for a device, /dev/null among them */
	assert_int_equal(save_file(x->path, text("x"), true, NULL), -1);
	assert_int_equal(entries(x->dir), 2);
}

static void missing_directory(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	char path[TEST_PATH + 64];
	snprintf(path, sizeof(path), "%s/no/plan.cmd", x->dir);
	assert_int_equal(save_file(path, text("x"), false, &err), -1);
	assert_int_equal(err.code, E_WRITE);
	assert_non_null(strstr(err.text, "nothing was saved"));
	assert_int_equal(entries(x->dir), 0);
}

/* The rest runs in a child that gives something up. Its status: 0 when it behaved. */
static int in_child(int (*body)(struct fixture *), struct fixture *x)
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body(x));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int save_as_nobody(struct fixture *x)
{
	struct err err = {0};
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	int rc = save_file(x->path, text("x"), false, &err);
	return rc == -1 && err.code == E_WRITE && strstr(err.text, "Permission denied") ? 0 : 1;
}

static void read_only_directory(void **state)
{
	struct fixture *x = *state;
	assert_int_equal(chmod(x->dir, 0555), 0);
	int status = in_child(save_as_nobody, x);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
	assert_int_equal(entries(x->dir), 0);
}

/* A limit on the size of files is a full disk that needs no file system. */
static int save_on_a_full_disk(struct fixture *x)
{
	struct err err = {0};
	static char large[LARGE];
	const struct rlimit limit = {20000, 20000};
	memset(large, 'x', LARGE - 1);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 77;
	int rc = save_file(x->path, text(large), true, &err);
	return rc == -1 && err.code == E_WRITE && strstr(err.text, "nothing was saved") ? 0 : 1;
}

static void full_disk(void **state)
{
	struct fixture *x = *state;
	test_write(x->path, "before", 6);
	assert_int_equal(in_child(save_on_a_full_disk, x), 0);
	check_content(x->path, "before");
	assert_int_equal(entries(x->dir), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(saves),
		TEST(saves_nothing_and_much),
		TEST(saves_into_the_current_directory),
		TEST(overwrites_only_when_asked),
		TEST(links_and_directories_are_refused),
		TEST(missing_directory),
		TEST(read_only_directory),
		TEST(full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
