/* SPDX-License-Identifier: MIT */
/*
 * PE headers: machine, subsystem, section table, checksum, and whether the file is whole.
 *
 * What is not a PE file at all is an error; what is one and still cannot be loaded is a problem
 * in words, so that a caller can show both the machine and the fault. "Truncated" is judged by
 * what the headers promise: raw data of sections and the signature behind them. A file cut inside
 * its last padding is found because section sizes are multiples of the file alignment. All of
 * that can be told from the first bytes and the length (pe_read_head), the checksum cannot.
 * The file knows nothing of Windows releases or of other files.
 * Source: "PE Format", Microsoft Learn (headers, section table, optional header's checksum).
 */
#include "pe_internal.h"

#include <string.h>

#define DOS_HEADER    64u
#define AT_PE_OFFSET  0x3cu
#define COFF_HEADER   24u /* with the signature in front */
#define SECTION_SIZE  40u
#define MAGIC_PE32    0x10bu
#define MAGIC_PE32_64 0x20bu
#define NATIVE        1u
#define AT_VERSION    48u /* of the subsystem; in the optional header, as the next three */
#define AT_HEADERS    60u
#define AT_CHECKSUM   64u
#define AT_SUBSYSTEM  68u

/* Where the data directories begin, and the least size of the optional header. */
#define DIRECTORIES_PE32    96u
#define DIRECTORIES_PE32_64 112u

static const struct {
	uint16_t id;
	const char *name;
} machines[] = {
	{PE_MACHINE_X86, "x86"},
	{PE_MACHINE_X64, "x64"},
	{PE_MACHINE_ARM64, "arm64"},
};

const char *pe_machine_name(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (machines[i].id == machine)
			return machines[i].name;
	}
	return NULL;
}

void pe_problem(struct pe_file *f, const char *words)
{
	if (!f->out->problem)
		f->out->problem = words;
}

/* ---- headers ---- */

static bool fits(const struct pe_file *f, uint64_t at, uint64_t len)
{
	return at <= f->size && len <= f->size - at;
}

/* Inside the file and not among the bytes at hand, or behind its end. */
static int not_held(const struct pe_file *f, uint64_t at, uint64_t len, const char *what,
		    struct err *err)
{
	if (fits(f, at, len))
		return err_set(err, E_UNSUPPORTED, "its %s at 0x%llx: not read so far", what,
			       (unsigned long long)at);
	return err_set(err, E_CORRUPT, "its %s at 0x%llx runs past its end", what,
		       (unsigned long long)at);
}

static int read_file_header(struct pe_file *f, struct err *err)
{
	struct span b = f->bytes;
	if (!span_holds(b, 0, DOS_HEADER) || le16(b, 0) != 0x5a4d)
		return err_set(err, E_CORRUPT, "not a program file: no MZ at its beginning");
	uint64_t at = le32(b, AT_PE_OFFSET);
	if (!span_holds(b, at, COFF_HEADER))
		return not_held(f, at, COFF_HEADER, "PE header", err);
	if (le32(b, at) != 0x00004550)
		return err_set(err, E_CORRUPT, "no PE signature at 0x%llx", (unsigned long long)at);
	f->out->machine = le16(b, at + 4);
	f->out->built = le32(b, at + 8);
	f->n_sections = le16(b, at + 6);
	f->optional_size = le16(b, at + 20);
	f->optional = at + COFF_HEADER;
	f->sections = f->optional + f->optional_size;
	return 0;
}

static uint32_t directories_at(const struct pe *pe)
{
	return pe->wide ? DIRECTORIES_PE32_64 : DIRECTORIES_PE32;
}

static int read_optional_header(struct pe_file *f, struct err *err)
{
	struct span optional = span_sub(f->bytes, f->optional, f->optional_size);
	uint16_t magic = le16(optional, 0);
	if (!span_holds(f->bytes, f->optional, f->optional_size))
		return not_held(f, f->optional, f->optional_size, "optional header", err);
	f->out->wide = magic == MAGIC_PE32_64;
	if (magic != MAGIC_PE32 && magic != MAGIC_PE32_64)
		return err_set(err, E_CORRUPT, "optional header at 0x%llx: unknown kind 0x%x",
			       (unsigned long long)f->optional, magic);
	if (f->optional_size < directories_at(f->out))
		return err_set(err, E_CORRUPT, "optional header at 0x%llx: only %u bytes",
			       (unsigned long long)f->optional, f->optional_size);
	f->headers_size = le32(optional, AT_HEADERS);
	f->out->checksum = le32(optional, AT_CHECKSUM);
	f->out->subsystem = le16(optional, AT_SUBSYSTEM);
	f->out->native = f->out->subsystem == NATIVE;
	f->out->made_for = (uint16_t)((le16(optional, AT_VERSION) & 0xff) << 8 |
				      (le16(optional, AT_VERSION + 2) & 0xff));
	return 0;
}

static int check_section_table(const struct pe_file *f, struct err *err)
{
	if (f->n_sections > PE_SECTIONS_MAX)
		return err_set(err, E_CORRUPT, "%u sections, more than Windows loads",
			       f->n_sections);
	if (!span_holds(f->bytes, f->sections, (uint64_t)f->n_sections * SECTION_SIZE))
		return not_held(f, f->sections, (uint64_t)f->n_sections * SECTION_SIZE,
				"section table", err);
	return 0;
}

/* ---- addresses ---- */

bool pe_directory(const struct pe_file *f, enum pe_directory which, uint32_t *rva, uint32_t *size)
{
	struct span optional = span_sub(f->bytes, f->optional, f->optional_size);
	uint32_t at = directories_at(f->out);
	if (le32(optional, at - 4) <= (uint32_t)which)
		return false;
	*rva = le32(optional, at + 8u * (uint32_t)which);
	*size = le32(optional, at + 8u * (uint32_t)which + 4);
	return *rva != 0;
}

struct span pe_at(const struct pe_file *f, uint32_t rva)
{
	if (rva < f->headers_size)
		return span_sub(span_sub(f->bytes, 0, f->headers_size), rva, f->headers_size - rva);
	for (uint16_t i = 0; i < f->n_sections; i++) {
		uint64_t at = f->sections + (uint64_t)i * SECTION_SIZE;
		uint32_t start = le32(f->bytes, at + 12), stored = le32(f->bytes, at + 16);
		if (rva < start || rva - start >= stored)
			continue;
		uint32_t into = rva - start;
		return span_sub(f->bytes, (uint64_t)le32(f->bytes, at + 20) + into, stored - into);
	}
	return (struct span){0};
}

int pe_name(struct pe_file *f, uint32_t rva, char **out, struct err *err)
{
	struct span s = pe_at(f, rva);
	size_t most = s.len < PE_NAME_MAX ? s.len : PE_NAME_MAX;
	const uint8_t *end = most ? memchr(s.p, 0, most) : NULL;
	*out = NULL;
	if (!end || end == s.p || f->out->text_bytes >= PE_TEXT_MAX)
		return 0;
	*out = text_latin1(f->arena, span_sub(s, 0, (uint64_t)(end - s.p)));
	if (!*out)
		return err_set(err, E_MEMORY, "no memory for the names of a driver file");
	f->out->text_bytes += strlen(*out) + 1;
	return 0;
}

/* ---- is it whole? ---- */

static bool sections_fit(const struct pe_file *f)
{
	for (uint16_t i = 0; i < f->n_sections; i++) {
		uint64_t at = f->sections + (uint64_t)i * SECTION_SIZE;
		uint32_t stored = le32(f->bytes, at + 16);
		if (stored && !fits(f, le32(f->bytes, at + 20), stored))
			return false;
	}
	return true;
}

static void judge_length(struct pe_file *f)
{
	uint32_t at, size;
	bool cut = !sections_fit(f) || f->headers_size > f->size;
	bool stored = pe_directory(f, PE_DIRECTORY_SECURITY, &at, &size);
	f->out->has_signature = stored && size > 0;
	if (stored)
		cut |= !fits(f, at, size);
	f->out->truncated = cut;
	if (cut)
		pe_problem(f, "truncated: its headers promise more bytes than it has");
}

/* Ones' complement sum of all 16-bit words except the checksum itself, plus the length. */
static uint32_t image_checksum(const struct pe_file *f)
{
	uint64_t skip = f->optional + AT_CHECKSUM;
	uint64_t sum = 0;
	struct span b = f->bytes;
	for (uint64_t i = 0; i + 1 < b.len; i += 2)
		sum += (uint64_t)b.p[i] | (uint64_t)b.p[i + 1] << 8;
	if (b.len % 2)
		sum += b.p[b.len - 1];
	if (skip % 2 == 0)
		sum -= (uint64_t)le16(b, skip) + le16(b, skip + 2);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum + (uint32_t)b.len;
}

static void judge_checksum(struct pe_file *f)
{
	f->out->checksum_ok = f->out->checksum == 0 || f->out->checksum == image_checksum(f);
}

static int read_headers(struct pe_file *f, struct err *err)
{
	*f->out = (struct pe){.exports_known = true, .checksum_ok = true};
	if (read_file_header(f, err) < 0 || read_optional_header(f, err) < 0 ||
	    check_section_table(f, err) < 0)
		return -1;
	judge_length(f);
	return 0;
}

int pe_read_head(struct span head, uint64_t size, struct pe *out, struct err *err)
{
	struct pe_file f = {.bytes = head, .size = size, .out = out};
	return read_headers(&f, err);
}

int pe_read(struct span file, struct arena *arena, struct pe *out, struct err *err)
{
	struct pe_file f = {.bytes = file, .size = file.len, .arena = arena, .out = out};
	if (read_headers(&f, err) < 0)
		return -1;
	judge_checksum(&f);
	if (pe_read_imports(&f, err) < 0)
		return -1;
	return pe_read_exports(&f, err);
}

struct said pe_unfit(const struct pe *pe, const char *wanted, struct arena *arena, struct err *err)
{
	const char *is = pe_machine_name(pe->machine);
	struct said words = said_of(pe->problem);
	if (pe->problem || (is && (!wanted || text_equal(wanted, is))))
		return words;
	words = is ? said_make(arena, "is for %s, this Windows is %s", is, wanted)
		   : said_make(arena, "is for an unknown machine, 0x%x", pe->machine);
	if (!words.plain)
		no_memory(err);
	return words;
}
