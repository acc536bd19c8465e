/* SPDX-License-Identifier: MIT */
/*
 * AddReg lines of a service: root, subkey, name, flags, data. Only what lands below the service's
 * own key is taken, whether it is called HKR or by its whole path; every other place is left to
 * Windows. A type or flag that is not known here is never guessed.
 * Source: "INF AddReg Directive", Microsoft Learn.
 */
#include "inf.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/reg_data.h"

/* Flags of the fourth field. */
#define KEEP           0x00000002u
#define DELETE_VALUE   0x00000004u
#define KEY_ONLY       0x00000010u
#define OVERWRITE_ONLY 0x00000020u
/* Append (what is new is the value itself), views of 32 and 64 bits, "key only, if it is common". */
#define NO_MATTER 0x00007008u
#define TYPE_MASK 0xffff0001u

#define KEY_NAME_MAX 255u /* characters of one key's name */
#define PATH_MAX_LEN 1024u

static const struct {
	uint32_t flags, type;
	bool bytes; /* data is bytes in hex, one a field */
} types[] = {
	{0x00000000, REG_SZ, false},        {0x00010000, REG_MULTI_SZ, false},
	{0x00020000, REG_EXPAND_SZ, false}, {0x00010001, REG_DWORD, false},
	{0x00000001, REG_BINARY, true},     {0x00020001, REG_NONE, true},
	{0x000b0001, REG_QWORD, true},
};

/* ---- where ---- */

static bool key_path_ok(const char *path)
{
	size_t len = strlen(path);
	if (len > PATH_MAX_LEN || (len && (path[0] == '\\' || path[len - 1] == '\\')))
		return false;
	for (const char *p = path; *p;) {
		size_t name = strcspn(p, "\\");
		if (name == 0 || name > KEY_NAME_MAX)
			return false;
		p += name + (p[name] != '\0');
	}
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 0x7f)
			return false;
	return true;
}

/* The subkey below the service's own key; NULL for any other place. */
static const char *own_subkey(const struct inf_line *line, const char *service)
{
	static const char services[] = "SYSTEM\\CurrentControlSet\\Services\\";
	const char *root = inf_field(line, 0), *path = inf_field(line, 1);
	size_t len = strlen(service);
	if (text_equal(root, "HKR"))
		return path;
	if (!text_equal(root, "HKLM") || strncasecmp(path, services, sizeof(services) - 1) != 0)
		return NULL;
	path += sizeof(services) - 1;
	if (strncasecmp(path, service, len) != 0 || (path[len] && path[len] != '\\'))
		return NULL;
	return path + len + (path[len] == '\\');
}

/* It would keep the driver from starting on some machines, and it is added because it must start. */
static bool parks(const char *subkey)
{
	static const char parked[] = "StartOverride";
	size_t len = sizeof(parked) - 1;
	return strncasecmp(subkey, parked, len) == 0 && (!subkey[len] || subkey[len] == '\\');
}

/* ---- data ---- */

static int read_bytes(const struct inf_line *line, size_t from, struct arena *arena,
		      struct span *out, struct err *err)
{
	size_t n = line->n > from ? line->n - from : 0;
	if (n == 1 && !*line->fields[from]) /* "HKR,,Name,1,": no bytes */
		n = 0;
	uint8_t *p = arena_alloc(arena, n, err);
	if (!p)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char *end;
		unsigned long byte = strtoul(line->fields[from + i], &end, 16);
		if (end == line->fields[from + i] || *end || byte > 0xff)
			return 1;
		p[i] = (uint8_t)byte;
	}
	*out = (struct span){p, n};
	return 0;
}

/* A number, or its four bytes from the lowest on. */
static int read_dword(const struct inf_line *line, struct arena *arena, struct span *out,
		      struct err *err)
{
	uint32_t number;
	if (line->n > 5)
		return line->n == 8 ? read_bytes(line, 4, arena, out, err) : 1;
	uint8_t *p = arena_alloc(arena, 4, err);
	if (!p)
		return -1;
	if (!inf_number(inf_field(line, 4), &number))
		return 1;
	put_le32(p, number);
	*out = (struct span){p, 4};
	return 0;
}

/* Words as the registry keeps them; one alone, an empty one, where the line ends early. */
static int read_words(const struct inf_line *line, uint32_t type, struct arena *arena,
		      struct span *out, struct err *err)
{
	static const char *const empty[] = {""};
	bool given = line->n > 4;
	size_t n = given && type == REG_MULTI_SZ ? line->n - 4 : type != REG_MULTI_SZ;
	struct err failed = {0};
	if (reg_data_parse(type, given ? line->fields + 4 : empty, n, arena, out, &failed) == 0)
		return 0;
	return failed.code == E_MEMORY ? err_pass(err, &failed) : 1;
}

/* 0; 1 for data that does not fit its type; -1 with E_MEMORY. */
static int read_data(const struct inf_line *line, uint32_t flags, struct arena *arena,
		     struct package_value *out, struct err *err)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].flags != (flags & TYPE_MASK))
			continue;
		out->type = types[i].type;
		if (types[i].bytes)
			return read_bytes(line, 4, arena, &out->data, err);
		return out->type == REG_DWORD ? read_dword(line, arena, &out->data, err)
					      : read_words(line, out->type, arena, &out->data, err);
	}
	return 1;
}

int inf_reg_read(const struct inf_line *line, const char *service, struct arena *arena,
		 enum inf_reg_kind *kind, struct package_value *out, struct err *err)
{
	const char *subkey = own_subkey(line, service), *flags_text = inf_field(line, 3);
	uint32_t flags = 0;
	*kind = INF_REG_NOT_UNDERSTOOD;
	if (line->key || (*flags_text && !inf_number(flags_text, &flags)))
		return 0;
	if (!subkey || parks(subkey) || flags & (DELETE_VALUE | OVERWRITE_ONLY)) {
		*kind = subkey ? INF_REG_SKIPPED : INF_REG_ELSEWHERE;
		return 0;
	}
	if (!key_path_ok(subkey) || flags & ~(TYPE_MASK | KEEP | KEY_ONLY | NO_MATTER))
		return 0;
	*out = (struct package_value){
		.subkey = subkey, .name = inf_field(line, 2), .keep = flags & KEEP};
	int rc = 0;
	if (flags & KEY_ONLY)
		out->name = NULL;
	else
		rc = read_data(line, flags, arena, out, err);
	*kind = rc == 0 ? INF_REG_TAKEN : INF_REG_NOT_UNDERSTOOD;
	return rc < 0 ? -1 : 0;
}
