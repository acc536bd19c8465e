/* SPDX-License-Identifier: MIT */
/*
 * From a call to its command, and what every command needs: complaints in one form, one place that
 * opens images. A word that is no command is an image for the screen.
 */
#include "cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop7b/ntfs_write.h"
#include "stop7b/reg_text.h"
#include "stop7b/report.h"

int cli_fail(const struct cli *cli, const struct err *err)
{
	int status = err_exit_status(err->code);
	const char *text = text_utf8(cli->arena, err->shown);
	if (cli->json)
		cli_json(cli, json_pack("{s:s, s:o, s:i}", "schema", "stop7b.error/1", "error",
					json_error(err), "exit", status));
	fflush(cli->out); /* what was said before comes first */
	fprintf(cli->err, "stop7b: %s\n", text ? text : err_name(err->code));
	if (*err_hint(err->code))
		fprintf(cli->err, "  %s\n", _(err_hint(err->code)));
	return status;
}

/* Reading goes on beside an interrupted apply, but nobody should have to guess. */
void cli_tell_record(struct cli *cli, const struct session *s)
{
	cli->interrupted |= s->interrupted;
	if (s->interrupted)
		fprintf(cli->err, "stop7b: %s: %s\n", s->name,
			_("an earlier apply was interrupted; stop7b recover puts it right"));
	else if (s->record_error.code != E_OK)
		fprintf(cli->err, "stop7b: %s: %s: %s\n", s->name,
			_("an undo record of it cannot be used"), s->record_error.shown);
}

int cli_status(const struct session *s, int status)
{
	return s && s->interrupted ? err_exit_status(E_INTERRUPTED) : status;
}

int cli_usage(const struct cli *cli, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fputs("stop7b: ", cli->err);
	vfprintf(cli->err, fmt, args);
	fputs("\n", cli->err);
	va_end(args);
	return 2;
}

const char *cli_key(const char *text)
{
	const char *below = strncasecmp(text, "HK", 2) == 0 ? reg_text_strip_root(text) : NULL;
	text = below ? below : text;
	return *text == '\\' ? text + 1 : text;
}

const char *cli_shown(const struct cli *cli, const char *word)
{
	const char *shown = text_utf8(cli->arena, word);
	return shown ? shown : "?";
}

struct session *cli_open(struct cli *cli, const char *path, int *status)
{
	struct err err = {0};
	struct session *s = session_open(path, &cli->session, NULL, NULL, &err);
	if (!s)
		*status = cli_fail(cli, &err);
	else
		cli_tell_record(cli, s);
	return s;
}

void cli_not_chosen(const struct session *s, struct err *err)
{
	size_t readable = 0;
	for (size_t i = 0; i < s->n_windows; i++)
		readable += s->windows[i].readable;
	if (s->open_error.code != E_OK)
		*err = s->open_error;
	else if (readable > 1)
		err_set(err, E_USAGE,
			"%zu Windows found; choose one with --partition N and "
			"--root PATH",
			readable);
	else
		why_no_windows(s, err);
}

struct session *cli_none_chosen(const struct cli *cli, struct session *s, int *status)
{
	struct err err = {0};
	cli_not_chosen(s, &err);
	err_at(&err, "%s", s->name);
	*status = cli_fail(cli, &err);
	session_close(s);
	return NULL;
}

struct session *cli_open_windows(struct cli *cli, const char *path, int *status)
{
	struct session *s = cli_open(cli, path, status);
	return !s || s->chosen ? s : cli_none_chosen(cli, s, status);
}

int cli_place(const char *text, unsigned *partition, const char **path, struct err *err)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (end == text || n == 0 || n > 1024 || (*end && *end != ':'))
		return err_set(err, E_USAGE, "\"%s\" is not a place like 2:\\Windows", text);
	*partition = (unsigned)n;
	*path = *end ? end + 1 : "";
	return 0;
}

#define READ_STEP 65536u /* bytes at first, of what has no length */

static int too_long(uint64_t limit, struct err *err)
{
	return err_set(err, E_UNSUPPORTED, "longer than %llu bytes", (unsigned long long)limit);
}

/* Read until the end into room for cap bytes, which grows; more than limit bytes are refused. */
static int read_all(struct arena *arena, int fd, size_t cap, uint64_t limit, struct span *out,
		    struct err *err)
{
	uint8_t *p = arena_alloc(arena, cap, err);
	size_t len = 0;
	ssize_t got;
	if (!p)
		return -1;
	do {
		if (len == cap) {
			uint8_t *room = arena_alloc(arena, cap * 2, err);
			if (!room)
				return -1;
			memcpy(room, p, len);
			p = room;
			cap *= 2;
		}
		got = read(fd, p + len, cap - len);
		len += got > 0 ? (size_t)got : 0;
	} while (len <= limit && (got > 0 || (got < 0 && errno == EINTR)));
	if (got < 0)
		return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
	if (len > limit)
		return too_long(limit, err);
	*out = (struct span){p, len};
	return 0;
}

/* A pipe that the shell made has no name to be resolved. */
static bool has_name(const char *path)
{
	char *real = realpath(path, NULL);
	bool named = real != NULL;
	free(real);
	return named;
}

/* A length that is known is judged, and room for it made, before anything is read. */
static int read_opened(struct arena *arena, const char *path, int fd, uint64_t limit,
		       struct span *out, struct err *err)
{
	struct stat st;
	size_t cap = READ_STEP;
	if (fstat(fd, &st) < 0)
		return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
	if (S_ISFIFO(st.st_mode) && has_name(path))
		return err_set(err, E_UNSUPPORTED, "a named pipe, not a file");
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > limit)
		return too_long(limit, err);
	if (S_ISREG(st.st_mode))
		cap = (size_t)st.st_size + 1; /* and one to see the end */
	if (fcntl(fd, F_SETFL, 0) < 0)
		return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
	return read_all(arena, fd, cap, limit, out, err);
}

int cli_read_file(struct arena *arena, const char *path, uint64_t limit, struct span *out,
		  struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* of a pipe too */
	if (fd < 0)
		return err_set(err, E_OPEN, "cannot be opened (%s)", strerror(errno));
	int rc = read_opened(arena, path, fd, limit, out, err);
	close(fd);
	return rc;
}

/* Spell out what cannot be seen in every string below value, object keys excepted: those are ours. */
static void make_seen(const struct cli *cli, json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_string(value)) {
		const char *shown = text_utf8(cli->arena, json_string_value(value));
		if (shown && strcmp(shown, json_string_value(value)) != 0)
			json_string_set(value, shown);
	}
	json_array_foreach(value, i, item) make_seen(cli, item);
	json_object_foreach(value, key, item) make_seen(cli, item);
}

void cli_json(const struct cli *cli, json_t *value)
{
	make_seen(cli, value);
	json_dumpf(value, cli->out, JSON_COMPACT | JSON_ENSURE_ASCII * 0);
	fputc('\n', cli->out);
	json_decref(value);
}

/* With its licence, which another program's library decides. */
static void print_version(FILE *out)
{
	fprintf(out, "stop7b %s\n%s\n", PACKAGE_VERSION,
		ntfs_write_built()
			? _("This program contains libntfs-3g: GNU GPL, version 2 or later.")
			: _("MIT licence. Built without libntfs-3g: it adds no driver files."));
}

static int run(struct cli *cli, const struct call *call)
{
	struct err err = {0};
	const struct cli_command *command = call->n ? cli_command_named(call->words[0]) : NULL;
	if (call_has(call, OPT_HELP)) {
		if (command)
			help_command(command, cli->out);
		else
			help_all(cli->out);
		return 0;
	}
	if (call_has(call, OPT_VERSION)) {
		print_version(cli->out);
		return 0;
	}
	if (call->n == 0) {
		help_all(cli->err);
		return 2;
	}
	if (!command && call->n > 1)
		return cli_usage(cli, _("there is no command \"%s\"; stop7b -h shows them"),
				 cli_shown(cli, call->words[0]));
	command = command ? command : &cli_commands[0];
	cli->command = command;
	cli->command_word = command != &cli_commands[0] ? call->words[0] : NULL;
	if (call_take(call, command, cli, &err) < 0)
		return cli_fail(cli, &err);
	int status = command->run(cli);
	/* Whatever else it found; recover alone says how its own work went. */
	return cli->interrupted && command->run != run_recover ? err_exit_status(E_INTERRUPTED)
							       : status;
}

/* Who reads a pipe may stop when he has seen enough, as head does: that is no failure. */
static bool nobody_reads(FILE *out)
{
	struct pollfd p = {.fd = fileno(out)};
	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

int cli_main(int argc, char *const argv[], FILE *out, FILE *err, const struct cli_screen *screen)
{
	struct err bad = {0};
	struct call call;
	struct cli cli = {.out = out,
			  .err = err,
			  .screen = screen,
			  .arena = arena_new(),
			  .argv = argv,
			  .argc = argc,
			  .page_format = REPORT_FORMATS};
	int status;
	if (cli.arena && call_parse(argc, argv, cli.arena, &call, &bad) == 0)
		status = run(&cli, &call);
	else
		status = cli_fail(&cli, &bad);
	if ((fflush(out) == EOF || ferror(out)) && status < 5 && !nobody_reads(out)) {
		fprintf(err, "stop7b: %s\n",
			_("the output could not be written; what was done to an image is done"));
		status = 5;
	}
	arena_free(cli.arena);
	return status;
}
