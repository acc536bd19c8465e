/* SPDX-License-Identifier: MIT */
/*
 * A command file on Wine's cmd: the programs that it calls are the host of the model of cmd, so
 * that both see the same bcdedit. A program below Wine leaves its words in C:\ask and waits for
 * C:\answer (wine_program.c).
 */
#ifndef WINE_RUN_H
#define WINE_RUN_H

#include "wine_text.h"

#include <signal.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

#define WINE_POLL_NS 500000
#define WINE_SECONDS 120 /* for one run, on a machine that is busy */

struct wine {
	char prefix[TEST_PATH];
	char said[CMD_OUT]; /* of the last run, LF */
	size_t calls;       /* of programs, in the last run */
	bool cuts;          /* inner loops see the variables of outer ones */
};

static void wine_path(const struct wine *w, const char *name, char path[TEST_PATH + 64])
{
	snprintf(path, TEST_PATH + 64, "%s/drive_c/%s", w->prefix, name);
}

/* Make the scratch prefix; false, with the reason printed, where there is no Wine. */
MODEL_OK static bool wine_begin(struct wine *w)
{
	char command[2 * TEST_PATH];
	test_scratch(w->prefix);
	snprintf(command, sizeof(command), "sh '%s/tests/wine_prefix.sh' '%s' >&2",
		 getenv("S7B_SRC") ? getenv("S7B_SRC") : ".", w->prefix);
	if (system(command) != 0)
		return false;
	setenv("WINEPREFIX", w->prefix, 1);
	setenv("WINEARCH", "win64", 1);
	setenv("WINEDEBUG", "-all", 1);
	setenv("WINEPATH", "C:\\windows\\system32", 1);
	setenv("WINEDLLOVERRIDES", "mscoree,mshtml=;xcopy.exe=n", 1);
	unsetenv("DISPLAY");
	/* one server for all runs: the next run could meet the last one's while it ends */
	return system("wineserver -p") == 0;
}

MODEL_OK static void wine_end(struct wine *w)
{
	if (getenv("WINEPREFIX") && system("wineserver -k") != 0)
		fprintf(stderr, "wineserver did not end\n");
	test_scratch_remove(w->prefix);
}

/* ---- programs ---- */

/* A file that cmd itself made: the model learns of it when a program is told its name. */
static void wine_learn_files(const struct wine *w, struct model *m, char **words, size_t n)
{
	char path[TEST_PATH + 64];
	for (size_t i = 1; i < n; i++) {
		wine_path(w, strncmp(words[i], "C:\\", 3) == 0 ? words[i] + 3 : "", path);
		if (path[strlen(path) - 1] != '/' && access(path, F_OK) == 0 &&
		    !model_exists(m, words[i]))
			model_create(m, words[i]);
	}
}

/* What the model made is there for cmd. */
static void wine_share_files(const struct wine *w, struct model *m)
{
	char path[TEST_PATH + 64];
	for (size_t i = 0; i < MODEL_FILES; i++) {
		if (strncmp(m->files[i].name, "C:\\", 3) != 0)
			continue;
		wine_path(w, m->files[i].name + 3, path);
		if (access(path, F_OK) != 0)
			test_write(path, "", 0);
	}
}

/* Programs are where the model looks for them, however Wine spells its folders. */
static char *wine_program(const char *word)
{
	static char names[2][64] = {"C:\\Windows\\System32\\bcdedit.exe",
				    "C:\\Windows\\System32\\xcopy.exe"};
	return names[strcasecmp(word, names[0]) != 0];
}

static void wine_answer(struct wine *w, struct model *m, char *words)
{
	char path[TEST_PATH + 64], final[TEST_PATH + 64], *list[16], *out = calloc(1, CMD_OUT);
	size_t n = cmd_split(words, list, 16);
	assert_true(n > 0);
	list[0] = wine_program(list[0]);
	wine_learn_files(w, m, list, n);
	int status = model_run(m, list, n, out);
	wine_share_files(w, m);
	wine_path(w, "answer.new", path);
	wine_path(w, "answer", final);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fprintf(f, "%d", status);
	for (const char *p = out; *p; p++)
		fprintf(f, *p == '\n' ? "\r\n" : "%c", *p);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(path, final), 0);
	free(out);
	w->calls++;
}

static void wine_serve(struct wine *w, struct model *m)
{
	char path[TEST_PATH + 64];
	size_t len;
	wine_path(w, "ask", path);
	if (access(path, F_OK) != 0)
		return;
	uint8_t *bytes = test_read(path, &len);
	char *words = calloc(1, len + 1);
	memcpy(words, bytes, len);
	unlink(path);
	wine_answer(w, m, words);
	free(words);
	free(bytes);
}

/* ---- a run ---- */

static pid_t wine_start(const struct wine *w, const char *arg)
{
	char dir[TEST_PATH + 64], said[TEST_PATH + 64];
	wine_path(w, "", dir);
	wine_path(w, "said", said);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	int out = open(said, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (chdir(dir) == 0 && out >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0)
		execlp("wine", "wine", "cmd", "/c", "plan.cmd", *arg ? arg : NULL, (char *)NULL);
	_exit(99);
}

static void wine_take_said(struct wine *w)
{
	char path[TEST_PATH + 64], *to = w->said;
	size_t len;
	wine_path(w, "said", path);
	uint8_t *bytes = test_read(path, &len);
	assert_true(len < CMD_OUT);
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != '\r')
			*to++ = (char)bytes[i];
	*to = '\0';
	free(bytes);
}

/* Files of C: that no model knows any more: of another run's store. */
static void wine_clear(const struct wine *w, const struct model *m)
{
	char path[TEST_PATH + 64];
	wine_path(w, "bcd-before-stop7b-20260102T030405Z.bak", path);
	if (!m->files[0].name[0])
		unlink(path);
}

/* Run a text with its words on Wine's cmd; its exit status. */
MODEL_OK static int wine_run(struct wine *w, struct model *m, const char *plan, const char *arg)
{
	char path[TEST_PATH + 64];
	int status;
	time_t end = time(NULL) + WINE_SECONDS;
	const struct timespec pause = {.tv_nsec = WINE_POLL_NS};
	wine_clear(w, m);
	wine_share_files(w, m);
	wine_path(w, "plan.cmd", path);
	char *text = w->cuts ? strdup(plan) : wine_text(m, plan);
	test_write(path, text, strlen(text));
	free(text);
	w->calls = 0;
	pid_t pid = wine_start(w, arg);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		wine_serve(w, m);
		nanosleep(&pause, NULL);
		if (time(NULL) > end) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			fail_msg("Wine did not end");
		}
	}
	wine_take_said(w);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Does an inner loop see what an outer one holds? */
MODEL_OK static void wine_probe(struct wine *w)
{
	static const char probe[] = "@for /f %%a in (\"-\") do @for /f \"delims=-\" %%b in "
				    "(\"%%a\") do @exit /b 1\r\n@exit /b 0\r\n";
	struct model none = {.arena = NULL};
	w->cuts = true;
	w->cuts = wine_run(w, &none, probe, "") == 0;
}

#endif
