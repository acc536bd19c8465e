/* SPDX-License-Identifier: MIT */
/*
 * set: one value of the SYSTEM hive, given by key, name, type and data, changed inside the bytes
 * it owns. It takes the same way as fix: review, and a write only with --yes.
 */
#include "cli_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_number(const char *text, uint64_t max, uint64_t *out, struct err *err)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 0);
	if (end == text || *end || *text == '-' || errno == ERANGE || n > max)
		return err_set(err, E_USAGE, "\"%s\" is not a number that fits", text);
	*out = n;
	return 0;
}

static int dword_data(struct cli *cli, const char *const *words, size_t n, struct span *out,
		      struct err *err)
{
	uint64_t number;
	uint8_t *p = arena_alloc(cli->arena, 4, err);
	if (n != 1)
		return err_set(err, E_USAGE, "a dword is one number");
	if (!p || parse_number(words[0], UINT32_MAX, &number, err) < 0)
		return -1;
	put_le32(p, (uint32_t)number);
	*out = (struct span){p, 4};
	return 0;
}

static int qword_data(struct cli *cli, const char *const *words, size_t n, struct span *out,
		      struct err *err)
{
	uint64_t number;
	uint8_t *p = arena_alloc(cli->arena, 8, err);
	if (n != 1)
		return err_set(err, E_USAGE, "a qword is one number");
	if (!p || parse_number(words[0], UINT64_MAX, &number, err) < 0)
		return -1;
	put_le64(p, number);
	*out = (struct span){p, 8};
	return 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;
	return at ? (int)(at - digits) : -1;
}

static int binary_data(struct cli *cli, const char *const *words, size_t n, struct span *out,
		       struct err *err)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += strlen(words[i]) / 2;
	uint8_t *p = arena_alloc(cli->arena, len, err), *q = p;
	if (!p)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (const char *c = words[i]; *c; c += 2) {
			int high = hex_digit(c[0]), low = high < 0 ? -1 : hex_digit(c[1]);
			if (low < 0)
				return err_set(err, E_USAGE, "\"%s\" is not pairs of hex digits",
					       words[i]);
			*q++ = (uint8_t)(high << 4 | low);
		}
	*out = (struct span){p, len};
	return 0;
}

static const struct {
	const char *name;
	uint32_t type;
	int (*data)(struct cli *, const char *const *, size_t, struct span *, struct err *);
} types[] = {
    {"dword", REG_DWORD, dword_data},
    {"qword", REG_QWORD, qword_data},
    {"binary", REG_BINARY, binary_data},
};

static int parse_value(struct cli *cli, uint32_t *type, struct span *data, struct err *err)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, cli->words[3]) != 0)
			continue;
		*type = types[i].type;
		return types[i].data(cli, cli->words + 4, cli->n - 4, data, err);
	}
	return err_set(err, E_USAGE, "type is dword, qword or binary, not \"%s\"", cli->words[3]);
}

int run_set(struct cli *cli)
{
	int status = 0;
	uint32_t type = 0;
	struct span data = {0};
	struct err err = {0};
	if (cli_expect(cli, 5, SIZE_MAX) < 0)
		return 2;
	if (parse_value(cli, &type, &data, &err) < 0)
		return cli_fail(cli, &err);
	struct session *s = cli_open_windows(cli, cli->words[0], &status);
	if (!s)
		return status;
	if (cli->yes)
		status = cli_refuse_interrupted(cli, s);
	if (status == 0 &&
	    session_stage_value(s, cli->words[1], cli->words[2], type, data, &err) < 0)
		status = cli_fail(cli, &err);
	if (status == 0)
		status = cli_change(cli, s, "stop7b.set/1");
	session_close(s);
	return status;
}
