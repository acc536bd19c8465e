/* SPDX-License-Identifier: MIT */
/*
 * Driver files made by hand: headers, one code section, an import and an export section. What a
 * test says about machine, imports and exports is all there is in the file.
 */
#ifndef PE_TEST_H
#define PE_TEST_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/bytes.h"

#define BUILD_PE       0x80u /* offset of the PE signature */
#define BUILD_OPTIONAL (BUILD_PE + 24u)
#define BUILD_HEADERS  0x400u
#define BUILD_CODE     0x400u /* file offsets of the sections, and their addresses */
#define BUILD_IDATA    0x600u
#define BUILD_EDATA    0x2600u
#define BUILD_END      0x3600u
#define RVA_CODE       0x1000u
#define RVA_IDATA      0x2000u
#define RVA_EDATA      0x6000u

struct build_import {
	const char *dll;
	const char *names[8]; /* "#12" is an import by ordinal */
};

struct build {
	uint16_t machine;               /* 0: x86 */
	struct build_import imports[6]; /* ends with dll NULL */
	const char *exports[8];         /* in the order of the table; ends with NULL */
	uint32_t ordinal_base;
	uint16_t subsystem; /* 0: native */
};

static inline bool build_wide(const struct build *b)
{
	return b->machine != 0 && b->machine != 0x14c;
}

static inline size_t build_directories(const struct build *b)
{
	return BUILD_OPTIONAL + (build_wide(b) ? 112u : 96u);
}

static inline size_t build_sections(const struct build *b)
{
	return build_directories(b) + 16 * 8;
}

static inline void build_section(uint8_t *p, const char *name, uint32_t rva, uint32_t from,
				 uint32_t to)
{
	memcpy(p, name, strlen(name));
	put_le32(p + 8, to - from);
	put_le32(p + 12, rva);
	put_le32(p + 16, to - from);
	put_le32(p + 20, from);
	put_le32(p + 36, 0x60000020);
}

static inline void build_headers(uint8_t *p, const struct build *b)
{
	memcpy(p, "MZ", 2);
	put_le32(p + 0x3c, BUILD_PE);
	memcpy(p + BUILD_PE, "PE\0\0", 4);
	put_le16(p + BUILD_PE + 4, b->machine ? b->machine : 0x14c);
	put_le16(p + BUILD_PE + 6, 3);
	put_le32(p + BUILD_PE + 8, 0x4ce78a00);
	put_le16(p + BUILD_PE + 20, (uint16_t)(build_sections(b) - BUILD_OPTIONAL));
	put_le16(p + BUILD_PE + 22, build_wide(b) ? 0x22 : 0x102);
	uint8_t *o = p + BUILD_OPTIONAL;
	put_le16(o, build_wide(b) ? 0x20b : 0x10b);
	put_le32(o + 16, RVA_CODE);
	put_le32(o + (build_wide(b) ? 24 : 28), 0x10000);
	put_le32(o + 32, 0x1000);
	put_le32(o + 36, 0x200);
	put_le32(o + 56, 0x8000);
	put_le32(o + 60, BUILD_HEADERS);
	put_le16(o + 68, b->subsystem ? b->subsystem : 1);
	put_le32(p + build_directories(b) - 4, 16);
	build_section(p + build_sections(b), ".text", RVA_CODE, BUILD_CODE, BUILD_IDATA);
	build_section(p + build_sections(b) + 40, ".idata", RVA_IDATA, BUILD_IDATA, BUILD_EDATA);
	build_section(p + build_sections(b) + 80, ".edata", RVA_EDATA, BUILD_EDATA, BUILD_END);
}

/* Text at the free end of a section; gives its address. */
static inline uint32_t build_text(uint8_t *section, uint32_t rva, size_t *free_at, const char *s)
{
	size_t at = *free_at;
	memcpy(section + at, s, strlen(s) + 1);
	*free_at = (at + strlen(s) + 2) & ~(size_t)1;
	return rva + (uint32_t)at;
}

static inline void build_thunk(uint8_t *p, const struct build *b, size_t i, uint64_t v)
{
	if (build_wide(b)) {
		put_le32(p + 8 * i, (uint32_t)v);
		put_le32(p + 8 * i + 4, (uint32_t)(v >> 32));
	} else {
		put_le32(p + 4 * i, (uint32_t)v);
	}
}

/* Descriptors at 0, one thunk table of 0x80 bytes for each from 0x100 on, names from 0x800 on. */
static inline void build_imports(uint8_t *p, const struct build *b)
{
	uint8_t *s = p + BUILD_IDATA;
	size_t free_at = 0x800;
	uint64_t ordinal = build_wide(b) ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
	for (size_t i = 0; i < 6 && b->imports[i].dll; i++) {
		uint32_t thunks = 0x100 + (uint32_t)i * 0x80;
		put_le32(s + i * 20, RVA_IDATA + thunks);
		put_le32(s + i * 20 + 12, build_text(s, RVA_IDATA, &free_at, b->imports[i].dll));
		put_le32(s + i * 20 + 16, RVA_IDATA + thunks + 0x400);
		for (size_t k = 0; k < 8 && b->imports[i].names[k]; k++) {
			const char *name = b->imports[i].names[k];
			uint64_t v = name[0] == '#' ? ordinal | strtoul(name + 1, NULL, 10)
						    : RVA_IDATA + free_at;
			if (name[0] != '#') {
				free_at += 2; /* hint */
				build_text(s, RVA_IDATA, &free_at, name);
			}
			build_thunk(s + thunks, b, k, v);
			build_thunk(s + thunks + 0x400, b, k, v);
		}
	}
	if (b->imports[0].dll) {
		put_le32(p + build_directories(b) + 8, RVA_IDATA);
		put_le32(p + build_directories(b) + 12, BUILD_EDATA - BUILD_IDATA);
	}
}

static inline void build_exports(uint8_t *p, const struct build *b)
{
	uint8_t *s = p + BUILD_EDATA;
	size_t free_at = 0x400;
	uint32_t n = 0;
	for (; n < 8 && b->exports[n]; n++) {
		put_le32(s + 0x100 + 4 * n, RVA_CODE);
		put_le32(s + 0x200 + 4 * n, build_text(s, RVA_EDATA, &free_at, b->exports[n]));
		put_le16(s + 0x300 + 2 * n, (uint16_t)n);
	}
	if (n == 0)
		return;
	put_le32(s + 12, build_text(s, RVA_EDATA, &free_at, "self.sys"));
	put_le32(s + 16, b->ordinal_base);
	put_le32(s + 20, n);
	put_le32(s + 24, n);
	put_le32(s + 28, RVA_EDATA + 0x100);
	put_le32(s + 32, RVA_EDATA + 0x200);
	put_le32(s + 36, RVA_EDATA + 0x300);
	put_le32(p + build_directories(b), RVA_EDATA);
	put_le32(p + build_directories(b) + 4, 0x800);
}

/* Word by word with the carry folded in at once, as the format's documentation has it. */
static inline void build_checksum(uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	put_le32(p + BUILD_OPTIONAL + 64, 0);
	for (size_t i = 0; i + 1 < len; i += 2) {
		sum += (uint32_t)p[i] | (uint32_t)p[i + 1] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	put_le32(p + BUILD_OPTIONAL + 64, sum + (uint32_t)len);
}

/* BUILD_END bytes, malloc'd. */
static inline uint8_t *build_pe(const struct build *b)
{
	uint8_t *p = calloc(1, BUILD_END);
	memset(p + BUILD_CODE, 0xcc, BUILD_IDATA - BUILD_CODE);
	build_headers(p, b);
	build_imports(p, b);
	build_exports(p, b);
	build_checksum(p, BUILD_END);
	return p;
}

#endif
