/* SPDX-License-Identifier: MIT */
/*
 * Bytes from outside: checked reads, checksums, hostile text, and the arena they are copied to.
 *
 * A span is a piece of memory with its length. Reading a number outside it gives 0 and touches
 * nothing, so a forgotten check can give a wrong answer but never foreign memory; code that would
 * believe a 0 asks span_holds() first. Nothing here knows a file format.
 */
#ifndef STOP7B_BYTES_H
#define STOP7B_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stop7b/err.h"

struct span {
	const uint8_t *p;
	size_t len; /* bytes */
};

/* Tests that ask for "linear" without a clock count reads in a library of their own (tests/steps.h). */
#ifdef COUNT_READS
extern uint64_t steps;
#define COUNT_READ() (steps++)
#else
#define COUNT_READ() ((void)0)
#endif

/* True if bytes [off, off+len) lie inside s; safe for any off and len. */
static inline bool span_holds(struct span s, uint64_t off, uint64_t len)
{
	return off <= s.len && len <= s.len - off;
}

/* Bytes [off, off+len) of s, or an empty span when they do not lie inside it. */
static inline struct span span_sub(struct span s, uint64_t off, uint64_t len)
{
	COUNT_READ();
	if (!s.p || !span_holds(s, off, len))
		return (struct span){0};
	return (struct span){s.p + off, (size_t)len};
}

/* A few instructions each, and asked millions of times; copied, not cast: any alignment will do. */
static inline uint8_t u8(struct span s, uint64_t off)
{
	return off < s.len ? s.p[off] : 0;
}

static inline uint16_t le16(struct span s, uint64_t off)
{
	uint16_t v = 0;
	COUNT_READ();
	if (span_holds(s, off, sizeof(v)))
		memcpy(&v, s.p + off, sizeof(v));
	return le16toh(v);
}

static inline uint32_t le32(struct span s, uint64_t off)
{
	uint32_t v = 0;
	COUNT_READ();
	if (span_holds(s, off, sizeof(v)))
		memcpy(&v, s.p + off, sizeof(v));
	return le32toh(v);
}

static inline uint64_t le64(struct span s, uint64_t off)
{
	uint64_t v = 0;
	if (span_holds(s, off, sizeof(v)))
		memcpy(&v, s.p + off, sizeof(v));
	return le64toh(v);
}

uint16_t be16(struct span s, uint64_t off);
uint32_t be32(struct span s, uint64_t off);
uint64_t be64(struct span s, uint64_t off);

void put_le16(uint8_t *p, uint16_t v);
void put_le32(uint8_t *p, uint32_t v);
void put_le64(uint8_t *p, uint64_t v);
void put_be32(uint8_t *p, uint32_t v);

/* CRC-32 as GPT uses it (polynomial 0x04C11DB7, reflected). */
uint32_t crc32_of(struct span s);

/* CRC-32C as VHDX uses it (polynomial 0x1EDC6F41, reflected). */
uint32_t crc32c_of(struct span s);
/* The same in pieces: crc is what the bytes before gave, 0 for the first piece. */
uint32_t crc32c_more(uint32_t crc, struct span s);

#define SHA256_LEN 32
void sha256_of(struct span s, uint8_t out[SHA256_LEN]);

/* ---- arena: memory that lives as long as what was read into it ---- */

struct arena;
struct arena *arena_new(void);    /* NULL without memory */
void arena_free(struct arena *a); /* accepts NULL */

/*
 * len zeroed bytes, aligned for any type, freed with the arena; len may be 0.
 * NULL without memory; arena_alloc sets err (E_MEMORY), the string helpers return NULL alone.
 */
void *arena_alloc(struct arena *a, size_t len, struct err *err);
/* n * size with overflow check. */
void *arena_array(struct arena *a, size_t n, size_t size, struct err *err);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void *arena_copy(struct arena *a, const void *p, size_t len);
/* Nobody needs these len bytes from arena_alloc() any more: freed at once where they are many. */
void arena_give_up(struct arena *a, void *p, size_t len);

/* Say that there was no memory, where what returned NULL did not. -1 with E_MEMORY. */
int no_memory(struct err *err);

/* ---- text from the image, always hostile ---- */

/*
 * UTF-8 of UTF-16 text (little-endian, or big-endian), up to the first NUL or the end of s.
 * Control characters, bidirectional controls and lone surrogates come out as \xNN or \uNNNN,
 * so that the result can be shown as it is. NULL without memory.
 */
char *text_utf16le(struct arena *a, struct span s);
char *text_utf16be(struct arena *a, struct span s);
/* As it is, nothing escaped: to look things up by, never to show. */
char *text_utf16le_raw(struct arena *a, struct span s);
/* The same for Latin-1 bytes, the whole span, embedded NUL escaped. */
char *text_latin1(struct arena *a, struct span s);
/* The same for text that claims to be UTF-8: invalid bytes escaped. */
char *text_utf8(struct arena *a, const char *s);

/* ---- text from a person, on its way in ---- */

/*
 * UTF-16 little-endian of UTF-8, with a NUL behind it that *out does not count. 0, or -1 with err:
 * E_USAGE (not valid UTF-8), E_MEMORY.
 */
int text_to_utf16le(struct arena *a, const char *s, struct span *out, struct err *err);

/* ASCII case-insensitive comparison, as Windows compares registry and file names (see hive.h). */
int text_casecmp(const char *a, const char *b);
/* The same without case; NULL equals only NULL. Most that are compared differ in their first letter. */
static inline bool text_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return ((*a ^ *b) & ~0x20) == 0 && text_casecmp(a, b) == 0;
}

#define GUID_TEXT 39 /* "{8-4-4-4-12}" and NUL */
/* GUID text of 16 bytes in Windows' mixed order, lower case, without braces. */
void guid_text(struct span s, uint64_t off, char out[GUID_TEXT]);
/* The same for a plain big-endian UUID (VHD footers). */
void uuid_text(struct span s, uint64_t off, char out[GUID_TEXT]);

#define TIME_TEXT 24
/* ISO 8601 UTC of a FILETIME (100 ns since 1601), "2013-10-21T16:10:07Z"; "" for 0. */
void filetime_text(uint64_t filetime, char out[TIME_TEXT]);
/* Now, as a FILETIME. */
uint64_t filetime_now(void);

#endif
